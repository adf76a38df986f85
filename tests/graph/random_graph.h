// Graphs that nobody thought of, for the tests of devices: drawn from every primitive, with values
// that stay small and no decision that rounding could turn.
#ifndef GAN_TESTS_GRAPH_RANDOM_GRAPH_H
#define GAN_TESTS_GRAPH_RANDOM_GRAPH_H

#include "compare.h"

#define GAN_RANDOM_NODES    32
#define GAN_RANDOM_LEAVES   6
#define GAN_RANDOM_ELEMENTS 4096 // of a leaf at most

typedef struct gan_random_graph {
    uint64_t number;
    uint32_t choices; // made so far
    gan_graph *graph;
    gan_node *nodes[GAN_RANDOM_NODES]; // leaves first
    int count;
    gan_leaf_values leaves[GAN_RANDOM_LEAVES];
    size_t leaf_count;
    double values[GAN_RANDOM_LEAVES][GAN_RANDOM_ELEMENTS];
    gan_node *index; // an input of whole numbers
    gan_node *roots[GAN_RANDOM_NODES];
    size_t root_count;
} gan_random_graph;

// Graph `number`, with about `steps` operations; the same whenever it is asked for. Some of its
// roots assign to its states. Free with gan__random_graph_destroy.
gan_status gan__random_graph_create(uint64_t number, int steps, gan_random_graph **out);
void gan__random_graph_destroy(gan_random_graph *graph); // NULL is allowed

#endif
