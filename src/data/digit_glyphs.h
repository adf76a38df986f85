// How the ten digits are written by hand: for each, a few ways, as the points a pen passes through.
// Data only; digits.c bends and inks it.
#ifndef GAN_DATA_DIGIT_GLYPHS_H
#define GAN_DATA_DIGIT_GLYPHS_H

#include <stdint.h>

typedef enum gan_pen {
    GAN_PEN_SMOOTH, // the pen passes through without a change of direction
    GAN_PEN_CORNER, // it turns sharply
    GAN_PEN_LIFT,   // it leaves the paper here
} gan_pen;

// y runs from 0 (top) to 100, x on the same scale, some 70 wide.
typedef struct gan_glyph_point {
    int8_t x, y;
    uint8_t pen;
} gan_glyph_point;

typedef struct gan_glyph {
    const gan_glyph_point *points; // the last one lifts the pen
    int count;
    int weight; // how often this way of writing is drawn, relative to the digit's others
} gan_glyph;

#define GAN_GLYPH_POINTS_MAX 16
#define GAN_GLYPHS_MAX       4 // ways to write one digit; an unused one has weight 0

extern const gan_glyph gan__digit_glyphs[10][GAN_GLYPHS_MAX];

#endif
