// gan-inspect --evaluate of samples that are one number each: their mean and deviation, and the
// divergences of their density from the data's.
#include "inspect/evaluate.h"

#include "term/human.h"

#include <string.h>

static const struct {
    const char *label, *key;
    size_t offset;
} divergence_rows[] = {
    {"entropy of the data", "entropy_p", offsetof(gan_divergences, entropy_p)},
    {"entropy of the generator", "entropy_q", offsetof(gan_divergences, entropy_q)},
    {"cross-entropy", "cross_entropy", offsetof(gan_divergences, cross_entropy)},
    {"KL(data, generator)", "kl", offsetof(gan_divergences, kl)},
    {"KL(generator, data)", "reverse_kl", offsetof(gan_divergences, reverse_kl)},
    {"Jensen-Shannon", "jensen_shannon", offsetof(gan_divergences, jensen_shannon)},
};
enum { DIVERGENCE_ROWS = sizeof divergence_rows / sizeof divergence_rows[0] };

static double divergence(const gan_divergences *of, size_t row) {
    double value;
    memcpy(&value, (const char *)of + divergence_rows[row].offset, sizeof value);
    return value;
}

// --- As text -------------------------------------------------------------------------------------
gan_status gan__inspect_divergences_text(const gan_evaluation *e, const gan_terminal *out,
                                         gan_text *text) {
    if (!e->has_divergences) return GAN_STATUS_OK;
    gan_table *table = gan__evaluation_begin_table("density", "generated", "training data");
    if (table) {
        gan__evaluation_number_row(table, "mean", e->fit.mean, e->fit_of_data.mean);
        gan__evaluation_number_row(table, "deviation", e->fit.deviation, e->fit_of_data.deviation);
    }
    gan_status status = gan__evaluation_end_table(table, out, text);
    table = gan__evaluation_begin_table("nats", "fitted normals", "histogram");
    if (table) {
        gan__table_column(table, "kernels", GAN_ALIGN_RIGHT);
        for (size_t i = 0; i < DIVERGENCE_ROWS; i++) {
            gan__evaluation_number_row(table, divergence_rows[i].label, divergence(&e->gaussian, i),
                                       divergence(&e->histogram, i));
            gan__table_cell(table, "%s", gan__human_number(divergence(&e->kernel, i)).text);
        }
    }
    gan_status second = gan__evaluation_end_table(table, out, text);
    gan__text_append(text, "%s samples of each\n", gan__human_digits(e->divergence_samples).text);
    return status == GAN_STATUS_OK ? second : status;
}

// --- As JSON -------------------------------------------------------------------------------------
static json_t *divergences_json(const gan_divergences *figures) {
    json_t *object = json_object();
    for (size_t i = 0; i < DIVERGENCE_ROWS; i++)
        json_object_set_new(object, divergence_rows[i].key,
                            gan__inspect_number(divergence(figures, i)));
    return object;
}

static json_t *fit_json(gan_gaussian fit) {
    return json_pack("{s:o, s:o}", "mean", gan__inspect_number(fit.mean), "deviation",
                     gan__inspect_number(fit.deviation));
}

void gan__inspect_divergences_json(const gan_evaluation *e, json_t *document) {
    if (!e->has_divergences) return;
    json_object_set_new(
        document, "divergences",
        json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "samples", (json_int_t)e->divergence_samples,
                  "generated", fit_json(e->fit), "training_data", fit_json(e->fit_of_data),
                  "fitted_normals", divergences_json(&e->gaussian), "histogram",
                  divergences_json(&e->histogram), "kernels", divergences_json(&e->kernel)));
}
