// Damaged, cut, foreign and hostile files: each is found out, none hurts.
#include "sample.h"

#include "damage.h"

#include "base/bytes.h"

#include <zlib.h>

static uint8_t *small;
static size_t small_length;

static int setup(void **state) {
    if (sample_setup(state) != 0) return -1;
    sample_write_small(sample_path("small.gan"));
    return gan__file_read(sample_path("small.gan"), 1 << 20, &small, &small_length) == GAN_STATUS_OK
               ? 0
               : -1;
}

static int teardown(void **state) {
    gan__free(small);
    return sample_teardown(state);
}

// What opening and then verifying a file with these bytes answers.
static gan_status judge(const uint8_t *bytes, size_t length) {
    gan_checkpoint *checkpoint;
    FILE *file = fopen(sample_path("judged.gan"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    gan_status status = gan_checkpoint_open(sample_path("judged.gan"), &checkpoint);
    if (status == GAN_STATUS_OK) status = gan_checkpoint_verify(checkpoint);
    gan_checkpoint_close(checkpoint);
    (void)damage_judge(status);
    return status;
}

static bool tells_of_damage(gan_status status) {
    return status == GAN_STATUS_CORRUPT || status == GAN_STATUS_BAD_INPUT ||
           status == GAN_STATUS_BAD_VERSION;
}

static void the_file_itself_is_sound(void **state) {
    (void)state;
    assert_ok(judge(small, small_length));
}

static void every_flipped_byte_is_detected(void **state) {
    (void)state;
    static const uint8_t masks[] = {0x01, 0x20, 0x80, 0xff};
    for (size_t i = 0; i < small_length; i++) {
        for (size_t m = 0; m < sizeof masks; m++) {
            small[i] ^= masks[m];
            gan_status status = judge(small, small_length);
            small[i] ^= masks[m];
            if (!tells_of_damage(status))
                fail_msg("byte %zu of %zu with mask %x: %s", i, small_length, masks[m],
                         gan_status_name(status));
            assert_non_null(strstr(gan_status_message(), "judged.gan"));
        }
    }
}

static void every_truncation_is_detected(void **state) {
    (void)state;
    for (size_t length = 0; length < small_length; length++) {
        gan_status status = judge(small, length);
        if (!tells_of_damage(status))
            fail_msg("%zu of %zu bytes: %s", length, small_length, gan_status_name(status));
    }
}

static void a_trailing_byte_is_detected(void **state) {
    (void)state;
    uint8_t *longer = malloc(small_length + 1);
    assert_non_null(longer);
    memcpy(longer, small, small_length);
    longer[small_length] = 0;
    assert_int_equal(judge(longer, small_length + 1), GAN_STATUS_CORRUPT);
    free(longer);
}

// --- Files with right checksums and wrong content ------------------------------------------------

// Sets the checksums of the chunk at `at` to what its bytes now need.
static void reseal(uint8_t *bytes, size_t at) {
    size_t length = (size_t)gan__get_u64(bytes + at + 4);
    gan__put_u32(bytes + at + 12, (uint32_t)crc32(0, bytes + at, 12));
    gan__put_u32(bytes + at + 16 + length, (uint32_t)crc32(0, bytes + at + 16, (uInt)length));
}

static size_t find_chunk(const char *type) {
    for (size_t at = 8; at < small_length; at += 20 + (size_t)gan__get_u64(small + at + 4)) {
        if (memcmp(small + at, type, 4) == 0) return at;
    }
    fail_msg("no chunk %s", type);
    return 0;
}

static void a_future_version_is_refused_as_such(void **state) {
    (void)state;
    uint8_t *copy = malloc(small_length);
    memcpy(copy, small, small_length);
    gan__put_u32(copy + 8 + 16, 2);
    reseal(copy, 8);
    assert_int_equal(judge(copy, small_length), GAN_STATUS_BAD_VERSION);
    assert_non_null(strstr(gan_status_message(), "version 2"));
    gan__put_u32(copy + 8 + 16, 0);
    reseal(copy, 8);
    assert_int_equal(judge(copy, small_length), GAN_STATUS_CORRUPT);
    free(copy);
}

// The small file with one more chunk before INDX.
static uint8_t *with_chunk(const char *type, size_t *length) {
    enum { EXTRA = 20 + 5 };
    size_t index = find_chunk("INDX");
    uint8_t *copy = malloc(small_length + EXTRA);
    assert_non_null(copy);
    memcpy(copy, small, index);
    memcpy(copy + index, type, 4);
    gan__put_u64(copy + index + 4, 5);
    memcpy(copy + index + 16, "extra", 5);
    reseal(copy, index);
    memcpy(copy + index + EXTRA, small + index, small_length - index);
    gan__put_u64(copy + 8 + 16 + 4, small_length + EXTRA);
    gan__put_u64(copy + 8 + 16 + 12, index + EXTRA);
    reseal(copy, 8);
    *length = small_length + EXTRA;
    return copy;
}

static void an_unknown_ancillary_chunk_is_passed_over_but_verified(void **state) {
    (void)state;
    size_t length;
    uint8_t *bytes = with_chunk("note", &length);
    assert_ok(judge(bytes, length));
    bytes[find_chunk("INDX") + 17] ^= 1;
    assert_int_equal(judge(bytes, length), GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), "note"));
    free(bytes);
}

static void an_unknown_critical_chunk_is_refused_by_name(void **state) {
    (void)state;
    size_t length;
    uint8_t *bytes = with_chunk("WHAT", &length);
    assert_int_equal(judge(bytes, length), GAN_STATUS_BAD_VERSION);
    assert_non_null(strstr(gan_status_message(), "WHAT"));
    free(bytes);
}

static void a_known_chunk_in_the_wrong_place_is_refused(void **state) {
    (void)state;
    static const char *const types[] = {"DATA", "INDX", "HEAD", "TAIL"};
    for (size_t i = 0; i < 4; i++) {
        size_t length;
        uint8_t *bytes = with_chunk(types[i], &length);
        assert_int_equal(judge(bytes, length), GAN_STATUS_CORRUPT);
        free(bytes);
    }
}

// Every byte of every payload in turn set to several values, with its checksum made right again: no
// answer but OK (statistics, a name, a stored text) or damage, and no read outside memory (this is
// for the sanitizers).
static void lies_with_right_checksums_are_survived(void **state) {
    (void)state;
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    uint8_t *copy = malloc(small_length);
    assert_non_null(copy);
    memcpy(copy, small, small_length);
    size_t chunks = 0;
    for (size_t at = 8; at < small_length; chunks++) {
        size_t length = (size_t)gan__get_u64(small + at + 4);
        for (size_t i = at + 16; i < at + 16 + length; i++) {
            for (size_t v = 0; v < sizeof values; v++) {
                copy[i] = values[v];
                reseal(copy, at);
                gan_status status = judge(copy, small_length);
                if (status != GAN_STATUS_OK && !tells_of_damage(status))
                    fail_msg("byte %zu = %u: %s", i, values[v], gan_status_name(status));
            }
            copy[i] = small[i];
        }
        reseal(copy, at);
        at += 20 + length;
    }
    assert_true(chunks >= 10);
    free(copy);
}

// Numbers near 2^63 at every place, with every checksum made right again where chunks are still
// found.
static void judge_resealed(const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    for (size_t at = 8; at + 20 <= length;) {
        const uint64_t content = gan__get_u64(copy + at + 4);
        if (content > length - at - 20) {
            gan__put_u32(copy + at + 12, (uint32_t)crc32(0, copy + at, 12));
            break;
        }
        reseal(copy, at);
        at += 20 + (size_t)content;
    }
    (void)judge(copy, length);
    free(copy);
}

static void sizes_near_the_ends_of_their_ranges_are_refused(void **state) {
    (void)state;
    damage_by_extremes(small, small_length, judge_resealed);
}

static void two_tensors_of_one_name_are_refused(void **state) {
    (void)state;
    gan_checkpoint_writer *writer;
    uint8_t *bytes;
    size_t length, index = 0, name = 0;
    assert_ok(gan_checkpoint_writer_create(sample_path("pair.gan"), 6, &writer));
    sample_write_tensor(writer, "twin.a", GAN_DTYPE_F32, 0, NULL, SAMPLE_RAMP);
    sample_write_tensor(writer, "twin.b", GAN_DTYPE_F32, 0, NULL, SAMPLE_RAMP);
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan__file_read(sample_path("pair.gan"), 1 << 20, &bytes, &length));
    while (memcmp(bytes + index, "INDX", 4) != 0) index++;
    while (memcmp(bytes + name, "twin.b", 6) != 0) name++;
    bytes[name + 5] = 'a';
    reseal(bytes, index);
    assert_int_equal(judge(bytes, length), GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), "twin.a is used twice"));
    gan__free(bytes);
}

// --- Growth --------------------------------------------------------------------------------------
// A gibibyte is claimed of four blocks of 256 KiB, which deflate could make.
static void a_bomb_is_refused_unread(void **state) {
    (void)state;
    enum { ELEMENTS = 1 << 18, BLOCKS = 4, SIZE_AT = 16 + 4 + 2 + 1 + 2, BLOCK = 13 };
    enum { BLOCKS_AT = SIZE_AT + 8 + 4 + 7 * 8 + 4 * GAN_TENSOR_HISTOGRAM };
    gan_checkpoint_writer *writer;
    uint8_t *bytes;
    size_t length;
    assert_ok(gan_checkpoint_writer_create(sample_path("bomb.gan"), 0, &writer));
    sample_write_tensor(writer, "x", GAN_DTYPE_F32, 1, (int64_t[]){ELEMENTS}, SAMPLE_BITS);
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan__file_read(sample_path("bomb.gan"), 1 << 21, &bytes, &length));
    uint8_t *index = bytes + gan__get_u64(bytes + 8 + 16 + 12);
    gan__put_u64(index + SIZE_AT, (uint64_t)ELEMENTS << 10);
    gan__put_u32(index + BLOCKS_AT, 1 << 28);
    assert_int_equal(gan__get_u32(index + BLOCKS_AT + 4), BLOCKS);
    for (size_t b = 0; b < BLOCKS; b++) index[BLOCKS_AT + 8 + b * BLOCK + 12] = 1;
    reseal(bytes, (size_t)(index - bytes));
    assert_int_equal(judge(bytes, length), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "come to more than"));
    gan__free(bytes);
}

// What deflates to nothing is stored where the file would else look like a bomb.
static void zeros_past_the_limit_of_growth_are_stored_and_read(void **state) {
    (void)state;
    enum { ELEMENTS = 50 << 20 };
    gan_checkpoint_writer *writer;
    gan_checkpoint *checkpoint;
    float *zeros = calloc(ELEMENTS, sizeof *zeros);
    assert_non_null(zeros);
    assert_ok(gan_checkpoint_writer_create(sample_path("zeros.gan"), 6, &writer));
    for (int i = 0; i < 2; i++)
        assert_ok(gan_checkpoint_writer_tensor(writer, i ? "b" : "a", GAN_DTYPE_F32, 1,
                                               (int64_t[]){ELEMENTS}, zeros));
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(sample_path("zeros.gan"), &checkpoint));
    assert_ok(gan_checkpoint_verify(checkpoint));
    const uint64_t stored[2] = {gan_checkpoint_tensor(checkpoint, 0)->bytes_stored,
                                gan_checkpoint_tensor(checkpoint, 1)->bytes_stored};
    assert_in_range(stored[0], 1, 1 << 20);
    assert_in_range(stored[1] - stored[0], 1 << 17, 1 << 20); // a block or two
    gan_checkpoint_close(checkpoint);
    unlink(sample_path("zeros.gan"));
    free(zeros);
}

// --- Foreign files -----------------------------------------------------------------------------
static void foreign_files_are_bad_input(void **state) {
    (void)state;
    static const uint8_t png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    static const uint8_t safetensors[] = "\x02\0\0\0\0\0\0\0{}";
    static const uint8_t zip[] = "PK\3\4";
    uint8_t noise[4096];
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (uint8_t)gan__philox_draw(5, 5, 5, (uint32_t)i).word[0];
    }
    assert_int_equal(judge(png, sizeof png), GAN_STATUS_BAD_INPUT);
    assert_int_equal(judge(safetensors, sizeof safetensors), GAN_STATUS_BAD_INPUT);
    assert_int_equal(judge(zip, sizeof zip), GAN_STATUS_BAD_INPUT);
    assert_int_equal(judge(noise, sizeof noise), GAN_STATUS_BAD_INPUT);
    assert_int_equal(judge(noise, 0), GAN_STATUS_BAD_INPUT);
}

static void what_is_no_file_is_bad_input(void **state) {
    (void)state;
    gan_checkpoint *checkpoint;
    const char *paths[] = {sample_folder, sample_path("absent.gan"), "/dev/null", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(gan_checkpoint_open(paths[i], &checkpoint), GAN_STATUS_BAD_INPUT);
        assert_null(checkpoint);
    }
}

static void a_text_transfer_is_named_as_the_cause(void **state) {
    (void)state;
    uint8_t *copy = malloc(small_length);
    assert_non_null(copy);
    memcpy(copy, small, small_length);
    copy[4] = '\n';
    assert_int_equal(judge(copy, small_length), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "as text"));
    free(copy);
}

int main(void) {
    damage_bound_memory(768); // a test writes 400 MB of zeros
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_itself_is_sound),
        cmocka_unit_test(every_flipped_byte_is_detected),
        cmocka_unit_test(every_truncation_is_detected),
        cmocka_unit_test(a_trailing_byte_is_detected),
        cmocka_unit_test(a_future_version_is_refused_as_such),
        cmocka_unit_test(an_unknown_ancillary_chunk_is_passed_over_but_verified),
        cmocka_unit_test(an_unknown_critical_chunk_is_refused_by_name),
        cmocka_unit_test(a_known_chunk_in_the_wrong_place_is_refused),
        cmocka_unit_test(lies_with_right_checksums_are_survived),
        cmocka_unit_test(sizes_near_the_ends_of_their_ranges_are_refused),
        cmocka_unit_test(two_tensors_of_one_name_are_refused),
        cmocka_unit_test(a_bomb_is_refused_unread),
        cmocka_unit_test(zeros_past_the_limit_of_growth_are_stored_and_read),
        cmocka_unit_test(foreign_files_are_bad_input),
        cmocka_unit_test(what_is_no_file_is_bad_input),
        cmocka_unit_test(a_text_transfer_is_named_as_the_cause),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
