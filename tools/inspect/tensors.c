// gan-inspect --tensor: tensors in full.
#include "inspect/inspect.h"
#include "term/human.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

enum { BAR_COLUMNS = 40 };

static void append_bars(const gan_tensor_info *info, const gan_terminal *out, gan_text *text) {
    const gan_tensor_statistics *s = &info->statistics;
    uint32_t most = 1;
    for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) {
        if (s->histogram[i] > most) most = s->histogram[i];
    }
    double width = (s->maximum - s->minimum) / GAN_TENSOR_HISTOGRAM;
    int bins = width > 0 ? GAN_TENSOR_HISTOGRAM : 1;
    for (int i = 0; i < bins; i++) {
        int bar = (int)ceil((double)s->histogram[i] * BAR_COLUMNS / most);
        gan__text_append(text, "  %11s ", gan__human_number(s->minimum + width * i).text);
        for (int k = 0; k < bar; k++) {
            gan__text_append(text, "%s", out->utf8 ? "\xe2\x96\x88" : "#");
        }
        gan__text_append(text, "%s%s\n", bar ? " " : "", gan__human_digits(s->histogram[i]).text);
    }
}

static void append_tensor(const gan_tensor_info *info, const gan_terminal *out, gan_text *text) {
    const gan_tensor_statistics *s = &info->statistics;
    char name[4 * 1024];
    gan_text shape = {0};
    gan__text_escape(info->name, name, sizeof name);
    gan__inspect_shape(info, &shape);
    gan__terminal_paint(out, text, GAN_STYLE_BOLD, name);
    gan__text_append(text, " %s %s, CRC-32 %08x\n", gan__inspect_dtype(info->dtype),
                     gan__text_string(&shape), info->crc);
    gan__text_append(text, "  %s elements, %s", gan__human_digits(info->elements).text,
                     gan__human_bytes(info->bytes).text);
    gan__text_append(text, ", stored in %s\n", gan__human_bytes(info->bytes_stored).text);
    gan__text_append(text, "  mean %.9g, deviation %.9g, from %.9g to %.9g\n", s->mean,
                     s->deviation, s->minimum, s->maximum);
    gan__text_append(text, "  %llu zeros, %llu NaNs, %llu infinities\n",
                     (unsigned long long)s->zeros, (unsigned long long)s->nans,
                     (unsigned long long)s->infinities);
    append_bars(info, out, text);
    gan__text_destroy(&shape);
}

// What has to be read from the file first.
static gan_status append_views(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                               const gan_terminal *out, gan_text *text) {
    bool drawn;
    GAN_TRY(gan__inspect_append_singular(checkpoint, info, text));
    GAN_TRY(gan__inspect_tiles(checkpoint, info, out, text, &drawn));
    return drawn ? GAN_STATUS_OK : gan__inspect_heat_map(checkpoint, info, out, text);
}

// Every tensor whose name matches, as text and into `tensors`; JSON has no pictures.
static gan_status append_matching(const gan_inspection *inspection,
                                  const gan_checkpoint *checkpoint, const char *pattern,
                                  gan_text *text, json_t *tensors) {
    const gan_tensor_info *info;
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)); i++) {
        if (fnmatch(pattern, info->name, 0) != 0) continue;
        if (inspection->json) {
            json_t *tensor = gan__inspect_tensor_json(info);
            json_array_append_new(tensors, tensor);
            GAN_TRY(gan__inspect_singular_json(checkpoint, info, tensor));
        } else {
            if (text->length > 0) gan__text_append(text, "\n");
            append_tensor(info, &inspection->call->out, text);
            GAN_TRY(append_views(checkpoint, info, &inspection->call->out, text));
        }
    }
    if (text->length > 0 || json_array_size(tensors) > 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "--tensor %s: no tensor of %s has such a name; gan-inspect %s lists them",
                     pattern, inspection->path, inspection->path);
}

static gan_status write_matching(const gan_inspection *inspection, const gan_checkpoint *checkpoint,
                                 const char *pattern) {
    gan_text text = {0};
    json_t *tensors = json_array();
    gan_status status = append_matching(inspection, checkpoint, pattern, &text, tensors);
    if (status == GAN_STATUS_OK && inspection->json) {
        status = gan__inspect_write_json(
            inspection, json_pack("{s:o, s:O}", "file", gan__inspect_string(inspection->path),
                                  "tensors", tensors));
    } else if (status == GAN_STATUS_OK) {
        status = gan__terminal_write(&inspection->call->out, &text);
    }
    json_decref(tensors);
    gan__text_destroy(&text);
    return status;
}

gan_status gan__inspect_tensors(const gan_inspection *inspection, const char *pattern) {
    gan_checkpoint *checkpoint;
    GAN_TRY(gan_checkpoint_open(inspection->path, &checkpoint));
    gan_status status = write_matching(inspection, checkpoint, pattern);
    gan_checkpoint_close(checkpoint);
    return status;
}
