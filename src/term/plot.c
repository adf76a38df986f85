// Line plots: a canvas of dots, two by four to a character in braille, else one to a character.
#include "term/plot.h"

#include "base/memory.h"
#include "term/human.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char marks[GAN_STYLE_SERIES_COUNT] = {'*', 'o', '+', 'x', '#', '@'};

typedef struct plot_range {
    double x0, x1, y0, y1;
} plot_range;

typedef struct plot_canvas {
    int columns, rows;        // of characters
    int dots_across, dots_up; // in each
    uint8_t *dots;            // of each character: braille's bits, or 1
    uint8_t *series;          // which drew there last
    plot_range range;
} plot_canvas;

static bool find_bounds(const gan_plot *plot, plot_range *range) {
    *range = (plot_range){INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (size_t s = 0; s < plot->series_count; s++) {
        const gan_plot_series *series = &plot->series[s];
        for (size_t i = 0; i < series->count; i++) {
            if (!isfinite(series->x[i]) || !isfinite(series->y[i])) continue;
            range->x0 = fmin(range->x0, series->x[i]);
            range->x1 = fmax(range->x1, series->x[i]);
            range->y0 = fmin(range->y0, series->y[i]);
            range->y1 = fmax(range->y1, series->y[i]);
        }
    }
    if (range->x0 > range->x1) return false;
    if (range->x0 == range->x1) range->x1 = range->x0 + 1;
    if (range->y0 == range->y1) { // a flat line runs through the middle
        double half = range->y0 != 0 ? fabs(range->y0) / 2 : 1;
        range->y0 -= half;
        range->y1 += half;
    }
    return true;
}

static void set_dot(plot_canvas *canvas, int x, int y, size_t series) {
    // Unicode numbers braille's dots down the left column, then the right, the bottom row last.
    static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int column = x / canvas->dots_across, row = y / canvas->dots_up;
    size_t at = (size_t)(row * canvas->columns + column);
    bool braille = canvas->dots_up == 4;
    canvas->dots[at] |= braille ? bits[y % 4][x % 2] : 1;
    canvas->series[at] = (uint8_t)(series % GAN_STYLE_SERIES_COUNT);
}

// Bresenham's line.
static void draw_line(plot_canvas *canvas, int x0, int y0, int x1, int y1, size_t series) {
    int dx = abs(x1 - x0), dy = -abs(y1 - y0), step_x = x0 < x1 ? 1 : -1, step_y = y0 < y1 ? 1 : -1;
    int error = dx + dy;
    for (;;) {
        set_dot(canvas, x0, y0, series);
        if (x0 == x1 && y0 == y1) return;
        int doubled = 2 * error;
        if (doubled >= dy) {
            error += dy;
            x0 += step_x;
        }
        if (doubled <= dx) {
            error += dx;
            y0 += step_y;
        }
    }
}

static int place(double value, double low, double high, int dots) {
    // Halved first, so that the widest ranges do not overflow.
    double part = (value / 2 - low / 2) / (high / 2 - low / 2);
    return (int)lround(part * (dots - 1));
}

static void draw_series(plot_canvas *canvas, const gan_plot_series *series, size_t index) {
    int last_x = -1, last_y = -1;
    const plot_range *range = &canvas->range;
    int width = canvas->columns * canvas->dots_across, height = canvas->rows * canvas->dots_up;
    for (size_t i = 0; i < series->count; i++) {
        if (!isfinite(series->x[i]) || !isfinite(series->y[i])) {
            last_x = -1;
            continue;
        }
        int x = place(series->x[i], range->x0, range->x1, width);
        int y = height - 1 - place(series->y[i], range->y0, range->y1, height);
        bool joined = last_x >= 0;
        draw_line(canvas, joined ? last_x : x, joined ? last_y : y, x, y, index);
        last_x = x;
        last_y = y;
    }
}

static void append_dots(const plot_canvas *canvas, const gan_terminal *terminal, size_t at,
                        gan_text *text) {
    char character[4] = " ";
    uint8_t dots = canvas->dots[at];
    if (!dots) {
        gan__text_append(text, " ");
        return;
    }
    if (canvas->dots_up == 4) { // U+2800 + dots
        character[0] = (char)0xE2;
        character[1] = (char)(0xA0 + (dots >> 6));
        character[2] = (char)(0x80 + (dots & 0x3F));
        character[3] = '\0';
    } else {
        character[0] = marks[canvas->series[at]];
    }
    gan__terminal_paint(terminal, text, GAN_STYLE_SERIES + canvas->series[at], character);
}

// What stands at the left of a row: its value at the top, in the middle and at the bottom.
static gan_human row_label(const plot_canvas *canvas, int row) {
    static const gan_human none = {""};
    int last = canvas->rows - 1;
    if (row != 0 && row != last / 2 && row != last) return none;
    double part = (double)row / last;
    return gan__human_number(canvas->range.y1 * (1 - part) + canvas->range.y0 * part);
}

static int widest_label(const plot_canvas *canvas) {
    size_t widest = 0;
    for (int row = 0; row < canvas->rows; row++) {
        size_t width = strlen(row_label(canvas, row).text);
        if (width > widest) widest = width;
    }
    return (int)widest;
}

// The rows with the values of the top, the middle and the bottom at their left.
static void append_rows(const plot_canvas *canvas, const gan_terminal *terminal, int label_width,
                        gan_text *text) {
    for (int row = 0; row < canvas->rows; row++) {
        gan_human label = row_label(canvas, row);
        bool labelled = label.text[0] != '\0';
        gan__text_append(text, "%*s ", label_width, label.text);
        const char *axis = labelled ? "┤" : "│";
        gan__text_append(text, "%s", terminal->utf8 ? axis : labelled ? "+" : "|");
        int used = canvas->columns; // spaces at the line's end are left out
        size_t first = (size_t)(row * canvas->columns);
        while (used > 0 && !canvas->dots[first + (size_t)used - 1]) used--;
        for (int i = 0; i < used; i++) append_dots(canvas, terminal, first + (size_t)i, text);
        gan__text_append(text, "\n");
    }
}

// The line under the dots, and x's range with its label between.
static void append_x_axis(const plot_canvas *canvas, const gan_plot *plot,
                          const gan_terminal *terminal, int label_width, gan_text *text) {
    gan__text_append(text, "%*s %s", label_width, "", terminal->utf8 ? "└" : "+");
    for (int i = 0; i < canvas->columns; i++) {
        gan__text_append(text, "%s", terminal->utf8 ? "─" : "-");
    }
    gan_human low = gan__human_number(canvas->range.x0), high = gan__human_number(canvas->range.x1);
    const char *label = plot->x_label ? plot->x_label : "";
    int gap = canvas->columns - (int)(strlen(low.text) + strlen(high.text));
    int width = (int)gan__terminal_width(label), before = (gap - width) / 2;
    gan__text_append(text, "\n%*s%s", label_width + 2, "", low.text);
    if (before >= 1) {
        gan__text_append(text, "%*s%s%*s", before, "", label, gap - width - before, "");
    } else {
        gan__text_append(text, "%*s", gap > 1 ? gap : 1, "");
    }
    gan__text_append(text, "%s\n", high.text);
}

static void append_legend(const plot_canvas *canvas, const gan_plot *plot,
                          const gan_terminal *terminal, int label_width, gan_text *text) {
    gan__text_append(text, "%*s", label_width + 2, "");
    for (size_t s = 0; s < plot->series_count; s++) {
        const char mark[] = {marks[s % GAN_STYLE_SERIES_COUNT], '\0'};
        gan__text_append(text, "%s", s ? "   " : "");
        gan__terminal_paint(terminal, text, GAN_STYLE_SERIES + s % GAN_STYLE_SERIES_COUNT,
                            canvas->dots_up == 4 ? "━" : mark);
        gan__text_append(text, " %s", plot->series[s].name ? plot->series[s].name : "");
    }
    gan__text_append(text, "\n");
}

void gan__plot_append(const gan_plot *plot, const gan_terminal *terminal, gan_text *text) {
    enum { LINES_BELOW = 3, FEWEST_COLUMNS = 8, FEWEST_ROWS = 3 };
    plot_canvas canvas = {0};
    if (!find_bounds(plot, &canvas.range)) {
        gan__text_append(text, "nothing to plot\n");
        return;
    }
    bool told_apart = terminal->palette != GAN_PALETTE_NONE || plot->series_count == 1;
    bool braille = terminal->utf8 && told_apart;
    canvas.rows = (plot->rows > 0 ? plot->rows : 16) - LINES_BELOW;
    if (canvas.rows < FEWEST_ROWS) canvas.rows = FEWEST_ROWS;
    int label_width = widest_label(&canvas);
    canvas.columns = (plot->columns > 0 ? plot->columns : terminal->columns) - label_width - 2;
    if (canvas.columns < FEWEST_COLUMNS) canvas.columns = FEWEST_COLUMNS;
    canvas.dots_across = braille ? 2 : 1;
    canvas.dots_up = braille ? 4 : 1;
    size_t cells = (size_t)canvas.columns * (size_t)canvas.rows;
    text->status = text->status ? text->status : gan__alloc(cells, 2, (void **)&canvas.dots);
    if (text->status != GAN_STATUS_OK) return;
    canvas.series = canvas.dots + cells;
    for (size_t s = 0; s < plot->series_count; s++) draw_series(&canvas, &plot->series[s], s);
    append_rows(&canvas, terminal, label_width, text);
    append_x_axis(&canvas, plot, terminal, label_width, text);
    append_legend(&canvas, plot, terminal, label_width, text);
    gan__free(canvas.dots);
}

gan_status gan__plot_write(const gan_plot *plot, const gan_terminal *terminal) {
    gan_text text = {0};
    gan__plot_append(plot, terminal, &text);
    gan_status status = gan__terminal_write(terminal, &text);
    gan__text_destroy(&text);
    return status;
}
