// Philox4x32-10 on the device: the very words of src/base/philox.c, for a lane's worth of elements
// at a time. (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011.)
// Key = the seed's halves; counter = {element, stream, step's low half, step's high half}.
#if GAN_LANES == 16
#define GAN_CONVERT convert_float16

// mul_hi, which PoCL takes apart into lanes: the products of the even lanes and of the odd ones are
// whole vectors of 64 bits.
static inline gan_u gan_multiply_high(const gan_u a, const uint b) {
    const ulong8 pairs = as_ulong8(a);
    const ulong8 even = (pairs & 0xFFFFFFFFul) * (ulong)b, odd = (pairs >> 32) * (ulong)b;
    return as_uint16((even >> 32) | (odd & 0xFFFFFFFF00000000ul));
}
#else
#define GAN_CONVERT convert_float

static inline gan_u gan_multiply_high(const gan_u a, const uint b) {
    return mul_hi(a, b);
}
#endif

// The first two of the four words; the others are not used.
static inline void gan_philox(const uint seed_low, const uint seed_high, const uint stream,
                              const uint step_low, const uint step_high, const gan_u element,
                              gan_u *word0, gan_u *word1) {
    gan_u c0 = element, c1 = stream, c2 = step_low, c3 = step_high;
    uint key0 = seed_low, key1 = seed_high;
    for (int round = 0; round < 10; round++) {
        const gan_u high0 = gan_multiply_high(c0, 0xD2511F53u), low0 = c0 * 0xD2511F53u;
        const gan_u high1 = gan_multiply_high(c2, 0xCD9E8D57u), low1 = c2 * 0xCD9E8D57u;
        c0 = high1 ^ c1 ^ key0;
        c1 = low1;
        c2 = high0 ^ c3 ^ key1;
        c3 = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    *word0 = c0;
    *word1 = c1;
}

// [0, 1), the bits of gan__philox_uniform.
static inline gan_t gan_philox_uniform(const uint seed_low, const uint seed_high, const uint stream,
                                       const uint step_low, const uint step_high,
                                       const gan_u element) {
    gan_u word0, word1;
    gan_philox(seed_low, seed_high, stream, step_low, step_high, element, &word0, &word1);
    return GAN_CONVERT(word0 >> 8) * 0x1p-24f;
}

// N(0, 1), gan__philox_normal up to the rounding of log and cos. cospi needs no reduction of its
// argument, and 2 v is exact.
static inline gan_t gan_philox_normal(const uint seed_low, const uint seed_high, const uint stream,
                                      const uint step_low, const uint step_high,
                                      const gan_u element) {
    gan_u word0, word1;
    gan_philox(seed_low, seed_high, stream, step_low, step_high, element, &word0, &word1);
    const gan_t u = GAN_CONVERT((word0 >> 8) + 1u) * 0x1p-24f;
    const gan_t v = GAN_CONVERT(word1 >> 8) * 0x1p-24f;
    return sqrt(-2.0f * log(u)) * cospi(2.0f * v);
}
