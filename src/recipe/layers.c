// Layers in a recipe, driven by the tables of floor 5.
#include "base/number.h"
#include "recipe/keys.h"
#include "recipe/tree.h"

#include <math.h>
#include <string.h>

// --- Long forms --------------------------------------------------------------------------------

// Turns `node`, a scalar or list, into a map of `key` to what it was.
static gan_status wrap(gan_document *document, gan_tree *node, const char *key) {
    gan_tree *inner;
    GAN_TRY(gan__tree_create(document, node->kind, node->line, &inner));
    gan_tree outer = {
        .kind = GAN_TREE_MAP, .line = node->line, .key = node->key, .next = node->next};
    *inner = *node;
    inner->next = NULL;
    GAN_TRY(gan__tree_set_key(document, inner, key));
    *node = outer;
    gan__tree_append(node, inner);
    return GAN_STATUS_OK;
}

static gan_status normalise_list(gan_document *document, gan_tree *list);

static gan_status wrap_scalar(gan_document *document, gan_tree *map, const char *name) {
    gan_tree *said = gan__tree_child(map, name, strlen(name));
    const bool wanted = said && said->kind == GAN_TREE_SCALAR && !gan__tree_is_null(said);
    return wanted ? wrap(document, said, "kind") : GAN_STATUS_OK;
}

// "tanh" to {tanh: }, {dense: 256} to {dense: {units: 256}}, and so in a block's lists.
static gan_status normalise_layer(gan_document *document, gan_tree *node) {
    if (node->kind == GAN_TREE_SCALAR) {
        char *name = node->text;
        GAN_TRY(gan__arena_string(document->arena, "", &node->text));
        node->quoted = false; // the name was; nothing stands behind it
        return wrap(document, node, name);
    }
    if (node->kind != GAN_TREE_MAP || node->count != 1) return GAN_STATUS_OK;
    const gan_layer_kind *kind = gan__layer_find(node->first->key);
    if (!kind || gan__tree_is_null(node->first)) return GAN_STATUS_OK;
    if (node->first->kind != GAN_TREE_MAP && kind->arguments[0].name)
        GAN_TRY(wrap(document, node->first, kind->arguments[0].name));
    for (size_t i = 0; kind->arguments[i].name; i++) {
        const char *name = kind->arguments[i].name;
        gan_tree *list = gan__tree_child(node->first, name, strlen(name));
        if (kind->arguments[i].type == GAN_LAYER_ARGUMENT_LAYERS && list)
            GAN_TRY(normalise_list(document, list));
    }
    return GAN_STATUS_OK;
}

static gan_status normalise_list(gan_document *document, gan_tree *list) {
    if (list->kind != GAN_TREE_LIST) return GAN_STATUS_OK;
    for (gan_tree *layer = list->first; layer; layer = layer->next)
        GAN_TRY(normalise_layer(document, layer));
    return GAN_STATUS_OK;
}

static gan_status normalise_network(gan_document *document, gan_tree *network) {
    if (network->kind == GAN_TREE_LIST) GAN_TRY(wrap(document, network, "layers"));
    static const char *const variants[] = {"init", "bias_init", "parametrization"};
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        GAN_TRY(wrap_scalar(document, network, variants[i]));
    gan_tree *layers = gan__tree_child(network, "layers", strlen("layers"));
    return layers ? normalise_list(document, layers) : GAN_STATUS_OK;
}

gan_status gan__recipe_normalise(gan_document *document) {
    static const char *const networks[] = {"generator", "discriminator", "encoder"};
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        gan_tree *network = gan__tree_find(document->root, networks[i]);
        if (network) GAN_TRY(normalise_network(document, network));
    }
    return GAN_STATUS_OK;
}

// --- Layers ------------------------------------------------------------------------------------

enum { KINDS_MAX = 128 }; // that a message names

static gan_status fail_kind(gan_document *document, const gan_tree *node) {
    const char *names[KINDS_MAX];
    size_t count = 0;
    for (const gan_layer_kind *kind; count < KINDS_MAX && (kind = gan__layer_kind(count));)
        names[count++] = kind->name;
    return gan__tree_fail_name(document, node->line, gan__text_nearest(node->key, names, count),
                               "there are", names, count, "there is no layer \"%s\"", node->key);
}

static gan_status fail_argument(gan_document *document, const gan_layer_kind *kind,
                                const gan_tree *node) {
    const char *names[GAN_LAYER_ARGUMENTS_MAX + 3];
    size_t count = 0;
    for (size_t i = 0; kind->arguments[i].name; i++) names[count++] = kind->arguments[i].name;
    if (kind->has_weights) names[count++] = "init";
    if (kind->has_weights) names[count++] = "bias_init";
    if (kind->has_matrices) names[count++] = "parametrization";
    return gan__tree_fail_name(document, node->line, gan__text_nearest(node->key, names, count),
                               "it takes", names, count, "%s has no \"%s\"", kind->name, node->key);
}

static bool read_shape(const gan_layer_argument *argument, const gan_tree *node, gan_shape *out) {
    if (node->kind != GAN_TREE_LIST || node->count < 1 || node->count > 3) return false;
    *out = (gan_shape){.rank = (int)node->count};
    int axis = 0;
    for (const gan_tree *child = node->first; child; child = child->next) {
        int64_t size;
        if (child->kind != GAN_TREE_SCALAR || !gan__number_parse_whole(child->text, &size))
            return false;
        if ((double)size < argument->low || (double)size > argument->high) return false;
        out->size[axis++] = size;
    }
    return true;
}

static bool read_value(const gan_layer_argument *argument, const gan_tree *node, double *out) {
    int64_t whole;
    if (node->kind != GAN_TREE_SCALAR) return false;
    if (argument->type == GAN_LAYER_ARGUMENT_BOOL) {
        *out = strcmp(node->text, "true") == 0;
        return *out != 0 || strcmp(node->text, "false") == 0;
    }
    if (argument->type == GAN_LAYER_ARGUMENT_REAL) {
        if (!gan__number_parse(node->text, out)) return false;
    } else {
        if (!gan__number_parse_whole(node->text, &whole)) return false;
        *out = (double)whole;
    }
    return *out >= argument->low && *out <= argument->high;
}

static gan_status fail_value(gan_document *document, const gan_layer *layer,
                             const gan_layer_argument *argument, const gan_tree *node) {
    static const char *const types[] = {
        [GAN_LAYER_ARGUMENT_WHOLE] = "a whole number",
        [GAN_LAYER_ARGUMENT_REAL] = "a number",
        [GAN_LAYER_ARGUMENT_BOOL] = "true or false",
        [GAN_LAYER_ARGUMENT_SHAPE] = "a list of one to three whole numbers",
        [GAN_LAYER_ARGUMENT_LAYERS] = "a list of layers",
    };
    char words[GAN_TREE_WORDS], low[GAN_NUMBER_TEXT], high[GAN_NUMBER_TEXT];
    const char *type = types[argument->type];
    if (argument->type == GAN_LAYER_ARGUMENT_BOOL)
        return gan__tree_fail(document, node->line, "%s of %s must be %s, not %s", argument->name,
                              layer->kind->name, type, gan__tree_words(node, words));
    return gan__tree_fail(document, node->line, "%s of %s must be %s from %s to %s, not %s",
                          argument->name, layer->kind->name, type,
                          gan__number_print(argument->low, low),
                          gan__number_print(argument->high, high), gan__tree_words(node, words));
}

static gan_status bind_list(gan_document *document, const gan_tree *list, gan_layer_list *out);

// What any layer with weights may say of them; *known: whether it was that.
static gan_status bind_weights(gan_document *document, const gan_tree *node, gan_layer *layer,
                               bool *known) {
    const gan_layer_kind *kind = layer->kind;
    *known = true;
    if (kind->has_weights && strcmp(node->key, "init") == 0)
        return gan__init_bind(document, node, &layer->init);
    if (kind->has_weights && strcmp(node->key, "bias_init") == 0)
        return gan__init_bind(document, node, &layer->bias_init);
    if (kind->has_matrices && strcmp(node->key, "parametrization") == 0)
        return gan__parametrization_bind(document, node, &layer->parametrization);
    *known = false;
    return GAN_STATUS_OK;
}

static gan_status bind_argument(gan_document *document, const gan_tree *node, gan_layer *layer) {
    const gan_layer_kind *kind = layer->kind;
    size_t list = 0;
    bool known;
    GAN_TRY(bind_weights(document, node, layer, &known));
    if (known) return GAN_STATUS_OK;
    for (size_t i = 0; kind->arguments[i].name; i++) {
        const gan_layer_argument *argument = &kind->arguments[i];
        const bool layers = argument->type == GAN_LAYER_ARGUMENT_LAYERS;
        const bool named = strcmp(node->key, argument->name) == 0;
        if (named && layers) return bind_list(document, node, &layer->lists[list]);
        list += layers;
        if (!named) continue;
        bool read = argument->type == GAN_LAYER_ARGUMENT_SHAPE
                        ? read_shape(argument, node, &layer->shape)
                        : read_value(argument, node, &layer->argument[i]);
        return read ? GAN_STATUS_OK : fail_value(document, layer, argument, node);
    }
    return fail_argument(document, kind, node);
}

static gan_status check_required(gan_document *document, const gan_layer *layer) {
    size_t list = 0;
    for (size_t i = 0; layer->kind->arguments[i].name; i++) {
        const gan_layer_argument *argument = &layer->kind->arguments[i];
        bool given = !isnan(layer->argument[i]);
        if (argument->type == GAN_LAYER_ARGUMENT_SHAPE) given = layer->shape.rank > 0;
        if (argument->type == GAN_LAYER_ARGUMENT_LAYERS) given = layer->lists[list++].count > 0;
        if (argument->required && !given)
            return gan__tree_fail(document, layer->line, "%s needs %s", layer->kind->name,
                                  argument->name);
    }
    return GAN_STATUS_OK;
}

static gan_status bind_layer(gan_document *document, const gan_tree *node, gan_layer *layer) {
    char words[GAN_TREE_WORDS];
    if (node->kind != GAN_TREE_MAP || node->count != 1)
        return gan__tree_fail(document, node->line,
                              "a layer is one name, or one name with its arguments "
                              "(- dense: {units: 256, bias: false}), not %s",
                              node->kind == GAN_TREE_MAP ? "several names"
                                                         : gan__tree_words(node, words));
    const gan_tree *said = node->first;
    const gan_layer_kind *kind = gan__layer_find(said->key);
    if (!kind) return fail_kind(document, said);
    gan__layer_defaults(kind, layer);
    layer->line = said->line;
    if (said->kind != GAN_TREE_MAP && !gan__tree_is_null(said))
        return gan__tree_fail(document, said->line, "%s takes nothing, not %s", kind->name,
                              gan__tree_words(said, words));
    for (const gan_tree *child = said->first; child; child = child->next)
        GAN_TRY(bind_argument(document, child, layer));
    return check_required(document, layer);
}

static gan_status bind_list(gan_document *document, const gan_tree *list, gan_layer_list *out) {
    char words[GAN_TREE_WORDS];
    if (list->kind != GAN_TREE_LIST || list->count == 0)
        return gan__tree_fail(
            document, list->line, "%s must be a list with at least one layer, not %s",
            list->key ? list->key : "layers",
            list->kind == GAN_TREE_LIST ? "an empty one" : gan__tree_words(list, words));
    GAN_TRY(
        gan__arena_alloc(document->arena, list->count, sizeof(gan_layer), (void **)&out->layers));
    out->count = 0;
    for (const gan_tree *node = list->first; node; node = node->next)
        GAN_TRY(bind_layer(document, node, &out->layers[out->count++]));
    return GAN_STATUS_OK;
}

gan_status gan__layers_bind(gan_document *document, const gan_tree *list,
                            gan_recipe_network *network) {
    gan_layer_list layers = {0};
    GAN_TRY(bind_list(document, list, &layers));
    network->layers = layers.layers;
    network->count = layers.count;
    network->line = list->line;
    return GAN_STATUS_OK;
}
