// What lies in the arena while groups are launched one after another: for choosing among orders.
// Private to this folder.
#ifndef GAN_GRAPH_PLAN_LIVE_H
#define GAN_GRAPH_PLAN_LIVE_H

#include "graph/plan.h"

typedef struct gan_live gan_live;

// Of a plan whose groups are known. What launches need for themselves alone is left out.
gan_status gan__live_create(gan_plan *plan, gan_live **out);
void gan__live_destroy(gan_live *live); // NULL is allowed

// Nothing is launched.
void gan__live_begin(gan_live *live);
// The bytes that are free after the group's launch less those that were before.
int64_t gan__live_gain(const gan_live *live, uint32_t group);
// The same for some groups together, none of which is launched yet; and what they take meanwhile.
int64_t gan__live_gain_of(const gan_live *live, const uint32_t *groups, uint32_t count,
                          uint64_t *taken);
void gan__live_launch(gan_live *live, uint32_t group);
// The most bytes that were in use during any launch since gan__live_begin.
uint64_t gan__live_peak(const gan_live *live);

#endif
