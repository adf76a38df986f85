// See plan_index.h: sums of atoms, kept sorted, and the views that rewrite them.
#include "graph/plan_index.h"

#include <stdio.h>
#include <string.h>

void gan__space_destroy(gan_space *space) {
    gan__free(space->atoms);
    memset(space, 0, sizeof *space);
}

// --- Atoms --------------------------------------------------------------------------------------

static gan_index index_of_atom(uint32_t atom) {
    gan_index index = {0};
    index.count = 1;
    index.atom[0] = atom;
    index.factor[0] = 1;
    return index;
}

static gan_index add_atom(gan_space *space, const gan_atom *atom) {
    void *atoms = space->atoms;
    gan_status status = gan__plan_reserve(&atoms, &space->capacity, space->count, sizeof(gan_atom));
    space->atoms = atoms;
    if (status != GAN_STATUS_OK) {
        space->status = status;
        return gan__index_constant(0);
    }
    space->atoms[space->count] = *atom;
    return index_of_atom(space->count++);
}

// An atom computed from others: one that is there already, or a new one.
static gan_index derived_atom(gan_space *space, gan_atom_kind kind, const gan_index *operand,
                              int64_t number, int64_t low, int64_t high) {
    for (uint32_t i = 0; i < space->count; i++) {
        const gan_atom *atom = &space->atoms[i];
        if (atom->kind == kind && atom->number == number &&
            gan__index_equal(&atom->operand, operand))
            return index_of_atom(i);
    }
    gan_atom atom = {.kind = kind, .operand = *operand, .number = number, .low = low, .high = high};
    for (uint32_t i = 0; i < operand->count; i++) {
        const gan_atom *part = &space->atoms[operand->atom[i]];
        if (part->level > atom.level) atom.level = part->level;
        atom.lane = atom.lane || part->lane;
    }
    return add_atom(space, &atom);
}

static gan_index named_atom(gan_space *space, gan_atom_kind kind, int64_t size, uint32_t level,
                            bool lane, const char *name) {
    if (size == 1) return gan__index_constant(0);
    gan_atom atom = {
        .kind = kind, .high = size - 1, .level = level, .lane = lane, .declared = true};
    snprintf(atom.name, sizeof atom.name, "%s", name);
    return add_atom(space, &atom);
}

gan_index gan__index_variable(gan_space *space, int64_t size, uint32_t level, bool lane,
                              const char *name) {
    return named_atom(space, GAN_ATOM_VARIABLE, size, level, lane, name);
}

gan_index gan__index_value(gan_space *space, int64_t size, uint32_t level, bool lane,
                           const char *name) {
    return named_atom(space, GAN_ATOM_VALUE, size, level, lane, name);
}

// --- Sums ---------------------------------------------------------------------------------------

gan_index gan__index_constant(int64_t value) {
    gan_index index = {0};
    index.constant = value;
    return index;
}

bool gan__index_equal(const gan_index *a, const gan_index *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

void gan__index_range(const gan_space *space, const gan_index *a, int64_t *low, int64_t *high) {
    *low = *high = a->constant;
    for (uint32_t i = 0; i < a->count; i++) {
        const gan_atom *atom = &space->atoms[a->atom[i]];
        int64_t f = a->factor[i];
        *low += f * (f > 0 ? atom->low : atom->high);
        *high += f * (f > 0 ? atom->high : atom->low);
    }
}

uint32_t gan__index_level(const gan_space *space, const gan_index *a) {
    uint32_t level = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        uint32_t part = space->atoms[a->atom[i]].level;
        if (part > level) level = part;
    }
    return level;
}

gan_lane_use gan__index_lane_use(const gan_space *space, const gan_index *a) {
    gan_lane_use use = GAN_LANE_SAME;
    for (uint32_t i = 0; i < a->count; i++) {
        const gan_atom *atom = &space->atoms[a->atom[i]];
        if (!atom->lane) continue;
        if (atom->kind != GAN_ATOM_VARIABLE || a->factor[i] != 1 || use != GAN_LANE_SAME)
            return GAN_LANE_OTHER;
        use = GAN_LANE_NEXT;
    }
    return use;
}

// The whole sum as one atom, where it has too many terms to be added to.
static gan_index close_sum(gan_space *space, const gan_index *a) {
    int64_t low = 0, high = 0;
    gan__index_range(space, a, &low, &high);
    return derived_atom(space, GAN_ATOM_QUOTIENT, a, 1, low, high);
}

static void push_term(gan_index *sum, uint32_t atom, int64_t factor) {
    if (factor == 0) return;
    sum->atom[sum->count] = atom;
    sum->factor[sum->count++] = factor;
}

static gan_index add_terms(gan_index a, gan_index b) {
    gan_index sum = gan__index_constant(a.constant + b.constant);
    uint32_t i = 0, j = 0;
    while (i < a.count || j < b.count) {
        if (j == b.count || (i < a.count && a.atom[i] < b.atom[j])) {
            push_term(&sum, a.atom[i], a.factor[i]);
            i++;
        } else if (i == a.count || b.atom[j] < a.atom[i]) {
            push_term(&sum, b.atom[j], b.factor[j]);
            j++;
        } else {
            push_term(&sum, a.atom[i], a.factor[i] + b.factor[j]);
            i++;
            j++;
        }
    }
    return sum;
}

static gan_index without_terms(gan_index a, uint32_t first, uint32_t second) {
    gan_index rest = gan__index_constant(a.constant);
    for (uint32_t i = 0; i < a.count; i++)
        if (i != first && i != second) push_term(&rest, a.atom[i], a.factor[i]);
    return rest;
}

// Whether f n (x / n) + f (x % n) stands in the sum, which is f x: then puts that in its place.
static bool join_division(const gan_space *space, gan_index *sum) {
    for (uint32_t q = 0; q < sum->count; q++) {
        const gan_atom *quotient = &space->atoms[sum->atom[q]];
        if (quotient->kind != GAN_ATOM_QUOTIENT || quotient->number == 1) continue;
        for (uint32_t r = 0; r < sum->count; r++) {
            const gan_atom *remainder = &space->atoms[sum->atom[r]];
            if (remainder->kind != GAN_ATOM_REMAINDER || remainder->number != quotient->number ||
                sum->factor[q] != sum->factor[r] * quotient->number ||
                !gan__index_equal(&remainder->operand, &quotient->operand) ||
                sum->count - 2 + quotient->operand.count > GAN_TERMS_MAX)
                continue;
            gan_index whole = gan__index_scale(quotient->operand, sum->factor[r]);
            *sum = add_terms(without_terms(*sum, q, r), whole);
            return true;
        }
    }
    return false;
}

gan_index gan__index_add(gan_space *space, gan_index a, gan_index b) {
    if (a.count + b.count > GAN_TERMS_MAX) {
        if (a.count > 1) a = close_sum(space, &a);
        if (a.count + b.count > GAN_TERMS_MAX) b = close_sum(space, &b);
    }
    gan_index sum = add_terms(a, b);
    while (join_division(space, &sum)) {
    }
    return sum;
}

gan_index gan__index_scale(gan_index a, int64_t factor) {
    if (factor == 0) return gan__index_constant(0);
    a.constant *= factor;
    for (uint32_t i = 0; i < a.count; i++) a.factor[i] *= factor;
    return a;
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

// a = divisor * major + minor, with what is certain to be a multiple in major.
static void split(const gan_space *space, const gan_index *a, int64_t divisor, gan_index *major,
                  gan_index *minor) {
    int64_t low = 0, high = 0;
    *major = gan__index_constant(0);
    *minor = gan__index_constant(a->constant);
    for (uint32_t i = 0; i < a->count; i++) {
        bool whole = a->factor[i] % divisor == 0;
        push_term(whole ? major : minor, a->atom[i], whole ? a->factor[i] / divisor : a->factor[i]);
    }
    gan__index_range(space, minor, &low, &high);
    major->constant = floor_divide(low, divisor);
    minor->constant -= major->constant * divisor;
}

gan_index gan__index_divide(gan_space *space, gan_index a, int64_t divisor) {
    if (divisor == 1) return a;
    gan_index major, minor;
    int64_t low = 0, high = 0;
    split(space, &a, divisor, &major, &minor);
    gan__index_range(space, &minor, &low, &high);
    if (high < divisor) return major;
    gan_index rest =
        derived_atom(space, GAN_ATOM_QUOTIENT, &minor, divisor, low / divisor, high / divisor);
    return gan__index_add(space, major, rest);
}

gan_index gan__index_modulo(gan_space *space, gan_index a, int64_t divisor) {
    if (divisor == 1) return gan__index_constant(0);
    gan_index major, minor;
    int64_t low = 0, high = 0;
    split(space, &a, divisor, &major, &minor);
    gan__index_range(space, &minor, &low, &high);
    if (high < divisor) return minor;
    return derived_atom(space, GAN_ATOM_REMAINDER, &minor, divisor, 0, divisor - 1);
}

gan_index gan__index_clamp(gan_space *space, gan_index a, int64_t high) {
    int64_t least = 0, most = 0;
    gan__index_range(space, &a, &least, &most);
    if (least >= 0 && most <= high) return a;
    if (least >= high) return gan__index_constant(high);
    if (most <= 0) return gan__index_constant(0);
    return derived_atom(space, GAN_ATOM_CLAMP, &a, high, least > 0 ? least : 0,
                        most < high ? most : high);
}

// --- Views --------------------------------------------------------------------------------------

gan_index gan__index_flatten(gan_space *space, const gan_shape *shape, const gan_index *index) {
    gan_index flat = gan__index_constant(0);
    int64_t stride = 1;
    for (int i = shape->rank; i-- > 0;) {
        flat = gan__index_add(space, flat, gan__index_scale(index[i], stride));
        stride *= shape->size[i];
    }
    return flat;
}

gan_index gan__place_address(gan_space *space, const gan_place *place, const gan_shape *shape,
                             const gan_index *index) {
    gan_index address = gan__index_constant(place->offset);
    for (int i = 0; i < shape->rank; i++)
        address = gan__index_add(space, address, gan__index_scale(index[i], place->stride[i]));
    return address;
}

// Sizes of 1 have the index 0 whatever stands there.
static void reshape_index(gan_space *space, const gan_vertex *view, const gan_shape *operand,
                          const gan_index *in, gan_index *out) {
    gan_index flat = gan__index_flatten(space, &view->shape, in);
    for (int i = operand->rank; i-- > 0;) {
        out[i] = i ? gan__index_modulo(space, flat, operand->size[i]) : flat;
        if (operand->size[i] == 1) out[i] = gan__index_constant(0);
        if (i) flat = gan__index_divide(space, flat, operand->size[i]);
    }
}

static gan_index pad_index(gan_space *space, gan_index in, int64_t start, int64_t step,
                           int64_t size) {
    gan_index moved = gan__index_add(space, in, gan__index_constant(-start));
    return gan__index_divide(space, gan__index_clamp(space, moved, (size - 1) * step), step);
}

void gan__view_index(gan_space *space, const gan_vertex *view, const gan_shape *operand,
                     const gan_index *in, gan_index *out) {
    const gan_attributes *attributes = &view->attributes;
    if (view->op == GAN_OP_RESHAPE) {
        reshape_index(space, view, operand, in, out);
        return;
    }
    for (int i = 0; i < view->shape.rank; i++) {
        int64_t start = attributes->slice.start[i], step = attributes->slice.step[i];
        if (view->op == GAN_OP_PERMUTE)
            out[attributes->order[i]] = in[i];
        else if (view->op == GAN_OP_BROADCAST)
            out[i] = operand->size[i] == 1 ? gan__index_constant(0) : in[i];
        else if (view->op == GAN_OP_SLICE)
            out[i] =
                gan__index_add(space, gan__index_scale(in[i], step), gan__index_constant(start));
        else
            out[i] = pad_index(space, in[i], start, step, operand->size[i]);
    }
}
