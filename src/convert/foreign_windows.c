// Implements foreign_windows.h.
#include "convert/foreign_windows.h"

#include <string.h>

// Two numbers of an attribute, from `low` on; both `fallback` where it is not given.
static gan_status pair(const gan_foreign_call *call, const char *name, int low, int fallback,
                       int *out) {
    const gan_foreign_attribute *const given = gan__foreign_attribute(call->node, name);
    for (size_t i = 0; i < 2; i++) {
        out[i] = fallback;
        if (!given) continue;
        if (given->whole_count != 2)
            return gan__foreign_refuse(call,
                                       "%s has %zu numbers; only images, of 2, are known here",
                                       name, given->whole_count);
        if (given->wholes[i] < low || given->wholes[i] > GAN_FOREIGN_WINDOW_MAX)
            return gan__foreign_refuse(call, "%s %lld is outside %d to %d", name,
                                       (long long)given->wholes[i], low, GAN_FOREIGN_WINDOW_MAX);
        out[i] = (int)given->wholes[i];
    }
    return GAN_STATUS_OK;
}

static gan_status read_size(const gan_foreign_call *call, const int64_t *kernel,
                            gan_foreign_windows *out) {
    GAN_TRY(pair(call, "kernel_shape", 1, 0, out->size));
    for (int i = 0; i < 2 && kernel; i++) {
        if (kernel[i] > GAN_FOREIGN_WINDOW_MAX || (out->size[i] > 0 && out->size[i] != kernel[i]))
            return gan__foreign_refuse(call, "its weights' windows are of %lldx%lld",
                                       (long long)kernel[0], (long long)kernel[1]);
        out->size[i] = (int)kernel[i];
    }
    if (out->size[0] > 0) return GAN_STATUS_OK;
    return gan__foreign_refuse(call, "kernel_shape is missing");
}

// SAME_UPPER, SAME_LOWER: as many windows as the image has strides, rounded up.
static gan_status pad_same(const int64_t *image, bool upper, gan_foreign_windows *out) {
    for (int i = 0; i < 2; i++) {
        const int64_t count = (image[i] + out->stride[i] - 1) / out->stride[i];
        const int64_t reach = (int64_t)(out->size[i] - 1) * out->dilation[i] + 1;
        const int64_t need = (count - 1) * out->stride[i] + reach - image[i];
        const int total = need > 0 ? (int)need : 0;
        out->before[i] = upper ? total / 2 : total - total / 2;
        out->after[i] = total - out->before[i];
    }
    return GAN_STATUS_OK;
}

static gan_status read_padding(const gan_foreign_call *call, const int64_t *image,
                               gan_foreign_windows *out) {
    const char *const automatic = gan__foreign_text(call, "auto_pad", "NOTSET");
    const gan_foreign_attribute *const given = gan__foreign_attribute(call->node, "pads");
    if (strcmp(automatic, "SAME_UPPER") == 0) return pad_same(image, true, out);
    if (strcmp(automatic, "SAME_LOWER") == 0) return pad_same(image, false, out);
    if (strcmp(automatic, "NOTSET") != 0 && strcmp(automatic, "VALID") != 0)
        return gan__foreign_refuse(call, "auto_pad %.100s is not known here", automatic);
    if (!given || strcmp(automatic, "VALID") == 0) return GAN_STATUS_OK;
    if (given->whole_count != 4)
        return gan__foreign_refuse(call, "pads has %zu numbers; only images, of 4, are known here",
                                   given->whole_count);
    for (int i = 0; i < 4; i++) {
        if (given->wholes[i] < 0 || given->wholes[i] > GAN_FOREIGN_WINDOW_MAX)
            return gan__foreign_refuse(call, "pads %lld is outside 0 to %d",
                                       (long long)given->wholes[i], GAN_FOREIGN_WINDOW_MAX);
        *(i < 2 ? &out->before[i] : &out->after[i - 2]) = (int)given->wholes[i];
    }
    return GAN_STATUS_OK;
}

gan_status gan__foreign_windows_of(const gan_foreign_call *call, const int64_t *image,
                                   const int64_t *kernel, gan_foreign_windows *out) {
    *out = (gan_foreign_windows){0};
    GAN_TRY(read_size(call, kernel, out));
    GAN_TRY(pair(call, "strides", 1, 1, out->stride));
    GAN_TRY(pair(call, "dilations", 1, 1, out->dilation));
    return read_padding(call, image, out);
}
