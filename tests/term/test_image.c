// Pictures to the letter.
#include "term/terminal_texts.h"

#include "base/memory.h"
#include "term/image.h"

static const uint8_t corner[] = {
    255, 0,   0,   0, 255, 0, // red, green
    0,   0,   255, 0, 0,   0, // blue, black
    255, 255, 255, 0, 0,   0, // white, black
};
static const gan_picture colors = {corner, 2, 3, 3};

static const uint8_t gray[] = {0, 0, 255, 255, 128, 0, 0, 255, 255, 128};
static const gan_picture ramp = {gray, 5, 2, 1};

static void two_pixels_share_a_character_in_24_bits(void **state) {
    (void)state;
    gan_terminal terminal = utf8_terminal(80, GAN_PALETTE_TRUE);
    gan_text text = {0};
    assert_int_equal(gan__image_append(&colors, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀"
                       "\x1b[38;2;0;255;0m\x1b[48;2;0;0;0m▀\x1b[0m\n"
                       "\x1b[38;2;255;255;255m▀\x1b[38;2;0;0;0m▀\x1b[0m\n");
    assert_int_equal(gan__image_append(&ramp, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "\x1b[38;2;0;0;0m\x1b[48;2;0;0;0m▀▀\x1b[38;2;255;255;255m"
                       "\x1b[48;2;255;255;255m▀▀\x1b[38;2;128;128;128m\x1b[48;2;128;128;128m▀"
                       "\x1b[0m\n");
}

static void the_nearest_of_256_colors_is_taken(void **state) {
    (void)state;
    gan_terminal terminal = utf8_terminal(80, GAN_PALETTE_256);
    gan_text text = {0};
    assert_int_equal(gan__image_append(&colors, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "\x1b[38;5;196m\x1b[48;5;21m▀\x1b[38;5;46m\x1b[48;5;16m▀\x1b[0m\n"
                       "\x1b[38;5;231m▀\x1b[38;5;16m▀\x1b[0m\n");
    static const uint8_t middle[] = {128, 128, 128, 94, 136, 174};
    const gan_picture picture = {middle, 2, 1, 3};
    assert_int_equal(gan__image_append(&picture, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "\x1b[38;5;244m▀\x1b[38;5;67m▀\x1b[0m\n");
}

static void without_utf8_a_space_has_the_color_of_both(void **state) {
    (void)state;
    gan_terminal terminal = ascii_terminal(80);
    terminal.palette = GAN_PALETTE_TRUE;
    gan_text text = {0};
    assert_int_equal(gan__image_append(&colors, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "\x1b[48;2;128;0;128m \x1b[48;2;0;128;0m \x1b[0m\n"
                       "\x1b[48;2;255;255;255m \x1b[48;2;0;0;0m \x1b[0m\n");
}

static void without_colors_brightness_is_a_character(void **state) {
    (void)state;
    gan_terminal terminal = ascii_terminal(80);
    gan_text text = {0};
    assert_int_equal(gan__image_append(&ramp, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "  @@+\n");
    assert_int_equal(gan__image_append(&colors, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "::\n@ \n");
}

static void a_wide_picture_is_scaled_to_the_terminal(void **state) {
    (void)state;
    static uint8_t wide[400 * 100];
    for (size_t i = 0; i < sizeof wide; i++) wide[i] = i % 400 < 200 ? 0 : i % 2 ? 255 : 0;
    const gan_picture picture = {wide, 400, 100, 1};
    gan_terminal terminal = ascii_terminal(16);
    gan_text text = {0};
    assert_int_equal(gan__image_append(&picture, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "        =+=+=+=+\n        =+=+=+=+\n");
    static const uint8_t thin[1000] = {0};
    const gan_picture line = {thin, 1000, 1, 1};
    assert_int_equal(gan__image_append(&line, &terminal, &text), GAN_STATUS_OK);
    assert_text(&text, "                \n");
}

static void what_is_no_picture_is_refused(void **state) {
    (void)state;
    gan_terminal terminal = ascii_terminal(16);
    gan_text text = {0};
    const gan_picture two = {gray, 2, 2, 2}, none = {gray, 0, 2, 1};
    assert_int_equal(gan__image_append(&two, &terminal, &text), GAN_STATUS_BAD_ARGUMENT);
    assert_message("a picture of 2 x 2 pixels of 2 channels cannot be shown; it must have pixels, "
                   "of 1 or 3 channels");
    assert_int_equal(gan__image_append(&none, &terminal, &text), GAN_STATUS_BAD_ARGUMENT);
    gan__alloc_fail_at(1);
    assert_int_equal(gan__image_append(&ramp, &terminal, &text), GAN_STATUS_NO_MEMORY);
    gan__alloc_fail_at(0);
    gan__text_destroy(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_pixels_share_a_character_in_24_bits),
        cmocka_unit_test(the_nearest_of_256_colors_is_taken),
        cmocka_unit_test(without_utf8_a_space_has_the_color_of_both),
        cmocka_unit_test(without_colors_brightness_is_a_character),
        cmocka_unit_test(a_wide_picture_is_scaled_to_the_terminal),
        cmocka_unit_test(what_is_no_picture_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
