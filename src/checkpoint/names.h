// A table from names to the order in which they were added: finds, and finds doubles. It is a tree
// of the bits in which names differ, so no choice of names makes it slow: adding or finding one
// takes time in its length.
#ifndef GAN_CHECKPOINT_NAMES_H
#define GAN_CHECKPOINT_NAMES_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

// Where the names below part: those with none of `mask`'s one bit in byte `at` are on side 0. A
// side is 2 * fork, or 2 * name + 1.
typedef struct gan_names_fork {
    size_t side[2];
    uint32_t at;
    uint8_t mask;
} gan_names_fork;

typedef struct gan_names {
    const char **name; // in order; not owned
    size_t count, capacity;
    gan_names_fork *fork; // one less than names
    size_t root;          // as a side
} gan_names;              // all zero is an empty table

// Errors: BAD_INPUT when the name is already there; NO_MEMORY. `name` must outlive the table.
gan_status gan__names_add(gan_names *names, const char *name);
// The name's index, or SIZE_MAX.
size_t gan__names_find(const gan_names *names, const char *name);
void gan__names_destroy(gan_names *names);

#endif
