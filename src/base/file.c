// Reading files, whole, from gzip, and in parts.
#include "base/file.h"

#include "base/growth.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

bool gan__file_exists(const char *path) {
    struct stat about;
    return stat(path, &about) == 0;
}

bool gan__file_is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static gan_status too_large(const char *path, size_t limit) {
    return gan__fail(GAN_STATUS_BAD_INPUT, "%s: larger than the %zu bytes that are accepted here",
                     path, limit);
}

gan_status gan__file_open_regular(const char *path, int *out, uint64_t *size) {
    struct stat about;
    *out = -1;
    // Without O_NONBLOCK a pipe nobody writes to would hang.
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        return gan__fail(GAN_STATUS_BAD_INPUT, "cannot be opened: %s", strerror(errno));
    }
    const char *problem = NULL;
    if (fstat(file, &about) != 0) {
        problem = strerror(errno);
    } else if (S_ISDIR(about.st_mode)) {
        problem = "is a folder, where a file is wanted";
    } else if (!S_ISREG(about.st_mode)) {
        problem = "is a pipe or a device, where a file is wanted; save it to a file first";
    }
    if (problem) {
        close(file);
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s", problem);
    }
    *out = file;
    *size = (uint64_t)about.st_size;
    return GAN_STATUS_OK;
}

// Makes room for one byte more than `used`, at least doubling up to one above the limit.
static gan_status grow(uint8_t **bytes, size_t *capacity, size_t used, size_t limit) {
    if (used < *capacity) return GAN_STATUS_OK;
    size_t wanted = used > SIZE_MAX / 2 - 4096 ? SIZE_MAX : used * 2 + 4096;
    if (wanted - 1 > limit) wanted = limit < SIZE_MAX ? limit + 1 : limit;
    GAN_TRY(gan__realloc(wanted, 1, (void **)bytes));
    *capacity = wanted;
    return GAN_STATUS_OK;
}

// Reads to the end of `file`, whatever its size was said to be; *capacity bytes are there.
static gan_status read_all(int file, const char *path, size_t limit, uint8_t **bytes,
                           size_t *capacity, size_t *length) {
    for (;;) {
        if (*length > limit) return too_large(path, limit);
        GAN_TRY(grow(bytes, capacity, *length, limit));
        size_t room = *capacity - *length;
        ssize_t got = read(file, *bytes + *length, room < INT_MAX ? room : INT_MAX);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "%s: cannot be read at byte %zu: %s", path,
                             *length, strerror(errno));
        }
        if (got == 0) break;
        *length += (size_t)got;
    }
    (*bytes)[*length] = 0; // grow left room for it
    return GAN_STATUS_OK;
}

gan_status gan__file_read(const char *path, size_t limit, uint8_t **bytes, size_t *length) {
    *bytes = NULL;
    *length = 0;
    int file;
    uint64_t size = 0;
    gan_status status = gan__file_open_regular(path, &file, &size);
    if (status != GAN_STATUS_OK) return gan__fail_in(status, "%s", path);
    if (size > limit) status = too_large(path, limit);
    size_t capacity = (size_t)size + 1;
    if (status == GAN_STATUS_OK) status = gan__alloc(capacity, 1, (void **)bytes);
    if (status == GAN_STATUS_OK) status = read_all(file, path, limit, bytes, &capacity, length);
    close(file);
    if (status != GAN_STATUS_OK) {
        gan__free(*bytes);
        *bytes = NULL;
        *length = 0;
    }
    return status;
}

gan_status gan__file_read_at(int file, uint64_t offset, void *bytes, size_t length) {
    uint8_t *to = bytes;
    while (length > 0) {
        ssize_t got = pread(file, to, length < INT_MAX ? length : INT_MAX, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "it cannot be read at byte %llu: %s",
                             (unsigned long long)offset, strerror(errno));
        }
        if (got == 0) {
            return gan__fail(GAN_STATUS_CORRUPT,
                             "the file ends at byte %llu, too early; fetch or write it again",
                             (unsigned long long)offset);
        }
        to += got;
        offset += (uint64_t)got;
        length -= (size_t)got;
    }
    return GAN_STATUS_OK;
}

// Inflates every member of the gzip file `packed`, to `limit` bytes and to what base/growth.h
// allows; zero bytes behind the last are padding.
static gan_status gunzip(z_stream *stream, const char *path, size_t limit, const uint8_t *packed,
                         size_t packed_length, uint8_t **bytes, size_t *length) {
    const gan_growth growth = {.length = packed_length};
    const uint64_t most = gan__growth_limit(packed_length);
    const size_t end = most < limit ? (size_t)most : limit;
    size_t capacity = 0, at = 0;
    for (;;) {
        if (*length > most) return gan__fail_in(gan__growth_refuse(&growth), "%s", path);
        if (*length > limit) return too_large(path, limit);
        GAN_TRY(grow(bytes, &capacity, *length, end));
        size_t room = capacity - *length, left = packed_length - at;
        stream->next_out = *bytes + *length;
        stream->avail_out = (uInt)(room < INT_MAX ? room : INT_MAX);
        stream->next_in = (Bytef *)(uintptr_t)(packed + at);
        stream->avail_in = (uInt)(left < INT_MAX ? left : INT_MAX);
        int result = inflate(stream, Z_NO_FLUSH);
        *length = (size_t)(stream->next_out - *bytes);
        at = (size_t)(stream->next_in - packed);
        if (result == Z_OK) continue;
        if (result == Z_MEM_ERROR) return gan__fail(GAN_STATUS_NO_MEMORY, "%s: no memory", path);
        if (result == Z_BUF_ERROR) {
            return gan__fail(GAN_STATUS_CORRUPT,
                             "%s: the gzip file is cut short at byte %zu; fetch it again", path,
                             packed_length);
        }
        if (result != Z_STREAM_END) {
            return gan__fail(GAN_STATUS_CORRUPT,
                             "%s: the gzip file is damaged near byte %zu (%s); fetch it again",
                             path, at, stream->msg ? stream->msg : "not what gzip writes");
        }
        while (at < packed_length && packed[at] == 0) at++;
        if (at == packed_length) return GAN_STATUS_OK;
        inflateReset(stream);
    }
}

gan_status gan__file_read_gzip(const char *path, size_t limit, uint8_t **bytes, size_t *length) {
    *bytes = NULL;
    *length = 0;
    uint8_t *packed;
    size_t packed_length;
    GAN_TRY(gan__file_read(path, limit, &packed, &packed_length));
    bool is_gzip = packed_length >= 2 && packed[0] == 0x1F && packed[1] == 0x8B;
    if (!is_gzip) {
        *bytes = packed;
        *length = packed_length;
        return GAN_STATUS_OK;
    }

    z_stream stream = {0};
    gan_status status = GAN_STATUS_OK;
    if (inflateInit2(&stream, 15 + 16) != Z_OK) { // 16: gzip's header and trailer
        status = gan__fail(GAN_STATUS_NO_MEMORY, "%s: zlib cannot start", path);
    } else {
        status = gunzip(&stream, path, limit, packed, packed_length, bytes, length);
        inflateEnd(&stream);
    }
    gan__free(packed);
    if (status != GAN_STATUS_OK) {
        gan__free(*bytes);
        *bytes = NULL;
        *length = 0;
    } else {
        (*bytes)[*length] = 0;
    }
    return status;
}
