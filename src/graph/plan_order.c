// Groups in the order of their launches: readers after what they read, and a state's new value
// after all who read the old one; of three such orders the one that takes least memory. Where these
// contradict each other, or where a kernel would overwrite what it still reads, the new value is
// computed in the arena and copied in the end.
#include "graph/fuse.h"
#include "graph/plan_live.h"

#include <string.h>

typedef struct gan_arrow {
    uint32_t before, after;
    uint32_t
        state; // whose old value `before` reads, and `after` stores anew: a tensor, or GAN_NONE
} gan_arrow;

typedef struct gan_ordering {
    gan_plan *plan;
    gan_arrow *arrows;
    uint32_t arrow_count, arrow_capacity;
    uint32_t reader; // the group whose reads are being listed
    uint32_t clash;  // a tensor of a new value that cannot be stored in place; GAN_NONE
    gan_live *live;  // while an order is chosen
} gan_ordering;

static gan_status add_arrow(gan_ordering *o, uint32_t before, uint32_t after, uint32_t state) {
    void *memory = o->arrows;
    gan_status status =
        gan__plan_reserve(&memory, &o->arrow_capacity, o->arrow_count, sizeof(gan_arrow));
    o->arrows = memory;
    GAN_TRY(status);
    o->arrows[o->arrow_count++] = (gan_arrow){before, after, state};
    return GAN_STATUS_OK;
}

// --- Arrows -------------------------------------------------------------------------------------

static gan_status add_state_arrows(gan_ordering *o, uint32_t vertex, bool direct) {
    gan_plan *plan = o->plan;
    uint32_t leaf = plan->vertices[vertex].attributes.leaf.index;
    for (uint32_t t = 0; t < plan->tensor_count; t++) {
        if (!plan->tensors[t].assigned || plan->tensors[t].leaf != leaf) continue;
        for (uint32_t g = 0; g < plan->group_count; g++) {
            if (!gan__group_stores(plan, g) || !gan__state_writes(plan, g, t)) continue;
            bool allowed = false;
            if (direct) GAN_TRY(gan__state_may_read(plan, o->reader, g, vertex, t, &allowed));
            if (allowed) continue;
            if (g == o->reader)
                o->clash = t;
            else
                GAN_TRY(add_arrow(o, o->reader, g, t));
        }
    }
    return GAN_STATUS_OK;
}

static gan_status add_read(gan_plan *plan, uint32_t vertex, bool direct, void *user) {
    gan_ordering *o = user;
    const gan_vertex *v = &plan->vertices[vertex];
    if (v->kind == GAN_VERTEX_STORAGE)
        return v->op == GAN_OP_STATE ? add_state_arrows(o, vertex, direct) : GAN_STATUS_OK;
    if (gan__vertex_is_computed(v))
        return v->group == o->reader ? GAN_STATUS_OK : add_arrow(o, v->group, o->reader, GAN_NONE);
    for (uint32_t i = 0; i < v->input_count; i++) // a view or a concatenation
        GAN_TRY(add_read(plan, plan->vertices[vertex].inputs[i], direct, user));
    return GAN_STATUS_OK;
}

static gan_status find_arrows(gan_ordering *o) {
    o->arrow_count = 0;
    o->clash = GAN_NONE;
    for (uint32_t g = 0; g < o->plan->group_count; g++) {
        o->reader = g;
        if (gan__group_stores(o->plan, g)) GAN_TRY(gan__group_reads(o->plan, g, add_read, o));
    }
    return GAN_STATUS_OK;
}

// Of three orders the one is taken that needs least memory, the first of equals. Looking ahead
// takes time by the square of the groups, so plans of very many do without it.
#define MOST_AHEAD 2000
typedef enum gan_order_kind { BY_VERTICES, SPARING, LOOKING_AHEAD, ORDER_KINDS } gan_order_kind;

// Which of the groups that are ready is launched next; GAN_NONE where none is. The one with the
// earliest vertex, or, to spare memory, the one that frees the most of it, if any does.
static uint32_t choose_next(const gan_ordering *o, const uint32_t *waiting, bool sparing,
                            int64_t *gained) {
    const gan_plan *plan = o->plan;
    uint32_t next = GAN_NONE;
    int64_t most = 0;
    for (uint32_t g = 0; g < plan->group_count; g++) {
        if (waiting[g] != 0 || !gan__group_stores(plan, g)) continue;
        int64_t gain = sparing ? gan__live_gain(o->live, g) : 0;
        if (gain < 0) gain = 0;
        const bool earlier =
            next == GAN_NONE || plan->groups[g].members[0] < plan->groups[next].members[0];
        if (next != GAN_NONE && (gain < most || (gain == most && !earlier))) continue;
        next = g;
        most = gain;
    }
    *gained = most;
    return next;
}

// Groups that a look ahead takes together: one, and what it waits for, all of it ready.
#define MOST_TOGETHER 4

// What `group` waits for, and itself last, if all that is ready; else 0.
static uint32_t list_together(const gan_ordering *o, const uint32_t *waiting, uint32_t group,
                              uint32_t out[MOST_TOGETHER]) {
    uint32_t count = 0;
    for (uint32_t a = 0; a < o->arrow_count; a++) {
        const uint32_t before = o->arrows[a].before;
        bool known = o->arrows[a].after != group || waiting[before] == GAN_NONE;
        for (uint32_t i = 0; i < count && !known; i++) known = out[i] == before;
        if (known) continue;
        if (waiting[before] != 0 || count == MOST_TOGETHER - 1) return 0;
        out[count++] = before;
    }
    out[count++] = group;
    return count;
}

// The first of the groups that free memory together, of those that take least meanwhile; GAN_NONE
// where none do.
static uint32_t choose_ahead(const gan_ordering *o, const uint32_t *waiting) {
    const gan_plan *plan = o->plan;
    uint32_t next = GAN_NONE, together[MOST_TOGETHER];
    uint64_t taken, least = UINT64_MAX;
    int64_t most = 0;
    for (uint32_t g = 0; g < plan->group_count; g++) {
        if (waiting[g] == 0 || waiting[g] == GAN_NONE || !gan__group_stores(plan, g)) continue;
        if (waiting[g] > 3 * MOST_TOGETHER) continue; // arrows, some of them twice
        const uint32_t count = list_together(o, waiting, g, together);
        if (count < 2) continue;
        const int64_t gain = gan__live_gain_of(o->live, together, count, &taken);
        if (gain <= 0 || taken > least || (taken == least && gain <= most)) continue;
        most = gain;
        least = taken;
        next = together[0];
    }
    return next;
}

// Launches what is ready until nothing is. Returns how many were launched.
static uint32_t launch_ready(const gan_ordering *o, uint32_t *waiting, uint32_t *order,
                             gan_order_kind kind) {
    uint32_t count = 0, next;
    int64_t gain = 0;
    memset(waiting, 0, o->plan->group_count * sizeof *waiting);
    for (uint32_t a = 0; a < o->arrow_count; a++) waiting[o->arrows[a].after]++;
    gan__live_begin(o->live);
    while ((next = choose_next(o, waiting, kind != BY_VERTICES, &gain)) != GAN_NONE) {
        if (kind == LOOKING_AHEAD && gain == 0) {
            const uint32_t ahead = choose_ahead(o, waiting);
            if (ahead != GAN_NONE) next = ahead;
        }
        order[count++] = next;
        waiting[next] = GAN_NONE;
        gan__live_launch(o->live, next);
        for (uint32_t a = 0; a < o->arrow_count; a++)
            if (o->arrows[a].before == next) waiting[o->arrows[a].after]--;
    }
    return count;
}

static gan_status choose_order(gan_ordering *o, uint32_t *waiting) {
    gan_plan *plan = o->plan;
    uint64_t least = 0;
    GAN_TRY(gan__live_create(plan, &o->live));
    gan_status status = GAN_STATUS_OK;
    const gan_order_kind kinds = plan->group_count > MOST_AHEAD ? LOOKING_AHEAD : ORDER_KINDS;
    for (gan_order_kind kind = BY_VERTICES; kind < kinds && status == GAN_STATUS_OK; kind++) {
        void *memory = NULL;
        status = gan__arena_alloc(plan->arena, plan->group_count, sizeof(uint32_t), &memory);
        if (status != GAN_STATUS_OK) break;
        const uint32_t count = launch_ready(o, waiting, memory, kind);
        if (kind != BY_VERTICES &&
            (gan__live_peak(o->live) >= least || count != plan->launch_count))
            continue;
        plan->launch_count = count;
        plan->order = memory;
        least = gan__live_peak(o->live);
    }
    gan__live_destroy(o->live);
    o->live = NULL;
    return status;
}

// Whether arrows lead from one group to another. `reached` is room for a flag a group.
static bool leads_to(const gan_ordering *o, uint32_t from, uint32_t to, uint32_t *reached) {
    memset(reached, 0, o->plan->group_count * sizeof *reached);
    reached[from] = 1;
    for (bool more = true; more && !reached[to];) {
        more = false;
        for (uint32_t a = 0; a < o->arrow_count; a++) {
            const gan_arrow *arrow = &o->arrows[a];
            if (!reached[arrow->before] || reached[arrow->after]) continue;
            reached[arrow->after] = 1;
            more = true;
        }
    }
    return reached[to];
}

// The state of an arrow that is part of a circle; GAN_NONE where there is none.
static uint32_t state_in_circle(const gan_ordering *o, uint32_t *reached) {
    for (uint32_t a = 0; a < o->arrow_count; a++) {
        const gan_arrow *arrow = &o->arrows[a];
        if (arrow->state != GAN_NONE && leads_to(o, arrow->after, arrow->before, reached))
            return arrow->state;
    }
    return GAN_NONE;
}

// --- Copies -------------------------------------------------------------------------------------

// Lets other groups read the new value rather than compute it from the old one. False where they
// did not do that.
static bool stop_recomputing(gan_plan *plan, uint32_t tensor) {
    bool changed = false;
    for (uint32_t v = 0; v < plan->vertex_count; v++) {
        if (plan->vertices[v].place.tensor != tensor || !plan->vertices[v].recomputed) continue;
        plan->vertices[v].recomputed = false;
        changed = true;
    }
    return changed;
}

// The new value goes to the arena, and from there to the state when nothing reads the old one.
static gan_status store_by_copy(gan_plan *plan, uint32_t tensor) {
    for (uint32_t i = 0; i < plan->root_count; i++) {
        if (plan->roots[i].tensor != tensor) continue;
        uint32_t value = plan->roots[i].vertex, copied = 0, copy = 0;
        const gan_shape shape = plan->vertices[value].shape;
        GAN_TRY(gan__plan_add_tensor(plan, GAN_TENSOR_STATE, gan__shape_elements(&shape), &copied));
        plan->tensors[copied].leaf = plan->tensors[tensor].leaf;
        plan->tensors[copied].assigned = true;
        plan->tensors[tensor].kind = GAN_TENSOR_ARENA;
        plan->tensors[tensor].assigned = false;
        plan->roots[i].tensor = copied;
        for (uint32_t v = 0; v < plan->vertex_count; v++) { // a value that was a copy already
            const gan_vertex *vertex = &plan->vertices[v];
            if (vertex->kind == GAN_VERTEX_COPY && vertex->place.tensor == tensor &&
                gan__shape_equal(&vertex->shape, &shape))
                value = v;
        }
        gan_place place = gan__place_dense(copied, &shape);
        GAN_TRY(gan__plan_add_copy(plan, value, &place, &copy));
        return gan__plan_add_group(plan, copy);
    }
    return gan__fail(GAN_STATUS_FAILED, "no root stores the new value of the state");
}

static gan_status try_order(gan_ordering *o, uint32_t *clash) {
    gan_plan *plan = o->plan;
    void *memory = NULL;
    GAN_TRY(find_arrows(o));
    *clash = o->clash;
    if (o->clash != GAN_NONE) return GAN_STATUS_OK;
    GAN_TRY(gan__arena_alloc(plan->arena, plan->group_count + 1, sizeof(uint32_t), &memory));
    uint32_t *waiting = memory, stores = 0;
    GAN_TRY(choose_order(o, waiting));
    for (uint32_t g = 0; g < plan->group_count; g++) stores += gan__group_stores(plan, g);
    if (plan->launch_count == stores) return GAN_STATUS_OK;
    *clash = state_in_circle(o, waiting);
    if (*clash != GAN_NONE) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_FAILED,
                     "the groups of operations depend on each other in a circle");
}

gan_status gan__plan_order(gan_plan *plan) {
    gan_ordering o = {.plan = plan};
    gan_status status = GAN_STATUS_OK;
    uint32_t clash = GAN_NONE;
    do {
        status = try_order(&o, &clash);
        if (status == GAN_STATUS_OK && clash != GAN_NONE && !stop_recomputing(plan, clash))
            status = store_by_copy(plan, clash);
    } while (status == GAN_STATUS_OK && clash != GAN_NONE);
    gan__free(o.arrows);
    return status;
}
