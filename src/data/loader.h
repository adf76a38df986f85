// Batches of a data set's stream, prepared on other threads while the device works on those before.
// What a batch holds is a function of data set, seed and its number alone: threads change when it
// is ready, and nothing else.
#ifndef GAN_DATA_LOADER_H
#define GAN_DATA_LOADER_H

#include "data/dataset.h"

typedef struct gan_loader gan_loader;

// Prepares batches of `batch` samples from number `first` on: the next few at any time, in memory
// that does not grow. Sets whose samples only have to be copied get no threads. The data set must
// outlive the loader.
gan_status gan__loader_create(const gan_dataset *dataset, uint64_t seed, size_t batch,
                              uint64_t first, gan_loader **out);
void gan__loader_destroy(gan_loader *loader); // NULL is allowed

// Batch `number` (samples number x batch and on of the stream, as gan__dataset_read gives them);
// waits where it is not ready. Batches are meant to be read in order, each once; any other is
// prepared on the spot. Errors: gan__dataset_read's.
gan_status gan__loader_read(gan_loader *loader, uint64_t number, void *samples, uint32_t *labels);

// How many threads there are, and how often a batch had to be waited for so far.
size_t gan__loader_threads(const gan_loader *loader);
uint64_t gan__loader_waits(const gan_loader *loader);

#endif
