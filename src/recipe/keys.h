// The table of keys: every key of a recipe, its type, default, legal range and meaning. It alone
// drives reading, overriding, printing, comparing and suggesting; docs/recipes.md lists it in
// words.
#ifndef GAN_RECIPE_KEYS_H
#define GAN_RECIPE_KEYS_H

#include "recipe/recipe.h"
#include "recipe/tree.h"

typedef enum gan_key_type {
    GAN_KEY_TEXT,            // char *
    GAN_KEY_WHOLE,           // int64_t
    GAN_KEY_REAL,            // double
    GAN_KEY_BOOL,            // bool
    GAN_KEY_CHOICE,          // int: index of the word in `choices`
    GAN_KEY_WHOLE_PAIR,      // int64_t[2]
    GAN_KEY_REAL_PAIR,       // double[2]
    GAN_KEY_INIT,            // gan_init
    GAN_KEY_PARAMETRIZATION, // gan_parametrization
    GAN_KEY_LAYERS,          // gan_recipe_network, of which layers and count
} gan_key_type;

typedef struct gan_key {
    const char *path; // "optimizer.generator.lr"; keys of one section stand together
    gan_key_type type;
    size_t offset;              // of the field in gan_recipe_values
    const char *fallback;       // as YAML; "": may be left out, and is then not printed
    double low, high;           // legal range of each number
    const char *const *choices; // ends with NULL
    size_t present;             // offset of a bool that notes whether it was given; 0: none
    const char *condition;      // the key means something only where this key does, and is a REAL
                                // above 0 ...
    uint32_t condition_mask;    // ... or a CHOICE of one of these (bit i: choice i); NULL: always
    const char *meaning;
} gan_key;

size_t gan__key_count(void);
const gan_key *gan__key(size_t index);
const gan_key *gan__key_find(const char *path); // NULL when there is none
// Whether the key means anything under the other values, as `condition` has it.
bool gan__key_applies(const gan_key *key, const gan_recipe_values *values);
// Whether it was given another value than its own, which means nothing for another reason (idle.c).
bool gan__key_idle(const gan_key *key, const gan_recipe_values *values);
// Whether D is shown augmented samples.
bool gan__recipe_is_augmented(const gan_recipe_values *values);
// Where the key's value lies.
const void *gan__key_value(const gan_key *key, const gan_recipe_values *values);

// --- How keys are read and written (bind.c, check*.c, idle.c, layers.c, print.c) ---------------

// Rewrites short forms as long ones in place: a network that is a list of layers, `- tanh`,
// `- dense: 256`, `init: zeros`; so that overrides can name what they mean.
gan_status gan__recipe_normalise(gan_document *document);
// All values from a normalised tree. Texts and layers live in the document's arena.
gan_status gan__recipe_bind(gan_document *document, gan_recipe_values *values);
// Refuses keys that are not in the table, naming the nearest.
gan_status gan__recipe_check_keys(gan_document *document);
// Refuses keys that mean nothing, or are idle, unless an override of what they need made them so.
gan_status gan__recipe_check_effects(gan_document *document, const gan_recipe_values *values);
// Refuses values that contradict each other; names a recipe after its file where it has no name.
gan_status gan__recipe_check_values(gan_document *document, gan_recipe_values *values);
// The part of it that is about the objective and the schedule.
gan_status gan__recipe_check_objective(gan_document *document, const gan_recipe_values *values);
// Players count their updates in a float32, which is exact up to there.
enum { GAN_UPDATES_MAX = 1 << 24 };

// What a key does not go together with: its name in messages, and whether the recipe has it.
typedef struct gan_beside {
    const char *path;
    bool given;
} gan_beside;

// The first of them that is given; NULL where none is.
const char *gan__beside_first(const gan_beside *list, size_t count);
gan_status gan__layers_bind(gan_document *document, const gan_tree *list,
                            gan_recipe_network *network);
gan_status gan__init_bind(gan_document *document, const gan_tree *map, gan_init *out);
gan_status gan__parametrization_bind(gan_document *document, const gan_tree *map,
                                     gan_parametrization *out);

// Appends one value as YAML on one line (not for LAYERS).
void gan__key_print(const gan_key *key, const gan_recipe_values *values, gan_text *text);
// "dense: {units: 256, bias: true}"; a block takes further lines, indented by `depth` levels more
// than the layer's own, and ends without a line break.
void gan__layer_print(const gan_layer *layer, int depth, gan_text *text);
// Whether the key has a value to print.
bool gan__key_printed(const gan_key *key, const gan_recipe_values *values);
void gan__recipe_print(const gan_recipe_values *values, gan_text *text);

#endif
