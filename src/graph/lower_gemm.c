// A matrix product's launch: sizes, operands, and the epilogue where there is one.
#include "graph/emit.h"

static gan_status find_operand(gan_plan *plan, uint32_t vertex, gan_plan_operand *out,
                               bool *transpose) {
    bool transposed = false, found = false;
    GAN_TRY(gan__plan_matrix(plan, vertex, out, &transposed, &found));
    if (!found)
        return gan__fail(GAN_STATUS_FAILED,
                         "an operand of a matrix product is not a matrix in memory");
    *transpose = *transpose != transposed;
    return GAN_STATUS_OK;
}

gan_status gan__plan_product(gan_plan *plan, uint32_t vertex, gan_plan_launch *launch) {
    const gan_vertex v = plan->vertices[vertex];
    const gan_shape *a = &plan->vertices[v.inputs[0]].shape;
    int last = v.shape.rank - 1;
    gan_gemm_desc *gemm = &launch->gemm;
    *gemm = (gan_gemm_desc){.batches = 1,
                            .m = (uint32_t)v.shape.size[last - 1],
                            .n = (uint32_t)v.shape.size[last],
                            .transpose_a = v.attributes.matmul.transpose_a,
                            .transpose_b = v.attributes.matmul.transpose_b};
    gemm->k = (uint32_t)a->size[gemm->transpose_a ? last - 1 : last];
    for (int i = 0; i < last - 1; i++) gemm->batches *= (uint32_t)v.shape.size[i];
    GAN_TRY(find_operand(plan, v.inputs[0], &launch->a, &gemm->transpose_a));
    return find_operand(plan, v.inputs[1], &launch->b, &gemm->transpose_b);
}

bool gan__group_is_plain(const gan_plan *plan, const gan_group *g) {
    for (uint32_t i = 0; i < g->member_count; i++)
        if (plan->vertices[g->members[i]].wanted && g->members[i] != g->matmul) return false;
    return true;
}

gan_status gan__lower_gemm(gan_plan *plan, uint32_t group, gan_plan_launch *launch) {
    const gan_group *g = &plan->groups[group];
    launch->kind = GAN_LAUNCH_GEMM;
    launch->source = launch->parameters = "";
    GAN_TRY(gan__plan_product(plan, g->matmul, launch));
    if (gan__group_is_plain(plan, g)) {
        const gan_vertex *v = &plan->vertices[g->matmul];
        bool transposed = false;
        if (!gan__place_matrix(&v->place, &v->shape, &launch->c, &transposed) || transposed)
            return gan__fail(GAN_STATUS_FAILED, "a matrix product has no matrix to be stored in");
    } else {
        GAN_TRY(gan__emit_epilogue(plan, group, launch));
    }
    uint64_t scratch = gan__gemm_scratch(plan->device, &launch->gemm);
    if (scratch)
        GAN_TRY(gan__plan_add_tensor(plan, GAN_TENSOR_ARENA, (int64_t)scratch, &launch->scratch));
    return GAN_STATUS_OK;
}
