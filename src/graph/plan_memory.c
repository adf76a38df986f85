// The arena: an offset for each tensor that lives between launches only. Tensors whose lives
// overlap get places that do not. Largest first, each in the smallest gap that holds it.
#include "graph/plan.h"

#include <stdlib.h>

enum { ALIGNMENT = 64 };

uint64_t gan__plan_tensor_bytes(const gan_plan_tensor *tensor) {
    uint64_t bytes = (uint64_t)tensor->elements * (tensor->element == GAN_ELEMENT_U8 ? 1 : 4);
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

// The largest part of the arena that is one buffer: what the device allows, and what a kernel's
// 32-bit element offset reaches.
uint64_t gan__plan_part_bytes(const gan_plan *plan) {
    uint64_t most = (uint64_t)UINT32_MAX * 4, allowed = plan->traits->max_allocation_bytes;
    if (allowed && allowed < most) most = allowed;
    return most / ALIGNMENT * ALIGNMENT;
}

// Whether there are `spread` launches or fewer between the last use of one and the first of the
// other.
static bool lives_overlap(const gan_plan_tensor *a, const gan_plan_tensor *b, uint32_t spread) {
    return a->first <= b->last + spread && b->first <= a->last + spread;
}

// Where `bytes` fit at or after `at` without crossing from one part of the arena to the next.
static uint64_t within_part(uint64_t at, uint64_t bytes, uint64_t part) {
    return at / part == (at + bytes - 1) / part ? at : (at / part + 1) * part;
}

typedef struct gan_placing {
    const gan_plan *plan;
    uint32_t *by_offset; // tensors placed so far
    uint32_t count;
    uint64_t part;
    uint32_t spread;
} gan_placing;

static uint64_t find_gap(const gan_placing *p, const gan_plan_tensor *tensor) {
    uint64_t bytes = gan__plan_tensor_bytes(tensor), end = 0, best = UINT64_MAX, least = UINT64_MAX;
    for (uint32_t i = 0; i < p->count; i++) {
        const gan_plan_tensor *other = &p->plan->tensors[p->by_offset[i]];
        if (!lives_overlap(tensor, other, p->spread)) continue;
        uint64_t at = within_part(end, bytes, p->part);
        if (at + bytes <= other->offset && other->offset - end < least) {
            best = at;
            least = other->offset - end;
        }
        uint64_t other_end = other->offset + gan__plan_tensor_bytes(other);
        if (other_end > end) end = other_end;
    }
    return best != UINT64_MAX ? best : within_part(end, bytes, p->part);
}

static void place(gan_placing *p, gan_plan *plan, uint32_t tensor) {
    gan_plan_tensor *t = &plan->tensors[tensor];
    t->offset = find_gap(p, t);
    uint64_t end = t->offset + gan__plan_tensor_bytes(t);
    if (end > plan->arena_bytes) plan->arena_bytes = end;
    uint32_t at = p->count++;
    for (; at > 0 && plan->tensors[p->by_offset[at - 1]].offset > t->offset; at--)
        p->by_offset[at] = p->by_offset[at - 1];
    p->by_offset[at] = tensor;
}

typedef struct gan_sized {
    uint64_t bytes;
    uint32_t tensor;
} gan_sized;

static int largest_first(const void *a, const void *b) {
    const gan_sized *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes > y->bytes ? -1 : 1;
    return x->tensor < y->tensor ? -1 : x->tensor > y->tensor;
}

static gan_status place_all(gan_plan *plan, const gan_sized *sized, uint32_t count,
                            uint32_t spread) {
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, count, sizeof(uint32_t), &memory));
    gan_placing placing = {
        .plan = plan, .by_offset = memory, .part = gan__plan_part_bytes(plan), .spread = spread};
    plan->arena_bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (sized[i].bytes > placing.part)
            return gan__fail(
                GAN_STATUS_DEVICE_MEMORY,
                "an intermediate result takes %llu bytes, but the device allows %llu in "
                "one buffer: use a smaller batch",
                (unsigned long long)sized[i].bytes, (unsigned long long)placing.part);
        place(&placing, plan, sized[i].tensor);
    }
    return GAN_STATUS_OK;
}

// Where launches overlap, memory that is used again at once makes one launch wait for another for
// nothing else, so it is left alone for so many launches if that takes no more than so many bytes.
#define SPREAD_LAUNCHES 8
#define SPREAD_BYTES    (4 << 20)

static gan_status place_spread(gan_plan *plan, const gan_sized *sized, uint32_t count) {
    GAN_TRY(place_all(plan, sized, count, 0));
    const uint64_t least = plan->arena_bytes;
    if (!plan->traits->overlaps) return GAN_STATUS_OK;
    GAN_TRY(place_all(plan, sized, count, SPREAD_LAUNCHES));
    if (plan->arena_bytes <= least + SPREAD_BYTES) return GAN_STATUS_OK;
    return place_all(plan, sized, count, 0);
}

gan_status gan__plan_memory(gan_plan *plan) {
    void *memory = NULL;
    uint32_t count = 0;
    GAN_TRY(gan__arena_alloc(plan->arena, plan->tensor_count, sizeof(gan_sized), &memory));
    gan_sized *sized = memory;
    for (uint32_t i = 0; i < plan->tensor_count; i++) {
        gan_plan_tensor *t = &plan->tensors[i];
        uint64_t bytes = gan__plan_tensor_bytes(t);
        if (t->kind == GAN_TENSOR_ARENA && t->first != GAN_NONE)
            sized[count++] = (gan_sized){bytes, i};
        if (t->kind != GAN_TENSOR_OUTPUT) continue;
        t->offset = plan->output_bytes;
        plan->output_bytes += bytes;
    }
    if (count) qsort(sized, count, sizeof *sized, largest_first);
    return place_spread(plan, sized, count);
}
