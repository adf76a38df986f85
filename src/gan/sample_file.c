// Samples written one after another in the formats of clgan/sample_file.h. Their number is known
// first, so that every header can be, too.
#include "clgan/sample_file.h"

#include "base/memory.h"
#include "base/npy.h"
#include "base/zip.h"
#include "gan/image.h"
#include "gan/sample_text.h"

#include <inttypes.h>
#include <string.h>

enum { CHUNK_BYTES = 16384, AXES_MAX = 4 };

struct gan_sample_file {
    gan_sample_format format;
    gan_sample_info info;
    double low, high;
    gan_sink *sink;
    uint64_t count, written; // samples
    gan_zip_writer archive;  // of which the samples are the only member
    bool bytes;              // elements are written as bytes, not as float32
    bool big_endian;
    bool has_begun; // of video: its header is there
    size_t waiting; // bytes in the chunk
    uint8_t chunk[CHUNK_BYTES];
    gan_text header;
};

static gan_status put(gan_sample_file *file, const void *bytes, size_t length) {
    if (file->format == GAN_SAMPLE_FORMAT_NPZ)
        return gan__zip_member_append(&file->archive, bytes, length);
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

// Whether the host's float32 are what the format has.
static bool is_as_stored(const gan_sample_file *file) {
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return !file->bytes && file->big_endian == (first == 0);
}

static gan_status put_values(gan_sample_file *file, const float *values, size_t count) {
    if (is_as_stored(file)) return put(file, values, count * sizeof *values);
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
    gan_status status = file->format == GAN_SAMPLE_FORMAT_PNM
                            ? gan__image_encode_pnm(image, &file->header)
                            : gan__image_encode_y4m(image, !file->has_begun, &file->header);
    file->has_begun = true;
    if (status == GAN_STATUS_OK) status = put(file, file->header.bytes, file->header.length);
    gan_image_destroy(image);
    return status;
}

// --- Text ---------------------------------------------------------------------------------------

static gan_status begin_txt(gan_sample_file *file) {
    if (file->info.vocabulary != NULL) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "these samples are no text; txt is for those that are");
}

static gan_status put_line(gan_sample_file *file, const float *sample) {
    gan__text_clear(&file->header);
    GAN_TRY(gan__sample_append_text(&file->info, sample, &file->header));
    gan__text_append(&file->header, "\n");
    GAN_TRY(gan__text_status(&file->header));
    return put(file, file->header.bytes, file->header.length);
}

// --- Headers ------------------------------------------------------------------------------------

static gan_status too_large(const gan_sample_file *file, const char *limit, const char *instead) {
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "%" PRIu64 " samples are more than this format holds (%s); use %s, or write "
                     "several files",
                     file->count, limit, instead);
}

// The axes of all samples together; returns how many there are.
static int axes_of(const gan_sample_file *file, int64_t size[AXES_MAX]) {
    size[0] = (int64_t)file->count;
    for (int i = 0; i < file->info.rank; ++i) size[i + 1] = file->info.size[i];
    return 1 + file->info.rank;
}

static gan_status put_header(gan_sample_file *file) {
    GAN_TRY(gan__text_status(&file->header));
    return put(file, file->header.bytes, file->header.length);
}

static gan_status begin_raw(gan_sample_file *file) {
    (void)file;
    return GAN_STATUS_OK;
}

static gan_status begin_npy(gan_sample_file *file) {
    int64_t size[AXES_MAX];
    int rank = axes_of(file, size);
    gan__npy_header_print("f4", rank, size, &file->header);
    return put_header(file);
}

static gan_status begin_npz(gan_sample_file *file) {
    // A mebibyte leaves room for the archive's own records.
    uint64_t room = UINT32_MAX - (UINT32_C(1) << 20);
    if (file->count > room / (sizeof(float) * file->info.elements))
        return too_large(file, "4 GiB", "npy");
    file->archive.sink = file->sink;
    GAN_TRY(gan__zip_member_begin(&file->archive, file->info.rank == 3 ? "images.npy" : "x.npy"));
    return begin_npy(file);
}

// The header of IDX: the element type, the rank, and one big-endian 32-bit size an axis.
static gan_status begin_idx(gan_sample_file *file) {
    int64_t size[AXES_MAX];
    int rank = axes_of(file, size);
    file->bytes = file->info.rank == 3;
    file->big_endian = true;
    if (file->count > UINT32_MAX) return too_large(file, "2^32 samples", "npy or raw");
    if (rank == AXES_MAX && size[1] == 1) { // grey: as MNIST, without a channel axis
        memmove(size + 1, size + 2, 2 * sizeof *size);
        rank--;
    }
    const uint8_t magic[4] = {0, 0, file->bytes ? 0x08 : 0x0D, (uint8_t)rank};
    gan__text_append_bytes(&file->header, magic, sizeof magic);
    for (int i = 0; i < rank; ++i) {
        const uint8_t big[4] = {(uint8_t)(size[i] >> 24), (uint8_t)(size[i] >> 16),
                                (uint8_t)(size[i] >> 8), (uint8_t)size[i]};
        gan__text_append_bytes(&file->header, big, sizeof big);
    }
    return put_header(file);
}

static gan_status end_plain(gan_sample_file *file) {
    (void)file;
    return GAN_STATUS_OK;
}

static gan_status end_npz(gan_sample_file *file) {
    GAN_TRY(gan__zip_member_end(&file->archive));
    return gan__zip_finish(&file->archive);
}

static const struct {
    gan_status (*begin)(gan_sample_file *file);
    gan_status (*end)(gan_sample_file *file);
    // Puts one sample; NULL where a sample is its values.
    gan_status (*one)(gan_sample_file *file, const float *sample);
} formats[] = {
    [GAN_SAMPLE_FORMAT_RAW] = {begin_raw, end_plain, NULL},
    [GAN_SAMPLE_FORMAT_NPY] = {begin_npy, end_plain, NULL},
    [GAN_SAMPLE_FORMAT_NPZ] = {begin_npz, end_npz, NULL},
    [GAN_SAMPLE_FORMAT_IDX] = {begin_idx, end_plain, NULL},
    [GAN_SAMPLE_FORMAT_PNM] = {begin_raw, end_plain, put_picture},
    [GAN_SAMPLE_FORMAT_Y4M] = {begin_raw, end_plain, put_picture},
    [GAN_SAMPLE_FORMAT_TXT] = {begin_txt, end_plain, put_line},
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
    if (formats[file->format].one == NULL)
        return put_values(file, samples, count * file->info.elements);
    for (size_t i = 0; i < count; ++i)
        GAN_TRY(formats[file->format].one(file, samples + i * file->info.elements));
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
    gan__zip_writer_destroy(&file->archive);
    gan__text_destroy(&file->header);
    gan__free(file);
}
