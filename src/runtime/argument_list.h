// A kernel's arguments as an engine writes them down, one behind the other. Private to
// src/runtime/.
#ifndef GAN_RUNTIME_ARGUMENT_LIST_H
#define GAN_RUNTIME_ARGUMENT_LIST_H

#include "runtime/launch.h"

typedef struct gan_argument_list {
    gan_argument *items; // with room for what is added
    size_t count;
} gan_argument_list;

static inline void gan__argument_add_uint(gan_argument_list *list, uint32_t value) {
    list->items[list->count++] =
        (gan_argument){.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = value};
}

static inline void gan__argument_add_buffer(gan_argument_list *list, gan_buffer *buffer,
                                            uint64_t offset) {
    list->items[list->count++] =
        (gan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = buffer, .offset = offset};
}

#endif
