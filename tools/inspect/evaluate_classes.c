// gan-inspect --evaluate of what a classifier says: its errors, and a generator's samples by its
// features.
#include "inspect/evaluate.h"

#include "term/human.h"

#include <math.h>
#include <string.h>

// --- As text -------------------------------------------------------------------------------------
static void percent_cell(gan_table *table, double share) {
    if (isnan(share))
        gan__table_cell(table, "-");
    else
        gan__table_cell(table, "%.2f %%", 100 * share);
}

static gan_status append_errors(const gan_evaluation *e, const gan_terminal *out, gan_text *text) {
    const gan_class_errors *const sides[] = {&e->errors, &e->errors_of_data};
    gan_table *table = gan__evaluation_begin_table("classifier", "test data", "training data");
    if (table) {
        gan__table_cell(table, "errors");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%s", gan__human_digits(sides[i]->errors).text);
        gan__table_cell(table, "of samples");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%s", gan__human_digits(sides[i]->samples).text);
        gan__table_cell(table, "share");
        for (size_t i = 0; i < 2; i++)
            percent_cell(table, (double)sides[i]->errors / (double)sides[i]->samples);
        gan__evaluation_number_row(table, "cross-entropy", sides[0]->cross_entropy,
                                   sides[1]->cross_entropy);
    }
    return gan__evaluation_end_table(table, out, text);
}

// Figures between features, a row each.
static const struct {
    const char *label, *key;
    size_t offset;
} feature_rows[] = {
    {"Frechet distance", "frechet", offsetof(gan_feature_figures, frechet)},
    {"kernel distance", "kernel", offsetof(gan_feature_figures, kernel)},
    {"its standard error", "kernel_error", offsetof(gan_feature_figures, kernel_error)},
    {"precision", "precision", offsetof(gan_feature_figures, precision)},
    {"recall", "recall", offsetof(gan_feature_figures, recall)},
    {"density", "density", offsetof(gan_feature_figures, density)},
    {"coverage", "coverage", offsetof(gan_feature_figures, coverage)},
    {"sliced Wasserstein", "sliced_wasserstein", offsetof(gan_feature_figures, sliced_wasserstein)},
};
enum { FEATURE_ROWS = sizeof feature_rows / sizeof feature_rows[0] };

static double feature(const gan_class_figures *of, size_t row) {
    double value;
    memcpy(&value, (const char *)&of->features + feature_rows[row].offset, sizeof value);
    return value;
}

static void score_cell(gan_table *table, const gan_class_figures *of) {
    if (isnan(of->score))
        gan__table_cell(table, "-");
    else
        gan__table_cell(table, "%.3f +- %.3f", of->score, of->score_deviation);
}

static gan_status append_features(const gan_evaluation *e, const gan_inspect_judge *judge,
                                  const gan_terminal *out, gan_text *text) {
    const gan_class_figures *const sides[] = {&e->features, &e->features_of_data};
    gan_table *table = gan__evaluation_begin_table("features", "generated", "training data");
    if (table) {
        for (size_t i = 0; i < FEATURE_ROWS; i++)
            gan__evaluation_number_row(table, feature_rows[i].label, feature(sides[0], i),
                                       feature(sides[1], i));
        gan__table_cell(table, "class score");
        for (size_t i = 0; i < 2; i++) score_cell(table, sides[i]);
        gan__table_cell(table, "of their class");
        for (size_t i = 0; i < 2; i++) percent_cell(table, sides[i]->agreement);
        gan__table_cell(table, "samples");
        for (size_t i = 0; i < 2; i++)
            gan__table_cell(table, "%s", gan__human_digits(sides[i]->features.generated).text);
    }
    gan_status status = gan__evaluation_end_table(table, out, text);
    gan__text_append(text, "against %s test samples, by ",
                     gan__human_digits(e->features.features.real).text);
    gan__inspect_judge_text(judge, e, text);
    gan__text_append(text, "\n");
    return status;
}

gan_status gan__inspect_classes_text(const gan_evaluation *e, const gan_inspect_judge *judge,
                                     const gan_terminal *out, gan_text *text) {
    if (e->has_errors) GAN_TRY(append_errors(e, out, text));
    return e->has_features ? append_features(e, judge, out, text) : GAN_STATUS_OK;
}

// --- As JSON -------------------------------------------------------------------------------------
static json_t *errors_json(const gan_class_errors *figures) {
    return json_pack("{s:I, s:I, s:o}", "samples", (json_int_t)figures->samples, "errors",
                     (json_int_t)figures->errors, "cross_entropy",
                     gan__inspect_number(figures->cross_entropy));
}

static json_t *features_json(const gan_class_figures *figures) {
    json_t *object =
        json_pack("{s:I, s:o, s:o, s:o}", "samples", (json_int_t)figures->features.generated,
                  "class_score", gan__inspect_number(figures->score), "class_score_deviation",
                  gan__inspect_number(figures->score_deviation), "agreement",
                  gan__inspect_number(figures->agreement));
    for (size_t i = 0; i < FEATURE_ROWS; i++)
        json_object_set_new(object, feature_rows[i].key, gan__inspect_number(feature(figures, i)));
    return object;
}

void gan__inspect_classes_json(const gan_evaluation *e, const gan_inspect_judge *judge,
                               json_t *document) {
    if (e->has_errors)
        json_object_set_new(document, "classifier",
                            json_pack("{s:b, s:o, s:o}", "averaged", e->errors_averaged,
                                      "test_data", errors_json(&e->errors), "training_data",
                                      errors_json(&e->errors_of_data)));
    if (!e->has_features) return;
    json_t *features =
        json_pack("{s:I, s:I, s:o, s:o}", "width", (json_int_t)e->features.features.width, "test",
                  (json_int_t)e->features.features.real, "generated", features_json(&e->features),
                  "training_data", features_json(&e->features_of_data));
    gan__inspect_judge_json(judge, e, features);
    json_object_set_new(document, "features", features);
}
