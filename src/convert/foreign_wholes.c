// Operators of ONNX on constant whole numbers, which compute shapes: on the host, as the graph is
// built. What speaks of the batch is carried along but not calculated with.
#include "convert/foreign.h"

#include <string.h>

static gan_status room(const gan_foreign_call *call, size_t count, int64_t **out) {
    if (count > GAN_FOREIGN_WHOLES_MAX)
        return gan__foreign_refuse(call, "%zu whole numbers are more than shapes need", count);
    return gan__foreign_alloc(call->to, count, sizeof **out, (void **)out);
}

static gan_status give_list(const gan_foreign_call *call, int64_t count, const int64_t *values) {
    return gan__foreign_give_wholes(call, 1, &count, values);
}

// An input that must be there, of at most one dimension.
static gan_status take(const gan_foreign_call *call, size_t index, const gan_foreign_value **out) {
    *out = gan__foreign_input(call, index);
    if (!*out || (*out)->rank > 1)
        return gan__foreign_refuse(call, "its input %zu is no list of whole numbers", index);
    return GAN_STATUS_OK;
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
    GAN_TRY(room(call, (size_t)count, &sizes));
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
    GAN_TRY(take(call, 0, &shape));
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
    GAN_TRY(room(call, (size_t)count, &values));
    for (int64_t i = 0; i < count; i++) values[i] = *whole;
    return gan__foreign_give_wholes(call, rank, sizes.size, values);
}

// --- Parts of lists ------------------------------------------------------------------------------
static gan_status put_gather(const gan_foreign_call *call) {
    const gan_foreign_value *from, *indices;
    int64_t *values;
    GAN_TRY(take(call, 0, &from));
    GAN_TRY(take(call, 1, &indices));
    const int64_t size = gan__foreign_elements(from), count = gan__foreign_elements(indices);
    if (from->rank != 1) return gan__foreign_refuse(call, "its input is no list");
    GAN_TRY(room(call, (size_t)count, &values));
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
    GAN_TRY(take(call, 0, &from));
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
        GAN_TRY(take(call, i, &part));
        count += (size_t)gan__foreign_elements(part);
    }
    GAN_TRY(room(call, count, &values));
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
    GAN_TRY(take(call, 0, &from));
    if (from->rank != 0) return gan__foreign_refuse(call, "only a number becomes a list here");
    return give_list(call, 1, from->wholes);
}

static gan_status put_squeeze(const gan_foreign_call *call) {
    const gan_foreign_value *from;
    GAN_TRY(take(call, 0, &from));
    if (gan__foreign_elements(from) != 1)
        return gan__foreign_refuse(call, "only a list of one becomes a number here");
    return gan__foreign_give_wholes(call, 0, NULL, from->wholes);
}

static gan_status put_same(const gan_foreign_call *call) {
    return gan__foreign_give_same(call);
}

// To floating-point numbers it is one of those from then on.
static gan_status put_cast(const gan_foreign_call *call) {
    const gan_foreign_value *const from = gan__foreign_input(call, 0);
    const gan_element_kind *const kind = gan__element_kind_onnx(gan__foreign_whole(call, "to", 0));
    float *values;
    if (!from || !kind) return gan__foreign_refuse(call, "its type is not known");
    GAN_TRY(gan__foreign_give_same(call));
    if (kind->safetensors[0] != 'F') return GAN_STATUS_OK;
    const int64_t count = gan__foreign_elements(from);
    GAN_TRY(gan__foreign_alloc(call->to, (size_t)count, sizeof *values, (void **)&values));
    for (int64_t i = 0; i < count; i++) {
        if (from->wholes[i] == GAN_FOREIGN_BATCH)
            return gan__foreign_refuse(call, "it calculates with the size of the batch");
        values[i] = (float)from->wholes[i];
    }
    if (!call->outputs[0]) return GAN_STATUS_OK;
    call->outputs[0]->floats = values;
    call->outputs[0]->wholes = NULL;
    call->outputs[0]->stored = NULL;
    return GAN_STATUS_OK;
}

// --- Arithmetic ----------------------------------------------------------------------------------
static bool add(int64_t a, int64_t b, int64_t *out) {
    return !__builtin_add_overflow(a, b, out);
}

static bool subtract(int64_t a, int64_t b, int64_t *out) {
    return !__builtin_sub_overflow(a, b, out);
}

static bool multiply(int64_t a, int64_t b, int64_t *out) {
    return !__builtin_mul_overflow(a, b, out);
}

static bool divide(int64_t a, int64_t b, int64_t *out) {
    if (b == 0 || b == -1) return false;
    *out = a / b;
    return true;
}

static const struct {
    const char *operation;
    bool (*compute)(int64_t a, int64_t b, int64_t *out); // false: it has no result
} sums[] = {{"Add", add}, {"Sub", subtract}, {"Mul", multiply}, {"Div", divide}};

static gan_status put_sum(const gan_foreign_call *call) {
    const gan_foreign_value *a, *b;
    int64_t *values;
    size_t which = 0;
    GAN_TRY(take(call, 0, &a));
    GAN_TRY(take(call, 1, &b));
    while (strcmp(sums[which].operation, call->node->operation) != 0) which++;
    const int64_t left = gan__foreign_elements(a), right = gan__foreign_elements(b);
    const gan_foreign_value *const longer = a->rank > b->rank || left > right ? a : b;
    const int64_t count = gan__foreign_elements(longer);
    if ((left != count && left != 1) || (right != count && right != 1))
        return gan__foreign_refuse(call, "lists of %lld and %lld whole numbers", (long long)left,
                                   (long long)right);
    GAN_TRY(room(call, (size_t)count, &values));
    for (int64_t i = 0; i < count; i++) {
        const int64_t x = a->wholes[left > 1 ? i : 0], y = b->wholes[right > 1 ? i : 0];
        if (x == GAN_FOREIGN_BATCH || y == GAN_FOREIGN_BATCH ||
            !sums[which].compute(x, y, &values[i]))
            return gan__foreign_refuse(call, "it calculates with the size of the batch, or "
                                             "without a result");
    }
    return gan__foreign_give_wholes(call, longer->rank, longer->size, values);
}

const gan_foreign_row gan__foreign_rows_whole[] = {
    {"Add", 2, 2, "", put_sum},
    {"Sub", 2, 2, "", put_sum},
    {"Mul", 2, 2, "", put_sum},
    {"Div", 2, 2, "", put_sum},
    {"Cast", 1, 1, "to saturate ", put_cast},
    {"Identity", 1, 1, "", put_same},
    {"Concat", 1, -1, "axis ", put_concat},
    {"Gather", 2, 2, "axis ", put_gather},
    {"Slice", 1, 5, "axes ends starts ", put_slice},
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
