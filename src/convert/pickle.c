// The machine that parses pickles: a table of opcodes.
#include "convert/pickle_stack.h"

#include <string.h>

// --- Opcodes: what they do, each with its row's argument ----------------------------------------
static gan_status run_skip(gan_pickle_machine *machine, int bytes) {
    (void)gan__cursor_take(&machine->cursor, (size_t)bytes);
    return GAN_STATUS_OK;
}

static gan_status run_stop(gan_pickle_machine *machine, int unused) {
    (void)unused;
    machine->stopped = true;
    return GAN_STATUS_OK;
}

// A value without a content of its own: MARK, NONE, EMPTY_LIST and the like.
static gan_status run_constant(gan_pickle_machine *machine, int kind) {
    gan_pickle_value *value;
    return gan__pickle_push_new(machine, (gan_pickle_kind)kind, &value);
}

static gan_status run_bool(gan_pickle_machine *machine, int truth) {
    gan_pickle_value *value;
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_BOOL, &value));
    value->integer = truth;
    return GAN_STATUS_OK;
}

// The next `bytes` bytes as a number without a sign.
static uint64_t take_word(gan_pickle_machine *machine, size_t bytes) {
    const uint8_t *word = gan__cursor_take(&machine->cursor, bytes);
    return word ? gan__get_word(word, bytes, false) : 0;
}

static gan_status run_integer(gan_pickle_machine *machine, int bytes) {
    gan_pickle_value *value;
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_INTEGER, &value));
    uint64_t word = take_word(machine, (size_t)bytes);
    value->integer = bytes == 4 ? (int32_t)(uint32_t)word : (int64_t)word; // only BININT has a sign
    return GAN_STATUS_OK;
}

static gan_status run_long(gan_pickle_machine *machine, int unused) {
    (void)unused;
    gan_pickle_value *value;
    size_t bytes = gan__cursor_u8(&machine->cursor);
    const uint8_t *word = gan__cursor_take(&machine->cursor, bytes);
    GAN_TRY(
        gan__pickle_push_new(machine, bytes > 8 ? GAN_PICKLE_TEXT : GAN_PICKLE_INTEGER, &value));
    if (!word) return GAN_STATUS_OK;
    if (value->kind == GAN_PICKLE_TEXT) {
        value->text = (const char *)word;
        value->length = bytes;
        return GAN_STATUS_OK;
    }
    bool negative = bytes > 0 && word[bytes - 1] >= 0x80;
    uint64_t above = negative && bytes < 8 ? UINT64_MAX << 8 * bytes : 0;
    value->integer = (int64_t)(gan__get_word(word, bytes, false) | above);
    return GAN_STATUS_OK;
}

static gan_status run_real(gan_pickle_machine *machine, int bytes) {
    gan_pickle_value *value;
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_REAL, &value));
    const uint8_t *word = gan__cursor_take(&machine->cursor, (size_t)bytes);
    uint64_t bits = word ? gan__get_word(word, (size_t)bytes, true) : 0;
    memcpy(&value->real, &bits, sizeof bits);
    return GAN_STATUS_OK;
}

static gan_status run_text(gan_pickle_machine *machine, int bytes_of_length) {
    gan_pickle_value *value;
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_TEXT, &value));
    uint64_t length = take_word(machine, (size_t)bytes_of_length);
    if (length > machine->cursor.length)
        return gan__pickle_fail(machine, "a string reaches past the end");
    value->text = (const char *)gan__cursor_take(&machine->cursor, (size_t)length);
    value->length = (size_t)length;
    return GAN_STATUS_OK;
}

// A list of the `count` values on top.
static gan_status run_tuple(gan_pickle_machine *machine, int count) {
    gan_pickle_value *items[3], *list;
    for (int i = count; i-- > 0;) GAN_TRY(gan__pickle_pop(machine, &items[i]));
    GAN_TRY(gan__pickle_push_new(machine, GAN_PICKLE_LIST, &list));
    return gan__pickle_append(machine, list, items, (size_t)count);
}

// A list or dictionary of what lies above the mark.
static gan_status run_collect(gan_pickle_machine *machine, int kind) {
    gan_pickle_value **items, *list;
    size_t count;
    GAN_TRY(gan__pickle_make(machine, (gan_pickle_kind)kind, &list));
    GAN_TRY(gan__pickle_pop_to_mark(machine, &items, &count));
    if (kind == GAN_PICKLE_DICT && count % 2 != 0)
        return gan__pickle_fail(machine, "a key without a value");
    GAN_TRY(gan__pickle_append(machine, list, items, count));
    return gan__pickle_push(machine, list);
}

// `count` values go to the list or dictionary below them.
static gan_status run_add(gan_pickle_machine *machine, int count) {
    gan_pickle_value *items[2], *list;
    for (int i = count; i-- > 0;) GAN_TRY(gan__pickle_pop(machine, &items[i]));
    GAN_TRY(gan__pickle_top(machine, count == 2 ? GAN_PICKLE_DICT : GAN_PICKLE_LIST, &list));
    return gan__pickle_append(machine, list, items, (size_t)count);
}

// What lies above the mark goes to the list or dictionary below it.
static gan_status run_add_all(gan_pickle_machine *machine, int kind) {
    gan_pickle_value **items, *list;
    size_t count;
    GAN_TRY(gan__pickle_pop_to_mark(machine, &items, &count));
    GAN_TRY(gan__pickle_top(machine, (gan_pickle_kind)kind, &list));
    if (kind == GAN_PICKLE_DICT && count % 2 != 0)
        return gan__pickle_fail(machine, "a key without a value");
    return gan__pickle_append(machine, list, items, count);
}

// --- The memo -----------------------------------------------------------------------------------
static gan_status memoize(gan_pickle_machine *machine, size_t place) {
    gan_pickle_value *value;
    GAN_TRY(gan__pickle_pop(machine, &value));
    GAN_TRY(gan__pickle_push(machine, value));
    // Writers count places up, so there are fewer of them than bytes.
    if (place > machine->cursor.length)
        return gan__pickle_fail(machine, "a place in the memo is too far away");
    if (place >= machine->memo_capacity) {
        size_t larger = 2 * place + 64;
        GAN_TRY(gan__realloc(larger, sizeof *machine->memo, (void **)&machine->memo));
        machine->memo_capacity = larger;
    }
    while (machine->memo_count <= place) machine->memo[machine->memo_count++] = NULL;
    machine->memo[place] = value;
    return GAN_STATUS_OK;
}

static gan_status run_put(gan_pickle_machine *machine, int bytes) {
    return memoize(machine, (size_t)take_word(machine, (size_t)bytes));
}

static gan_status run_memoize(gan_pickle_machine *machine, int unused) {
    (void)unused;
    return memoize(machine, machine->memo_count);
}

static gan_status run_get(gan_pickle_machine *machine, int bytes) {
    size_t place = (size_t)take_word(machine, (size_t)bytes);
    if (place >= machine->memo_count || !machine->memo[place])
        return gan__pickle_fail(machine, "nothing is in this place of the memo");
    return gan__pickle_push(machine, machine->memo[place]);
}

// --- The table ----------------------------------------------------------------------------------
typedef struct pickle_opcode {
    const char *name;
    gan_status (*run)(gan_pickle_machine *machine, int argument); // NULL: not allowed
    int argument;
} pickle_opcode;

static const pickle_opcode opcodes[256] = {
    [0x80] = {"PROTO", run_skip, 1},
    [0x95] = {"FRAME", run_skip, 8},
    ['.'] = {"STOP", run_stop, 0},
    ['('] = {"MARK", run_constant, GAN_PICKLE_MARK},
    ['N'] = {"NONE", run_constant, GAN_PICKLE_NONE},
    [')'] = {"EMPTY_TUPLE", run_constant, GAN_PICKLE_LIST},
    [']'] = {"EMPTY_LIST", run_constant, GAN_PICKLE_LIST},
    ['}'] = {"EMPTY_DICT", run_constant, GAN_PICKLE_DICT},
    [0x8f] = {"EMPTY_SET", run_constant, GAN_PICKLE_LIST},
    [0x88] = {"NEWTRUE", run_bool, 1},
    [0x89] = {"NEWFALSE", run_bool, 0},
    ['K'] = {"BININT1", run_integer, 1},
    ['M'] = {"BININT2", run_integer, 2},
    ['J'] = {"BININT", run_integer, 4},
    [0x8a] = {"LONG1", run_long, 0},
    ['G'] = {"BINFLOAT", run_real, 8},
    ['U'] = {"SHORT_BINSTRING", run_text, 1},
    ['T'] = {"BINSTRING", run_text, 4},
    [0x8c] = {"SHORT_BINUNICODE", run_text, 1},
    ['X'] = {"BINUNICODE", run_text, 4},
    [0x8d] = {"BINUNICODE8", run_text, 8},
    [0x85] = {"TUPLE1", run_tuple, 1},
    [0x86] = {"TUPLE2", run_tuple, 2},
    [0x87] = {"TUPLE3", run_tuple, 3},
    ['t'] = {"TUPLE", run_collect, GAN_PICKLE_LIST},
    ['l'] = {"LIST", run_collect, GAN_PICKLE_LIST},
    ['d'] = {"DICT", run_collect, GAN_PICKLE_DICT},
    ['a'] = {"APPEND", run_add, 1},
    ['s'] = {"SETITEM", run_add, 2},
    ['e'] = {"APPENDS", run_add_all, GAN_PICKLE_LIST},
    [0x90] = {"ADDITEMS", run_add_all, GAN_PICKLE_LIST},
    ['u'] = {"SETITEMS", run_add_all, GAN_PICKLE_DICT},
    ['c'] = {"GLOBAL", gan__pickle_run_global, 0},
    [0x93] = {"STACK_GLOBAL", gan__pickle_run_stack_global, 0},
    ['R'] = {"REDUCE", gan__pickle_run_call, 0},
    [0x81] = {"NEWOBJ", gan__pickle_run_call, 0},
    ['b'] = {"BUILD", gan__pickle_run_build, 0},
    ['Q'] = {"BINPERSID", gan__pickle_run_persistent, 0},
    ['q'] = {"BINPUT", run_put, 1},
    ['r'] = {"LONG_BINPUT", run_put, 4},
    [0x94] = {"MEMOIZE", run_memoize, 0},
    ['h'] = {"BINGET", run_get, 1},
    ['j'] = {"LONG_BINGET", run_get, 4},
    ['0'] = {"POP", NULL, 0},
    ['1'] = {"POP_MARK", NULL, 0},
    ['2'] = {"DUP", NULL, 0},
    ['F'] = {"FLOAT", NULL, 0},
    ['I'] = {"INT", NULL, 0},
    ['L'] = {"LONG", NULL, 0},
    ['P'] = {"PERSID", NULL, 0},
    ['S'] = {"STRING", NULL, 0},
    ['V'] = {"UNICODE", NULL, 0},
    ['g'] = {"GET", NULL, 0},
    ['p'] = {"PUT", NULL, 0},
    ['i'] = {"INST", NULL, 0},
    ['o'] = {"OBJ", NULL, 0},
    ['B'] = {"BINBYTES", NULL, 0},
    ['C'] = {"SHORT_BINBYTES", NULL, 0},
    [0x8e] = {"BINBYTES8", NULL, 0},
    [0x96] = {"BYTEARRAY8", NULL, 0},
    [0x82] = {"EXT1", NULL, 0},
    [0x83] = {"EXT2", NULL, 0},
    [0x84] = {"EXT4", NULL, 0},
    [0x8b] = {"LONG4", NULL, 0},
    [0x91] = {"FROZENSET", NULL, 0},
    [0x92] = {"NEWOBJ_EX", NULL, 0},
    [0x97] = {"NEXT_BUFFER", NULL, 0},
    [0x98] = {"READONLY_BUFFER", NULL, 0},
};

static gan_status step(gan_pickle_machine *machine) {
    size_t at = machine->cursor.at;
    uint8_t code = gan__cursor_u8(&machine->cursor);
    const pickle_opcode *opcode = &opcodes[code];
    if (machine->cursor.overrun)
        return gan__pickle_fail(machine, "it ends without the opcode STOP");
    if (!opcode->run)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "byte %zu of the pickle: opcode %s (0x%02x) is not allowed: it is not "
                         "among those that torch.save writes",
                         at, opcode->name ? opcode->name : "without a name", code);
    GAN_TRY(opcode->run(machine, opcode->argument));
    if (machine->cursor.overrun)
        return gan__fail(GAN_STATUS_CORRUPT, "byte %zu of the pickle: it ends within opcode %s", at,
                         opcode->name);
    return GAN_STATUS_OK;
}

gan_status gan__pickle_parse(const uint8_t *bytes, size_t length,
                             bool (*allows)(const char *global), gan_arena *arena, size_t *used,
                             gan_pickle_value **out) {
    gan_pickle_machine machine = {
        .cursor = {.bytes = bytes, .length = length}, .allows = allows, .arena = arena};
    gan_status status = GAN_STATUS_OK;
    while (status == GAN_STATUS_OK && !machine.stopped) status = step(&machine);
    if (status == GAN_STATUS_OK) status = gan__pickle_pop(&machine, out);
    if (status == GAN_STATUS_OK && machine.count > 0)
        status = gan__pickle_fail(&machine, "values are left over on the stack");
    *used = machine.cursor.at;
    gan__free(machine.stack);
    gan__free(machine.memo);
    return status;
}
