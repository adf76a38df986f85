// Operators of ONNX that take parts of a value, or put values side by side.
#include "convert/foreign.h"

#include <string.h>

// The axis of the node of a value that is number `axis` in the file, which is not the batch.
static gan_status node_axis(const gan_foreign_call *call, const gan_foreign_value *value,
                            int64_t given, int *out) {
    GAN_TRY(gan__foreign_axis(call, given, value->rank, out));
    if (!value->batched) return GAN_STATUS_OK;
    if (*out == 0)
        return gan__foreign_refuse(call, "it works across the samples of a batch (axis 0)");
    --*out;
    return GAN_STATUS_OK;
}

// `count` elements from `start` on along one axis, `step` apart.
static gan_node *cut(gan_node *x, int axis, int64_t start, int64_t count, int64_t step) {
    if (!x) return NULL;
    gan_shape shape = *gan__node_shape(x);
    int64_t starts[GAN_RANK_MAX] = {0}, steps[GAN_RANK_MAX];
    for (int i = 0; i < GAN_RANK_MAX; i++) steps[i] = 1;
    starts[axis] = start;
    steps[axis] = step;
    shape.size[axis] = count;
    return gan__slice(x, starts, shape.size, steps);
}

// --- Slice and Split -----------------------------------------------------------------------------
// A place of Slice within `size`: from the end where it is negative, never outside.
static int64_t place(int64_t given, int64_t size) {
    if (given < 0) given = given < -size ? 0 : given + size;
    return given > size ? size : given;
}

static gan_status put_slice(const gan_foreign_call *call) {
    static const char *const names[] = {"starts", "ends", "axes", "steps"};
    gan_foreign_list lists[4];
    gan_node *x;
    GAN_TRY(gan__foreign_take(call, 0, &x));
    for (size_t i = 0; i < 4; i++) GAN_TRY(gan__foreign_list_of(call, names[i], i + 1, &lists[i]));
    for (size_t i = 1; i < 4; i++) {
        if (lists[i].count != lists[0].count && (i == 1 || lists[i].values))
            return gan__foreign_refuse(call, "%s has %zu numbers for %zu starts", names[i],
                                       lists[i].count, lists[0].count);
    }
    for (size_t i = 0; i < lists[0].count; i++) {
        int axis;
        const int64_t step = lists[3].values ? lists[3].values[i] : 1;
        GAN_TRY(node_axis(call, call->inputs[0], lists[2].values ? lists[2].values[i] : (int64_t)i,
                          &axis));
        const int64_t size = gan__node_shape(x)->size[axis];
        const int64_t start = place(lists[0].values[i], size),
                      end = place(lists[1].values[i], size);
        if (step < 1) return gan__foreign_refuse(call, "steps backwards are not known here");
        if (start >= end) return gan__foreign_refuse(call, "nothing is left");
        x = cut(x, axis, start, (end - start - 1) / step + 1, step);
        GAN_TRY(gan__graph_status(call->to->graph));
    }
    return gan__foreign_give(call, 0, call->inputs[0]->batched, x);
}

// Parts of given sizes, or equal ones of which the last may be smaller.
static gan_status put_split(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_list list;
    int axis;
    GAN_TRY(gan__foreign_take(call, 0, &x));
    GAN_TRY(gan__foreign_list_of(call, "split", 1, &list));
    GAN_TRY(node_axis(call, call->inputs[0], gan__foreign_whole(call, "axis", 0), &axis));
    const int64_t size = gan__node_shape(x)->size[axis];
    const int64_t parts = (int64_t)call->node->outputs.count, equal = (size + parts - 1) / parts;
    if (list.values && list.count != (size_t)parts)
        return gan__foreign_refuse(call, "%zu sizes for %lld outputs", list.count,
                                   (long long)parts);
    for (int64_t i = 0, at = 0; i < parts; i++) {
        const int64_t left = size - at;
        const int64_t count = list.values ? list.values[i] : equal < left ? equal : left;
        if (count < 1 || count > left)
            return gan__foreign_refuse(call, "its sizes do not make %lld", (long long)size);
        GAN_TRY(gan__foreign_give(call, (size_t)i, call->inputs[0]->batched,
                                  cut(x, axis, at, count, 1)));
        at += count;
    }
    return GAN_STATUS_OK;
}

// --- Gather --------------------------------------------------------------------------------------
// Constant indices, in the arena as a tensor of floats. Errors: BAD_INPUT (one is outside).
static gan_status indices_of(const gan_foreign_call *call, const gan_foreign_value *indices,
                             int64_t size, gan_node **out) {
    const int64_t count = gan__foreign_elements(indices);
    float *values;
    GAN_TRY(gan__foreign_alloc(call->to, (size_t)count, sizeof *values, (void **)&values));
    for (int64_t i = 0; i < count; i++) {
        const int64_t index = indices->wholes[i];
        if (index < -size || index >= size)
            return gan__foreign_refuse(call, "index %lld of %lld", (long long)index,
                                       (long long)size);
        values[i] = (float)(index < 0 ? index + size : index);
    }
    if (count < 1) return gan__foreign_refuse(call, "nothing is left");
    const gan_shape shape = GAN_SHAPE(count);
    if (count > 1) return gan__foreign_tensor(call->to, &shape, values, out);
    *out = gan__constant(call->to->graph, &shape, (double)values[0]);
    return gan__graph_status(call->to->graph);
}

// By a list of indices, or by one, which drops the axis.
static gan_status put_gather(const gan_foreign_call *call) {
    gan_node *x, *index;
    int axis;
    GAN_TRY(gan__foreign_take(call, 0, &x));
    const gan_foreign_value *const input = call->inputs[0];
    const gan_foreign_value *const indices = gan__foreign_input(call, 1);
    if (!indices || !indices->wholes || indices->rank > 1)
        return gan__foreign_refuse(call, "only constant lists of indices are known here");
    GAN_TRY(node_axis(call, input, gan__foreign_whole(call, "axis", 0), &axis));
    GAN_TRY(indices_of(call, indices, gan__node_shape(x)->size[axis], &index));
    gan_node *y = gan__gather(x, index, axis);
    if (y && indices->rank == 0) {
        gan_shape shape = *gan__node_shape(y);
        for (int i = axis; i + 1 < shape.rank; i++) shape.size[i] = shape.size[i + 1];
        shape.size[--shape.rank] = 0;
        y = gan__reshape(y, &shape);
    }
    return gan__foreign_give(call, 0, input->batched, y);
}

// --- Concat and Pad ------------------------------------------------------------------------------
// A constant beside batched values is one for each sample.
static gan_status repeat_constant(const gan_foreign_call *call, const gan_foreign_value *value,
                                  gan_node **node) {
    if (value->rank < 1 || value->size[0] != 1)
        return gan__foreign_refuse(call, "the constant %s has another row for each sample",
                                   value->name);
    gan_shape shape = gan__shape(value->rank - 1, value->size + 1);
    shape.size[shape.rank++] = 1;
    gan_node *const one = gan__reshape(*node, &shape);
    shape.size[shape.rank - 1] = call->to->batch;
    *node = gan__broadcast(one, &shape);
    return gan__graph_status(call->to->graph);
}

static gan_status put_concat(const gan_foreign_call *call) {
    const size_t count = call->node->inputs.count;
    const gan_foreign_value *first = NULL; // batched, where one is
    gan_node **parts;
    int axis;
    GAN_TRY(gan__foreign_alloc(call->to, count, sizeof(gan_node *), (void **)&parts));
    for (size_t i = 0; i < count; i++) {
        GAN_TRY(gan__foreign_take(call, i, &parts[i]));
        if (!first || call->inputs[i]->batched) first = call->inputs[i];
    }
    GAN_TRY(node_axis(call, first, gan__foreign_whole(call, "axis", 1), &axis));
    for (size_t i = 0; i < count && first->batched; i++) {
        if (!call->inputs[i]->batched) GAN_TRY(repeat_constant(call, call->inputs[i], &parts[i]));
    }
    return gan__foreign_give(call, 0, first->batched, gan__concat(parts, count, axis));
}

// The numbers before and behind each axis of the file, in two rows.
static gan_status pads_of(const gan_foreign_call *call, const gan_foreign_list *pads,
                          int64_t *before, int64_t *after) {
    const gan_foreign_value *const x = call->inputs[0];
    gan_foreign_list axes;
    GAN_TRY(gan__foreign_list_of(call, "axes", 3, &axes));
    const size_t count = axes.values ? axes.count : (size_t)x->rank;
    if (pads->count != 2 * count)
        return gan__foreign_refuse(call, "%zu pads for %zu axes", pads->count, count);
    for (size_t i = 0; i < count; i++) {
        int axis = (int)i;
        if (axes.values) GAN_TRY(gan__foreign_axis(call, axes.values[i], x->rank, &axis));
        const int64_t sides[2] = {pads->values[i], pads->values[count + i]};
        for (int side = 0; side < 2; side++) {
            if (sides[side] < 0 || sides[side] > INT32_MAX)
                return gan__foreign_refuse(call, "pad %lld is not known here",
                                           (long long)sides[side]);
        }
        if (x->batched && axis == 0 && (sides[0] != 0 || sides[1] != 0))
            return gan__foreign_refuse(call, "it pads the batch");
        before[axis] = sides[0];
        after[axis] = sides[1];
    }
    return GAN_STATUS_OK;
}

static gan_status check_padding(const gan_foreign_call *call) {
    const char *const mode = gan__foreign_text(call, "mode", "constant");
    double value = gan__foreign_number(call, "value", 0);
    if (gan__foreign_input(call, 2)) {
        const float *given;
        size_t count;
        GAN_TRY(gan__foreign_floats(call, 2, &given, &count));
        if (count == 1) value = (double)*given;
    }
    if (strcmp(mode, "constant") != 0)
        return gan__foreign_refuse(call, "mode %.100s is not known here; constant is", mode);
    if (value == 0) return GAN_STATUS_OK;
    return gan__foreign_refuse(call, "only zeros around a value are known here, and it has %g",
                               value);
}

static gan_status put_pad(const gan_foreign_call *call) {
    gan_node *x;
    gan_foreign_list pads;
    int64_t before[GAN_TENSOR_RANK_MAX + 1] = {0}, after[GAN_TENSOR_RANK_MAX + 1] = {0};
    GAN_TRY(gan__foreign_take(call, 0, &x));
    GAN_TRY(check_padding(call));
    GAN_TRY(gan__foreign_list_of(call, "pads", 1, &pads));
    GAN_TRY(pads_of(call, &pads, before, after));
    const int first = call->inputs[0]->batched ? 1 : 0;
    return gan__foreign_give(call, 0, call->inputs[0]->batched,
                             gan__pad(x, before + first, after + first));
}

const gan_foreign_row gan__foreign_rows_part[] = {
    {"Slice", 1, 5, "axes ends starts ", put_slice},
    {"Split", 1, 2, "axis num_outputs split ", put_split},
    {"Gather", 2, 2, "axis ", put_gather},
    {"Concat", 1, -1, "axis ", put_concat},
    {"Pad", 1, 4, "mode pads value ", put_pad},
    {.operation = NULL},
};
