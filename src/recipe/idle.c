// Keys that were given another value than their own and mean nothing beside the others, where what
// they need is not one other key (gan_key.condition says that much): each with the reason, in
// words.
#include "recipe/keys.h"

#include <stddef.h>
#include <string.h>

enum { PREMISES = 6 };

typedef struct idle_rule {
    const char *key;
    bool (*idle)(const gan_recipe_values *values); // NULL: `of_player` says
    bool (*of_player)(const gan_recipe_optimizer *player);
    size_t player; // its offset
    const char *reason;
    const char *premises[PREMISES]; // the keys that the reason is about
} idle_rule;

// --- The game ------------------------------------------------------------------------------------

static bool is_penalised(const gan_recipe_values *values) {
    return values->objective.r1 > 0 || values->objective.r2 > 0 ||
           values->objective.gradient_penalty > 0;
}

static bool lazy_about_nothing(const gan_recipe_values *values) {
    return values->objective.penalty_every > 1 && !is_penalised(values);
}

static bool apart_from_nothing(const gan_recipe_values *values) {
    return values->objective.penalty_apart && !is_penalised(values);
}

// No norm is below 0.
static bool one_sided_at_zero(const gan_recipe_values *values) {
    return values->objective.penalty_one_sided && values->objective.penalty_target == 0;
}

// Unrolled, the minimax cost is D's own, which is not scaled.
static bool cost_without_weight(const gan_recipe_values *values) {
    return values->objective.generator_cost != GAN_GENERATOR_COST_NON_SATURATING &&
           values->objective.generator_scale == 0 && values->objective.unroll == 0;
}

static bool certain_of_nothing(const gan_recipe_values *values) {
    return values->augment.probability != 1 && !gan__recipe_is_augmented(values);
}

// --- Data, latents, averages ---------------------------------------------------------------------

static bool fits_nothing(const gan_recipe_values *values) {
    return values->data.fit != GAN_DATA_FIT_CROP && values->data.size[0] == 0;
}

static bool counts_no_stack(const gan_recipe_values *values) {
    return values->data.stack_count > 0 && values->data.stack == 1;
}

static bool prior_of_nothing(const gan_recipe_values *values) {
    const int64_t codes = values->latent.categorical[0] * values->latent.categorical[1];
    return values->latent.prior != GAN_PRIOR_NORMAL &&
           codes + values->latent.continuous == values->latent.size;
}

static bool weighs_no_code(const gan_recipe_values *values) {
    return values->inference.continuous_weight != 1 && values->latent.continuous == 0;
}

static bool learns_no_deviation(const gan_recipe_values *values) {
    return values->inference.learned_deviation && values->latent.continuous == 0;
}

static bool averages_nothing(const gan_recipe_values *values) {
    return values->ema.start > 0 && values->ema.decay == 0 && values->ema.discriminator == 0;
}

// --- Networks ------------------------------------------------------------------------------------

static bool has_weight_norm(const gan_layer *layers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (layers[i].parametrization.kind == GAN_PARAMETRIZATION_WEIGHT_NORM) return true;
        for (size_t k = 0; k < GAN_LAYER_LISTS_MAX; k++)
            if (has_weight_norm(layers[i].lists[k].layers, layers[i].lists[k].count)) return true;
    }
    return false;
}

static bool starts_nothing(const gan_recipe_network *network) {
    return network->init_batch > 0 &&
           network->parametrization.kind != GAN_PARAMETRIZATION_WEIGHT_NORM &&
           !has_weight_norm(network->layers, network->count);
}

static bool refers_to_nothing(const gan_recipe_network *network) {
    return network->reference_batch > 0 &&
           !gan__layers_take_reference(network->layers, network->count);
}

static bool refers_no_generator(const gan_recipe_values *values) {
    return refers_to_nothing(&values->generator);
}

static bool refers_no_discriminator(const gan_recipe_values *values) {
    return refers_to_nothing(&values->discriminator);
}

static bool starts_no_generator(const gan_recipe_values *values) {
    return starts_nothing(&values->generator);
}

static bool starts_no_discriminator(const gan_recipe_values *values) {
    return starts_nothing(&values->discriminator);
}

// --- Optimisers ----------------------------------------------------------------------------------

static bool ends_no_ramp(const gan_recipe_optimizer *player) {
    return player->lr_end != 0 && player->lr_ramp[1] == 0;
}

static bool bends_no_ramp(const gan_recipe_optimizer *player) {
    return player->lr_curve != GAN_CURVE_LINEAR && player->lr_ramp[1] == 0;
}

static bool ends_no_momentum(const gan_recipe_optimizer *player) {
    return player->momentum_end != 0 && player->momentum_ramp[1] == 0;
}

// A rate that does not change stays where it is.
static bool floor_below_constant(const gan_recipe_optimizer *player) {
    return player->lr_floor > 0 && player->lr_floor <= player->lr && player->lr_decay == 1 &&
           player->lr_ramp[1] == 0;
}

static bool nesterov_without_momentum(const gan_recipe_optimizer *player) {
    return player->optimizer.nesterov && player->momentum == 0 &&
           (player->momentum_ramp[1] == 0 || player->momentum_end == 0);
}

#define OF(name) "optimizer." name "."
#define OPTIMIZER_RULES(name, field)                                                               \
    {.key = OF(name) "lr_end",                                                                     \
     .of_player = ends_no_ramp,                                                                    \
     .player = offsetof(gan_recipe_values, field),                                                 \
     .reason = OF(name) "lr_ramp is [0, 0]",                                                       \
     .premises = {OF(name) "lr_ramp"}},                                                            \
        {.key = OF(name) "lr_curve",                                                               \
         .of_player = bends_no_ramp,                                                               \
         .player = offsetof(gan_recipe_values, field),                                             \
         .reason = OF(name) "lr_ramp is [0, 0]",                                                   \
         .premises = {OF(name) "lr_ramp"}},                                                        \
        {.key = OF(name) "lr_floor",                                                               \
         .of_player = floor_below_constant,                                                        \
         .player = offsetof(gan_recipe_values, field),                                             \
         .reason = "the rate is constant: neither lr_decay nor lr_ramp is given",                  \
         .premises = {OF(name) "lr_decay", OF(name) "lr_ramp", OF(name) "lr"}},                    \
        {.key = OF(name) "momentum_end",                                                           \
         .of_player = ends_no_momentum,                                                            \
         .player = offsetof(gan_recipe_values, field),                                             \
         .reason = OF(name) "momentum_ramp is [0, 0]",                                             \
         .premises = {OF(name) "momentum_ramp"}},                                                  \
    {                                                                                              \
        .key = OF(name) "nesterov", .of_player = nesterov_without_momentum,                        \
        .player = offsetof(gan_recipe_values, field), .reason = OF(name) "momentum is 0",          \
        .premises = {                                                                              \
            OF(name) "momentum",                                                                   \
            OF(name) "momentum_ramp",                                                              \
            OF(name) "momentum_end"                                                                \
        }                                                                                          \
    }

#define PENALTIES "objective.r1", "objective.r2", "objective.gradient_penalty"
#define AUGMENTATIONS                                                                              \
    "augment.flip", "augment.brightness", "augment.saturation", "augment.contrast",                \
        "augment.translation", "augment.cutout"
#define RULE(path, when, why, ...)                                                                 \
    {                                                                                              \
        .key = path, .idle = when, .reason = why, .premises = { __VA_ARGS__ }                      \
    }

static const idle_rule rules[] = {
    RULE("objective.penalty_every", lazy_about_nothing,
         "objective.r1, r2 and gradient_penalty are 0", PENALTIES),
    RULE("objective.penalty_apart", apart_from_nothing,
         "objective.r1, r2 and gradient_penalty are 0", PENALTIES),
    RULE("objective.penalty_one_sided", one_sided_at_zero, "objective.penalty_target is 0",
         "objective.penalty_target"),
    RULE("objective.generator_cost", cost_without_weight, "objective.generator_scale is 0",
         "objective.generator_scale", "objective.unroll"),
    RULE("augment.probability", certain_of_nothing,
         "nothing of augment.flip, brightness, saturation, contrast, translation and cutout is "
         "asked for",
         AUGMENTATIONS),
    RULE("data.fit", fits_nothing, "data.size is [0, 0]", "data.size"),
    RULE("data.stack_count", counts_no_stack, "data.stack is 1", "data.stack"),
    RULE("latent.prior", prior_of_nothing, "the codes take all of latent.size", "latent.size",
         "latent.categorical", "latent.continuous"),
    RULE("encoder.continuous_weight", weighs_no_code, "latent.continuous is 0",
         "latent.continuous"),
    RULE("encoder.learned_deviation", learns_no_deviation, "latent.continuous is 0",
         "latent.continuous"),
    RULE("ema.start", averages_nothing, "ema.decay and ema.discriminator are 0", "ema.decay",
         "ema.discriminator"),
    RULE("generator.init_batch", starts_no_generator, "no layer of it is under weight norm",
         "generator.parametrization", "generator.layers"),
    RULE("discriminator.init_batch", starts_no_discriminator, "no layer of it is under weight norm",
         "discriminator.parametrization", "discriminator.layers"),
    RULE("generator.reference_batch", refers_no_generator, "no layer of it is virtual_batch_norm",
         "generator.layers"),
    RULE("discriminator.reference_batch", refers_no_discriminator,
         "no layer of it is virtual_batch_norm", "discriminator.layers"),
    OPTIMIZER_RULES("generator", generator_optimizer),
    OPTIMIZER_RULES("discriminator", discriminator_optimizer),
    OPTIMIZER_RULES("encoder", encoder_optimizer),
};

static bool holds(const idle_rule *rule, const gan_recipe_values *values) {
    if (rule->idle) return rule->idle(values);
    const char *player = (const char *)values + rule->player;
    return rule->of_player((const gan_recipe_optimizer *)(const void *)player);
}

static const idle_rule *broken_rule(const gan_key *key, const gan_recipe_values *values) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].key, key->path) == 0 && holds(&rules[i], values)) return &rules[i];
    return NULL;
}

bool gan__key_idle(const gan_key *key, const gan_recipe_values *values) {
    return broken_rule(key, values) != NULL;
}

// --- Refusing ------------------------------------------------------------------------------------

// Why the key means nothing: itself, or the one nearest above it, whose premise does not hold.
static const gan_key *broken_premise(const gan_key *key, const gan_recipe_values *values) {
    const gan_key *premise = gan__key_find(key->condition);
    while (!gan__key_applies(premise, values)) premise = gan__key_find(premise->condition);
    return premise;
}

// A key that was written beside another that makes it nothing. (An override of that other may leave
// such keys behind; they are then passed over.)
static gan_status check_applies(gan_document *document, const gan_key *key,
                                const gan_recipe_values *values) {
    const gan_tree *node = gan__tree_find(document->root, key->path);
    if (!node || gan__key_applies(key, values)) return GAN_STATUS_OK;
    const gan_key *premise = broken_premise(key, values);
    const gan_tree *said = gan__tree_find(document->root, premise->path);
    if (said && said->line == 0 && node->line > 0) return GAN_STATUS_OK;
    gan_text value = {0};
    gan__key_print(premise, values, &value);
    gan_status status = gan__tree_fail(document, node->line, "%s has no effect while %s is %s",
                                       key->path, premise->path, gan__text_string(&value));
    gan__text_destroy(&value);
    return status;
}

// An override of what the key needs may leave it behind, as with gan_key.condition.
static gan_status check_idle(gan_document *document, const gan_key *key,
                             const gan_recipe_values *values) {
    const gan_tree *node = gan__tree_find(document->root, key->path);
    const idle_rule *rule = node ? broken_rule(key, values) : NULL;
    if (!rule || document->saved) return GAN_STATUS_OK;
    for (size_t i = 0; i < PREMISES && rule->premises[i]; i++) {
        const gan_tree *said = gan__tree_find(document->root, rule->premises[i]);
        if (said && said->line == 0 && node->line > 0) return GAN_STATUS_OK;
    }
    return gan__tree_fail(document, node->line, "%s has no effect while %s", key->path,
                          rule->reason);
}

gan_status gan__recipe_check_effects(gan_document *document, const gan_recipe_values *values) {
    for (size_t i = 0; i < gan__key_count(); i++) {
        GAN_TRY(check_applies(document, gan__key(i), values));
        GAN_TRY(check_idle(document, gan__key(i), values));
    }
    return GAN_STATUS_OK;
}
