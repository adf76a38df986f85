// The few labelled samples of semi-supervised learning: which they are, and in what order they
// come.
#include "cmocka_headers.h"

#include "data/labelled.h"

#include <string.h>

enum { CLASSES = 10, EACH = 3, ELEMENTS = 28 * 28 };

static gan_dataset *open_digits(void) {
    gan_dataset *dataset;
    assert_int_equal(gan__dataset_open("builtin:digits", &dataset), GAN_STATUS_OK);
    return dataset;
}

static gan_labelled_set *create(const gan_dataset *dataset, uint64_t seed) {
    gan_labelled_set *set;
    assert_int_equal(gan__labelled_set_create(dataset, seed, EACH, &set), GAN_STATUS_OK);
    assert_int_equal(gan__labelled_set_count(set), CLASSES * EACH);
    return set;
}

static void each_class_has_as_many_and_they_follow_each_other(void **state) {
    (void)state;
    gan_dataset *dataset = open_digits();
    gan_labelled_set *set = create(dataset, 7);
    uint8_t sample[ELEMENTS];
    for (size_t i = 0; i < CLASSES * EACH; i++) {
        uint32_t label;
        const uint64_t number = gan__labelled_set_sample(set, i);
        assert_int_equal(gan__dataset_sample(dataset, number, sample, &label), GAN_STATUS_OK);
        assert_int_equal(label, i / EACH);
        for (size_t k = 0; k < i; k++) assert_true(gan__labelled_set_sample(set, k) != number);
    }
    gan__labelled_set_destroy(set);
    gan__dataset_close(dataset);
}

static void the_seed_alone_chooses(void **state) {
    (void)state;
    gan_dataset *dataset = open_digits();
    gan_labelled_set *set = create(dataset, 7), *same = create(dataset, 7),
                     *other = create(dataset, 8);
    size_t different = 0;
    for (size_t i = 0; i < CLASSES * EACH; i++) {
        const uint64_t number = gan__labelled_set_sample(set, i);
        assert_true(number == gan__labelled_set_sample(same, i));
        different += number != gan__labelled_set_sample(other, i);
    }
    assert_true(different > CLASSES * EACH / 2);
    gan__labelled_set_destroy(set);
    gan__labelled_set_destroy(same);
    gan__labelled_set_destroy(other);
    gan__dataset_close(dataset);
}

// How often each label comes in batch `number` of so many samples.
static void count_labels(const gan_labelled_set *set, uint64_t number, size_t batch,
                         unsigned counts[CLASSES]) {
    static uint8_t samples[64 * ELEMENTS];
    uint32_t labels[64];
    assert_int_equal(gan__labelled_set_read(set, number, batch, samples, labels), GAN_STATUS_OK);
    for (size_t i = 0; i < batch; i++) counts[labels[i]]++;
}

static void an_epoch_has_every_sample_once_in_an_order_of_its_own(void **state) {
    (void)state;
    static uint8_t first[CLASSES * EACH * ELEMENTS], second[CLASSES * EACH * ELEMENTS];
    uint32_t labels[CLASSES * EACH];
    gan_dataset *dataset = open_digits();
    gan_labelled_set *set = create(dataset, 7);
    unsigned counts[CLASSES] = {0};
    for (uint64_t batch = 0; batch < 3; batch++) count_labels(set, batch, 10, counts);
    for (size_t k = 0; k < CLASSES; k++) assert_int_equal(counts[k], EACH);
    assert_int_equal(gan__labelled_set_read(set, 0, CLASSES * EACH, first, labels), GAN_STATUS_OK);
    assert_int_equal(gan__labelled_set_read(set, 1, CLASSES * EACH, second, labels), GAN_STATUS_OK);
    assert_true(memcmp(first, second, sizeof first) != 0);
    gan__labelled_set_destroy(set);
    gan__dataset_close(dataset);
}

static void more_than_there_are_is_refused(void **state) {
    (void)state;
    gan_labelled_set *set;
    gan_dataset *dataset = open_digits(), *unlabelled;
    assert_int_equal(gan__labelled_set_create(dataset, 1, 1u << 30, &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "data.labelled"));
    assert_int_equal(gan__dataset_limit(dataset, 0, 40), GAN_STATUS_OK);
    assert_int_equal(gan__labelled_set_create(dataset, 1, 4, &set), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "of class"));
    gan__dataset_close(dataset);
    assert_int_equal(gan__dataset_open("builtin:gauss1d", &unlabelled), GAN_STATUS_OK);
    assert_int_equal(gan__labelled_set_create(unlabelled, 1, 1, &set), GAN_STATUS_BAD_INPUT);
    gan__dataset_close(unlabelled);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_has_as_many_and_they_follow_each_other),
        cmocka_unit_test(the_seed_alone_chooses),
        cmocka_unit_test(an_epoch_has_every_sample_once_in_an_order_of_its_own),
        cmocka_unit_test(more_than_there_are_is_refused),
    };
    return cmocka_run_group_tests_name("labelled", tests, NULL, NULL);
}
