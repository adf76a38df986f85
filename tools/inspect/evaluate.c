// gan-inspect --evaluate: the figures of merit that suit a checkpoint's data (clgan/evaluate.h),
// each beside the same figure of training samples.
#include "inspect/evaluate.h"

#include "term/human.h"
#include "term/progress.h"
#include "term/table.h"

#include <math.h>

// --- While it works ------------------------------------------------------------------------------
typedef struct watcher {
    const gan_tool_call *call;
    gan_progress *progress; // the bar of what is under way; NULL at first
    const char *what;
} watcher;

static void on_progress(void *user, const char *what, uint64_t done, uint64_t total) {
    watcher *watching = user;
    if (watching->what != what) {
        gan__progress_destroy(watching->progress);
        watching->progress = NULL;
        const gan_progress_settings settings = {.terminal = watching->call->err,
                                                .quiet = watching->call->quiet,
                                                .label = what,
                                                .unit = "samples",
                                                .total = total};
        (void)gan__progress_create(&settings, &watching->progress);
        watching->what = what;
    }
    if (watching->progress) (void)gan__progress_update(watching->progress, done, NULL);
}

// --- As text -------------------------------------------------------------------------------------
static gan_status append_modes(const gan_evaluation *e, const gan_terminal *out, gan_text *text) {
    const gan_mode_figures *const sides[] = {&e->modes, &e->modes_of_data};
    gan_table *table = gan__evaluation_begin_table("modes", "generated", "training data");
    if (table) {
        gan__table_cell(table, "captured");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%zu of %zu", sides[i]->captured, sides[i]->modes);
        const bool graded = !isnan(e->modes.high_quality);
        if (graded) gan__table_cell(table, "high quality");
        for (size_t i = 0; i < 2 && graded; i++)
            gan__table_cell(table, "%.2f %%", 100 * sides[i]->high_quality);
        gan__evaluation_number_row(table, "reverse KL", e->modes.reverse_kl,
                                   e->modes_of_data.reverse_kl);
        gan__table_cell(table, "samples");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%s", gan__human_digits(sides[i]->samples).text);
    }
    return gan__evaluation_end_table(table, out, text);
}

static gan_status append_parzen(const gan_evaluation *e, const gan_terminal *out, gan_text *text) {
    const gan_parzen_figures *const sides[] = {&e->parzen, &e->parzen_of_data};
    gan_table *table = gan__evaluation_begin_table("Parzen windows", "generated", "training data");
    if (table) {
        gan__table_cell(table, "log-likelihood");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%.2f +- %.2f", sides[i]->mean, sides[i]->standard_error);
        gan__table_cell(table, "sigma");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%.3f%s", sides[i]->sigma, sides[i]->at_edge ? " (edge)" : "");
        gan__table_cell(table, "samples");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%s", gan__human_digits(sides[i]->samples).text);
    }
    gan_status status = gan__evaluation_end_table(table, out, text);
    gan__text_append(text, "mean over %s test samples; sigma by %s validation samples%s\n",
                     gan__human_digits(e->parzen.test).text,
                     gan__human_digits(e->parzen.validation).text,
                     e->validation_was_trained_on ? ", which were trained on" : "");
    return status;
}

static gan_status append_inference(const gan_inference_figures *of, const gan_terminal *out,
                                   gan_text *text) {
    gan_table *table;
    gan__text_append(text, "\n");
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "learned inference", GAN_ALIGN_LEFT);
    gan__table_column(table, "test data", GAN_ALIGN_RIGHT);
    if (of->has_categories) {
        gan__table_cell(table, "error of the category as a class");
        gan__table_cell(table, "%.2f %%", 100 * of->category_error);
        gan__table_cell(table, "classes that categories stand for");
        gan__table_cell(table, "%zu of %zu", of->classes_found, of->classes);
    }
    if (of->has_neighbours) {
        gan__table_cell(table, "error of the nearest neighbour");
        gan__table_cell(table, "%.2f %%", 100 * of->neighbour_error);
    }
    if (of->has_reconstruction) {
        gan__table_cell(table, "distance |x - G(E(x))|");
        gan__table_cell(table, "%s", gan__human_number(of->reconstruction).text);
        gan__table_cell(table, "to another sample's");
        gan__table_cell(table, "%s", gan__human_number(of->shuffled).text);
    }
    gan_status status = gan__table_append(table, out, text);
    gan__table_destroy(table);
    gan__text_append(text, "%s test samples, by %s training samples",
                     gan__human_digits(of->test).text, gan__human_digits(of->training).text);
    if (of->has_neighbours) gan__text_append(text, "; neighbours in %zu features", of->features);
    gan__text_append(text, "\n");
    return status;
}

static gan_status append_sequences(const gan_evaluation *e, const gan_terminal *out,
                                   gan_text *text) {
    const gan_sequence_figures *const sides[] = {&e->sequences, &e->sequences_of_data};
    gan_table *table = gan__evaluation_begin_table("sequences", "generated", "training data");
    if (table) {
        if (!isnan(sides[0]->valid)) gan__table_cell(table, "valid");
        for (size_t i = 0; i < 2 && !isnan(sides[0]->valid); i++)
            gan__table_cell(table, "%.2f %%", 100 * sides[i]->valid);
        gan__table_cell(table, "distinct");
        for (size_t i = 0; i < 2; i++) gan__table_cell(table, "%.2f %%", 100 * sides[i]->distinct);
        for (size_t n = 0; n < GAN_NGRAMS; n++) {
            gan__table_cell(table, "%zu-grams, Jensen-Shannon", n + 1);
            for (size_t i = 0; i < 2; i++)
                gan__table_cell(table, "%.5f", sides[i]->jensen_shannon[n]);
        }
        gan__table_cell(table, "samples");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%s", gan__human_digits(sides[i]->samples).text);
    }
    gan_status status = gan__evaluation_end_table(table, out, text);
    gan__text_append(text, "in nats, against %s held-out samples\n",
                     gan__human_digits(e->sequences.held_out).text);
    return status;
}

static gan_status write_text(const gan_inspection *inspection, const gan_inspect_judge *judge,
                             const gan_evaluation *e) {
    const gan_terminal *out = &inspection->call->out;
    gan_text text = {0};
    char path[1024];
    gan__text_escape(inspection->path, path, sizeof path);
    gan__text_append(&text, "%s: step %s, %s weights, on %s\n", path,
                     gan__human_digits(e->step).text, e->averaged ? "averaged" : "raw", e->data);
    gan_status status = GAN_STATUS_OK;
    if (e->has_modes) status = append_modes(e, out, &text);
    if (status == GAN_STATUS_OK) status = gan__inspect_divergences_text(e, out, &text);
    if (e->has_sequences && status == GAN_STATUS_OK) status = append_sequences(e, out, &text);
    if (status == GAN_STATUS_OK) status = gan__inspect_classes_text(e, judge, out, &text);
    if (e->has_parzen && status == GAN_STATUS_OK) status = append_parzen(e, out, &text);
    if (e->has_inference && status == GAN_STATUS_OK)
        status = append_inference(&e->inference, out, &text);
    if (status == GAN_STATUS_OK) status = gan__terminal_write(out, &text);
    gan__text_destroy(&text);
    return status;
}

// --- As JSON -------------------------------------------------------------------------------------
static json_t *modes_json(const gan_mode_figures *figures) {
    return json_pack("{s:I, s:I, s:I, s:o, s:o}", "modes", (json_int_t)figures->modes, "captured",
                     (json_int_t)figures->captured, "samples", (json_int_t)figures->samples,
                     "high_quality", gan__inspect_number(figures->high_quality), "reverse_kl",
                     gan__inspect_number(figures->reverse_kl));
}

static json_t *parzen_json(const gan_parzen_figures *figures) {
    json_t *sigmas = json_array(), *means = json_array();
    for (size_t i = 0; i < GAN_PARZEN_SIGMAS; i++) {
        json_array_append_new(sigmas, json_real(figures->sigmas[i]));
        json_array_append_new(means, gan__inspect_number(figures->validation_means[i]));
    }
    return json_pack("{s:o, s:o, s:f, s:b, s:I, s:I, s:I, s:o, s:o}", "log_likelihood",
                     gan__inspect_number(figures->mean), "standard_error",
                     gan__inspect_number(figures->standard_error), "sigma", figures->sigma,
                     "sigma_at_edge", figures->at_edge, "samples", (json_int_t)figures->samples,
                     "validation", (json_int_t)figures->validation, "test",
                     (json_int_t)figures->test, "sigmas", sigmas, "validation_means", means);
}

static json_t *sequences_json(const gan_sequence_figures *figures) {
    json_t *divergences = json_array();
    for (size_t n = 0; n < GAN_NGRAMS; n++)
        json_array_append_new(divergences, gan__inspect_number(figures->jensen_shannon[n]));
    return json_pack("{s:I, s:I, s:o, s:o, s:o}", "samples", (json_int_t)figures->samples,
                     "held_out", (json_int_t)figures->held_out, "valid",
                     gan__inspect_number(figures->valid), "distinct",
                     gan__inspect_number(figures->distinct), "ngram_jensen_shannon", divergences);
}

static json_t *inference_json(const gan_inference_figures *of) {
    json_t *object =
        json_pack("{s:I, s:I}", "training", (json_int_t)of->training, "test", (json_int_t)of->test);
    if (of->has_categories)
        json_object_set_new(object, "categories",
                            json_pack("{s:f, s:I, s:I, s:I}", "error", of->category_error,
                                      "categories", (json_int_t)of->categories, "classes",
                                      (json_int_t)of->classes, "classes_found",
                                      (json_int_t)of->classes_found));
    if (of->has_neighbours)
        json_object_set_new(object, "nearest_neighbour",
                            json_pack("{s:f, s:I}", "error", of->neighbour_error, "features",
                                      (json_int_t)of->features));
    if (of->has_reconstruction)
        json_object_set_new(object, "reconstruction",
                            json_pack("{s:o, s:o}", "distance",
                                      gan__inspect_number(of->reconstruction), "shuffled",
                                      gan__inspect_number(of->shuffled)));
    return object;
}

static gan_status write_json(const gan_inspection *inspection, const gan_inspect_judge *judge,
                             const gan_evaluation *e) {
    json_t *document = json_pack("{s:o, s:I, s:b, s:o}", "file",
                                 gan__inspect_string(inspection->path), "step", (json_int_t)e->step,
                                 "averaged", e->averaged, "data", gan__inspect_string(e->data));
    if (e->has_modes)
        json_object_set_new(document, "modes",
                            json_pack("{s:o, s:o}", "generated", modes_json(&e->modes),
                                      "training_data", modes_json(&e->modes_of_data)));
    gan__inspect_divergences_json(e, document);
    if (e->has_sequences)
        json_object_set_new(document, "sequences",
                            json_pack("{s:o, s:o}", "generated", sequences_json(&e->sequences),
                                      "training_data", sequences_json(&e->sequences_of_data)));
    gan__inspect_classes_json(e, judge, document);
    if (e->has_parzen)
        json_object_set_new(document, "parzen",
                            json_pack("{s:o, s:o, s:b}", "generated", parzen_json(&e->parzen),
                                      "training_data", parzen_json(&e->parzen_of_data),
                                      "validation_was_trained_on", e->validation_was_trained_on));
    if (e->has_inference) json_object_set_new(document, "inference", inference_json(&e->inference));
    return gan__inspect_write_json(inspection, document);
}

// --- The view ------------------------------------------------------------------------------------
static gan_status evaluate(const gan_inspection *inspection, gan_device *device,
                           const gan_checkpoint *checkpoint, const gan_inspect_judge *judge) {
    const gan_tool_call *call = inspection->call;
    watcher watching = {.call = call};
    gan_evaluation evaluation;
    const gan_evaluation_options options = {
        .data = gan__options_text(call->options, "data", NULL),
        .samples = gan__options_count(call->options, "count", 0),
        .features = judge->checkpoint,
        .source = judge->network ? &judge->source : NULL,
        .user = &watching,
        .on_progress = on_progress,
    };
    gan_status status = gan_evaluate(device, checkpoint, &options, &evaluation);
    gan__progress_destroy(watching.progress);
    if (status != GAN_STATUS_OK) return status;
    return inspection->json ? write_json(inspection, judge, &evaluation)
                            : write_text(inspection, judge, &evaluation);
}

gan_status gan__inspect_evaluate(const gan_inspection *inspection) {
    gan_checkpoint *checkpoint;
    gan_inspect_judge judge;
    gan_device *device = NULL;
    GAN_TRY(gan_checkpoint_open(inspection->path, &checkpoint));
    gan_status status = gan__inspect_judge_open(inspection->call->options, &judge);
    if (status == GAN_STATUS_OK)
        status = gan_device_open(gan__tool_device(inspection->call), &device);
    if (status == GAN_STATUS_OK) status = evaluate(inspection, device, checkpoint, &judge);
    gan__inspect_judge_close(&judge); // before its device
    gan_device_close(device);
    gan_checkpoint_close(checkpoint);
    return status;
}
