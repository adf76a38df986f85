// gan-inspect --layers: what each layer does with samples (clgan/layers.h), as a table or JSON.
#include "inspect/inspect.h"

#include "clgan/layers.h"
#include "term/human.h"
#include "term/table.h"

#include <math.h>

static void append_row(gan_table *table, const gan_layer_figures *layer) {
    gan__table_cell(table, "%s.%zu", layer->network, layer->index);
    gan__table_cell(table, "%s", layer->kind);
    gan__table_cell(table, "%s", layer->output);
    gan__table_cell(table, "%s", gan__human_number(layer->mean).text);
    gan__table_cell(table, "%s", gan__human_number(layer->deviation).text);
    gan__table_cell(table, "%s", gan__human_number(layer->minimum).text);
    gan__table_cell(table, "%s", gan__human_number(layer->maximum).text);
    gan__table_cell(table, "%.1f %%",
                    layer->values > 0 ? 100.0 * (double)layer->zeros / (double)layer->values : 0.0);
    gan__table_cell(table, "%s", gan__human_digits(layer->not_finite).text);
    gan__table_cell(table, "%llu of %llu", (unsigned long long)layer->dead,
                    (unsigned long long)layer->units);
    gan__table_cell(table, "%s",
                    isnan(layer->spectral_norm) ? ""
                                                : gan__human_number(layer->spectral_norm).text);
}

static gan_status write_table(const gan_inspection *inspection, const gan_layer_figures *layers,
                              size_t count) {
    static const char *const headings[] = {"mean",  "deviation", "minimum", "maximum",
                                           "zeros", "NaN, inf",  "dead",    "spectral norm"};
    gan_table *table;
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "layer", GAN_ALIGN_LEFT);
    gan__table_column(table, "kind", GAN_ALIGN_LEFT);
    gan__table_column(table, "output", GAN_ALIGN_LEFT);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        gan__table_column(table, headings[i], GAN_ALIGN_RIGHT);
    for (size_t i = 0; i < count; i++) append_row(table, &layers[i]);
    const gan_status status = gan__table_write(table, &inspection->call->out);
    gan__table_destroy(table);
    return status;
}

static json_t *layer_json(const gan_layer_figures *layer) {
    return json_pack("{s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o}",
                     "network", layer->network, "index", (json_int_t)layer->index, "kind",
                     layer->kind, "output", layer->output, "mean", gan__inspect_number(layer->mean),
                     "deviation", gan__inspect_number(layer->deviation), "minimum",
                     gan__inspect_number(layer->minimum), "maximum",
                     gan__inspect_number(layer->maximum), "values", (json_int_t)layer->values,
                     "zeros", (json_int_t)layer->zeros, "not_finite", (json_int_t)layer->not_finite,
                     "units", (json_int_t)layer->units, "dead", (json_int_t)layer->dead,
                     "spectral_norm", gan__inspect_number(layer->spectral_norm));
}

static gan_status write_json(const gan_inspection *inspection, const gan_layer_figures *layers,
                             size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, layer_json(&layers[i]));
    return gan__inspect_write_json(
        inspection, json_pack("{s:o, s:I, s:o}", "file", gan__inspect_string(inspection->path),
                              "samples", (json_int_t)GAN_LAYER_SAMPLES, "layers", array));
}

static gan_status measure(const gan_inspection *inspection, const gan_checkpoint *checkpoint) {
    gan_device *device;
    gan_layer_figures *layers;
    size_t count;
    GAN_TRY(gan_device_open(gan__tool_device(inspection->call), &device));
    gan_status status = gan_layers_measure(device, checkpoint, &layers, &count);
    if (status == GAN_STATUS_OK)
        status = inspection->json ? write_json(inspection, layers, count)
                                  : write_table(inspection, layers, count);
    gan_layer_figures_free(layers);
    gan_device_close(device);
    return status;
}

gan_status gan__inspect_layers(const gan_inspection *inspection) {
    gan_checkpoint *checkpoint;
    GAN_TRY(gan_checkpoint_open(inspection->path, &checkpoint));
    const gan_status status = measure(inspection, checkpoint);
    gan_checkpoint_close(checkpoint);
    return status;
}
