// What has been found by tuning: a table by key, in memory and as a file. Private to src/runtime/.
#ifndef GAN_RUNTIME_TUNER_TABLE_H
#define GAN_RUNTIME_TUNER_TABLE_H

#include "runtime/tuner.h"

typedef struct gan_tuner_entry {
    const char *key, *way; // the way "" is the usual one
    double gain;
    bool reorders;
    bool done;       // tuned to the end
    bool found_here; // by this device object, not read from anywhere
    char *memory;    // the table's: what holds both texts
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

// Puts what tuning found into the device's table and its file.
gan_status gan__tuner_table_keep(gan_device *device, const gan_tuner_entry *entry);
void gan__tuner_table_clear(gan_tuner_table *table);

// --- As text, tuner_file.c -----------------------------------------------------------------------

// The lines that a file of this device begins with, and the line of one entry.
gan_status gan__tuner_file_head(const gan_device *device, gan_text *text);
void gan__tuner_file_append(const gan_tuner_entry *entry, gan_text *text);
// Puts each line's entry into the table. The text is cut up. False where a line is none of ours.
bool gan__tuner_file_parse(char *text, gan_tuner_table *table);

// Puts what the device's file holds into the table; nothing where it is damaged or absent.
void gan__tuner_file_read(const gan_device *device, gan_tuner_table *table);
// Adds to the device's file what was found by this device object, by an atomic rename. Those who
// save at the same time, in other processes too, wait for each other, so that none loses what
// another found. Where there is no cache, or it cannot be written, nothing happens.
void gan__tuner_file_save(const gan_device *device);

#endif
