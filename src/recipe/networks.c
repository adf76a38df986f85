// The two networks a recipe describes, checked against the shape of the data.
#include "recipe/recipe_struct.h"

#include <stdio.h>
#include <string.h>

static gan_status create(const gan_recipe *recipe, const char *name, const gan_recipe_network *said,
                         const gan_shape *input, int64_t classes, gan_network **out) {
    // Only a discriminator of pairs is given latents.
    const bool pairs =
        said == &recipe->values.discriminator && recipe->values.inference.kind == GAN_ENCODER_JOINT;
    gan_network_spec spec = {.name = name,
                             .source = recipe->document.source,
                             .layers = said->layers,
                             .count = said->count,
                             .input = *input,
                             .init = said->init,
                             .bias_init = said->bias_init,
                             .parametrization = said->parametrization,
                             .classes = classes,
                             .latent = pairs ? recipe->values.latent.size : 0,
                             .reference = said->reference_batch};
    return gan__network_create(&spec, out);
}

// "generator layer 5 (tanh) gives (783), but <what it must>"
static gan_status fail_output(const gan_recipe *recipe, const char *name,
                              const gan_network *network, const char *must) {
    size_t last = gan__network_layer_count(network) - 1;
    const gan_layer *layer = gan__network_layer(network, last);
    char shape[GAN_SHAPE_TEXT];
    return gan__tree_fail(&recipe->document, layer->line, "%s layer %zu (%s) gives %s, but %s",
                          name, last, layer->kind->name,
                          gan__shape_text(gan__network_output_shape(network), shape), must);
}

static gan_status check_weights(const gan_recipe *recipe, const char *name,
                                const gan_network *network) {
    if (gan__network_parameter_elements(network) > 0) return GAN_STATUS_OK;
    return gan__tree_fail(&recipe->document, gan__network_layer(network, 0)->line,
                          "the %s has no layer with weights, so nothing in it can be trained; add "
                          "one, such as dense",
                          name);
}

// What would make pictures fit a generator of other ones.
static void advise(const gan_shape *output, const gan_shape *sample, gan_text *must) {
    static const char *const colors[] = {[1] = "gray", [3] = "rgb", [4] = "rgba"};
    const int64_t channels = output->size[0];
    const bool resized = output->size[1] != sample->size[1] || output->size[2] != sample->size[2];
    const bool recolored =
        channels != sample->size[0] && (channels == 1 || channels == 3 || channels == 4);
    if (output->rank != 3 || sample->rank != 3 || !(resized || recolored)) return;
    gan__text_append(must, "; change the layers, or bring pictures to theirs:");
    if (resized)
        gan__text_append(must, " data.size=[%lld, %lld]", (long long)output->size[1],
                         (long long)output->size[2]);
    if (recolored) gan__text_append(must, " data.color=%s", colors[channels]);
}

// Tokens that no gradient flows through, and an estimate that does without, need each other.
static gan_status check_gradient(const gan_recipe *recipe, const gan_network *network) {
    const size_t last = gan__network_layer_count(network) - 1;
    const gan_layer *const layer = gan__network_layer(network, last);
    const bool drawn = strcmp(layer->kind->name, "categorical") == 0;
    const bool estimated = recipe->values.objective.gradient == GAN_GRADIENT_REINFORCE;
    if (drawn == estimated) return GAN_STATUS_OK;
    return gan__tree_fail(&recipe->document, layer->line,
                          drawn ? "generator layer %zu (%s) passes no gradient on; set "
                                  "objective.gradient: reinforce, or take gumbel_softmax"
                                : "generator layer %zu (%s): objective.gradient reinforce needs "
                                  "tokens that are drawn, so the last layer must be categorical",
                          last, layer->kind->name);
}

static gan_status check_generator(const gan_recipe *recipe, const gan_network *network,
                                  const gan_shape *sample) {
    GAN_TRY(check_gradient(recipe, network));
    const gan_shape *output = gan__network_output_shape(network);
    bool vector = output->rank == 1 && output->size[0] == gan__shape_elements(sample);
    if (vector || gan__shape_equal(output, sample)) return GAN_STATUS_OK;
    gan_text must = {0};
    char shape[GAN_SHAPE_TEXT];
    gan__text_append(&must, "a sample of the data is %s: %lld elements",
                     gan__shape_text(sample, shape), (long long)gan__shape_elements(sample));
    advise(output, sample, &must);
    gan_status status = fail_output(recipe, "generator", network, gan__text_string(&must));
    gan__text_destroy(&must);
    return status;
}

// Elements that an encoder must give for each sample.
static int64_t encoder_elements(const gan_recipe_values *values) {
    const int64_t *const categorical = values->latent.categorical;
    const int64_t each = values->inference.learned_deviation ? 2 : 1;
    if (values->inference.kind != GAN_ENCODER_CODES) return values->latent.size;
    return categorical[0] * categorical[1] + each * values->latent.continuous;
}

// Layers that draw tokens are for what a generator gives.
static gan_status check_draws(const gan_recipe *recipe, const char *name,
                              const gan_network *network) {
    const size_t last = gan__network_layer_count(network) - 1;
    const gan_layer *const layer = gan__network_layer(network, last);
    if (gan__network_draws(network) == 0) return GAN_STATUS_OK;
    return gan__tree_fail(&recipe->document, layer->line,
                          "%s layer %zu (%s) draws tokens, which only a generator does; leave it "
                          "out",
                          name, last, layer->kind->name);
}

static gan_status check_encoder(const gan_recipe *recipe, const gan_network *network) {
    const int64_t elements = encoder_elements(&recipe->values);
    gan_text must = {0};
    GAN_TRY(check_draws(recipe, "encoder", network));
    if (gan__shape_elements(gan__network_output_shape(network)) == elements) return GAN_STATUS_OK;
    gan__text_append(&must, "it must give %lld values for a sample, %s", (long long)elements,
                     recipe->values.inference.kind == GAN_ENCODER_CODES
                         ? "what it says of the latent's codes"
                         : "as a latent has");
    gan_status status = fail_output(recipe, "encoder", network, gan__text_string(&must));
    gan__text_destroy(&must);
    return status;
}

gan_status gan__recipe_encoder(const gan_recipe *recipe, const gan_shape *sample, int64_t classes,
                               const gan_network *discriminator, gan_network **encoder) {
    const gan_recipe_values *values = &recipe->values;
    const int64_t shares = values->inference.shares;
    const int64_t layers = (int64_t)gan__network_layer_count(discriminator);
    *encoder = NULL;
    if (values->inference.kind == GAN_ENCODER_NONE) return GAN_STATUS_OK;
    if (shares >= layers)
        return gan__tree_fail(&recipe->document, values->encoder.line,
                              "encoder.shares is %lld: the discriminator has %lld layers, of which "
                              "all but the last can be shared",
                              (long long)shares, (long long)layers);
    const gan_shape *input =
        shares > 0 ? gan__network_layer_shape(discriminator, (size_t)shares - 1) : sample;
    gan_status status = create(recipe, "encoder", &values->encoder, input, classes, encoder);
    if (status == GAN_STATUS_OK) status = check_encoder(recipe, *encoder);
    if (status == GAN_STATUS_OK) status = check_weights(recipe, "encoder", *encoder);
    if (status == GAN_STATUS_OK && gan__network_uses_labels(*encoder))
        status = gan__tree_fail(&recipe->document, values->encoder.line,
                                "the encoder must do without the samples' labels");
    if (status == GAN_STATUS_OK) return status;
    gan__network_destroy(*encoder);
    *encoder = NULL;
    return status;
}

// Without its latent a pair is nothing but the sample.
static gan_status check_pairs(const gan_recipe *recipe, const gan_network *discriminator) {
    if (recipe->values.inference.kind != GAN_ENCODER_JOINT ||
        gan__network_uses_latents(discriminator))
        return GAN_STATUS_OK;
    return gan__tree_fail(&recipe->document, gan__network_layer(discriminator, 0)->line,
                          "encoder.kind is joint, so the discriminator must look at the latent of "
                          "each sample; give it a layer latent");
}

// A discriminator that tells classes apart gives a logit for each.
static gan_status check_class_logits(const gan_recipe *recipe, const gan_network *network,
                                     int64_t classes) {
    const gan_shape *output = gan__network_output_shape(network);
    const bool auxiliary = recipe->values.objective.classifier == GAN_CLASSIFIER_AUXILIARY;
    const int64_t wanted = classes + auxiliary;
    char must[160];
    if (classes == 0)
        return gan__tree_fail(&recipe->document, gan__network_layer(network, 0)->line,
                              "objective.classifier needs the labels of samples, and the data have "
                              "none");
    if (output->rank == 1 && output->size[0] == wanted) return GAN_STATUS_OK;
    snprintf(must, sizeof must,
             "with objective.classifier it must give %s%lld logits of the data's classes",
             auxiliary ? "the logit of being real and " : "", (long long)classes);
    return fail_output(recipe, "discriminator", network, must);
}

static gan_status check_discriminator(const gan_recipe *recipe, const gan_network *network,
                                      int64_t classes) {
    GAN_TRY(check_draws(recipe, "discriminator", network));
    if (recipe->values.objective.classifier != GAN_CLASSIFIER_NONE)
        return check_class_logits(recipe, network, classes);
    if (gan__shape_elements(gan__network_output_shape(network)) == 1) return GAN_STATUS_OK;
    return fail_output(recipe, "discriminator", network,
                       "the discriminator must give one value for a sample");
}

gan_status gan__recipe_generator(const gan_recipe *recipe, int64_t classes,
                                 gan_network **generator) {
    const gan_shape latent = GAN_SHAPE(recipe->values.latent.size);
    *generator = NULL;
    if (!gan__recipe_has_generator(&recipe->values))
        return gan__tree_fail(&recipe->document, recipe->values.discriminator.line,
                              "this is the recipe of a classifier, which has no generator");
    return create(recipe, "generator", &recipe->values.generator, &latent, classes, generator);
}

// What D says of the classes that G was asked for reaches G through its samples only.
static gan_status check_asked(const gan_recipe *recipe, const gan_network *generator) {
    if (recipe->values.objective.gradient != GAN_GRADIENT_REINFORCE) return GAN_STATUS_OK;
    return gan__tree_fail(&recipe->document, gan__network_layer(generator, 0)->line,
                          "the generator looks at labels, and with objective.gradient reinforce "
                          "objective.classifier auxiliary cannot hold it to them; take "
                          "gumbel_softmax, or layers that do not look at labels");
}

// A generator that D cannot hold to its labels would pass them over, and a discriminator that looks
// at labels would ask of G what it does not know.
static gan_status check_labels(const gan_recipe *recipe, const gan_network *generator,
                               const gan_network *discriminator) {
    const bool g = generator && gan__network_uses_labels(generator);
    const bool d = gan__network_uses_labels(discriminator);
    if (d && recipe->values.objective.classifier != GAN_CLASSIFIER_NONE)
        return gan__tree_fail(&recipe->document, gan__network_layer(discriminator, 0)->line,
                              "the discriminator looks at labels, which objective.classifier has "
                              "it tell; use layers that do not (one_hot, embedding, "
                              "conditional_batch_norm and projection do)");
    if (recipe->values.objective.classifier == GAN_CLASSIFIER_AUXILIARY)
        return g ? check_asked(recipe, generator) : GAN_STATUS_OK;
    if (g && d && recipe->values.objective.pack > 1)
        return gan__tree_fail(&recipe->document, gan__network_layer(discriminator, 0)->line,
                              "objective.pack goes without labels: a pack has one for each sample");
    if (g == d) return GAN_STATUS_OK;
    const gan_network *without = g ? discriminator : generator;
    return gan__tree_fail(&recipe->document, gan__network_layer(without, 0)->line,
                          "the %s looks at labels but the %s does not; give both networks layers "
                          "that do (one_hot, embedding, conditional_batch_norm, projection), or "
                          "neither",
                          g ? "generator" : "discriminator", g ? "discriminator" : "generator");
}

gan_status gan__recipe_networks(const gan_recipe *recipe, const gan_shape *sample, int64_t classes,
                                gan_network **generator, gan_network **discriminator) {
    const gan_recipe_values *values = &recipe->values;
    gan_shape judged = *sample;
    judged.size[0] *= values->objective.pack;
    *generator = *discriminator = NULL;
    const gan_shape latent = GAN_SHAPE(values->latent.size);
    gan_status status = GAN_STATUS_OK;
    if (gan__recipe_has_generator(values)) {
        status = create(recipe, "generator", &values->generator, &latent, classes, generator);
        if (status == GAN_STATUS_OK) status = check_generator(recipe, *generator, sample);
        if (status == GAN_STATUS_OK) status = check_weights(recipe, "generator", *generator);
    }
    if (status == GAN_STATUS_OK)
        status = create(recipe, "discriminator", &values->discriminator, &judged, classes,
                        discriminator);
    if (status == GAN_STATUS_OK) status = check_discriminator(recipe, *discriminator, classes);
    if (status == GAN_STATUS_OK) status = check_weights(recipe, "discriminator", *discriminator);
    if (status == GAN_STATUS_OK) status = check_pairs(recipe, *discriminator);
    if (status == GAN_STATUS_OK) status = check_labels(recipe, *generator, *discriminator);
    if (status == GAN_STATUS_OK) return status;
    gan__network_destroy(*generator);
    gan__network_destroy(*discriminator);
    *generator = *discriminator = NULL;
    return status;
}
