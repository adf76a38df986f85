// Implements clgan/tune.h: what there is to tune, one class after the other within the time given.
#include "clgan/tune.h"

#include "base/clock.h"
#include "base/memory.h"
#include "gan/tune_work.h"
#include "graph/convolution_tune.h"
#include "runtime/tuner.h"

#include <stdio.h>

typedef struct tune {
    gan_device *device;
    const gan_tune_options *options;
    const gan_tune_callbacks *callbacks;
    gan_tune_summary *summary;
    double start;
    const char *name; // of the class under way
    bool stopped;
} tune;

static double seconds_left(const tune *t) {
    return t->options->seconds - (gan__clock_seconds() - t->start);
}

static bool is_late(const tune *t) {
    return t->options->seconds > 0 && seconds_left(t) <= 0;
}

static bool go_on(void *user) {
    tune *t = user;
    const gan_tune_callbacks *calls = t->callbacks;
    if (calls && calls->on_progress && !t->stopped)
        t->stopped =
            !calls->on_progress(calls->user, t->summary->finished, t->summary->classes, t->name);
    return !t->stopped && !is_late(t);
}

static void tell(const tune *t, const gan_tune_item *item, const gan_tuner_result *result,
                 const char *way) {
    const gan_tune_class found = {.name = t->name,
                                  .way = way,
                                  .known = result->known,
                                  .finished = result->finished,
                                  .gain = result->gain,
                                  .usual_seconds = result->usual_seconds,
                                  .flops = item->flops,
                                  .tried = result->tried,
                                  .wrong = result->wrong};
    if (t->callbacks && t->callbacks->on_class) t->callbacks->on_class(t->callbacks->user, &found);
}

static gan_status tune_class(const tune *t, const gan_tune_item *item,
                             const gan_tuner_limits *limits, gan_tuner_result *result) {
    const bool anew = t->options->anew;
    return item->is_convolution
               ? gan__convolution_tune(t->device, &item->convolution, anew, limits, result)
               : gan__gemm_tune(t->device, &item->product, anew, limits, result);
}

static gan_status tune_item(tune *t, const gan_tune_item *item) {
    gan_text name = {0}, way = {0};
    gan_tuner_result result = {0};
    const gan_tuner_limits limits = {
        .seconds = t->options->seconds > 0 ? seconds_left(t) : 0, .go_on = go_on, .user = t};
    gan_status status = gan__tune_item_describe(t->device, item, &name, &way);
    t->name = gan__text_string(&name);
    if (status == GAN_STATUS_OK && go_on(t)) status = tune_class(t, item, &limits, &result);
    if (status == GAN_STATUS_OK && result.gain > 0) {
        if (result.finished) t->summary->finished++;
        gan__text_clear(&name);
        gan__text_clear(&way);
        status = gan__tune_item_describe(t->device, item, &name, &way);
        t->name = gan__text_string(&name);
        if (status == GAN_STATUS_OK) tell(t, item, &result, gan__text_string(&way));
    }
    gan__text_destroy(&name);
    gan__text_destroy(&way);
    return status;
}

static gan_status collect(const tune *t, gan_tune_work *work) {
    for (size_t i = 0; i < t->options->recipe_count; i++)
        GAN_TRY(gan__tune_work_add_recipe(work, t->options->recipes[i], t->options->data));
    if (t->options->recipe_count == 0) GAN_TRY(gan__tune_work_add_shipped(work));
    gan__tune_work_sort(work);
    return GAN_STATUS_OK;
}

static gan_status tune_classes(tune *t, const gan_tune_work *work) {
    t->summary->classes += work->count;
    for (size_t i = 0; i < work->count && !t->stopped && !is_late(t); i++)
        GAN_TRY(tune_item(t, &work->items[i]));
    return GAN_STATUS_OK;
}

static gan_status measure_parameters(tune *t, const gan_tune_work *work, gan_gemm_share *shares,
                                     gan_tuner_result *result) {
    gan_tune_item all = {0};
    const gan_tuner_limits limits = {
        .seconds = t->options->seconds > 0 ? seconds_left(t) : 0, .go_on = go_on, .user = t};
    size_t count = 0;
    for (size_t i = 0; i < work->count; i++)
        if (!work->items[i].is_convolution)
            shares[count++] =
                (gan_gemm_share){.product = work->items[i].product,
                                 .times = work->items[i].weight / work->items[i].flops};
    t->name = gan__gemm_clblast_key();
    GAN_TRY(gan__gemm_clblast_tune(t->device, shares, count, &limits, result, &all.flops));
    if (result->finished) t->summary->finished++;
    tell(t, &all, result, gan__gemm_clblast_way(t->device));
    return GAN_STATUS_OK;
}

// CLBlast's parameters, and all classes once more beside a set that is faster than its own.
static gan_status tune_parameters(tune *t, const gan_tune_work *work) {
    void *shares = NULL;
    gan_tuner_result result = {0};
    if (t->stopped || is_late(t)) return GAN_STATUS_OK;
    GAN_TRY(gan__alloc(work->count, sizeof(gan_gemm_share), &shares));
    gan_status status = measure_parameters(t, work, shares, &result);
    gan__free(shares);
    if (status == GAN_STATUS_OK && result.finished && result.way > 0)
        status = tune_classes(t, work);
    return status;
}

static gan_status tune_all(tune *t, gan_tune_work *work) {
    const bool due = gan__gemm_clblast_due(t->device, t->options->anew);
    if (due) {
        GAN_TRY(gan__gemm_clblast_use_own(t->device));
        t->summary->classes++;
    }
    gan_status status = collect(t, work);
    if (status == GAN_STATUS_OK) status = tune_classes(t, work);
    if (status == GAN_STATUS_OK && due && work->count > 0) status = tune_parameters(t, work);
    gan_status settled = due ? gan__gemm_clblast_settle(t->device) : GAN_STATUS_OK;
    return status == GAN_STATUS_OK ? settled : status;
}

static gan_status run(tune *t, gan_tune_work *work) {
    GAN_TRY(tune_all(t, work));
    t->summary->in_time = t->summary->finished == t->summary->classes;
    if (!t->stopped) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_INTERRUPTED,
                     "interrupted: %zu of %zu classes are tuned and kept; the same command goes on "
                     "with the others",
                     t->summary->finished, t->summary->classes);
}

gan_status gan_device_tune(gan_device *device, const gan_tune_options *options,
                           const gan_tune_callbacks *callbacks, gan_tune_summary *summary) {
    gan_tune_work work = {.device = device};
    gan_text path = {0};
    tune t = {.device = device,
              .options = options,
              .callbacks = callbacks,
              .summary = summary,
              .start = gan__clock_seconds(),
              .name = ""};
    *summary = (gan_tune_summary){0};
    GAN_TRY(gan__tuner_path(device, &path));
    snprintf(summary->file, sizeof summary->file, "%s", gan__text_string(&path));
    gan__text_destroy(&path);
    const gan_status status = run(&t, &work);
    gan__tune_work_destroy(&work);
    return status;
}
