// A folder for the tests of files, and a pipe that nobody reads.
#ifndef GAN_TESTS_GAN_PIPE_H
#define GAN_TESTS_GAN_PIPE_H

#include "test_folder.h"

#include <signal.h>
#include <string.h>

// The writing end of a pipe whose reader has gone.
static inline int closed_pipe(void) {
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    return ends[1];
}

#endif
