// A convolution's launch: sizes, operands, and the epilogue where there is one.
#include "graph/convolution.h"
#include "graph/emit.h"

static gan_convolution_member member_of(gan_op op) {
    if (op == GAN_OP_CONVOLUTION) return GAN_CONVOLUTION_FORWARD;
    return op == GAN_OP_CONVOLUTION_BY_INPUT ? GAN_CONVOLUTION_BY_INPUT : GAN_CONVOLUTION_BY_WEIGHT;
}

void gan__convolution_describe(gan_op op, const gan_attributes *attributes,
                               const gan_convolution_shapes *s, gan_convolution_desc *out) {
    const uint32_t groups = (uint32_t)attributes->convolution.groups;
    *out = (gan_convolution_desc){.member = member_of(op),
                                  .groups = groups,
                                  .channels = (uint32_t)s->w->size[1],
                                  .filters = (uint32_t)s->w->size[0] / groups,
                                  .images = (uint32_t)s->x->size[3]};
    for (int i = 0; i < 2; i++) {
        out->input[i] = (uint32_t)s->x->size[1 + i];
        out->output[i] = (uint32_t)s->y->size[1 + i];
        out->kernel[i] = (uint32_t)s->w->size[2 + i];
        out->stride[i] = (uint32_t)attributes->convolution.stride[i];
        out->dilation[i] = (uint32_t)attributes->convolution.dilation[i];
        out->before[i] = (uint32_t)attributes->convolution.before[i];
    }
}

// Which of x, w and y the operands are, and the result.
typedef struct roles {
    gan_plan_image *operands[2], *result;
} roles;

static roles roles_of(gan_op op, gan_plan_launch *l) {
    if (op == GAN_OP_CONVOLUTION) return (roles){{&l->x, &l->w}, &l->y};
    if (op == GAN_OP_CONVOLUTION_BY_INPUT) return (roles){{&l->y, &l->w}, &l->x};
    return (roles){{&l->x, &l->y}, &l->w};
}

static void describe_vertex(const gan_plan *plan, const gan_vertex *v, gan_convolution_desc *out) {
    const gan_shape *a = &plan->vertices[v->inputs[0]].shape;
    const gan_shape *b = &plan->vertices[v->inputs[1]].shape;
    gan_convolution_shapes s = {.x = a, .w = b, .y = &v->shape};
    if (v->op == GAN_OP_CONVOLUTION_BY_INPUT) s = (gan_convolution_shapes){&v->shape, b, a};
    if (v->op == GAN_OP_CONVOLUTION_BY_WEIGHT) s = (gan_convolution_shapes){a, &v->shape, b};
    gan__convolution_describe(v->op, &v->attributes, &s, out);
}

gan_status gan__lower_convolution(gan_plan *plan, uint32_t group, gan_plan_launch *launch) {
    const gan_group *g = &plan->groups[group];
    const gan_vertex v = plan->vertices[g->matmul];
    const roles r = roles_of(v.op, launch);
    launch->kind = GAN_LAUNCH_CONVOLUTION;
    launch->source = launch->parameters = "";
    describe_vertex(plan, &v, &launch->convolution);
    for (uint32_t i = 0; i < 2; i++) {
        bool found = false;
        GAN_TRY(gan__plan_image(plan, v.inputs[i], gan__convolution_takes_weight(v.op, i),
                                r.operands[i], &found));
        if (!found)
            return gan__fail(GAN_STATUS_FAILED, "an operand of a convolution is not in memory");
    }
    if (!gan__group_is_plain(plan, g))
        GAN_TRY(gan__emit_epilogue(plan, group, launch));
    else if (!gan__place_image(&v.place, &v.shape, gan__convolution_makes_weight(v.op), r.result))
        return gan__fail(GAN_STATUS_FAILED, "a convolution has no place to be stored in");
    uint64_t scratch = gan__convolution_scratch(plan->device, &launch->convolution);
    if (scratch)
        GAN_TRY(gan__plan_add_tensor(plan, GAN_TENSOR_ARENA, (int64_t)scratch, &launch->scratch));
    return GAN_STATUS_OK;
}
