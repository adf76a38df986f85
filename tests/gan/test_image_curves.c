// The picture of a game on numbers, from curves that are known: each where its values are, in its
// own ink. 512 columns for 512 points, and 256 rows: a share of the height is at row 255 (1 - share
// / 1.05).
#include "cmocka_headers.h"

#include "gan/image.h"

#include <math.h>

#define COLUMNS 512
#define ROWS    256

// Constant but for the densities: the data's is 1 in the first quarter, the generator's half of
// that in the second.
typedef struct game {
    double x[COLUMNS], data[COLUMNS], generated[COLUMNS], judged[COLUMNS], optimum[COLUMNS];
} game;

static void fill(game *g, double generated, double judged, double optimum) {
    for (size_t i = 0; i < COLUMNS; i++) {
        g->x[i] = (double)i;
        g->data[i] = i < COLUMNS / 4 ? 1 : 0;
        g->generated[i] = i / (COLUMNS / 4) == 1 ? generated : 0;
        g->judged[i] = judged;
        g->optimum[i] = optimum;
    }
}

static gan_image *draw(const game *g) {
    const gan_run_curves curves = {.count = COLUMNS,
                                   .x = g->x,
                                   .data = g->data,
                                   .generated = g->generated,
                                   .judged = g->judged,
                                   .optimum = g->optimum};
    gan_image *image;
    assert_int_equal(gan__image_plot_curves(&curves, &image), GAN_STATUS_OK);
    assert_int_equal(image->width, COLUMNS);
    assert_int_equal(image->height, ROWS);
    assert_int_equal(image->channels, 3);
    return image;
}

// The inks as they show on white; a shade is that of the area under a density.
typedef enum ink { WHITE, GREY, GREY_SHADE, RED, RED_SHADE, BLUE, LIGHT_BLUE, OTHER } ink;

static ink ink_at(const gan_image *image, size_t x, size_t y) {
    const uint8_t *const p = image->pixels + (y * COLUMNS + x) * 3;
    const int red = p[0], green = p[1], blue = p[2];
    if (red == 255 && green == 255 && blue == 255) return WHITE;
    if (red == green && green == blue) return red < 190 ? GREY : GREY_SHADE;
    if (red > blue + 40) return blue < 100 ? RED : RED_SHADE;
    if (blue > red + 40) return red < 90 ? BLUE : LIGHT_BLUE;
    return OTHER;
}

// A column holds just these inks, from the row given to the one before the next.
typedef struct stretch {
    size_t first;
    ink ink;
} stretch;

static void assert_column(const gan_image *image, size_t x, const stretch *expected, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const size_t end = i + 1 < count ? expected[i + 1].first : ROWS - 2; // zero is drawn there
        for (size_t y = expected[i].first; y < end; y++)
            if (ink_at(image, x, y) != expected[i].ink)
                fail_msg("ink %d at column %zu, row %zu", (int)ink_at(image, x, y), x, y);
    }
}

static void each_curve_has_its_own_ink_at_its_own_height(void **state) {
    (void)state;
    // Of 1.05: 1 is at row 12.1, 3/4 at 72.9, 1/2 at 133.6, 1/4 at 194.3; a curve is two rows
    // thick.
    static const stretch of_data[] = {{0, WHITE},       {12, GREY},       {14, GREY_SHADE},
                                      {72, LIGHT_BLUE}, {74, GREY_SHADE}, {194, BLUE},
                                      {196, GREY_SHADE}};
    static const stretch of_generated[] = {{0, WHITE},      {72, LIGHT_BLUE}, {74, WHITE},
                                           {133, RED},      {135, RED_SHADE}, {194, BLUE},
                                           {196, RED_SHADE}};
    static const stretch of_none[] = {
        {0, WHITE}, {72, LIGHT_BLUE}, {74, WHITE}, {194, BLUE}, {196, WHITE}};
    game g;
    fill(&g, 0.5, 0.25, 0.75);
    gan_image *const image = draw(&g);
    assert_column(image, 64, of_data, sizeof of_data / sizeof of_data[0]);
    assert_column(image, 192, of_generated, sizeof of_generated / sizeof of_generated[0]);
    assert_column(image, 320, of_none, sizeof of_none / sizeof of_none[0]);
    assert_column(image, 500, of_none, sizeof of_none / sizeof of_none[0]);
    gan_image_destroy(image);
}

static void a_discriminator_at_its_optimum_hides_it(void **state) {
    (void)state;
    static const stretch expected[] = {{0, WHITE}, {133, BLUE}, {135, WHITE}};
    game g;
    fill(&g, 0.5, 0.5, 0.5);
    gan_image *const image = draw(&g);
    assert_column(image, 400, expected, 3);
    gan_image_destroy(image);
}

// One that is a hundred times as high leaves the data a third of the height, row 174.0, and is cut
// off at the top.
static void a_spike_of_the_generators_leaves_the_data_to_be_seen(void **state) {
    (void)state;
    static const stretch expected[] = {{0, WHITE}, {174, GREY}, {176, GREY_SHADE}};
    game g;
    fill(&g, 100, NAN, NAN);
    gan_image *const image = draw(&g);
    assert_column(image, 64, expected, 3);
    assert_int_equal(ink_at(image, 192, 0), RED);
    gan_image_destroy(image);
}

// The optimum where neither density is above zero.
static void what_is_not_known_is_not_drawn(void **state) {
    (void)state;
    static const stretch expected[] = {{0, WHITE}, {194, BLUE}, {196, WHITE}};
    game g;
    fill(&g, 0.5, 0.25, 0.75);
    for (size_t i = 300; i < 400; i++) g.optimum[i] = NAN;
    gan_image *const image = draw(&g);
    for (size_t x = 300; x < 400; x++) assert_column(image, x, expected, 3);
    assert_int_equal(ink_at(image, 298, 72), LIGHT_BLUE);
    assert_int_equal(ink_at(image, 400, 72), LIGHT_BLUE);
    gan_image_destroy(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_curve_has_its_own_ink_at_its_own_height),
        cmocka_unit_test(a_discriminator_at_its_optimum_hides_it),
        cmocka_unit_test(a_spike_of_the_generators_leaves_the_data_to_be_seen),
        cmocka_unit_test(what_is_not_known_is_not_drawn),
    };
    return cmocka_run_group_tests_name("picture of a game on numbers", tests, NULL, NULL);
}
