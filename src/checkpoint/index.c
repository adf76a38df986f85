// Reads and writes the index. A number from a file is used only after it was checked.
#include "checkpoint/index.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK_BYTES = 13, // of one block in an entry
    ENTRY_BYTES_LEAST = 3 + 2 + 4 + 4 * 8 + 3 * 8 + 4 * GAN_TENSOR_HISTOGRAM + 4 + 4,
};

uint32_t gan__tensor_block_length(const gan_stored_tensor *tensor, size_t b) {
    uint64_t start = (uint64_t)b * tensor->block_bytes;
    uint64_t left = tensor->info.bytes - start;
    return left < tensor->block_bytes ? (uint32_t)left : tensor->block_bytes;
}

// --- Writing -------------------------------------------------------------------------------------
static void append_number(gan_text *index, uint64_t value, size_t count) {
    uint8_t bytes[8];
    gan__put_u64(bytes, value);
    gan__text_append_bytes(index, bytes, count);
}

static void append_f64(gan_text *index, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    append_number(index, bits, 8);
}

static void append_statistics(gan_text *index, const gan_tensor_statistics *statistics) {
    append_f64(index, statistics->mean);
    append_f64(index, statistics->deviation);
    append_f64(index, statistics->minimum);
    append_f64(index, statistics->maximum);
    append_number(index, statistics->zeros, 8);
    append_number(index, statistics->nans, 8);
    append_number(index, statistics->infinities, 8);
    for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) {
        append_number(index, statistics->histogram[i], 4);
    }
}

void gan__index_append(gan_text *index, const gan_stored_tensor *tensor) {
    const gan_tensor_info *info = &tensor->info;
    size_t name_length = strlen(info->name);
    append_number(index, name_length, 2);
    gan__text_append_bytes(index, info->name, name_length);
    append_number(index, (uint64_t)info->dtype, 1);
    append_number(index, (uint64_t)info->rank, 1);
    for (int i = 0; i < info->rank; i++) append_number(index, (uint64_t)info->size[i], 8);
    append_number(index, info->crc, 4);
    append_statistics(index, &info->statistics);
    append_number(index, tensor->block_bytes, 4);
    append_number(index, tensor->block_count, 4);
    for (uint32_t b = 0; b < tensor->block_count; b++) {
        append_number(index, tensor->blocks[b].offset, 8);
        append_number(index, tensor->blocks[b].length, 4);
        append_number(index, (uint64_t)tensor->blocks[b].filter, 1);
    }
}

// --- Reading -------------------------------------------------------------------------------------
typedef struct index_parser {
    gan_cursor cursor;
    gan_arena *arena;
    uint64_t previous_end; // of the last block's chunk
    uint64_t end;          // of the region in which blocks may lie
} index_parser;

static gan_status cut_short(void) {
    return gan__fail(GAN_STATUS_CORRUPT, "the index ends in the middle of a tensor");
}

static gan_status parse_name(index_parser *parser, gan_tensor_info *info) {
    gan_cursor *cursor = &parser->cursor;
    size_t length = gan__cursor_u16(cursor);
    const uint8_t *name = gan__cursor_take(cursor, length);
    if (!name) return cut_short();
    if (gan__name_check((const char *)name, length) != GAN_STATUS_OK)
        return gan__fail_in(GAN_STATUS_CORRUPT, "the index");
    char *copy;
    GAN_TRY(gan__arena_alloc(parser->arena, length + 1, 1, (void **)&copy));
    memcpy(copy, name, length);
    info->name = copy;
    return GAN_STATUS_OK;
}

static gan_status parse_shape(index_parser *parser, gan_tensor_info *info) {
    gan_cursor *cursor = &parser->cursor;
    uint8_t dtype = gan__cursor_u8(cursor), rank = gan__cursor_u8(cursor);
    if (dtype > GAN_DTYPE_F16)
        return gan__fail(GAN_STATUS_CORRUPT, "tensor %s has the unknown type %u", info->name,
                         (unsigned)dtype);
    if (rank > GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_CORRUPT, "tensor %s has rank %u, at most %d are allowed",
                         info->name, (unsigned)rank, GAN_TENSOR_RANK_MAX);
    info->dtype = (gan_dtype)dtype;
    info->rank = rank;
    for (int i = 0; i < rank; i++) {
        uint64_t size = gan__cursor_u64(cursor);
        if (size > GAN_FORMAT_ELEMENTS_MAX)
            return gan__fail(GAN_STATUS_CORRUPT, "size %d of tensor %s is out of range", i,
                             info->name);
        info->size[i] = (int64_t)size;
    }
    if (gan__tensor_elements(info->rank, info->size, &info->elements) != GAN_STATUS_OK)
        return gan__fail_in(GAN_STATUS_CORRUPT, "tensor %s", info->name);
    info->bytes = info->elements * gan__dtype_bytes(info->dtype);
    return GAN_STATUS_OK;
}

static gan_status parse_statistics(index_parser *parser, gan_tensor_info *info) {
    gan_cursor *cursor = &parser->cursor;
    gan_tensor_statistics *statistics = &info->statistics;
    info->crc = gan__cursor_u32(cursor);
    statistics->mean = gan__cursor_f64(cursor);
    statistics->deviation = gan__cursor_f64(cursor);
    statistics->minimum = gan__cursor_f64(cursor);
    statistics->maximum = gan__cursor_f64(cursor);
    statistics->zeros = gan__cursor_u64(cursor);
    statistics->nans = gan__cursor_u64(cursor);
    statistics->infinities = gan__cursor_u64(cursor);
    for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) {
        statistics->histogram[i] = gan__cursor_u32(cursor);
    }
    if (cursor->overrun) return cut_short();
    bool numbers = isfinite(statistics->mean) && isfinite(statistics->deviation) &&
                   isfinite(statistics->minimum) && isfinite(statistics->maximum);
    uint64_t left = info->elements;
    bool counts = statistics->zeros <= left && statistics->nans <= left - statistics->zeros &&
                  statistics->infinities <= left - statistics->zeros - statistics->nans;
    if (numbers && counts) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "the statistics of tensor %s are impossible", info->name);
}

// One block against what is known: its place behind the one before it, its length against what it
// holds, so that nothing can be made to grow without bound.
static gan_status block_check(index_parser *parser, const gan_stored_tensor *tensor, size_t b) {
    const gan_block *block = &tensor->blocks[b];
    uint32_t raw = gan__tensor_block_length(tensor, b);
    bool length = block->filter == GAN_BLOCK_FILTER_STORED
                      ? block->length == raw
                      : block->length < raw && raw / GAN_FORMAT_GROWTH <= block->length;
    if (block->filter >= GAN_BLOCK_FILTER_COUNT || !length)
        return gan__fail(
            GAN_STATUS_CORRUPT,
            "block %zu of tensor %s has filter %d and %u bytes for %u, which cannot be", b,
            tensor->info.name, (int)block->filter, block->length, raw);
    uint64_t whole = (uint64_t)block->length + GAN_FORMAT_CHUNK_FRAME;
    if (block->offset < parser->previous_end || block->offset > parser->end ||
        whole > parser->end - block->offset)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "block %zu of tensor %s at byte %llu is out of order or outside the file",
                         b, tensor->info.name, (unsigned long long)block->offset);
    parser->previous_end = block->offset + whole;
    return GAN_STATUS_OK;
}

static gan_status parse_blocks(index_parser *parser, gan_stored_tensor *tensor) {
    gan_cursor *cursor = &parser->cursor;
    gan_tensor_info *info = &tensor->info;
    tensor->block_bytes = gan__cursor_u32(cursor);
    tensor->block_count = gan__cursor_u32(cursor);
    if (cursor->overrun) return cut_short();
    if (tensor->block_bytes < GAN_FORMAT_BLOCK_MIN || tensor->block_bytes > GAN_FORMAT_BLOCK_MAX ||
        tensor->block_bytes % gan__dtype_bytes(info->dtype) != 0)
        return gan__fail(GAN_STATUS_CORRUPT, "tensor %s has blocks of %u bytes", info->name,
                         tensor->block_bytes);
    uint64_t blocks = info->bytes / tensor->block_bytes + (info->bytes % tensor->block_bytes != 0);
    if (blocks != tensor->block_count)
        return gan__fail(GAN_STATUS_CORRUPT, "tensor %s has %u blocks where it needs %llu",
                         info->name, tensor->block_count, (unsigned long long)blocks);
    if (blocks > (cursor->length - cursor->at) / BLOCK_BYTES) return cut_short();
    GAN_TRY(gan__arena_alloc(parser->arena, tensor->block_count, sizeof *tensor->blocks,
                             (void **)&tensor->blocks));
    for (size_t b = 0; b < tensor->block_count; b++) {
        gan_block *block = &tensor->blocks[b];
        block->offset = gan__cursor_u64(cursor);
        block->length = gan__cursor_u32(cursor);
        block->filter = (gan_block_filter)gan__cursor_u8(cursor);
        GAN_TRY(block_check(parser, tensor, b));
        info->bytes_stored += block->length;
    }
    return GAN_STATUS_OK;
}

static gan_status parse_tensor(index_parser *parser, gan_stored_tensor *tensor) {
    GAN_TRY(parse_name(parser, &tensor->info));
    GAN_TRY(parse_shape(parser, &tensor->info));
    GAN_TRY(parse_statistics(parser, &tensor->info));
    return parse_blocks(parser, tensor);
}

gan_status gan__index_parse(const uint8_t *bytes, size_t length, uint64_t start, uint64_t end,
                            gan_arena *arena, gan_stored_tensor **tensors, size_t *count) {
    index_parser parser = {.cursor = {.bytes = bytes, .length = length},
                           .arena = arena,
                           .previous_end = start,
                           .end = end};
    uint32_t promised = gan__cursor_u32(&parser.cursor);
    if (parser.cursor.overrun || promised > length / ENTRY_BYTES_LEAST)
        return gan__fail(GAN_STATUS_CORRUPT, "the index promises %u tensors and has %zu bytes",
                         promised, length);
    GAN_TRY(gan__arena_alloc(arena, promised, sizeof **tensors, (void **)tensors));
    for (uint32_t i = 0; i < promised; i++) GAN_TRY(parse_tensor(&parser, *tensors + i));
    if (parser.cursor.at != length)
        return gan__fail(GAN_STATUS_CORRUPT, "%zu bytes are left over behind the index",
                         length - parser.cursor.at);
    *count = promised;
    return GAN_STATUS_OK;
}
