// The kernels of convolutions: plans (convolution_plan.c), their text (convolution_source.c), their
// launches (convolution_launch.c) and whether they are right (convolution_check.c). Private to
// src/runtime/.
//
// FORWARD and BY_INPUT are products: rows are channels of the result, columns its places and
// images, summed over taps and channels of the source. Of BY_WEIGHT rows are channels of x, columns
// filters, for each tap, summed over places and images.
#ifndef GAN_RUNTIME_CONVOLUTION_PLAN_H
#define GAN_RUNTIME_CONVOLUTION_PLAN_H

#include "base/text.h"
#include "runtime/convolution.h"

// Parameters are data: gan__convolution_plan_make chooses them, and any that keep the rules beside
// them are right.
typedef struct gan_convolution_plan {
    gan_convolution_member member;
    uint32_t lanes;
    // What the kernel's text depends on.
    uint32_t tile_rows, rest_rows; // rows of a tile; of the last tile, where it is shorter
    uint32_t runs;                 // of 16 columns in a tile: a panel of columns (CPUs)
    uint32_t side;       // of a work-group, whose square is 4 side rows and columns (GPUs)
    uint32_t panels;     // of columns to a work-group; BY_WEIGHT: 1
    uint32_t group_rows; // to a work-group, a multiple of tile_rows
    // What is packed at a time: taps (over 1, all channels are) and channels of the source;
    // BY_WEIGHT: places of a row and images of y.
    uint32_t block_taps, block_depth;
    // How it is launched.
    uint32_t splits; // of BY_WEIGHT's sum, each this many blocks
    uint32_t split_blocks;
} gan_convolution_plan;

// Whether the kernels should make such a convolution, as far as sizes can tell.
bool gan__convolution_prefers(const gan_device_traits *traits, const gan_convolution_desc *desc);

void gan__convolution_plan_make(const gan_device_traits *traits, const gan_convolution_desc *desc,
                                gan_convolution_plan *out);

// Summed channels that are packed together: by one work-item on CPUs, by one a row on GPUs.
uint32_t gan__convolution_pack_depth(const gan_convolution_plan *plan);
uint32_t gan__convolution_pack_items(const gan_convolution_plan *plan);

// Rows of the result and channels summed over, in one group.
uint32_t gan__convolution_rows(const gan_convolution_desc *desc);
uint32_t gan__convolution_depth(const gan_convolution_desc *desc);
// Columns of a tile; of a square.
uint32_t gan__convolution_plan_columns(const gan_convolution_plan *plan);
// Work-groups along the columns of FORWARD and BY_INPUT.
uint32_t gan__convolution_plan_blocks(const gan_convolution_plan *plan,
                                      const gan_convolution_desc *desc);
// Sets how often the sum is split, at most `splits` times.
void gan__convolution_plan_split(const gan_convolution_desc *desc, uint32_t splits,
                                 gan_convolution_plan *plan);
uint64_t gan__convolution_plan_scratch(const gan_convolution_plan *plan,
                                       const gan_convolution_desc *desc);

// The kernels gan_convolution_pack, gan_convolution (NULL: the plain store), ...
gan_status gan__convolution_source_pack(const gan_convolution_plan *plan, gan_text *text);
gan_status gan__convolution_source(const gan_convolution_plan *plan,
                                   const gan_gemm_epilogue *epilogue, gan_text *text);
// ... gan_convolution_weight and gan_convolution_weight_sum.
gan_status gan__convolution_source_weight(const gan_convolution_plan *plan, gan_text *text);
gan_status gan__convolution_source_weight_sum(gan_text *text);

// All of a plan's kernels with the plain store, one after the other: what they are known by.
gan_status gan__convolution_source_all(const gan_convolution_plan *plan, gan_text *text);

// The launch of a plan, unchecked.
gan_status gan__convolution_launch(gan_device *device, const gan_convolution_desc *desc,
                                   const gan_convolution_plan *plan,
                                   const gan_gemm_operand *scratch, gan_launch **out);

// Whether the kernels of `plan` are right on the device: from memory, from disk, or from running
// them now.
gan_status gan__convolution_check(gan_device *device, const gan_convolution_plan *plan,
                                  bool *right);

#endif
