// The table of cases: every primitive of the graph, and the compositions that training is made of,
// as small graphs with given values. The interpreter's gradients are checked on it against central
// differences, the passes against the interpreter, and every device against both.
//
// Values are drawn with Philox and are float32 numbers, so a device sees exactly what the
// interpreter sees; they keep their distance from kinks (of abs, floor, maximum, comparisons), so
// central differences with steps up to 2e-3 are valid and devices decide as the host does.
#ifndef GAN_TESTS_GRAPH_CASES_H
#define GAN_TESTS_GRAPH_CASES_H

#include "graph/graph.h"
#include "graph/interpret.h"

#define GAN_CASE_LEAVES 12
#define GAN_CASE_ROOTS  12

typedef struct gan_case_leaf {
    gan_node *node; // an input or a state
    double *values;
    bool differentiable; // gradients by it are checked
} gan_case_leaf;

// A case built: free with gan__case_graph_destroy.
typedef struct gan_case_graph {
    gan_graph *graph;
    gan_case_leaf leaves[GAN_CASE_LEAVES];
    size_t leaf_count;
    gan_node *roots[GAN_CASE_ROOTS]; // the values of the case (assignments among them)
    size_t root_count;
    // For each differentiable leaf in turn: the gradient of `objective`, a weighted sum of all
    // roots, and the gradient of `second_objective`, a weighted sum of those gradients.
    gan_node *objective, *second_objective;
    gan_node *first[GAN_CASE_LEAVES], *second[GAN_CASE_LEAVES];
    size_t differentiable_count;
    const struct gan_case *description;
    uint32_t draws; // streams used up for leaves
} gan_case_graph;

typedef struct gan_case {
    const char *name;
    void (*build)(gan_case_graph *c);
    // Parameters of `build`; which of them count is the builder's matter.
    gan_node *(*unary)(gan_node *a);
    gan_node *(*binary)(gan_node *a, gan_node *b);
    gan_node *(*reduce)(gan_node *a, uint32_t axes);
    gan_shape a, b;
    double low, high;
    uint32_t axes;
    bool transpose_a, transpose_b;
    int axis;
    int64_t at[3][GAN_RANK_MAX]; // start, size, step; or before, after; or an order
    gan_convolution_settings convolution;
    int output_padding[2];
} gan_case;

size_t gan__case_count(void);
const gan_case *gan__case(size_t i); // i < gan__case_count()
// From this one on a device runs what graph/expand.h makes of the case.
size_t gan__case_first_expanded(void);

// Builds the case with its gradients. A failure is that of the graph.
gan_status gan__case_graph_create(const gan_case *description, gan_case_graph *out);
void gan__case_graph_destroy(gan_case_graph *c);
// Sets all leaves.
gan_status gan__case_feed(const gan_case_graph *c, gan_interpreter *interpreter);

// The seed of the random nodes of every case, and the counter of its run.
#define GAN_CASE_SEED    20140610
#define GAN_CASE_COUNTER 7

// --- For the builders of cases ------------------------------------------------------------------

typedef enum gan_case_values {
    GAN_CASE_VALUES_UNIFORM,  // in [low, high]
    GAN_CASE_VALUES_AWAY,     // magnitudes in [low, high], either sign
    GAN_CASE_VALUES_EVEN,     // even multiples of 1/16 in about [low, high]
    GAN_CASE_VALUES_ODD,      // odd multiples of 1/16: never nearer than 1/16 to an even one
    GAN_CASE_VALUES_HALVES,   // multiples of 1/2 in [low, high)
    GAN_CASE_VALUES_DISTINCT, // no two nearer than 1/64, from low upwards
    GAN_CASE_VALUES_INDEX,    // whole numbers in [low, high]; not differentiable
} gan_case_values;

// A new leaf of the case.
gan_node *gan__case_leaf(gan_case_graph *c, gan_case_values kind, gan_shape shape, double low,
                         double high);
void gan__case_root(gan_case_graph *c, gan_node *root);

// The tables that the one table consists of.
typedef struct gan_case_table {
    const gan_case *cases;
    size_t count;
} gan_case_table;
gan_case_table gan__cases_elementwise(void);
gan_case_table gan__cases_structural(void);
gan_case_table gan__cases_composed(void);
gan_case_table gan__cases_convolution_products(void);
gan_case_table gan__cases_convolution(void);

#endif
