// Writes a checkpoint: chunks in the order of the calls, then the index and the end, then HEAD is
// completed and the file takes its name. A tensor's blocks are encoded in waves on all cores and
// written in order, so the file is the same whatever the number of threads.
#include "checkpoint/writer.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "checkpoint/block.h"
#include "checkpoint/element.h"
#include "checkpoint/index.h"
#include "checkpoint/names.h"
#include "checkpoint/parallel.h"
#include "checkpoint/statistics.h"
#include "checkpoint/text_chunk.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK_BYTES = GAN_FORMAT_BLOCK_MIN, WAVE_PER_WORKER = 4 };

// A block on its way into the file.
typedef struct wave_block {
    uint8_t *bytes; // BLOCK_BYTES; the encoding
    size_t length;
    gan_block_filter filter;
} wave_block;

// One thread's tools.
typedef struct writer_worker {
    gan_block_encoder *encoder;
    uint8_t *raw;  // BLOCK_BYTES: a block's elements as stored
    float *values; // the same as float32, as a reader will see them
} writer_worker;

struct gan_checkpoint_writer {
    gan_output *output;
    gan_arena *arena; // names
    gan_names tensors, texts;
    gan_text index;    // entries of INDX, without the count
    gan_status status; // the first failure, which later calls and commit repeat
    char message[1024];
    int level;
    unsigned workers;
    writer_worker *worker;
    wave_block *wave; // workers * WAVE_PER_WORKER
};

// --- Chunks --------------------------------------------------------------------------------------
// Writes a chunk whose payload stands in two pieces.
static gan_status write_chunk(gan_output *output, const char *type, const void *first,
                              size_t first_length, const void *second, size_t second_length) {
    uint8_t header[GAN_FORMAT_CHUNK_HEADER], trailer[GAN_FORMAT_CHUNK_TRAILER];
    gan__chunk_pack(type, (uint64_t)first_length + second_length, header);
    uLong crc = crc32_z(0, first, first_length);
    if (second_length > 0) crc = crc32_z(crc, second, second_length);
    gan__put_u32(trailer, (uint32_t)crc);
    GAN_TRY(gan__output_write(output, header, sizeof header));
    GAN_TRY(gan__output_write(output, first, first_length));
    if (second_length > 0) GAN_TRY(gan__output_write(output, second, second_length));
    return gan__output_write(output, trailer, sizeof trailer);
}

// The signature and HEAD as one piece: written first with zeros, at the end with the truth.
static void pack_start(uint64_t file_length, uint64_t index_offset,
                       uint8_t bytes[GAN_FORMAT_START]) {
    uint8_t *head = bytes + GAN_FORMAT_SIGNATURE, *payload = head + GAN_FORMAT_CHUNK_HEADER;
    memcpy(bytes, gan__format_signature, GAN_FORMAT_SIGNATURE);
    gan__chunk_pack("HEAD", GAN_FORMAT_HEAD, head);
    gan__put_u32(payload, GAN_FORMAT_VERSION);
    gan__put_u64(payload + 4, file_length);
    gan__put_u64(payload + 12, index_offset);
    gan__put_u32(payload + GAN_FORMAT_HEAD, gan__crc(payload, GAN_FORMAT_HEAD));
}

// --- Creation ------------------------------------------------------------------------------------
static gan_status create_workers(gan_checkpoint_writer *writer) {
    GAN_TRY(gan__alloc(writer->workers, sizeof *writer->worker, (void **)&writer->worker));
    GAN_TRY(gan__alloc((size_t)writer->workers * WAVE_PER_WORKER, sizeof *writer->wave,
                       (void **)&writer->wave));
    for (unsigned i = 0; i < writer->workers; i++) {
        writer_worker *worker = &writer->worker[i];
        GAN_TRY(gan__block_encoder_create(BLOCK_BYTES, writer->level, &worker->encoder));
        GAN_TRY(gan__alloc(BLOCK_BYTES, 1, (void **)&worker->raw));
        GAN_TRY(gan__alloc(BLOCK_BYTES / 2, sizeof(float), (void **)&worker->values));
        for (unsigned k = 0; k < WAVE_PER_WORKER; k++) {
            wave_block *block = &writer->wave[i * WAVE_PER_WORKER + k];
            GAN_TRY(gan__alloc(BLOCK_BYTES, 1, (void **)&block->bytes));
        }
    }
    return GAN_STATUS_OK;
}

static gan_status writer_begin(gan_checkpoint_writer *writer, const char *path) {
    uint8_t start[GAN_FORMAT_START];
    GAN_TRY(gan__arena_create(&writer->arena));
    GAN_TRY(create_workers(writer));
    GAN_TRY(gan__output_create(path, &writer->output));
    pack_start(0, 0, start);
    return gan__output_write(writer->output, start, sizeof start);
}

gan_status gan__checkpoint_writer_create(const char *path, int level, unsigned threads,
                                         gan_checkpoint_writer **out) {
    *out = NULL;
    if (level < 0 || level > 9)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "compression level %d is outside 0 to 9", level);
    gan_checkpoint_writer *writer;
    GAN_TRY(gan__alloc(1, sizeof *writer, (void **)&writer));
    writer->level = level;
    writer->workers = threads;
    gan_status status = writer_begin(writer, path);
    if (status == GAN_STATUS_OK) {
        *out = writer;
    } else {
        gan_checkpoint_writer_discard(writer);
    }
    return status;
}

gan_status gan_checkpoint_writer_create(const char *path, int level, gan_checkpoint_writer **out) {
    return gan__checkpoint_writer_create(path, level, gan__parallel_cores(), out);
}

void gan_checkpoint_writer_discard(gan_checkpoint_writer *writer) {
    if (!writer) return;
    gan__output_discard(writer->output);
    for (unsigned i = 0; writer->worker && i < writer->workers; i++) {
        gan__block_encoder_destroy(writer->worker[i].encoder);
        gan__free(writer->worker[i].raw);
        gan__free(writer->worker[i].values);
    }
    for (unsigned i = 0; writer->wave && i < writer->workers * WAVE_PER_WORKER; i++) {
        gan__free(writer->wave[i].bytes);
    }
    gan__free(writer->worker);
    gan__free(writer->wave);
    gan__names_destroy(&writer->tensors);
    gan__names_destroy(&writer->texts);
    gan__text_destroy(&writer->index);
    gan__arena_destroy(writer->arena);
    gan__free(writer);
}

// --- Names ---------------------------------------------------------------------------------------
// Copies the name into the arena and enters it; a bad or a second one is the caller's mistake.
static gan_status enter_name(gan_checkpoint_writer *writer, gan_names *names, const char *name,
                             char **copy) {
    if (gan__name_check(name, strlen(name)) != GAN_STATUS_OK)
        return gan__fail_in(GAN_STATUS_BAD_ARGUMENT, "writing a checkpoint");
    GAN_TRY(gan__arena_string(writer->arena, name, copy));
    gan_status status = gan__names_add(names, *copy);
    if (status != GAN_STATUS_BAD_INPUT) return status;
    return gan__fail_in(GAN_STATUS_BAD_ARGUMENT, "writing a checkpoint");
}

// Keeps the first failure and its message; says it again afterwards.
static gan_status writer_settle(gan_checkpoint_writer *writer, gan_status status) {
    if (writer->status != GAN_STATUS_OK) return gan__fail(writer->status, "%s", writer->message);
    if (status == GAN_STATUS_OK) return status;
    writer->status = status;
    snprintf(writer->message, sizeof writer->message, "%s", gan_status_message());
    return status;
}

// --- Texts ---------------------------------------------------------------------------------------
static gan_status add_text(gan_checkpoint_writer *writer, const char *name, const char *text) {
    size_t length = strlen(text);
    if (length > GAN_FORMAT_TEXT_MAX || !gan__utf8_check((const uint8_t *)text, length))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "text %s is longer than 1 GiB or not well-formed UTF-8", name);
    char *copy;
    GAN_TRY(enter_name(writer, &writer->texts, name, &copy));
    gan_text_chunk payload;
    GAN_TRY(gan__text_chunk_pack(name, text, writer->level, &payload));
    gan_status status = write_chunk(writer->output, "TEXT", payload.start, payload.start_length,
                                    payload.body, payload.body_length);
    gan__text_chunk_destroy(&payload);
    return status;
}

gan_status gan_checkpoint_writer_text(gan_checkpoint_writer *writer, const char *name,
                                      const char *text) {
    bool whole = writer->status == GAN_STATUS_OK;
    return writer_settle(writer, whole ? add_text(writer, name, text) : GAN_STATUS_FAILED);
}

// --- Tensors -------------------------------------------------------------------------------------
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

// A block's elements as stored in the worker's `raw`, and as a reader will see them in *values.
static size_t job_load(const tensor_job *job, size_t b, unsigned w, const float **values) {
    const writer_worker *worker = &job->writer->worker[w];
    gan_dtype dtype = job->tensor->info.dtype;
    size_t count = gan__tensor_block_length(job->tensor, b) / job->element;
    const float *from = job->values + b * (job->tensor->block_bytes / job->element);
    gan__elements_pack(dtype, from, count, worker->raw);
    *values = from;
    if (dtype != GAN_DTYPE_F32) {
        gan__elements_unpack(dtype, worker->raw, count, worker->values);
        *values = worker->values;
    }
    return count;
}

static gan_status measure_block(void *context, size_t b, unsigned w) {
    tensor_job *job = context;
    const float *values;
    size_t count = job_load(job, b, w, &values);
    gan__statistics_range(values, count, &job->range[b]);
    job->crc[b] = gan__crc(job->writer->worker[w].raw, count * job->element);
    return GAN_STATUS_OK;
}

static gan_status encode_block(void *context, size_t item, unsigned w) {
    tensor_job *job = context;
    size_t b = job->first + item;
    wave_block *slot = &job->writer->wave[item];
    const float *values;
    size_t count = job_load(job, b, w, &values);
    gan__statistics_spread(&job->tensor->info.statistics, values, count, &job->spread[b]);
    const uint8_t *encoded;
    const writer_worker *worker = &job->writer->worker[w];
    gan__block_encode(worker->encoder, worker->raw, count * job->element, job->element,
                      &slot->filter, &encoded, &slot->length);
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

static gan_status write_wave(tensor_job *job, size_t count) {
    gan_output *output = job->writer->output;
    for (size_t i = 0; i < count; i++) {
        const wave_block *slot = &job->writer->wave[i];
        job->tensor->blocks[job->first + i] = (gan_block){.offset = gan__output_position(output),
                                                          .length = (uint32_t)slot->length,
                                                          .filter = slot->filter};
        GAN_TRY(write_chunk(output, "DATA", slot->bytes, slot->length, NULL, 0));
    }
    return GAN_STATUS_OK;
}

static gan_status write_blocks(tensor_job *job) {
    uint64_t finite;
    gan_stored_tensor *tensor = job->tensor;
    GAN_TRY(measure_tensor(job, &finite));
    unsigned workers = job->writer->workers;
    size_t wave = (size_t)workers * WAVE_PER_WORKER;
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

static gan_status add_tensor(gan_checkpoint_writer *writer, const char *name, gan_dtype dtype,
                             int rank, const int64_t *size, const float *values) {
    gan_stored_tensor tensor = {.info = {.dtype = dtype, .rank = rank}, .block_bytes = BLOCK_BYTES};
    gan_tensor_info *info = &tensor.info;
    if (dtype != GAN_DTYPE_F32 && dtype != GAN_DTYPE_F16)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "tensor %s: unknown type %d", name, (int)dtype);
    if (gan__tensor_elements(rank, size, &info->elements) != GAN_STATUS_OK)
        return gan__fail_in(GAN_STATUS_BAD_ARGUMENT, "tensor %s", name);
    char *copy;
    GAN_TRY(enter_name(writer, &writer->tensors, name, &copy));
    info->name = copy;
    if (rank > 0) memcpy(info->size, size, (size_t)rank * sizeof *size);
    info->bytes = info->elements * gan__dtype_bytes(dtype);
    uint64_t blocks = (info->bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    if (blocks > UINT32_MAX)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "tensor %s is too large", name);
    tensor.block_count = (uint32_t)blocks;
    tensor_job job = {
        .writer = writer, .tensor = &tensor, .values = values, .element = gan__dtype_bytes(dtype)};
    return run_job(&job);
}

gan_status gan_checkpoint_writer_tensor(gan_checkpoint_writer *writer, const char *name,
                                        gan_dtype dtype, int rank, const int64_t *size,
                                        const float *values) {
    bool whole = writer->status == GAN_STATUS_OK;
    return writer_settle(writer, whole ? add_tensor(writer, name, dtype, rank, size, values)
                                       : GAN_STATUS_FAILED);
}

// --- The end -------------------------------------------------------------------------------------
static gan_status writer_finish(gan_checkpoint_writer *writer) {
    GAN_TRY(writer_settle(writer, GAN_STATUS_OK));
    gan_output *output = writer->output;
    uint64_t index_offset = gan__output_position(output);
    uint8_t count[4], start[GAN_FORMAT_START];
    gan__put_u32(count, (uint32_t)writer->tensors.count);
    GAN_TRY(write_chunk(output, "INDX", count, sizeof count, gan__text_string(&writer->index),
                        writer->index.length));
    GAN_TRY(write_chunk(output, "TAIL", NULL, 0, NULL, 0));
    pack_start(gan__output_position(output), index_offset, start);
    GAN_TRY(gan__output_patch(output, 0, start, sizeof start));
    writer->output = NULL; // commit destroys it either way
    return gan__output_commit(output);
}

gan_status gan_checkpoint_writer_commit(gan_checkpoint_writer *writer) {
    gan_status status = writer_finish(writer);
    gan_checkpoint_writer_discard(writer);
    return status;
}
