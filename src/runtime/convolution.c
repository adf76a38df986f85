// Chooses who makes a convolution, and has the kernels' launch made.
#include "runtime/convolution.h"

#include "runtime/clblast_parameters.h"
#include "runtime/convolution_plan.h"
#include "runtime/device_state.h"
#include "runtime/gemm_clblast.h"
#include "runtime/tuner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// --- Sizes --------------------------------------------------------------------------------------

// How many pairs of an output place and a tap meet the input, along one axis.
static double meetings(const gan_convolution_desc *d, int axis) {
    double count = 0;
    for (uint32_t place = 0; place < d->output[axis]; place++)
        for (uint32_t tap = 0; tap < d->kernel[axis]; tap++) {
            int64_t at = (int64_t)place * d->stride[axis] - d->before[axis] +
                         (int64_t)tap * d->dilation[axis];
            count += at >= 0 && at < d->input[axis];
        }
    return count;
}

gan_work gan__convolution_work(const gan_convolution_desc *desc) {
    const double pairs = (double)desc->groups * desc->channels * desc->filters;
    const double x = (double)desc->input[0] * desc->input[1] * desc->channels * desc->images;
    const double y = (double)desc->output[0] * desc->output[1] * desc->filters * desc->images;
    const double w = pairs * desc->kernel[0] * desc->kernel[1];
    const double all[] = {(y * desc->groups), (x * desc->groups), w};
    gan_work work = {.flops = 2 * pairs * desc->images * meetings(desc, 0) * meetings(desc, 1)};
    for (int i = 0; i < 3; i++)
        if (!desc->epilogue || i != (int)desc->member) work.bytes += sizeof(float) * all[i];
    if (desc->epilogue) {
        work.flops += desc->epilogue->work.flops;
        work.bytes += desc->epilogue->work.bytes;
    }
    return work;
}

static gan_status check_operand(const gan_convolution_desc *desc, const char *name,
                                const gan_convolution_operand *operand, const uint32_t size[4]) {
    uint64_t last = operand->offset;
    for (int i = 0; i < 4; i++) last += (uint64_t)(size[i] - 1) * operand->stride[i];
    bool image = operand != &desc->w;
    if (operand->buffer && last < gan__buffer_bytes(operand->buffer) / sizeof(float) &&
        (!image || operand->stride[3] == 1))
        return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "%s: operand %s of a convolution (%" PRIu32 " x %" PRIu32 " x %" PRIu32
                     " x %" PRIu32 ") does not fit its buffer",
                     desc->label, name, size[0], size[1], size[2], size[3]);
}

static gan_status check_desc(const gan_convolution_desc *d) {
    const uint32_t x[4] = {d->groups * d->channels, d->input[0], d->input[1], d->images};
    const uint32_t y[4] = {d->groups * d->filters, d->output[0], d->output[1], d->images};
    const uint32_t w[4] = {d->groups * d->filters, d->channels, d->kernel[0], d->kernel[1]};
    const struct {
        const char *name;
        const gan_convolution_operand *operand;
        const uint32_t *size;
        gan_convolution_member result;
    } all[] = {{"y", &d->y, y, GAN_CONVOLUTION_FORWARD},
               {"x", &d->x, x, GAN_CONVOLUTION_BY_INPUT},
               {"w", &d->w, w, GAN_CONVOLUTION_BY_WEIGHT}};
    for (size_t i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++)
            if (!all[i].size[k])
                return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: a convolution has a size of 0",
                                 d->label);
        if (d->epilogue && all[i].result == d->member) continue;
        GAN_TRY(check_operand(d, all[i].name, all[i].operand, all[i].size));
    }
    return GAN_STATUS_OK;
}

// --- Choice -------------------------------------------------------------------------------------

void gan__convolution_key(const gan_convolution_desc *d, gan_text *key) {
    static const char *const members[] = {"forward", "by input", "by weight"};
    gan__text_append(key,
                     "convolution %s %ux%ux%u %ux%ux%u kernel %ux%u s%ux%u p%ux%u d%ux%u g%u n%u",
                     members[d->member], d->groups * d->channels, d->input[0], d->input[1],
                     d->groups * d->filters, d->output[0], d->output[1], d->kernel[0], d->kernel[1],
                     d->stride[0], d->stride[1], d->before[0], d->before[1], d->dilation[0],
                     d->dilation[1], d->groups, d->images);
}

gan_status gan__convolution_class(gan_device *device, const gan_convolution_desc *desc,
                                  gan_text *key) {
    size_t set = 0;
    GAN_TRY(gan__gemm_clblast_set(device, &set));
    gan__convolution_key(desc, key);
    if (set > 0) gan__text_append(key, ", CLBlast %s", gan__clblast_set_name(set));
    return gan__text_status(key);
}

gan_status gan__convolution_is_tunable(gan_device *device, const gan_convolution_desc *desc,
                                       bool *tunable) {
    *tunable = false;
    if (device->traits.is_cpu || getenv("CLGAN_CONVOLUTION")) return GAN_STATUS_OK;
    gan__tuner_set_aside(device, true);
    gan_status status = gan__convolution_choose(device, desc, tunable);
    gan__tuner_set_aside(device, false);
    return status;
}

// Whether tuning has found that a product of windows is faster.
static gan_status is_tuned_away(gan_device *device, const gan_convolution_desc *desc, bool *away) {
    gan_text key = {0};
    *away = false;
    if (device->traits.is_cpu || getenv("CLGAN_CONVOLUTION")) return GAN_STATUS_OK;
    gan_status status = gan__convolution_class(device, desc, &key);
    const char *way = status == GAN_STATUS_OK ? gan__tuner_find(device, key.bytes) : NULL;
    *away = way && strcmp(way, GAN_CONVOLUTION_WAY_WINDOWS) == 0;
    gan__text_destroy(&key);
    return status;
}

gan_status gan__convolution_choose(gan_device *device, const gan_convolution_desc *desc,
                                   bool *takes) {
    gan_convolution_plan plan;
    bool away = false;
    *takes = false;
    GAN_TRY(is_tuned_away(device, desc, &away));
    if (away || !gan__convolution_prefers(&device->traits, desc)) return GAN_STATUS_OK;
    gan__convolution_plan_make(&device->traits, desc, &plan);
    gan_status status = gan__convolution_check(device, &plan, takes);
    if (status == GAN_STATUS_OK) return GAN_STATUS_OK;
    return gan__fail_in(status, "a convolution's kernels could not be checked (without them, and "
                                "slower: CLGAN_CONVOLUTION=expand)");
}

uint64_t gan__convolution_scratch(gan_device *device, const gan_convolution_desc *desc) {
    gan_convolution_plan plan;
    gan__convolution_plan_make(&device->traits, desc, &plan);
    return gan__convolution_plan_scratch(&plan, desc);
}

// --- Making -------------------------------------------------------------------------------------

gan_status gan__convolution_create(gan_device *device, const gan_convolution_desc *desc,
                                   const gan_gemm_operand *scratch, gan_launch **out) {
    gan_convolution_plan plan;
    *out = NULL;
    GAN_TRY(check_desc(desc));
    gan__convolution_plan_make(&device->traits, desc, &plan);
    uint64_t floats = gan__convolution_plan_scratch(&plan, desc);
    if (floats && (!scratch || !scratch->buffer ||
                   scratch->offset + floats > gan__buffer_bytes(scratch->buffer) / sizeof(float)))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%s: the convolution needs %" PRIu64 " floats of scratch memory",
                         desc->label, floats);
    gan_status status = gan__convolution_launch(device, desc, &plan, scratch, out);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", desc->label);
}
