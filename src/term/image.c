// Pictures as characters.
#include "term/image.h"

#include "base/memory.h"

#include <stdbool.h>

typedef struct rgb {
    uint8_t r, g, b;
} rgb;

// The picture at the size in which it is shown.
typedef struct scaled_picture {
    rgb *pixels;
    size_t width, height;
} scaled_picture;

// The mean of the pixels from (x0, y0) up to but not including (x1, y1).
static rgb mean_of(const gan_picture *picture, size_t x0, size_t y0, size_t x1, size_t y1) {
    uint64_t sum[3] = {0}, count = (uint64_t)(x1 - x0) * (y1 - y0);
    for (size_t y = y0; y < y1; y++) {
        for (size_t x = x0; x < x1; x++) {
            const uint8_t *pixel = picture->pixels + (y * picture->width + x) * picture->channels;
            for (size_t c = 0; c < 3; c++) sum[c] += pixel[picture->channels == 3 ? c : 0];
        }
    }
    for (size_t c = 0; c < 3; c++) sum[c] = (sum[c] + count / 2) / count;
    return (rgb){(uint8_t)sum[0], (uint8_t)sum[1], (uint8_t)sum[2]};
}

static gan_status scale(const gan_picture *picture, size_t columns, scaled_picture *scaled) {
    scaled->width = picture->width < columns ? picture->width : columns;
    scaled->height = (picture->height * scaled->width + picture->width / 2) / picture->width;
    if (scaled->height == 0) scaled->height = 1;
    size_t width = scaled->width, height = scaled->height;
    GAN_TRY(gan__alloc(width * height, sizeof(rgb), (void **)&scaled->pixels));
    for (size_t y = 0; y < height; y++) {
        size_t y0 = y * picture->height / height, y1 = (y + 1) * picture->height / height;
        for (size_t x = 0; x < width; x++) {
            size_t x0 = x * picture->width / width, x1 = (x + 1) * picture->width / width;
            scaled->pixels[y * width + x] = mean_of(picture, x0, y0, x1, y1 > y0 ? y1 : y0 + 1);
        }
    }
    return GAN_STATUS_OK;
}

static unsigned square(int difference) {
    return (unsigned)(difference * difference);
}

static unsigned distance(rgb a, rgb b) {
    return square(a.r - b.r) + square(a.g - b.g) + square(a.b - b.b);
}

// The nearest of xterm's 6 x 6 x 6 colours (from 16) and 24 grays (from 232).
static unsigned color_256(rgb color) {
    static const uint8_t levels[6] = {0, 95, 135, 175, 215, 255};
    const uint8_t parts[3] = {color.r, color.g, color.b};
    unsigned index[3];
    for (size_t c = 0; c < 3; c++) {
        index[c] = parts[c] < 48 ? 0 : parts[c] < 115 ? 1 : (parts[c] - 35U) / 40;
    }
    rgb cube = {levels[index[0]], levels[index[1]], levels[index[2]]};
    unsigned mean = ((unsigned)color.r + color.g + color.b) / 3;
    unsigned gray = mean < 4 ? 0 : mean > 237 ? 23 : (mean - 3) / 10;
    uint8_t level = (uint8_t)(8 + 10 * gray);
    if (distance(color, (rgb){level, level, level}) < distance(color, cube)) return 232 + gray;
    return 16 + 36 * index[0] + 6 * index[1] + index[2];
}

// Appends the escape that sets the foreground (38) or background (48).
static void append_color(gan_palette palette, unsigned ground, rgb color, gan_text *text) {
    if (palette == GAN_PALETTE_TRUE) {
        gan__text_append(text, "\x1b[%u;2;%u;%u;%um", ground, color.r, color.g, color.b);
    } else {
        gan__text_append(text, "\x1b[%u;5;%um", ground, color_256(color));
    }
}

static rgb mean_of_two(rgb a, rgb b) {
    return (rgb){(uint8_t)((a.r + b.r + 1) / 2), (uint8_t)((a.g + b.g + 1) / 2),
                 (uint8_t)((a.b + b.b + 1) / 2)};
}

static bool same(rgb a, rgb b) {
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

// One line of characters from one row of pixels and the one below it, which may be absent (NULL).
static void append_half_blocks(const rgb *upper, const rgb *lower, size_t width,
                               gan_palette palette, gan_text *text) {
    for (size_t x = 0; x < width; x++) {
        bool first = x == 0;
        if (first || !same(upper[x], upper[x - 1])) append_color(palette, 38, upper[x], text);
        if (lower && (first || !same(lower[x], lower[x - 1]))) {
            append_color(palette, 48, lower[x], text);
        }
        gan__text_append(text, "▀");
    }
    gan__text_append(text, "\x1b[0m\n");
}

static void append_colored_spaces(const rgb *upper, const rgb *lower, size_t width,
                                  gan_palette palette, gan_text *text) {
    rgb last = {0};
    for (size_t x = 0; x < width; x++) {
        rgb mean = lower ? mean_of_two(upper[x], lower[x]) : upper[x];
        if (x == 0 || !same(mean, last)) append_color(palette, 48, mean, text);
        last = mean;
        gan__text_append(text, " ");
    }
    gan__text_append(text, "\x1b[0m\n");
}

static void append_ascii(const rgb *upper, const rgb *lower, size_t width, gan_text *text) {
    static const char ramp[] = " .:-=+*#%@";
    for (size_t x = 0; x < width; x++) {
        rgb mean = lower ? mean_of_two(upper[x], lower[x]) : upper[x];
        unsigned brightness = (299U * mean.r + 587U * mean.g + 114U * mean.b) / 1000; // BT.601
        gan__text_append_bytes(text, &ramp[brightness * 10 / 256], 1);
    }
    gan__text_append(text, "\n");
}

gan_status gan__image_append(const gan_picture *picture, const gan_terminal *terminal,
                             gan_text *text) {
    bool shape = picture->width > 0 && picture->height > 0;
    if (!shape || (picture->channels != 1 && picture->channels != 3)) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a picture of %zu x %zu pixels of %zu channels cannot be shown; it must "
                         "have pixels, of 1 or 3 channels",
                         picture->width, picture->height, picture->channels);
    }
    scaled_picture scaled = {0};
    GAN_TRY(scale(picture, terminal->columns > 0 ? (size_t)terminal->columns : 1, &scaled));
    bool colors = terminal->palette >= GAN_PALETTE_256;
    for (size_t y = 0; y < scaled.height; y += 2) {
        const rgb *upper = scaled.pixels + y * scaled.width;
        const rgb *lower = y + 1 < scaled.height ? upper + scaled.width : NULL;
        if (colors && terminal->utf8) {
            append_half_blocks(upper, lower, scaled.width, terminal->palette, text);
        } else if (colors) {
            append_colored_spaces(upper, lower, scaled.width, terminal->palette, text);
        } else {
            append_ascii(upper, lower, scaled.width, text);
        }
    }
    gan__free(scaled.pixels);
    return gan__text_status(text);
}

gan_status gan__image_write(const gan_picture *picture, const gan_terminal *terminal) {
    gan_text text = {0};
    gan_status status = gan__image_append(picture, terminal, &text);
    if (status == GAN_STATUS_OK) status = gan__terminal_write(terminal, &text);
    gan__text_destroy(&text);
    return status;
}
