// Layers that look at the samples' labels, in ONNX: a second input of the graph, whole numbers
// (batch).
#include "convert/onnx_layer.h"

static gan_onnx_value labels(void) {
    return (gan_onnx_value){.name = GAN_ONNX_LABELS, .rank = 1};
}

static gan_onnx_value put_one_hot(const gan_onnx_layer *at, gan_onnx_value x) {
    const float off_on[] = {0, 1};
    (void)x;
    gan_onnx_value which = labels();
    gan_onnx_value depth = gan__onnx_wholes(at->graph, &at->graph->classes, 1);
    gan_onnx_value values = gan__onnx_floats(at->graph, off_on, 2);
    gan__onnx_begin(at->graph, "OneHot");
    gan__onnx_input(at->graph, &which);
    gan__onnx_input(at->graph, &depth);
    gan__onnx_input(at->graph, &values);
    return gan__onnx_end(at->graph, 2);
}

// The labels' rows of the layer's table.
static gan_onnx_value look_up(const gan_onnx_layer *at, const char *name) {
    gan_onnx_value table = gan__onnx_need(at, name);
    return gan__onnx_binary(at->graph, "Gather", table, labels());
}

static gan_onnx_value put_embedding(const gan_onnx_layer *at, gan_onnx_value x) {
    (void)x;
    return look_up(at, "weight");
}

static gan_onnx_value put_projection(const gan_onnx_layer *at, gan_onnx_value x) {
    const int64_t features = 1;
    bool biased;
    gan_onnx_value weight = gan__onnx_need(at, "weight");
    gan_onnx_value bias = gan__onnx_may(at, "bias", &biased);
    gan_onnx_value both =
        gan__onnx_binary(at->graph, "Add", look_up(at, "embedding.weight"), weight);
    gan_onnx_value axes = gan__onnx_wholes(at->graph, &features, 1);
    gan_onnx_value y = gan__onnx_binary(at->graph, "Mul", both, x);
    y = gan__onnx_binary(at->graph, "ReduceSum", y, axes);
    return biased ? gan__onnx_binary(at->graph, "Add", y, bias) : y;
}

// --- Conditions ----------------------------------------------------------------------------------
// Its layers' output conditions the layers that follow; x goes on as it is.
static gan_onnx_value put_condition(const gan_onnx_layer *at, gan_onnx_value x) {
    *at->condition = gan__onnx_list(at, 0, x);
    return x;
}

// A value a feature, of the labels or the condition; with it 1 or 0 is added.
static gan_onnx_value conditional(const gan_onnx_layer *at, const char *name, double offset,
                                  int rank) {
    const int64_t planes[] = {0, -1, 1, 1};
    gan_onnx_value y;
    if (at->condition->rank == 0) {
        y = look_up(at, name);
    } else {
        gan_onnx_value weight = gan__onnx_need(at, name);
        gan__onnx_begin(at->graph, "Gemm");
        gan__onnx_input(at->graph, at->condition);
        gan__onnx_input(at->graph, &weight);
        gan__onnx_int(at->graph, "transB", 1);
        y = gan__onnx_end(at->graph, 2);
        y = gan__onnx_binary(at->graph, "Add", y, gan__onnx_scalar(at->graph, offset));
    }
    return rank == 2 ? y : gan__onnx_reshape(at->graph, y, planes, rank);
}

static gan_onnx_value put_conditional_norm(const gan_onnx_layer *at, gan_onnx_value x) {
    gan_onnx_value gain = conditional(at, "weight", 1, x.rank);
    gan_onnx_value shift = conditional(at, "bias", 0, x.rank);
    gan_onnx_value y = gan__onnx_binary(at->graph, "Mul", gan__onnx_normalised(at, x, false), gain);
    return gan__onnx_binary(at->graph, "Add", y, shift);
}

const gan_onnx_row gan__onnx_rows_label[] = {
    {"condition", put_condition},   {"conditional_batch_norm", put_conditional_norm},
    {"one_hot", put_one_hot},       {"embedding", put_embedding},
    {"projection", put_projection}, {NULL, NULL},
};
