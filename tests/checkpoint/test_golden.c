// Files of version 1 must always load. tests/golden/checkpoint-v1.gan was written by the first
// clgan that could, and is never written again; checkpoint-v1.txt lists its content as
// read_checkpoint.py, a reader that shares no code with clgan, sees it.
//
// Run with --write FILE the program writes a file of the same content with today's clgan.
#include "sample.h"

#include "base/text.h"

#include <zlib.h>

#define GOLDEN(name) CLGAN_TEST_SOURCE "/tests/golden/checkpoint-" name

static const struct {
    const char *name;
    gan_dtype dtype;
    int rank;
    int64_t size[3];
    sample_kind kind;
} tensors[] = {
    {"generator.0.weight", GAN_DTYPE_F32, 2, {40, 30}, SAMPLE_NORMAL},
    {"generator.0.bias", GAN_DTYPE_F32, 1, {40}, SAMPLE_ZEROS},
    {"discriminator.0.weight", GAN_DTYPE_F32, 2, {260, 520}, SAMPLE_ZEROS},
    {"discriminator.1.weight", GAN_DTYPE_F32, 1, {3000}, SAMPLE_HALF_ZEROS},
    {"discriminator.1.ramp", GAN_DTYPE_F32, 1, {100000}, SAMPLE_RAMP},
    {"ema.0.weight", GAN_DTYPE_F16, 2, {40, 30}, SAMPLE_NORMAL},
    {"optimizer.generator.m.0.weight", GAN_DTYPE_F32, 3, {7, 8, 9}, SAMPLE_SPECIAL},
    {"optimizer.generator.v.0.weight", GAN_DTYPE_F32, 1, {200}, SAMPLE_BITS},
    {"scalar", GAN_DTYPE_F32, 0, {0}, SAMPLE_NORMAL},
    {"empty", GAN_DTYPE_F32, 2, {3, 0}, SAMPLE_ZEROS},
};
enum { TENSORS = sizeof tensors / sizeof tensors[0] };

static void write_golden(const char *path) {
    gan_checkpoint_writer *writer;
    gan_text history = {0};
    for (int step = 100; step <= 2000; step += 100) {
        gan__text_append(&history, "{\"step\": %d, \"d_loss\": 0.69, \"g_loss\": 0.7}\n", step);
    }
    assert_ok(gan_checkpoint_writer_create(path, 6, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", "name: golden\n"));
    assert_ok(gan_checkpoint_writer_text(writer, "run", "{\"seed\": 1, \"step\": 2000}"));
    for (size_t t = 0; t < TENSORS; t++) {
        sample_write_tensor(writer, tensors[t].name, tensors[t].dtype, tensors[t].rank,
                            tensors[t].size, tensors[t].kind);
    }
    assert_ok(gan_checkpoint_writer_text(writer, "history", gan__text_string(&history)));
    assert_ok(gan_checkpoint_writer_text(writer, "gr\xc3\xbc\xc3\x9f", ""));
    assert_ok(gan_checkpoint_writer_commit(writer));
    gan__text_destroy(&history);
}

// CRC-32 of what the library hands out, packed again where the file holds float16.
static uint32_t crc_as_read(const gan_checkpoint *checkpoint, const gan_tensor_info *info) {
    float *values = sample_values(SAMPLE_ZEROS, (size_t)info->elements);
    assert_ok(gan_checkpoint_read(checkpoint, info, values));
    uLong crc = crc32(0, (const Bytef *)values, (uInt)(info->elements * sizeof *values));
    free(values);
    return info->dtype == GAN_DTYPE_F32 ? (uint32_t)crc : info->crc;
}

static void list_tensor(gan_text *out, const gan_checkpoint *checkpoint,
                        const gan_tensor_info *info) {
    const gan_tensor_statistics *s = &info->statistics;
    gan__text_append(out, "tensor %s %s ", info->name,
                     info->dtype == GAN_DTYPE_F16 ? "f16" : "f32");
    for (int i = 0; i < info->rank; i++) {
        gan__text_append(out, "%s%lld", i ? "x" : "", (long long)info->size[i]);
    }
    gan__text_append(out, "%s %08x %.9g %.9g %.9g %.9g %llu %llu %llu\n",
                     info->rank ? "" : "scalar", crc_as_read(checkpoint, info), s->mean,
                     s->deviation, s->minimum, s->maximum, (unsigned long long)s->zeros,
                     (unsigned long long)s->nans, (unsigned long long)s->infinities);
}

static void assert_lists_as_expected(const char *path, const char *listing) {
    gan_checkpoint *checkpoint;
    gan_text found = {0};
    uint8_t *expected;
    size_t length;
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    assert_ok(gan_checkpoint_verify(checkpoint));
    const char *name;
    for (size_t i = 0; (name = gan_checkpoint_text_name(checkpoint, i)); i++) {
        const char *text = gan_checkpoint_text(checkpoint, name);
        gan__text_append(&found, "text %s %zu %08x\n", name, strlen(text),
                         (uint32_t)crc32(0, (const Bytef *)text, (uInt)strlen(text)));
    }
    for (size_t i = 0; i < gan_checkpoint_tensor_count(checkpoint); i++) {
        list_tensor(&found, checkpoint, gan_checkpoint_tensor(checkpoint, i));
    }
    assert_ok(gan__file_read(listing, 1 << 20, &expected, &length));
    assert_string_equal(gan__text_string(&found), (const char *)expected);
    gan__text_destroy(&found);
    gan__free(expected);
    gan_checkpoint_close(checkpoint);
}

static void the_first_version_still_loads(void **state) {
    (void)state;
    assert_lists_as_expected(GOLDEN("v1.gan"), GOLDEN("v1.txt"));
}

static void what_is_written_today_has_the_same_content(void **state) {
    (void)state;
    write_golden(sample_path("today.gan"));
    assert_lists_as_expected(sample_path("today.gan"), GOLDEN("v1.txt"));
}

// The example below with chunks of kinds that no version knows: ancillary ones are passed over.
static void chunks_that_are_not_known_change_nothing(void **state) {
    (void)state;
    assert_lists_as_expected(GOLDEN("ancillary.gan"), GOLDEN("ancillary.txt"));
    assert_lists_as_expected(GOLDEN("example.gan"), GOLDEN("ancillary.txt"));
    assert_lists_as_expected(GOLDEN("example.gan"), GOLDEN("example.txt"));
}

// The file that docs/checkpoint-format.md explains byte by byte.
static void the_specification_s_example_loads(void **state) {
    (void)state;
    gan_checkpoint *checkpoint;
    float values[3];
    assert_ok(gan_checkpoint_open(GOLDEN("example.gan"), &checkpoint));
    assert_ok(gan_checkpoint_verify(checkpoint));
    assert_string_equal(gan_checkpoint_text(checkpoint, "run"), "{\"step\": 7}");
    const gan_tensor_info *bias = gan_checkpoint_find(checkpoint, "generator.0.bias");
    assert_non_null(bias);
    assert_int_equal(bias->elements, 3);
    assert_ok(gan_checkpoint_read(checkpoint, bias, values));
    assert_true(values[0] == 1.0f && values[1] == -0.5f && values[2] == 0.0f);
    gan_checkpoint_close(checkpoint);
}

int main(int count, char **arguments) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_version_still_loads),
        cmocka_unit_test(what_is_written_today_has_the_same_content),
        cmocka_unit_test(chunks_that_are_not_known_change_nothing),
        cmocka_unit_test(the_specification_s_example_loads),
    };
    if (count == 3 && strcmp(arguments[1], "--write") == 0) {
        write_golden(arguments[2]);
        return 0;
    }
    return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
