// The public side of statuses: their table, and the thread's latest message.
#include "base/status.h"

#include "base/text.h"

#include <string.h>

static _Thread_local char message[GAN_MESSAGE_SIZE];

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

gan_status gan_status_set(gan_status status, const char *text) {
    char escaped[GAN_MESSAGE_SIZE]; // `text` may point into the message
    gan__text_escape_lines(text, escaped, sizeof escaped);
    memcpy(message, escaped, sizeof message);
    return status;
}
