// The graph as an owner of nodes: its memory, its hash-consing table, its sticky failure. What the
// nodes mean is none of this file's business.
#include "graph/fold.h"
#include "graph/node.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

gan_status gan__graph_create(gan_graph **out) {
    *out = NULL;
    gan_graph *graph;
    GAN_TRY(gan__alloc(1, sizeof *graph, (void **)&graph));
    const gan_status status = gan__arena_create(&graph->arena);
    if (status != GAN_STATUS_OK) {
        gan__free(graph);
        return status;
    }
    *out = graph;
    return GAN_STATUS_OK;
}

void gan__graph_destroy(gan_graph *graph) {
    if (graph == NULL) return;
    gan__free(graph->nodes.nodes);
    gan__free(graph->inputs.nodes);
    gan__free(graph->states.nodes);
    gan__free(graph->buckets);
    gan__free(graph->context);
    gan__arena_destroy(graph->arena);
    gan__free(graph);
}

// --- Failures -----------------------------------------------------------------------------------

gan_status gan__graph_status(const gan_graph *graph) {
    if (graph->status == GAN_STATUS_OK) return GAN_STATUS_OK;
    return gan__fail(graph->status, "%s", graph->message);
}

// The first failure wins; its text stands in `message`, behind the context of its time.
static void record(gan_graph *graph, gan_status status, const char *format, va_list arguments) {
    if (graph->status != GAN_STATUS_OK) return;
    graph->status = status;
    size_t used = 0;
    if (graph->context != NULL && graph->context[0] != '\0') {
        const int n = snprintf(graph->message, sizeof graph->message, "%s: ", graph->context);
        used = (size_t)n < sizeof graph->message ? (size_t)n : sizeof graph->message - 1;
    }
    vsnprintf(graph->message + used, sizeof graph->message - used, format, arguments);
    gan__fail(status, "%s", graph->message);
}

gan_node *gan__graph_fail(gan_graph *graph, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(graph, GAN_STATUS_BAD_ARGUMENT, format, arguments);
    va_end(arguments);
    return NULL;
}

gan_node *gan__graph_fail_with(gan_graph *graph, gan_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(graph, status, format, arguments);
    va_end(arguments);
    return NULL;
}

gan_node *gan__graph_no_memory(gan_graph *graph) {
    return gan__graph_fail_with(
        graph, GAN_STATUS_NO_MEMORY,
        "the host has no memory for the graph; close other programs, or make "
        "the network smaller");
}

void gan__graph_set_context(gan_graph *graph, const char *context) {
    if (context == NULL) context = "";
    const size_t size = strlen(context) + 1;
    if (gan__realloc(size, 1, (void **)&graph->context) != GAN_STATUS_OK) {
        gan__graph_no_memory(graph);
        return;
    }
    memcpy(graph->context, context, size);
}

// --- Hash-consing -------------------------------------------------------------------------------

static uint64_t hash_parts(gan_op op, const gan_shape *shape, const gan_attributes *attributes,
                           gan_node *const *inputs, size_t count) {
    uint64_t hash = gan__hash(GAN_HASH_START, &op, sizeof op);
    hash = gan__hash(hash, shape->size, (size_t)shape->rank * sizeof shape->size[0]);
    hash = gan__hash(hash, attributes, sizeof *attributes);
    for (size_t i = 0; i < count; i++) hash = gan__hash(hash, &inputs[i]->id, sizeof inputs[i]->id);
    return hash;
}

static gan_node *find(const gan_graph *graph, uint64_t hash, gan_op op, const gan_shape *shape,
                      const gan_attributes *attributes, gan_node *const *inputs, size_t count) {
    if (graph->bucket_count == 0) return NULL;
    gan_node *node = graph->buckets[hash & (graph->bucket_count - 1)];
    for (; node != NULL; node = node->chain) {
        if (node->hash != hash || node->op != op || node->input_count != count) continue;
        if (!gan__shape_equal(&node->shape, shape)) continue;
        if (memcmp(&node->attributes, attributes, sizeof *attributes) != 0) continue;
        if (count > 0 && memcmp(node->inputs, inputs, count * sizeof(gan_node *)) != 0) continue;
        return node;
    }
    return NULL;
}

// Twice the buckets (a power of two) as soon as there are as many nodes as buckets.
static gan_status grow_table(gan_graph *graph) {
    if (graph->nodes.count < graph->bucket_count) return GAN_STATUS_OK;
    const uint32_t bucket_count = graph->bucket_count == 0 ? 256 : graph->bucket_count * 2;
    gan_node **buckets;
    GAN_TRY(gan__alloc(bucket_count, sizeof *buckets, (void **)&buckets));
    for (uint32_t i = 0; i < graph->nodes.count; i++) {
        gan_node *node = graph->nodes.nodes[i];
        gan_node **bucket = &buckets[node->hash & (bucket_count - 1)];
        node->chain = *bucket;
        *bucket = node;
    }
    gan__free(graph->buckets);
    graph->buckets = buckets;
    graph->bucket_count = bucket_count;
    return GAN_STATUS_OK;
}

static gan_status reserve(gan_node_list *list) {
    if (list->count < list->capacity) return GAN_STATUS_OK;
    const uint32_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
    GAN_TRY(gan__realloc(capacity, sizeof *list->nodes, (void **)&list->nodes));
    list->capacity = capacity;
    return GAN_STATUS_OK;
}

static gan_status allocate(gan_graph *graph, size_t count, gan_node **out) {
    GAN_TRY(grow_table(graph));
    GAN_TRY(reserve(&graph->nodes));
    GAN_TRY(reserve(&graph->inputs));
    GAN_TRY(reserve(&graph->states));
    gan_node *node;
    GAN_TRY(gan__arena_alloc(graph->arena, 1, sizeof *node, (void **)&node));
    GAN_TRY(gan__arena_alloc(graph->arena, count, sizeof(gan_node *), (void **)&node->inputs));
    *out = node;
    return GAN_STATUS_OK;
}

static gan_node *append(gan_graph *graph, gan_op op, const gan_shape *shape,
                        const gan_attributes *attributes, gan_node *const *inputs, size_t count,
                        uint64_t hash) {
    gan_node *node;
    if (allocate(graph, count, &node) != GAN_STATUS_OK) return gan__graph_no_memory(graph);
    node->graph = graph;
    node->id = graph->nodes.count;
    node->op = op;
    node->shape = *shape;
    node->input_count = (uint32_t)count;
    if (count > 0) memcpy(node->inputs, inputs, count * sizeof(gan_node *));
    memcpy(&node->attributes, attributes, sizeof *attributes);
    node->hash = hash;
    gan_node **bucket = &graph->buckets[hash & (graph->bucket_count - 1)];
    node->chain = *bucket;
    *bucket = node;
    graph->nodes.nodes[graph->nodes.count++] = node;
    if (op == GAN_OP_INPUT) graph->inputs.nodes[graph->inputs.count++] = node;
    if (op == GAN_OP_STATE) graph->states.nodes[graph->states.count++] = node;
    return node;
}

static bool shape_is_legal(gan_graph *graph, gan_op op, const gan_shape *shape) {
    const char *name = gan__op_info(op)->name;
    if (shape->rank < 0 || shape->rank > GAN_RANK_MAX) {
        gan__graph_fail(graph, "%s: a shape of rank %d; ranks go from 0 to %d", name, shape->rank,
                        GAN_RANK_MAX);
        return false;
    }
    char text[GAN_SHAPE_TEXT];
    for (int i = 0; i < shape->rank; i++) {
        if (shape->size[i] >= 1) continue;
        gan__graph_fail(graph, "%s: shape %s; every size must be at least 1", name,
                        gan__shape_text(shape, text));
        return false;
    }
    if (gan__shape_elements(shape) > GAN_ELEMENTS_MAX) {
        gan__graph_fail_with(graph, GAN_STATUS_DEVICE_MEMORY,
                             "%s: shape %s has more than %lld elements", name,
                             gan__shape_text(shape, text), (long long)GAN_ELEMENTS_MAX);
        return false;
    }
    return true;
}

gan_node *gan__node_make(gan_graph *graph, gan_op op, const gan_shape *shape,
                         const gan_attributes *attributes, gan_node *const *inputs, size_t count) {
    const gan_attributes none = {0};
    if (attributes == NULL) attributes = &none;
    for (size_t i = 0; i < count; i++) {
        if (inputs[i] == NULL) return NULL;
        if (inputs[i]->graph == graph) continue;
        return gan__graph_fail(graph, "%s: operand %zu is a node of another graph",
                               gan__op_info(op)->name, i);
    }
    if (!shape_is_legal(graph, op, shape)) return NULL;
    gan_node *swapped[2];
    if (count == 2 && gan__fold_swaps(op, inputs)) {
        swapped[0] = inputs[1], swapped[1] = inputs[0];
        inputs = swapped;
    }
    gan_node *folded = gan__fold(graph, op, shape, attributes, inputs, count);
    if (folded != NULL) return folded;
    const uint64_t hash = hash_parts(op, shape, attributes, inputs, count);
    gan_node *found = find(graph, hash, op, shape, attributes, inputs, count);
    return found != NULL ? found : append(graph, op, shape, attributes, inputs, count, hash);
}

// --- Questions ----------------------------------------------------------------------------------

const gan_shape *gan__node_shape(const gan_node *node) {
    return &node->shape;
}

gan_graph *gan__node_graph(const gan_node *node) {
    return node->graph;
}

bool gan__node_is_constant(const gan_node *node, double *value) {
    if (node->op != GAN_OP_CONSTANT) return false;
    *value = node->attributes.value;
    return true;
}

bool gan__node_is_constant_of(const gan_node *node, double value) {
    return node->op == GAN_OP_CONSTANT && node->attributes.value == value;
}

// --- Roots --------------------------------------------------------------------------------------

// The same assignment may stand there twice: it is one node, and one new value.
static bool contradicts(const gan_node *a, const gan_node *b) {
    return a->op == GAN_OP_ASSIGN && b->op == GAN_OP_ASSIGN && a != b &&
           a->inputs[0] == b->inputs[0];
}

gan_status gan__graph_check_roots(const gan_graph *graph, const char *name, gan_node *const *roots,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (roots[i] == NULL || roots[i]->graph != graph)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT, "root %zu of '%s' is not a node of its graph",
                             i, name);
        for (size_t j = 0; j < i; j++)
            if (contradicts(roots[i], roots[j]))
                return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                                 "roots %zu and %zu of '%s' both assign to the state '%s': give it "
                                 "one new value, or run them as two programs",
                                 j, i, name, roots[i]->inputs[0]->attributes.leaf.name);
    }
    return GAN_STATUS_OK;
}
