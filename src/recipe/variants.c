// Initialisers and parametrisations in a recipe: a kind with its numbers, by the tables of floor 5.
#include "base/number.h"
#include "recipe/keys.h"
#include "recipe/tree.h"

#include <math.h>
#include <string.h>

typedef struct variant_table {
    const char *what; // "initialiser"
    const char *example;
    int kinds; // kind 0 cannot be said
    const gan_variant_info *(*info)(int kind);
} variant_table;

enum { KINDS_MAX = 32 };

static gan_status find_kind(gan_document *document, const variant_table *table,
                            const gan_tree *node, int *out) {
    const char *names[KINDS_MAX];
    size_t count = 0;
    char words[GAN_TREE_WORDS];
    for (int kind = 1; kind < table->kinds && kind <= KINDS_MAX; kind++) {
        names[count++] = table->info(kind)->name;
        *out = kind;
        if (node->kind == GAN_TREE_SCALAR && strcmp(node->text, names[count - 1]) == 0)
            return GAN_STATUS_OK;
    }
    const char *near =
        node->kind == GAN_TREE_SCALAR ? gan__text_nearest(node->text, names, count) : NULL;
    return gan__tree_fail_name(document, node->line, near, "there are", names, count, "%s is no %s",
                               gan__tree_words(node, words), table->what);
}

static const gan_variant_number *find_number(const gan_variant_info *info, const char *name) {
    for (int i = 0; i < GAN_VARIANT_NUMBERS && info->numbers[i].name; i++)
        if (strcmp(info->numbers[i].name, name) == 0) return &info->numbers[i];
    return NULL;
}

static gan_status check_keys(gan_document *document, const gan_tree *map,
                             const gan_variant_info *info) {
    const char *first = info->numbers[0].name, *second = info->numbers[1].name;
    for (const gan_tree *child = map->first; child; child = child->next) {
        if (strcmp(child->key, "kind") == 0 || find_number(info, child->key)) continue;
        return gan__tree_fail(document, child->line, "%s takes %s%s%s, not \"%s\"", info->name,
                              first ? first : "no value", second ? " and " : "",
                              second ? second : "", child->key);
    }
    return GAN_STATUS_OK;
}

static gan_status read_number(gan_document *document, const gan_tree *map,
                              const gan_variant_info *info, const gan_variant_number *number,
                              double *out) {
    char words[GAN_TREE_WORDS];
    const gan_tree *value = gan__tree_child(map, number->name, strlen(number->name));
    *out = number->fallback;
    bool read = value && value->kind == GAN_TREE_SCALAR && gan__number_parse(value->text, out);
    if (value && (!read || *out < number->low || *out > number->high))
        return gan__tree_fail(document, value->line,
                              "%s of %s must be a number from %g to %g, not %s", number->name,
                              info->name, number->low, number->high, gan__tree_words(value, words));
    if (isnan(*out))
        return gan__tree_fail(document, map->line, "%s needs %s", info->name, number->name);
    return GAN_STATUS_OK;
}

static gan_status bind(gan_document *document, const variant_table *table, const gan_tree *map,
                       int *kind, double numbers[GAN_VARIANT_NUMBERS]) {
    const gan_tree *said = map->kind == GAN_TREE_MAP ? gan__tree_child(map, "kind", 4) : map;
    if (!said)
        return gan__tree_fail(document, map->line, "%s needs a kind: %s", map->key, table->example);
    GAN_TRY(find_kind(document, table, said, kind));
    const gan_variant_info *info = table->info(*kind);
    if (map->kind == GAN_TREE_MAP) GAN_TRY(check_keys(document, map, info));
    for (int i = 0; i < GAN_VARIANT_NUMBERS && info->numbers[i].name; i++)
        GAN_TRY(read_number(document, map, info, &info->numbers[i], &numbers[i]));
    return GAN_STATUS_OK;
}

static const gan_variant_info *init_info(int kind) {
    return gan__init_info((gan_init_kind)kind);
}

gan_status gan__init_bind(gan_document *document, const gan_tree *map, gan_init *out) {
    static const variant_table table = {"initialiser", "{kind: normal, std: 0.02}", GAN_INIT_KINDS,
                                        init_info};
    double numbers[GAN_VARIANT_NUMBERS] = {0};
    int kind = 0;
    GAN_TRY(bind(document, &table, map, &kind, numbers));
    *out = (gan_init){(gan_init_kind)kind, numbers[0], numbers[1]};
    return GAN_STATUS_OK;
}

static const gan_variant_info *parametrization_info(int kind) {
    return gan__parametrization_info((gan_parametrization_kind)kind);
}

gan_status gan__parametrization_bind(gan_document *document, const gan_tree *map,
                                     gan_parametrization *out) {
    static const variant_table table = {"parametrisation", "{kind: spectral}",
                                        GAN_PARAMETRIZATION_KINDS, parametrization_info};
    double numbers[GAN_VARIANT_NUMBERS] = {0};
    int kind = 0;
    GAN_TRY(bind(document, &table, map, &kind, numbers));
    *out = (gan_parametrization){(gan_parametrization_kind)kind, numbers[0], numbers[1]};
    return GAN_STATUS_OK;
}
