// Builds what a run of each recipe would launch, and runs nothing: with $CLGAN_DUMP_KERNELS every
// source that is built is written to that folder. For vendor-compilers.sh.
//     dump_kernels RECIPE DATA [RECIPE DATA...]
// DATA is as gan-train's --data; an empty one leaves the recipe's own. The exit code is the number of
// recipes whose kernels could not be built.
#include "gan/run_state.h"

#include <stdio.h>

static gan_status build_kernels(const char *recipe, const char *data) {
    const gan_run_options options = {.recipe = recipe, .data = *data ? data : NULL};
    gan_run *run = NULL;
    GAN_TRY(gan_run_open(&options, &run));
    const gan_status status = gan__trainer_prepare(run->trainer);
    gan_run_close(run);
    return status;
}

int main(int argc, char **argv) {
    int failures = 0;
    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: dump_kernels RECIPE DATA [RECIPE DATA...]\n");
        return 2;
    }
    for (int i = 1; i + 1 < argc; i += 2) {
        if (build_kernels(argv[i], argv[i + 1]) == GAN_STATUS_OK) {
            printf("pass %s\n", argv[i]);
            continue;
        }
        printf("fail %s: %s\n", argv[i], gan_status_message());
        failures++;
    }
    return failures;
}
