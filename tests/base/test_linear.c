// Eigenvalues and singular values: of matrices whose answer is known, whichever way they lie.
#include "cmocka_headers.h"

#include "base/linear.h"

#include <math.h>

#define TOLERANCE 1e-12

// [2 1; 1 2] has 1 and 3, along (1, -1) and (1, 1).
static void symmetric_matrices_have_their_eigenvalues_and_vectors(void **state) {
    (void)state;
    double matrix[] = {2, 1, 1, 2}, values[2];
    assert_int_equal(gan__symmetric_eigen(matrix, 2, values), GAN_STATUS_OK);
    assert_true(fabs(values[0] - 1) < TOLERANCE && fabs(values[1] - 3) < TOLERANCE);
    assert_true(fabs(matrix[0] + matrix[1]) < TOLERANCE);
    assert_true(fabs(matrix[2] - matrix[3]) < TOLERANCE);
    assert_true(fabs(fabs(matrix[2]) - sqrt(0.5)) < TOLERANCE);
}

// The 4 x 5 example of Wikipedia's page on the singular value decomposition: 3, sqrt 5, 2, 0.
static void singular_values_descend_and_do_not_care_which_side_is_longer(void **state) {
    (void)state;
    const double expected[] = {3, sqrt(5), 2, 0};
    double wide[] = {1, 0, 0, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0};
    double tall[20], values[4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++) tall[j * 4 + i] = wide[i * 5 + j];
    assert_int_equal(gan__singular_values(wide, 4, 5, values), GAN_STATUS_OK);
    for (int i = 0; i < 4; i++) assert_true(fabs(values[i] - expected[i]) < TOLERANCE);
    assert_int_equal(gan__singular_values(tall, 5, 4, values), GAN_STATUS_OK);
    for (int i = 0; i < 4; i++) assert_true(fabs(values[i] - expected[i]) < TOLERANCE);
}

static void values_that_are_not_finite_fail(void **state) {
    (void)state;
    double matrix[] = {NAN, 1, 1, 2}, values[2];
    assert_int_equal(gan__symmetric_eigen(matrix, 2, values), GAN_STATUS_FAILED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetric_matrices_have_their_eigenvalues_and_vectors),
        cmocka_unit_test(singular_values_descend_and_do_not_care_which_side_is_longer),
        cmocka_unit_test(values_that_are_not_finite_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
