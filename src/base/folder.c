// Folders: creating, listing, and the one for caches.
#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static gan_status folder_create_one(const char *path) {
    if (mkdir(path, 0777) == 0 || gan__file_is_folder(path)) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s: the folder cannot be created: %s", path,
                     strerror(errno));
}

gan_status gan__folder_create(const char *path) {
    size_t length = strlen(path);
    char *part;
    GAN_TRY(gan__alloc(length + 1, 1, (void **)&part));
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 1; i < length && status == GAN_STATUS_OK; i++) {
        if (path[i] != '/') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        status = folder_create_one(part);
    }
    gan__free(part);
    return status == GAN_STATUS_OK ? folder_create_one(path) : status;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static gan_status append_name(char ***names, size_t *count, size_t *capacity, const char *name) {
    if (*count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 32;
        GAN_TRY(gan__realloc(wanted, sizeof(char *), (void **)names));
        *capacity = wanted;
    }
    size_t length = strlen(name);
    GAN_TRY(gan__alloc(length + 1, 1, (void **)&(*names)[*count]));
    memcpy((*names)[*count], name, length);
    *count += 1;
    return GAN_STATUS_OK;
}

static gan_status read_names(DIR *folder, const char *path, char ***names, size_t *count) {
    size_t capacity = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry && errno != 0) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "%s: the folder cannot be read: %s", path,
                             strerror(errno));
        }
        if (!entry) return GAN_STATUS_OK;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        GAN_TRY(append_name(names, count, &capacity, entry->d_name));
    }
}

void gan__folder_list_free(char **names, size_t count) {
    for (size_t i = 0; i < count; i++) gan__free(names[i]);
    gan__free(names);
}

gan_status gan__folder_list(const char *path, char ***names, size_t *count) {
    *count = 0;
    GAN_TRY(gan__alloc(0, sizeof(char *), (void **)names));
    DIR *folder = opendir(path);
    gan_status status;
    if (folder) {
        status = read_names(folder, path, names, count);
        closedir(folder);
    } else {
        status = gan__fail(GAN_STATUS_BAD_INPUT, "%s: the folder cannot be opened: %s", path,
                           strerror(errno));
    }
    if (status == GAN_STATUS_OK) {
        qsort(*names, *count, sizeof(char *), compare_names);
        return GAN_STATUS_OK;
    }
    gan__folder_list_free(*names, *count);
    *names = NULL;
    *count = 0;
    return status;
}

#if defined(__APPLE__)
#define HOME_CACHES "Library/Caches"
#else
#define HOME_CACHES ".cache"
#endif

static const char *environment(const char *name) {
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

const char *gan__folder_cache(void) {
    static _Thread_local char path[4096];
    const char *own = environment("CLGAN_CACHE_DIR");
    const char *shared = environment("XDG_CACHE_HOME");
    const char *home = environment("HOME");
    int length = 0;
    if (own) {
        length = snprintf(path, sizeof path, "%s", strcmp(own, "off") == 0 ? "" : own);
    } else if (shared && shared[0] == '/') { // the XDG specification ignores relative ones
        length = snprintf(path, sizeof path, "%s/clgan", shared);
    } else if (home) {
        length = snprintf(path, sizeof path, "%s/" HOME_CACHES "/clgan", home);
    } else {
        path[0] = '\0';
    }
    return length < (int)sizeof path ? path : "";
}
