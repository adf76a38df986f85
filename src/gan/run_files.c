// What a run leaves in its folder: the resolved recipe, the figures, checkpoints and pictures.
#include "gan/run_state.h"

#include "base/file.h"
#include "base/memory.h"
#include "clgan/image.h"
#include "clgan/sample_file.h"
#include "gan/class_names.h"
#include "gan/image.h"
#include "gan/vocabulary_text.h"
#include "runtime/tuner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static gan_status write_recipe(const gan_run *run) {
    gan_text path = {0};
    gan_status status = gan__run_folder_file(run->folder, "recipe.yaml", &path);
    if (status == GAN_STATUS_OK)
        status = gan__file_write(path.bytes, run->plan.recipe, strlen(run->plan.recipe));
    gan__text_destroy(&path);
    return status;
}

gan_status gan__run_begin_files(gan_run *run) {
    gan_text path = {0};
    gan_status status = write_recipe(run);
    if (status == GAN_STATUS_OK) status = gan__run_folder_file(run->folder, "metrics.jsonl", &path);
    if (status == GAN_STATUS_OK)
        status = gan__history_file_open(path.bytes, &run->history, &run->history_file);
    if (status == GAN_STATUS_OK) status = gan__run_begin_events(run);
    gan__text_destroy(&path);
    return status;
}

static void tell_file(const gan_run *run, const char *path) {
    if (run->callbacks.on_file != NULL) run->callbacks.on_file(run->callbacks.user, path);
}

// --- Checkpoints ---------------------------------------------------------------------------------

static void update_record(gan_run *run) {
    const gan_device_info *const device = gan_device_get_info(run->device);
    const gan_dataset_info *const data = gan__dataset_info(run->dataset);
    gan_run_record *const record = &run->record;
    record->seed = (uint64_t)run->values->seed;
    record->step = gan__trainer_step_count(run->trainer);
    record->data_position = gan__trainer_samples_seen(run->trainer);
    record->data_count = data->count;
    record->classes = data->classes;
    record->sample = (gan_shape){.rank = data->rank};
    memcpy(record->sample.size, data->size, (size_t)data->rank * sizeof data->size[0]);
    snprintf(record->device, sizeof record->device, "%s", device->name);
    snprintf(record->driver, sizeof record->driver, "%s", device->driver);
    snprintf(record->data_kind, sizeof record->data_kind, "%s", data->kind);
}

// Which orders of summation tuning has given the run, so that resumed it keeps them.
static gan_status write_tuning(const gan_run *run, gan_checkpoint_writer *writer) {
    gan_text orders = {0};
    gan_status status = gan__tuner_write_orders(run->device, &orders);
    if (status == GAN_STATUS_OK && orders.length > 0)
        status = gan_checkpoint_writer_text(writer, "tuning", orders.bytes);
    gan__text_destroy(&orders);
    return status;
}

static gan_status write_content(gan_run *run, gan_checkpoint_writer *writer) {
    gan_text record = {0};
    gan_status status = gan__run_record_write(&run->record, &record);
    if (status == GAN_STATUS_OK)
        status = gan_checkpoint_writer_text(writer, "recipe", run->plan.recipe);
    if (status == GAN_STATUS_OK) status = gan_checkpoint_writer_text(writer, "run", record.bytes);
    if (status == GAN_STATUS_OK)
        status = gan_checkpoint_writer_text(writer, "history", gan__text_string(&run->history));
    if (status == GAN_STATUS_OK) status = write_tuning(run, writer);
    if (status == GAN_STATUS_OK) status = gan__class_names_write(run->dataset, writer);
    if (status == GAN_STATUS_OK) status = gan__vocabulary_write(run->dataset, writer);
    if (status == GAN_STATUS_OK) status = gan__trainer_save(run->trainer, writer);
    gan__text_destroy(&record);
    return status;
}

static gan_status write_checkpoint(gan_run *run, const char *path) {
    gan_checkpoint_writer *writer = NULL;
    GAN_TRY(gan_checkpoint_writer_create(path, GAN_CHECKPOINT_LEVEL_DEFAULT, &writer));
    const gan_status status = write_content(run, writer);
    if (status == GAN_STATUS_OK) return gan_checkpoint_writer_commit(writer);
    gan_checkpoint_writer_discard(writer);
    return status;
}

gan_status gan__run_save(gan_run *run) {
    gan_text path = {0};
    update_record(run);
    const uint64_t step = run->record.step;
    gan_status status = gan__run_folder_checkpoint(run->folder, step, &path);
    if (status == GAN_STATUS_OK) status = write_checkpoint(run, path.bytes);
    if (status == GAN_STATUS_OK) status = gan__run_folder_publish(run->folder, step);
    if (status == GAN_STATUS_OK)
        status = gan__run_folder_prune(run->folder, step, (uint64_t)run->values->keep);
    if (status == GAN_STATUS_OK) tell_file(run, path.bytes);
    gan__text_destroy(&path);
    return status;
}

// --- Pictures ------------------------------------------------------------------------------------

// Points of the data behind a plot of samples.
#define REFERENCE_POINTS 2000

static gan_sample_info picture_info(const gan_run *run) {
    const gan_dataset_info *const data = gan__dataset_info(run->dataset);
    gan_sample_info info = {
        .rank = data->rank, .elements = 1, .vocabulary = gan__dataset_vocabulary(run->dataset)};
    for (int i = 0; i < data->rank; i++) {
        info.size[i] = data->size[i];
        info.elements *= (size_t)data->size[i];
    }
    if (!run->values->data.has_range) return info;
    info.low = run->values->data.range[0];
    info.high = run->values->data.range[1];
    return info;
}

// The data's own points, where samples are points and plotted; NULL for pictures.
static gan_status read_reference(const gan_run *run, const gan_sample_info *info, float **out) {
    const gan_dataset_info *const data = gan__dataset_info(run->dataset);
    void *points = NULL;
    *out = NULL;
    if (info->rank != 1 || info->elements > 2 || data->type != GAN_SAMPLE_TYPE_F32)
        return GAN_STATUS_OK;
    GAN_TRY(gan__alloc(REFERENCE_POINTS * info->elements, sizeof(float), &points));
    *out = points;
    return gan__dataset_read(run->dataset, (uint64_t)run->values->seed, 0, REFERENCE_POINTS, points,
                             NULL);
}

static gan_status write_picture(const gan_run *run, const gan_sample_info *info,
                                const float *samples, const float *reference, const char *path) {
    const int64_t *const grid = run->values->samples.grid;
    const gan_image_options options = {.columns = (size_t)grid[0],
                                       .rows = (size_t)grid[1],
                                       .padding = 1,
                                       .reference = reference,
                                       .reference_count = reference == NULL ? 0 : REFERENCE_POINTS};
    gan_image *image = NULL;
    GAN_TRY(gan_image_create(info, samples, (size_t)(grid[0] * grid[1]), &options, &image));
    const gan_status status =
        gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, (gan_target){.path = path});
    gan_image_destroy(image);
    return status;
}

static gan_status write_text(const gan_sample_info *info, const float *samples, size_t count,
                             const char *path) {
    gan_sample_file *file = NULL;
    GAN_TRY(gan_sample_file_create(GAN_SAMPLE_FORMAT_TXT, info, count, (gan_target){.path = path},
                                   &file));
    const gan_status status = gan_sample_file_write(file, samples, count);
    if (status == GAN_STATUS_OK) return gan_sample_file_commit(file);
    gan_sample_file_discard(file);
    return status;
}

// What there is to see of samples that are text: a line each.
static gan_status write_lines(const gan_run *run, const gan_sample_info *info) {
    const int64_t *const grid = run->values->samples.grid;
    const size_t count = (size_t)(grid[0] * grid[1]);
    gan_text path = {0};
    void *samples = NULL;
    gan_status status =
        gan__run_folder_lines(run->folder, gan__trainer_step_count(run->trainer), &path);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(count * info->elements, sizeof(float), &samples);
    if (status == GAN_STATUS_OK) status = gan__trainer_sample(run->trainer, samples);
    if (status == GAN_STATUS_OK) status = write_text(info, samples, count, path.bytes);
    if (status == GAN_STATUS_OK) tell_file(run, path.bytes);
    gan__free(samples);
    gan__text_destroy(&path);
    return status;
}

// What there is to see of numbers that D judges alone: curves, which callbacks get too.
static gan_status write_curves(gan_run *run) {
    gan_run_curves curves;
    gan_text path = {0};
    void *memory = NULL;
    gan_image *image = NULL;
    gan_status status = gan__run_draw_curves(run, &curves, &memory);
    if (status == GAN_STATUS_OK) status = gan__run_folder_samples(run->folder, curves.step, &path);
    if (status == GAN_STATUS_OK) status = gan__image_plot_curves(&curves, &image);
    if (status == GAN_STATUS_OK)
        status =
            gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, (gan_target){.path = path.bytes});
    if (status == GAN_STATUS_OK && run->callbacks.on_curves != NULL)
        run->callbacks.on_curves(run->callbacks.user, &curves);
    if (status == GAN_STATUS_OK) tell_file(run, path.bytes);
    if (status == GAN_STATUS_OK) status = gan__run_events_picture(run, curves.step);
    gan_image_destroy(image);
    gan__free(memory);
    gan__text_destroy(&path);
    return status;
}

gan_status gan__run_picture(gan_run *run) {
    const gan_sample_info info = picture_info(run);
    if (info.vocabulary != NULL) return write_lines(run, &info);
    if (gan__trainer_judges_numbers(run->trainer)) return write_curves(run);
    const int64_t *const grid = run->values->samples.grid;
    gan_text path = {0};
    void *samples = NULL;
    float *reference = NULL;
    gan_status status =
        gan__run_folder_samples(run->folder, gan__trainer_step_count(run->trainer), &path);
    if (status == GAN_STATUS_OK)
        status = gan__alloc((size_t)(grid[0] * grid[1]) * info.elements, sizeof(float), &samples);
    if (status == GAN_STATUS_OK) status = gan__trainer_sample(run->trainer, samples);
    if (status == GAN_STATUS_OK) status = read_reference(run, &info, &reference);
    if (status == GAN_STATUS_OK) status = write_picture(run, &info, samples, reference, path.bytes);
    if (status == GAN_STATUS_OK) tell_file(run, path.bytes);
    if (status == GAN_STATUS_OK)
        status = gan__run_events_picture(run, gan__trainer_step_count(run->trainer));
    gan__free(samples);
    gan__free(reference);
    gan__text_destroy(&path);
    return status;
}
