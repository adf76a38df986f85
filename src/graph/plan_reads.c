// What a group's kernel reads from memory: found by the same walk that emits it.
#include "graph/plan.h"

bool gan__vertex_is_loaded(const gan_vertex *v) {
    if (v->kind == GAN_VERTEX_STORAGE || v->kind == GAN_VERTEX_CONCAT) return true;
    return gan__vertex_is_computed(v) && v->wanted && !v->recomputed;
}

bool gan__group_stores(const gan_plan *plan, uint32_t group) {
    const gan_group *g = &plan->groups[group];
    if (!g->alive) return false;
    for (uint32_t i = 0; i < g->member_count; i++)
        if (plan->vertices[g->members[i]].wanted) return true;
    return false;
}

typedef struct gan_walk {
    gan_plan *plan;
    uint32_t group;
    uint8_t *seen; // 1: reached through other groups' vertices, 2: directly
    gan_read_call call;
    void *user;
} gan_walk;

// A product's operand lies in memory, whatever it is.
static gan_status read_operand(gan_walk *walk, uint32_t vertex) {
    const gan_plan *plan = walk->plan;
    while (plan->vertices[vertex].kind == GAN_VERTEX_VIEW)
        vertex = plan->vertices[vertex].inputs[0];
    return walk->call(walk->plan, vertex, true, walk->user);
}

static gan_status walk_from(gan_walk *walk, uint32_t vertex, bool direct) {
    const gan_vertex *v = &walk->plan->vertices[vertex];
    bool own = gan__vertex_is_computed(v) && v->group == walk->group;
    if (walk->seen[vertex] & (direct ? 2 : 1)) return GAN_STATUS_OK;
    walk->seen[vertex] |= direct ? 2 : 1;
    if (!own && gan__vertex_is_loaded(v)) return walk->call(walk->plan, vertex, direct, walk->user);
    if (gan__vertex_is_computed(v) && !own) direct = false;
    for (uint32_t i = 0; i < walk->plan->vertices[vertex].input_count; i++) {
        uint32_t input = walk->plan->vertices[vertex].inputs[i];
        GAN_TRY(walk->plan->vertices[vertex].kind == GAN_VERTEX_MATMUL
                    ? read_operand(walk, input)
                    : walk_from(walk, input, direct));
    }
    return GAN_STATUS_OK;
}

gan_status gan__group_reads(gan_plan *plan, uint32_t group, gan_read_call call, void *user) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(plan->vertex_count, 1, &memory));
    gan_walk walk = {.plan = plan, .group = group, .seen = memory, .call = call, .user = user};
    gan_status status = GAN_STATUS_OK;
    const gan_group *g = &plan->groups[group];
    for (uint32_t i = 0; i < g->member_count && status == GAN_STATUS_OK; i++)
        if (plan->vertices[g->members[i]].wanted) status = walk_from(&walk, g->members[i], true);
    gan__free(memory);
    return status;
}
