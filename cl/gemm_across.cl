// Sixteen sums at once, each over the lanes of one vector (runtime/gemm_source_edge.c, gemm_dots.cl):
// lane i of the result is the sum of the lanes of vector i. For work-groups of one work-item.
//@use gemm_pack
// The sums of each half of two vectors' lanes, in turns.
#define GAN_ADD_HALVES(to, a, b) const float16 to = gan_zip_low(a, b) + gan_zip_high(a, b);
// `to` of d0 to d15, where `d` is their common name.
#define GAN_ADD_ACROSS(to, d)                                                                      \
    GAN_ADD_HALVES(e0, d##0, d##8) GAN_ADD_HALVES(e1, d##1, d##9)                                  \
    GAN_ADD_HALVES(e2, d##2, d##10) GAN_ADD_HALVES(e3, d##3, d##11)                                \
    GAN_ADD_HALVES(e4, d##4, d##12) GAN_ADD_HALVES(e5, d##5, d##13)                                \
    GAN_ADD_HALVES(e6, d##6, d##14) GAN_ADD_HALVES(e7, d##7, d##15)                                \
    GAN_ADD_HALVES(f0, e0, e4) GAN_ADD_HALVES(f1, e1, e5)                                          \
    GAN_ADD_HALVES(f2, e2, e6) GAN_ADD_HALVES(f3, e3, e7)                                          \
    GAN_ADD_HALVES(g0, f0, f2) GAN_ADD_HALVES(g1, f1, f3)                                          \
    GAN_ADD_HALVES(to, g0, g1)
