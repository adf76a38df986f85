// The interpreter: keeps one array of doubles a node and evaluates what the roots need in order of
// ids. What each operation means stands in evaluate.c.
#include "graph/interpret.h"

#include "graph/evaluate.h"

#include <string.h>

// A root of the latest run.
typedef struct gan_interpreted_root {
    const gan_node *node;
    double *before; // a state's value from before the run's assignments; NULL for other nodes
} gan_interpreted_root;

struct gan_interpreter {
    gan_graph *graph;
    uint64_t seed;
    double **values; // by id; NULL where nothing is known
    uint32_t capacity;
    gan_interpreted_root *roots;
    size_t root_count;
};

gan_status gan__interpreter_create(gan_graph *graph, uint64_t seed, gan_interpreter **out) {
    *out = NULL;
    GAN_TRY(gan__graph_status(graph));
    gan_interpreter *interpreter;
    GAN_TRY(gan__alloc(1, sizeof *interpreter, (void **)&interpreter));
    interpreter->graph = graph;
    interpreter->seed = seed;
    *out = interpreter;
    return GAN_STATUS_OK;
}

static void forget_roots(gan_interpreter *interpreter) {
    for (size_t i = 0; i < interpreter->root_count; i++) gan__free(interpreter->roots[i].before);
    gan__free(interpreter->roots);
    interpreter->roots = NULL;
    interpreter->root_count = 0;
}

void gan__interpreter_destroy(gan_interpreter *interpreter) {
    if (interpreter == NULL) return;
    forget_roots(interpreter);
    for (uint32_t id = 0; id < interpreter->capacity; id++) gan__free(interpreter->values[id]);
    gan__free(interpreter->values);
    gan__free(interpreter);
}

// The graph may have grown since the last call.
static gan_status reserve(gan_interpreter *interpreter) {
    const uint32_t count = interpreter->graph->nodes.count, old = interpreter->capacity;
    if (count <= old) return GAN_STATUS_OK;
    GAN_TRY(gan__realloc(count, sizeof *interpreter->values, (void **)&interpreter->values));
    memset(interpreter->values + old, 0, (count - old) * sizeof *interpreter->values);
    interpreter->capacity = count;
    return GAN_STATUS_OK;
}

static bool is_given(const gan_node *node) {
    return node->op == GAN_OP_INPUT || node->op == GAN_OP_STATE;
}

static size_t elements(const gan_node *node) {
    return (size_t)gan__shape_elements(&node->shape);
}

// The node's array, made (of zeros) where there is none yet.
static gan_status hold(gan_interpreter *interpreter, const gan_node *node, double **out) {
    GAN_TRY(reserve(interpreter));
    double **slot = &interpreter->values[node->id];
    if (*slot == NULL) GAN_TRY(gan__alloc(elements(node), sizeof **slot, (void **)slot));
    *out = *slot;
    return GAN_STATUS_OK;
}

gan_status gan__interpreter_set(gan_interpreter *interpreter, const gan_node *leaf,
                                const double *values) {
    if (!is_given(leaf)) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "node %u is a %s; only inputs and states can be set", leaf->id,
                         gan__op_info(leaf->op)->name);
    }
    double *held;
    GAN_TRY(hold(interpreter, leaf, &held));
    memcpy(held, values, elements(leaf) * sizeof *held);
    return GAN_STATUS_OK;
}

gan_status gan__interpreter_get(gan_interpreter *interpreter, const gan_node *node,
                                const double **values) {
    if (node->op == GAN_OP_STATE) {
        double *held;
        GAN_TRY(hold(interpreter, node, &held));
    }
    if (node->id >= interpreter->capacity || interpreter->values[node->id] == NULL) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "node %u (%s) has no value: the latest run did not compute it", node->id,
                         gan__op_info(node->op)->name);
    }
    *values = interpreter->values[node->id];
    return GAN_STATUS_OK;
}

gan_status gan__interpreter_read(gan_interpreter *interpreter, size_t root, const double **values) {
    const bool known = root < interpreter->root_count;
    const gan_interpreted_root *found = known ? &interpreter->roots[root] : NULL;
    if (!known || found->node->op == GAN_OP_ASSIGN)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "root %zu of the latest run is not a value that can be read%s", root,
                         known ? ": it is an assignment, read its state" : "");
    if (found->before == NULL) return gan__interpreter_get(interpreter, found->node, values);
    *values = found->before;
    return GAN_STATUS_OK;
}

static gan_status evaluate(gan_interpreter *interpreter, const gan_node *node,
                           const gan_draw *draw) {
    double *out;
    if (node->op == GAN_OP_INPUT && interpreter->values[node->id] == NULL) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "the input '%s' was not set",
                         node->attributes.leaf.name);
    }
    GAN_TRY(hold(interpreter, node, &out));
    if (is_given(node)) return GAN_STATUS_OK;
    const double **operands;
    GAN_TRY(gan__alloc(node->input_count, sizeof *operands, (void **)&operands));
    for (uint32_t i = 0; i < node->input_count; i++) {
        operands[i] = interpreter->values[node->inputs[i]->id];
    }
    const gan_status status = gan__evaluate(node, operands, draw, out);
    gan__free(operands);
    return status;
}

// Forgets what the latest run computed; what was given stays.
static void forget(gan_interpreter *interpreter) {
    forget_roots(interpreter);
    for (uint32_t id = 0; id < interpreter->capacity; id++) {
        if (is_given(interpreter->graph->nodes.nodes[id])) continue;
        gan__free(interpreter->values[id]);
        interpreter->values[id] = NULL;
    }
}

static gan_status remember_roots(gan_interpreter *interpreter, gan_node *const *roots,
                                 size_t count) {
    GAN_TRY(gan__alloc(count, sizeof *interpreter->roots, (void **)&interpreter->roots));
    for (size_t i = 0; i < count; i++) {
        gan_interpreted_root *root = &interpreter->roots[interpreter->root_count++];
        root->node = roots[i];
        if (root->node->op != GAN_OP_STATE) continue;
        GAN_TRY(gan__alloc(elements(roots[i]), sizeof(double), (void **)&root->before));
        memcpy(root->before, interpreter->values[roots[i]->id],
               elements(roots[i]) * sizeof(double));
    }
    return GAN_STATUS_OK;
}

static void carry_out_assignments(gan_interpreter *interpreter, gan_node *const *roots,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (roots[i]->op != GAN_OP_ASSIGN) continue;
        memcpy(interpreter->values[roots[i]->inputs[0]->id], interpreter->values[roots[i]->id],
               elements(roots[i]) * sizeof(double));
    }
}

gan_status gan__interpreter_run(gan_interpreter *interpreter, gan_node *const *roots, size_t count,
                                uint64_t counter) {
    GAN_TRY(gan__graph_check_roots(interpreter->graph, "the interpreter", roots, count));
    forget(interpreter);
    GAN_TRY(reserve(interpreter));
    gan_node **order;
    size_t length;
    GAN_TRY(gan__graph_topological(roots, count, &order, &length));
    const gan_draw draw = {interpreter->seed, counter};
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < length && status == GAN_STATUS_OK; i++) {
        status = evaluate(interpreter, order[i], &draw);
    }
    gan__free(order);
    if (status == GAN_STATUS_OK) status = remember_roots(interpreter, roots, count);
    if (status == GAN_STATUS_OK) carry_out_assignments(interpreter, roots, count);
    return status;
}
