// One picture at a time: PNG and JPEG of every kind against what Pillow, ImageMagick and cjpeg made
// of them (tests/golden/make_pictures.py), scaling against the triangle filter in double precision,
// and every way a file can be damaged.
#include "files.h"

#include "base/bytes.h"
#include "damage.h"
#include "data/bitmap.h"

static uint8_t pixels[1 << 16]; // of pixels.bin

static const char *picture(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/pictures/%s", CLGAN_TEST_SOURCE, name);
    return path;
}

// What pixels.txt says under `name`: the pixels, and their size in *size.
static const uint8_t *known(const char *name, gan_bitmap *size) {
    char line[256];
    FILE *index = fopen(picture("pixels.txt"), "r");
    assert_non_null(index);
    read_whole(picture("pixels.bin"), pixels, sizeof pixels);
    while (fgets(line, sizeof line, index)) {
        size_t offset;
        int text = 0;
        line[strcspn(line, "\n")] = '\0';
        assert_int_equal(sscanf(line, "%zu %zu %zu %zu %n", &offset, &size->width, &size->height,
                                &size->channels, &text),
                         4);
        if (strcmp(line + text, name) != 0) continue;
        fclose(index);
        return pixels + offset;
    }
    fail_msg("pixels.txt has no %s", name);
    return NULL;
}

static gan_status decode(const char *path, gan_bitmap *out) {
    static uint8_t bytes[1 << 16];
    size_t length = read_whole(path, bytes, sizeof bytes);
    return gan__bitmap_decode(bytes, length, out);
}

static gan_bitmap decode_or_fail(const char *name) {
    gan_bitmap bitmap;
    if (decode(picture(name), &bitmap) != GAN_STATUS_OK)
        fail_msg("%s: %s", name, gan_status_message());
    return bitmap;
}

static const char *const names[] = {
    "rgb.png",         "gray.png",       "one-bit.png",     "palette.png",  "palette-clear.png",
    "rgba.png",        "gray-alpha.png", "gray-clear.png",  "gray16.png",   "rgb16.png",
    "interlaced.png",  "color.jpg",      "progressive.jpg", "restart.jpg",  "gray.jpg",
    "late-header.jpg", "turned-1.jpg",   "turned-2.jpg",    "turned-3.jpg", "turned-4.jpg",
    "turned-5.jpg",    "turned-6.jpg",   "turned-7.jpg",    "turned-8.jpg"};
#define NAMES (sizeof names / sizeof *names)

static void every_kind_of_png_and_jpeg_decodes_as_others_decode_it(void **state) {
    (void)state;
    for (size_t i = 0; i < NAMES; ++i) {
        gan_bitmap expected, got = decode_or_fail(names[i]);
        const uint8_t *bytes = known(names[i], &expected);
        if (got.width != expected.width || got.height != expected.height ||
            got.channels != expected.channels)
            fail_msg("%s is %zu x %zu x %zu", names[i], got.width, got.height, got.channels);
        if (memcmp(got.pixels, bytes, got.width * got.height * got.channels) != 0)
            fail_msg("%s has other pixels", names[i]);
        gan__bitmap_destroy(&got);
    }
}

static void a_header_says_size_and_channels_before_the_pixels_are_there(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16];
    for (size_t i = 0; i < NAMES; ++i) {
        gan_bitmap expected, got;
        size_t length = read_whole(picture(names[i]), bytes, sizeof bytes), part = 8;
        bool more = true;
        known(names[i], &expected);
        for (; more; ++part) {
            gan_status status = gan__bitmap_look(bytes, part, length, &got, &more);
            assert_true(status == GAN_STATUS_OK || (status == GAN_STATUS_CORRUPT && more));
        }
        assert_true(part < length);
        assert_int_equal(got.width, expected.width);
        assert_int_equal(got.height, expected.height);
        assert_int_equal(got.channels, expected.channels);
        assert_null(got.pixels);
    }
}

static void inks_and_other_formats_are_refused_by_name(void **state) {
    (void)state;
    gan_bitmap bitmap;
    assert_int_equal(decode(picture("cmyk.jpg"), &bitmap), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "4 channels (CMYK)"));
    assert_int_equal(gan__bitmap_decode((const uint8_t *)"GIF89a", 6, &bitmap),
                     GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "this is GIF"));
    assert_int_equal(gan__bitmap_decode((const uint8_t *)"plain text", 10, &bitmap),
                     GAN_STATUS_BAD_INPUT);
    assert_int_equal(gan__bitmap_decode((const uint8_t *)"", 0, &bitmap), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "empty"));
}

// --- Scaling ------------------------------------------------------------------------------------

// The sample as rows of pixels, as pixels.bin has them.
static void interleave(const uint8_t *sample, const gan_bitmap_form *form, uint8_t *out) {
    const size_t plane = form->height * form->width;
    for (size_t p = 0; p < plane; ++p)
        for (size_t c = 0; c < form->channels; ++c)
            out[p * form->channels + c] = sample[c * plane + p];
}

static void assert_fits(const char *name, const char *expected, gan_bitmap_form form) {
    static uint8_t sample[1 << 15], rows[1 << 15];
    gan_bitmap size, bitmap = decode_or_fail(name);
    const uint8_t *bytes = known(expected, &size);
    form.width = size.width;
    form.height = size.height;
    form.channels = size.channels;
    assert_int_equal(gan__bitmap_fit_into(&bitmap, &form, sample), GAN_STATUS_OK);
    interleave(sample, &form, rows);
    const size_t count = form.width * form.height * form.channels;
    size_t off = 0;
    for (size_t i = 0; i < count; ++i) {
        const int difference = abs(rows[i] - bytes[i]);
        if (difference > 1) fail_msg("%s: byte %zu is off by %d", expected, i, difference);
        off += difference > 0;
    }
    // Single precision rounds a value at a half to the other side now and then.
    if (off > count / 500) fail_msg("%s: %zu of %zu bytes are off by one", expected, off, count);
    gan__bitmap_destroy(&bitmap);
}

static void scaling_is_the_antialiased_triangle(void **state) {
    (void)state;
    const gan_bitmap_form crop = {.fit = GAN_BITMAP_FIT_CROP};
    const gan_bitmap_form stretch = {.fit = GAN_BITMAP_FIT_STRETCH};
    const gan_bitmap_form middle = {
        .fit = GAN_BITMAP_FIT_CROP, .crop_width = 30, .crop_height = 30};
    assert_fits("photo.png", "photo.png 16 16 7 0 54 47", crop);
    assert_fits("photo.png", "photo.png 24 12 0 8.25 61 38.75", crop);
    assert_fits("photo.png", "photo.png 16 16 0 0 61 47", stretch);
    assert_fits("photo.png", "photo.png 96 70 0 0 61 47", stretch);
    assert_fits("photo.png", "photo.png 10 10 15 8 45 38", middle);
}

static void colours_count_by_their_opacity(void **state) {
    (void)state;
    assert_fits("rgba.png", "rgba.png 8 6 0 0 23 17",
                (gan_bitmap_form){.fit = GAN_BITMAP_FIT_STRETCH});
}

static void a_picture_of_the_right_size_is_copied(void **state) {
    (void)state;
    static uint8_t sample[1 << 15], rows[1 << 15];
    gan_bitmap size, bitmap = decode_or_fail("photo.png");
    const uint8_t *bytes = known("photo.png", &size);
    gan_bitmap_form form = {.width = 61, .height = 47, .channels = 3};
    assert_int_equal(gan__bitmap_fit_into(&bitmap, &form, sample), GAN_STATUS_OK);
    interleave(sample, &form, rows);
    assert_memory_equal(rows, bytes, 61 * 47 * 3);
    // So is its middle, where the height is right and there is too much on the sides.
    form.width = 40;
    assert_int_equal(gan__bitmap_fit_into(&bitmap, &form, sample), GAN_STATUS_OK);
    interleave(sample, &form, rows);
    for (size_t y = 0; y < 47; ++y)
        assert_memory_equal(rows + y * 40 * 3, bytes + (y * 61 + 10) * 3, 40 * 3);
    gan__bitmap_destroy(&bitmap);
}

// A chessboard of single pixels is grey from afar. Without a filter it is black, or white, or
// moire.
static void nothing_finer_than_a_pixel_is_folded_into_it(void **state) {
    (void)state;
    static uint8_t board[64 * 64], sample[64];
    for (size_t i = 0; i < sizeof board; ++i) board[i] = (i + i / 64) % 2 ? 255 : 0;
    const gan_bitmap bitmap = {64, 64, 1, board};
    const gan_bitmap_form form = {.width = 8, .height = 8, .channels = 1};
    assert_int_equal(gan__bitmap_fit_into(&bitmap, &form, sample), GAN_STATUS_OK);
    for (size_t y = 1; y < 7; ++y)
        for (size_t x = 1; x < 7; ++x) assert_in_range(sample[y * 8 + x], 126, 129);
}

static void colours_become_grey_and_opacity_white_behind(void **state) {
    (void)state;
    uint8_t pixel[4] = {200, 100, 50, 255}, sample[4];
    gan_bitmap bitmap = {1, 1, 3, pixel};
    gan_bitmap_form form = {.width = 1, .height = 1, .channels = 1};
    gan__bitmap_fit_into(&bitmap, &form, sample);
    assert_int_equal(sample[0], 124); // 0.299 x 200 + 0.587 x 100 + 0.114 x 50 = 124.2
    form.channels = 4;
    gan__bitmap_fit_into(&bitmap, &form, sample);
    assert_memory_equal(sample, pixel, 4);
    bitmap.channels = 4;
    form.channels = 3;
    pixel[3] = 51; // a fifth
    gan__bitmap_fit_into(&bitmap, &form, sample);
    assert_memory_equal(sample, ((uint8_t[]){244, 224, 214}), 3);
    bitmap.channels = 1;
    gan__bitmap_fit_into(&bitmap, &form, sample);
    assert_memory_equal(sample, ((uint8_t[]){200, 200, 200}), 3);
}

static void a_crop_larger_than_the_picture_is_refused(void **state) {
    (void)state;
    uint8_t sample[4];
    gan_bitmap bitmap = decode_or_fail("gray.png");
    const gan_bitmap_form form = {
        .crop_width = 20, .crop_height = 18, .width = 1, .height = 1, .channels = 1};
    assert_int_equal(gan__bitmap_fit_into(&bitmap, &form, sample), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "17 pixels high"));
    gan__bitmap_destroy(&bitmap);
}

// --- Damage -------------------------------------------------------------------------------------

static gan_status decode_bytes(const uint8_t *bytes, size_t length) {
    // A copy of that very length, so that a sanitizer sees a read past its end.
    uint8_t *copy = malloc(length + 1);
    gan_bitmap bitmap;
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    gan_status status = gan__bitmap_decode(copy, length, &bitmap);
    if (status == GAN_STATUS_OK)
        gan__bitmap_destroy(&bitmap);
    else
        assert_null(bitmap.pixels);
    (void)damage_judge(status);
    free(copy);
    return status;
}

static void a_picture_cut_short_says_so_at_any_byte(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16];
    static const char *const cut[] = {"rgb.png", "interlaced.png", "palette-clear.png", "color.jpg",
                                      "progressive.jpg"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; ++i) {
        size_t length = read_whole(picture(cut[i]), bytes, sizeof bytes);
        // JPEG's last two bytes say that it ends, when all its pixels are there.
        size_t end = strstr(cut[i], ".jpg") ? length - 2 : length;
        for (size_t at = 0; at < end; ++at)
            if (decode_bytes(bytes, at) == GAN_STATUS_OK)
                fail_msg("%s is read though it ends at byte %zu of %zu", cut[i], at, length);
    }
}

static void a_changed_byte_is_an_error_or_a_picture_but_never_a_crash(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16];
    for (size_t i = 0; i < NAMES; ++i) {
        size_t length = read_whole(picture(names[i]), bytes, sizeof bytes), passed = 0;
        if (length > 4096) continue; // nearly all of it is one long comment
        for (size_t at = 0; at < length; ++at) {
            const uint8_t kept = bytes[at];
            bytes[at] ^= (uint8_t)(1u << at % 8);
            passed += decode_bytes(bytes, length) == GAN_STATUS_OK;
            bytes[at] = kept;
        }
        // PNG's checksums are over every byte.
        if (strstr(names[i], ".png") && passed > 0) fail_msg("%s: %zu", names[i], passed);
    }
}

// What a PNG that says it has this size is told.
static gan_status decode_claim(const char *name, uint32_t width, uint32_t height) {
    static uint8_t bytes[1 << 16];
    const uint32_t size[] = {width, height};
    size_t length = read_whole(picture(name), bytes, sizeof bytes);
    for (size_t i = 0; i < 8; ++i) bytes[16 + i] = (uint8_t)(size[i / 4] >> (24 - 8 * (i % 4)));
    const uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), bytes + 12, 17);
    for (size_t i = 0; i < 4; ++i) bytes[29 + i] = (uint8_t)(crc >> (24 - 8 * i));
    return decode_bytes(bytes, length);
}

static void a_picture_that_claims_absurd_sizes_takes_no_memory(void **state) {
    (void)state;
    assert_int_equal(decode_claim("gray.png", 0x7FFFFFFF, 0x7FFFFFFF), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "2147483647 x 2147483647"));
    // 2^27 pixels, in rows that are short or long: more than the 256 MiB there are, unpacked.
    assert_int_equal(decode_claim("palette.png", 16, 1 << 23), GAN_STATUS_CORRUPT);
    assert_non_null(strstr(gan_status_message(), "cut short"));
    assert_int_equal(decode_claim("palette.png", 1 << 23, 16), GAN_STATUS_CORRUPT);
}

// Texts before the pixels, each of 7 KB and 7 MB unpacked: half a gigabyte, for nothing.
static void texts_of_a_png_are_not_unpacked(void **state) {
    (void)state;
    enum { TEXTS = 64, UNPACKED = 7 << 20, HEADER = 33, PLACE = 16384 };
    static const uint8_t start[] = "zTXtk\0"; // a keyword and the method
    static uint8_t bytes[1 << 16];
    const size_t length = read_whole(picture("one-bit.png"), bytes, sizeof bytes);
    uint8_t *words = test_malloc(UNPACKED), *text = test_calloc(1, PLACE);
    uint8_t *file = test_malloc(length + TEXTS * PLACE);
    uLongf packed = PLACE - 32;
    memset(words, 'x', UNPACKED);
    assert_int_equal(compress2(text + 4 + sizeof start, &packed, words, UNPACKED, 9), Z_OK);
    memcpy(text + 4, start, sizeof start);
    const uint32_t content = (uint32_t)(sizeof start - 4 + packed);
    const uint32_t crc = (uint32_t)crc32(0, text + 4, content + 4);
    for (size_t i = 0; i < 4; ++i) {
        text[i] = (uint8_t)(content >> (24 - 8 * i));
        text[8 + content + i] = (uint8_t)(crc >> (24 - 8 * i));
    }
    size_t at = HEADER;
    memcpy(file, bytes, HEADER);
    for (size_t i = 0; i < TEXTS; ++i, at += content + 12) memcpy(file + at, text, content + 12);
    memcpy(file + at, bytes + HEADER, length - HEADER);
    assert_int_equal(decode_bytes(file, at + length - HEADER), GAN_STATUS_OK);
    test_free(file);
    test_free(text);
    test_free(words);
}

// PNG's checksums are made right again, so that the sizes behind them are read.
static void decode_resealed(const uint8_t *bytes, size_t length) {
    static uint8_t copy[1 << 16];
    memcpy(copy, bytes, length);
    for (size_t at = 8; copy[0] == 0x89 && at + 12 <= length;) {
        const size_t content = (size_t)gan__get_word(copy + at, 4, true);
        if (content > length - at - 12) break;
        const uint32_t crc = (uint32_t)crc32(0, copy + at + 4, (uInt)content + 4);
        for (size_t i = 0; i < 4; ++i) copy[at + 8 + content + i] = (uint8_t)(crc >> (24 - 8 * i));
        at += 12 + content;
    }
    (void)decode_bytes(copy, length);
}

static void sizes_near_the_ends_of_their_ranges_are_survived(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16];
    static const char *const some[] = {"one-bit.png", "palette-clear.png", "gray.jpg"};
    for (size_t i = 0; i < sizeof some / sizeof *some; ++i)
        damage_by_extremes(bytes, read_whole(picture(some[i]), bytes, sizeof bytes),
                           decode_resealed);
}

static void scans_that_go_over_a_large_picture_again_and_again_are_cut_short(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16];
    size_t length = read_whole(picture("many-scans.jpeg"), bytes, sizeof bytes);
    assert_int_equal(decode_bytes(bytes, length), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "more than 64 scans"));
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16], sample[1 << 10];
    const gan_bitmap_form form = {.width = 9, .height = 7, .channels = 3};
    for (size_t i = 0; i < NAMES; ++i) {
        size_t length = read_whole(picture(names[i]), bytes, sizeof bytes);
        gan_status status = GAN_STATUS_NO_MEMORY;
        for (size_t n = 1; status != GAN_STATUS_OK; ++n) {
            gan_bitmap bitmap;
            gan__alloc_fail_at(n);
            status = gan__bitmap_decode(bytes, length, &bitmap);
            if (status == GAN_STATUS_OK) status = gan__bitmap_fit_into(&bitmap, &form, sample);
            gan__alloc_fail_at(0);
            gan__bitmap_destroy(&bitmap);
            assert_true(status == GAN_STATUS_OK || status == GAN_STATUS_NO_MEMORY);
        }
    }
}

int main(void) {
    damage_bound_memory(256);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_png_and_jpeg_decodes_as_others_decode_it),
        cmocka_unit_test(a_header_says_size_and_channels_before_the_pixels_are_there),
        cmocka_unit_test(inks_and_other_formats_are_refused_by_name),
        cmocka_unit_test(scaling_is_the_antialiased_triangle),
        cmocka_unit_test(colours_count_by_their_opacity),
        cmocka_unit_test(a_picture_of_the_right_size_is_copied),
        cmocka_unit_test(nothing_finer_than_a_pixel_is_folded_into_it),
        cmocka_unit_test(colours_become_grey_and_opacity_white_behind),
        cmocka_unit_test(a_crop_larger_than_the_picture_is_refused),
        cmocka_unit_test(a_picture_cut_short_says_so_at_any_byte),
        cmocka_unit_test(a_changed_byte_is_an_error_or_a_picture_but_never_a_crash),
        cmocka_unit_test(a_picture_that_claims_absurd_sizes_takes_no_memory),
        cmocka_unit_test(texts_of_a_png_are_not_unpacked),
        cmocka_unit_test(sizes_near_the_ends_of_their_ranges_are_survived),
        cmocka_unit_test(scans_that_go_over_a_large_picture_again_and_again_are_cut_short),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
