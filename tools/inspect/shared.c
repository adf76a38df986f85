// What several views of gan-inspect need.
#include "inspect/inspect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE_BYTES = 1 << 20, // of a long document, written at once
    READ_BYTES = 1 << 20,  // of JSON in a checkpoint: Jansson makes up to forty bytes of one
};

// The bytes of a character that a terminal obeys and Jansson leaves as it is: DEL, C1 (U+0080 to
// U+009F), separators of lines and what turns the direction of writing (U+2028 to U+202E, U+2066 to
// U+2069). 0 for any other; *point: which it is.
static size_t measure_control(const unsigned char *byte, unsigned *point) {
    *point = byte[0];
    if (byte[0] == 0x7f) return 1;
    if (byte[0] == 0xc2) {
        *point = byte[1];
        return byte[1] < 0xa0 ? 2 : 0;
    }
    if (byte[0] != 0xe2 || (byte[1] != 0x80 && byte[1] != 0x81)) return 0;
    *point = 0x2000U + (byte[1] & 1U) * 64 + (byte[2] & 0x3FU);
    const bool obeyed =
        (*point >= 0x2028 && *point <= 0x202e) || (*point >= 0x2066 && *point <= 0x2069);
    return obeyed ? 3 : 0;
}

// They stand in strings only, where \u does as well.
static void append_json(gan_text *text, const char *dump, size_t length) {
    size_t plain = 0, taken;
    for (size_t i = 0; i < length; i += taken) {
        unsigned point;
        taken = measure_control((const unsigned char *)dump + i, &point);
        if (taken > 0) {
            gan__text_append_bytes(text, dump + plain, i - plain);
            gan__text_append(text, "\\u%04x", point);
            plain = i + taken;
        } else {
            taken = 1;
        }
    }
    gan__text_append_bytes(text, dump + plain, length - plain);
}

// The document as text, which is the caller's (free), and frees it.
static gan_status dump_json(json_t *document, char **dump) {
    *dump = document ? json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(document);
    return *dump ? GAN_STATUS_OK : gan__fail(GAN_STATUS_NO_MEMORY, "no memory for JSON");
}

// Appends the item's lines, indented as those of a list in the document are. No string in JSON
// holds a line end.
static gan_status append_item(gan_text *text, json_t *item) {
    char *dump;
    GAN_TRY(dump_json(item, &dump));
    for (const char *line = dump; *line;) {
        const size_t length = strcspn(line, "\n");
        gan__text_append(text, "\n    ");
        append_json(text, line, length);
        line += length + (line[length] == '\n');
    }
    free(dump);
    return gan__text_status(text);
}

static gan_status write_list(const gan_inspection *inspection, gan_text *text,
                             json_t *(*item)(const void *context, size_t index),
                             const void *context, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0) gan__text_append(text, ",");
        GAN_TRY(append_item(text, item(context, i)));
        if (text->length < PIECE_BYTES) continue;
        GAN_TRY(gan__terminal_write(&inspection->call->out, text));
        gan__text_clear(text);
    }
    gan__text_append(text, count > 0 ? "\n  ]\n}\n" : "]\n}\n");
    return gan__terminal_write(&inspection->call->out, text);
}

gan_status gan__inspect_write_json_list(const gan_inspection *inspection, json_t *document,
                                        const char *key,
                                        json_t *(*item)(const void *context, size_t index),
                                        const void *context, size_t count) {
    char *dump;
    gan_text text = {0};
    GAN_TRY(dump_json(document, &dump));
    append_json(&text, dump, strlen(dump) - 2);
    gan__text_append(&text, ",\n  \"%s\": [", key);
    free(dump);
    gan_status status = write_list(inspection, &text, item, context, count);
    gan__text_destroy(&text);
    return status;
}

gan_status gan__inspect_write_json(const gan_inspection *inspection, json_t *document) {
    char *dump;
    GAN_TRY(dump_json(document, &dump));
    gan_text text = {0};
    append_json(&text, dump, strlen(dump));
    gan__text_append(&text, "\n");
    free(dump);
    gan_status status = gan__terminal_write(&inspection->call->out, &text);
    gan__text_destroy(&text);
    return status;
}

json_t *gan__inspect_read_json(const char *text, size_t length) {
    return length <= READ_BYTES ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

json_t *gan__inspect_string(const char *text) {
    char escaped[4096];
    json_t *string = json_string(text);
    if (string || !text) return string;
    gan__text_escape(text, escaped, sizeof escaped);
    return json_string(escaped);
}

json_t *gan__inspect_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

const char *gan__inspect_dtype(gan_dtype dtype) {
    return dtype == GAN_DTYPE_F16 ? "f16" : "f32";
}

void gan__inspect_shape(const gan_tensor_info *info, gan_text *text) {
    gan__text_append(text, "(");
    for (int i = 0; i < info->rank; i++) {
        gan__text_append(text, "%s%lld", i ? ", " : "", (long long)info->size[i]);
    }
    gan__text_append(text, info->rank == 1 ? ",)" : ")");
}

void gan__inspect_histogram(const gan_tensor_info *info, double counts[GAN_TENSOR_HISTOGRAM]) {
    for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) counts[i] = info->statistics.histogram[i];
}

json_t *gan__inspect_sizes(const gan_tensor_info *info) {
    json_t *sizes = json_array();
    for (int i = 0; i < info->rank; i++) json_array_append_new(sizes, json_integer(info->size[i]));
    return sizes;
}

json_t *gan__inspect_tensor_json(const gan_tensor_info *info) {
    const gan_tensor_statistics *statistics = &info->statistics;
    json_t *histogram = json_array();
    for (int i = 0; i < GAN_TENSOR_HISTOGRAM; i++) {
        json_array_append_new(histogram, json_integer(statistics->histogram[i]));
    }
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o}",
                     "name", info->name, "type", gan__inspect_dtype(info->dtype), "shape",
                     gan__inspect_sizes(info), "elements", (json_int_t)info->elements, "bytes",
                     (json_int_t)info->bytes, "bytes_stored", (json_int_t)info->bytes_stored,
                     "crc32", (json_int_t)info->crc, "mean", gan__inspect_number(statistics->mean),
                     "deviation", gan__inspect_number(statistics->deviation), "minimum",
                     gan__inspect_number(statistics->minimum), "maximum",
                     gan__inspect_number(statistics->maximum), "zeros",
                     (json_int_t)statistics->zeros, "nans", (json_int_t)statistics->nans,
                     "infinities", (json_int_t)statistics->infinities, "histogram", histogram);
}

json_t *gan__inspect_run(const gan_checkpoint *checkpoint) {
    const char *text = gan_checkpoint_text(checkpoint, "run");
    json_t *run = text ? gan__inspect_read_json(text, strlen(text)) : NULL;
    if (json_is_object(run)) return run;
    json_decref(run);
    return NULL;
}
