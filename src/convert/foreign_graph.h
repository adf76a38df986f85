// A file's network as a graph of clgan's, for samples of one shape. Private to foreign_*.c.
#ifndef GAN_CONVERT_FOREIGN_GRAPH_H
#define GAN_CONVERT_FOREIGN_GRAPH_H

#include "convert/foreign.h"

// How samples become the network's input (foreign_samples.c).
typedef struct gan_foreign_fit {
    gan_shape sample, input; // one of each, without batch
    bool repeated;           // one channel, as often as the network has channels
    bool resized;            // bilinear
} gan_foreign_fit;

// Errors: BAD_INPUT naming what of the samples' shape does not fit.
gan_status gan__foreign_fit(const gan_foreign_input *input, const gan_shape *sample,
                            gan_foreign_fit *out);
// (elements, batch) as the input's node (input..., batch).
gan_node *gan__foreign_fit_apply(const gan_foreign_fit *fit, gan_node *samples);

// What of a graph is wanted, and for what.
typedef struct gan_foreign_order {
    const gan_shape *sample; // one, without batch: of rank 1 or 3
    int64_t batch;
    const char *value; // of the graph; NULL: its first output
} gan_foreign_order;

// Only what the value needs is looked at. *out is to be destroyed even on failure; the model must
// outlive it. Errors: BAD_INPUT (no such value, samples that do not fit, an operator or attribute
// that is not known), CORRUPT, NO_MEMORY.
gan_status gan__foreign_graph_build(const gan_foreign_model *model, const gan_foreign_order *order,
                                    gan_foreign_graph *out, gan_foreign_fit *fit);
void gan__foreign_graph_destroy(gan_foreign_graph *graph);

#endif
