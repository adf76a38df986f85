// Making, copying, finding and replacing nodes of a document.
#include "recipe/tree.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gan_status gan__tree_fail(const gan_document *document, int line, const char *format, ...) {
    gan_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    gan__text_append_v(&text, format, arguments);
    va_end(arguments);
    const char *words = gan__text_string(&text);
    if (line > 0)
        gan__fail(GAN_STATUS_BAD_INPUT, "%s:%d: %s", document->source, line, words);
    else
        gan__fail(GAN_STATUS_BAD_INPUT, "%s", words);
    gan__text_destroy(&text);
    return GAN_STATUS_BAD_INPUT;
}

gan_status gan__tree_fail_name(const gan_document *document, int line, const char *hint,
                               const char *offer, const char *const *names, size_t count,
                               const char *format, ...) {
    gan_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    gan__text_append_v(&text, format, arguments);
    va_end(arguments);
    gan__text_append(&text, hint ? "; did you mean \"%s\"?" : "; %s", hint ? hint : offer);
    for (size_t i = 0; !hint && i < count; i++)
        gan__text_append(&text, "%s%s", i ? ", " : " ", names[i]);
    if (!hint && count == 0) gan__text_append(&text, " nothing");
    gan_status status = gan__tree_fail(document, line, "%s", gan__text_string(&text));
    gan__text_destroy(&text);
    return status;
}

gan_status gan__tree_create(gan_document *document, gan_tree_kind kind, int line, gan_tree **out) {
    if (++document->nodes > GAN_TREE_NODES_MAX)
        return gan__tree_fail(document, line,
                              "more than %d values, aliases written out: this is no recipe",
                              GAN_TREE_NODES_MAX);
    GAN_TRY(gan__arena_alloc(document->arena, 1, sizeof(gan_tree), (void **)out));
    (*out)->kind = kind;
    (*out)->line = line;
    return GAN_STATUS_OK;
}

gan_status gan__tree_set_key(gan_document *document, gan_tree *tree, const char *key) {
    return gan__arena_string(document->arena, key, &tree->key);
}

void gan__tree_append(gan_tree *parent, gan_tree *child) {
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    child->next = NULL;
    parent->count++;
}

gan_status gan__tree_copy(gan_document *document, const gan_tree *tree, gan_tree **out) {
    gan_tree *copy;
    GAN_TRY(gan__tree_create(document, tree->kind, tree->line, &copy));
    copy->quoted = tree->quoted;
    if (tree->key) GAN_TRY(gan__tree_set_key(document, copy, tree->key));
    if (tree->text) GAN_TRY(gan__arena_string(document->arena, tree->text, &copy->text));
    for (const gan_tree *child = tree->first; child; child = child->next) {
        gan_tree *copied;
        GAN_TRY(gan__tree_copy(document, child, &copied));
        gan__tree_append(copy, copied);
    }
    *out = copy;
    return GAN_STATUS_OK;
}

static gan_tree *list_child(const gan_tree *parent, const char *number, size_t length) {
    char *end;
    if (length == 0 || number[0] < '0' || number[0] > '9') return NULL;
    unsigned long index = strtoul(number, &end, 10);
    if (end != number + length) return NULL;
    gan_tree *child = parent->first;
    while (child && index-- > 0) child = child->next;
    return child;
}

gan_tree *gan__tree_child(const gan_tree *parent, const char *key, size_t length) {
    if (parent->kind == GAN_TREE_LIST) return list_child(parent, key, length);
    if (parent->kind != GAN_TREE_MAP) return NULL;
    for (gan_tree *child = parent->first; child; child = child->next)
        if (strncmp(child->key, key, length) == 0 && child->key[length] == '\0') return child;
    return NULL;
}

gan_tree *gan__tree_find(const gan_tree *root, const char *path) {
    const gan_tree *node = root;
    while (node && *path) {
        size_t length = strcspn(path, ".");
        node = gan__tree_child(node, path, length);
        path += length + (path[length] == '.');
    }
    return (gan_tree *)node;
}

int gan__tree_line(const gan_document *document, const char *path) {
    const gan_tree *node = gan__tree_find(document->root, path);
    return node ? node->line : document->root->line;
}

// Makes `node` say what `value` says, at its own place and under its own key.
static void replace(gan_tree *node, const gan_tree *value) {
    char *key = node->key;
    gan_tree *next = node->next;
    *node = *value;
    node->key = key;
    node->next = next;
}

static gan_status add_map(gan_document *document, gan_tree *parent, const char *key, size_t length,
                          gan_tree **out) {
    char name[64];
    if (length == 0 || length >= sizeof name)
        return gan__tree_fail(document, 0, "a key must have from 1 to %zu characters",
                              sizeof name - 1);
    memcpy(name, key, length);
    name[length] = '\0';
    GAN_TRY(gan__tree_create(document, GAN_TREE_MAP, 0, out));
    GAN_TRY(gan__tree_set_key(document, *out, name));
    gan__tree_append(parent, *out);
    return GAN_STATUS_OK;
}

gan_status gan__tree_put(gan_document *document, const char *path, gan_tree *value) {
    gan_tree *node = document->root;
    const char *rest = path;
    do {
        size_t length = strcspn(rest, ".");
        gan_tree *child = gan__tree_child(node, rest, length);
        if (gan__tree_is_null(node)) node->kind = GAN_TREE_MAP; // an empty section
        if (!child && node->kind == GAN_TREE_LIST)
            return gan__tree_fail(document, 0, "\"%.*s\" is no number from 0 to %zu", (int)length,
                                  rest, node->count - 1);
        if (!child && node->kind == GAN_TREE_SCALAR)
            return gan__tree_fail(document, 0, "\"%.*s\" has no keys inside it",
                                  (int)(rest - path > 0 ? rest - path - 1 : 0), path);
        if (!child) GAN_TRY(add_map(document, node, rest, length, &child));
        node = child;
        rest += length;
    } while (*rest++ == '.');
    replace(node, value);
    return GAN_STATUS_OK;
}

const char *gan__tree_words(const gan_tree *tree, char words[GAN_TREE_WORDS]) {
    if (tree->kind == GAN_TREE_LIST) return "a list";
    if (tree->kind == GAN_TREE_MAP) return "a mapping";
    bool longer = strlen(tree->text) > 40;
    snprintf(words, GAN_TREE_WORDS, "\"%.40s%s\"", tree->text, longer ? "..." : "");
    return words;
}

bool gan__tree_is_null(const gan_tree *tree) {
    if (tree->kind != GAN_TREE_SCALAR || tree->quoted) return false;
    return tree->text[0] == '\0' || strcmp(tree->text, "~") == 0 || strcmp(tree->text, "null") == 0;
}
