// The tile kernel of GPUs, completed by runtime/gemm_source.c: it defines GROUP_SIDE (the work-group
// is GROUP_SIDE x GROUP_SIDE), GEMM_TRANSPOSE_A and GEMM_TRANSPOSE_B, and fills in the marked
// places. A work-group owns a square of C, each work-item 4 x 4 elements of it; slabs of the
// operands pass through local memory, neighbours in memory loaded by neighbours in the group.
// Rows, columns and depth past the edge load as zeros.
#define GROUP_SQUARE (4 * GROUP_SIDE)
#define GROUP_SLAB   16

// Element (i, k) of a slab's side that lies `element` places along the order that coalesces.
#define GEMM_ALONG(transposed, element, i, k)                                                      \
    const uint i = (transposed) ? (element) % GROUP_SQUARE : (element) / GROUP_SLAB;               \
    const uint k = (transposed) ? (element) / GROUP_SQUARE : (element) % GROUP_SLAB;

__attribute__((reqd_work_group_size(GROUP_SIDE, GROUP_SIDE, 1)))
kernel void gan_gemm(const uint gemm_m, const uint gemm_n, const uint gemm_k, const uint gemm_block_m,
                     const uint gemm_block_n, const uint gemm_split, const uint gemm_batches,
                     global const float *gemm_a, const uint gemm_a0, const uint gemm_lda,
                     const uint gemm_sa, global const float *gemm_b, const uint gemm_b0,
                     const uint gemm_ldb, const uint gemm_sb //@parameters
) {
    local float slab_a[GROUP_SLAB][GROUP_SQUARE + 1], slab_b[GROUP_SLAB][GROUP_SQUARE + 1];
    const uint lx = get_local_id(0), ly = get_local_id(1), plane = get_group_id(2);
    const uint batch = plane % gemm_batches;
    const uint m_from = get_group_id(1) * GROUP_SQUARE, n_from = get_group_id(0) * GROUP_SQUARE;
    const uint k_from = plane / gemm_batches * gemm_split;
    const uint k_to = min(gemm_k, k_from + gemm_split);
    global const float *a_from = gemm_a + gemm_a0 + (size_t)batch * gemm_sa;
    global const float *b_from = gemm_b + gemm_b0 + (size_t)batch * gemm_sb;
//@group_sums

    for (uint slab = k_from; slab < k_to; slab += GROUP_SLAB) {
        for (uint e = ly * GROUP_SIDE + lx; e < GROUP_SLAB * GROUP_SQUARE; e += GROUP_SIDE * GROUP_SIDE) {
            GEMM_ALONG(GEMM_TRANSPOSE_A, e, i, ka)
            const size_t row = m_from + i, at_a = slab + ka;
            slab_a[ka][i] = row < gemm_m && at_a < k_to
                ? a_from[GEMM_TRANSPOSE_A ? at_a * gemm_lda + row : row * gemm_lda + at_a] : 0.0f;
            GEMM_ALONG(!GEMM_TRANSPOSE_B, e, j, kb)
            const size_t column = n_from + j, at_b = slab + kb;
            slab_b[kb][j] = column < gemm_n && at_b < k_to
                ? b_from[GEMM_TRANSPOSE_B ? column * gemm_ldb + at_b : at_b * gemm_ldb + column] : 0.0f;
        }
//@group_product
    }
    const uint lanes = 1;
#pragma unroll
    for (uint i = 0; i < 4; i++)
#pragma unroll
        for (uint j = 0; j < 4; j++) {
            const uint m = m_from + ly + i * GROUP_SIDE, n = n_from + lx + j * GROUP_SIDE;
            const gan_t acc = sum[i][j];
            if (m < gemm_m && n < gemm_n) {
//@store
            }
        }
}
