// Implements gan/run_folder.h: naming, finding, publishing and pruning a run's files.
#include "gan/run_folder.h"

#include "base/file.h"
#include "base/memory.h"
#include "clgan/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Names of files that carry a step: <prefix><step, at least 8 digits><suffix>.
#define CHECKPOINT_PREFIX "checkpoint-"
#define CHECKPOINT_SUFFIX ".gan"
#define PICTURE_PREFIX    "step-"
#define PICTURE_SUFFIX    ".png"

struct gan_run_folder {
    char *path;
};

gan_status gan__run_folder_create(const char *path, gan_run_folder **out) {
    *out = NULL;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    void *folder = NULL, *copy = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_run_folder), &folder));
    gan_status status = gan__alloc(length + 1, 1, &copy);
    if (status != GAN_STATUS_OK) {
        gan__free(folder);
        return status;
    }
    memcpy(copy, path, length);
    *out = folder;
    (*out)->path = copy;
    return GAN_STATUS_OK;
}

void gan__run_folder_destroy(gan_run_folder *folder) {
    if (folder == NULL) return;
    gan__free(folder->path);
    gan__free(folder);
}

const char *gan__run_folder_path(const gan_run_folder *folder) {
    return folder->path;
}

// --- Paths ---------------------------------------------------------------------------------------

gan_status gan__run_folder_file(const gan_run_folder *folder, const char *name, gan_text *path) {
    gan__text_clear(path);
    gan__text_append(path, "%s/%s", folder->path, name);
    return gan__text_status(path);
}

gan_status gan__run_folder_checkpoint(const gan_run_folder *folder, uint64_t step, gan_text *path) {
    gan__text_clear(path);
    gan__text_append(path, "%s/" CHECKPOINT_PREFIX "%08" PRIu64 CHECKPOINT_SUFFIX, folder->path,
                     step);
    return gan__text_status(path);
}

gan_status gan__run_folder_samples(const gan_run_folder *folder, uint64_t step, gan_text *path) {
    gan__text_clear(path);
    gan__text_append(path, "%s/samples/" PICTURE_PREFIX "%08" PRIu64 PICTURE_SUFFIX, folder->path,
                     step);
    return gan__text_status(path);
}

gan_status gan__run_folder_lines(const gan_run_folder *folder, uint64_t step, gan_text *path) {
    gan__text_clear(path);
    gan__text_append(path, "%s/samples/" PICTURE_PREFIX "%08" PRIu64 ".txt", folder->path, step);
    return gan__text_status(path);
}

// The step in a file's name, or -1 when the name is not of that form.
static int64_t name_step(const char *name, const char *prefix, const char *suffix) {
    const size_t length = strlen(prefix);
    if (strncmp(name, prefix, length) != 0 || name[length] < '0' || name[length] > '9') return -1;
    char *end = NULL;
    errno = 0;
    const unsigned long long step = strtoull(name + length, &end, 10);
    return errno == 0 && strcmp(end, suffix) == 0 && step <= INT64_MAX ? (int64_t)step : -1;
}

// --- What is there -------------------------------------------------------------------------------

typedef struct steps_list {
    uint64_t *step; // ascending
    size_t count;
} steps_list;

static int compare_steps(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// The steps of the files in the folder `path` whose names have that prefix and suffix.
static gan_status list_steps(const char *path, const char *prefix, const char *suffix,
                             steps_list *out) {
    *out = (steps_list){0};
    char **names = NULL;
    size_t count = 0;
    GAN_TRY(gan__folder_list(path, &names, &count));
    void *steps = NULL;
    gan_status status = gan__alloc(count, sizeof(uint64_t), &steps);
    out->step = steps;
    for (size_t i = 0; i < count; i++) {
        const int64_t step = name_step(names[i], prefix, suffix);
        if (status == GAN_STATUS_OK && step >= 0) out->step[out->count++] = (uint64_t)step;
    }
    gan__folder_list_free(names, count);
    if (status == GAN_STATUS_OK) qsort(out->step, out->count, sizeof *out->step, compare_steps);
    return status;
}

static gan_status list_checkpoints(const gan_run_folder *folder, steps_list *out) {
    return list_steps(folder->path, CHECKPOINT_PREFIX, CHECKPOINT_SUFFIX, out);
}

gan_status gan__run_folder_pictures(const gan_run_folder *folder, uint64_t **steps, size_t *count) {
    gan_text path = {0};
    steps_list found = {0};
    gan_status status = gan__run_folder_file(folder, "samples", &path);
    if (status == GAN_STATUS_OK)
        status = list_steps(path.bytes, PICTURE_PREFIX, PICTURE_SUFFIX, &found);
    gan__text_destroy(&path);
    *steps = found.step;
    *count = found.count;
    return status;
}

gan_status gan__run_folder_read_picture(const gan_run_folder *folder, uint64_t step,
                                        uint8_t **bytes, size_t *length) {
    gan_text path = {0};
    int file = -1;
    uint64_t size = 0;
    *bytes = NULL;
    *length = 0;
    gan_status status = gan__run_folder_samples(folder, step, &path);
    if (status == GAN_STATUS_OK) {
        status = gan__file_open_regular(path.bytes, &file, &size);
        if (status != GAN_STATUS_OK) status = gan__fail_in(status, "%s", path.bytes);
    }
    if (file >= 0) close(file);
    if (status == GAN_STATUS_OK && size <= GAN_RUN_PICTURE_BYTES)
        status = gan__file_read(path.bytes, GAN_RUN_PICTURE_BYTES, bytes, length);
    gan__text_destroy(&path);
    return status;
}

bool gan__run_folder_used(const gan_run_folder *folder) {
    static const char *const marks[] = {"recipe.yaml", "metrics.jsonl", "latest.gan"};
    gan_text path = {0};
    bool used = false;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && !used; i++)
        used = gan__run_folder_file(folder, marks[i], &path) == GAN_STATUS_OK &&
               gan__file_exists(path.bytes);
    gan__text_destroy(&path);
    if (used || !gan__file_is_folder(folder->path)) return used;
    steps_list found;
    used = list_checkpoints(folder, &found) == GAN_STATUS_OK && found.count > 0;
    gan__free(found.step);
    return used;
}

gan_status gan__run_folder_prepare(const gan_run_folder *folder) {
    gan_text samples = {0};
    gan_status status = gan__run_folder_file(folder, "samples", &samples);
    if (status == GAN_STATUS_OK) status = gan__folder_create(samples.bytes);
    if (status == GAN_STATUS_OK && access(folder->path, W_OK) != 0)
        status =
            gan__fail(GAN_STATUS_BAD_OUTPUT,
                      "the run's folder %s cannot be written to: %s; choose another with --out",
                      folder->path, strerror(errno));
    gan__text_destroy(&samples);
    return status;
}

static bool is_whole(const char *path) {
    gan_checkpoint *checkpoint = NULL;
    if (!gan__file_exists(path) || gan_checkpoint_open(path, &checkpoint) != GAN_STATUS_OK)
        return false;
    const bool whole = gan_checkpoint_verify(checkpoint) == GAN_STATUS_OK;
    gan_checkpoint_close(checkpoint);
    return whole;
}

gan_status gan__run_folder_newest(const gan_run_folder *folder, gan_text *path) {
    GAN_TRY(gan__run_folder_file(folder, "latest.gan", path));
    if (is_whole(path->bytes)) return GAN_STATUS_OK;
    steps_list found = {0};
    gan_status status =
        gan__file_is_folder(folder->path) ? list_checkpoints(folder, &found) : GAN_STATUS_OK;
    bool whole = false;
    for (size_t i = found.count; i-- > 0 && status == GAN_STATUS_OK && !whole;) {
        status = gan__run_folder_checkpoint(folder, found.step[i], path);
        whole = status == GAN_STATUS_OK && is_whole(path->bytes);
    }
    gan__free(found.step);
    if (status != GAN_STATUS_OK || whole) return status;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s holds no whole checkpoint to resume from; start it anew without --resume",
                     folder->path);
}

// --- Changing it ---------------------------------------------------------------------------------

// A second name for the same bytes; a copy where the file system has no hard links.
static gan_status link_or_copy(const char *from, const char *to) {
    if (link(from, to) == 0) return GAN_STATUS_OK;
    uint8_t *bytes = NULL;
    size_t length = 0;
    GAN_TRY(gan__file_read(from, SIZE_MAX, &bytes, &length));
    const gan_status status = gan__file_write(to, bytes, length);
    gan__free(bytes);
    return status;
}

gan_status gan__run_folder_publish(const gan_run_folder *folder, uint64_t step) {
    gan_text from = {0}, to = {0}, beside = {0};
    gan_status status = gan__run_folder_checkpoint(folder, step, &from);
    if (status == GAN_STATUS_OK) status = gan__run_folder_file(folder, "latest.gan", &to);
    if (status == GAN_STATUS_OK) status = gan__run_folder_file(folder, ".latest.gan.tmp", &beside);
    if (status == GAN_STATUS_OK) {
        unlink(beside.bytes);
        status = link_or_copy(from.bytes, beside.bytes);
    }
    if (status == GAN_STATUS_OK && rename(beside.bytes, to.bytes) != 0)
        status = gan__fail(GAN_STATUS_BAD_OUTPUT, "%s cannot be replaced: %s", to.bytes,
                           strerror(errno));
    // Where both are already the same file, rename keeps both names.
    if (beside.bytes != NULL) unlink(beside.bytes);
    gan__text_destroy(&from);
    gan__text_destroy(&to);
    gan__text_destroy(&beside);
    return status;
}

gan_status gan__run_folder_prune(const gan_run_folder *folder, uint64_t step, uint64_t keep) {
    if (keep == 0) return GAN_STATUS_OK;
    steps_list found;
    gan_status status = list_checkpoints(folder, &found);
    gan_text path = {0};
    while (found.count > 0 && found.step[found.count - 1] > step) found.count--;
    for (size_t i = 0; i + keep < found.count && status == GAN_STATUS_OK; i++) {
        status = gan__run_folder_checkpoint(folder, found.step[i], &path);
        if (status == GAN_STATUS_OK) unlink(path.bytes);
    }
    gan__text_destroy(&path);
    gan__free(found.step);
    return status;
}
