// Keeps what tuning found on disk. The file is a text: lines that say what device it is of, a line
// for each key, and a checksum of all that. Fields are separated by " | ".
//
//     clgan tuning 1
//     clgan 0.1.0, CLBlast 1.5.3
//     Portable Computing Language
//     ...
//     gemm NT 1152 1152 96 | done | 1.062 | same order | tile 8 3 0 1 256 384 96
//     checksum 0f3a...
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"
#include "runtime/device_state.h"
#include "runtime/tuner_table.h"

#include <clblast_c.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE ((size_t)1 << 20)
#define USUAL        "as usual"

// --- As text -------------------------------------------------------------------------------------

// The lines a file of this device begins with.
gan_status gan__tuner_file_head(const gan_device *device, gan_text *text) {
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

void gan__tuner_file_append(const gan_tuner_entry *entry, gan_text *text) {
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

// The text is cut up.
bool gan__tuner_file_parse(char *text, gan_tuner_table *table) {
    while (*text) {
        char *end = strchr(text, '\n');
        gan_tuner_entry entry;
        if (!end) return false;
        *end = '\0';
        if (!read_entry(text, &entry) || gan__tuner_table_put(table, &entry) != GAN_STATUS_OK)
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
    gan_status status = gan__tuner_file_head(device, &head);
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

static void read_whole(const gan_device *device, const char *path, gan_tuner_table *table) {
    gan_text head = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (gan__tuner_file_head(device, &head) == GAN_STATUS_OK && gan__file_exists(path) &&
        gan__file_read(path, LARGEST_FILE, &bytes, &length) == GAN_STATUS_OK) {
        char *lines = find_lines((char *)bytes, length, &head);
        if (lines && !gan__tuner_file_parse(lines, table)) gan__tuner_table_clear(table);
    }
    gan__free(bytes);
    gan__text_destroy(&head);
}

void gan__tuner_file_read(const gan_device *device, gan_tuner_table *table) {
    gan_text path = {0};
    if (gan__tuner_path(device, &path) == GAN_STATUS_OK && path.length > 0)
        read_whole(device, path.bytes, table);
    gan__text_destroy(&path);
}

// --- Saving --------------------------------------------------------------------------------------

static gan_status create_folder(void) {
    gan_text folder = {0};
    gan__text_append(&folder, "%s/tuned", gan__folder_cache());
    gan_status status = gan__text_status(&folder);
    if (status == GAN_STATUS_OK) status = gan__folder_create(folder.bytes);
    gan__text_destroy(&folder);
    return status;
}

static gan_status write_whole(const gan_device *device, const char *path,
                              const gan_tuner_table *table) {
    gan_text text = {0};
    gan_status status = gan__tuner_file_head(device, &text);
    for (size_t i = 0; i < table->count; i++) gan__tuner_file_append(&table->entries[i], &text);
    append_checksum(&text);
    if (status == GAN_STATUS_OK) status = gan__text_status(&text);
    if (status == GAN_STATUS_OK) status = gan__file_write(path, text.bytes, text.length);
    gan__text_destroy(&text);
    return status;
}

// What the file holds by now, and over it what this device object found.
static gan_status merge(const gan_device *device, const char *path) {
    gan_tuner_table merged = {0};
    gan_status status = GAN_STATUS_OK;
    read_whole(device, path, &merged);
    for (size_t i = 0; i < device->tuned->count && status == GAN_STATUS_OK; i++)
        if (device->tuned->entries[i].found_here)
            status = gan__tuner_table_put(&merged, &device->tuned->entries[i]);
    if (status == GAN_STATUS_OK) status = write_whole(device, path, &merged);
    gan__tuner_table_clear(&merged);
    gan__free(merged.entries);
    return status;
}

// Reading, merging and renaming are one step: whoever tunes too waits for it.
static void save(const gan_device *device, const char *path) {
    gan_text name = {0};
    int lock = -1;
    gan__text_append(&name, "%s.lock", path);
    if (gan__text_status(&name) == GAN_STATUS_OK) {
        (void)gan__file_lock(name.bytes, &lock); // where there are no locks, nobody has one
        (void)merge(device, path);
        gan__file_unlock(lock);
    }
    gan__text_destroy(&name);
}

void gan__tuner_file_save(const gan_device *device) {
    gan_text path = {0};
    if (device->tuned && gan__tuner_path(device, &path) == GAN_STATUS_OK && path.length > 0 &&
        create_folder() == GAN_STATUS_OK)
        save(device, path.bytes);
    gan__text_destroy(&path);
}
