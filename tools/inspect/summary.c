// The default view of gan-inspect: what a file is, its layers, its tensors.
#include "inspect/inspect.h"
#include "inspect/recipe_text.h"
#include "term/human.h"
#include "term/plot.h"
#include "term/table.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VALUE_SIZE = 256 };

// --- As text -------------------------------------------------------------------------------------
typedef struct summary {
    const gan_inspection *inspection;
    const gan_checkpoint *checkpoint;
    const char *recipe; // NULL where there is none
    json_t *run;        // NULL where there is none
    gan_text text;
} summary;

static const char *run_string(const summary *s, const char *key) {
    const char *value = json_string_value(json_object_get(s->run, key));
    return value ? value : "";
}

static long long run_integer(const summary *s, const char *key) {
    return json_integer_value(json_object_get(s->run, key));
}

// One line "  label  value"; control bytes in the value are escaped, an empty one is left out.
static void say(summary *s, const char *label, const gan_text *value) {
    char escaped[1024];
    if (value->length == 0) return;
    gan__text_escape(gan__text_string(value), escaped, sizeof escaped);
    gan__text_append(&s->text, "  %-11s%s\n", label, escaped);
}

static void recipe_value(const summary *s, const char *before, const char *path, gan_text *value) {
    char found[VALUE_SIZE];
    if (*gan__recipe_text_value(s->recipe, path, found, sizeof found))
        gan__text_append(value, "%s%s", before, found);
}

// What the discriminator tells of classes, where it does.
static void append_classifier(const summary *s, gan_text *value) {
    gan_text kind = {0};
    recipe_value(s, "", "objective.classifier", &kind);
    if (kind.length > 0 && strcmp(kind.bytes, "none") != 0)
        gan__text_append(value, "%sclassifier %s", value->length > 0 ? ", " : "", kind.bytes);
    gan__text_destroy(&kind);
}

static void say_objective(summary *s) {
    gan_text value = {0};
    recipe_value(s, "", "objective.kind", &value);
    recipe_value(s, value.length > 0 ? ", " : "", "objective.generator_cost", &value);
    append_classifier(s, &value);
    recipe_value(s, ", ", "schedule.order", &value);
    recipe_value(s, ", k = ", "schedule.discriminator_steps", &value);
    recipe_value(s, ", batch ", "batch", &value);
    say(s, "objective", &value);
    gan__text_clear(&value);
    recipe_value(s, "generator ", "optimizer.generator.kind", &value);
    recipe_value(s, " ", "optimizer.generator.lr", &value);
    recipe_value(s, value.length > 0 ? ", discriminator " : "discriminator ",
                 "optimizer.discriminator.kind", &value);
    recipe_value(s, " ", "optimizer.discriminator.lr", &value);
    recipe_value(s, ", encoder ", "optimizer.encoder.kind", &value);
    recipe_value(s, " ", "optimizer.encoder.lr", &value);
    say(s, "optimizer", &value);
    gan__text_destroy(&value);
}

static void say_progress(summary *s) {
    gan_text value = {0};
    char total[VALUE_SIZE];
    gan__text_append(&value, "%s", gan__human_digits((uint64_t)run_integer(s, "step")).text);
    if (*gan__recipe_text_value(s->recipe, "steps", total, sizeof total))
        gan__text_append(&value, " of %s",
                         gan__human_digits((uint64_t)strtoull(total, NULL, 10)).text);
    if (json_object_get(s->run, "data_position"))
        gan__text_append(&value, ", %s samples seen",
                         gan__human_digits((uint64_t)run_integer(s, "data_position")).text);
    gan__text_append(&value, ", seed %lld", run_integer(s, "seed"));
    say(s, "step", &value);
    gan__text_destroy(&value);
}

static void say_data(summary *s) {
    gan_text value = {0};
    json_t *data = json_object_get(s->run, "data"), *sample = json_object_get(s->run, "sample");
    const char *kind = json_string_value(json_object_get(data, "kind"));
    if (kind)
        gan__text_append(
            &value, "%s, %s samples of ", kind,
            gan__human_digits((uint64_t)json_integer_value(json_object_get(data, "count"))).text);
    for (size_t i = 0; kind && i < json_array_size(sample); i++) {
        gan__text_append(&value, "%s%lld", i ? "x" : "",
                         (long long)json_integer_value(json_array_get(sample, i)));
    }
    say(s, "data", &value);
    gan__text_destroy(&value);
}

static void say_where(summary *s) {
    gan_text value = {0};
    char when[64] = "";
    time_t written = (time_t)run_integer(s, "written");
    struct tm utc;
    if (written > 0 && gmtime_r(&written, &utc))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &utc);
    gan__text_append(&value, "%s%s%s", when, *when ? " by clgan " : "", run_string(s, "clgan"));
    say(s, "written", &value);
    gan__text_clear(&value);
    double elapsed = json_number_value(json_object_get(s->run, "elapsed_s"));
    gan__text_append(&value, "%s on %s", gan__human_duration(elapsed).text,
                     run_string(s, "device"));
    if (*run_string(s, "device")) say(s, "trained", &value);
    gan__text_destroy(&value);
}

static void say_file(summary *s) {
    char title[VALUE_SIZE], path[1024], name[VALUE_SIZE];
    gan__text_escape(s->inspection->path, path, sizeof path);
    gan__recipe_text_value(s->recipe, "name", name, sizeof name);
    gan__text_escape(name, title, sizeof title);
    gan__terminal_paint(&s->inspection->call->out, &s->text, GAN_STYLE_BOLD,
                        *title ? title : "unnamed model");
    gan__text_append(&s->text, ", checkpoint of version %u, %s: %s\n",
                     gan_checkpoint_version(s->checkpoint),
                     gan__human_bytes(gan_checkpoint_file_bytes(s->checkpoint)).text, path);
}

static void layer_cells(void *table, const char *network, size_t index, const char *layer,
                        uint64_t elements) {
    gan__table_cell(table, "%s.%zu", network, index);
    gan__table_cell(table, "%s", layer);
    gan__table_cell(table, "%s", gan__human_digits(elements).text);
}

static void layer_json(void *layers, const char *network, size_t index, const char *layer,
                       uint64_t elements) {
    json_array_append_new(layers, json_pack("{s:s, s:I, s:o, s:I}", "network", network, "index",
                                            (json_int_t)index, "kind", gan__inspect_string(layer),
                                            "values", (json_int_t)elements));
}

static gan_status append_layers(summary *s) {
    gan_table *table;
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "layer", GAN_ALIGN_LEFT);
    gan__table_column(table, "kind", GAN_ALIGN_WRAPPED);
    gan__table_column(table, "values", GAN_ALIGN_RIGHT);
    size_t rows = 0;
    gan_status status = gan__inspect_each_layer(s->checkpoint, layer_cells, table, &rows);
    if (status == GAN_STATUS_OK && rows > 0) {
        gan__text_append(&s->text, "\n");
        status = gan__table_append(table, &s->inspection->call->out, &s->text);
    }
    gan__table_destroy(table);
    return status;
}

static const struct {
    const char *heading;
    gan_align align;
} tensor_columns[] = {
    {"tensor", GAN_ALIGN_LEFT},    {"shape", GAN_ALIGN_LEFT},     {"type", GAN_ALIGN_LEFT},
    {"stored", GAN_ALIGN_RIGHT},   {"mean", GAN_ALIGN_RIGHT},     {"deviation", GAN_ALIGN_RIGHT},
    {"minimum", GAN_ALIGN_RIGHT},  {"maximum", GAN_ALIGN_RIGHT},  {"zeros", GAN_ALIGN_RIGHT},
    {"NaN, inf", GAN_ALIGN_RIGHT}, {"histogram", GAN_ALIGN_LEFT},
};

static void tensor_cells(const summary *s, const gan_tensor_info *info, gan_table *table) {
    const gan_tensor_statistics *t = &info->statistics;
    double counts[GAN_TENSOR_HISTOGRAM];
    gan_text shape = {0}, spark = {0};
    gan__inspect_shape(info, &shape);
    gan__inspect_histogram(info, counts);
    gan__plot_spark(counts, GAN_TENSOR_HISTOGRAM, s->inspection->call->out.utf8, &spark);
    gan__table_cell(table, "%s", info->name);
    gan__table_cell(table, "%s", gan__text_string(&shape));
    gan__table_cell(table, "%s", gan__inspect_dtype(info->dtype));
    gan__table_cell(table, "%s", gan__human_bytes(info->bytes_stored).text);
    const double numbers[] = {t->mean, t->deviation, t->minimum, t->maximum};
    for (size_t i = 0; i < 4; i++) {
        gan__table_cell(table, "%s", gan__human_number(numbers[i]).text);
    }
    gan__table_cell(table, "%s", gan__human_digits(t->zeros).text);
    gan__table_cell(table, "%s", gan__human_digits(t->nans + t->infinities).text);
    gan__table_cell(table, "%s", gan__text_string(&spark));
    gan__text_destroy(&shape);
    gan__text_destroy(&spark);
}

static gan_status append_tensors(summary *s) {
    gan_table *table;
    const gan_tensor_info *info;
    uint64_t elements = 0;
    GAN_TRY(gan__table_create(&table));
    for (size_t i = 0; i < sizeof tensor_columns / sizeof tensor_columns[0]; i++) {
        gan__table_column(table, tensor_columns[i].heading, tensor_columns[i].align);
    }
    for (size_t i = 0; (info = gan_checkpoint_tensor(s->checkpoint, i)); i++) {
        tensor_cells(s, info, table);
        elements += info->elements;
    }
    gan__text_append(&s->text, "\n");
    gan_status status = gan__table_append(table, &s->inspection->call->out, &s->text);
    gan__table_destroy(table);
    size_t count = gan_checkpoint_tensor_count(s->checkpoint);
    gan__text_append(&s->text, "%zu tensor%s, %s elements\n", count, count == 1 ? "" : "s",
                     gan__human_digits(elements).text);
    return status;
}

static gan_status write_text(summary *s) {
    say_file(s);
    if (s->recipe) say_objective(s);
    if (s->run) {
        say_progress(s);
        say_data(s);
        say_where(s);
    }
    gan_status status = append_layers(s);
    if (status == GAN_STATUS_OK) status = append_tensors(s);
    if (status == GAN_STATUS_OK) status = gan__terminal_write(&s->inspection->call->out, &s->text);
    return status;
}

// --- As JSON -------------------------------------------------------------------------------------
static json_t *tensor_json(const void *checkpoint, size_t index) {
    return gan__inspect_tensor_json(gan_checkpoint_tensor(checkpoint, index));
}

static gan_status write_json(summary *s) {
    json_t *texts = json_object(), *layers = json_array();
    const char *name;
    size_t rows = 0;
    gan_status status = gan__inspect_each_layer(s->checkpoint, layer_json, layers, &rows);
    for (size_t i = 0; (name = gan_checkpoint_text_name(s->checkpoint, i)); i++) {
        if (strcmp(name, "run") == 0 && s->run) continue;
        if (strcmp(name, "history") == 0) continue;
        json_object_set_new(texts, name,
                            gan__inspect_string(gan_checkpoint_text(s->checkpoint, name)));
    }
    json_t *document = json_pack("{s:o, s:I, s:I, s:O, s:o, s:o}", "file",
                                 gan__inspect_string(s->inspection->path), "version",
                                 (json_int_t)gan_checkpoint_version(s->checkpoint), "bytes",
                                 (json_int_t)gan_checkpoint_file_bytes(s->checkpoint), "run",
                                 s->run ? s->run : json_null(), "texts", texts, "layers", layers);
    if (status == GAN_STATUS_OK)
        return gan__inspect_write_json_list(s->inspection, document, "tensors", tensor_json,
                                            s->checkpoint,
                                            gan_checkpoint_tensor_count(s->checkpoint));
    json_decref(document);
    return status;
}

gan_status gan__inspect_summary(const gan_inspection *inspection) {
    gan_checkpoint *checkpoint;
    GAN_TRY(gan_checkpoint_open(inspection->path, &checkpoint));
    summary s = {.inspection = inspection,
                 .checkpoint = checkpoint,
                 .recipe = gan_checkpoint_text(checkpoint, "recipe"),
                 .run = gan__inspect_run(checkpoint)};
    gan_status status = inspection->json ? write_json(&s) : write_text(&s);
    json_decref(s.run);
    gan__text_destroy(&s.text);
    gan_checkpoint_close(checkpoint);
    return status;
}
