// See fuse.h: whether two groups can be one kernel.
#include "graph/fuse.h"

static uint32_t group_of(const gan_plan *plan, uint32_t vertex) {
    return plan->vertices[vertex].group;
}

static bool used_outside(const gan_plan *plan, uint32_t vertex, uint32_t a, uint32_t b) {
    if (plan->vertices[vertex].wanted) return true;
    for (uint32_t u = plan->first_use[vertex]; u < plan->first_use[vertex + 1]; u++) {
        uint32_t user = group_of(plan, plan->edges[plan->uses[u]].consumer);
        if (user != a && user != b) return true;
    }
    return false;
}

// What the members of both groups store and read, each array once. A kernel takes no more buffers
// than this and what recomputed vertices read: one that reads an array at many offsets takes it as
// one (emit_memory.c).
static uint32_t count_buffers(const gan_plan *plan, uint32_t a, uint32_t b) {
    uint32_t seen[GAN_GROUP_BUFFERS_MAX + 1], count = 0;
    for (uint32_t g = a;; g = b) {
        for (uint32_t i = 0; i < plan->groups[g].member_count; i++) {
            uint32_t v = plan->groups[g].members[i];
            if (used_outside(plan, v, a, b)) count++;
        }
        if (g == b) break;
    }
    uint32_t stores = count;
    count = 0;
    for (uint32_t g = a;; g = b) {
        for (uint32_t i = 0; i < plan->groups[g].member_count; i++) {
            uint32_t v = plan->groups[g].members[i];
            for (uint32_t e = plan->first_edge[v]; e < plan->first_edge[v + 1]; e++) {
                uint32_t p = plan->edges[e].producer, k = 0;
                if (group_of(plan, p) == a || group_of(plan, p) == b) continue;
                while (k < count && seen[k] != p) k++;
                if (k == GAN_GROUP_BUFFERS_MAX) return UINT32_MAX;
                if (k == count) seen[count++] = p;
            }
        }
        if (g == b) break;
    }
    return stores + count;
}

bool gan__fuse_uses_are_aligned(gan_plan *plan, const gan_group *domain, uint32_t a, uint32_t b,
                                gan_status *status) {
    for (uint32_t g = a;; g = b) {
        for (uint32_t i = 0; i < plan->groups[g].member_count; i++) {
            uint32_t v = plan->groups[g].members[i];
            for (uint32_t e = plan->first_edge[v]; e < plan->first_edge[v + 1]; e++) {
                const gan_edge *edge = &plan->edges[e];
                if (group_of(plan, edge->producer) != (g == a ? b : a)) continue;
                if (edge->by_memory || plan->vertices[v].inlined) return false;
                if (plan->vertices[edge->producer].inlined) return false;
                if (!gan__edge_is_aligned(plan, domain, edge, status)) return false;
            }
        }
        if (g == b) break;
    }
    return true;
}

// Loops inside a product's epilogue would run for every tile.
static bool has_loops(const gan_plan *plan, const gan_group *group) {
    for (uint32_t i = 0; i < group->member_count; i++) {
        gan_vertex_kind kind = plan->vertices[group->members[i]].kind;
        if (kind == GAN_VERTEX_REDUCE || kind == GAN_VERTEX_SCATTER) return true;
    }
    return false;
}

bool gan__fuse_fits(const gan_plan *plan, const gan_group *domain, uint32_t a, uint32_t b) {
    const gan_group *x = &plan->groups[a], *y = &plan->groups[b];
    if (x->member_count + y->member_count > GAN_GROUP_MEMBERS_MAX) return false;
    if (domain->matmul != GAN_NONE && (has_loops(plan, x) || has_loops(plan, y))) return false;
    return count_buffers(plan, a, b) <= GAN_GROUP_BUFFERS_MAX;
}
