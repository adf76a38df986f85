// The header of .npy: parsed from what NumPy wrote (tests/golden/make_arrays.py) and from lies,
// printed to the byte as numpy.save does.
#include "folder.h"

#include "base/npy.h"

#include <stdbool.h>

#define ARRAYS CLGAN_TEST_SOURCE "/tests/golden/arrays/"

static const struct {
    const char *name, *type;
    char order;
    bool columns_first;
    int rank;
    int64_t size[4];
    bool as_saved; // version 1.0, little-endian, rows first: what we print
} arrays[] = {
    {"u8_v1.npy", "u1", '|', false, 3, {3, 4, 5}, true},
    {"f4_images.npy", "f4", '<', false, 4, {3, 1, 4, 5}, true},
    {"f4_scalar.npy", "f4", '<', false, 0, {0}, true},
    {"f4_empty.npy", "f4", '<', false, 3, {0, 28, 28}, true},
    {"f4_v2.npy", "f4", '<', false, 2, {6, 2}, false},
    {"f8_v3.npy", "f8", '<', false, 4, {2, 3, 4, 2}, false},
    {"f4_big_endian.npy", "f4", '>', false, 1, {5}, false},
    {"f4_fortran.npy", "f4", '<', true, 2, {4, 3}, false},
};
enum { ARRAYS_COUNT = sizeof arrays / sizeof *arrays };

static uint8_t *read_array(const char *name, size_t *length) {
    char path[512];
    uint8_t *bytes;
    snprintf(path, sizeof path, ARRAYS "%s", name);
    assert_int_equal(gan__file_read(path, 1 << 20, &bytes, length), GAN_STATUS_OK);
    return bytes;
}

static void headers_of_numpy_say_what_was_saved(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAYS_COUNT; i++) {
        size_t length;
        gan_npy_header header;
        uint8_t *bytes = read_array(arrays[i].name, &length);
        if (gan__npy_header_parse(bytes, length, &header) != GAN_STATUS_OK)
            fail_msg("%s: %s", arrays[i].name, gan_status_message());
        assert_string_equal(header.type, arrays[i].type);
        assert_int_equal(header.order, arrays[i].order);
        assert_int_equal(header.columns_first, arrays[i].columns_first);
        assert_int_equal(header.rank, arrays[i].rank);
        uint64_t elements = 1;
        for (int k = 0; k < header.rank; k++) {
            assert_int_equal(header.size[k], arrays[i].size[k]);
            elements *= (uint64_t)header.size[k];
        }
        assert_int_equal(header.data + elements * (uint64_t)(header.type[1] - '0'), length);
        assert_int_equal(bytes[header.type_at], '\'');
        assert_int_equal(bytes[header.size_at], '(');
        gan__free(bytes);
    }
}

static void headers_are_printed_as_numpy_saves_them(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAYS_COUNT; i++) {
        if (!arrays[i].as_saved) continue;
        size_t length;
        gan_text text = {0};
        uint8_t *bytes = read_array(arrays[i].name, &length);
        gan__npy_header_print(arrays[i].type, arrays[i].rank, arrays[i].size, &text);
        assert_int_equal(gan__text_status(&text), GAN_STATUS_OK);
        assert_true(text.length <= length);
        assert_memory_equal(text.bytes, bytes, text.length);
        gan__text_destroy(&text);
        gan__free(bytes);
    }
}

static void every_rank_that_is_printed_is_parsed_again(void **state) {
    (void)state;
    const int64_t size[GAN_NPY_RANK_MAX] = {INT64_MAX, 0, 1, 10, 65536, INT64_MAX, 7, 8};
    static const char *const types[] = {"f4", "f2", "u1", "S12", "U3"};
    static const char orders[] = "<<||<";
    for (int rank = 0; rank <= GAN_NPY_RANK_MAX; rank++) {
        for (size_t t = 0; t < 5; t++) {
            gan_text text = {0};
            gan_npy_header header;
            gan__npy_header_print(types[t], rank, size, &text);
            assert_int_equal(text.length % 64, 0);
            assert_int_equal(
                gan__npy_header_parse((const uint8_t *)text.bytes, text.length, &header),
                GAN_STATUS_OK);
            assert_int_equal(header.data, text.length);
            assert_string_equal(header.type, types[t]);
            assert_int_equal(header.order, orders[t]);
            assert_int_equal(header.rank, rank);
            for (int k = 0; k < rank; k++) assert_true(header.size[k] == size[k]);
            gan__text_destroy(&text);
        }
    }
}

static gan_status parse_dictionary(const char *dictionary) {
    uint8_t bytes[512] = "\x93NUMPY\1";
    gan_npy_header header;
    size_t length = strlen(dictionary);
    assert_true(length < 256);
    bytes[8] = (uint8_t)length;
    memcpy(bytes + 10, dictionary, length);
    return gan__npy_header_parse(bytes, 10 + length, &header);
}

static void what_is_no_dictionary_of_numpy_is_refused_at_its_byte(void **state) {
    (void)state;
#define ORDER "'fortran_order':False,"
    static const struct {
        const char *dictionary;
        gan_status status;
        const char *piece;
    } cases[] = {
        {"", GAN_STATUS_CORRUPT, "byte 10: the .npy header should have a dictionary"},
        {"{", GAN_STATUS_CORRUPT, "byte 11"},
        {"{}", GAN_STATUS_CORRUPT, "all three"},
        {"{'descr'", GAN_STATUS_CORRUPT, "a colon"},
        {"{'descr':'<f4'" ORDER, GAN_STATUS_CORRUPT, "a comma"},
        {"{'descr':'f4'," ORDER "'shape':(1,)}", GAN_STATUS_CORRUPT, "byte 19: the .npy header"},
        {"{'descr':''," ORDER "'shape':(1,)}", GAN_STATUS_CORRUPT, "an element type"},
        {"{'descr':'<f4\"," ORDER "'shape':(1,)}", GAN_STATUS_CORRUPT, "a comma"},
        {"{'descr':[('a','<f4')]," ORDER "'shape':(1,)}", GAN_STATUS_BAD_INPUT, "structured"},
        {"{'descr':'<f4'," ORDER ORDER "'shape':(1,)}", GAN_STATUS_CORRUPT, "each once"},
        {"{'descr':'<f4','fortran_order':1,'shape':(1,)}", GAN_STATUS_CORRUPT, "True or False"},
        {"{'descr':'<f4'," ORDER "'shape':1}", GAN_STATUS_CORRUPT, "in parentheses"},
        {"{'descr':'<f4'," ORDER "'shape':(1)}", GAN_STATUS_CORRUPT, "a comma"},
        {"{'descr':'<f4'," ORDER "'shape':(1 2)}", GAN_STATUS_CORRUPT, "a comma"},
        {"{'descr':'<f4'," ORDER "'shape':(-1,)}", GAN_STATUS_CORRUPT, "a size"},
        {"{'descr':'<f4'," ORDER "'shape':(9223372036854775808,)}", GAN_STATUS_CORRUPT, "a size"},
        {"{'descr':'<f4'," ORDER "'shape':(1,1,1,1,1,1,1,1,1)}", GAN_STATUS_CORRUPT,
         "at most 8 axes"},
        {"{'descr':'<f4'," ORDER "'shape':(1,)} x", GAN_STATUS_CORRUPT, "only spaces"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gan_status status = parse_dictionary(cases[i].dictionary);
        if (status != cases[i].status)
            fail_msg("%s: %s", cases[i].dictionary, gan_status_name(status));
        assert_message_has(cases[i].piece);
    }
    assert_int_equal(parse_dictionary("{\"shape\" : (2 , 3 ,) , \"fortran_order\":\tTrue, "
                                      "\"descr\" : \"|S4\" , }\n"),
                     GAN_STATUS_OK);
}

static void a_header_cut_or_changed_anywhere_is_survived(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAYS_COUNT; i++) {
        size_t length;
        gan_npy_header header;
        uint8_t *bytes = read_array(arrays[i].name, &length);
        assert_int_equal(gan__npy_header_parse(bytes, length, &header), GAN_STATUS_OK);
        size_t whole = header.data;
        for (size_t cut = 0; cut < whole; cut++) {
            // A copy of just that length, so that a sanitizer sees a read behind it.
            uint8_t *copy = test_malloc(cut + 1);
            memcpy(copy + 1, bytes, cut);
            gan_status status = gan__npy_header_parse(copy + 1, cut, &header);
            assert_int_equal(status, cut < 6 ? GAN_STATUS_BAD_INPUT : GAN_STATUS_CORRUPT);
            test_free(copy);
        }
        for (size_t at = 0; at < whole; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                bytes[at] ^= (uint8_t)(1u << bit);
                gan_status status = gan__npy_header_parse(bytes, length, &header);
                if (status == GAN_STATUS_OK) {
                    assert_true(header.data <= length && header.rank >= 0 &&
                                header.rank <= GAN_NPY_RANK_MAX);
                    for (int k = 0; k < header.rank; k++) assert_true(header.size[k] >= 0);
                }
                bytes[at] ^= (uint8_t)(1u << bit);
            }
        }
        gan__free(bytes);
    }
}

static void versions_to_come_are_named(void **state) {
    (void)state;
    gan_npy_header header;
    const uint8_t future[] = "\x93NUMPY\4\0\0\0\0\0";
    assert_int_equal(gan__npy_header_parse(future, 12, &header), GAN_STATUS_BAD_VERSION);
    assert_message_has("version 4.0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_of_numpy_say_what_was_saved),
        cmocka_unit_test(headers_are_printed_as_numpy_saves_them),
        cmocka_unit_test(every_rank_that_is_printed_is_parsed_again),
        cmocka_unit_test(what_is_no_dictionary_of_numpy_is_refused_at_its_byte),
        cmocka_unit_test(a_header_cut_or_changed_anywhere_is_survived),
        cmocka_unit_test(versions_to_come_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
