// The tile kernel of GPUs, completed by runtime/gemm_source.c: it defines GEMM_SIDE (the work-group
// is GEMM_SIDE x GEMM_SIDE), GEMM_TRANSPOSE_A and GEMM_TRANSPOSE_B, and fills in the two marked
// places. A work-group owns a square of C, each work-item 4 x 4 elements of it; slabs of the
// operands pass through local memory, neighbours in memory loaded by neighbours in the group.
// Rows, columns and depth past the edge load as zeros.
#define GEMM_SQUARE (4 * GEMM_SIDE)
#define GEMM_SLAB   16

// Element (i, k) of a slab's side that lies `element` places along the order that coalesces.
#define GEMM_ALONG(transposed, element, i, k)                                                      \
    const uint i = (transposed) ? (element) % GEMM_SQUARE : (element) / GEMM_SLAB;                 \
    const uint k = (transposed) ? (element) / GEMM_SQUARE : (element) % GEMM_SLAB;

__attribute__((reqd_work_group_size(GEMM_SIDE, GEMM_SIDE, 1)))
kernel void gan_gemm(const uint gemm_m, const uint gemm_n, const uint gemm_k, const uint gemm_block_m,
                     const uint gemm_block_n, const uint gemm_split, const uint gemm_batches,
                     global const float *gemm_a, const uint gemm_a0, const uint gemm_lda,
                     const uint gemm_sa, global const float *gemm_b, const uint gemm_b0,
                     const uint gemm_ldb, const uint gemm_sb //@parameters
) {
    local float slab_a[GEMM_SLAB][GEMM_SQUARE + 1], slab_b[GEMM_SLAB][GEMM_SQUARE + 1];
    const uint x = get_local_id(0), y = get_local_id(1), plane = get_group_id(2);
    const uint batch = plane % gemm_batches;
    const uint m_from = get_group_id(1) * GEMM_SQUARE, n_from = get_group_id(0) * GEMM_SQUARE;
    const uint k_from = plane / gemm_batches * gemm_split;
    const uint k_to = min(gemm_k, k_from + gemm_split);
    global const float *a_from = gemm_a + gemm_a0 + (size_t)batch * gemm_sa;
    global const float *b_from = gemm_b + gemm_b0 + (size_t)batch * gemm_sb;
    float sum[4][4];
#pragma unroll
    for (uint i = 0; i < 4; i++)
#pragma unroll
        for (uint j = 0; j < 4; j++) sum[i][j] = 0.0f;

    for (uint slab = k_from; slab < k_to; slab += GEMM_SLAB) {
        for (uint e = y * GEMM_SIDE + x; e < GEMM_SLAB * GEMM_SQUARE; e += GEMM_SIDE * GEMM_SIDE) {
            GEMM_ALONG(GEMM_TRANSPOSE_A, e, i, ka)
            const size_t row = m_from + i, at_a = slab + ka;
            slab_a[ka][i] = row < gemm_m && at_a < k_to
                ? a_from[GEMM_TRANSPOSE_A ? at_a * gemm_lda + row : row * gemm_lda + at_a] : 0.0f;
            GEMM_ALONG(!GEMM_TRANSPOSE_B, e, j, kb)
            const size_t column = n_from + j, at_b = slab + kb;
            slab_b[kb][j] = column < gemm_n && at_b < k_to
                ? b_from[GEMM_TRANSPOSE_B ? column * gemm_ldb + at_b : at_b * gemm_ldb + column] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint k = 0; k < GEMM_SLAB; k++) {
            float av[4], bv[4];
#pragma unroll
            for (uint i = 0; i < 4; i++) {
                av[i] = slab_a[k][y + i * GEMM_SIDE];
                bv[i] = slab_b[k][x + i * GEMM_SIDE];
            }
#pragma unroll
            for (uint i = 0; i < 4; i++)
#pragma unroll
                for (uint j = 0; j < 4; j++) sum[i][j] = fma(av[i], bv[j], sum[i][j]);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    const uint lanes = 1;
#pragma unroll
    for (uint i = 0; i < 4; i++)
#pragma unroll
        for (uint j = 0; j < 4; j++) {
            const uint m = m_from + y + i * GEMM_SIDE, n = n_from + x + j * GEMM_SIDE;
            const gan_t acc = sum[i][j];
            if (m < gemm_m && n < gemm_n) {
//@store
            }
        }
}
