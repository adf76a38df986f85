// Tables of text with aligned columns. Errors are sticky, as in gan_text: cells are appended freely
// and the writing at the end says whether all went well.
//
//     gan_table *table;
//     GAN_TRY(gan__table_create(&table));
//     gan__table_column(table, "tensor", GAN_ALIGN_LEFT);
//     gan__table_column(table, "mean", GAN_ALIGN_RIGHT);
//     gan__table_cell(table, "%s", name); gan__table_cell(table, "%.4f", mean); ...
//     status = gan__table_write(table, &terminal);
//     gan__table_destroy(table);
#ifndef GAN_TERM_TABLE_H
#define GAN_TERM_TABLE_H

#include "base/status.h"
#include "term/terminal.h"

typedef struct gan_table gan_table;

typedef enum gan_align {
    GAN_ALIGN_LEFT,
    GAN_ALIGN_RIGHT,
    GAN_ALIGN_WRAPPED, // left, and broken at spaces where a terminal is too narrow
} gan_align;

gan_status gan__table_create(gan_table **out);
void gan__table_destroy(gan_table *table);

// Columns are added before the first cell; at most 32.
void gan__table_column(gan_table *table, const char *heading, gan_align align);

// The next cell, row by row, from left to right. Control bytes in it are escaped.
void gan__table_cell(gan_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Appends the table: bold headings, columns two spaces apart, no spaces at ends of lines. Columns
// whose headings are all empty get no line of headings. A terminal too narrow for it gets wrapped
// cells on more lines; where that is not enough, each row goes on on further lines, indented, its
// columns aligned with those of other rows and of the headings. What is no terminal gets one line a
// row, however long.
gan_status gan__table_append(const gan_table *table, const gan_terminal *terminal, gan_text *text);

// The same, written to the terminal's file. Errors: NO_MEMORY, BAD_OUTPUT.
gan_status gan__table_write(const gan_table *table, const gan_terminal *terminal);

#endif
