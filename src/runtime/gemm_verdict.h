// What is known of the engines: whether a variant (named by a hash of all it depends on) computes
// what the reference computes. Private to src/runtime/.
#ifndef GAN_RUNTIME_GEMM_VERDICT_H
#define GAN_RUNTIME_GEMM_VERDICT_H

#include "runtime/gemm_state.h"

// Whether a verdict is known to the device; the latest counts.
bool gan__gemm_verdict_recall(const gan_gemm_state *state, uint64_t variant, bool *right);
gan_status gan__gemm_verdict_remember(gan_gemm_state *state, uint64_t variant, bool right);

// The same on disk, in gemm-checked/ of the cache folder. A verdict that cannot be read or written
// is found anew next time.
bool gan__gemm_verdict_load(uint64_t variant, bool *right);
void gan__gemm_verdict_save(uint64_t variant, bool right);

#endif
