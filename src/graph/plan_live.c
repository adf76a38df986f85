// Implements graph/plan_live.h.
#include "graph/plan_live.h"

#include <string.h>

typedef struct gan_touch {
    uint32_t group, tensor;
} gan_touch;

struct gan_live {
    gan_plan *plan;
    gan_touch *touches; // group by group, each tensor once
    uint32_t touch_count, touch_capacity;
    uint32_t *first; // of each group's touches; one more than there are groups
    uint32_t *left;  // of each tensor: groups that touch it and are not launched yet
    uint32_t *all;   // the same before the first launch
    uint32_t reader; // the group whose touches are being listed
    uint64_t now, peak;
};

static uint64_t bytes_of(const gan_live *live, const gan_touch *touch) {
    return gan__plan_tensor_bytes(&live->plan->tensors[touch->tensor]);
}

static gan_status add_touch(gan_live *live, uint32_t tensor) {
    void *memory = live->touches;
    if (tensor == GAN_NONE || live->plan->tensors[tensor].kind != GAN_TENSOR_ARENA)
        return GAN_STATUS_OK;
    for (uint32_t i = live->first[live->reader]; i < live->touch_count; i++)
        if (live->touches[i].tensor == tensor) return GAN_STATUS_OK;
    gan_status status =
        gan__plan_reserve(&memory, &live->touch_capacity, live->touch_count, sizeof(gan_touch));
    live->touches = memory;
    GAN_TRY(status);
    live->touches[live->touch_count++] = (gan_touch){live->reader, tensor};
    live->all[tensor]++;
    return GAN_STATUS_OK;
}

// A view's or a concatenation's parts lie where they were computed.
static gan_status add_read(gan_plan *plan, uint32_t vertex, bool direct, void *user) {
    const gan_vertex *const v = &plan->vertices[vertex];
    GAN_TRY(add_touch(user, v->place.tensor));
    if (v->kind == GAN_VERTEX_STORAGE || gan__vertex_is_computed(v)) return GAN_STATUS_OK;
    for (uint32_t i = 0; i < v->input_count; i++)
        GAN_TRY(add_read(plan, v->inputs[i], direct, user));
    return GAN_STATUS_OK;
}

static gan_status add_group(gan_live *live, uint32_t group) {
    gan_plan *const plan = live->plan;
    const gan_group *const g = &plan->groups[group];
    live->reader = group;
    if (!gan__group_stores(plan, group)) return GAN_STATUS_OK;
    for (uint32_t i = 0; i < g->member_count; i++)
        if (plan->vertices[g->members[i]].wanted)
            GAN_TRY(add_touch(live, plan->vertices[g->members[i]].place.tensor));
    return gan__group_reads(plan, group, add_read, live);
}

static gan_status list_touches(gan_live *live) {
    const uint32_t groups = live->plan->group_count, tensors = live->plan->tensor_count;
    void *memory = NULL;
    GAN_TRY(gan__alloc(groups + 1 + 2 * (size_t)tensors, sizeof(uint32_t), &memory));
    live->first = memory;
    live->left = live->first + groups + 1;
    live->all = live->left + tensors;
    for (uint32_t g = 0; g < groups; g++) {
        live->first[g] = live->touch_count;
        GAN_TRY(add_group(live, g));
    }
    live->first[groups] = live->touch_count;
    gan__live_begin(live);
    return GAN_STATUS_OK;
}

gan_status gan__live_create(gan_plan *plan, gan_live **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_live), &memory));
    gan_live *const live = memory;
    live->plan = plan;
    const gan_status status = list_touches(live);
    if (status != GAN_STATUS_OK) {
        gan__live_destroy(live);
        return status;
    }
    *out = live;
    return GAN_STATUS_OK;
}

void gan__live_destroy(gan_live *live) {
    if (live == NULL) return;
    gan__free(live->touches);
    gan__free(live->first);
    gan__free(live);
}

void gan__live_begin(gan_live *live) {
    memcpy(live->left, live->all, live->plan->tensor_count * sizeof *live->left);
    live->now = live->peak = 0;
}

// What the launch takes anew, and what nobody touches after it.
static void weigh(const gan_live *live, uint32_t group, uint64_t *taken, uint64_t *freed) {
    *taken = *freed = 0;
    for (uint32_t i = live->first[group]; i < live->first[group + 1]; i++) {
        const gan_touch *const touch = &live->touches[i];
        if (live->left[touch->tensor] == live->all[touch->tensor]) *taken += bytes_of(live, touch);
        if (live->left[touch->tensor] == 1) *freed += bytes_of(live, touch);
    }
}

int64_t gan__live_gain(const gan_live *live, uint32_t group) {
    uint64_t taken, freed;
    weigh(live, group, &taken, &freed);
    return (int64_t)freed - (int64_t)taken;
}

// How many of the groups before number `end`, and of all of them, touch the tensor.
static void count_touches(const gan_live *live, const uint32_t *groups, uint32_t count,
                          uint32_t end, uint32_t tensor, uint32_t *before, uint32_t *all) {
    *before = *all = 0;
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t i = live->first[groups[k]]; i < live->first[groups[k] + 1]; i++)
            if (live->touches[i].tensor == tensor) {
                *before += k < end;
                ++*all;
            }
}

int64_t gan__live_gain_of(const gan_live *live, const uint32_t *groups, uint32_t count,
                          uint64_t *taken) {
    uint64_t freed = 0;
    *taken = 0;
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t i = live->first[groups[k]]; i < live->first[groups[k] + 1]; i++) {
            const gan_touch *const touch = &live->touches[i];
            uint32_t before, all;
            count_touches(live, groups, count, k, touch->tensor, &before, &all);
            if (before > 0) continue; // told already
            if (live->left[touch->tensor] == live->all[touch->tensor])
                *taken += bytes_of(live, touch);
            if (live->left[touch->tensor] == all) freed += bytes_of(live, touch);
        }
    return (int64_t)freed - (int64_t)*taken;
}

void gan__live_launch(gan_live *live, uint32_t group) {
    uint64_t taken, freed;
    weigh(live, group, &taken, &freed);
    live->now += taken;
    if (live->now > live->peak) live->peak = live->now;
    live->now -= freed;
    for (uint32_t i = live->first[group]; i < live->first[group + 1]; i++)
        live->left[live->touches[i].tensor]--;
}

uint64_t gan__live_peak(const gan_live *live) {
    return live->peak;
}
