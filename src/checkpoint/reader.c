// Opens a checkpoint: the frame of the file, the index, the texts. Data of tensors is read in
// data.c.
#include "checkpoint/reader.h"

#include "base/file.h"
#include "base/parallel.h"
#include "checkpoint/index.h"
#include "checkpoint/text_chunk.h"

#include <string.h>
#include <unistd.h>

// --- Bytes and chunks ----------------------------------------------------------------------------
// The header of the chunk at `offset`, checked to lie whole below `end`.
static gan_status read_chunk(const gan_checkpoint *checkpoint, uint64_t offset, uint64_t end,
                             gan_chunk *out) {
    uint8_t header[GAN_FORMAT_CHUNK_HEADER];
    if (offset > end || end - offset < GAN_FORMAT_CHUNK_FRAME)
        return gan__fail(GAN_STATUS_CORRUPT, "there is no room for a chunk at byte %llu",
                         (unsigned long long)offset);
    GAN_TRY(gan__file_read_at(checkpoint->file, offset, header, sizeof header));
    GAN_TRY(gan__chunk_parse(header, offset, out));
    if (out->length > end - offset - GAN_FORMAT_CHUNK_FRAME)
        return gan__fail(GAN_STATUS_CORRUPT, "chunk %s at byte %llu reaches past byte %llu",
                         out->type, (unsigned long long)offset, (unsigned long long)end);
    return GAN_STATUS_OK;
}

gan_status gan__reader_payload(const gan_checkpoint *checkpoint, const gan_chunk *chunk,
                               uint8_t **payload) {
    size_t length = (size_t)chunk->length;
    if (chunk->length > SIZE_MAX - GAN_FORMAT_CHUNK_TRAILER)
        return gan__fail(GAN_STATUS_NO_MEMORY, "chunk %s is too large for this machine",
                         chunk->type);
    GAN_TRY(gan__alloc(length + GAN_FORMAT_CHUNK_TRAILER, 1, (void **)payload));
    uint64_t at = chunk->offset + GAN_FORMAT_CHUNK_HEADER;
    gan_status status =
        gan__file_read_at(checkpoint->file, at, *payload, length + GAN_FORMAT_CHUNK_TRAILER);
    if (status == GAN_STATUS_OK && gan__get_u32(*payload + length) != gan__crc(*payload, length))
        status = gan__fail(GAN_STATUS_CORRUPT, "the checksum of its content is wrong");
    if (status == GAN_STATUS_OK) return status;
    gan__free(*payload);
    *payload = NULL;
    return gan__fail_in(status, "chunk %s at byte %llu", chunk->type,
                        (unsigned long long)chunk->offset);
}

// --- The frame -----------------------------------------------------------------------------------
static gan_status check_signature(gan_checkpoint *checkpoint) {
    uint8_t signature[GAN_FORMAT_SIGNATURE] = {0};
    bool whole = checkpoint->file_bytes >= sizeof signature;
    if (whole) GAN_TRY(gan__file_read_at(checkpoint->file, 0, signature, sizeof signature));
    if (whole && memcmp(signature, gan__format_signature, sizeof signature) == 0)
        return GAN_STATUS_OK;
    if (memcmp(signature + 1, gan__format_signature + 1, 3) == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "its signature is damaged; was it transferred as "
                                               "text? Transfer it again as binary");
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "it is not a clgan checkpoint; gan-train writes them, and gan-convert "
                     "makes them of other formats");
}

static gan_status check_head(gan_checkpoint *checkpoint, const uint8_t *payload, size_t length) {
    gan_cursor cursor = {.bytes = payload, .length = length};
    checkpoint->version = gan__cursor_u32(&cursor);
    uint64_t file_bytes = gan__cursor_u64(&cursor);
    checkpoint->index_offset = gan__cursor_u64(&cursor);
    if (checkpoint->version > GAN_FORMAT_VERSION && length >= 4)
        return gan__fail(GAN_STATUS_BAD_VERSION,
                         "it is of version %u; this clgan knows versions up to %d: update clgan",
                         checkpoint->version, GAN_FORMAT_VERSION);
    if (checkpoint->version == 0 || length != GAN_FORMAT_HEAD)
        return gan__fail(GAN_STATUS_CORRUPT, "chunk HEAD has version %u and %zu bytes",
                         checkpoint->version, length);
    if (file_bytes != checkpoint->file_bytes)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "it has %llu bytes where chunk HEAD says %llu: it was %s",
                         (unsigned long long)checkpoint->file_bytes, (unsigned long long)file_bytes,
                         file_bytes > checkpoint->file_bytes ? "cut short" : "added to");
    return GAN_STATUS_OK;
}

static gan_status expect_chunk(const gan_checkpoint *checkpoint, uint64_t offset, const char *type,
                               gan_chunk *out) {
    GAN_TRY(read_chunk(checkpoint, offset, checkpoint->file_bytes, out));
    if (strcmp(out->type, type) == 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "there is chunk %s at byte %llu where %s must be",
                     out->type, (unsigned long long)offset, type);
}

static gan_status read_head(gan_checkpoint *checkpoint) {
    gan_chunk head;
    uint8_t *payload;
    GAN_TRY(check_signature(checkpoint));
    GAN_TRY(expect_chunk(checkpoint, GAN_FORMAT_SIGNATURE, "HEAD", &head));
    GAN_TRY(gan__reader_payload(checkpoint, &head, &payload));
    gan_status status = check_head(checkpoint, payload, (size_t)head.length);
    gan__free(payload);
    return status;
}

static gan_status check_tail(const gan_checkpoint *checkpoint, const gan_chunk *index) {
    gan_chunk tail;
    uint8_t *payload;
    uint64_t at = index->offset + GAN_FORMAT_CHUNK_FRAME + index->length;
    GAN_TRY(expect_chunk(checkpoint, at, "TAIL", &tail));
    if (tail.length != 0 || at + GAN_FORMAT_CHUNK_FRAME != checkpoint->file_bytes)
        return gan__fail(GAN_STATUS_CORRUPT, "chunk TAIL at byte %llu is not the file's end",
                         (unsigned long long)at);
    GAN_TRY(gan__reader_payload(checkpoint, &tail, &payload));
    gan__free(payload);
    return GAN_STATUS_OK;
}

static gan_status read_index(gan_checkpoint *checkpoint) {
    gan_chunk index;
    uint8_t *payload;
    if (checkpoint->index_offset < GAN_FORMAT_START)
        return gan__fail(GAN_STATUS_CORRUPT, "chunk HEAD places the index inside itself");
    GAN_TRY(expect_chunk(checkpoint, checkpoint->index_offset, "INDX", &index));
    GAN_TRY(check_tail(checkpoint, &index));
    GAN_TRY(gan__reader_payload(checkpoint, &index, &payload));
    gan_status status =
        gan__index_parse(payload, (size_t)index.length, GAN_FORMAT_START, checkpoint->index_offset,
                         checkpoint->arena, &checkpoint->tensors, &checkpoint->tensor_count);
    gan__free(payload);
    if (status != GAN_STATUS_OK)
        return gan__fail_in(status, "chunk INDX at byte %llu",
                            (unsigned long long)checkpoint->index_offset);
    checkpoint->growth.length = checkpoint->file_bytes;
    for (size_t i = 0; i < checkpoint->tensor_count; i++) {
        const gan_tensor_info *info = &checkpoint->tensors[i].info;
        if (!gan__growth_add(&checkpoint->growth, info->bytes))
            return gan__growth_refuse(&checkpoint->growth);
        status = gan__names_add(&checkpoint->tensor_names, info->name);
        if (status == GAN_STATUS_BAD_INPUT) return gan__fail_in(GAN_STATUS_CORRUPT, "the index");
        GAN_TRY(status);
    }
    return GAN_STATUS_OK;
}

// --- Chunks beside the blocks --------------------------------------------------------------------
// The blocks of all tensors, one after the other.
typedef struct block_stepper {
    size_t tensor, block;
} block_stepper;

static const gan_block *next_block(const gan_checkpoint *checkpoint, block_stepper *at) {
    while (at->tensor < checkpoint->tensor_count) {
        const gan_stored_tensor *tensor = &checkpoint->tensors[at->tensor];
        if (at->block < tensor->block_count) return &tensor->blocks[at->block++];
        *at = (block_stepper){at->tensor + 1, 0};
    }
    return NULL;
}

gan_status gan__reader_walk(gan_checkpoint *checkpoint, gan_reader_visit visit) {
    block_stepper stepper = {0, 0};
    const gan_block *block = next_block(checkpoint, &stepper);
    for (uint64_t at = GAN_FORMAT_START; at < checkpoint->index_offset;) {
        if (block && at == block->offset) {
            at += block->length + (uint64_t)GAN_FORMAT_CHUNK_FRAME;
            block = next_block(checkpoint, &stepper);
            continue;
        }
        gan_chunk chunk;
        uint64_t end = block ? block->offset : checkpoint->index_offset;
        GAN_TRY(read_chunk(checkpoint, at, end, &chunk));
        GAN_TRY(visit(checkpoint, &chunk));
        at += chunk.length + GAN_FORMAT_CHUNK_FRAME;
    }
    return GAN_STATUS_OK;
}

// Makes room in an array of `count` items for one more.
static gan_status make_room(size_t size, size_t count, void **items, size_t *capacity) {
    if (count < *capacity) return GAN_STATUS_OK;
    size_t larger = *capacity ? 2 * *capacity : 8;
    GAN_TRY(gan__realloc(larger, size, items));
    *capacity = larger;
    return GAN_STATUS_OK;
}

static gan_status keep_ancillary(gan_checkpoint *checkpoint, const gan_chunk *chunk) {
    GAN_TRY(make_room(sizeof *chunk, checkpoint->ancillary_count, (void **)&checkpoint->ancillary,
                      &checkpoint->ancillary_capacity));
    checkpoint->ancillary[checkpoint->ancillary_count++] = *chunk;
    return GAN_STATUS_OK;
}

static gan_status keep_text(gan_checkpoint *checkpoint, const gan_chunk *chunk) {
    GAN_TRY(make_room(sizeof *checkpoint->texts, checkpoint->text_count,
                      (void **)&checkpoint->texts, &checkpoint->text_capacity));
    gan_stored_text *text = &checkpoint->texts[checkpoint->text_count];
    uint8_t *payload;
    GAN_TRY(gan__reader_payload(checkpoint, chunk, &payload));
    gan_status status = gan__text_chunk_parse(payload, (size_t)chunk->length, &checkpoint->growth,
                                              checkpoint->arena, &text->name, &text->content);
    gan__free(payload);
    if (status == GAN_STATUS_OK) {
        status = gan__names_add(&checkpoint->text_names, text->name);
        if (status == GAN_STATUS_BAD_INPUT) status = GAN_STATUS_CORRUPT;
    }
    if (status != GAN_STATUS_OK)
        return gan__fail_in(status, "chunk TEXT at byte %llu", (unsigned long long)chunk->offset);
    checkpoint->text_count++;
    return GAN_STATUS_OK;
}

static gan_status visit_on_open(gan_checkpoint *checkpoint, const gan_chunk *chunk) {
    if (strcmp(chunk->type, "TEXT") == 0) return keep_text(checkpoint, chunk);
    if (chunk->type[0] >= 'a') return keep_ancillary(checkpoint, chunk);
    unsigned long long at = chunk->offset;
    static const char *const misplaced[] = {"HEAD", "DATA", "INDX", "TAIL"};
    for (size_t i = 0; i < sizeof misplaced / sizeof misplaced[0]; i++) {
        if (strcmp(chunk->type, misplaced[i]) == 0)
            return gan__fail(GAN_STATUS_CORRUPT, "there is a stray chunk %s at byte %llu",
                             chunk->type, at);
    }
    return gan__fail(GAN_STATUS_BAD_VERSION,
                     "chunk %s at byte %llu is needed to understand the file and unknown to this "
                     "clgan: update clgan",
                     chunk->type, at);
}

// --- Open and close ------------------------------------------------------------------------------
static gan_status open_parts(gan_checkpoint *checkpoint) {
    GAN_TRY(gan__file_open_regular(checkpoint->path, &checkpoint->file, &checkpoint->file_bytes));
    GAN_TRY(read_head(checkpoint));
    GAN_TRY(read_index(checkpoint));
    return gan__reader_walk(checkpoint, visit_on_open);
}

gan_status gan_checkpoint_open(const char *path, gan_checkpoint **out) {
    *out = NULL;
    gan_checkpoint *checkpoint;
    GAN_TRY(gan__alloc(1, sizeof *checkpoint, (void **)&checkpoint));
    checkpoint->file = -1;
    checkpoint->workers = gan__parallel_cores();
    gan_status status = gan__arena_create(&checkpoint->arena);
    if (status == GAN_STATUS_OK)
        status = gan__arena_string(checkpoint->arena, path, &checkpoint->path);
    if (status == GAN_STATUS_OK) {
        status = open_parts(checkpoint);
        if (status != GAN_STATUS_OK) status = gan__fail_in(status, "%s", path);
    }
    if (status == GAN_STATUS_OK) {
        *out = checkpoint;
    } else {
        gan_checkpoint_close(checkpoint);
    }
    return status;
}

void gan_checkpoint_close(gan_checkpoint *checkpoint) {
    if (!checkpoint) return;
    if (checkpoint->file >= 0) close(checkpoint->file);
    gan__names_destroy(&checkpoint->tensor_names);
    gan__names_destroy(&checkpoint->text_names);
    gan__free(checkpoint->texts);
    gan__free(checkpoint->ancillary);
    gan__arena_destroy(checkpoint->arena);
    gan__free(checkpoint);
}

// --- What was read -------------------------------------------------------------------------------
uint32_t gan_checkpoint_version(const gan_checkpoint *checkpoint) {
    return checkpoint->version;
}

uint64_t gan_checkpoint_file_bytes(const gan_checkpoint *checkpoint) {
    return checkpoint->file_bytes;
}

size_t gan_checkpoint_tensor_count(const gan_checkpoint *checkpoint) {
    return checkpoint->tensor_count;
}

const gan_tensor_info *gan_checkpoint_tensor(const gan_checkpoint *checkpoint, size_t index) {
    return index < checkpoint->tensor_count ? &checkpoint->tensors[index].info : NULL;
}

const gan_tensor_info *gan_checkpoint_find(const gan_checkpoint *checkpoint, const char *name) {
    return gan_checkpoint_tensor(checkpoint, gan__names_find(&checkpoint->tensor_names, name));
}

const char *gan_checkpoint_text(const gan_checkpoint *checkpoint, const char *name) {
    size_t index = gan__names_find(&checkpoint->text_names, name);
    return index < checkpoint->text_count ? checkpoint->texts[index].content : NULL;
}

const char *gan_checkpoint_text_name(const gan_checkpoint *checkpoint, size_t index) {
    return index < checkpoint->text_count ? checkpoint->texts[index].name : NULL;
}
