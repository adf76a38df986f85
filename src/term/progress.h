// Progress of a long task: a bar with rate and time left on a terminal, and lines that stay above
// it.
//
// The bar is drawn only where the terminal is interactive, at most ten times a second, and is
// erased when the task ends. Notes are written everywhere, each a line.
#ifndef GAN_TERM_PROGRESS_H
#define GAN_TERM_PROGRESS_H

#include "base/status.h"
#include "term/terminal.h"

#include <stdint.h>

typedef struct gan_progress gan_progress;

typedef struct gan_progress_settings {
    gan_terminal terminal; // usually of stderr
    bool quiet;            // draw and note nothing
    const char *label;     // "training"
    const char *unit;      // "steps"; also of the rate: "steps/s"
    uint64_t total;        // 0 where it is not known
    uint64_t start;        // what was done before, so that the rate does not count it
    double (*clock)(void); // seconds; NULL for the usual one
} gan_progress_settings;

// The strings of `settings` must outlive the progress.
gan_status gan__progress_create(const gan_progress_settings *settings, gan_progress **out);

// Says how far the task is; `detail` (NULL for none) follows the time left where there is room.
// Errors: BAD_OUTPUT.
gan_status gan__progress_update(gan_progress *progress, uint64_t done, const char *detail);

// Writes a line above the bar. Errors: BAD_OUTPUT.
gan_status gan__progress_note(gan_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// `done` per second over the last 10 to 20 seconds; 0 while nothing is known.
double gan__progress_rate(const gan_progress *progress);

// Erases the bar and frees; NULL is allowed.
void gan__progress_destroy(gan_progress *progress);

#endif
