// Sets of parameters for CLBlast's matrix products, beside those it came with. Private to
// src/runtime/.
//
// CLBlast keeps one set a device for the whole process, whoever calls it, and its C interface can
// replace the parameters it came with but neither read them nor put them back. So:
//   - All products of a device use one set, which tuning chooses (gemm_tune_clblast.c); its name is
//     kept with what else was tuned, and with a run's checkpoints, since a set may add up in an
//     order of its own.
//   - Every call of CLBlast stands between begin and end, which see to it that the set it was
//     made for is in force, whatever other device objects of the process use. A switch takes a few
//     milliseconds (CLBlast keeps the programs of both sets), so work that uses one set pays once.
//   - Set 0, CLBlast's own, can be used as long as the process has used no other on that device.
#ifndef GAN_RUNTIME_CLBLAST_PARAMETERS_H
#define GAN_RUNTIME_CLBLAST_PARAMETERS_H

#include "runtime/device.h"

// How many sets there are, and the name of each: "own", "64x64", ...
size_t gan__clblast_set_count(void);
const char *gan__clblast_set_name(size_t set);
// False where no set has the name.
bool gan__clblast_set_find(const char *name, size_t *set);

// Puts the set in force on the device and keeps all others from changing it until gan__clblast_end.
// Errors: FAILED where `set` is 0 and the process has used another; DEVICE_FAILED. Nothing is held
// then.
gan_status gan__clblast_begin(const gan_device *device, size_t set);
void gan__clblast_end(void);

#endif
