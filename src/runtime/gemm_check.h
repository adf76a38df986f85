// Engines are not trusted: each variant (a tile kernel's text, a path of CLBlast) is compared with
// a plain product in double precision when it is first used on a device. Verdicts are kept with the
// device and on disk, in gemm-checked/ of the cache folder. Private to src/runtime/.
#ifndef GAN_RUNTIME_GEMM_CHECK_H
#define GAN_RUNTIME_GEMM_CHECK_H

#include "runtime/gemm_tile.h"

// Whether the tile kernel of `plan` is right on the device. Where the product would have an
// epilogue, the kernel that stores plainly is checked in its place.
gan_status gan__gemm_check_tile(gan_device *device, const gan_gemm_desc *desc,
                                const gan_gemm_plan *plan, bool *right);

// Whether CLBlast is right for such products on the device.
gan_status gan__gemm_check_clblast(gan_device *device, const gan_gemm_desc *desc, bool *right);

// While on, verdicts are found anew, whatever is known: for the self test.
gan_status gan__gemm_check_anew(gan_device *device, bool on);

// Tests only: from now on the engine counts as wrong on this device. Nothing is run or kept.
gan_status gan__gemm_check_spoil(gan_device *device, gan_gemm_engine engine);

#endif
