// Writes what the kernel of CPUs does with a narrow edge: the columns past the last whole run,
// where they are eight or fewer. A run for them would multiply mostly for nothing; here the lanes
// of a vector hold something else than columns.
//     A by k (packed)      rows: each column's element of B meets 16 rows of A at a time, in the
//                          order of K, with the bits that a run would have
//     A by rows            K: each sum is a dot product, 16 of K at a time; the columns of B are
//                          packed first, for all of K
#include "runtime/gemm_source_cpu.h"

unsigned gan__gemm_a_panel(const gan_gemm_plan *plan) {
    return plan->panel_rows < GAN_GEMM_PANEL_ROWS ? plan->panel_rows : GAN_GEMM_PANEL_ROWS;
}

// --- Rows in the lanes --------------------------------------------------------------------------

static void append_rows_function(const gan_gemm_plan *plan, gan_text *text) {
    const unsigned vectors = gan__gemm_a_panel(plan) / 16, columns = plan->edge;
    gan__text_append(text, "static inline void gan_edge(const uint depth, local const float *a, "
                           "global const float *b, const size_t ldb, local float *sums, "
                           "const bool first) {\n");
    for (unsigned v = 0; v < vectors; v++)
        for (unsigned j = 0; j < columns; j++)
            gan__text_append(text,
                             "    float16 c%u_%u = first ? (float16)(0.0f) : vload16(%u, sums);\n",
                             v, j, v * columns + j);
    gan__text_append(text, "    for (uint k = 0; k < depth; k++) {\n");
    for (unsigned v = 0; v < vectors; v++)
        gan__text_append(text, "        const float16 a%u = vload16(%u, a);\n", v, v);
    for (unsigned j = 0; j < columns; j++) {
        gan__text_append(text, "        const float16 b%u = b[%u];\n", j, j);
        for (unsigned v = 0; v < vectors; v++)
            gan__text_append(text, "        c%u_%u = fma(a%u, b%u, c%u_%u);\n", v, j, v, j, v, j);
    }
    gan__text_append(text, "        a += %u;\n        b += ldb;\n    }\n", gan__gemm_a_panel(plan));
    for (unsigned v = 0; v < vectors; v++)
        for (unsigned j = 0; j < columns; j++)
            gan__text_append(text, "    *(local gan_run *)(sums + %u) = c%u_%u;\n",
                             16 * (v * columns + j), v, j);
    gan__text_append(text, "}\n");
}

void gan__gemm_edge_block(const gan_gemm_plan *plan, gan_text *text) {
    if (plan->edge_depth) return;
    const unsigned panel = gan__gemm_a_panel(plan);
    gan__text_append(text,
                     "        if (has_edge)\n"
                     "            for (uint i = 0; i < m_to - m_from; i += %u)\n"
                     "                gan_edge(depth, packed_a + %u * i, b_from + (size_t)k * "
                     "gemm_ldb + n_to, gemm_ldb, edge + %u * i, k == k_from);\n",
                     panel, plan->depth, plan->edge);
}

// --- K in the lanes -----------------------------------------------------------------------------

// Rows whose sums are made together: a tile's rows are so many times those, if need be one, and
// with all columns at most 16.
static unsigned dot_rows(const gan_gemm_plan *plan) {
    unsigned rows = 16 / plan->edge;
    while (plan->rows % rows != 0) rows--;
    return rows;
}

static void append_dots_step(const gan_gemm_plan *plan, const char *load, gan_text *text) {
    for (unsigned j = 0; j < plan->edge; j++)
        gan__text_append(text,
                         "        const float16 b%u = *(local const float16 *)(b + %u + k);\n", j,
                         j * plan->edge_depth);
    for (unsigned i = 0; i < dot_rows(plan); i++) {
        gan__text_append(text, "        const float16 a%u = ", i);
        gan__text_append(text, load, i);
        for (unsigned j = 0; j < plan->edge; j++)
            gan__text_append(text, "        d%u = fma(a%u, b%u, d%u);\n", i * plan->edge + j, i, j,
                             i * plan->edge + j);
    }
}

// Sums of `dot_rows` rows; rows past the last one are the last one again.
static void append_dots_function(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(text, "static inline void gan_edge(const uint depth, global const float *a, "
                           "const size_t lda, const uint last, local const float *b, "
                           "local float *sums) {\n    uint k = 0;\n");
    for (unsigned i = 0; i < dot_rows(plan); i++)
        gan__text_append(text, "    global const float *r%u = a + min(%uu, last) * lda;\n", i, i);
    for (unsigned i = 0; i < 16; i++) gan__text_append(text, "    float16 d%u = 0.0f;\n", i);
    gan__text_append(text, "    for (; k + 16 <= depth; k += 16) {\n");
    append_dots_step(plan, "vload16(0, r%u + k);\n", text);
    gan__text_append(text, "    }\n    if (k < depth) {\n");
    append_dots_step(plan, "gan_load(r%u + k, depth - k);\n", text);
    gan__text_append(text, "    }\n    GAN_ADD_ACROSS(sum, d)\n"
                           "    *(local gan_run *)sums = sum;\n}\n");
}

// The edge of B as rows of K, filled up with zeros to a multiple of 16.
static void append_pack_function(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(text, "static inline void gan_edge_pack(const uint depth, "
                           "global const float *b, const size_t ldb, local float *to) {\n"
                           "    for (uint k = 0; k < depth; k++, b += ldb) {\n");
    for (unsigned j = 0; j < plan->edge; j++)
        gan__text_append(text, "        to[%u + k] = b[%u];\n", j * plan->edge_depth, j);
    gan__text_append(text, "    }\n    for (uint k = depth; k < (depth + 15) / 16 * 16; k++) {\n");
    for (unsigned j = 0; j < plan->edge; j++)
        gan__text_append(text, "        to[%u + k] = 0.0f;\n", j * plan->edge_depth);
    gan__text_append(text, "    }\n}\n");
}

void gan__gemm_edge_before(const gan_gemm_plan *plan, gan_text *text) {
    if (!plan->edge_depth) return;
    gan__text_append(text, "    if (has_edge)\n"
                           "        gan_edge_pack(k_to - k_from, b_from + (size_t)k_from * "
                           "gemm_ldb + n_to, gemm_ldb, edge_b);\n");
}

void gan__gemm_edge_tile(const gan_gemm_plan *plan, gan_text *text) {
    if (!plan->edge_depth) return;
    gan__text_append(text,
                     "            if (has_edge && n_run == n_from%s)\n"
                     "                for (uint i = 0; i < rows; i += %u)\n"
                     "                    gan_edge(k_to - k_from, a_from + (size_t)(m + i) * "
                     "gemm_lda + k_from, gemm_lda, rows - 1 - i, edge_b, edge + (m - m_from + i) * "
                     "%u);\n",
                     plan->blocked ? " && k == k_from" : "", dot_rows(plan), plan->edge);
}

// --- Both ---------------------------------------------------------------------------------------

// The sums of one row, as the run of columns that they are the beginning of.
static void append_row_function(const gan_gemm_plan *plan, gan_text *text) {
    const unsigned step = plan->edge_depth ? 1 : 16;
    gan__text_append(text, "static inline float16 gan_edge_row(local const float *edge, "
                           "const uint row) {\n");
    if (plan->edge_depth)
        gan__text_append(text, "    edge += row * %u;\n", plan->edge);
    else
        gan__text_append(text, "    edge += row / 16 * %u + row %% 16;\n", 16 * plan->edge);
    gan__text_append(text, "    return (float16)(");
    for (unsigned j = 0; j < 16; j++) {
        if (j > 0) gan__text_append(text, ", ");
        if (j < plan->edge)
            gan__text_append(text, "edge[%u]", j * step);
        else
            gan__text_append(text, "0.0f");
    }
    gan__text_append(text, ");\n}\n");
}

void gan__gemm_edge_functions(const gan_gemm_plan *plan, gan_text *text) {
    if (plan->edge_depth) {
        gan__text_append(text, "//@use gemm_across\n");
        append_pack_function(plan, text);
        append_dots_function(plan, text);
    } else {
        append_rows_function(plan, text);
    }
    append_row_function(plan, text);
}

void gan__gemm_edge_memory(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(text,
                     "    const bool has_edge = n_to + %u == gemm_n;\n"
                     "    local float edge[%u] __attribute__((aligned(64)));\n",
                     plan->edge, (unsigned)gan__gemm_edge_sums(plan));
    if (plan->edge_depth)
        gan__text_append(text, "    local float edge_b[%u] __attribute__((aligned(64)));\n",
                         plan->edge * plan->edge_depth);
}
