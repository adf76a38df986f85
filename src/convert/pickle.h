// Pickles as data: the tree that a pickle's opcodes spell out. Nothing is imported, called or built
// from it; a function and its arguments are a node of the tree, and which functions may be named at
// all is the caller's list. The opcodes are those that torch.save and plain containers need, of
// pickle's protocols 2 to 5 (Python's pickletools.py describes each); any other is refused by name.
#ifndef GAN_CONVERT_PICKLE_H
#define GAN_CONVERT_PICKLE_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum gan_pickle_kind {
    GAN_PICKLE_NONE,
    GAN_PICKLE_BOOL,
    GAN_PICKLE_INTEGER,
    GAN_PICKLE_REAL,
    GAN_PICKLE_TEXT,       // a string, or the bytes of an integer beyond 64 bits
    GAN_PICKLE_LIST,       // a tuple, list or set
    GAN_PICKLE_DICT,       // keys and values in turns; an OrderedDict too
    GAN_PICKLE_GLOBAL,     // "module.name"
    GAN_PICKLE_CALL,       // items[0] called with items[1], a list
    GAN_PICKLE_PERSISTENT, // items[0] stands for an object kept elsewhere
    GAN_PICKLE_MARK,       // of the machine's own
} gan_pickle_kind;

typedef struct gan_pickle_value {
    gan_pickle_kind kind;
    union {
        int64_t integer; // BOOL, INTEGER
        double real;     // REAL
        struct {
            const char *text; // TEXT (not terminated, in the pickle's bytes), GLOBAL
            size_t length;
        };
        struct {
            struct gan_pickle_value **items; // LIST, DICT, CALL, PERSISTENT
            size_t count, capacity;
        };
    };
    struct gan_pickle_value *state; // what BUILD gave it: a DICT of attributes, or NULL
} gan_pickle_value;

// Parses the pickle that `bytes` begin with; *used is its length. The tree lies in the arena and
// points into `bytes`; it may have shared and even circular branches. `allows` says whether a
// global may be named. Messages name the byte. Errors: CORRUPT, BAD_INPUT (an opcode or a global
// that is not allowed, by name), NO_MEMORY.
gan_status gan__pickle_parse(const uint8_t *bytes, size_t length,
                             bool (*allows)(const char *global), gan_arena *arena, size_t *used,
                             gan_pickle_value **out);

// The value of a text key, or NULL.
const gan_pickle_value *gan__pickle_find(const gan_pickle_value *dict, const char *key);
bool gan__pickle_is_text(const gan_pickle_value *value, const char *text);

#endif
