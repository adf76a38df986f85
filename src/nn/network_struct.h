// What a network is made of. Private to network*.c.
#ifndef GAN_NN_NETWORK_STRUCT_H
#define GAN_NN_NETWORK_STRUCT_H

#include "base/memory.h"
#include "nn/network.h"

// Where a layer's tensor lies: in the table of parameters or in that of buffers.
typedef struct gan_tensor_place {
    bool buffer;
    size_t index;
} gan_tensor_place;

typedef struct gan_layer_places {
    size_t count;
    gan_tensor_place place[GAN_LAYER_TENSORS_MAX];
} gan_layer_places;

typedef struct gan_tensor_table {
    gan_tensor *tensors;
    size_t count;
    int64_t elements;
} gan_tensor_table;

struct gan_network {
    gan_arena *arena; // owns everything below
    char *name;
    char *source; // NULL: none
    gan_layer *layers;
    size_t count;
    gan_shape *shapes; // shapes[0] is the input's, shapes[i + 1] layer i's output
    gan_layer_places *places;
    gan_tensor_table parameters, buffers;
};

#endif
