// How the library's own files set the thread's message. Apart from status.c, so that a tool that
// links these files beside the shared library sets the library's message, not one of its own.
#include "base/status.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Marks a message of `length` bytes that did not fit.
static void message_end(char text[GAN_MESSAGE_SIZE], int length) {
    if (length < 0) snprintf(text, GAN_MESSAGE_SIZE, "a message that cannot be formatted");
    if (length >= GAN_MESSAGE_SIZE) memcpy(text + GAN_MESSAGE_SIZE - 4, "...", 4);
}

// One line, whatever the names in it hold.
static void format_line(char line[GAN_MESSAGE_SIZE], const char *format, va_list arguments) {
    char text[GAN_MESSAGE_SIZE];
    message_end(text, vsnprintf(text, sizeof text, format, arguments));
    gan__text_escape(text, line, GAN_MESSAGE_SIZE);
}

gan_status gan__fail(gan_status status, const char *format, ...) {
    char line[GAN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    format_line(line, format, arguments);
    va_end(arguments);
    return gan_status_set(status, line);
}

gan_status gan__fail_lines(gan_status status, const char *format, ...) {
    char text[GAN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    message_end(text, vsnprintf(text, sizeof text, format, arguments));
    va_end(arguments);
    return gan_status_set(status, text);
}

gan_status gan__fail_in(gan_status status, const char *format, ...) {
    char place[GAN_MESSAGE_SIZE], text[GAN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    format_line(place, format, arguments);
    va_end(arguments);
    message_end(text, snprintf(text, sizeof text, "%s: %s", place, gan_status_message()));
    return gan_status_set(status, text);
}
