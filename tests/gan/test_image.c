// Pictures: where each sample of a grid lies, ranges, plots, and files read back by libpng.
#include "pipe.h"

#include "base/memory.h"
#include "clgan/image.h"

#include <fcntl.h>
#include <math.h>
#include <png.h>

static gan_sample_info images(int64_t channels, int64_t height, int64_t width) {
    return (gan_sample_info){.rank = 3,
                             .size = {channels, height, width},
                             .elements = (size_t)(channels * height * width),
                             .low = -1,
                             .high = 1};
}

static gan_sample_info points(int64_t values) {
    return (gan_sample_info){.rank = 1, .size = {values}, .elements = (size_t)values};
}

// `count` values, one a byte from 0 on, as a generator with tanh would give them.
static void ramp(float *values, size_t count) {
    for (size_t i = 0; i < count; ++i) values[i] = (float)(i % 256) / 127.5F - 1;
}

static gan_image *create(gan_sample_info info, const float *samples, size_t count,
                         const gan_image_options *options) {
    gan_image *image;
    if (gan_image_create(&info, samples, count, options, &image) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return image;
}

static void assert_size(const gan_image *image, size_t width, size_t height, size_t channels) {
    assert_int_equal(gan_image_get_width(image), width);
    assert_int_equal(gan_image_get_height(image), height);
    assert_int_equal(gan_image_get_channels(image), channels);
}

static void a_grid_fills_its_rows_first(void **state) {
    (void)state;
    float values[5 * 4];
    ramp(values, 20);
    gan_image *image = create(images(1, 2, 2), values, 5, &(gan_image_options){.columns = 3});
    static const uint8_t expected[] = {0,  1,  4,  5,  8, 9, 2,  3,  6,  7,  10, 11,
                                       12, 13, 16, 17, 0, 0, 14, 15, 18, 19, 0,  0};
    assert_size(image, 6, 4, 1);
    assert_memory_equal(gan_image_get_pixels(image), expected, sizeof expected);
    gan_image_destroy(image);
}

static void padding_lies_between_and_around(void **state) {
    (void)state;
    float values[2];
    ramp(values, 2);
    values[0] = values[1] = 1;
    gan_image *image = create(images(1, 1, 1), values, 2,
                              &(gan_image_options){.columns = 2, .rows = 2, .padding = 1});
    static const uint8_t expected[] = {0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0, 0,
                                       0, 0, 0, 0, 0, 0, 0,   0, 0,   0, 0, 0};
    assert_size(image, 5, 5, 1);
    assert_memory_equal(gan_image_get_pixels(image), expected, sizeof expected);
    gan_image_destroy(image);
}

static void three_planes_become_colours_and_two_lie_side_by_side(void **state) {
    (void)state;
    float values[12];
    ramp(values, 12);
    gan_image *image = create(images(3, 2, 2), values, 1, NULL);
    static const uint8_t colours[] = {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11};
    assert_size(image, 2, 2, 3);
    assert_memory_equal(gan_image_get_pixels(image), colours, sizeof colours);
    gan_image_destroy(image);
    image = create(images(2, 2, 3), values, 1, NULL);
    static const uint8_t planes[] = {0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11};
    assert_size(image, 6, 2, 1);
    assert_memory_equal(gan_image_get_pixels(image), planes, sizeof planes);
    gan_image_destroy(image);
}

static void without_options_a_grid_is_nearly_square(void **state) {
    (void)state;
    static float values[10 * 784];
    gan_image *image = create(images(1, 28, 28), values, 10, NULL);
    assert_size(image, 4 * 28, 3 * 28, 1);
    gan_image_destroy(image);
    image = create(points(7), values, 3, &(gan_image_options){.columns = 1});
    assert_size(image, 7, 3, 1);
    gan_image_destroy(image);
}

static void values_round_to_the_nearest_byte_and_stop_at_the_ends(void **state) {
    (void)state;
    static const float values[] = {-1,       1,         0,        -1.5F,     7,        NAN,
                                   INFINITY, -INFINITY, 0.00391F, -0.00393F, -0.9999F, 0.9961F};
    static const uint8_t expected[] = {0, 255, 128, 0, 255, 0, 255, 0, 128, 127, 0, 255};
    gan_image *image = create(images(1, 1, 12), values, 1, NULL);
    assert_memory_equal(gan_image_get_pixels(image), expected, sizeof expected);
    gan_image_destroy(image);
}

static void a_range_that_is_not_known_is_that_of_the_values(void **state) {
    (void)state;
    static const float values[] = {10, 20, NAN, 15, 12, 10};
    static const uint8_t expected[] = {0, 255, 0, 128, 51, 0};
    gan_sample_info info = images(1, 2, 3);
    info.low = info.high = 0;
    gan_image *image = create(info, values, 1, NULL);
    assert_memory_equal(gan_image_get_pixels(image), expected, sizeof expected);
    gan_image_destroy(image);
    static const float equal[] = {5, 5, 5, 5, 5, 5};
    image = create(info, equal, 1, NULL);
    for (size_t i = 0; i < 6; ++i) assert_int_equal(gan_image_get_pixels(image)[i], 0);
    gan_image_destroy(image);
}

static void a_grid_too_small_or_nothing_to_draw_is_refused(void **state) {
    (void)state;
    float values[5] = {0};
    gan_sample_info info = images(1, 1, 1);
    gan_image *image;
    gan_image_options small = {.columns = 2, .rows = 2};
    assert_int_equal(gan_image_create(&info, values, 5, &small, &image), GAN_STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(gan_status_message(), "a grid of 2 x 2 does not hold 5 samples"));
    assert_null(image);
    assert_int_equal(gan_image_create(&info, values, 0, NULL, &image), GAN_STATUS_BAD_ARGUMENT);
    gan_image_options huge = {.columns = SIZE_MAX, .rows = SIZE_MAX};
    assert_int_equal(gan_image_create(&info, values, 5, &huge, &image), GAN_STATUS_BAD_ARGUMENT);
    gan_image_options wide = {.padding = SIZE_MAX};
    assert_int_equal(gan_image_create(&info, values, 5, &wide, &image), GAN_STATUS_BAD_ARGUMENT);
}

// --- Plots --------------------------------------------------------------------------------------

typedef struct rgb {
    int red, green, blue;
} rgb;

static rgb pixel(const gan_image *image, size_t x, size_t y) {
    const uint8_t *p = gan_image_get_pixels(image) + (y * gan_image_get_width(image) + x) * 3;
    return (rgb){p[0], p[1], p[2]};
}

static bool is_white(rgb c) {
    return c.red == 255 && c.green == 255 && c.blue == 255;
}

static bool is_grey(rgb c) {
    return !is_white(c) && c.red == c.green && c.green == c.blue;
}

static bool is_coloured(rgb c) {
    return c.red > c.blue + 40;
}

static void points_lie_where_they_belong_with_y_upwards(void **state) {
    (void)state;
    // The reference spans -1 to 1; with 8 per cent on each side, 116 pixels show 2.32.
    static const float reference[] = {-1, -1, 1, 1, -1, 1};
    static const float samples[] = {0, 0, 0.5F, 1, 40, 0, NAN, 0};
    gan_image_options options = {.side = 116, .reference = reference, .reference_count = 3};
    gan_image *image = create(points(2), samples, 4, &options);
    assert_size(image, 116, 116, 3);
    assert_true(is_coloured(pixel(image, 58, 58)));
    assert_true(is_coloured(pixel(image, 83, 8)));
    assert_true(is_grey(pixel(image, 8, 108)) && is_grey(pixel(image, 108, 8)));
    assert_true(is_grey(pixel(image, 8, 8)) && is_white(pixel(image, 108, 108)));
    size_t grey = 0, coloured = 0; // three dots and two
    for (size_t i = 0; i < 116 * 116; ++i) {
        grey += is_grey(pixel(image, i % 116, i / 116));
        coloured += is_coloured(pixel(image, i % 116, i / 116));
    }
    assert_true(grey >= 3 * 16 && grey <= 3 * 36 && coloured >= 2 * 4 && coloured <= 2 * 16);
    gan_image_destroy(image);
}

static void a_density_is_high_where_the_values_are(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    static float samples[COUNT], reference[COUNT];
    for (size_t i = 0; i < COUNT; ++i) { // uniform on [-1, 0] and on [0, 1]
        samples[i] = -(float)i / COUNT;
        reference[i] = (float)i / COUNT;
    }
    gan_image_options options = {.side = 200, .reference = reference, .reference_count = COUNT};
    gan_image *image = create(points(1), samples, COUNT, &options);
    assert_size(image, 200, 100, 3);
    // The reference's range with its margin, -0.15 to 1.15, fills the width.
    assert_true(is_coloured(pixel(image, 5, 80)) && is_grey(pixel(image, 100, 80)));
    assert_true(is_white(pixel(image, 195, 80)) && is_white(pixel(image, 100, 1)));
    gan_image_destroy(image);
    image = create(points(1), samples, 1, NULL); // one value alone: a spike in the middle
    assert_true(is_coloured(pixel(image, 256, 128)) && is_white(pixel(image, 100, 128)));
    gan_image_destroy(image);
}

// --- Files --------------------------------------------------------------------------------------

static void write_png(const gan_image *image, const char *name) {
    static const gan_image_text texts[] = {{"Software", "clgan"}, {"Title", "\xC3\xA4 title"}};
    gan_target target = {.path = in_folder(name)};
    assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNG, texts, 2, target), GAN_STATUS_OK);
}

static void a_png_reads_back_with_libpng(void **state) {
    (void)state;
    float values[6 * 5 * 7];
    ramp(values, 210);
    for (int64_t channels = 1; channels <= 3; channels += 2) {
        gan_image *image = create(images(channels, 5, 7), values, 2, NULL);
        write_png(image, "a.png");
        png_image read = {.version = PNG_IMAGE_VERSION};
        assert_true(png_image_begin_read_from_file(&read, in_folder("a.png")));
        assert_int_equal(read.width, 14);
        assert_int_equal(read.height, 5);
        assert_int_equal(read.format, channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY);
        uint8_t pixels[14 * 5 * 3];
        assert_true(png_image_finish_read(&read, NULL, pixels, 0, NULL));
        assert_memory_equal(pixels, gan_image_get_pixels(image), (size_t)(70 * channels));
        gan_image_destroy(image);
    }
}

static bool contains(const uint8_t *bytes, size_t length, const char *piece, size_t piece_length) {
    for (size_t i = 0; i + piece_length <= length; ++i)
        if (memcmp(bytes + i, piece, piece_length) == 0) return true;
    return false;
}

static void equal_pictures_are_equal_files_with_their_texts(void **state) {
    (void)state;
    float values[784];
    uint8_t first[4096], second[4096];
    ramp(values, 784);
    gan_image *image = create(images(1, 28, 28), values, 1, NULL);
    write_png(image, "first.png");
    write_png(image, "second.png");
    size_t length = read_whole(in_folder("first.png"), first, sizeof first);
    assert_int_equal(read_whole(in_folder("second.png"), second, sizeof second), length);
    assert_memory_equal(first, second, length);
    assert_true(contains(first, length, "tEXtSoftware\0clgan", 18));
    assert_true(contains(first, length, "iTXtTitle\0\0\0\0\0\xC3\xA4 title", 22));
    gan_image_destroy(image);
}

static void a_pnm_is_its_header_and_its_pixels(void **state) {
    (void)state;
    float values[6];
    uint8_t bytes[64];
    ramp(values, 6);
    gan_target target = {.path = in_folder("a.pnm")};
    gan_image *image = create(images(1, 2, 3), values, 1, NULL);
    assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNM, NULL, 0, target), GAN_STATUS_OK);
    assert_int_equal(read_whole(target.path, bytes, sizeof bytes), 17);
    assert_memory_equal(bytes, "P5\n3 2\n255\n\0\1\2\3\4\5", 17);
    gan_image_destroy(image);
    image = create(images(3, 1, 2), values, 1, NULL);
    assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNM, NULL, 0, target), GAN_STATUS_OK);
    assert_int_equal(read_whole(target.path, bytes, sizeof bytes), 17);
    assert_memory_equal(bytes, "P6\n2 1\n255\n\0\2\4\1\3\5", 17);
    gan_image_destroy(image);
}

static void outputs_that_cannot_be_written_are_told_apart(void **state) {
    (void)state;
    float values[784] = {0};
    gan_image *image = create(images(1, 28, 28), values, 1, NULL);
    gan_target target = {.path = in_folder("absent/a.png")};
    assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, target),
                     GAN_STATUS_BAD_OUTPUT);
    target = (gan_target){.fd = closed_pipe()};
    assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, target),
                     GAN_STATUS_CLOSED);
    close(target.fd);
    assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, target),
                     GAN_STATUS_BAD_OUTPUT);
    target.fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    if (target.fd >= 0 && isatty(target.fd)) {
        assert_int_equal(gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, target),
                         GAN_STATUS_BAD_OUTPUT);
        assert_non_null(strstr(gan_status_message(), "terminal"));
    }
    if (target.fd >= 0) close(target.fd);
    gan_image_destroy(image);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    float values[784] = {0};
    gan_sample_info shapes[] = {images(1, 28, 28), points(1), points(2)};
    gan_target target = {.path = in_folder("b.png")};
    for (size_t k = 0; k < 3; ++k) {
        gan_status status = GAN_STATUS_NO_MEMORY;
        for (size_t n = 1; status != GAN_STATUS_OK; ++n) {
            gan_image *image;
            gan__alloc_fail_at(n);
            status = gan_image_create(&shapes[k], values, 1, NULL, &image);
            if (status == GAN_STATUS_OK)
                status = gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, target);
            gan__alloc_fail_at(0);
            gan_image_destroy(image);
            if (status != GAN_STATUS_OK) assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_fills_its_rows_first),
        cmocka_unit_test(padding_lies_between_and_around),
        cmocka_unit_test(three_planes_become_colours_and_two_lie_side_by_side),
        cmocka_unit_test(without_options_a_grid_is_nearly_square),
        cmocka_unit_test(values_round_to_the_nearest_byte_and_stop_at_the_ends),
        cmocka_unit_test(a_range_that_is_not_known_is_that_of_the_values),
        cmocka_unit_test(a_grid_too_small_or_nothing_to_draw_is_refused),
        cmocka_unit_test(points_lie_where_they_belong_with_y_upwards),
        cmocka_unit_test(a_density_is_high_where_the_values_are),
        cmocka_unit_test(a_png_reads_back_with_libpng),
        cmocka_unit_test(equal_pictures_are_equal_files_with_their_texts),
        cmocka_unit_test(a_pnm_is_its_header_and_its_pixels),
        cmocka_unit_test(outputs_that_cannot_be_written_are_told_apart),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
