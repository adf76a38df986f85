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

typedef struct gan_network_list gan_network_list;

// A layer in its place.
typedef struct gan_unit {
    char *path;      // "3", "3.layers.1": before the names of its tensors
    uint32_t number; // in the order of the recipe; its random nodes draw from that stream
    gan_parametrization parametrization; // never DEFAULT
    size_t own, count;                   // tensors the layer declared, and with those added to them
    gan_layer_tensor *declared;
    gan_tensor_place place[GAN_LAYER_TENSORS_MAX];
    gan_network_list *lists[GAN_LAYER_LISTS_MAX]; // NULL where it has none
} gan_unit;

struct gan_network_list {
    gan_layer *layers;
    size_t count;
    gan_shape *shapes; // shapes[0] is the list's input, shapes[i + 1] layer i's output
    gan_unit *units;   // one a layer
};

typedef struct gan_tensor_table {
    gan_tensor *tensors;
    size_t count;
    int64_t elements;
} gan_tensor_table;

struct gan_network {
    gan_arena *arena; // owns everything below
    char *name;
    char *source; // NULL: none
    gan_network_list list;
    uint32_t units; // layers in all, those of blocks included
    int64_t classes;
    bool uses_labels, uses_latents;
    int64_t reference; // samples of the reference batch, the last of the buffers; 0: there is none
    gan_tensor_table parameters, buffers;
};

// Most layers of one network, those of blocks included.
#define GAN_NETWORK_UNITS_MAX 4096

// network_reference.c: appends the reference batch to the buffers, for whose tables so many more
// tensors must be left room; the view of its samples or labels among the buffers', NULL where it
// has none.
#define GAN_REFERENCE_TENSORS 2
gan_status gan__network_add_reference(gan_network *network);
gan_node *gan__network_reference_view(const gan_network *network, gan_node *const *buffers,
                                      bool labels);

// network_list.c: fills network->list from the spec's layers.
gan_status gan__network_list_build(gan_network *network, const gan_network_spec *spec);
// Puts "FILE:LINE: generator layer 3 (dense): " before the latest message.
gan_status gan__network_fail_in(const gan_network *network, const gan_layer *layer,
                                const char *path, gan_status status);

#endif
