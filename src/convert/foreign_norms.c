// Operators of ONNX that normalise: batch norm by its running statistics, the norms of one sample,
// softmax.
#include "convert/foreign.h"

#include <math.h>
#include <string.h>

// --- Batch norm ----------------------------------------------------------------------------------
enum { SCALE = 1, SHIFT, MEAN, VARIANCE, STATISTICS = 4 };

// Per channel: x times factor plus offset.
static gan_status fold(const gan_foreign_call *call, int64_t channels, float **factor,
                       float **offset) {
    const double epsilon = gan__foreign_number(call, "epsilon", 1e-5F);
    const float *of[STATISTICS + 1];
    for (size_t i = SCALE; i <= VARIANCE; i++) {
        size_t count;
        GAN_TRY(gan__foreign_floats(call, i, &of[i], &count));
        if (count != (size_t)channels)
            return gan__foreign_refuse(call, "%zu numbers for %lld channels", count,
                                       (long long)channels);
    }
    GAN_TRY(gan__foreign_alloc(call->to, (size_t)channels, sizeof(float), (void **)factor));
    GAN_TRY(gan__foreign_alloc(call->to, (size_t)channels, sizeof(float), (void **)offset));
    for (int64_t c = 0; c < channels; c++) {
        const double scale = (double)of[SCALE][c] / sqrt((double)of[VARIANCE][c] + epsilon);
        (*factor)[c] = (float)scale;
        (*offset)[c] = (float)((double)of[SHIFT][c] - (double)of[MEAN][c] * scale);
    }
    return GAN_STATUS_OK;
}

static gan_status put_batch_norm(const gan_foreign_call *call) {
    gan_node *x, *factor, *offset;
    float *factors, *offsets;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    if (gan__foreign_whole(call, "training_mode", 0) != 0)
        return gan__foreign_refuse(call,
                                   "it is in training mode; export the network for inference");
    if (call->inputs[0]->rank < 2) return gan__foreign_refuse(call, "its input has no channels");
    const gan_shape channels = GAN_SHAPE(gan__node_shape(x)->size[0]);
    const int rank = gan__node_shape(x)->rank;
    GAN_TRY(fold(call, channels.size[0], &factors, &offsets));
    GAN_TRY(gan__foreign_tensor(call->to, &channels, factors, &factor));
    GAN_TRY(gan__foreign_tensor(call->to, &channels, offsets, &offset));
    gan_node *const scaled = gan__mul(x, gan__foreign_along_channels(factor, rank));
    return gan__foreign_give(call, 0, true,
                             gan__add(scaled, gan__foreign_along_channels(offset, rank)));
}

// --- Norms of one sample -------------------------------------------------------------------------
// To mean 0 and variance 1 over the axes.
static gan_node *normalised(gan_node *x, uint32_t axes, double epsilon) {
    gan_node *const centred = gan__sub(x, gan__reduce_mean(x, axes));
    gan_node *const variance = gan__reduce_mean(gan__square(centred), axes);
    return gan__mul(centred, gan__rsqrt(gan__offset(variance, epsilon)));
}

// Times scale plus shift, vectors over channels (inputs 1 and 2).
static gan_status scale_channels(const gan_foreign_call *call, gan_node *y) {
    gan_node *scale, *shift;
    if (!y) return gan__graph_status(call->to->graph);
    const int rank = gan__node_shape(y)->rank;
    GAN_TRY(gan__foreign_take_constant(call, 1, 1, &scale));
    GAN_TRY(gan__foreign_take_constant(call, 2, 1, &shift));
    gan_node *const scaled = gan__mul(y, gan__foreign_along_channels(scale, rank));
    return gan__foreign_give(call, 0, true,
                             gan__add(scaled, gan__foreign_along_channels(shift, rank)));
}

static gan_status put_instance_norm(const gan_foreign_call *call) {
    gan_node *x;
    const gan_foreign_list none = {0};
    uint32_t axes;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    GAN_TRY(gan__foreign_axes(call, call->inputs[0], &none, 2, &axes));
    return scale_channels(call, normalised(x, axes, gan__foreign_number(call, "epsilon", 1e-5F)));
}

// Wu, He 2018. Scales are of channels, as since opset 21.
static gan_status put_group_norm(const gan_foreign_call *call) {
    gan_node *x;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    const gan_shape shape = *gan__node_shape(x);
    const int64_t groups = gan__foreign_whole(call, "num_groups", 0);
    if (shape.rank < 2 || groups < 1 || shape.size[0] % groups != 0)
        return gan__foreign_refuse(call, "%lld groups do not divide its channels",
                                   (long long)groups);
    const int64_t batch = shape.size[shape.rank - 1];
    const gan_shape grouped =
        GAN_SHAPE(groups, gan__shape_elements(&shape) / groups / batch, batch);
    gan_node *const y =
        normalised(gan__reshape(x, &grouped), 1u << 1, gan__foreign_number(call, "epsilon", 1e-5F));
    return scale_channels(call, gan__reshape(y, &shape));
}

// Ba, Kiros, Hinton 2016: over all axes from `axis` on, whose shape scale and shift have.
static gan_status put_layer_norm(const gan_foreign_call *call) {
    gan_node *x, *scale, *shift = NULL;
    const gan_foreign_list none = {0};
    int axis;
    uint32_t axes;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    const gan_foreign_value *const input = call->inputs[0];
    GAN_TRY(gan__foreign_axis(call, gan__foreign_whole(call, "axis", -1), input->rank, &axis));
    GAN_TRY(gan__foreign_axes(call, input, &none, axis, &axes));
    GAN_TRY(gan__foreign_take_constant(call, 1, input->rank - axis, &scale));
    if (gan__foreign_input(call, 2))
        GAN_TRY(gan__foreign_take_constant(call, 2, input->rank - axis, &shift));
    gan_shape along = *gan__node_shape(scale);
    if (along.rank == GAN_RANK_MAX) return gan__foreign_refuse(call, "it has too many dimensions");
    along.size[along.rank++] = 1;
    gan_node *y = normalised(x, axes, gan__foreign_number(call, "epsilon", 1e-5F));
    y = gan__mul(y, gan__reshape(scale, &along));
    if (shift) y = gan__add(y, gan__reshape(shift, &along));
    return gan__foreign_give(call, 0, true, y);
}

// --- Softmax -------------------------------------------------------------------------------------
// Along one axis; before opset 13 along all axes from it on.
static gan_status softmax_axes(const gan_foreign_call *call, uint32_t *axes) {
    const bool old = call->to->model->opset < 13;
    const gan_foreign_value *const input = call->inputs[0];
    const gan_foreign_list none = {0};
    int axis;
    GAN_TRY(gan__foreign_axis(call, gan__foreign_whole(call, "axis", old ? 1 : -1), input->rank,
                              &axis));
    if (old) return gan__foreign_axes(call, input, &none, axis, axes);
    const int64_t only = axis;
    return gan__foreign_axes(call, input, &(gan_foreign_list){&only, 1}, 0, axes);
}

static gan_status put_softmax(const gan_foreign_call *call) {
    gan_node *x;
    uint32_t axes;
    const bool logarithm = strcmp(call->node->operation, "LogSoftmax") == 0;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    GAN_TRY(softmax_axes(call, &axes));
    gan_node *const shifted = gan__sub(x, gan__reduce_max(x, axes));
    gan_node *const powers = gan__exp(shifted), *const sum = gan__reduce_sum(powers, axes);
    return gan__foreign_give(call, 0, true,
                             logarithm ? gan__sub(shifted, gan__log(sum)) : gan__div(powers, sum));
}

const gan_foreign_row gan__foreign_rows_norm[] = {
    {"BatchNormalization", 5, 5, "epsilon momentum spatial training_mode ", put_batch_norm},
    {"InstanceNormalization", 3, 3, "epsilon ", put_instance_norm},
    {"GroupNormalization", 3, 3, "epsilon num_groups stash_type ", put_group_norm},
    {"LayerNormalization", 2, 3, "axis epsilon stash_type ", put_layer_norm},
    {"Softmax", 1, 1, "axis ", put_softmax},
    {"LogSoftmax", 1, 1, "axis ", put_softmax},
    {.operation = NULL},
};
