// Files of latents: read a piece at a time as NumPy wrote them, and each byte of them damaged.
#include "cmocka_headers.h"

#include "base/file.h"
#include "base/npy.h"
#include "base/text.h"
#include "clgan/sample_file.h"
#include "damage.h"
#include "test_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LATENT = 3, COUNT = 4, ELEMENTS = LATENT * COUNT, BYTES_MAX = 1024 };

static const char *path(void) {
    static char text[512];
    snprintf(text, sizeof text, "%s/latents.npy", folder);
    return text;
}

// A float32 array of that shape with 0.5, 1.5, ...; its length in bytes.
static size_t make_array(const char *type, int rank, const int64_t *size, uint8_t *bytes) {
    gan_text file = {0};
    gan__npy_header_print(type, rank, size, &file);
    for (int i = 0; i < ELEMENTS; i++) {
        const float value = (float)i + 0.5F;
        gan__text_append_bytes(&file, &value, sizeof value);
    }
    const size_t length = file.length;
    assert_int_equal(gan__text_status(&file), GAN_STATUS_OK);
    assert_true(length <= BYTES_MAX);
    memcpy(bytes, file.bytes, length);
    gan__text_destroy(&file);
    return length;
}

// What reading all of a file of these bytes answers.
static gan_status read_all(const uint8_t *bytes, size_t length) {
    gan_latent_file *file;
    float latents[ELEMENTS];
    remove(path());
    FILE *stream = fopen(path(), "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, length, stream), length);
    fclose(stream);
    gan_status status = gan_latent_file_open(path(), LATENT, &file);
    if (status != GAN_STATUS_OK) {
        assert_null(file);
        assert_non_null(strstr(gan_status_message(), path()));
        return status;
    }
    const uint64_t count = gan_latent_file_get_count(file);
    assert_in_range(count, 1, COUNT);
    status = gan_latent_file_read(file, (size_t)count, latents);
    gan_latent_file_close(file);
    for (size_t i = 0; status == GAN_STATUS_OK && i < count * LATENT; i++)
        assert_true(isfinite(latents[i]));
    return status;
}

static void latents_are_read_in_pieces(void **state) {
    (void)state;
    uint8_t bytes[BYTES_MAX];
    gan_latent_file *file;
    float latents[ELEMENTS];
    const size_t length = make_array("f4", 2, (int64_t[]){COUNT, LATENT}, bytes);
    assert_int_equal(read_all(bytes, length), GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_open(path(), LATENT, &file), GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_read(file, 1, latents), GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_read(file, 3, latents + LATENT), GAN_STATUS_OK);
    assert_int_equal(gan_latent_file_read(file, 1, latents), GAN_STATUS_BAD_ARGUMENT);
    gan_latent_file_close(file);
    for (int i = 0; i < ELEMENTS; i++) assert_true(latents[i] == (float)i + 0.5F);
}

// NumPy's files have no checksum: a flipped byte of an element gives another latent, unless it is
// then not finite.
static void every_flipped_byte_gives_an_error_or_latents(void **state) {
    (void)state;
    static const uint8_t masks[] = {0x01, 0x10, 0x40, 0x80, 0xff};
    uint8_t bytes[BYTES_MAX];
    size_t refused = 0;
    const size_t length = make_array("f4", 2, (int64_t[]){COUNT, LATENT}, bytes);
    for (size_t i = 0; i < length; i++) {
        for (size_t m = 0; m < sizeof masks; m++) {
            bytes[i] ^= masks[m];
            refused += !damage_judge(read_all(bytes, length));
            bytes[i] ^= masks[m];
        }
    }
    assert_true(refused > 60 * sizeof masks); // all that the header says
}

static void every_truncation_is_detected(void **state) {
    (void)state;
    uint8_t bytes[BYTES_MAX];
    const size_t length = make_array("f4", 2, (int64_t[]){COUNT, LATENT}, bytes);
    for (size_t cut = 0; cut < length; cut++)
        if (damage_judge(read_all(bytes, cut))) fail_msg("cut to %zu of %zu bytes", cut, length);
}

static void sizes_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const struct {
        int rank;
        int64_t size[GAN_NPY_RANK_MAX];
    } shapes[] = {
        {2, {INT64_MAX, LATENT}},
        {2, {INT64_MAX / 4, LATENT}},
        {2, {INT64_MAX / 12 + 1, LATENT}},
        {2, {0, LATENT}},
        {2, {COUNT + 1, LATENT}},
        {2, {COUNT, INT64_MAX}},
        {2, {COUNT, LATENT + 1}},
        {1, {INT64_MAX}},
        {0, {0}},
        {3, {1, COUNT, LATENT}},
        {8, {1, 1, 1, 1, 1, 1, 4, LATENT}},
    };
    uint8_t bytes[BYTES_MAX];
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const size_t length = make_array("f4", shapes[i].rank, shapes[i].size, bytes);
        if (damage_judge(read_all(bytes, length))) fail_msg("shape %zu is read", i);
    }
    size_t length = make_array("f2", 2, (int64_t[]){COUNT, LATENT}, bytes);
    assert_false(damage_judge(read_all(bytes, length)));
    length = make_array("f8", 2, (int64_t[]){COUNT, LATENT}, bytes);
    assert_false(damage_judge(read_all(bytes, length)));
}

int main(void) {
    damage_bound_memory(64);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latents_are_read_in_pieces),
        cmocka_unit_test(every_flipped_byte_gives_an_error_or_latents),
        cmocka_unit_test(every_truncation_is_detected),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests_name("latent_file", tests, make_folder, remove_folder);
}
