// The update rules, one function each, and the limits around them.
#include "nn/optimizer.h"

#include "base/memory.h"
#include "nn/stable.h"

#include <math.h>

// One update in the making; a rule reads p, g and the slots and leaves the new ones.
typedef struct update {
    const gan_optimizer *with;
    gan_node *lr, *momentum; // rank 0
    gan_node *count;         // updates done, this one included
    gan_node *p, *g;
    gan_node *slots[GAN_OPTIMIZER_SLOTS_MAX];
} update;

static bool has_momentum(const gan_optimizer *optimizer) {
    return optimizer->momentum.start != 0 || optimizer->momentum.ramp_end > 0;
}

// decay a + (1 - decay) b
static gan_node *blend(gan_node *a, gan_node *b, double decay) {
    return gan__add(gan__scale(a, decay), gan__scale(b, 1 - decay));
}

static void sgd(update *u) {
    gan_node *change = gan__neg(gan__mul(u->lr, u->g));
    if (has_momentum(u->with)) {
        gan_node *velocity = gan__add(gan__mul(u->momentum, u->slots[0]), change);
        u->slots[0] = velocity;
        change = u->with->nesterov ? gan__add(gan__mul(u->momentum, velocity), change) : velocity;
    }
    u->p = gan__add(u->p, change);
}

static void rmsprop(update *u) {
    u->slots[0] = blend(u->slots[0], gan__square(u->g), u->with->alpha);
    gan_node *change =
        gan__div(u->g, gan__offset(gan__root_of_squares(u->slots[0]), u->with->epsilon));
    if (has_momentum(u->with)) {
        change = gan__add(gan__mul(u->momentum, u->slots[1]), change);
        u->slots[1] = change;
    }
    u->p = gan__sub(u->p, gan__mul(u->lr, change));
}

// 1 - beta^count without cancellation: -expm1(count log beta).
static gan_node *bias_correction(gan_node *count, double beta) {
    if (beta == 0) return count ? gan__scalar(gan__node_graph(count), 1) : NULL;
    return gan__neg(gan__expm1(gan__scale(count, log(beta))));
}

static void adam(update *u) {
    double beta1 = u->with->beta1, beta2 = u->with->beta2;
    gan_node *m = blend(u->slots[0], u->g, beta1);
    gan_node *v = blend(u->slots[1], gan__square(u->g), beta2);
    u->slots[0] = m;
    u->slots[1] = v;
    gan_node *rate = gan__div(u->lr, bias_correction(u->count, beta1));
    gan_node *unbias = gan__rsqrt(bias_correction(u->count, beta2));
    gan_node *size = gan__offset(gan__mul(gan__root_of_squares(v), unbias), u->with->epsilon);
    u->p = gan__sub(u->p, gan__mul(rate, gan__div(m, size)));
}

static void adamw(update *u) {
    if (u->with->weight_decay != 0)
        u->p = gan__sub(u->p, gan__mul(gan__scale(u->lr, u->with->weight_decay), u->p));
    adam(u);
}

typedef struct rule {
    void (*apply)(update *u);
    bool couples_decay; // weight decay enters the gradient
    const char *slots[GAN_OPTIMIZER_SLOTS_MAX];
    int momentum_slot; // which slot exists only with momentum; -1: none
    gan_optimizer defaults;
} rule;

static const rule rules[GAN_OPTIMIZER_KINDS] = {
    [GAN_OPTIMIZER_SGD] = {.apply = sgd,
                           .couples_decay = true,
                           .slots = {"momentum"},
                           .momentum_slot = 0,
                           .defaults = {.lr = {.start = 1e-2}}},
    [GAN_OPTIMIZER_RMSPROP] = {.apply = rmsprop,
                               .couples_decay = true,
                               .slots = {"square", "momentum"},
                               .momentum_slot = 1,
                               .defaults = {.lr = {.start = 1e-3}}},
    [GAN_OPTIMIZER_ADAM] = {.apply = adam,
                            .couples_decay = true,
                            .slots = {"m", "v"},
                            .momentum_slot = -1,
                            .defaults = {.lr = {.start = 1e-3}}},
    [GAN_OPTIMIZER_ADAMW] = {.apply = adamw,
                             .slots = {"m", "v"},
                             .momentum_slot = -1,
                             .defaults = {.lr = {.start = 1e-3}, .weight_decay = 0.01}},
};

gan_optimizer gan__optimizer_defaults(gan_optimizer_kind kind) {
    gan_optimizer optimizer = rules[kind].defaults;
    optimizer.kind = kind;
    optimizer.beta1 = 0.9;
    optimizer.beta2 = 0.999;
    optimizer.alpha = 0.99;
    optimizer.epsilon = 1e-8;
    return optimizer;
}

size_t gan__optimizer_slots(const gan_optimizer *optimizer, const char **names) {
    const rule *by = &rules[optimizer->kind];
    size_t count = 0;
    for (int i = 0; i < GAN_OPTIMIZER_SLOTS_MAX; i++) {
        if (!by->slots[i] || (i == by->momentum_slot && !has_momentum(optimizer))) continue;
        names[count++] = by->slots[i];
    }
    return count;
}

// Each element to [-most, most].
static gan_node *clip(gan_node *a, double most) {
    if (!a) return NULL;
    gan_node *limit = gan__scalar(gan__node_graph(a), most);
    return gan__maximum(gan__minimum(a, limit), gan__neg(limit));
}

// As torch.nn.utils.clip_grad_norm_ and clip_grad_value_.
static gan_node *clip_gradient(const gan_optimizer *optimizer, gan_node *g) {
    if (!g) return NULL;
    gan_graph *graph = gan__node_graph(g);
    if (optimizer->clip_norm > 0) {
        gan_node *norm = gan__offset(gan__norm(g), 1e-6);
        gan_node *factor = gan__div(gan__scalar(graph, optimizer->clip_norm), norm);
        g = gan__mul(g, gan__minimum(factor, gan__scalar(graph, 1)));
    }
    return optimizer->clip_value > 0 ? clip(g, optimizer->clip_value) : g;
}

// What leads to each unit, `axis` numbering them, scaled down to at most `limit`.
static gan_node *limit_units(gan_node *weight, int axis, double limit) {
    if (!weight) return NULL;
    gan_graph *graph = gan__node_graph(weight);
    uint32_t within = ((1u << gan__node_shape(weight)->rank) - 1) & ~(1u << axis);
    gan_node *squares = gan__reduce_sum(gan__square(weight), within);
    gan_node *norm = gan__root_of_squares(squares);
    gan_node *most = gan__scalar(graph, limit), *one = gan__scalar(graph, 1);
    return gan__mul(weight, gan__minimum(gan__div(most, norm), one));
}

static gan_node *limit_weights(const gan_network *network, double limit, gan_node *flat) {
    size_t count = gan__network_parameter_count(network);
    if (!flat) return NULL;
    gan_node **weights;
    if (gan__alloc(count, sizeof *weights, (void **)&weights) != GAN_STATUS_OK)
        return gan__graph_no_memory(gan__node_graph(flat));
    gan__network_weights(network, flat, weights);
    for (size_t i = 0; i < count; i++) {
        const gan_tensor *const own = gan__network_parameter(network, i);
        if (own->is_weight) weights[i] = limit_units(weights[i], own->output_axis, limit);
    }
    flat = gan__network_flatten(network, weights);
    gan__free(weights);
    return flat;
}

gan_status gan__optimizer_update(const gan_optimizer *optimizer, const gan_network *network,
                                 const gan_optimizer_state *before, gan_node *gradient,
                                 gan_optimizer_state *after) {
    const rule *by = &rules[optimizer->kind];
    gan_node *g = clip_gradient(optimizer, gradient);
    if (by->couples_decay && optimizer->weight_decay != 0)
        g = gan__add(g, gan__scale(before->parameters, optimizer->weight_decay));
    update u = {.with = optimizer,
                .lr = gan__schedule_node(&optimizer->lr, before->step),
                .momentum = gan__schedule_node(&optimizer->momentum, before->step),
                .count = gan__offset(before->step, 1),
                .p = before->parameters,
                .g = g};
    for (int i = 0; i < GAN_OPTIMIZER_SLOTS_MAX; i++) u.slots[i] = before->slots[i];
    by->apply(&u);
    if (optimizer->max_norm > 0) u.p = limit_weights(network, optimizer->max_norm, u.p);
    if (optimizer->clip_weights > 0) u.p = clip(u.p, optimizer->clip_weights);
    gan_graph *graph = before->step ? gan__node_graph(before->step) : NULL;
    *after = (gan_optimizer_state){.parameters = u.p, .step = u.count};
    for (int i = 0; i < GAN_OPTIMIZER_SLOTS_MAX; i++) after->slots[i] = u.slots[i];
    return graph ? gan__graph_status(graph)
                 : gan__fail(GAN_STATUS_BAD_ARGUMENT, "an optimiser needs a step counter");
}

size_t gan__optimizer_assign(const gan_optimizer *optimizer, const gan_optimizer_state *before,
                             const gan_optimizer_state *after, gan_node **roots) {
    const char *names[GAN_OPTIMIZER_SLOTS_MAX];
    size_t slots = gan__optimizer_slots(optimizer, names), count = 0;
    roots[count++] = gan__assign(before->parameters, after->parameters);
    for (size_t i = 0; i < slots; i++)
        roots[count++] = gan__assign(before->slots[i], after->slots[i]);
    roots[count++] = gan__assign(before->step, after->step);
    return count;
}

gan_node *gan__average_update(gan_node *average, gan_node *parameters, double decay, double start,
                              gan_node *step) {
    gan_node *blended = blend(average, parameters, decay);
    if (start <= 0 || !step) return blended;
    gan_node *early = gan__less(step, gan__scalar(gan__node_graph(step), start));
    return gan__select(early, parameters, blended);
}

// Buffers from `first` on that are averaged, or are not, as the first of them; returns how many.
static size_t alike_from(const gan_network *network, size_t first, bool *averaged) {
    const size_t count = gan__network_buffer_count(network);
    size_t next = first;
    *averaged = gan__network_buffer(network, first)->role == GAN_TENSOR_PLAIN;
    while (next < count &&
           (gan__network_buffer(network, next)->role == GAN_TENSOR_PLAIN) == *averaged)
        next++;
    return next - first;
}

gan_node *gan__average_buffers(const gan_network *network, gan_node *average, gan_node *buffers,
                               double decay, double start, gan_node *step) {
    const size_t count = gan__network_buffer_count(network);
    gan_node **parts;
    size_t made = 0;
    bool averaged;
    if (!average || !buffers) return NULL;
    gan_node *const blended = gan__average_update(average, buffers, decay, start, step);
    if (alike_from(network, 0, &averaged) == count) return averaged ? blended : buffers;
    if (gan__alloc(count, sizeof *parts, (void **)&parts) != GAN_STATUS_OK)
        return gan__graph_no_memory(gan__node_graph(average));
    for (size_t first = 0, alike; first < count; first += alike) {
        alike = alike_from(network, first, &averaged);
        const gan_tensor *const last = gan__network_buffer(network, first + alike - 1);
        const int64_t from = gan__network_buffer(network, first)->offset;
        const int64_t length = last->offset + last->elements - from;
        parts[made++] = gan__slice(averaged ? blended : buffers, &from, &length, NULL);
    }
    gan_node *const all = gan__concat(parts, made, 0);
    gan__free(parts);
    return all;
}
