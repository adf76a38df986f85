// Put before every generated program. Kernels are written once over gan_t: a float on GPUs
// (GAN_LANES 1), a float16 on CPUs (GAN_LANES 16). The build defines GAN_LANES.
//
// Loads and stores of a run of lanes take how many of them are valid: the last run of a row may be
// shorter, and must neither read nor write past its row. Invalid lanes load as 0.
#if GAN_LANES == 16
typedef float16 gan_t;
typedef uint16 gan_u;
typedef int16 gan_i;
// A run in memory may start at any float. (PoCL makes four stores of a vstore16, one of this.)
typedef float16 gan_run __attribute__((aligned(4)));

// The first `lanes` (at most 4, at most 8) floats at p, zeros behind them.
static inline float4 gan_load_4(global const float *p, const uint lanes) {
    float4 v = 0.0f;
    if (lanes == 4) return vload4(0, p);
    if (lanes > 0) v.s0 = p[0];
    if (lanes > 1) v.s1 = p[1];
    if (lanes > 2) v.s2 = p[2];
    return v;
}

static inline float8 gan_load_8(global const float *p, const uint lanes) {
    if (lanes > 4) return (float8)(vload4(0, p), gan_load_4(p + 4, lanes - 4));
    return (float8)(gan_load_4(p, lanes), (float4)(0.0f));
}

static inline gan_t gan_load(global const float *p, const uint lanes) {
    if (lanes == 16) return vload16(0, p);
    if (lanes > 8) return (float16)(vload8(0, p), gan_load_8(p + 8, lanes - 8));
    return (float16)(gan_load_8(p, lanes), (float8)(0.0f));
}

static inline void gan_store(const gan_t value, global float *p, const uint lanes) {
    if (lanes == 16) {
        *(global gan_run *)p = value;
        return;
    }
    float8 eight = value.lo;
    if (lanes & 8) {
        vstore8(eight, 0, p);
        p += 8;
        eight = value.hi;
    }
    float4 four = eight.lo;
    if (lanes & 4) {
        vstore4(four, 0, p);
        p += 4;
        four = eight.hi;
    }
    float2 two = four.lo;
    if (lanes & 2) {
        vstore2(two, 0, p);
        p += 2;
        two = four.hi;
    }
    if (lanes & 1) *p = two.lo;
}

static inline float gan_lanes_sum(const gan_t v) {
    const float8 a = v.lo + v.hi;
    const float4 b = a.lo + a.hi;
    const float2 c = b.lo + b.hi;
    return c.lo + c.hi;
}
#else
typedef float gan_t;
typedef uint gan_u;
typedef int gan_i;

static inline gan_t gan_load(global const float *p, const uint lanes) {
    return *p;
}

static inline void gan_store(const gan_t value, global float *p, const uint lanes) {
    *p = value;
}
#endif
