// Modules: the memory that a graph's programs share, and what goes in and out of it.
#include "graph/module_parts.h"

#include <stdlib.h>
#include <string.h>

// --- Creation -----------------------------------------------------------------------------------

gan_status gan__module_create(gan_device *device, gan_graph *graph, gan_module **out) {
    *out = NULL;
    GAN_TRY(gan__graph_status(graph));
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_module), &memory));
    gan_module *module = memory;
    const char *arena = getenv("CLGAN_ARENA");
    module->device = device;
    module->graph = graph;
    module->separate = arena && strcmp(arena, "off") == 0;
    *out = module;
    return GAN_STATUS_OK;
}

static void destroy_leaves(gan_leaf_memory *leaves, uint32_t count) {
    for (uint32_t i = 0; leaves && i < count; i++) {
        gan__stage_destroy(leaves[i].stage);
        gan__buffer_destroy(leaves[i].buffer);
    }
    gan__free(leaves);
}

void gan__module_destroy(gan_module *module) {
    if (!module) return;
    for (uint32_t i = 0; i < module->program_count; i++) gan__program_destroy(module->programs[i]);
    gan__free(module->programs);
    destroy_leaves(module->states, module->state_count);
    destroy_leaves(module->inputs, module->input_count);
    for (uint32_t i = 0; i < module->part_count; i++) gan__buffer_destroy(module->parts[i]);
    gan__free(module->parts);
    gan__free(module);
}

void gan__module_set_seed(gan_module *module, uint64_t seed) {
    module->seed = seed;
}

void gan__module_on_build(gan_module *module, bool (*call)(void *user, size_t done, size_t total),
                          void *user) {
    module->on_build = call;
    module->on_build_user = user;
}

// --- Memory -------------------------------------------------------------------------------------

static uint64_t leaf_bytes(const gan_node *leaf) {
    uint64_t elements = (uint64_t)gan__shape_elements(&leaf->shape);
    return leaf->attributes.leaf.element == GAN_ELEMENT_U8 ? elements : elements * 4;
}

// The arena in one, or what its tensors take when each has a buffer of its own.
static uint64_t arena_bytes(const gan_module *module) {
    uint64_t most = 0, sum = 0;
    for (uint32_t p = 0; p < module->program_count; p++) {
        const gan_plan *plan = module->programs[p]->plan;
        if (plan->arena_bytes > most) most = plan->arena_bytes;
        for (uint32_t t = 0; t < plan->tensor_count; t++) {
            const gan_plan_tensor *tensor = &plan->tensors[t];
            if (tensor->kind == GAN_TENSOR_ARENA && tensor->first != GAN_NONE)
                sum += (uint64_t)tensor->elements * 4;
        }
    }
    return module->separate ? sum : most;
}

static uint64_t workspace_bytes(const gan_module *module) {
    uint64_t most = 0;
    for (uint32_t p = 0; p < module->program_count; p++) {
        const uint64_t bytes = gan__program_workspace(module->programs[p]);
        if (bytes > most) most = bytes;
    }
    return most;
}

// Adds the bytes of a buffer.
static void add_buffer(uint64_t bytes, uint64_t *sum, gan_module_memory *memory) {
    *sum += bytes;
    memory->total_bytes += bytes;
    if (bytes > memory->largest_bytes) memory->largest_bytes = bytes;
}

void gan__module_get_memory(const gan_module *module, gan_module_memory *out) {
    *out = (gan_module_memory){.arena_bytes = arena_bytes(module)};
    const gan_graph *graph = module->graph;
    for (uint32_t i = 0; i < graph->states.count; i++)
        add_buffer(leaf_bytes(graph->states.nodes[i]), &out->state_bytes, out);
    for (uint32_t i = 0; i < graph->inputs.count; i++)
        add_buffer(leaf_bytes(graph->inputs.nodes[i]), &out->input_bytes, out);
    for (uint32_t i = 0; i < module->program_count; i++)
        add_buffer(module->programs[i]->plan->output_bytes, &out->output_bytes, out);
    add_buffer(workspace_bytes(module), &out->engine_bytes, out);
    out->total_bytes += out->arena_bytes;
}

static gan_status check_memory(const gan_module *module, const gan_module_memory *memory) {
    const gan_device_traits *traits = gan__device_traits(module->device);
    if (!traits->memory_bytes || memory->total_bytes <= traits->memory_bytes) return GAN_STATUS_OK;
    return gan__fail(
        GAN_STATUS_DEVICE_MEMORY,
        "the plan takes %llu bytes (%.1f MiB), the device has %llu (%.1f MiB): use a "
        "smaller batch or network, or another device",
        (unsigned long long)memory->total_bytes, (double)memory->total_bytes / (1024.0 * 1024.0),
        (unsigned long long)traits->memory_bytes, (double)traits->memory_bytes / (1024.0 * 1024.0));
}

static gan_status create_leaves(gan_module *module, const gan_node_list *nodes, uint32_t slots,
                                gan_leaf_memory **leaves, uint32_t *count) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(nodes->count, sizeof(gan_leaf_memory), &memory));
    *leaves = memory;
    *count = nodes->count;
    for (uint32_t i = 0; i < nodes->count; i++) {
        const gan_node *leaf = nodes->nodes[i];
        uint64_t bytes = leaf_bytes(leaf);
        GAN_TRY(gan__buffer_create(module->device, bytes, leaf->attributes.leaf.name,
                                   &(*leaves)[i].buffer));
        if (slots)
            GAN_TRY(gan__stage_create((*leaves)[i].buffer, bytes, slots, &(*leaves)[i].stage));
    }
    return GAN_STATUS_OK;
}

static gan_status create_arena(gan_module *module) {
    uint64_t bytes = module->separate ? 0 : arena_bytes(module), part = 0;
    if (!bytes) return GAN_STATUS_OK;
    void *memory = NULL;
    part = gan__plan_part_bytes(module->programs[0]->plan);
    GAN_TRY(gan__alloc((size_t)((bytes + part - 1) / part), sizeof(gan_buffer *), &memory));
    module->parts = memory;
    for (uint64_t at = 0; at < bytes; at += part) {
        uint64_t size = bytes - at < part ? bytes - at : part;
        GAN_TRY(gan__buffer_create(module->device, size, "the arena of intermediate results",
                                   &module->parts[module->part_count]));
        module->part_count++;
    }
    return GAN_STATUS_OK;
}

gan_status gan__module_tell_build(const gan_module *module, size_t done, size_t total) {
    if (!module->on_build || module->on_build(module->on_build_user, done, total))
        return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_INTERRUPTED, "interrupted while compiling kernels");
}

static size_t launch_count(const gan_module *module) {
    size_t total = 0;
    for (uint32_t i = 0; i < module->program_count; i++)
        total += module->programs[i]->plan->launch_count;
    return total;
}

gan_status gan__module_settle(const gan_module *module) {
    const uint64_t bytes = arena_bytes(module);
    const size_t total = launch_count(module);
    for (uint32_t i = 0; i < module->program_count; i++) {
        GAN_TRY(gan__module_tell_build(module, 0, total));
        gan__program_settle(module->programs[i], bytes);
    }
    return GAN_STATUS_OK;
}

gan_status gan__module_prepare(gan_module *module, uint32_t stage_slots) {
    gan_module_memory memory;
    const size_t total = launch_count(module);
    size_t done = 0;
    if (module->prepared)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "the module has been prepared already");
    gan__module_get_memory(module, &memory);
    GAN_TRY(check_memory(module, &memory));
    GAN_TRY(gan__module_settle(module));
    GAN_TRY(gan__gemm_reserve(module->device, memory.engine_bytes));
    const gan_graph *graph = module->graph;
    GAN_TRY(create_leaves(module, &graph->states, 0, &module->states, &module->state_count));
    GAN_TRY(create_leaves(module, &graph->inputs, stage_slots ? stage_slots : 1, &module->inputs,
                          &module->input_count));
    GAN_TRY(create_arena(module));
    for (uint32_t i = 0; i < module->program_count; i++)
        GAN_TRY(gan__program_prepare(module->programs[i], &done, total));
    module->prepared = true;
    return GAN_STATUS_OK;
}

// --- In and out ---------------------------------------------------------------------------------

static gan_status find_leaf(const gan_module *module, const gan_node *leaf, gan_op op,
                            gan_leaf_memory **out) {
    const char *kind = op == GAN_OP_STATE ? "a state" : "an input";
    if (!leaf || leaf->graph != module->graph || leaf->op != op)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "the node is not %s of the module's graph", kind);
    uint32_t index = leaf->attributes.leaf.index;
    uint32_t count = op == GAN_OP_STATE ? module->state_count : module->input_count;
    if (!module->prepared || index >= count)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "'%s' has no memory: the module was prepared %s",
                         leaf->attributes.leaf.name,
                         module->prepared ? "before it was made" : "never");
    *out = &(op == GAN_OP_STATE ? module->states : module->inputs)[index];
    return GAN_STATUS_OK;
}

gan_status gan__module_write_state(gan_module *module, const gan_node *state, const float *values) {
    gan_leaf_memory *memory = NULL;
    GAN_TRY(find_leaf(module, state, GAN_OP_STATE, &memory));
    return gan__buffer_write(memory->buffer, 0, leaf_bytes(state), values);
}

gan_status gan__module_read_state(gan_module *module, const gan_node *state, float *values) {
    gan_leaf_memory *memory = NULL;
    GAN_TRY(find_leaf(module, state, GAN_OP_STATE, &memory));
    return gan__buffer_read(memory->buffer, 0, leaf_bytes(state), values);
}

gan_status gan__module_map_state(gan_module *module, const gan_node *state, uint64_t first,
                                 uint64_t count, bool write, float **values) {
    gan_leaf_memory *memory = NULL;
    void *mapped = NULL;
    *values = NULL;
    GAN_TRY(find_leaf(module, state, GAN_OP_STATE, &memory));
    GAN_TRY(gan__buffer_map(memory->buffer, first * sizeof(float), count * sizeof(float), write,
                            &mapped));
    *values = mapped;
    return GAN_STATUS_OK;
}

gan_status gan__module_unmap_state(gan_module *module, const gan_node *state, float *values) {
    gan_leaf_memory *memory = NULL;
    GAN_TRY(find_leaf(module, state, GAN_OP_STATE, &memory));
    return gan__buffer_unmap(memory->buffer, values);
}

gan_status gan__module_feed_begin(gan_module *module, const gan_node *input, void **slot) {
    gan_leaf_memory *memory = NULL;
    GAN_TRY(find_leaf(module, input, GAN_OP_INPUT, &memory));
    return gan__stage_next(memory->stage, slot);
}

gan_status gan__module_feed_end(gan_module *module, const gan_node *input) {
    gan_leaf_memory *memory = NULL;
    GAN_TRY(find_leaf(module, input, GAN_OP_INPUT, &memory));
    return gan__stage_send(memory->stage);
}

gan_status gan__module_feed(gan_module *module, const gan_node *input, const void *data) {
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(module, input, &slot));
    memcpy(slot, data, (size_t)leaf_bytes(input));
    return gan__module_feed_end(module, input);
}
