// Command lines: what is understood, what is refused and how, and --help.
#include "term/terminal_texts.h"

#include "base/memory.h"
#include "term/options.h"

static const char *const formats[] = {"png", "npy", "raw", NULL};

static const gan_option table[] = {
    {.group = "Input",
     .name = "data",
     .kind = GAN_OPTION_TEXT,
     .argument = "SRC",
     .help = "a folder or file of images, or builtin:NAME for one that is drawn by the program"},
    {.group = "Input",
     .name = "resume",
     .kind = GAN_OPTION_OPTIONAL_TEXT,
     .argument = "CKPT",
     .help = "go on from CKPT, or from the newest"},
    {.group = "Training",
     .name = "steps",
     .letter = 'n',
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "steps in all",
     .minimum = 1,
     .maximum = 1e9},
    {.group = "Training",
     .name = "seed",
     .letter = 's',
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "of everything random"},
    {.group = "Training",
     .name = "shift",
     .kind = GAN_OPTION_INTEGER,
     .argument = "N",
     .help = "up or down"},
    {.group = "Training",
     .name = "rate",
     .kind = GAN_OPTION_NUMBER,
     .argument = "R",
     .help = "the learning rate",
     .minimum = 0,
     .maximum = 10},
    {.group = "Training",
     .name = "set",
     .kind = GAN_OPTION_TEXT,
     .argument = "KEY=VALUE",
     .help = "override a key",
     .repeatable = true},
    {.group = "Output",
     .name = "format",
     .kind = GAN_OPTION_CHOICE,
     .argument = "F",
     .choices = formats,
     .help = "png, npy or raw"},
    {.group = "Output", .name = "dry-run", .letter = 'd', .help = "train nothing"},
};

static const char *const examples[] = {"gan-train models/ring8.yaml",
                                       "gan-train models/ring8.yaml --steps 500", NULL};

static const gan_tool tool = {
    .name = "gan-train",
    .purpose = "train a GAN from a recipe",
    .words = "RECIPE",
    .fewest_words = 1,
    .most_words = 1,
    .options = table,
    .option_count = sizeof table / sizeof table[0],
    .examples = examples,
};

// Parses a command line whose words are apart by single spaces; `~` stands for an empty word.
static gan_status parse(const char *line, gan_options **options) {
    static char copy[512];
    static char *words[64];
    int count = 0;
    snprintf(copy, sizeof copy, "gan-train %s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        words[count++] = strcmp(word, "~") == 0 ? word + 1 : word;
    }
    return gan__options_parse(&tool, count, words, options);
}

static gan_options *parsed(const char *line) {
    gan_options *options;
    if (parse(line, &options) != GAN_STATUS_OK) fail_msg("%s: %s", line, gan_status_message());
    return options;
}

static void every_way_to_write_a_value_is_understood(void **state) {
    (void)state;
    static const char *const lines[] = {
        "r.yaml --steps 500", "r.yaml --steps=500", "-n 500 r.yaml",      "-n500 r.yaml",
        "-dn500 r.yaml",      "-qvn 500 r.yaml",    "r.yaml -n 7 -n 5e2", "--steps 500 -- r.yaml"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        gan_options *options = parsed(lines[i]);
        assert_int_equal(gan__options_count(options, "steps", 1), 500);
        assert_int_equal(gan__options_word_count(options), 1);
        assert_string_equal(gan__options_word(options, 0), "r.yaml");
        gan__options_destroy(options);
    }
}

static void values_have_their_kinds(void **state) {
    (void)state;
    gan_options *options = parsed("r.yaml --seed 18446744073709551615 --shift -3 --rate 2e-4 "
                                  "--format raw --data - --set a=1 --set b=--x -d");
    assert_true(gan__options_count(options, "seed", 0) == UINT64_MAX);
    assert_int_equal(gan__options_integer(options, "shift", 0), -3);
    assert_true(gan__options_number(options, "rate", 0) == 2e-4);
    assert_int_equal(gan__options_choice(options, "format", 0), 2);
    assert_string_equal(gan__options_text(options, "data", NULL), "-");
    assert_int_equal(gan__options_given(options, "set"), 2);
    assert_string_equal(gan__options_text_at(options, "set", 0), "a=1");
    assert_string_equal(gan__options_text_at(options, "set", 1), "b=--x");
    assert_null(gan__options_text_at(options, "set", 2));
    assert_int_equal(gan__options_given(options, "dry-run"), 1);
    assert_int_equal(gan__options_given(options, "quiet"), 0);
    assert_int_equal(gan__options_given(options, "device"), 0);
    gan__options_destroy(options);
}

static void what_is_not_given_is_otherwise(void **state) {
    (void)state;
    gan_options *options = parsed("r.yaml");
    assert_int_equal(gan__options_count(options, "steps", 77), 77);
    assert_int_equal(gan__options_integer(options, "shift", -7), -7);
    assert_true(gan__options_number(options, "rate", 0.5) == 0.5);
    assert_int_equal(gan__options_choice(options, "color", 0), 0);
    assert_string_equal(gan__options_text(options, "data", "builtin:digits"), "builtin:digits");
    assert_null(gan__options_word(options, 1));
    gan__options_destroy(options);
}

static void an_optional_value_is_taken_where_it_can_be(void **state) {
    (void)state;
    static const struct {
        const char *line, *value;
    } cases[] = {
        {"r.yaml --resume", NULL},          {"r.yaml --resume c.gan", "c.gan"},
        {"--resume c.gan r.yaml", "c.gan"}, {"--resume r.yaml", NULL},
        {"r.yaml --resume=c.gan", "c.gan"}, {"r.yaml --resume --quiet", NULL},
        {"--resume -- r.yaml", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gan_options *options = parsed(cases[i].line);
        assert_int_equal(gan__options_given(options, "resume"), 1);
        const char *value = gan__options_text(options, "resume", NULL);
        if (cases[i].value) {
            assert_string_equal(value, cases[i].value);
        } else {
            assert_null(value);
        }
        assert_string_equal(gan__options_word(options, 0), "r.yaml");
        gan__options_destroy(options);
    }
}

static void a_wrong_command_line_is_explained(void **state) {
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"r.yaml --stpes 5",
         "there is no option --stpes; did you mean --steps? (gan-train --help lists all)"},
        {"r.yaml --stpes=5",
         "there is no option --stpes; did you mean --steps? (gan-train --help lists all)"},
        {"r.yaml -steps 5", "-s: \"teps\" is not a whole number from 0 to 18446744073709551615"},
        {"r.yaml -quiet",
         "there is no option -quiet; did you mean --quiet? (gan-train --help lists all)"},
        {"r.yaml --zzzzzzzz", "there is no option --zzzzzzzz; gan-train --help lists all"},
        {"r.yaml -z", "there is no option -z; gan-train --help lists all"},
        {"r.yaml --steps many", "--steps: \"many\" is not a whole number from 1 to 1000000000"},
        {"r.yaml --steps -5", "--steps: \"-5\" is not a whole number from 1 to 1000000000"},
        {"r.yaml -n 0", "-n: \"0\" is not a whole number from 1 to 1000000000"},
        {"r.yaml -n 1.5", "-n: \"1.5\" is not a whole number from 1 to 1000000000"},
        {"r.yaml -n 5x", "-n: \"5x\" is not a whole number from 1 to 1000000000"},
        {"r.yaml -s 18446744073709551616",
         "-s: \"18446744073709551616\" is not a whole number from 0 to 18446744073709551615"},
        {"r.yaml --shift 0x10", "--shift: \"0x10\" is not a whole number"},
        {"r.yaml --rate fast", "--rate: \"fast\" is not a number from 0 to 10"},
        {"r.yaml --rate nan", "--rate: \"nan\" is not a number from 0 to 10"},
        {"r.yaml --rate 11", "--rate: \"11\" is not a number from 0 to 10"},
        {"r.yaml --format pgn",
         "--format: \"pgn\" is not one of png, npy or raw; did you mean png?"},
        {"r.yaml --color sometimes", "--color: \"sometimes\" is not one of auto, always or never"},
        {"r.yaml --data ~", "--data wants SRC, but that is empty"},
        {"r.yaml --data", "--data wants SRC behind it"},
        {"r.yaml --data --quiet", "--data wants SRC behind it, not --quiet"},
        {"r.yaml --quiet=yes", "--quiet takes no value, but was given \"yes\""},
        {"r.yaml s.yaml", "\"s.yaml\" is one word too many; gan-train takes RECIPE"},
        {"", "give RECIPE, as in gan-train models/ring8.yaml; gan-train --help says "
             "more"},
        {"~", "\"\": an empty word; gan-train takes RECIPE"},
        {"r.yaml --a\x1b[31m", "there is no option --a\\x1b[31m; gan-train --help lists all"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gan_options *options;
        assert_int_equal(parse(cases[i].line, &options), GAN_STATUS_BAD_ARGUMENT);
        assert_null(options);
        assert_message(cases[i].message);
    }
}

static void help_needs_no_words(void **state) {
    (void)state;
    gan_options *options = parsed("--help");
    assert_int_equal(gan__options_given(options, "help"), 1);
    gan__options_destroy(options);
    options = parsed("--version -h");
    assert_int_equal(gan__options_given(options, "version"), 1);
    gan__options_destroy(options);
}

static void help_is_written_from_the_table(void **state) {
    (void)state;
    gan_text text = {0};
    gan__options_help(&tool, &text);
    assert_text(&text,
                "gan-train: train a GAN from a recipe\n"
                "\n"
                "usage: gan-train RECIPE [options]\n"
                "\n"
                "Input\n"
                "      --data SRC       a folder or file of images, or builtin:NAME for one that\n"
                "                       is drawn by the program\n"
                "      --resume [CKPT]  go on from CKPT, or from the newest\n"
                "\n"
                "Training\n"
                "  -n, --steps N        steps in all\n"
                "  -s, --seed N         of everything random\n"
                "      --shift N        up or down\n"
                "      --rate R         the learning rate\n"
                "      --set KEY=VALUE  override a key\n"
                "\n"
                "Output\n"
                "      --format F       png, npy or raw\n"
                "  -d, --dry-run        train nothing\n"
                "\n"
                "Common\n"
                "      --device SPEC    auto, cpu, gpu, P:D or part of a name; or $CLGAN_DEVICE\n"
                "  -q, --quiet          no progress, no notes\n"
                "  -v, --verbose        say more\n"
                "      --color WHEN     auto, always or never\n"
                "  -h, --help           show this\n"
                "      --version        show the versions of clgan and of what it stands on\n"
                "\n"
                "Examples\n"
                "  gan-train models/ring8.yaml\n"
                "  gan-train models/ring8.yaml --steps 500\n");
}

static void a_failed_allocation_is_an_error(void **state) {
    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        gan_options *options;
        gan__alloc_fail_at(n);
        gan_status status = parse("r.yaml --steps 5", &options);
        gan__alloc_fail_at(0);
        assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        assert_null(options);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_a_value_is_understood),
        cmocka_unit_test(values_have_their_kinds),
        cmocka_unit_test(what_is_not_given_is_otherwise),
        cmocka_unit_test(an_optional_value_is_taken_where_it_can_be),
        cmocka_unit_test(a_wrong_command_line_is_explained),
        cmocka_unit_test(help_needs_no_words),
        cmocka_unit_test(help_is_written_from_the_table),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
