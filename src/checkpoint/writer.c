// Writes a checkpoint: chunks in the order of the calls, then the index and the end; then HEAD is
// completed and the file takes its name. How a tensor is encoded is in writer_tensor.c.
#include "checkpoint/writer.h"

#include "base/parallel.h"
#include "checkpoint/text_chunk.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

// --- Chunks --------------------------------------------------------------------------------------
gan_status gan__writer_chunk(gan_output *output, const char *type, const void *first,
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

bool gan__writer_may_pack(gan_checkpoint_writer *writer, uint64_t bytes) {
    gan_growth *growth = &writer->growth;
    growth->length = gan__output_position(writer->output);
    if (gan__growth_add(growth, bytes)) return true;
    growth->total += bytes;
    return false;
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
    GAN_TRY(gan__alloc((size_t)writer->workers * GAN_WRITER_WAVE, sizeof *writer->wave,
                       (void **)&writer->wave));
    for (unsigned i = 0; i < writer->workers; i++) {
        gan_writer_worker *worker = &writer->worker[i];
        GAN_TRY(gan__block_encoder_create(GAN_WRITER_BLOCK, writer->level, &worker->encoder));
        GAN_TRY(gan__alloc(GAN_WRITER_BLOCK, 1, (void **)&worker->raw));
        GAN_TRY(gan__alloc(GAN_WRITER_BLOCK / 2, sizeof(float), (void **)&worker->values));
        for (unsigned k = 0; k < GAN_WRITER_WAVE; k++) {
            gan_writer_block *block = &writer->wave[i * GAN_WRITER_WAVE + k];
            GAN_TRY(gan__alloc(GAN_WRITER_BLOCK, 1, (void **)&block->bytes));
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
    for (unsigned i = 0; writer->wave && i < writer->workers * GAN_WRITER_WAVE; i++) {
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
    const int level = gan__writer_may_pack(writer, length) ? writer->level : 0;
    GAN_TRY(gan__text_chunk_pack(name, text, level, &payload));
    gan_status status = gan__writer_chunk(writer->output, "TEXT", payload.start,
                                          payload.start_length, payload.body, payload.body_length);
    gan__text_chunk_destroy(&payload);
    return status;
}

gan_status gan_checkpoint_writer_text(gan_checkpoint_writer *writer, const char *name,
                                      const char *text) {
    bool whole = writer->status == GAN_STATUS_OK;
    return writer_settle(writer, whole ? add_text(writer, name, text) : GAN_STATUS_FAILED);
}

// --- Tensors -------------------------------------------------------------------------------------
static gan_status add_tensor(gan_checkpoint_writer *writer, const char *name, gan_dtype dtype,
                             int rank, const int64_t *size, const float *values) {
    gan_stored_tensor tensor = {.info = {.dtype = dtype, .rank = rank},
                                .block_bytes = GAN_WRITER_BLOCK};
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
    return gan__writer_tensor(writer, &tensor, values);
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
    GAN_TRY(gan__writer_chunk(output, "INDX", count, sizeof count, gan__text_string(&writer->index),
                              writer->index.length));
    GAN_TRY(gan__writer_chunk(output, "TAIL", NULL, 0, NULL, 0));
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
