// Tables of a run: what is planned, and where the time went.
#include "train/train.h"

#include "term/human.h"
#include "term/table.h"

#include <inttypes.h>
#include <stdlib.h>

// --- What is planned -----------------------------------------------------------------------------
static gan_status append_layers(const gan_run_plan *plan, const gan_terminal *out, gan_text *text) {
    gan_table *table;
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "layer", GAN_ALIGN_LEFT);
    gan__table_column(table, "kind", GAN_ALIGN_LEFT);
    gan__table_column(table, "output", GAN_ALIGN_RIGHT);
    gan__table_column(table, "parameters", GAN_ALIGN_RIGHT);
    for (size_t i = 0; i < plan->layer_count; i++) {
        const gan_run_layer *const layer = &plan->layers[i];
        gan__table_cell(table, "%s.%zu", layer->network, layer->index);
        gan__table_cell(table, "%s", layer->kind);
        gan__table_cell(table, "%s", layer->output);
        gan__table_cell(table, "%s", gan__human_digits(layer->parameters).text);
    }
    const gan_status status = gan__table_append(table, out, text);
    gan__table_destroy(table);
    return status;
}

static gan_status append_kernels(gan_run *run, const gan_terminal *out, gan_text *text) {
    gan_table *table;
    gan_status status = GAN_STATUS_OK;
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "program", GAN_ALIGN_LEFT);
    gan__table_column(table, "launch", GAN_ALIGN_LEFT);
    gan__table_column(table, "engine", GAN_ALIGN_LEFT);
    gan__table_column(table, "Mflop", GAN_ALIGN_RIGHT);
    gan__table_column(table, "bytes", GAN_ALIGN_RIGHT);
    for (size_t i = 0; i < gan_run_kernel_count(run) && status == GAN_STATUS_OK; i++) {
        gan_run_kernel kernel;
        status = gan_run_get_kernel(run, i, &kernel);
        if (status != GAN_STATUS_OK) break;
        gan__table_cell(table, "%s", kernel.program);
        gan__table_cell(table, "%s", kernel.label);
        gan__table_cell(table, "%s", kernel.engine);
        gan__table_cell(table, "%.3f", kernel.flops * 1e-6);
        gan__table_cell(table, "%s", gan__human_bytes((uint64_t)kernel.bytes).text);
    }
    if (status == GAN_STATUS_OK) status = gan__table_append(table, out, text);
    gan__table_destroy(table);
    return status;
}

static gan_status append_plan(gan_run *run, const gan_terminal *out, gan_text *text) {
    const gan_run_plan *const plan = gan_run_get_plan(run);
    const gan_device_info *const device = gan_run_get_device(run);
    char name[512], platform[512];
    gan__text_escape(device->name, name, sizeof name);
    gan__text_escape(device->platform_name, platform, sizeof platform);
    gan__text_append(text, "# The resolved recipe\n%s\n", plan->recipe);
    if (plan->generator_parameters == 0)
        gan__text_append(text, "# Network: a classifier of %s parameters",
                         gan__human_digits(plan->discriminator_parameters).text);
    else
        gan__text_append(text, "# Networks: generator %s parameters, discriminator %s",
                         gan__human_digits(plan->generator_parameters).text,
                         gan__human_digits(plan->discriminator_parameters).text);
    if (plan->encoder_parameters > 0)
        gan__text_append(text, ", encoder %s", gan__human_digits(plan->encoder_parameters).text);
    gan__text_append(text, "\n");
    GAN_TRY(append_layers(plan, out, text));
    gan__text_append(text, "\n# Data: %s, %s samples of %s", plan->data_kind,
                     gan__human_digits(plan->data_count).text, plan->sample);
    if (plan->data_classes > 0) gan__text_append(text, ", %" PRIu32 " classes", plan->data_classes);
    gan__text_append(text, "\n");
    gan__text_append(text,
                     "# Device: %s (%s)\n\n# Launches: %" PRIu64 " a step, none of which waits\n",
                     name, platform, plan->launches_per_step);
    GAN_TRY(append_kernels(run, out, text));
    gan__text_append(text,
                     "\n# Device memory: %" PRIu64 " bytes (%s): states %" PRIu64
                     ", inputs %" PRIu64 ", outputs %" PRIu64 ", arena %" PRIu64,
                     plan->device_bytes, gan__human_bytes(plan->device_bytes).text,
                     plan->state_bytes, plan->input_bytes, plan->output_bytes, plan->arena_bytes);
    if (plan->engine_bytes > 0) gan__text_append(text, ", CLBlast's %" PRIu64, plan->engine_bytes);
    if (plan->start_bytes > 0)
        gan__text_append(text, ", scaling layers at the start %" PRIu64, plan->start_bytes);
    gan__text_append(text, "\n# Host memory in which batches wait: %" PRIu64 " bytes (%s)\n",
                     plan->waiting_bytes, gan__human_bytes(plan->waiting_bytes).text);
    return gan__text_status(text);
}

gan_status gan__train_print_plan(gan_run *run, const gan_terminal *out) {
    gan_text text = {0};
    gan_status status = append_plan(run, out, &text);
    if (status == GAN_STATUS_OK) status = gan__terminal_write(out, &text);
    gan__text_destroy(&text);
    return status;
}

// --- Where the time went -------------------------------------------------------------------------
static int by_seconds(const void *a, const void *b) {
    const double x = ((const gan_run_kernel *)a)->seconds, y = ((const gan_run_kernel *)b)->seconds;
    return (x < y) - (x > y);
}

// The least time that the device's limits allow one run, over the time it took, in per cent.
static double share_of_limit(const gan_run_kernel *kernel, double each,
                             const gan_run_limits *limits) {
    const double computing = kernel->flops / limits->flops, moving = kernel->bytes / limits->bytes;
    return each > 0 ? 100 * (computing > moving ? computing : moving) / each : 0;
}

static void print_profile_rows(const gan_run_kernel *kernels, size_t count,
                               const gan_run_limits *limits, gan_table *table) {
    double total = 0;
    for (size_t i = 0; i < count; i++) total += kernels[i].seconds;
    for (size_t i = 0; i < count; i++) {
        const gan_run_kernel *const kernel = &kernels[i];
        if (kernel->runs == 0) continue;
        const double each = kernel->seconds / (double)kernel->runs;
        gan__table_cell(table, "%s", kernel->program);
        gan__table_cell(table, "%s", kernel->label);
        gan__table_cell(table, "%s", kernel->engine);
        gan__table_cell(table, "%" PRIu64, kernel->runs);
        gan__table_cell(table, "%.3f", each * 1e3);
        gan__table_cell(table, "%.1f", total > 0 ? 100 * kernel->seconds / total : 0);
        gan__table_cell(table, "%.1f", each > 0 ? kernel->flops / each * 1e-9 : 0);
        gan__table_cell(table, "%.1f", each > 0 ? kernel->bytes / each * 1e-9 : 0);
        gan__table_cell(table, "%.0f", share_of_limit(kernel, each, limits));
    }
}

static gan_status print_limits(const gan_run_limits *limits, const gan_terminal *out) {
    gan_text text = {0};
    gan__text_append(&text,
                     "\nlimit %%: the least time that %.1f GFLOP/s of multiply-adds and %.1f GB/s "
                     "of memory allow\n(both measured just now, the latter on %s in place), over "
                     "the time taken\n",
                     limits->flops * 1e-9, limits->bytes * 1e-9,
                     gan__human_bytes(limits->moved).text);
    gan_status status = gan__text_status(&text);
    if (status == GAN_STATUS_OK) status = gan__terminal_write(out, &text);
    gan__text_destroy(&text);
    return status;
}

gan_status gan__train_print_profile(gan_run *run, const gan_terminal *out) {
    static const char *const headings[] = {"program", "launch",  "engine", "runs",   "ms each",
                                           "share %", "GFLOP/s", "GB/s",   "limit %"};
    const size_t count = gan_run_kernel_count(run);
    gan_run_kernel *const kernels = calloc(count + 1, sizeof *kernels);
    gan_table *table = NULL;
    gan_run_limits limits = {0};
    gan_status status = kernels != NULL ? gan__table_create(&table)
                                        : gan__fail(GAN_STATUS_NO_MEMORY,
                                                    "no memory for a table of %zu kernels", count);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        status = gan_run_get_kernel(run, i, &kernels[i]);
    if (status == GAN_STATUS_OK) status = gan_run_measure_limits(run, &limits);
    if (status == GAN_STATUS_OK) {
        qsort(kernels, count, sizeof *kernels, by_seconds);
        for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
            gan__table_column(table, headings[i], i < 3 ? GAN_ALIGN_LEFT : GAN_ALIGN_RIGHT);
        print_profile_rows(kernels, count, &limits, table);
        status = gan__table_write(table, out);
        if (status == GAN_STATUS_OK) status = print_limits(&limits, out);
    }
    gan__table_destroy(table);
    free(kernels);
    return status;
}
