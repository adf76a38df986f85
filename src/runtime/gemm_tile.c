// Makes launches of the tile engine: arguments, sizes, and the second kernel of a split product.
#include "runtime/gemm_tile.h"

#include "base/memory.h"
#include "runtime/argument_list.h"
#include "runtime/launch_parts.h"
#include "runtime/whole.h"

#include <inttypes.h>
#include <string.h>

#define MOST_OWN_ARGUMENTS 16

static void add_operand(gan_argument_list *list, const gan_gemm_operand *operand) {
    gan__argument_add_buffer(list, operand->buffer, operand->offset);
    gan__argument_add_uint(list, operand->pitch);
    gan__argument_add_uint(list, (uint32_t)operand->stride);
}

static void add_sink(gan_argument_list *list, const gan_gemm_operand *c,
                     const gan_gemm_epilogue *epilogue) {
    if (!epilogue) {
        add_operand(list, c);
        return;
    }
    memcpy(list->items + list->count, epilogue->arguments,
           epilogue->argument_count * sizeof *epilogue->arguments);
    list->count += epilogue->argument_count;
}

// The partial sums of a split product as an operand: one plane per split and batch.
static gan_gemm_operand parts_of(const gan_gemm_desc *desc, const gan_gemm_operand *scratch) {
    uint32_t pitch = gan__gemm_plan_parts_pitch(desc);
    return (gan_gemm_operand){.buffer = scratch->buffer,
                              .offset = scratch->offset,
                              .pitch = pitch,
                              .stride = (uint64_t)desc->m * pitch};
}

// What the epilogue brings comes last, and is what the caller may change.
static void hide_own_arguments(gan_launch *launch, const gan_gemm_desc *desc, size_t count) {
    gan__launch_hide_arguments(launch,
                               desc->epilogue ? count - desc->epilogue->argument_count : count);
}

static gan_status add_product(gan_launch *launch, const gan_gemm_desc *desc,
                              const gan_gemm_plan *plan, const gan_gemm_operand *c,
                              const gan_gemm_epilogue *epilogue, gan_argument *items) {
    gan_text source = {0};
    gan_argument_list list = {.items = items};
    const uint32_t sizes[] = {
        desc->m,           desc->n,      desc->k, plan->block_rows, plan->block_columns,
        plan->split_depth, desc->batches};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        gan__argument_add_uint(&list, sizes[i]);
    add_operand(&list, &desc->a);
    add_operand(&list, &desc->b);
    add_sink(&list, c, epilogue);
    const size_t side = plan->lanes == 1 ? plan->side : 1;
    gan_launch_desc kernel = {
        .name = "gan_gemm",
        .arguments = list.items,
        .argument_count = list.count,
        .global = {gan__divided_up(desc->n - plan->edge, plan->block_columns) * side,
                   gan__divided_up(desc->m, plan->block_rows) * side,
                   (size_t)desc->batches * plan->splits},
        .local = {side, side, 1}};
    gan_status status = gan__gemm_source(plan, epilogue, &source);
    kernel.source = gan__text_string(&source);
    if (status == GAN_STATUS_OK) status = gan__launch_add_kernel(launch, &kernel);
    if (status == GAN_STATUS_OK) hide_own_arguments(launch, desc, list.count);
    gan__text_destroy(&source);
    return status;
}

static gan_status add_sum(gan_launch *launch, const gan_gemm_desc *desc, const gan_gemm_plan *plan,
                          const gan_gemm_operand *parts, gan_argument *items) {
    gan_text source = {0};
    gan_argument_list list = {.items = items};
    const uint32_t sizes[] = {desc->m, desc->n, plan->splits, desc->batches};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        gan__argument_add_uint(&list, sizes[i]);
    gan__argument_add_buffer(&list, parts->buffer, parts->offset);
    gan__argument_add_uint(&list, parts->pitch);
    add_sink(&list, &desc->c, desc->epilogue);
    const size_t group = plan->lanes == 1 ? (size_t)plan->side * plan->side : 1;
    gan_launch_desc kernel = {
        .name = "gan_gemm_sum",
        .arguments = list.items,
        .argument_count = list.count,
        .global = {plan->lanes == 1 ? gan__divided_up(desc->n, group) * group : 1, desc->m,
                   desc->batches},
        .local = {group, 1, 1}};
    gan_status status = gan__gemm_source_sum(desc->epilogue, &source);
    kernel.source = gan__text_string(&source);
    if (status == GAN_STATUS_OK) status = gan__launch_add_kernel(launch, &kernel);
    if (status == GAN_STATUS_OK) hide_own_arguments(launch, desc, list.count);
    gan__text_destroy(&source);
    return status;
}

static gan_status add_kernels(gan_launch *launch, const gan_gemm_desc *desc,
                              const gan_gemm_plan *plan, const gan_gemm_operand *scratch,
                              gan_argument *items) {
    if (plan->splits == 1) return add_product(launch, desc, plan, &desc->c, desc->epilogue, items);
    gan_gemm_operand parts = parts_of(desc, scratch);
    GAN_TRY(add_product(launch, desc, plan, &parts, NULL, items));
    return add_sum(launch, desc, plan, &parts, items);
}

gan_status gan__gemm_tile_create(gan_device *device, const gan_gemm_desc *desc,
                                 const gan_gemm_plan *plan, const gan_gemm_operand *scratch,
                                 gan_launch **out) {
    void *items = NULL;
    gan_launch *launch = NULL;
    *out = NULL;
    size_t extra = desc->epilogue ? desc->epilogue->argument_count : 0;
    GAN_TRY(gan__alloc(MOST_OWN_ARGUMENTS + extra, sizeof(gan_argument), &items));
    gan_status status =
        gan__launch_begin(device, desc->label, "tile", gan__gemm_work(desc), &launch);
    if (status == GAN_STATUS_OK) status = add_kernels(launch, desc, plan, scratch, items);
    gan__free(items);
    if (status == GAN_STATUS_OK)
        *out = launch;
    else
        gan__launch_destroy(launch);
    return status;
}
