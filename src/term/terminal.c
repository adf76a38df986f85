// Looking at the terminal and its environment, and writing to it.
#include "term/terminal.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static bool has_part(const char *text, const char *part) {
    size_t length = strlen(part);
    for (; *text; text++) {
        size_t i = 0;
        while (i < length && tolower((unsigned char)text[i]) == part[i]) i++;
        if (i == length) return true;
    }
    return false;
}

static bool wants_color(bool interactive, gan_color_when when) {
    if (when != GAN_COLOR_AUTO) return when == GAN_COLOR_ALWAYS;
    if (variable("NO_COLOR")[0]) return false;
    const char *force = variable("CLICOLOR_FORCE");
    if (force[0] && strcmp(force, "0") != 0) return true;
    return interactive && strcmp(variable("CLICOLOR"), "0") != 0;
}

static gan_palette palette_of_environment(void) {
    const char *color_term = variable("COLORTERM"), *term = variable("TERM");
    if (has_part(color_term, "truecolor") || has_part(color_term, "24bit")) {
        return GAN_PALETTE_TRUE;
    }
    if (has_part(term, "direct")) return GAN_PALETTE_TRUE;
    return has_part(term, "256") ? GAN_PALETTE_256 : GAN_PALETTE_16;
}

// The locale's character set, by the variable that decides it (POSIX: LC_ALL, LC_CTYPE, LANG).
static bool locale_is_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = variable(names[i]);
        if (value[0]) return has_part(value, "utf-8") || has_part(value, "utf8");
    }
    return false;
}

static int size_of(int told, const char *name, int otherwise) {
    if (told > 0) return told;
    long value = strtol(variable(name), NULL, 10);
    return value > 0 && value < 10000 ? (int)value : otherwise;
}

int gan__terminal_columns(const gan_terminal *terminal) {
    struct winsize size = {0};
    int descriptor = fileno(terminal->file);
    bool told = isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return told ? size.ws_col : terminal->columns;
}

gan_terminal gan__terminal_detect(FILE *file, gan_color_when when) {
    int descriptor = fileno(file);
    bool is_tty = descriptor >= 0 && isatty(descriptor);
    bool interactive = is_tty && strcmp(variable("TERM"), "dumb") != 0;
    struct winsize size = {0};
    if (is_tty && ioctl(descriptor, TIOCGWINSZ, &size) != 0) size = (struct winsize){0};
    return (gan_terminal){
        .file = file,
        .interactive = interactive,
        .utf8 = locale_is_utf8(),
        .columns = size_of(size.ws_col, "COLUMNS", 80),
        .rows = size_of(size.ws_row, "LINES", 24),
        .palette = wants_color(interactive, when) ? palette_of_environment() : GAN_PALETTE_NONE,
    };
}

gan_status gan__terminal_write(const gan_terminal *terminal, const gan_text *text) {
    GAN_TRY(gan__text_status(text));
    errno = 0;
    size_t put = fwrite(gan__text_string(text), 1, text->length, terminal->file);
    if (put == text->length && fflush(terminal->file) == 0) return GAN_STATUS_OK;
    return gan__fail(errno == EPIPE ? GAN_STATUS_CLOSED : GAN_STATUS_BAD_OUTPUT,
                     "%s cannot be written: %s", terminal->file == stdout ? "stdout" : "text",
                     strerror(errno));
}

void gan__terminal_paint(const gan_terminal *terminal, gan_text *text, gan_style style,
                         const char *string) {
    static const char *const codes[GAN_STYLE_SERIES + GAN_STYLE_SERIES_COUNT] = {
        "1", "2", "32", "33", "31", "34", "31", "32", "35", "36", "33"};
    size_t last = GAN_STYLE_SERIES + GAN_STYLE_SERIES_COUNT - 1;
    bool plain = terminal->palette == GAN_PALETTE_NONE || (size_t)style > last;
    if (plain) {
        gan__text_append(text, "%s", string);
    } else {
        gan__text_append(text, "\x1b[%sm%s\x1b[0m", codes[style], string);
    }
}

void gan__terminal_failure(const gan_terminal *terminal, gan_text *text, const char *tool,
                           gan_status status) {
    const char *message = gan_status_message();
    gan__terminal_paint(terminal, text, GAN_STYLE_BAD, tool);
    gan__text_append(text, ": %s\n", message[0] ? message : gan_status_meaning(status));
}
