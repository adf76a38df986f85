// The run's folder on disk: where each file of a run lies, and what a crash may have left there.
// Knows nothing of devices or networks.
//
//     recipe.yaml  metrics.jsonl  report.html  samples/step-00001000.png
//     checkpoint-00001000.gan  latest.gan  events.out.tfevents.clgan
#ifndef GAN_GAN_RUN_FOLDER_H
#define GAN_GAN_RUN_FOLDER_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gan_run_folder gan_run_folder;

// Names the folder; touches no disk.
gan_status gan__run_folder_create(const char *path, gan_run_folder **out);
void gan__run_folder_destroy(gan_run_folder *folder); // NULL is allowed
const char *gan__run_folder_path(const gan_run_folder *folder);

// Whether a run has left its files here.
bool gan__run_folder_used(const gan_run_folder *folder);
// Makes the folder and samples/, and shows that they can be written. Errors: BAD_OUTPUT.
gan_status gan__run_folder_prepare(const gan_run_folder *folder);

// Paths, as texts the caller destroys. `name` stands in the folder itself.
gan_status gan__run_folder_file(const gan_run_folder *folder, const char *name, gan_text *path);
gan_status gan__run_folder_checkpoint(const gan_run_folder *folder, uint64_t step, gan_text *path);
gan_status gan__run_folder_samples(const gan_run_folder *folder, uint64_t step, gan_text *path);
// Of samples that are text.
gan_status gan__run_folder_lines(const gan_run_folder *folder, uint64_t step, gan_text *path);

// The steps of the pictures in samples/, ascending; *steps is the caller's (gan__free).
// Errors: BAD_INPUT (the folder cannot be read).
gan_status gan__run_folder_pictures(const gan_run_folder *folder, uint64_t **steps, size_t *count);
// The picture of a step; *bytes is the caller's (gan__free), NULL where it is larger than those
// that go into other files (GAN_RUN_PICTURE_BYTES). Errors: BAD_INPUT (it cannot be read).
#define GAN_RUN_PICTURE_BYTES ((size_t)64 << 20)
gan_status gan__run_folder_read_picture(const gan_run_folder *folder, uint64_t step,
                                        uint8_t **bytes, size_t *length);

// The newest checkpoint that is whole (every checksum right): latest.gan, else the numbered ones
// from the highest step down. BAD_INPUT when there is none.
gan_status gan__run_folder_newest(const gan_run_folder *folder, gan_text *path);
// Makes latest.gan the checkpoint of `step`, in one step: it is always whole.
gan_status gan__run_folder_publish(const gan_run_folder *folder, uint64_t step);
// Of the numbered checkpoints up to `step` removes the oldest but `keep` (0 keeps all). Later ones,
// of a run that was taken up again from an earlier step, stay until it comes by.
gan_status gan__run_folder_prune(const gan_run_folder *folder, uint64_t step, uint64_t keep);

#endif
