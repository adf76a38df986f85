// Locks that processes share: files that one at a time may hold.
#define _DEFAULT_SOURCE // flock
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

gan_status gan__file_lock(const char *path, int *lock) {
    int held = -1;
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    while (*lock >= 0 && (held = flock(*lock, LOCK_EX)) != 0 && errno == EINTR) continue;
    if (held == 0) return GAN_STATUS_OK;
    int error = errno;
    if (*lock >= 0) close(*lock);
    *lock = -1;
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s: cannot be locked: %s", path, strerror(error));
}

void gan__file_unlock(int lock) {
    if (lock >= 0) close(lock);
}
