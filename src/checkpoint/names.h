// A table from names to the order in which they were added: finds, and finds doubles.
#ifndef GAN_CHECKPOINT_NAMES_H
#define GAN_CHECKPOINT_NAMES_H

#include "base/status.h"

#include <stddef.h>

typedef struct gan_names {
    const char **name; // in order; not owned
    size_t count, capacity;
    size_t *slot; // open addressing: 1 + index, 0 is free
    size_t slots; // a power of two, or 0
} gan_names;      // all zero is an empty table

// Errors: BAD_INPUT when the name is already there; NO_MEMORY. `name` must outlive the table.
gan_status gan__names_add(gan_names *names, const char *name);
// The name's index, or SIZE_MAX.
size_t gan__names_find(const gan_names *names, const char *name);
void gan__names_destroy(gan_names *names);

#endif
