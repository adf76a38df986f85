// The machinery of cases.h: leaves with values, the objectives and their gradients.
#include "cases.h"

#include "base/memory.h"
#include "base/philox.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static gan_case_table (*const parts[])(void) = {
    gan__cases_elementwise,          gan__cases_structural,  gan__cases_composed,
    gan__cases_convolution_products, gan__cases_convolution,
};
#define PARTS          (sizeof parts / sizeof parts[0])
#define PARTS_EXPANDED 1 // the last ones

static size_t count_cases(size_t part_count) {
    size_t count = 0;
    for (size_t k = 0; k < part_count; k++) count += parts[k]().count;
    return count;
}

size_t gan__case_count(void) {
    return count_cases(PARTS);
}

size_t gan__case_first_expanded(void) {
    return count_cases(PARTS - PARTS_EXPANDED);
}

const gan_case *gan__case(size_t i) {
    for (size_t k = 0; k < PARTS; k++) {
        const gan_case_table table = parts[k]();
        if (i < table.count) return &table.cases[i];
        i -= table.count;
    }
    return NULL;
}

// --- Leaves -------------------------------------------------------------------------------------

// Element `e` of `count`, from a uniform u in [0, 1).
static double value(gan_case_values kind, double u, double low, double high, uint32_t stream,
                    uint64_t e, uint64_t count) {
    switch (kind) {
    case GAN_CASE_VALUES_UNIFORM:
        return low + (high - low) * u;
    case GAN_CASE_VALUES_AWAY:
        return u < 0.5 ? -low - (high - low) * 2 * u : low + (high - low) * (2 * u - 1);
    case GAN_CASE_VALUES_EVEN:
        return floor((low + (high - low) * u) * 8) / 8;
    case GAN_CASE_VALUES_ODD:
        return floor((low + (high - low) * u) * 8) / 8 + 0.0625;
    case GAN_CASE_VALUES_HALVES:
        return floor((low + (high - low) * u) * 2) / 2;
    case GAN_CASE_VALUES_DISTINCT:
        return low + (double)gan__philox_permute(GAN_CASE_SEED, stream, 0, e, count) / 64;
    case GAN_CASE_VALUES_INDEX:
        return floor(low + (high - low + 1) * u);
    }
    return NAN;
}

static double *draw_values(gan_case_values kind, const gan_shape *shape, double low, double high,
                           uint32_t stream) {
    const uint64_t count = (uint64_t)gan__shape_elements(shape);
    double *values;
    if (gan__alloc(count, sizeof *values, (void **)&values) != GAN_STATUS_OK) return NULL;
    for (uint64_t e = 0; e < count; e++) {
        const double u = gan__philox_uniform(GAN_CASE_SEED, stream, 0, (uint32_t)e);
        values[e] = (float)value(kind, u, low, high, stream, e, count);
    }
    return values;
}

gan_node *gan__case_leaf(gan_case_graph *c, gan_case_values kind, gan_shape shape, double low,
                         double high) {
    if (c->leaf_count == GAN_CASE_LEAVES) return gan__graph_fail(c->graph, "too many leaves");
    gan_case_leaf *leaf = &c->leaves[c->leaf_count];
    char name[16];
    snprintf(name, sizeof name, "leaf%zu", c->leaf_count);
    leaf->differentiable = kind != GAN_CASE_VALUES_INDEX;
    leaf->node = leaf->differentiable ? gan__state(c->graph, name, &shape)
                                      : gan__input(c->graph, name, GAN_ELEMENT_F32, &shape);
    if (leaf->node == NULL) return NULL;
    leaf->values = draw_values(kind, &shape, low, high, c->draws++);
    c->leaf_count++;
    return leaf->values == NULL ? gan__graph_fail(c->graph, "no memory") : leaf->node;
}

void gan__case_root(gan_case_graph *c, gan_node *root) {
    if (c->root_count == GAN_CASE_ROOTS)
        gan__graph_fail(c->graph, "too many roots");
    else
        c->roots[c->root_count++] = root;
}

// --- Objectives ---------------------------------------------------------------------------------

// The sum over all elements of all nodes, each times a number of its own in [0.5, 1.5).
static gan_node *weighted_sum(gan_graph *graph, gan_node *const *nodes, size_t count,
                              uint32_t stream) {
    gan_node *total = gan__scalar(graph, 0);
    for (size_t i = 0; i < count; i++) {
        if (nodes[i] == NULL) return NULL;
        gan_node *weights =
            gan__random_uniform(graph, gan__node_shape(nodes[i]), stream + (uint32_t)i);
        gan_node *sum =
            gan__reduce_sum(gan__mul(nodes[i], gan__offset(weights, 0.5)), GAN_AXES_ALL);
        const gan_shape scalar = gan__shape_scalar();
        total = gan__add(total, gan__reshape(sum, &scalar));
    }
    return total;
}

static gan_status add_gradients(gan_case_graph *c) {
    gan_node *wrt[GAN_CASE_LEAVES];
    for (size_t i = 0; i < c->leaf_count; i++) {
        if (c->leaves[i].differentiable) wrt[c->differentiable_count++] = c->leaves[i].node;
    }
    c->objective = weighted_sum(c->graph, c->roots, c->root_count, 1000);
    GAN_TRY(gan__graph_status(c->graph));
    GAN_TRY(gan__gradient(c->objective, wrt, c->differentiable_count, c->first));
    c->second_objective = weighted_sum(c->graph, c->first, c->differentiable_count, 2000);
    GAN_TRY(gan__graph_status(c->graph));
    return gan__gradient(c->second_objective, wrt, c->differentiable_count, c->second);
}

gan_status gan__case_graph_create(const gan_case *description, gan_case_graph *out) {
    memset(out, 0, sizeof *out);
    out->description = description;
    GAN_TRY(gan__graph_create(&out->graph));
    gan__graph_set_context(out->graph, description->name);
    description->build(out);
    GAN_TRY(gan__graph_status(out->graph));
    return add_gradients(out);
}

void gan__case_graph_destroy(gan_case_graph *c) {
    for (size_t i = 0; i < c->leaf_count; i++) gan__free(c->leaves[i].values);
    gan__graph_destroy(c->graph);
}

gan_status gan__case_feed(const gan_case_graph *c, gan_interpreter *interpreter) {
    for (size_t i = 0; i < c->leaf_count; i++) {
        GAN_TRY(gan__interpreter_set(interpreter, c->leaves[i].node, c->leaves[i].values));
    }
    return GAN_STATUS_OK;
}
