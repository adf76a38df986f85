// Pictures in memory: which decoder a file is for, and the room that pixels take.
#include "data/bitmap.h"

#include "base/memory.h"

#include <string.h>

void gan__bitmap_destroy(gan_bitmap *bitmap) {
    gan__free(bitmap->pixels);
    bitmap->pixels = NULL;
}

gan_status gan__bitmap_check_size(const gan_bitmap *bitmap) {
    if (bitmap->width <= GAN_BITMAP_PIXELS_MAX / bitmap->height) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "a picture of %zu x %zu pixels is larger than any that is read (2^27 "
                     "pixels); scale it down",
                     bitmap->width, bitmap->height);
}

gan_status gan__bitmap_alloc(gan_bitmap *bitmap) {
    void *pixels;
    GAN_TRY(gan__bitmap_check_size(bitmap));
    GAN_TRY(gan__alloc(bitmap->width * bitmap->height, bitmap->channels, &pixels));
    bitmap->pixels = pixels;
    return GAN_STATUS_OK;
}

gan_status gan__bitmap_cut_short(const char *format, size_t length, bool *cut) {
    *cut = true;
    return gan__fail(GAN_STATUS_CORRUPT,
                     "cut short: the %s picture goes on where the file ends, at byte %zu; fetch or "
                     "write the file again",
                     format, length);
}

static const struct {
    const char *name, *bytes;
    uint8_t offset, length;
} formats[] = {
    {"PNG", "\x89PNG\r\n\x1a\n", 0, 8},
    {"JPEG", "\xFF\xD8\xFF", 0, 3},
    {"GIF", "GIF8", 0, 4},
    {"WebP", "WEBP", 8, 4},
    {"TIFF", "II*\0", 0, 4},
    {"TIFF", "MM\0*", 0, 4},
    {"AVIF or HEIF", "ftyp", 4, 4},
    {"JPEG XL", "\0\0\0\x0CJXL ", 0, 8},
    {"JPEG XL", "\xFF\x0A", 0, 2},
};

const char *gan__bitmap_format(const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; ++i)
        if (length >= (size_t)formats[i].offset + formats[i].length &&
            memcmp(bytes + formats[i].offset, formats[i].bytes, formats[i].length) == 0)
            return formats[i].name;
    return NULL;
}

// `pixels`: the picture is wanted, not only its header.
static gan_status read(const uint8_t *bytes, size_t length, bool pixels, gan_bitmap *out,
                       bool *cut) {
    const char *format = gan__bitmap_format(bytes, length);
    *out = (gan_bitmap){0};
    *cut = false;
    if (format && strcmp(format, "PNG") == 0)
        return gan__bitmap_png(bytes, length, pixels, out, cut);
    if (format && strcmp(format, "JPEG") == 0)
        return gan__bitmap_jpeg(bytes, length, pixels, out, cut);
    if (length == 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the file is empty; it should be a picture");
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "byte 0: %s%s, where a picture in PNG or JPEG is expected; convert the file",
                     format ? "this is " : "this is of no known kind", format ? format : "");
}

gan_status gan__bitmap_decode(const uint8_t *bytes, size_t length, gan_bitmap *out) {
    bool cut;
    return read(bytes, length, true, out, &cut);
}

gan_status gan__bitmap_look(const uint8_t *bytes, size_t length, size_t whole, gan_bitmap *out,
                            bool *more) {
    bool cut;
    gan_status status = read(bytes, length, false, out, &cut);
    *more = status != GAN_STATUS_OK && cut && length < whole;
    return status;
}
