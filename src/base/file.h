// Files: whole reads, and writes that are either complete or absent.
#ifndef GAN_BASE_FILE_H
#define GAN_BASE_FILE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// The whole file; *bytes is the caller's (gan__free), with one zero byte behind the content.
// Errors: BAD_INPUT (absent, unreadable, a folder, larger than `limit` bytes).
gan_status gan__file_read(const char *path, size_t limit, uint8_t **bytes, size_t *length);

// As above, but a gzip file is decompressed first (found by its magic, not by its name).
// Errors: also CORRUPT when the gzip stream is damaged or cut short.
gan_status gan__file_read_gzip(const char *path, size_t limit, uint8_t **bytes, size_t *length);

// Opens a regular file for gan__file_read_at; *file (-1 on failure) is the caller's (close). A pipe
// is refused, not waited for. Errors: BAD_INPUT (absent, a folder, a pipe, a device); put the name
// before them (gan__fail_in).
gan_status gan__file_open_regular(const char *path, int *file, uint64_t *size);
// Exactly `length` bytes of the open file from `offset`, its position untouched. Errors: CORRUPT
// (it ends before), BAD_INPUT (it cannot be read); put its name before them (gan__fail_in).
gan_status gan__file_read_at(int file, uint64_t offset, void *bytes, size_t length);

// A file being written beside its target, on the same file system, as .<name>.tmp-<pid>.
typedef struct gan_output gan_output;
gan_status gan__output_create(const char *path, gan_output **out); // errors: BAD_OUTPUT
gan_status gan__output_write(gan_output *output, const void *bytes, size_t length);
uint64_t gan__output_position(const gan_output *output);
// Overwrites earlier bytes (a header whose content is known last); the position stays at the end.
gan_status gan__output_patch(gan_output *output, uint64_t at, const void *bytes, size_t length);
// Flushes, syncs, renames over the target and syncs its folder; the output is destroyed either way.
gan_status gan__output_commit(gan_output *output);
// Throws the unfinished file away; NULL is allowed.
void gan__output_discard(gan_output *output);

// gan__output_create, _write and _commit in one.
gan_status gan__file_write(const char *path, const void *bytes, size_t length);

// Waits until no other process, thread or opening holds the lock of that name, and holds it. The
// file is made where it is absent and stays; a process that ends lets go of its locks.
// Errors: BAD_OUTPUT (it cannot be made, or its file system knows no locks); *lock is then -1.
gan_status gan__file_lock(const char *path, int *lock);
void gan__file_unlock(int lock); // -1 is allowed

bool gan__file_exists(const char *path);
bool gan__file_is_folder(const char *path);
// Creates the folder and its parents; one that exists is fine. Errors: BAD_OUTPUT.
gan_status gan__folder_create(const char *path);
// The names in a folder except "." and "..", sorted by bytes; they are the caller's
// (gan__folder_list_free).
gan_status gan__folder_list(const char *path, char ***names, size_t *count);
// Frees a list of `count` texts, each and the array.
void gan__folder_list_free(char **names, size_t count);
// The folder for clgan's caches: $CLGAN_CACHE_DIR, else $XDG_CACHE_HOME/clgan, else ~/.cache/clgan
// (~/Library/Caches/clgan on macOS). "" when caching is off ($CLGAN_CACHE_DIR=off) or no home is
// known.
const char *gan__folder_cache(void);

#endif
