// The discriminator as a classifier of the labels' K classes, by objective.classifier:
//
// - alone: K logits and no generator; the cost is the cross-entropy of the labels alone.
// - implicit (Salimans et al. 2016, Improved techniques for training GANs, section 5): of n + 1
//   classes the last, "generated", has the logit 0, since softmax is of differences only. With the
//   logits l of the others and Z = log sum exp(l), D(x) = 1 - p(generated | x) = exp(Z) / (exp(Z) +
//   1): Z is the logit of being real, and any objective may be made of it. The logistic one with
//   discriminator_scale 1/2 is theirs: -E Z / 2 + E softplus(Z) / 2 + E softplus(Z of G(z)) / 2.
// - auxiliary (Odena et al. 2017, AC-GAN): the logit of being real and, apart from it, K of the
//   classes. Both players go down the cross-entropy of the classes that G was asked for, too.
//
// Labelled samples are the real batch, or where data.labelled says that few labels are used a batch
// of their own.
#include "gan/game_builder.h"

#include "nn/losses.h"
#include "nn/stable.h"

gan_node *gan__game_class_logits(const gan_recipe_values *recipe, gan_node *logits) {
    if (recipe->objective.classifier == GAN_CLASSIFIER_NONE || logits == NULL) return NULL;
    if (recipe->objective.classifier != GAN_CLASSIFIER_AUXILIARY) return logits;
    return gan__rows(logits, 1, gan__node_shape(logits)->size[0] - 1);
}

gan_node *gan__game_real_logits(const gan_recipe_values *recipe, gan_node *logits) {
    if (recipe->objective.classifier == GAN_CLASSIFIER_NONE || logits == NULL) return logits;
    if (recipe->objective.classifier == GAN_CLASSIFIER_AUXILIARY) return gan__rows(logits, 0, 1);
    return gan__log_sum_exp(logits, 1u);
}

static gan_node *sum_of(gan_node *cost, gan_node *further) {
    return cost == NULL ? further : gan__add(cost, further);
}

static bool asks_for_classes(const gan_builder *builder) {
    const gan_game *const game = builder->game;
    return game->recipe->objective.classifier == GAN_CLASSIFIER_AUXILIARY &&
           gan__network_uses_labels(game->generator.network);
}

gan_node *gan__game_add_asked_classes(const gan_builder *builder, const gan_answers *given,
                                      gan_node *cost) {
    if (!asks_for_classes(builder)) return cost;
    gan_node *const asked = gan__game_labels(builder, given->streams);
    return sum_of(cost, gan__scale(gan__softmax_cross_entropy(given->fake_classes, asked),
                                   builder->game->recipe->objective.classification));
}

gan_node *gan__game_add_classification(const gan_builder *builder, const gan_answers *given,
                                       gan_node *cost) {
    const gan_recipe_values *const recipe = builder->game->recipe;
    if (recipe->objective.classifier == GAN_CLASSIFIER_NONE) return cost;
    gan_node *const entropy = gan__softmax_cross_entropy(given->labelled_classes, given->labels);
    cost = sum_of(cost, gan__scale(entropy, recipe->objective.classification));
    return gan__game_add_asked_classes(builder, given, cost);
}

// A class is mistaken where another has a larger logit.
gan_node *gan__game_errors(const gan_answers *given) {
    if (given->labelled_classes == NULL || given->labels == NULL) return NULL;
    const gan_shape *const shape = gan__node_shape(given->labelled_classes);
    const gan_shape row = GAN_SHAPE(1, shape->size[1]);
    gan_node *const number = gan__iota(gan__node_graph(given->labels), shape, 0);
    gan_node *const chosen = gan__equal(number, gan__reshape(given->labels, &row));
    gan_node *const own = gan__reduce_sum(gan__mul(chosen, given->labelled_classes), 1u);
    return gan__mean(gan__less(own, gan__reduce_max(given->labelled_classes, 1u)));
}
