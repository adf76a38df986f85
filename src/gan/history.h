// The history of a run: one JSON object a line, in metrics.jsonl and in each checkpoint alike.
#ifndef GAN_GAN_HISTORY_H
#define GAN_GAN_HISTORY_H

#include "base/text.h"
#include "clgan/train.h"

// Appends the line, with its newline. Numbers are written so that they read back as the same float;
// one that is not finite is written as null, since JSON has no other word for it.
void gan__history_append(gan_text *history, const gan_run_metrics *metrics);

// The most modes any line of a history says were captured; 0 where none says.
size_t gan__history_most_modes(const char *history);

// What a history says of mode collapse.
typedef struct gan_history_collapse {
    size_t looks, collapsed; // lines with modes, and those of them where they had collapsed
    uint64_t last;           // the step of the last such line; 0 where there is none
} gan_history_collapse;
gan_history_collapse gan__history_count_collapse(const char *history);

// The file beside the run: holds the same lines, and grows by appending.
typedef struct gan_history_file gan_history_file;
// Replaces whatever is at `path` by `history` (after a resume, lines from beyond the checkpoint are
// gone), and stays open for appending. Errors: BAD_OUTPUT.
gan_status gan__history_file_open(const char *path, const gan_text *history,
                                  gan_history_file **out);
// Appends the part of `history` from byte `from` on, and hands it to the system.
gan_status gan__history_file_append(gan_history_file *file, const gan_text *history, size_t from);
void gan__history_file_close(gan_history_file *file); // NULL is allowed

#endif
