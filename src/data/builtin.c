// Data sets by formula: endless, sample n a function of (seed, n) and nothing else.
#include "base/philox.h"
#include "base/text.h"
#include "data/brackets.h"
#include "data/formats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TAU 6.283185307179586

typedef void draw_function(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                           uint32_t *label);

struct gan_builtin {
    const char *name;
    uint64_t count; // a nominal epoch
    int rank;
    int64_t size[3];
    gan_sample_type type;
    uint32_t classes;
    draw_function *draw;
    const double *centres; // mixtures: `classes` points
    double deviation;
    // Sequences, instead of draw: of so many places (size[2]), of these symbols.
    const char *symbols;
    void (*tokens)(uint64_t seed, uint64_t index, uint16_t *tokens);
    gan_language *language;
};

// sin and cos of k/8 turns, to have the ring's centres as constants.
#define HALF_ROOT 0.7071067811865476
static const double ring8_centres[] = {
    1,  0, HALF_ROOT,  HALF_ROOT,  0, 1,  -HALF_ROOT, HALF_ROOT,
    -1, 0, -HALF_ROOT, -HALF_ROOT, 0, -1, HALF_ROOT,  -HALF_ROOT};

#define GRID_ROW(y) -4, y, -2, y, 0, y, 2, y, 4, y
static const double grid25_centres[] = {GRID_ROW(-4), GRID_ROW(-2), GRID_ROW(0), GRID_ROW(2),
                                        GRID_ROW(4)};

static double uniform(uint32_t word) {
    return (double)(word >> 8) * 0x1p-24;
}

// Two independent N(0, 1) from words 0 and 1, by Box and Muller.
static void normal_pair(const gan_philox_words *words, double pair[2]) {
    double radius = sqrt(-2 * log((double)((words->word[0] >> 8) + 1) * 0x1p-24));
    double angle = TAU * uniform(words->word[1]);
    pair[0] = radius * cos(angle);
    pair[1] = radius * sin(angle);
}

// Equally likely isotropic Gaussians at the centres; the label is the centre's number.
static void draw_mixture(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                         uint32_t *label) {
    gan_philox_words words = gan__philox_draw(seed, GAN_STREAM_DATA, index, 0);
    uint32_t mode = (uint32_t)((uint64_t)words.word[2] * builtin->classes >> 32);
    double noise[2];
    normal_pair(&words, noise);
    float point[2];
    for (int i = 0; i < 2; ++i)
        point[i] = (float)(builtin->centres[2 * mode + i] + builtin->deviation * noise[i]);
    memcpy(sample, point, sizeof point);
    if (label) *label = mode;
}

// N(4, 0.5): mean 4, deviation 0.5.
// One number, always the same: what a game between two numbers needs of data.
static void draw_zero(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                      uint32_t *label) {
    (void)builtin;
    (void)seed;
    (void)index;
    const float nothing = 0;
    memcpy(sample, &nothing, sizeof nothing);
    if (label) *label = 0;
}

static void draw_gauss1d(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                         uint32_t *label) {
    (void)builtin;
    float value = 4 + 0.5F * gan__philox_normal(seed, GAN_STREAM_DATA, index, 0);
    memcpy(sample, &value, sizeof value);
    if (label) *label = 0;
}

// Scikit-learn's make_swiss_roll seen along its axis, noise 0.25, divided by 7.5 as the WGAN-GP
// paper's toy experiment does: t = 1.5 pi (1 + 2u), (t cos t, t sin t) + noise.
static void draw_swissroll(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                           uint32_t *label) {
    (void)builtin;
    gan_philox_words words = gan__philox_draw(seed, GAN_STREAM_DATA, index, 0);
    double noise[2];
    normal_pair(&words, noise);
    double t = 0.75 * TAU * (1 + 2 * uniform(words.word[2]));
    float point[2] = {(float)((t * cos(t) + 0.25 * noise[0]) / 7.5),
                      (float)((t * sin(t) + 0.25 * noise[1]) / 7.5)};
    memcpy(sample, point, sizeof point);
    if (label) *label = 0;
}

static void draw_digit(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                       uint32_t *label) {
    (void)builtin;
    uint32_t digit = gan__digit_draw(seed, index, sample);
    if (label) *label = digit;
}

#define POINTS(set, dimension, modes, function, middles, width)                                    \
    {                                                                                              \
        .name = set, .count = 100000, .rank = 1, .size = {dimension}, .type = GAN_SAMPLE_TYPE_F32, \
        .classes = modes, .draw = function, .centres = middles, .deviation = width                 \
    }

static const gan_builtin builtins[] = {
    POINTS("zero", 1, 0, draw_zero, NULL, 0),
    POINTS("gauss1d", 1, 0, draw_gauss1d, NULL, 0),
    POINTS("ring8", 2, 8, draw_mixture, ring8_centres, 0.01),
    POINTS("grid25", 2, 25, draw_mixture, grid25_centres, 0.05),
    POINTS("swissroll", 2, 0, draw_swissroll, NULL, 0),
    {.name = "digits",
     .count = 60000,
     .rank = 3,
     .size = {1, GAN_DIGIT_SIDE, GAN_DIGIT_SIDE},
     .type = GAN_SAMPLE_TYPE_U8,
     .classes = 10,
     .draw = draw_digit},
    {.name = "brackets",
     .count = 100000,
     .rank = 3,
     .size = {sizeof GAN_BRACKETS_SYMBOLS - 1, 1, GAN_BRACKETS_LENGTH},
     .type = GAN_SAMPLE_TYPE_F32,
     .symbols = GAN_BRACKETS_SYMBOLS,
     .tokens = gan__brackets_draw,
     .language = gan__brackets_valid},
};
#define BUILTINS (sizeof builtins / sizeof *builtins)

const char *gan__builtin_names(void) {
    return "zero, gauss1d, ring8, grid25, swissroll, digits, brackets";
}

static gan_status unknown(const char *name) {
    const char *names[BUILTINS];
    for (size_t i = 0; i < BUILTINS; ++i) names[i] = builtins[i].name;
    const char *nearest = gan__text_nearest(name, names, BUILTINS);
    if (nearest)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "builtin:%s: there is no such data set; did you mean builtin:%s? There are "
            "%s",
            name, nearest, gan__builtin_names());
    return gan__fail(GAN_STATUS_BAD_INPUT, "builtin:%s: there is no such data set; there are %s",
                     name, gan__builtin_names());
}

gan_status gan__builtin_open(const char *name, gan_dataset *dataset) {
    const gan_builtin *builtin = NULL;
    for (size_t i = 0; i < BUILTINS && !builtin; ++i)
        if (strcmp(name, builtins[i].name) == 0) builtin = &builtins[i];
    if (!builtin) return unknown(name);
    dataset->builtin = builtin;
    gan_dataset_info *info = &dataset->info;
    snprintf(info->kind, sizeof info->kind, "built-in %s", name);
    info->count = builtin->count;
    info->rank = builtin->rank;
    memcpy(info->size, builtin->size, sizeof info->size);
    info->type = builtin->type;
    info->classes = builtin->classes;
    info->endless = true;
    info->slow = info->type == GAN_SAMPLE_TYPE_U8; // digits are drawn
    gan__dataset_measure(dataset);
    if (!builtin->symbols) return GAN_STATUS_OK;
    return gan__vocabulary_create(builtin->symbols, &dataset->vocabulary);
}

void gan__builtin_tokens(const gan_builtin *builtin, uint64_t seed, uint64_t index,
                         uint16_t *tokens) {
    builtin->tokens(seed, index, tokens);
}

gan_language *gan__builtin_language(const gan_builtin *builtin) {
    return builtin->language;
}

void gan__builtin_draw(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                       uint32_t *label) {
    builtin->draw(builtin, seed, index, sample, label);
}

size_t gan__builtin_modes(const gan_builtin *builtin, const double **centres, double *deviation) {
    *centres = builtin->centres;
    *deviation = builtin->deviation;
    return builtin->centres ? builtin->classes : 0;
}
