// gan-inspect --tensor: a tensor's values as a picture in the terminal. A tensor of more than two
// axes is a matrix with a row for each index of the first: of a convolution's weights, a filter.
#include "inspect/inspect.h"
#include "term/human.h"
#include "term/image.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS_MAX = 48 }; // of cells; a character shows two

// The picture's cells, each the mean of the finite values it covers; NaN where there is none.
typedef struct heat_map {
    uint64_t height, width; // of the matrix
    size_t rows, columns;   // of cells
    double *cells;
    double low, high; // the least and the largest cell
} heat_map;

static double cell_mean(const heat_map *map, const float *values, size_t row, size_t column) {
    uint64_t bottom = (row + 1) * map->height / map->rows;
    uint64_t right = (column + 1) * map->width / map->columns;
    uint64_t count = 0;
    double sum = 0;
    for (uint64_t y = row * map->height / map->rows; y < bottom; y++) {
        for (uint64_t x = column * map->width / map->columns; x < right; x++) {
            double value = (double)values[y * map->width + x];
            if (!isfinite(value)) continue;
            sum += value;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : NAN;
}

static void fill_cells(heat_map *map, const float *values) {
    map->low = map->high = NAN;
    for (size_t i = 0; i < map->rows * map->columns; i++) {
        double cell = cell_mean(map, values, i / map->columns, i % map->columns);
        map->cells[i] = cell;
        map->low = fmin(map->low, cell); // of a number and NaN, the number
        map->high = fmax(map->high, cell);
    }
}

// Orange above 0, blue below, dark at 0, white where no value is finite; against `largest`.
static void color_of(double cell, double largest, uint8_t pixel[3]) {
    static const double above[3] = {255, 170, 60}, below[3] = {60, 150, 255};
    double strength = largest > 0 ? fabs(cell) / largest : 0;
    for (size_t c = 0; c < 3; c++) {
        double part = strength * (cell < 0 ? below : above)[c];
        pixel[c] = isnan(cell) ? 255 : (uint8_t)lround(part);
    }
}

// Dark at the least, bright at the largest.
static uint8_t gray_of(double cell, const heat_map *map) {
    double range = map->high - map->low;
    return isnan(cell) || range <= 0 ? 0 : (uint8_t)lround(255 * (cell - map->low) / range);
}

static void append_caption(const heat_map *map, bool colors, gan_text *text) {
    gan__text_append(text, "  %llu rows of %llu, %s %s", (unsigned long long)map->height,
                     (unsigned long long)map->width,
                     colors ? "blue below 0, orange above:" : "dark to bright:",
                     gan__human_number(map->low).text);
    gan__text_append(text, " to %s", gan__human_number(map->high).text);
    if (map->rows < map->height || map->columns < map->width)
        gan__text_append(text, ", means of about %.3g x %.3g values",
                         (double)map->height / (double)map->rows,
                         (double)map->width / (double)map->columns);
    gan__text_append(text, "\n");
}

static gan_status append_picture(const heat_map *map, uint8_t *pixels, const gan_terminal *out,
                                 gan_text *text) {
    bool colors = out->palette >= GAN_PALETTE_256;
    size_t channels = colors ? 3 : 1;
    double largest = fmax(fabs(map->low), fabs(map->high));
    for (size_t i = 0; i < map->rows * map->columns; i++) {
        if (colors) {
            color_of(map->cells[i], largest, pixels + i * channels);
        } else {
            pixels[i] = gray_of(map->cells[i], map);
        }
    }
    append_caption(map, colors, text);
    const gan_picture picture = {
        .pixels = pixels, .width = map->columns, .height = map->rows, .channels = channels};
    return gan__image_append(&picture, out, text);
}

gan_status gan__inspect_heat_map(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                                 const gan_terminal *out, gan_text *text) {
    if (info->rank < 2 || info->elements == 0) return GAN_STATUS_OK;
    uint64_t height = (uint64_t)info->size[0], width = info->elements / height;
    uint64_t room = out->columns > 0 ? (uint64_t)out->columns : 1;
    heat_map map = {.height = height,
                    .width = width,
                    .rows = (size_t)(height < ROWS_MAX ? height : ROWS_MAX),
                    .columns = (size_t)(width < room ? width : room)};
    size_t cells = map.rows * map.columns;
    float *values =
        info->elements < SIZE_MAX / sizeof *values ? malloc(info->elements * sizeof *values) : NULL;
    uint8_t *pixels = malloc(3 * cells);
    map.cells = malloc(cells * sizeof *map.cells);
    gan_status status = values && pixels && map.cells
                            ? gan_checkpoint_read(checkpoint, info, values)
                            : gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the %llu values of %s",
                                        (unsigned long long)info->elements, info->name);
    if (status == GAN_STATUS_OK) {
        fill_cells(&map, values);
        status = append_picture(&map, pixels, out, text);
    }
    free(map.cells);
    free(pixels);
    free(values);
    return status;
}
