// One function an operation, as slow and as obvious as can be. Most walk one shape element by
// element while following a second place at other strides (0 where an axis is not followed).
#include "graph/evaluate.h"

#include "base/philox.h"
#include "graph/convolution.h"

#include <math.h>
#include <string.h>

// --- Walking ------------------------------------------------------------------------------------

typedef struct strides {
    int64_t start;
    int64_t stride[GAN_RANK_MAX];
} strides;

// The place that element `element` of a dense `shape` has at these strides.
static int64_t place(const gan_shape *shape, int64_t element, const strides *s) {
    int64_t at = s->start;
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        at += element % shape->size[axis] * s->stride[axis];
        element /= shape->size[axis];
    }
    return at;
}

// The strides at which `small`, which has size 1 where it is not `shape`, is followed.
static strides broadcast_strides(const gan_shape *small) {
    strides s = {0};
    gan__shape_strides(small, s.stride);
    for (int axis = 0; axis < small->rank; axis++) {
        if (small->size[axis] == 1) s.stride[axis] = 0;
    }
    return s;
}

// Where a slice of `whole` lies in it.
static strides slice_strides(const gan_node *node, const gan_shape *whole) {
    strides s = {0};
    gan__shape_strides(whole, s.stride);
    for (int axis = 0; axis < whole->rank; axis++) {
        s.start += node->attributes.slice.start[axis] * s.stride[axis];
        s.stride[axis] *= node->attributes.slice.step[axis];
    }
    return s;
}

static void read_at(const gan_shape *shape, const double *in, const strides *s, double *out) {
    const int64_t elements = gan__shape_elements(shape);
    for (int64_t e = 0; e < elements; e++) out[e] = in[place(shape, e, s)];
}

static void write_at(const gan_shape *shape, const double *in, const strides *s, double *out) {
    const int64_t elements = gan__shape_elements(shape);
    for (int64_t e = 0; e < elements; e++) out[place(shape, e, s)] = in[e];
}

static void fill(const gan_node *node, double value, double *out) {
    const int64_t elements = gan__shape_elements(&node->shape);
    for (int64_t e = 0; e < elements; e++) out[e] = value;
}

// --- Leaves and elementwise ---------------------------------------------------------------------

typedef void (*evaluator)(const gan_node *node, const double *const *in, const gan_draw *draw,
                          double *out);

static void constant(const gan_node *node, const double *const *in, const gan_draw *draw,
                     double *out) {
    (void)in, (void)draw;
    fill(node, node->attributes.value, out);
}

static void iota(const gan_node *node, const double *const *in, const gan_draw *draw, double *out) {
    (void)in, (void)draw;
    strides s = {0};
    s.stride[node->attributes.axis] = 1;
    const int64_t elements = gan__shape_elements(&node->shape);
    for (int64_t e = 0; e < elements; e++) out[e] = (double)place(&node->shape, e, &s);
}

static void draws(const gan_node *node, const double *const *in, const gan_draw *draw,
                  double *out) {
    (void)in;
    const uint32_t stream = GAN_STREAM_GRAPH + node->attributes.random.stream;
    const bool normal = node->attributes.random.distribution == GAN_DISTRIBUTION_NORMAL;
    const int64_t elements = gan__shape_elements(&node->shape);
    for (int64_t e = 0; e < elements; e++) {
        const uint32_t element = (uint32_t)e;
        out[e] = normal ? gan__philox_normal(draw->seed, stream, draw->counter, element)
                        : gan__philox_uniform(draw->seed, stream, draw->counter, element);
    }
}

static void elementwise(const gan_node *node, const double *const *in, double *out) {
    const gan_op_info *info = gan__op_info(node->op);
    const double *a = in[0], *b = info->operands > 1 ? in[1] : a,
                 *c = info->operands > 2 ? in[2] : a;
    const int64_t elements = gan__shape_elements(&node->shape);
    for (int64_t e = 0; e < elements; e++) out[e] = info->host(a[e], b[e], c[e]);
}

// --- Reductions and products --------------------------------------------------------------------

static void reduce_sum(const gan_node *node, const double *const *in, const gan_draw *draw,
                       double *out) {
    (void)draw;
    const gan_shape *shape = &node->inputs[0]->shape;
    const strides s = broadcast_strides(&node->shape);
    fill(node, 0, out);
    const int64_t elements = gan__shape_elements(shape);
    for (int64_t e = 0; e < elements; e++) out[place(shape, e, &s)] += in[0][e];
}

static void reduce_max(const gan_node *node, const double *const *in, const gan_draw *draw,
                       double *out) {
    (void)draw;
    const gan_shape *shape = &node->inputs[0]->shape;
    const strides s = broadcast_strides(&node->shape);
    const gan_op_info *maximum = gan__op_info(GAN_OP_MAXIMUM);
    fill(node, -INFINITY, out);
    const int64_t elements = gan__shape_elements(shape);
    for (int64_t e = 0; e < elements; e++) {
        double *most = &out[place(shape, e, &s)];
        *most = maximum->host(*most, in[0][e], 0);
    }
}

static void matmul(const gan_node *node, const double *const *in, const gan_draw *draw,
                   double *out) {
    (void)draw;
    const int rank = node->shape.rank;
    const bool ta = node->attributes.matmul.transpose_a, tb = node->attributes.matmul.transpose_b;
    const int64_t m = node->shape.size[rank - 2], n = node->shape.size[rank - 1];
    const int64_t k = node->inputs[0]->shape.size[ta ? rank - 2 : rank - 1];
    const int64_t batches = gan__shape_elements(&node->shape) / (m * n);
    for (int64_t batch = 0; batch < batches; batch++) {
        const double *a = in[0] + batch * m * k, *b = in[1] + batch * k * n;
        for (int64_t i = 0; i < m; i++) {
            for (int64_t j = 0; j < n; j++) {
                double sum = 0;
                for (int64_t p = 0; p < k; p++) {
                    sum += a[ta ? p * m + i : i * k + p] * b[tb ? j * k + p : p * n + j];
                }
                out[(batch * m + i) * n + j] = sum;
            }
        }
    }
}

static void convolution(const gan_node *node, const double *const *in, const gan_draw *draw,
                        double *out) {
    (void)draw;
    fill(node, 0, out);
    gan__evaluate_convolution(node, in, out);
}

// --- Views --------------------------------------------------------------------------------------

static void copy(const gan_node *node, const double *const *in, const gan_draw *draw, double *out) {
    (void)draw;
    memcpy(out, in[0], (size_t)gan__shape_elements(&node->shape) * sizeof *out);
}

static void permute(const gan_node *node, const double *const *in, const gan_draw *draw,
                    double *out) {
    (void)draw;
    int64_t stride[GAN_RANK_MAX];
    gan__shape_strides(&node->inputs[0]->shape, stride);
    strides s = {0};
    for (int i = 0; i < node->shape.rank; i++) s.stride[i] = stride[node->attributes.order[i]];
    read_at(&node->shape, in[0], &s, out);
}

static void broadcast(const gan_node *node, const double *const *in, const gan_draw *draw,
                      double *out) {
    (void)draw;
    const strides s = broadcast_strides(&node->inputs[0]->shape);
    read_at(&node->shape, in[0], &s, out);
}

static void slice(const gan_node *node, const double *const *in, const gan_draw *draw,
                  double *out) {
    (void)draw;
    const strides s = slice_strides(node, &node->inputs[0]->shape);
    read_at(&node->shape, in[0], &s, out);
}

static void pad(const gan_node *node, const double *const *in, const gan_draw *draw, double *out) {
    (void)draw;
    const strides s = slice_strides(node, &node->shape);
    fill(node, 0, out);
    write_at(&node->inputs[0]->shape, in[0], &s, out);
}

static void concat(const gan_node *node, const double *const *in, const gan_draw *draw,
                   double *out) {
    (void)draw;
    const int64_t axis = node->attributes.axis;
    strides s = {0};
    gan__shape_strides(&node->shape, s.stride);
    for (uint32_t i = 0; i < node->input_count; i++) {
        const gan_shape *part = &node->inputs[i]->shape;
        write_at(part, in[i], &s, out);
        s.start += part->size[axis] * s.stride[axis];
    }
}

// --- Indexed ------------------------------------------------------------------------------------

// The nearest whole number that is a legal index; 0 for NaN.
static int64_t legal_index(double value, int64_t size) {
    if (!(value > 0)) return 0;
    return value > (double)(size - 1) ? size - 1 : (int64_t)rint(value);
}

// The element of the array with `size` along `axis` that `element` of `picked` (whose place along
// the axis is itself looked up in the index) stands for.
static int64_t indexed_place(const gan_shape *picked, int64_t element, int64_t axis, int64_t size,
                             const double *index) {
    int64_t stride[GAN_RANK_MAX];
    gan__shape_strides(picked, stride);
    const int64_t inner = stride[axis], along = picked->size[axis];
    const int64_t j = element / inner % along, outer = element / inner / along;
    return (outer * size + legal_index(index[j], size)) * inner + element % inner;
}

static void gather(const gan_node *node, const double *const *in, const gan_draw *draw,
                   double *out) {
    (void)draw;
    const int64_t axis = node->attributes.axis, size = node->inputs[0]->shape.size[axis];
    const int64_t elements = gan__shape_elements(&node->shape);
    for (int64_t e = 0; e < elements; e++) {
        out[e] = in[0][indexed_place(&node->shape, e, axis, size, in[1])];
    }
}

static void scatter_add(const gan_node *node, const double *const *in, const gan_draw *draw,
                        double *out) {
    (void)draw;
    const int64_t axis = node->attributes.axis, size = node->shape.size[axis];
    const gan_shape *picked = &node->inputs[0]->shape;
    const int64_t elements = gan__shape_elements(picked);
    fill(node, 0, out);
    for (int64_t e = 0; e < elements; e++) {
        out[indexed_place(picked, e, axis, size, in[1])] += in[0][e];
    }
}

static void assign(const gan_node *node, const double *const *in, const gan_draw *draw,
                   double *out) {
    copy(node, in + 1, draw, out);
}

static const evaluator evaluators[GAN_OP_COUNT] = {
    [GAN_OP_CONSTANT] = constant,
    [GAN_OP_IOTA] = iota,
    [GAN_OP_RANDOM] = draws,
    [GAN_OP_REDUCE_SUM] = reduce_sum,
    [GAN_OP_REDUCE_MAX] = reduce_max,
    [GAN_OP_MATMUL] = matmul,
    [GAN_OP_CONVOLUTION] = convolution,
    [GAN_OP_CONVOLUTION_BY_INPUT] = convolution,
    [GAN_OP_CONVOLUTION_BY_WEIGHT] = convolution,
    [GAN_OP_RESHAPE] = copy,
    [GAN_OP_PERMUTE] = permute,
    [GAN_OP_BROADCAST] = broadcast,
    [GAN_OP_SLICE] = slice,
    [GAN_OP_PAD] = pad,
    [GAN_OP_CONCAT] = concat,
    [GAN_OP_GATHER] = gather,
    [GAN_OP_SCATTER_ADD] = scatter_add,
    [GAN_OP_STOP_GRADIENT] = copy,
    [GAN_OP_ASSIGN] = assign,
};

gan_status gan__evaluate(const gan_node *node, const double *const *operands, const gan_draw *draw,
                         double *out) {
    if (gan__op_is_elementwise(node->op)) {
        elementwise(node, operands, out);
        return GAN_STATUS_OK;
    }
    if (evaluators[node->op] == NULL) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "node %u: %s cannot be evaluated on the host",
                         node->id, gan__op_info(node->op)->name);
    }
    evaluators[node->op](node, operands, draw, out);
    return GAN_STATUS_OK;
}
