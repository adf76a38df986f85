// When a run's report.html is written, and from what.
#include "gan/report.h"
#include "gan/run_state.h"

#include "base/clock.h"

// Seconds between two reports that are written for figures alone.
#define FIGURES_INTERVAL 10.0

static gan_status write_report(gan_run *run, const char *state) {
    const gan_report report = {.state = state,
                               .plan = &run->plan,
                               .device = gan_device_get_info(run->device),
                               .history = gan__text_string(&run->history),
                               .seed = (uint64_t)run->values->seed,
                               .step = gan__trainer_step_count(run->trainer)};
    run->reported = gan__clock_seconds();
    return gan__report_write(&report, run->folder);
}

gan_status gan__run_report(gan_run *run) {
    return write_report(run, "training");
}

gan_status gan__run_report_figures(gan_run *run) {
    if (gan__clock_seconds() - run->reported < FIGURES_INTERVAL) return GAN_STATUS_OK;
    return gan__run_report(run);
}

gan_status gan__run_report_end(gan_run *run, gan_status result) {
    gan_status status = GAN_STATUS_OK;
    if (result == GAN_STATUS_OK)
        status = write_report(run, "finished");
    else if (result == GAN_STATUS_DIVERGED)
        status = write_report(run, "diverged");
    else if (result == GAN_STATUS_INTERRUPTED || result == GAN_STATUS_TERMINATED)
        status = write_report(run, "stopped");
    return status == GAN_STATUS_OK ? result : status;
}
