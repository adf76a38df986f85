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

// One line; spaces wait until something follows them, so that none end it.
static void append_row(const gan_table *table, const char *const *cells, size_t count,
                       const gan_terminal *terminal, bool heading, gan_text *text) {
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) {
        const table_column *column = &table->columns[i];
        size_t padding = column->width - gan__terminal_width(cells[i]);
        bool right = column->align == GAN_ALIGN_RIGHT;
        if (right) waiting += padding;
        if (cells[i][0]) {
            gan__text_append(text, "%*s", (int)waiting, "");
            waiting = 0;
            if (heading) {
                gan__terminal_paint(terminal, text, GAN_STYLE_BOLD, cells[i]);
            } else {
                gan__text_append(text, "%s", cells[i]);
            }
        }
        waiting += (right ? 0 : padding) + 2;
    }
    gan__text_append(text, "\n");
}

gan_status gan__table_append(const gan_table *table, const gan_terminal *terminal, gan_text *text) {
    GAN_TRY(table->status);
    const char *headings[MOST_COLUMNS];
    bool any = false;
    for (size_t i = 0; i < table->column_count; i++) {
        headings[i] = table->columns[i].heading;
        any = any || headings[i][0];
    }
    if (any) append_row(table, headings, table->column_count, terminal, true, text);
    for (size_t at = 0; at < table->cell_count; at += table->column_count) {
        size_t left = table->cell_count - at;
        size_t count = left < table->column_count ? left : table->column_count;
        append_row(table, table->cells + at, count, terminal, false, text);
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
