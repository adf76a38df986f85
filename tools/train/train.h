// What gan-train says about a run: before, while and after it trains.
#ifndef GAN_TOOLS_TRAIN_H
#define GAN_TOOLS_TRAIN_H

#include "clgan/train.h"
#include "tool.h"

// What has been planned, to stdout: recipe, layers, data, kernels, memory. Errors: NO_MEMORY,
// BAD_OUTPUT.
gan_status gan__train_print_plan(gan_run *run, const gan_terminal *out);
// The kernels of a profiled run, to stdout, the costliest first. Errors: NO_MEMORY, BAD_OUTPUT.
gan_status gan__train_print_profile(gan_run *run, const gan_terminal *out);
// Trains, with progress, warnings and, if asked for, every figure and file on stderr. Errors: those
// of gan_run_train.
gan_status gan__train_watch(gan_run *run, const gan_tool_call *call);

#endif
