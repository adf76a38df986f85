// Adds up the parts of a product whose depth was split (runtime/gemm_source.c fills in the two
// marked places): `gemm_splits` times `gemm_batches` planes of rows `gemm_pitch` apart, always in
// the same order, so the sum does not depend on who ran when.
kernel void gan_gemm_sum(const uint gemm_m, const uint gemm_n, const uint gemm_splits,
                         const uint gemm_batches, global const float *gemm_parts,
                         const uint gemm_parts0, const uint gemm_pitch //@parameters
) {
    const uint m = get_global_id(1), batch = get_global_id(2), plane = batch;
    const size_t step = (size_t)gemm_batches * gemm_m * gemm_pitch;
    for (uint n = get_global_id(0) * GAN_LANES; n < gemm_n; n += get_global_size(0) * GAN_LANES) {
        const uint lanes = min((uint)GAN_LANES, gemm_n - n);
        global const float *part =
            gemm_parts + gemm_parts0 + ((size_t)batch * gemm_m + m) * gemm_pitch + n;
        gan_t acc = gan_load(part, lanes);
        for (uint split = 1; split < gemm_splits; split++) acc += gan_load(part + split * step, lanes);
        {
//@store
        }
    }
}
