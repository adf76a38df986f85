// What generated kernels need beyond cl/prelude.cl to be written once over gan_t: numbers of lanes,
// bytes as floats, one lane of a value, and sums over the lanes of a row.
#if GAN_LANES == 16
#define GAN_LANE_NUMBERS ((uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#define GAN_FLOATS convert_float16
#define GAN_FIRST(value) ((value).s0)

static inline gan_t gan_load_bytes(global const uchar *p, const uint lanes) {
    if (lanes == 16) return convert_float16(vload16(0, p));
    float v[16];
    for (uint i = 0; i < 16; i++) v[i] = i < lanes ? (float)p[i] : 0.0f;
    return vload16(0, v);
}

// The value in the first `lanes` lanes, `rest` in the others.
static inline gan_t gan_keep(const gan_t value, const uint lanes, const float rest) {
    if (lanes == 16) return value;
    return select((gan_t)(rest), value, GAN_LANE_NUMBERS < (uint16)(lanes));
}

// The greatest lane; NaN where one is NaN.
static inline float gan_lanes_maximum(const gan_t value) {
    float v[16];
    vstore16(value, 0, v);
    float most = v[0];
    for (uint i = 1; i < 16; i++) most = most > v[i] || isnan(most) ? most : v[i];
    return most;
}
#else
#define GAN_LANE_NUMBERS 0u
#define GAN_FLOATS convert_float
#define GAN_FIRST(value) (value)

static inline gan_t gan_load_bytes(global const uchar *p, const uint lanes) {
    return (float)*p;
}

// What has barriers in it must be inlined: where PoCL 3.1 leaves it a call, work-groups on different
// threads now and then disturb each other.
#define GAN_GROUP_FUNCTION __attribute__((always_inline)) static inline

// The sum of the work-group's values, for each of them; `shared` holds one float a work-item, whose
// number `items` is a power of two. What the group read from global memory before, one of its
// work-items may overwrite after (a sum kept in place): hence the fence of that memory too.
GAN_GROUP_FUNCTION float gan_group_sum(const float value, local float *shared, const uint items) {
    const uint item = get_local_id(0);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    shared[item] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint half_size = items / 2; half_size > 0; half_size /= 2) {
        if (item < half_size) shared[item] += shared[item + half_size];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return shared[0];
}

// The greatest of them; NaN where one is NaN.
GAN_GROUP_FUNCTION float gan_group_maximum(const float value, local float *shared,
                                           const uint items) {
    const uint item = get_local_id(0);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    shared[item] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint half_size = items / 2; half_size > 0; half_size /= 2) {
        if (item < half_size) {
            const float a = shared[item], b = shared[item + half_size];
            shared[item] = a > b || isnan(a) ? a : b;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return shared[0];
}
#endif
