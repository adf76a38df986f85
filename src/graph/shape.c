// Shapes: plain values, no allocation, no failure. Whether a shape is a legal one for a node is
// decided where nodes are made (graph.c).
#include "graph/shape.h"

#include <stdio.h>
#include <string.h>

gan_shape gan__shape(int rank, const int64_t *size) {
    gan_shape shape = {.rank = rank};
    for (int i = 0; i < rank && i < GAN_RANK_MAX; i++) shape.size[i] = size[i];
    return shape;
}

gan_shape gan__shape_scalar(void) {
    return (gan_shape){.rank = 0};
}

// Saturates, so that an absurd shape is never taken for a small one.
int64_t gan__shape_elements(const gan_shape *shape) {
    int64_t elements = 1;
    for (int i = 0; i < shape->rank && i < GAN_RANK_MAX; i++) {
        const int64_t size = shape->size[i];
        if (size > 0 && elements > INT64_MAX / size) return INT64_MAX;
        elements *= size;
    }
    return elements;
}

void gan__shape_strides(const gan_shape *shape, int64_t *stride) {
    int64_t elements = 1;
    for (int i = shape->rank - 1; i >= 0; i--) {
        stride[i] = elements;
        elements *= shape->size[i];
    }
}

bool gan__shape_equal(const gan_shape *a, const gan_shape *b) {
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank; i++) {
        if (a->size[i] != b->size[i]) return false;
    }
    return true;
}

char *gan__shape_text(const gan_shape *shape, char *text) {
    // Sizes of legal shapes fit with room to spare; absurd ones are cut off.
    size_t used = 0;
    text[used++] = '(';
    for (int i = 0; i < shape->rank && i < GAN_RANK_MAX; i++) {
        const int n = snprintf(text + used, GAN_SHAPE_TEXT - used, i == 0 ? "%lld" : ", %lld",
                               (long long)shape->size[i]);
        used += (size_t)n;
        if (used >= GAN_SHAPE_TEXT - 2) used = GAN_SHAPE_TEXT - 2;
    }
    text[used++] = ')';
    text[used] = '\0';
    return text;
}
