// Implements gan/report.h: puts the run's figures, as JSON, and the page's own texts together.
#include "gan/report.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "gan/history.h"
#include "gan/report_parts.h"

#include <stdlib.h>
#include <string.h>

// Whether the item at `index` of `count` is among `most` spread evenly, the first and last
// included.
static bool is_kept(size_t index, size_t count, size_t most) {
    if (count <= most || index == 0) return true;
    return index * (most - 1) / (count - 1) != (index - 1) * (most - 1) / (count - 1);
}

// --- As JSON -------------------------------------------------------------------------------------

static json_t *layers_json(const gan_run_plan *plan) {
    json_t *const layers = json_array();
    for (size_t i = 0; i < plan->layer_count; i++) {
        const gan_run_layer *const layer = &plan->layers[i];
        json_array_append_new(layers, json_pack("{s:s, s:I, s:s, s:s, s:I}", "network",
                                                layer->network, "index", (json_int_t)layer->index,
                                                "kind", layer->kind, "output", layer->output,
                                                "parameters", (json_int_t)layer->parameters));
    }
    return layers;
}

static json_t *history_json(const char *history, size_t *every) {
    size_t count = 0, index = 0;
    for (const char *at = history; *at != '\0'; at++) count += *at == '\n';
    *every = (count + GAN_REPORT_LINES - 1) / GAN_REPORT_LINES;
    json_t *const lines = json_array();
    for (const char *at = history, *end; (end = strchr(at, '\n')) != NULL; at = end + 1, index++) {
        if (!is_kept(index, count, GAN_REPORT_LINES)) continue;
        json_t *const line = gan__json_read(at, (size_t)(end - at), GAN_JSON_LINE);
        if (line != NULL) json_array_append_new(lines, line);
    }
    return lines;
}

// Base 64 of RFC 4648.
static json_t *base64_json(const uint8_t *bytes, size_t length) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    gan_text text = {0};
    for (size_t i = 0; i < length; i += 3) {
        const size_t left = length - i;
        const uint32_t group = (uint32_t)bytes[i] << 16 |
                               (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);
        const char out[4] = {digits[group >> 18], digits[group >> 12 & 63],
                             left > 1 ? digits[group >> 6 & 63] : '=',
                             left > 2 ? digits[group & 63] : '='};
        gan__text_append_bytes(&text, out, sizeof out);
    }
    json_t *const value = gan__text_status(&text) == GAN_STATUS_OK
                              ? json_stringn(gan__text_string(&text), text.length)
                              : NULL;
    gan__text_destroy(&text);
    return value;
}

static gan_status append_picture(const gan_run_folder *folder, uint64_t step, json_t *pictures) {
    uint8_t *bytes = NULL;
    size_t length = 0;
    GAN_TRY(gan__run_folder_read_picture(folder, step, &bytes, &length));
    if (bytes != NULL)
        json_array_append_new(pictures, json_pack("{s:I, s:o}", "step", (json_int_t)step, "png",
                                                  base64_json(bytes, length)));
    gan__free(bytes);
    return GAN_STATUS_OK;
}

static gan_status append_pictures(const gan_report *report, const gan_run_folder *folder,
                                  json_t *pictures) {
    uint64_t *steps = NULL;
    size_t count = 0;
    GAN_TRY(gan__run_folder_pictures(folder, &steps, &count));
    while (count > 0 && steps[count - 1] > report->step) count--; // of a run that was taken back
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        if (is_kept(i, count, GAN_REPORT_PICTURES))
            status = append_picture(folder, steps[i], pictures);
    gan__free(steps);
    return status;
}

// NULL where memory is out or a name is not UTF-8.
static json_t *report_json(const gan_report *report, json_t *pictures) {
    const gan_run_plan *const plan = report->plan;
    size_t every = 0;
    json_t *const history = history_json(report->history, &every);
    const gan_history_collapse collapse = gan__history_count_collapse(report->history);
    return json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s, s:{s:s, s:I}, s:s, s:I, s:I, s:I, s:o, "
        "s:s, s:I, s:o, s:{s:I, s:I, s:I}, s:O}",
        "name", plan->name, "state", report->state, "step", (json_int_t)report->step, "steps",
        (json_int_t)plan->steps, "written", (json_int_t)gan__clock_unix(), "clgan", CLGAN_VERSION,
        "device", report->device->name, "driver", report->device->driver, "data", "kind",
        plan->data_kind, "count", (json_int_t)plan->data_count, "sample", plan->sample, "seed",
        (json_int_t)report->seed, "device_bytes", (json_int_t)plan->device_bytes,
        "launches_per_step", (json_int_t)plan->launches_per_step, "layers", layers_json(plan),
        "recipe", plan->recipe, "history_every", (json_int_t)every, "history", history, "collapse",
        "looks", (json_int_t)collapse.looks, "collapsed", (json_int_t)collapse.collapsed, "last",
        (json_int_t)collapse.last, "pictures", pictures);
}

// --- As a page -----------------------------------------------------------------------------------

// Inside a page, '<' could end the script that the JSON stands in.
static void append_json(gan_text *out, const char *json) {
    for (const char *at = json; *at != '\0';) {
        const size_t plain = strcspn(at, "<");
        gan__text_append_bytes(out, at, plain);
        at += plain;
        if (*at == '<') {
            gan__text_append(out, "\\u003c");
            at++;
        }
    }
}

static void append_escaped(gan_text *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("<>&\"", *text) != NULL)
            gan__text_append(out, "&#%d;", *text);
        else
            gan__text_append_bytes(out, text, 1);
    }
}

static void append_part(gan_text *out, const char *name, const char *title, const char *json) {
    if (strcmp(name, "title") == 0)
        append_escaped(out, title);
    else if (strcmp(name, "data") == 0)
        append_json(out, json);
    else if (gan__report_part(name) != NULL)
        gan__text_append(out, "%s", gan__report_part(name));
}

// Fills in each {{name}} of the page.
static gan_status fill_page(const char *title, const char *json, gan_text *out) {
    const char *at = gan__report_part("page");
    for (const char *mark; (mark = strstr(at, "{{")) != NULL;) {
        char name[16] = "";
        const size_t length = strcspn(mark + 2, "}");
        if (length < sizeof name) memcpy(name, mark + 2, length);
        gan__text_append_bytes(out, at, (size_t)(mark - at));
        append_part(out, name, title, json);
        at = mark + 2 + length + 2;
    }
    gan__text_append(out, "%s", at);
    return gan__text_status(out);
}

static gan_status write_page(const gan_report *report, const gan_run_folder *folder,
                             const char *json) {
    gan_text path = {0}, page = {0};
    gan_status status = gan__run_folder_file(folder, "report.html", &path);
    if (status == GAN_STATUS_OK) status = fill_page(report->plan->name, json, &page);
    if (status == GAN_STATUS_OK) status = gan__file_write(path.bytes, page.bytes, page.length);
    gan__text_destroy(&path);
    gan__text_destroy(&page);
    return status;
}

gan_status gan__report_write(const gan_report *report, const gan_run_folder *folder) {
    json_t *const pictures = json_array();
    gan_status status = append_pictures(report, folder, pictures);
    json_t *const root = status == GAN_STATUS_OK ? report_json(report, pictures) : NULL;
    char *const json = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
    if (status == GAN_STATUS_OK)
        status = json != NULL
                     ? write_page(report, folder, json)
                     : gan__fail(GAN_STATUS_FAILED, "report.html cannot be written: a name of the "
                                                    "recipe, device or data is not UTF-8");
    free(json);
    json_decref(root);
    json_decref(pictures);
    return status;
}
