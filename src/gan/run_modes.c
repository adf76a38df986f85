// Mode collapse as training goes: how many modes of a built-in mixture the generator finds.
#include "gan/modes.h"
#include "gan/run_state.h"

#include "base/memory.h"

// Each time a sample interval ends, at the metrics after it, so that the figures are of the step
// their line names; a function of steps alone, so that a resumed run writes the same lines.
bool gan__run_is_look_due(const gan_run *run, uint64_t step) {
    const uint64_t every = (uint64_t)run->values->sample_every;
    if (step >= (uint64_t)run->values->steps) return true;
    return every > 0 && step / every > run->record.logged_step / every;
}

static gan_status measure(gan_run *run, const gan_mixture *mixture, gan_mode_figures *out) {
    void *samples = NULL;
    GAN_TRY(gan__alloc(GAN_MODE_SAMPLES, mixture->dimension * sizeof(float), &samples));
    gan_status status = gan__trainer_generate(run->trainer, 0, GAN_MODE_SAMPLES, samples);
    if (status == GAN_STATUS_OK)
        status = gan_modes_measure(mixture, samples, GAN_MODE_SAMPLES, NULL, out);
    gan__free(samples);
    return status;
}

gan_status gan__run_measure_modes(gan_run *run, gan_run_metrics *metrics) {
    gan_mixture mixture;
    if (!gan__recipe_has_generator(run->values)) return GAN_STATUS_OK;
    if (!gan__modes_of_dataset(run->dataset, &mixture) || !gan__run_is_look_due(run, metrics->step))
        return GAN_STATUS_OK;
    GAN_TRY(measure(run, &mixture, &metrics->modes));
    gan__run_judge_modes(run, metrics);
    return GAN_STATUS_OK;
}

void gan__run_judge_modes(gan_run *run, gan_run_metrics *metrics) {
    const size_t captured = metrics->modes.captured;
    const bool few = 2 * captured < metrics->modes.modes;
    const bool had_more = 2 * run->most_modes >= metrics->modes.modes;
    if (captured > run->most_modes) run->most_modes = captured;
    metrics->has_modes = true;
    metrics->most_modes = run->most_modes;
    metrics->collapsed = few && (had_more || metrics->step >= metrics->steps);
}
