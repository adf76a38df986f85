// Writes the tile functions of the kernel of CPUs (gemm_source_cpu.c): the sums of rows x runs over
// one depth, the only place that multiplies.
#include "runtime/gemm_source_cpu.h"

// Rows of A that share a base pointer: x86 addresses base, base + 1 and 2 strides without
// arithmetic.
#define ROWS_PER_POINTER 3

// --- What all parts of the kernel agree on -------------------------------------------------------

unsigned gan__gemm_sums_pitch(const gan_gemm_plan *plan) {
    return plan->blocked ? plan->panel_columns : 16 * plan->runs;
}

const char *gan__gemm_sums_space(const gan_gemm_plan *plan) {
    return plan->blocked ? "local" : "private";
}

bool gan__gemm_a_is_by_k(const gan_gemm_plan *plan) {
    return plan->transpose_a || plan->pack_a;
}

bool gan__gemm_asks_ahead(const gan_gemm_plan *plan) {
    return plan->pack_a || !plan->transpose_b;
}

void gan__gemm_visit_tiles(const gan_gemm_plan *plan, gan_gemm_tile_visitor visit, bool plain,
                           gan_text *text) {
    const unsigned rows[2] = {plan->rows, plan->rest_rows}, runs[2] = {plan->runs, plan->rest_runs};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            if (rows[i] && runs[j]) visit(plan, rows[i], runs[j], plain, text);
}

// --- Tile functions -----------------------------------------------------------------------------

static void append_start(const gan_gemm_plan *plan, unsigned rows, unsigned runs, gan_text *text) {
    for (unsigned i = 0; i < rows; i++)
        for (unsigned j = 0; j < runs; j++) {
            gan__text_append(text, "    float16 c%u_%u = ", i, j);
            if (plan->blocked)
                gan__text_append(text, "first ? (float16)(0.0f) : vload16(%u, s + %u);\n", j,
                                 i * gan__gemm_sums_pitch(plan));
            else
                gan__text_append(text, "0.0f;\n");
        }
    for (unsigned i = ROWS_PER_POINTER; !gan__gemm_a_is_by_k(plan) && i < rows;
         i += ROWS_PER_POINTER)
        gan__text_append(text, "    global const float *a%u = a0 + %u * lda;\n", i, i);
}

static void append_step(const gan_gemm_plan *plan, unsigned rows, unsigned runs, gan_text *text) {
    gan__text_append(text, "    for (uint k = 0; k < depth; k++) {\n");
    for (unsigned j = 0; j < runs; j++)
        gan__text_append(text, "        const float16 b%u = vload16(%u, b);\n", j, j);
    for (unsigned i = 0; i < rows; i++) {
        if (gan__gemm_a_is_by_k(plan))
            gan__text_append(text, "        const float16 e%u = a0[%u];\n", i, i);
        else
            gan__text_append(text, "        const float16 e%u = a%u[%u * lda];\n", i,
                             i - i % ROWS_PER_POINTER, i % ROWS_PER_POINTER);
        for (unsigned j = 0; j < runs; j++)
            gan__text_append(text, "        c%u_%u = fma(e%u, b%u, c%u_%u);\n", i, j, i, j, i, j);
    }
    if (gan__gemm_a_is_by_k(plan))
        gan__text_append(text, "        a0 += lda;\n");
    else
        for (unsigned i = 0; i < rows; i += ROWS_PER_POINTER)
            gan__text_append(text, "        a%u++;\n", i);
    if (gan__gemm_asks_ahead(plan))
        gan__text_append(text, "        GAN_READ_SOON(ahead);\n        ahead += ahead_step;\n");
    gan__text_append(text, "        b += ldb;\n    }\n");
}

// The last run of each row, of which `lanes` are valid.
static void append_store_edge(const gan_gemm_plan *plan, unsigned rows, unsigned runs,
                              gan_text *text) {
    unsigned at = 16 * (runs - 1);
    for (unsigned i = 0; i < rows; i++)
        gan__text_append(text, "        *(%s gan_run *)(s + %u) = c%u_%u;\n",
                         gan__gemm_sums_space(plan), i * gan__gemm_sums_pitch(plan) + at, i,
                         runs - 1);
    gan__text_append(
        text,
        "        for (uint i = 0; i < %u; i++)\n"
        "            gan_store(vload16(0, s + i * %u + %u), c + i * ldc + %u, lanes);\n",
        rows, gan__gemm_sums_pitch(plan), at, at);
}

static void append_store(const gan_gemm_plan *plan, unsigned rows, unsigned runs, gan_text *text) {
    gan__text_append(text, "    if (c) {\n");
    for (unsigned j = 0; j < runs; j++) {
        if (j == runs - 1) gan__text_append(text, "        if (lanes == 16) {\n");
        for (unsigned i = 0; i < rows; i++)
            gan__text_append(text, "        *(global gan_run *)(c + %u * ldc + %u) = c%u_%u;\n", i,
                             16 * j, i, j);
    }
    gan__text_append(text, "        return;\n        }\n");
    append_store_edge(plan, rows, runs, text);
    gan__text_append(text, "        return;\n    }\n");
}

static void append_finish(const gan_gemm_plan *plan, unsigned rows, unsigned runs, bool plain,
                          gan_text *text) {
    if (plain) append_store(plan, rows, runs, text);
    if (plain && !plan->blocked) return;
    for (unsigned i = 0; i < rows; i++)
        for (unsigned j = 0; j < runs; j++)
            gan__text_append(text, "    *(%s gan_run *)(s + %u) = c%u_%u;\n",
                             gan__gemm_sums_space(plan), i * gan__gemm_sums_pitch(plan) + 16 * j, i,
                             j);
}

void gan__gemm_source_tile(const gan_gemm_plan *plan, unsigned rows, unsigned runs, bool plain,
                           gan_text *text) {
    gan__text_append(
        text,
        "static inline void gan_tile_%ux%u(const uint depth, %s const float *a0, "
        "const size_t lda, %s const float *b, const size_t ldb, %s float *s%s%s%s) {\n",
        rows, runs, plan->pack_a ? "local" : "global", plan->pack_b ? "local" : "global",
        gan__gemm_sums_space(plan),
        gan__gemm_asks_ahead(plan) ? ", global const float *ahead, const size_t ahead_step" : "",
        plan->blocked ? ", const bool first" : "",
        plain ? ", global float *c, const size_t ldc, const uint lanes" : "");
    append_start(plan, rows, runs, text);
    append_step(plan, rows, runs, text);
    append_finish(plan, rows, runs, plain, text);
    gan__text_append(text, "}\n");
}
