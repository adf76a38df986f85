// Grouping vertices into kernels: each computed vertex begins as a group of its own, then groups
// are merged as long as the result is one kernel that costs less. See fuse.h.
#include "graph/fuse.h"

#include <stdlib.h>
#include <string.h>

// --- Groups as a graph --------------------------------------------------------------------------

// Groups stand in an order in which each comes after those whose values it uses, so that a search
// for a way from one to another sees only what stands between them. One that was merged into
// another keeps a place in it, and nothing uses it.
typedef struct gan_fusion {
    gan_plan *plan;
    uint32_t *order; // groups
    uint32_t *place; // per group: where in the order it stands
    uint32_t *mark;  // per group: the search that last saw it
    uint32_t *stack;
    uint32_t search;
    gan_status status; // sticky
} gan_fusion;

static uint32_t group_of(const gan_plan *plan, uint32_t vertex) {
    return plan->vertices[vertex].group;
}

// Puts the groups that use `group`'s values on the stack, those not seen yet, not `except` and none
// behind the place `last`.
static uint32_t push_users(gan_fusion *f, uint32_t group, uint32_t except, uint32_t last,
                           uint32_t depth) {
    const gan_plan *plan = f->plan;
    const gan_group *g = &plan->groups[group];
    for (uint32_t i = 0; i < g->member_count; i++) {
        uint32_t v = g->members[i];
        for (uint32_t u = plan->first_use[v]; u < plan->first_use[v + 1]; u++) {
            uint32_t user = group_of(plan, plan->edges[plan->uses[u]].consumer);
            if (user == group || user == except || f->mark[user] == f->search) continue;
            if (f->place[user] > last) continue;
            f->mark[user] = f->search;
            f->stack[depth++] = user;
        }
    }
    return depth;
}

// Whether there is a way from group `from` to group `to`, which stands behind it, through a third
// one. Where there is none, the groups between them that come after `from` are marked.
static bool leads_around(gan_fusion *f, uint32_t from, uint32_t to) {
    f->search++;
    const uint32_t last = f->place[to];
    uint32_t depth = push_users(f, from, to, last, 0);
    while (depth) {
        uint32_t group = f->stack[--depth];
        if (group == to) return true;
        depth = push_users(f, group, GAN_NONE, last, depth);
    }
    return false;
}

static void put(gan_fusion *f, uint32_t place, uint32_t group) {
    f->order[place] = group;
    f->place[group] = place;
}

// Keeps the order when `from` goes into `into`: what the last search has marked between the two now
// stands behind the merged group, and the rest of it before.
static void keep_order(gan_fusion *f, uint32_t into, uint32_t from) {
    uint32_t a = f->place[into], b = f->place[from], count = 0;
    const uint32_t first = a < b ? a : b, last = a < b ? b : a;
    uint32_t at = first;
    put(f, at++, from);
    for (uint32_t i = first + 1; i < last; i++) {
        const uint32_t group = f->order[i];
        if (f->mark[group] == f->search)
            f->stack[count++] = group;
        else
            put(f, at++, group);
    }
    put(f, at++, into);
    for (uint32_t i = 0; i < count; i++) put(f, at++, f->stack[i]);
}

static int compare_ids(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

// Makes `into` a group over `domain` with the members of both, between which no way leads around.
static void merge(gan_fusion *f, uint32_t into, uint32_t from, const gan_group *domain) {
    gan_plan *plan = f->plan;
    gan_group *a = &plan->groups[into], *b = &plan->groups[from];
    void *memory = NULL;
    uint32_t count = a->member_count + b->member_count;
    f->status = gan__arena_alloc(plan->arena, count, sizeof(uint32_t), &memory);
    if (f->status != GAN_STATUS_OK) return;
    uint32_t *members = memory;
    keep_order(f, into, from);
    memcpy(members, a->members, a->member_count * sizeof *members);
    memcpy(members + a->member_count, b->members, b->member_count * sizeof *members);
    qsort(members, count, sizeof *members, compare_ids);
    for (uint32_t i = 0; i < b->member_count; i++) plan->vertices[b->members[i]].group = into;
    *a = *domain;
    a->members = members;
    a->member_count = count;
    b->alive = false;
}

// --- Merging ------------------------------------------------------------------------------------

static bool try_merge(gan_fusion *f, uint32_t a, uint32_t b) {
    gan_plan *plan = f->plan;
    gan_group domain;
    if (a == b || f->status != GAN_STATUS_OK) return false;
    if (!gan__domain_join(&plan->groups[a], &plan->groups[b], &domain)) return false;
    if (!gan__fuse_fits(plan, &domain, a, b)) return false;
    if (!gan__fuse_uses_are_aligned(plan, &domain, a, b, &f->status)) return false;
    const bool in_order = f->place[a] < f->place[b];
    if (leads_around(f, in_order ? a : b, in_order ? b : a)) return false;
    merge(f, a, b, &domain);
    return true;
}

// Each vertex's group with those of its operands, the latest first.
static void merge_with_producers(gan_fusion *f) {
    const gan_plan *plan = f->plan;
    for (uint32_t v = 0; v < plan->vertex_count; v++) {
        if (group_of(plan, v) == GAN_NONE || plan->vertices[v].inlined) continue;
        uint32_t below = v;
        for (;;) {
            uint32_t next = GAN_NONE;
            for (uint32_t e = plan->first_edge[v]; e < plan->first_edge[v + 1]; e++) {
                uint32_t p = plan->edges[e].producer;
                if (p < below && group_of(plan, p) != GAN_NONE && (next == GAN_NONE || p > next))
                    next = p;
            }
            if (next == GAN_NONE) break;
            try_merge(f, group_of(plan, next), group_of(plan, v));
            below = next;
        }
    }
}

// --- Absorbing ----------------------------------------------------------------------------------

// The one group that uses the members of `group` besides itself; GAN_NONE for none, or several.
static uint32_t only_user(const gan_plan *plan, uint32_t group) {
    uint32_t only = GAN_NONE;
    const gan_group *g = &plan->groups[group];
    for (uint32_t i = 0; i < g->member_count; i++) {
        uint32_t v = g->members[i];
        if (plan->vertices[v].wanted) return GAN_NONE;
        for (uint32_t u = plan->first_use[v]; u < plan->first_use[v + 1]; u++) {
            const gan_edge *edge = &plan->edges[plan->uses[u]];
            uint32_t user = group_of(plan, edge->consumer);
            if (user == group) continue;
            if (edge->by_memory || (only != GAN_NONE && only != user)) return GAN_NONE;
            only = user;
        }
    }
    return only;
}

// Extra additions that are worth a launch and a round trip through memory.
enum { WORTH_A_LAUNCH = 40000 };

static bool is_worth_recomputing(gan_fusion *f, uint32_t group, uint32_t user) {
    gan_plan *plan = f->plan;
    const gan_group *g = &plan->groups[group];
    int64_t weight = 0, extra = 0;
    for (uint32_t i = 0; i < g->member_count; i++)
        weight += gan__vertex_weight(plan, g->members[i]);
    for (uint32_t i = 0; i < g->member_count; i++) {
        uint32_t v = g->members[i];
        int64_t elements = gan__shape_elements(&plan->vertices[v].shape);
        for (uint32_t u = plan->first_use[v]; u < plan->first_use[v + 1]; u++) {
            const gan_edge *edge = &plan->edges[plan->uses[u]];
            if (group_of(plan, edge->consumer) != user) continue;
            int64_t evaluations = gan__edge_evaluations(plan, edge, &f->status);
            if (evaluations > elements) extra += evaluations - elements;
        }
    }
    return extra * weight <= WORTH_A_LAUNCH;
}

// Makes a group that only one other uses part of that one, computed wherever it is needed.
static bool try_absorb(gan_fusion *f, uint32_t group) {
    gan_plan *plan = f->plan;
    const gan_group *g = &plan->groups[group];
    if (!g->alive || g->matmul != GAN_NONE || g->has_rows) return false;
    uint32_t user = only_user(plan, group);
    if (user == GAN_NONE || plan->groups[user].sealed) return false;
    gan_group domain = plan->groups[user];
    if (!gan__fuse_fits(plan, &domain, user, group) || !is_worth_recomputing(f, group, user))
        return false;
    for (uint32_t i = 0; i < g->member_count; i++) plan->vertices[g->members[i]].inlined = true;
    f->search++; // nothing else comes after it
    merge(f, user, group, &domain);
    return true;
}

static bool absorb_prologues(gan_fusion *f) {
    bool changed = false;
    for (uint32_t g = f->plan->group_count; g-- > 0;)
        if (f->status == GAN_STATUS_OK && try_absorb(f, g)) changed = true;
    return changed;
}

// --- Siblings -----------------------------------------------------------------------------------

enum { SMALL_DOMAIN = 16384, SIBLINGS_APART = 64 };

static bool share_an_operand(const gan_plan *plan, const gan_group *a, const gan_group *b) {
    for (uint32_t i = 0; i < a->member_count; i++)
        for (uint32_t e = plan->first_edge[a->members[i]]; e < plan->first_edge[a->members[i] + 1];
             e++)
            for (uint32_t k = 0; k < b->member_count; k++)
                for (uint32_t s = plan->first_edge[b->members[k]];
                     s < plan->first_edge[b->members[k] + 1]; s++)
                    if (plan->edges[e].producer == plan->edges[s].producer) return true;
    return false;
}

static bool are_siblings(const gan_plan *plan, const gan_group *a, const gan_group *b) {
    int64_t elements = 1;
    if (a->rank != b->rank || memcmp(a->size, b->size, sizeof a->size) != 0) return false;
    for (int i = 0; i < a->rank; i++) elements *= a->size[i];
    return elements <= SMALL_DOMAIN || share_an_operand(plan, a, b);
}

// Groups over the same domain that do not depend on each other.
static void merge_siblings(gan_fusion *f) {
    const gan_plan *plan = f->plan;
    for (uint32_t a = 0; a < plan->group_count; a++) {
        for (uint32_t b = a + 1; b < plan->group_count; b++) {
            const gan_group *x = &plan->groups[a], *y = &plan->groups[b];
            if (!x->alive) break;
            if (!y->alive || x->matmul != GAN_NONE || y->matmul != GAN_NONE) continue;
            if (are_siblings(plan, x, y)) try_merge(f, a, b);
        }
    }
}

// --- All of it ----------------------------------------------------------------------------------

static gan_status takes_epilogue(gan_plan *plan, uint32_t vertex, bool *takes) {
    gan_plan_launch launch = {0};
    *takes = !gan__convolution_makes_weight(plan->vertices[vertex].op);
    if (plan->vertices[vertex].op != GAN_OP_MATMUL) return GAN_STATUS_OK;
    GAN_TRY(gan__plan_product(plan, vertex, &launch));
    *takes = gan__gemm_choose(plan->device, &launch.gemm) == GAN_GEMM_ENGINE_TILE;
    return GAN_STATUS_OK;
}

static gan_status make_groups(gan_plan *plan) {
    for (uint32_t v = 0; v < plan->vertex_count; v++) {
        if (!gan__vertex_is_computed(&plan->vertices[v])) continue;
        bool takes = true;
        if (plan->vertices[v].kind == GAN_VERTEX_MATMUL) GAN_TRY(takes_epilogue(plan, v, &takes));
        GAN_TRY(gan__plan_add_group(plan, v));
        plan->groups[plan->vertices[v].group].sealed = !takes;
    }
    return GAN_STATUS_OK;
}

static void merge_all(gan_fusion *f) {
    merge_with_producers(f);
    for (int pass = 0; pass < 4 && absorb_prologues(f); pass++) merge_with_producers(f);
    merge_siblings(f);
}

gan_status gan__fuse(gan_plan *plan) {
    GAN_TRY(gan__fuse_find_edges(plan));
    GAN_TRY(make_groups(plan));
    void *memory = NULL;
    const uint32_t groups = plan->group_count;
    GAN_TRY(gan__arena_alloc(plan->arena, groups * 4 + 1, sizeof(uint32_t), &memory));
    gan_fusion f = {.plan = plan, .mark = memory};
    f.stack = f.mark + groups;
    f.order = f.stack + groups;
    f.place = f.order + groups;
    for (uint32_t g = 0; g < groups; g++) put(&f, g, g); // as their vertices do
    merge_all(&f);
    GAN_TRY(f.status);
    gan__fuse_choose_recomputed(plan);
    for (uint32_t v = 0; v < plan->vertex_count; v++) {
        const gan_vertex *vertex = &plan->vertices[v];
        if (vertex->wanted && vertex->place.tensor == GAN_NONE) GAN_TRY(gan__plan_store(plan, v));
    }
    return GAN_STATUS_OK;
}
