// What no single key can check: that the values agree with each other.
#include "recipe/keys.h"

#include <ctype.h>
#include <string.h>

static int line_of(const gan_document *document, const char *path) {
    const gan_tree *node = gan__tree_find(document->root, path);
    return node ? node->line : document->root->line;
}

static gan_status check_pairs(gan_document *document, const gan_recipe_values *values) {
    const struct {
        const char *path;
        bool rising;
    } checks[] = {
        {"augment.noise_ramp", values->augment.noise_ramp[0] <= values->augment.noise_ramp[1]},
        {"data.range", !values->data.has_range || values->data.range[0] < values->data.range[1]},
        {"latent.range", values->latent.range[0] < values->latent.range[1]},
        {"optimizer.generator.lr_ramp",
         values->generator_optimizer.lr_ramp[0] <= values->generator_optimizer.lr_ramp[1]},
        {"optimizer.generator.momentum_ramp", values->generator_optimizer.momentum_ramp[0] <=
                                                  values->generator_optimizer.momentum_ramp[1]},
        {"optimizer.discriminator.lr_ramp",
         values->discriminator_optimizer.lr_ramp[0] <= values->discriminator_optimizer.lr_ramp[1]},
        {"optimizer.discriminator.momentum_ramp",
         values->discriminator_optimizer.momentum_ramp[0] <=
             values->discriminator_optimizer.momentum_ramp[1]},
        {"optimizer.encoder.lr_ramp",
         values->encoder_optimizer.lr_ramp[0] <= values->encoder_optimizer.lr_ramp[1]},
        {"optimizer.encoder.momentum_ramp",
         values->encoder_optimizer.momentum_ramp[0] <= values->encoder_optimizer.momentum_ramp[1]},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (!checks[i].rising)
            return gan__tree_fail(document, line_of(document, checks[i].path),
                                  "%s must name the smaller number first", checks[i].path);
    return GAN_STATUS_OK;
}

// Height and width are given together.
static gan_status check_sides(gan_document *document, const gan_recipe_values *values) {
    const struct {
        const char *path;
        const int64_t *sides;
    } checks[] = {{"data.crop", values->data.crop}, {"data.size", values->data.size}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if ((checks[i].sides[0] == 0) != (checks[i].sides[1] == 0))
            return gan__tree_fail(document, line_of(document, checks[i].path),
                                  "%s must be a height and a width, or [0, 0] for none",
                                  checks[i].path);
    return GAN_STATUS_OK;
}

// The name becomes a folder's, so it is kept to what every file system takes.
static gan_status check_name(gan_document *document, gan_recipe_values *values) {
    int line = line_of(document, "name");
    if (values->name[0] == '\0') {
        const char *slash = strrchr(document->source, '/');
        GAN_TRY(gan__arena_string(document->arena, slash ? slash + 1 : document->source,
                                  &values->name));
        char *dot = strrchr(values->name, '.');
        if (dot && dot != values->name) *dot = '\0';
    }
    bool plain = values->name[0] != '.' && strlen(values->name) <= 64;
    for (const char *c = values->name; *c; c++)
        plain = plain && (isalnum((unsigned char)*c) || strchr("._-", *c));
    if (plain && values->name[0]) return GAN_STATUS_OK;
    return gan__tree_fail(document, line,
                          "name must have from 1 to 64 letters, digits, dots, dashes and "
                          "underscores and not begin with a dot, not \"%.70s\"",
                          values->name);
}

bool gan__recipe_is_augmented(const gan_recipe_values *values) {
    return values->augment.flip || values->augment.brightness > 0 ||
           values->augment.saturation > 0 || values->augment.contrast > 0 ||
           values->augment.translation > 0 || values->augment.cutout > 0;
}

// Additions to the objective that need something else of it.
static gan_status check_additions(gan_document *document, const gan_recipe_values *values) {
    const bool consistent =
        values->objective.consistency > 0 || values->objective.consistency_generated > 0;
    const bool augmented = gan__recipe_is_augmented(values);
    if (consistent && !augmented)
        return gan__tree_fail(document, line_of(document, "objective"),
                              "objective.consistency compares samples with augmented ones, so some "
                              "augmentation must be asked for, such as augment.translation: 0.125");
    if (values->augment.target > 0 && !augmented)
        return gan__tree_fail(document, line_of(document, "augment.target"),
                              "augment.target has no effect while nothing of augment.flip, "
                              "brightness, saturation, contrast, translation and cutout is asked "
                              "for");
    if (values->objective.generator_scale == 0 && values->objective.feature_matching == 0)
        return gan__tree_fail(document, line_of(document, "objective.generator_scale"),
                              "objective.generator_scale may be 0 only where "
                              "objective.feature_matching gives the generator another cost");
    return GAN_STATUS_OK;
}

static gan_status check_penalties(gan_document *document, const gan_recipe_values *values) {
    if (!values->objective.penalty_apart || values->schedule.order == GAN_ORDER_ALTERNATING)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "objective.penalty_apart"),
                          "objective.penalty_apart gives the discriminator updates of its own, so "
                          "schedule.order must be alternating");
}

// Players count their updates in a float32, which is exact up to there.
enum { MOST_UPDATES = 1 << 24 };

static gan_status check_path(gan_document *document, const gan_recipe_values *values) {
    const int64_t every = values->objective.path_length_every;
    if (values->objective.path_length == 0) return GAN_STATUS_OK;
    if (values->steps > MOST_UPDATES / (every + 1) * every)
        return gan__tree_fail(document, line_of(document, "objective.path_length"),
                              "%lld steps with objective.path_length are more updates of the "
                              "generator than the %d that can be counted exactly: lower steps",
                              (long long)values->steps, (int)MOST_UPDATES);
    if (values->schedule.order == GAN_ORDER_ALTERNATING) return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "objective.path_length"),
                          "objective.path_length gives the generator updates of its own, so "
                          "schedule.order must be alternating");
}

static gan_status check_generator_steps(gan_document *document, const gan_recipe_values *values) {
    const int64_t each = values->schedule.generator_steps;
    const int line = line_of(document, "schedule.generator_steps");
    if (each == 1) return GAN_STATUS_OK;
    if (values->schedule.order != GAN_ORDER_ALTERNATING)
        return gan__tree_fail(document, line,
                              "schedule.generator_steps gives the generator updates of its own, so "
                              "schedule.order must be alternating");
    if (values->objective.path_length > 0)
        return gan__tree_fail(document, line,
                              "schedule.generator_steps goes without objective.path_length, whose "
                              "updates come after so many of the generator's");
    if (values->steps <= MOST_UPDATES / each) return GAN_STATUS_OK;
    return gan__tree_fail(document, line,
                          "%lld steps of %lld generator updates are more than the %d that can be "
                          "counted exactly: lower steps to %lld",
                          (long long)values->steps, (long long)each, MOST_UPDATES,
                          (long long)(MOST_UPDATES / each));
}

static gan_status check_consensus(gan_document *document, const gan_recipe_values *values) {
    if (values->objective.consensus == 0 || values->schedule.order != GAN_ORDER_ALTERNATING)
        return GAN_STATUS_OK;
    return gan__tree_fail(
        document, line_of(document, "objective.consensus"),
        "objective.consensus is of both gradients at one point, so schedule.order "
        "must be simultaneous or extragradient, not alternating");
}

// A pack is of samples of one step; what is said of single samples has no place in it.
static gan_status check_pack(gan_document *document, const gan_recipe_values *values) {
    const int64_t pack = values->objective.pack;
    const int line = line_of(document, "objective.pack");
    if (pack == 1) return GAN_STATUS_OK;
    if (values->objective.classifier != GAN_CLASSIFIER_NONE)
        return gan__tree_fail(document, line,
                              "objective.pack goes without objective.classifier: a pack has a "
                              "label for each sample");
    if (values->batch % pack != 0)
        return gan__tree_fail(document, line,
                              "objective.pack is %lld: it must divide the batch, which is %lld",
                              (long long)pack, (long long)values->batch);
    if (values->objective.r1 == 0 && values->objective.r2 == 0 &&
        values->objective.gradient_penalty == 0)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, line,
                          "objective.pack goes without penalties on the gradient at a sample: the "
                          "discriminator judges %lld together",
                          (long long)pack);
}

// What gives the generator a gradient through its samples, or judges several of them at once, goes
// without an estimate by their log-probabilities: the first of these that is asked for, or NULL.
static const char *beside_reinforce(const gan_recipe_values *values) {
    const struct {
        const char *path;
        bool given;
    } without[] = {
        {"objective.kind relativistic-average",
         values->objective.kind == GAN_OBJECTIVE_RELATIVISTIC_AVERAGE},
        {"objective.pack", values->objective.pack > 1},
        {"objective.feature_matching", values->objective.feature_matching > 0},
        {"objective.gradient_regularization", values->objective.gradient_regularization > 0},
        {"objective.path_length", values->objective.path_length > 0},
        {"objective.unroll", values->objective.unroll > 0},
        {"objective.consensus", values->objective.consensus > 0},
        {"schedule.order extragradient", values->schedule.order == GAN_ORDER_EXTRAGRADIENT},
        {"encoder.kind", values->inference.kind != GAN_ENCODER_NONE},
    };
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (without[i].given) return without[i].path;
    return NULL;
}

static gan_status check_reinforce(gan_document *document, const gan_recipe_values *values) {
    if (values->objective.gradient != GAN_GRADIENT_REINFORCE) return GAN_STATUS_OK;
    const char *const beside = beside_reinforce(values);
    if (beside == NULL) return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "objective.gradient"),
                          "objective.gradient reinforce goes without %s", beside);
}

static gan_status check_unroll(gan_document *document, const gan_recipe_values *values) {
    if (values->objective.unroll == 0 || values->schedule.order == GAN_ORDER_ALTERNATING)
        return GAN_STATUS_OK;
    return gan__tree_fail(
        document, line_of(document, "objective.unroll"),
        "objective.unroll gives the generator a discriminator of its own to learn "
        "from, so schedule.order must be alternating");
}

// Codes are part of z, and whole.
static gan_status check_codes(gan_document *document, const gan_recipe_values *values) {
    const int64_t codes = values->latent.categorical[0], each = values->latent.categorical[1];
    const int64_t elements = codes * each + values->latent.continuous;
    if (codes == 0 ? each != 0 : each < 2)
        return gan__tree_fail(document, line_of(document, "latent.categorical"),
                              "latent.categorical must be a number of codes and at least 2 "
                              "categories for each, or [0, 0] for none");
    if (elements <= values->latent.size) return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "latent.size"),
                          "latent.size is %lld, but the codes alone have %lld elements",
                          (long long)values->latent.size, (long long)elements);
}

// What the encoder goes without: the first of these that is asked for, or NULL.
static const char *beside_encoder(const gan_recipe_values *values) {
    const bool joint = values->inference.kind == GAN_ENCODER_JOINT;
    const struct {
        const char *path;
        bool given;
    } without[] = {
        {"objective.pack", values->objective.pack > 1},
        {"objective.unroll", values->objective.unroll > 0},
        {"objective.consensus", values->objective.consensus > 0},
        {"schedule.order", values->schedule.order == GAN_ORDER_EXTRAGRADIENT},
        {"schedule.order",
         values->inference.from[0] != '\0' && values->schedule.order != GAN_ORDER_ALTERNATING},
        {"objective.r1", joint && values->objective.r1 > 0},
        {"objective.r2", joint && values->objective.r2 > 0},
        {"objective.gradient_penalty", joint && values->objective.gradient_penalty > 0},
        {"objective.consistency", joint && values->objective.consistency > 0},
        {"objective.consistency_generated", joint && values->objective.consistency_generated > 0},
        {"objective.gradient_regularization",
         joint && values->objective.gradient_regularization > 0},
        {"data.labelled", joint && values->data.labelled > 0},
    };
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (without[i].given) return without[i].path;
    return NULL;
}

static gan_status check_encoder(gan_document *document, const gan_recipe_values *values) {
    const int kind = values->inference.kind;
    const char *const beside = beside_encoder(values);
    const bool codes = values->latent.categorical[0] > 0 || values->latent.continuous > 0;
    if (kind == GAN_ENCODER_NONE) return GAN_STATUS_OK;
    if (values->encoder.count == 0)
        return gan__tree_fail(document, line_of(document, "encoder"),
                              "encoder.layers is missing: the layers, first to last");
    if (kind == GAN_ENCODER_CODES && !codes)
        return gan__tree_fail(document, line_of(document, "encoder.kind"),
                              "encoder.kind is codes, but the latent has none; give it some with "
                              "latent.categorical or latent.continuous");
    if (beside == NULL) return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, beside), "%s goes without an encoder%s",
                          beside, kind == GAN_ENCODER_JOINT ? " of kind joint" : "");
}

static gan_status check_updates(gan_document *document, const gan_recipe_values *values) {
    const int64_t steps = values->steps;
    const int64_t each =
        values->schedule.discriminator_steps * (values->objective.penalty_apart ? 2 : 1);
    if (steps <= MOST_UPDATES / each) return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "schedule.discriminator_steps"),
                          "%lld steps of %lld discriminator updates are more than the %d that can "
                          "be counted exactly: lower steps to %lld, or "
                          "schedule.discriminator_steps",
                          (long long)steps, (long long)each, MOST_UPDATES,
                          (long long)(MOST_UPDATES / each));
}

// Data-dependent initialisation shows D single samples and nothing beside them.
static gan_status check_init_batch(gan_document *document, const gan_recipe_values *values) {
    if (values->discriminator.init_batch == 0) return GAN_STATUS_OK;
    if (values->objective.pack == 1 && values->inference.kind != GAN_ENCODER_JOINT)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "discriminator.init_batch"),
                          "discriminator.init_batch goes without objective.pack and without an "
                          "encoder of kind joint: it shows the discriminator single samples");
}

// A reference batch is of single samples.
static gan_status check_reference(gan_document *document, const gan_recipe_values *values) {
    if (values->discriminator.reference_batch == 0 || values->objective.pack == 1)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, line_of(document, "discriminator.reference_batch"),
                          "discriminator.reference_batch goes without objective.pack: its samples "
                          "are single ones");
}

gan_status gan__recipe_check_values(gan_document *document, gan_recipe_values *values) {
    GAN_TRY(gan__recipe_check_effects(document, values));
    GAN_TRY(check_pairs(document, values));
    GAN_TRY(check_additions(document, values));
    GAN_TRY(check_penalties(document, values));
    GAN_TRY(check_path(document, values));
    GAN_TRY(check_generator_steps(document, values));
    GAN_TRY(check_pack(document, values));
    GAN_TRY(check_reinforce(document, values));
    GAN_TRY(check_unroll(document, values));
    GAN_TRY(check_init_batch(document, values));
    GAN_TRY(check_reference(document, values));
    GAN_TRY(check_consensus(document, values));
    GAN_TRY(check_codes(document, values));
    GAN_TRY(check_encoder(document, values));
    GAN_TRY(check_sides(document, values));
    GAN_TRY(check_updates(document, values));
    return check_name(document, values);
}
