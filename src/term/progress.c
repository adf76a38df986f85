// The progress bar: one line, overwritten.
#include "term/progress.h"

#include "base/clock.h"
#include "base/memory.h"
#include "term/human.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const double DRAW_SECONDS = 0.1;  // between two drawings
static const double RATE_SECONDS = 10.0; // after which the rate's oldest half is forgotten

typedef struct moment {
    double time;
    uint64_t done;
} moment;

struct gan_progress {
    gan_progress_settings settings;
    moment now, drawn;
    moment since[2]; // the rate is from [0] to now; [1] becomes [0] when it is old enough
    bool on_screen;
};

gan_status gan__progress_create(const gan_progress_settings *settings, gan_progress **out) {
    GAN_TRY(gan__alloc(1, sizeof **out, (void **)out));
    gan_progress *progress = *out;
    progress->settings = *settings;
    if (!settings->clock) progress->settings.clock = gan__clock_seconds;
    progress->now = (moment){progress->settings.clock(), settings->start};
    progress->since[0] = progress->since[1] = progress->now;
    return GAN_STATUS_OK;
}

double gan__progress_rate(const gan_progress *progress) {
    double seconds = progress->now.time - progress->since[0].time;
    double done = (double)progress->now.done - (double)progress->since[0].done;
    return seconds > 0 && done > 0 ? done / seconds : 0;
}

// Appends a bar `columns` wide, brackets included, in steps of an eighth where there is UTF-8.
static void append_bar(const gan_progress *progress, gan_text *text, size_t columns) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    bool utf8 = progress->settings.terminal.utf8;
    double part = (double)progress->now.done / (double)progress->settings.total;
    size_t inner = columns - 2, fine = utf8 ? 8 : 1;
    size_t filled = (size_t)(fmin(part, 1.0) * (double)(inner * fine));
    size_t whole = filled / fine, rest = filled % fine;
    gan__text_append(text, "[");
    for (size_t i = 0; i < whole; i++) gan__text_append(text, "%s", utf8 ? "█" : "#");
    gan__text_append(text, "%s", eighths[rest]);
    gan__text_append(text, "%*s]", (int)(inner - whole - (rest > 0)), "");
}

// Everything right of the bar.
static void append_numbers(const gan_progress *progress, gan_text *text) {
    const gan_progress_settings *settings = &progress->settings;
    unsigned long long done = progress->now.done, total = settings->total;
    double rate = gan__progress_rate(progress);
    if (total > 0) {
        double part = (double)done / (double)total;
        gan__text_append(text, " %3.0f%% %llu/%llu %s", floor(100 * part), done, total,
                         settings->unit);
    } else {
        gan__text_append(text, " %llu %s", done, settings->unit);
    }
    if (rate <= 0) return;
    gan__text_append(text, "  %s %s/s", gan__human_number(rate).text, settings->unit);
    if (total > done) {
        double left = (double)(total - done) / rate;
        gan__text_append(text, "  %s left", gan__human_duration(left).text);
    }
}

// The line, made to fit: the detail goes first, then the bar.
static void append_line(const gan_progress *progress, gan_text *text, const char *detail) {
    enum { WIDEST_BAR = 32, NARROWEST_BAR = 8 };
    const gan_progress_settings *settings = &progress->settings;
    gan_text numbers = {0};
    append_numbers(progress, &numbers);
    int there = gan__terminal_columns(&settings->terminal);
    size_t columns = there > 1 ? (size_t)there - 1 : 1; // the last column would wrap
    size_t used = gan__terminal_width(settings->label) + 1 + numbers.length;
    size_t detailed = detail ? gan__terminal_width(detail) + 2 : 0;
    bool with_bar = settings->total > 0 && used + NARROWEST_BAR <= columns;
    size_t least = used + (with_bar ? NARROWEST_BAR : 0);
    bool with_detail = detail && least + detailed <= columns;
    gan__text_append(text, "%s", settings->label);
    if (with_bar) {
        size_t room = columns - used - (with_detail ? detailed : 0);
        gan__text_append(text, " ");
        append_bar(progress, text, room < WIDEST_BAR ? room : WIDEST_BAR);
    }
    gan__text_append(text, "%s", gan__text_string(&numbers));
    if (with_detail) gan__text_append(text, "  %s", detail);
    gan__text_destroy(&numbers);
}

// Writes the texts and takes them away.
static gan_status emit(gan_progress *progress, gan_text *text) {
    gan_status status = gan__terminal_write(&progress->settings.terminal, text);
    gan__text_destroy(text);
    return status;
}

gan_status gan__progress_update(gan_progress *progress, uint64_t done, const char *detail) {
    progress->now = (moment){progress->settings.clock(), done};
    if (progress->now.time - progress->since[1].time >= RATE_SECONDS) {
        progress->since[0] = progress->since[1];
        progress->since[1] = progress->now;
    }
    if (progress->settings.quiet || !progress->settings.terminal.interactive) return GAN_STATUS_OK;
    bool finished = done == progress->settings.total;
    bool soon = progress->now.time - progress->drawn.time < DRAW_SECONDS;
    if (progress->on_screen && soon && !finished) return GAN_STATUS_OK;
    progress->drawn = progress->now;
    progress->on_screen = true;
    gan_text text = {0};
    gan__text_append(&text, "\r");
    append_line(progress, &text, detail);
    gan__text_append(&text, "\x1b[K");
    return emit(progress, &text);
}

static void append_erase(gan_progress *progress, gan_text *text) {
    if (progress->on_screen) gan__text_append(text, "\r\x1b[K");
    progress->on_screen = false; // so that the next update draws at once
}

gan_status gan__progress_note(gan_progress *progress, const char *format, ...) {
    if (progress->settings.quiet) return GAN_STATUS_OK;
    gan_text text = {0};
    append_erase(progress, &text);
    va_list arguments;
    va_start(arguments, format);
    gan__text_append_v(&text, format, arguments);
    va_end(arguments);
    gan__text_append(&text, "\n");
    return emit(progress, &text);
}

void gan__progress_destroy(gan_progress *progress) {
    if (!progress) return;
    gan_text text = {0};
    append_erase(progress, &text);
    if (text.length > 0) {
        (void)gan__terminal_write(&progress->settings.terminal, &text); // only an erasure is lost
    }
    gan__text_destroy(&text);
    gan__free(progress);
}
