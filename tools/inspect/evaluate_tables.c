// The tables of gan-inspect --evaluate: a measure, and two sides to it.
#include "inspect/evaluate.h"

#include "term/human.h"

gan_table *gan__evaluation_begin_table(const char *measure, const char *first, const char *second) {
    gan_table *table;
    if (gan__table_create(&table) != GAN_STATUS_OK) return NULL;
    gan__table_column(table, measure, GAN_ALIGN_LEFT);
    gan__table_column(table, first, GAN_ALIGN_RIGHT);
    gan__table_column(table, second, GAN_ALIGN_RIGHT);
    return table;
}

gan_status gan__evaluation_end_table(gan_table *table, const gan_terminal *out, gan_text *text) {
    if (!table) return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the table");
    gan__text_append(text, "\n");
    gan_status status = gan__table_append(table, out, text);
    gan__table_destroy(table);
    return status;
}

void gan__evaluation_number_row(gan_table *table, const char *label, double first, double second) {
    gan__table_cell(table, "%s", label);
    gan__table_cell(table, "%s", gan__human_number(first).text);
    gan__table_cell(table, "%s", gan__human_number(second).text);
}
