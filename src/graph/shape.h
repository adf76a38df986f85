// Static shapes, row-major: the last dimension is the innermost.
#ifndef GAN_GRAPH_SHAPE_H
#define GAN_GRAPH_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GAN_RANK_MAX 6

typedef struct gan_shape {
    int rank; // 0 to GAN_RANK_MAX
    int64_t size[GAN_RANK_MAX]; // each at least 1; unused ones are 0
} gan_shape;

// gan__shape(2, (int64_t[]){3, 4}); GAN_SHAPE(3, 4) is the same, and its address can be taken.
gan_shape gan__shape(int rank, const int64_t *size);
#define GAN_SHAPE(...)                                                                             \
    ((gan_shape){.rank = (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),                \
                 .size = {__VA_ARGS__}})
gan_shape gan__shape_scalar(void);

int64_t gan__shape_elements(const gan_shape *shape);
// How many elements apart neighbours along each axis lie, row-major; `stride` holds rank numbers.
void gan__shape_strides(const gan_shape *shape, int64_t *stride);
bool gan__shape_equal(const gan_shape *a, const gan_shape *b);
// "(512, 784)"; `text` holds GAN_SHAPE_TEXT bytes. Returns `text`.
#define GAN_SHAPE_TEXT 128
char *gan__shape_text(const gan_shape *shape, char *text);

#endif
