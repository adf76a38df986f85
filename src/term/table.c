// Aligned columns.
#include "term/table.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_COLUMNS = 32 };

typedef struct table_column {
    const char *heading;
    gan_align align;
    size_t width;
} table_column;

struct gan_table {
    gan_arena *arena;
    table_column columns[MOST_COLUMNS];
    size_t column_count;
    const char **cells;
    size_t cell_count, capacity;
    gan_status status; // the first failure
};

gan_status gan__table_create(gan_table **out) {
    gan_table *table;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof *table, (void **)&table));
    gan_status status = gan__arena_create(&table->arena);
    if (status == GAN_STATUS_OK) {
        *out = table;
    } else {
        gan__free(table);
    }
    return status;
}

void gan__table_destroy(gan_table *table) {
    if (!table) return;
    gan__arena_destroy(table->arena);
    gan__free(table->cells);
    gan__free(table);
}

static void note_failure(gan_table *table, gan_status status) {
    if (table->status == GAN_STATUS_OK) table->status = status;
}

// A copy of `string` with control bytes escaped.
static gan_status escaped_copy(gan_table *table, const char *string, const char **out) {
    size_t room = 4 * strlen(string) + 1;
    char *copy;
    GAN_TRY(gan__arena_alloc(table->arena, room, 1, (void **)&copy));
    gan__text_escape(string, copy, room);
    *out = copy;
    return GAN_STATUS_OK;
}

void gan__table_column(gan_table *table, const char *heading, gan_align align) {
    if (table->column_count == MOST_COLUMNS || table->cell_count > 0) {
        note_failure(table,
                     gan__fail(GAN_STATUS_BAD_ARGUMENT,
                               "column \"%s\" of a table: past the %d there may be, or added "
                               "behind a cell",
                               heading, MOST_COLUMNS));
        return;
    }
    table_column *column = &table->columns[table->column_count++];
    column->align = align;
    column->heading = "";
    note_failure(table, escaped_copy(table, heading, &column->heading));
    column->width = gan__terminal_width(column->heading);
}

static gan_status add_cell(gan_table *table, const char *string) {
    if (table->column_count == 0) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "a cell of a table without columns");
    }
    if (table->cell_count == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 64;
        GAN_TRY(gan__realloc(capacity, sizeof(char *), (void **)&table->cells));
        table->capacity = capacity;
    }
    const char *copy = "";
    GAN_TRY(escaped_copy(table, string, &copy));
    size_t width = gan__terminal_width(copy);
    table_column *column = &table->columns[table->cell_count % table->column_count];
    if (width > column->width) column->width = width;
    table->cells[table->cell_count++] = copy;
    return GAN_STATUS_OK;
}

void gan__table_cell(gan_table *table, const char *format, ...) {
    gan_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    gan__text_append_v(&text, format, arguments);
    va_end(arguments);
    note_failure(table, gan__text_status(&text));
    if (table->status == GAN_STATUS_OK) {
        note_failure(table, add_cell(table, gan__text_string(&text)));
    }
    gan__text_destroy(&text);
}

// --- Layout --------------------------------------------------------------------------------------
enum { GAP = 2, INDENT = 4, NARROWEST_WRAPPED = 24 };

typedef struct table_layout {
    size_t width[MOST_COLUMNS];
    bool begins_line[MOST_COLUMNS]; // a row goes on with this column on a further line
} table_layout;

// The widest column that may be wrapped gets the room that the others leave. False where there is
// none, or where that is too little.
static bool wrap_widest(const gan_table *table, size_t total, size_t room, table_layout *layout) {
    size_t widest = table->column_count;
    for (size_t i = 0; i < table->column_count; i++) {
        const table_column *column = &table->columns[i];
        if (column->align != GAN_ALIGN_WRAPPED) continue;
        if (widest == table->column_count || column->width > table->columns[widest].width)
            widest = i;
    }
    if (widest == table->column_count) return false;
    const size_t others = total - table->columns[widest].width;
    if (others + NARROWEST_WRAPPED > room) return false;
    layout->width[widest] = room - others;
    return true;
}

// As many columns on a line as fit there.
static void fold(const gan_table *table, size_t room, table_layout *layout) {
    size_t used = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const bool is_wrapped = table->columns[i].align == GAN_ALIGN_WRAPPED;
        if (is_wrapped && room > INDENT && layout->width[i] > room - INDENT)
            layout->width[i] = room - INDENT;
        layout->begins_line[i] = i > 0 && used + GAP + layout->width[i] > room;
        used = layout->begins_line[i] ? INDENT + layout->width[i]
                                      : used + (i > 0 ? GAP : 0) + layout->width[i];
    }
}

static table_layout lay_out(const gan_table *table, const gan_terminal *terminal) {
    table_layout layout = {0};
    const size_t room = terminal->columns > 0 ? (size_t)terminal->columns : 1;
    size_t total = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        layout.width[i] = table->columns[i].width;
        total += layout.width[i] + (i > 0 ? GAP : 0);
    }
    if (terminal->interactive && total > room && !wrap_widest(table, total, room, &layout))
        fold(table, room, &layout);
    return layout;
}

// --- Rows ----------------------------------------------------------------------------------------

// The bytes at the start of `cell` that a wrapped column of this width takes: whole words, at least
// one. *columns: what they take on the screen.
static size_t measure_piece(const char *cell, size_t width, size_t *columns) {
    size_t taken = 0;
    gan_text words = {0};
    *columns = gan__terminal_width(cell);
    if (*columns <= width) return strlen(cell);
    for (size_t end = 0; cell[taken] != '\0'; taken = end) {
        end = taken + strspn(cell + taken, " ");
        end += strcspn(cell + end, " ");
        gan__text_clear(&words);
        gan__text_append(&words, "%.*s", (int)end, cell);
        const size_t wide = gan__terminal_width(gan__text_string(&words));
        if (taken > 0 && wide > width) break;
        *columns = wide;
    }
    gan__text_destroy(&words);
    return taken;
}

// What a line of the screen gets of one cell, of a heading all; *rest is left at what further lines
// get.
static void append_piece(const table_column *column, size_t width, const gan_terminal *terminal,
                         bool heading, size_t *waiting, const char **rest, gan_text *text) {
    const char *const cell = *rest;
    const bool is_wrapped = column->align == GAN_ALIGN_WRAPPED;
    size_t columns = 0, length = strlen(cell);
    if (is_wrapped && !heading)
        length = measure_piece(cell, width, &columns);
    else
        columns = gan__terminal_width(cell);
    const size_t padding = columns < width ? width - columns : 0;
    const bool right = column->align == GAN_ALIGN_RIGHT;
    if (right) *waiting += padding;
    if (length > 0) {
        gan__text_append(text, "%*s", (int)*waiting, "");
        *waiting = 0;
        if (heading)
            gan__terminal_paint(terminal, text, GAN_STYLE_BOLD, cell);
        else
            gan__text_append(text, "%.*s", (int)length, cell);
    }
    *waiting += (right ? 0 : padding) + GAP;
    *rest = cell + length + strspn(cell + length, " ");
}

// Columns first to end - 1 of a row, which go on one line, or more where cells are wrapped; spaces
// wait until something follows them, so that none end it.
static void append_line(const gan_table *table, const table_layout *layout,
                        const char *const *cells, size_t first, size_t end,
                        const gan_terminal *terminal, bool heading, gan_text *text) {
    const char *rest[MOST_COLUMNS];
    bool more;
    for (size_t i = first; i < end; i++) rest[i] = cells[i];
    do {
        size_t waiting = first > 0 ? INDENT : 0;
        more = false;
        for (size_t i = first; i < end; i++) {
            append_piece(&table->columns[i], layout->width[i], terminal, heading, &waiting,
                         &rest[i], text);
            more = more || rest[i][0] != '\0';
        }
        gan__text_append(text, "\n");
    } while (more);
}

static void append_row(const gan_table *table, const table_layout *layout, const char *const *cells,
                       size_t count, const gan_terminal *terminal, bool heading, gan_text *text) {
    size_t end;
    for (size_t first = 0; first < count; first = end) {
        for (end = first + 1; end < count && !layout->begins_line[end]; end++) continue;
        append_line(table, layout, cells, first, end, terminal, heading, text);
    }
}

gan_status gan__table_append(const gan_table *table, const gan_terminal *terminal, gan_text *text) {
    GAN_TRY(table->status);
    const char *headings[MOST_COLUMNS];
    const table_layout layout = lay_out(table, terminal);
    bool any = false;
    for (size_t i = 0; i < table->column_count; i++) {
        headings[i] = table->columns[i].heading;
        any = any || headings[i][0];
    }
    if (any) append_row(table, &layout, headings, table->column_count, terminal, true, text);
    for (size_t at = 0; at < table->cell_count; at += table->column_count) {
        size_t left = table->cell_count - at;
        size_t count = left < table->column_count ? left : table->column_count;
        append_row(table, &layout, table->cells + at, count, terminal, false, text);
    }
    return gan__text_status(text);
}

gan_status gan__table_write(const gan_table *table, const gan_terminal *terminal) {
    gan_text text = {0};
    gan_status status = gan__table_append(table, terminal, &text);
    if (status == GAN_STATUS_OK) status = gan__terminal_write(terminal, &text);
    gan__text_destroy(&text);
    return status;
}
