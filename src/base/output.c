// Files that appear whole or not at all: written beside the target, synced, renamed.
//
// A target that is neither a file nor absent (/dev/null, a pipe) cannot be replaced by a rename and
// is written to directly. A symbolic link is followed, as open would.
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 65536 };

struct gan_output {
    int file;
    bool created;       // the temporary file is there
    gan_text target;    // links resolved
    gan_text folder;    // the target's; "." for a bare name
    gan_text temporary; // "" when the target is written to directly
    uint64_t position;  // bytes given to gan__output_write
    size_t waiting;     // of those, still in the buffer
    uint8_t buffer[BUFFER_BYTES];
};

static gan_status output_fail(const gan_output *output, const char *verb, int error) {
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s: cannot be %s: %s",
                     gan__text_string(&output->target), verb, strerror(error));
}

// Fills in the three names. `about` is what the target is now, NULL where it is absent.
static gan_status output_name(gan_output *output, const char *path, const struct stat *about) {
    char *resolved = about ? realpath(path, NULL) : NULL;
    gan__text_append(&output->target, "%s", resolved ? resolved : path);
    free(resolved);
    const char *target = gan__text_string(&output->target);
    const char *slash = strrchr(target, '/');
    int folder_length = slash ? (int)(slash - target) : 0;
    gan__text_append(&output->folder, "%.*s%s", folder_length, target,
                     slash == target ? "/"
                     : slash         ? ""
                                     : ".");
    if (!about || S_ISREG(about->st_mode)) {
        gan__text_append(&output->temporary, "%s/.%s.tmp-%ld", gan__text_string(&output->folder),
                         slash ? slash + 1 : target, (long)getpid());
    }
    GAN_TRY(gan__text_status(&output->target));
    GAN_TRY(gan__text_status(&output->folder));
    return gan__text_status(&output->temporary);
}

static gan_status output_open(gan_output *output, const struct stat *about) {
    if (output->temporary.length == 0) {
        output->file = open(gan__text_string(&output->target), O_WRONLY | O_CLOEXEC);
    } else {
        const char *name = gan__text_string(&output->temporary);
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
        output->file = open(name, flags, 0666);
        // One of that name is what a killed process with this number left behind.
        if (output->file < 0 && errno == EEXIST && unlink(name) == 0) {
            output->file = open(name, flags, 0666);
        }
        output->created = output->file >= 0;
        if (output->created && about) (void)fchmod(output->file, about->st_mode & 07777);
    }
    return output->file < 0 ? output_fail(output, "created", errno) : GAN_STATUS_OK;
}

gan_status gan__output_create(const char *path, gan_output **out) {
    *out = NULL;
    struct stat now;
    bool present = stat(path, &now) == 0;
    size_t length = strlen(path);
    if (length == 0) return gan__fail(GAN_STATUS_BAD_OUTPUT, "the name of an output is empty");
    if ((present && S_ISDIR(now.st_mode)) || path[length - 1] == '/') {
        return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s: is a folder, where a file is wanted", path);
    }
    gan_output *output;
    GAN_TRY(gan__alloc(1, sizeof *output, (void **)&output));
    output->file = -1;
    gan_status status = output_name(output, path, present ? &now : NULL);
    if (status == GAN_STATUS_OK) status = output_open(output, present ? &now : NULL);
    if (status == GAN_STATUS_OK) {
        *out = output;
    } else {
        gan__output_discard(output);
    }
    return status;
}

static gan_status write_fully(gan_output *output, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t put = write(output->file, bytes, length < INT_MAX ? length : INT_MAX);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return output_fail(output, "written", errno);
        bytes += put;
        length -= (size_t)put;
    }
    return GAN_STATUS_OK;
}

static gan_status output_flush(gan_output *output) {
    size_t waiting = output->waiting;
    output->waiting = 0;
    return write_fully(output, output->buffer, waiting);
}

gan_status gan__output_write(gan_output *output, const void *bytes, size_t length) {
    output->position += length;
    if (length > BUFFER_BYTES - output->waiting) GAN_TRY(output_flush(output));
    if (length > BUFFER_BYTES) return write_fully(output, bytes, length);
    if (length > 0) memcpy(output->buffer + output->waiting, bytes, length);
    output->waiting += length;
    return GAN_STATUS_OK;
}

uint64_t gan__output_position(const gan_output *output) {
    return output->position;
}

gan_status gan__output_patch(gan_output *output, uint64_t at, const void *bytes, size_t length) {
    if (at > output->position || length > output->position - at) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: bytes %llu to %llu are not written yet",
                         gan__text_string(&output->target), (unsigned long long)at,
                         (unsigned long long)(at + length));
    }
    GAN_TRY(output_flush(output));
    const uint8_t *from = bytes;
    while (length > 0) {
        ssize_t put = pwrite(output->file, from, length < INT_MAX ? length : INT_MAX, (off_t)at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return output_fail(output, "written", errno);
        from += put;
        at += (uint64_t)put;
        length -= (size_t)put;
    }
    return GAN_STATUS_OK;
}

// Makes a rename last through a power cut; file systems that cannot sync a folder are left alone.
static void sync_folder(const char *path) {
    int folder = open(path, O_RDONLY | O_CLOEXEC);
    if (folder < 0) return;
    (void)fsync(folder);
    close(folder);
}

static gan_status output_finish(gan_output *output) {
    GAN_TRY(output_flush(output));
    if (output->temporary.length == 0) return GAN_STATUS_OK;
    if (fsync(output->file) != 0) return output_fail(output, "written", errno);
    int closed = close(output->file);
    output->file = -1;
    if (closed != 0) return output_fail(output, "written", errno);
    if (rename(gan__text_string(&output->temporary), gan__text_string(&output->target)) != 0) {
        return output_fail(output, "replaced", errno);
    }
    output->created = false;
    sync_folder(gan__text_string(&output->folder));
    return GAN_STATUS_OK;
}

gan_status gan__output_commit(gan_output *output) {
    gan_status status = output_finish(output);
    gan__output_discard(output);
    return status;
}

void gan__output_discard(gan_output *output) {
    if (!output) return;
    if (output->file >= 0) close(output->file);
    if (output->created) unlink(gan__text_string(&output->temporary));
    gan__text_destroy(&output->target);
    gan__text_destroy(&output->folder);
    gan__text_destroy(&output->temporary);
    gan__free(output);
}

gan_status gan__file_write(const char *path, const void *bytes, size_t length) {
    gan_output *output;
    GAN_TRY(gan__output_create(path, &output));
    gan_status status = gan__output_write(output, bytes, length);
    if (status == GAN_STATUS_OK) return gan__output_commit(output);
    gan__output_discard(output);
    return status;
}
