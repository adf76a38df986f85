// What modules and programs are made of. Private to module.c and program.c.
#ifndef GAN_GRAPH_MODULE_PARTS_H
#define GAN_GRAPH_MODULE_PARTS_H

#include "graph/module.h"
#include "graph/plan.h"
#include "runtime/schedule.h"

typedef struct gan_leaf_memory {
    gan_buffer *buffer;
    gan_stage *stage; // inputs only
} gan_leaf_memory;

struct gan_module {
    gan_device *device;
    gan_graph *graph;
    uint64_t seed;
    gan_leaf_memory *states, *inputs; // by leaf index; NULL before prepare
    uint32_t state_count, input_count;
    gan_program **programs;
    uint32_t program_count, program_capacity;
    gan_buffer **parts; // of the shared arena
    uint32_t part_count;
    bool separate; // a buffer a tensor ($CLGAN_ARENA=off), so that a bounds checker sees overruns
    bool prepared;
    bool (*on_build)(void *user, size_t done, size_t total);
    void *on_build_user;
};

// An argument that changes from run to run.
typedef struct gan_run_argument {
    uint32_t launch, argument;
    int run; // GAN_RUN_*
} gan_run_argument;

struct gan_program {
    gan_module *module;
    char *name;
    gan_plan *plan;
    gan_launch **launches;
    gan_schedule *schedule;
    gan_buffer *outputs;
    gan_buffer **tensors; // with a buffer a tensor
    gan_run_argument *run_arguments;
    uint32_t run_argument_count, run_argument_capacity;
};

// Allocates what is the program's own and creates its launches. `done` and `total` count the
// module's launches, for on_build.
gan_status gan__program_prepare(gan_program *program, size_t *done, size_t total);
// Calls on_build. Errors: INTERRUPTED where it says so.
gan_status gan__module_tell_build(const gan_module *module, size_t done, size_t total);
// Before there is any memory: what the program's products work in beside it; and what has to be
// checked about them, where the module's arena will have `arena_bytes`.
uint64_t gan__program_workspace(const gan_program *program);
void gan__program_settle(const gan_program *program, uint64_t arena_bytes);
// The launch, built and bound.
gan_status gan__program_bind(const gan_program *program, const gan_plan_launch *planned,
                             gan_launch **out);
void gan__program_destroy(gan_program *program); // NULL is allowed

#endif
