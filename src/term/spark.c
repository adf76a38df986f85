// A histogram in one line.
#include "term/plot.h"

#include <math.h>

void gan__plot_spark(const double *values, size_t count, bool utf8, gan_text *text) {
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ramp[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    const char *const *levels = utf8 ? blocks : ramp;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) largest = fmax(largest, values[i]);
    }
    for (size_t i = 0; i < count; i++) {
        double part = values[i] > 0 && largest > 0 ? fmin(values[i] / largest, 1) : 0;
        gan__text_append(text, "%s", levels[(size_t)ceil(part * 8)]);
    }
}
