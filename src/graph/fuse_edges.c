// See fuse.h: who uses whom, and at which index.
#include "graph/fuse.h"

#include <string.h>

// --- Finding ------------------------------------------------------------------------------------

static gan_status add_edge(gan_plan *plan, uint32_t producer, uint32_t consumer, uint32_t through,
                           bool by_memory) {
    void *memory = plan->edges;
    gan_status status =
        gan__plan_reserve(&memory, &plan->edge_capacity, plan->edge_count, sizeof(gan_edge));
    plan->edges = memory;
    GAN_TRY(status);
    plan->edges[plan->edge_count++] = (gan_edge){
        .producer = producer, .consumer = consumer, .through = through, .by_memory = by_memory};
    return GAN_STATUS_OK;
}

// Follows views down from `vertex`, an operand of `consumer`.
static gan_status find_from(gan_plan *plan, uint32_t vertex, uint32_t consumer, uint32_t through,
                            bool by_memory) {
    for (;;) {
        const gan_vertex *v = &plan->vertices[vertex];
        if (gan__vertex_is_computed(v) || v->kind == GAN_VERTEX_STORAGE)
            return add_edge(plan, vertex, consumer, through, by_memory);
        if (v->input_count == 0) return GAN_STATUS_OK;
        by_memory = by_memory || v->kind == GAN_VERTEX_CONCAT;
        for (uint32_t i = 1; i < v->input_count; i++)
            GAN_TRY(find_from(plan, v->inputs[i], consumer, through, by_memory));
        vertex = v->inputs[0];
    }
}

static gan_status index_uses(gan_plan *plan) {
    void *memory = NULL;
    uint32_t count = plan->vertex_count;
    GAN_TRY(gan__arena_alloc(plan->arena, count + 1 + plan->edge_count, sizeof(uint32_t), &memory));
    plan->first_use = memory;
    plan->uses = plan->first_use + count + 1;
    for (uint32_t e = 0; e < plan->edge_count; e++) plan->first_use[plan->edges[e].producer + 1]++;
    for (uint32_t v = 0; v < count; v++) plan->first_use[v + 1] += plan->first_use[v];
    GAN_TRY(gan__arena_alloc(plan->arena, count, sizeof(uint32_t), &memory));
    uint32_t *filled = memory;
    for (uint32_t e = 0; e < plan->edge_count; e++) {
        uint32_t producer = plan->edges[e].producer;
        plan->uses[plan->first_use[producer] + filled[producer]++] = e;
    }
    return GAN_STATUS_OK;
}

gan_status gan__fuse_find_edges(gan_plan *plan) {
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, plan->vertex_count + 1, sizeof(uint32_t), &memory));
    plan->first_edge = memory;
    for (uint32_t v = 0; v < plan->vertex_count; v++) {
        const gan_vertex *vertex = &plan->vertices[v];
        plan->first_edge[v] = plan->edge_count;
        bool by_memory = vertex->kind == GAN_VERTEX_MATMUL;
        if (!gan__vertex_is_computed(vertex)) continue;
        for (uint32_t i = 0; i < plan->vertices[v].input_count; i++)
            GAN_TRY(find_from(plan, plan->vertices[v].inputs[i], v, i, by_memory));
    }
    plan->first_edge[plan->vertex_count] = plan->edge_count;
    return index_uses(plan);
}

// --- Alignment ----------------------------------------------------------------------------------

bool gan__edge_follow(const gan_plan *plan, gan_space *space, const gan_edge *edge,
                      gan_index *index) {
    uint32_t vertex = plan->vertices[edge->consumer].inputs[edge->through];
    while (vertex != edge->producer) {
        const gan_vertex *v = &plan->vertices[vertex];
        if (v->kind != GAN_VERTEX_VIEW) return false;
        gan_index inner[GAN_RANK_MAX];
        gan__view_index(space, v, &plan->vertices[v->inputs[0]].shape, index, inner);
        memcpy(index, inner, sizeof inner);
        vertex = v->inputs[0];
    }
    return true;
}

static bool same_index(const gan_index *a, const gan_index *b, int rank) {
    for (int i = 0; i < rank; i++)
        if (!gan__index_equal(&a[i], &b[i])) return false;
    return true;
}

static bool is_aligned(gan_plan *plan, gan_space *space, const gan_group *domain,
                       const gan_edge *edge) {
    const gan_vertex *consumer = &plan->vertices[edge->consumer];
    const gan_vertex *producer = &plan->vertices[edge->producer];
    const gan_vertex *operand = &plan->vertices[consumer->inputs[edge->through]];
    if (consumer->kind == GAN_VERTEX_SCATTER) return false;
    if (consumer->kind == GAN_VERTEX_REDUCE &&
        !gan__reduces_lanes(&operand->shape, consumer->attributes.axes))
        return false;
    gan_index variables[GAN_RANK_MAX], index[GAN_RANK_MAX] = {0}, own[GAN_RANK_MAX];
    bool rows = false;
    for (int i = 0; i < domain->rank; i++)
        variables[i] = gan__index_variable(space, domain->size[i], 0, false, "");
    return gan__domain_index(domain, &operand->shape, variables, index, &rows) &&
           gan__domain_index(domain, &producer->shape, variables, own, &rows) &&
           gan__edge_follow(plan, space, edge, index) &&
           same_index(index, own, producer->shape.rank);
}

bool gan__edge_is_aligned(gan_plan *plan, const gan_group *domain, const gan_edge *edge,
                          gan_status *status) {
    gan_space space = {0};
    bool aligned = is_aligned(plan, &space, domain, edge);
    if (space.status != GAN_STATUS_OK) *status = space.status;
    gan__space_destroy(&space);
    return aligned;
}

// --- Recomputation ------------------------------------------------------------------------------

// Work-items among which a kernel's scalars are computed again and again.
enum { WORK_ITEMS = 64 };

static bool mentions(const gan_space *space, const gan_index *index, int rank, bool lane) {
    for (int i = 0; i < rank; i++)
        for (uint32_t k = 0; k < index[i].count; k++)
            if (!lane || space->atoms[index[i].atom[k]].lane) return true;
    return false;
}

int64_t gan__edge_evaluations(gan_plan *plan, const gan_edge *edge, gan_status *status) {
    const gan_vertex *consumer = &plan->vertices[edge->consumer];
    const gan_shape *shape = &plan->vertices[consumer->inputs[edge->through]].shape;
    int rank = plan->vertices[edge->producer].shape.rank;
    int64_t all = gan__shape_elements(shape), lanes = 1, evaluations = all;
    gan_space space = {0};
    gan_index index[GAN_RANK_MAX] = {0};
    for (int i = shape->rank; i-- > 0;) {
        bool lane = lanes == 1 && shape->size[i] > 1;
        if (lane) lanes = shape->size[i];
        index[i] = gan__index_variable(&space, shape->size[i], 0, lane, "");
    }
    if (gan__edge_follow(plan, &space, edge, index) && !mentions(&space, index, rank, true))
        evaluations = mentions(&space, index, rank, false) ? all / lanes : WORK_ITEMS;
    if (space.status != GAN_STATUS_OK) *status = space.status;
    gan__space_destroy(&space);
    return evaluations;
}
