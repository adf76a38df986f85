// Pictures as PNG (through libpng) and PNM, into a target.
#include "gan/image.h"

#include "base/memory.h"
#include "base/sink.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

// What libpng's callbacks know: where the bytes go, and what went wrong first.
typedef struct encoder {
    gan_text *out;
    gan_status status;
} encoder;

// Must not return.
static void on_error(png_structp png, png_const_charp message) {
    encoder *e = png_get_error_ptr(png);
    if (e->status == GAN_STATUS_OK)
        e->status =
            gan__fail(GAN_STATUS_BAD_ARGUMENT, "the picture cannot be written as PNG: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void *allocate(png_structp png, png_alloc_size_t size) {
    encoder *e = png_get_mem_ptr(png);
    void *block = NULL;
    gan_status status = gan__alloc(1, size, &block);
    if (status != GAN_STATUS_OK) e->status = status;
    return block;
}

static void release(png_structp png, void *block) {
    (void)png;
    gan__free(block);
}

static void on_write(png_structp png, png_bytep bytes, size_t length) {
    encoder *e = png_get_io_ptr(png);
    gan__text_append_bytes(e->out, bytes, length); // its status is asked for at the end
}

static void on_flush(png_structp png) {
    (void)png;
}

// tEXt holds Latin-1 only; anything else goes into iTXt, which holds UTF-8.
static bool is_ascii(const char *text) {
    for (; *text; ++text)
        if ((unsigned char)*text > 126) return false;
    return true;
}

static void put_text(png_structp png, png_infop info, const gan_image_text *text) {
    png_text chunk = {
        .compression = is_ascii(text->text) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
        .key = (png_charp)(uintptr_t)text->key, // only read
        .text = (png_charp)(uintptr_t)text->text,
        .text_length = strlen(text->text),
    };
    png_set_text(png, info, &chunk, 1);
}

static int color_type(size_t channels) {
    if (channels == 1) return PNG_COLOR_TYPE_GRAY;
    return channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA;
}

// Everything between setjmp and the end, in a function of its own: no local of the caller changes.
static void write_png(png_structp png, png_infop info, const gan_image *image,
                      const gan_image_text *texts, size_t text_count) {
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_compression_level(png, 6);
    png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 color_type(image->channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    for (size_t i = 0; i < text_count; ++i) put_text(png, info, &texts[i]);
    png_write_info(png, info);
    for (size_t y = 0; y < image->height; ++y)
        png_write_row(png, image->pixels + y * image->width * image->channels);
    png_write_end(png, info);
}

static gan_status encode_png(const gan_image *image, const gan_image_text *texts, size_t text_count,
                             gan_text *out) {
    encoder e = {out, GAN_STATUS_OK};
    png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &e, on_error, on_warning, &e,
                                                allocate, release);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (info) {
        png_set_write_fn(png, &e, on_write, on_flush);
        if (setjmp(png_jmpbuf(png)) == 0) write_png(png, info, image, texts, text_count);
    } else if (e.status == GAN_STATUS_OK) {
        e.status = gan__fail(GAN_STATUS_FAILED, "libpng cannot start: it is not the version that "
                                                "clgan was built with (" PNG_LIBPNG_VER_STRING ")");
    }
    png_destroy_write_struct(&png, &info);
    return e.status == GAN_STATUS_OK ? gan__text_status(out) : e.status;
}

gan_status gan__image_encode_pnm(const gan_image *image, gan_text *out) {
    if (image->channels == 4)
        gan__text_append(out,
                         "P7\nWIDTH %zu\nHEIGHT %zu\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n"
                         "ENDHDR\n",
                         image->width, image->height);
    else
        gan__text_append(out, "P%c\n%zu %zu\n255\n", image->channels == 3 ? '6' : '5', image->width,
                         image->height);
    gan__text_append_bytes(out, image->pixels, image->width * image->height * image->channels);
    return gan__text_status(out);
}

gan_status gan_image_write(const gan_image *image, gan_image_format format,
                           const gan_image_text *texts, size_t text_count, gan_target target) {
    gan_text bytes = {0};
    gan_sink *sink = NULL;
    gan_status status = format == GAN_IMAGE_FORMAT_PNG
                            ? encode_png(image, texts, text_count, &bytes)
                            : gan__image_encode_pnm(image, &bytes);
    if (status == GAN_STATUS_OK) status = gan__sink_open(target, &sink);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, bytes.bytes, bytes.length);
    status = gan__sink_end(sink, status);
    gan__text_destroy(&bytes);
    return status;
}
