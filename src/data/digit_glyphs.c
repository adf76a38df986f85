// The points of the ten digits, in the order a hand writes them.
#include "data/digit_glyphs.h"

// clang-format off
#define P(x, y) {x, y, GAN_PEN_SMOOTH}
#define C(x, y) {x, y, GAN_PEN_CORNER}
#define L(x, y) {x, y, GAN_PEN_LIFT}
#define GLYPH(weight, ...)                                                                         \
    {(const gan_glyph_point[]){__VA_ARGS__},                                                       \
     sizeof((const gan_glyph_point[]){__VA_ARGS__}) / sizeof(gan_glyph_point), weight}

const gan_glyph gan__digit_glyphs[10][GAN_GLYPHS_MAX] = {
    { // an oval from the top; one with a curl where it closes
        GLYPH(3, P(42, 2), P(20, 9), P(6, 34), P(4, 62), P(14, 89), P(34, 99), P(55, 88),
                 P(65, 60), P(63, 32), P(53, 9), L(37, 2)),
        GLYPH(2, P(50, 10), P(33, 2), P(12, 20), P(3, 54), P(14, 90), P(36, 98), P(59, 80),
                 P(65, 46), P(56, 16), P(40, 4), L(27, 10)),
    },
    { // a stroke; with a flag; with a flag and a foot
        GLYPH(6, P(37, 0), P(35, 34), P(34, 67), L(32, 100)),
        GLYPH(2, P(17, 20), C(38, 0), P(38, 50), L(37, 100)),
        GLYPH(1, P(15, 22), C(36, 2), P(36, 50), L(36, 97), P(13, 98), L(60, 97)),
    },
    { // a corner at the foot; a loop there; a wave
        GLYPH(3, P(6, 22), P(18, 5), P(38, 0), P(55, 10), P(57, 30), P(44, 54), P(24, 77),
                 C(4, 97), P(34, 96), L(68, 97)),
        GLYPH(3, P(8, 20), P(24, 3), P(46, 2), P(58, 18), P(53, 42), P(34, 72), P(16, 93),
                 P(4, 92), P(8, 80), P(22, 81), P(42, 94), P(58, 98), L(71, 90)),
        GLYPH(1, P(8, 18), P(30, 0), P(53, 8), P(55, 32), P(34, 66), C(6, 96), P(22, 89),
                 P(46, 96), L(68, 88)),
    },
    { // round with a cusp; a flat top; round without
        GLYPH(4, P(8, 12), P(30, 0), P(52, 9), P(54, 28), P(42, 42), C(25, 47), P(48, 52),
                 P(61, 70), P(54, 91), P(30, 100), L(4, 91)),
        GLYPH(1, P(6, 4), P(32, 4), C(58, 2), C(28, 41), P(50, 47), P(62, 68), P(54, 90),
                 P(28, 100), L(4, 92)),
        GLYPH(2, P(10, 10), P(33, 0), P(52, 13), P(46, 35), P(29, 46), P(47, 52), P(59, 72),
                 P(47, 94), P(23, 99), L(4, 87)),
    },
    { // open; closed; open and round; open, the stem starting lower
        GLYPH(4, P(12, 4), P(9, 30), C(5, 56), P(36, 55), L(68, 52), P(53, 0), P(50, 48),
                 L(46, 100)),
        GLYPH(2, P(48, 0), P(26, 32), C(3, 64), P(36, 64), L(71, 62), P(49, 2), P(48, 50),
                 L(46, 100)),
        GLYPH(2, P(9, 6), P(6, 30), P(14, 49), P(34, 52), L(57, 44), P(61, 3), P(56, 44),
                 L(50, 100)),
        GLYPH(1, P(34, 0), P(20, 28), C(4, 58), P(34, 58), L(68, 56), P(48, 30), P(47, 65),
                 L(45, 100)),
    },
    { // body, then the bar; in one stroke from the bar; like an S
        GLYPH(3, P(15, 4), P(12, 24), C(9, 44), P(30, 38), P(54, 46), P(62, 67), P(51, 90),
                 P(27, 100), L(4, 91), P(15, 4), P(38, 5), L(63, 2)),
        GLYPH(3, P(65, 2), P(38, 3), C(17, 5), C(10, 44), P(34, 39), P(57, 52), P(58, 78),
                 P(37, 97), L(4, 93)),
        GLYPH(1, P(61, 5), P(37, 2), P(17, 12), P(15, 33), P(35, 47), P(54, 60), P(55, 82),
                 P(34, 99), L(6, 91)),
    },
    { // round; upright; with a hook at the top
        GLYPH(3, P(52, 0), P(28, 20), P(10, 48), P(4, 75), P(16, 96), P(38, 99), P(56, 84),
                 P(52, 64), P(33, 58), P(14, 68), L(5, 83)),
        GLYPH(3, P(38, 0), P(20, 28), P(8, 62), P(11, 90), P(30, 100), P(51, 90), P(55, 71),
                 P(40, 59), P(21, 66), L(9, 82)),
        GLYPH(1, P(60, 10), P(44, 1), P(24, 14), P(8, 44), P(5, 76), P(22, 98), P(46, 96),
                 P(60, 78), P(50, 58), P(28, 58), L(8, 74)),
    },
    { // plain; with a serif; with a bar; round at the top
        GLYPH(4, P(4, 6), P(34, 5), C(64, 2), P(48, 35), P(35, 68), L(27, 100)),
        GLYPH(2, P(5, 19), C(7, 4), P(36, 5), C(65, 2), P(51, 30), P(39, 62), L(34, 100)),
        GLYPH(2, P(4, 6), P(34, 5), C(64, 2), P(48, 35), P(36, 68), L(29, 100), P(19, 50),
                 L(58, 46)),
        GLYPH(1, P(3, 13), P(16, 3), P(40, 5), P(58, 4), P(60, 14), P(44, 46), P(35, 74),
                 L(31, 100)),
    },
    { // one stroke from the top right; two loops
        GLYPH(4, P(55, 13), P(36, 1), P(15, 10), P(14, 27), P(34, 46), P(54, 66), P(54, 88),
                 P(33, 100), P(11, 90), P(9, 71), P(30, 51), P(52, 32), P(57, 15), L(44, 3)),
        GLYPH(1, P(35, 2), P(15, 11), P(15, 33), P(34, 46), P(53, 34), P(54, 12), L(33, 2),
                 P(33, 46), P(9, 61), P(9, 88), P(34, 100), P(59, 88), P(58, 61), L(35, 46)),
    },
    { // a loop and a straight stem; a hook; the stem on its own
        GLYPH(4, P(56, 20), P(40, 3), P(16, 9), P(6, 32), P(19, 48), P(40, 43), C(56, 19),
                 P(54, 55), L(49, 100)),
        GLYPH(2, P(54, 22), P(37, 3), P(13, 12), P(8, 36), P(25, 50), P(47, 41), P(57, 18),
                 P(57, 50), P(50, 80), P(34, 98), L(10, 92)),
        GLYPH(1, P(51, 9), P(29, 2), P(9, 18), P(10, 39), P(29, 46), L(51, 30), P(55, 3),
                 P(53, 50), L(48, 100)),
    },
};
