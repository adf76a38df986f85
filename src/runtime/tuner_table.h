// What has been found by tuning: a table by key, in memory and as a file. Private to src/runtime/.
#ifndef GAN_RUNTIME_TUNER_TABLE_H
#define GAN_RUNTIME_TUNER_TABLE_H

#include "runtime/tuner.h"

typedef struct gan_tuner_entry {
    const char *key, *way; // the way "" is the usual one
    double gain;
    bool reorders;
    bool done;    // tuned to the end
    char *memory; // the table's: what holds both texts
} gan_tuner_entry;

typedef struct gan_tuner_table {
    gan_tuner_entry *entries;
    size_t count, capacity;
} gan_tuner_table;

// The device's table, read from its file at the first call; it stays the device's.
gan_status gan__tuner_table_get(gan_device *device, gan_tuner_table **out);
void gan__tuner_table_destroy(gan_tuner_table *table); // NULL is allowed

const gan_tuner_entry *gan__tuner_table_find(const gan_tuner_table *table, const char *key);
// Puts a copy of the entry in the place of the one with its key.
gan_status gan__tuner_table_put(gan_tuner_table *table, const gan_tuner_entry *entry);

// Writes the device's table, with what others have written since for keys that are not in it, by an
// atomic rename. Where there is no cache, or it cannot be written, nothing happens.
void gan__tuner_table_save(gan_device *device);

#endif
