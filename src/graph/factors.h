// Factors of samples, taken out of products.
//
// What flows back through a network of one output is, for each sample, a multiple of one vector: of
// the output's gradient. Two costs (the discriminator's own and the generator's) send back
// multiples of the same vectors, and each multiplies it by all weights anew. So the factor, one
// number a sample, is taken out of the products, which then are the same for both costs and are
// made once.
#ifndef GAN_GRAPH_FACTORS_H
#define GAN_GRAPH_FACTORS_H

#include "graph/graph.h"

// out[i] computes what roots[i] computes, with fewer products, or is roots[i], where taking factors
// out saves none. The roots are simplified, and so is what comes out. W (s x) becomes s (W x), for
// s that varies along the last axis alone and begins as the one row of an outer product; so values
// differ by roundings, and where s is 0 a product that overflows becomes NaN.
gan_status gan__take_out_factors(gan_graph *graph, gan_node *const *roots, size_t count,
                                 gan_node **out);

#endif
