// Writes the tile kernel of CPUs: every sum of the register tile is a variable of its own, because
// compilers keep those in registers and arrays often not (measured on PoCL: 35 to 60 against 250 to
// 350 GFLOP/s). The kernel is layers of text:
//     tile functions    sums of rows x runs over one depth (gemm_source_tile.c)
//     the edge          sums of a few columns past the last whole run (gemm_source_edge.c)
//     the sink          what becomes of finished sums: a plain store, or an epilogue
//     the kernel        which block of C, packing, and which tile function where
#include "runtime/gemm_source_cpu.h"

// --- The kernel ---------------------------------------------------------------------------------

static void append_head(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                        gan_text *text) {
    gan__text_append(
        text,
        "__attribute__((reqd_work_group_size(1, 1, 1)))\n"
        "kernel void gan_gemm(const uint gemm_m, const uint gemm_n, const uint gemm_k,\n"
        "    const uint gemm_block_m, const uint gemm_block_n, const uint gemm_split,\n"
        "    const uint gemm_batches, global const float *gemm_a, const uint gemm_a0,\n"
        "    const uint gemm_lda, const uint gemm_sa, global const float *gemm_b,\n"
        "    const uint gemm_b0, const uint gemm_ldb, const uint gemm_sb%s) {\n"
        "    const uint plane = get_group_id(2), batch = plane %% gemm_batches;\n"
        "    const uint m_from = get_group_id(1) * gemm_block_m;\n"
        "    const uint m_to = min(gemm_m, m_from + gemm_block_m);\n"
        "    const uint n_from = get_group_id(0) * gemm_block_n;\n"
        "    const uint n_to = min(gemm_n - %u, n_from + gemm_block_n);\n"
        "    const uint k_from = plane / gemm_batches * gemm_split;\n"
        "    const uint k_to = min(gemm_k, k_from + gemm_split);\n"
        "    global const float *a_from = gemm_a + gemm_a0 + (size_t)batch * gemm_sa;\n"
        "    global const float *b_from = gemm_b + gemm_b0 + (size_t)batch * gemm_sb;\n",
        gan__gemm_sink_parameters(epilogue), plan->edge);
    if (plan->edge) gan__gemm_edge_memory(plan, text);
    if (plan->pack_a)
        gan__text_append(text, "    local float packed_a[%u] __attribute__((aligned(64)));\n",
                         plan->depth * plan->panel_rows);
    if (plan->pack_b)
        gan__text_append(text, "    local float packed_b[%u] __attribute__((aligned(64)));\n",
                         plan->depth * plan->panel_columns);
    gan__text_append(text, "    %s float sums[%u];\n", gan__gemm_sums_space(plan),
                     plan->blocked ? plan->panel_rows * plan->panel_columns
                                   : plan->rows * 16 * plan->runs);
}

// Columns of B in one panel of the packed block.
static unsigned b_panel(const gan_gemm_plan *plan) {
    return 16 * plan->runs;
}

static void append_pack_b(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(
        text,
        "        for (uint j = 0; j < n_to - n_from; j += %u)\n"
        "            %s, gemm_ldb, packed_b + %u * j, %u, min(%uu, n_to - n_from - j), "
        "depth);\n",
        b_panel(plan),
        plan->transpose_b ? "gan_pack_columns(b_from + (size_t)(n_from + j) * gemm_ldb + k"
                          : "gan_pack_rows(b_from + (size_t)k * gemm_ldb + n_from + j",
        plan->depth, b_panel(plan), b_panel(plan));
}

static void append_pack_a(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(
        text,
        "        for (uint i = 0; i < m_to - m_from; i += %u)\n"
        "            %s, gemm_lda, packed_a + %u * i, %u, min(%uu, m_to - m_from - i), depth);\n",
        gan__gemm_a_panel(plan),
        plan->transpose_a ? "gan_pack_rows(a_from + (size_t)k * gemm_lda + m_from + i"
                          : "gan_pack_columns(a_from + (size_t)(m_from + i) * gemm_lda + k",
        plan->depth, gan__gemm_a_panel(plan), gan__gemm_a_panel(plan));
}

static void append_packing(const gan_gemm_plan *plan, gan_text *text) {
    if (plan->pack_a) append_pack_a(plan, text);
    if (plan->pack_b) append_pack_b(plan, text);
    if (plan->edge) gan__gemm_edge_block(plan, text);
}

// What a tile asks for while it computes, a line each k. Where A is read in place: the rows below.
// Where it is packed: lines of the block that is packed next, a run of columns (or a row, of A
// stored by rows) each tile.
static void append_ahead(const gan_gemm_plan *plan, gan_text *text) {
    if (plan->pack_a)
        gan__text_append(text,
                         plan->transpose_a ? ", next + min(16 * tile++, %uu), gemm_lda"
                                           : ", next + min(tile++, %uu) * (size_t)gemm_lda, 1",
                         plan->block_rows - (plan->transpose_a ? 1 : 0));
    else if (plan->transpose_a)
        gan__text_append(text, ", a_from + (size_t)k * gemm_lda + m + rows, gemm_lda");
    else
        gan__text_append(text, ", a_from + (size_t)(m + rows) * gemm_lda + k, rows");
}

// The block of A to be packed next: further along K, else that of the rows below.
static void append_next(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(text,
                     "        const bool goes_on = k + depth < k_to;\n"
                     "        const uint next_k = goes_on ? k + depth : k_from;\n"
                     "        const uint next_m = goes_on ? m_from : m_to;\n"
                     "        global const float *next = a_from + (size_t)%s * gemm_lda + %s;\n"
                     "        uint tile = 0;\n",
                     plan->transpose_a ? "next_k" : "next_m",
                     plan->transpose_a ? "next_m" : "next_k");
}

static void append_tile_call(const gan_gemm_plan *plan, unsigned rows, unsigned runs, bool plain,
                             gan_text *text) {
    gan__text_append(text, "            if (rows == %u && runs == %u) gan_tile_%ux%u(depth, ", rows,
                     runs, rows, runs);
    if (plan->pack_a)
        gan__text_append(text, "packed_a + (m - m_from) / %u * %u + (m - m_from) %% %u, %u, ",
                         gan__gemm_a_panel(plan), gan__gemm_a_panel(plan) * plan->depth,
                         gan__gemm_a_panel(plan), gan__gemm_a_panel(plan));
    else
        gan__text_append(text, "a_from + (size_t)%s * gemm_lda + %s, gemm_lda, ",
                         plan->transpose_a ? "k" : "m", plan->transpose_a ? "m" : "k");
    if (plan->pack_b)
        gan__text_append(text, "packed_b + (n_run - n_from) * %u, %u, ", plan->depth,
                         b_panel(plan));
    else
        gan__text_append(text, "b_from + (size_t)k * gemm_ldb + n_run, gemm_ldb, ");
    gan__text_append(text, "s");
    if (gan__gemm_asks_ahead(plan)) append_ahead(plan, text);
    gan__text_append(text, "%s%s);\n", plan->blocked ? ", k == k_from" : "",
                     plain ? ", c, gemm_ldc, lanes" : "");
}

static void append_sink(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                        gan_text *text) {
    if (plan->edge)
        gan__text_append(text,
                         "            for (uint row = 0; at_edge && row < rows; row++)\n"
                         "                *(%s gan_run *)(s + row * %u) = "
                         "gan_edge_row(edge, m - m_from + row);\n",
                         gan__gemm_sums_space(plan), gan__gemm_sums_pitch(plan));
    gan__text_append(text,
                     "            for (uint row = 0; row < rows; row++)\n"
                     "                for (uint run = 0; run < runs; run++) {\n"
                     "                    const gan_t acc = vload16(run, s + row * %u);\n"
                     "                    const uint m = m_row + row, n = n_run + 16 * run;\n"
                     "                    const uint lanes = min(16u, gemm_n - n);\n"
                     "                    {\n%s\n                    }\n"
                     "                }\n",
                     gan__gemm_sums_pitch(plan), gan__gemm_sink_body(epilogue));
}

// Which tiles there are: `rows` x `runs` at m and n_run. With an epilogue the edge's columns are a
// tile, too, of one run; else they are stored by themselves.
static void append_loops(const gan_gemm_plan *plan, bool plain, gan_text *text) {
    const bool at_edge = plan->edge && !plain;
    if (at_edge) gan__text_append(text, "        const uint n_end = n_to + has_edge;\n");
    gan__text_append(text,
                     "        for (uint n_run = n_from; n_run < %s; n_run %s%u%s)\n"
                     "        for (uint m = m_from; m < m_to; m += %u) {\n"
                     "            const uint m_row = m, rows = min(%uu, m_to - m);\n",
                     at_edge ? "n_end" : "n_to",
                     at_edge ? "= n_run < n_to ? min(n_run + " : "+= ", 16 * plan->runs,
                     at_edge ? ", n_to) : n_end" : "", plan->rows, plan->rows);
    if (at_edge)
        gan__text_append(text,
                         "            const bool at_edge = n_run == n_to;\n"
                         "            const uint runs = at_edge ? 1 : min(%uu, (n_to - n_run) / "
                         "16);\n",
                         plan->runs);
    else
        gan__text_append(text,
                         "            const uint runs = min(%uu, (n_to - n_run + 15) / 16);\n",
                         plan->runs);
}

static void append_plain_edge(const gan_gemm_plan *plan, gan_text *text) {
    gan__text_append(text,
                     "        if (has_edge%s)\n"
                     "            for (uint m = m_from; m < m_to; m++)\n"
                     "                gan_store(gan_edge_row(edge, m - m_from), gemm_c + gemm_c0 + "
                     "(size_t)plane * gemm_sc + (size_t)m * gemm_ldc + n_to, %u);\n",
                     plan->blocked ? " && k + depth == k_to" : "", plan->edge);
}

static void append_body(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                        gan_text *text) {
    bool plain = epilogue == NULL;
    if (plan->pack_a) append_next(plan, text);
    append_loops(plan, plain, text);
    if (plan->blocked)
        gan__text_append(
            text,
            "            const bool last = k + depth == k_to;\n"
            "            local float *s = sums + (m - m_from) * %u + n_run - n_from;\n",
            plan->panel_columns);
    else
        gan__text_append(text, "            private float *s = sums;\n");
    if (plain)
        gan__text_append(
            text,
            "            const uint lanes = min(16u, n_to - n_run - 16 * (runs - 1));\n"
            "            global float *c = %sgemm_c + gemm_c0 + (size_t)plane * "
            "gemm_sc + (size_t)m * gemm_ldc + n_run%s;\n",
            plan->blocked ? "last ? " : "", plan->blocked ? " : 0" : "");
    if (plan->edge && !plain) gan__text_append(text, "            if (!at_edge) {\n");
    gan__gemm_visit_tiles(plan, append_tile_call, plain, text);
    if (plan->edge) gan__gemm_edge_tile(plan, text);
    if (plan->edge && !plain) gan__text_append(text, "            }\n");
    if (plan->blocked && !plain) gan__text_append(text, "            if (!last) continue;\n");
    if (!plain) append_sink(plan, epilogue, text);
    gan__text_append(text, "        }\n");
    if (plan->edge && plain) append_plain_edge(plan, text);
}

void gan__gemm_source_cpu(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                          gan_text *text) {
    if (plan->pack_a || plan->pack_b) gan__text_append(text, "//@use gemm_pack\n");
    gan__text_append(text, "//@use gemm_ahead\n");
    gan__gemm_visit_tiles(plan, gan__gemm_source_tile, epilogue == NULL, text);
    if (plan->edge) gan__gemm_edge_functions(plan, text);
    append_head(plan, epilogue, text);
    if (plan->edge) gan__gemm_edge_before(plan, text);
    if (plan->blocked)
        gan__text_append(text,
                         "    for (uint k = k_from; k < k_to; k += %u) {\n"
                         "        const uint depth = min(%uu, k_to - k);\n",
                         plan->depth, plan->depth);
    else
        gan__text_append(text, "    {\n        const uint k = k_from, depth = k_to - k_from;\n");
    append_packing(plan, text);
    append_body(plan, epilogue, text);
    gan__text_append(text, "    }\n}\n");
}
