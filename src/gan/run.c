// Implements clgan/train.h: opening a run, that is finding everything it needs and refusing what
// does not fit before anything is written. The loop is run_loop.c, the folder's files run_files.c.
#include "gan/run_fit.h"
#include "gan/run_state.h"

#include "base/file.h"
#include "base/memory.h"
#include "gan/data_source.h"
#include "gan/vocabulary_text.h"

#include <stdlib.h>
#include <string.h>

// --- The recipe ----------------------------------------------------------------------------------

// data.source becomes `path`: absolute, so that a resumed run finds it from anywhere.
static gan_status set_source(gan_recipe *recipe, const char *path) {
    char *const absolute = gan__dataset_is_builtin(path) ? NULL : realpath(path, NULL);
    gan_text assignment = {0};
    gan__text_append(&assignment, "data.source=\"");
    for (const char *c = absolute != NULL ? absolute : path; *c != '\0'; c++)
        gan__text_append(&assignment, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    gan__text_append(&assignment, "\"");
    gan_status status = gan__text_status(&assignment);
    if (status == GAN_STATUS_OK) status = gan_recipe_set(recipe, assignment.bytes);
    gan__text_destroy(&assignment);
    free(absolute);
    return status;
}

static gan_status open_recipe(gan_run *run, const gan_run_options *options) {
    if (options->recipe == NULL)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "no recipe was given; name a YAML file, for "
                                                  "example models/ring8.yaml");
    GAN_TRY(gan_recipe_load(options->recipe, &run->recipe));
    for (size_t i = 0; i < options->setting_count; i++)
        GAN_TRY(gan_recipe_set(run->recipe, options->settings[i]));
    if (options->data != NULL) GAN_TRY(set_source(run->recipe, options->data));
    run->values = gan__recipe_values(run->recipe);
    return GAN_STATUS_OK;
}

// --- Resuming ------------------------------------------------------------------------------------

static gan_status refuse_differences(gan_run *run, const gan_recipe *before, const char *path) {
    gan_text keys = {0};
    gan_status status = GAN_STATUS_OK;
    if (gan__recipe_differences(run->recipe, before, &keys) > 0)
        status = gan__fail(GAN_STATUS_BAD_INPUT,
                           "the recipe differs from that of %s in: %s; give the old values, or "
                           "change them on purpose with --set",
                           path, gan__text_string(&keys));
    gan__text_destroy(&keys);
    return status;
}

// The data set is the one the checkpoint was trained on, unless another was asked for.
static gan_status compare_recipes(gan_run *run, const gan_run_options *options, const char *path) {
    const char *const text = gan_checkpoint_text(run->resumed, "recipe");
    gan_recipe *before = NULL;
    if (text == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s holds no recipe, so it cannot be resumed", path);
    GAN_TRY(gan__recipe_parse_saved(text, path, &before));
    gan_status status = GAN_STATUS_OK;
    if (options->data == NULL)
        status = set_source(run->recipe, gan__recipe_values(before)->data.source);
    if (status == GAN_STATUS_OK) status = refuse_differences(run, before, path);
    gan_recipe_destroy(before);
    return status;
}

static gan_status open_checkpoint(gan_run *run, const gan_run_options *options) {
    gan_text path = {0};
    gan_status status;
    if (options->resume_from != NULL) {
        gan__text_append(&path, "%s", options->resume_from);
        status = gan__text_status(&path);
    } else {
        status = gan__run_folder_newest(run->folder, &path);
    }
    if (status == GAN_STATUS_OK) status = gan_checkpoint_open(path.bytes, &run->resumed);
    if (status == GAN_STATUS_OK) status = gan__run_record_read(run->resumed, &run->record);
    if (status == GAN_STATUS_OK) status = compare_recipes(run, options, path.bytes);
    if (status == GAN_STATUS_OK) {
        const char *const history = gan_checkpoint_text(run->resumed, "history");
        gan__text_append(&run->history, "%s", history == NULL ? "" : history);
        run->most_modes = gan__history_most_modes(gan__text_string(&run->history));
        status = gan__text_status(&run->history);
    }
    gan__text_destroy(&path);
    return status;
}

// --- The rest ------------------------------------------------------------------------------------

static gan_status open_data(gan_run *run) {
    const char *const source = run->values->data.source;
    if (!gan__dataset_is_builtin(source) && !gan__file_exists(source))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: the data %s%s%s not there; give a folder or file with --data, or one "
                         "of builtin:%s",
                         gan__recipe_source(run->recipe), source[0] == '\0' ? "" : "'", source,
                         source[0] == '\0' ? "are" : "' are", gan__dataset_builtins());
    GAN_TRY(gan__data_source_open(run->values, source, &run->dataset));
    const int64_t *const limit = run->values->data.limit;
    if (limit[1] == 0) return GAN_STATUS_OK;
    return gan__dataset_limit(run->dataset, (uint64_t)limit[0], (uint64_t)limit[1]);
}

static gan_status open_folder(gan_run *run, const char *out) {
    gan_text path = {0};
    if (out != NULL)
        gan__text_append(&path, "%s", out);
    else
        gan__text_append(&path, "runs/%s", gan_recipe_name(run->recipe));
    gan_status status = gan__text_status(&path);
    if (status == GAN_STATUS_OK) status = gan__run_folder_create(path.bytes, &run->folder);
    gan__text_destroy(&path);
    return status;
}

// A run that is resumed goes on with the orders of summation it began with, whatever its device has
// been tuned to meanwhile.
static gan_status open_device(gan_run *run, const char *spec) {
    GAN_TRY(gan_device_open(spec, &run->device));
    return run->resumed ? gan__run_record_adopt_orders(run->device, run->resumed) : GAN_STATUS_OK;
}

// Devices that do not say how much memory they have are not doubted.
static gan_status plan_training(gan_run *run) {
    const uint64_t limit = gan__device_traits(run->device)->memory_bytes;
    const gan_status planned =
        gan__trainer_create(run->device, run->recipe, run->dataset, &run->trainer);
    return gan__run_check_fit(planned, run->trainer, run->device, run->recipe, run->dataset, limit);
}

static gan_status open_all(gan_run *run, const gan_run_options *options) {
    run->tensorboard = options->tensorboard;
    GAN_TRY(open_recipe(run, options));
    GAN_TRY(open_folder(run, options->out));
    if (options->resume || options->resume_from != NULL) GAN_TRY(open_checkpoint(run, options));
    GAN_TRY(open_data(run));
    GAN_TRY(gan__run_check_modes(run));
    if (run->resumed != NULL) GAN_TRY(gan__vocabulary_check(run->resumed, run->dataset));
    GAN_TRY(open_device(run, options->device));
    if (options->profile) GAN_TRY(gan__device_set_profiling(run->device, true));
    GAN_TRY(plan_training(run));
    return gan__run_fill_plan(run);
}

gan_status gan_run_open(const gan_run_options *options, gan_run **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_run), &memory));
    gan_run *const run = memory;
    atomic_init(&run->stop, GAN_RUN_NO_REQUEST);
    atomic_init(&run->save, 0);
    const gan_status status = open_all(run, options);
    if (status != GAN_STATUS_OK) {
        gan_run_close(run);
        return status;
    }
    *out = run;
    return GAN_STATUS_OK;
}

void gan_run_close(gan_run *run) {
    if (run == NULL) return;
    gan__history_file_close(run->history_file);
    gan__event_file_close(run->events);
    gan__text_destroy(&run->history);
    gan__trainer_destroy(run->trainer);
    gan__free(run->orbit.about);
    gan_classifier_destroy(run->mode_classifier);
    gan_device_close(run->device);
    gan__dataset_close(run->dataset);
    gan_checkpoint_close(run->resumed);
    gan__run_folder_destroy(run->folder);
    gan_recipe_destroy(run->recipe);
    gan__free(run->layers);
    gan__free(run);
}

void gan_run_post(gan_run *run, gan_run_request request) {
    if (request == GAN_RUN_REQUEST_SAVE)
        atomic_store(&run->save, 1);
    else
        atomic_store(&run->stop, (int)request);
}

const gan_device_info *gan_run_get_device(const gan_run *run) {
    return gan_device_get_info(run->device);
}

const char *gan_run_get_folder(const gan_run *run) {
    return gan__run_folder_path(run->folder);
}
