// The inputs that tests/golden/make_evaluate.py and the tests of evaluation share, and its numbers.
#ifndef GAN_TESTS_GAN_GOLDEN_VALUES_H
#define GAN_TESTS_GAN_GOLDEN_VALUES_H

#include "nn/golden.h"

// Element i is offset + scale * sin(1.3 i + 2.1 salt + 0.5), rounded to float.
static inline void float_values(float *values, size_t count, int salt, double scale,
                                double offset) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(offset + scale * sin(1.3 * (double)i + 2.1 * salt + 0.5));
}

// The numbers of a line of tests/golden/<file> into `numbers`, which must be `count`.
static inline void golden_read(const char *file, const char *of_case, const char *what,
                               double *numbers, size_t count) {
    size_t found = 0;
    uint8_t *text = NULL;
    size_t length = 0;
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/%s", CLGAN_TEST_SOURCE, file);
    assert_int_equal(gan__file_read(path, 1 << 20, &text, &length), GAN_STATUS_OK);
    double *const read = golden_line(golden_case((char *)text, of_case), what, &found);
    assert_int_equal(found, count);
    memcpy(numbers, read, count * sizeof *numbers);
    gan__free(read);
    gan__free(text);
}

static inline void golden_numbers(const char *of_case, const char *what, double *numbers,
                                  size_t count) {
    golden_read("evaluate.txt", of_case, what, numbers, count);
}

// Absolute tolerance; infinities must be equal.
static inline void assert_near(const char *what, double got, double expected, double tolerance) {
    if (got == expected || fabs(got - expected) <= tolerance) return;
    fail_msg("%s is %.17g, not %.17g within %g", what, got, expected, tolerance);
}

#endif
