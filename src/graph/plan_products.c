// Matrix products that are none: where nothing is summed over, or where a matrix meets a vector
// along its rows, the product is elementwise work and a reduction, which fuse with what is around
// them. (A product with a matrix engine would be a launch of its own, and mostly waiting.)
#include "graph/plan.h"

// Rows shorter than this, or fewer of them, are left to the matrix engine.
enum { ROW_LEAST = 16, ROWS_LEAST = 16 };

static gan_status add_view(gan_plan *plan, gan_op op, uint32_t operand, const gan_shape *shape,
                           uint32_t *out) {
    return gan__plan_add_vertex(plan, GAN_VERTEX_VIEW, op, shape, &operand, 1, out);
}

// The operand with two of its sizes set, then broadcast: a vector along one axis of a matrix.
static gan_status spread(gan_plan *plan, uint32_t operand, int64_t rows, int64_t columns,
                         const gan_shape *all, uint32_t *out) {
    gan_shape thin = *all;
    thin.size[all->rank - 2] = rows;
    thin.size[all->rank - 1] = columns;
    GAN_TRY(add_view(plan, GAN_OP_RESHAPE, operand, &thin, out));
    return add_view(plan, GAN_OP_BROADCAST, *out, all, out);
}

// A column times a row: each element is one product.
static gan_status make_outer(gan_plan *plan, uint32_t vertex) {
    const gan_vertex v = plan->vertices[vertex];
    int last = v.shape.rank - 1;
    uint32_t a = 0, b = 0;
    GAN_TRY(spread(plan, v.inputs[0], v.shape.size[last - 1], 1, &v.shape, &a));
    GAN_TRY(spread(plan, v.inputs[1], 1, v.shape.size[last], &v.shape, &b));
    gan_vertex *product = &plan->vertices[vertex];
    product->kind = GAN_VERTEX_MAP;
    product->op = GAN_OP_MUL;
    product->inputs[0] = a;
    product->inputs[1] = b;
    return GAN_STATUS_OK;
}

// A matrix whose rows are all multiplied by one vector: sums over the rows of products.
static gan_status make_rows(gan_plan *plan, uint32_t vertex, uint32_t matrix, uint32_t vector) {
    const gan_shape shape = plan->vertices[matrix].shape;
    gan_shape sums_shape = GAN_SHAPE(shape.size[0], 1);
    uint32_t both[2] = {matrix, 0}, products = 0, sums = 0;
    GAN_TRY(spread(plan, vector, 1, shape.size[1], &shape, &both[1]));
    GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_MAP, GAN_OP_MUL, &shape, both, 2, &products));
    GAN_TRY(gan__plan_add_vertex(plan, GAN_VERTEX_REDUCE, GAN_OP_REDUCE_SUM, &sums_shape, &products,
                                 1, &sums));
    plan->vertices[sums].attributes.axes = 2;
    gan_vertex *product = &plan->vertices[vertex];
    product->kind = GAN_VERTEX_VIEW;
    product->op = GAN_OP_RESHAPE;
    product->inputs[0] = sums;
    product->input_count = 1;
    return GAN_STATUS_OK;
}

static bool has_rows_enough(const gan_shape *matrix) {
    return matrix->size[0] >= ROWS_LEAST && matrix->size[1] >= ROW_LEAST;
}

static gan_status replace_product(gan_plan *plan, uint32_t vertex) {
    const gan_vertex *v = &plan->vertices[vertex];
    const gan_shape *a = &plan->vertices[v->inputs[0]].shape;
    const gan_shape *b = &plan->vertices[v->inputs[1]].shape;
    bool transpose_a = v->attributes.matmul.transpose_a;
    bool transpose_b = v->attributes.matmul.transpose_b;
    int last = v->shape.rank - 1;
    if (a->size[transpose_a ? last - 1 : last] == 1) return make_outer(plan, vertex);
    if (v->shape.rank != 2) return GAN_STATUS_OK;
    if (v->shape.size[1] == 1 && !transpose_a && has_rows_enough(a))
        return make_rows(plan, vertex, v->inputs[0], v->inputs[1]);
    if (v->shape.size[0] == 1 && transpose_b && has_rows_enough(b))
        return make_rows(plan, vertex, v->inputs[1], v->inputs[0]);
    return GAN_STATUS_OK;
}

gan_status gan__plan_replace_products(gan_plan *plan) {
    uint32_t count = plan->vertex_count;
    for (uint32_t i = 0; i < count; i++)
        if (plan->vertices[i].op == GAN_OP_MATMUL) GAN_TRY(replace_product(plan, i));
    return GAN_STATUS_OK;
}
