// Completions of a tool's command line for bash, zsh and fish, from its table.
#include "term/options_internal.h"

#include <string.h>

static void append_choices(gan_text *text, const gan_option *option) {
    for (size_t i = 0; option->choices[i]; i++) {
        gan__text_append(text, "%s%s", i ? " " : "", option->choices[i]);
    }
}

// Appends `plain` for the inside of single quotes, `special` characters behind backslashes.
static void append_quoted(gan_text *text, const char *plain, const char *special) {
    for (; *plain; plain++) {
        if (*plain == '\'') {
            gan__text_append(text, "'\\''");
        } else {
            gan__text_append(text, "%s%c", strchr(special, *plain) ? "\\" : "", *plain);
        }
    }
}

// The tool's name as a shell function: _gan_train.
static void append_function(gan_text *text, const gan_tool *tool) {
    gan__text_append(text, "_");
    for (const char *c = tool->name; *c; c++) gan__text_append(text, "%c", *c == '-' ? '_' : *c);
}

static void append_bash_case(gan_text *text, const gan_option *option) {
    gan__text_append(text, "    --%s", option->name);
    if (option->letter) gan__text_append(text, " | -%c", option->letter);
    gan__text_append(text, ")");
    if (option->choices) {
        gan__text_append(text, " mapfile -t COMPREPLY < <(compgen -W '");
        append_choices(text, option);
        gan__text_append(text, "' -- \"$word\");");
    } else if (option->is_path) {
        gan__text_append(text, " mapfile -t COMPREPLY < <(compgen -f -- \"$word\");");
    }
    gan__text_append(text, " return ;;\n");
}

void gan__document_bash(const gan_tool *tool, gan_text *text) {
    const gan_option *option;
    append_function(text, tool);
    // `--name=value` is three words to bash: --name, = and what there is of the value.
    gan__text_append(text, "() {\n    local word=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1))\n"
                           "    COMPREPLY=()\n    [[ $word == '=' ]] && word='' at=$COMP_CWORD\n"
                           "    [[ ${COMP_WORDS[at]} == '=' ]] && at=$((at - 1))\n"
                           "    case ${COMP_WORDS[at]} in\n");
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) {
        bool must = option->kind != GAN_OPTION_FLAG && option->kind != GAN_OPTION_OPTIONAL_TEXT;
        if (must) append_bash_case(text, option);
    }
    gan__text_append(text, "    esac\n    if [[ $word == -* ]]; then\n"
                           "        mapfile -t COMPREPLY < <(compgen -W '");
    const char *between = "";
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) {
        gan__text_append(text, "%s--%s", between, option->name);
        between = " ";
    }
    gan__text_append(text, "' -- \"$word\")\n    else\n"
                           "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    fi\n}\n"
                           "complete -o filenames -F ");
    append_function(text, tool);
    gan__text_append(text, " %s\n", tool->name);
}

// '(-n --steps)'{-n+,--steps=}'[steps in all]:N:'
static void append_zsh_option(gan_text *text, const gan_option *option) {
    const bool optional = option->kind == GAN_OPTION_OPTIONAL_TEXT;
    const bool must = option->kind != GAN_OPTION_FLAG && !optional;
    const char *const joined = must ? "=" : ""; // its value may stand in the same word
    gan__text_append(text, " \\\n    ");
    if (option->repeatable) gan__text_append(text, "'*'");
    if (option->letter) {
        if (!option->repeatable)
            gan__text_append(text, "'(-%c --%s)'", option->letter, option->name);
        gan__text_append(text, "{-%c%s,--%s%s}", option->letter, must ? "+" : "", option->name,
                         joined);
    } else {
        gan__text_append(text, "--%s%s", option->name, joined);
    }
    gan__text_append(text, "'[");
    append_quoted(text, option->help, "[]\\");
    gan__text_append(text, "]");
    if (option->kind != GAN_OPTION_FLAG) {
        gan__text_append(text, optional ? "::" : ":");
        append_quoted(text, option->argument, ":\\");
        gan__text_append(text, ":%s", option->is_path ? "_files" : "");
    }
    if (option->choices) {
        gan__text_append(text, "(");
        append_choices(text, option);
        gan__text_append(text, ")");
    }
    gan__text_append(text, "'");
}

void gan__document_zsh(const gan_tool *tool, gan_text *text) {
    const gan_option *option;
    gan__text_append(text, "#compdef %s\n_arguments -s", tool->name);
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) append_zsh_option(text, option);
    gan__text_append(text, " \\\n    '*:file:_files'\n");
}

static void append_fish_option(gan_text *text, const gan_tool *tool, const gan_option *option) {
    gan__text_append(text, "complete -c %s -l %s", tool->name, option->name);
    if (option->letter) gan__text_append(text, " -s %c", option->letter);
    if (option->choices) {
        gan__text_append(text, " -x -a '");
        append_choices(text, option);
        gan__text_append(text, "'");
    } else if (option->kind == GAN_OPTION_TEXT && option->is_path) {
        gan__text_append(text, " -r -F");
    } else if (option->kind != GAN_OPTION_FLAG && option->kind != GAN_OPTION_OPTIONAL_TEXT) {
        gan__text_append(text, " -x");
    }
    gan__text_append(text, " -d '");
    append_quoted(text, option->help, "\\");
    gan__text_append(text, "'\n");
}

void gan__document_fish(const gan_tool *tool, gan_text *text) {
    const gan_option *option;
    for (size_t i = 0; (option = gan__tool_shown(tool, &i)); i++) {
        append_fish_option(text, tool, option);
    }
}
