// A tool's man page, from its table.
#include "term/options_internal.h"

#include <ctype.h>
#include <string.h>

// Appends text so that roff takes it as it is: hyphens that can be copied, no commands.
static void append_roff(gan_text *text, const char *plain) {
    if (*plain == '.' || *plain == '\'') gan__text_append(text, "\\&");
    for (; *plain; plain++) {
        if (*plain == '-') {
            gan__text_append(text, "\\-");
        } else if (*plain == '\\') {
            gan__text_append(text, "\\e");
        } else {
            gan__text_append_bytes(text, plain, 1);
        }
    }
}

static void append_styled(gan_text *text, char font, const char *before, const char *plain) {
    gan__text_append(text, "\\f%c", font);
    append_roff(text, before);
    append_roff(text, plain);
    gan__text_append(text, "\\fR");
}

static void append_option(gan_text *text, const gan_option *option) {
    const char letter[] = {option->letter, '\0'};
    bool optional = option->kind == GAN_OPTION_OPTIONAL_TEXT;
    gan__text_append(text, ".TP\n");
    if (option->letter) {
        append_styled(text, 'B', "-", letter);
        gan__text_append(text, ", ");
    }
    append_styled(text, 'B', "--", option->name);
    if (option->kind != GAN_OPTION_FLAG) {
        gan__text_append(text, optional ? " [" : " ");
        append_styled(text, 'I', "", option->argument);
        gan__text_append(text, "%s", optional ? "]" : "");
    }
    gan__text_append(text, "\n");
    append_roff(text, option->help);
    gan__text_append(text, ".\n");
    if (option->detail) {
        append_roff(text, option->detail);
        gan__text_append(text, "\n");
    }
}

typedef struct term_and_meaning {
    const char *term, *meaning;
} term_and_meaning;

static void append_list(gan_text *text, const char *heading, const term_and_meaning *list,
                        size_t count) {
    gan__text_append(text, ".SH %s\n", heading);
    for (size_t i = 0; i < count; i++) {
        gan__text_append(text, ".TP\n.B %s\n", list[i].term);
        append_roff(text, list[i].meaning);
        gan__text_append(text, ".\n");
    }
}

static void append_head(gan_text *text, const gan_tool *tool) {
    gan__text_append(text, ".TH ");
    for (const char *letter = tool->name; *letter; letter++) {
        const char upper[] = {(char)toupper((unsigned char)*letter), '\0'};
        append_roff(text, upper);
    }
    gan__text_append(text, " 1 \"\" \"clgan " CLGAN_VERSION "\" \"clgan\"\n.SH NAME\n");
    append_roff(text, tool->name);
    gan__text_append(text, " \\- ");
    append_roff(text, tool->purpose);
    gan__text_append(text, "\n.SH SYNOPSIS\n");
    append_styled(text, 'B', "", tool->name);
    gan__text_append(text, " ");
    append_styled(text, 'I', "", tool->words);
    gan__text_append(text, " [options]\n");
}

static void append_description(gan_text *text, const gan_tool *tool) {
    if (!tool->description) return;
    gan__text_append(text, ".SH DESCRIPTION\n");
    for (size_t i = 0; tool->description[i]; i++) {
        if (i > 0) gan__text_append(text, ".PP\n");
        append_roff(text, tool->description[i]);
        gan__text_append(text, "\n");
    }
}

static void append_options(gan_text *text, const gan_tool *tool) {
    const char *group = "";
    const gan_option *option;
    gan__text_append(text, ".SH OPTIONS\n");
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) {
        if (strcmp(group, option->group) != 0) gan__text_append(text, ".SS %s\n", option->group);
        group = option->group;
        append_option(text, option);
    }
}

// The other tools.
static void append_see_also(gan_text *text, const gan_tool *tool) {
    static const char *const tools[] = {"gan-train", "gan-sample", "gan-inspect", "gan-convert"};
    const char *between = "";
    gan__text_append(text, ".SH SEE ALSO\n");
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        if (strcmp(tools[i], tool->name) == 0) continue;
        gan__text_append(text, "%s.BR ", between);
        append_roff(text, tools[i]);
        gan__text_append(text, " (1)");
        between = ",\n";
    }
    gan__text_append(text, "\n");
}

void gan__document_manual(const gan_tool *tool, gan_text *text) {
    static const term_and_meaning variables[] = {
        {"CLGAN_DEVICE", "the device where --device is not given"},
        {"CLGAN_CACHE_DIR",
         "the folder for compiled kernels, or off; else clgan in $XDG_CACHE_HOME "
         "or in the home folder's cache"},
        {"CLGAN_TUNING", "off leaves aside what gan-inspect --devices --tune has found"},
        {"NO_COLOR, CLICOLOR_FORCE, CLICOLOR", "whether there are colours where --color is auto"},
    };
    static const term_and_meaning exit_codes[] = {
        {"0", "done"},
        {"1", "failed for a reason that is not below; of gan-inspect --diff, the two differ"},
        {"2", "the command line is wrong"},
        {"3", "no usable OpenCL device, or it failed"},
        {"4", "an input is bad: recipe, data set, checkpoint or foreign file"},
        {"5", "an output cannot be written"},
        {"6", "training diverged and could not recover"},
        {"130, 143", "interrupted or terminated, after saving what can be saved"},
        {"141", "ended by SIGPIPE, without a word: the reader of its output has gone"},
    };
    append_head(text, tool);
    append_description(text, tool);
    append_options(text, tool);
    append_list(text, "ENVIRONMENT", variables, sizeof variables / sizeof variables[0]);
    append_list(text, "EXIT STATUS", exit_codes, sizeof exit_codes / sizeof exit_codes[0]);
    gan__text_append(text, ".SH EXAMPLES\n.nf\n");
    for (size_t i = 0; tool->examples && tool->examples[i]; i++) {
        append_roff(text, tool->examples[i]);
        gan__text_append(text, "\n");
    }
    gan__text_append(text, ".fi\n");
    append_see_also(text, tool);
}
