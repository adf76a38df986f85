// Implements gan/augment.h.
#include "gan/augment.h"

#include "nn/losses.h"
#include "nn/schedule.h"

// One application: the images as they are so far, and what the next transformation draws from.
typedef struct augmentation {
    const gan_recipe_values *recipe;
    gan_graph *graph;
    gan_node *images;      // (C, H, W, B)
    gan_node *probability; // rank 0; NULL: always
    uint32_t stream;
} augmentation;

enum { CHANNELS, HEIGHT, WIDTH, BATCH };
#define OVER_CHANNELS (1u << CHANNELS)
#define OVER_IMAGE    (1u << CHANNELS | 1u << HEIGHT | 1u << WIDTH)

// --- Draws ---------------------------------------------------------------------------------------

static int64_t size_of(const augmentation *a, int axis) {
    return gan__node_shape(a->images)->size[axis];
}

// U(0, 1) for each sample: (1, 1, 1, B).
static gan_node *draw(augmentation *a) {
    return gan__random_uniform(a->graph, &GAN_SHAPE(1, 1, 1, size_of(a, BATCH)), a->stream++);
}

// 1 for the samples that the next transformation is for, else 0.
static gan_node *chosen(augmentation *a) {
    gan_node *const drawn = draw(a);
    return a->probability == NULL ? gan__scalar(a->graph, 1) : gan__less(drawn, a->probability);
}

// U(-size, size) for the chosen samples, else 0.
static gan_node *amount(augmentation *a, double size) {
    gan_node *const gate = chosen(a);
    return gan__mul(gate, gan__offset(gan__scale(draw(a), 2 * size), -size));
}

// A whole number, each of 0 to count - 1 alike.
static gan_node *whole(augmentation *a, int64_t count) {
    gan_node *const scaled = gan__floor(gan__scale(draw(a), (double)count));
    return gan__minimum(scaled, gan__scalar(a->graph, (double)(count - 1)));
}

// --- Transformations -----------------------------------------------------------------------------

static void flip(augmentation *a, double size) {
    (void)size;
    const int64_t width = size_of(a, WIDTH);
    gan_node *const column = gan__iota(a->graph, &GAN_SHAPE(width), 0);
    gan_node *const mirrored =
        gan__gather(a->images, gan__offset(gan__neg(column), (double)(width - 1)), WIDTH);
    gan_node *const gate = chosen(a);
    gan_node *const half = gan__less(draw(a), gan__scalar(a->graph, 0.5));
    a->images = gan__select(gan__mul(gate, half), mirrored, a->images);
}

static void brightness(augmentation *a, double size) {
    a->images = gan__add(a->images, amount(a, size));
}

// The images' differences from their means over `axes`, made larger or smaller.
static void stretch(augmentation *a, double size, uint32_t axes) {
    gan_node *const mean = gan__reduce_mean(a->images, axes);
    gan_node *const factor = gan__offset(amount(a, size), 1);
    a->images = gan__add(mean, gan__mul(factor, gan__sub(a->images, mean)));
}

static void saturation(augmentation *a, double size) {
    stretch(a, size, OVER_CHANNELS);
}

static void contrast(augmentation *a, double size) {
    stretch(a, size, OVER_IMAGE);
}

// Moved along one axis by up to `most` pixels: the sum over all distances of the images moved so
// far, for the samples that drew that distance.
static void move(augmentation *a, gan_node *gate, int axis, int64_t most) {
    int64_t before[4] = {0}, after[4] = {0}, start[4] = {0};
    before[axis] = after[axis] = most;
    gan_node *const padded = gan__pad(a->images, before, after);
    gan_node *const distance = gan__mul(gate, gan__offset(whole(a, 2 * most + 1), -(double)most));
    gan_node *sum = NULL;
    for (int64_t by = -most; by <= most; by++) {
        start[axis] = most + by;
        gan_node *const moved = gan__slice(padded, start, gan__node_shape(a->images)->size, NULL);
        gan_node *const part =
            gan__mul(gan__equal(distance, gan__scalar(a->graph, (double)by)), moved);
        sum = sum == NULL ? part : gan__add(sum, part);
    }
    a->images = sum;
}

static int64_t share(int64_t size, double ratio) {
    return (int64_t)((double)size * ratio + 0.5);
}

static void translation(augmentation *a, double ratio) {
    gan_node *const gate = chosen(a);
    for (int axis = HEIGHT; axis <= WIDTH && a->images != NULL; axis++)
        move(a, gate, axis, share(size_of(a, axis), ratio));
}

// 1 on the rows, or columns, of the rectangle: `size` of them around a centre drawn from 0 to
// size of the image (an odd rectangle's to one less).
static gan_node *strip(augmentation *a, int axis, double ratio) {
    const int64_t places = size_of(a, axis), size = share(places, ratio);
    gan_shape shape = GAN_SHAPE(1, 1, 1, 1);
    shape.size[axis] = places;
    gan_node *const first = gan__offset(whole(a, places + 1 - size % 2), -(double)(size / 2));
    gan_node *const from_first = gan__sub(gan__iota(a->graph, &shape, axis), first);
    gan_node *const zero = gan__scalar(a->graph, 0), *const end =
                                                         gan__scalar(a->graph, (double)size);
    return gan__mul(gan__less_equal(zero, from_first), gan__less(from_first, end));
}

static void cutout(augmentation *a, double ratio) {
    gan_node *const gate = chosen(a);
    gan_node *const rows = strip(a, HEIGHT, ratio), *const columns = strip(a, WIDTH, ratio);
    gan_node *const covered = gan__mul(gate, gan__mul(rows, columns));
    a->images = gan__mul(a->images, gan__offset(gan__neg(covered), 1));
}

typedef struct transformation {
    void (*apply)(augmentation *a, double size);
    double size; // 0: not asked for
} transformation;

enum { TRANSFORMATIONS = 6 };

static void list_transformations(const gan_recipe_values *recipe,
                                 transformation list[TRANSFORMATIONS]) {
    list[0] = (transformation){flip, recipe->augment.flip ? 1 : 0};
    list[1] = (transformation){brightness, recipe->augment.brightness};
    list[2] = (transformation){saturation, recipe->augment.saturation};
    list[3] = (transformation){contrast, recipe->augment.contrast};
    list[4] = (transformation){translation, recipe->augment.translation};
    list[5] = (transformation){cutout, recipe->augment.cutout};
}

bool gan__augment_wanted(const gan_recipe_values *recipe) {
    transformation list[TRANSFORMATIONS];
    list_transformations(recipe, list);
    for (int i = 0; i < TRANSFORMATIONS; i++)
        if (list[i].size > 0) return true;
    return false;
}

// --- All of them ---------------------------------------------------------------------------------

static gan_node *probability_of(const gan_recipe_values *recipe, gan_node *state,
                                gan_graph *graph) {
    if (state != NULL) return gan__element(state, GAN_AUGMENT_PROBABILITY);
    return recipe->augment.probability < 1 ? gan__scalar(graph, recipe->augment.probability) : NULL;
}

gan_node *gan__augment(const gan_recipe_values *recipe, gan_node *state, gan_node *samples,
                       uint32_t stream) {
    transformation list[TRANSFORMATIONS];
    char text[GAN_SHAPE_TEXT];
    if (samples == NULL || !gan__augment_wanted(recipe)) return samples;
    gan_graph *const graph = gan__node_graph(samples);
    if (gan__node_shape(samples)->rank != 4)
        return gan__graph_fail(graph,
                               "augmentation is for images (channels, height, width), but with the "
                               "batch behind them the samples are %s; of augment.*, only noise is "
                               "for other samples",
                               gan__shape_text(gan__node_shape(samples), text));
    augmentation a = {.recipe = recipe,
                      .graph = graph,
                      .images = samples,
                      .probability = probability_of(recipe, state, graph),
                      .stream = stream};
    list_transformations(recipe, list);
    for (int i = 0; i < TRANSFORMATIONS && a.images != NULL; i++)
        if (list[i].size > 0) list[i].apply(&a, list[i].size);
    return a.images;
}

gan_node *gan__augment_noise(const gan_recipe_values *recipe, gan_node *samples, gan_node *step,
                             uint32_t stream) {
    const gan_schedule deviation = {.start = recipe->augment.noise,
                                    .end = 0,
                                    .ramp_begin = recipe->augment.noise_ramp[0],
                                    .ramp_end = recipe->augment.noise_ramp[1]};
    if (samples == NULL || recipe->augment.noise == 0) return samples;
    gan_node *const noise =
        gan__random_normal(gan__node_graph(samples), gan__node_shape(samples), stream);
    return gan__add(samples, gan__mul(gan__schedule_node(&deviation, step), noise));
}

// --- Adapting ------------------------------------------------------------------------------------

gan_node *gan__augment_update(const gan_recipe_values *recipe, gan_node *state,
                              gan_node *real_logits) {
    const double every = (double)recipe->augment.every;
    const double change = every * (double)recipe->batch / (double)recipe->augment.images;
    const gan_shape one = GAN_SHAPE(1);
    if (state == NULL || real_logits == NULL) return NULL;
    gan_graph *const graph = gan__node_graph(state);
    gan_node *const zero = gan__scalar(graph, 0);
    gan_node *const p = gan__element(state, GAN_AUGMENT_PROBABILITY);
    gan_node *const signs =
        gan__add(gan__element(state, GAN_AUGMENT_SIGNS), gan__mean(gan__sign(real_logits)));
    gan_node *const count = gan__offset(gan__element(state, GAN_AUGMENT_COUNT), 1);
    gan_node *const due = gan__less_equal(gan__scalar(graph, every), count);
    gan_node *const excess = gan__offset(gan__div(signs, count), -recipe->augment.target);
    gan_node *const moved = gan__add(p, gan__scale(gan__sign(excess), change));
    gan_node *const most = gan__scalar(graph, recipe->augment.probability);
    gan_node *const kept = gan__maximum(gan__minimum(moved, most), zero);
    gan_node *parts[GAN_AUGMENT_STATE] = {
        [GAN_AUGMENT_PROBABILITY] = gan__reshape(gan__select(due, kept, p), &one),
        [GAN_AUGMENT_SIGNS] = gan__reshape(gan__select(due, zero, signs), &one),
        [GAN_AUGMENT_COUNT] = gan__reshape(gan__select(due, zero, count), &one),
    };
    return gan__concat(parts, GAN_AUGMENT_STATE, 0);
}
