// Networks out of a bundle's texts.
#include "convert/model.h"

#include "gan/run_record.h"

#include <string.h>

static const gan_model_role roles[] = {
    {"generator", "generator.", "generator.", true, "latents", "samples"},
    {"ema", "ema.", "ema.", true, "latents", "samples"},
    {"discriminator", "discriminator.", "discriminator.", false, "samples", "outputs"},
    {"ema_discriminator", "ema_discriminator.", "ema_discriminator.", false, "samples", "outputs"},
    {"encoder", "encoder.", "encoder.", false, "inputs", "outputs"},
};
enum {
    GENERATOR,
    EMA,
    DISCRIMINATOR,
    EMA_DISCRIMINATOR,
    ENCODER,
    ROLES = sizeof roles / sizeof roles[0]
};

// Where a checkpoint is older than averages of running statistics.
static const gan_model_role shared_statistics = {"ema", "ema.",    "generator.",
                                                 true,  "latents", "samples"};

static bool has_tensor(const gan_bundle *bundle, const char *prefix, const char *name) {
    const size_t length = strlen(prefix);
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        const char *own = bundle->tensors[i].as_written.name;
        if (strncmp(own, prefix, length) == 0 && strcmp(own + length, name) == 0) return true;
    }
    return false;
}

// Whether the generator has a tensor of which there is no average.
static bool shares_statistics(const gan_bundle *bundle) {
    const size_t length = strlen(roles[GENERATOR].weights);
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        const char *name = bundle->tensors[i].as_written.name;
        if (strncmp(name, roles[GENERATOR].weights, length) != 0) continue;
        if (!has_tensor(bundle, roles[EMA].weights, name + length)) return true;
    }
    return false;
}

gan_status gan__model_open(const gan_bundle *bundle, gan_model *model) {
    gan_run_record record;
    const char *recipe = gan__bundle_text(bundle, "recipe"), *run = gan__bundle_text(bundle, "run");
    *model = (gan_model){0};
    if (!recipe || !run)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s holds no %s, so what its networks are is not known; give the recipe "
                         "with --recipe",
                         bundle->path, recipe ? "record of a run" : "recipe");
    GAN_TRY(gan__run_record_parse(run, &record));
    GAN_TRY(gan__recipe_parse_saved(recipe, "the recipe", &model->recipe));
    model->sample = record.sample;
    model->classes = record.classes;
    return gan__model_networks(model);
}

gan_status gan__model_networks(gan_model *model) {
    GAN_TRY(gan__recipe_networks(model->recipe, &model->sample, model->classes, &model->generator,
                                 &model->discriminator));
    return gan__recipe_encoder(model->recipe, &model->sample, model->classes, model->discriminator,
                               &model->encoder);
}

void gan__model_close(gan_model *model) {
    gan__network_destroy(model->generator);
    gan__network_destroy(model->discriminator);
    gan__network_destroy(model->encoder);
    gan_recipe_destroy(model->recipe);
}

const gan_model_role *gan__model_role_at(size_t index) {
    return index < ROLES ? &roles[index] : NULL;
}

gan_status gan__model_role(const gan_bundle *bundle, const gan_model_role **out) {
    bool averaged = false;
    for (size_t i = 0; i < bundle->tensor_count && !averaged; i++) {
        averaged = gan__name_is_part(bundle->tensors[i].as_written.name, roles[EMA].name);
    }
    *out = &roles[averaged ? EMA : GENERATOR];
    for (size_t i = 0; bundle->network && i < ROLES; i++) {
        *out = &roles[i];
        if (strcmp(bundle->network, roles[i].name) == 0) break;
    }
    if (*out == &roles[EMA] && shares_statistics(bundle)) *out = &shared_statistics;
    if (!bundle->network || strcmp(bundle->network, (*out)->name) == 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "--network %s is no network of this kind; choose generator, ema, "
                     "discriminator, ema_discriminator or encoder",
                     bundle->network);
}

gan_status gan__model_check(const gan_model *model, const gan_model_role *role) {
    if (gan__model_network(model, role)) return GAN_STATUS_OK;
    if (role == &roles[ENCODER])
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "there is no encoder: its recipe has encoder.kind none");
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "this is a classifier, which has no generator; "
                                              "choose its network with --network discriminator");
}

const gan_network *gan__model_network(const gan_model *model, const gan_model_role *role) {
    if (role == &roles[ENCODER]) return model->encoder;
    return role->makes_samples ? model->generator : model->discriminator;
}

const gan_tensor *gan__model_tensor(const gan_network *network, const gan_model_role *role,
                                    size_t index, gan_text *name) {
    const size_t parameters = gan__network_parameter_count(network);
    const bool buffer = index >= parameters;
    if (buffer && index - parameters >= gan__network_buffer_count(network)) return NULL;
    const gan_tensor *tensor = buffer ? gan__network_buffer(network, index - parameters)
                                      : gan__network_parameter(network, index);
    gan__text_clear(name);
    gan__text_append(name, "%s%s", buffer ? role->statistics : role->weights, tensor->name);
    return tensor;
}
