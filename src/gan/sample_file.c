// Samples written one after another in the formats of clgan/sample_file.h. Their number is known
// first, so that every header can be, too.
#include "clgan/sample_file.h"

#include "base/memory.h"
#include "gan/array_header.h"
#include "gan/image.h"
#include "gan/sink.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK_BYTES = 16384 };

struct gan_sample_file {
    gan_sample_format format;
    gan_sample_info info;
    double low, high;
    gan_sink *sink;
    uint64_t count, written; // samples
    uint32_t crc;            // of an archive's member so far
    bool bytes;              // elements are written as bytes, not as float32
    bool big_endian;
    size_t waiting; // bytes in the chunk
    uint8_t chunk[CHUNK_BYTES];
    gan_text header;
};

static gan_status put(gan_sample_file *file, const void *bytes, size_t length) {
    if (file->format == GAN_SAMPLE_FORMAT_NPZ)
        file->crc = (uint32_t)crc32_z(file->crc, bytes, length);
    return gan__sink_write(file->sink, bytes, length);
}

static gan_status put_chunk(gan_sample_file *file) {
    size_t waiting = file->waiting;
    file->waiting = 0;
    return put(file, file->chunk, waiting);
}

// Room for a few bytes more in the chunk.
static gan_status make_room(gan_sample_file *file) {
    return file->waiting > CHUNK_BYTES - 4 ? put_chunk(file) : GAN_STATUS_OK;
}

static void put_byte(gan_sample_file *file, float value) {
    file->chunk[file->waiting++] = gan__image_byte(value, file->low, file->high);
}

static void put_float(gan_sample_file *file, float value) {
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    for (unsigned i = 0; i < 4; ++i)
        file->chunk[file->waiting++] = (uint8_t)(word >> (file->big_endian ? 24 - 8 * i : 8 * i));
}

static gan_status put_values(gan_sample_file *file, const float *values, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        GAN_TRY(make_room(file));
        if (file->bytes)
            put_byte(file, values[i]);
        else
            put_float(file, values[i]);
    }
    return put_chunk(file);
}

// --- Pictures, one after another ----------------------------------------------------------------

static gan_status put_picture(gan_sample_file *file, const float *sample) {
    gan_image *image = NULL;
    gan_sample_info info = file->info;
    info.low = file->low;
    info.high = file->high;
    gan__text_clear(&file->header);
    GAN_TRY(gan_image_create(&info, sample, 1, NULL, &image));
    gan_status status = gan__image_encode_pnm(image, &file->header);
    if (status == GAN_STATUS_OK) status = put(file, file->header.bytes, file->header.length);
    gan_image_destroy(image);
    return status;
}

// --- Headers ------------------------------------------------------------------------------------

static gan_status too_large(const gan_sample_file *file, const char *limit, const char *instead) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "%" PRIu64 " samples are more than this format holds (%s); use %s, or write "
                     "several files",
                     file->count, limit, instead);
}

static gan_array_layout layout_of(const gan_sample_file *file) {
    gan_array_layout layout = {.rank = 1 + file->info.rank, .size = {file->count}};
    for (int i = 0; i < file->info.rank; ++i) layout.size[i + 1] = (uint64_t)file->info.size[i];
    return layout;
}

static gan_status begin_raw(gan_sample_file *file) {
    (void)file;
    return GAN_STATUS_OK;
}

static gan_status begin_npy(gan_sample_file *file) {
    gan_array_layout layout = layout_of(file);
    gan__npy_header(&layout, &file->header);
    GAN_TRY(gan__text_status(&file->header));
    return put(file, file->header.bytes, file->header.length);
}

static const char *member_name(const gan_sample_file *file) {
    return file->info.rank == 3 ? "images.npy" : "x.npy";
}

static gan_status begin_npz(gan_sample_file *file) {
    gan_array_layout layout = layout_of(file);
    gan_text header = {0};
    gan__npy_header(&layout, &header);
    // A kibibyte leaves room for the archive's own records.
    uint64_t room = UINT32_MAX - 1024 - header.length;
    if (file->count > room / (4 * file->info.elements)) {
        gan__text_destroy(&header);
        return too_large(file, "4 GiB", "npy");
    }
    gan__zip_begin(member_name(file), &file->header);
    gan_status status = gan__text_status(&file->header);
    if (status == GAN_STATUS_OK)
        status = gan__sink_write(file->sink, file->header.bytes, file->header.length);
    if (status == GAN_STATUS_OK) status = gan__text_status(&header);
    if (status == GAN_STATUS_OK) status = put(file, header.bytes, header.length);
    gan__text_destroy(&header);
    return status;
}

static gan_status begin_idx(gan_sample_file *file) {
    gan_array_layout layout = layout_of(file);
    file->bytes = file->info.rank == 3;
    file->big_endian = true;
    if (file->count > UINT32_MAX) return too_large(file, "2^32 samples", "npy or raw");
    if (layout.rank == 4 && layout.size[1] == 1) { // grey: as MNIST, without a channel axis
        memmove(layout.size + 1, layout.size + 2, 2 * sizeof *layout.size);
        layout.rank = 3;
    }
    gan__idx_header(&layout, file->bytes, &file->header);
    GAN_TRY(gan__text_status(&file->header));
    return put(file, file->header.bytes, file->header.length);
}

static gan_status end_plain(gan_sample_file *file) {
    (void)file;
    return GAN_STATUS_OK;
}

static gan_status end_npz(gan_sample_file *file) {
    gan__text_clear(&file->header);
    gan__zip_end(member_name(file), file->crc, gan__sink_position(file->sink), &file->header);
    GAN_TRY(gan__text_status(&file->header));
    return gan__sink_write(file->sink, file->header.bytes, file->header.length);
}

static const struct {
    gan_status (*begin)(gan_sample_file *file);
    gan_status (*end)(gan_sample_file *file);
} formats[] = {
    [GAN_SAMPLE_FORMAT_RAW] = {begin_raw, end_plain},
    [GAN_SAMPLE_FORMAT_NPY] = {begin_npy, end_plain},
    [GAN_SAMPLE_FORMAT_NPZ] = {begin_npz, end_npz},
    [GAN_SAMPLE_FORMAT_IDX] = {begin_idx, end_plain},
    [GAN_SAMPLE_FORMAT_PNM] = {begin_raw, end_plain},
};

// --- The file -----------------------------------------------------------------------------------

gan_status gan_sample_file_create(gan_sample_format format, const gan_sample_info *info,
                                  uint64_t count, gan_target target, gan_sample_file **out) {
    void *block;
    *out = NULL;
    if (count == 0) return gan__fail(GAN_STATUS_BAD_ARGUMENT, "no sample to write");
    if ((size_t)format >= sizeof formats / sizeof *formats)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%d is no format of samples", (int)format);
    GAN_TRY(gan__alloc(1, sizeof **out, &block));
    gan_sample_file *file = block;
    file->format = format;
    file->info = *info;
    file->count = count;
    file->low = info->low;
    file->high = info->low == info->high ? info->low + 1 : info->high;
    gan_status status = gan__sink_open(target, &file->sink);
    if (status == GAN_STATUS_OK) status = formats[format].begin(file);
    if (status == GAN_STATUS_OK)
        *out = file;
    else
        gan_sample_file_discard(file);
    return status;
}

gan_status gan_sample_file_write(gan_sample_file *file, const float *samples, size_t count) {
    if (count > file->count - file->written)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a file of %" PRIu64 " samples was begun; more were written to it",
                         file->count);
    file->written += count;
    if (file->format != GAN_SAMPLE_FORMAT_PNM)
        return put_values(file, samples, count * file->info.elements);
    for (size_t i = 0; i < count; ++i)
        GAN_TRY(put_picture(file, samples + i * file->info.elements));
    return GAN_STATUS_OK;
}

gan_status gan_sample_file_commit(gan_sample_file *file) {
    gan_status status = GAN_STATUS_OK;
    if (file->written < file->count)
        status = gan__fail(GAN_STATUS_BAD_ARGUMENT,
                           "a file of %" PRIu64 " samples was begun; only %" PRIu64
                           " were written to it",
                           file->count, file->written);
    if (status == GAN_STATUS_OK) status = formats[file->format].end(file);
    if (status == GAN_STATUS_OK) {
        status = gan__sink_commit(file->sink);
        file->sink = NULL;
    }
    gan_sample_file_discard(file);
    return status;
}

void gan_sample_file_discard(gan_sample_file *file) {
    if (!file) return;
    gan__sink_discard(file->sink);
    gan__text_destroy(&file->header);
    gan__free(file);
}
