// Whether a plan fits its device, and if not, which batch would. Knows no run: a trainer is
// planned, nothing is allocated on the device.
#ifndef GAN_GAN_RUN_FIT_H
#define GAN_GAN_RUN_FIT_H

#include "gan/trainer.h"

// `planned` is what gan__trainer_create returned. OK where the trainer's plan takes at most `limit`
// bytes (0: any number) and no buffer more than the device allows in one. Else DEVICE_MEMORY, with
// both figures and the largest batch that fits, which takes planning for several batches to find; or,
// where there is no plan for another reason, `planned` itself.
gan_status gan__run_check_fit(gan_status planned, const gan_trainer *trainer, gan_device *device,
                              gan_recipe *recipe, const gan_dataset *dataset, uint64_t limit);

#endif
