// Products of rows with rows: against sums taken one at a time, to the bit.
#include "cmocka_headers.h"

#include "base/memory.h"
#include "base/tiles.h"

#include <math.h>

static double value(size_t row, size_t column, int salt) {
    return sin(0.3 * (double)(row * row) + 1.7 * (double)column + salt);
}

static void assert_all_products(const double *a, size_t rows, size_t others, size_t width) {
    void *right = NULL, *out = NULL;
    assert_int_equal(gan__alloc(others * width, sizeof(double), &right), GAN_STATUS_OK);
    assert_int_equal(gan__alloc(rows * others, sizeof(double), &out), GAN_STATUS_OK);
    double *const b = right;
    for (size_t i = 0; i < others * width; i++) b[i] = value(i / width, i % width, 2);
    assert_int_equal(gan__products(a, rows, b, others, width, out), GAN_STATUS_OK);
    for (size_t i = 0; i < rows * others; i++) {
        double sum = 0;
        for (size_t k = 0; k < width; k++)
            sum += a[i / others * width + k] * b[i % others * width + k];
        assert_true(((double *)out)[i] == sum);
    }
    gan__free(right);
    gan__free(out);
}

static void assert_products(size_t rows, size_t others, size_t width) {
    gan_tiles tiles;
    void *left = NULL, *out = NULL;
    assert_int_equal(gan__tiles_create(others, width, &tiles), GAN_STATUS_OK);
    const size_t padded = gan__tiles_padded(&tiles);
    assert_true(padded >= others && padded < others + GAN_TILE_ROWS && padded % GAN_TILE_ROWS == 0);
    assert_int_equal(gan__alloc(rows * width, sizeof(double), &left), GAN_STATUS_OK);
    assert_int_equal(gan__alloc(rows * padded, sizeof(double), &out), GAN_STATUS_OK);
    double *const a = left;
    for (size_t i = 0; i < rows * width; i++) a[i] = value(i / width, i % width, 1);
    for (size_t j = 0; j < others; j++)
        for (size_t k = 0; k < width; k++) *gan__tile_place(&tiles, j, k) = value(j, k, 2);
    gan__tile_products(&tiles, a, rows, out);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < padded; j++) {
            double sum = 0;
            for (size_t k = 0; k < width && j < others; k++)
                sum += a[i * width + k] * value(j, k, 2);
            assert_true(((double *)out)[i * padded + j] == sum);
        }
    gan__tiles_destroy(&tiles);
    assert_all_products(a, rows, others, width);
    gan__free(left);
    gan__free(out);
}

static void products_are_sums_in_order_to_the_bit(void **state) {
    (void)state;
    assert_products(1, 1, 1);
    assert_products(4, 32, 16);
    assert_products(7, 33, 5);
    assert_products(32, 95, 40);
    assert_products(70, 33, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_sums_in_order_to_the_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
