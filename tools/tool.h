// How each of the four tools begins and ends: the command line, --help and --version, what to write
// to, and the one message and exit code of a failure.
#ifndef GAN_TOOLS_TOOL_H
#define GAN_TOOLS_TOOL_H

#include "term/options.h"
#include "term/terminal.h"

#include <stdbool.h>

typedef struct gan_tool_call {
    const gan_tool *tool;
    gan_options *options;
    gan_terminal out, err; // stdout for the product, stderr for everything else
    bool quiet, verbose;
} gan_tool_call;

// Returns whether the tool has work to do; if not (--help, --version, a wrong command line), all is
// said and *exit_code is what main returns.
bool gan__tool_begin(const gan_tool *tool, int argc, char **argv, gan_tool_call *call,
                     int *exit_code);

// Reports `status` if it is a failure, frees what _begin made, and returns the exit code. CLOSED is
// no failure to speak of: the process ends by SIGPIPE, as a shell's pipelines expect (141).
int gan__tool_end(gan_tool_call *call, gan_status status);

// From now on SIGINT and SIGTERM ask the tool to stop instead of ending it: the first to come is
// remembered and handed to `then` (NULL: nothing), in the handler; a second one ends the process.
void gan__tool_catch_stop(void (*then)(int number));
// The signal that came; 0: none.
int gan__tool_stop_signal(void);

// What --device said, or NULL.
const char *gan__tool_device(const gan_tool_call *call);

#endif
