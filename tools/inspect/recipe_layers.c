// The layers that a checkpoint's recipe lists, and how many values the tensors of each have: in one
// pass over the text and one over the tensors, however many there are.
#include "inspect/inspect.h"
#include "inspect/recipe_text.h"

#include <stdlib.h>
#include <string.h>

enum { LAYER_SIZE = 256 };
static const char *const networks[] = {"generator", "discriminator", "encoder"};
enum { NETWORKS = sizeof networks / sizeof networks[0] };

static size_t count_layers(const char *at) {
    char layer[LAYER_SIZE];
    size_t count = 0;
    while (gan__recipe_text_layer(&at, layer, sizeof layer)) count++;
    return count;
}

// Adds the tensor's elements to those of its layer, where its name begins "<network>.<layer>.".
static void add_elements(const gan_tensor_info *info, const char *network, uint64_t *elements,
                         size_t count) {
    const size_t length = strlen(network);
    if (strncmp(info->name, network, length) != 0 || info->name[length] != '.') return;
    const char *const number = info->name + length + 1;
    char *end;
    if (*number < '0' || *number > '9') return;
    const unsigned long long layer = strtoull(number, &end, 10);
    if (*end == '.' && layer < count) elements[layer] += info->elements;
}

static gan_status each_layer(const gan_checkpoint *checkpoint, const char *network,
                             gan_inspect_layer show, void *context, size_t *shown) {
    const gan_tensor_info *info;
    char layer[LAYER_SIZE];
    const char *at = gan__recipe_text_layers(gan_checkpoint_text(checkpoint, "recipe"), network);
    const size_t count = count_layers(at);
    uint64_t *elements = calloc(count + 1, sizeof *elements);
    if (!elements) return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for %zu layers", count);
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)); i++)
        add_elements(info, network, elements, count);
    for (size_t i = 0; gan__recipe_text_layer(&at, layer, sizeof layer); i++)
        show(context, network, i, layer, elements[i]);
    free(elements);
    *shown += count;
    return GAN_STATUS_OK;
}

gan_status gan__inspect_each_layer(const gan_checkpoint *checkpoint, gan_inspect_layer show,
                                   void *context, size_t *shown) {
    for (size_t n = 0; n < NETWORKS; n++)
        GAN_TRY(each_layer(checkpoint, networks[n], show, context, shown));
    return GAN_STATUS_OK;
}
