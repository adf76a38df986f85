// gan-train: trains a recipe. Arguments in, a run's folder out; progress and messages on stderr.
#include "clgan/train.h"
#include "term/human.h"
#include "term/progress.h"
#include "term/table.h"
#include "tool.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const gan_option option_table[] = {
    {.group = "Input and output",
     .name = "data",
     .kind = GAN_OPTION_TEXT,
     .argument = "SRC",
     .help = "a folder or file of samples, or builtin:NAME"},
    {.group = "Input and output",
     .name = "out",
     .kind = GAN_OPTION_TEXT,
     .argument = "DIR",
     .help = "the run's folder; default runs/<recipe's name>"},
    {.group = "Input and output",
     .name = "resume",
     .kind = GAN_OPTION_OPTIONAL_TEXT,
     .argument = "CKPT",
     .help = "go on from CKPT, or from the newest in the folder"},
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
     .maximum = 1e6},
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
    {.group = "Looking", .name = "dry-run", .help = "check and show everything, train nothing"},
    {.group = "Looking", .name = "profile", .help = "time every kernel; a table at the end"},
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
};

// --- Signals
// --------------------------------------------------------------------------------------

// The one run a signal can mean. gan_run_post may be called from a handler.
static gan_run *volatile signalled_run;
static volatile sig_atomic_t stop_signals;

static void on_stop_signal(int number) {
    if (stop_signals++ > 0) _exit(128 + number);
    if (signalled_run != NULL)
        gan_run_post(signalled_run,
                     number == SIGINT ? GAN_RUN_REQUEST_INTERRUPT : GAN_RUN_REQUEST_TERMINATE);
}

static void on_save_signal(int number) {
    (void)number;
    if (signalled_run != NULL) gan_run_post(signalled_run, GAN_RUN_REQUEST_SAVE);
}

static void catch_signals(gan_run *run) {
    struct sigaction action = {.sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    signalled_run = run;
    action.sa_handler = on_stop_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = on_save_signal;
    sigaction(SIGUSR1, &action, NULL);
}

// --- Options to the run's
// -------------------------------------------------------------------------

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

static bool collect_settings(const gan_options *options, recipe_settings *out) {
    const size_t given = gan__options_given(options, "set");
    *out = (recipe_settings){0};
    out->text = calloc(given + RECIPE_OPTION_COUNT, sizeof *out->text);
    if (out->text == NULL) return false;
    for (size_t i = 0; i < given; i++)
        out->text[out->count++] = gan__options_text_at(options, "set", i);
    for (size_t i = 0; i < RECIPE_OPTION_COUNT; i++) {
        if (gan__options_given(options, recipe_options[i].option) == 0) continue;
        char *const number = out->numbers[out->number_count++];
        snprintf(number, sizeof out->numbers[0], "%s=%" PRIu64, recipe_options[i].key,
                 gan__options_count(options, recipe_options[i].option, 0));
        out->text[out->count++] = number;
    }
    return true;
}

// --- Before training
// ------------------------------------------------------------------------------

static void print_layers(const gan_run_plan *plan, const gan_terminal *out) {
    gan_table *table = NULL;
    if (gan__table_create(&table) != GAN_STATUS_OK) return;
    gan__table_column(table, "layer", GAN_ALIGN_LEFT);
    gan__table_column(table, "kind", GAN_ALIGN_LEFT);
    gan__table_column(table, "output", GAN_ALIGN_RIGHT);
    gan__table_column(table, "parameters", GAN_ALIGN_RIGHT);
    for (size_t i = 0; i < plan->layer_count; i++) {
        const gan_run_layer *const layer = &plan->layers[i];
        gan__table_cell(table, "%s.%zu", layer->network, layer->index);
        gan__table_cell(table, "%s", layer->kind);
        gan__table_cell(table, "%s", layer->output);
        gan__table_cell(table, "%s", gan__human_digits(layer->parameters).text);
    }
    (void)gan__table_write(table, out);
    gan__table_destroy(table);
}

static void print_kernels(gan_run *run, const gan_terminal *out) {
    gan_table *table = NULL;
    if (gan__table_create(&table) != GAN_STATUS_OK) return;
    gan__table_column(table, "program", GAN_ALIGN_LEFT);
    gan__table_column(table, "launch", GAN_ALIGN_LEFT);
    gan__table_column(table, "engine", GAN_ALIGN_LEFT);
    gan__table_column(table, "Mflop", GAN_ALIGN_RIGHT);
    gan__table_column(table, "bytes", GAN_ALIGN_RIGHT);
    for (size_t i = 0; i < gan_run_kernel_count(run); i++) {
        gan_run_kernel kernel;
        if (gan_run_get_kernel(run, i, &kernel) != GAN_STATUS_OK) break;
        gan__table_cell(table, "%s", kernel.program);
        gan__table_cell(table, "%s", kernel.label);
        gan__table_cell(table, "%s", kernel.engine);
        gan__table_cell(table, "%.3f", kernel.flops * 1e-6);
        gan__table_cell(table, "%s", gan__human_bytes((uint64_t)kernel.bytes).text);
    }
    (void)gan__table_write(table, out);
    gan__table_destroy(table);
}

static void print_plan(gan_run *run, const gan_terminal *out) {
    const gan_run_plan *const plan = gan_run_get_plan(run);
    const gan_device_info *const device = gan_run_get_device(run);
    fprintf(out->file, "# The resolved recipe\n%s\n", plan->recipe);
    fprintf(out->file, "# Networks: generator %s parameters, discriminator %s\n",
            gan__human_digits(plan->generator_parameters).text,
            gan__human_digits(plan->discriminator_parameters).text);
    print_layers(plan, out);
    fprintf(out->file, "\n# Data: %s, %" PRIu64 " samples of %s\n", plan->data_kind,
            plan->data_count, plan->sample);
    fprintf(out->file, "# Device: %s (%s)\n\n# Launches: %" PRIu64 " a step, none of which waits\n",
            device->name, device->platform_name, plan->launches_per_step);
    print_kernels(run, out);
    fprintf(out->file,
            "\n# Device memory: %" PRIu64 " bytes (%s): states %" PRIu64 ", inputs %" PRIu64
            ", outputs %" PRIu64 ", arena %" PRIu64 "\n",
            plan->device_bytes, gan__human_bytes(plan->device_bytes).text, plan->state_bytes,
            plan->input_bytes, plan->output_bytes, plan->arena_bytes);
}

// --- While it trains
// ------------------------------------------------------------------------------

typedef struct watcher {
    const gan_tool_call *call;
    const gan_run_plan *plan;
    gan_progress *progress; // the bar of what is under way; NULL at first
    bool is_training;       // the bar is that of training, not of compiling
    char modes[64];         // the newest figures of modes; "" where there are none
    bool is_collapsed;      // as of them
} watcher;

static void open_bar(watcher *watching, const char *label, const char *unit, uint64_t total,
                     uint64_t start) {
    gan__progress_destroy(watching->progress);
    watching->progress = NULL;
    const gan_progress_settings settings = {.terminal = watching->call->err,
                                            .quiet = watching->call->quiet,
                                            .label = label,
                                            .unit = unit,
                                            .total = total,
                                            .start = start};
    (void)gan__progress_create(&settings, &watching->progress);
}

static void on_build(void *user, size_t done, size_t total) {
    watcher *const watching = user;
    if (watching->progress == NULL) open_bar(watching, "compiling", "kernels", total, 0);
    if (watching->progress != NULL) (void)gan__progress_update(watching->progress, done, NULL);
}

static void describe_modes(watcher *watching, const gan_mode_figures *modes) {
    snprintf(watching->modes, sizeof watching->modes, "modes %zu/%zu (%.1f %% good)  ",
             modes->captured, modes->modes, 100 * modes->high_quality);
}

// Once for each time it collapses.
static void warn_of_collapse(watcher *watching, const gan_run_metrics *metrics) {
    if (metrics->collapsed && !watching->is_collapsed && watching->progress != NULL)
        (void)gan__progress_note(watching->progress,
                                 "warning: mode collapse at step %" PRIu64
                                 ": %zu of %zu modes captured, %zu at best so far; "
                                 "docs/evaluation.md says what helps",
                                 metrics->step, metrics->modes.captured, metrics->modes.modes,
                                 metrics->most_modes);
    watching->is_collapsed = metrics->collapsed;
}

static void on_metrics(void *user, const gan_run_metrics *metrics) {
    watcher *const watching = user;
    if (!watching->is_training)
        open_bar(watching, "training", "steps", metrics->steps, watching->plan->first_step);
    watching->is_training = true;
    char detail[192];
    if (metrics->has_modes) describe_modes(watching, &metrics->modes);
    snprintf(detail, sizeof detail, "D %.4f G %.4f  D(x) %.3f D(G(z)) %.3f  %s%s images/s",
             metrics->d_loss, metrics->g_loss, metrics->d_real, metrics->d_fake, watching->modes,
             gan__human_count((uint64_t)metrics->images_per_s).text);
    if (watching->progress != NULL)
        (void)gan__progress_update(watching->progress, metrics->step, detail);
    if (watching->progress != NULL && watching->call->verbose)
        (void)gan__progress_note(watching->progress, "step %" PRIu64 "  %s", metrics->step, detail);
    if (metrics->has_modes) warn_of_collapse(watching, metrics);
}

static void on_file(void *user, const char *path) {
    watcher *const watching = user;
    if (watching->progress != NULL && watching->call->verbose)
        (void)gan__progress_note(watching->progress, "wrote %s", path);
}

static void note(const watcher *watching, const char *format, const char *first,
                 const char *second) {
    if (watching->call->quiet) return;
    fprintf(watching->call->err.file, format, first, second);
}

static gan_status train(gan_run *run, const gan_tool_call *call) {
    const gan_device_info *const device = gan_run_get_device(run);
    watcher watching = {.call = call, .plan = gan_run_get_plan(run)};
    const gan_run_callbacks callbacks = {
        .user = &watching, .on_build = on_build, .on_metrics = on_metrics, .on_file = on_file};
    note(&watching, "training %s on %s\n", watching.plan->name, device->name);
    const gan_status status = gan_run_train(run, &callbacks);
    gan__progress_destroy(watching.progress);
    if (status == GAN_STATUS_OK)
        note(&watching, "done: %s holds samples, metrics and %s\n", gan_run_get_folder(run),
             "latest.gan");
    return status;
}

// --- After training
// -------------------------------------------------------------------------------

static int by_seconds(const void *a, const void *b) {
    const double x = ((const gan_run_kernel *)a)->seconds, y = ((const gan_run_kernel *)b)->seconds;
    return (x < y) - (x > y);
}

static void print_profile_rows(const gan_run_kernel *kernels, size_t count, gan_table *table) {
    double total = 0;
    for (size_t i = 0; i < count; i++) total += kernels[i].seconds;
    for (size_t i = 0; i < count; i++) {
        const gan_run_kernel *const kernel = &kernels[i];
        if (kernel->runs == 0) continue;
        const double each = kernel->seconds / (double)kernel->runs;
        gan__table_cell(table, "%s", kernel->program);
        gan__table_cell(table, "%s", kernel->label);
        gan__table_cell(table, "%s", kernel->engine);
        gan__table_cell(table, "%" PRIu64, kernel->runs);
        gan__table_cell(table, "%.3f", each * 1e3);
        gan__table_cell(table, "%.1f", total > 0 ? 100 * kernel->seconds / total : 0);
        gan__table_cell(table, "%.1f", each > 0 ? kernel->flops / each * 1e-9 : 0);
        gan__table_cell(table, "%.1f", each > 0 ? kernel->bytes / each * 1e-9 : 0);
    }
}

static gan_status print_profile(gan_run *run, const gan_terminal *out) {
    static const char *const headings[] = {"program", "launch",  "engine",  "runs",
                                           "ms each", "share %", "GFLOP/s", "GB/s"};
    const size_t count = gan_run_kernel_count(run);
    gan_run_kernel *const kernels = calloc(count + 1, sizeof *kernels);
    gan_table *table = NULL;
    gan_status status = kernels == NULL ? GAN_STATUS_NO_MEMORY : gan__table_create(&table);
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        status = gan_run_get_kernel(run, i, &kernels[i]);
    if (status == GAN_STATUS_OK) {
        qsort(kernels, count, sizeof *kernels, by_seconds);
        for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
            gan__table_column(table, headings[i], i < 3 ? GAN_ALIGN_LEFT : GAN_ALIGN_RIGHT);
        print_profile_rows(kernels, count, table);
        status = gan__table_write(table, out);
    }
    gan__table_destroy(table);
    free(kernels);
    return status;
}

// --- Main
// -----------------------------------------------------------------------------------------

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
    };
    gan_run *run = NULL;
    gan_status status = gan_run_open(&wanted, &run);
    if (status != GAN_STATUS_OK) return status;
    if (gan__options_given(options, "dry-run") > 0) {
        print_plan(run, &call->out);
    } else {
        catch_signals(run);
        status = train(run, call);
        signalled_run = NULL;
        if (status == GAN_STATUS_OK && profile) status = print_profile(run, &call->out);
    }
    gan_run_close(run);
    return status;
}

int main(int argc, char **argv) {
    gan_tool_call call;
    recipe_settings given;
    int exit_code;
    if (!gan__tool_begin(&tool, argc, argv, &call, &exit_code)) return exit_code;
    if (!collect_settings(call.options, &given)) return gan__tool_end(&call, GAN_STATUS_NO_MEMORY);
    const gan_status status = run_tool(&call, &given);
    free(given.text);
    return gan__tool_end(&call, status);
}
