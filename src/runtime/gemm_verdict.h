// What is known of the engines: whether a variant (named by a hash of all it depends on) computes
// what the reference computes. Private to src/runtime/.
#ifndef GAN_RUNTIME_GEMM_VERDICT_H
#define GAN_RUNTIME_GEMM_VERDICT_H

#include "runtime/gemm_state.h"

// What is to be judged, and how it is compared with the reference where nothing is known of it.
// *ran: it was built and run. What could not be may be another time, with more room on the disk
// perhaps: that is remembered by the device, and not kept on disk.
typedef struct gan_gemm_trial {
    const char *variant; // all that it depends on beside the device
    gan_status (*compare)(gan_device *device, const void *user, bool *right, bool *ran);
    const void *user;
} gan_gemm_trial;

// The verdict: what the device knows, else what gemm-checked/ of the cache folder does (under a
// hash of clgan's version, platform, device, driver and the variant), else what comparing now says.
// Errors: those of the comparison.
gan_status gan__gemm_verdict(gan_device *device, const gan_gemm_trial *trial, bool *right);

#endif
