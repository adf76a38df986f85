// Digits drawn as if by hand, 28 x 28, a new one for every number: a way of writing the digit is
// picked, its points are moved about, bent, slanted and turned, fitted to the frame as MNIST's are
// (20 pixels high, in the middle), and the pen's path between them is inked with a round nib whose
// pressure varies. Coverage is by distance to the path, so edges are smooth.
#include "base/philox.h"
#include "data/digit_glyphs.h"
#include "data/formats.h"

#include <math.h>
#include <string.h>

#define SIDE      GAN_DIGIT_SIDE
#define FRAME     25.0F // pixels a digit may fill: curves swing out a little between their points
#define TAU       6.2831853F
#define STEP      1.7F // pixels of path a straight piece stands for
#define STEPS_MAX 16   // pieces between two points

typedef struct point {
    float x, y;
} point;

// Random words of one digit, drawn four at a time.
typedef struct dice {
    uint64_t seed, index;
    uint32_t element;
    unsigned left;
    gan_philox_words words;
} dice;

static uint32_t next_word(dice *d) {
    if (d->left == 0) {
        d->words = gan__philox_draw(d->seed, GAN_STREAM_DATA, d->index, d->element++);
        d->left = 4;
    }
    return d->words.word[--d->left];
}

static float between(dice *d, float low, float high) {
    return low + (high - low) * (float)(next_word(d) >> 8) * 0x1p-24F;
}

// Deviation 1, bounded by 3.4: the sum of four bytes, close to normal and without outliers.
static float bell(dice *d) {
    uint32_t word = next_word(d);
    uint32_t sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24);
    return ((float)sum - 510) * (1 / 147.8F);
}

// One hand: what all strokes of this digit share.
typedef struct hand {
    float sloppiness;        // how far points stray, of the glyph's height
    float bend[4], phase[4]; // two slow waves each way
    float width, slant, turn;
    float size;     // of the longer side, in pixels
    float x, y;     // centre of the digit
    float nib;      // radius, in pixels
    float pressure; // its variation along a stroke, relative
    float wave;     // and where that begins
    float edge;     // pixels over which ink fades
    float ink;
} hand;

static hand pick_hand(dice *d) {
    hand h;
    h.sloppiness = between(d, 0.008F, 0.038F);
    for (int i = 0; i < 4; ++i) {
        h.bend[i] = 0.025F * bell(d);
        h.phase[i] = between(d, 0, TAU);
    }
    h.width = expf(0.19F * bell(d));
    h.slant = 0.14F + 0.21F * bell(d);
    h.turn = 0.07F * bell(d);
    h.nib = 1.16F * expf(0.26F * bell(d));
    h.pressure = between(d, 0, 0.22F);
    h.wave = between(d, 0, TAU);
    h.edge = between(d, 1.1F, 1.6F);
    h.ink = between(d, 236, 262);
    // Sized and placed so that the ink, too, stays off the outermost pixels.
    float reach = h.nib * (1 + h.pressure) + h.edge / 2;
    h.size = fminf(19.2F + 0.7F * bell(d), FRAME - 2 * reach);
    float room = FRAME / 2 - reach - h.size / 2;
    h.x = SIDE / 2.0F + fmaxf(-room, fminf(room, 0.55F * bell(d)));
    h.y = SIDE / 2.0F + fmaxf(-room, fminf(room, 0.45F * bell(d)));
    return h;
}

// The glyph's points as this hand would set them, on a scale of about 1.
static void place(const gan_glyph *glyph, const hand *h, dice *d, point *out) {
    float c = cosf(h->turn), s = sinf(h->turn);
    for (int i = 0; i < glyph->count; ++i) {
        float x = (float)(glyph->points[i].x - 34) * 0.01F + h->sloppiness * bell(d);
        float y = (float)(glyph->points[i].y - 50) * 0.01F + h->sloppiness * bell(d);
        float bent_x =
            x + h->bend[0] * sinf(5 * y + h->phase[0]) + h->bend[1] * sinf(9 * y + h->phase[1]);
        float bent_y =
            y + h->bend[2] * sinf(6 * x + h->phase[2]) + h->bend[3] * sinf(9 * x + h->phase[3]);
        float slanted = bent_x * h->width - h->slant * bent_y;
        out[i] = (point){c * slanted - s * bent_y, s * slanted + c * bent_y};
    }
}

// Scales the points so that the longer side has the hand's size, and centres them.
static void fit(point *points, int count, const hand *h) {
    point low = points[0], high = points[0];
    for (int i = 1; i < count; ++i) {
        low = (point){fminf(low.x, points[i].x), fminf(low.y, points[i].y)};
        high = (point){fmaxf(high.x, points[i].x), fmaxf(high.y, points[i].y)};
    }
    float scale = h->size / fmaxf(high.x - low.x, high.y - low.y);
    for (int i = 0; i < count; ++i) {
        points[i].x = h->x + scale * (points[i].x - (low.x + high.x) / 2);
        points[i].y = h->y + scale * (points[i].y - (low.y + high.y) / 2);
    }
}

static int clamp_pixel(float at) {
    return at < 0 ? 0 : at > SIDE ? SIDE : (int)at;
}

// Raises each pixel near the segment a to b to the ink a nib of this radius leaves there.
static void ink_segment(float *canvas, point a, point b, float radius, float edge) {
    float reach = radius + edge / 2;
    int left = clamp_pixel(fminf(a.x, b.x) - reach), top = clamp_pixel(fminf(a.y, b.y) - reach);
    int right = clamp_pixel(fmaxf(a.x, b.x) + reach + 1);
    int bottom = clamp_pixel(fmaxf(a.y, b.y) + reach + 1);
    float dx = b.x - a.x, dy = b.y - a.y;
    float squared = dx * dx + dy * dy;
    float inverse = squared > 0 ? 1 / squared : 0;
    for (int row = top; row < bottom; ++row) {
        float py = (float)row + 0.5F - a.y;
        for (int column = left; column < right; ++column) {
            float px = (float)column + 0.5F - a.x;
            float t = (px * dx + py * dy) * inverse;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            float ex = px - t * dx, ey = py - t * dy;
            float distance2 = ex * ex + ey * ey;
            if (distance2 >= reach * reach) continue;
            float cover = (reach - sqrtf(distance2)) / edge;
            float *pixel = &canvas[row * SIDE + column];
            if (cover > *pixel) *pixel = cover;
        }
    }
}

// The direction in which the pen passes point i (Catmull and Rom's rule), 0 where it turns or ends.
static point tangent(const gan_glyph *glyph, const point *p, int i) {
    bool first = i == 0 || glyph->points[i - 1].pen == GAN_PEN_LIFT;
    if (first || glyph->points[i].pen != GAN_PEN_SMOOTH) return (point){0, 0};
    return (point){(p[i + 1].x - p[i - 1].x) / 2, (p[i + 1].y - p[i - 1].y) / 2};
}

// Where a stroke ends or turns, the curve leaves along the chord to where it is heading next.
static point end_tangent(point from, point to, point other) {
    bool straight = other.x == 0 && other.y == 0;
    float along_x = to.x - from.x, along_y = to.y - from.y;
    if (straight) return (point){along_x, along_y};
    return (point){1.5F * along_x - 0.5F * other.x, 1.5F * along_y - 0.5F * other.y};
}

static point hermite(point a, point b, point at_a, point at_b, float t) {
    float t2 = t * t, t3 = t2 * t;
    float wa = 2 * t3 - 3 * t2 + 1, wb = 3 * t2 - 2 * t3;
    float va = t3 - 2 * t2 + t, vb = t3 - t2;
    return (point){wa * a.x + wb * b.x + va * at_a.x + vb * at_b.x,
                   wa * a.y + wb * b.y + va * at_a.y + vb * at_b.y};
}

// Inks the path from point i to the next.
static void ink_piece(float *canvas, const gan_glyph *glyph, const point *p, int i, const hand *h) {
    point a = p[i], b = p[i + 1];
    point at_a = tangent(glyph, p, i), at_b = tangent(glyph, p, i + 1);
    point kept_a = at_a;
    if (at_a.x == 0 && at_a.y == 0) at_a = end_tangent(a, b, at_b);
    if (at_b.x == 0 && at_b.y == 0) at_b = end_tangent(a, b, kept_a);
    int steps = 1 + (int)(hypotf(b.x - a.x, b.y - a.y) * (1 / STEP));
    if (steps > STEPS_MAX) steps = STEPS_MAX;
    bool ends = glyph->points[i + 1].pen == GAN_PEN_LIFT;
    point from = a;
    for (int k = 1; k <= steps; ++k) {
        float t = (float)k / (float)steps;
        point to = hermite(a, b, at_a, at_b, t);
        float radius = h->nib * (1 + h->pressure * sinf(1.3F * ((float)i + t) + h->wave));
        if (ends) radius *= 1 - 0.22F * t;
        ink_segment(canvas, from, to, radius, h->edge);
        from = to;
    }
}

static const gan_glyph *pick_glyph(dice *d, uint32_t digit) {
    const gan_glyph *glyphs = gan__digit_glyphs[digit];
    int total = 0, which = 0;
    for (int i = 0; i < GAN_GLYPHS_MAX; ++i) total += glyphs[i].weight;
    int at = (int)((uint64_t)next_word(d) * (uint32_t)total >> 32);
    while (at >= glyphs[which].weight) at -= glyphs[which++].weight;
    return &glyphs[which];
}

uint32_t gan__digit_draw(uint64_t seed, uint64_t index, uint8_t *pixels) {
    dice d = {.seed = seed, .index = index};
    uint32_t digit = (uint32_t)((uint64_t)next_word(&d) * 10 >> 32);
    const gan_glyph *glyph = pick_glyph(&d, digit);
    hand h = pick_hand(&d);
    point points[GAN_GLYPH_POINTS_MAX];
    float canvas[SIDE * SIDE] = {0};
    place(glyph, &h, &d, points);
    fit(points, glyph->count, &h);
    for (int i = 0; i + 1 < glyph->count; ++i)
        if (glyph->points[i].pen != GAN_PEN_LIFT) ink_piece(canvas, glyph, points, i, &h);
    for (int i = 0; i < SIDE * SIDE; ++i) {
        float value = canvas[i] * h.ink;
        pixels[i] = value >= 255 ? 255 : (uint8_t)(value + 0.5F);
    }
    return digit;
}
