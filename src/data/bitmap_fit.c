// From a picture of any size and colours to a sample: one window of it, resampled by a filter that
// is as wide as the pixels it makes, so that nothing finer than those is folded back into them.
#include "base/memory.h"
#include "data/bitmap.h"

#include <math.h>
#include <string.h>

// --- Colours ------------------------------------------------------------------------------------

// ITU-R BT.601 in 16 bits, as Pillow and libjpeg have it.
static uint8_t luma(const uint8_t *rgb) {
    return (uint8_t)((19595U * rgb[0] + 38470U * rgb[1] + 7471U * rgb[2] + 0x8000U) >> 16);
}

static uint8_t on_white(uint8_t value, uint8_t opacity) {
    return (uint8_t)((value * opacity + 255 * (255 - opacity) + 127) / 255);
}

// One pixel of `from` channels as `to` channels.
static void convert_pixel(const uint8_t *in, size_t from, uint8_t *out, size_t to) {
    uint8_t color[4] = {in[0], in[0], in[0], 255};
    if (from >= 3) memcpy(color, in, from);
    for (size_t c = 0; c < 3 && to < 4 && from == 4; ++c) color[c] = on_white(color[c], color[3]);
    if (to == 1)
        out[0] = from == 1 ? color[0] : luma(color);
    else
        memcpy(out, color, to);
}

static gan_status convert(const gan_bitmap *in, size_t channels, gan_bitmap *out) {
    *out = (gan_bitmap){.width = in->width, .height = in->height, .channels = channels};
    GAN_TRY(gan__bitmap_alloc(out));
    for (size_t i = 0; i < in->width * in->height; ++i)
        convert_pixel(in->pixels + i * in->channels, in->channels, out->pixels + i * channels,
                      channels);
    return GAN_STATUS_OK;
}

// --- The filter ---------------------------------------------------------------------------------

// The part of one axis of the picture that becomes one axis of the sample.
typedef struct span {
    double begin, length; // in the picture's pixels
    size_t limit;         // of them
    size_t count;         // in the sample's
} span;

// Which pixels make one of the sample's, and by how much each counts.
typedef struct taps {
    size_t first, count;
    const float *weights;
} taps;

typedef struct filter {
    taps *at; // one for each of the sample's pixels along the axis
    float *weights;
} filter;

// The triangle around the middle of pixel `index`, cut off at the picture's ends.
static taps weigh(const span *s, size_t index, float *weights) {
    const double scale = s->length / (double)s->count;
    const double reach = fmax(scale, 1);
    const double middle = s->begin + ((double)index + 0.5) * scale;
    const double low = fmax(floor(middle - reach + 0.5), 0);
    const double high = fmin(floor(middle + reach + 0.5), (double)s->limit);
    taps t = {.first = (size_t)low, .count = (size_t)(high - low), .weights = weights};
    double sum = 0;
    for (size_t i = 0; i < t.count; ++i) {
        const double away = fabs((double)(t.first + i) + 0.5 - middle) / reach;
        weights[i] = (float)fmax(1 - away, 0);
        sum += (double)weights[i];
    }
    for (size_t i = 0; i < t.count; ++i) weights[i] = (float)((double)weights[i] / sum);
    return t;
}

static void destroy_filter(filter *f) {
    gan__free(f->at);
    gan__free(f->weights);
}

static gan_status create_filter(const span *s, filter *out) {
    const size_t widest = 2 * (size_t)ceil(fmax(s->length / (double)s->count, 1)) + 2;
    void *at = NULL, *weights = NULL;
    gan_status status = gan__alloc(s->count, sizeof *out->at, &at);
    if (status == GAN_STATUS_OK) status = gan__alloc(s->count, widest * sizeof(float), &weights);
    *out = (filter){at, weights};
    for (size_t i = 0; i < s->count && status == GAN_STATUS_OK; ++i)
        out->at[i] = weigh(s, i, out->weights + i * widest);
    return status;
}

// --- Resampling ---------------------------------------------------------------------------------

// Colours of pixels with opacity count by it: sums of value times opacity, and of opacity.
static void add_row_with_opacity(const uint8_t *row, float weight, size_t width, float *sums) {
    for (size_t x = 0; x < width; ++x, row += 4, sums += 4) {
        const float opacity = weight * (float)row[3];
        for (size_t c = 0; c < 3; ++c) sums[c] += opacity * (float)row[c];
        sums[3] += opacity;
    }
}

static void add_row(const uint8_t *row, float weight, size_t values, float *sums) {
    for (size_t i = 0; i < values; ++i) sums[i] += weight * (float)row[i];
}

// One row of the sample's height: the picture's rows under `rows`, in the picture's width.
static void sum_rows(const gan_bitmap *in, const taps *rows, float *sums) {
    const size_t values = in->width * in->channels;
    memset(sums, 0, values * sizeof *sums);
    for (size_t i = 0; i < rows->count; ++i) {
        const uint8_t *row = in->pixels + (rows->first + i) * values;
        if (in->channels == 4)
            add_row_with_opacity(row, rows->weights[i], in->width, sums);
        else
            add_row(row, rows->weights[i], values, sums);
    }
}

static uint8_t to_byte(float value) {
    return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)(value + 0.5F);
}

// One pixel of the sample from such a row; channels lie `plane` apart.
static void put_pixel(const float *sums, size_t channels, const taps *columns, uint8_t *out,
                      size_t plane) {
    float pixel[4] = {0};
    sums += columns->first * channels;
    for (size_t i = 0; i < columns->count; ++i, sums += channels)
        for (size_t c = 0; c < channels; ++c) pixel[c] += columns->weights[i] * sums[c];
    for (size_t c = 0; c < 3 && channels == 4; ++c)
        pixel[c] = pixel[3] > 0 ? pixel[c] / pixel[3] : 0;
    for (size_t c = 0; c < channels; ++c) out[c * plane] = to_byte(pixel[c]);
}

static void resample(const gan_bitmap *in, const filter *rows, const filter *columns,
                     const gan_bitmap_form *form, float *sums, uint8_t *sample) {
    for (size_t y = 0; y < form->height; ++y) {
        sum_rows(in, &rows->at[y], sums);
        for (size_t x = 0; x < form->width; ++x)
            put_pixel(sums, form->channels, &columns->at[x], sample + y * form->width + x,
                      form->height * form->width);
    }
}

static gan_status scale(const gan_bitmap *in, const span *down, const span *across,
                        const gan_bitmap_form *form, uint8_t *sample) {
    filter rows = {0}, columns = {0};
    void *sums = NULL;
    gan_status status = create_filter(down, &rows);
    if (status == GAN_STATUS_OK) status = create_filter(across, &columns);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(in->width * in->channels, sizeof(float), &sums);
    if (status == GAN_STATUS_OK) resample(in, &rows, &columns, form, sums, sample);
    gan__free(sums);
    destroy_filter(&rows);
    destroy_filter(&columns);
    return status;
}

// --- Windows ------------------------------------------------------------------------------------

static span middle(size_t whole, size_t part) {
    const size_t taken = part > 0 ? part : whole;
    return (span){.begin = (double)((whole - taken) / 2), .length = (double)taken, .limit = whole};
}

// Narrows a span to its middle `length`; on whole pixels where it is not scaled.
static void narrow(span *s, double length) {
    const double margin = (s->length - length) / 2;
    s->begin += length == (double)s->count ? floor(margin) : margin;
    s->length = length;
}

// What of the picture is seen.
static void find_window(const gan_bitmap *bitmap, const gan_bitmap_form *form, span *down,
                        span *across) {
    *down = middle(bitmap->height, form->crop_height);
    *across = middle(bitmap->width, form->crop_width);
    down->count = form->height;
    across->count = form->width;
    if (form->fit == GAN_BITMAP_FIT_STRETCH) return;
    const double shrink =
        fmin(down->length / (double)form->height, across->length / (double)form->width);
    narrow(down, fmin(down->length, shrink * (double)form->height));
    narrow(across, fmin(across->length, shrink * (double)form->width));
}

static bool is_copy(const span *s) {
    return s->length == (double)s->count && s->begin == floor(s->begin);
}

static void copy_window(const gan_bitmap *in, const span *down, const span *across,
                        const gan_bitmap_form *form, uint8_t *sample) {
    const size_t channels = form->channels, width = form->width, height = form->height;
    for (size_t y = 0; y < height; ++y) {
        const size_t row = (size_t)down->begin + y;
        const uint8_t *pixel = in->pixels + (row * in->width + (size_t)across->begin) * channels;
        for (size_t x = 0; x < width; ++x)
            for (size_t c = 0; c < channels; ++c) sample[(c * height + y) * width + x] = *pixel++;
    }
}

gan_status gan__bitmap_too_small(const gan_bitmap *bitmap, size_t width, size_t height) {
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "the picture is %zu pixels high and %zu wide, less than the %zu and %zu that "
                     "are to be cut out of it (data.crop)",
                     bitmap->height, bitmap->width, height, width);
}

gan_status gan__bitmap_fit_into(const gan_bitmap *bitmap, const gan_bitmap_form *form,
                                uint8_t *sample) {
    if (bitmap->width < form->crop_width || bitmap->height < form->crop_height)
        return gan__bitmap_too_small(bitmap, form->crop_width, form->crop_height);
    gan_bitmap converted = {0};
    if (bitmap->channels != form->channels) GAN_TRY(convert(bitmap, form->channels, &converted));
    const gan_bitmap *in = converted.pixels ? &converted : bitmap;
    span down, across;
    find_window(in, form, &down, &across);
    gan_status status = GAN_STATUS_OK;
    if (is_copy(&down) && is_copy(&across))
        copy_window(in, &down, &across, form, sample);
    else
        status = scale(in, &down, &across, form, sample);
    gan__bitmap_destroy(&converted);
    return status;
}
