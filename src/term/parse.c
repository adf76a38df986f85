// From argv to a gan_options.
#include "term/options_internal.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

typedef struct command_line {
    gan_options *options;
    char **words; // those of argv behind the tool's name
    size_t count, at;
    size_t taken_optional; // the last value an option took without needing it; SIZE_MAX for none
} command_line;

static const gan_option *find_by_name(const gan_tool *tool, const char *name, size_t length) {
    const gan_option *option;
    for (size_t i = 0; (option = gan__tool_option(tool, i)); i++) {
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0) {
            return option;
        }
    }
    return NULL;
}

static const gan_option *find_by_letter(const gan_tool *tool, char letter) {
    const gan_option *option;
    for (size_t i = 0; (option = gan__tool_option(tool, i)); i++) {
        if (option->letter == letter) return option;
    }
    return NULL;
}

static gan_status unknown_option(const gan_tool *tool, const char *shown, const char *name) {
    enum { MOST = 64 };
    const char *names[MOST];
    size_t count = 0;
    const gan_option *option;
    for (size_t i = 0; count < MOST && (option = gan__tool_shown(tool, &i)); i++) {
        names[count++] = option->name;
    }
    const char *nearest = name ? gan__text_nearest(name, names, count) : NULL;
    if (nearest) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "there is no option %s; did you mean --%s? (%s --help lists all)", shown,
                         nearest, tool->name);
    }
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "there is no option %s; %s --help lists all", shown,
                     tool->name);
}

static bool looks_like_option(const char *word) {
    return word[0] == '-' && word[1] != '\0';
}

static bool takes_value(const gan_option *option) {
    return option->kind != GAN_OPTION_FLAG && option->kind != GAN_OPTION_OPTIONAL_TEXT;
}

// The value of an option that was written without one in the same word; *text may become NULL.
static gan_status next_value(command_line *line, const gan_option *option, const char *shown,
                             const char **text) {
    const char *next = line->at < line->count ? line->words[line->at] : NULL;
    *text = NULL;
    if (option->kind == GAN_OPTION_FLAG) return GAN_STATUS_OK;
    if (option->kind == GAN_OPTION_OPTIONAL_TEXT) {
        if (!next || looks_like_option(next)) return GAN_STATUS_OK;
        line->taken_optional = line->options->value_count;
    } else if (!next || (strncmp(next, "--", 2) == 0 && next[2])) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s wants %s behind it%s%s", shown,
                         option->argument, next ? ", not " : "", next ? next : "");
    }
    *text = next;
    line->at++;
    return GAN_STATUS_OK;
}

static gan_status keep(command_line *line, const gan_option *option, const char *shown,
                       const char *text) {
    if (text) GAN_TRY(gan__option_check(option, shown, text));
    gan_options *options = line->options;
    options->values[options->value_count++] = (option_value){option, text};
    return GAN_STATUS_OK;
}

// --name, --name=value, --name value
static gan_status parse_long(command_line *line, const char *word) {
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    char shown[128], bare[128];
    snprintf(shown, sizeof shown, "--%.*s", (int)(length < 100 ? length : 100), name);
    snprintf(bare, sizeof bare, "%s", shown + 2);
    const gan_option *option = find_by_name(line->options->tool, name, length);
    if (!option) return unknown_option(line->options->tool, shown, bare);
    if (equals && option->kind == GAN_OPTION_FLAG) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s takes no value, but was given \"%s\"", shown,
                         equals + 1);
    }
    const char *text = equals ? equals + 1 : NULL;
    if (!equals) GAN_TRY(next_value(line, option, shown, &text));
    return keep(line, option, shown, text);
}

// -n value, -nvalue, -qv
static gan_status parse_short(command_line *line, const char *word) {
    for (const char *letter = word + 1; *letter; letter++) {
        const char shown[] = {'-', *letter, '\0'};
        const gan_option *option = find_by_letter(line->options->tool, *letter);
        if (!option) {
            // -steps is more likely --steps than five flags
            return unknown_option(line->options->tool, word[2] ? word : shown,
                                  word[2] ? word + 1 : NULL);
        }
        if (takes_value(option) && letter[1]) return keep(line, option, shown, letter + 1);
        const char *text;
        GAN_TRY(next_value(line, option, shown, &text));
        GAN_TRY(keep(line, option, shown, text));
    }
    return GAN_STATUS_OK;
}

static gan_status parse_all(command_line *line) {
    gan_options *options = line->options;
    bool only_words = false;
    while (line->at < line->count) {
        const char *word = line->words[line->at++];
        if (word[0] == '\0') {
            return gan__fail(GAN_STATUS_BAD_ARGUMENT, "\"\": an empty word; %s takes %s",
                             options->tool->name,
                             options->tool->words[0] ? options->tool->words : "options only");
        }
        if (only_words || !looks_like_option(word)) {
            options->words[options->word_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            only_words = true;
        } else if (word[1] == '-') {
            GAN_TRY(parse_long(line, word));
        } else {
            GAN_TRY(parse_short(line, word));
        }
    }
    return GAN_STATUS_OK;
}

// Words that are missing or too many, once an optional value was given back where it is needed.
static gan_status check_words(command_line *line) {
    gan_options *options = line->options;
    const gan_tool *tool = options->tool;
    if (options->word_count + 1 == tool->fewest_words && line->taken_optional != SIZE_MAX) {
        option_value *value = &options->values[line->taken_optional];
        options->words[options->word_count++] = value->text;
        value->text = NULL;
    }
    if (options->word_count > tool->most_words) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "\"%s\" is one word too many; %s takes %s%s",
                         options->words[tool->most_words], tool->name,
                         tool->words[0] ? tool->words : "options", tool->words[0] ? "" : " only");
    }
    bool asked = gan__options_given(options, "help") || gan__options_given(options, "version") ||
                 gan__options_given(options, "generate");
    if (options->word_count < tool->fewest_words && !asked) {
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "give %s%s%s; %s --help says more", tool->words,
                         tool->examples && tool->examples[0] ? ", as in " : "",
                         tool->examples && tool->examples[0] ? tool->examples[0] : "", tool->name);
    }
    return GAN_STATUS_OK;
}

gan_status gan__options_parse(const gan_tool *tool, int argc, char **argv, gan_options **out) {
    *out = NULL;
    gan_options *options;
    GAN_TRY(gan__alloc(1, sizeof *options, (void **)&options));
    options->tool = tool;
    size_t count = argc > 0 ? (size_t)argc - 1 : 0, room = 0;
    for (size_t i = 0; i < count; i++) room += strlen(argv[i + 1]) + 1; // each letter may be a flag
    command_line line = {options, argv + 1, count, 0, SIZE_MAX};
    gan_status status = gan__alloc(room, sizeof(option_value), (void **)&options->values);
    if (status == GAN_STATUS_OK) {
        status = gan__alloc(count, sizeof(char *), (void **)&options->words);
    }
    if (status == GAN_STATUS_OK) status = parse_all(&line);
    if (status == GAN_STATUS_OK) status = check_words(&line);
    if (status == GAN_STATUS_OK) {
        *out = options;
    } else {
        gan__options_destroy(options);
    }
    return status;
}
