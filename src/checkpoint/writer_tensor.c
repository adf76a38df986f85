// Writes a tensor: its blocks are measured and encoded in waves on all cores and written in order,
// so the file is the same whatever the number of threads.
#include "checkpoint/writer.h"

#include "base/parallel.h"
#include "checkpoint/element.h"
#include "checkpoint/index.h"
#include "checkpoint/statistics.h"

#include <string.h>
#include <zlib.h>

// A tensor being written, as its blocks' workers see it.
typedef struct tensor_job {
    gan_checkpoint_writer *writer;
    gan_stored_tensor *tensor;
    const float *values;
    size_t element;              // bytes of one
    size_t first;                // block of the present wave
    gan_statistics_range *range; // one a block, as are the next two
    gan_statistics_spread *spread;
    uint32_t *crc;
} tensor_job;

// A block's elements as they are stored, in *raw, and as a reader will see them, in *values.
static size_t job_load(const tensor_job *job, size_t b, unsigned w, const float **values,
                       const uint8_t **raw) {
    const gan_writer_worker *worker = &job->writer->worker[w];
    gan_dtype dtype = job->tensor->info.dtype;
    size_t count = gan__tensor_block_length(job->tensor, b) / job->element;
    *values = job->values + b * (job->tensor->block_bytes / job->element);
    *raw = (const uint8_t *)*values;
    if (gan__elements_are_native(dtype)) return count;
    gan__elements_pack(dtype, *values, count, worker->raw);
    *raw = worker->raw;
    if (dtype != GAN_DTYPE_F32) {
        gan__elements_unpack(dtype, worker->raw, count, worker->values);
        *values = worker->values;
    }
    return count;
}

static gan_status measure_block(void *context, size_t b, unsigned w) {
    tensor_job *job = context;
    const float *values;
    const uint8_t *raw;
    size_t count = job_load(job, b, w, &values, &raw);
    gan__statistics_range(values, count, &job->range[b]);
    job->crc[b] = gan__crc(raw, count * job->element);
    return GAN_STATUS_OK;
}

static gan_status encode_block(void *context, size_t item, unsigned w) {
    tensor_job *job = context;
    size_t b = job->first + item;
    gan_writer_block *slot = &job->writer->wave[item];
    const float *values;
    const uint8_t *raw;
    size_t count = job_load(job, b, w, &values, &raw);
    gan__statistics_spread(&job->tensor->info.statistics, values, count, &job->spread[b]);
    const uint8_t *encoded;
    const gan_writer_worker *worker = &job->writer->worker[w];
    gan__block_encode(worker->encoder, raw, count * job->element, job->element, &slot->filter,
                      &encoded, &slot->length);
    memcpy(slot->bytes, encoded, slot->length);
    return GAN_STATUS_OK;
}

static gan_status measure_tensor(tensor_job *job, uint64_t *finite) {
    gan_stored_tensor *tensor = job->tensor;
    GAN_TRY(gan__parallel_run(job->writer->workers, tensor->block_count, measure_block, job));
    gan_statistics_range whole = {0};
    uLong crc = 0;
    for (size_t b = 0; b < tensor->block_count; b++) {
        gan__statistics_merge_range(&whole, &job->range[b]);
        crc = crc32_combine(crc, job->crc[b], (z_off_t)gan__tensor_block_length(tensor, b));
    }
    gan__statistics_begin(&whole, &tensor->info.statistics);
    tensor->info.crc = (uint32_t)crc;
    *finite = whole.finite;
    return GAN_STATUS_OK;
}

// Puts the block's raw bytes into its slot in place of the encoding.
static void store_block(const tensor_job *job, size_t b, gan_writer_block *slot) {
    const float *values;
    const uint8_t *raw;
    slot->length = job_load(job, b, 0, &values, &raw) * job->element;
    slot->filter = GAN_BLOCK_FILTER_STORED;
    memcpy(slot->bytes, raw, slot->length);
}

static gan_status write_wave(tensor_job *job, size_t count) {
    gan_output *output = job->writer->output;
    for (size_t i = 0; i < count; i++) {
        gan_writer_block *slot = &job->writer->wave[i];
        const size_t b = job->first + i;
        if (!gan__writer_may_pack(job->writer, gan__tensor_block_length(job->tensor, b)))
            store_block(job, b, slot);
        job->tensor->blocks[job->first + i] = (gan_block){.offset = gan__output_position(output),
                                                          .length = (uint32_t)slot->length,
                                                          .filter = slot->filter};
        GAN_TRY(gan__writer_chunk(output, "DATA", slot->bytes, slot->length, NULL, 0));
    }
    return GAN_STATUS_OK;
}

static gan_status write_blocks(tensor_job *job) {
    uint64_t finite;
    gan_stored_tensor *tensor = job->tensor;
    GAN_TRY(measure_tensor(job, &finite));
    unsigned workers = job->writer->workers;
    size_t wave = (size_t)workers * GAN_WRITER_WAVE;
    for (job->first = 0; job->first < tensor->block_count; job->first += wave) {
        size_t left = tensor->block_count - job->first;
        size_t count = left < wave ? left : wave;
        GAN_TRY(gan__parallel_run(workers, count, encode_block, job));
        GAN_TRY(write_wave(job, count));
    }
    double squares = 0;
    gan_tensor_statistics *statistics = &tensor->info.statistics;
    for (size_t b = 0; b < tensor->block_count; b++) {
        gan__statistics_merge_spread(&job->spread[b], &squares, statistics);
    }
    gan__statistics_finish(squares, finite, statistics);
    gan__index_append(&job->writer->index, tensor);
    return gan__text_status(&job->writer->index);
}

// Allocates what is kept for each block, writes the tensor, frees it again.
static gan_status run_job(tensor_job *job) {
    size_t blocks = job->tensor->block_count;
    gan_status status = gan__alloc(blocks, sizeof *job->range, (void **)&job->range);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(blocks, sizeof *job->spread, (void **)&job->spread);
    if (status == GAN_STATUS_OK) status = gan__alloc(blocks, sizeof *job->crc, (void **)&job->crc);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(blocks, sizeof(gan_block), (void **)&job->tensor->blocks);
    if (status == GAN_STATUS_OK) status = write_blocks(job);
    gan__free(job->range);
    gan__free(job->spread);
    gan__free(job->crc);
    gan__free(job->tensor->blocks);
    return status;
}

gan_status gan__writer_tensor(gan_checkpoint_writer *writer, gan_stored_tensor *tensor,
                              const float *values) {
    uint64_t blocks = (tensor->info.bytes + GAN_WRITER_BLOCK - 1) / GAN_WRITER_BLOCK;
    if (blocks > UINT32_MAX)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "tensor %s is too large", tensor->info.name);
    tensor->block_bytes = GAN_WRITER_BLOCK;
    tensor->block_count = (uint32_t)blocks;
    tensor_job job = {.writer = writer,
                      .tensor = tensor,
                      .values = values,
                      .element = gan__dtype_bytes(tensor->info.dtype)};
    return run_job(&job);
}
