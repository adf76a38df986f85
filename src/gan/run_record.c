// Implements gan/run_record.h.
#include "gan/run_record.h"

#include "base/clock.h"
#include "base/json.h"
#include "recipe/recipe.h"
#include "runtime/tuner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REAL_PRECISION 17 // digits with which a double reads back the same

gan_status gan__run_record_write(const gan_run_record *record, gan_text *json) {
    json_t *const sample = json_array();
    for (int i = 0; i < record->sample.rank; i++)
        json_array_append_new(sample, json_integer(record->sample.size[i]));
    json_t *const root =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:f, s:I, s:s, s:s, s:{s:s, s:I, s:I}, s:o}", "clgan",
                  CLGAN_VERSION, "seed", (json_int_t)record->seed, "step", (json_int_t)record->step,
                  "data_position", (json_int_t)record->data_position, "logged_step",
                  (json_int_t)record->logged_step, "elapsed_s", record->elapsed_s, "written",
                  (json_int_t)gan__clock_unix(), "device", record->device, "driver", record->driver,
                  "data", "kind", record->data_kind, "count", (json_int_t)record->data_count,
                  "classes", (json_int_t)record->classes, "sample", sample);
    char *const text = json_dumps(root, JSON_REAL_PRECISION(REAL_PRECISION));
    json_decref(root);
    if (text == NULL)
        return gan__fail(GAN_STATUS_FAILED, "the record of the run cannot be written as JSON: a "
                                            "name of the device or data is not UTF-8");
    gan__text_append(json, "%s", text);
    free(text);
    return gan__text_status(json);
}

static gan_status unpack(json_t *root, gan_run_record *out) {
    json_int_t seed = 0, step = 0, position = 0, logged = 0, count = 0, classes = 0;
    const char *device = "", *driver = "", *kind = "";
    json_t *sample = NULL;
    if (json_unpack(root, "{s:I, s:I, s:I, s:I, s:F, s?s, s?s, s?{s?s, s?I, s?I}, s:o}", "seed",
                    &seed, "step", &step, "data_position", &position, "logged_step", &logged,
                    "elapsed_s", &out->elapsed_s, "device", &device, "driver", &driver, "data",
                    "kind", &kind, "count", &count, "classes", &classes, "sample", &sample) != 0 ||
        seed < 0 || step < 0 || position < 0 || logged < 0 || logged > step || count < 0 ||
        classes < 0 || classes > UINT16_MAX + 1 || !json_is_array(sample) ||
        json_array_size(sample) == 0 || json_array_size(sample) > 3)
        return GAN_STATUS_BAD_INPUT;
    out->seed = (uint64_t)seed;
    out->step = (uint64_t)step;
    out->data_position = (uint64_t)position;
    out->logged_step = (uint64_t)logged;
    out->data_count = (uint64_t)count;
    out->classes = (uint32_t)classes;
    snprintf(out->device, sizeof out->device, "%s", device);
    snprintf(out->driver, sizeof out->driver, "%s", driver);
    snprintf(out->data_kind, sizeof out->data_kind, "%s", kind);
    out->sample.rank = (int)json_array_size(sample);
    for (int i = 0; i < out->sample.rank; i++) {
        const json_int_t size = json_integer_value(json_array_get(sample, (size_t)i));
        if (size < 1 || size > INT32_MAX) return GAN_STATUS_BAD_INPUT;
        out->sample.size[i] = size;
    }
    return GAN_STATUS_OK;
}

gan_status gan__run_record_parse(const char *text, gan_run_record *out) {
    *out = (gan_run_record){0};
    json_t *const root = gan__json_read(text, strlen(text), GAN_JSON_LINE);
    const gan_status status = root == NULL ? GAN_STATUS_BAD_INPUT : unpack(root, out);
    json_decref(root);
    if (status == GAN_STATUS_OK) return status;
    return gan__fail(status,
                     "the checkpoint's record of its run (text \"run\") lacks what sampling "
                     "and resuming need; it was made by another program");
}

gan_status gan__run_record_read(const gan_checkpoint *checkpoint, gan_run_record *out) {
    const char *const text = gan_checkpoint_text(checkpoint, "run");
    if (text != NULL) return gan__run_record_parse(text, out);
    *out = (gan_run_record){0};
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "the checkpoint holds no record of a run (text \"run\"), "
                     "so it can be neither sampled nor resumed");
}

gan_status gan__run_record_open(const gan_checkpoint *checkpoint, gan_recipe **recipe,
                                gan_run_record *record) {
    const char *const text = gan_checkpoint_text(checkpoint, "recipe");
    *recipe = NULL;
    if (text == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the checkpoint holds no recipe (text \"recipe\"), so its networks are "
                         "not known; it was stripped or made by another program");
    GAN_TRY(gan__recipe_parse_saved(text, "the checkpoint's recipe", recipe));
    return gan__run_record_read(checkpoint, record);
}

gan_status gan__run_record_adopt_orders(gan_device *device, const gan_checkpoint *checkpoint) {
    const char *const orders = gan_checkpoint_text(checkpoint, "tuning");
    return gan__tuner_adopt_orders(device, orders == NULL ? "" : orders);
}
