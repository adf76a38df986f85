// What no single key can check: that the values agree with each other. The objective and the
// schedule are check_objective.c.
#include "recipe/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *gan__beside_first(const gan_beside *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (list[i].given) return list[i].path;
    return NULL;
}

static gan_status check_pairs(gan_document *document, const gan_recipe_values *values) {
    const struct {
        const char *path;
        bool rising;
    } checks[] = {
        {"augment.noise_ramp", values->augment.noise_ramp[0] <= values->augment.noise_ramp[1]},
        {"data.range", !values->data.has_range || values->data.range[0] < values->data.range[1]},
        {"latent.range", values->latent.range[0] < values->latent.range[1]},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (!checks[i].rising)
            return gan__tree_fail(document, gan__tree_line(document, checks[i].path),
                                  "%s must name the smaller number first", checks[i].path);
    return GAN_STATUS_OK;
}

// `name`: the player's, as in its keys' paths.
static gan_status check_optimizer(gan_document *document, const char *name,
                                  const gan_recipe_optimizer *said) {
    const struct {
        const char *key;
        bool wrong;
        const char *must;
    } checks[] = {
        {"lr_ramp", said->lr_ramp[0] > said->lr_ramp[1], "must name the smaller number first"},
        {"momentum_ramp", said->momentum_ramp[0] > said->momentum_ramp[1],
         "must name the smaller number first"},
        {"lr_curve",
         said->lr_curve == GAN_CURVE_EXPONENTIAL && said->lr_ramp[1] > 0 &&
             (said->lr == 0 || said->lr_end == 0),
         "can be exponential only where lr and lr_end are above 0"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        char path[64];
        if (!checks[i].wrong) continue;
        snprintf(path, sizeof path, "optimizer.%s.%s", name, checks[i].key);
        return gan__tree_fail(document, gan__tree_line(document, path), "%s %s", path,
                              checks[i].must);
    }
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
            return gan__tree_fail(document, gan__tree_line(document, checks[i].path),
                                  "%s must be a height and a width, or [0, 0] for none",
                                  checks[i].path);
    return GAN_STATUS_OK;
}

// The name becomes a folder's, so it is kept to what every file system takes.
static gan_status check_name(gan_document *document, gan_recipe_values *values) {
    int line = gan__tree_line(document, "name");
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

// Codes are part of z, and whole.
static gan_status check_codes(gan_document *document, const gan_recipe_values *values) {
    const int64_t codes = values->latent.categorical[0], each = values->latent.categorical[1];
    const int64_t elements = codes * each + values->latent.continuous;
    if (codes == 0 ? each != 0 : each < 2)
        return gan__tree_fail(document, gan__tree_line(document, "latent.categorical"),
                              "latent.categorical must be a number of codes and at least 2 "
                              "categories for each, or [0, 0] for none");
    if (elements <= values->latent.size) return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "latent.size"),
                          "latent.size is %lld, but the codes alone have %lld elements",
                          (long long)values->latent.size, (long long)elements);
}

// What the encoder goes without: the first of these that is asked for, or NULL.
static const char *beside_encoder(const gan_recipe_values *values) {
    const bool joint = values->inference.kind == GAN_ENCODER_JOINT;
    const gan_beside without[] = {
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
    return gan__beside_first(without, sizeof without / sizeof without[0]);
}

static gan_status check_encoder(gan_document *document, const gan_recipe_values *values) {
    const int kind = values->inference.kind;
    const char *const beside = beside_encoder(values);
    const bool codes = values->latent.categorical[0] > 0 || values->latent.continuous > 0;
    if (kind == GAN_ENCODER_NONE) return GAN_STATUS_OK;
    if (values->encoder.count == 0)
        return gan__tree_fail(document, gan__tree_line(document, "encoder"),
                              "encoder.layers is missing: the layers, first to last");
    if (kind == GAN_ENCODER_CODES && !codes)
        return gan__tree_fail(document, gan__tree_line(document, "encoder.kind"),
                              "encoder.kind is codes, but the latent has none; give it some with "
                              "latent.categorical or latent.continuous");
    if (kind == GAN_ENCODER_JOINT && values->objective.generator_scale == 0)
        return gan__tree_fail(document, gan__tree_line(document, "objective.generator_scale"),
                              "objective.generator_scale is the factor of a joint encoder's cost, "
                              "too, so it must be above 0");
    if (beside == NULL) return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, beside),
                          "%s goes without an encoder%s", beside,
                          kind == GAN_ENCODER_JOINT ? " of kind joint" : "");
}

static gan_status check_updates(gan_document *document, const gan_recipe_values *values) {
    const int64_t steps = values->steps;
    const int64_t each =
        values->schedule.discriminator_steps * (values->objective.penalty_apart ? 2 : 1);
    if (steps <= GAN_UPDATES_MAX / each) return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "schedule.discriminator_steps"),
                          "%lld steps of %lld discriminator updates are more than the %d that can "
                          "be counted exactly: lower steps to %lld, or "
                          "schedule.discriminator_steps",
                          (long long)steps, (long long)each, GAN_UPDATES_MAX,
                          (long long)(GAN_UPDATES_MAX / each));
}

gan_status gan__recipe_check_values(gan_document *document, gan_recipe_values *values) {
    GAN_TRY(gan__recipe_check_effects(document, values));
    GAN_TRY(check_pairs(document, values));
    GAN_TRY(check_optimizer(document, "generator", &values->generator_optimizer));
    GAN_TRY(check_optimizer(document, "discriminator", &values->discriminator_optimizer));
    GAN_TRY(check_optimizer(document, "encoder", &values->encoder_optimizer));
    GAN_TRY(gan__recipe_check_objective(document, values));
    GAN_TRY(check_codes(document, values));
    GAN_TRY(check_encoder(document, values));
    GAN_TRY(check_sides(document, values));
    GAN_TRY(check_updates(document, values));
    return check_name(document, values);
}
