// Programs: a plan bound to memory, and its replay.
#include "graph/expand.h"
#include "graph/factors.h"
#include "graph/module_parts.h"
#include "graph/simplify.h"

#include <string.h>

// --- Creation -----------------------------------------------------------------------------------

// The nodes that are planned: simplified, without products that factors hid from one another, with
// what has no kernels expanded into what has them.
static gan_status rewrite(gan_graph *graph, gan_device *device, gan_node *const *roots,
                          size_t count, gan_node **out) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(count, sizeof(gan_node *), &memory));
    gan_node **between = memory;
    gan_status status = gan__simplify(graph, roots, count, out);
    if (status == GAN_STATUS_OK) status = gan__take_out_factors(graph, out, count, between);
    if (status == GAN_STATUS_OK)
        status = gan__expand_convolutions(graph, device, between, count, out);
    if (status == GAN_STATUS_OK) status = gan__simplify(graph, out, count, between);
    if (status == GAN_STATUS_OK) memcpy(out, between, count * sizeof *out);
    gan__free(between);
    return status;
}

static gan_status plan_program(gan_program *program, gan_node *const *roots, size_t count) {
    gan_module *module = program->module;
    void *memory = NULL;
    GAN_TRY(gan__alloc(count, sizeof(gan_node *), &memory));
    gan_node **rewritten = memory;
    gan_status status = rewrite(module->graph, module->device, roots, count, rewritten);
    if (status == GAN_STATUS_OK)
        status = gan__plan_create(module->device, module->graph, program->name, rewritten, count,
                                  &program->plan);
    gan__free(rewritten);
    return status;
}

static gan_status keep_program(gan_module *module, gan_program *program) {
    void *memory = module->programs;
    gan_status status = gan__plan_reserve(&memory, &module->program_capacity, module->program_count,
                                          sizeof(gan_program *));
    module->programs = memory;
    if (status == GAN_STATUS_OK) module->programs[module->program_count++] = program;
    return status;
}

gan_status gan__program_create(gan_module *module, const char *name, gan_node *const *roots,
                               size_t count, gan_program **out) {
    *out = NULL;
    GAN_TRY(gan__graph_status(module->graph));
    GAN_TRY(gan__graph_check_roots(module->graph, name, roots, count));
    if (module->prepared)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "'%s' comes after its module was prepared: create programs before", name);
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_program), &memory));
    gan_program *program = memory;
    program->module = module;
    gan_status status = gan__string_copy(name, &program->name);
    if (status == GAN_STATUS_OK) status = plan_program(program, roots, count);
    if (status == GAN_STATUS_OK) status = keep_program(module, program);
    if (status != GAN_STATUS_OK) {
        gan__program_destroy(program);
        return status;
    }
    *out = program;
    return GAN_STATUS_OK;
}

void gan__program_destroy(gan_program *program) {
    if (!program) return;
    gan__schedule_destroy(program->schedule);
    for (uint32_t i = 0; program->launches && i < program->plan->launch_count; i++)
        gan__launch_destroy(program->launches[i]);
    for (uint32_t i = 0; program->tensors && i < program->plan->tensor_count; i++)
        gan__buffer_destroy(program->tensors[i]);
    gan__free(program->launches);
    gan__free(program->tensors);
    gan__free(program->run_arguments);
    gan__buffer_destroy(program->outputs);
    gan__plan_destroy(program->plan);
    gan__free(program->name);
    gan__free(program);
}

// --- Memory -------------------------------------------------------------------------------------

static gan_status create_buffers(gan_program *program) {
    const gan_plan *plan = program->plan;
    gan_device *device = program->module->device;
    if (plan->output_bytes)
        GAN_TRY(gan__buffer_create(device, plan->output_bytes, "a program's outputs",
                                   &program->outputs));
    if (!program->module->separate) return GAN_STATUS_OK;
    void *memory = NULL;
    GAN_TRY(gan__alloc(plan->tensor_count, sizeof(gan_buffer *), &memory));
    program->tensors = memory;
    for (uint32_t i = 0; i < plan->tensor_count; i++) {
        const gan_plan_tensor *tensor = &plan->tensors[i];
        if (tensor->kind != GAN_TENSOR_ARENA || tensor->first == GAN_NONE) continue;
        GAN_TRY(gan__buffer_create(device, (uint64_t)tensor->elements * 4, "an intermediate result",
                                   &program->tensors[i]));
    }
    return GAN_STATUS_OK;
}

// --- Launches -----------------------------------------------------------------------------------

static gan_status note_run_arguments(gan_program *program, uint32_t launch) {
    const gan_plan_launch *planned = &program->plan->launches[launch];
    for (uint32_t i = 0; i < planned->argument_count; i++) {
        if (planned->arguments[i].run == GAN_RUN_NONE) continue;
        void *memory = program->run_arguments;
        gan_status status =
            gan__plan_reserve(&memory, &program->run_argument_capacity, program->run_argument_count,
                              sizeof(gan_run_argument));
        program->run_arguments = memory;
        GAN_TRY(status);
        program->run_arguments[program->run_argument_count++] =
            (gan_run_argument){launch, i, (int)planned->arguments[i].run};
    }
    return GAN_STATUS_OK;
}

gan_status gan__program_prepare(gan_program *program, size_t *done, size_t total) {
    const gan_plan *plan = program->plan;
    const gan_module *module = program->module;
    void *memory = NULL;
    GAN_TRY(create_buffers(program));
    GAN_TRY(gan__alloc(plan->launch_count, sizeof(gan_launch *), &memory));
    program->launches = memory;
    for (uint32_t i = 0; i < plan->launch_count; i++) {
        GAN_TRY(gan__module_tell_build(module, *done, total));
        gan_status status = gan__program_bind(program, &plan->launches[i], &program->launches[i]);
        if (status != GAN_STATUS_OK) return gan__fail_in(status, "preparing '%s'", program->name);
        GAN_TRY(note_run_arguments(program, i));
        ++*done;
    }
    const gan_schedule_desc desc = {program->launches, plan->launch_count, plan->waits,
                                    plan->first_wait};
    return gan__schedule_create(module->device, &desc, &program->schedule);
}

// --- Runs ---------------------------------------------------------------------------------------

static uint32_t run_value(const gan_module *module, int run, uint64_t counter) {
    switch (run) {
    case GAN_RUN_SEED_LOW:
        return (uint32_t)module->seed;
    case GAN_RUN_SEED_HIGH:
        return (uint32_t)(module->seed >> 32);
    case GAN_RUN_STEP_LOW:
        return (uint32_t)counter;
    default:
        return (uint32_t)(counter >> 32);
    }
}

static gan_status check_prepared(const gan_program *program) {
    if (program->module->prepared) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "'%s' cannot run: its module is not prepared",
                     program->name);
}

gan_status gan__program_run(gan_program *program, uint64_t counter) {
    GAN_TRY(check_prepared(program));
    for (uint32_t i = 0; i < program->run_argument_count; i++) {
        const gan_run_argument *a = &program->run_arguments[i];
        GAN_TRY(gan__launch_set_uint(program->launches[a->launch], a->argument,
                                     run_value(program->module, a->run, counter)));
    }
    GAN_TRY(gan__schedule_enqueue(program->schedule));
    return gan__device_flush(program->module->device);
}

static gan_status find_value(const gan_program *program, size_t root, const gan_plan_tensor **out) {
    const gan_plan *const plan = program->plan;
    GAN_TRY(check_prepared(program));
    if (root >= plan->root_count || plan->roots[root].state != GAN_NONE)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "root %zu of '%s' is not a value that can be read%s", root, program->name,
                         root < plan->root_count ? ": it is an assignment, read its state" : "");
    *out = &plan->tensors[plan->roots[root].tensor];
    return GAN_STATUS_OK;
}

gan_status gan__program_read(gan_program *program, size_t root, float *values) {
    const gan_plan_tensor *value = NULL;
    GAN_TRY(find_value(program, root, &value));
    return gan__buffer_read(program->outputs, value->offset, (uint64_t)value->elements * 4, values);
}

gan_status gan__program_read_begin(gan_program *program, size_t root, float *values,
                                   gan_reading **out) {
    const gan_plan_tensor *value = NULL;
    *out = NULL;
    GAN_TRY(find_value(program, root, &value));
    return gan__buffer_read_begin(program->outputs, value->offset, (uint64_t)value->elements * 4,
                                  values, out);
}

// --- What it is ---------------------------------------------------------------------------------

size_t gan__program_launches(const gan_program *program) {
    return program->plan->launch_count;
}

static gan_work planned_work(const gan_plan_launch *planned) {
    gan_gemm_desc gemm = planned->gemm;
    gan_convolution_desc convolution = planned->convolution;
    gan_gemm_epilogue epilogue = {.work = planned->work};
    gemm.epilogue = convolution.epilogue = &epilogue;
    if (planned->kind == GAN_LAUNCH_GEMM) return gan__gemm_work(&gemm);
    if (planned->kind == GAN_LAUNCH_CONVOLUTION) return gan__convolution_work(&convolution);
    return planned->work;
}

void gan__program_get_profile(const gan_program *program, size_t launch, gan_launch_profile *out) {
    const gan_plan_launch *planned = &program->plan->launches[launch];
    if (program->launches && program->launches[launch]) {
        gan__launch_get_profile(program->launches[launch], out);
        return;
    }
    static const char *const engines[] = {"kernel", "gemm", "convolution"};
    *out = (gan_launch_profile){.label = planned->label,
                                .engine = engines[planned->kind],
                                .enqueues = 1,
                                .work = planned_work(planned)};
}

const char *gan__program_source(const gan_program *program, size_t launch) {
    return program->plan->launches[launch].source;
}
