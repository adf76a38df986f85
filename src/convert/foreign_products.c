// Operators of ONNX that multiply by weights: convolutions and matrix products.
#include "convert/foreign.h"
#include "convert/foreign_windows.h"

#include <string.h>

// --- Convolutions --------------------------------------------------------------------------------
// With PyTorch's layout of weights: (O, C / groups, KH, KW), transposed (C, O / groups, KH, KW).
static gan_status settings_of(const gan_foreign_call *call, const gan_foreign_windows *windows,
                              gan_convolution_settings *out) {
    *out = (gan_convolution_settings){0};
    for (int i = 0; i < 2; i++) {
        out->stride[i] = windows->stride[i];
        out->dilation[i] = windows->dilation[i];
        out->before[i] = windows->before[i];
        out->after[i] = windows->after[i];
    }
    const int64_t groups = gan__foreign_whole(call, "group", 1);
    if (groups < 1 || groups > INT32_MAX)
        return gan__foreign_refuse(call, "%lld groups", (long long)groups);
    out->groups = (int)groups;
    return GAN_STATUS_OK;
}

static gan_status add_bias(const gan_foreign_call *call, gan_node *y) {
    gan_node *bias;
    if (!gan__foreign_input(call, 2)) return gan__foreign_give(call, 0, true, y);
    GAN_TRY(gan__foreign_take_constant(call, 2, 1, &bias));
    return gan__foreign_give(call, 0, true, gan__add(y, gan__foreign_along_channels(bias, 4)));
}

static gan_status put_convolution(const gan_foreign_call *call) {
    gan_node *x, *w;
    gan_foreign_windows windows;
    gan_convolution_settings settings;
    GAN_TRY(gan__foreign_take_batched(call, 0, 4, &x));
    GAN_TRY(gan__foreign_take_constant(call, 1, 4, &w));
    const int64_t *const kernel = gan__node_shape(w)->size + 2;
    GAN_TRY(gan__foreign_windows_of(call, gan__node_shape(x)->size + 1, kernel, &windows));
    GAN_TRY(settings_of(call, &windows, &settings));
    return add_bias(call, gan__convolution(x, w, &settings));
}

static gan_status put_transposed(const gan_foreign_call *call) {
    gan_node *x, *w;
    gan_foreign_windows windows;
    gan_foreign_list extra;
    gan_convolution_settings settings;
    int output_padding[2] = {0, 0};
    GAN_TRY(gan__foreign_take_batched(call, 0, 4, &x));
    GAN_TRY(gan__foreign_take_constant(call, 1, 4, &w));
    const int64_t *const kernel = gan__node_shape(w)->size + 2;
    if (strcmp(gan__foreign_text(call, "auto_pad", "NOTSET"), "NOTSET") != 0)
        return gan__foreign_refuse(call, "only auto_pad NOTSET is known here");
    GAN_TRY(gan__foreign_windows_of(call, gan__node_shape(x)->size + 1, kernel, &windows));
    GAN_TRY(settings_of(call, &windows, &settings));
    GAN_TRY(gan__foreign_list_of(call, "output_padding", SIZE_MAX, &extra));
    for (size_t i = 0; i < 2 && extra.count == 2; i++) {
        if (extra.values[i] < 0 || extra.values[i] > GAN_FOREIGN_WINDOW_MAX)
            return gan__foreign_refuse(call, "output_padding %lld", (long long)extra.values[i]);
        output_padding[i] = (int)extra.values[i];
    }
    return add_bias(call, gan__transposed_convolution(x, w, &settings, output_padding));
}

// --- Matrix products -----------------------------------------------------------------------------
// alpha A' B' + beta C, where A is the batched one: (K, batch) here.
static gan_status put_gemm(const gan_foreign_call *call) {
    gan_node *x, *w, *c;
    const bool transposed = gan__foreign_whole(call, "transB", 0) != 0;
    const double alpha = gan__foreign_number(call, "alpha", 1);
    const double beta = gan__foreign_number(call, "beta", 1);
    GAN_TRY(gan__foreign_take_batched(call, 0, 2, &x));
    GAN_TRY(gan__foreign_take_constant(call, 1, 2, &w));
    if (gan__foreign_whole(call, "transA", 0) != 0)
        return gan__foreign_refuse(call, "it transposes a batch of samples");
    gan_node *y = gan__matmul(w, x, !transposed, false);
    if (alpha != 1) y = gan__scale(y, alpha);
    if (!gan__foreign_input(call, 2)) return gan__foreign_give(call, 0, true, y);
    GAN_TRY(gan__foreign_take(call, 2, &c));
    if (!call->inputs[2]->batched) {
        const gan_foreign_value *const value = call->inputs[2];
        if (value->rank == 2 && value->size[0] != 1)
            return gan__foreign_refuse(call, "its constant has another row for each sample");
        c = gan__foreign_along_channels(c, 2);
    }
    if (beta != 1) c = gan__scale(c, beta);
    return gan__foreign_give(call, 0, true, gan__add(y, c));
}

// x (..., K, batch) times w (K, M), constant: (..., M, batch).
static gan_node *by_constant(gan_node *x, gan_node *w) {
    gan_shape repeated = *gan__node_shape(x);
    const gan_shape *const matrix = gan__node_shape(w);
    for (int i = 0; i < 2; i++) repeated.size[repeated.rank - 2 + i] = matrix->size[i];
    return gan__matmul(gan__broadcast(w, &repeated), x, true, false);
}

// The batch from the innermost place to the outermost, and back.
static gan_node *batch_first(gan_node *x) {
    int order[GAN_RANK_MAX];
    const int rank = gan__node_shape(x)->rank;
    for (int i = 0; i < rank; i++) order[i] = i == 0 ? rank - 1 : i - 1;
    return gan__permute(x, order);
}

static gan_node *batch_last(gan_node *x) {
    int order[GAN_RANK_MAX];
    if (!x) return NULL;
    const int rank = gan__node_shape(x)->rank;
    for (int i = 0; i < rank; i++) order[i] = i == rank - 1 ? 0 : i + 1;
    return gan__permute(x, order);
}

// Of constants, of which either may be a vector, as NumPy has it.
static gan_node *constant_product(gan_node *a, gan_node *b) {
    const gan_shape left = *gan__node_shape(a), right = *gan__node_shape(b);
    if (left.rank != 1 && right.rank != 1) return gan__matmul(a, b, false, false);
    const gan_shape row = GAN_SHAPE(1, left.size[0]), column = GAN_SHAPE(right.size[0], 1);
    if (left.rank == 1) a = gan__reshape(a, &row);
    if (right.rank == 1) b = gan__reshape(b, &column);
    gan_node *const product = gan__matmul(a, b, false, false);
    if (!product) return NULL;
    const gan_shape *const full = gan__node_shape(product);
    gan_shape kept = {0};
    for (int i = 0; i < full->rank; i++) {
        const bool dropped =
            (left.rank == 1 && i == full->rank - 2) || (right.rank == 1 && i == full->rank - 1);
        if (!dropped) kept.size[kept.rank++] = full->size[i];
    }
    return gan__reshape(product, &kept);
}

static gan_status put_matmul(const gan_foreign_call *call) {
    gan_node *a, *b;
    GAN_TRY(gan__foreign_take(call, 0, &a));
    GAN_TRY(gan__foreign_take(call, 1, &b));
    const gan_foreign_value *const left = call->inputs[0], *const right = call->inputs[1];
    if (!left->batched && !right->batched)
        return gan__foreign_give(call, 0, false, constant_product(a, b));
    if (!left->batched)
        return gan__foreign_refuse(call, "a constant stands left of what depends on the input");
    if (!right->batched && (right->rank != 2 || left->rank < 2))
        return gan__foreign_refuse(call, "its constant %s is no matrix", right->name);
    if (!right->batched) return gan__foreign_give(call, 0, true, by_constant(a, b));
    if (left->rank < 3 || left->rank != right->rank)
        return gan__foreign_refuse(call, "values of %d and %d dimensions", left->rank, right->rank);
    gan_node *const product = gan__matmul(batch_first(a), batch_first(b), false, false);
    return gan__foreign_give(call, 0, true, batch_last(product));
}

const gan_foreign_row gan__foreign_rows_product[] = {
    {"Conv", 2, 3, "auto_pad dilations group kernel_shape pads strides ", put_convolution},
    {"ConvTranspose", 2, 3, "auto_pad dilations group kernel_shape output_padding pads strides ",
     put_transposed},
    {"Gemm", 2, 3, "alpha beta transA transB ", put_gemm},
    {"MatMul", 2, 2, "", put_matmul},
    {.operation = NULL},
};
