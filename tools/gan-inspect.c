// gan-inspect: looks into checkpoints, compares them, lists devices. The views are in inspect/.
#include "inspect/inspect.h"

static const char *const pixel_ranges[] = {"0,1", "-1,1", "0,255", NULL}; // as in judge.c

static const gan_option option_table[] = {
    {.group = "What to show",
     .name = "tensor",
     .kind = GAN_OPTION_TEXT,
     .argument = "PATTERN",
     .help = "the tensors of such a name, in full: 'generator.*'",
     .detail = "PATTERN is a shell's: * and ? stand for anything. Statistics, histogram, "
               "singular values, filters as tiles, and a heat map."},
    {.group = "What to show",
     .name = "layers",
     .kind = GAN_OPTION_FLAG,
     .help = "activations, dead units and spectral norms of each"},
    {.group = "What to show",
     .name = "history",
     .kind = GAN_OPTION_FLAG,
     .help = "the loss curves, drawn in the terminal"},
    {.group = "What to show",
     .name = "verify",
     .kind = GAN_OPTION_FLAG,
     .help = "read everything, check every checksum and bound",
     .detail = "Exit status 4 where it is damaged, naming the chunk and the place."},
    {.group = "What to show",
     .name = "diff",
     .kind = GAN_OPTION_FLAG,
     .help = "compare two checkpoints: exit code 0 same, 1 different",
     .detail = "Where they differ, and by how much, tensor by tensor."},
    {.group = "What to show",
     .name = "evaluate",
     .kind = GAN_OPTION_FLAG,
     .help = "modes, divergences or log-likelihood of its samples",
     .detail = "What is measured depends on the data: docs/evaluation.md."},
    {.group = "What to show",
     .name = "devices",
     .kind = GAN_OPTION_FLAG,
     .help = "the OpenCL devices, with a self-test of each"},
    {.group = "What to show",
     .name = "tune",
     .kind = GAN_OPTION_FLAG,
     .help = "with --devices: find and keep the fastest kernels for them"},
    {.group = "How",
     .name = "data",
     .kind = GAN_OPTION_TEXT,
     .argument = "SRC",
     .help = "the data to evaluate or tune by; default the recipe's",
     .is_path = true},
    {.group = "How",
     .name = "features",
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "with --evaluate: compare by features of a .gan or .onnx",
     .detail = "FILE is a checkpoint with a classifier, or any network as ONNX, whose first "
               "output is taken: docs/evaluation.md lists the operators that are known.",
     .is_path = true},
    {.group = "How",
     .name = "value",
     .kind = GAN_OPTION_TEXT,
     .argument = "NAME",
     .help = "of the .onnx: another value of its graph as features"},
    {.group = "How",
     .name = "pixels",
     .kind = GAN_OPTION_CHOICE,
     .argument = "RANGE",
     .choices = pixel_ranges,
     .help = "of the .onnx: 0,1 or -1,1 or 0,255; default what it says",
     .detail = "What black and white are to the network. By default what its metadata "
               "Image.NominalPixelRange says, or the recipe that gan-convert puts into it, else "
               "0 and 1."},
    {.group = "How",
     .name = "count",
     .letter = 'n',
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "samples to evaluate; default the protocol's",
     .minimum = 2,
     .maximum = 1e9},
    {.group = "How",
     .name = "seconds",
     .kind = GAN_OPTION_NUMBER,
     .argument = "S",
     .help = "end tuning after so long; what was found is kept",
     .minimum = 0.1,
     .maximum = 1e6},
    {.group = "How",
     .name = "anew",
     .kind = GAN_OPTION_FLAG,
     .help = "tune what is known already, too"},
    {.group = "How",
     .name = "json",
     .kind = GAN_OPTION_FLAG,
     .help = "all of it as one JSON document"},
};

static const char *const description[] = {
    "By default it says what CKPT is (model, objective, step, when and where it was "
    "trained), and lists its layers and its tensors with shape, type, bytes stored, mean, "
    "deviation, range, zeros, counts of NaN and infinity, and a small histogram, without "
    "reading the tensors' data.",
    "With --devices --tune the words are recipes, whose kernels are tuned.",
    NULL,
};

static const char *const examples[] = {
    "gan-inspect latest.gan",
    "gan-inspect --verify latest.gan",
    "gan-inspect --diff first.gan second.gan",
    "gan-inspect --evaluate --data ~/mnist latest.gan",
    "gan-inspect --evaluate --features inception.onnx latest.gan",
    "gan-inspect --devices --tune models/ring8.yaml",
    "gan-inspect --json --tensor 'generator.*' latest.gan",
    NULL,
};

static const gan_tool tool = {
    .name = "gan-inspect",
    .purpose = "look into a checkpoint",
    .words = "[CKPT [CKPT] | RECIPE...]",
    .fewest_words = 0,
    .most_words = 64,
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = examples,
    .description = description,
};

// The views: an option each, none for the default, and how many checkpoints they take.
typedef struct inspect_view {
    const char *option;
    size_t words;
} inspect_view;

enum {
    VIEW_SUMMARY,
    VIEW_TENSOR,
    VIEW_LAYERS,
    VIEW_HISTORY,
    VIEW_VERIFY,
    VIEW_DIFF,
    VIEW_EVALUATE,
    VIEW_DEVICES,
    VIEWS
};
static const inspect_view views[VIEWS] = {
    [VIEW_SUMMARY] = {NULL, 1},        [VIEW_TENSOR] = {"tensor", 1},
    [VIEW_LAYERS] = {"layers", 1},     [VIEW_HISTORY] = {"history", 1},
    [VIEW_VERIFY] = {"verify", 1},     [VIEW_DIFF] = {"diff", 2},
    [VIEW_EVALUATE] = {"evaluate", 1}, [VIEW_DEVICES] = {"devices", 0},
};

// Options that mean something beside others only.
static const struct companion {
    const char *option, *beside, *or_beside;
} companions[] = {
    {"data", "evaluate", "tune"}, {"features", "evaluate", NULL}, {"value", "features", NULL},
    {"pixels", "features", NULL}, {"count", "evaluate", NULL},    {"tune", "devices", NULL},
    {"seconds", "tune", NULL},    {"anew", "tune", NULL},
};

static gan_status check_companions(const gan_options *options) {
    for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++) {
        const struct companion *c = &companions[i];
        if (gan__options_given(options, c->option) == 0 ||
            gan__options_given(options, c->beside) > 0 ||
            (c->or_beside && gan__options_given(options, c->or_beside) > 0))
            continue;
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "--%s belongs to --%s; give both", c->option,
                         c->beside);
    }
    return GAN_STATUS_OK;
}

static gan_status choose_view(const gan_options *options, int *view) {
    *view = VIEW_SUMMARY;
    for (int i = VIEW_SUMMARY + 1; i < VIEWS; i++) {
        if (gan__options_given(options, views[i].option) == 0) continue;
        if (*view != VIEW_SUMMARY)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT, "--%s and --%s: give one of the two",
                             views[*view].option, views[i].option);
        *view = i;
    }
    GAN_TRY(check_companions(options));
    if (gan__options_given(options, "tune") > 0) return GAN_STATUS_OK; // the words are recipes
    size_t words = gan__options_word_count(options);
    if (words == views[*view].words) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "%s%s%stakes %zu checkpoint%s and got %zu; gan-inspect --help says more",
                     views[*view].option ? "--" : "",
                     views[*view].option ? views[*view].option : "", views[*view].option ? " " : "",
                     views[*view].words, views[*view].words == 1 ? "" : "s", words);
}

static gan_status run_tool(const gan_tool_call *call) {
    const gan_options *options = call->options;
    int view;
    GAN_TRY(choose_view(options, &view));
    size_t words = gan__options_word_count(options);
    const gan_inspection inspection = {
        .call = call,
        .path = words > 0 ? gan__options_word(options, 0) : NULL,
        .json = gan__options_given(options, "json") > 0,
    };
    switch (view) {
    case VIEW_TENSOR:
        return gan__inspect_tensors(&inspection, gan__options_text(options, "tensor", NULL));
    case VIEW_LAYERS:
        return gan__inspect_layers(&inspection);
    case VIEW_HISTORY:
        return gan__inspect_history(&inspection);
    case VIEW_VERIFY:
        return gan__inspect_verify(&inspection);
    case VIEW_DIFF:
        return gan__inspect_diff(&inspection, gan__options_word(options, 1));
    case VIEW_EVALUATE:
        return gan__inspect_evaluate(&inspection);
    case VIEW_DEVICES:
        return gan__inspect_devices(&inspection);
    default:
        return gan__inspect_summary(&inspection);
    }
}

int main(int argc, char **argv) {
    gan_tool_call call;
    int exit_code;
    if (!gan__tool_begin(&tool, argc, argv, &call, &exit_code)) return exit_code;
    gan_status status = run_tool(&call);
    if (status != GAN_STATUS_DIFFERENT) return gan__tool_end(&call, status);
    gan__tool_end(&call, GAN_STATUS_OK); // stdout has said all
    return gan_status_exit_code(status);
}
