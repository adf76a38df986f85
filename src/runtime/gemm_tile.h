// The tile engine: clgan's own matrix product. A plan says which kernel and how it is launched;
// gemm_choice.c and gemm_plan.c make plans, gemm_source.c, gemm_source_cpu.c and gemm_source_tile.c
// write the kernels, gemm_tile.c binds them. Private to src/runtime/.
//
// On CPUs (16 lanes) a work-group is one work-item. It keeps `rows` x `runs` float16 sums in
// registers, a run being 16 columns, and reads its operands in place where that is fast, else from
// blocks packed into local memory:
//     A is packed where it is stored (K, M): one row of a block is then one cache line;
//     B is packed where it is stored (N, K), and where its last run of columns cannot be read
//     whole.
// Where the last run of columns would have eight or fewer of them, these are made otherwise
// (gemm_source_edge.c). Where C has hardly any rows and B is stored (N, K), packing would take
// longer than the product: its elements are then dot products along K. On GPUs (1 lane) a
// work-group of `side` x `side` work-items owns a square of 4 `side` elements.
#ifndef GAN_RUNTIME_GEMM_TILE_H
#define GAN_RUNTIME_GEMM_TILE_H

#include "base/text.h"
#include "runtime/gemm.h"

// A packed block is a row of panels, each one k after the other: of 48 rows of A (or the whole
// block where that is less), of one tile's columns of B.
#define GAN_GEMM_PANEL_ROWS 48
// Where K is split, each part has at least so much of it.
#define GAN_GEMM_SPLIT_DEPTH 512

// How a product is cut up. No choice changes a bit of the result: every sum runs through K in
// order, and where K is split, or a sum is a dot product, is settled by the sizes and the device
// alone.
typedef struct gan_gemm_choice {
    // CPUs
    uint32_t rows, runs; // of the register tile
    uint32_t pack_a, pack_b;
    uint32_t depth; // k of one block: a multiple of 16; 0: all of K at once, for unpacked operands
    uint32_t block_rows, block_columns; // of C for one work-group
    // GPUs
    uint32_t side;
} gan_gemm_choice;

typedef struct gan_gemm_plan {
    // What the kernel's text depends on.
    uint32_t lanes;
    bool transpose_a, transpose_b;
    bool pack_a, pack_b;
    bool dots;                     // elements are dot products; nothing is packed
    bool blocked;                  // K is taken in several blocks; sums wait in local memory
    uint32_t rows, runs;           // of the register tile
    uint32_t rest_rows, rest_runs; // of the tiles at the lower and right edge; 0: there are none
    uint32_t edge; // columns past the last whole run that no tile makes; 0: tiles make all
    uint32_t
        edge_depth; // most of K for which B's edge is packed; 0: the edge has rows in its lanes
    uint32_t depth; // k of one packed block: a multiple of 16
    // Most rows and columns of a block: whole panels, or a multiple of 16 within one.
    uint32_t panel_rows, panel_columns;
    uint32_t side; // GPUs
    // How it is launched.
    uint32_t block_rows, block_columns; // of C for one work-group
    uint32_t splits;                    // of K; over 1, partial sums go to scratch memory
    uint32_t split_depth;
} gan_gemm_plan;

// What is chosen where nothing was measured.
void gan__gemm_choice_default(const gan_device_traits *traits, const gan_gemm_desc *desc,
                              bool b_whole, gan_gemm_choice *out);

// Sets depth and blocks to what suits the register tile and the packing that are chosen already.
void gan__gemm_choice_blocks(const gan_device_traits *traits, const gan_gemm_desc *desc,
                             gan_gemm_choice *choice);

// The columns of a narrow edge, where the product is one that makes them otherwise: `pack_a` as in
// the choice.
uint32_t gan__gemm_choice_edge(const gan_device_traits *traits, const gan_gemm_desc *desc,
                               bool pack_a);

// Whether there is a kernel for such a choice on such a device, whatever the product.
bool gan__gemm_choice_valid(const gan_device_traits *traits, const gan_gemm_choice *choice);

// The plan for a product on a device. `choice` is made to fit the product; NULL is the default one.
// B's last run may be read whole where its pitch and its buffer allow; `b_whole` says so.
void gan__gemm_plan_make(const gan_device_traits *traits, const gan_gemm_desc *desc, bool b_whole,
                         const gan_gemm_choice *choice, gan_gemm_plan *out);

// Whether two plans are the same kernel, launched the same way.
bool gan__gemm_plan_same(const gan_gemm_plan *a, const gan_gemm_plan *b);

// Whether B's rows can be read in whole runs without leaving its buffer, which has `b_bytes`.
bool gan__gemm_b_whole(const gan_gemm_desc *desc, uint64_t b_bytes);

// Floats of a work-group's sums of the edge.
uint32_t gan__gemm_edge_sums(const gan_gemm_plan *plan);

// Floats between the rows of the partial sums of a split product.
uint32_t gan__gemm_plan_parts_pitch(const gan_gemm_desc *desc);
// Floats of scratch memory the plan needs.
uint64_t gan__gemm_plan_scratch(const gan_gemm_plan *plan, const gan_gemm_desc *desc);

// The kernel gan_gemm of a plan; with `epilogue` NULL, or where the plan splits, it stores sums.
gan_status gan__gemm_source(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                            gan_text *text);
// The kernel gan_gemm_sum, which adds up what a split product left.
gan_status gan__gemm_source_sum(const gan_gemm_epilogue *epilogue, gan_text *text);
// gan__gemm_source for 16 lanes.
void gan__gemm_source_cpu(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                          gan_text *text);

// What stands in a kernel for the sink: a plain store to C, or an epilogue.
const char *gan__gemm_sink_parameters(const gan_gemm_epilogue *epilogue);
const char *gan__gemm_sink_body(const gan_gemm_epilogue *epilogue);

// The launch of a plan, unchecked. Scratch as in gan__gemm_create.
gan_status gan__gemm_tile_create(gan_device *device, const gan_gemm_desc *desc,
                                 const gan_gemm_plan *plan, const gan_gemm_operand *scratch,
                                 gan_launch **out);

#endif
