// The text of --help, from a tool's table.
#include "term/options_internal.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 80, DEEPEST = 28 };

// "-n, --count N", "    --resume [CKPT]"
static void describe(const gan_option *option, char *target, size_t size) {
    char letter[8] = "    ", argument[64] = "";
    if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
    if (option->kind == GAN_OPTION_OPTIONAL_TEXT) {
        snprintf(argument, sizeof argument, " [%s]", option->argument);
    } else if (option->kind != GAN_OPTION_FLAG) {
        snprintf(argument, sizeof argument, " %s", option->argument);
    }
    snprintf(target, size, "  %s--%s%s", letter, option->name, argument);
}

// Where the help of each option begins: two columns behind the longest description, within reason.
static size_t help_column(const gan_tool *tool) {
    size_t column = 0;
    const gan_option *option;
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) {
        char described[160];
        describe(option, described, sizeof described);
        size_t wanted = strlen(described) + 2;
        if (wanted > column && wanted <= DEEPEST) column = wanted;
    }
    return column;
}

// Appends words of `phrase`, breaking lines before the last column; the cursor is at `column`.
static void append_wrapped(gan_text *text, const char *phrase, size_t column) {
    size_t at = column;
    while (*phrase) {
        size_t length = strcspn(phrase, " ");
        if (at > column && at + 1 + length > COLUMNS) {
            gan__text_append(text, "\n%*s", (int)column, "");
            at = column;
        } else if (at > column) {
            gan__text_append(text, " ");
            at++;
        }
        gan__text_append(text, "%.*s", (int)length, phrase);
        at += length;
        phrase += length + strspn(phrase + length, " ");
    }
    gan__text_append(text, "\n");
}

static void append_option(gan_text *text, const gan_option *option, size_t column) {
    char described[160];
    describe(option, described, sizeof described);
    if (strlen(described) + 2 > column) {
        gan__text_append(text, "%s\n%*s", described, (int)column, "");
    } else {
        gan__text_append(text, "%-*s", (int)column, described);
    }
    append_wrapped(text, option->help, column);
}

void gan__options_help(const gan_tool *tool, gan_text *text) {
    gan__text_append(text, "%s: %s\n\nusage: %s%s%s [options]\n", tool->name, tool->purpose,
                     tool->name, tool->words[0] ? " " : "", tool->words);
    size_t column = help_column(tool);
    const char *group = "";
    const gan_option *option;
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) {
        if (strcmp(group, option->group) != 0) gan__text_append(text, "\n%s\n", option->group);
        group = option->group;
        append_option(text, option, column);
    }
    if (tool->examples && tool->examples[0]) gan__text_append(text, "\nExamples\n");
    for (size_t i = 0; tool->examples && tool->examples[i]; i++) {
        gan__text_append(text, "  %s\n", tool->examples[i]);
    }
}
