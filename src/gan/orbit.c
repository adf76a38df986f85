// Implements gan/orbit.h.
#include "gan/orbit.h"

#include <math.h>

static double length_from(const float *about, const float *at, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double apart = (double)at[i] - (double)about[i];
        sum += apart * apart;
    }
    return sqrt(sum);
}

// Half the angle has the tangent |a - b| / |a + b|, of both directions as unit vectors: exact for
// small angles too, where a cosine says nothing (Kahan).
static double angle(const float *about, const float *a, double a_length, const float *b,
                    double b_length, size_t count) {
    double apart = 0, along = 0;
    for (size_t i = 0; i < count; i++) {
        const double u = ((double)a[i] - (double)about[i]) / a_length;
        const double v = ((double)b[i] - (double)about[i]) / b_length;
        apart += (u - v) * (u - v);
        along += (u + v) * (u + v);
    }
    return 2 * atan2(sqrt(apart), sqrt(along));
}

gan_orbit_figures gan__orbit_measure(const float *about, const float *before, const float *now,
                                     size_t count) {
    const double was = length_from(about, before, count), is = length_from(about, now, count);
    return (gan_orbit_figures){
        .distance = is,
        .rotation = was > 0 && is > 0 ? angle(about, before, was, now, is, count) : NAN,
    };
}
