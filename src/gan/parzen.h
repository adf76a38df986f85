// Parzen windows on the device, block against block: the distances of a block of samples to a block
// of points are one matrix product, of which only each point's least distance and its sums of
// kernels leave the device. The host adds blocks up in double, so memory does not grow with the
// samples.
#ifndef GAN_GAN_PARZEN_H
#define GAN_GAN_PARZEN_H

#include "clgan/evaluate.h"
#include "graph/module.h"

// Vectors by number, from wherever they come: a data set, a sampler, memory.
typedef struct gan_points gan_points;
struct gan_points {
    uint64_t count;
    // Vectors `first`, ... `first` + `count` - 1, row-major.
    gan_status (*read)(const gan_points *points, uint64_t first, size_t count, float *values);
    // Their classes; NULL where they have none.
    gan_status (*labels)(const gan_points *points, uint64_t first, size_t count, uint32_t *labels);
    const void *source; // read's own
    uint64_t start;     // likewise
};

// How far a long estimate is.
typedef struct gan_parzen_watch {
    const gan_evaluation_options *options;
    const char *what;
} gan_parzen_watch;

// Tells those who watch, if any do.
void gan__parzen_tell(const gan_parzen_watch *watch, uint64_t done, uint64_t total);

typedef struct gan_parzen gan_parzen;

// For vectors of `elements` and so many sigmas at once. The device must outlive it.
gan_status gan__parzen_create(gan_device *device, size_t elements, size_t sigma_count,
                              gan_parzen **out);
void gan__parzen_destroy(gan_parzen *parzen); // NULL is allowed

// log_likelihoods: (sigma_count, points->count), as gan_parzen_estimate says. `watch` may be NULL.
gan_status gan__parzen_run(gan_parzen *parzen, const double *sigmas, const gan_points *samples,
                           const gan_points *points, const gan_parzen_watch *watch,
                           double *log_likelihoods);

// The whole protocol: chooses sigma on the validation points, then estimates the test points.
gan_status gan__parzen_protocol(gan_device *device, size_t elements, const gan_points *samples,
                                const gan_points *validation, const gan_points *test,
                                const gan_parzen_watch *watch, gan_parzen_figures *out);

#endif
