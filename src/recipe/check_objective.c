// What the objective and the schedule go without: parts that contradict each other, or that would
// come to more updates than can be counted.
#include "recipe/keys.h"

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
        return gan__tree_fail(document, gan__tree_line(document, "objective"),
                              "objective.consistency compares samples with augmented ones, so some "
                              "augmentation must be asked for, such as augment.translation: 0.125");
    if (values->augment.target > 0 && !augmented)
        return gan__tree_fail(document, gan__tree_line(document, "augment.target"),
                              "augment.target has no effect while nothing of augment.flip, "
                              "brightness, saturation, contrast, translation and cutout is asked "
                              "for");
    if (values->objective.generator_scale == 0 && values->objective.feature_matching == 0)
        return gan__tree_fail(document, gan__tree_line(document, "objective.generator_scale"),
                              "objective.generator_scale may be 0 only where "
                              "objective.feature_matching gives the generator another cost");
    return GAN_STATUS_OK;
}

static gan_status check_penalties(gan_document *document, const gan_recipe_values *values) {
    if (!values->objective.penalty_apart || values->schedule.order == GAN_ORDER_ALTERNATING)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "objective.penalty_apart"),
                          "objective.penalty_apart gives the discriminator updates of its own, so "
                          "schedule.order must be alternating");
}

static gan_status check_path(gan_document *document, const gan_recipe_values *values) {
    const int64_t every = values->objective.path_length_every;
    if (values->objective.path_length == 0) return GAN_STATUS_OK;
    if (values->steps > GAN_UPDATES_MAX / (every + 1) * every)
        return gan__tree_fail(document, gan__tree_line(document, "objective.path_length"),
                              "%lld steps with objective.path_length are more updates of the "
                              "generator than the %d that can be counted exactly: lower steps",
                              (long long)values->steps, (int)GAN_UPDATES_MAX);
    if (values->schedule.order == GAN_ORDER_ALTERNATING) return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "objective.path_length"),
                          "objective.path_length gives the generator updates of its own, so "
                          "schedule.order must be alternating");
}

static gan_status check_generator_steps(gan_document *document, const gan_recipe_values *values) {
    const int64_t each = values->schedule.generator_steps;
    const int line = gan__tree_line(document, "schedule.generator_steps");
    if (each == 1) return GAN_STATUS_OK;
    if (values->schedule.order != GAN_ORDER_ALTERNATING)
        return gan__tree_fail(document, line,
                              "schedule.generator_steps gives the generator updates of its own, so "
                              "schedule.order must be alternating");
    if (values->objective.path_length > 0)
        return gan__tree_fail(document, line,
                              "schedule.generator_steps goes without objective.path_length, whose "
                              "updates come after so many of the generator's");
    if (values->steps <= GAN_UPDATES_MAX / each) return GAN_STATUS_OK;
    return gan__tree_fail(document, line,
                          "%lld steps of %lld generator updates are more than the %d that can be "
                          "counted exactly: lower steps to %lld",
                          (long long)values->steps, (long long)each, GAN_UPDATES_MAX,
                          (long long)(GAN_UPDATES_MAX / each));
}

static gan_status check_consensus(gan_document *document, const gan_recipe_values *values) {
    if (values->objective.consensus == 0 || values->schedule.order != GAN_ORDER_ALTERNATING)
        return GAN_STATUS_OK;
    return gan__tree_fail(
        document, gan__tree_line(document, "objective.consensus"),
        "objective.consensus is of both gradients at one point, so schedule.order "
        "must be simultaneous or extragradient, not alternating");
}

// A pack is of samples of one step; what is said of single samples has no place in it.
static gan_status check_pack(gan_document *document, const gan_recipe_values *values) {
    const int64_t pack = values->objective.pack;
    const int line = gan__tree_line(document, "objective.pack");
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
    const gan_beside without[] = {
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
    return gan__beside_first(without, sizeof without / sizeof without[0]);
}

static gan_status check_reinforce(gan_document *document, const gan_recipe_values *values) {
    if (values->objective.gradient != GAN_GRADIENT_REINFORCE) return GAN_STATUS_OK;
    const char *const beside = beside_reinforce(values);
    if (beside == NULL) return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "objective.gradient"),
                          "objective.gradient reinforce goes without %s", beside);
}

static gan_status check_unroll(gan_document *document, const gan_recipe_values *values) {
    if (values->objective.unroll == 0 || values->schedule.order == GAN_ORDER_ALTERNATING)
        return GAN_STATUS_OK;
    return gan__tree_fail(
        document, gan__tree_line(document, "objective.unroll"),
        "objective.unroll gives the generator a discriminator of its own to learn "
        "from, so schedule.order must be alternating");
}

// Data-dependent initialisation shows D single samples and nothing beside them.
static gan_status check_init_batch(gan_document *document, const gan_recipe_values *values) {
    if (values->discriminator.init_batch == 0) return GAN_STATUS_OK;
    if (values->objective.pack == 1 && values->inference.kind != GAN_ENCODER_JOINT)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "discriminator.init_batch"),
                          "discriminator.init_batch goes without objective.pack and without an "
                          "encoder of kind joint: it shows the discriminator single samples");
}

// A reference batch is of single samples.
static gan_status check_reference(gan_document *document, const gan_recipe_values *values) {
    if (values->discriminator.reference_batch == 0 || values->objective.pack == 1)
        return GAN_STATUS_OK;
    return gan__tree_fail(document, gan__tree_line(document, "discriminator.reference_batch"),
                          "discriminator.reference_batch goes without objective.pack: its samples "
                          "are single ones");
}

gan_status gan__recipe_check_objective(gan_document *document, const gan_recipe_values *values) {
    GAN_TRY(check_additions(document, values));
    GAN_TRY(check_penalties(document, values));
    GAN_TRY(check_path(document, values));
    GAN_TRY(check_generator_steps(document, values));
    GAN_TRY(check_pack(document, values));
    GAN_TRY(check_reinforce(document, values));
    GAN_TRY(check_unroll(document, values));
    GAN_TRY(check_init_batch(document, values));
    GAN_TRY(check_reference(document, values));
    return check_consensus(document, values);
}
