// Where two players are, seen from a point that their game turns about: how far away, and through
// what angle they have come. Weights are one vector, the generator's before the discriminator's.
#ifndef GAN_GAN_ORBIT_H
#define GAN_GAN_ORBIT_H

#include <stddef.h>

typedef struct gan_orbit_figures {
    double distance; // |now - about|
    double
        rotation; // at `about`, between before and now: radians, 0 to pi; NaN where either is there
} gan_orbit_figures;

gan_orbit_figures gan__orbit_measure(const float *about, const float *before, const float *now,
                                     size_t count);

#endif
