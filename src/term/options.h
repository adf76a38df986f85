// Command lines. One table describes a tool's options; the command line is parsed by it, and --help
// is written from it.
//
//     static const gan_option table[] = {
//         {.group = "Training", .name = "steps", .kind = GAN_OPTION_COUNT, .argument = "N",
//          .help = "steps in all", .minimum = 1, .maximum = 1e9},
//     };
//     static const gan_tool tool = {.name = "gan-train", .options = table, .option_count = 1, ...};
//     gan_options *options;
//     status = gan__options_parse(&tool, argc, argv, &options);
//     uint64_t steps = gan__options_count(options, "steps", 1000);
//
// Understood: `--name value`, `--name=value`, `-n value`, `-nvalue`, flags in one word (`-qv`),
// `--` (only words follow), and `-` as a word. When an option that takes one value is repeated, the
// last one counts.
#ifndef GAN_TERM_OPTIONS_H
#define GAN_TERM_OPTIONS_H

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum gan_option_kind {
    GAN_OPTION_FLAG,          // no value
    GAN_OPTION_TEXT,          // any value but an empty one
    GAN_OPTION_OPTIONAL_TEXT, // `--name`, `--name value` or `--name=value`
    GAN_OPTION_COUNT,         // a whole number from 0; 1e6 is understood
    GAN_OPTION_INTEGER,       // a whole number with a sign
    GAN_OPTION_NUMBER,        // a finite decimal number
    GAN_OPTION_CHOICE,        // one of `choices`
} gan_option_kind;

typedef struct gan_option {
    const char *group; // the heading in --help; options of a group stand together; NULL hides it
    const char *name;  // without "--"
    char letter;       // its short form, or 0
    gan_option_kind kind;
    const char *argument;       // what --help calls the value: "N"; NULL for a flag
    const char *help;           // one phrase, without a full stop
    const char *detail;         // what the man page says behind it: whole sentences; may be NULL
    const char *const *choices; // CHOICE: the values, NULL behind the last; TEXT: what shells offer
    double minimum, maximum;    // of a number, both included; both 0 where any will do
    bool repeatable;            // every value counts, not only the last
    bool is_path;               // the value names a file or folder, which shells complete
} gan_option;

typedef struct gan_tool {
    const char *name;    // "gan-train"
    const char *purpose; // one phrase
    const char *words;   // what is not an option, as --help shows it: "RECIPE"; "" where nothing is
    size_t fewest_words, most_words;
    const gan_option *options; // its own; those of all tools come behind them: --device, --quiet,
                               // --verbose, --color, --help, --version, and hidden, for the build,
                               // --generate (one of gan_document)
    size_t option_count;
    const char *const *examples; // whole command lines, NULL behind the last
    // Paragraphs of the man page, NULL behind the last; may be NULL.
    const char *const *description;
} gan_tool;

// A parsed command line. Texts in it belong to argv.
typedef struct gan_options gan_options;

// An optional value takes the next word unless that word is an option or is needed as one of the
// tool's fewest_words. Where --help or --version is given, missing words are not an error.
// Errors: BAD_ARGUMENT, naming the option, what it takes, and the nearest option that there is.
gan_status gan__options_parse(const gan_tool *tool, int argc, char **argv, gan_options **out);
void gan__options_destroy(gan_options *options);

// How often the option was given. Asking for a name that is not in the tables is a mistake in the
// program, caught by assert.
size_t gan__options_given(const gan_options *options, const char *name);
// The value of the `index`-th time it was given; NULL past the last, and where it had none.
const char *gan__options_text_at(const gan_options *options, const char *name, size_t index);
// The option's last value as what it is; `otherwise` when it was not given.
const char *gan__options_text(const gan_options *options, const char *name, const char *otherwise);
uint64_t gan__options_count(const gan_options *options, const char *name, uint64_t otherwise);
int64_t gan__options_integer(const gan_options *options, const char *name, int64_t otherwise);
double gan__options_number(const gan_options *options, const char *name, double otherwise);
// The index in `choices` of the option's last value.
size_t gan__options_choice(const gan_options *options, const char *name, size_t otherwise);

size_t gan__options_word_count(const gan_options *options);
const char *gan__options_word(const gan_options *options, size_t index);

// Appends the text of --help: lines of at most 80 columns.
void gan__options_help(const gan_tool *tool, gan_text *text);

typedef enum gan_document {
    GAN_DOCUMENT_MANUAL, // a man page, in roff's man macros
    GAN_DOCUMENT_BASH,   // completions
    GAN_DOCUMENT_ZSH,
    GAN_DOCUMENT_FISH,
} gan_document;

// Appends what is installed beside a tool.
void gan__options_document(const gan_tool *tool, gan_document document, gan_text *text);

#endif
