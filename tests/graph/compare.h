// A graph on a device, compared with the interpreter: for the tests of everything between a graph
// and its launches.
#ifndef GAN_TESTS_GRAPH_COMPARE_H
#define GAN_TESTS_GRAPH_COMPARE_H

#include "graph/interpret.h"
#include "graph/module.h"

// One way to run on one device. `lanes` and `arena` are $CLGAN_LANES and $CLGAN_ARENA ("" for
// unset).
typedef struct gan_setting {
    char device[16]; // "0:0"
    char name[128];
    const char *lanes, *arena, *gemm;
} gan_setting;

// Every device found: as it is, and with a buffer a tensor; a CPU then also with the kernels of a
// GPU. *settings is the caller's (gan__free).
gan_status gan__settings_list(gan_setting **settings, size_t *count);
// Sets the environment and opens the device.
gan_status gan__setting_open(const gan_setting *setting, gan_device **out);
void gan__setting_close(gan_device *device);

typedef struct gan_leaf_values {
    gan_node *node; // an input or a state
    const double *values;
} gan_leaf_values;

typedef struct gan_comparison {
    gan_graph *graph;
    const gan_leaf_values *leaves;
    size_t leaf_count;
    gan_node *const *roots;
    size_t root_count;
    uint64_t seed, counter;
    int runs; // the program runs this often, counting up
    double tolerance;
} gan_comparison;

// Runs both, and compares every root and every state given: FAILED, saying where they differ, when
// |device - interpreter| > tolerance * (largest magnitude in the tensor) + tolerance / 16.
gan_status gan__compare(gan_device *device, const gan_comparison *comparison);

#endif
