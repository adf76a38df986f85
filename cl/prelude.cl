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

static inline gan_t gan_load(global const float *p, const uint lanes) {
    if (lanes == 16) return vload16(0, p);
    float v[16];
    for (uint i = 0; i < 16; i++) v[i] = i < lanes ? p[i] : 0.0f;
    return vload16(0, v);
}

static inline void gan_store(const gan_t value, global float *p, const uint lanes) {
    if (lanes == 16) {
        *(global gan_run *)p = value;
        return;
    }
    float v[16];
    vstore16(value, 0, v);
    for (uint i = 0; i < lanes; i++) p[i] = v[i];
}

static inline float gan_lanes_sum(const gan_t v) {
    const float8 a = v.lo + v.hi;
    const float4 b = a.lo + a.hi;
    const float2 c = b.lo + b.hi;
    return c.lo + c.hi;
}

static inline float gan_lanes_max(const gan_t v) {
    const float8 a = fmax(v.lo, v.hi);
    const float4 b = fmax(a.lo, a.hi);
    const float2 c = fmax(b.lo, b.hi);
    return fmax(c.lo, c.hi);
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
