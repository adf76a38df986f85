// Conversion of files that are damaged or lie, and with memory that runs out.
#include "files.h"

#include "damage.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// --- Damage --------------------------------------------------------------------------------------
// Reading all of a file of these bytes either works or says that the input is bad; nothing else.
static gan_status judge(const uint8_t *bytes, size_t length) {
    gan_conversion *conversion;
    unlink(files_path("judged")); // some file systems wait for the disk when a file is overwritten
    FILE *file = fopen(files_path("judged"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    int nowhere = open("/dev/null", O_WRONLY);
    gan_status status = gan_conversion_open(files_path("judged"), NULL, &conversion);
    if (status == GAN_STATUS_OK)
        status = gan_conversion_write(conversion, (gan_target){.fd = nowhere},
                                      GAN_CONVERT_FORMAT_SAFETENSORS, 0);
    gan_conversion_close(conversion);
    close(nowhere);
    (void)damage_judge(status);
    return status;
}

static const char *const damaged_files[] = {
    FOREIGN "torch.safetensors",
    FOREIGN "savez.npz",
    FOREIGN "savez_compressed.npz",
    FOREIGN "torch-nested.pt",
    FOREIGN "torch-legacy.pt",
    FOREIGN "torch-legacy4.pt",
    FOREIGN "layers-discriminator.onnx",
    FOREIGN "foreign.onnx", // the last: cut before its metadata it is whole
};
enum { DAMAGED = sizeof damaged_files / sizeof damaged_files[0] };

static void every_truncation_is_detected(void **state) {
    (void)state;
    for (size_t f = 0; f < DAMAGED - 1; f++) {
        uint8_t *bytes;
        size_t length;
        assert_ok(gan__file_read(damaged_files[f], 1 << 20, &bytes, &length));
        for (size_t cut = 0; cut < length; cut++) {
            if (judge(bytes, cut) == GAN_STATUS_OK)
                fail_msg("%s: cut to %zu bytes", damaged_files[f], cut);
        }
        gan__free(bytes);
    }
}

// safetensors and PyTorch's older layout have no checksum, so many flips go unseen there; none may
// do harm.
static void every_flipped_byte_is_survived(void **state) {
    (void)state;
    for (size_t f = 0; f < DAMAGED; f++) {
        uint8_t *bytes;
        size_t length;
        assert_ok(gan__file_read(damaged_files[f], 1 << 20, &bytes, &length));
        for (size_t i = 0; i < length; i++) {
            bytes[i] ^= i % 2 ? 0xff : 0x01;
            (void)judge(bytes, length);
            bytes[i] ^= i % 2 ? 0xff : 0x01;
        }
        gan__free(bytes);
    }
}

static void judge_only(const uint8_t *bytes, size_t length) {
    (void)judge(bytes, length);
}

static void sizes_near_the_ends_of_their_ranges_are_survived(void **state) {
    (void)state;
    static const char *const files[] = {FOREIGN "inexact.safetensors", FOREIGN "foreign.onnx",
                                        CLGAN_TEST_SOURCE "/tests/golden/arrays/zip64.npz",
                                        FOREIGN "torch-big-endian.pt", FOREIGN "torch-legacy4.pt"};
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        uint8_t *bytes;
        size_t length;
        assert_ok(gan__file_read(files[f], 1 << 20, &bytes, &length));
        damage_by_extremes(bytes, length, judge_only);
        gan__free(bytes);
    }
}

static void lying_safetensors_headers_are_refused(void **state) {
    (void)state;
    static const char *const headers[] = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
        "{\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":3}",
        "{\"__metadata__\":{\"a\":3}}",
        "{\"a\\u0000b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}",
        "{\"__metadata__\":{\"a\":\"b\"},\"__metadata__\":{\"c\":\"d\"},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]} "
        "\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},}",
        "{\"a\" {\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775803,"
        "9223372036854775807]}}",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[3,3074457345618258603],\"data_offsets\":[0,4]}}",
        "{} x",
        "{",
        "{}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        gan_text file = {0};
        uint8_t length[8] = {(uint8_t)strlen(headers[i])};
        gan__text_append_bytes(&file, length, 8);
        gan__text_append(&file, "%s", headers[i]);
        gan__text_append_bytes(&file, "\0\0\x80\x3f", 4);
        if (judge((const uint8_t *)file.bytes, file.length) == GAN_STATUS_OK)
            fail_msg("accepted: %s", headers[i]);
        gan__text_destroy(&file);
    }
}

// The format pads a header with spaces, and JSON has no zero bytes between its marks either.
static void zero_bytes_in_a_safetensors_header_are_refused(void **state) {
    (void)state;
    static const char header[] =
        "{ \"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]} } ";
    const size_t bytes = sizeof header - 1;
    for (size_t at = 0; at <= bytes; at++) {
        if (at < bytes && header[at] != ' ') continue;
        const uint8_t length[8] = {(uint8_t)bytes};
        gan_text file = {0};
        gan__text_append_bytes(&file, length, 8);
        gan__text_append_bytes(&file, header, bytes);
        gan__text_append_bytes(&file, "\0\0\x80\x3f", 4);
        if (at < bytes) file.bytes[8 + at] = 0;
        assert_int_equal(judge((const uint8_t *)file.bytes, file.length) == GAN_STATUS_OK,
                         at == bytes);
        gan__text_destroy(&file);
    }
}

// --- Memory --------------------------------------------------------------------------------------
static void each_allocation_may_fail(void **state) {
    (void)state;
    static const char *const sources[] = {GOLDEN,
                                          FOREIGN "torch.safetensors",
                                          FOREIGN "savez_compressed.npz",
                                          FOREIGN "torch-views.pt",
                                          FOREIGN "torch-legacy.pt",
                                          FOREIGN "layers.pt",
                                          FOREIGN "layers-discriminator.onnx"};
    static const char *const targets[] = {"x.npz", "x.gan",  "x.safetensors", "x.pt",
                                          "x.gan", "x.onnx", "x.gan"};
    const gan_convert_options with_recipe = {.recipe = FOREIGN "layers.yaml"};
    files_remove();
    for (size_t s = 0; s < sizeof sources / sizeof sources[0]; s++) {
        const gan_convert_options *options =
            strcmp(targets[s], "x.onnx") == 0 ? &with_recipe : NULL;
        for (size_t n = 1;; n++) {
            gan__alloc_fail_at(n);
            gan_status status = files_convert(sources[s], files_path(targets[s]), options);
            size_t made = gan__alloc_count();
            gan__alloc_fail_at(0);
            if (made < n) {
                assert_ok(status);
                assert_true(n > 10);
                break;
            }
            // A recipe's reader makes lists of choices that only messages would need.
            if (status == GAN_STATUS_OK && options) {
                files_remove();
                continue;
            }
            if (status != GAN_STATUS_NO_MEMORY)
                fail_msg("allocation %zu: %s %s", n, gan_status_name(status), gan_status_message());
            assert_int_equal(files_remove(), 0);
        }
        files_remove();
    }
}

int main(void) {
    damage_bound_memory(256);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_is_detected),
        cmocka_unit_test(every_flipped_byte_is_survived),
        cmocka_unit_test(sizes_near_the_ends_of_their_ranges_are_survived),
        cmocka_unit_test(lying_safetensors_headers_are_refused),
        cmocka_unit_test(zero_bytes_in_a_safetensors_header_are_refused),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
