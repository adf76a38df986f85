// Products with hardly any rows whose B is stored (N, K), on CPUs (runtime/gemm_source.c fills in the
// two marked places): each element of C is a dot product along K. Sixteen of them are made at a time,
// 16 of K in the lanes of each, and added up across the lanes together. A work-group is one work-item.
//@use gemm_across
#define GAN_DOT_START(j)                                                                           \
    global const float *b##j = b_from + (size_t)min(n + j, gemm_n - 1) * gemm_ldb;                 \
    float16 d##j = 0.0f;
#define GAN_DOT_STEP(j) d##j = fma(vload16(0, b##j + k), e, d##j);
#define GAN_DOT_END(j)  d##j = fma(gan_load(b##j + k, k_to - k), e, d##j);

__attribute__((reqd_work_group_size(1, 1, 1)))
kernel void gan_gemm(const uint gemm_m, const uint gemm_n, const uint gemm_k, const uint gemm_block_m,
                     const uint gemm_block_n, const uint gemm_split, const uint gemm_batches,
                     global const float *gemm_a, const uint gemm_a0, const uint gemm_lda,
                     const uint gemm_sa, global const float *gemm_b, const uint gemm_b0,
                     const uint gemm_ldb, const uint gemm_sb //@parameters
) {
    const uint plane = get_group_id(2), batch = plane % gemm_batches;
    const uint m_from = get_group_id(1) * gemm_block_m, m_to = min(gemm_m, m_from + gemm_block_m);
    const uint n_from = get_group_id(0) * gemm_block_n, n_to = min(gemm_n, n_from + gemm_block_n);
    const uint k_from = plane / gemm_batches * gemm_split, k_to = min(gemm_k, k_from + gemm_split);
    global const float *b_from = gemm_b + gemm_b0 + (size_t)batch * gemm_sb;
    for (uint n = n_from; n < n_to; n += 16)
        for (uint m = m_from; m < m_to; m++) {
            global const float *a = gemm_a + gemm_a0 + (size_t)batch * gemm_sa + (size_t)m * gemm_lda;
            const uint lanes = min(16u, gemm_n - n);
            uint k = k_from;
            GAN_SIXTEEN(GAN_DOT_START)
            for (; k + 16 <= k_to; k += 16) {
                const float16 e = vload16(0, a + k);
                GAN_SIXTEEN(GAN_DOT_STEP)
            }
            if (k < k_to) {
                const float16 e = gan_load(a + k, k_to - k);
                GAN_SIXTEEN(GAN_DOT_END)
            }
            GAN_ADD_ACROSS(acc, d)
            {
//@store
            }
        }
}
