// Implements tools/tool.h.
#include "tool.h"

#include "clgan/status.h"
#include "clgan/version.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define VERSION_SIZE 4096

static gan_status print_help(const gan_tool *tool, const gan_terminal *out) {
    gan_text text = {0};
    gan__options_help(tool, &text);
    const gan_status status = gan__terminal_write(out, &text);
    gan__text_destroy(&text);
    return status;
}

static gan_status print_document(const gan_tool_call *call) {
    gan_text text = {0};
    const size_t document = gan__options_choice(call->options, "generate", GAN_DOCUMENT_MANUAL);
    gan__options_document(call->tool, (gan_document)document, &text);
    const gan_status status = gan__terminal_write(&call->out, &text);
    gan__text_destroy(&text);
    return status;
}

static gan_status print_version(const gan_terminal *out) {
    char versions[VERSION_SIZE];
    gan_text text = {0};
    gan_version_describe(versions, sizeof versions);
    gan__text_append(&text, "%s", versions);
    const gan_status status = gan__terminal_write(out, &text);
    gan__text_destroy(&text);
    return status;
}

static void detect_terminals(gan_tool_call *call) {
    const gan_color_when when =
        call->options == NULL
            ? GAN_COLOR_AUTO
            : (gan_color_when)gan__options_choice(call->options, "color", GAN_COLOR_AUTO);
    call->out = gan__terminal_detect(stdout, when);
    call->err = gan__terminal_detect(stderr, when);
}

// Where a standard stream is closed, the first file that is opened would take its place and get
// what is meant for it. Something else takes it: what is said goes nowhere, a product cannot be
// written.
static void occupy_standard_streams(void) {
    static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};
    for (int stream = 0; stream < 3; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) (void)open("/dev/null", modes[stream]);
}

bool gan__tool_begin(const gan_tool *tool, int argc, char **argv, gan_tool_call *call,
                     int *exit_code) {
    *call = (gan_tool_call){.tool = tool};
    occupy_standard_streams();
    const gan_status status = gan__options_parse(tool, argc, argv, &call->options);
    detect_terminals(call);
    if (status != GAN_STATUS_OK) {
        *exit_code = gan__tool_end(call, status);
        return false;
    }
    if (gan__options_given(call->options, "help") > 0) {
        *exit_code = gan__tool_end(call, print_help(tool, &call->out));
        return false;
    }
    if (gan__options_given(call->options, "version") > 0) {
        *exit_code = gan__tool_end(call, print_version(&call->out));
        return false;
    }
    if (gan__options_given(call->options, "generate") > 0) {
        *exit_code = gan__tool_end(call, print_document(call));
        return false;
    }
    call->quiet = gan__options_given(call->options, "quiet") > 0;
    call->verbose = gan__options_given(call->options, "verbose") > 0;
    return true;
}

// The reader of our output has gone. A tool that had not minded SIGPIPE would have died of it; so
// does this one, now that all is freed and no unfinished file is left.
static int end_like_sigpipe(void) {
    signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
    return gan_status_exit_code(GAN_STATUS_CLOSED); // where the signal is blocked
}

int gan__tool_end(gan_tool_call *call, gan_status status) {
    gan_text text = {0};
    if (status == GAN_STATUS_CLOSED) {
        gan__options_destroy(call->options);
        return end_like_sigpipe();
    }
    if (status != GAN_STATUS_OK) {
        gan__terminal_failure(&call->err, &text, call->tool->name, status);
        (void)gan__terminal_write(&call->err, &text);
    }
    gan__text_destroy(&text);
    gan__options_destroy(call->options);
    return gan_status_exit_code(status);
}

const char *gan__tool_device(const gan_tool_call *call) {
    return gan__options_text(call->options, "device", NULL);
}

static volatile sig_atomic_t stop_signal; // the first to come, 0 before
static void (*volatile stop_then)(int number);

static void on_stop_signal(int number) {
    if (stop_signal != 0) _exit(128 + number);
    stop_signal = number;
    if (stop_then != NULL) stop_then(number);
}

void gan__tool_catch_stop(void (*then)(int number)) {
    struct sigaction action = {.sa_handler = on_stop_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    stop_then = then;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int gan__tool_stop_signal(void) {
    return stop_signal;
}
