// Places in memory: what strides can say.
#include "graph/plan.h"

gan_place gan__place_dense(uint32_t tensor, const gan_shape *shape) {
    gan_place place = {.tensor = tensor};
    gan__shape_strides(shape, place.stride);
    return place;
}

// --- Another shape ------------------------------------------------------------------------------

// Axes of both shapes from the last one on, as far as they were seen.
typedef struct axes {
    const gan_place *place;
    const gan_shape *from, *to;
    int i, k; // seen down to these
    gan_place *out;
} axes;

// Lays the next axes of `to` over those of `from` that hold as many elements and lie one behind the
// other; false where that cannot be.
static bool match_axes(axes *m) {
    int64_t stride = m->place->stride[--m->i], have = m->from->size[m->i], want = 1;
    const int64_t innermost = stride;
    do {
        if (want < have) {
            if (m->k == 0) return false;
            m->out->stride[--m->k] = innermost * want;
            want *= m->to->size[m->k];
        } else {
            if (m->i == 0) return false;
            stride = m->place->stride[--m->i];
            if (m->from->size[m->i] > 1 && stride != innermost * have) return false;
            have *= m->from->size[m->i];
        }
    } while (have != want);
    return true;
}

bool gan__place_reshape(const gan_place *place, const gan_shape *from, const gan_shape *to,
                        gan_place *out) {
    axes m = {place, from, to, from->rank, to->rank, out};
    *out = gan__place_dense(place->tensor, to);
    out->offset = place->offset;
    for (;;) {
        while (m.i > 0 && from->size[m.i - 1] == 1) m.i--;
        while (m.k > 0 && to->size[m.k - 1] == 1) m.k--;
        if (m.i == 0 || m.k == 0) return m.i == m.k;
        if (!match_axes(&m)) return false;
    }
}

// --- Matrices -----------------------------------------------------------------------------------

static bool matrix_of_factors(const int64_t *factor, const gan_shape *shape, gan_plan_operand *out,
                              bool *transposed) {
    int last = shape->rank - 1;
    int64_t rows = shape->size[last - 1], columns = shape->size[last];
    int64_t row = rows == 1 ? columns : factor[last - 1];
    int64_t column = columns == 1 ? 1 : factor[last];
    *transposed = column != 1;
    if (*transposed && rows > 1 && row != 1) return false;
    int64_t pitch = *transposed ? column : row, least = *transposed ? rows : columns;
    if (pitch < least || pitch > INT32_MAX) return false;
    int64_t stride = 0, batches = 1;
    for (int i = last - 1; i-- > 0;) {
        if (shape->size[i] == 1) continue;
        if (batches == 1) stride = factor[i];
        if (factor[i] != stride * batches || factor[i] < 0) return false;
        batches *= shape->size[i];
    }
    out->pitch = (uint32_t)pitch;
    out->stride = (uint64_t)stride;
    return true;
}

bool gan__place_matrix(const gan_place *place, const gan_shape *shape, gan_plan_operand *out,
                       bool *transposed) {
    out->tensor = place->tensor;
    out->offset = place->offset;
    return matrix_of_factors(place->stride, shape, out, transposed);
}
