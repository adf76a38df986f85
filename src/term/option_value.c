// The values of options: whether they are what their options take, and the messages where not.
#include "term/options_internal.h"

#include "base/number.h"

#include <string.h>

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
        understood = gan__number_parse_count(text, &count);
        decimal = (double)count;
    } else if (option->kind == GAN_OPTION_INTEGER) {
        understood = gan__number_parse_whole(text, &integer);
        decimal = (double)integer;
    } else {
        understood = gan__number_parse(text, &decimal);
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
