// Where a product is written: a file, which appears whole or not at all, or an open descriptor.
#ifndef CLGAN_TARGET_H
#define CLGAN_TARGET_H

// With a path, `fd` is ignored: the bytes go beside the target, are synced and renamed over it.
// With a NULL path they go to the descriptor (1 for the standard output), which stays open; a
// terminal is refused (BAD_OUTPUT). When the reader of a pipe has gone, writing returns
// GAN_STATUS_CLOSED, no failure to speak of; for that the program must ignore SIGPIPE.
typedef struct gan_target {
    const char *path;
    int fd;
} gan_target;

#endif
