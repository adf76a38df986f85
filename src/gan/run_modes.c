// Mode collapse as training goes: how many modes the generator finds, of a built-in mixture or of
// what a classifier tells apart (the recipe's modes.classifier).
#include "gan/modes.h"
#include "gan/run_state.h"

#include "base/memory.h"

#define AT_ONCE 1024

// Each time a sample interval ends, at the metrics after it, so that the figures are of the step
// their line names; a function of steps alone, so that a resumed run writes the same lines.
bool gan__run_is_look_due(const gan_run *run, uint64_t step) {
    const uint64_t every = (uint64_t)run->values->sample_every;
    if (step >= (uint64_t)run->values->steps) return true;
    return every > 0 && step / every > run->record.logged_step / every;
}

static gan_status judge_by_classes(gan_run *run, gan_mode_judge *out) {
    const gan_recipe_values *const recipe = run->values;
    const gan_dataset_info *const info = gan__dataset_info(run->dataset);
    const double low = recipe->data.has_range ? recipe->data.range[0] : 0;
    const double high = recipe->data.has_range ? recipe->data.range[1] : 255;
    const bool bytes = info->type == GAN_SAMPLE_TYPE_U8;
    return gan__modes_of_classes(run->mode_classifier, info, low, bytes ? high : low, out);
}

gan_status gan__run_check_modes(const gan_run *run) {
    gan_mixture mixture;
    const bool counted =
        run->values->modes.classifier[0] != '\0' || gan__modes_of_dataset(run->dataset, &mixture);
    if (counted || run->values->modes.samples == 0) return GAN_STATUS_OK;
    return gan__fail(
        GAN_STATUS_BAD_INPUT,
        "%s: modes.samples has no effect on %s data, which have no modes of their own; "
        "name a classifier by modes.classifier, or leave modes.samples out",
        gan__recipe_source(run->recipe), gan__dataset_info(run->dataset)->kind);
}

gan_status gan__run_begin_modes(gan_run *run) {
    const char *const path = run->values->modes.classifier;
    gan_checkpoint *checkpoint = NULL;
    gan_mode_judge judge;
    if (!gan__recipe_has_generator(run->values) || path[0] == '\0') return GAN_STATUS_OK;
    gan_status status = gan_checkpoint_open(path, &checkpoint);
    if (status == GAN_STATUS_OK)
        status = gan_classifier_create(run->device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT,
                                       &run->mode_classifier);
    gan_checkpoint_close(checkpoint);
    if (status == GAN_STATUS_OK) status = judge_by_classes(run, &judge);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "modes.classifier: %s", path);
}

// Counts the samples of the seeds from 0 on; `samples` has room for AT_ONCE of them.
static gan_status count(gan_run *run, const gan_mode_judge *judge, uint64_t wanted, float *samples,
                        uint64_t *histogram) {
    for (uint64_t first = 0; first < wanted; first += AT_ONCE) {
        const size_t now = wanted - first < AT_ONCE ? (size_t)(wanted - first) : AT_ONCE;
        GAN_TRY(gan__trainer_generate(run->trainer, first, now, samples));
        GAN_TRY(gan__modes_count(judge, samples, now, histogram));
    }
    return GAN_STATUS_OK;
}

static gan_status measure(gan_run *run, const gan_mode_judge *judge, gan_mode_figures *out) {
    const uint64_t asked = (uint64_t)run->values->modes.samples;
    const uint64_t wanted = asked > 0 ? asked : gan__modes_samples(judge);
    void *samples = NULL, *histogram = NULL;
    gan_status status = gan__alloc(AT_ONCE, judge->elements * sizeof(float), &samples);
    if (status == GAN_STATUS_OK) status = gan__alloc(judge->modes, sizeof(uint64_t), &histogram);
    if (status == GAN_STATUS_OK) status = count(run, judge, wanted, samples, histogram);
    if (status == GAN_STATUS_OK) *out = gan__modes_figures(judge, histogram, wanted);
    gan__free(samples);
    gan__free(histogram);
    return status;
}

gan_status gan__run_measure_modes(gan_run *run, gan_run_metrics *metrics) {
    gan_mixture mixture;
    gan_mode_judge judge;
    if (!gan__recipe_has_generator(run->values) || !gan__run_is_look_due(run, metrics->step))
        return GAN_STATUS_OK;
    if (run->mode_classifier != NULL)
        GAN_TRY(judge_by_classes(run, &judge));
    else if (gan__modes_of_dataset(run->dataset, &mixture))
        judge = gan__modes_of_mixture(&mixture);
    else
        return GAN_STATUS_OK;
    GAN_TRY(measure(run, &judge, &metrics->modes));
    gan__run_judge_modes(run, metrics);
    return GAN_STATUS_OK;
}

// Samples capture no more modes than they are.
static size_t most_possible(const gan_mode_figures *figures) {
    return figures->samples < figures->modes ? (size_t)figures->samples : figures->modes;
}

void gan__run_judge_modes(gan_run *run, gan_run_metrics *metrics) {
    const size_t captured = metrics->modes.captured, possible = most_possible(&metrics->modes);
    const bool few = 2 * captured < possible;
    const bool had_more = 2 * run->most_modes >= possible;
    if (captured > run->most_modes) run->most_modes = captured;
    metrics->has_modes = true;
    metrics->most_modes = run->most_modes;
    metrics->collapsed = few && (had_more || metrics->step >= metrics->steps);
}
