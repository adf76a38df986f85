// See plan.h: a plan's parts put together, and what they share.
#include "graph/plan.h"

#include <string.h>

gan_status gan__plan_reserve(void **array, uint32_t *capacity, uint32_t count, size_t size) {
    if (count < *capacity) return GAN_STATUS_OK;
    uint32_t grown = *capacity ? *capacity * 2 : 16;
    GAN_TRY(gan__realloc(grown, size, array));
    *capacity = grown;
    return GAN_STATUS_OK;
}

gan_status gan__plan_add_vertex(gan_plan *plan, gan_vertex_kind kind, gan_op op,
                                const gan_shape *shape, const uint32_t *inputs, uint32_t count,
                                uint32_t *out) {
    void *memory = plan->vertices;
    gan_status status =
        gan__plan_reserve(&memory, &plan->vertex_capacity, plan->vertex_count, sizeof(gan_vertex));
    plan->vertices = memory;
    GAN_TRY(status);
    GAN_TRY(gan__arena_alloc(plan->arena, count, sizeof(uint32_t), &memory));
    gan_vertex *vertex = &plan->vertices[plan->vertex_count];
    *vertex = (gan_vertex){.kind = kind, .op = op, .shape = *shape, .inputs = memory};
    if (count) memcpy(vertex->inputs, inputs, count * sizeof *inputs);
    vertex->input_count = count;
    vertex->place.tensor = GAN_NONE;
    vertex->group = GAN_NONE;
    *out = plan->vertex_count++;
    return GAN_STATUS_OK;
}

gan_status gan__plan_add_tensor(gan_plan *plan, gan_tensor_kind kind, int64_t elements,
                                uint32_t *out) {
    void *memory = plan->tensors;
    gan_status status = gan__plan_reserve(&memory, &plan->tensor_capacity, plan->tensor_count,
                                          sizeof(gan_plan_tensor));
    plan->tensors = memory;
    GAN_TRY(status);
    plan->tensors[plan->tensor_count] =
        (gan_plan_tensor){.kind = kind, .elements = elements, .first = GAN_NONE};
    *out = plan->tensor_count++;
    return GAN_STATUS_OK;
}

// Rows shorter than half a vector stay dense: padding them would cost more than it gives.
static int64_t row_pitch(int64_t size) {
    if (size <= GAN_LANE_PADDING / 2) return size;
    return (size + GAN_LANE_PADDING - 1) / GAN_LANE_PADDING * GAN_LANE_PADDING;
}

gan_status gan__plan_store(gan_plan *plan, uint32_t vertex) {
    const gan_shape *shape = &plan->vertices[vertex].shape;
    gan_place place = {0};
    int64_t elements = 1;
    for (int i = shape->rank; i-- > 0;) {
        place.stride[i] = elements;
        elements *= i == shape->rank - 1 ? row_pitch(shape->size[i]) : shape->size[i];
    }
    GAN_TRY(gan__plan_add_tensor(plan, GAN_TENSOR_ARENA, elements, &place.tensor));
    plan->vertices[vertex].place = place;
    return GAN_STATUS_OK;
}

bool gan__vertex_is_computed(const gan_vertex *vertex) {
    return vertex->kind >= GAN_VERTEX_RANDOM && vertex->kind <= GAN_VERTEX_MATMUL;
}

bool gan__reduces_lanes(const gan_shape *shape, uint32_t axes) {
    for (int i = shape->rank; i-- > 0;)
        if (shape->size[i] > 1) return axes >> i & 1;
    return false;
}

static gan_status make_plan(gan_plan *plan, gan_node *const *roots, size_t count) {
    GAN_TRY(gan__arena_create(&plan->arena));
    GAN_TRY(gan__plan_import(plan, roots, count));
    GAN_TRY(gan__plan_replace_products(plan));
    GAN_TRY(gan__plan_tell_masks(plan));
    GAN_TRY(gan__plan_split_reductions(plan));
    GAN_TRY(gan__plan_choose_places(plan));
    GAN_TRY(gan__fuse(plan));
    GAN_TRY(gan__plan_order(plan));
    GAN_TRY(gan__lower(plan));
    GAN_TRY(gan__plan_memory(plan));
    return gan__plan_waits(plan);
}

gan_status gan__plan_create(gan_device *device, gan_graph *graph, const char *name,
                            gan_node *const *roots, size_t count, gan_plan **out) {
    *out = NULL;
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_plan), &memory));
    gan_plan *plan = memory;
    plan->device = device;
    plan->traits = gan__device_traits(device);
    plan->graph = graph;
    plan->name = name;
    gan_status status = make_plan(plan, roots, count);
    if (status != GAN_STATUS_OK) {
        gan__plan_destroy(plan);
        return gan__fail_in(status, "planning '%s'", name);
    }
    *out = plan;
    return GAN_STATUS_OK;
}

void gan__plan_destroy(gan_plan *plan) {
    if (!plan) return;
    gan__free(plan->vertices);
    gan__free(plan->tensors);
    gan__free(plan->edges);
    gan__free(plan->groups);
    gan__free(plan->waits);
    gan__arena_destroy(plan->arena);
    gan__free(plan);
}
