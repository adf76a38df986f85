// Runs independent items of work on all cores.
#ifndef GAN_BASE_PARALLEL_H
#define GAN_BASE_PARALLEL_H

#include "base/status.h"

#include <stddef.h>

// The cores of this machine, 1 to 64.
unsigned gan__parallel_cores(void);

// `worker` is below the number of workers; no two calls with the same one run at once.
typedef gan_status (*gan_parallel_item)(void *context, size_t item, unsigned worker);

// Calls `function` for items 0 to count - 1 on up to `workers` threads, the calling one among them;
// where no thread can be started the calling one does it all. Items are taken in order; after a
// failure no more are taken. Returns the failure of the lowest item, with its message.
gan_status gan__parallel_run(unsigned workers, size_t count, gan_parallel_item function,
                             void *context);

#endif
