// Builders of the convolutions. Each knows two of the three shapes of convolution.h and works out
// the third; what makes three shapes agree is checked in one place.
#include "graph/convolution.h"

#include <stdio.h>
#include <string.h>

// A convolution being built.
typedef struct triple {
    gan_graph *graph;
    const char *name;
    gan_convolution_settings settings; // with 1s where 0s stood for them
    gan_shape x, w, y;
} triple;

// --- Words --------------------------------------------------------------------------------------

#define WORDS 192

static void append_pair(char *text, const char *what, const int *pair) {
    const size_t used = strlen(text);
    if (pair[0] == 1 && pair[1] == 1) return;
    if (pair[0] == pair[1]) {
        snprintf(text + used, WORDS - used, ", %s %d", what, pair[0]);
    } else {
        snprintf(text + used, WORDS - used, ", %s %dx%d", what, pair[0], pair[1]);
    }
}

// ", stride 2, padding 1": what is not 1, and the padding.
static const char *describe(const gan_convolution_settings *s, char text[WORDS]) {
    text[0] = '\0';
    append_pair(text, "stride", s->stride);
    append_pair(text, "dilation", s->dilation);
    const size_t used = strlen(text);
    const int top = s->before[0], bottom = s->after[0], left = s->before[1], right = s->after[1];
    if (top == bottom && left == right && top == left) {
        snprintf(text + used, WORDS - used, ", padding %d", top);
    } else {
        snprintf(text + used, WORDS - used, ", padding %d above, %d below, %d left, %d right", top,
                 bottom, left, right);
    }
    return text;
}

// --- Checks: each records the failure and returns false -----------------------------------------

static bool check_settings(triple *t) {
    gan_convolution_settings *s = &t->settings;
    bool legal = s->groups >= 0;
    if (s->groups == 0) s->groups = 1;
    for (int i = 0; i < 2; i++) {
        if (s->stride[i] == 0) s->stride[i] = 1;
        if (s->dilation[i] == 0) s->dilation[i] = 1;
        if (s->stride[i] < 0 || s->dilation[i] < 0 || s->before[i] < 0 || s->after[i] < 0)
            legal = false;
    }
    char words[WORDS];
    if (!legal)
        gan__graph_fail(t->graph, "%s: groups %d%s: none of these can be negative", t->name,
                        s->groups, describe(s, words));
    return legal;
}

static bool check_rank(const triple *t, const char *what, const gan_shape *shape,
                       const char *axes) {
    char text[GAN_SHAPE_TEXT];
    if (shape->rank == 4) return true;
    gan__graph_fail(t->graph, "%s: the %s has shape %s; it must be %s", t->name, what,
                    gan__shape_text(shape, text), axes);
    return false;
}

#define IMAGES  "(channels, height, width, batch)"
#define WEIGHTS "(output channels, input channels / groups, kernel height, kernel width)"

static bool check_channels(const triple *t) {
    const int groups = t->settings.groups;
    char text[GAN_SHAPE_TEXT];
    if (t->w.size[0] % groups != 0) {
        gan__graph_fail(t->graph, "%s: %lld output channels cannot be shared among %d groups",
                        t->name, (long long)t->w.size[0], groups);
        return false;
    }
    if (t->x.size[0] != t->w.size[1] * groups) {
        gan__graph_fail(t->graph,
                        "%s: a weight of shape %s in %d group%s takes %lld channels; the input has "
                        "%lld",
                        t->name, gan__shape_text(&t->w, text), groups, groups == 1 ? "" : "s",
                        (long long)t->w.size[1] * groups, (long long)t->x.size[0]);
        return false;
    }
    if (t->y.size[0] != t->w.size[0]) {
        gan__graph_fail(t->graph, "%s: a weight of shape %s gives %lld channels, not %lld", t->name,
                        gan__shape_text(&t->w, text), (long long)t->w.size[0],
                        (long long)t->y.size[0]);
        return false;
    }
    if (t->x.size[3] != t->y.size[3]) {
        gan__graph_fail(t->graph, "%s: an input of %lld images and an output of %lld", t->name,
                        (long long)t->x.size[3], (long long)t->y.size[3]);
        return false;
    }
    return true;
}

// How far the kernel reaches along one axis.
static int64_t extent(const triple *t, int i) {
    return (t->w.size[2 + i] - 1) * t->settings.dilation[i] + 1;
}

// Fails with "NAME: an input of 5x5 with a kernel of 7x7, padding 0", and then `end`.
static bool fail_sizes(const triple *t, const char *end) {
    char words[WORDS];
    gan__graph_fail(t->graph, "%s: an input of %lldx%lld with a kernel of %lldx%lld%s%s", t->name,
                    (long long)t->x.size[1], (long long)t->x.size[2], (long long)t->w.size[2],
                    (long long)t->w.size[3], describe(&t->settings, words), end);
    return false;
}

// The height and width that the output has when the kernel goes as far as the padding admits.
static bool find_output(const triple *t, int64_t output[2]) {
    for (int i = 0; i < 2; i++) {
        const gan_convolution_settings *s = &t->settings;
        const int64_t image = t->x.size[1 + i], kernel = t->w.size[2 + i];
        if (image < 1 || kernel < 1) return fail_sizes(t, ": sizes must be at least 1");
        if (image > GAN_ELEMENTS_MAX || kernel > GAN_ELEMENTS_MAX ||
            image + s->before[i] + s->after[i] > GAN_ELEMENTS_MAX) {
            return fail_sizes(t, ": this is too large");
        }
        const int64_t padded = image + s->before[i] + s->after[i];
        if (extent(t, i) > padded) return fail_sizes(t, ": nothing is left");
        output[i] = (padded - extent(t, i)) / s->stride[i] + 1;
    }
    return true;
}

static bool check_output(const triple *t) {
    int64_t output[2];
    if (!find_output(t, output)) return false;
    if (output[0] == t->y.size[1] && output[1] == t->y.size[2]) return true;
    char end[WORDS];
    snprintf(end, sizeof end, " gives %lldx%lld, not %lldx%lld", (long long)output[0],
             (long long)output[1], (long long)t->y.size[1], (long long)t->y.size[2]);
    return fail_sizes(t, end);
}

// --- Builders -----------------------------------------------------------------------------------

// What makes no difference is 1, so that equal convolutions are one node: the stride of a single
// place, the dilation of a single weight.
static gan_node *make(const triple *t, gan_op op, const gan_shape *shape, gan_node *a,
                      gan_node *b) {
    gan_attributes attributes = {0};
    attributes.convolution.groups = t->settings.groups;
    for (int i = 0; i < 2; i++) {
        attributes.convolution.stride[i] = t->y.size[1 + i] == 1 ? 1 : t->settings.stride[i];
        attributes.convolution.before[i] = t->settings.before[i];
        attributes.convolution.dilation[i] = t->w.size[2 + i] == 1 ? 1 : t->settings.dilation[i];
    }
    return gan__node_make(t->graph, op, shape, &attributes, (gan_node *[]){a, b}, 2);
}

gan_node *gan__convolution(gan_node *x, gan_node *w, const gan_convolution_settings *settings) {
    if (x == NULL || w == NULL) return NULL;
    triple t = {x->graph, "convolution", *settings, .x = x->shape, .w = w->shape};
    int64_t output[2];
    if (!check_settings(&t) || !check_rank(&t, "input", &t.x, IMAGES) ||
        !check_rank(&t, "weight", &t.w, WEIGHTS) || !find_output(&t, output)) {
        return NULL;
    }
    t.y = GAN_SHAPE(t.w.size[0], output[0], output[1], t.x.size[3]);
    return check_channels(&t) ? make(&t, GAN_OP_CONVOLUTION, &t.y, x, w) : NULL;
}

// The triple of a gradient by input, but for the input's height and width.
static bool begin_by_input(triple *t) {
    if (!check_settings(t) || !check_rank(t, "output", &t->y, IMAGES) ||
        !check_rank(t, "weight", &t->w, WEIGHTS)) {
        return false;
    }
    t->x = GAN_SHAPE(t->w.size[1] * t->settings.groups, 0, 0, t->y.size[3]);
    return true;
}

gan_node *gan__convolution_by_input(gan_node *dy, gan_node *w, int64_t height, int64_t width,
                                    const gan_convolution_settings *settings) {
    if (dy == NULL || w == NULL) return NULL;
    triple t = {dy->graph, "convolution_by_input", *settings, .w = w->shape, .y = dy->shape};
    if (!begin_by_input(&t)) return NULL;
    t.x.size[1] = height;
    t.x.size[2] = width;
    if (!check_channels(&t) || !check_output(&t)) return NULL;
    return make(&t, GAN_OP_CONVOLUTION_BY_INPUT, &t.x, dy, w);
}

gan_node *gan__convolution_by_weight(gan_node *x, gan_node *dy, int64_t kernel_height,
                                     int64_t kernel_width,
                                     const gan_convolution_settings *settings) {
    if (x == NULL || dy == NULL) return NULL;
    triple t = {x->graph, "convolution_by_weight", *settings, .x = x->shape, .y = dy->shape};
    if (!check_settings(&t) || !check_rank(&t, "input", &t.x, IMAGES) ||
        !check_rank(&t, "output", &t.y, IMAGES)) {
        return NULL;
    }
    t.w = GAN_SHAPE(t.y.size[0], t.x.size[0] / t.settings.groups, kernel_height, kernel_width);
    if (!check_channels(&t) || !check_output(&t)) return NULL;
    return make(&t, GAN_OP_CONVOLUTION_BY_WEIGHT, &t.w, x, dy);
}

// The height or width whose convolution with these settings has the size that is now the input.
static bool grow(triple *t, const int *output_padding, int i) {
    const gan_convolution_settings *s = &t->settings;
    const int most = s->stride[i] > s->dilation[i] ? s->stride[i] : s->dilation[i];
    const int extra = output_padding == NULL ? 0 : output_padding[i];
    if (extra < 0 || extra >= most) {
        gan__graph_fail(t->graph,
                        "%s: an output padding of %d; it must be less than the stride (%d) or the "
                        "dilation (%d)",
                        t->name, extra, s->stride[i], s->dilation[i]);
        return false;
    }
    const int64_t whole = (t->y.size[1 + i] - 1) * s->stride[i] + extent(t, i) + extra;
    t->x.size[1 + i] = whole - s->before[i] - s->after[i];
    if (t->x.size[1 + i] >= 1 && whole <= GAN_ELEMENTS_MAX) return true;
    char words[WORDS];
    gan__graph_fail(t->graph, "%s: an input of %lldx%lld with a kernel of %lldx%lld%s: %s", t->name,
                    (long long)t->y.size[1], (long long)t->y.size[2], (long long)t->w.size[2],
                    (long long)t->w.size[3], describe(s, words),
                    whole > GAN_ELEMENTS_MAX ? "the output is too large" : "nothing is left");
    return false;
}

gan_node *gan__transposed_convolution(gan_node *x, gan_node *w,
                                      const gan_convolution_settings *settings,
                                      const int *output_padding) {
    if (x == NULL || w == NULL) return NULL;
    triple t = {x->graph, "transposed_convolution", *settings, .w = w->shape, .y = x->shape};
    if (!begin_by_input(&t)) return NULL;
    if (t.y.size[0] != t.w.size[0] || t.w.size[0] % t.settings.groups != 0) {
        char text[GAN_SHAPE_TEXT];
        return gan__graph_fail(t.graph,
                               "%s: an input of %lld channels with a weight of shape %s in %d "
                               "group%s: the weight must be (input channels, output channels / "
                               "groups, kernel height, kernel width)",
                               t.name, (long long)t.y.size[0], gan__shape_text(&t.w, text),
                               t.settings.groups, t.settings.groups == 1 ? "" : "s");
    }
    if (!grow(&t, output_padding, 0) || !grow(&t, output_padding, 1)) return NULL;
    return make(&t, GAN_OP_CONVOLUTION_BY_INPUT, &t.x, x, w);
}
