// What all fuzz targets share: the file their bytes stand in, and what they insist on.
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[80];
static int file = -1;

static void remove_file(void) {
    unlink(path);
    rmdir(folder);
}

// In memory, where the system has such a place.
static void create_file(void) {
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/clgan-fuzz-XXXXXX", memory);
    fuzz_insist(mkdtemp(folder) != NULL, "a folder for the input");
    snprintf(path, sizeof path, "%s/input", folder);
    file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    fuzz_insist(file >= 0, "a file for the input");
    atexit(remove_file);
}

const char *fuzz_file_empty(int *descriptor) {
    if (file < 0) create_file();
    fuzz_insist(ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0, "an empty file");
    *descriptor = file;
    return path;
}

const char *fuzz_file(const uint8_t *bytes, size_t length) {
    int descriptor;
    (void)fuzz_file_empty(&descriptor);
    fuzz_insist(write(descriptor, bytes, length) == (ssize_t)length, "the input written");
    return path;
}

void fuzz_insist(bool held, const char *what) {
    if (held) return;
    fprintf(stderr, "fuzz: not held: %s\nlast message: %s\n", what, gan_status_message());
    abort();
}

static bool is_printable(const char *message) {
    for (const char *at = message; *at; at++) {
        const unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 || byte == 0x7f) return false;
    }
    return true;
}

bool fuzz_judge(gan_status status) {
    if (status == GAN_STATUS_OK) return true;
    fuzz_insist(gan_status_exit_code(status) == 4, "a bad input ends in exit code 4");
    fuzz_insist(gan_status_message()[0] != '\0', "a failure has a message");
    fuzz_insist(is_printable(gan_status_message()), "a message has no control bytes");
    return false;
}
