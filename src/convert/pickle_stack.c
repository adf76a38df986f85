// Values of a pickle, and the stack they are built on.
#include "convert/pickle_stack.h"

#include <string.h>

enum { FIRST_ITEMS = 4, FIRST_STACK = 64 };

gan_status gan__pickle_fail(const gan_pickle_machine *machine, const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT, "byte %zu of the pickle: %s", machine->cursor.at, what);
}

gan_status gan__pickle_make(gan_pickle_machine *machine, gan_pickle_kind kind,
                            gan_pickle_value **out) {
    GAN_TRY(gan__arena_alloc(machine->arena, 1, sizeof **out, (void **)out));
    (*out)->kind = kind;
    return GAN_STATUS_OK;
}

gan_status gan__pickle_push(gan_pickle_machine *machine, gan_pickle_value *value) {
    if (machine->count == machine->capacity) {
        size_t larger = machine->capacity ? 2 * machine->capacity : FIRST_STACK;
        GAN_TRY(gan__realloc(larger, sizeof *machine->stack, (void **)&machine->stack));
        machine->capacity = larger;
    }
    machine->stack[machine->count++] = value;
    return GAN_STATUS_OK;
}

gan_status gan__pickle_push_new(gan_pickle_machine *machine, gan_pickle_kind kind,
                                gan_pickle_value **out) {
    GAN_TRY(gan__pickle_make(machine, kind, out));
    return gan__pickle_push(machine, *out);
}

gan_status gan__pickle_pop(gan_pickle_machine *machine, gan_pickle_value **out) {
    if (machine->count == 0 || machine->stack[machine->count - 1]->kind == GAN_PICKLE_MARK)
        return gan__pickle_fail(machine, "a value is missing on the stack");
    *out = machine->stack[--machine->count];
    return GAN_STATUS_OK;
}

gan_status gan__pickle_top(const gan_pickle_machine *machine, gan_pickle_kind kind,
                           gan_pickle_value **out) {
    if (machine->count == 0 || machine->stack[machine->count - 1]->kind != kind)
        return gan__pickle_fail(machine,
                                "the value on the stack is of another kind than the opcode needs");
    *out = machine->stack[machine->count - 1];
    return GAN_STATUS_OK;
}

gan_status gan__pickle_pop_to_mark(gan_pickle_machine *machine, gan_pickle_value ***items,
                                   size_t *count) {
    size_t at = machine->count;
    while (at > 0 && machine->stack[at - 1]->kind != GAN_PICKLE_MARK) at--;
    if (at == 0) return gan__pickle_fail(machine, "a mark is missing on the stack");
    *items = machine->stack + at;
    *count = machine->count - at;
    machine->count = at - 1;
    return GAN_STATUS_OK;
}

gan_status gan__pickle_append(gan_pickle_machine *machine, gan_pickle_value *list,
                              gan_pickle_value *const *items, size_t count) {
    if (count > list->capacity - list->count) {
        gan_pickle_value **larger;
        size_t capacity = list->capacity ? 2 * list->capacity : FIRST_ITEMS;
        if (capacity < list->count + count) capacity = list->count + count;
        GAN_TRY(gan__arena_alloc(machine->arena, capacity, sizeof *larger, (void **)&larger));
        if (list->count > 0) memcpy(larger, list->items, list->count * sizeof *larger);
        list->items = larger;
        list->capacity = capacity;
    }
    if (count > 0) memcpy(list->items + list->count, items, count * sizeof *items);
    list->count += count;
    return GAN_STATUS_OK;
}

bool gan__pickle_is_text(const gan_pickle_value *value, const char *text) {
    return value->kind == GAN_PICKLE_TEXT && value->length == strlen(text) &&
           (value->length == 0 || memcmp(value->text, text, value->length) == 0);
}

const gan_pickle_value *gan__pickle_find(const gan_pickle_value *dict, const char *key) {
    if (!dict || dict->kind != GAN_PICKLE_DICT) return NULL;
    for (size_t i = 0; i < dict->count; i += 2) {
        if (gan__pickle_is_text(dict->items[i], key)) return dict->items[i + 1];
    }
    return NULL;
}
