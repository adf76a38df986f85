// Conversion: files that safetensors, PyTorch and NumPy wrote, round trips, selections.
#include "files.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "checkpoint/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

// --- Foreign files -------------------------------------------------------------------------------
static void list_line(gan_text *out, const char *file, const char *name, const char *type,
                      const char *shape, uLong crc) {
    gan__text_append(out, "%s %s %s %s %08lx\n", file, name, type, shape, crc);
}

static void list_tensor(gan_text *out, const char *file, const gan_checkpoint *checkpoint,
                        const gan_tensor_info *info) {
    gan_text shape = {0};
    float *values = malloc((info->elements + 1) * sizeof *values);
    assert_non_null(values);
    for (int i = 0; i < info->rank; i++) {
        gan__text_append(&shape, "%s%lld", i ? "x" : "", (long long)info->size[i]);
    }
    assert_ok(gan_checkpoint_read(checkpoint, info, values));
    list_line(out, file, info->name, info->dtype == GAN_DTYPE_F16 ? "f16" : "f32",
              info->rank ? gan__text_string(&shape) : "scalar",
              crc32(0, (const Bytef *)values, (uInt)(info->elements * sizeof *values)));
    gan__text_destroy(&shape);
    free(values);
}

static void list_file(gan_text *out, const char *file) {
    char path[600];
    gan_checkpoint *checkpoint;
    const gan_tensor_info *info;
    const char *name;
    snprintf(path, sizeof path, FOREIGN "%s", file);
    assert_ok(files_convert(path, files_path("foreign.gan"), NULL));
    assert_ok(gan_checkpoint_open(files_path("foreign.gan"), &checkpoint));
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)); i++) {
        list_tensor(out, file, checkpoint, info);
    }
    for (size_t i = 0; (name = gan_checkpoint_text_name(checkpoint, i)); i++) {
        const char *text = gan_checkpoint_text(checkpoint, name);
        char length[32];
        snprintf(length, sizeof length, "%zu", strlen(text));
        list_line(out, file, name, "text", length,
                  crc32(0, (const Bytef *)text, (uInt)strlen(text)));
    }
    gan_checkpoint_close(checkpoint);
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Sorts the lines of a text in place of the listing's own order.
static void sort_lines(const gan_text *text, gan_text *sorted) {
    char *lines[256];
    size_t count = 0;
    char *copy = strdup(gan__text_string(text));
    assert_non_null(copy);
    for (char *line = strtok(copy, "\n"); line && count < 256; line = strtok(NULL, "\n")) {
        lines[count++] = line;
    }
    qsort(lines, count, sizeof lines[0], compare_lines);
    for (size_t i = 0; i < count; i++) gan__text_append(sorted, "%s\n", lines[i]);
    free(copy);
}

static void assert_holds(const char *const *files, size_t count, const char *listing) {
    gan_text found = {0}, sorted = {0};
    uint8_t *expected;
    size_t length;
    for (size_t i = 0; i < count; i++) list_file(&found, files[i]);
    sort_lines(&found, &sorted);
    assert_ok(gan__file_read(listing, 1 << 20, &expected, &length));
    assert_string_equal(gan__text_string(&sorted), (const char *)expected);
    gan__free(expected);
    gan__text_destroy(&found);
    gan__text_destroy(&sorted);
}

static void what_others_wrote_is_read_as_they_meant_it(void **state) {
    (void)state;
    static const char *const onnx = "foreign.onnx";
    static const char *const files[] = {
        "torch.safetensors", "savez.npz",           "savez_compressed.npz", "torch.pt",
        "torch-views.pt",    "torch-protocol4.pt",  "torch-legacy.pt",      "torch-legacy4.pt",
        "torch-nested.pt",   "torch-big-endian.pt", "torch-1.6.pt",         "torch-cuda.pt"};
    assert_holds(files, sizeof files / sizeof files[0], FOREIGN "expected.txt");
    assert_holds(&onnx, 1, FOREIGN "expected-onnx.txt");
}

static void a_number_that_is_no_float32_is_rounded_only_on_request(void **state) {
    (void)state;
    const gan_convert_options rounding = {.has_dtype = true, .dtype = GAN_DTYPE_F32};
    assert_int_equal(files_convert(FOREIGN "inexact.safetensors", files_path("x.gan"), NULL),
                     GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "--dtype f32"));
    assert_false(gan__file_exists(files_path("x.gan")));
    assert_ok(files_convert(FOREIGN "inexact.safetensors", files_path("x.gan"), &rounding));
}

static void other_formats_are_refused_by_saying_which_are_known(void **state) {
    (void)state;
    gan_convert_format format;
    static const char *const names[] = {"model.bin", "model", ".gan/x", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(gan_convert_format_find(names[i], &format), GAN_STATUS_BAD_ARGUMENT);
        assert_non_null(strstr(gan_status_message(), ".gan, .safetensors, .npz, .pt and .onnx"));
    }
    assert_int_equal(files_convert(FOREIGN "expected.txt", files_path("x.gan"), NULL),
                     GAN_STATUS_BAD_INPUT);
    assert_int_equal(files_convert(files_folder(), files_path("x.gan"), NULL),
                     GAN_STATUS_BAD_INPUT);
    assert_int_equal(files_convert(files_path("absent"), files_path("x.gan"), NULL),
                     GAN_STATUS_BAD_INPUT);
}

// --- Round trips ---------------------------------------------------------------------------------
static void a_checkpoint_comes_back_from_every_format(void **state) {
    (void)state;
    static const char *const between[] = {"between.safetensors", "between.npz", "between.pt",
                                          "between.gan"};
    enum { BETWEEN = sizeof between / sizeof between[0] };
    for (size_t i = 0; i < BETWEEN; i++) {
        assert_ok(files_convert(GOLDEN, files_path(between[i]), NULL));
        assert_ok(files_convert(files_path(between[i]), files_path("back.gan"), NULL));
        files_assert_same(GOLDEN, files_path("back.gan"));
        for (size_t k = 0; k < BETWEEN; k++) {
            char other[32];
            snprintf(other, sizeof other, "other-%s", between[k]);
            assert_ok(files_convert(files_path(between[i]), files_path(other), NULL));
            assert_ok(files_convert(files_path(other), files_path("back.gan"), NULL));
            files_assert_same(GOLDEN, files_path("back.gan"));
        }
    }
}

// Every float16 there is, NaNs included.
static void every_float16_comes_back(void **state) {
    (void)state;
    enum { COUNT = 65536 };
    static uint8_t npy[10 + 118 + 2 * COUNT] = "\x93NUMPY\1\0\x76\0";
    const char *header = "{'descr':'<f2','fortran_order':False,'shape':(65536,)}";
    memset(npy + 10, ' ', 118);
    memcpy(npy + 10, header, strlen(header));
    for (size_t i = 0; i < COUNT; i++) {
        npy[128 + 2 * i] = (uint8_t)i;
        npy[129 + 2 * i] = (uint8_t)(i >> 8);
    }
    // The same elements as a safetensors file, which needs no checksum.
    const char *json = "{\"h\":{\"dtype\":\"F16\",\"shape\":[65536],\"data_offsets\":[0,131072]}}";
    gan_text file = {0};
    uint8_t length[8] = {(uint8_t)strlen(json)};
    gan__text_append_bytes(&file, length, 8);
    gan__text_append_bytes(&file, json, strlen(json));
    gan__text_append_bytes(&file, npy + 128, 2 * COUNT);
    assert_ok(gan__file_write(files_path("half.safetensors"), file.bytes, file.length));
    static const char *const between[] = {"half.gan", "half.npz", "half.pt"};
    for (size_t i = 0; i < 3; i++) {
        uint8_t *back;
        size_t back_length;
        assert_ok(files_convert(files_path("half.safetensors"), files_path(between[i]), NULL));
        assert_ok(files_convert(files_path(between[i]), files_path("back.safetensors"), NULL));
        assert_ok(gan__file_read(files_path("back.safetensors"), 1 << 20, &back, &back_length));
        assert_memory_equal(back + back_length - 2 * COUNT, npy + 128, 2 * COUNT);
        gan__free(back);
    }
    gan__text_destroy(&file);
}

// --- Selections ----------------------------------------------------------------------------------
static void assert_selects(const gan_convert_options *options, const char *expected) {
    gan_conversion *conversion;
    const gan_convert_tensor *tensor;
    const char *text;
    gan_text found = {0};
    assert_ok(gan_conversion_open(GOLDEN, options, &conversion));
    for (size_t i = 0; (tensor = gan_conversion_tensor(conversion, i)); i++) {
        gan__text_append(&found, "%s ", tensor->name);
    }
    for (size_t i = 0; (text = gan_conversion_text_name(conversion, i)); i++) {
        gan__text_append(&found, "+%.7s", text);
    }
    assert_string_equal(gan__text_string(&found), expected);
    gan__text_destroy(&found);
    gan_conversion_close(conversion);
}

static void options_choose_by_name_and_role(void **state) {
    (void)state;
    gan_conversion *conversion;
    assert_selects(&(gan_convert_options){.network = "generator"},
                   "generator.0.weight generator.0.bias +recipe+run+history+gr\xc3\xbc\xc3\x9f");
    assert_selects(&(gan_convert_options){.network = "optimizer", .only = "*.v.*"},
                   "optimizer.generator.v.0.weight +recipe+run+history+gr\xc3\xbc\xc3\x9f");
    assert_selects(&(gan_convert_options){.strip_training = true, .only = "*[.0]*weight"},
                   "generator.0.weight discriminator.0.weight discriminator.1.weight ema.0.weight "
                   "+recipe+run+gr\xc3\xbc\xc3\x9f");
    assert_int_equal(
        gan_conversion_open(GOLDEN, &(gan_convert_options){.only = "gen"}, &conversion),
        GAN_STATUS_BAD_ARGUMENT);
    assert_null(conversion);
}

static void names_can_be_those_of_a_module_of_its_own(void **state) {
    (void)state;
    gan_conversion *conversion;
    assert_selects(&(gan_convert_options){.network = "generator", .bare_names = true},
                   "0.weight 0.bias +recipe+run+history+gr\xc3\xbc\xc3\x9f");
    assert_selects(&(gan_convert_options){.network = "ema", .bare_names = true},
                   "0.bias 0.weight +recipe+run+history+gr\xc3\xbc\xc3\x9f"); // its bias is shared
    assert_int_equal(
        gan_conversion_open(GOLDEN, &(gan_convert_options){.bare_names = true}, &conversion),
        GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "--network"));
}

static void a_dtype_is_applied_to_every_tensor(void **state) {
    (void)state;
    const gan_convert_options half = {.has_dtype = true, .dtype = GAN_DTYPE_F16};
    gan_checkpoint *checkpoint;
    assert_ok(files_convert(GOLDEN, files_path("half.gan"), &half));
    assert_ok(gan_checkpoint_open(files_path("half.gan"), &checkpoint));
    for (size_t i = 0; i < gan_checkpoint_tensor_count(checkpoint); i++) {
        assert_int_equal(gan_checkpoint_tensor(checkpoint, i)->dtype, GAN_DTYPE_F16);
    }
    gan_checkpoint_close(checkpoint);
}

// --- Chunks that are not known -------------------------------------------------------------------
// The specification's example with three chunks more before its index: "noTe" and "keEp" may be
// copied into a changed file, "noTE" may not.
static void write_with_chunks(const char *path) {
    static const char *const types[] = {"noTe", "noTE", "keEp"};
    uint8_t *bytes;
    size_t length;
    assert_ok(gan__file_read(CLGAN_TEST_SOURCE "/tests/golden/checkpoint-example.gan", 1 << 20,
                             &bytes, &length));
    const size_t index = (size_t)gan__get_u64(bytes + GAN_FORMAT_START - 12);
    gan_text file = {0};
    gan__text_append_bytes(&file, bytes, index);
    for (size_t i = 0; i < 3; i++) {
        uint8_t header[GAN_FORMAT_CHUNK_HEADER], crc[4];
        gan__chunk_pack(types[i], 4, header);
        gan__put_u32(crc, gan__crc(types[i], 4));
        gan__text_append_bytes(&file, header, sizeof header);
        gan__text_append_bytes(&file, types[i], 4); // its type is its content
        gan__text_append_bytes(&file, crc, sizeof crc);
    }
    uint8_t *head = (uint8_t *)file.bytes + GAN_FORMAT_SIGNATURE + GAN_FORMAT_CHUNK_HEADER;
    gan__put_u64(head + 4, length + file.length - index);
    gan__put_u64(head + 12, file.length);
    gan__put_u32(head + GAN_FORMAT_HEAD, gan__crc(head, GAN_FORMAT_HEAD));
    gan__text_append_bytes(&file, bytes + index, length - index);
    assert_ok(gan__file_write(path, file.bytes, file.length));
    gan__text_destroy(&file);
    gan__free(bytes);
}

static void assert_has_chunks(const char *path, const char *expected) {
    gan_checkpoint *checkpoint;
    gan_text found = {0};
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    assert_ok(gan_checkpoint_verify(checkpoint));
    for (size_t i = 0; i < checkpoint->ancillary_count; i++) {
        const gan_chunk *chunk = &checkpoint->ancillary[i];
        uint8_t *payload;
        assert_ok(gan__reader_payload(checkpoint, chunk, &payload));
        assert_int_equal(chunk->length, 4);
        assert_memory_equal(payload, chunk->type, 4);
        gan__text_append(&found, "%s ", chunk->type);
        gan__free(payload);
    }
    assert_string_equal(gan__text_string(&found), expected);
    gan__text_destroy(&found);
    gan_checkpoint_close(checkpoint);
}

static void unknown_ancillary_chunks_are_kept_as_they_allow_it(void **state) {
    (void)state;
    const gan_convert_options same = {.has_dtype = true, .dtype = GAN_DTYPE_F32};
    const gan_convert_options half = {.has_dtype = true, .dtype = GAN_DTYPE_F16};
    write_with_chunks(files_path("chunks.gan"));
    assert_has_chunks(files_path("chunks.gan"), "noTe noTE keEp ");
    assert_ok(files_convert(files_path("chunks.gan"), files_path("copy.gan"), NULL));
    assert_has_chunks(files_path("copy.gan"), "noTe noTE keEp ");
    assert_ok(files_convert(files_path("chunks.gan"), files_path("copy.gan"), &same));
    assert_has_chunks(files_path("copy.gan"), "noTe noTE keEp ");
    assert_ok(files_convert(files_path("chunks.gan"), files_path("copy.gan"), &half));
    assert_has_chunks(files_path("copy.gan"), "noTe keEp ");
}

static void a_checkpoint_cannot_go_to_a_descriptor(void **state) {
    (void)state;
    gan_conversion *conversion;
    assert_ok(gan_conversion_open(GOLDEN, NULL, &conversion));
    assert_int_equal(
        gan_conversion_write(conversion, (gan_target){.fd = 1}, GAN_CONVERT_FORMAT_GAN, 6),
        GAN_STATUS_BAD_ARGUMENT);
    assert_int_equal(gan_conversion_write(conversion, (gan_target){.path = files_path("x.npz")},
                                          GAN_CONVERT_FORMAT_NPZ, 10),
                     GAN_STATUS_BAD_ARGUMENT);
    gan_conversion_close(conversion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_wrote_is_read_as_they_meant_it),
        cmocka_unit_test(a_number_that_is_no_float32_is_rounded_only_on_request),
        cmocka_unit_test(other_formats_are_refused_by_saying_which_are_known),
        cmocka_unit_test(a_checkpoint_comes_back_from_every_format),
        cmocka_unit_test(every_float16_comes_back),
        cmocka_unit_test(options_choose_by_name_and_role),
        cmocka_unit_test(names_can_be_those_of_a_module_of_its_own),
        cmocka_unit_test(a_dtype_is_applied_to_every_tensor),
        cmocka_unit_test(unknown_ancillary_chunks_are_kept_as_they_allow_it),
        cmocka_unit_test(a_checkpoint_cannot_go_to_a_descriptor),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
