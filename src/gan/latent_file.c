// Latents from a .npy file, a piece at a time: a million of them take no more memory than one
// piece.
#include "clgan/sample_file.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/npy.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define HEADER_BYTES ((size_t)65536) // more than a header of version 1 can have

struct gan_latent_file {
    char *path;
    int file; // -1: none
    size_t latent;
    uint64_t count, done;
    uint64_t data; // where the elements begin
    size_t width;  // bytes of one
    bool big_endian;
    uint8_t *room;
    size_t room_bytes;
};

static gan_status check_header(gan_latent_file *file, const gan_npy_header *header,
                               uint64_t bytes) {
    const bool single = strcmp(header->type, "f4") == 0, twice = strcmp(header->type, "f8") == 0;
    const int rank = header->rank;
    if (!single && !twice)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: latents are float32 or float64, not '%s'; convert them with "
                         "astype(numpy.float32)",
                         header->type_at, header->type);
    if (header->columns_first && rank > 1)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: the array is in Fortran order; save "
                         "numpy.ascontiguousarray(array)",
                         header->order_at);
    if (rank < 1 || rank > 2 || header->size[rank - 1] != (int64_t)file->latent)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu: an array of %d axes, the last of %" PRId64
                         "; this generator's latents are (count, %zu)",
                         header->size_at, rank, rank > 0 ? header->size[rank - 1] : 0,
                         file->latent);
    file->width = single ? 4 : 8;
    file->big_endian = header->order == '>';
    file->count = rank == 2 ? (uint64_t)header->size[0] : 1;
    file->data = header->data;
    const uint64_t held = (bytes - file->data) / file->width / file->latent;
    if (file->count == 0) return gan__fail(GAN_STATUS_BAD_INPUT, "there is no latent in it");
    if (held >= file->count) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT,
                     "cut short: %" PRIu64 " latents should follow byte %" PRIu64 ", but %" PRIu64
                     " do; write the file again",
                     file->count, file->data, held);
}

static gan_status read_header(gan_latent_file *file) {
    gan_npy_header header;
    void *head;
    uint64_t bytes;
    GAN_TRY(gan__file_open_regular(file->path, &file->file, &bytes));
    const size_t length = bytes < HEADER_BYTES ? (size_t)bytes : HEADER_BYTES;
    GAN_TRY(gan__alloc(1, length, &head));
    gan_status status = gan__file_read_at(file->file, 0, head, length);
    if (status == GAN_STATUS_OK) status = gan__npy_header_parse(head, length, &header);
    gan__free(head);
    return status == GAN_STATUS_OK ? check_header(file, &header, bytes) : status;
}

gan_status gan_latent_file_open(const char *path, size_t latent, gan_latent_file **out) {
    void *block;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof **out, &block));
    gan_latent_file *const file = block;
    file->file = -1;
    file->latent = latent;
    gan_status status = gan__string_copy(path, &file->path);
    if (status == GAN_STATUS_OK) {
        status = read_header(file);
        if (status != GAN_STATUS_OK) status = gan__fail_in(status, "%s", path);
    }
    if (status == GAN_STATUS_OK)
        *out = file;
    else
        gan_latent_file_close(file);
    return status;
}

uint64_t gan_latent_file_get_count(const gan_latent_file *file) {
    return file->count;
}

static gan_status make_room(gan_latent_file *file, size_t bytes) {
    void *room = file->room;
    if (bytes <= file->room_bytes) return GAN_STATUS_OK;
    GAN_TRY(gan__realloc(1, bytes, &room));
    file->room = room;
    file->room_bytes = bytes;
    return GAN_STATUS_OK;
}

static float element(const gan_latent_file *file, size_t index) {
    const uint64_t word =
        gan__get_word(file->room + index * file->width, file->width, file->big_endian);
    double wide;
    float single;
    if (file->width == 8) {
        memcpy(&wide, &word, sizeof wide);
        return (float)wide;
    }
    const uint32_t half = (uint32_t)word;
    memcpy(&single, &half, sizeof single);
    return single;
}

gan_status gan_latent_file_read(gan_latent_file *file, size_t count, float *latents) {
    if (count > file->count - file->done)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s has %" PRIu64 " latents; more were asked for",
                         file->path, file->count);
    const size_t elements = count * file->latent, bytes = elements * file->width;
    const uint64_t at = file->data + file->done * file->latent * file->width;
    GAN_TRY(make_room(file, bytes));
    gan_status status = gan__file_read_at(file->file, at, file->room, bytes);
    if (status != GAN_STATUS_OK) return gan__fail_in(status, "%s", file->path);
    for (size_t i = 0; i < elements; ++i) {
        latents[i] = element(file, i);
        if (!isfinite(latents[i]))
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s: element %zu of latent %" PRIu64 " is not a finite float32",
                             file->path, i % file->latent, file->done + i / file->latent);
    }
    file->done += count;
    return GAN_STATUS_OK;
}

void gan_latent_file_close(gan_latent_file *file) {
    if (!file) return;
    if (file->file >= 0) close(file->file);
    gan__free(file->path);
    gan__free(file->room);
    gan__free(file);
}
