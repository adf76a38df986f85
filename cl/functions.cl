// The elementwise functions that OpenCL C does not have, or not as training needs them: finite at
// the extremes of float32, exact where it matters, and giving NaN for NaN so that a diverged
// training shows (fmax, fmin and sign would hide it). Written over gan_t of cl/prelude.cl; the
// host's double versions stand in src/graph/ops.h.

// -1, 0 or 1.
static inline gan_t gan_sign(const gan_t a) {
    const gan_t magnitude = select((gan_t)(1.0f), fabs(a), (a == (gan_t)(0.0f)) | isnan(a));
    return copysign(magnitude, a);
}

// 1 / (1 + exp(-a)): exp's overflow to infinity gives 0, as it should.
static inline gan_t gan_sigmoid(const gan_t a) {
    return (gan_t)(1.0f) / ((gan_t)(1.0f) + exp(-a));
}

// log(1 + exp(a)), without overflow above and without cancellation below.
static inline gan_t gan_softplus(const gan_t a) {
    return fmax(a, (gan_t)(0.0f)) + log1p(exp(-fabs(a)));
}

static inline gan_t gan_minimum(const gan_t a, const gan_t b) {
    return select(b, a, (a < b) | isnan(a));
}

static inline gan_t gan_maximum(const gan_t a, const gan_t b) {
    return select(b, a, (a > b) | isnan(a));
}
