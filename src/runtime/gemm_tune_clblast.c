// Tunes which set of parameters CLBlast's products use: one for all of them, since CLBlast keeps
// one a device and its own cannot be put back (clblast_parameters.h). TILE is the yardstick.
#include "runtime/clblast_parameters.h"
#include "runtime/device_state.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_clblast.h"
#include "runtime/gemm_copies.h"
#include "runtime/gemm_tune.h"
#include "runtime/tuner_duel.h"
#include "runtime/tuner_stages.h"

enum { MOST_PRODUCTS = 8, BY_TILE = 0, BY_CLBLAST = 1 };

typedef struct tuning {
    gan_device *device;
    const gan_gemm_share *products[MOST_PRODUCTS];
    size_t count;
    gan_gemm_copies copies; // of the product being measured
    gan_gemm_plan plan;     // TILE's
} tuning;

static gan_status describe(void *user, size_t way, gan_text *text) {
    (void)user;
    gan__text_append(text, "%s", gan__clblast_set_name(way));
    return gan__text_status(text);
}

static gan_status enter(void *user, size_t way) {
    const tuning *t = user;
    return gan__gemm_clblast_try(t->device, way);
}

static gan_status create(void *user, size_t way, size_t copy, gan_launch **out) {
    const tuning *t = user;
    const gan_gemm_copy *o = &t->copies.items[copy];
    if (way == BY_CLBLAST) return gan__gemm_clblast_create(t->device, &o->desc, out);
    return gan__gemm_tile_create(t->device, &o->desc, &t->plan, &o->scratch, out);
}

static gan_status measure(void *user, size_t way, size_t item, bool *right, double *yardstick,
                          double *gain) {
    tuning *t = user;
    const gan_gemm_share *share = t->products[item];
    GAN_TRY(gan__gemm_check_clblast(t->device, &share->product, right));
    if (!*right && way > 0) return GAN_STATUS_OK; // TILE's time is wanted beside the usual way only
    gan__gemm_plan_make(&t->device->traits, &share->product, true, NULL, &t->plan);
    GAN_TRY(gan__gemm_copies_create(t->device, &share->product, &t->copies));
    const gan_tuner_task task = {.user = t, .create = create, .copies = t->copies.count};
    gan_status status = gan__tuner_compare(t->device, &task, BY_TILE, *right ? BY_CLBLAST : BY_TILE,
                                           yardstick, gain);
    gan__gemm_copies_destroy(&t->copies);
    *yardstick *= share->times;
    return status;
}

bool gan__gemm_clblast_due(gan_device *device, bool anew) {
    const gan_gemm_desc large = {.m = 1024, .n = 1024, .k = 1024, .batches = 1};
    if (gan__gemm_preferred_engine(device, &large) != GAN_GEMM_ENGINE_CLBLAST) return false;
    return anew || gan__tuner_gain(device, GAN_GEMM_CLBLAST_KEY) == 0;
}

gan_status gan__gemm_clblast_use_own(gan_device *device) {
    GAN_TRY(gan__clblast_begin(device, 0));
    gan__clblast_end();
    return gan__gemm_clblast_try(device, 0);
}

const char *gan__gemm_clblast_key(void) {
    return GAN_GEMM_CLBLAST_KEY;
}

const char *gan__gemm_clblast_way(gan_device *device) {
    size_t set = 0;
    return gan__gemm_clblast_set(device, &set) == GAN_STATUS_OK ? gan__clblast_set_name(set) : "";
}

static void choose_products(tuning *t, const gan_gemm_share *shares, size_t count, double *flops) {
    *flops = 0;
    for (size_t i = 0; i < count && t->count < MOST_PRODUCTS; i++) {
        const gan_gemm_desc *product = &shares[i].product;
        if (gan__gemm_preferred_engine(t->device, product) != GAN_GEMM_ENGINE_CLBLAST) continue;
        t->products[t->count++] = &shares[i];
        *flops += gan__gemm_work(product).flops * shares[i].times;
    }
}

gan_status gan__gemm_clblast_tune(gan_device *device, const gan_gemm_share *shares, size_t count,
                                  const gan_tuner_limits *limits, gan_tuner_result *result,
                                  double *flops) {
    tuning t = {.device = device};
    choose_products(&t, shares, count, flops);
    const gan_tuner_stages task = {.key = GAN_GEMM_CLBLAST_KEY,
                                   .user = &t,
                                   .ways = gan__clblast_set_count(),
                                   .items = t.count,
                                   .describe = describe,
                                   .enter = enter,
                                   .measure = measure};
    gan_status status = gan__gemm_clblast_use_own(device);
    if (status == GAN_STATUS_OK) status = gan__tuner_run_stages(device, &task, limits, result);
    gan_status settled = gan__gemm_clblast_settle(device);
    return status == GAN_STATUS_OK ? settled : status;
}
