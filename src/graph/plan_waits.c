// Which launches each launch has to wait for: those before it that wrote what it reads or writes,
// and those that read what it overwrites. Memory of the arena is used again and again, and the
// parts of a concatenation are one tensor: so it is stretches of memory that are compared, not
// tensors.
#include "graph/plan.h"

typedef struct gan_stretch {
    gan_tensor_kind kind;
    uint32_t leaf;       // which STATE or INPUT; 0 in the arena and the outputs
    uint64_t begin, end; // bytes
    bool written;
} gan_stretch;

// All that a launch reads and writes.
typedef struct gan_footprint {
    gan_stretch *stretches;
    uint32_t count, capacity;
} gan_footprint;

// --- Stretches ----------------------------------------------------------------------------------

static gan_stretch whole_tensor(const gan_plan *plan, uint32_t tensor, bool written) {
    const gan_plan_tensor *t = &plan->tensors[tensor];
    const bool leaf = t->kind == GAN_TENSOR_STATE || t->kind == GAN_TENSOR_INPUT;
    const uint64_t begin = leaf ? 0 : t->offset;
    return (gan_stretch){.kind = t->kind,
                         .leaf = leaf ? t->leaf : 0,
                         .begin = begin,
                         .end = begin + gan__plan_tensor_bytes(t),
                         .written = written};
}

// From the place's first element to its last.
static gan_stretch place_stretch(const gan_plan *plan, const gan_vertex *v, bool written) {
    gan_stretch stretch = whole_tensor(plan, v->place.tensor, written);
    if (plan->tensors[v->place.tensor].element != GAN_ELEMENT_F32) return stretch;
    int64_t last = v->place.offset;
    for (int i = 0; i < v->shape.rank; i++) last += (v->shape.size[i] - 1) * v->place.stride[i];
    stretch.end = stretch.begin + ((uint64_t)last + 1) * sizeof(float);
    stretch.begin += (uint64_t)v->place.offset * sizeof(float);
    return stretch;
}

static bool conflict(const gan_stretch *a, const gan_stretch *b) {
    return (a->written || b->written) && a->kind == b->kind && a->leaf == b->leaf &&
           a->begin < b->end && b->begin < a->end;
}

// --- Footprints ---------------------------------------------------------------------------------

static gan_status add(gan_footprint *footprint, gan_stretch stretch) {
    void *memory = footprint->stretches;
    gan_status status =
        gan__plan_reserve(&memory, &footprint->capacity, footprint->count, sizeof(gan_stretch));
    footprint->stretches = memory;
    if (status == GAN_STATUS_OK) footprint->stretches[footprint->count++] = stretch;
    return status;
}

static gan_status add_read(gan_plan *plan, uint32_t vertex, bool direct, void *user) {
    const gan_vertex *v = &plan->vertices[vertex];
    (void)direct;
    return v->place.tensor == GAN_NONE ? GAN_STATUS_OK : add(user, place_stretch(plan, v, false));
}

static gan_status find_footprint(gan_plan *plan, uint32_t launch, gan_footprint *out) {
    const gan_group *g = &plan->groups[plan->order[launch]];
    GAN_TRY(gan__group_reads(plan, plan->order[launch], add_read, out));
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        if (v->wanted) GAN_TRY(add(out, place_stretch(plan, v, true)));
    }
    const uint32_t scratch = plan->launches[launch].scratch;
    return scratch == GAN_NONE ? GAN_STATUS_OK : add(out, whole_tensor(plan, scratch, true));
}

static bool footprints_conflict(const gan_footprint *a, const gan_footprint *b) {
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (conflict(&a->stretches[i], &b->stretches[k])) return true;
    return false;
}

// --- Waits --------------------------------------------------------------------------------------

typedef struct gan_waiting {
    gan_footprint *footprints; // by launch
    bool *after;               // [i * launches + k]: launch i runs after launch k
    uint32_t *waits;
    uint32_t count, capacity;
} gan_waiting;

static gan_status wait_for(gan_waiting *w, uint32_t launches, uint32_t launch, uint32_t other) {
    void *memory = w->waits;
    gan_status status = gan__plan_reserve(&memory, &w->capacity, w->count, sizeof *w->waits);
    w->waits = memory;
    GAN_TRY(status);
    w->waits[w->count++] = other;
    bool *mine = w->after + (size_t)launch * launches;
    const bool *theirs = w->after + (size_t)other * launches;
    mine[other] = true;
    for (uint32_t i = 0; i < other; i++) mine[i] = mine[i] || theirs[i];
    return GAN_STATUS_OK;
}

// The latest first, so that what they wait for themselves is known to be waited for.
static gan_status find_waits(gan_plan *plan, gan_waiting *w) {
    const uint32_t launches = plan->launch_count;
    for (uint32_t i = 0; i < launches; i++) {
        plan->first_wait[i] = w->count;
        GAN_TRY(find_footprint(plan, i, &w->footprints[i]));
        for (uint32_t k = i; k-- > 0;)
            if (!w->after[(size_t)i * launches + k] &&
                footprints_conflict(&w->footprints[i], &w->footprints[k]))
                GAN_TRY(wait_for(w, launches, i, k));
    }
    plan->first_wait[launches] = w->count;
    return GAN_STATUS_OK;
}

static gan_status allocate(const gan_plan *plan, gan_waiting *w) {
    const size_t launches = plan->launch_count;
    void *memory = NULL;
    GAN_TRY(gan__alloc(launches, sizeof *w->footprints, &memory));
    w->footprints = memory;
    GAN_TRY(gan__alloc(launches * launches, sizeof *w->after, &memory));
    w->after = memory;
    return GAN_STATUS_OK;
}

static void release(const gan_plan *plan, gan_waiting *w) {
    for (uint32_t i = 0; w->footprints && i < plan->launch_count; i++)
        gan__free(w->footprints[i].stretches);
    gan__free(w->footprints);
    gan__free(w->after);
}

gan_status gan__plan_waits(gan_plan *plan) {
    gan_waiting waiting = {0};
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, plan->launch_count + 1u, sizeof(uint32_t), &memory));
    plan->first_wait = memory;
    gan_status status = allocate(plan, &waiting);
    if (status == GAN_STATUS_OK) status = find_waits(plan, &waiting);
    plan->waits = waiting.waits;
    release(plan, &waiting);
    return status;
}
