// What a program's products need of the device, asked before there is memory for them.
#include "graph/module_parts.h"

// Where the operand will begin in its buffer, in elements; *bytes: of that buffer.
static uint64_t find_start(const gan_program *program, const gan_plan_operand *operand,
                           uint64_t arena_bytes, uint64_t *bytes) {
    const gan_plan *plan = program->plan;
    const gan_plan_tensor *tensor = &plan->tensors[operand->tensor];
    const uint64_t part = gan__plan_part_bytes(plan), own = (uint64_t)tensor->elements * 4;
    uint64_t start = 0;
    *bytes = own;
    if (tensor->kind == GAN_TENSOR_OUTPUT) {
        start = tensor->offset;
        *bytes = plan->output_bytes;
    } else if (tensor->kind == GAN_TENSOR_ARENA && !program->module->separate) {
        const uint64_t rest = arena_bytes - tensor->offset / part * part;
        start = tensor->offset % part;
        *bytes = rest < part ? rest : part;
    }
    return start / 4 + (uint64_t)operand->offset;
}

// The product as gan__program_bind will make it, but for the buffers and its epilogue's code.
static gan_gemm_desc describe(const gan_program *program, const gan_plan_launch *planned,
                              uint64_t arena_bytes, uint64_t *b_bytes) {
    gan_gemm_desc desc = planned->gemm;
    uint64_t ignored = 0;
    const struct {
        const gan_plan_operand *from;
        gan_gemm_operand *to;
        uint64_t *bytes;
    } all[] = {{&planned->a, &desc.a, &ignored},
               {&planned->b, &desc.b, b_bytes},
               {&planned->c, &desc.c, &ignored}};
    const size_t count = planned->source[0] ? 2 : 3;
    for (size_t i = 0; i < count; i++)
        *all[i].to = (gan_gemm_operand){
            .offset = find_start(program, all[i].from, arena_bytes, all[i].bytes),
            .pitch = all[i].from->pitch,
            .stride = all[i].from->stride};
    return desc;
}

uint64_t gan__program_workspace(const gan_program *program) {
    uint64_t most = 0, b_bytes = 0;
    for (uint32_t i = 0; i < program->plan->launch_count; i++) {
        const gan_plan_launch *planned = &program->plan->launches[i];
        if (planned->kind != GAN_LAUNCH_GEMM || planned->source[0]) continue;
        const gan_gemm_desc desc = describe(program, planned, program->plan->arena_bytes, &b_bytes);
        const uint64_t bytes = gan__gemm_workspace(program->module->device, &desc);
        if (bytes > most) most = bytes;
    }
    return most;
}

void gan__program_settle(const gan_program *program, uint64_t arena_bytes) {
    uint64_t b_bytes = 0;
    for (uint32_t i = 0; i < program->plan->launch_count; i++) {
        const gan_plan_launch *planned = &program->plan->launches[i];
        if (planned->kind != GAN_LAUNCH_GEMM) continue;
        const gan_gemm_desc desc = describe(program, planned, arena_bytes, &b_bytes);
        gan__gemm_settle(program->module->device, &desc, b_bytes);
    }
}
