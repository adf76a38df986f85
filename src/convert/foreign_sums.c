// Operators of ONNX that calculate with constant whole numbers, for shapes: on the host, as the
// graph is built. What speaks of the batch may be chosen and compared, but not calculated with.
#include "convert/foreign_wholes.h"

#include <string.h>

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

static bool equal(int64_t a, int64_t b, int64_t *out) {
    *out = a == b;
    return true;
}

static const struct {
    const char *operation;
    bool (*compute)(int64_t a, int64_t b, int64_t *out); // false: it has no result
    bool of_batch;                                       // the batch's size may be compared
} sums[] = {{"Add", add, false},
            {"Sub", subtract, false},
            {"Mul", multiply, false},
            {"Div", divide, false},
            {"Equal", equal, true}};

static gan_status put_sum(const gan_foreign_call *call) {
    const gan_foreign_value *a, *b;
    int64_t *values;
    size_t which = 0;
    GAN_TRY(gan__foreign_wholes_take(call, 0, &a));
    GAN_TRY(gan__foreign_wholes_take(call, 1, &b));
    while (strcmp(sums[which].operation, call->node->operation) != 0) which++;
    const int64_t left = gan__foreign_elements(a), right = gan__foreign_elements(b);
    const gan_foreign_value *const longer = a->rank > b->rank || left > right ? a : b;
    const int64_t count = gan__foreign_elements(longer);
    if ((left != count && left != 1) || (right != count && right != 1))
        return gan__foreign_refuse(call, "lists of %lld and %lld whole numbers", (long long)left,
                                   (long long)right);
    GAN_TRY(gan__foreign_wholes_alloc(call, (size_t)count, &values));
    for (int64_t i = 0; i < count; i++) {
        const int64_t x = a->wholes[left > 1 ? i : 0], y = b->wholes[right > 1 ? i : 0];
        const bool batch = x == GAN_FOREIGN_BATCH || y == GAN_FOREIGN_BATCH;
        if ((batch && !sums[which].of_batch) || !sums[which].compute(x, y, &values[i]))
            return gan__foreign_refuse(call, "it calculates with the size of the batch, or "
                                             "without a result");
    }
    return gan__foreign_give_wholes(call, longer->rank, longer->size, values);
}

// Of two lists, element by element.
static gan_status put_where(const gan_foreign_call *call) {
    const gan_foreign_value *of[3], *longest = NULL;
    int64_t *values, count = 0;
    for (size_t i = 0; i < 3; i++) {
        GAN_TRY(gan__foreign_wholes_take(call, i, &of[i]));
        if (!longest || gan__foreign_elements(of[i]) > count) longest = of[i];
        count = gan__foreign_elements(longest);
    }
    GAN_TRY(gan__foreign_wholes_alloc(call, (size_t)count, &values));
    for (int64_t i = 0; i < count; i++) {
        int64_t at[3];
        for (int k = 0; k < 3; k++) {
            const int64_t own = gan__foreign_elements(of[k]);
            if (own != 1 && own != count)
                return gan__foreign_refuse(call, "its lists are of different lengths");
            at[k] = of[k]->wholes[own > 1 ? i : 0];
        }
        values[i] = at[0] != 0 ? at[1] : at[2];
    }
    return gan__foreign_give_wholes(call, longest->rank, longest->size, values);
}

const gan_foreign_row gan__foreign_rows_sum[] = {
    {"Add", 2, 2, "", put_sum},
    {"Sub", 2, 2, "", put_sum},
    {"Mul", 2, 2, "", put_sum},
    {"Div", 2, 2, "", put_sum},
    {"Equal", 2, 2, "", put_sum},
    {"Where", 3, 3, "", put_where},
    {"Cast", 1, 1, "to saturate ", put_cast},
    {"Identity", 1, 1, "", put_same},
    {.operation = NULL},
};
