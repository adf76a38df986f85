// Who is stored where. What a state, an output or a concatenation is made of is computed straight
// into its place; where that cannot be, a COPY is put between. Operands of products and
// convolutions that are views of something stored are used where they lie.
#include "graph/plan_index.h"

#include <string.h>

gan_status gan__plan_add_copy(gan_plan *plan, uint32_t vertex, const gan_place *place,
                              uint32_t *out) {
    gan_shape shape = plan->vertices[vertex].shape;
    GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_COPY, GAN_OP_RESHAPE, &shape, &vertex, 1, out));
    plan->vertices[*out].place = *place;
    plan->vertices[*out].wanted = true;
    return GAN_STATUS_OK;
}

// --- Claims -------------------------------------------------------------------------------------

// Whether an engine can store the vertex there.
static bool can_store(const gan_vertex *v, const gan_place *place) {
    gan_plan_operand matrix;
    gan_plan_image image;
    bool transposed = false;
    if (v->op != GAN_OP_MATMUL)
        return gan__place_image(place, &v->shape, gan__convolution_makes_weight(v->op), &image);
    return gan__place_matrix(place, &v->shape, &matrix, &transposed) && !transposed;
}

// Makes `place` the one where the vertex is computed; false where that cannot be.
static bool claim(gan_plan *plan, uint32_t vertex, const gan_place *place) {
    gan_vertex *v = &plan->vertices[vertex];
    if (v->kind == GAN_VERTEX_VIEW && v->op == GAN_OP_RESHAPE) {
        gan_place inner;
        const gan_vertex *operand = &plan->vertices[v->inputs[0]];
        if (!gan__place_reshape(place, &v->shape, &operand->shape, &inner)) return false;
        return claim(plan, v->inputs[0], &inner);
    }
    if (v->place.tensor != GAN_NONE) return false;
    if (!gan__vertex_is_computed(v) && v->kind != GAN_VERTEX_CONCAT) return false;
    if (v->kind == GAN_VERTEX_MATMUL && !can_store(v, place)) return false;
    v->place = *place;
    v->wanted = true;
    return true;
}

static gan_status place_root(gan_plan *plan, gan_plan_root *root) {
    const gan_shape shape = plan->vertices[root->vertex].shape;
    bool assign = root->state != GAN_NONE;
    uint32_t copy = 0;
    GAN_TRY(gan__plan_add_tensor(plan, assign ? GAN_TENSOR_STATE : GAN_TENSOR_OUTPUT,
                                 gan__shape_elements(&shape), &root->tensor));
    plan->tensors[root->tensor].leaf = root->state;
    plan->tensors[root->tensor].assigned = assign;
    gan_place place = gan__place_dense(root->tensor, &shape);
    if (claim(plan, root->vertex, &place)) return GAN_STATUS_OK;
    return gan__plan_add_copy(plan, root->vertex, &place, &copy);
}

static gan_status place_parts(gan_plan *plan, uint32_t concat) {
    int64_t at = 0, axis = plan->vertices[concat].attributes.axis;
    plan->vertices[concat].wanted = true;
    if (plan->vertices[concat].place.tensor == GAN_NONE) GAN_TRY(gan__plan_store(plan, concat));
    for (uint32_t i = 0; i < plan->vertices[concat].input_count; i++) {
        uint32_t part = plan->vertices[concat].inputs[i];
        gan_place place = plan->vertices[concat].place;
        place.offset += at * place.stride[axis];
        at += plan->vertices[part].shape.size[axis];
        if (claim(plan, part, &place)) continue;
        uint32_t copy = 0;
        GAN_TRY(gan__plan_add_copy(plan, part, &place, &copy));
        plan->vertices[concat].inputs[i] = copy;
    }
    return GAN_STATUS_OK;
}

// --- Matrices -----------------------------------------------------------------------------------

// By how much the address grows with each variable; false where it holds anything else.
static bool linear_factors(const gan_index *address, const gan_index *variables, int rank,
                           int64_t *factor) {
    uint32_t seen = 0;
    for (int i = 0; i < rank; i++) {
        factor[i] = 0;
        for (uint32_t k = 0; k < address->count && variables[i].count; k++)
            if (address->atom[k] == variables[i].atom[0]) {
                factor[i] = address->factor[k];
                seen++;
            }
    }
    return seen == address->count;
}

static bool find_factors(gan_plan *plan, gan_space *space, uint32_t vertex, gan_plan_factors *out) {
    const gan_vertex *v = &plan->vertices[vertex];
    const gan_shape shape = v->shape;
    gan_index variables[GAN_RANK_MAX], index[GAN_RANK_MAX], inner[GAN_RANK_MAX];
    for (int i = 0; i < shape.rank; i++)
        variables[i] = index[i] = gan__index_variable(space, shape.size[i], 0, false, "");
    while (v->kind == GAN_VERTEX_VIEW && v->op != GAN_OP_PAD) {
        const gan_vertex *operand = &plan->vertices[v->inputs[0]];
        gan__view_index(space, v, &operand->shape, index, inner);
        memcpy(index, inner, sizeof index);
        v = operand;
    }
    if (v->place.tensor == GAN_NONE || plan->tensors[v->place.tensor].element != GAN_ELEMENT_F32)
        return false;
    gan_index address = gan__place_address(space, &v->place, &v->shape, index);
    out->tensor = v->place.tensor;
    out->offset = address.constant;
    return linear_factors(&address, variables, shape.rank, out->factor);
}

gan_status gan__plan_find_place(gan_plan *plan, uint32_t vertex, gan_factors_fit fit, void *user,
                                bool *found) {
    uint32_t base = vertex;
    while (plan->vertices[base].kind == GAN_VERTEX_VIEW) base = plan->vertices[base].inputs[0];
    bool computed = gan__vertex_is_computed(&plan->vertices[base]);
    bool placed = plan->vertices[base].place.tensor != GAN_NONE;
    gan_place none = plan->vertices[base].place;
    if (computed && !placed) GAN_TRY(gan__plan_store(plan, base));
    gan_space space = {0};
    gan_plan_factors factors;
    *found = find_factors(plan, &space, vertex, &factors) &&
             fit(&factors, &plan->vertices[vertex].shape, user);
    gan_status status = space.status;
    gan__space_destroy(&space);
    if (*found && computed) plan->vertices[base].wanted = true;
    if (!*found && computed && !placed) { // not for this operand's sake, then
        plan->vertices[base].place = none;
        plan->tensor_count--;
    }
    return status;
}

typedef struct gan_found_matrix {
    gan_plan_operand *out;
    bool *transposed;
} gan_found_matrix;

static bool fits_matrix(const gan_plan_factors *factors, const gan_shape *shape, void *user) {
    const gan_found_matrix *found = user;
    gan_place place = {.tensor = factors->tensor, .offset = factors->offset};
    memcpy(place.stride, factors->factor, sizeof place.stride);
    return gan__place_matrix(&place, shape, found->out, found->transposed);
}

gan_status gan__plan_matrix(gan_plan *plan, uint32_t vertex, gan_plan_operand *out,
                            bool *transposed, bool *found) {
    gan_found_matrix matrix = {out, transposed};
    return gan__plan_find_place(plan, vertex, fits_matrix, &matrix, found);
}

// Whether the operand lies in memory as the engine can read it.
static gan_status find_operand(gan_plan *plan, uint32_t product, uint32_t i, bool *found) {
    gan_plan_operand matrix;
    gan_plan_image image;
    bool transposed = false;
    const gan_vertex *v = &plan->vertices[product];
    if (v->op == GAN_OP_MATMUL)
        return gan__plan_matrix(plan, v->inputs[i], &matrix, &transposed, found);
    return gan__plan_image(plan, v->inputs[i], gan__convolution_takes_weight(v->op, i), &image,
                           found);
}

// Each operand in memory as the engine reads it, or a copy of it that is.
static gan_status place_operands(gan_plan *plan, uint32_t product) {
    for (uint32_t i = 0; i < 2; i++) {
        bool found = false;
        uint32_t operand = plan->vertices[product].inputs[i], copy = 0;
        GAN_TRY(find_operand(plan, product, i, &found));
        if (found) continue;
        gan_place place = plan->vertices[operand].place;
        place.tensor = GAN_NONE;
        GAN_TRY(gan__plan_add_copy(plan, operand, &place, &copy));
        GAN_TRY(gan__plan_store(plan, copy));
        plan->vertices[product].inputs[i] = copy;
    }
    return GAN_STATUS_OK;
}

// --- Sorting ------------------------------------------------------------------------------------

typedef struct gan_sorting {
    uint32_t *number; // of a vertex in the new order; GAN_NONE before
    uint32_t *stack, *order;
    uint32_t count;
} gan_sorting;

// Appends the vertex after all it depends on.
static void sort_from(const gan_plan *plan, gan_sorting *s, uint32_t root) {
    uint32_t depth = 0;
    s->stack[depth++] = root;
    while (depth) {
        uint32_t vertex = s->stack[depth - 1], missing = GAN_NONE;
        const gan_vertex *v = &plan->vertices[vertex];
        for (uint32_t i = 0; i < v->input_count && missing == GAN_NONE; i++)
            if (s->number[v->inputs[i]] == GAN_NONE) missing = v->inputs[i];
        if (missing != GAN_NONE) {
            s->stack[depth++] = missing;
            continue;
        }
        depth--;
        if (s->number[vertex] != GAN_NONE) continue;
        s->number[vertex] = s->count;
        s->order[s->count++] = vertex;
    }
}

static gan_status renumber(gan_plan *plan, const gan_sorting *s) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(plan->vertex_capacity, sizeof(gan_vertex), &memory));
    gan_vertex *vertices = memory;
    for (uint32_t i = 0; i < s->count; i++) {
        vertices[i] = plan->vertices[s->order[i]];
        for (uint32_t k = 0; k < vertices[i].input_count; k++)
            vertices[i].inputs[k] = s->number[vertices[i].inputs[k]];
    }
    for (uint32_t i = 0; i < plan->root_count; i++)
        plan->roots[i].vertex = s->number[plan->roots[i].vertex];
    gan__free(plan->vertices);
    plan->vertices = vertices;
    plan->vertex_count = s->count;
    return GAN_STATUS_OK;
}

// Numbers the vertices so that operands come before their users, in the order of the nodes where
// there is a choice, and drops those that nothing needs.
static gan_status sort_vertices(gan_plan *plan) {
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, (size_t)plan->vertex_count * 3 + 1, sizeof(uint32_t),
                             &memory));
    gan_sorting s = {.number = memory};
    s.order = s.number + plan->vertex_count;
    s.stack = s.order + plan->vertex_count;
    for (uint32_t i = 0; i < plan->vertex_count; i++) s.number[i] = GAN_NONE;
    for (uint32_t i = 0; i < plan->root_count; i++) sort_from(plan, &s, plan->roots[i].vertex);
    for (uint32_t i = 0; i < plan->vertex_count; i++)
        if (plan->vertices[i].wanted) sort_from(plan, &s, i);
    return renumber(plan, &s);
}

gan_status gan__plan_choose_places(gan_plan *plan) {
    for (uint32_t i = 0; i < plan->root_count; i++) GAN_TRY(place_root(plan, &plan->roots[i]));
    for (uint32_t i = plan->vertex_count; i-- > 0;)
        if (plan->vertices[i].kind == GAN_VERTEX_CONCAT) GAN_TRY(place_parts(plan, i));
    for (uint32_t i = 0; i < plan->vertex_count; i++)
        if (plan->vertices[i].kind == GAN_VERTEX_MATMUL) GAN_TRY(place_operands(plan, i));
    return sort_vertices(plan);
}
