// The thread's latest failure message and the table of statuses. Nothing here prints.
#include "base/status.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 4096 };

static _Thread_local char message[MESSAGE_SIZE];

typedef struct status_row {
    gan_status status;
    int exit_code;
    const char *name;
    const char *meaning;
} status_row;

static const status_row status_rows[] = {
#define STATUS_ROW(name, code, exit_code, meaning) {GAN_STATUS_##name, exit_code, #name, meaning},
    GAN_STATUS_TABLE(STATUS_ROW)
#undef STATUS_ROW
};

static const status_row *status_find(gan_status status) {
    static const status_row unknown = {GAN_STATUS_FAILED, 1, "UNKNOWN", "an unknown status"};
    for (size_t i = 0; i < sizeof status_rows / sizeof status_rows[0]; i++) {
        if (status_rows[i].status == status) return &status_rows[i];
    }
    return &unknown;
}

const char *gan_status_name(gan_status status) {
    return status_find(status)->name;
}

const char *gan_status_meaning(gan_status status) {
    return status_find(status)->meaning;
}

int gan_status_exit_code(gan_status status) {
    return status_find(status)->exit_code;
}

const char *gan_status_message(void) {
    return message;
}

// Formats and escapes onto the end of `target`, which already holds `used` bytes; a text that does
// not fit ends in "...".
static void message_format(char *target, size_t used, const char *format, va_list arguments) {
    char plain[MESSAGE_SIZE];
    int length = vsnprintf(plain, sizeof plain, format, arguments);
    if (length < 0) snprintf(plain, sizeof plain, "%s", format);
    if (length >= (int)sizeof plain) memcpy(plain + sizeof plain - 4, "...", 4);
    gan__text_escape_lines(plain, target + used, MESSAGE_SIZE - used);
}

gan_status gan__fail(gan_status status, const char *format, ...) {
    char built[MESSAGE_SIZE]; // an argument may be the present message
    va_list arguments;
    va_start(arguments, format);
    message_format(built, 0, format, arguments);
    va_end(arguments);
    memcpy(message, built, sizeof message);
    return status;
}

gan_status gan__fail_in(gan_status status, const char *format, ...) {
    char built[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    message_format(built, 0, format, arguments);
    va_end(arguments);
    size_t used = strlen(built);
    int length = snprintf(built + used, sizeof built - used, ": %s", message);
    if (length >= (int)(sizeof built - used)) memcpy(built + sizeof built - 4, "...", 4);
    memcpy(message, built, sizeof message);
    return status;
}
