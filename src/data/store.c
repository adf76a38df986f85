// Keeps the samples of a large set in a file instead of in memory, from where a sample is read when
// it is wanted: the system's cache of files holds what memory there is to spare, and gives it up
// when a program needs it. The file is the data set's own where the samples lie in it as they are,
// else one without a name in the cache's folder, which vanishes with the process. Where there is no
// such folder, or no room in it, the samples stay in memory.
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/formats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST_BYTES  ((uint64_t)16 << 20)
#define CHUNK_BYTES  ((size_t)1 << 20)
#define NAME_PATTERN "samples-XXXXXX"

static bool is_equal(int file, uint64_t start, const uint8_t *samples, uint64_t bytes) {
    void *chunk = NULL;
    bool equal = gan__alloc(1, CHUNK_BYTES, &chunk) == GAN_STATUS_OK;
    for (uint64_t at = 0; equal && at < bytes; at += CHUNK_BYTES) {
        const size_t length = bytes - at < CHUNK_BYTES ? (size_t)(bytes - at) : CHUNK_BYTES;
        equal = gan__file_read_at(file, start + at, chunk, length) == GAN_STATUS_OK &&
                memcmp(chunk, samples + at, length) == 0;
    }
    gan__free(chunk);
    return equal;
}

// The data set's own file, if from byte `start` on it holds the samples; else -1.
static int open_own(const char *path, uint64_t start, const uint8_t *samples, uint64_t bytes) {
    uint64_t size = 0;
    int file = -1;
    if (gan__file_open_regular(path, &file, &size) != GAN_STATUS_OK) return -1;
    if (size >= start && size - start >= bytes && is_equal(file, start, samples, bytes))
        return file;
    close(file);
    return -1;
}

static bool write_all(int file, const uint8_t *bytes, uint64_t length) {
    while (length > 0) {
        const size_t part = length < CHUNK_BYTES ? (size_t)length : CHUNK_BYTES;
        const ssize_t written = write(file, bytes, part);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        length -= (uint64_t)written;
    }
    return true;
}

// An open file of that name that no one else can find, or -1.
static int create_nameless(char *path) {
    const int file = mkstemp(path);
    if (file < 0) return -1;
    unlink(path);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    return file;
}

static int create_copy(const uint8_t *samples, uint64_t bytes) {
    const char *folder = gan__folder_cache();
    void *path = NULL;
    int file = -1;
    if (!*folder || gan__folder_create(folder) != GAN_STATUS_OK ||
        gan__alloc(1, strlen(folder) + sizeof "/" NAME_PATTERN, &path) != GAN_STATUS_OK)
        return -1;
    strcpy(path, folder);
    strcat(path, "/" NAME_PATTERN);
    file = create_nameless(path);
    gan__free(path);
    if (file < 0 || write_all(file, samples, bytes)) return file;
    close(file);
    return -1;
}

void gan__dataset_store(gan_dataset *dataset, const char *path) {
    const uint64_t bytes = dataset->info.count * dataset->sample_bytes;
    if (!dataset->samples || bytes < LEAST_BYTES) return;
    uint64_t start = (uint64_t)(dataset->samples - dataset->storage);
    int file = open_own(path, start, dataset->samples, bytes);
    if (file < 0) {
        start = 0;
        file = create_copy(dataset->samples, bytes);
    }
    if (file < 0) return;
    gan__free(dataset->storage);
    dataset->storage = NULL;
    dataset->samples = NULL;
    dataset->filed = true;
    dataset->file = file;
    dataset->file_start = start;
}

gan_status gan__dataset_stored(const gan_dataset *dataset, uint64_t index, uint8_t *sample) {
    const gan_status status =
        gan__file_read_at(dataset->file, dataset->file_start + index * dataset->stored_bytes,
                          sample, dataset->stored_bytes);
    return status == GAN_STATUS_OK
               ? status
               : gan__fail_in(status, "sample %llu of the data set", (unsigned long long)index);
}
