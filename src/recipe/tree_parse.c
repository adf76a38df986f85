// From libyaml's events to a tree.
#include "recipe/tree.h"

#include <string.h>
#include <yaml.h>

enum { ANCHORS_MAX = 64 };

typedef struct reader {
    gan_document *document;
    yaml_parser_t parser;
    yaml_event_t event; // the current one
    bool lines;
    struct {
        const char *name;
        const gan_tree *tree;
    } anchors[ANCHORS_MAX];
    size_t anchor_count;
    size_t aliased; // bytes of text that aliases stand for
} reader;

static int current_line(const reader *from) {
    return from->lines ? (int)from->event.start_mark.line + 1 : 0;
}

static gan_status fail_yaml(reader *from) {
    const yaml_parser_t *parser = &from->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return gan__fail(GAN_STATUS_NO_MEMORY, "the host has no memory to read %s",
                         from->document->source);
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    if (parser->error == YAML_READER_ERROR)
        return gan__tree_fail(from->document, 0, "%s: byte %zu: %s", from->document->source,
                              parser->problem_offset, problem);
    int line = from->lines ? (int)parser->problem_mark.line + 1 : 0;
    return gan__tree_fail(from->document, line, "this is not YAML: %s%s%s", problem,
                          parser->context ? " " : "", parser->context ? parser->context : "");
}

// Makes the next event the current one.
static gan_status advance(reader *from) {
    yaml_event_delete(&from->event);
    memset(&from->event, 0, sizeof from->event);
    return yaml_parser_parse(&from->parser, &from->event) ? GAN_STATUS_OK : fail_yaml(from);
}

static gan_status check_tag(reader *from, const unsigned char *tag) {
    if (!tag) return GAN_STATUS_OK;
    return gan__tree_fail(from->document, current_line(from), "tags (%s) have no meaning here",
                          (const char *)tag);
}

// Remembers a finished node; `name` is the arena's own copy, or NULL.
static gan_status anchor(reader *from, const char *name, const gan_tree *tree) {
    if (!name) return GAN_STATUS_OK;
    if (from->anchor_count == ANCHORS_MAX)
        return gan__tree_fail(from->document, tree->line, "more than %d anchors", ANCHORS_MAX);
    from->anchors[from->anchor_count].name = name;
    from->anchors[from->anchor_count++].tree = tree;
    return GAN_STATUS_OK;
}

static gan_status copy_anchor(reader *from, const unsigned char *name, char **out) {
    *out = NULL;
    if (!name) return GAN_STATUS_OK;
    return gan__arena_string(from->document->arena, (const char *)name, out);
}

static size_t text_bytes(const gan_tree *tree) {
    size_t bytes = (tree->key ? strlen(tree->key) : 0) + (tree->text ? strlen(tree->text) : 0);
    for (const gan_tree *child = tree->first; child; child = child->next)
        bytes += text_bytes(child);
    return bytes;
}

static gan_status read_alias(reader *from, gan_tree **out) {
    const char *name = (const char *)from->event.data.alias.anchor;
    for (size_t i = from->anchor_count; i-- > 0;) {
        if (strcmp(from->anchors[i].name, name) != 0) continue;
        from->aliased += text_bytes(from->anchors[i].tree);
        if (from->aliased > GAN_TREE_SOURCE_MAX)
            return gan__tree_fail(from->document, current_line(from),
                                  "more than %u bytes, aliases written out: this is no recipe",
                                  GAN_TREE_SOURCE_MAX);
        GAN_TRY(gan__tree_copy(from->document, from->anchors[i].tree, out));
        (*out)->key = NULL;
        return GAN_STATUS_OK;
    }
    return gan__tree_fail(from->document, current_line(from),
                          "*%s stands for nothing that is complete before it", name);
}

static gan_status read_scalar(reader *from, gan_tree **out) {
    const char *text = (const char *)from->event.data.scalar.value;
    size_t length = from->event.data.scalar.length;
    char *name;
    GAN_TRY(check_tag(from, from->event.data.scalar.tag));
    if (memchr(text, '\0', length))
        return gan__tree_fail(from->document, current_line(from), "a zero byte in a value");
    GAN_TRY(gan__tree_create(from->document, GAN_TREE_SCALAR, current_line(from), out));
    (*out)->quoted = from->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    GAN_TRY(gan__arena_string(from->document->arena, text, &(*out)->text));
    GAN_TRY(copy_anchor(from, from->event.data.scalar.anchor, &name));
    return anchor(from, name, *out);
}

static gan_status read_node(reader *from, int depth, gan_tree **out);

static gan_status read_list(reader *from, int depth, gan_tree **out) {
    char *name;
    GAN_TRY(check_tag(from, from->event.data.sequence_start.tag));
    GAN_TRY(gan__tree_create(from->document, GAN_TREE_LIST, current_line(from), out));
    GAN_TRY(copy_anchor(from, from->event.data.sequence_start.anchor, &name));
    GAN_TRY(advance(from));
    while (from->event.type != YAML_SEQUENCE_END_EVENT) {
        gan_tree *child;
        GAN_TRY(read_node(from, depth + 1, &child));
        gan__tree_append(*out, child);
        GAN_TRY(advance(from));
    }
    return anchor(from, name, *out);
}

static gan_status read_key(reader *from, const gan_tree *map, gan_tree **out) {
    if (from->event.type != YAML_SCALAR_EVENT)
        return gan__tree_fail(from->document, current_line(from), "a key must be a plain word");
    GAN_TRY(read_scalar(from, out));
    const gan_tree *earlier = gan__tree_child(map, (*out)->text, strlen((*out)->text));
    if (!earlier) return GAN_STATUS_OK;
    if (!from->lines)
        return gan__tree_fail(from->document, 0, "key \"%s\" is given twice", earlier->key);
    return gan__tree_fail(from->document, current_line(from),
                          "key \"%s\" was given before, on line %d", earlier->key, earlier->line);
}

static gan_status read_map(reader *from, int depth, gan_tree **out) {
    char *name;
    GAN_TRY(check_tag(from, from->event.data.mapping_start.tag));
    GAN_TRY(gan__tree_create(from->document, GAN_TREE_MAP, current_line(from), out));
    GAN_TRY(copy_anchor(from, from->event.data.mapping_start.anchor, &name));
    GAN_TRY(advance(from));
    while (from->event.type != YAML_MAPPING_END_EVENT) {
        gan_tree *key, *child;
        GAN_TRY(read_key(from, *out, &key));
        GAN_TRY(advance(from));
        GAN_TRY(read_node(from, depth + 1, &child));
        child->key = key->text;
        child->line = key->line;
        gan__tree_append(*out, child);
        GAN_TRY(advance(from));
    }
    return anchor(from, name, *out);
}

static gan_status read_node(reader *from, int depth, gan_tree **out) {
    if (depth > GAN_TREE_DEPTH_MAX)
        return gan__tree_fail(from->document, current_line(from), "nested more than %d deep",
                              GAN_TREE_DEPTH_MAX);
    switch (from->event.type) {
    case YAML_ALIAS_EVENT:
        return read_alias(from, out);
    case YAML_SCALAR_EVENT:
        return read_scalar(from, out);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(from, depth, out);
    default:
        return read_map(from, depth, out);
    }
}

static gan_status read_document(reader *from, gan_tree **out) {
    do GAN_TRY(advance(from));
    while (from->event.type == YAML_STREAM_START_EVENT);
    if (from->event.type == YAML_STREAM_END_EVENT)
        return gan__tree_fail(from->document, from->lines ? 1 : 0, "there is nothing in it");
    GAN_TRY(advance(from));
    GAN_TRY(read_node(from, 0, out));
    GAN_TRY(advance(from));
    GAN_TRY(advance(from));
    if (from->event.type == YAML_STREAM_END_EVENT) return GAN_STATUS_OK;
    return gan__tree_fail(from->document, current_line(from), "a second document begins here");
}

gan_status gan__tree_parse(gan_document *document, const char *text, bool lines, gan_tree **out) {
    reader from = {.document = document, .lines = lines};
    if (strlen(text) > GAN_TREE_SOURCE_MAX)
        return gan__tree_fail(document, lines ? 1 : 0, "longer than %u bytes: this is no recipe",
                              GAN_TREE_SOURCE_MAX);
    if (!yaml_parser_initialize(&from.parser))
        return gan__fail(GAN_STATUS_NO_MEMORY, "the host has no memory to read %s",
                         document->source);
    yaml_parser_set_input_string(&from.parser, (const unsigned char *)text, strlen(text));
    gan_status status = read_document(&from, out);
    yaml_event_delete(&from.event);
    yaml_parser_delete(&from.parser);
    return status;
}
