// Tables to the letter.
#include "term/terminal_texts.h"

#include "base/memory.h"
#include "term/table.h"

static gan_table *tensors(void) {
    gan_table *table;
    assert_int_equal(gan__table_create(&table), GAN_STATUS_OK);
    gan__table_column(table, "tensor", GAN_ALIGN_LEFT);
    gan__table_column(table, "shape", GAN_ALIGN_LEFT);
    gan__table_column(table, "mean", GAN_ALIGN_RIGHT);
    gan__table_column(table, "note", GAN_ALIGN_LEFT);
    gan__table_cell(table, "generator.0.weight");
    gan__table_cell(table, "%d x %d", 256, 100);
    gan__table_cell(table, "%.4f", -0.00123);
    gan__table_cell(table, "ok");
    gan__table_cell(table, "bias");
    gan__table_cell(table, "256");
    gan__table_cell(table, "%d", 0);
    gan__table_cell(table, "%s", "");
    return table;
}

static void columns_are_aligned_and_lines_end_without_spaces(void **state) {
    (void)state;
    gan_terminal plain = ascii_terminal(80);
    gan_text text = {0};
    gan_table *table = tensors();
    assert_int_equal(gan__table_append(table, &plain, &text), GAN_STATUS_OK);
    assert_text(&text, "tensor              shape         mean  note\n"
                       "generator.0.weight  256 x 100  -0.0012  ok\n"
                       "bias                256              0\n");
    gan__table_destroy(table);
}

static void headings_are_bold_where_there_are_colors(void **state) {
    (void)state;
    gan_terminal colored = utf8_terminal(80, GAN_PALETTE_16);
    gan_text text = {0};
    gan_table *table;
    assert_int_equal(gan__table_create(&table), GAN_STATUS_OK);
    gan__table_column(table, "kernel", GAN_ALIGN_LEFT);
    gan__table_column(table, "ms", GAN_ALIGN_RIGHT);
    gan__table_cell(table, "gemm");
    gan__table_cell(table, "12.5");
    assert_int_equal(gan__table_append(table, &colored, &text), GAN_STATUS_OK);
    assert_text(&text, "\x1b[1mkernel\x1b[0m    \x1b[1mms\x1b[0m\n"
                       "gemm    12.5\n");
    gan__table_destroy(table);
}

static void wide_and_control_characters_keep_the_columns(void **state) {
    (void)state;
    gan_terminal plain = ascii_terminal(80);
    gan_text text = {0};
    gan_table *table;
    assert_int_equal(gan__table_create(&table), GAN_STATUS_OK);
    gan__table_column(table, "", GAN_ALIGN_LEFT);
    gan__table_column(table, "", GAN_ALIGN_LEFT);
    gan__table_cell(table, "数字");
    gan__table_cell(table, "wide");
    gan__table_cell(table, "a\x1b[2J");
    gan__table_cell(table, "escaped\n");
    gan__table_cell(table, "incomplete");
    assert_int_equal(gan__table_append(table, &plain, &text), GAN_STATUS_OK);
    assert_text(&text, "数字        wide\n"
                       "a\\x1b[2J    escaped\\x0a\n"
                       "incomplete\n");
    gan__table_destroy(table);
}

static gan_table *layers(void) {
    gan_table *table;
    assert_int_equal(gan__table_create(&table), GAN_STATUS_OK);
    gan__table_column(table, "layer", GAN_ALIGN_LEFT);
    gan__table_column(table, "kind", GAN_ALIGN_WRAPPED);
    gan__table_column(table, "values", GAN_ALIGN_RIGHT);
    gan__table_cell(table, "generator.0");
    gan__table_cell(table, "dense: {units: 6272, bias: false, \xce\xb1: 0.2}");
    gan__table_cell(table, "627,200");
    gan__table_cell(table, "generator.1");
    gan__table_cell(table, "relu");
    gan__table_cell(table, "0");
    return table;
}

static void a_narrow_terminal_gets_wrapped_cells(void **state) {
    (void)state;
    gan_terminal narrow = ascii_terminal(46);
    gan_text text = {0};
    gan_table *table = layers();
    narrow.interactive = true;
    assert_int_equal(gan__table_append(table, &narrow, &text), GAN_STATUS_OK);
    assert_text(&text, "layer        kind                       values\n"
                       "generator.0  dense: {units: 6272,      627,200\n"
                       "             bias: false, \xce\xb1: 0.2}\n"
                       "generator.1  relu                            0\n");
    narrow.columns = 63; // just enough
    assert_int_equal(gan__table_append(table, &narrow, &text), GAN_STATUS_OK);
    assert_text(&text, "layer        kind                                        values\n"
                       "generator.0  dense: {units: 6272, bias: false, \xce\xb1: 0.2}  627,200\n"
                       "generator.1  relu                                             0\n");
    gan__table_destroy(table);
}

static void rows_go_on_on_further_lines_where_a_terminal_is_narrower_still(void **state) {
    (void)state;
    gan_terminal narrow = ascii_terminal(30);
    gan_text text = {0};
    gan_table *table = tensors();
    narrow.interactive = true;
    assert_int_equal(gan__table_append(table, &narrow, &text), GAN_STATUS_OK);
    assert_text(&text, "tensor              shape\n"
                       "       mean  note\n"
                       "generator.0.weight  256 x 100\n"
                       "    -0.0012  ok\n"
                       "bias                256\n"
                       "          0\n");
    gan__table_destroy(table);
    table = layers();
    assert_int_equal(gan__table_append(table, &narrow, &text), GAN_STATUS_OK);
    assert_text(&text, "layer\n"
                       "    kind\n"
                       "     values\n"
                       "generator.0\n"
                       "    dense: {units: 6272, bias:\n"
                       "    false, \xce\xb1: 0.2}\n"
                       "    627,200\n"
                       "generator.1\n"
                       "    relu\n"
                       "          0\n");
    gan__table_destroy(table);
}

static void a_heading_wider_than_the_terminal_is_there_once(void **state) {
    (void)state;
    gan_terminal narrow = ascii_terminal(12);
    gan_text text = {0};
    gan_table *table;
    narrow.interactive = true;
    assert_int_equal(gan__table_create(&table), GAN_STATUS_OK);
    gan__table_column(table, "first difference", GAN_ALIGN_WRAPPED);
    gan__table_cell(table, "at 3 of it");
    assert_int_equal(gan__table_append(table, &narrow, &text), GAN_STATUS_OK);
    assert_text(&text, "first difference\n"
                       "at 3 of\n"
                       "it\n");
    gan__table_destroy(table);
}

static void what_is_no_terminal_gets_one_line_a_row(void **state) {
    (void)state;
    gan_terminal file = ascii_terminal(10);
    gan_text text = {0};
    gan_table *table = layers();
    assert_int_equal(gan__table_append(table, &file, &text), GAN_STATUS_OK);
    assert_text(&text, "layer        kind                                        values\n"
                       "generator.0  dense: {units: 6272, bias: false, \xce\xb1: 0.2}  627,200\n"
                       "generator.1  relu                                             0\n");
    gan__table_destroy(table);
}

static void a_table_is_written_to_its_file(void **state) {
    (void)state;
    gan_terminal terminal = ascii_terminal(80);
    terminal.file = tmpfile();
    assert_non_null(terminal.file);
    gan_table *table;
    assert_int_equal(gan__table_create(&table), GAN_STATUS_OK);
    gan__table_column(table, "a", GAN_ALIGN_RIGHT);
    gan__table_cell(table, "10");
    assert_int_equal(gan__table_write(table, &terminal), GAN_STATUS_OK);
    assert_written(terminal.file, " a\n10\n");
    gan__table_destroy(table);
    fclose(terminal.file);
}

static void mistakes_and_failed_allocations_come_out_at_the_end(void **state) {
    (void)state;
    gan_terminal plain = ascii_terminal(80);
    gan_text text = {0};
    gan_table *table = tensors();
    gan__table_column(table, "late", GAN_ALIGN_LEFT);
    assert_int_equal(gan__table_append(table, &plain, &text), GAN_STATUS_BAD_ARGUMENT);
    gan__table_destroy(table);
    for (size_t n = 1; n <= 2; n++) {
        gan__alloc_fail_at(n);
        assert_int_equal(gan__table_create(&table), GAN_STATUS_NO_MEMORY);
    }
    gan__alloc_fail_at(0);
    table = tensors();
    gan__alloc_fail_at(1);
    gan__table_cell(table, "x");
    gan__alloc_fail_at(0);
    gan__table_cell(table, "y");
    assert_int_equal(gan__table_append(table, &plain, &text), GAN_STATUS_NO_MEMORY);
    gan__table_destroy(table);
    gan__table_destroy(NULL);
    gan__text_destroy(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_and_lines_end_without_spaces),
        cmocka_unit_test(headings_are_bold_where_there_are_colors),
        cmocka_unit_test(wide_and_control_characters_keep_the_columns),
        cmocka_unit_test(a_narrow_terminal_gets_wrapped_cells),
        cmocka_unit_test(rows_go_on_on_further_lines_where_a_terminal_is_narrower_still),
        cmocka_unit_test(a_heading_wider_than_the_terminal_is_there_once),
        cmocka_unit_test(what_is_no_terminal_gets_one_line_a_row),
        cmocka_unit_test(a_table_is_written_to_its_file),
        cmocka_unit_test(mistakes_and_failed_allocations_come_out_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
