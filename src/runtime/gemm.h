// Matrix products: C = op(A) op(B), with generated code fused behind it. One interface, two engines
// (clgan's tile template in cl/, and CLBlast), each checked against a plain reference when it is
// first used on a device.
//
// All matrices are row-major. With M rows of C, N columns, K summed over:
//     A is (M, K), or (K, M) where transpose_a; its rows are lda elements apart
//     B is (K, N), or (N, K) where transpose_b; ldb
//     C is (M, N); ldc
// `batches` products are made at once, each operand `stride_*` elements after the one before
// (0 repeats the same operand).
#ifndef GAN_RUNTIME_GEMM_H
#define GAN_RUNTIME_GEMM_H

#include "runtime/launch.h"
#include "runtime/tuner.h"

typedef struct gan_gemm_operand {
    gan_buffer *buffer;
    uint64_t offset; // elements
    uint32_t pitch;  // elements between rows: lda, ldb, ldc
    uint64_t stride; // elements between batches
} gan_gemm_operand;

// Code that takes the place of the plain store of C. The engine emits, for each row and each run of
// columns a work-item owns, the statements in `body` with these names in scope:
//     gan_t acc     the sum: one float, or a float16 (GAN_LANES of them) on CPUs
//     uint batch, m, n   which element (the first of the run)
//     uint lanes    how many lanes are valid (GAN_LANES, or fewer at the right edge)
// and the helpers gan_load(pointer, lanes), gan_store(value, pointer, lanes) of cl/prelude.cl.
// Nothing is stored but by `body`. With an epilogue, desc.c is not used.
typedef struct gan_gemm_epilogue {
    const char *parameters; // kernel parameters, each after a comma: ", global const float *p0,
                            // const uint o0"
    const char *functions;  // OpenCL C put before the kernel; "" for none
    const char *body;
    const gan_argument *arguments; // matching `parameters`; BUFFER takes two of them
    size_t argument_count;
    gan_work work; // in addition to the product's own
} gan_gemm_epilogue;

typedef struct gan_gemm_desc {
    const char *label;
    uint32_t m, n, k, batches; // each at least 1
    bool transpose_a, transpose_b;
    gan_gemm_operand a, b, c;
    const gan_gemm_epilogue *epilogue; // NULL: store to c
} gan_gemm_desc;

typedef enum gan_gemm_engine { GAN_GEMM_ENGINE_TILE, GAN_GEMM_ENGINE_CLBLAST } gan_gemm_engine;

// The engine that will be used for such a product on this device: planning asks, because only TILE
// can take an epilogue. ($CLGAN_GEMM = tile | clblast forces one, for tests and measurements.)
// Only the sizes, transposes and batches of `desc` are looked at.
gan_gemm_engine gan__gemm_choose(gan_device *device, const gan_gemm_desc *desc);

// Floats of scratch memory the product needs (0 for most; split-K needs some).
uint64_t gan__gemm_scratch(gan_device *device, const gan_gemm_desc *desc);

// Bytes of the device's memory that CLBlast works in beside the operands; 0 for products of TILE. One
// buffer serves every product of the device, so the largest counts. Of the operands all is looked at
// but the buffers.
uint64_t gan__gemm_workspace(gan_device *device, const gan_gemm_desc *desc);
// Makes that buffer at least so large. Where this came before gan__gemm_create it stays as it is then.
gan_status gan__gemm_reserve(gan_device *device, uint64_t bytes);

// Has the kernel that gan__gemm_create will choose checked now, if it never was: a check takes
// memory for a moment, which is there while the product's own is not allocated yet. `b_bytes`: of
// the buffer that desc->b will lie in.
void gan__gemm_settle(gan_device *device, const gan_gemm_desc *desc, uint64_t b_bytes);

// `scratch` holds at least gan__gemm_scratch elements (ignored when that is 0).
// Errors: as gan__launch_create; BAD_ARGUMENT when an epilogue meets an engine that cannot take it.
gan_status gan__gemm_create(gan_device *device, const gan_gemm_desc *desc,
                            const gan_gemm_operand *scratch, gan_launch **out);

// The product's own floating-point operations and bytes, and its epilogue's.
gan_work gan__gemm_work(const gan_gemm_desc *desc);

// Tunes the class of products that `desc` is of: only its sizes, transposes and batches are looked
// at. On GPUs both engines take part. Where the class is known already, and not `anew`, nothing is
// run and result->tried is 0. Errors: as gan__tuner_run; DEVICE_MEMORY where operands do not fit.
gan_status gan__gemm_tune(gan_device *device, const gan_gemm_desc *desc, bool anew,
                          const gan_tuner_limits *limits, gan_tuner_result *result);
// "gemm NT 1152 1152 96", the class, and what is done for it: "tile 8 3 0 1 256 384 96".
gan_status gan__gemm_describe(gan_device *device, const gan_gemm_desc *desc, gan_text *key,
                              gan_text *way);

// CLBlast's parameters are one set for all products of a device. They are tuned once the classes
// are, since its own, which classes are tuned beside first, cannot be put back once another was
// tried. Where another set wins, classes have new keys and can be tuned beside it.

// Whether CLBlast takes part on this device and its parameters are not known yet, or `anew`.
bool gan__gemm_clblast_due(gan_device *device, bool anew);
// Where they are due: from now on CLBlast's own are used, whatever was found earlier, until
// gan__gemm_clblast_settle. Errors: FAILED where others have been in this process.
gan_status gan__gemm_clblast_use_own(gan_device *device);
gan_status gan__gemm_clblast_settle(gan_device *device);

typedef struct gan_gemm_share {
    gan_gemm_desc product; // sizes, transposes and batches
    double times;          // how often a step
} gan_gemm_share;

// Tunes the parameters on the first few of the products that CLBlast makes, those with most work
// first; *flops is of all these. Then CLBlast is settled. Errors: as gan__tuner_run, use_own.
gan_status gan__gemm_clblast_tune(gan_device *device, const gan_gemm_share *shares, size_t count,
                                  const gan_tuner_limits *limits, gan_tuner_result *result,
                                  double *flops);
// The set in use, as gan__gemm_describe says it of a class: "clblast parameters", "own".
const char *gan__gemm_clblast_key(void);
const char *gan__gemm_clblast_way(gan_device *device);

// Checks the engine that this device prefers, for each pair of transposes. (On CPUs that is TILE
// alone: CLBlast would have to compile for 12 seconds first.) Errors: DEVICE_FAILED.
gan_status gan__gemm_self_test(gan_device *device);

#endif
