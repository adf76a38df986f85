// Which launches of a program are matrix products or convolutions, for tuning.
#include "graph/module_parts.h"

bool gan__program_product(const gan_program *program, size_t launch, gan_gemm_desc *out) {
    const gan_plan_launch *planned = &program->plan->launches[launch];
    *out = planned->gemm;
    return out->m > 0;
}

bool gan__program_convolution(const gan_program *program, size_t launch,
                              gan_convolution_desc *out) {
    const gan_plan_launch *planned = &program->plan->launches[launch];
    *out = planned->convolution;
    return planned->kind == GAN_LAUNCH_CONVOLUTION;
}
