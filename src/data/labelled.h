// The samples of a data set whose labels are used, where those are few: so many of each class,
// chosen by seed, as semi-supervised learning has them (Salimans et al. 2016: 10 of each of MNIST's
// digits).
#ifndef GAN_DATA_LABELLED_H
#define GAN_DATA_LABELLED_H

#include "data/dataset.h"

typedef struct gan_labelled_set gan_labelled_set;

// Of each class the first `each` samples in the order of a Philox permutation that `seed` names.
// The data set must outlive it. Errors: BAD_INPUT where a class has not as many.
gan_status gan__labelled_set_create(const gan_dataset *dataset, uint64_t seed, uint64_t each,
                                    gan_labelled_set **out);
void gan__labelled_set_destroy(gan_labelled_set *set); // NULL is allowed

// How many there are, and which sample of the data set number `index` of them is; the classes
// follow each other.
size_t gan__labelled_set_count(const gan_labelled_set *set);
uint64_t gan__labelled_set_sample(const gan_labelled_set *set, size_t index);

// Batch `number` of a stream that runs through all of them, in a new order each time, as
// gan__dataset_read does through a data set; not mirrored.
gan_status gan__labelled_set_read(const gan_labelled_set *set, uint64_t number, size_t batch,
                                  void *samples, uint32_t *labels);

#endif
