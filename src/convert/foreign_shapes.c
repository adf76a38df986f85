// Operators of ONNX that give a value another shape. The batch stays where it is: a node's axis is
// the file's less one, and the batch is the last.
#include "convert/foreign.h"

#include <string.h>

// --- Other shapes --------------------------------------------------------------------------------
// The first input with the sizes of `shape`, which are those of one sample where it is batched.
static gan_status give_shaped(const gan_foreign_call *call, const gan_shape *shape) {
    gan_node *x;
    gan_shape sizes = *shape;
    GAN_TRY(gan__foreign_take(call, 0, &x));
    const bool batched = call->inputs[0]->batched;
    if (batched && sizes.rank == GAN_RANK_MAX)
        return gan__foreign_refuse(call, "it has too many dimensions");
    if (batched) sizes.size[sizes.rank++] = call->to->batch;
    return gan__foreign_give(call, 0, batched, gan__reshape(x, &sizes));
}

static gan_status add_size(const gan_foreign_call *call, gan_shape *shape, int64_t size) {
    if (shape->rank == GAN_RANK_MAX) return gan__foreign_refuse(call, "it has too many dimensions");
    shape->size[shape->rank++] = size;
    return GAN_STATUS_OK;
}

// The size in the place of `-1`, of a shape that is to have so many elements.
static gan_status fill_in(const gan_foreign_call *call, int64_t elements, gan_shape *shape) {
    int64_t known = 1;
    int unknown = -1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->size[i] == -1 && unknown < 0) {
            unknown = i;
        } else if (shape->size[i] < 1 || shape->size[i] > elements / known) {
            return gan__foreign_refuse(call, "a size of %lld does not fit %lld elements",
                                       (long long)shape->size[i], (long long)elements);
        } else {
            known *= shape->size[i];
        }
    }
    if (unknown >= 0) shape->size[unknown] = elements / known;
    if (unknown >= 0 ? elements % known == 0 : elements == known) return GAN_STATUS_OK;
    return gan__foreign_refuse(call, "%lld elements do not make its shape", (long long)elements);
}

// Whether the first size of a new shape is the batch's: said so, kept, filled in, or as large as
// the file says a batch is.
static bool is_batch(const gan_foreign_call *call, int64_t size) {
    const gan_foreign_input *const input = &call->to->model->inputs[0];
    return size == GAN_FOREIGN_BATCH || size == 0 || size == -1 ||
           (input->has_rank && input->rank > 0 && size == input->size[0]);
}

static gan_status put_reshape(const gan_foreign_call *call) {
    gan_foreign_list list;
    gan_shape shape = {0};
    const gan_foreign_value *const x = gan__foreign_input(call, 0);
    GAN_TRY(gan__foreign_list_of(call, "shape", 1, &list));
    if (!x || !list.values) return gan__foreign_refuse(call, "its shape is missing");
    const size_t first = x->batched ? 1 : 0;
    if (x->batched && (list.count == 0 || !is_batch(call, list.values[0])))
        return gan__foreign_refuse(call, "its shape does not keep the batch in front");
    for (size_t i = first; i < list.count; i++) {
        int64_t size = list.values[i];
        if (size == 0 && gan__foreign_whole(call, "allowzero", 0) == 0 && i < (size_t)x->rank)
            size = x->size[i];
        GAN_TRY(add_size(call, &shape, size));
    }
    GAN_TRY(fill_in(call, gan__foreign_elements(x), &shape));
    return give_shaped(call, &shape);
}

static gan_status put_flatten(const gan_foreign_call *call) {
    int axis;
    gan_node *x;
    GAN_TRY(gan__foreign_take_batched(call, 0, 0, &x));
    const gan_foreign_value *const input = call->inputs[0];
    GAN_TRY(gan__foreign_axis(call, gan__foreign_whole(call, "axis", 1), input->rank + 1, &axis));
    if (axis != 1)
        return gan__foreign_refuse(call, "axis %d would mix the samples of a batch", axis);
    const gan_shape flat = GAN_SHAPE(gan__foreign_elements(input));
    return give_shaped(call, &flat);
}

static gan_status put_squeeze(const gan_foreign_call *call) {
    gan_foreign_list list;
    gan_shape shape = {0};
    bool gone[GAN_TENSOR_RANK_MAX] = {0};
    const gan_foreign_value *const x = gan__foreign_input(call, 0);
    GAN_TRY(gan__foreign_list_of(call, "axes", 1, &list));
    if (!x) return gan__foreign_refuse(call, "its input is left out");
    for (size_t i = 0; i < list.count; i++) {
        int axis;
        GAN_TRY(gan__foreign_axis(call, list.values[i], x->rank, &axis));
        gone[axis] = true;
    }
    for (int i = 0; i < x->rank; i++) {
        const bool drop = list.values ? gone[i] : x->size[i] == 1;
        if (drop && x->size[i] != 1)
            return gan__foreign_refuse(call, "axis %d is not of size 1", i);
        if (!drop && !(x->batched && i == 0)) GAN_TRY(add_size(call, &shape, x->size[i]));
    }
    return give_shaped(call, &shape);
}

static gan_status put_unsqueeze(const gan_foreign_call *call) {
    gan_foreign_list list;
    gan_shape shape = {0};
    uint32_t added = 0;
    const gan_foreign_value *const x = gan__foreign_input(call, 0);
    GAN_TRY(gan__foreign_list_of(call, "axes", 1, &list));
    if (!x || list.count + (size_t)x->rank > GAN_TENSOR_RANK_MAX)
        return gan__foreign_refuse(call, "it has too many dimensions");
    const int rank = x->rank + (int)list.count;
    for (size_t i = 0; i < list.count; i++) {
        int axis;
        GAN_TRY(gan__foreign_axis(call, list.values[i], rank, &axis));
        added |= 1u << axis;
    }
    if (x->batched && (added & 1))
        return gan__foreign_refuse(call, "it puts an axis before the batch's");
    for (int i = 0, from = 0; i < rank; i++) {
        const bool one = added >> i & 1;
        if (!one && from == x->rank) return gan__foreign_refuse(call, "it names an axis twice");
        const int64_t size = one ? 1 : x->size[from++];
        if (!(x->batched && i == 0)) GAN_TRY(add_size(call, &shape, size));
    }
    return give_shaped(call, &shape);
}

static gan_status put_transpose(const gan_foreign_call *call) {
    gan_node *x;
    int order[GAN_RANK_MAX];
    const gan_foreign_attribute *const given = gan__foreign_attribute(call->node, "perm");
    GAN_TRY(gan__foreign_take(call, 0, &x));
    const gan_foreign_value *const input = call->inputs[0];
    const int rank = input->rank, shift = input->batched ? 1 : 0;
    if (given && given->whole_count != (size_t)rank)
        return gan__foreign_refuse(call, "perm has %zu numbers", given->whole_count);
    for (int i = 0; i < rank; i++) {
        int from;
        GAN_TRY(gan__foreign_axis(call, given ? given->wholes[i] : rank - 1 - i, rank, &from));
        if (input->batched && (from == 0) != (i == 0))
            return gan__foreign_refuse(call, "it moves the batch to another axis");
        order[i >= shift ? i - shift : rank - 1] = from >= shift ? from - shift : rank - 1;
    }
    return gan__foreign_give(call, 0, input->batched, gan__permute(x, order));
}

// A constant as a node beside batched ones: without the first of `rank` sizes, which is 1, and 1
// for the batch behind.
static gan_status put_beside(const gan_foreign_call *call, int rank, gan_node **x) {
    const gan_foreign_value *const input = call->inputs[0];
    const int skip = input->rank == rank ? 1 : 0;
    gan_shape apart = gan__shape(input->rank - skip, input->size + skip);
    if (skip && input->size[0] != 1)
        return gan__foreign_refuse(call, "the constant %s has another row for each sample",
                                   input->name);
    GAN_TRY(add_size(call, &apart, 1));
    *x = gan__reshape(*x, &apart);
    return gan__graph_status(call->to->graph);
}

// To a shape whose sizes are equal or were 1. A constant may become one for each sample.
static gan_status put_expand(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_list list;
    gan_shape shape = {0};
    GAN_TRY(gan__foreign_take(call, 0, &x));
    GAN_TRY(gan__foreign_list_of(call, "shape", 1, &list));
    const gan_foreign_value *const input = call->inputs[0];
    const int count = (int)list.count, rank = input->rank;
    const bool batched = input->batched || (count > 0 && list.values[0] == GAN_FOREIGN_BATCH);
    if (list.count > GAN_RANK_MAX || count < rank || (input->batched && count != rank))
        return gan__foreign_refuse(call, "a shape of %zu dimensions is not known here", list.count);
    if (batched && !input->batched) GAN_TRY(put_beside(call, count, &x));
    for (int i = batched ? 1 : 0; i < count; i++) {
        const int from = i - count + rank;
        const bool keeps = list.values[i] == 1 && from >= 0;
        GAN_TRY(add_size(call, &shape, keeps ? input->size[from] : list.values[i]));
    }
    if (batched) GAN_TRY(add_size(call, &shape, call->to->batch));
    return gan__foreign_give(call, 0, batched, gan__broadcast(x, &shape));
}

const gan_foreign_row gan__foreign_rows_shape[] = {
    {"Reshape", 1, 2, "allowzero shape ", put_reshape},
    {"Flatten", 1, 1, "axis ", put_flatten},
    {"Squeeze", 1, 2, "axes ", put_squeeze},
    {"Unsqueeze", 1, 2, "axes ", put_unsqueeze},
    {"Transpose", 1, 1, "perm ", put_transpose},
    {"Expand", 2, 2, "", put_expand},
    {.operation = NULL},
};
