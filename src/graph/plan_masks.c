// Where (leaky) rectifiers gave 0 or less, told from what they gave. y = x <= 0 ? a x : x, a > 0,
// or 0 in place of a x, has x <= 0 just where y <= 0. A y that a product or convolution takes lies
// in memory whatever else is done, and its backward pass wants it too; then x, or the mask, need
// not be kept from one pass to the other.
#include "graph/plan.h"

static bool is_constant(const gan_plan *plan, uint32_t vertex, double *value) {
    const gan_vertex *const v = &plan->vertices[vertex];
    if (v->kind != GAN_VERTEX_CONSTANT) return false;
    *value = v->attributes.value;
    return true;
}

// Whether the vertex is x <= 0.
static bool is_mask(const gan_plan *plan, uint32_t vertex, uint32_t x) {
    const gan_vertex *const v = &plan->vertices[vertex];
    double limit;
    return v->kind == GAN_VERTEX_MAP && v->op == GAN_OP_LESS_EQUAL && v->inputs[0] == x &&
           is_constant(plan, v->inputs[1], &limit) && limit == 0;
}

// Whether the vertex is 0, or x times something positive.
static bool keeps_sign(const gan_plan *plan, uint32_t vertex, uint32_t x) {
    const gan_vertex *const v = &plan->vertices[vertex];
    double factor;
    if (is_constant(plan, vertex, &factor)) return factor == 0;
    if (v->kind != GAN_VERTEX_MAP || v->op != GAN_OP_MUL) return false;
    for (int i = 0; i < 2; i++)
        if (v->inputs[i] == x && is_constant(plan, v->inputs[1 - i], &factor)) return factor > 0;
    return false;
}

static bool is_rectifier(const gan_plan *plan, uint32_t vertex) {
    const gan_vertex *const v = &plan->vertices[vertex];
    return v->kind == GAN_VERTEX_MAP && v->op == GAN_OP_SELECT &&
           is_mask(plan, v->inputs[0], v->inputs[2]) &&
           keeps_sign(plan, v->inputs[1], v->inputs[2]);
}

// The vertices' marks: whether a product or convolution takes them, as they are or through views.
static void mark_operands(const gan_plan *plan, bool *operand) {
    for (uint32_t i = 0; i < plan->vertex_count; i++) {
        const gan_vertex *const v = &plan->vertices[i];
        if (v->kind != GAN_VERTEX_MATMUL) continue;
        for (uint32_t k = 0; k < v->input_count; k++) {
            uint32_t base = v->inputs[k];
            while (plan->vertices[base].kind == GAN_VERTEX_VIEW)
                base = plan->vertices[base].inputs[0];
            operand[base] = true;
        }
    }
}

// Lets all users of the rectifier's mask but itself compare what it gave instead.
static gan_status replace_mask(gan_plan *plan, uint32_t rectifier) {
    const uint32_t mask = plan->vertices[rectifier].inputs[0], count = plan->vertex_count;
    const uint32_t operands[2] = {rectifier, plan->vertices[mask].inputs[1]};
    const gan_shape shape = plan->vertices[mask].shape;
    uint32_t told = GAN_NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (i == rectifier) continue;
        for (uint32_t k = 0; k < plan->vertices[i].input_count; k++) {
            if (plan->vertices[i].inputs[k] != mask) continue;
            if (told == GAN_NONE)
                GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_MAP, GAN_OP_LESS_EQUAL, &shape,
                                             operands, 2, &told));
            plan->vertices[i].inputs[k] = told;
        }
    }
    return GAN_STATUS_OK;
}

gan_status gan__plan_tell_masks(gan_plan *plan) {
    const uint32_t count = plan->vertex_count;
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, count, sizeof(bool), &memory));
    bool *const operand = memory;
    mark_operands(plan, operand);
    for (uint32_t i = 0; i < count; i++)
        if (operand[i] && is_rectifier(plan, i)) GAN_TRY(replace_mask(plan, i));
    return GAN_STATUS_OK;
}
