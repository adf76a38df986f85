// Constants and shapes of ONNX, and lists of constant whole numbers that are taken apart and put
// together: on the host, as the graph is built.
#include "convert/foreign_wholes.h"

#include <string.h>

gan_status gan__foreign_wholes_alloc(const gan_foreign_call *call, size_t count, int64_t **out) {
    if (count > GAN_FOREIGN_WHOLES_MAX)
        return gan__foreign_refuse(call, "%zu whole numbers are more than shapes need", count);
    return gan__foreign_alloc(call->to, count, sizeof **out, (void **)out);
}

gan_status gan__foreign_wholes_take(const gan_foreign_call *call, size_t index,
                                    const gan_foreign_value **out) {
    *out = gan__foreign_input(call, index);
    if (!*out || (*out)->rank > 1)
        return gan__foreign_refuse(call, "its input %zu is no list of whole numbers", index);
    return GAN_STATUS_OK;
}

static gan_status give_list(const gan_foreign_call *call, int64_t count, const int64_t *values) {
    return gan__foreign_give_wholes(call, 1, &count, values);
}

// --- Where they come from ------------------------------------------------------------------------
// The sizes of a value, from `start` to before `end`.
static gan_status put_shape(const gan_foreign_call *call) {
    const gan_foreign_value *const value = gan__foreign_input(call, 0);
    int64_t *sizes;
    if (!value) return gan__foreign_refuse(call, "its input is left out");
    int64_t start = gan__foreign_whole(call, "start", 0);
    int64_t end = gan__foreign_whole(call, "end", value->rank);
    if (start < 0) start = start < -value->rank ? 0 : start + value->rank;
    if (end < 0) end = end < -value->rank ? 0 : end + value->rank;
    if (end > value->rank) end = value->rank;
    const int64_t count = end > start ? end - start : 0;
    GAN_TRY(gan__foreign_wholes_alloc(call, (size_t)count, &sizes));
    for (int64_t i = 0; i < count; i++) sizes[i] = value->size[start + i];
    return give_list(call, count, sizes);
}

// One of several attributes.
static gan_status put_constant(const gan_foreign_call *call) {
    gan_foreign_value *const value = call->outputs[0];
    const gan_foreign_attribute *const given = call->node->attributes;
    gan_onnx_tensor *tensor;
    if (!value || call->node->attribute_count != 1)
        return gan__foreign_refuse(call, "its value is missing");
    value->known = true;
    if (strcmp(given->name, "value_ints") == 0 || strcmp(given->name, "value_int") == 0) {
        const bool list = strcmp(given->name, "value_ints") == 0;
        value->wholes = list ? given->wholes : &given->whole;
        value->rank = list ? 1 : 0;
        value->size[0] = (int64_t)given->whole_count;
        return GAN_STATUS_OK;
    }
    if (strcmp(given->name, "value_float") == 0 || strcmp(given->name, "value_floats") == 0) {
        const bool list = strcmp(given->name, "value_floats") == 0;
        value->floats = list ? given->numbers : &given->number;
        value->rank = list ? 1 : 0;
        value->size[0] = (int64_t)given->number_count;
        return GAN_STATUS_OK;
    }
    if (!given->has_tensor) return gan__foreign_refuse(call, "it is no tensor");
    GAN_TRY(gan__foreign_alloc(call->to, 1, sizeof *tensor, (void **)&tensor));
    GAN_TRY(gan__onnx_tensor_parse(given->tensor, tensor));
    value->stored = tensor;
    value->rank = tensor->rank;
    memcpy(value->size, tensor->size, sizeof value->size);
    if (!gan__foreign_is_whole(tensor)) return GAN_STATUS_OK;
    return gan__foreign_decode(call->to, tensor, &value->floats, &value->wholes);
}

// A shape full of one number: whole ones stay here, others become a node.
static gan_status put_constant_of_shape(const gan_foreign_call *call) {
    const gan_foreign_attribute *const given = gan__foreign_attribute(call->node, "value");
    const gan_foreign_value *shape;
    const float *number = &(const float){0};
    const int64_t *whole = NULL;
    int64_t *values, count = 1;
    GAN_TRY(gan__foreign_wholes_take(call, 0, &shape));
    if (given && given->has_tensor) {
        gan_onnx_tensor tensor;
        GAN_TRY(gan__onnx_tensor_parse(given->tensor, &tensor));
        if (tensor.elements != 1) return gan__foreign_refuse(call, "its value is no number");
        GAN_TRY(gan__foreign_decode(call->to, &tensor, &number, &whole));
    }
    const int rank = (int)gan__foreign_elements(shape);
    gan_shape sizes = {.rank = rank};
    for (int i = 0; i < rank; i++) {
        if (rank > GAN_RANK_MAX || shape->wholes[i] < 1 ||
            shape->wholes[i] > GAN_FOREIGN_WHOLES_MAX / count)
            return gan__foreign_refuse(call, "its shape is not known here");
        sizes.size[i] = shape->wholes[i];
        count *= sizes.size[i];
    }
    if (!whole)
        return gan__foreign_give(call, 0, false,
                                 gan__constant(call->to->graph, &sizes, (double)*number));
    GAN_TRY(gan__foreign_wholes_alloc(call, (size_t)count, &values));
    for (int64_t i = 0; i < count; i++) values[i] = *whole;
    return gan__foreign_give_wholes(call, rank, sizes.size, values);
}

// --- Parts of lists ------------------------------------------------------------------------------
static gan_status put_gather(const gan_foreign_call *call) {
    const gan_foreign_value *from, *indices;
    int64_t *values;
    GAN_TRY(gan__foreign_wholes_take(call, 0, &from));
    GAN_TRY(gan__foreign_wholes_take(call, 1, &indices));
    const int64_t size = gan__foreign_elements(from), count = gan__foreign_elements(indices);
    if (from->rank != 1) return gan__foreign_refuse(call, "its input is no list");
    GAN_TRY(gan__foreign_wholes_alloc(call, (size_t)count, &values));
    for (int64_t i = 0; i < count; i++) {
        const int64_t index = indices->wholes[i];
        if (index < -size || index >= size)
            return gan__foreign_refuse(call, "index %lld of %lld", (long long)index,
                                       (long long)size);
        values[i] = from->wholes[index < 0 ? index + size : index];
    }
    return gan__foreign_give_wholes(call, indices->rank, indices->size, values);
}

static gan_status put_slice(const gan_foreign_call *call) {
    static const char *const names[] = {"starts", "ends", "axes", "steps"};
    const gan_foreign_value *from;
    gan_foreign_list lists[4];
    GAN_TRY(gan__foreign_wholes_take(call, 0, &from));
    for (size_t i = 0; i < 4; i++) GAN_TRY(gan__foreign_list_of(call, names[i], i + 1, &lists[i]));
    const bool steps = lists[3].count == 1 && lists[3].values[0] != 1;
    if (from->rank != 1 || lists[0].count != 1 || lists[1].count != 1 || steps)
        return gan__foreign_refuse(call, "only a part of a list is known here");
    const int64_t size = gan__foreign_elements(from);
    int64_t place[2] = {lists[0].values[0], lists[1].values[0]};
    for (int i = 0; i < 2; i++) {
        if (place[i] < 0) place[i] = place[i] < -size ? 0 : place[i] + size;
        if (place[i] > size) place[i] = size;
    }
    const int64_t count = place[1] > place[0] ? place[1] - place[0] : 0;
    return give_list(call, count, from->wholes + place[0]);
}

static gan_status put_concat(const gan_foreign_call *call) {
    size_t count = 0, at = 0;
    int64_t *values;
    for (size_t i = 0; i < call->node->inputs.count; i++) {
        const gan_foreign_value *part;
        GAN_TRY(gan__foreign_wholes_take(call, i, &part));
        count += (size_t)gan__foreign_elements(part);
    }
    GAN_TRY(gan__foreign_wholes_alloc(call, count, &values));
    for (size_t i = 0; i < call->node->inputs.count; i++) {
        const size_t more = (size_t)gan__foreign_elements(call->inputs[i]);
        if (more > 0) memcpy(values + at, call->inputs[i]->wholes, more * sizeof *values);
        at += more;
    }
    return give_list(call, (int64_t)count, values);
}

// A number as a list of one, and the other way round.
static gan_status put_unsqueeze(const gan_foreign_call *call) {
    const gan_foreign_value *from;
    GAN_TRY(gan__foreign_wholes_take(call, 0, &from));
    if (from->rank != 0) return gan__foreign_refuse(call, "only a number becomes a list here");
    return give_list(call, 1, from->wholes);
}

static gan_status put_squeeze(const gan_foreign_call *call) {
    const gan_foreign_value *from;
    GAN_TRY(gan__foreign_wholes_take(call, 0, &from));
    if (gan__foreign_elements(from) != 1)
        return gan__foreign_refuse(call, "only a list of one becomes a number here");
    return gan__foreign_give_wholes(call, 0, NULL, from->wholes);
}

// Numbers in a row are the one shape known of them.
static gan_status put_reshape(const gan_foreign_call *call) {
    const gan_foreign_value *from, *shape;
    GAN_TRY(gan__foreign_wholes_take(call, 0, &from));
    GAN_TRY(gan__foreign_wholes_take(call, 1, &shape));
    const int64_t count = gan__foreign_elements(from);
    if (gan__foreign_elements(shape) != 1 || (shape->wholes[0] != -1 && shape->wholes[0] != count))
        return gan__foreign_refuse(call, "only a list is known of whole numbers here");
    return give_list(call, count, from->wholes);
}

const gan_foreign_row gan__foreign_rows_list[] = {
    {"Concat", 1, -1, "axis ", put_concat},
    {"Gather", 2, 2, "axis ", put_gather},
    {"Slice", 1, 5, "axes ends starts ", put_slice},
    {"Reshape", 1, 2, "allowzero ", put_reshape},
    {"Squeeze", 1, 2, "axes ", put_squeeze},
    {"Unsqueeze", 1, 2, "axes ", put_unsqueeze},
    {"ConstantOfShape", 1, 1, "value ", put_constant_of_shape},
    {.operation = NULL},
};

const gan_foreign_row gan__foreign_rows_constant[] = {
    {"Constant", 0, 0, "value value_float value_floats value_int value_ints ", put_constant},
    {"Shape", 1, 1, "end start ", put_shape},
    {.operation = NULL},
};
