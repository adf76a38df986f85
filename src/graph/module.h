// A graph on a device. A module holds the graph's states and inputs in device memory; its programs
// are lists of launches over them, replayed step after step with no allocation and no waiting.
//
//     gan__module_create(device, graph, &module);
//     gan__program_create(module, "step", roots, count, &program); // plans, on the host only
//     gan__module_get_memory(module, &memory);                     // what it will take, exactly
//     gan__module_prepare(module, 16);                             // allocates and builds
//     for (step = 0; step < steps; step++) {
//         gan__module_feed(module, x, batch);
//         gan__program_run(program, step);
//     }
//     gan__program_read(program, 0, &loss); // waits: once per interval
#ifndef GAN_GRAPH_MODULE_H
#define GAN_GRAPH_MODULE_H

#include "graph/graph.h"
#include "runtime/convolution.h"
#include "runtime/launch.h"

typedef struct gan_module gan_module;
typedef struct gan_program gan_program;

// The graph and the device must outlive the module. Fails with the graph's own status if it has
// one.
gan_status gan__module_create(gan_device *device, gan_graph *graph, gan_module **out);
void gan__module_destroy(gan_module *module);                 // and its programs; NULL is allowed
void gan__module_set_seed(gan_module *module, uint64_t seed); // of random nodes; 0 at first

// Plans the computation of `roots` (assignments, and nodes to be read): simplifies, fuses,
// generates code, lays out memory. Touches no device memory. Programs of one module share one
// arena. `name` is for messages and profiles. Before gan__module_prepare only.
// Errors: the graph's own; BAD_ARGUMENT where two roots assign to one state.
gan_status gan__program_create(gan_module *module, const char *name, gan_node *const *roots,
                               size_t count, gan_program **out);

typedef struct gan_module_memory {
    uint64_t state_bytes, input_bytes, output_bytes, arena_bytes;
    uint64_t engine_bytes; // that CLBlast works in
    uint64_t total_bytes;
    uint64_t largest_bytes; // in one buffer; the arena may be several
} gan_module_memory;
void gan__module_get_memory(const gan_module *module, gan_module_memory *out);

// Has the kernels checked that this device never ran, which takes memory of it for a moment.
// gan__module_prepare does so before it allocates; this is for a module that is prepared when others
// have been. Errors: INTERRUPTED.
gan_status gan__module_settle(const gan_module *module);

// Allocates and builds everything. `stage_slots`: how many batches may wait in host memory; with at
// least as many as there are runs between two host syncs, feeding never waits.
// Errors: DEVICE_MEMORY before anything is allocated when the plan exceeds the device, with both
// figures; BUILD_FAILED. After an error the module can only be destroyed.
gan_status gan__module_prepare(gan_module *module, uint32_t stage_slots);
// Called before each kernel that has to be compiled, with how many are done and how many there are.
// Where it returns false, gan__module_prepare stops and returns INTERRUPTED.
void gan__module_on_build(gan_module *module, bool (*call)(void *user, size_t done, size_t total),
                          void *user);

// Blocking, dense, row-major float32; for initialisation and checkpoints.
gan_status gan__module_write_state(gan_module *module, const gan_node *state, const float *values);
gan_status gan__module_read_state(gan_module *module, const gan_node *state, float *values);
// Elements [first, first + count) where the host reaches them, in place where it can: to be read, and
// to be written if `write`. To be given back before anything that touches the state runs.
gan_status gan__module_map_state(gan_module *module, const gan_node *state, uint64_t first,
                                 uint64_t count, bool write, float **values);
gan_status gan__module_unmap_state(gan_module *module, const gan_node *state, float *values);

// Copies `data` (of the input's element type and shape) into host staging memory and sends it
// without blocking; runs enqueued later see it, runs enqueued earlier do not.
gan_status gan__module_feed(gan_module *module, const gan_node *input, const void *data);
// The same without a copy: *slot is the staging memory, filled by the caller, then sent.
gan_status gan__module_feed_begin(gan_module *module, const gan_node *input, void **slot);
gan_status gan__module_feed_end(gan_module *module, const gan_node *input);

// Enqueues one run. `counter` names the draws of its random nodes.
gan_status gan__program_run(gan_program *program, uint64_t counter);
// The value of roots[root] from the latest run; blocking. A root that is a state gives its value
// from before the run's assignments. Not for assignments (read the state).
gan_status gan__program_read(gan_program *program, size_t root, float *values);
// The same without waiting: `values` are there after gan__reading_end (runtime/buffer.h), whatever
// runs are enqueued in between.
gan_status gan__program_read_begin(gan_program *program, size_t root, float *values,
                                   gan_reading **out);

// What a program is, for --dry-run, --profile and tests.
size_t gan__program_launches(const gan_program *program);
void gan__program_get_profile(const gan_program *program, size_t launch, gan_launch_profile *out);
// The generated source of a launch, for vendor compilers and readers; "" for library calls.
const char *gan__program_source(const gan_program *program, size_t launch);

// The matrix product that a launch is: its sizes, transposes and batches. False where it is none.
bool gan__program_product(const gan_program *program, size_t launch, gan_gemm_desc *out);
// The same for convolutions.
bool gan__program_convolution(const gan_program *program, size_t launch, gan_convolution_desc *out);

#endif
