// The functions of OpenCL C that clgan's kernels call, declared for a compiler that was kept from
// reading its own list of all of them: with PoCL that list, 18,000 lines of Clang's opencl-c.h, is
// most of what compiling a kernel's text costs, and all of what finding it in PoCL's cache costs
// (runtime/program_text.c). Attributes are those of that list, so the code that comes out is the
// same, bit for bit. Of each function there are several types, or the only ones that clgan computes
// with: a call with others is ambiguous, and so an error, never another function. A program that
// calls what is not here is compiled with the compiler's own list.
#define GAN_DECLARE       __attribute__((overloadable))
#define GAN_DECLARE_PURE  __attribute__((overloadable, pure))
#define GAN_DECLARE_CONST __attribute__((overloadable, const))

#define GAN_DECLARE_1(f)                                                                           \
    GAN_DECLARE_CONST float f(float);                                                              \
    GAN_DECLARE_CONST float16 f(float16);
#define GAN_DECLARE_2(f)                                                                           \
    GAN_DECLARE_CONST float f(float, float);                                                       \
    GAN_DECLARE_CONST float16 f(float16, float16);
GAN_DECLARE_1(fabs) GAN_DECLARE_1(floor) GAN_DECLARE_1(rint) GAN_DECLARE_1(exp) GAN_DECLARE_1(expm1)
GAN_DECLARE_1(log) GAN_DECLARE_1(log1p) GAN_DECLARE_1(sqrt) GAN_DECLARE_1(rsqrt) GAN_DECLARE_1(sin)
GAN_DECLARE_1(cos) GAN_DECLARE_1(cospi) GAN_DECLARE_1(tanh) GAN_DECLARE_1(erf)
GAN_DECLARE_2(pow) GAN_DECLARE_2(fmax) GAN_DECLARE_2(fmin) GAN_DECLARE_2(copysign)
GAN_DECLARE_CONST float fma(float, float, float);
GAN_DECLARE_CONST float16 fma(float16, float16, float16);
GAN_DECLARE_CONST int isnan(float);
GAN_DECLARE_CONST int16 isnan(float16);
GAN_DECLARE_CONST int isinf(float);
GAN_DECLARE_CONST int16 isinf(float16);

#define GAN_DECLARE_SELECT(type, condition)                                                        \
    GAN_DECLARE_CONST type select(type, type, condition);
GAN_DECLARE_SELECT(float, int) GAN_DECLARE_SELECT(float, uint)
GAN_DECLARE_SELECT(float16, int16) GAN_DECLARE_SELECT(float16, uint16)
GAN_DECLARE_SELECT(uint, int) GAN_DECLARE_SELECT(uint, uint)
GAN_DECLARE_SELECT(uint16, int16) GAN_DECLARE_SELECT(uint16, uint16)

#define GAN_DECLARE_ORDER(type)                                                                    \
    GAN_DECLARE_CONST type min(type, type);                                                        \
    GAN_DECLARE_CONST type max(type, type);                                                        \
    GAN_DECLARE_CONST type clamp(type, type, type);
GAN_DECLARE_ORDER(int) GAN_DECLARE_ORDER(uint) GAN_DECLARE_ORDER(size_t) GAN_DECLARE_ORDER(float)
GAN_DECLARE_ORDER(int16) GAN_DECLARE_ORDER(uint16) GAN_DECLARE_ORDER(float16)
GAN_DECLARE_CONST int mul_hi(int, int);
GAN_DECLARE_CONST uint mul_hi(uint, uint);
GAN_DECLARE_CONST uint16 mul_hi(uint16, uint16);

#define GAN_DECLARE_CONVERT(to, from) GAN_DECLARE_CONST to convert_##to(from);
GAN_DECLARE_CONVERT(float, int) GAN_DECLARE_CONVERT(float, uint) GAN_DECLARE_CONVERT(float, uchar)
GAN_DECLARE_CONVERT(float16, int16) GAN_DECLARE_CONVERT(float16, uint16)
GAN_DECLARE_CONVERT(float16, uchar16)
GAN_DECLARE_CONVERT(int, float) GAN_DECLARE_CONVERT(uint, float)
GAN_DECLARE_CONVERT(int16, float16) GAN_DECLARE_CONVERT(uint16, float16)

#define GAN_DECLARE_VECTOR(space, type, n)                                                         \
    GAN_DECLARE_PURE type##n vload##n(size_t, const space type *);                                 \
    GAN_DECLARE void vstore##n(type##n, size_t, space type *);
#define GAN_DECLARE_SPACE(space)                                                                   \
    GAN_DECLARE_VECTOR(space, float, 2) GAN_DECLARE_VECTOR(space, float, 4)                        \
    GAN_DECLARE_VECTOR(space, float, 8) GAN_DECLARE_VECTOR(space, float, 16)                       \
    GAN_DECLARE_VECTOR(space, uint, 16) GAN_DECLARE_VECTOR(space, uchar, 16)
GAN_DECLARE_SPACE(global) GAN_DECLARE_SPACE(local) GAN_DECLARE_SPACE(private)
GAN_DECLARE void prefetch(const global float *, size_t);

#define GAN_DECLARE_PLACE(f) GAN_DECLARE_CONST size_t f(uint);
GAN_DECLARE_PLACE(get_global_id) GAN_DECLARE_PLACE(get_global_size) GAN_DECLARE_PLACE(get_group_id)
GAN_DECLARE_PLACE(get_num_groups) GAN_DECLARE_PLACE(get_local_id) GAN_DECLARE_PLACE(get_local_size)
__attribute__((overloadable, convergent)) void barrier(cl_mem_fence_flags);
