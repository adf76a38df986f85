// Pictures as frames of uncompressed video (YUV4MPEG2,
// https://wiki.multimedia.cx/index.php/YUV4MPEG2), for an encoder at the other end of a pipe.
#include "gan/image.h"

#include "base/memory.h"

// ITU-R BT.601: luma and the two colour differences from red, green and blue of 0 to 255.
static const struct {
    double offset, red, green, blue;
} planes[] = {
    {16, 65.481, 128.553, 24.966},
    {128, -37.797, -74.203, 112},
    {128, 112, -93.786, -18.214},
};

static uint8_t value_in_plane(const uint8_t *rgb, size_t plane) {
    const double sum =
        planes[plane].red * rgb[0] + planes[plane].green * rgb[1] + planes[plane].blue * rgb[2];
    return (uint8_t)(planes[plane].offset + sum / 255 + 0.5);
}

// Red, green and blue of a pixel of any kind.
static void read_pixel(const uint8_t *pixel, size_t channels, uint8_t rgb[3]) {
    const unsigned opacity = channels == 4 ? pixel[3] : 255;
    for (size_t c = 0; c < 3; ++c) {
        const unsigned value = pixel[channels == 1 ? 0 : c];
        rgb[c] = (uint8_t)((value * opacity + 255 * (255 - opacity) + 127) / 255);
    }
}

gan_status gan__image_encode_y4m(const gan_image *image, bool first, gan_text *out) {
    const size_t pixels = image->width * image->height;
    void *block;
    GAN_TRY(gan__alloc(3, pixels, &block));
    uint8_t *const values = block;
    for (size_t i = 0; i < pixels; ++i) {
        uint8_t rgb[3];
        read_pixel(image->pixels + i * image->channels, image->channels, rgb);
        for (size_t p = 0; p < 3; ++p) values[p * pixels + i] = value_in_plane(rgb, p);
    }
    if (first)
        gan__text_append(out, "YUV4MPEG2 W%zu H%zu F25:1 Ip A1:1 C444\n", image->width,
                         image->height);
    gan__text_append(out, "FRAME\n");
    gan__text_append_bytes(out, values, 3 * pixels);
    gan__free(values);
    return gan__text_status(out);
}
