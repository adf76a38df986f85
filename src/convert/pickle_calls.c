// What a pickle names and would have run: globals, calls of them, objects kept elsewhere, and the
// attributes that objects are given. Each becomes a node of the tree; nothing is run.
#include "convert/pickle_stack.h"

#include <string.h>

enum { GLOBAL_MAX = 256 };
#define ORDERED_DICT "collections.OrderedDict"

static gan_status push_global(gan_pickle_machine *machine, const char *module, size_t module_length,
                              const char *name, size_t length) {
    char joined[2 * GLOBAL_MAX + 2];
    gan_pickle_value *value;
    if (module_length > GLOBAL_MAX || length > GLOBAL_MAX)
        return gan__pickle_fail(machine, "the name of a global is too long");
    memcpy(joined, module, module_length);
    joined[module_length] = '.';
    memcpy(joined + module_length + 1, name, length);
    joined[module_length + 1 + length] = 0;
    if (!machine->allows(joined))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu of the pickle: it wants %s, which is not allowed, as it would "
                         "have to be run; only tensors in dictionaries and lists are read: save "
                         "model.state_dict(), not the model",
                         machine->cursor.at, joined);
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_GLOBAL, &value));
    GAN_TRY(gan__arena_string(machine->arena, joined, (char **)(uintptr_t)&value->text));
    value->length = strlen(joined);
    return GAN_STATUS_OK;
}

static gan_status take_line(gan_pickle_machine *machine, const char **line, size_t *length) {
    gan_cursor *cursor = &machine->cursor;
    const uint8_t *start = cursor->bytes + cursor->at;
    const uint8_t *end = memchr(start, '\n', cursor->length - cursor->at);
    if (!end) return gan__pickle_fail(machine, "it ends within a name");
    *line = (const char *)start;
    *length = (size_t)(end - start);
    (void)gan__cursor_take(cursor, *length + 1);
    return GAN_STATUS_OK;
}

gan_status gan__pickle_run_global(gan_pickle_machine *machine, int unused) {
    (void)unused;
    const char *module = NULL, *name = NULL;
    size_t module_length = 0, length = 0;
    GAN_TRY(take_line(machine, &module, &module_length));
    GAN_TRY(take_line(machine, &name, &length));
    return push_global(machine, module, module_length, name, length);
}

gan_status gan__pickle_run_stack_global(gan_pickle_machine *machine, int unused) {
    (void)unused;
    gan_pickle_value *module, *name;
    GAN_TRY(gan__pickle_pop(machine, &name));
    GAN_TRY(gan__pickle_pop(machine, &module));
    if (module->kind != GAN_PICKLE_TEXT || name->kind != GAN_PICKLE_TEXT || !module->text ||
        !name->text)
        return gan__pickle_fail(machine, "the name of a global is no string");
    return push_global(machine, module->text, module->length, name->text, name->length);
}

// A call is kept as it is, but for the one that makes an empty dictionary.
gan_status gan__pickle_run_call(gan_pickle_machine *machine, int unused) {
    (void)unused;
    gan_pickle_value *parts[2], *value;
    GAN_TRY(gan__pickle_pop(machine, &parts[1]));
    GAN_TRY(gan__pickle_pop(machine, &parts[0]));
    if (parts[0]->kind != GAN_PICKLE_GLOBAL || parts[1]->kind != GAN_PICKLE_LIST)
        return gan__pickle_fail(machine, "a call of something that is no function");
    bool empty = parts[1]->count == 0 && strcmp(parts[0]->text, ORDERED_DICT) == 0;
    GAN_TRY(gan__pickle_push_new(machine, empty ? GAN_PICKLE_DICT : GAN_PICKLE_CALL, &value));
    return empty ? GAN_STATUS_OK : gan__pickle_append(machine, value, parts, 2);
}

gan_status gan__pickle_run_persistent(gan_pickle_machine *machine, int unused) {
    (void)unused;
    gan_pickle_value *id, *value;
    GAN_TRY(gan__pickle_pop(machine, &id));
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_PERSISTENT, &value));
    return gan__pickle_append(machine, value, &id, 1);
}

gan_status gan__pickle_run_build(gan_pickle_machine *machine, int unused) {
    (void)unused;
    gan_pickle_value *state, *object;
    GAN_TRY(gan__pickle_pop(machine, &state));
    GAN_TRY(gan__pickle_pop(machine, &object));
    object->state = state;
    return gan__pickle_push(machine, object);
}
