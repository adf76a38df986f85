// Names by open addressing.
#include "checkpoint/names.h"

#include "base/hash.h"
#include "base/memory.h"

#include <stdint.h>
#include <string.h>

// The slot that holds the name, or the free one where it belongs.
static size_t names_slot(const gan_names *names, const char *name) {
    size_t mask = names->slots - 1;
    size_t at = (size_t)gan__hash(GAN_HASH_START, name, strlen(name)) & mask;
    while (names->slot[at] != 0 && strcmp(names->name[names->slot[at] - 1], name) != 0) {
        at = (at + 1) & mask;
    }
    return at;
}

static gan_status names_grow(gan_names *names) {
    size_t capacity = names->capacity ? 2 * names->capacity : 32;
    GAN_TRY(gan__realloc(capacity, sizeof *names->name, (void **)&names->name));
    size_t *slot;
    GAN_TRY(gan__alloc(2 * capacity, sizeof *slot, (void **)&slot));
    gan__free(names->slot);
    names->slot = slot;
    names->slots = 2 * capacity;
    names->capacity = capacity;
    for (size_t i = 0; i < names->count; i++) slot[names_slot(names, names->name[i])] = i + 1;
    return GAN_STATUS_OK;
}

gan_status gan__names_add(gan_names *names, const char *name) {
    if (names->count == names->capacity) GAN_TRY(names_grow(names));
    size_t at = names_slot(names, name);
    if (names->slot[at] != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the name %s is used twice", name);
    names->name[names->count++] = name;
    names->slot[at] = names->count;
    return GAN_STATUS_OK;
}

size_t gan__names_find(const gan_names *names, const char *name) {
    if (names->slots == 0) return SIZE_MAX;
    return names->slot[names_slot(names, name)] - 1; // a free slot's 0 becomes SIZE_MAX
}

void gan__names_destroy(gan_names *names) {
    gan__free((void *)names->name);
    gan__free(names->slot);
    *names = (gan_names){0};
}
