// The table of what tuning found: by key, in memory. tuner_file.c keeps it on disk.
#include "runtime/tuner_table.h"

#include "base/memory.h"
#include "runtime/device_state.h"

#include <string.h>

// --- The table -----------------------------------------------------------------------------------

void gan__tuner_table_clear(gan_tuner_table *table) {
    for (size_t i = 0; i < table->count; i++) gan__free(table->entries[i].memory);
    table->count = 0;
}

void gan__tuner_table_destroy(gan_tuner_table *table) {
    if (!table) return;
    gan__tuner_table_clear(table);
    gan__free(table->entries);
    gan__free(table);
}

static gan_tuner_entry *find(const gan_tuner_table *table, const char *key) {
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->entries[i].key, key) == 0) return &table->entries[i];
    return NULL;
}

const gan_tuner_entry *gan__tuner_table_find(const gan_tuner_table *table, const char *key) {
    return find(table, key);
}

static gan_status reserve(gan_tuner_table *table) {
    if (table->count < table->capacity) return GAN_STATUS_OK;
    size_t capacity = table->capacity ? 2 * table->capacity : 16;
    void *entries = table->entries;
    GAN_TRY(gan__realloc(capacity, sizeof(gan_tuner_entry), &entries));
    table->entries = entries;
    table->capacity = capacity;
    return GAN_STATUS_OK;
}

gan_status gan__tuner_table_put(gan_tuner_table *table, const gan_tuner_entry *entry) {
    void *memory = NULL;
    size_t key_size = strlen(entry->key) + 1, way_size = strlen(entry->way) + 1;
    GAN_TRY(reserve(table));
    GAN_TRY(gan__alloc(key_size + way_size, 1, &memory));
    gan_tuner_entry copy = *entry;
    copy.memory = memory;
    copy.key = memcpy(copy.memory, entry->key, key_size);
    copy.way = memcpy(copy.memory + key_size, entry->way, way_size);
    gan_tuner_entry *place = find(table, entry->key);
    if (place)
        gan__free(place->memory);
    else
        place = &table->entries[table->count++];
    *place = copy;
    return GAN_STATUS_OK;
}

gan_status gan__tuner_table_get(gan_device *device, gan_tuner_table **out) {
    if (!device->tuned) {
        void *memory = NULL;
        GAN_TRY(gan__alloc(1, sizeof(gan_tuner_table), &memory));
        device->tuned = memory;
        gan__tuner_file_read(device, device->tuned);
    }
    *out = device->tuned;
    return GAN_STATUS_OK;
}

gan_status gan__tuner_table_keep(gan_device *device, const gan_tuner_entry *entry) {
    gan_tuner_table *table = NULL;
    gan_tuner_entry found = *entry;
    found.found_here = true;
    GAN_TRY(gan__tuner_table_get(device, &table));
    GAN_TRY(gan__tuner_table_put(table, &found));
    gan__tuner_file_save(device);
    return GAN_STATUS_OK;
}

// --- What a run keeps ----------------------------------------------------------------------------

gan_status gan__tuner_write_orders(gan_device *device, gan_text *text) {
    gan_tuner_table *table = NULL;
    bool any = false;
    GAN_TRY(gan__tuner_table_get(device, &table));
    for (size_t i = 0; i < table->count; i++) any |= table->entries[i].reorders;
    if (!any) return GAN_STATUS_OK;
    GAN_TRY(gan__tuner_file_head(device, text));
    for (size_t i = 0; i < table->count; i++)
        if (table->entries[i].reorders) gan__tuner_file_append(&table->entries[i], text);
    return gan__text_status(text);
}

// Without the entries that reorder.
static void drop_orders(gan_tuner_table *table) {
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (!table->entries[i].reorders) {
            table->entries[kept++] = table->entries[i];
            continue;
        }
        gan__free(table->entries[i].memory);
    }
    table->count = kept;
}

gan_status gan__tuner_adopt_orders(gan_device *device, const char *text) {
    gan_tuner_table *table = NULL;
    gan_text head = {0};
    char *copy = NULL;
    GAN_TRY(gan__tuner_table_get(device, &table));
    gan_status status = gan__tuner_file_head(device, &head);
    if (status == GAN_STATUS_OK) status = gan__string_copy(text, &copy);
    bool ours = status == GAN_STATUS_OK &&
                (!*text || strncmp(text, gan__text_string(&head), head.length) == 0);
    if (ours) drop_orders(table);
    if (ours && *text && !gan__tuner_file_parse(copy + head.length, table)) drop_orders(table);
    gan__free(copy);
    gan__text_destroy(&head);
    return status;
}

// --- Asking --------------------------------------------------------------------------------------

void gan__tuner_set_aside(gan_device *device, bool aside) {
    device->tuned_aside = aside;
}

const char *gan__tuner_find(gan_device *device, const char *key) {
    gan_tuner_table *table = NULL;
    if (device->tuned_aside || gan__tuner_table_get(device, &table) != GAN_STATUS_OK) return NULL;
    const gan_tuner_entry *entry = find(table, key);
    return entry && entry->way[0] ? entry->way : NULL;
}

double gan__tuner_gain(gan_device *device, const char *key) {
    gan_tuner_table *table = NULL;
    if (gan__tuner_table_get(device, &table) != GAN_STATUS_OK) return 0;
    const gan_tuner_entry *entry = find(table, key);
    return entry && entry->done ? entry->gain : 0;
}
