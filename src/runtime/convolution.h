// Convolutions with kernels of their own: the three members of one sum over an input x, a weight w
// and an output y (graph/convolution.h says it in full),
//
//     T(x, w, y) = sum of x[c, iy, ix, b] w[o, c, ky, kx] y[o, oy, ox, b],
//                  iy = oy stride - before + ky dilation, ix alike, inside the input only
//
//     FORWARD    y = dT/dy of x and w      BY_INPUT   x = dT/dx of y and w
//     BY_WEIGHT  w = dT/dw of x and y
//
// Images are (channels, height, width, images), the images next to each other in memory; weights
// are (filters, channels, height, width). With groups, group g joins the channels from g `channels`
// on with the filters from g `filters` on.
//
// Nothing is scattered and nothing is added atomically: the same launch gives the same bits.
#ifndef GAN_RUNTIME_CONVOLUTION_H
#define GAN_RUNTIME_CONVOLUTION_H

#include "runtime/gemm.h"

typedef enum gan_convolution_member {
    GAN_CONVOLUTION_FORWARD,
    GAN_CONVOLUTION_BY_INPUT,
    GAN_CONVOLUTION_BY_WEIGHT,
} gan_convolution_member;

// Element (i, j, k, l) lies at offset + i stride[0] + j stride[1] + k stride[2] + l stride[3].
typedef struct gan_convolution_operand {
    gan_buffer *buffer;
    uint64_t offset; // elements, as the strides; of images stride[3] is 1
    uint32_t stride[4];
} gan_convolution_operand;

typedef struct gan_convolution_desc {
    const char *label;
    gan_convolution_member member;
    uint32_t groups;
    uint32_t channels, filters; // of x and of y, in one group
    uint32_t images;
    uint32_t input[2], output[2], kernel[2]; // height, width
    uint32_t stride[2], dilation[2], before[2];
    gan_convolution_operand x, w, y; // that of the result is not looked at with an epilogue

    // FORWARD and BY_INPUT: what takes the place of the plain store, as for products (gemm.h), with
    // these names in scope:
    //     gan_t acc              the sum
    //     uint m, place_y, place_x, n   which channel of the result, place and image (the first)
    //     uint lanes             how many lanes are valid
    const gan_gemm_epilogue *epilogue;
} gan_convolution_desc;

// *takes: whether the kernels take such a convolution on this device, and compute it rightly there;
// where they do not, it has to be made of other operations. $CLGAN_CONVOLUTION = native | expand
// forces the answer where there is a choice. Only the sizes of `desc` are looked at.
// Errors: those of building and running the kernels for the first time (BUILD_FAILED, DEVICE_*,
// NO_MEMORY). Going on without them would give other bits than a run that had them.
gan_status gan__convolution_choose(gan_device *device, const gan_convolution_desc *desc,
                                   bool *takes);

// Where CLBlast makes products (not on CPUs) a convolution may be faster as a product of its
// windows, which tuning finds (graph/convolution_tune.h). This is the way that
// gan__convolution_choose then looks for.
#define GAN_CONVOLUTION_WAY_WINDOWS "product of windows"
// Its sizes, "convolution forward 3x64x64 64x32x32 kernel 4x4 s2x2 p1x1 d1x1 g1 n64".
void gan__convolution_key(const gan_convolution_desc *desc, gan_text *key);
// Its key there: its sizes, and the set of parameters of CLBlast's in force where that is not
// CLBlast's own (", CLBlast 64x64"), since a product of windows takes another time with each.
gan_status gan__convolution_class(gan_device *device, const gan_convolution_desc *desc,
                                  gan_text *key);
// Whether there are two ways to choose from.
gan_status gan__convolution_is_tunable(gan_device *device, const gan_convolution_desc *desc,
                                       bool *tunable);

// Floats of scratch memory it needs.
uint64_t gan__convolution_scratch(gan_device *device, const gan_convolution_desc *desc);

// `scratch` holds at least gan__convolution_scratch elements.
// Errors: as gan__launch_create; BAD_ARGUMENT for an operand that does not fit its buffer.
gan_status gan__convolution_create(gan_device *device, const gan_convolution_desc *desc,
                                   const gan_gemm_operand *scratch, gan_launch **out);

// The convolution's own floating-point operations (those of the padding left out) and bytes, and
// its epilogue's.
gan_work gan__convolution_work(const gan_convolution_desc *desc);

#endif
