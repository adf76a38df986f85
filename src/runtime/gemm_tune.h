// Which ways there are of making a matrix product, and which of them tuning found to be the
// fastest. Private to src/runtime/; what the floors above call is in gemm.h.
#ifndef GAN_RUNTIME_GEMM_TUNE_H
#define GAN_RUNTIME_GEMM_TUNE_H

#include "runtime/gemm_tile.h"
#include "runtime/tuner.h"

typedef struct gan_gemm_way {
    gan_gemm_engine engine;
    gan_gemm_choice choice; // of TILE
} gan_gemm_way;

// The key of the product's class: its transposes and its sizes, cut to their four leading binary
// digits (those of N in runs of 16 on CPUs), so that sizes of a class differ by an eighth at most.
void gan__gemm_key(const gan_device_traits *traits, const gan_gemm_desc *desc, gan_text *text);

// The same, and which set of CLBlast's parameters it was tuned beside where that is not its own.
gan_status gan__gemm_class(gan_device *device, const gan_gemm_desc *desc, gan_text *text);

// What tuning found for such products; false: nothing, or nothing that can be read.
bool gan__gemm_way_find(gan_device *device, const gan_gemm_desc *desc, gan_gemm_way *out);

// The engine that makes the product where nothing was measured.
gan_gemm_engine gan__gemm_usual_engine(const gan_device *device, const gan_gemm_desc *desc);
// The same, or the one that $CLGAN_GEMM forces.
gan_gemm_engine gan__gemm_preferred_engine(const gan_device *device, const gan_gemm_desc *desc);

void gan__gemm_way_print(const gan_device_traits *traits, const gan_gemm_way *way, gan_text *text);
bool gan__gemm_way_parse(const gan_device_traits *traits, const char *text, gan_gemm_way *out);

#endif
