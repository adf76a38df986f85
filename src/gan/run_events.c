// TensorBoard's event file of a run, beside metrics.jsonl and with the same figures.
#include "gan/run_state.h"

#include "base/clock.h"
#include "base/memory.h"

gan_status gan__run_events_picture(gan_run *run, uint64_t step) {
    uint8_t *png = NULL;
    size_t length = 0;
    if (run->events == NULL) return GAN_STATUS_OK;
    gan_status status = gan__run_folder_read_picture(run->folder, step, &png, &length);
    if (png != NULL) status = gan__event_file_picture(run->events, step, png, length);
    gan__free(png);
    return status;
}

gan_status gan__run_events_lines(gan_run *run, size_t from) {
    if (run->events == NULL) return GAN_STATUS_OK;
    return gan__event_file_lines(run->events, gan__text_string(&run->history) + from);
}

// What a resumed run has done already is written anew, so that nothing beyond it is left.
static gan_status write_past(gan_run *run) {
    uint64_t *steps = NULL;
    size_t count = 0;
    GAN_TRY(gan__run_events_lines(run, 0));
    gan_status status = gan__run_folder_pictures(run->folder, &steps, &count);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        if (steps[i] <= run->record.step) status = gan__run_events_picture(run, steps[i]);
    gan__free(steps);
    return status;
}

gan_status gan__run_begin_events(gan_run *run) {
    gan_text path = {0};
    if (!run->tensorboard) return GAN_STATUS_OK;
    const double start = (double)gan__clock_unix() - run->record.elapsed_s;
    gan_status status = gan__run_folder_file(run->folder, "events.out.tfevents.clgan", &path);
    if (status == GAN_STATUS_OK) status = gan__event_file_open(path.bytes, start, &run->events);
    if (status == GAN_STATUS_OK) status = write_past(run);
    gan__text_destroy(&path);
    return status;
}
