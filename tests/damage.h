// What a damaged or hostile file may lead to in a reader, and nothing else: all is well, or exit
// code 4 with one message of one line, in little memory.
#ifndef GAN_TESTS_DAMAGE_H
#define GAN_TESTS_DAMAGE_H

#include "cmocka_headers.h"

#include "clgan/status.h"

#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DAMAGE_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DAMAGE_SANITIZED 1
#endif
#ifndef DAMAGE_SANITIZED
#define DAMAGE_SANITIZED 0
#endif

// From here on the process gets no more than so many MiB. Sanitizers reserve address space by the
// terabyte, so only a build without them is bounded.
static inline void damage_bound_memory(unsigned mebibytes) {
    const struct rlimit limit = {(rlim_t)mebibytes << 20, (rlim_t)mebibytes << 20};
    if (!DAMAGE_SANITIZED) assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
}

// Numbers at the edges of what 32 and 64 bits hold, of either byte order.
static const struct {
    size_t length;
    uint8_t bytes[8];
} damage_extremes[] = {
    {8, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
    {8, {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {8, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {8, {0, 0, 0, 0, 0, 0, 0, 0x80}},
    {4, {0xff, 0xff, 0xff, 0x7f}},
};
enum { DAMAGE_EXTREMES = sizeof damage_extremes / sizeof damage_extremes[0] };

// Calls `judge` with the bytes after each extreme was put at each place, and puts them back.
static inline void damage_by_extremes(uint8_t *bytes, size_t length,
                                      void (*judge)(const uint8_t *bytes, size_t length)) {
    for (size_t e = 0; e < DAMAGE_EXTREMES; e++) {
        const size_t size = damage_extremes[e].length;
        for (size_t at = 0; at + size <= length; at++) {
            uint8_t kept[8];
            memcpy(kept, bytes + at, size);
            memcpy(bytes + at, damage_extremes[e].bytes, size);
            judge(bytes, length);
            memcpy(bytes + at, kept, size);
        }
    }
}

// Whether the status is OK; fails where it is neither OK nor a bad input that is told in one line.
static inline bool damage_judge(gan_status status) {
    if (status == GAN_STATUS_OK) return true;
    const char *const message = gan_status_message();
    if (gan_status_exit_code(status) != 4) fail_msg("%s: %s", gan_status_name(status), message);
    if (message[0] == '\0') fail_msg("%s without a message", gan_status_name(status));
    for (const char *at = message; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            fail_msg("byte 0x%02x in the message: %s", (unsigned char)*at, message);
    return false;
}

#endif
