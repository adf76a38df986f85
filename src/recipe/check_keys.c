// Refuses keys of a document that are not in the table, with the nearest that is.
#include "recipe/keys.h"

#include <stdio.h>
#include <string.h>

// Whether `path` is a key, or a section of keys.
static bool known(const char *path, bool *section) {
    size_t length = strlen(path);
    *section = false;
    for (size_t i = 0; i < gan__key_count(); i++) {
        const char *key = gan__key(i)->path;
        if (strncmp(key, path, length) != 0) continue;
        if (key[length] == '\0') return true;
        if (key[length] == '.') return *section = true;
    }
    return false;
}

enum { PATH_SIZE = 256, SIBLINGS_MAX = 64 };

// The names that may stand in a section ("" is the root), without repetition.
static size_t siblings(const char *section, char names[SIBLINGS_MAX][PATH_SIZE]) {
    size_t count = 0, length = strlen(section);
    for (size_t i = 0; i < gan__key_count() && count < SIBLINGS_MAX; i++) {
        const char *key = gan__key(i)->path;
        if (length > 0 && (strncmp(key, section, length) != 0 || key[length] != '.')) continue;
        const char *rest = length > 0 ? key + length + 1 : key;
        size_t name = strcspn(rest, ".");
        if (count > 0 && strlen(names[count - 1]) == name &&
            strncmp(names[count - 1], rest, name) == 0)
            continue;
        memcpy(names[count], rest, name);
        names[count++][name] = '\0';
    }
    return count;
}

// A section in which a key of that name is known; NULL when there is none.
static const gan_key *elsewhere(const char *name) {
    for (size_t i = 0; i < gan__key_count(); i++) {
        const char *dot = strrchr(gan__key(i)->path, '.');
        if (dot && strcmp(dot + 1, name) == 0) return gan__key(i);
    }
    return NULL;
}

static gan_status fail_unknown(gan_document *document, const char *section, const gan_tree *node) {
    char names[SIBLINGS_MAX][PATH_SIZE];
    const char *candidates[SIBLINGS_MAX];
    size_t count = siblings(section, names);
    for (size_t i = 0; i < count; i++) candidates[i] = names[i];
    const char *near = gan__text_nearest(node->key, candidates, count);
    const gan_key *other = elsewhere(node->key);
    const char *hint = near ? near : other ? other->path : NULL;
    return gan__tree_fail_name(document, node->line, hint, "there are", candidates, count,
                               "unknown key \"%s\"%s%s", node->key, section[0] ? " in " : "",
                               section);
}

// Refuses keys that are not in the table, below the section `path`.
static gan_status check_section(gan_document *document, const gan_tree *map, const char *path) {
    char words[GAN_TREE_WORDS];
    if (map->kind != GAN_TREE_MAP)
        return gan__tree_fail(document, map->line, "%s must be a mapping of keys, not %s",
                              path[0] ? path : "a recipe", gan__tree_words(map, words));
    for (const gan_tree *child = map->first; child; child = child->next) {
        char name[PATH_SIZE];
        bool section;
        int length = snprintf(name, sizeof name, "%s%s%s", path, path[0] ? "." : "", child->key);
        bool fits = length > 0 && (size_t)length < sizeof name;
        if (!fits || strchr(child->key, '.') || !known(name, &section))
            return fail_unknown(document, path, child);
        if (section && !gan__tree_is_null(child)) GAN_TRY(check_section(document, child, name));
    }
    return GAN_STATUS_OK;
}

gan_status gan__recipe_check_keys(gan_document *document) {
    return check_section(document, document->root, "");
}
