// From a document to a recipe's values: each key of the table is looked up, read and checked by its
// type and range. What several keys must agree on is in check.c.
#include "base/number.h"
#include "recipe/keys.h"
#include "recipe/tree.h"

#include <string.h>

// --- One value ---------------------------------------------------------------------------------

static gan_status fail_value(gan_document *document, const gan_key *key, const gan_tree *node) {
    static const char *const types[] = {
        [GAN_KEY_TEXT] = "a text",
        [GAN_KEY_WHOLE] = "a whole number",
        [GAN_KEY_REAL] = "a number",
        [GAN_KEY_BOOL] = "true or false",
        [GAN_KEY_WHOLE_PAIR] = "a list of two whole numbers",
        [GAN_KEY_REAL_PAIR] = "a list of two numbers",
    };
    char words[GAN_TREE_WORDS], low[GAN_NUMBER_TEXT], high[GAN_NUMBER_TEXT];
    const char *said = gan__tree_words(node, words);
    if (key->type == GAN_KEY_TEXT || key->type == GAN_KEY_BOOL)
        return gan__tree_fail(document, node->line, "%s must be %s, not %s", key->path,
                              types[key->type], said);
    return gan__tree_fail(document, node->line, "%s must be %s from %s to %s, not %s", key->path,
                          types[key->type], gan__number_print(key->low, low),
                          gan__number_print(key->high, high), said);
}

static bool read_real(const gan_key *key, const gan_tree *node, double *out) {
    return node->kind == GAN_TREE_SCALAR && gan__number_parse(node->text, out) &&
           *out >= key->low && *out <= key->high;
}

static bool read_whole(const gan_key *key, const gan_tree *node, int64_t *out) {
    return node->kind == GAN_TREE_SCALAR && gan__number_parse_whole(node->text, out) &&
           (double)*out >= key->low && (double)*out <= key->high;
}

static bool is_pair(const gan_tree *node) {
    return node->kind == GAN_TREE_LIST && node->count == 2;
}

static gan_status read_choice(gan_document *document, const gan_key *key, const gan_tree *node,
                              int *out) {
    gan_text list = {0};
    size_t count = 0;
    char words[GAN_TREE_WORDS];
    for (; key->choices[count]; count++) {
        gan__text_append(&list, "%s%s", count ? ", " : "", key->choices[count]);
        if (node->kind != GAN_TREE_SCALAR || strcmp(node->text, key->choices[count]) != 0) continue;
        gan__text_destroy(&list);
        *out = (int)count;
        return GAN_STATUS_OK;
    }
    gan_status status =
        gan__tree_fail(document, node->line, "%s must be one of %s, not %s", key->path,
                       gan__text_string(&list), gan__tree_words(node, words));
    gan__text_destroy(&list);
    return status;
}

// Types whose failures all read alike.
static gan_status read_plain(gan_document *document, const gan_key *key, const gan_tree *node,
                             void *field) {
    bool read = false;
    double *reals = field;
    int64_t *wholes = field;
    switch (key->type) {
    case GAN_KEY_WHOLE:
        read = read_whole(key, node, wholes);
        break;
    case GAN_KEY_REAL:
        read = read_real(key, node, reals);
        break;
    case GAN_KEY_WHOLE_PAIR:
        read = is_pair(node) && read_whole(key, node->first, &wholes[0]) &&
               read_whole(key, node->last, &wholes[1]);
        break;
    case GAN_KEY_REAL_PAIR:
        read = is_pair(node) && read_real(key, node->first, &reals[0]) &&
               read_real(key, node->last, &reals[1]);
        break;
    case GAN_KEY_BOOL:
        *(bool *)field = node->kind == GAN_TREE_SCALAR && strcmp(node->text, "true") == 0;
        read =
            *(bool *)field || (node->kind == GAN_TREE_SCALAR && strcmp(node->text, "false") == 0);
        break;
    default:
        read = node->kind == GAN_TREE_SCALAR;
        *(char **)field = node->text;
        break;
    }
    return read ? GAN_STATUS_OK : fail_value(document, key, node);
}

static gan_status read_key(gan_document *document, const gan_key *key, const gan_tree *node,
                           gan_recipe_values *values) {
    void *field = (char *)values + key->offset;
    if (key->present) *((bool *)((char *)values + key->present)) = true;
    switch (key->type) {
    case GAN_KEY_CHOICE:
        return read_choice(document, key, node, field);
    case GAN_KEY_INIT:
        return gan__init_bind(document, node, field);
    case GAN_KEY_PARAMETRIZATION:
        return gan__parametrization_bind(document, node, field);
    case GAN_KEY_LAYERS:
        return gan__layers_bind(document, node, field);
    default:
        return read_plain(document, key, node, field);
    }
}

static gan_status read_fallback(gan_document *document, const gan_key *key,
                                gan_recipe_values *values) {
    gan_tree *node;
    if (!key->fallback && !gan__key_applies(key, values)) return GAN_STATUS_OK;
    if (!key->fallback) {
        int line = document->root->line;
        return gan__tree_fail(document, line, "%s is missing: %s", key->path, key->meaning);
    }
    if (key->type == GAN_KEY_TEXT)
        return gan__arena_string(document->arena, key->fallback,
                                 (char **)((char *)values + key->offset));
    if (key->fallback[0] == '\0') return GAN_STATUS_OK;
    GAN_TRY(gan__tree_parse(document, key->fallback, false, &node));
    return read_key(document, key, node, values);
}

static void assemble(gan_recipe_optimizer *said) {
    said->optimizer.lr = (gan_schedule){.start = said->lr,
                                        .end = said->lr_end,
                                        .ramp_begin = said->lr_ramp[0],
                                        .ramp_end = said->lr_ramp[1],
                                        .exponential = said->lr_curve == GAN_CURVE_EXPONENTIAL,
                                        .decay = said->lr_decay,
                                        .floor = said->lr_floor};
    said->optimizer.momentum = (gan_schedule){.start = said->momentum,
                                              .end = said->momentum_end,
                                              .ramp_begin = said->momentum_ramp[0],
                                              .ramp_end = said->momentum_ramp[1]};
}

gan_status gan__recipe_bind(gan_document *document, gan_recipe_values *values) {
    memset(values, 0, sizeof *values);
    GAN_TRY(gan__recipe_check_keys(document));
    for (size_t i = 0; i < gan__key_count(); i++) {
        const gan_key *key = gan__key(i);
        const gan_tree *node = gan__tree_find(document->root, key->path);
        bool given = node && !gan__tree_is_null(node);
        GAN_TRY(given ? read_key(document, key, node, values)
                      : read_fallback(document, key, values));
    }
    GAN_TRY(gan__recipe_check_values(document, values));
    assemble(&values->generator_optimizer);
    assemble(&values->discriminator_optimizer);
    assemble(&values->encoder_optimizer);
    return GAN_STATUS_OK;
}
