// Loading, overriding and printing recipes: the life of the public object.
#include "recipe/recipe_struct.h"

#include "base/file.h"

#include <string.h>

const gan_recipe_values *gan__recipe_values(const gan_recipe *recipe) {
    return &recipe->values;
}

bool gan__recipe_has_generator(const gan_recipe_values *values) {
    return values->objective.classifier != GAN_CLASSIFIER_ALONE;
}

const char *gan__recipe_source(const gan_recipe *recipe) {
    return recipe->document.source;
}

const char *gan_recipe_name(const gan_recipe *recipe) {
    return recipe->values.name;
}

static gan_status create(const char *source, gan_recipe **out) {
    gan_recipe *recipe;
    char *name;
    GAN_TRY(gan__alloc(1, sizeof *recipe, (void **)&recipe));
    gan_status status = gan__arena_create(&recipe->document.arena);
    if (status == GAN_STATUS_OK) status = gan__arena_string(recipe->document.arena, source, &name);
    if (status != GAN_STATUS_OK) {
        gan_recipe_destroy(recipe);
        return status;
    }
    recipe->document.source = name;
    *out = recipe;
    return GAN_STATUS_OK;
}

void gan_recipe_destroy(gan_recipe *recipe) {
    if (!recipe) return;
    gan__text_destroy(&recipe->text);
    gan__arena_destroy(recipe->document.arena);
    gan__free(recipe);
}

// Values from the document as it stands.
static gan_status resolve(gan_recipe *recipe) {
    GAN_TRY(gan__recipe_normalise(&recipe->document));
    return gan__recipe_bind(&recipe->document, &recipe->values);
}

static gan_status parse(const char *text, const char *name, bool saved, gan_recipe **out) {
    gan_recipe *recipe;
    *out = NULL;
    GAN_TRY(create(name, &recipe));
    recipe->document.saved = saved;
    gan_status status = gan__tree_parse(&recipe->document, text, true, &recipe->document.root);
    if (status == GAN_STATUS_OK) status = resolve(recipe);
    if (status != GAN_STATUS_OK) {
        gan_recipe_destroy(recipe);
        return status;
    }
    *out = recipe;
    return GAN_STATUS_OK;
}

gan_status gan_recipe_parse(const char *text, const char *name, gan_recipe **out) {
    return parse(text, name, false, out);
}

gan_status gan__recipe_parse_saved(const char *text, const char *name, gan_recipe **out) {
    return parse(text, name, true, out);
}

gan_status gan_recipe_load(const char *path, gan_recipe **out) {
    uint8_t *bytes;
    size_t length;
    *out = NULL;
    GAN_TRY(gan__file_read(path, GAN_TREE_SOURCE_MAX, &bytes, &length));
    gan_status status =
        memchr(bytes, '\0', length)
            ? gan__fail(GAN_STATUS_BAD_INPUT, "%s: a zero byte in it: this is no recipe", path)
            : gan_recipe_parse((const char *)bytes, path, out);
    gan__free(bytes);
    return status;
}

// A recipe of its own with the same document and settings, and room for one more setting.
static gan_status copy(const gan_recipe *recipe, gan_recipe **out) {
    gan_recipe *twin;
    GAN_TRY(create(recipe->document.source, &twin));
    gan_arena *arena = twin->document.arena;
    twin->document.saved = recipe->document.saved;
    size_t count = recipe->setting_count;
    gan_status status =
        gan__tree_copy(&twin->document, recipe->document.root, &twin->document.root);
    if (status == GAN_STATUS_OK)
        status = gan__arena_alloc(arena, count + 1, sizeof(char *), (void **)&twin->settings);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        status = gan__arena_string(arena, recipe->settings[i], &twin->settings[i]);
    if (status != GAN_STATUS_OK) {
        gan_recipe_destroy(twin);
        return status;
    }
    twin->setting_count = count;
    *out = twin;
    return GAN_STATUS_OK;
}

// Puts `value` (YAML) at `path`, which is one more setting.
static gan_status override(gan_recipe *recipe, const char *path, const char *value) {
    gan_document *document = &recipe->document;
    gan_tree *tree;
    GAN_TRY(gan__arena_string(document->arena, path, &recipe->settings[recipe->setting_count]));
    GAN_TRY(gan__tree_parse(document, value[0] ? value : "''", false, &tree));
    GAN_TRY(gan__tree_put(document, recipe->settings[recipe->setting_count++], tree));
    return resolve(recipe);
}

static gan_status set_in_copy(gan_recipe *recipe, const char *assignment) {
    const char *equals = strchr(assignment, '=');
    gan_text path = {0};
    if (!equals || equals == assignment)
        return gan__tree_fail(&recipe->document, 0, "write KEY=VALUE, e.g. batch=64");
    gan__text_append_bytes(&path, assignment, (size_t)(equals - assignment));
    gan_status status = gan__text_status(&path);
    if (status == GAN_STATUS_OK) status = override(recipe, gan__text_string(&path), equals + 1);
    gan__text_destroy(&path);
    return status;
}

gan_status gan_recipe_set(gan_recipe *recipe, const char *assignment) {
    gan_recipe *changed;
    GAN_TRY(copy(recipe, &changed));
    gan_status status = set_in_copy(changed, assignment);
    if (status == GAN_STATUS_OK) {
        gan_recipe before = *recipe;
        *recipe = *changed;
        *changed = before;
    }
    gan_recipe_destroy(changed);
    if (status == GAN_STATUS_OK || status == GAN_STATUS_NO_MEMORY) return status;
    return gan__fail_in(GAN_STATUS_BAD_ARGUMENT, "%s", assignment);
}

const char *gan_recipe_text(gan_recipe *recipe) {
    gan_text *text = &recipe->text;
    if (gan__text_status(text) != GAN_STATUS_OK) gan__text_clear(text);
    if (text->length == 0) gan__recipe_print(&recipe->values, text);
    return gan__text_status(text) == GAN_STATUS_OK ? gan__text_string(text) : NULL;
}
