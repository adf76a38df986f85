// See compare.h.
#include "compare.h"

#include "base/memory.h"
#include "graph/node.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// --- Settings -----------------------------------------------------------------------------------

static void add_setting(gan_setting *settings, size_t *count, const gan_device_info *info,
                        const char *lanes, const char *arena) {
    gan_setting *setting = &settings[(*count)++];
    *setting = (gan_setting){.lanes = lanes, .arena = arena, .gemm = "tile"};
    snprintf(setting->device, sizeof setting->device, "%u:%u", info->platform, info->device);
    snprintf(setting->name, sizeof setting->name, "%.80s, lanes %s, arena %s", info->name,
             *lanes ? lanes : "as it likes", *arena ? arena : "on");
}

gan_status gan__settings_list(gan_setting **settings, size_t *count) {
    gan_device_info *infos = NULL;
    size_t devices = 0;
    void *memory = NULL;
    *count = 0;
    GAN_TRY(gan_device_list(&infos, &devices));
    gan_status status = gan__alloc(devices * 2, sizeof(gan_setting), &memory);
    *settings = memory;
    for (size_t i = 0; i < devices && status == GAN_STATUS_OK; i++) {
        bool cpu = infos[i].kind == GAN_DEVICE_KIND_CPU;
        add_setting(*settings, count, &infos[i], "", "");
        add_setting(*settings, count, &infos[i], cpu ? "1" : "", "off");
    }
    gan_device_list_free(infos);
    return status;
}

static void set_or_clear(const char *name, const char *value) {
    if (*value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

gan_status gan__setting_open(const gan_setting *setting, gan_device **out) {
    set_or_clear("CLGAN_LANES", setting->lanes);
    set_or_clear("CLGAN_ARENA", setting->arena);
    set_or_clear("CLGAN_GEMM", setting->gemm);
    return gan_device_open(setting->device, out);
}

void gan__setting_close(gan_device *device) {
    gan_device_close(device);
    unsetenv("CLGAN_LANES");
    unsetenv("CLGAN_ARENA");
    unsetenv("CLGAN_GEMM");
}

// --- Both sides ---------------------------------------------------------------------------------

static gan_status to_device(gan_module *module, const gan_leaf_values *leaf) {
    const gan_node *node = leaf->node;
    size_t count = (size_t)gan__shape_elements(&node->shape);
    void *memory = NULL;
    GAN_TRY(gan__alloc(count, sizeof(float), &memory));
    float *floats = memory;
    uint8_t *bytes = memory;
    bool is_bytes = node->op == GAN_OP_INPUT && node->attributes.leaf.element == GAN_ELEMENT_U8;
    for (size_t i = 0; i < count; i++) {
        if (is_bytes)
            bytes[i] = (uint8_t)leaf->values[i];
        else
            floats[i] = (float)leaf->values[i];
    }
    gan_status status = node->op == GAN_OP_STATE ? gan__module_write_state(module, node, floats)
                                                 : gan__module_feed(module, node, memory);
    gan__free(memory);
    return status;
}

static gan_status differ(const char *what, size_t index, size_t element, double device,
                         double interpreter) {
    return gan__fail(GAN_STATUS_FAILED, "%s %zu, element %zu: %.9g on the device, %.9g interpreted",
                     what, index, element, device, interpreter);
}

static gan_status compare_values(const char *what, size_t index, const gan_node *node,
                                 const float *device, const double *interpreter, double tolerance) {
    size_t count = (size_t)gan__shape_elements(&node->shape);
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(interpreter[i]) && fabs(interpreter[i]) > largest)
            largest = fabs(interpreter[i]);
    for (size_t i = 0; i < count; i++) {
        double d = device[i], e = interpreter[i];
        if (isnan(d) && isnan(e)) continue;
        if (isinf(e) ? d != e : !(fabs(d - e) <= tolerance * largest + tolerance / 16))
            return differ(what, index, i, d, e);
    }
    return GAN_STATUS_OK;
}

static gan_status compare_root(const gan_comparison *c, gan_program *program,
                               gan_interpreter *interpreter, size_t root) {
    const gan_node *node = c->roots[root];
    const double *expected = NULL;
    void *memory = NULL;
    if (node->op == GAN_OP_ASSIGN) return GAN_STATUS_OK;
    GAN_TRY(gan__interpreter_read(interpreter, root, &expected));
    GAN_TRY(gan__alloc((size_t)gan__shape_elements(&node->shape), sizeof(float), &memory));
    gan_status status = gan__program_read(program, root, memory);
    if (status == GAN_STATUS_OK)
        status = compare_values("root", root, node, memory, expected, c->tolerance);
    gan__free(memory);
    return status;
}

static gan_status compare_state(const gan_comparison *c, gan_module *module,
                                gan_interpreter *interpreter, size_t leaf) {
    const gan_node *node = c->leaves[leaf].node;
    const double *expected = NULL;
    void *memory = NULL;
    if (node->op != GAN_OP_STATE) return GAN_STATUS_OK;
    GAN_TRY(gan__interpreter_get(interpreter, node, &expected));
    GAN_TRY(gan__alloc((size_t)gan__shape_elements(&node->shape), sizeof(float), &memory));
    gan_status status = gan__module_read_state(module, node, memory);
    if (status == GAN_STATUS_OK)
        status = compare_values("leaf", leaf, node, memory, expected, c->tolerance);
    gan__free(memory);
    return status;
}

static gan_status run_both(const gan_comparison *c, gan_module *module, gan_program *program,
                           gan_interpreter *interpreter) {
    for (size_t i = 0; i < c->leaf_count; i++) {
        GAN_TRY(to_device(module, &c->leaves[i]));
        GAN_TRY(gan__interpreter_set(interpreter, c->leaves[i].node, c->leaves[i].values));
    }
    for (int run = 0; run < c->runs; run++) {
        uint64_t counter = c->counter + (uint64_t)run;
        GAN_TRY(gan__program_run(program, counter));
        GAN_TRY(gan__interpreter_run(interpreter, c->roots, c->root_count, counter));
    }
    for (size_t i = 0; i < c->root_count; i++) GAN_TRY(compare_root(c, program, interpreter, i));
    for (size_t i = 0; i < c->leaf_count; i++) GAN_TRY(compare_state(c, module, interpreter, i));
    return GAN_STATUS_OK;
}

gan_status gan__compare(gan_device *device, const gan_comparison *c) {
    gan_module *module = NULL;
    gan_program *program = NULL;
    gan_interpreter *interpreter = NULL;
    gan_status status = gan__module_create(device, c->graph, &module);
    if (status == GAN_STATUS_OK) {
        gan__module_set_seed(module, c->seed);
        status = gan__program_create(module, "compared", c->roots, c->root_count, &program);
    }
    if (status == GAN_STATUS_OK) status = gan__module_prepare(module, 2);
    if (status == GAN_STATUS_OK) status = gan__interpreter_create(c->graph, c->seed, &interpreter);
    if (status == GAN_STATUS_OK) status = run_both(c, module, program, interpreter);
    gan__interpreter_destroy(interpreter);
    gan__module_destroy(module);
    return status;
}
