// Implements gan/sides.h.
#include "gan/sides.h"

#include <inttypes.h>
#include <stdio.h>

void gan__sides_text(const gan_shape *shape, char *text, size_t size) {
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < shape->rank && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%" PRId64, i == 0 ? "" : "x",
                                   shape->size[i]);
}
