// Operators of ONNX that give images another size: those that src/nn/resample.h has.
#include "convert/foreign.h"
#include "nn/resample.h"

#include <math.h>
#include <string.h>

// The new size of a spatial axis by its factor.
static int64_t scaled(int64_t size, double factor) {
    const double result = floor((double)size * factor);
    return result >= 1 && result < INT32_MAX ? (int64_t)result : 0;
}

static gan_status size_by_scales(const gan_foreign_call *call, const float *scales, size_t count,
                                 const int64_t *image, int64_t *out) {
    if (count != 4 || scales[0] != 1 || scales[1] != 1)
        return gan__foreign_refuse(call, "only height and width may be scaled here");
    for (int i = 0; i < 2; i++) {
        out[i] = scaled(image[i], (double)scales[i + 2]);
        // A factor that does not come out even would move pixels by its own rounding.
        if (out[i] < 1 || fabs((double)out[i] - (double)image[i] * (double)scales[i + 2]) > 1e-3)
            return gan__foreign_refuse(call, "%lld pixels scaled by %g are no whole number",
                                       (long long)image[i], (double)scales[i + 2]);
    }
    return GAN_STATUS_OK;
}

// By the input `scales`, the input `sizes`, or the attribute `scales` of Upsample before opset 9.
static gan_status size_of(const gan_foreign_call *call, size_t scales_at, size_t sizes_at,
                          const int64_t *image, int64_t *out) {
    const gan_foreign_attribute *const given = gan__foreign_attribute(call->node, "scales");
    const gan_foreign_value *const scales = gan__foreign_input(call, scales_at);
    gan_foreign_list sizes;
    if (given) return size_by_scales(call, given->numbers, given->number_count, image, out);
    if (scales && gan__foreign_elements(scales) > 0) {
        const float *values;
        size_t count;
        GAN_TRY(gan__foreign_floats(call, scales_at, &values, &count));
        return size_by_scales(call, values, count, image, out);
    }
    GAN_TRY(gan__foreign_list_of(call, "sizes", sizes_at, &sizes));
    if (sizes.count != 4)
        return gan__foreign_refuse(call, "only batches of images to a known size are known here");
    out[0] = sizes.values[2];
    out[1] = sizes.values[3];
    return GAN_STATUS_OK;
}

// How coordinates of the result become those of the image: one attribute of Resize, fixed by
// Upsample, which is nearest only.
static gan_status resize(const gan_foreign_call *call, gan_node *x, const int64_t *size) {
    const bool upsample = strcmp(call->node->operation, "Upsample") == 0;
    const char *const mode = gan__foreign_text(call, "mode", "nearest");
    const char *const places =
        upsample ? "asymmetric"
                 : gan__foreign_text(call, "coordinate_transformation_mode",
                                     call->to->model->opset < 11 ? "asymmetric" : "half_pixel");
    const char *const rounding =
        upsample || call->to->model->opset < 11
            ? "floor"
            : gan__foreign_text(call, "nearest_mode", "round_prefer_floor");
    const bool enlarges_whole =
        size[0] % gan__node_shape(x)->size[1] == 0 && size[1] % gan__node_shape(x)->size[2] == 0;
    const bool halves =
        strcmp(places, "half_pixel") == 0 || strcmp(places, "pytorch_half_pixel") == 0;
    const bool floors = strcmp(places, "asymmetric") == 0 && strcmp(rounding, "floor") == 0;
    const bool rounds = halves && enlarges_whole && strncmp(rounding, "round", 5) == 0;
    if (strcmp(mode, "nearest") == 0 && (floors || rounds))
        return gan__foreign_give(call, 0, true, gan__resample_nearest(x, size[0], size[1]));
    if (strcmp(mode, "linear") == 0 && halves && size[0] > 1 && size[1] > 1)
        return gan__foreign_give(call, 0, true, gan__resample_bilinear(x, size[0], size[1]));
    return gan__foreign_refuse(
        call,
        "mode %.40s with %.40s and %.40s is not known here; known are nearest "
        "with asymmetric and floor, and linear with half_pixel",
        mode, places, rounding);
}

static gan_status put_resize(const gan_foreign_call *call) {
    gan_node *x;
    int64_t size[2];
    const bool upsample = strcmp(call->node->operation, "Upsample") == 0;
    const bool old = upsample || call->to->model->opset < 11; // (X, scales)
    GAN_TRY(gan__foreign_take_batched(call, 0, 4, &x));
    GAN_TRY(size_of(call, old ? 1 : 2, old ? SIZE_MAX : 3, gan__node_shape(x)->size + 1, size));
    if (size[0] < 1 || size[1] < 1 || size[0] > INT32_MAX || size[1] > INT32_MAX)
        return gan__foreign_refuse(call, "a size of %lldx%lld", (long long)size[0],
                                   (long long)size[1]);
    if (gan__foreign_whole(call, "antialias", 0) != 0)
        return gan__foreign_refuse(call, "antialias is not known here");
    return resize(call, x, size);
}

const gan_foreign_row gan__foreign_rows_resize[] = {
    {"Resize", 1, 4,
     "antialias coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value "
     "keep_aspect_ratio_policy mode nearest_mode ",
     put_resize},
    {"Upsample", 1, 2, "mode scales ", put_resize},
    {.operation = NULL},
};
