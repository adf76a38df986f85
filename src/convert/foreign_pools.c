// Operators of ONNX that take one number of many: pools over windows, and reductions over axes.
#include "convert/foreign.h"
#include "convert/foreign_windows.h"
#include "nn/pool.h"

#include <string.h>

enum { NODE_BYTES = 1024 }; // that two nodes of a graph come to, with room to spare

// --- Pools over windows --------------------------------------------------------------------------
// With ceil_mode windows may reach past the image's end, but none begins there, as PyTorch has it.
static void add_last_windows(const int64_t *image, const gan_foreign_windows *windows,
                             gan_pooling *out) {
    for (int i = 0; i < 2; i++) {
        const int64_t stride = windows->stride[i];
        const int64_t padded = image[i] + windows->before[i] + windows->after[i];
        int64_t count = (padded - windows->size[i] + stride - 1) / stride + 1;
        if ((count - 1) * stride >= image[i] + windows->before[i]) count--;
        const int64_t need = (count - 1) * stride + windows->size[i] - padded;
        if (need > 0) out->after[i] += (int)need;
    }
}

static gan_status pooling_of(const gan_foreign_call *call, gan_node *x,
                             gan_foreign_windows *windows, gan_pooling *out) {
    const int64_t *const image = gan__node_shape(x)->size + 1;
    GAN_TRY(gan__foreign_windows_of(call, image, NULL, windows));
    *out = (gan_pooling){0};
    for (int i = 0; i < 2; i++) {
        if (windows->dilation[i] != 1)
            return gan__foreign_refuse(call, "dilated windows are not known here");
        if (image[i] + windows->before[i] + windows->after[i] < windows->size[i])
            return gan__foreign_refuse(call, "its window of %dx%d is larger than the image",
                                       windows->size[0], windows->size[1]);
        out->size[i] = windows->size[i];
        out->stride[i] = windows->stride[i];
        out->before[i] = windows->before[i];
        out->after[i] = windows->after[i];
    }
    if (gan__foreign_whole(call, "ceil_mode", 0) != 0) add_last_windows(image, windows, out);
    // The pool is made of nodes for each row and column of its window.
    return gan__foreign_spend(call->to, (size_t)(out->size[0] + out->size[1]), NODE_BYTES);
}

static gan_status put_max_pool(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_windows windows;
    gan_pooling pooling;
    GAN_TRY(gan__foreign_take_batched(call, 0, 4, &x));
    GAN_TRY(pooling_of(call, x, &windows, &pooling));
    return gan__foreign_give(call, 0, true, gan__max_pool(x, &pooling));
}

// The share of each window that counts: all of the image, and with `padding` the padding too, but
// never what ceil_mode adds.
static gan_node *shares(gan_node *x, const gan_foreign_windows *windows, const gan_pooling *pooling,
                        bool padding) {
    const int64_t *const image = gan__node_shape(x)->size + 1;
    gan_pooling outside = *pooling;
    gan_shape counted = GAN_SHAPE(1, image[0], image[1], 1);
    for (int i = 0; i < 2 && padding; i++) {
        counted.size[i + 1] += windows->before[i] + windows->after[i];
        outside.before[i] = 0;
        outside.after[i] -= windows->after[i];
    }
    return gan__average_pool(gan__constant(gan__node_graph(x), &counted, 1), &outside);
}

static gan_status put_average_pool(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_windows windows;
    gan_pooling pooling;
    GAN_TRY(gan__foreign_take_batched(call, 0, 4, &x));
    GAN_TRY(pooling_of(call, x, &windows, &pooling));
    const bool padding = gan__foreign_whole(call, "count_include_pad", 0) != 0;
    gan_node *const mean = gan__average_pool(x, &pooling);
    bool whole = true; // windows hold nothing that does not count
    for (int i = 0; i < 2; i++) {
        const int before = padding ? windows.before[i] : 0, after = padding ? windows.after[i] : 0;
        whole &= pooling.before[i] == before && pooling.after[i] == after;
    }
    if (whole) return gan__foreign_give(call, 0, true, mean);
    return gan__foreign_give(call, 0, true, gan__div(mean, shares(x, &windows, &pooling, padding)));
}

// --- Reductions ----------------------------------------------------------------------------------
typedef gan_node *(*reducer)(gan_node *a, uint32_t axes);

static gan_node *norm1(gan_node *a, uint32_t axes) {
    return gan__reduce_sum(gan__abs(a), axes);
}

static gan_node *squares(gan_node *a, uint32_t axes) {
    return gan__reduce_sum(gan__square(a), axes);
}

static gan_node *norm2(gan_node *a, uint32_t axes) {
    return gan__sqrt(squares(a, axes));
}

static gan_node *least(gan_node *a, uint32_t axes) {
    return gan__neg(gan__reduce_max(gan__neg(a), axes));
}

static const struct {
    const char *operation;
    reducer reduce;
} reducers[] = {
    {"GlobalAveragePool", gan__reduce_mean},
    {"GlobalMaxPool", gan__reduce_max},
    {"ReduceMean", gan__reduce_mean},
    {"ReduceMax", gan__reduce_max},
    {"ReduceSum", gan__reduce_sum},
    {"ReduceMin", least},
    {"ReduceL1", norm1},
    {"ReduceL2", norm2},
    {"ReduceSumSquare", squares},
};

static gan_node *reduce(const gan_foreign_call *call, gan_node *x, uint32_t axes) {
    for (size_t i = 0; i < sizeof reducers / sizeof reducers[0]; i++) {
        if (strcmp(reducers[i].operation, call->node->operation) == 0)
            return reducers[i].reduce(x, axes);
    }
    return x;
}

// All of each channel, which stays with sizes of 1.
static gan_status put_global_pool(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_list none = {0};
    uint32_t axes;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    GAN_TRY(gan__foreign_axes(call, call->inputs[0], &none, 2, &axes));
    return gan__foreign_give(call, 0, true, reduce(call, x, axes));
}

// Without the axes of the mask, which have size 1.
static gan_node *drop(gan_node *x, uint32_t axes) {
    gan_shape kept = {0};
    if (!x) return NULL;
    const gan_shape *const shape = gan__node_shape(x);
    for (int i = 0; i < shape->rank; i++) {
        if (!(axes >> i & 1)) kept.size[kept.rank++] = shape->size[i];
    }
    return gan__reshape(x, &kept);
}

static gan_status put_reduce(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_list list;
    uint32_t axes;
    GAN_TRY(gan__foreign_take(call, 0, &x));
    GAN_TRY(gan__foreign_list_of(call, "axes", 1, &list));
    if (list.count == 0 && gan__foreign_whole(call, "noop_with_empty_axes", 0) != 0)
        return gan__foreign_give_same(call);
    GAN_TRY(gan__foreign_axes(call, call->inputs[0], &list, 0, &axes));
    gan_node *reduced = reduce(call, x, axes);
    if (gan__foreign_whole(call, "keepdims", 1) == 0) reduced = drop(reduced, axes);
    return gan__foreign_give(call, 0, call->inputs[0]->batched, reduced);
}

#define REDUCE(name)                                                                               \
    { name, 1, 2, "axes keepdims noop_with_empty_axes ", put_reduce }
const gan_foreign_row gan__foreign_rows_pool[] = {
    {"MaxPool", 1, 1, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides ",
     put_max_pool},
    {"AveragePool", 1, 1,
     "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides ", put_average_pool},
    {"GlobalAveragePool", 1, 1, "", put_global_pool},
    {"GlobalMaxPool", 1, 1, "", put_global_pool},
    REDUCE("ReduceL1"),
    REDUCE("ReduceL2"),
    REDUCE("ReduceMax"),
    REDUCE("ReduceMean"),
    REDUCE("ReduceMin"),
    REDUCE("ReduceSum"),
    REDUCE("ReduceSumSquare"),
    {.operation = NULL},
};
