// What is written comes back bit for bit, whatever it is.
#include "sample.h"

#include "checkpoint/element.h"
#include "checkpoint/writer.h"

static void assert_same_bits(const float *a, const float *b, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&a[i], &b[i], sizeof a[i]) != 0)
            fail_msg("%s: element %zu is %a, not %a", name, i, (double)a[i], (double)b[i]);
    }
}

static const struct {
    const char *name;
    sample_kind kind;
    int rank;
    int64_t size[4];
} tensors[] = {
    {"zeros", SAMPLE_ZEROS, 2, {300, 1000}},
    {"weights over many blocks", SAMPLE_NORMAL, 2, {784, 512}},
    {"half zeros", SAMPLE_HALF_ZEROS, 1, {200000}},
    {"ramp", SAMPLE_RAMP, 1, {100000}},
    {"special values", SAMPLE_SPECIAL, 3, {7, 11, 13}},
    {"random bits", SAMPLE_BITS, 4, {3, 5, 7, 11}},
    {"one element", SAMPLE_NORMAL, 1, {1}},
    {"rank 0", SAMPLE_NORMAL, 0, {0}},
    {"no element", SAMPLE_NORMAL, 2, {0, 5}},
    {"exactly one block", SAMPLE_NORMAL, 1, {65536}},
    {"one element more than a block", SAMPLE_BITS, 1, {65537}},
    {"rank 8 would be longer; names may hold \x01 and \xc3\xa9", SAMPLE_RAMP, 1, {3}},
};
enum { TENSORS = sizeof tensors / sizeof tensors[0] };

static size_t elements(size_t t) {
    size_t count = 1;
    for (int i = 0; i < tensors[t].rank; i++) count *= (size_t)tensors[t].size[i];
    return count;
}

static void write_all(const char *path, int level, unsigned threads) {
    gan_checkpoint_writer *writer;
    assert_ok(gan__checkpoint_writer_create(path, level, threads, &writer));
    for (size_t t = 0; t < TENSORS; t++) {
        sample_write_tensor(writer, tensors[t].name, GAN_DTYPE_F32, tensors[t].rank,
                            tensors[t].size, tensors[t].kind);
    }
    assert_ok(gan_checkpoint_writer_commit(writer));
}

static void check_all(const char *path) {
    gan_checkpoint *checkpoint;
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    assert_int_equal(gan_checkpoint_tensor_count(checkpoint), TENSORS);
    for (size_t t = 0; t < TENSORS; t++) {
        const gan_tensor_info *info = gan_checkpoint_tensor(checkpoint, t);
        assert_string_equal(info->name, tensors[t].name);
        assert_ptr_equal(gan_checkpoint_find(checkpoint, tensors[t].name), info);
        assert_int_equal(info->rank, tensors[t].rank);
        assert_int_equal(info->elements, elements(t));
        for (int i = 0; i < info->rank; i++) assert_int_equal(info->size[i], tensors[t].size[i]);
        float *expected = sample_values(tensors[t].kind, elements(t));
        float *found = sample_values(SAMPLE_ZEROS, elements(t));
        assert_ok(gan_checkpoint_read(checkpoint, info, found));
        assert_same_bits(found, expected, elements(t), info->name);
        free(expected);
        free(found);
    }
    assert_null(gan_checkpoint_find(checkpoint, "weights"));
    assert_null(gan_checkpoint_tensor(checkpoint, TENSORS));
    assert_ok(gan_checkpoint_verify(checkpoint));
    gan_checkpoint_close(checkpoint);
}

static void every_content_comes_back_at_every_level(void **state) {
    (void)state;
    for (int level = 0; level <= 9; level += 3) {
        write_all(sample_path("levels.gan"), level, 2);
        check_all(sample_path("levels.gan"));
    }
}

static void the_file_does_not_depend_on_the_number_of_threads(void **state) {
    (void)state;
    uint8_t *one, *other;
    size_t one_length, other_length;
    write_all(sample_path("one.gan"), 6, 1);
    assert_ok(gan__file_read(sample_path("one.gan"), SIZE_MAX / 2, &one, &one_length));
    for (unsigned threads = 2; threads <= 5; threads += 3) {
        write_all(sample_path("other.gan"), 6, threads);
        assert_ok(gan__file_read(sample_path("other.gan"), SIZE_MAX / 2, &other, &other_length));
        assert_int_equal(one_length, other_length);
        assert_memory_equal(one, other, one_length);
        gan__free(other);
    }
    gan__free(one);
}

static void a_part_is_the_same_as_in_the_whole(void **state) {
    (void)state;
    write_all(sample_path("part.gan"), 6, 2);
    gan_checkpoint *checkpoint;
    assert_ok(gan_checkpoint_open(sample_path("part.gan"), &checkpoint));
    const gan_tensor_info *info = gan_checkpoint_tensor(checkpoint, 1);
    float *expected = sample_values(SAMPLE_NORMAL, (size_t)info->elements);
    float *found = sample_values(SAMPLE_ZEROS, (size_t)info->elements);
    const uint64_t ranges[][2] = {{0, 1},        {65535, 2},     {65536, 65536},
                                  {100, 300000}, {784 * 512, 0}, {784 * 512 - 1, 1}};
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        assert_ok(gan_checkpoint_read_part(checkpoint, info, ranges[r][0], ranges[r][1], found));
        assert_same_bits(found, expected + ranges[r][0], ranges[r][1], info->name);
    }
    assert_int_equal(gan_checkpoint_read_part(checkpoint, info, 784 * 512, 1, found),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_checkpoint_read_part(checkpoint, info, 1, UINT64_MAX, found),
                     GAN_STATUS_BAD_ARGUMENT);
    free(expected);
    free(found);
    gan_checkpoint_close(checkpoint);
}

static void texts_come_back_empty_long_or_foreign(void **state) {
    (void)state;
    char *longest = malloc(3000001);
    assert_non_null(longest);
    for (size_t i = 0; i < 3000000; i++) longest[i] = (char)('a' + i * i % 23);
    longest[3000000] = 0;
    const char *texts[][2] = {{"empty", ""},
                              {"x", "1"},
                              {"long", longest},
                              {"run", "{}"},
                              {"\xe2\x82\xac", "\xf0\x9f\x99\x82\n"}};
    gan_checkpoint_writer *writer;
    gan_checkpoint *checkpoint;
    assert_ok(gan_checkpoint_writer_create(sample_path("texts.gan"), 6, &writer));
    for (size_t i = 0; i < 5; i++) {
        assert_ok(gan_checkpoint_writer_text(writer, texts[i][0], texts[i][1]));
    }
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(sample_path("texts.gan"), &checkpoint));
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(gan_checkpoint_text_name(checkpoint, i), texts[i][0]);
        assert_string_equal(gan_checkpoint_text(checkpoint, texts[i][0]), texts[i][1]);
    }
    assert_null(gan_checkpoint_text(checkpoint, "absent"));
    assert_null(gan_checkpoint_text_name(checkpoint, 5));
    assert_true(gan_checkpoint_file_bytes(checkpoint) < 1000000);
    gan_checkpoint_close(checkpoint);
    free(longest);
}

static void a_file_may_hold_nothing_at_all(void **state) {
    (void)state;
    gan_checkpoint_writer *writer;
    gan_checkpoint *checkpoint;
    assert_ok(gan_checkpoint_writer_create(sample_path("empty.gan"), 6, &writer));
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(sample_path("empty.gan"), &checkpoint));
    assert_int_equal(gan_checkpoint_tensor_count(checkpoint), 0);
    assert_int_equal(gan_checkpoint_version(checkpoint), 1);
    assert_ok(gan_checkpoint_verify(checkpoint));
    gan_checkpoint_close(checkpoint);
}

// Known answers of the conversion, among them ties and the edges of the subnormal range.
static void float16_rounds_to_nearest_even(void **state) {
    (void)state;
    const struct {
        float value;
        uint16_t half;
    } rows[] = {{0.0f, 0x0000},
                {-0.0f, 0x8000},
                {1.0f, 0x3c00},
                {-2.0f, 0xc000},
                {65504.0f, 0x7bff},
                {65519.996f, 0x7bff},
                {65520.0f, 0x7c00},
                {1e30f, 0x7c00},
                {-INFINITY, 0xfc00},
                {0x1p-14f, 0x0400},
                {0x1p-24f, 0x0001},
                {0x1p-25f, 0x0000},
                {0x1.000002p-25f, 0x0001},
                {0x1.8p-24f, 0x0002},
                {0x1.ff8p-15f, 0x03ff},
                {0x1.ffcp-15f, 0x0400},
                {0x1.002p0f, 0x3c00},
                {0x1.006p0f, 0x3c02},
                {0x1.0021p0f, 0x3c01},
                {0.1f, 0x2e66},
                {1e-30f, 0x0000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(gan__half_from_float(rows[i].value), rows[i].half);
    }
    for (uint32_t half = 0; half < 0x10000; half++) {
        float value = gan__half_to_float((uint16_t)half);
        bool nan = (half & 0x7c00) == 0x7c00 && (half & 0x3ff) != 0;
        assert_int_equal(isnan(value), nan);
        assert_int_equal(gan__half_from_float(value), half);
    }
}

static void float16_tensors_are_rounded_once_and_then_exact(void **state) {
    (void)state;
    enum { COUNT = 300000 };
    gan_checkpoint_writer *writer;
    gan_checkpoint *checkpoint;
    float *values = sample_values(SAMPLE_NORMAL, COUNT);
    float *found = sample_values(SAMPLE_ZEROS, COUNT);
    assert_ok(gan_checkpoint_writer_create(sample_path("half.gan"), 6, &writer));
    assert_ok(
        gan_checkpoint_writer_tensor(writer, "h", GAN_DTYPE_F16, 1, (int64_t[]){COUNT}, values));
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(sample_path("half.gan"), &checkpoint));
    const gan_tensor_info *info = gan_checkpoint_find(checkpoint, "h");
    assert_int_equal(info->bytes, 2 * COUNT);
    assert_ok(gan_checkpoint_read(checkpoint, info, found));
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = gan__half_to_float(gan__half_from_float(values[i]));
    }
    assert_same_bits(found, values, COUNT, "h");
    gan_checkpoint_close(checkpoint);
    free(values);
    free(found);
}

static void the_writer_refuses_what_a_reader_would(void **state) {
    (void)state;
    static const float one[1] = {1};
    const struct {
        const char *name;
        int rank;
        int64_t size[GAN_TENSOR_RANK_MAX];
    } bad[] = {{"", 1, {1}},  {"\xff", 1, {1}}, {"t", 1, {-1}},
               {"t", 9, {1}}, {"t", -1, {1}},   {"t", 4, {1 << 20, 1 << 20, 1 << 20, 1 << 20}}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        gan_checkpoint_writer *writer;
        assert_ok(gan_checkpoint_writer_create(sample_path("bad.gan"), 6, &writer));
        assert_int_equal(gan_checkpoint_writer_tensor(writer, bad[i].name, GAN_DTYPE_F32,
                                                      bad[i].rank, bad[i].size, one),
                         GAN_STATUS_BAD_ARGUMENT);
        assert_int_equal(gan_checkpoint_writer_commit(writer), GAN_STATUS_BAD_ARGUMENT);
        assert_false(gan__file_exists(sample_path("bad.gan")));
    }
    gan_checkpoint_writer *writer;
    assert_int_equal(gan_checkpoint_writer_create(sample_path("bad.gan"), 10, &writer),
                     GAN_STATUS_BAD_ARGUMENT);
    assert_ok(gan_checkpoint_writer_create(sample_path("bad.gan"), 6, &writer));
    assert_ok(gan_checkpoint_writer_tensor(writer, "t", GAN_DTYPE_F32, 0, NULL, one));
    assert_int_equal(gan_checkpoint_writer_tensor(writer, "t", GAN_DTYPE_F32, 0, NULL, one),
                     GAN_STATUS_BAD_ARGUMENT);
    gan_checkpoint_writer_discard(writer);
    assert_false(gan__file_exists(sample_path("bad.gan")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_content_comes_back_at_every_level),
        cmocka_unit_test(the_file_does_not_depend_on_the_number_of_threads),
        cmocka_unit_test(a_part_is_the_same_as_in_the_whole),
        cmocka_unit_test(texts_come_back_empty_long_or_foreign),
        cmocka_unit_test(a_file_may_hold_nothing_at_all),
        cmocka_unit_test(float16_rounds_to_nearest_even),
        cmocka_unit_test(float16_tensors_are_rounded_once_and_then_exact),
        cmocka_unit_test(the_writer_refuses_what_a_reader_would),
    };
    return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
