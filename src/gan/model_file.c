// Implements gan/model_file.h.
#include "gan/model_file.h"

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

// Which of a state's elements a tensor is.
typedef struct stored_part {
    char name[NAME_MAX_LENGTH];
    const gan_shape *shape;
    uint64_t first;
} stored_part;

static size_t part_count(const stored_state *entry) {
    return entry->network == NULL ? 1 : tensor_count(entry->network, entry->buffers);
}

// `prefix` is the entry's own or another.
static stored_part part_at(const stored_state *entry, const char *prefix, size_t index) {
    stored_part part = {.shape = gan__node_shape(entry->state)};
    const char *name = "";
    if (entry->network != NULL) {
        const gan_tensor *const tensor = tensor_at(entry->network, entry->buffers, index);
        part.shape = &tensor->shape;
        part.first = (uint64_t)tensor->offset;
        name = tensor->name;
    }
    snprintf(part.name, sizeof part.name, "%s%s", prefix, name);
    return part;
}

static uint64_t part_elements(const stored_part *part) {
    return (uint64_t)gan__shape_elements(part->shape);
}

// --- Saving --------------------------------------------------------------------------------------

static gan_status write_tensor(gan_checkpoint_writer *writer, const stored_part *part,
                               const float *values, bool must_be_finite) {
    const uint64_t elements = part_elements(part);
    for (uint64_t i = 0; must_be_finite && i < elements; i++)
        if (!isfinite(values[i]))
            return gan__fail(GAN_STATUS_DIVERGED,
                             "training diverged: element %llu of %s is %g; the checkpoint before "
                             "is kept; try a lower learning rate",
                             (unsigned long long)i, part->name, (double)values[i]);
    return gan_checkpoint_writer_tensor(writer, part->name, GAN_DTYPE_F32, part->shape->rank,
                                        part->shape->size, values);
}

// In place: no copy on devices whose memory is the host's, and elsewhere of one tensor at a time.
static gan_status save_part(gan_module *module, const stored_state *entry, const stored_part *part,
                            gan_checkpoint_writer *writer) {
    float *values = NULL;
    GAN_TRY(gan__module_map_state(module, entry->state, part->first, part_elements(part), false,
                                  &values));
    const gan_status status = write_tensor(writer, part, values, entry->is_weights);
    const gan_status given_back = gan__module_unmap_state(module, entry->state, values);
    return status == GAN_STATUS_OK ? given_back : status;
}

gan_status gan__model_save(gan_module *module, const gan_game *game,
                           gan_checkpoint_writer *writer) {
    stored_states states;
    list_states(game, &states);
    for (size_t i = 0; i < states.count; i++)
        for (size_t p = 0; p < part_count(&states.entry[i]); p++) {
            const stored_part part = part_at(&states.entry[i], states.entry[i].prefix, p);
            GAN_TRY(save_part(module, &states.entry[i], &part, writer));
        }
    return GAN_STATUS_OK;
}

// --- Loading -------------------------------------------------------------------------------------

static gan_status find_tensor(const gan_checkpoint *checkpoint, const stored_part *part,
                              const gan_tensor_info **out) {
    const char *const name = part->name;
    const gan_shape *const shape = part->shape;
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
    *out = info;
    return GAN_STATUS_OK;
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

static gan_status load_part(gan_module *module, const stored_state *entry, const stored_part *part,
                            const gan_checkpoint *checkpoint) {
    const gan_tensor_info *info = NULL;
    float *values = NULL;
    GAN_TRY(find_tensor(checkpoint, part, &info));
    GAN_TRY(
        gan__module_map_state(module, entry->state, part->first, info->elements, true, &values));
    const gan_status status = gan_checkpoint_read(checkpoint, info, values);
    const gan_status given_back = gan__module_unmap_state(module, entry->state, values);
    return status == GAN_STATUS_OK ? given_back : status;
}

static gan_status load_entry(gan_module *module, const stored_state *entry,
                             const gan_checkpoint *checkpoint) {
    const char *prefix = entry->prefix;
    if (entry->network != NULL && entry->buffers)
        prefix = find_statistics(checkpoint, entry->network, prefix);
    for (size_t p = 0; p < part_count(entry); p++) {
        const stored_part part = part_at(entry, prefix, p);
        GAN_TRY(load_part(module, entry, &part, checkpoint));
    }
    return GAN_STATUS_OK;
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
