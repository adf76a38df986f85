// Resampling, one axis at a time.
#include "nn/resample.h"

// An axis of x and the size it is to have.
typedef struct target {
    gan_node *x;
    int axis;
    int64_t from, to;
} target;

typedef gan_node *(*resampler)(const target *t);

// (2 i + 1) from / (2 to): the middle of place i, measured in places of the source.
static gan_node *middles(const target *t) {
    const gan_shape shape = GAN_SHAPE(t->to);
    gan_node *i = gan__iota(gan__node_graph(t->x), &shape, 0);
    gan_node *scaled = gan__scale(gan__offset(gan__scale(i, 2), 1), (double)t->from);
    return gan__div(scaled, gan__scalar(gan__node_graph(t->x), 2 * (double)t->to));
}

// --- Nearest ------------------------------------------------------------------------------------

// Each place `to / from` times.
static gan_node *repeat(const target *t) {
    const gan_shape *shape = gan__node_shape(t->x);
    gan_shape apart = {.rank = 5}, repeated, joined = *shape;
    for (int i = 0; i < 5; i++) apart.size[i] = shape->size[i <= t->axis ? i : i - 1];
    apart.size[t->axis + 1] = 1;
    repeated = apart;
    repeated.size[t->axis + 1] = t->to / t->from;
    joined.size[t->axis] = t->to;
    return gan__reshape(gan__broadcast(gan__reshape(t->x, &apart), &repeated), &joined);
}

// Every `from / to`-th place.
static gan_node *skip(const target *t) {
    const int64_t start[4] = {0};
    int64_t step[4] = {1, 1, 1, 1};
    gan_shape shape = *gan__node_shape(t->x);
    step[t->axis] = t->from / t->to;
    shape.size[t->axis] = t->to;
    return gan__slice(t->x, start, shape.size, step);
}

// floor(i from / to) = floor((2 i from + 1) / (2 to)), which is never so near to a whole number
// that rounding in float32 could miss it.
static gan_node *pick(const target *t) {
    gan_graph *graph = gan__node_graph(t->x);
    const gan_shape shape = GAN_SHAPE(t->to);
    gan_node *doubled = gan__scale(gan__iota(graph, &shape, 0), 2 * (double)t->from);
    gan_node *place = gan__div(gan__offset(doubled, 1), gan__scalar(graph, 2 * (double)t->to));
    return gan__gather(t->x, gan__floor(place), t->axis);
}

static gan_node *nearest(const target *t) {
    if (t->to % t->from == 0) return repeat(t);
    return t->from % t->to == 0 ? skip(t) : pick(t);
}

// --- Bilinear -----------------------------------------------------------------------------------

static gan_node *linear(const target *t) {
    gan_graph *graph = gan__node_graph(t->x);
    gan_node *place = gan__maximum(gan__offset(middles(t), -0.5), gan__scalar(graph, 0));
    gan_node *below = gan__floor(place);
    gan_node *last = gan__scalar(graph, (double)(t->from - 1));
    gan_node *above = gan__minimum(gan__offset(below, 1), last);
    gan_shape along = GAN_SHAPE(1, 1, 1, 1);
    along.size[t->axis] = t->to;
    gan_node *share = gan__reshape(gan__sub(place, below), &along);
    gan_node *a = gan__gather(t->x, below, t->axis), *b = gan__gather(t->x, above, t->axis);
    return gan__add(a, gan__mul(share, gan__sub(b, a)));
}

// --- Both axes ----------------------------------------------------------------------------------

static gan_node *resample(const char *name, resampler along, gan_node *x, int64_t height,
                          int64_t width) {
    if (x == NULL) return NULL;
    const gan_shape shape = *gan__node_shape(x);
    const int64_t to[2] = {height, width};
    if (shape.rank != 4 || height < 1 || width < 1) {
        char text[GAN_SHAPE_TEXT];
        return gan__graph_fail(gan__node_graph(x),
                               "%s: %s to %lldx%lld: it must be (channels, height, width, batch), "
                               "and sizes at least 1",
                               name, gan__shape_text(&shape, text), (long long)height,
                               (long long)width);
    }
    for (int i = 0; i < 2 && x != NULL; i++) {
        const target t = {x, 1 + i, shape.size[1 + i], to[i]};
        if (t.from != t.to) x = along(&t);
    }
    return x;
}

gan_node *gan__resample_nearest(gan_node *x, int64_t height, int64_t width) {
    return resample("resample_nearest", nearest, x, height, width);
}

gan_node *gan__resample_bilinear(gan_node *x, int64_t height, int64_t width) {
    return resample("resample_bilinear", linear, x, height, width);
}
