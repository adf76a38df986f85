// A program's launches bound to memory: the runtime's launches of planned ones.
#include "graph/module_parts.h"

#include <string.h>

// --- Memory -------------------------------------------------------------------------------------

// The buffer that holds the tensor, and where it begins there, in elements.
static gan_buffer *find_memory(const gan_program *program, uint32_t index, uint64_t *offset) {
    const gan_module *module = program->module;
    const gan_plan_tensor *tensor = &program->plan->tensors[index];
    *offset = 0;
    if (tensor->kind == GAN_TENSOR_STATE) return module->states[tensor->leaf].buffer;
    if (tensor->kind == GAN_TENSOR_INPUT) return module->inputs[tensor->leaf].buffer;
    if (tensor->kind == GAN_TENSOR_ARENA && program->tensors) return program->tensors[index];
    uint64_t part = gan__plan_part_bytes(program->plan);
    bool output = tensor->kind == GAN_TENSOR_OUTPUT;
    *offset = (output ? tensor->offset : tensor->offset % part) / 4;
    return output ? program->outputs : module->parts[tensor->offset / part];
}

// --- Launches -----------------------------------------------------------------------------------

static gan_gemm_operand bind_operand(const gan_program *program, const gan_plan_operand *operand) {
    uint64_t start = 0;
    gan_buffer *buffer = find_memory(program, operand->tensor, &start);
    return (gan_gemm_operand){.buffer = buffer,
                              .offset = start + (uint64_t)operand->offset,
                              .pitch = operand->pitch,
                              .stride = operand->stride};
}

static void bind_arguments(const gan_program *program, const gan_plan_launch *planned,
                           gan_argument *out) {
    for (size_t i = 0; i < planned->argument_count; i++) {
        const gan_plan_argument *a = &planned->arguments[i];
        out[i] = (gan_argument){.kind = a->kind, .uint_value = a->uint_value};
        if (a->kind != GAN_ARGUMENT_KIND_BUFFER) continue;
        uint64_t start = 0;
        out[i].buffer = find_memory(program, a->tensor, &start);
        out[i].offset = start + (uint64_t)a->offset;
    }
}

static gan_gemm_operand bind_scratch(const gan_program *program, const gan_plan_launch *planned) {
    gan_gemm_operand scratch = {0};
    if (planned->scratch != GAN_NONE)
        scratch.buffer = find_memory(program, planned->scratch, &scratch.offset);
    return scratch;
}

static gan_gemm_epilogue bind_epilogue(const gan_plan_launch *planned,
                                       const gan_argument *arguments) {
    return (gan_gemm_epilogue){.parameters = planned->parameters,
                               .functions = "//@use functions\n//@use philox\n//@use lanes\n",
                               .body = planned->source,
                               .arguments = arguments,
                               .argument_count = planned->argument_count,
                               .work = planned->work};
}

static bool has_epilogue(const gan_plan_launch *planned) {
    return planned->source[0] != 0;
}

static gan_status create_gemm(const gan_program *program, const gan_plan_launch *planned,
                              const gan_argument *arguments, gan_launch **out) {
    gan_gemm_desc desc = planned->gemm;
    gan_gemm_operand scratch = bind_scratch(program, planned);
    gan_gemm_epilogue epilogue = bind_epilogue(planned, arguments);
    desc.label = planned->label;
    desc.a = bind_operand(program, &planned->a);
    desc.b = bind_operand(program, &planned->b);
    if (has_epilogue(planned))
        desc.epilogue = &epilogue;
    else
        desc.c = bind_operand(program, &planned->c);
    return gan__gemm_create(program->module->device, &desc, &scratch, out);
}

static gan_convolution_operand bind_image(const gan_program *program, const gan_plan_image *image) {
    gan_convolution_operand out = {0};
    out.buffer = find_memory(program, image->tensor, &out.offset);
    out.offset += (uint64_t)image->offset;
    memcpy(out.stride, image->stride, sizeof out.stride);
    return out;
}

static gan_status create_convolution(const gan_program *program, const gan_plan_launch *planned,
                                     const gan_argument *arguments, gan_launch **out) {
    gan_convolution_desc desc = planned->convolution;
    const gan_plan_image *const images[] = {&planned->y, &planned->x, &planned->w};
    gan_convolution_operand *const operands[] = {&desc.y, &desc.x, &desc.w};
    gan_gemm_operand scratch = bind_scratch(program, planned);
    gan_gemm_epilogue epilogue = bind_epilogue(planned, arguments);
    desc.label = planned->label;
    if (has_epilogue(planned)) desc.epilogue = &epilogue;
    for (int i = 0; i < 3; i++)
        if (!desc.epilogue || i != (int)desc.member) *operands[i] = bind_image(program, images[i]);
    return gan__convolution_create(program->module->device, &desc, &scratch, out);
}

static gan_status create_kernel(const gan_program *program, const gan_plan_launch *planned,
                                const gan_argument *arguments, gan_launch **out) {
    gan_launch_desc desc = {.label = planned->label,
                            .name = planned->name,
                            .source = planned->source,
                            .arguments = arguments,
                            .argument_count = planned->argument_count,
                            .work = planned->work};
    memcpy(desc.global, planned->global, sizeof desc.global);
    memcpy(desc.local, planned->local, sizeof desc.local);
    return gan__launch_create(program->module->device, &desc, out);
}

gan_status gan__program_bind(const gan_program *program, const gan_plan_launch *planned,
                             gan_launch **out) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(planned->argument_count, sizeof(gan_argument), &memory));
    gan_argument *arguments = memory;
    bind_arguments(program, planned, arguments);
    static gan_status (*const create[])(const gan_program *, const gan_plan_launch *,
                                        const gan_argument *, gan_launch **) = {
        [GAN_LAUNCH_KERNEL] = create_kernel,
        [GAN_LAUNCH_GEMM] = create_gemm,
        [GAN_LAUNCH_CONVOLUTION] = create_convolution,
    };
    gan_status status = create[planned->kind](program, planned, arguments, out);
    gan__free(arguments);
    return status;
}
