// Line plots and small histograms in text: braille dots or blocks where the terminal has UTF-8,
// ASCII where it has not.
#ifndef GAN_TERM_PLOT_H
#define GAN_TERM_PLOT_H

#include "base/status.h"
#include "term/terminal.h"

#include <stdbool.h>
#include <stddef.h>

// Points in the order in which they are joined; one with a NaN or infinity in it breaks the line.
typedef struct gan_plot_series {
    const char *name;
    const double *x, *y;
    size_t count;
} gan_plot_series;

typedef struct gan_plot {
    const gan_plot_series *series;
    size_t series_count; // those past GAN_STYLE_SERIES_COUNT share colours and marks
    const char *x_label; // "step"
    int columns, rows;   // of the whole plot, labels included; 0 for the terminal's width and 16
} gan_plot;

// Series are told apart by colour; where there is none and more than one series, by letters.
// Appends "nothing to plot" and a line end where no point is finite.
void gan__plot_append(const gan_plot *plot, const gan_terminal *terminal, gan_text *text);
// The same, written to the terminal's file. Errors: NO_MEMORY, BAD_OUTPUT.
gan_status gan__plot_write(const gan_plot *plot, const gan_terminal *terminal);

// Appends one character for each value, as tall as it is against the largest: a histogram in a
// table. Zero is a space, and what is above zero is never one. Negative values count as zero.
void gan__plot_spark(const double *values, size_t count, bool utf8, gan_text *text);

#endif
