// Places of another shape: each element stays where it was, and where no strides say so, that is
// said.
#include "cmocka_headers.h"

#include "graph/plan.h"

static int64_t address(const gan_place *place, const gan_shape *shape, int64_t element) {
    int64_t at = place->offset;
    for (int i = shape->rank; i-- > 0;) {
        at += element % shape->size[i] * place->stride[i];
        element /= shape->size[i];
    }
    return at;
}

static void expect_same_addresses(gan_shape from, gan_place place, gan_shape to) {
    gan_place other;
    assert_true(gan__place_reshape(&place, &from, &to, &other));
    assert_int_equal(other.tensor, place.tensor);
    for (int64_t e = 0; e < gan__shape_elements(&from); e++)
        assert_int_equal(address(&other, &to, e), address(&place, &from, e));
}

static void expect_none(gan_shape from, gan_place place, gan_shape to) {
    gan_place other;
    assert_false(gan__place_reshape(&place, &from, &to, &other));
}

static void axes_that_follow_one_another_are_joined_and_split(void **state) {
    (void)state;
    // Half of the columns of a (4, 3, 10): rows of 5, 10 apart.
    const gan_shape half = GAN_SHAPE(4, 3, 5), one = GAN_SHAPE(1, 1);
    const gan_place place = {.tensor = 7, .offset = 5, .stride = {30, 10, 1}};
    expect_same_addresses(half, place, GAN_SHAPE(12, 5));
    expect_same_addresses(half, place, GAN_SHAPE(2, 6, 5));
    expect_same_addresses(half, place, GAN_SHAPE(4, 1, 3, 5, 1));
    expect_same_addresses(half, place, half);
    expect_same_addresses(GAN_SHAPE(12, 5), (gan_place){.stride = {10, 1}}, half);
    expect_same_addresses(half, gan__place_dense(1, &half), GAN_SHAPE(60));
    expect_same_addresses(half, gan__place_dense(1, &half), GAN_SHAPE(6, 10));
    expect_same_addresses(one, gan__place_dense(1, &one), GAN_SHAPE(1, 1, 1));
}

static void axes_with_gaps_between_them_are_not(void **state) {
    (void)state;
    const gan_shape half = GAN_SHAPE(4, 3, 5);
    const gan_place place = {.stride = {30, 10, 1}};
    expect_none(half, place, GAN_SHAPE(60));
    expect_none(half, place, GAN_SHAPE(4, 15));
    expect_none(half, place, GAN_SHAPE(6, 10));
    expect_none(half, (gan_place){.stride = {40, 10, 1}}, GAN_SHAPE(12, 5));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_that_follow_one_another_are_joined_and_split),
        cmocka_unit_test(axes_with_gaps_between_them_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
