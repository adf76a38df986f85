// Where the operands and results of convolutions lie.
#include "graph/plan.h"

bool gan__convolution_takes_weight(gan_op op, uint32_t operand) {
    return operand == 1 && op != GAN_OP_CONVOLUTION_BY_WEIGHT;
}

bool gan__convolution_makes_weight(gan_op op) {
    return op == GAN_OP_CONVOLUTION_BY_WEIGHT;
}

static bool strides_of(const int64_t *factor, const gan_shape *shape, bool weight,
                       uint32_t *stride) {
    for (int i = 0; i < 4; i++) {
        if (factor[i] < 0 || factor[i] > INT32_MAX) return false;
        stride[i] = (uint32_t)factor[i];
    }
    if (weight) return true;
    if (shape->size[3] == 1) stride[3] = 1;
    return stride[3] == 1;
}

bool gan__place_image(const gan_place *place, const gan_shape *shape, bool weight,
                      gan_plan_image *out) {
    out->tensor = place->tensor;
    out->offset = place->offset;
    return strides_of(place->stride, shape, weight, out->stride);
}

typedef struct gan_found_image {
    gan_plan_image *out;
    bool weight;
} gan_found_image;

static bool fits_image(const gan_plan_factors *factors, const gan_shape *shape, void *user) {
    const gan_found_image *found = user;
    found->out->tensor = factors->tensor;
    found->out->offset = factors->offset;
    return strides_of(factors->factor, shape, found->weight, found->out->stride);
}

gan_status gan__plan_image(gan_plan *plan, uint32_t vertex, bool weight, gan_plan_image *out,
                           bool *found) {
    gan_found_image image = {out, weight};
    return gan__plan_find_place(plan, vertex, fits_image, &image, found);
}
