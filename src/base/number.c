// Reading and writing numbers in the C locale, which is set for the calling thread meanwhile.
#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

// Both 0 where there is no memory for a locale: then the program's is used.
typedef struct plain_locale {
    locale_t plain, before;
} plain_locale;

static plain_locale enter_plain(void) {
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    return (plain_locale){plain, plain ? uselocale(plain) : (locale_t)0};
}

static void leave_plain(plain_locale locale) {
    if (!locale.plain) return;
    uselocale(locale.before);
    freelocale(locale.plain);
}

bool gan__number_parse(const char *text, double *out) {
    char *end;
    if (text[strspn(text, "0123456789+-.eE")] != '\0') return false; // no "inf", no "0x10"
    plain_locale locale = enter_plain();
    double value = strtod(text, &end);
    leave_plain(locale);
    if (end == text || *end != '\0' || !isfinite(value)) return false;
    *out = value;
    return true;
}

// A whole number that a double holds exactly.
static bool parse_exact(const char *text, double *out) {
    double value;
    if (!gan__number_parse(text, &value) || value != floor(value) || fabs(value) > 0x1p53)
        return false;
    *out = value;
    return true;
}

bool gan__number_parse_whole(const char *text, int64_t *out) {
    char *end;
    double value;
    if (!gan__number_parse(text, &value)) return false;
    errno = 0;
    long long whole = strtoll(text, &end, 10);
    bool plain = *end == '\0' && errno == 0;
    if (!plain && !parse_exact(text, &value)) return false;
    *out = plain ? whole : (int64_t)value;
    return true;
}

bool gan__number_parse_count(const char *text, uint64_t *out) {
    char *end;
    double value;
    if (text[0] < '0' || text[0] > '9') return false;
    errno = 0;
    unsigned long long count = strtoull(text, &end, 10);
    bool plain = *end == '\0' && errno == 0;
    if (!plain && !parse_exact(text, &value)) return false;
    *out = plain ? count : (uint64_t)value;
    return true;
}

char *gan__number_format(double value, int digits, char text[GAN_NUMBER_TEXT]) {
    plain_locale locale = enter_plain();
    snprintf(text, GAN_NUMBER_TEXT, "%.*g", digits, value);
    leave_plain(locale);
    return text;
}

// "1e-06" to "1e-6": no zeros before an exponent's digits.
static void tidy_exponent(char *text) {
    char *exponent = strchr(text, 'e');
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
        gan__number_format(value, digits, text);
        tidy_exponent(text);
        if (gan__number_parse(text, &back) && back == value) break;
    }
    return text;
}
