// Implements gan/model_file.h.
#include "gan/model_file.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LENGTH 128

// A state of the game and what it is called: one tensor by the name `prefix`, or where `network` is
// given one for each of the network's tensors, `prefix` before the tensor's own name.
typedef struct stored_state {
    char prefix[64];
    gan_node *state;
    const gan_network *network;
    bool buffers;
    bool is_weights; // must be finite
} stored_state;

#define STATES_MAX 32
typedef struct stored_states {
    stored_state entry[STATES_MAX];
    size_t count;
} stored_states;

static stored_state *add_state(stored_states *states, gan_node *state, const gan_network *network,
                               const char *first, const char *second, const char *third) {
    stored_state *const entry = &states->entry[states->count++];
    *entry = (stored_state){.state = state, .network = network};
    snprintf(entry->prefix, sizeof entry->prefix, "%s%s%s", first, second, third);
    return entry;
}

static void add_network(stored_states *states, const gan_player *player) {
    add_state(states, player->state.parameters, player->network, player->name, ".", "")
        ->is_weights = true;
    if (player->buffers != NULL)
        add_state(states, player->buffers, player->network, player->name, ".", "")->buffers = true;
}

static void add_optimizer(stored_states *states, const gan_player *player) {
    char prefix[48];
    snprintf(prefix, sizeof prefix, "optimizer.%s.", player->name);
    for (size_t i = 0; i < player->slot_count; i++)
        add_state(states, player->state.slots[i], player->network, prefix, player->slot_names[i],
                  ".");
    add_state(states, player->state.step, NULL, prefix, "step", "");
}

static void list_generator(const gan_game *game, stored_states *states) {
    add_network(states, &game->generator);
    if (game->average != NULL)
        add_state(states, game->average, game->generator.network, "ema.", "", "")->is_weights =
            true;
    if (game->average_buffers != NULL)
        add_state(states, game->average_buffers, game->generator.network, "ema.", "", "")->buffers =
            true;
}

static void list_discriminator_averages(const gan_game *game, stored_states *states) {
    static const char prefix[] = "ema_discriminator.";
    const gan_network *const network = game->discriminator.network;
    if (game->discriminator_average != NULL)
        add_state(states, game->discriminator_average, network, prefix, "", "")->is_weights = true;
    if (game->discriminator_average_buffers != NULL)
        add_state(states, game->discriminator_average_buffers, network, prefix, "", "")->buffers =
            true;
}

static void list_states(const gan_game *game, stored_states *states) {
    const bool plays = game->generator.network != NULL;
    states->count = 0;
    if (plays) list_generator(game, states);
    add_network(states, &game->discriminator);
    list_discriminator_averages(game, states);
    if (game->encoder.network != NULL) add_network(states, &game->encoder);
    if (plays) add_optimizer(states, &game->generator);
    add_optimizer(states, &game->discriminator);
    if (game->encoder.network != NULL) add_optimizer(states, &game->encoder);
    if (game->generator.history != NULL)
        add_state(states, game->generator.history, game->generator.network, "history.",
                  game->generator.name, ".");
    if (game->discriminator.history != NULL)
        add_state(states, game->discriminator.history, game->discriminator.network, "history.",
                  game->discriminator.name, ".");
    if (game->augmentation != NULL)
        add_state(states, game->augmentation, NULL, "augmentation", "", "");
    if (game->anchors != NULL) add_state(states, game->anchors, NULL, "anchors", "", "");
    if (game->baseline != NULL) add_state(states, game->baseline, NULL, "baseline", "", "");
    if (game->path_length != NULL)
        add_state(states, game->path_length, NULL, "path_length", "", "");
    if (plays) add_state(states, game->generator_sums, NULL, "metrics.generator", "", "");
    add_state(states, game->discriminator_sums, NULL, "metrics.discriminator", "", "");
    if (game->encoder_sums != NULL)
        add_state(states, game->encoder_sums, NULL, "metrics.encoder", "", "");
    if (game->errors != NULL) add_state(states, game->errors, NULL, "metrics.errors", "", "");
}

// --- A network's tensors -------------------------------------------------------------------------

static size_t tensor_count(const gan_network *network, bool buffers) {
    return buffers ? gan__network_buffer_count(network) : gan__network_parameter_count(network);
}

static const gan_tensor *tensor_at(const gan_network *network, bool buffers, size_t index) {
    return buffers ? gan__network_buffer(network, index) : gan__network_parameter(network, index);
}

static int64_t flat_elements(const stored_state *entry) {
    return gan__shape_elements(gan__node_shape(entry->state));
}

// --- Saving --------------------------------------------------------------------------------------

static gan_status write_tensor(gan_checkpoint_writer *writer, const char *name,
                               const gan_shape *shape, const float *values, bool must_be_finite) {
    const int64_t elements = gan__shape_elements(shape);
    for (int64_t i = 0; must_be_finite && i < elements; i++)
        if (!isfinite(values[i]))
            return gan__fail(GAN_STATUS_DIVERGED,
                             "training diverged: element %lld of %s is %g; the checkpoint before "
                             "is kept; try a lower learning rate",
                             (long long)i, name, (double)values[i]);
    return gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, shape->rank, shape->size,
                                        values);
}

static gan_status write_entry(const stored_state *entry, const float *values,
                              gan_checkpoint_writer *writer) {
    if (entry->network == NULL)
        return write_tensor(writer, entry->prefix, gan__node_shape(entry->state), values,
                            entry->is_weights);
    for (size_t i = 0; i < tensor_count(entry->network, entry->buffers); i++) {
        const gan_tensor *const tensor = tensor_at(entry->network, entry->buffers, i);
        char name[NAME_MAX_LENGTH];
        snprintf(name, sizeof name, "%s%s", entry->prefix, tensor->name);
        GAN_TRY(
            write_tensor(writer, name, &tensor->shape, values + tensor->offset, entry->is_weights));
    }
    return GAN_STATUS_OK;
}

gan_status gan__model_save(gan_module *module, const gan_game *game,
                           gan_checkpoint_writer *writer) {
    stored_states states;
    list_states(game, &states);
    for (size_t i = 0; i < states.count; i++) {
        const stored_state *const entry = &states.entry[i];
        void *values = NULL;
        GAN_TRY(gan__alloc((size_t)flat_elements(entry), sizeof(float), &values));
        gan_status status = gan__module_read_state(module, entry->state, values);
        if (status == GAN_STATUS_OK) status = write_entry(entry, values, writer);
        gan__free(values);
        GAN_TRY(status);
    }
    return GAN_STATUS_OK;
}

// --- Loading -------------------------------------------------------------------------------------

static gan_status read_tensor(const gan_checkpoint *checkpoint, const char *name,
                              const gan_shape *shape, float *values) {
    const gan_tensor_info *const info = gan_checkpoint_find(checkpoint, name);
    if (info == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the checkpoint has no tensor %s, which its recipe needs for this; if it "
                         "was made by gan-convert, take what that was given",
                         name);
    gan_shape stored = {.rank = info->rank};
    const bool fits = info->rank == shape->rank;
    if (fits) memcpy(stored.size, info->size, (size_t)info->rank * sizeof stored.size[0]);
    if (!fits || !gan__shape_equal(&stored, shape)) {
        char wanted[GAN_SHAPE_TEXT];
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "the checkpoint's tensor %s has %llu elements in %d dimensions where the "
            "networks of its recipe need %s; write it again, with gan-train or from where "
            "gan-convert took it",
            name, (unsigned long long)info->elements, info->rank, gan__shape_text(shape, wanted));
    }
    return gan_checkpoint_read(checkpoint, info, values);
}

// Averaged weights have running statistics of their own; a checkpoint that was written before they
// had has those of the weights as they are.
static const char *find_statistics(const gan_checkpoint *checkpoint, const gan_network *network,
                                   const char *prefix) {
    char name[NAME_MAX_LENGTH];
    if (strcmp(prefix, "ema.") != 0 || gan__network_buffer_count(network) == 0) return prefix;
    snprintf(name, sizeof name, "%s%s", prefix, gan__network_buffer(network, 0)->name);
    return gan_checkpoint_find(checkpoint, name) != NULL ? prefix : "generator.";
}

static gan_status read_flat(const gan_checkpoint *checkpoint, const char *prefix,
                            const gan_network *network, bool buffers, float *values) {
    if (buffers) prefix = find_statistics(checkpoint, network, prefix);
    for (size_t i = 0; i < tensor_count(network, buffers); i++) {
        const gan_tensor *const tensor = tensor_at(network, buffers, i);
        char name[NAME_MAX_LENGTH];
        snprintf(name, sizeof name, "%s%s", prefix, tensor->name);
        GAN_TRY(read_tensor(checkpoint, name, &tensor->shape, values + tensor->offset));
    }
    return GAN_STATUS_OK;
}

static gan_status read_entry(const stored_state *entry, const gan_checkpoint *checkpoint,
                             float *values) {
    if (entry->network == NULL)
        return read_tensor(checkpoint, entry->prefix, gan__node_shape(entry->state), values);
    return read_flat(checkpoint, entry->prefix, entry->network, entry->buffers, values);
}

static gan_status load_entry(gan_module *module, const stored_state *entry,
                             const gan_checkpoint *checkpoint) {
    void *values = NULL;
    GAN_TRY(gan__alloc((size_t)flat_elements(entry), sizeof(float), &values));
    gan_status status = read_entry(entry, checkpoint, values);
    if (status == GAN_STATUS_OK) status = gan__module_write_state(module, entry->state, values);
    gan__free(values);
    return status;
}

gan_status gan__model_load_flat(gan_module *module, gan_node *state, const gan_network *network,
                                bool buffers, const char *prefix,
                                const gan_checkpoint *checkpoint) {
    stored_state entry = {.state = state, .network = network, .buffers = buffers};
    snprintf(entry.prefix, sizeof entry.prefix, "%s", prefix);
    return load_entry(module, &entry, checkpoint);
}

gan_status gan__model_load(gan_module *module, const gan_game *game,
                           const gan_checkpoint *checkpoint) {
    stored_states states;
    list_states(game, &states);
    for (size_t i = 0; i < states.count; i++)
        GAN_TRY(load_entry(module, &states.entry[i], checkpoint));
    return GAN_STATUS_OK;
}

gan_status gan__model_load_networks(gan_module *module, const gan_game *game,
                                    const gan_checkpoint *checkpoint) {
    stored_states states;
    list_states(game, &states);
    for (size_t i = 0; i < states.count; i++) {
        const stored_state *const entry = &states.entry[i];
        const bool of_network = entry->is_weights || entry->buffers;
        if (of_network && entry->network != game->encoder.network)
            GAN_TRY(load_entry(module, entry, checkpoint));
    }
    return GAN_STATUS_OK;
}
