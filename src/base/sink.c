// Writing to a gan_target. Files are base/file.h's matter; what is new here are descriptors: whole
// writes, a buffer, and a reader that has gone told apart from a failure.
#include "base/sink.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 65536 };

struct gan_sink {
    gan_output *output; // NULL for a descriptor
    int fd;
    uint64_t position;
    size_t waiting; // bytes in the buffer
    uint8_t buffer[BUFFER_BYTES];
};

static gan_status fail(int fd, int error) {
    char name[32] = "the standard output";
    if (fd != STDOUT_FILENO) snprintf(name, sizeof name, "descriptor %d", fd);
    if (error == EPIPE) return gan__fail(GAN_STATUS_CLOSED, "%s: its reader has closed it", name);
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s: cannot be written: %s", name, strerror(error));
}

gan_status gan__sink_open(gan_target target, gan_sink **out) {
    *out = NULL;
    if (!target.path && isatty(target.fd))
        return gan__fail(GAN_STATUS_BAD_OUTPUT,
                         "binary output is not written to a terminal; name a file, or lead the "
                         "output into a file or a pipe");
    void *block;
    GAN_TRY(gan__alloc(1, sizeof **out, &block));
    gan_sink *sink = block;
    sink->fd = target.fd;
    gan_status status = GAN_STATUS_OK;
    if (target.path) status = gan__output_create(target.path, &sink->output);
    if (status == GAN_STATUS_OK)
        *out = sink;
    else
        gan__free(sink);
    return status;
}

static gan_status write_all(int fd, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1); // a failure shows in the next write
        } else if (errno != EINTR) {
            return fail(fd, errno);
        }
    }
    return GAN_STATUS_OK;
}

static gan_status flush(gan_sink *sink) {
    size_t waiting = sink->waiting;
    sink->waiting = 0;
    return write_all(sink->fd, sink->buffer, waiting);
}

gan_status gan__sink_write(gan_sink *sink, const void *bytes, size_t length) {
    sink->position += length;
    if (sink->output) return gan__output_write(sink->output, bytes, length);
    if (length > BUFFER_BYTES - sink->waiting) GAN_TRY(flush(sink));
    if (length > BUFFER_BYTES) return write_all(sink->fd, bytes, length);
    if (length) memcpy(sink->buffer + sink->waiting, bytes, length);
    sink->waiting += length;
    return GAN_STATUS_OK;
}

uint64_t gan__sink_position(const gan_sink *sink) {
    return sink->position;
}

gan_status gan__sink_commit(gan_sink *sink) {
    gan_status status = sink->output ? gan__output_commit(sink->output) : flush(sink);
    gan__free(sink);
    return status;
}

void gan__sink_discard(gan_sink *sink) {
    if (!sink) return;
    gan__output_discard(sink->output);
    gan__free(sink);
}

gan_status gan__sink_end(gan_sink *sink, gan_status status) {
    if (status == GAN_STATUS_OK) return gan__sink_commit(sink);
    gan__sink_discard(sink);
    return status;
}
