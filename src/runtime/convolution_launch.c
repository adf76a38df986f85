// Makes launches of convolutions' kernels: arguments and sizes.
#include "runtime/convolution_plan.h"

#include "base/memory.h"
#include "runtime/argument_list.h"
#include "runtime/launch_parts.h"
#include "runtime/whole.h"

#include <string.h>

#define MOST_OWN_ARGUMENTS 40

// An image without its last stride, which is 1.
static void add_image(gan_argument_list *list, const gan_convolution_operand *image) {
    gan__argument_add_buffer(list, image->buffer, image->offset);
    for (int i = 0; i < 3; i++) gan__argument_add_uint(list, image->stride[i]);
}

static void add_axes(gan_argument_list *list, const gan_convolution_desc *desc) {
    bool by_input = desc->member == GAN_CONVOLUTION_BY_INPUT;
    for (int i = 0; i < 2; i++) {
        const uint32_t axis[] = {desc->kernel[i],
                                 desc->stride[i],
                                 desc->dilation[i],
                                 desc->before[i],
                                 by_input ? desc->output[i] : desc->input[i],
                                 by_input ? desc->input[i] : desc->output[i]};
        for (size_t k = 0; k < sizeof axis / sizeof *axis; k++)
            gan__argument_add_uint(list, axis[k]);
    }
}

// Adds the kernel whose text is `source`, with its own arguments in `list`, and frees the text.
static gan_status add_kernel(gan_launch *launch, gan_launch_desc *kernel, gan_status status,
                             gan_text *source, const gan_argument_list *list) {
    kernel->source = gan__text_string(source);
    kernel->arguments = list->items;
    kernel->argument_count = list->count;
    if (status == GAN_STATUS_OK) status = gan__launch_add_kernel(launch, kernel);
    gan__text_destroy(source);
    return status;
}

// `global` counts work-groups: of one work-item on CPUs, of a square of them on GPUs.
static void set_group(const gan_convolution_plan *plan, gan_launch_desc *kernel) {
    const size_t side = plan->lanes == 1 ? plan->side : 1;
    kernel->global[0] *= side;
    kernel->global[1] *= side;
    kernel->local[0] = kernel->local[1] = side;
    kernel->local[2] = 1;
}

// `global` counts work-items that share nothing: on GPUs the driver groups them.
static void set_single(const gan_convolution_plan *plan, gan_launch_desc *kernel) {
    for (int i = 0; i < 3; i++) kernel->local[i] = plan->lanes == 1 ? 0 : 1;
}

// --- Forward and by input -----------------------------------------------------------------------

static gan_status add_pack(gan_launch *launch, const gan_convolution_desc *desc,
                           const gan_convolution_plan *plan, const gan_gemm_operand *scratch,
                           gan_argument *items) {
    gan_text source = {0};
    gan_argument_list list = {.items = items};
    const uint32_t rows = gan__convolution_rows(desc), depth = gan__convolution_depth(desc);
    const int row = desc->member == GAN_CONVOLUTION_BY_INPUT;
    gan__argument_add_uint(&list, rows);
    gan__argument_add_uint(&list, depth);
    add_axes(&list, desc);
    gan__argument_add_buffer(&list, desc->w.buffer, desc->w.offset);
    gan__argument_add_uint(&list, desc->filters * desc->w.stride[0]);
    gan__argument_add_uint(&list, desc->w.stride[row]);
    gan__argument_add_uint(&list, desc->w.stride[!row]);
    gan__argument_add_uint(&list, desc->w.stride[2]);
    gan__argument_add_uint(&list, desc->w.stride[3]);
    gan__argument_add_buffer(&list, scratch->buffer, scratch->offset);
    gan_launch_desc kernel = {
        .name = "gan_convolution_pack",
        .global = {(size_t)gan__divided_up(depth, gan__convolution_pack_depth(plan)) *
                       gan__convolution_pack_items(plan),
                   gan__divided_up(rows, plan->tile_rows), desc->groups}};
    set_single(plan, &kernel);
    gan_status status = gan__convolution_source_pack(plan, &source);
    return add_kernel(launch, &kernel, status, &source, &list);
}

static void add_sink(gan_argument_list *list, const gan_convolution_desc *desc) {
    const gan_gemm_epilogue *epilogue = desc->epilogue;
    if (!epilogue) {
        add_image(list, desc->member == GAN_CONVOLUTION_FORWARD ? &desc->y : &desc->x);
        return;
    }
    memcpy(list->items + list->count, epilogue->arguments,
           epilogue->argument_count * sizeof *epilogue->arguments);
    list->count += epilogue->argument_count;
}

// How many images of a place's last run of 16 may be read: whole runs are read faster, where they
// stay within the source's buffer.
static uint32_t last_lanes(const gan_convolution_desc *desc) {
    const bool forward = desc->member == GAN_CONVOLUTION_FORWARD;
    const gan_convolution_operand *source = forward ? &desc->x : &desc->y;
    const uint32_t *size = forward ? desc->input : desc->output;
    const uint64_t channels = (uint64_t)gan__convolution_depth(desc) * desc->groups;
    const uint64_t whole = (uint64_t)gan__divided_up(desc->images, 16) * 16;
    const uint64_t end = source->offset + (channels - 1) * source->stride[0] +
                         (uint64_t)(size[0] - 1) * source->stride[1] +
                         (uint64_t)(size[1] - 1) * source->stride[2] + whole;
    bool within = end <= gan__buffer_bytes(source->buffer) / sizeof(float);
    return within ? 16 : desc->images - (uint32_t)(whole - 16);
}

static gan_status add_product(gan_launch *launch, const gan_convolution_desc *desc,
                              const gan_convolution_plan *plan, const gan_gemm_operand *scratch,
                              gan_argument *items) {
    gan_text source = {0};
    gan_argument_list list = {.items = items};
    gan__argument_add_uint(&list, gan__convolution_rows(desc));
    gan__argument_add_uint(&list, gan__convolution_depth(desc));
    gan__argument_add_uint(&list, desc->images);
    gan__argument_add_uint(&list, last_lanes(desc));
    add_axes(&list, desc);
    gan__argument_add_buffer(&list, scratch->buffer, scratch->offset);
    add_image(&list, desc->member == GAN_CONVOLUTION_FORWARD ? &desc->x : &desc->y);
    const size_t own = list.count;
    add_sink(&list, desc);
    gan_launch_desc kernel = {
        .name = "gan_convolution",
        .global = {gan__convolution_plan_blocks(plan, desc),
                   gan__divided_up(gan__convolution_rows(desc), plan->group_rows), desc->groups}};
    set_group(plan, &kernel);
    gan_status status = gan__convolution_source(plan, desc->epilogue, &source);
    GAN_TRY(add_kernel(launch, &kernel, status, &source, &list));
    gan__launch_hide_arguments(launch, desc->epilogue ? own : list.count);
    return GAN_STATUS_OK;
}

// --- By weight ----------------------------------------------------------------------------------

static gan_status add_parts(gan_launch *launch, const gan_convolution_desc *desc,
                            const gan_convolution_plan *plan, const gan_gemm_operand *scratch,
                            gan_argument *items) {
    gan_text source = {0};
    gan_argument_list list = {.items = items};
    gan__argument_add_uint(&list, desc->channels);
    gan__argument_add_uint(&list, desc->filters);
    gan__argument_add_uint(&list, desc->images);
    gan__argument_add_uint(&list, plan->split_blocks);
    add_axes(&list, desc);
    add_image(&list, &desc->x);
    add_image(&list, &desc->y);
    gan__argument_add_buffer(&list, scratch->buffer, scratch->offset);
    const uint32_t panels = gan__divided_up(desc->filters, gan__convolution_plan_columns(plan));
    const uint32_t taps = plan->lanes == 1 ? desc->kernel[0] * desc->kernel[1] : 1;
    gan_launch_desc kernel = {
        .name = "gan_convolution_weight",
        .global = {(size_t)panels * gan__divided_up(taps * desc->channels, plan->group_rows),
                   plan->splits, desc->groups}};
    set_group(plan, &kernel);
    gan_status status = gan__convolution_source_weight(plan, &source);
    return add_kernel(launch, &kernel, status, &source, &list);
}

static gan_status add_sum(gan_launch *launch, const gan_convolution_desc *desc,
                          const gan_convolution_plan *plan, const gan_gemm_operand *scratch,
                          gan_argument *items) {
    gan_text source = {0};
    gan_argument_list list = {.items = items};
    const uint32_t sizes[] = {desc->channels,  desc->filters, desc->kernel[0],
                              desc->kernel[1], plan->splits,  gan__convolution_plan_columns(plan)};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        gan__argument_add_uint(&list, sizes[i]);
    gan__argument_add_buffer(&list, scratch->buffer, scratch->offset);
    gan__argument_add_buffer(&list, desc->w.buffer, desc->w.offset);
    for (int i = 0; i < 4; i++) gan__argument_add_uint(&list, desc->w.stride[i]);
    gan_launch_desc kernel = {
        .name = "gan_convolution_weight_sum",
        .global = {gan__divided_up(desc->filters, plan->lanes), desc->channels, desc->groups}};
    set_single(plan, &kernel);
    gan_status status = gan__convolution_source_weight_sum(&source);
    return add_kernel(launch, &kernel, status, &source, &list);
}

// --- All of them --------------------------------------------------------------------------------

static gan_status add_kernels(gan_launch *launch, const gan_convolution_desc *desc,
                              const gan_convolution_plan *plan, const gan_gemm_operand *scratch,
                              gan_argument *items) {
    if (desc->member == GAN_CONVOLUTION_BY_WEIGHT) {
        GAN_TRY(add_parts(launch, desc, plan, scratch, items));
        return add_sum(launch, desc, plan, scratch, items);
    }
    GAN_TRY(add_pack(launch, desc, plan, scratch, items));
    return add_product(launch, desc, plan, scratch, items);
}

gan_status gan__convolution_launch(gan_device *device, const gan_convolution_desc *desc,
                                   const gan_convolution_plan *plan,
                                   const gan_gemm_operand *scratch, gan_launch **out) {
    void *items = NULL;
    gan_launch *launch = NULL;
    *out = NULL;
    size_t extra = desc->epilogue ? desc->epilogue->argument_count : 0;
    GAN_TRY(gan__alloc(MOST_OWN_ARGUMENTS + extra, sizeof(gan_argument), &items));
    gan_status status =
        gan__launch_begin(device, desc->label, "convolution", gan__convolution_work(desc), &launch);
    if (status == GAN_STATUS_OK) status = add_kernels(launch, desc, plan, scratch, items);
    gan__free(items);
    if (status == GAN_STATUS_OK)
        *out = launch;
    else
        gan__launch_destroy(launch);
    return status;
}
