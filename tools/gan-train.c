// gan-train: trains a recipe. Arguments in, a run's folder out; progress and messages on stderr.
// What it says is in train/.
#include "train/train.h"

#include "clgan/checkpoint.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const gan_option option_table[] = {
    {.group = "Input and output",
     .name = "data",
     .kind = GAN_OPTION_TEXT,
     .argument = "SRC",
     .help = "a folder or file of samples, or builtin:NAME",
     .detail = "The kind is found by looking: IDX, CIFAR-10 binary, .npy, .npz and lines of "
               ".txt, each gzipped or not; a folder of PNG or JPEG files, whose sub-folders "
               "are classes; or what clgan draws itself, as in builtin:ring8.",
     .is_path = true},
    {.group = "Input and output",
     .name = "out",
     .kind = GAN_OPTION_TEXT,
     .argument = "DIR",
     .help = "the run's folder; default runs/<recipe's name>",
     .detail = "A folder that holds a run is never overwritten: --resume goes on from it.",
     .is_path = true},
    {.group = "Input and output",
     .name = "resume",
     .kind = GAN_OPTION_OPTIONAL_TEXT,
     .argument = "CKPT",
     .help = "go on from CKPT, or from the newest in the folder",
     .detail = "A recipe that differs from the checkpoint's is refused, and the keys are "
               "listed; those that options change may differ. A checkpoint that is not whole "
               "is passed over for the one before.",
     .is_path = true},
    {.group = "Recipe",
     .name = "steps",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "steps in all, those before a resume included",
     .minimum = 1,
     .maximum = 1e15},
    {.group = "Recipe",
     .name = "batch",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "samples in a batch",
     .minimum = 1,
     .maximum = 65536},
    {.group = "Recipe",
     .name = "seed",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "what all randomness comes from"},
    {.group = "Recipe",
     .name = "set",
     .kind = GAN_OPTION_TEXT,
     .argument = "KEY=VALUE",
     .help = "override any key of the recipe; repeatable",
     .detail = "KEY is the path of any key of the recipe, as in optimizer.generator.lr=1e-4 or "
               "generator.layers.0.dense=512; VALUE is YAML.",
     .repeatable = true},
    {.group = "Intervals, in steps",
     .name = "save-every",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "write a checkpoint"},
    {.group = "Intervals, in steps",
     .name = "sample-every",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "write a picture of samples"},
    {.group = "Intervals, in steps",
     .name = "log-every",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "write a line of metrics",
     .minimum = 1,
     .maximum = 1e15},
    {.group = "Intervals, in steps",
     .name = "keep",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "checkpoints to keep; 0 keeps all"},
    {.group = "Looking",
     .name = "dry-run",
     .help = "check and show everything, train nothing",
     .detail = "It prints the resolved recipe, layers with their shapes and parameters, "
               "launches, and the exact device memory."},
    {.group = "Looking",
     .name = "profile",
     .help = "time every kernel; a table at the end",
     .detail = "Launches, time, share, GFLOP/s and GB/s of each, and how much of the device's "
               "limits that is."},
    {.group = "Looking",
     .name = "tensorboard",
     .help = "write TensorBoard's event file too",
     .detail = "It is called events.out.tfevents.clgan and holds the figures of metrics.jsonl "
               "and the pictures."},
};

static const char *const description[] = {
    "Trains the networks of RECIPE, a page of YAML that says what is learned from which "
    "data and how. docs/recipes.md has every key; recipes that work are installed in "
    "share/clgan/models.",
    "The run's folder gets recipe.yaml (every key resolved), metrics.jsonl (a JSON object "
    "a line: step, images, elapsed_s, images_per_s, d_loss, g_loss, d_real, d_fake and "
    "more), samples/step-00001000.png (of the same latents each time), "
    "checkpoint-00001000.gan, latest.gan, which is whole at any instant, and report.html, "
    "a page for any browser that is kept current.",
    "SIGINT and SIGTERM finish the step, save and end; a second one ends at once. SIGUSR1 "
    "saves and goes on. The same recipe, seed, device and build give the same bits, "
    "interrupted and resumed or not.",
    NULL,
};

static const char *const examples[] = {
    "gan-train models/ring8.yaml",
    "gan-train models/mnist-mlp.yaml --data ~/mnist --out runs/first",
    "gan-train models/mnist-mlp.yaml --out runs/first --resume --steps 40000",
    NULL,
};

static const gan_tool tool = {
    .name = "gan-train",
    .purpose = "train a generative adversarial network",
    .words = "RECIPE",
    .fewest_words = 1,
    .most_words = 1,
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = examples,
    .description = description,
};

// --- Signals -------------------------------------------------------------------------------------

// The one run a signal can mean. gan_run_post may be called from a handler.
static gan_run *volatile signalled_run;

static void on_stop_signal(int number) {
    if (signalled_run != NULL)
        gan_run_post(signalled_run,
                     number == SIGINT ? GAN_RUN_REQUEST_INTERRUPT : GAN_RUN_REQUEST_TERMINATE);
}

static void on_save_signal(int number) {
    (void)number;
    if (signalled_run != NULL) gan_run_post(signalled_run, GAN_RUN_REQUEST_SAVE);
}

static void catch_signals(gan_run *run) {
    struct sigaction action = {.sa_handler = on_save_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    signalled_run = run;
    gan__tool_catch_stop(on_stop_signal);
    sigaction(SIGUSR1, &action, NULL);
}

// --- Options to the run's ------------------------------------------------------------------------
typedef struct recipe_settings {
    const char **text;
    size_t count;
    char numbers[16][64]; // those that come from options of their own
    size_t number_count;
} recipe_settings;

// Options that stand for a key of the recipe.
static const struct {
    const char *option, *key;
} recipe_options[] = {
    {"steps", "steps"},         {"batch", "batch"},
    {"seed", "seed"},           {"save-every", "save_every"},
    {"log-every", "log_every"}, {"sample-every", "sample_every"},
    {"keep", "keep"},
};
#define RECIPE_OPTION_COUNT (sizeof recipe_options / sizeof recipe_options[0])

static gan_status collect_settings(const gan_options *options, recipe_settings *out) {
    const size_t given = gan__options_given(options, "set");
    *out = (recipe_settings){0};
    out->text = calloc(given + RECIPE_OPTION_COUNT, sizeof *out->text);
    if (out->text == NULL)
        return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for %zu settings", given);
    for (size_t i = 0; i < given; i++)
        out->text[out->count++] = gan__options_text_at(options, "set", i);
    for (size_t i = 0; i < RECIPE_OPTION_COUNT; i++) {
        if (gan__options_given(options, recipe_options[i].option) == 0) continue;
        char *const number = out->numbers[out->number_count++];
        snprintf(number, sizeof out->numbers[0], "%s=%" PRIu64, recipe_options[i].key,
                 gan__options_count(options, recipe_options[i].option, 0));
        out->text[out->count++] = number;
    }
    return GAN_STATUS_OK;
}

// --- Mistakes ------------------------------------------------------------------------------------
static gan_status check_options(const gan_options *options) {
    static const char *const idle[] = {"profile", "tensorboard"};
    if (gan__options_given(options, "dry-run") == 0) return GAN_STATUS_OK;
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++)
        if (gan__options_given(options, idle[i]) > 0)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "--%s has no effect with --dry-run, which trains nothing", idle[i]);
    return GAN_STATUS_OK;
}

// A checkpoint in place of a recipe is told what it is for.
static gan_status explain(gan_status failure, const char *recipe) {
    gan_checkpoint *checkpoint;
    char message[GAN_MESSAGE_SIZE];
    if (failure != GAN_STATUS_BAD_INPUT) return failure;
    snprintf(message, sizeof message, "%s", gan_status_message());
    if (gan_checkpoint_open(recipe, &checkpoint) != GAN_STATUS_OK)
        return gan__fail(failure, "%s", message);
    gan_checkpoint_close(checkpoint);
    return gan__fail(
        failure,
        "%s: a checkpoint, where a recipe is wanted; its run goes on by the recipe.yaml "
        "beside it and --resume %s",
        recipe, recipe);
}

// --- Main ----------------------------------------------------------------------------------------
static gan_status run_tool(const gan_tool_call *call, const recipe_settings *given) {
    const gan_options *const options = call->options;
    const bool profile = gan__options_given(options, "profile") > 0;
    const gan_run_options wanted = {
        .recipe = gan__options_word(options, 0),
        .data = gan__options_text(options, "data", NULL),
        .out = gan__options_text(options, "out", NULL),
        .device = gan__tool_device(call),
        .settings = given->text,
        .setting_count = given->count,
        .resume = gan__options_given(options, "resume") > 0,
        .resume_from = gan__options_text(options, "resume", NULL),
        .profile = profile,
        .tensorboard = gan__options_given(options, "tensorboard") > 0,
    };
    gan_run *run = NULL;
    gan_status status = check_options(options);
    if (status != GAN_STATUS_OK) return status;
    status = gan_run_open(&wanted, &run);
    if (status != GAN_STATUS_OK) return explain(status, wanted.recipe);
    if (gan__options_given(options, "dry-run") > 0) {
        status = gan__train_print_plan(run, &call->out);
    } else {
        catch_signals(run);
        status = gan__train_watch(run, call);
        signalled_run = NULL;
        if (status == GAN_STATUS_OK && profile) status = gan__train_print_profile(run, &call->out);
    }
    gan_run_close(run);
    return status;
}

int main(int argc, char **argv) {
    gan_tool_call call;
    recipe_settings given;
    int exit_code;
    if (!gan__tool_begin(&tool, argc, argv, &call, &exit_code)) return exit_code;
    gan_status status = collect_settings(call.options, &given);
    if (status == GAN_STATUS_OK) status = run_tool(&call, &given);
    free(given.text);
    return gan__tool_end(&call, status);
}
