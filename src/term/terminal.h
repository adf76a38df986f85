// What a stream is written to: a terminal or not, its size, colours and characters.
#ifndef GAN_TERM_TERMINAL_H
#define GAN_TERM_TERMINAL_H

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>

typedef enum gan_color_when { GAN_COLOR_AUTO, GAN_COLOR_ALWAYS, GAN_COLOR_NEVER } gan_color_when;

typedef enum gan_palette {
    GAN_PALETTE_NONE,
    GAN_PALETTE_16,
    GAN_PALETTE_256,
    GAN_PALETTE_TRUE, // 24 bits
} gan_palette;

// Plain data: a test fills it in as it likes.
typedef struct gan_terminal {
    FILE *file;
    bool interactive; // a terminal whose lines can be overwritten
    bool utf8;
    int columns, rows;
    gan_palette palette;
} gan_terminal;

// Looks at `file` and the environment. Colour: `when` if it is not AUTO; else none where NO_COLOR
// is set (no-color.org), some where CLICOLOR_FORCE is set to anything but 0
// (bixense.com/clicolors), else some on a terminal that is not "dumb" and where CLICOLOR is not 0.
// COLORTERM and TERM say how many. UTF-8: by the locale's variables. Size: of the terminal, else
// $COLUMNS, else 80 x 24.
gan_terminal gan__terminal_detect(FILE *file, gan_color_when when);

// The columns there are now, where the file is a terminal; else as detected. For lines that are
// drawn again while somebody may change the window.
int gan__terminal_columns(const gan_terminal *terminal);

// Writes the text to the terminal's file and flushes it. Errors: the text's own; BAD_OUTPUT;
// CLOSED when a pipe's reader has gone (where SIGPIPE is ignored).
gan_status gan__terminal_write(const gan_terminal *terminal, const gan_text *text);

// Styles for gan__terminal_paint.
typedef enum gan_style {
    GAN_STYLE_BOLD,
    GAN_STYLE_DIM,
    GAN_STYLE_GOOD,    // green
    GAN_STYLE_WARNING, // yellow
    GAN_STYLE_BAD,     // red
    GAN_STYLE_SERIES,  // this and those after it: the colours of plotted series
} gan_style;

enum { GAN_STYLE_SERIES_COUNT = 6 };

// Appends `string` in a style where the terminal has colours, plain where it has none. The string
// is taken as it is: names from outside are escaped before.
void gan__terminal_paint(const gan_terminal *terminal, gan_text *text, gan_style style,
                         const char *string);

// Appends "<tool>: <the thread's message>\n", the tool's name in red. For what a tool says last.
void gan__terminal_failure(const gan_terminal *terminal, gan_text *text, const char *tool,
                           gan_status status);

// The columns a text takes: 0 for combining marks, 2 for wide characters, 1 for the rest and for
// each byte that is not UTF-8.
size_t gan__terminal_width(const char *string);

#endif
