// The resolved recipe as YAML: every key that means something, in the table's order.
#include "base/number.h"
#include "recipe/keys.h"

#include <string.h>

static bool plain_text(const char *text) {
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/";
    static const char inside[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:+=@-";
    size_t length = strlen(text);
    if (length == 0 || !strchr(safe, text[0]) || text[length - 1] == ':') return false;
    return strspn(text, inside) == length && strcmp(text, "null") != 0;
}

static void print_text(const char *value, gan_text *text) {
    if (plain_text(value)) {
        gan__text_append(text, "%s", value);
        return;
    }
    gan__text_append(text, "\"");
    for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
        if (*c == '"' || *c == '\\')
            gan__text_append(text, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            gan__text_append(text, "\\x%02X", *c);
        else
            gan__text_append(text, "%c", *c);
    }
    gan__text_append(text, "\"");
}

static void print_real(double value, gan_text *text) {
    char number[GAN_NUMBER_TEXT];
    gan__text_append(text, "%s", gan__number_print(value, number));
}

static void print_variant(const gan_variant_info *info, const double *numbers, gan_text *text) {
    gan__text_append(text, "{kind: %s", info->name);
    for (int i = 0; i < GAN_VARIANT_NUMBERS && info->numbers[i].name; i++) {
        gan__text_append(text, ", %s: ", info->numbers[i].name);
        print_real(numbers[i], text);
    }
    gan__text_append(text, "}");
}

static void print_init(gan_init init, gan_text *text) {
    print_variant(gan__init_info(init.kind), (const double[]){init.value, init.mean}, text);
}

static void print_parametrization(gan_parametrization with, gan_text *text) {
    print_variant(gan__parametrization_info(with.kind), (const double[]){with.value, with.other},
                  text);
}

void gan__key_print(const gan_key *key, const gan_recipe_values *values, gan_text *text) {
    const void *field = gan__key_value(key, values);
    const int64_t *wholes = field;
    const double *reals = field;
    switch (key->type) {
    case GAN_KEY_TEXT:
        print_text(*(char *const *)field, text);
        break;
    case GAN_KEY_WHOLE:
        gan__text_append(text, "%lld", (long long)*wholes);
        break;
    case GAN_KEY_REAL:
        print_real(*reals, text);
        break;
    case GAN_KEY_BOOL:
        gan__text_append(text, *(const bool *)field ? "true" : "false");
        break;
    case GAN_KEY_CHOICE:
        gan__text_append(text, "%s", key->choices[*(const int *)field]);
        break;
    case GAN_KEY_WHOLE_PAIR:
        gan__text_append(text, "[%lld, %lld]", (long long)wholes[0], (long long)wholes[1]);
        break;
    case GAN_KEY_REAL_PAIR:
        gan__text_append(text, "[");
        print_real(reals[0], text);
        gan__text_append(text, ", ");
        print_real(reals[1], text);
        gan__text_append(text, "]");
        break;
    case GAN_KEY_INIT:
        print_init(*(const gan_init *)field, text);
        break;
    case GAN_KEY_PARAMETRIZATION:
        print_parametrization(*(const gan_parametrization *)field, text);
        break;
    case GAN_KEY_LAYERS:
        break;
    }
}

static void print_shape(const gan_shape *shape, gan_text *text) {
    gan__text_append(text, "[");
    for (int i = 0; i < shape->rank; i++)
        gan__text_append(text, "%s%lld", i ? ", " : "", (long long)shape->size[i]);
    gan__text_append(text, "]");
}

static void indent(int depth, gan_text *text) {
    gan__text_append(text, "%*s", 2 * depth, "");
}

static void print_argument(const gan_layer *layer, size_t index, gan_text *text) {
    const gan_layer_argument *argument = &layer->kind->arguments[index];
    gan__text_append(text, "%s: ", argument->name);
    if (argument->type == GAN_LAYER_ARGUMENT_SHAPE)
        print_shape(&layer->shape, text);
    else if (argument->type == GAN_LAYER_ARGUMENT_BOOL)
        gan__text_append(text, layer->argument[index] != 0 ? "true" : "false");
    else
        print_real(layer->argument[index], text);
}

// What any layer with weights may say of them.
static void print_weights(const gan_layer *layer, gan_text *text) {
    const gan_init inits[] = {layer->init, layer->bias_init};
    static const char *const names[] = {"init", "bias_init"};
    for (size_t i = 0; i < 2; i++) {
        if (inits[i].kind == GAN_INIT_DEFAULT) continue;
        gan__text_append(text, ", %s: ", names[i]);
        print_init(inits[i], text);
    }
    if (layer->parametrization.kind == GAN_PARAMETRIZATION_DEFAULT) return;
    gan__text_append(text, ", parametrization: ");
    print_parametrization(layer->parametrization, text);
}

static void print_list(const gan_layer_list *list, int depth, gan_text *text) {
    for (size_t i = 0; i < list->count; i++) {
        gan__text_append(text, "\n");
        indent(depth, text);
        gan__text_append(text, "- ");
        gan__layer_print(&list->layers[i], depth, text);
    }
}

static void print_block(const gan_layer *layer, int depth, gan_text *text) {
    size_t list = 0;
    gan__text_append(text, ":");
    for (size_t i = 0; layer->kind->arguments[i].name; i++) {
        const gan_layer_argument *argument = &layer->kind->arguments[i];
        const bool is_list = argument->type == GAN_LAYER_ARGUMENT_LAYERS;
        const gan_layer_list *layers = is_list ? &layer->lists[list++] : NULL;
        if (is_list && layers->count == 0) continue;
        gan__text_append(text, "\n");
        indent(depth + 2, text);
        if (is_list) {
            gan__text_append(text, "%s:", argument->name);
            print_list(layers, depth + 3, text);
        } else {
            print_argument(layer, i, text);
        }
    }
}

static bool is_block(const gan_layer *layer) {
    for (size_t i = 0; layer->kind->arguments[i].name; i++)
        if (layer->kind->arguments[i].type == GAN_LAYER_ARGUMENT_LAYERS) return true;
    return false;
}

void gan__layer_print(const gan_layer *layer, int depth, gan_text *text) {
    size_t count = gan__layer_argument_count(layer->kind);
    gan__text_append(text, "%s", layer->kind->name);
    if (is_block(layer)) print_block(layer, depth, text);
    if (count == 0 || is_block(layer)) return;
    gan__text_append(text, ": {");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) gan__text_append(text, ", ");
        print_argument(layer, i, text);
    }
    print_weights(layer, text);
    gan__text_append(text, "}");
}

bool gan__key_printed(const gan_key *key, const gan_recipe_values *values) {
    const void *field = gan__key_value(key, values);
    if (!gan__key_applies(key, values) || gan__key_idle(key, values)) return false;
    if (key->present) return *((const bool *)((const char *)values + key->present));
    if (key->type == GAN_KEY_TEXT) return (*(char *const *)field)[0] != '\0';
    if (key->type == GAN_KEY_INIT) return ((const gan_init *)field)->kind != GAN_INIT_DEFAULT;
    if (key->type == GAN_KEY_PARAMETRIZATION)
        return ((const gan_parametrization *)field)->kind != GAN_PARAMETRIZATION_DEFAULT;
    return true;
}

// Opens the sections of `path` that `before` is not in; returns the depth of the key itself and
// puts its last name in *name.
static int print_sections(const char *path, const char *before, gan_text *text, const char **name) {
    int depth = 0;
    bool same = true;
    for (const char *dot; (dot = strchr(path, '.')); path = dot + 1, depth++) {
        size_t length = (size_t)(dot - path) + 1;
        same = same && strncmp(path, before, length) == 0;
        if (same) {
            before += length;
            continue;
        }
        indent(depth, text);
        gan__text_append(text, "%.*s:\n", (int)length - 1, path);
    }
    *name = path;
    return depth;
}

static void print_layers(const gan_recipe_network *network, int depth, gan_text *text) {
    const gan_layer_list list = {network->layers, network->count};
    print_list(&list, depth + 1, text);
    gan__text_append(text, "\n");
}

void gan__recipe_print(const gan_recipe_values *values, gan_text *text) {
    const char *before = "";
    for (size_t i = 0; i < gan__key_count(); i++) {
        const gan_key *key = gan__key(i);
        const char *name;
        if (!gan__key_printed(key, values)) continue;
        int depth = print_sections(key->path, before, text, &name);
        before = key->path;
        indent(depth, text);
        gan__text_append(text, "%s:", name);
        if (key->type == GAN_KEY_LAYERS) {
            print_layers(gan__key_value(key, values), depth, text);
            continue;
        }
        gan__text_append(text, " ");
        gan__key_print(key, values, text);
        gan__text_append(text, "\n");
    }
}
