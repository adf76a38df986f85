// Singular values of tensors in a file: which matrix is meant, and what has none.
#include "cmocka_headers.h"

#include "clgan/checkpoint.h"

#include <math.h>
#include <unistd.h>

static const char path[] = "singular.gan.tmp";

// 2 x (1, 3): rows (3, 0, 0) and (0, 4, 0), whose lengths are the singular values.
static void a_tensor_is_a_matrix_with_a_row_for_each_index_of_its_first_axis(void **state) {
    (void)state;
    const float values[] = {3, 0, 0, 0, 4, 0}, broken[] = {NAN, 0, 0, 0, 4, 0};
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    double found[2];
    assert_int_equal(gan_checkpoint_writer_create(path, 6, &writer), GAN_STATUS_OK);
    gan_checkpoint_writer_tensor(writer, "a", GAN_DTYPE_F32, 3, (int64_t[]){2, 1, 3}, values);
    gan_checkpoint_writer_tensor(writer, "b", GAN_DTYPE_F32, 2, (int64_t[]){2, 3}, broken);
    gan_checkpoint_writer_tensor(writer, "c", GAN_DTYPE_F32, 1, (int64_t[]){6}, values);
    assert_int_equal(gan_checkpoint_writer_commit(writer), GAN_STATUS_OK);
    assert_int_equal(gan_checkpoint_open(path, &checkpoint), GAN_STATUS_OK);
    const gan_tensor_info *const a = gan_checkpoint_find(checkpoint, "a");
    assert_int_equal(gan_tensor_rank_limit(a), 2);
    assert_int_equal(gan_checkpoint_singular_values(checkpoint, a, found), GAN_STATUS_OK);
    assert_true(fabs(found[0] - 4) < 1e-12 && fabs(found[1] - 3) < 1e-12);
    assert_int_equal(
        gan_checkpoint_singular_values(checkpoint, gan_checkpoint_find(checkpoint, "b"), found),
        GAN_STATUS_FAILED);
    assert_int_equal(gan_tensor_rank_limit(gan_checkpoint_find(checkpoint, "c")), 0);
    gan_checkpoint_close(checkpoint);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tensor_is_a_matrix_with_a_row_for_each_index_of_its_first_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
