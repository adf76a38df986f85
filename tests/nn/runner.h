// Something that runs graphs, so that one test serves the interpreter and every device.
#ifndef GAN_TESTS_NN_RUNNER_H
#define GAN_TESTS_NN_RUNNER_H

#include "cmocka_headers.h"

#include "base/memory.h"
#include "graph/interpret.h"

typedef struct runner runner;
struct runner {
    const char *name;
    double tolerance; // relative, against float64 numbers, for a few steps of training
    // Takes a finished graph and what is to be computed each run.
    void (*open)(runner *self, gan_graph *graph, gan_node *const *roots, size_t count);
    void (*set_state)(runner *self, gan_node *state, const double *values);
    void (*set_input)(runner *self, gan_node *input, const double *values);
    void (*run)(runner *self, uint64_t counter);
    void (*get_state)(runner *self, gan_node *state, double *values);
    void (*get_root)(runner *self, size_t root, double *values);
    void (*close)(runner *self);
    void *context; // the device, for runners that have one
    void *machine;
    void *program;
    gan_node *const *roots;
    size_t count;
};

static inline size_t node_elements(const gan_node *node) {
    return (size_t)gan__shape_elements(gan__node_shape(node));
}

// --- In double precision on the host -----------------------------------------------------------

static inline void interpreter_open(runner *self, gan_graph *graph, gan_node *const *roots,
                                    size_t count) {
    gan_interpreter *machine;
    assert_int_equal(gan__interpreter_create(graph, 7, &machine), GAN_STATUS_OK);
    self->machine = machine;
    self->roots = roots;
    self->count = count;
}

static inline void interpreter_set(runner *self, gan_node *leaf, const double *values) {
    assert_int_equal(gan__interpreter_set(self->machine, leaf, values), GAN_STATUS_OK);
}

static inline void interpreter_run(runner *self, uint64_t counter) {
    gan_status status = gan__interpreter_run(self->machine, self->roots, self->count, counter);
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static inline void interpreter_get(runner *self, gan_node *node, double *values) {
    const double *found;
    assert_int_equal(gan__interpreter_get(self->machine, node, &found), GAN_STATUS_OK);
    for (size_t i = 0; i < node_elements(node); i++) values[i] = found[i];
}

static inline void interpreter_get_root(runner *self, size_t root, double *values) {
    interpreter_get(self, self->roots[root], values);
}

static inline void interpreter_close(runner *self) {
    gan__interpreter_destroy(self->machine);
}

static inline runner interpreter_runner(void) {
    return (runner){.name = "interpreter",
                    .tolerance = 1e-9,
                    .open = interpreter_open,
                    .set_state = interpreter_set,
                    .set_input = interpreter_set,
                    .run = interpreter_run,
                    .get_state = interpreter_get,
                    .get_root = interpreter_get_root,
                    .close = interpreter_close};
}

#endif
