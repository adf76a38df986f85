// The values of options: numbers, and the messages about those that will not do.
#include "term/options_internal.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool gan__number_decimal(const char *text, double *out) {
    char *end;
    bool plain = isdigit((unsigned char)text[0]) || (text[0] && strchr("+-.", text[0]));
    double value = strtod(text, &end);
    if (!plain || end == text || *end || !isfinite(value)) return false;
    *out = value;
    return true;
}

// A whole number written as 1e6 or 2.5e3, as long as a double holds it exactly.
static bool whole_decimal(const char *text, double *out) {
    double value;
    if (!strpbrk(text, "eE") || strpbrk(text, "xX")) return false;
    if (!gan__number_decimal(text, &value)) return false;
    if (value != floor(value) || fabs(value) > 0x1p53) return false;
    *out = value;
    return true;
}

bool gan__number_count(const char *text, uint64_t *out) {
    char *end;
    double decimal;
    if (!isdigit((unsigned char)text[0])) return false;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    bool whole = *end == '\0' && errno == 0;
    if (!whole && !whole_decimal(text, &decimal)) return false;
    *out = whole ? value : (uint64_t)decimal;
    return true;
}

bool gan__number_integer(const char *text, int64_t *out) {
    char *end;
    double decimal;
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    if (!isdigit((unsigned char)digits[0])) return false;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool whole = *end == '\0' && errno == 0;
    if (!whole && !whole_decimal(text, &decimal)) return false;
    *out = whole ? value : (int64_t)decimal;
    return true;
}

static gan_status check_choice(const gan_option *option, const char *shown, const char *text) {
    gan_text legal = {0};
    size_t count = 0;
    for (; option->choices[count]; count++) {
        if (strcmp(option->choices[count], text) == 0) return GAN_STATUS_OK;
    }
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        gan__text_append(&legal, "%s%s", between, option->choices[i]);
    }
    const char *nearest = gan__text_nearest(text, option->choices, count);
    gan_status status =
        gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: \"%s\" is not one of %s%s%s%s", shown, text,
                  gan__text_string(&legal), nearest ? "; did you mean " : "",
                  nearest ? nearest : "", nearest ? "?" : "");
    gan__text_destroy(&legal);
    return status;
}

static gan_status check_number(const gan_option *option, const char *shown, const char *text) {
    uint64_t count = 0;
    int64_t integer = 0;
    double decimal = 0;
    bool understood = false, whole = option->kind != GAN_OPTION_NUMBER;
    if (option->kind == GAN_OPTION_COUNT) {
        understood = gan__number_count(text, &count);
        decimal = (double)count;
    } else if (option->kind == GAN_OPTION_INTEGER) {
        understood = gan__number_integer(text, &integer);
        decimal = (double)integer;
    } else {
        understood = gan__number_decimal(text, &decimal);
    }
    bool bounded = option->minimum != 0 || option->maximum != 0;
    if (understood && !bounded) return GAN_STATUS_OK;
    if (understood && decimal >= option->minimum && decimal <= option->maximum) {
        return GAN_STATUS_OK;
    }
    const char *noun = whole ? "a whole number" : "a number";
    if (bounded) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: \"%s\" is not %s from %.15g to %.15g", shown,
                         text, noun, option->minimum, option->maximum);
    }
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: \"%s\" is not %s%s", shown, text, noun,
                     option->kind == GAN_OPTION_COUNT ? " from 0 to 18446744073709551615" : "");
}

gan_status gan__option_check(const gan_option *option, const char *shown, const char *text) {
    switch (option->kind) {
    case GAN_OPTION_CHOICE:
        return check_choice(option, shown, text);
    case GAN_OPTION_COUNT:
    case GAN_OPTION_INTEGER:
    case GAN_OPTION_NUMBER:
        return check_number(option, shown, text);
    default:
        if (text[0]) return GAN_STATUS_OK;
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s wants %s, but that is empty", shown,
                         option->argument);
    }
}
