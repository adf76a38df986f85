// Quantities that change with the step counter, as nodes of it: learning rates, momentum.
#ifndef GAN_NN_SCHEDULE_H
#define GAN_NN_SCHEDULE_H

#include "graph/graph.h"

// value(t) = max(floor, ramp(t) / decay^t), where ramp goes from `start` at step `ramp_begin` to
// `end` at step `ramp_end`, linearly or exponentially (its logarithm goes linearly), and is flat on
// both sides; t = 0 is the first update.
typedef struct gan_schedule {
    double start;
    double end;                   // read only where ramp_end > 0
    int64_t ramp_begin, ramp_end; // ramp_end 0: no ramp
    bool exponential;             // of the ramp; `start` and `end` are above 0 then
    double decay;                 // per step; 0 and 1: none
    double floor;                 // 0: none
} gan_schedule;

// A schedule that never changes.
gan_schedule gan__schedule_constant(double value);
// Its value at `step` on the host, in double precision.
double gan__schedule_value(const gan_schedule *schedule, double step);
// The same as a rank-0 node of the rank-0 node `step` (a constant where nothing changes).
gan_node *gan__schedule_node(const gan_schedule *schedule, gan_node *step);

#endif
