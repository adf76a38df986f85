// A YAML document as a tree with line numbers: what stands between libyaml and the recipe's values.
// It knows no keys. Everything lives in the document's arena.
#ifndef GAN_RECIPE_TREE_H
#define GAN_RECIPE_TREE_H

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum gan_tree_kind { GAN_TREE_SCALAR, GAN_TREE_LIST, GAN_TREE_MAP } gan_tree_kind;

typedef struct gan_tree gan_tree;
struct gan_tree {
    gan_tree_kind kind;
    int line;    // 0: not from a file (an override)
    char *key;   // in a map; NULL in a list
    char *text;  // of a scalar
    bool quoted; // the scalar stood in quotes, so it is a text and never a number or null
    gan_tree *first, *last, *next;
    size_t count;
};

typedef struct gan_document {
    gan_arena *arena;
    const char *source; // for messages
    gan_tree *root;
    size_t nodes;
    bool saved; // by a version of clgan that took what this one refuses, perhaps
} gan_document;

// More is refused, so that aliases cannot multiply (a "billion laughs" document ends here).
#define GAN_TREE_NODES_MAX  20000
#define GAN_TREE_DEPTH_MAX  32
#define GAN_TREE_SOURCE_MAX (1u << 20) // bytes, and of text that aliases stand for

// Parses `text` into *out; its nodes are counted in the document and live in its arena. Aliases are
// written out. `lines`: whether nodes keep their line numbers.
// Errors: BAD_INPUT "SOURCE:LINE: ..." for what is not YAML, duplicate keys, tags, a second
// document.
gan_status gan__tree_parse(gan_document *document, const char *text, bool lines, gan_tree **out);

// "SOURCE:LINE: " and the message; without a line (an override) the message alone. BAD_INPUT.
gan_status gan__tree_fail(const gan_document *document, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The same about a name that is not known, with what may have been meant behind it: "; did you mean
// "HINT"?", or where `hint` is NULL "; OFFER one, two, three", the names there are.
gan_status gan__tree_fail_name(const gan_document *document, int line, const char *hint,
                               const char *offer, const char *const *names, size_t count,
                               const char *format, ...) __attribute__((format(printf, 7, 8)));

gan_status gan__tree_create(gan_document *document, gan_tree_kind kind, int line, gan_tree **out);
gan_status gan__tree_copy(gan_document *document, const gan_tree *tree, gan_tree **out);
gan_status gan__tree_set_key(gan_document *document, gan_tree *tree, const char *key);
void gan__tree_append(gan_tree *parent, gan_tree *child);
// The child of a map by key, of a list by number ("2"); NULL when there is none. The key ends after
// `length` bytes.
gan_tree *gan__tree_child(const gan_tree *parent, const char *key, size_t length);
// The node at a dotted path, or NULL.
gan_tree *gan__tree_find(const gan_tree *root, const char *path);
// The line of what is there, or of the document's beginning.
int gan__tree_line(const gan_document *document, const char *path);
// Puts `value` at the dotted path, making maps on the way; lists are entered by number only.
// Errors: BAD_INPUT when the path goes through a scalar or past a list's end.
gan_status gan__tree_put(gan_document *document, const char *path, gan_tree *value);
// "a list", "a mapping", or the scalar in quotes (shortened); for messages.
#define GAN_TREE_WORDS 64
const char *gan__tree_words(const gan_tree *tree, char words[GAN_TREE_WORDS]);
// A plain null, ~ or nothing.
bool gan__tree_is_null(const gan_tree *tree);

#endif
