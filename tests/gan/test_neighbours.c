// Nearest neighbours by the device against every distance taken in double precision.
#include "cmocka_headers.h"

#include "base/philox.h"
#include "gan/neighbours.h"
#include "runtime/device_fixture.h"

#include <math.h>
#include <stdlib.h>

// More than a block of each, and no multiple of it.
enum { KNOWN = 2500, ASKED = 1300, WIDTH = 7, CLASSES = 5 };

static void fill(float *values, size_t count, uint64_t seed) {
    for (size_t i = 0; i < count; i++) values[i] = gan__philox_normal(seed, 0, 0, (uint32_t)i);
}

static uint32_t label_of_nearest(const float *point, const float *known, const uint32_t *labels) {
    double least = INFINITY;
    uint32_t label = 0;
    for (size_t i = 0; i < KNOWN; i++) {
        double sum = 0;
        for (size_t k = 0; k < WIDTH; k++) {
            const double difference = (double)point[k] - (double)known[i * WIDTH + k];
            sum += difference * difference;
        }
        if (sum < least) label = labels[i];
        if (sum < least) least = sum;
    }
    return label;
}

// Where two are about as near as float32 can tell either may be named: hardly ever.
static void the_nearest_of_all_blocks_gives_the_label(void **state) {
    (void)state;
    float *const known = malloc(KNOWN * WIDTH * sizeof(float));
    float *const asked = malloc(ASKED * WIDTH * sizeof(float));
    uint32_t *const labels = malloc(KNOWN * sizeof(uint32_t));
    gan_neighbours *neighbours = NULL;
    size_t others = 0;
    assert_true(known != NULL && asked != NULL && labels != NULL);
    fill(known, KNOWN * WIDTH, 1);
    fill(asked, ASKED * WIDTH, 2);
    for (size_t i = 0; i < KNOWN; i++) labels[i] = (uint32_t)(i * i % CLASSES);
    assert_ok(gan__neighbours_create(device, asked, ASKED, WIDTH, &neighbours));
    assert_ok(gan__neighbours_add(neighbours, known, labels, 600));
    assert_ok(gan__neighbours_add(neighbours, known + 600 * WIDTH, labels + 600, KNOWN - 600));
    const uint32_t *const found = gan__neighbours_labels(neighbours);
    for (size_t i = 0; i < ASKED; i++)
        others += found[i] != label_of_nearest(asked + i * WIDTH, known, labels);
    assert_in_range(others, 0, 1);
    gan__neighbours_destroy(neighbours);
    free(known);
    free(asked);
    free(labels);
}

// Features of an encoder may overflow.
static void points_that_are_no_numbers_are_nobodys_nearest(void **state) {
    (void)state;
    const float nowhere[2 * WIDTH] = {NAN, [WIDTH] = NAN}, somewhere[WIDTH] = {1};
    const float asked[WIDTH] = {0};
    const uint32_t labels[] = {1, 2}, label = 3;
    gan_neighbours *neighbours = NULL;
    assert_ok(gan__neighbours_create(device, asked, 1, WIDTH, &neighbours));
    assert_ok(gan__neighbours_add(neighbours, nowhere, labels, 2));
    assert_int_equal(gan__neighbours_labels(neighbours)[0], 0);
    assert_ok(gan__neighbours_add(neighbours, somewhere, &label, 1));
    assert_ok(gan__neighbours_add(neighbours, nowhere, labels, 2));
    assert_int_equal(gan__neighbours_labels(neighbours)[0], 3);
    // Nor do they hide those beside them.
    const float nearer[3 * WIDTH] = {NAN, [WIDTH] = 0.5F, [2 * WIDTH] = INFINITY};
    assert_ok(gan__neighbours_add(neighbours, nearer, (const uint32_t[]){1, 4, 2}, 3));
    assert_int_equal(gan__neighbours_labels(neighbours)[0], 4);
    gan__neighbours_destroy(neighbours);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_of_all_blocks_gives_the_label),
        cmocka_unit_test(points_that_are_no_numbers_are_nobodys_nearest),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
