// gan-inspect --tensor: weights that act on pictures as a grid of small pictures, one a filter of a
// convolution or one a unit of a dense layer that sees the data's own pictures.
#include "inspect/inspect.h"
#include "term/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 96 }; // of pixels; a character shows two

// The tensor seen as (count, channels, height, width).
typedef struct tiles {
    size_t count, channels, height, width;
    size_t columns, rows, shown; // of the grid
} tiles;

static bool sample_shape(const gan_checkpoint *checkpoint, int64_t shape[3]) {
    json_t *run = gan__inspect_run(checkpoint);
    const json_t *sample = json_object_get(run, "sample");
    const bool picture = json_array_size(sample) == 3;
    for (size_t i = 0; i < 3 && picture; i++)
        shape[i] = json_integer_value(json_array_get(sample, i));
    json_decref(run);
    return picture;
}

// Filters of 1 x 1 have no picture.
static bool find_tiles(const gan_checkpoint *checkpoint, const gan_tensor_info *info, tiles *out) {
    int64_t sample[3];
    if (info->elements == 0) return false;
    if (info->rank == 4 && info->size[2] * info->size[3] > 1) {
        *out = (tiles){(size_t)info->size[0],
                       (size_t)info->size[1],
                       (size_t)info->size[2],
                       (size_t)info->size[3],
                       0,
                       0,
                       0};
        return true;
    }
    if (info->rank != 2 || !sample_shape(checkpoint, sample) ||
        sample[0] * sample[1] * sample[2] != info->size[1])
        return false;
    *out = (tiles){
        (size_t)info->size[0], (size_t)sample[0], (size_t)sample[1], (size_t)sample[2], 0, 0, 0};
    return true;
}

// A pixel a weight and one between tiles, as many as the terminal is wide for and ROWS_MAX are
// high.
static void arrange(tiles *t, const gan_terminal *out) {
    const size_t room = out->columns > 0 ? (size_t)out->columns : 1;
    t->columns = (room + 1) / (t->width + 1);
    t->rows = (ROWS_MAX + 1) / (t->height + 1);
    if (t->columns == 0) t->columns = 1;
    if (t->rows == 0) t->rows = 1;
    t->shown = t->count < t->columns * t->rows ? t->count : t->columns * t->rows;
    if (t->columns > t->shown) t->columns = t->shown;
    t->rows = (t->shown + t->columns - 1) / t->columns;
}

// The weight at (y, x) of a tile: of three channels each in its colour, else the channels' mean in
// all of them.
static double weight_at(const tiles *t, const float *values, size_t tile, size_t place,
                        size_t color) {
    const size_t area = t->height * t->width;
    const float *const own = values + tile * t->channels * area;
    if (t->channels == 3) return (double)own[color * area + place];
    double sum = 0;
    for (size_t c = 0; c < t->channels; c++) sum += (double)own[c * area + place];
    return sum / (double)t->channels;
}

// Grey at 0, and as far from it as the tile's largest weight is.
static void draw_tile(const tiles *t, const float *values, size_t tile, uint8_t *pixels) {
    const size_t area = t->height * t->width, row_bytes = 3 * (t->columns * (t->width + 1) - 1);
    const size_t left = tile % t->columns * (t->width + 1);
    const size_t top = tile / t->columns * (t->height + 1);
    double largest = 0;
    for (size_t i = 0; i < 3 * area; i++)
        largest = fmax(largest, fabs(weight_at(t, values, tile, i / 3, i % 3)));
    for (size_t i = 0; i < 3 * area; i++) {
        const double weight = weight_at(t, values, tile, i / 3, i % 3);
        const double level = 127.5 + (largest > 0 ? 127.5 * weight / largest : 0);
        const size_t y = top + i / 3 / t->width, x = left + i / 3 % t->width;
        pixels[y * row_bytes + 3 * x + i % 3] = isfinite(level) ? (uint8_t)lround(level) : 255;
    }
}

static gan_status append_grid(const tiles *t, const float *values, const gan_terminal *out,
                              gan_text *text) {
    const size_t width = t->columns * (t->width + 1) - 1, height = t->rows * (t->height + 1) - 1;
    uint8_t *pixels = calloc(width * height, 3);
    if (!pixels) return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for a picture of weights");
    for (size_t tile = 0; tile < t->shown; tile++) draw_tile(t, values, tile, pixels);
    gan__text_append(text, "  %zu of %zu filters of %zu x %zu, grey at 0, each by its largest%s\n",
                     t->shown, t->count, t->height, t->width,
                     t->channels == 3   ? ", channels as colours"
                     : t->channels == 1 ? ""
                                        : ", means over channels");
    const gan_picture picture = {.pixels = pixels, .width = width, .height = height, .channels = 3};
    const gan_status status = gan__image_append(&picture, out, text);
    free(pixels);
    return status;
}

gan_status gan__inspect_tiles(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                              const gan_terminal *out, gan_text *text, bool *drawn) {
    tiles t;
    *drawn = find_tiles(checkpoint, info, &t);
    if (!*drawn) return GAN_STATUS_OK;
    arrange(&t, out);
    const uint64_t shown = info->elements / t.count * t.shown;
    float *values = malloc(shown * sizeof *values);
    if (!values)
        return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the weights of %s", info->name);
    gan_status status = gan_checkpoint_read_part(checkpoint, info, 0, shown, values);
    if (status == GAN_STATUS_OK) status = append_grid(&t, values, out, text);
    free(values);
    return status;
}
