// Names in a crit-bit tree (D. J. Bernstein, "Crit-bit trees").
#include "checkpoint/names.h"

#include "base/memory.h"

#include <stdbool.h>
#include <string.h>

static bool is_name(size_t side) {
    return side % 2 == 1;
}

// The side of the fork on which the name belongs; it ends in a zero byte, behind which are others.
static bool choose_side(const gan_names_fork *fork, const char *name, size_t length) {
    return fork->at < length && ((unsigned char)name[fork->at] & fork->mask) != 0;
}

// The name that shares most forks with `name`; there is at least one.
static size_t names_nearest(const gan_names *names, const char *name, size_t length) {
    size_t side = names->root;
    while (!is_name(side)) {
        const gan_names_fork *fork = &names->fork[side / 2];
        side = fork->side[choose_side(fork, name, length)];
    }
    return side / 2;
}

// The highest bit in which the two bytes, which differ, do so.
static uint8_t highest_difference(char a, char b) {
    unsigned bits = (unsigned char)a ^ (unsigned char)b;
    while (bits & (bits - 1)) bits &= bits - 1;
    return (uint8_t)bits;
}

static bool is_before(const gan_names_fork *a, const gan_names_fork *b) {
    return a->at != b->at ? a->at < b->at : a->mask > b->mask;
}

// Puts the fork, one of whose sides is the new name, above the first that comes after it.
static void insert_fork(gan_names *names, gan_names_fork *added, const char *name, size_t length) {
    const bool side = choose_side(added, name, length);
    size_t *link = &names->root;
    while (!is_name(*link) && is_before(&names->fork[*link / 2], added)) {
        gan_names_fork *fork = &names->fork[*link / 2];
        link = &fork->side[choose_side(fork, name, length)];
    }
    added->side[side] = 2 * names->count + 1;
    added->side[!side] = *link;
    names->fork[names->count - 1] = *added;
    *link = 2 * (names->count - 1);
}

static gan_status names_grow(gan_names *names) {
    size_t capacity = names->capacity ? 2 * names->capacity : 32;
    GAN_TRY(gan__realloc(capacity, sizeof *names->name, (void **)&names->name));
    GAN_TRY(gan__realloc(capacity, sizeof *names->fork, (void **)&names->fork));
    names->capacity = capacity;
    return GAN_STATUS_OK;
}

gan_status gan__names_add(gan_names *names, const char *name) {
    if (names->count == names->capacity) GAN_TRY(names_grow(names));
    if (names->count == 0) {
        names->root = 1;
    } else {
        const size_t length = strlen(name);
        const char *nearest = names->name[names_nearest(names, name, length)];
        size_t at = 0;
        while (name[at] && name[at] == nearest[at]) at++;
        if (name[at] == nearest[at])
            return gan__fail(GAN_STATUS_BAD_INPUT, "the name %s is used twice", name);
        gan_names_fork fork = {.at = (uint32_t)at,
                               .mask = highest_difference(name[at], nearest[at])};
        insert_fork(names, &fork, name, length);
    }
    names->name[names->count++] = name;
    return GAN_STATUS_OK;
}

size_t gan__names_find(const gan_names *names, const char *name) {
    if (names->count == 0) return SIZE_MAX;
    const size_t nearest = names_nearest(names, name, strlen(name));
    return strcmp(names->name[nearest], name) == 0 ? nearest : SIZE_MAX;
}

void gan__names_destroy(gan_names *names) {
    gan__free((void *)names->name);
    gan__free(names->fork);
    *names = (gan_names){0};
}
