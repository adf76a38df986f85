// See fuse.h: domains, the shapes over which a group's kernel runs.
#include "graph/fuse.h"

#include <string.h>

// The sizes other than 1; returns how many.
static int compact(const gan_shape *shape, int64_t *size) {
    int rank = 0;
    for (int i = 0; i < shape->rank; i++)
        if (shape->size[i] > 1) size[rank++] = shape->size[i];
    return rank;
}

void gan__domain_of(const gan_plan *plan, uint32_t vertex, gan_group *out) {
    const gan_vertex *v = &plan->vertices[vertex];
    const gan_shape *shape = &v->shape;
    *out = (gan_group){.alive = true, .matmul = GAN_NONE};
    if (v->kind == GAN_VERTEX_MATMUL) out->matmul = vertex;
    if (v->kind == GAN_VERTEX_REDUCE) {
        const gan_shape *operand = &plan->vertices[v->inputs[0]].shape;
        out->has_rows = gan__reduces_lanes(operand, v->attributes.axes);
        if (out->has_rows) shape = operand;
    }
    for (int i = 0; i < shape->rank; i++) {
        if (shape->size[i] == 1) continue;
        if (out->has_rows && (v->attributes.axes >> i & 1)) out->inner |= 1u << out->rank;
        out->size[out->rank++] = shape->size[i];
    }
}

gan_status gan__plan_add_group(gan_plan *plan, uint32_t vertex) {
    void *memory = plan->groups;
    gan_status status =
        gan__plan_reserve(&memory, &plan->group_capacity, plan->group_count, sizeof(gan_group));
    plan->groups = memory;
    GAN_TRY(status);
    GAN_TRY(gan__arena_alloc(plan->arena, 1, sizeof(uint32_t), &memory));
    gan_group *group = &plan->groups[plan->group_count];
    gan__domain_of(plan, vertex, group);
    group->members = memory;
    group->members[0] = vertex;
    group->member_count = 1;
    plan->vertices[vertex].group = plan->group_count++;
    return GAN_STATUS_OK;
}

// The row's dimensions of the domain; returns how many.
static int outer_sizes(const gan_group *domain, int64_t *size) {
    int rank = 0;
    for (int i = 0; i < domain->rank; i++)
        if (!(domain->inner >> i & 1)) size[rank++] = domain->size[i];
    return rank;
}

static bool same_sizes(int rank_a, const int64_t *a, int rank_b, const int64_t *b) {
    if (rank_a != rank_b) return false;
    for (int i = 0; i < rank_a; i++)
        if (a[i] != b[i]) return false;
    return true;
}

static int64_t product(int rank, const int64_t *size) {
    int64_t elements = 1;
    for (int i = 0; i < rank; i++) elements *= size[i];
    return elements;
}

// Rows are the only parallelism of a group that has them, so there have to be enough.
enum { ROWS_ENOUGH = 16, ELEMENTS_FEW = 16384 };

static bool rows_suffice(const gan_group *domain) {
    int64_t outer[GAN_RANK_MAX];
    int rank = outer_sizes(domain, outer);
    return product(rank, outer) >= ROWS_ENOUGH ||
           product(domain->rank, domain->size) <= ELEMENTS_FEW;
}

bool gan__domain_join(const gan_group *a, const gan_group *b, gan_group *out) {
    if (a->sealed || b->sealed) return false;
    if (a->matmul != GAN_NONE && b->matmul != GAN_NONE) return false;
    bool product_and_rows =
        (a->matmul != GAN_NONE || b->matmul != GAN_NONE) && (a->has_rows || b->has_rows);
    if (product_and_rows) return false;
    const gan_group *wide = b->has_rows && !a->has_rows ? b : a, *other = wide == a ? b : a;
    *out = (gan_group){.alive = true,
                       .has_rows = wide->has_rows,
                       .rank = wide->rank,
                       .inner = wide->inner,
                       .matmul = a->matmul != GAN_NONE ? a->matmul : b->matmul};
    memcpy(out->size, wide->size, sizeof out->size);
    if (same_sizes(wide->rank, wide->size, other->rank, other->size))
        return (!other->has_rows || other->inner == wide->inner) &&
               (!out->has_rows || other->has_rows || rows_suffice(out));
    int64_t outer[GAN_RANK_MAX];
    int rank = outer_sizes(wide, outer);
    return wide->has_rows && !other->has_rows && same_sizes(rank, outer, other->rank, other->size);
}

bool gan__domain_index(const gan_group *domain, const gan_shape *shape, const gan_index *variables,
                       gan_index *index, bool *rows) {
    int64_t size[GAN_RANK_MAX], outer[GAN_RANK_MAX];
    int rank = compact(shape, size), outer_rank = outer_sizes(domain, outer);
    *rows = !same_sizes(rank, size, domain->rank, domain->size);
    if (*rows && !same_sizes(rank, size, outer_rank, outer)) return false;
    int at = 0;
    for (int i = 0; i < shape->rank; i++) {
        index[i] = gan__index_constant(0);
        if (shape->size[i] == 1) continue;
        while (*rows && (domain->inner >> at & 1)) at++;
        index[i] = variables[at++];
    }
    return true;
}
