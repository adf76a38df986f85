// What a run is made of: for gan/run*.c only.
#ifndef GAN_GAN_RUN_STATE_H
#define GAN_GAN_RUN_STATE_H

#include "clgan/classify.h"
#include "clgan/train.h"
#include "gan/event_file.h"
#include "gan/history.h"
#include "gan/run_folder.h"
#include "gan/run_record.h"
#include "gan/trainer.h"

#include <stdatomic.h>

// Weights of both players, the generator's first; `count` 0: the recipe does not ask.
typedef struct gan_run_orbit {
    size_t count;
    float *about, *before, *now; // before: at the metrics before; one piece of memory
    bool has_before;
} gan_run_orbit;

struct gan_run {
    gan_recipe *recipe;
    const gan_recipe_values *values;
    gan_dataset *dataset;
    gan_device *device;
    gan_trainer *trainer;
    gan_run_folder *folder;
    gan_checkpoint *resumed; // NULL when starting anew
    gan_run_record record;   // as of the newest save; all zero at the start
    gan_text history;        // all lines so far
    gan_history_file *history_file;
    bool tensorboard;                // whether an event file is asked for
    gan_event_file *events;          // NULL where it is not
    size_t most_modes;               // captured by any metrics so far
    gan_classifier *mode_classifier; // the recipe's modes.classifier, once training begins, or NULL
    gan_run_orbit orbit;             // what orbit.about asks for
    double reported;                 // when report.html was last written, by gan__clock_seconds
    gan_run_plan plan;
    gan_run_layer *layers;
    atomic_int stop; // a gan_run_request that ends the run, or NO_REQUEST
    atomic_int save; // whether a save was asked for
    gan_run_callbacks callbacks;
};

enum { GAN_RUN_NO_REQUEST = -1 };

// run_files.c: what a run leaves in its folder.
gan_status gan__run_begin_files(gan_run *run);
gan_status gan__run_save(gan_run *run);
gan_status gan__run_picture(gan_run *run);

// run_report.c: report.html. Begun with the run's files; kept current as pictures and checkpoints
// are written, and between them with the figures, but then at most once in a while.
gan_status gan__run_report(gan_run *run);
gan_status gan__run_report_figures(gan_run *run);
// With what training ended in. Returns `result`, or BAD_OUTPUT when the report cannot be written.
gan_status gan__run_report_end(gan_run *run, gan_status result);

// run_events.c: what the event file gains, where one is asked for: with the run's files, from byte
// `from` of the history on, with a picture that has been written.
gan_status gan__run_begin_events(gan_run *run);
gan_status gan__run_events_lines(gan_run *run, size_t from);
gan_status gan__run_events_picture(gan_run *run, uint64_t step);

// run_modes.c: refuses a count of samples where nothing tells modes apart.
gan_status gan__run_check_modes(const gan_run *run);
// Opens the recipe's modes.classifier where it names one. Errors: BAD_INPUT, naming
// it.
gan_status gan__run_begin_modes(gan_run *run);
// Where the data is a mixture or there is such a classifier, and a sample interval has ended since
// the metrics before, fills in the modes of `metrics`.
gan_status gan__run_measure_modes(gan_run *run, gan_run_metrics *metrics);
// Fills in, from metrics->modes and the run so far, what else is said of them.
void gan__run_judge_modes(gan_run *run, gan_run_metrics *metrics);

// run_orbit.c: finds the point that the recipe's orbit.about names, where it names one; the state
// on the device, which must not be that of training yet, is overwritten. Errors: BAD_INPUT, naming
// it.
gan_status gan__run_find_orbit(gan_run *run);
// Once the state of training is there.
gan_status gan__run_begin_orbit(gan_run *run);
// Where there is such a point, fills in where the players are about it.
gan_status gan__run_measure_orbit(gan_run *run, gan_run_metrics *metrics);

// Whether a sample interval has ended since the metrics before those of `step`.
bool gan__run_is_look_due(const gan_run *run, uint64_t step);

// run_curves.c: the curves of a run on numbers, in memory that *memory is (the caller's,
// gan__free); NULL where there are none.
gan_status gan__run_draw_curves(gan_run *run, gan_run_curves *out, void **memory);
// Where there are any, and a sample interval has ended since the metrics before, what metrics say
// of them.
gan_status gan__run_measure_curves(gan_run *run, gan_run_metrics *metrics);

// run_plan.c
gan_status gan__run_fill_plan(gan_run *run);

#endif
