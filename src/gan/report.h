// report.html of a run: one self-contained file with its curves, its pictures of samples, its
// recipe and its device, for any browser. It loads nothing from anywhere. The page itself is
// report/*.
#ifndef GAN_GAN_REPORT_H
#define GAN_GAN_REPORT_H

#include "clgan/device.h"
#include "clgan/train.h"
#include "gan/run_folder.h"

// What is shown besides the folder's pictures. Texts are only read.
typedef struct gan_report {
    const char *state; // "training", "finished", "stopped", "diverged"
    const gan_run_plan *plan;
    const gan_device_info *device;
    const char *history; // lines as in metrics.jsonl
    uint64_t seed, step;
} gan_report;

// The most that go into a page; of more, the first, the last and as evenly as possible between.
#define GAN_REPORT_PICTURES 48
#define GAN_REPORT_LINES    2000

// Writes report.html into the folder, with the pictures found there up to report->step but those
// that are too large for it.
// Errors: BAD_OUTPUT, NO_MEMORY, BAD_INPUT (a picture that cannot be read).
gan_status gan__report_write(const gan_report *report, const gan_run_folder *folder);

#endif
