// Packing for the tile kernels of CPUs (runtime/gemm_source_cpu.c): a block of an operand is copied
// to local memory as rows of one k each, so that the tile reads it front to back. Only for lanes of
// 16, and work-groups of one work-item, so there are no barriers.
//
// `width` elements of each of `depth` rows are valid; the packed rows are `pitch` elements apart and
// zeros fill them up to a multiple of 16.
static inline void gan_pack_rows(global const float *from, const size_t ld, local float *to,
                                 const uint pitch, const uint width, const uint depth) {
    const uint whole = width & ~15u;
    for (uint k = 0; k < depth; k++) {
        global const float *row = from + k * ld;
        local float *packed = to + k * pitch;
        for (uint i = 0; i < whole; i += 16) *(local float16 *)(packed + i) = vload16(0, row + i);
        if (whole < width) *(local float16 *)(packed + whole) = gan_load(row + whole, width - whole);
    }
}

// The perfect shuffle of two vectors. Four rounds over 16 of them are a transposition.
static inline float16 gan_zip_low(const float16 a, const float16 b) {
    return (float16)(a.s0, b.s0, a.s1, b.s1, a.s2, b.s2, a.s3, b.s3, a.s4, b.s4, a.s5, b.s5, a.s6,
                     b.s6, a.s7, b.s7);
}

static inline float16 gan_zip_high(const float16 a, const float16 b) {
    return (float16)(a.s8, b.s8, a.s9, b.s9, a.sa, b.sa, a.sb, b.sb, a.sc, b.sc, a.sd, b.sd, a.se,
                     b.se, a.sf, b.sf);
}

#define GAN_ZIP(to, from, i, j, k, l)                                                              \
    const float16 to##i = gan_zip_low(from##k, from##l);                                           \
    const float16 to##j = gan_zip_high(from##k, from##l);
#define GAN_ZIP_ROUND(to, from)                                                                    \
    GAN_ZIP(to, from, 0, 1, 0, 8)                                                                  \
    GAN_ZIP(to, from, 2, 3, 1, 9)                                                                  \
    GAN_ZIP(to, from, 4, 5, 2, 10)                                                                 \
    GAN_ZIP(to, from, 6, 7, 3, 11)                                                                 \
    GAN_ZIP(to, from, 8, 9, 4, 12)                                                                 \
    GAN_ZIP(to, from, 10, 11, 5, 13)                                                               \
    GAN_ZIP(to, from, 12, 13, 6, 14)                                                               \
    GAN_ZIP(to, from, 14, 15, 7, 15)
#define GAN_SIXTEEN(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)                                     \
    X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

static inline void gan_transpose16(global const float *from, const size_t ld, local float *to,
                                   const uint pitch) {
#define GAN_ROW_LOAD(i) const float16 r##i = vload16(0, from + i * ld);
    GAN_SIXTEEN(GAN_ROW_LOAD)
    GAN_ZIP_ROUND(s, r)
    GAN_ZIP_ROUND(t, s)
    GAN_ZIP_ROUND(u, t)
    GAN_ZIP_ROUND(v, u)
#define GAN_ROW_STORE(i) *(local float16 *)(to + i * pitch) = v##i;
    GAN_SIXTEEN(GAN_ROW_STORE)
}

// The same from an operand that is stored transposed: `width` rows of `depth` elements. The last
// square of 16 overlaps the one before it where `depth` is not a multiple of 16.
static inline void gan_pack_columns(global const float *from, const size_t ld, local float *to,
                                    const uint pitch, const uint width, const uint depth) {
    for (uint i = 0; i < width; i += 16) {
        if (i + 16 <= width && depth >= 16) {
            for (uint k = 0; k < depth; k += 16) {
                const uint at = min(k, depth - 16);
                gan_transpose16(from + i * ld + at, ld, to + at * pitch + i, pitch);
            }
            continue;
        }
        for (uint k = 0; k < depth; k++) {
            local float *packed = to + k * pitch + i;
            *(local float16 *)packed = 0.0f;
            for (uint row = 0; row < min(16u, width - i); row++)
                packed[row] = from[(i + row) * ld + k];
        }
    }
}
