// Classification by the nearest neighbour: blocks of known points against all that are asked about,
// on the device.
#ifndef GAN_GAN_NEIGHBOURS_H
#define GAN_GAN_NEIGHBOURS_H

#include "clgan/device.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gan_neighbours gan_neighbours;

// For `count` points (count, width), which must outlive it. Errors: DEVICE_*.
gan_status gan__neighbours_create(gan_device *device, const float *points, size_t count,
                                  size_t width, gan_neighbours **out);
void gan__neighbours_destroy(gan_neighbours *neighbours); // NULL is allowed
// Looks among `count` more known points (count, width), and their labels. One that is not finite is
// nobody's nearest. Errors: DEVICE_*.
gan_status gan__neighbours_add(gan_neighbours *neighbours, const float *known,
                               const uint32_t *labels, size_t count);
// Of each point: the label of the nearest known one so far. Of several at the same distance it is
// the largest label of those that were added last.
const uint32_t *gan__neighbours_labels(const gan_neighbours *neighbours);

#endif
