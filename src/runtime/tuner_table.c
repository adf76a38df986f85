// Keeps what tuning found. The file is a text: lines that say what device it is of, a line for each
// key, and a checksum of all that. Fields are separated by " | ".
//
//     clgan tuning 1
//     clgan 0.1.0, CLBlast 1.5.3
//     Portable Computing Language
//     ...
//     gemm NT 1152 1152 96 | done | 1.062 | same order | tile 8 3 0 1 256 384 96
//     checksum 0f3a...
#include "runtime/tuner_table.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"
#include "runtime/device_state.h"

#include <clblast_c.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE ((size_t)1 << 20)
#define USUAL        "as usual"

// --- The table -----------------------------------------------------------------------------------

static void clear(gan_tuner_table *table) {
    for (size_t i = 0; i < table->count; i++) gan__free(table->entries[i].memory);
    table->count = 0;
}

void gan__tuner_table_destroy(gan_tuner_table *table) {
    if (!table) return;
    clear(table);
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

// --- As text -------------------------------------------------------------------------------------

// The lines a file of this device begins with.
static gan_status append_head(const gan_device *device, gan_text *text) {
    const gan_device_info *info = &device->info;
    char name[512], platform[512], version[512], driver[512];
    gan__text_escape(info->platform_name, platform, sizeof platform);
    gan__text_escape(info->name, name, sizeof name);
    gan__text_escape(info->version, version, sizeof version);
    gan__text_escape(info->driver, driver, sizeof driver);
    gan__text_append(text,
                     "clgan tuning 1\nclgan %s, CLBlast %d.%d.%d\n%s\n%s\n%s\n%s\n"
                     "%u compute units, %u lanes\n",
                     CLGAN_VERSION, CLBLAST_VERSION_MAJOR, CLBLAST_VERSION_MINOR,
                     CLBLAST_VERSION_PATCH, platform, name, version, driver,
                     (unsigned)device->traits.compute_units, (unsigned)device->traits.lanes);
    return gan__text_status(text);
}

static void append_entry(const gan_tuner_entry *entry, gan_text *text) {
    char gain[GAN_NUMBER_TEXT];
    gan__text_append(text, "%s | %s | %s | %s | %s\n", entry->key, entry->done ? "done" : "so far",
                     gan__number_format(entry->gain, 5, gain),
                     entry->reorders ? "own order" : "same order",
                     entry->way[0] ? entry->way : USUAL);
}

// Cuts the next field off the line; NULL where there is none.
static char *next_field(char **line) {
    char *field = *line;
    if (!field) return NULL;
    char *end = strstr(field, " | ");
    *line = end ? end + 3 : NULL;
    if (end) *end = '\0';
    return field;
}

static bool read_entry(char *line, gan_tuner_entry *entry) {
    char *fields[5];
    for (int i = 0; i < 5; i++)
        if (!(fields[i] = next_field(&line))) return false;
    *entry = (gan_tuner_entry){.key = fields[0],
                               .done = strcmp(fields[1], "done") == 0,
                               .reorders = strcmp(fields[3], "own order") == 0,
                               .way = strcmp(fields[4], USUAL) == 0 ? fields[4] + strlen(USUAL)
                                                                    : fields[4]};
    return !line && gan__number_parse(fields[2], &entry->gain) && entry->gain > 0;
}

// Puts each line's entry into the table, those of keys that are there only where `replaces`. The
// text is cut up. Returns false where a line is none of ours.
static bool read_entries(char *text, bool replaces, gan_tuner_table *table) {
    while (*text) {
        char *end = strchr(text, '\n');
        gan_tuner_entry entry;
        if (!end) return false;
        *end = '\0';
        if (!read_entry(text, &entry)) return false;
        if ((replaces || !find(table, entry.key)) &&
            gan__tuner_table_put(table, &entry) != GAN_STATUS_OK)
            return false;
        text = end + 1;
    }
    return true;
}

// --- As a file -----------------------------------------------------------------------------------

static bool is_off(void) {
    const char *value = getenv("CLGAN_TUNING");
    return value && strcmp(value, "off") == 0;
}

gan_status gan__tuner_path(const gan_device *device, gan_text *path) {
    const char *cache = gan__folder_cache();
    gan_text head = {0};
    gan_status status = append_head(device, &head);
    if (status == GAN_STATUS_OK && *cache && !is_off())
        gan__text_append(path, "%s/tuned/%016" PRIx64 ".txt", cache,
                         gan__hash(GAN_HASH_START, head.bytes, head.length));
    gan__text_destroy(&head);
    return status == GAN_STATUS_OK ? gan__text_status(path) : status;
}

static void append_checksum(gan_text *text) {
    uint64_t sum = gan__hash(GAN_HASH_START, text->bytes, text->length);
    gan__text_append(text, "checksum %016" PRIx64 "\n", sum);
}

// The entries' lines of a whole file of this device, zero-terminated in place; NULL for any other.
static char *find_lines(char *file, size_t length, const gan_text *head) {
    enum { CHECKSUM_LINE = sizeof "checksum 0123456789abcdef\n" - 1 };
    if (length < head->length + CHECKSUM_LINE || strlen(file) != length ||
        memcmp(file, head->bytes, head->length) != 0)
        return NULL;
    gan_text checked = {0};
    size_t end = length - CHECKSUM_LINE;
    gan__text_append_bytes(&checked, file, end);
    append_checksum(&checked);
    bool whole = gan__text_status(&checked) == GAN_STATUS_OK && checked.length == length &&
                 memcmp(checked.bytes, file, length) == 0;
    gan__text_destroy(&checked);
    file[end] = '\0';
    return whole ? file + head->length : NULL;
}

static void read_file(const gan_device *device, bool replaces, gan_tuner_table *table) {
    gan_text path = {0}, head = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (append_head(device, &head) == GAN_STATUS_OK &&
        gan__tuner_path(device, &path) == GAN_STATUS_OK && path.length > 0 &&
        gan__file_exists(path.bytes) &&
        gan__file_read(path.bytes, LARGEST_FILE, &bytes, &length) == GAN_STATUS_OK) {
        char *lines = find_lines((char *)bytes, length, &head);
        if (lines && !read_entries(lines, replaces, table) && replaces) clear(table);
    }
    gan__free(bytes);
    gan__text_destroy(&head);
    gan__text_destroy(&path);
}

gan_status gan__tuner_table_get(gan_device *device, gan_tuner_table **out) {
    if (!device->tuned) {
        void *memory = NULL;
        GAN_TRY(gan__alloc(1, sizeof(gan_tuner_table), &memory));
        device->tuned = memory;
        read_file(device, true, device->tuned);
    }
    *out = device->tuned;
    return GAN_STATUS_OK;
}

static gan_status create_folder(void) {
    gan_text folder = {0};
    gan__text_append(&folder, "%s/tuned", gan__folder_cache());
    gan_status status = gan__text_status(&folder);
    if (status == GAN_STATUS_OK) status = gan__folder_create(folder.bytes);
    gan__text_destroy(&folder);
    return status;
}

void gan__tuner_table_save(gan_device *device) {
    gan_text path = {0}, text = {0};
    if (gan__tuner_path(device, &path) == GAN_STATUS_OK && path.length > 0 &&
        create_folder() == GAN_STATUS_OK && append_head(device, &text) == GAN_STATUS_OK) {
        read_file(device, false, device->tuned);
        for (size_t i = 0; i < device->tuned->count; i++)
            append_entry(&device->tuned->entries[i], &text);
        append_checksum(&text);
        if (gan__text_status(&text) == GAN_STATUS_OK)
            (void)gan__file_write(path.bytes, text.bytes, text.length);
    }
    gan__text_destroy(&text);
    gan__text_destroy(&path);
}

// --- What a run keeps ----------------------------------------------------------------------------

gan_status gan__tuner_write_orders(gan_device *device, gan_text *text) {
    gan_tuner_table *table = NULL;
    bool any = false;
    GAN_TRY(gan__tuner_table_get(device, &table));
    for (size_t i = 0; i < table->count; i++) any |= table->entries[i].reorders;
    if (!any) return GAN_STATUS_OK;
    GAN_TRY(append_head(device, text));
    for (size_t i = 0; i < table->count; i++)
        if (table->entries[i].reorders) append_entry(&table->entries[i], text);
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
    gan_status status = append_head(device, &head);
    if (status == GAN_STATUS_OK) status = gan__string_copy(text, &copy);
    bool ours = status == GAN_STATUS_OK &&
                (!*text || strncmp(text, gan__text_string(&head), head.length) == 0);
    if (ours) drop_orders(table);
    if (ours && *text && !read_entries(copy + head.length, true, table)) drop_orders(table);
    gan__free(copy);
    gan__text_destroy(&head);
    return status;
}

// --- Asking --------------------------------------------------------------------------------------

const char *gan__tuner_find(gan_device *device, const char *key) {
    gan_tuner_table *table = NULL;
    if (gan__tuner_table_get(device, &table) != GAN_STATUS_OK) return NULL;
    const gan_tuner_entry *entry = find(table, key);
    return entry && entry->way[0] ? entry->way : NULL;
}

double gan__tuner_gain(gan_device *device, const char *key) {
    gan_tuner_table *table = NULL;
    if (gan__tuner_table_get(device, &table) != GAN_STATUS_OK) return 0;
    const gan_tuner_entry *entry = find(table, key);
    return entry && entry->done ? entry->gain : 0;
}
