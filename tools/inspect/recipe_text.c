// A reader of just so much YAML as a resolved recipe has.
#include "inspect/recipe_text.h"

#include <stdio.h>
#include <string.h>

static const char *next_line(const char *line) {
    line += strcspn(line, "\n");
    return *line ? line + 1 : NULL;
}

static size_t indentation(const char *line) {
    return strspn(line, " ");
}

// The line of `key` among those from `line` on that stand under the same parent, or NULL.
static const char *find_key(const char *line, size_t indent, const char *key, size_t length) {
    for (; line && indentation(line) >= indent; line = next_line(line)) {
        if (indentation(line) == indent && strncmp(line + indent, key, length) == 0 &&
            line[indent + length] == ':')
            return line;
    }
    return NULL;
}

static const char *find_path(const char *recipe, const char *path) {
    const char *line = recipe;
    for (size_t indent = 0; line; indent += 2) {
        size_t length = strcspn(path, ".");
        line = find_key(line, indent, path, length);
        if (path[length] == 0) return line;
        path += length + 1;
        if (line) line = next_line(line);
    }
    return NULL;
}

const char *gan__recipe_text_value(const char *recipe, const char *path, char *value, size_t size) {
    value[0] = 0;
    const char *line = recipe ? find_path(recipe, path) : NULL;
    if (!line) return value;
    const char *start = line + strcspn(line, ":") + 1;
    start += strspn(start, " ");
    snprintf(value, size, "%.*s", (int)strcspn(start, "\n"), start);
    return value;
}

const char *gan__recipe_text_layers(const char *recipe, const char *network) {
    char path[64];
    snprintf(path, sizeof path, "%s.layers", network);
    const char *line = recipe ? find_path(recipe, path) : NULL;
    return line ? next_line(line) : NULL;
}

bool gan__recipe_text_layer(const char **at, char *layer, size_t size) {
    const char *line = *at;
    if (!line) return false;
    line += indentation(line);
    if (strncmp(line, "- ", 2) != 0) return false;
    snprintf(layer, size, "%.*s", (int)strcspn(line + 2, "\n"), line + 2);
    *at = next_line(line);
    return true;
}
