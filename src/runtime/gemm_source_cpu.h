// What the parts of the kernel of CPUs share. Private to gemm_source_cpu.c, gemm_source_tile.c and
// gemm_source_edge.c.
#ifndef GAN_RUNTIME_GEMM_SOURCE_CPU_H
#define GAN_RUNTIME_GEMM_SOURCE_CPU_H

#include "runtime/gemm_tile.h"

// How far apart the rows of sums lie, and in which memory.
unsigned gan__gemm_sums_pitch(const gan_gemm_plan *plan);
const char *gan__gemm_sums_space(const gan_gemm_plan *plan);
// Whether the elements of A that one k needs stand side by side: stored so, or packed so.
bool gan__gemm_a_is_by_k(const gan_gemm_plan *plan);
// Whether tiles ask for elements of A before they are needed. Where both operands are activations
// (by weight), A is small, and asking takes longer than it saves.
bool gan__gemm_asks_ahead(const gan_gemm_plan *plan);

// The tiles a plan needs: the whole one and those at the edges.
typedef void (*gan_gemm_tile_visitor)(const gan_gemm_plan *plan, unsigned rows, unsigned runs,
                                      bool plain, gan_text *text);
void gan__gemm_visit_tiles(const gan_gemm_plan *plan, gan_gemm_tile_visitor visit, bool plain,
                           gan_text *text);

// The function gan_tile_<rows>x<runs>. `plain`: finished sums are stored to C by it.
void gan__gemm_source_tile(const gan_gemm_plan *plan, unsigned rows, unsigned runs, bool plain,
                           gan_text *text);

// Rows of A in one panel of the packed block.
unsigned gan__gemm_a_panel(const gan_gemm_plan *plan);

// A narrow edge (gan_gemm_plan.edge): its functions; in the kernel, `has_edge` and the memory of
// its sums; and what makes them: with rows in the lanes with each packed block of K; else before
// the first one, and with the first tile of each row of tiles, whose rows of A are near then. From
// the last tile on the sums are those of gan_edge_row(edge, row of the work-group's block).
void gan__gemm_edge_functions(const gan_gemm_plan *plan, gan_text *text);
void gan__gemm_edge_memory(const gan_gemm_plan *plan, gan_text *text);
void gan__gemm_edge_block(const gan_gemm_plan *plan, gan_text *text);
void gan__gemm_edge_before(const gan_gemm_plan *plan, gan_text *text);
void gan__gemm_edge_tile(const gan_gemm_plan *plan, gan_text *text);

#endif
