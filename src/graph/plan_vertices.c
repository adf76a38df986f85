// From nodes to vertices, and the one rewriting that is for the device's sake: a reduction to few
// results from many elements becomes two, so that the first can run in parallel.
#include "graph/plan.h"

#include <string.h>

// --- Import -------------------------------------------------------------------------------------

static gan_vertex_kind kind_of(gan_op op) {
    switch (op) {
    case GAN_OP_CONSTANT:
        return GAN_VERTEX_CONSTANT;
    case GAN_OP_IOTA:
        return GAN_VERTEX_IOTA;
    case GAN_OP_INPUT:
    case GAN_OP_STATE:
        return GAN_VERTEX_STORAGE;
    case GAN_OP_RANDOM:
        return GAN_VERTEX_RANDOM;
    case GAN_OP_REDUCE_SUM:
    case GAN_OP_REDUCE_MAX:
        return GAN_VERTEX_REDUCE;
    case GAN_OP_MATMUL:
    case GAN_OP_CONVOLUTION:
    case GAN_OP_CONVOLUTION_BY_INPUT:
    case GAN_OP_CONVOLUTION_BY_WEIGHT:
        return GAN_VERTEX_MATMUL;
    case GAN_OP_SCATTER_ADD:
        return GAN_VERTEX_SCATTER;
    case GAN_OP_GATHER:
        return GAN_VERTEX_GATHER;
    case GAN_OP_CONCAT:
        return GAN_VERTEX_CONCAT;
    default:
        return gan__op_is_elementwise(op) ? GAN_VERTEX_MAP : GAN_VERTEX_VIEW;
    }
}

static gan_status place_leaf(gan_plan *plan, uint32_t vertex) {
    gan_vertex *leaf = &plan->vertices[vertex];
    bool state = leaf->op == GAN_OP_STATE;
    uint32_t tensor = 0, index = leaf->attributes.leaf.index;
    GAN_TRY(gan__plan_add_tensor(plan, state ? GAN_TENSOR_STATE : GAN_TENSOR_INPUT,
                                 gan__shape_elements(&leaf->shape), &tensor));
    plan->tensors[tensor].leaf = index;
    plan->tensors[tensor].element = state ? GAN_ELEMENT_F32 : leaf->attributes.leaf.element;
    (state ? plan->state_tensors : plan->input_tensors)[index] = tensor;
    leaf->place = gan__place_dense(tensor, &leaf->shape);
    return GAN_STATUS_OK;
}

static gan_status import_node(gan_plan *plan, const gan_node *node, uint32_t *vertex_of) {
    uint32_t inputs[64], *list = inputs, vertex = 0;
    if (node->input_count > 64) {
        void *memory = NULL;
        GAN_TRY(gan__arena_alloc(plan->arena, node->input_count, sizeof(uint32_t), &memory));
        list = memory;
    }
    for (uint32_t i = 0; i < node->input_count; i++) list[i] = vertex_of[node->inputs[i]->id];
    GAN_TRY(gan__plan_add_vertex(plan, kind_of(node->op), node->op, &node->shape, list,
                                 node->input_count, &vertex));
    plan->vertices[vertex].attributes = node->attributes;
    vertex_of[node->id] = vertex;
    if (plan->vertices[vertex].kind == GAN_VERTEX_STORAGE) GAN_TRY(place_leaf(plan, vertex));
    return GAN_STATUS_OK;
}

static gan_status import_nodes(gan_plan *plan, gan_node *const *order, size_t length,
                               gan_node *const *roots, size_t count) {
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, plan->graph->nodes.count, sizeof(uint32_t), &memory));
    uint32_t *vertex_of = memory;
    for (size_t i = 0; i < length; i++)
        if (order[i]->op != GAN_OP_ASSIGN) GAN_TRY(import_node(plan, order[i], vertex_of));
    GAN_TRY(gan__arena_alloc(plan->arena, count, sizeof(gan_plan_root), &memory));
    plan->roots = memory;
    plan->root_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        bool assign = roots[i]->op == GAN_OP_ASSIGN;
        const gan_node *value = assign ? roots[i]->inputs[1] : roots[i];
        uint32_t state = assign ? roots[i]->inputs[0]->attributes.leaf.index : GAN_NONE;
        plan->roots[i] = (gan_plan_root){.vertex = vertex_of[value->id], .state = state};
    }
    return GAN_STATUS_OK;
}

static gan_status make_leaf_tables(gan_plan *plan) {
    void *memory = NULL;
    uint32_t states = plan->graph->states.count, inputs = plan->graph->inputs.count;
    GAN_TRY(gan__arena_alloc(plan->arena, states, sizeof(uint32_t), &memory));
    plan->state_tensors = memory;
    GAN_TRY(gan__arena_alloc(plan->arena, inputs, sizeof(uint32_t), &memory));
    plan->input_tensors = memory;
    for (uint32_t i = 0; i < states; i++) plan->state_tensors[i] = GAN_NONE;
    for (uint32_t i = 0; i < inputs; i++) plan->input_tensors[i] = GAN_NONE;
    return GAN_STATUS_OK;
}

gan_status gan__plan_import(gan_plan *plan, gan_node *const *roots, size_t count) {
    GAN_TRY(make_leaf_tables(plan));
    gan_node **order = NULL;
    size_t length = 0;
    GAN_TRY(gan__graph_topological(roots, count, &order, &length));
    gan_status status = import_nodes(plan, order, length, roots, count);
    gan__free(order);
    return status;
}

// --- Reductions in two steps --------------------------------------------------------------------

// Fewer results than this from more elements than that are made in two steps.
enum { FEW_RESULTS = 16, MANY_ELEMENTS = 16384, PARTS = 256 };

static gan_status add_reduce(gan_plan *plan, gan_op op, uint32_t operand, uint32_t axes,
                             uint32_t *out) {
    gan_shape shape = plan->vertices[operand].shape;
    for (int i = 0; i < shape.rank; i++)
        if (axes >> i & 1) shape.size[i] = 1;
    GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_REDUCE, op, &shape, &operand, 1, out));
    plan->vertices[*out].attributes.axes = axes;
    return GAN_STATUS_OK;
}

static gan_status add_reshape(gan_plan *plan, uint32_t operand, const gan_shape *shape,
                              uint32_t *out) {
    return gan__plan_add_vertex(plan, GAN_VERTEX_VIEW, GAN_OP_RESHAPE, shape, &operand, 1, out);
}

// Elements [start, start + size) of a rank-1 vertex.
static gan_status add_slice(gan_plan *plan, uint32_t operand, int64_t start, int64_t size,
                            uint32_t *out) {
    GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_VIEW, GAN_OP_SLICE, &GAN_SHAPE(size), &operand, 1,
                                 out));
    plan->vertices[*out].attributes.slice.start[0] = start;
    plan->vertices[*out].attributes.slice.step[0] = 1;
    return GAN_STATUS_OK;
}

// The vertex becomes a view of `value`, which has as many elements.
static void become(gan_plan *plan, uint32_t vertex, uint32_t value) {
    gan_vertex *v = &plan->vertices[vertex];
    v->kind = GAN_VERTEX_VIEW;
    v->op = GAN_OP_RESHAPE;
    v->inputs[0] = value;
    v->input_count = 1;
}

// One long axis: PARTS equal parts, what is left over, and both together.
static gan_status split_vector(gan_plan *plan, uint32_t vertex) {
    gan_op op = plan->vertices[vertex].op;
    uint32_t operand = plan->vertices[vertex].inputs[0], flat = 0, parts = 0, sums = 0, sum = 0;
    int64_t elements = gan__shape_elements(&plan->vertices[operand].shape);
    int64_t length = elements / PARTS, rest = elements % PARTS;
    GAN_TRY(add_reshape(plan, operand, &GAN_SHAPE(elements), &flat));
    GAN_TRY(add_slice(plan, flat, 0, length * PARTS, &parts));
    GAN_TRY(add_reshape(plan, parts, &GAN_SHAPE(PARTS, length), &parts));
    GAN_TRY(add_reduce(plan, op, parts, 2, &sums));
    GAN_TRY(add_reduce(plan, op, sums, 1, &sum));
    if (rest) {
        uint32_t tail = 0, both[2] = {sum, 0};
        GAN_TRY(add_slice(plan, flat, length * PARTS, rest, &tail));
        GAN_TRY(add_reshape(plan, tail, &GAN_SHAPE(1, rest), &tail));
        GAN_TRY(add_reduce(plan, op, tail, 2, &both[1]));
        GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_MAP,
                                     op == GAN_OP_REDUCE_SUM ? GAN_OP_ADD : GAN_OP_MAXIMUM,
                                     &GAN_SHAPE(1, 1), both, 2, &sum));
    }
    become(plan, vertex, sum);
    return GAN_STATUS_OK;
}

// Several axes: the last one first.
static gan_status split_axes(gan_plan *plan, uint32_t vertex, uint32_t last) {
    gan_vertex v = plan->vertices[vertex];
    uint32_t sums = 0, sum = 0;
    GAN_TRY(add_reduce(plan, v.op, v.inputs[0], last, &sums));
    GAN_TRY(add_reduce(plan, v.op, sums, v.attributes.axes & ~last, &sum));
    become(plan, vertex, sum);
    return GAN_STATUS_OK;
}

static gan_status split_reduction(gan_plan *plan, uint32_t vertex) {
    const gan_vertex *v = &plan->vertices[vertex];
    const gan_shape *shape = &plan->vertices[v->inputs[0]].shape;
    if (!gan__reduces_lanes(shape, v->attributes.axes)) return GAN_STATUS_OK;
    if (gan__shape_elements(&v->shape) >= FEW_RESULTS) return GAN_STATUS_OK;
    if (gan__shape_elements(shape) < MANY_ELEMENTS) return GAN_STATUS_OK;
    uint32_t last = 0, others = 0;
    for (int i = 0; i < shape->rank; i++) {
        if (!(v->attributes.axes >> i & 1) || shape->size[i] == 1) continue;
        others |= last;
        last = 1u << i;
    }
    if (others) return split_axes(plan, vertex, last);
    return gan__shape_elements(&v->shape) == 1 ? split_vector(plan, vertex) : GAN_STATUS_OK;
}

// Vertices added here come after those that use them, so what follows sorts by dependency anew.
gan_status gan__plan_split_reductions(gan_plan *plan) {
    uint32_t count = plan->vertex_count;
    for (uint32_t i = 0; i < count; i++)
        if (plan->vertices[i].kind == GAN_VERTEX_REDUCE) GAN_TRY(split_reduction(plan, i));
    return GAN_STATUS_OK;
}
