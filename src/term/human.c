// Numbers as people read them.
#include "term/human.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// `value` in the largest of `units` that leaves at least one, with three digits at most.
static gan_human scaled(double value, double base, const char *const *units, size_t unit_count) {
    gan_human human;
    size_t unit = 0;
    // 999.5 would be rounded to a fourth digit; a unit of 1024 has room for 1023.
    double full = base - 0.5;
    while (value >= full && unit + 1 < unit_count) {
        value /= base;
        unit++;
    }
    int decimals = unit > 0 && value < 9.95 ? 1 : 0;
    snprintf(human.text, sizeof human.text, "%.*f%s", decimals, value, units[unit]);
    return human;
}

gan_human gan__human_bytes(uint64_t bytes) {
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    return scaled((double)bytes, 1024, units, sizeof units / sizeof units[0]);
}

gan_human gan__human_count(uint64_t count) {
    static const char *const units[] = {"", " k", " M", " G", " T", " P", " E"};
    return scaled((double)count, 1000, units, sizeof units / sizeof units[0]);
}

gan_human gan__human_digits(uint64_t count) {
    gan_human human;
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *to = human.text;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return human;
}

gan_human gan__human_duration(double seconds) {
    gan_human human = {"?"};
    if (!isfinite(seconds) || seconds < 0 || seconds > 1e12) return human;
    uint64_t whole = (uint64_t)(seconds + 0.5);
    unsigned long long days = whole / 86400, hours = whole / 3600 % 24;
    unsigned long long minutes = whole / 60 % 60, rest = whole % 60;
    if (days > 0) {
        snprintf(human.text, sizeof human.text, "%llu d %llu h", days, hours);
    } else if (hours > 0) {
        snprintf(human.text, sizeof human.text, "%llu:%02llu:%02llu", hours, minutes, rest);
    } else {
        snprintf(human.text, sizeof human.text, "%llu:%02llu", minutes, rest);
    }
    return human;
}

gan_human gan__human_number(double value) {
    gan_human human;
    snprintf(human.text, sizeof human.text, "%.4g", value);
    if (isnan(value)) strcpy(human.text, "nan"); // some libraries write -nan
    return human;
}
