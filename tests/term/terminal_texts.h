// Terminals made up for the tests, and comparison with exact text.
#ifndef GAN_TESTS_TERM_TERMINAL_TEXTS_H
#define GAN_TESTS_TERM_TERMINAL_TEXTS_H

#include "cmocka_headers.h"

#include "term/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline gan_terminal ascii_terminal(int columns) {
    return (gan_terminal){.columns = columns, .rows = 24};
}

static inline gan_terminal utf8_terminal(int columns, gan_palette palette) {
    return (gan_terminal){.columns = columns, .rows = 24, .utf8 = true, .palette = palette};
}

// Compares and empties `text`.
static inline void assert_text(gan_text *text, const char *expected) {
    assert_int_equal(gan__text_status(text), GAN_STATUS_OK);
    if (strcmp(gan__text_string(text), expected) != 0) {
        fprintf(stderr, "expected\n%s\nbut found\n%s\n", expected, gan__text_string(text));
        fail();
    }
    gan__text_destroy(text);
}

static inline void assert_message(const char *expected) {
    assert_string_equal(gan_status_message(), expected);
}

// What was written to `file`, a tmpfile() that is emptied.
static inline void assert_written(FILE *file, const char *expected) {
    static char found[16384];
    rewind(file);
    size_t length = fread(found, 1, sizeof found - 1, file);
    found[length] = '\0';
    rewind(file);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    if (strcmp(found, expected) != 0) fail_msg("expected\n%s\nbut found\n%s", expected, found);
}

#endif
