// Pictures in memory, and samples laid out on a grid.
#include "gan/image.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define SIDE_MAX ((size_t)1 << 24) // of a picture, and of a grid in samples

gan_status gan__image_create(size_t width, size_t height, size_t channels, gan_image **out) {
    *out = NULL;
    if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a picture of %zu x %zu pixels cannot be made; ask for fewer samples or "
                         "less padding",
                         width, height);
    void *image, *pixels;
    GAN_TRY(gan__alloc(1, sizeof **out, &image));
    gan_status status = gan__alloc(height, width * channels, &pixels);
    if (status != GAN_STATUS_OK) {
        gan__free(image);
        return status;
    }
    *out = image;
    **out = (gan_image){width, height, channels, pixels};
    return GAN_STATUS_OK;
}

void gan_image_destroy(gan_image *image) {
    if (!image) return;
    gan__free(image->pixels);
    gan__free(image);
}

size_t gan_image_get_width(const gan_image *image) {
    return image->width;
}

size_t gan_image_get_height(const gan_image *image) {
    return image->height;
}

size_t gan_image_get_channels(const gan_image *image) {
    return image->channels;
}

const uint8_t *gan_image_get_pixels(const gan_image *image) {
    return image->pixels;
}

uint8_t gan__image_byte(float value, double low, double high) {
    double scaled = ((double)value - low) / (high - low) * 255;
    if (!(scaled > 0)) return 0; // NaN too
    return scaled >= 255 ? 255 : (uint8_t)(scaled + 0.5);
}

// How one sample is seen: `planes` beside each other, or, where they are colours, interleaved.
typedef struct cell {
    size_t planes, width, height; // of one plane
    size_t channels;              // of the picture
    size_t shown_width;           // of the sample in the picture
} cell;

static cell cell_of(const gan_sample_info *info) {
    cell c = {1, (size_t)info->size[0], 1, 1, 0};
    if (info->rank == 3)
        c = (cell){(size_t)info->size[0], (size_t)info->size[2], (size_t)info->size[1], 1, 0};
    if (c.planes == 3 || c.planes == 4) c.channels = c.planes;
    c.shown_width = c.channels > 1 ? c.width : c.planes * c.width;
    return c;
}

static void draw_sample(const cell *c, const float *sample, double low, double high,
                        gan_image *image, size_t left, size_t top) {
    size_t pixel_step = c->channels;
    size_t plane_step = c->channels > 1 ? 1 : c->width;
    for (size_t p = 0; p < c->planes; ++p)
        for (size_t y = 0; y < c->height; ++y) {
            uint8_t *row = image->pixels + ((top + y) * image->width + left) * image->channels;
            for (size_t x = 0; x < c->width; ++x)
                row[p * plane_step + x * pixel_step] = gan__image_byte(*sample++, low, high);
        }
}

static void find_range(const float *values, size_t count, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < count; ++i) {
        if (!isfinite(values[i])) continue;
        *low = fmin(*low, (double)values[i]);
        *high = fmax(*high, (double)values[i]);
    }
    if (!(*low < *high)) *high = *low + 1;
}

// Fills in the sides of the grid that were left open.
static gan_status choose_grid(const gan_image_options *options, size_t count, size_t *columns,
                              size_t *rows) {
    *columns = options->columns;
    *rows = options->rows;
    if (*columns == 0 && *rows == 0) *columns = (size_t)ceil(sqrt((double)count));
    if (*columns == 0) *columns = (count + *rows - 1) / *rows;
    if (*rows == 0) *rows = (count + *columns - 1) / *columns;
    if (*columns < SIDE_MAX && *rows < SIDE_MAX && *columns * *rows >= count) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "a grid of %zu x %zu does not hold %zu samples; ask for a larger one or fewer "
                     "samples",
                     *columns, *rows, count);
}

static gan_status draw_grid(const gan_sample_info *info, const float *samples, size_t count,
                            const gan_image_options *options, gan_image **out) {
    cell c = cell_of(info);
    size_t columns, rows, padding = options->padding < SIDE_MAX ? options->padding : SIDE_MAX;
    GAN_TRY(choose_grid(options, count, &columns, &rows));
    bool fits = columns + 1 <= SIDE_MAX / (c.shown_width + padding) &&
                rows + 1 <= SIDE_MAX / (c.height + padding);
    size_t width = fits ? columns * (c.shown_width + padding) + padding : SIZE_MAX;
    size_t height = fits ? rows * (c.height + padding) + padding : SIZE_MAX;
    GAN_TRY(gan__image_create(width, height, c.channels, out));
    double low = info->low, high = info->high;
    if (low == high) find_range(samples, count * info->elements, &low, &high);
    for (size_t i = 0; i < count; ++i)
        draw_sample(&c, samples + i * info->elements, low, high, *out,
                    padding + i % columns * (c.shown_width + padding),
                    padding + i / columns * (c.height + padding));
    return GAN_STATUS_OK;
}

gan_status gan_image_create(const gan_sample_info *info, const float *samples, size_t count,
                            const gan_image_options *options, gan_image **out) {
    static const gan_image_options defaults = {0};
    if (!options) options = &defaults;
    *out = NULL;
    if (count == 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "a picture needs at least one sample");
    if (info->rank == 1 && info->size[0] == 1)
        return gan__image_plot_density(samples, count, options, out);
    if (info->rank == 1 && info->size[0] == 2)
        return gan__image_plot_points(samples, count, options, out);
    return draw_grid(info, samples, count, options, out);
}
