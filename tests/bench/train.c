// Trains a recipe through the public API, one log interval a request: the callback that is given an
// interval's figures answers with the time it took and waits for the next request. So the peer runs
// while this program stands still, compilation is never counted, and an interval ends, as always,
// with the reading of the losses.
//
//     bench_train RECIPE DATA OUT INTERVAL [KEY=VALUE...]      DATA "": the recipe's own
//
// It says that it is ready behind the first interval, with the seconds since it began. Tasks: any
// line. Work is real images shown to the discriminator. At the end it describes a step's kernels.
#include "serve.h"

#include "clgan/train.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MOST_SETTINGS 16

typedef struct session {
    gan_run *run;
    double began, resumed; // resumed 0: not ready yet
    uint64_t images;       // when it resumed
} session;

static void wait_for_request(session *s) {
    char task[64];
    if (!bench_await(task, sizeof task)) gan_run_post(s->run, GAN_RUN_REQUEST_INTERRUPT);
}

static void on_metrics(void *user, const gan_run_metrics *metrics) {
    session *const s = user;
    const double now = bench_clock();
    if (s->resumed > 0) {
        bench_answer(now - s->resumed, (double)(metrics->images - s->images));
    } else {
        printf("{\"ready\": true, \"device\": \"%s\", \"driver\": \"%s\", \"first_s\": %.6f, "
               "\"launches\": %" PRIu64 ", \"device_bytes\": %" PRIu64 "}\n",
               gan_run_get_device(s->run)->name, gan_run_get_device(s->run)->driver, now - s->began,
               gan_run_get_plan(s->run)->launches_per_step, gan_run_get_plan(s->run)->device_bytes);
        fflush(stdout);
    }
    wait_for_request(s);
    s->images = metrics->images;
    s->resumed = bench_clock();
}

static bool is_product(const gan_run_kernel *kernel) {
    return strcmp(kernel->engine, "kernel") != 0;
}

// {"kernels": {...}}: of all steps together, flops of products and of the rest, and bytes.
static void describe_kernels(gan_run *run) {
    double products = 0, others = 0, bytes = 0;
    for (size_t i = 0; i < gan_run_kernel_count(run); i++) {
        gan_run_kernel kernel;
        bench_insist(gan_run_get_kernel(run, i, &kernel));
        if (strcmp(kernel.program, "sampling") == 0) continue;
        if (is_product(&kernel))
            products += kernel.flops * (double)kernel.runs;
        else
            others += kernel.flops * (double)kernel.runs;
        bytes += kernel.bytes * (double)kernel.runs;
    }
    printf("{\"product_flops\": %.17g, \"other_flops\": %.17g, \"bytes\": %.17g}\n", products,
           others, bytes);
}

int main(int argc, char **argv) {
    session s = {.began = bench_clock()};
    char interval[64];
    const char *settings[MOST_SETTINGS] = {"sample_every=0", "save_every=0", "steps=1000000",
                                           interval};
    size_t count = 4;
    if (argc < 5) bench_refuse("usage: bench_train RECIPE DATA OUT INTERVAL [KEY=VALUE...]");
    snprintf(interval, sizeof interval, "log_every=%s", argv[4]);
    for (int i = 5; i < argc && count < MOST_SETTINGS; i++) settings[count++] = argv[i];
    const gan_run_options options = {.recipe = argv[1],
                                     .data = argv[2][0] != '\0' ? argv[2] : NULL,
                                     .out = argv[3],
                                     .settings = settings,
                                     .setting_count = count};
    bench_insist(gan_run_open(&options, &s.run));
    const gan_run_callbacks callbacks = {.user = &s, .on_metrics = on_metrics};
    const gan_status status = gan_run_train(s.run, &callbacks);
    if (status != GAN_STATUS_INTERRUPTED) bench_insist(status);
    describe_kernels(s.run);
    gan_run_close(s.run);
    return 0;
}
