// What is kept about a tensor's elements, computed in two passes over blocks. Partial results are
// merged in the order of the blocks, so the answer does not depend on how many threads did them.
#ifndef GAN_CHECKPOINT_STATISTICS_H
#define GAN_CHECKPOINT_STATISTICS_H

#include "clgan/checkpoint.h"

// Of one block, after the first pass; and of a whole tensor, after merging.
typedef struct gan_statistics_range {
    double sum, minimum, maximum; // of finite elements
    uint64_t finite, zeros, nans, infinities;
} gan_statistics_range;

// Of one block, after the second pass.
typedef struct gan_statistics_spread {
    double squares; // sum of squared distances from the mean
    uint32_t histogram[GAN_TENSOR_HISTOGRAM];
} gan_statistics_spread;

void gan__statistics_range(const float *values, size_t count, gan_statistics_range *out);
void gan__statistics_merge_range(gan_statistics_range *into, const gan_statistics_range *block);
// Everything but deviation and histogram, which the second pass needs to know.
void gan__statistics_begin(const gan_statistics_range *whole, gan_tensor_statistics *out);

void gan__statistics_spread(const gan_tensor_statistics *known, const float *values, size_t count,
                            gan_statistics_spread *out);
// Adds a block's counts (UINT32_MAX is the most a bin holds) and its squares into `squares`.
void gan__statistics_merge_spread(const gan_statistics_spread *block, double *squares,
                                  gan_tensor_statistics *into);
void gan__statistics_finish(double squares, uint64_t finite, gan_tensor_statistics *into);

#endif
