// How vertices are grouped into kernels. Private to fuse*.c.
//
// Grouping is about cost only: any group can be emitted, since what is not in memory is computed
// where it is needed. What makes a group cheap is that every member is needed at the domain's own
// index ("aligned"), so that it is computed once.
#ifndef GAN_GRAPH_FUSE_H
#define GAN_GRAPH_FUSE_H

#include "graph/plan_index.h"

// Kernels beyond these are split: arguments and registers are not endless.
enum { GAN_GROUP_MEMBERS_MAX = 192, GAN_GROUP_BUFFERS_MAX = 24 };

// fuse_edges.c: who uses whom.
gan_status gan__fuse_find_edges(gan_plan *plan);
// Whether the edge's producer is needed at its own index of `domain` when its consumer is computed
// at its own. Both are members of the domain.
bool gan__edge_is_aligned(gan_plan *plan, const gan_group *domain, const gan_edge *edge,
                          gan_status *status);
// The producer's index where `index` (of GAN_RANK_MAX) is that of the consumer's operand; false
// where the way leads through more than views.
bool gan__edge_follow(const gan_plan *plan, gan_space *space, const gan_edge *edge,
                      gan_index *index);
// How often the producer is computed when it is recomputed for every use along this edge.
int64_t gan__edge_evaluations(gan_plan *plan, const gan_edge *edge, gan_status *status);

// fuse_domain.c: shapes that go together.
void gan__domain_of(const gan_plan *plan, uint32_t vertex, gan_group *out);
// A group of the vertex alone; the vertex's own then.
gan_status gan__plan_add_group(gan_plan *plan, uint32_t vertex);
// The domain that holds the members of both; false where there is none.
bool gan__domain_join(const gan_group *a, const gan_group *b, gan_group *out);
// The vertex's own index in the domain, from the domain's variables; false for one that does not
// belong there. *rows: it is of the rows' shape.
bool gan__domain_index(const gan_group *domain, const gan_shape *shape, const gan_index *variables,
                       gan_index *index, bool *rows);

// fuse_fit.c: whether a kernel over `domain` can hold the members of both groups, and whether every
// use between them is aligned there. (That no third group stands between them is for fuse.c to
// see.)
bool gan__fuse_fits(const gan_plan *plan, const gan_group *domain, uint32_t a, uint32_t b);
bool gan__fuse_uses_are_aligned(gan_plan *plan, const gan_group *domain, uint32_t a, uint32_t b,
                                gan_status *status);

// fuse_cost.c: arithmetic per element (an addition is 1), with the views before it.
int64_t gan__vertex_weight(const gan_plan *plan, uint32_t vertex);
// The same for all elements of all members; and without weights, each operation counting 1.
double gan__group_weight(const gan_plan *plan, uint32_t group);
double gan__group_operations(const gan_plan *plan, uint32_t group);
// Decides which vertices other groups recompute rather than read.
void gan__fuse_choose_recomputed(gan_plan *plan);

// plan_states.c
// Whether the group stores some of the new value, which is `tensor`, of a state.
bool gan__state_writes(const gan_plan *plan, uint32_t group, uint32_t tensor);
// Whether the group `reader` may read the state's old value (`vertex`) although `writer` has stored
// its part of the new one: because that lies elsewhere; or, in one and the same group, because each
// element is read just where, and before, it is stored.
gan_status gan__state_may_read(gan_plan *plan, uint32_t reader, uint32_t writer, uint32_t vertex,
                               uint32_t tensor, bool *allowed);

#endif
