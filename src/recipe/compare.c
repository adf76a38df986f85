// Which keys differ between two recipes.
#include "recipe/recipe_struct.h"

#include <stdio.h>
#include <string.h>

// Whether one path is the other or lies within it.
static bool related(const char *a, const char *b) {
    size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    const char *longer = strlen(a) < strlen(b) ? b : a;
    return strncmp(a, b, length) == 0 && (longer[length] == '\0' || longer[length] == '.');
}

static bool was_set(const gan_recipe *recipe, const char *path) {
    for (size_t i = 0; i < recipe->setting_count; i++)
        if (related(recipe->settings[i], path)) return true;
    return false;
}

// Destroys both. Texts that memory did not suffice for differ, so that nothing passes unseen.
static bool same_texts(gan_text texts[2]) {
    bool same = strcmp(gan__text_string(&texts[0]), gan__text_string(&texts[1])) == 0;
    for (int i = 0; i < 2; i++) {
        same = same && gan__text_status(&texts[i]) == GAN_STATUS_OK;
        gan__text_destroy(&texts[i]);
    }
    return same;
}

static bool same_layer(const gan_layer *a, const gan_layer *b) {
    gan_text texts[2] = {{0}};
    gan__layer_print(a, 0, &texts[0]);
    gan__layer_print(b, 0, &texts[1]);
    return same_texts(texts);
}

static void note(const char *path, size_t *count, gan_text *keys) {
    gan__text_append(keys, "%s%s", (*count)++ ? ", " : "", path);
}

static void compare_layers(const gan_key *key, const gan_recipe *now, const gan_recipe *before,
                           size_t *count, gan_text *keys) {
    const gan_recipe_network *a = gan__key_value(key, &now->values);
    const gan_recipe_network *b = gan__key_value(key, &before->values);
    // Without effect in both. An override may leave them behind.
    if (!gan__key_applies(key, &now->values) && !gan__key_applies(key, &before->values)) return;
    if (a->count != b->count && !was_set(now, key->path)) note(key->path, count, keys);
    if (a->count != b->count) return;
    for (size_t i = 0; i < a->count; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s.%zu", key->path, i);
        if (!same_layer(&a->layers[i], &b->layers[i]) && !was_set(now, path))
            note(path, count, keys);
    }
}

static bool same_value(const gan_key *key, const gan_recipe *a, const gan_recipe *b) {
    bool printed = gan__key_printed(key, &a->values);
    if (gan__key_idle(key, &a->values) || gan__key_idle(key, &b->values)) return true;
    if (printed != gan__key_printed(key, &b->values)) return false;
    if (!printed) return true;
    gan_text texts[2] = {{0}};
    gan__key_print(key, &a->values, &texts[0]);
    gan__key_print(key, &b->values, &texts[1]);
    return same_texts(texts);
}

size_t gan__recipe_differences(const gan_recipe *now, const gan_recipe *before, gan_text *keys) {
    size_t count = 0;
    for (size_t i = 0; i < gan__key_count(); i++) {
        const gan_key *key = gan__key(i);
        if (key->type == GAN_KEY_LAYERS)
            compare_layers(key, now, before, &count, keys);
        else if (!same_value(key, now, before) && !was_set(now, key->path))
            note(key->path, &count, keys);
    }
    return count;
}
