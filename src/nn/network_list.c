// From a list of layers to units with shapes and tensors; a block's lists are lists again.
#include "nn/network_struct.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// What is the same for every layer of a network while it is built.
typedef struct list_builder {
    gan_network *network;
    const gan_network_spec *spec;
    const gan_shape *condition; // at the layer that is built; NULL: none yet
} list_builder;

gan_status gan__network_fail_in(const gan_network *network, const gan_layer *layer,
                                const char *path, gan_status status) {
    status = gan__fail_in(status, "%s layer %s (%s)", network->name, path, layer->kind->name);
    if (!network->source) return status;
    if (layer->line == 0) return gan__fail_in(status, "%s", network->source);
    return gan__fail_in(status, "%s:%d", network->source, layer->line);
}

// --- Arguments ----------------------------------------------------------------------------------

static gan_status check_arguments(const gan_layer *layer) {
    size_t list = 0;
    for (size_t i = 0; layer->kind->arguments[i].name; i++) {
        const gan_layer_argument *argument = &layer->kind->arguments[i];
        double value = layer->argument[i];
        if (argument->type == GAN_LAYER_ARGUMENT_SHAPE) {
            if (layer->shape.rank < 1 || layer->shape.rank > 3)
                return gan__fail(GAN_STATUS_BAD_INPUT, "%s needs one to three whole numbers",
                                 argument->name);
        } else if (argument->type == GAN_LAYER_ARGUMENT_LAYERS) {
            if (layer->lists[list++].count == 0 && argument->required)
                return gan__fail(GAN_STATUS_BAD_INPUT, "%s is missing", argument->name);
        } else if (isnan(value)) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "%s is missing", argument->name);
        } else if (value < argument->low || value > argument->high) {
            return gan__fail(GAN_STATUS_BAD_INPUT, "%s is %g, but must be from %g to %g",
                             argument->name, value, argument->low, argument->high);
        }
    }
    return GAN_STATUS_OK;
}

static gan_status check_labels(list_builder *build, const gan_layer_kind *kind) {
    const bool instead = kind->takes_condition && !build->condition;
    if (!kind->takes_labels && !instead) return GAN_STATUS_OK;
    build->network->uses_labels = true;
    if (build->spec->classes > 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT, "the data has no labels, which it needs");
}

static gan_status check_latents(list_builder *build, const gan_layer_kind *kind) {
    if (!kind->takes_latent) return GAN_STATUS_OK;
    build->network->uses_latents = true;
    if (build->spec->latent > 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "it is for the discriminator of a recipe with an encoder of kind joint");
}

// Reference samples go through all layers, so none may tell more than one sample from another.
static gan_status check_reference(const list_builder *build, const gan_layer_kind *kind) {
    if (build->network->reference == 0)
        return kind->takes_reference
                   ? gan__fail(GAN_STATUS_BAD_INPUT,
                               "it goes by a reference batch, which a generator and a "
                               "discriminator have with reference_batch: 64, say")
                   : GAN_STATUS_OK;
    if (!kind->mixes && !kind->draws && !kind->takes_latent) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "it goes without virtual_batch_norm in the same network, whose reference "
                     "samples it would take for samples of the batch");
}

// The name of a layer's list number `list`.
static const char *list_name(const gan_layer_kind *kind, size_t list) {
    const gan_layer_argument *argument = kind->arguments;
    for (;; argument++)
        if (argument->type == GAN_LAYER_ARGUMENT_LAYERS && list-- == 0) return argument->name;
}

// --- Tensors ------------------------------------------------------------------------------------

static bool given(gan_init init) {
    return init.kind != GAN_INIT_DEFAULT;
}

// The layer's own word first, then what its kind asks for, then the network's.
static gan_init resolve_init(const gan_network_spec *spec, const gan_layer *layer,
                             const gan_layer_tensor *tensor) {
    const bool plain = !tensor->buffer && tensor->role == GAN_TENSOR_PLAIN;
    const gan_init own = tensor->is_bias ? layer->bias_init : layer->init;
    if (plain && given(own)) return own;
    if (given(tensor->init)) return tensor->init;
    const gan_init weight = given(layer->init) ? layer->init : spec->init;
    const gan_init chosen = tensor->is_bias ? spec->bias_init : weight;
    if (given(chosen)) return chosen;
    bool zeros = tensor->is_bias && given(weight);
    return (gan_init){zeros ? GAN_INIT_ZEROS : GAN_INIT_TORCH, 0, 0};
}

static const char *suffix(gan_tensor_role role) {
    static const char *const suffixes[] = {[GAN_TENSOR_PLAIN] = "",
                                           [GAN_TENSOR_SPECTRAL_U] = "_u",
                                           [GAN_TENSOR_SPECTRAL_V] = "_v",
                                           [GAN_TENSOR_NORM] = "_g",
                                           [GAN_TENSOR_REFERENCE] = ""};
    return suffixes[role];
}

static const gan_parametrization none = {.kind = GAN_PARAMETRIZATION_NONE};

static gan_status check_divisor(const gan_tensor *tensor) {
    const gan_parametrization_kind kind = tensor->parametrization.kind;
    if (!gan__parametrization_divides(kind) || !gan__init_is_zero(tensor->init))
        return GAN_STATUS_OK;
    return gan__fail(
        GAN_STATUS_BAD_INPUT,
        "parametrization %s divides its weights by their size, so they cannot begin at "
        "0; give them another init",
        gan__parametrization_info(kind)->name);
}

// Of a unit whose earlier tensors have their places.
static gan_status add_tensor(list_builder *build, const gan_layer *layer, gan_unit *unit,
                             size_t index, size_t top) {
    const gan_layer_tensor *declared = &unit->declared[index];
    gan_tensor_table *table =
        declared->buffer ? &build->network->buffers : &build->network->parameters;
    gan_tensor *tensor = &table->tensors[table->count];
    const bool acts =
        declared->parametrized ||
        (declared->is_bias && unit->parametrization.kind == GAN_PARAMETRIZATION_EQUALIZED);
    *tensor = (gan_tensor){.shape = declared->shape,
                           .offset = table->elements,
                           .elements = gan__shape_elements(&declared->shape),
                           .layer = top,
                           .is_bias = declared->is_bias,
                           .is_weight = declared->parametrized || declared->role == GAN_TENSOR_NORM,
                           .fan_in = declared->fan_in,
                           .fan_out = declared->fan_out,
                           .init = resolve_init(build->spec, layer, declared),
                           .role = declared->role,
                           .weight = unit->place[declared->of].index,
                           .output_axis = declared->output_axis,
                           .parametrization = acts ? unit->parametrization : none};
    const int length = snprintf(tensor->name, sizeof tensor->name, "%s.%s%s", unit->path,
                                declared->name, suffix(declared->role));
    if (length < 0 || (size_t)length >= sizeof tensor->name)
        return gan__fail(GAN_STATUS_BAD_INPUT, "blocks are nested too deep to name its tensors");
    if (declared->parametrized) GAN_TRY(check_divisor(tensor));
    table->elements += tensor->elements;
    unit->place[index] = (gan_tensor_place){declared->buffer, table->count++};
    return GAN_STATUS_OK;
}

// The largest flat vector: element numbers must be exact in every index a device computes with.
static const int64_t elements_max = INT32_MAX;

static gan_status check_size(const gan_layer_tensor *declared, const gan_tensor_table *table) {
    double elements = 1;
    for (int i = 0; i < declared->shape.rank; i++) elements *= (double)declared->shape.size[i];
    if (elements + (double)table->elements <= (double)elements_max) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "with its %s of %.0f elements the network has more than %lld in all",
                     declared->name, elements, (long long)elements_max);
}

static gan_parametrization resolve_parametrization(const gan_network_spec *spec,
                                                   const gan_layer *layer) {
    const bool own = layer->parametrization.kind != GAN_PARAMETRIZATION_DEFAULT;
    const gan_parametrization chosen = own ? layer->parametrization : spec->parametrization;
    if (chosen.kind != GAN_PARAMETRIZATION_DEFAULT) return chosen;
    return none;
}

static gan_status add_tensors(list_builder *build, const gan_layer_site *site, gan_unit *unit,
                              size_t top) {
    const gan_layer *layer = site->layer;
    gan_network *network = build->network;
    if (!layer->kind->declare) return GAN_STATUS_OK;
    GAN_TRY(gan__arena_alloc(network->arena, GAN_LAYER_TENSORS_MAX, sizeof *unit->declared,
                             (void **)&unit->declared));
    unit->own = layer->kind->declare(site, unit->declared);
    for (size_t i = 0; i < unit->own; i++)
        GAN_TRY(check_size(&unit->declared[i],
                           unit->declared[i].buffer ? &network->buffers : &network->parameters));
    unit->count = gan__parametrize_declare(&unit->parametrization, unit->declared, unit->own);
    for (size_t i = 0; i < unit->count; i++) GAN_TRY(add_tensor(build, layer, unit, i, top));
    return GAN_STATUS_OK;
}

// --- Lists --------------------------------------------------------------------------------------

static gan_status build_list(list_builder *build, const gan_layer_list *from,
                             const gan_shape *input, const char *path, size_t top,
                             gan_network_list *list);

// The lists of a block, which all take what it takes.
// A message about what is in them names its place already.
static gan_status build_lists(list_builder *build, gan_layer *layer, gan_unit *unit, size_t top,
                              gan_layer_site *site) {
    for (size_t i = 0; i < GAN_LAYER_LISTS_MAX; i++) {
        gan_network_list *inner;
        char path[GAN_TENSOR_NAME];
        if (layer->lists[i].count == 0) continue;
        snprintf(path, sizeof path, "%s.%s.", unit->path, list_name(layer->kind, i));
        GAN_TRY(gan__arena_alloc(build->network->arena, 1, sizeof *inner, (void **)&inner));
        GAN_TRY(build_list(build, &layer->lists[i], site->in, path, top, inner));
        layer->lists[i].layers = inner->layers;
        unit->lists[i] = inner;
        site->lists[i] = &inner->shapes[inner->count];
    }
    return GAN_STATUS_OK;
}

static gan_status add_layer(list_builder *build, gan_network_list *list, size_t index, size_t top) {
    gan_layer *layer = &list->layers[index];
    gan_unit *unit = &list->units[index];
    gan_layer_site site = {.layer = layer,
                           .in = &list->shapes[index],
                           .shapes = list->shapes + 1,
                           .index = index,
                           .condition = build->condition,
                           .classes = build->spec->classes,
                           .latent = build->spec->latent,
                           .is_last =
                               list == &build->network->list && index + 1 == build->spec->count};
    gan_status status = check_arguments(layer);
    if (status == GAN_STATUS_OK) status = check_labels(build, layer->kind);
    if (status == GAN_STATUS_OK) status = check_latents(build, layer->kind);
    if (status == GAN_STATUS_OK) status = check_reference(build, layer->kind);
    unit->parametrization = resolve_parametrization(build->spec, layer);
    if (status == GAN_STATUS_OK) GAN_TRY(build_lists(build, layer, unit, top, &site));
    if (status == GAN_STATUS_OK) status = layer->kind->infer(&site, &list->shapes[index + 1]);
    if (status == GAN_STATUS_OK) status = add_tensors(build, &site, unit, top);
    if (layer->kind->conditions) build->condition = site.lists[0];
    if (status == GAN_STATUS_OK) return status;
    return gan__network_fail_in(build->network, layer, unit->path, status);
}

static gan_status add_unit(list_builder *build, gan_unit *unit, const char *path, size_t index) {
    char own[GAN_TENSOR_NAME];
    snprintf(own, sizeof own, "%s%zu", path, index);
    unit->number = build->network->units++;
    return gan__arena_string(build->network->arena, own, &unit->path);
}

static gan_status build_list(list_builder *build, const gan_layer_list *from,
                             const gan_shape *input, const char *path, size_t top,
                             gan_network_list *list) {
    gan_arena *arena = build->network->arena;
    const size_t count = from->count;
    const bool outermost = path[0] == '\0';
    GAN_TRY(gan__arena_alloc(arena, count, sizeof *list->layers, (void **)&list->layers));
    GAN_TRY(gan__arena_alloc(arena, count + 1, sizeof *list->shapes, (void **)&list->shapes));
    GAN_TRY(gan__arena_alloc(arena, count, sizeof *list->units, (void **)&list->units));
    memcpy(list->layers, from->layers, count * sizeof *list->layers);
    list->shapes[0] = *input;
    for (size_t i = 0; i < count; i++) {
        list->count = i + 1;
        GAN_TRY(add_unit(build, &list->units[i], path, i));
        GAN_TRY(add_layer(build, list, i, outermost ? i : top));
    }
    return GAN_STATUS_OK;
}

static size_t count_units(const gan_layer *layers, size_t count) {
    size_t units = count;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < GAN_LAYER_LISTS_MAX; k++)
            units += count_units(layers[i].lists[k].layers, layers[i].lists[k].count);
    return units;
}

gan_status gan__network_list_build(gan_network *network, const gan_network_spec *spec) {
    list_builder build = {.network = network, .spec = spec};
    const size_t units = count_units(spec->layers, spec->count);
    const gan_layer_list layers = {(gan_layer *)(uintptr_t)spec->layers, spec->count};
    gan_tensor_table *tables[2] = {&network->parameters, &network->buffers};
    if (units > GAN_NETWORK_UNITS_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the %s has %zu layers; at most %d are possible",
                         spec->name, units, GAN_NETWORK_UNITS_MAX);
    for (int i = 0; i < 2; i++)
        GAN_TRY(gan__arena_alloc(network->arena,
                                 units * GAN_LAYER_TENSORS_MAX + GAN_REFERENCE_TENSORS,
                                 sizeof(gan_tensor), (void **)&tables[i]->tensors));
    network->reference =
        gan__layers_take_reference(spec->layers, spec->count) ? spec->reference : 0;
    GAN_TRY(build_list(&build, &layers, &spec->input, "", 0, &network->list));
    return gan__network_add_reference(network);
}
