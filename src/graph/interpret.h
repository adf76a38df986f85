// The oracle: a plain interpreter of graphs in double precision on the host, one node at a time.
// Slow and obvious on purpose. Any graph, before and after every pass, on any device, is compared
// with it; and a person can step through it.
#ifndef GAN_GRAPH_INTERPRET_H
#define GAN_GRAPH_INTERPRET_H

#include "graph/graph.h"

typedef struct gan_interpreter gan_interpreter;
gan_status gan__interpreter_create(gan_graph *graph, uint64_t seed, gan_interpreter **out);
void gan__interpreter_destroy(gan_interpreter *interpreter); // NULL is allowed

// Sets the value of an input or state: dense, row-major, copied.
gan_status gan__interpreter_set(gan_interpreter *interpreter, const gan_node *leaf,
                                const double *values);
// The value that a state or input has now, or that the latest run gave any other node. Valid until
// the next run.
gan_status gan__interpreter_get(gan_interpreter *interpreter, const gan_node *node,
                                const double **values);
// The value of roots[root] from the latest run. A root that is a state gives its value from before
// the run's assignments, as gan__program_read does. Not for assignments (get the state). Valid until
// the next run.
gan_status gan__interpreter_read(gan_interpreter *interpreter, size_t root, const double **values);
// Evaluates the roots at `counter` (random nodes depend on it), then carries out the assignments
// among them. Random nodes give the very float32 values that gan__philox_* give.
// Errors: BAD_ARGUMENT where an input was not set or two roots assign to one state.
gan_status gan__interpreter_run(gan_interpreter *interpreter, gan_node *const *roots, size_t count,
                                uint64_t counter);

#endif
