// PNG through libpng. Its errors leave by longjmp; what they said becomes the message, with the
// byte that was reached.
#include "base/memory.h"
#include "data/bitmap.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

typedef struct decoder {
    const uint8_t *bytes;
    size_t length, at;
    gan_bitmap *out;
    uint8_t **rows; // where libpng puts them
    bool *cut;
    gan_status status;
} decoder;

// Must not return.
static void on_error(png_structp png, png_const_charp message) {
    decoder *d = png_get_error_ptr(png);
    if (d->status == GAN_STATUS_OK)
        d->status = gan__fail(GAN_STATUS_CORRUPT,
                              "damaged PNG, before byte %zu: %s; fetch or write the file again",
                              d->at, message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void *allocate(png_structp png, png_alloc_size_t size) {
    decoder *d = png_get_mem_ptr(png);
    void *block = NULL;
    gan_status status = gan__alloc(1, size, &block);
    if (status != GAN_STATUS_OK) d->status = status;
    return block;
}

static void release(png_structp png, void *block) {
    (void)png;
    gan__free(block);
}

static void on_read(png_structp png, png_bytep bytes, size_t length) {
    decoder *d = png_get_io_ptr(png);
    if (length > d->length - d->at) {
        d->status = gan__bitmap_cut_short("PNG", d->length, d->cut);
        png_error(png, "cut short");
    }
    memcpy(bytes, d->bytes + d->at, length);
    d->at += length;
}

static void check(png_structp png, decoder *d, gan_status status) {
    if (status == GAN_STATUS_OK) return;
    d->status = status;
    png_longjmp(png, 1);
}

// Asks for 8 bits, in 1, 3 or 4 channels, and notes how many.
static void choose_channels(png_structp png, png_infop info, gan_bitmap *out) {
    const int color = png_get_color_type(png, info);
    const bool transparent =
        (color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    png_set_expand(png);
    png_set_scale_16(png);
    if (transparent && (color & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png);
    out->channels = transparent ? 4 : (color & PNG_COLOR_MASK_COLOR) ? 3 : 1;
}

static void point_rows(png_structp png, decoder *d) {
    gan_bitmap *out = d->out;
    void *rows = NULL;
    check(png, d, gan__bitmap_alloc(out));
    check(png, d, gan__alloc(out->height, sizeof *d->rows, &rows));
    d->rows = rows;
    for (size_t y = 0; y < out->height; ++y)
        d->rows[y] = out->pixels + y * out->width * out->channels;
}

// So many bytes of rows cannot come of the file's: deflate makes at most 1032 bytes of one
// (zlib.net/zlib_tech.html). Memory would be taken for them before any is looked at.
static gan_status check_rows(png_structp png, png_infop info, const decoder *d) {
    enum { DEFLATE_RATIO_MAX = 1032 };
    GAN_TRY(gan__bitmap_check_size(d->out));
    const uint64_t bytes = (uint64_t)png_get_rowbytes(png, info) * d->out->height;
    if (bytes / DEFLATE_RATIO_MAX <= d->length) return GAN_STATUS_OK;
    return gan__bitmap_cut_short("PNG", d->length, d->cut);
}

// Everything between setjmp and the end, in a function of its own: no local of the caller changes.
static void read_png(png_structp png, png_infop info, decoder *d, bool pixels) {
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_cache_max(png, 1); // no texts, which unpack to a thousand times their bytes
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, info);
    d->out->width = png_get_image_width(png, info);
    d->out->height = png_get_image_height(png, info);
    choose_channels(png, info, d->out);
    if (!pixels) return;
    check(png, d, check_rows(png, info, d));
    (void)png_set_interlace_handling(png);
    png_read_update_info(png, info);
    point_rows(png, d);
    png_read_image(png, d->rows);
    png_read_end(png, NULL);
}

gan_status gan__bitmap_png(const uint8_t *bytes, size_t length, bool pixels, gan_bitmap *out,
                           bool *cut) {
    decoder d = {.bytes = bytes, .length = length, .out = out, .cut = cut};
    png_structp png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &d, on_error, on_warning, &d,
                                               allocate, release);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (info) {
        png_set_read_fn(png, &d, on_read);
        if (setjmp(png_jmpbuf(png)) == 0) read_png(png, info, &d, pixels);
    } else if (d.status == GAN_STATUS_OK) {
        d.status = gan__fail(GAN_STATUS_FAILED, "libpng cannot start: it is not the version that "
                                                "clgan was built with (" PNG_LIBPNG_VER_STRING ")");
    }
    png_destroy_read_struct(&png, &info, NULL);
    gan__free(d.rows);
    if (d.status != GAN_STATUS_OK) gan__bitmap_destroy(out);
    return d.status;
}
