// Reading the numbers that tests/golden/make_nn.py wrote, and the formula both sides share.
#ifndef GAN_TESTS_NN_GOLDEN_H
#define GAN_TESTS_NN_GOLDEN_H

#include "cmocka_headers.h"

#include "base/file.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Element i is scale * sin(1.3 i + 2.1 salt + 0.5), as in make_nn.py.
static inline void golden_values(double *values, size_t count, int salt, double scale) {
    for (size_t i = 0; i < count; i++) values[i] = scale * sin(1.3 * (double)i + 2.1 * salt + 0.5);
}

// The whole of tests/golden/<name>; free with gan__free.
static inline char *golden_open(const char *name) {
    char path[512];
    uint8_t *bytes;
    size_t length;
    snprintf(path, sizeof path, "%s/tests/golden/%s", CLGAN_TEST_SOURCE, name);
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, &length), GAN_STATUS_OK);
    return (char *)bytes;
}

// Just behind the line "case <name>".
static inline const char *golden_case(const char *text, const char *name) {
    char line[128];
    snprintf(line, sizeof line, "case %s\n", name);
    const char *at = strstr(text, line);
    if (!at) fail_msg("no golden case %s", name);
    return at + strlen(line);
}

// The numbers of the line `what` of the case that begins at `at`; free with gan__free.
static inline double *golden_line(const char *at, const char *what, size_t *count) {
    const char *end = strstr(at, "\ncase ");
    size_t length = strlen(what);
    while (at && (!end || at < end)) {
        if (strncmp(at, what, length) == 0 && at[length] == ' ') break;
        at = strchr(at, '\n');
        if (at) at++;
    }
    if (!at || !*at) fail_msg("no golden line %s", what);
    char *next;
    *count = strtoul(at + length, &next, 10);
    double *numbers;
    assert_int_equal(gan__alloc(*count, sizeof *numbers, (void **)&numbers), GAN_STATUS_OK);
    for (size_t i = 0; i < *count; i++) numbers[i] = strtod(next, &next);
    return numbers;
}

// Fails unless every element is within tolerance * max(|expected|, the expected tensor's root mean
// square): relative, but not to a zero among larger numbers.
static inline void golden_compare(const char *name, const char *what, const double *got,
                                  const double *expected, size_t count, double tolerance) {
    double squares = 0;
    for (size_t i = 0; i < count; i++) squares += expected[i] * expected[i];
    double size = sqrt(squares / (double)count);
    for (size_t i = 0; i < count; i++) {
        double allowed = tolerance * fmax(fabs(expected[i]), size);
        if (!(fabs(got[i] - expected[i]) <= allowed))
            fail_msg("%s %s[%zu] is %.17g, not %.17g", name, what, i, got[i], expected[i]);
    }
}

#endif
