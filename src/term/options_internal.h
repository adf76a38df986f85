// What the files of command-line parsing share; nobody else includes this.
#ifndef GAN_TERM_OPTIONS_INTERNAL_H
#define GAN_TERM_OPTIONS_INTERNAL_H

#include "term/options.h"

typedef struct option_value {
    const gan_option *option;
    const char *text; // NULL for a flag, or an optional value that was left out
} option_value;

struct gan_options {
    const gan_tool *tool;
    option_value *values; // in the order given; room for argc
    size_t value_count;
    const char **words;
    size_t word_count;
};

// The tool's options by index, the common ones behind its own; NULL past the last.
const gan_option *gan__tool_option(const gan_tool *tool, size_t index);
// The first option from *index on that --help shows, whose index *index then is; NULL past the
// last.
const gan_option *gan__tool_shown(const gan_tool *tool, size_t *index);

void gan__document_manual(const gan_tool *tool, gan_text *text);
void gan__document_bash(const gan_tool *tool, gan_text *text);
void gan__document_zsh(const gan_tool *tool, gan_text *text);
void gan__document_fish(const gan_tool *tool, gan_text *text);

// Checks a value against what its option takes. `shown` is the option as it was written ("-n").
gan_status gan__option_check(const gan_option *option, const char *shown, const char *text);

#endif
