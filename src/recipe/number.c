// Reading and writing numbers in the C locale, which is set for the calling thread meanwhile.
#include "recipe/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

static double parse_in_c_locale(const char *text, char **end) {
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    locale_t before = plain ? uselocale(plain) : (locale_t)0;
    double value = strtod(text, end);
    if (plain) {
        uselocale(before);
        freelocale(plain);
    }
    return value;
}

bool gan__number_parse(const char *text, double *out) {
    char *end;
    bool decimal = strspn(text, "0123456789+-.eE") == strlen(text); // no "inf", no "0x10"
    *out = 0;
    if (!decimal) return false;
    *out = parse_in_c_locale(text, &end);
    return end != text && *end == '\0' && isfinite(*out);
}

bool gan__number_parse_whole(const char *text, int64_t *out) {
    const double exact = 9007199254740992.0; // 2^53
    char *end;
    double value;
    if (!gan__number_parse(text, &value)) return false;
    errno = 0;
    long long whole = strtoll(text, &end, 10);
    if (*end == '\0' && errno == 0) {
        *out = whole;
        return true;
    }
    if (value != floor(value) || fabs(value) > exact) return false;
    *out = (int64_t)value;
    return true;
}

// "1e-06" to "1e-6": no zeros before an exponent's digits, and a point where a locale has a comma.
static void tidy(char *text) {
    char *exponent = strchr(text, 'e'), *comma = strchr(text, ',');
    if (comma) *comma = '.';
    if (!exponent) return;
    char *digits = exponent + 2, *kept = digits; // behind the sign, which C always writes
    while (*digits == '0' && digits[1]) digits++;
    memmove(kept, digits, strlen(digits) + 1);
}

char *gan__number_print(double value, char text[GAN_NUMBER_TEXT]) {
    if (value == floor(value) && fabs(value) < 1e15) {
        snprintf(text, GAN_NUMBER_TEXT, "%.0f", value);
        return text;
    }
    for (int digits = 1; digits <= 17; digits++) {
        double back;
        snprintf(text, GAN_NUMBER_TEXT, "%.*g", digits, value);
        tidy(text);
        if (gan__number_parse(text, &back) && back == value) break;
    }
    return text;
}
