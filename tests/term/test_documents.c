// What is generated from a tool's table: its man page and its completions.
#include "term/terminal_texts.h"

#include "term/options.h"

static const char *const formats[] = {"png", "npy", NULL};

static const gan_option table[] = {
    {.group = "What",
     .name = "count",
     .letter = 'n',
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "how many; the recipe's [default] is 1"},
    {.group = "What",
     .name = "resume",
     .kind = GAN_OPTION_OPTIONAL_TEXT,
     .argument = "CKPT",
     .help = "go on",
     .detail = "Or begin anew.",
     .is_path = true},
    {.group = "Where",
     .name = "format",
     .kind = GAN_OPTION_CHOICE,
     .argument = "F",
     .choices = formats,
     .help = "png or npy"},
    {.group = "Where",
     .name = "set",
     .kind = GAN_OPTION_TEXT,
     .argument = "KEY=VALUE",
     .help = ".a \\ key",
     .repeatable = true},
    {.group = "Where",
     .name = "into",
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "a file",
     .is_path = true},
    {.name = "hidden", .help = "not shown"},
};

static const char *const description[] = {"Draws.", ".It ends.", NULL};
static const char *const examples[] = {"gan-draw a.gan -n 5", NULL};

static const gan_tool tool = {
    .name = "gan-draw",
    .purpose = "draw from a checkpoint",
    .words = "CKPT",
    .options = table,
    .option_count = sizeof table / sizeof table[0],
    .examples = examples,
    .description = description,
};

// The part of a document between two texts, the first included.
static void assert_part(gan_document document, const char *from, const char *to,
                        const char *expected) {
    gan_text text = {0};
    gan__options_document(&tool, document, &text);
    char *start = strstr(text.bytes, from);
    assert_non_null(start);
    char *end = strstr(start + 1, to);
    assert_non_null(end);
    gan_text part = {0};
    gan__text_append_bytes(&part, start, (size_t)(end - start));
    assert_text(&part, expected);
    assert_null(strstr(text.bytes, "hidden"));
    assert_null(strstr(text.bytes, "generate"));
    gan__text_destroy(&text);
}

static void the_manual_names_every_option(void **state) {
    (void)state;
    assert_part(GAN_DOCUMENT_MANUAL, ".TH", ".SS Common",
                ".TH GAN\\-DRAW 1 \"\" \"clgan " CLGAN_VERSION "\" \"clgan\"\n"
                ".SH NAME\n"
                "gan\\-draw \\- draw from a checkpoint\n"
                ".SH SYNOPSIS\n"
                "\\fBgan\\-draw\\fR \\fICKPT\\fR [options]\n"
                ".SH DESCRIPTION\n"
                "Draws.\n"
                ".PP\n"
                "\\&.It ends.\n"
                ".SH OPTIONS\n"
                ".SS What\n"
                ".TP\n"
                "\\fB\\-n\\fR, \\fB\\-\\-count\\fR \\fIN\\fR\n"
                "how many; the recipe's [default] is 1.\n"
                ".TP\n"
                "\\fB\\-\\-resume\\fR [\\fICKPT\\fR]\n"
                "go on.\n"
                "Or begin anew.\n"
                ".SS Where\n"
                ".TP\n"
                "\\fB\\-\\-format\\fR \\fIF\\fR\n"
                "png or npy.\n"
                ".TP\n"
                "\\fB\\-\\-set\\fR \\fIKEY=VALUE\\fR\n"
                "\\&.a \\e key.\n"
                ".TP\n"
                "\\fB\\-\\-into\\fR \\fIFILE\\fR\n"
                "a file.\n");
    assert_part(GAN_DOCUMENT_MANUAL, ".SH EXAMPLES", ".SH SEE ALSO",
                ".SH EXAMPLES\n.nf\ngan\\-draw a.gan \\-n 5\n.fi\n");
}

static void bash_completes_options_choices_and_files(void **state) {
    (void)state;
    assert_part(GAN_DOCUMENT_BASH, "_gan_draw()", "    --device)",
                "_gan_draw() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1))\n"
                "    COMPREPLY=()\n"
                "    [[ $word == '=' ]] && word='' at=$COMP_CWORD\n"
                "    [[ ${COMP_WORDS[at]} == '=' ]] && at=$((at - 1))\n"
                "    case ${COMP_WORDS[at]} in\n"
                "    --count | -n) return ;;\n"
                "    --format) mapfile -t COMPREPLY < <(compgen -W 'png npy' -- \"$word\"); "
                "return ;;\n"
                "    --set) return ;;\n"
                "    --into) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n");
    assert_part(GAN_DOCUMENT_BASH, "complete -o", "gan-draw",
                "complete -o filenames -F _gan_draw ");
}

static void zsh_is_told_of_every_option(void **state) {
    (void)state;
    assert_part(
        GAN_DOCUMENT_ZSH, "#compdef", "    --device",
        "#compdef gan-draw\n"
        "_arguments -s \\\n"
        "    '(-n --count)'{-n+,--count=}'[how many; the recipe'\\''s \\[default\\] is 1]:N:' "
        "\\\n"
        "    --resume'[go on]::CKPT:_files' \\\n"
        "    --format='[png or npy]:F:(png npy)' \\\n"
        "    '*'--set='[.a \\\\ key]:KEY=VALUE:' \\\n"
        "    --into='[a file]:FILE:_files' \\\n");
}

static void fish_is_told_of_every_option(void **state) {
    (void)state;
    assert_part(GAN_DOCUMENT_FISH, "complete", "complete -c gan-draw -l device",
                "complete -c gan-draw -l count -s n -x -d 'how many; the recipe'\\''s [default] is "
                "1'\n"
                "complete -c gan-draw -l resume -d 'go on'\n"
                "complete -c gan-draw -l format -x -a 'png npy' -d 'png or npy'\n"
                "complete -c gan-draw -l set -x -d '.a \\\\ key'\n"
                "complete -c gan-draw -l into -r -F -d 'a file'\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_names_every_option),
        cmocka_unit_test(bash_completes_options_choices_and_files),
        cmocka_unit_test(zsh_is_told_of_every_option),
        cmocka_unit_test(fish_is_told_of_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
