// Data of tensors: reading blocks on all cores, and the check of everything.
#include "base/file.h"
#include "base/parallel.h"
#include "checkpoint/block.h"
#include "checkpoint/element.h"
#include "checkpoint/index.h"
#include "checkpoint/reader.h"

#include <string.h>
#include <zlib.h>

// One thread's tools.
typedef struct data_worker {
    gan_block_decoder *decoder;
    uint8_t *chunk; // a chunk with header and trailer
    uint8_t *raw;   // a block, decoded
} data_worker;

// A range of elements being read.
typedef struct data_job {
    const gan_checkpoint *checkpoint;
    const gan_stored_tensor *tensor;
    uint64_t start, end; // elements wanted
    size_t first;        // the block that holds the first of them
    size_t blocks;
    float *values; // NULL: check only
    uint32_t *crc; // one a block
    unsigned workers;
    data_worker *worker;
} data_job;

// Checks a whole chunk in memory against the index's word on it.
static gan_status check_chunk(const gan_block *block, const uint8_t *bytes) {
    gan_chunk chunk;
    GAN_TRY(gan__chunk_parse(bytes, block->offset, &chunk));
    if (strcmp(chunk.type, "DATA") != 0 || chunk.length != block->length)
        return gan__fail(GAN_STATUS_CORRUPT, "chunk %s of %llu bytes is not what the index says",
                         chunk.type, (unsigned long long)chunk.length);
    const uint8_t *payload = bytes + GAN_FORMAT_CHUNK_HEADER;
    if (gan__get_u32(payload + block->length) != gan__crc(payload, block->length))
        return gan__fail(GAN_STATUS_CORRUPT, "the checksum of its content is wrong");
    return GAN_STATUS_OK;
}

static gan_status load_block(data_job *job, size_t b, data_worker *worker) {
    const gan_block *block = &job->tensor->blocks[b];
    size_t length = gan__tensor_block_length(job->tensor, b);
    GAN_TRY(gan__file_read_at(job->checkpoint->file, block->offset, worker->chunk,
                              (size_t)block->length + GAN_FORMAT_CHUNK_FRAME));
    GAN_TRY(check_chunk(block, worker->chunk));
    GAN_TRY(gan__block_decode(worker->decoder, block->filter,
                              worker->chunk + GAN_FORMAT_CHUNK_HEADER, block->length,
                              gan__dtype_bytes(job->tensor->info.dtype), worker->raw, length));
    job->crc[b - job->first] = gan__crc(worker->raw, length);
    return GAN_STATUS_OK;
}

// Copies what the block shares with the wanted range.
static void deliver(const data_job *job, size_t b, const uint8_t *raw) {
    gan_dtype dtype = job->tensor->info.dtype;
    size_t element = gan__dtype_bytes(dtype);
    uint64_t block_start = (uint64_t)b * (job->tensor->block_bytes / element);
    uint64_t block_end = block_start + gan__tensor_block_length(job->tensor, b) / element;
    uint64_t from = block_start > job->start ? block_start : job->start;
    uint64_t to = block_end < job->end ? block_end : job->end;
    gan__elements_unpack(dtype, raw + (from - block_start) * element, (size_t)(to - from),
                         job->values + (from - job->start));
}

static gan_status read_block(void *context, size_t item, unsigned w) {
    data_job *job = context;
    size_t b = job->first + item;
    gan_status status = load_block(job, b, &job->worker[w]);
    if (status != GAN_STATUS_OK)
        return gan__fail_in(status, "chunk DATA at byte %llu (block %zu of tensor %s)",
                            (unsigned long long)job->tensor->blocks[b].offset, b,
                            job->tensor->info.name);
    if (job->values) deliver(job, b, job->worker[w].raw);
    return GAN_STATUS_OK;
}

static gan_status check_crc(const data_job *job) {
    const gan_stored_tensor *tensor = job->tensor;
    if (job->blocks != tensor->block_count) return GAN_STATUS_OK;
    uLong crc = 0;
    for (size_t b = 0; b < job->blocks; b++) {
        crc = crc32_combine(crc, job->crc[b], (z_off_t)gan__tensor_block_length(tensor, b));
    }
    if (crc == tensor->info.crc) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "tensor %s: its checksum over all blocks is wrong",
                     tensor->info.name);
}

static gan_status job_allocate(data_job *job) {
    const gan_stored_tensor *tensor = job->tensor;
    size_t longest = 0;
    for (size_t b = job->first; b < job->first + job->blocks; b++) {
        if (tensor->blocks[b].length > longest) longest = tensor->blocks[b].length;
    }
    size_t raw = job->blocks > 0 ? gan__tensor_block_length(tensor, job->first) : 0;
    GAN_TRY(gan__alloc(job->blocks, sizeof *job->crc, (void **)&job->crc));
    GAN_TRY(gan__alloc(job->workers, sizeof *job->worker, (void **)&job->worker));
    for (unsigned w = 0; w < job->workers; w++) {
        data_worker *worker = &job->worker[w];
        GAN_TRY(gan__block_decoder_create(raw, &worker->decoder));
        GAN_TRY(gan__alloc(longest + GAN_FORMAT_CHUNK_FRAME, 1, (void **)&worker->chunk));
        GAN_TRY(gan__alloc(raw, 1, (void **)&worker->raw));
    }
    return GAN_STATUS_OK;
}

static void job_free(data_job *job) {
    for (unsigned w = 0; job->worker && w < job->workers; w++) {
        gan__block_decoder_destroy(job->worker[w].decoder);
        gan__free(job->worker[w].chunk);
        gan__free(job->worker[w].raw);
    }
    gan__free(job->worker);
    gan__free(job->crc);
}

gan_status gan__reader_tensor(const gan_checkpoint *checkpoint, const gan_stored_tensor *tensor,
                              uint64_t start, uint64_t count, float *values) {
    size_t element = gan__dtype_bytes(tensor->info.dtype);
    uint64_t per_block = tensor->block_bytes / element;
    data_job job = {.checkpoint = checkpoint,
                    .tensor = tensor,
                    .start = start,
                    .end = start + count,
                    .first = (size_t)(start / per_block),
                    .values = values,
                    .workers = checkpoint->workers};
    if (count > 0) job.blocks = (size_t)((job.end - 1) / per_block) - job.first + 1;
    if (job.workers > job.blocks) job.workers = (unsigned)job.blocks;
    gan_status status = job_allocate(&job);
    if (status == GAN_STATUS_OK)
        status = gan__parallel_run(job.workers, job.blocks, read_block, &job);
    if (status == GAN_STATUS_OK) status = check_crc(&job);
    job_free(&job);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", checkpoint->path);
}

gan_status gan_checkpoint_read_part(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                                    uint64_t start, uint64_t count, float *values) {
    size_t index = gan__names_find(&checkpoint->tensor_names, info->name);
    if (gan_checkpoint_tensor(checkpoint, index) != info)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "tensor %s is not of checkpoint %s", info->name,
                         checkpoint->path);
    if (start > info->elements || count > info->elements - start)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "elements %llu to %llu are outside tensor %s of %llu",
                         (unsigned long long)start, (unsigned long long)(start + count), info->name,
                         (unsigned long long)info->elements);
    return gan__reader_tensor(checkpoint, &checkpoint->tensors[index], start, count, values);
}

gan_status gan_checkpoint_read(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                               float *values) {
    return gan_checkpoint_read_part(checkpoint, info, 0, info->elements, values);
}

// --- Verify --------------------------------------------------------------------------------------
// Texts and ancillary chunks: opening read the former, but the file may have changed since.
static gan_status visit_on_verify(gan_checkpoint *checkpoint, const gan_chunk *chunk) {
    uint8_t *payload;
    GAN_TRY(gan__reader_payload(checkpoint, chunk, &payload));
    gan__free(payload);
    return GAN_STATUS_OK;
}

gan_status gan_checkpoint_verify(const gan_checkpoint *checkpoint) {
    gan_checkpoint *again; // everything that opening checks
    GAN_TRY(gan_checkpoint_open(checkpoint->path, &again));
    gan_status status = gan__reader_walk(again, visit_on_verify);
    if (status != GAN_STATUS_OK) status = gan__fail_in(status, "%s", checkpoint->path);
    for (size_t i = 0; i < again->tensor_count && status == GAN_STATUS_OK; i++) {
        const gan_stored_tensor *tensor = &again->tensors[i];
        status = gan__reader_tensor(again, tensor, 0, tensor->info.elements, NULL);
    }
    gan_checkpoint_close(again);
    return status;
}
