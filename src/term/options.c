// What a parsed command line answers, and the options that all tools share.
#include "term/options.h"

#include "term/options_internal.h"

#include "base/memory.h"
#include "base/number.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const color_choices[] = {"auto", "always", "never", NULL};

static const char *const device_choices[] = {"auto", "cpu", "gpu", NULL};

static const char *const documents[] = {"man", "bash", "zsh", "fish", NULL}; // as in gan_document

static const gan_option common[] = {
    {.group = "Common",
     .name = "device",
     .kind = GAN_OPTION_TEXT,
     .argument = "SPEC",
     .choices = device_choices,
     .help = "auto, cpu, gpu, P:D or part of a name; or $CLGAN_DEVICE",
     .detail = "auto, which is the default, takes a discrete GPU before an integrated one before a "
               "CPU. gan-inspect --devices lists what there is, by its P:D and its names."},
    {.group = "Common", .name = "quiet", .letter = 'q', .help = "no progress, no notes"},
    {.group = "Common", .name = "verbose", .letter = 'v', .help = "say more"},
    {.group = "Common",
     .name = "color",
     .kind = GAN_OPTION_CHOICE,
     .argument = "WHEN",
     .choices = color_choices,
     .help = "auto, always or never"},
    {.group = "Common", .name = "help", .letter = 'h', .help = "show this"},
    {.group = "Common",
     .name = "version",
     .help = "show the versions of clgan and of what it stands on"},
    {.name = "generate", .kind = GAN_OPTION_CHOICE, .argument = "DOCUMENT", .choices = documents},
};

const gan_option *gan__tool_option(const gan_tool *tool, size_t index) {
    if (index < tool->option_count) return &tool->options[index];
    index -= tool->option_count;
    return index < sizeof common / sizeof common[0] ? &common[index] : NULL;
}

const gan_option *gan__tool_shown(const gan_tool *tool, size_t *index) {
    const gan_option *option;
    while ((option = gan__tool_option(tool, *index)) && !option->group) *index += 1;
    return option;
}

void gan__options_document(const gan_tool *tool, gan_document document, gan_text *text) {
    static void (*const writers[])(const gan_tool *, gan_text *) = {
        [GAN_DOCUMENT_MANUAL] = gan__document_manual,
        [GAN_DOCUMENT_BASH] = gan__document_bash,
        [GAN_DOCUMENT_ZSH] = gan__document_zsh,
        [GAN_DOCUMENT_FISH] = gan__document_fish,
    };
    writers[document](tool, text);
}

void gan__options_destroy(gan_options *options) {
    if (!options) return;
    gan__free(options->values);
    gan__free(options->words);
    gan__free(options);
}

static const gan_option *option_named(const gan_options *options, const char *name) {
    const gan_option *option;
    for (size_t i = 0; (option = gan__tool_option(options->tool, i)); i++) {
        if (strcmp(option->name, name) == 0) return option;
    }
    assert(!"an option that is in no table");
    return NULL;
}

size_t gan__options_given(const gan_options *options, const char *name) {
    const gan_option *option = option_named(options, name);
    size_t given = 0;
    for (size_t i = 0; i < options->value_count; i++) given += options->values[i].option == option;
    return given;
}

const char *gan__options_text_at(const gan_options *options, const char *name, size_t index) {
    const gan_option *option = option_named(options, name);
    for (size_t i = 0; i < options->value_count; i++) {
        if (options->values[i].option == option && index-- == 0) return options->values[i].text;
    }
    return NULL;
}

const char *gan__options_text(const gan_options *options, const char *name, const char *otherwise) {
    size_t given = gan__options_given(options, name);
    const char *text = given ? gan__options_text_at(options, name, given - 1) : NULL;
    return text ? text : otherwise;
}

uint64_t gan__options_count(const gan_options *options, const char *name, uint64_t otherwise) {
    const char *text = gan__options_text(options, name, NULL);
    if (text) gan__number_parse_count(text, &otherwise); // it was checked when it was parsed
    return otherwise;
}

int64_t gan__options_integer(const gan_options *options, const char *name, int64_t otherwise) {
    const char *text = gan__options_text(options, name, NULL);
    if (text) gan__number_parse_whole(text, &otherwise); // it was checked when it was parsed
    return otherwise;
}

double gan__options_number(const gan_options *options, const char *name, double otherwise) {
    const char *text = gan__options_text(options, name, NULL);
    if (text) gan__number_parse(text, &otherwise);
    return otherwise;
}

size_t gan__options_choice(const gan_options *options, const char *name, size_t otherwise) {
    const char *text = gan__options_text(options, name, NULL);
    const gan_option *option = option_named(options, name);
    for (size_t i = 0; text && option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) == 0) return i;
    }
    return otherwise;
}

size_t gan__options_word_count(const gan_options *options) {
    return options->word_count;
}

const char *gan__options_word(const gan_options *options, size_t index) {
    return index < options->word_count ? options->words[index] : NULL;
}
