// Schedules on the host and as nodes: the same formula twice, checked against each other by a test.
#include "nn/schedule.h"

#include <math.h>

gan_schedule gan__schedule_constant(double value) {
    return (gan_schedule){.start = value};
}

static bool has_ramp(const gan_schedule *schedule) {
    return schedule->ramp_end > 0;
}

// From its beginning to its end, in its logarithm where it is exponential.
static double ramp_height(const gan_schedule *schedule) {
    return schedule->exponential ? log(schedule->end / schedule->start)
                                 : schedule->end - schedule->start;
}

static bool has_decay(const gan_schedule *schedule) {
    return schedule->decay > 0 && schedule->decay != 1;
}

double gan__schedule_value(const gan_schedule *schedule, double step) {
    double value = schedule->start;
    if (has_ramp(schedule)) {
        double begin = (double)schedule->ramp_begin, end = (double)schedule->ramp_end;
        double along =
            end > begin ? fmin(fmax((step - begin) / (end - begin), 0), 1) : (double)(step >= end);
        value = schedule->exponential
                    ? schedule->start * exp(ramp_height(schedule) * along)
                    : schedule->start + ramp_height(schedule) * along;
    }
    if (has_decay(schedule)) value *= exp(-step * log(schedule->decay));
    return fmax(value, schedule->floor);
}

gan_node *gan__schedule_node(const gan_schedule *schedule, gan_node *step) {
    if (!step) return NULL;
    gan_graph *graph = gan__node_graph(step);
    if (!has_ramp(schedule) && !has_decay(schedule))
        return gan__scalar(graph, gan__schedule_value(schedule, 0));
    gan_node *value = gan__scalar(graph, schedule->start);
    if (has_ramp(schedule)) {
        double begin = (double)schedule->ramp_begin, end = (double)schedule->ramp_end;
        double length = end > begin ? end - begin : 0.5; // 0.5: a jump between two whole steps
        if (end <= begin) begin = end - length;
        gan_node *along = gan__scale(gan__offset(step, -begin), 1 / length);
        along = gan__minimum(gan__maximum(along, gan__scalar(graph, 0)), gan__scalar(graph, 1));
        gan_node *risen = gan__scale(along, ramp_height(schedule));
        value = schedule->exponential ? gan__mul(value, gan__exp(risen))
                                      : gan__offset(risen, schedule->start);
    }
    if (has_decay(schedule))
        value = gan__mul(value, gan__exp(gan__scale(step, -log(schedule->decay))));
    if (schedule->floor > 0) value = gan__maximum(value, gan__scalar(graph, schedule->floor));
    return value;
}
