// Index arithmetic: sums of loop variables and of what div, mod and clamp make of such sums. Views
// rewrite these instead of moving data. Whole numbers with ranges, so that i * 784 + l, split again
// by 784, is (i, l) and not a division.
#ifndef GAN_GRAPH_PLAN_INDEX_H
#define GAN_GRAPH_PLAN_INDEX_H

#include "graph/plan.h"

#define GAN_TERMS_MAX 10

// constant + sum of factor[k] * atom[k]; atoms ascending, factors not 0. Equal sums are equal
// bytes.
typedef struct gan_index {
    int64_t constant;
    int64_t factor[GAN_TERMS_MAX];
    uint32_t atom[GAN_TERMS_MAX];
    uint32_t count;
    uint32_t unused;
} gan_index;

typedef enum gan_atom_kind {
    GAN_ATOM_VARIABLE,
    GAN_ATOM_QUOTIENT,  // operand / number; number 1 is the operand itself
    GAN_ATOM_REMAINDER, // operand % number
    GAN_ATOM_CLAMP,     // operand into [0, number]
    GAN_ATOM_VALUE,     // a number read from memory (a gather's index)
} gan_atom_kind;

typedef struct gan_atom {
    gan_atom_kind kind;
    gan_index operand;
    int64_t number;
    int64_t low, high; // its range, both included
    uint32_t level;    // of the innermost loop it depends on
    bool lane;         // whether it varies with the lane
    bool declared;     // its name stands in the kernel
    char name[16];
} gan_atom;

typedef struct gan_space {
    gan_atom *atoms;
    uint32_t count, capacity;
    gan_status status; // sticky
} gan_space;           // all zero is empty

void gan__space_destroy(gan_space *space);
// A loop variable in [0, size).
gan_index gan__index_variable(gan_space *space, int64_t size, uint32_t level, bool lane,
                              const char *name);
// A number in [0, size) that the kernel holds under `name`.
gan_index gan__index_value(gan_space *space, int64_t size, uint32_t level, bool lane,
                           const char *name);

gan_index gan__index_constant(int64_t value);
gan_index gan__index_add(gan_space *space, gan_index a, gan_index b);
gan_index gan__index_scale(gan_index a, int64_t factor);
gan_index gan__index_divide(gan_space *space, gan_index a, int64_t divisor);
gan_index gan__index_modulo(gan_space *space, gan_index a, int64_t divisor);
gan_index gan__index_clamp(gan_space *space, gan_index a, int64_t high); // into [0, high]
void gan__index_range(const gan_space *space, const gan_index *a, int64_t *low, int64_t *high);
bool gan__index_equal(const gan_index *a, const gan_index *b);
uint32_t gan__index_level(const gan_space *space, const gan_index *a);

typedef enum gan_lane_use { GAN_LANE_SAME, GAN_LANE_NEXT, GAN_LANE_OTHER } gan_lane_use;
// How the index changes from lane to lane: not at all, by one, or otherwise.
gan_lane_use gan__index_lane_use(const gan_space *space, const gan_index *a);

// The operand's index from that of a RESHAPE, PERMUTE, BROADCAST or SLICE; for PAD the index of the
// operand's nearest element. `in` and `out` may not overlap.
void gan__view_index(gan_space *space, const gan_vertex *view, const gan_shape *operand,
                     const gan_index *in, gan_index *out);
// The row-major number of an element.
gan_index gan__index_flatten(gan_space *space, const gan_shape *shape, const gan_index *index);
// Where the element is stored.
gan_index gan__place_address(gan_space *space, const gan_place *place, const gan_shape *shape,
                             const gan_index *index);

#endif
