// Plots of points: densities of numbers, and points of the plane. The data in grey, samples in
// colour on top, on white.
#include "gan/image.h"

#include "base/memory.h"
#include "gan/density.h"

#include <math.h>
#include <string.h>

#define SIDE_DEFAULT 512
#define SHADE        0.3  // of the area under a density
#define MARGIN       0.08 // of the range of the points, on every side
#define TAIL         0.15 // the same for a density, whose tails reach beyond its points

typedef struct color {
    double channel[3];
} color;
static const color reference_color = {{150, 150, 150}};
static const color sample_color = {{214, 69, 38}};
static const color judged_color = {{31, 90, 190}};
static const color optimum_color = {{120, 160, 220}};

typedef struct axis {
    double low, high;
} axis;

// The range of every `stride`-th value, its margin included.
static axis find_axis(const float *values, size_t count, size_t stride, double margin) {
    axis a = {INFINITY, -INFINITY};
    for (size_t i = 0; i < count; ++i) {
        double value = (double)values[i * stride];
        if (!isfinite(value)) continue;
        a.low = fmin(a.low, value);
        a.high = fmax(a.high, value);
    }
    if (!(a.low <= a.high)) a = (axis){-1, 1}; // nothing finite
    double extra = a.high > a.low ? margin * (a.high - a.low) : 1;
    return (axis){a.low - extra, a.high + extra};
}

static void blend(gan_image *image, size_t x, size_t y, const color *ink, double cover) {
    uint8_t *pixel = image->pixels + (y * image->width + x) * 3;
    for (int c = 0; c < 3; ++c)
        pixel[c] = (uint8_t)(pixel[c] + cover * (ink->channel[c] - pixel[c]) + 0.5);
}

static gan_status create_white(size_t width, size_t height, gan_image **out) {
    GAN_TRY(gan__image_create(width, height, 3, out));
    memset((*out)->pixels, 255, width * height * 3);
    return GAN_STATUS_OK;
}

// --- Points of the plane ------------------------------------------------------------------------

// One dot, with a smooth edge; nothing where its centre lies outside.
static void draw_dot(gan_image *image, double x, double y, double radius, const color *ink,
                     double opacity) {
    double side = (double)image->width;
    if (!(x >= 0 && y >= 0 && x < side && y < side)) return;
    size_t left = (size_t)fmax(0, x - radius - 1), right = (size_t)fmin(side, x + radius + 2);
    size_t top = (size_t)fmax(0, y - radius - 1), bottom = (size_t)fmin(side, y + radius + 2);
    for (size_t row = top; row < bottom; ++row)
        for (size_t column = left; column < right; ++column) {
            double distance = hypot((double)column + 0.5 - x, (double)row + 0.5 - y);
            double cover = fmin(1, radius + 0.5 - distance);
            if (cover > 0) blend(image, column, row, ink, cover * opacity);
        }
}

static void draw_dots(gan_image *image, const float *points, size_t count, const axis axes[2],
                      const color *ink, double size, double opacity) {
    double side = (double)image->width;
    double scale = side / fmax(axes[0].high - axes[0].low, axes[1].high - axes[1].low);
    double radius = size * fmax(1.25, side / 340);
    for (size_t i = 0; i < count; ++i) {
        double x = (double)points[2 * i] - (axes[0].low + axes[0].high) / 2;
        double y = (double)points[2 * i + 1] - (axes[1].low + axes[1].high) / 2;
        draw_dot(image, side / 2 + scale * x, side / 2 - scale * y, radius, ink, opacity);
    }
}

gan_status gan__image_plot_points(const float *samples, size_t count,
                                  const gan_image_options *options, gan_image **out) {
    size_t side = options->side ? options->side : SIDE_DEFAULT;
    const float *framed = options->reference_count ? options->reference : samples;
    size_t framed_count = options->reference_count ? options->reference_count : count;
    axis axes[2] = {find_axis(framed, framed_count, 2, MARGIN),
                    find_axis(framed + 1, framed_count, 2, MARGIN)};
    GAN_TRY(create_white(side, side, out));
    draw_dots(*out, options->reference, options->reference_count, axes, &reference_color, 2, 0.35);
    draw_dots(*out, samples, count, axes, &sample_color, 1, 0.6);
    return GAN_STATUS_OK;
}

// --- Densities ----------------------------------------------------------------------------------

static double highest(const double *density, size_t columns) {
    double best = 0;
    for (size_t x = 0; x < columns; ++x) best = fmax(best, density[x]);
    return best;
}

// The area under the curve in an ink as light as `shade`, the curve itself in a dark one; a value
// that is NaN breaks it.
static void draw_curve(gan_image *image, const double *density, double top, const color *ink,
                       double shade) {
    double height = (double)image->height - 1;
    double previous = NAN;
    for (size_t x = 0; x < image->width; ++x) {
        double level = height * (1 - fmin(1, density[x] / top)); // fmin passes over a NaN
        double upper = fmin(level, previous) - 1, lower = fmax(level, previous) + 1;
        previous = isnan(density[x]) ? NAN : level;
        if (isnan(previous)) continue;
        for (size_t y = 0; y < image->height; ++y) {
            double at = (double)y;
            if (at > level) blend(image, x, y, ink, shade);
            if (at >= upper && at <= lower) blend(image, x, y, ink, 0.9);
        }
    }
}

gan_status gan__image_plot_density(const float *samples, size_t count,
                                   const gan_image_options *options, gan_image **out) {
    size_t width = options->side ? options->side : SIDE_DEFAULT;
    void *block;
    GAN_TRY(gan__alloc(3 * width, sizeof(double), &block));
    double *work = block, *reference = work + width, *density = reference + width;
    const float *framed = options->reference_count ? options->reference : samples;
    size_t framed_count = options->reference_count ? options->reference_count : count;
    axis a = find_axis(framed, framed_count, 1, TAIL);
    gan__density_estimate(options->reference, options->reference_count, a.low, a.high, width, work,
                          reference);
    gan__density_estimate(samples, count, a.low, a.high, width, work, density);
    // A generator that has collapsed is a spike; it must not flatten the data's curve to nothing.
    double top = highest(density, width), data_top = highest(reference, width);
    if (data_top > 0) top = fmin(fmax(top, data_top), 3 * data_top);
    if (!(top > 0)) top = 1;
    gan_status status = create_white(width, width / 2 > 0 ? width / 2 : 1, out);
    if (status == GAN_STATUS_OK) {
        if (options->reference_count)
            draw_curve(*out, reference, 1.05 * top, &reference_color, SHADE);
        draw_curve(*out, density, 1.05 * top, &sample_color, SHADE);
    }
    gan__free(block);
    return status;
}

// --- The game on numbers ------------------------------------------------------------------------

// Values at `count` evenly spaced places as values at `width` columns, on straight lines between.
static void stretch(const double *values, size_t count, size_t width, double *out) {
    for (size_t x = 0; x < width; ++x) {
        double at = fmax(0, ((double)x + 0.5) * (double)count / (double)width - 0.5);
        size_t left = (size_t)at < count - 1 ? (size_t)at : count - 1;
        size_t right = left + 1 < count ? left + 1 : left;
        double share = at - (double)left;
        out[x] = (1 - share) * values[left] + share * values[right];
    }
}

gan_status gan__image_plot_curves(const gan_run_curves *curves, gan_image **out) {
    const size_t width = SIDE_DEFAULT;
    const struct {
        const double *values;
        const color *ink;
        bool is_density;
    } drawn[] = {{curves->data, &reference_color, true},
                 {curves->generated, &sample_color, true},
                 {curves->optimum, &optimum_color, false},
                 {curves->judged, &judged_color, false}};
    void *columns;
    const double data_top = highest(curves->data, curves->count);
    double top = fmin(fmax(highest(curves->generated, curves->count), data_top), 3 * data_top);
    if (!(top > 0)) top = 1;
    GAN_TRY(gan__alloc(width, sizeof(double), &columns));
    gan_status status = create_white(width, width / 2, out);
    for (size_t i = 0; i < 4 && status == GAN_STATUS_OK; ++i) {
        stretch(drawn[i].values, curves->count, width, columns);
        draw_curve(*out, columns, 1.05 * (drawn[i].is_density ? top : 1), drawn[i].ink,
                   drawn[i].is_density ? SHADE : 0);
    }
    gan__free(columns);
    return status;
}
