// The stack and the memo of the machine that parses a pickle. Private to pickle*.c.
#ifndef GAN_CONVERT_PICKLE_STACK_H
#define GAN_CONVERT_PICKLE_STACK_H

#include "base/bytes.h"
#include "convert/pickle.h"

typedef struct gan_pickle_machine {
    gan_cursor cursor;
    bool (*allows)(const char *global);
    gan_arena *arena;
    gan_pickle_value **stack, **memo; // owned
    size_t count, capacity;           // of the stack
    size_t memo_count, memo_capacity;
    bool stopped;
} gan_pickle_machine;

// CORRUPT, naming the byte.
gan_status gan__pickle_fail(const gan_pickle_machine *machine, const char *what);

gan_status gan__pickle_make(gan_pickle_machine *machine, gan_pickle_kind kind,
                            gan_pickle_value **out);
gan_status gan__pickle_push(gan_pickle_machine *machine, gan_pickle_value *value);
gan_status gan__pickle_push_new(gan_pickle_machine *machine, gan_pickle_kind kind,
                                gan_pickle_value **out);
// The value on top, taken off; a mark is not one. Errors: CORRUPT.
gan_status gan__pickle_pop(gan_pickle_machine *machine, gan_pickle_value **out);
// The value on top, left there. Errors: CORRUPT where it is of another kind.
gan_status gan__pickle_top(const gan_pickle_machine *machine, gan_pickle_kind kind,
                           gan_pickle_value **out);
// The values above the topmost mark, which goes with them; they stay where they are until the next
// push. Errors: CORRUPT where there is no mark.
gan_status gan__pickle_pop_to_mark(gan_pickle_machine *machine, gan_pickle_value ***items,
                                   size_t *count);
// Adds items to a value that has items.
gan_status gan__pickle_append(gan_pickle_machine *machine, gan_pickle_value *list,
                              gan_pickle_value *const *items, size_t count);

// --- Opcodes of pickle_calls.c; `unused` is the table's argument --------------------------------
gan_status gan__pickle_run_global(gan_pickle_machine *machine, int unused);
gan_status gan__pickle_run_stack_global(gan_pickle_machine *machine, int unused);
gan_status gan__pickle_run_call(gan_pickle_machine *machine, int unused);
gan_status gan__pickle_run_persistent(gan_pickle_machine *machine, int unused);
gan_status gan__pickle_run_build(gan_pickle_machine *machine, int unused);

#endif
