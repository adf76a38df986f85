// gan-inspect --evaluate --features: whose features, a classifier's of clgan or those of any
// network as ONNX, and how the tool calls them.
#include "inspect/evaluate.h"

#include "clgan/convert.h"
#include "term/human.h"

#include <string.h>

// What --pixels may say.
static const struct {
    const char *name;
    double low, high;
} ranges[] = {{"0,1", 0, 1}, {"-1,1", -1, 1}, {"0,255", 0, 255}};

static gan_status open_network(const gan_options *options, gan_inspect_judge *out) {
    const char *const pixels = gan__options_text(options, "pixels", "");
    gan_foreign_options wanted = {.value = gan__options_text(options, "value", NULL)};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (strcmp(pixels, ranges[i].name) != 0) continue;
        wanted.low = ranges[i].low;
        wanted.high = ranges[i].high;
    }
    GAN_TRY(gan_foreign_network_open(out->path, &wanted, &out->network));
    out->source = gan_foreign_network_source(out->network);
    return GAN_STATUS_OK;
}

gan_status gan__inspect_judge_open(const gan_options *options, gan_inspect_judge *out) {
    static const char *const of_networks[] = {"value", "pixels"};
    gan_convert_format format;
    *out = (gan_inspect_judge){.path = gan__options_text(options, "features", NULL)};
    if (!out->path) return GAN_STATUS_OK;
    if (gan_convert_format_detect(out->path, &format) == GAN_STATUS_OK &&
        format == GAN_CONVERT_FORMAT_ONNX)
        return open_network(options, out);
    for (size_t i = 0; i < sizeof of_networks / sizeof of_networks[0]; i++) {
        if (gan__options_given(options, of_networks[i]) > 0)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "--%s is for features of an .onnx file, which %s is not",
                             of_networks[i], out->path);
    }
    return gan_checkpoint_open(out->path, &out->checkpoint);
}

void gan__inspect_judge_close(gan_inspect_judge *judge) {
    gan_checkpoint_close(judge->checkpoint);
    gan_foreign_network_close(judge->network);
}

// --- How they are called -------------------------------------------------------------------------
void gan__inspect_judge_text(const gan_inspect_judge *judge, const gan_evaluation *e,
                             gan_text *text) {
    gan__text_append(text, "%zu features of ", e->features.features.width);
    if (!judge->network) {
        gan__text_append(text, "a classifier of step %s", gan__human_digits(e->feature_step).text);
        return;
    }
    const gan_foreign_info *const info = gan_foreign_network_get_info(judge->network);
    char path[1024], value[256];
    gan__text_escape(judge->path, path, sizeof path);
    gan__text_escape(info->value, value, sizeof value);
    gan__text_append(text, "%s (%s; pixels %g to %g", path, value, info->low, info->high);
    if (info->repeated) gan__text_append(text, ", gray as %lld channels", (long long)info->size[0]);
    if (info->resized)
        gan__text_append(text, ", enlarged to %lldx%lld", (long long)info->size[1],
                         (long long)info->size[2]);
    gan__text_append(text, ")");
}

void gan__inspect_judge_json(const gan_inspect_judge *judge, const gan_evaluation *e,
                             json_t *object) {
    if (!judge->network) {
        json_object_set_new(object, "step", json_integer((json_int_t)e->feature_step));
        return;
    }
    const gan_foreign_info *const info = gan_foreign_network_get_info(judge->network);
    json_t *size = json_array();
    for (int i = 0; i < info->rank; i++)
        json_array_append_new(size, json_integer((json_int_t)info->size[i]));
    json_object_set_new(
        object, "network",
        json_pack("{s:o, s:o, s:[f, f], s:o, s:b, s:b}", "file", gan__inspect_string(judge->path),
                  "value", gan__inspect_string(info->value), "pixels", info->low, info->high,
                  "input", size, "repeated", info->repeated, "enlarged", info->resized));
}
