// gan-inspect --diff: where two checkpoints differ, and by how much.
#include "inspect/inspect.h"
#include "term/human.h"
#include "term/table.h"

static const char *const kind_names[] = {
    [GAN_DIFFERENCE_ONLY_FIRST] = "only in first",
    [GAN_DIFFERENCE_ONLY_SECOND] = "only in second",
    [GAN_DIFFERENCE_TYPE] = "type",
    [GAN_DIFFERENCE_SHAPE] = "shape",
    [GAN_DIFFERENCE_VALUES] = "values",
    [GAN_DIFFERENCE_TEXT] = "text",
};

// --- As text -------------------------------------------------------------------------------------
static void append_index(const gan_tensor_info *info, uint64_t at, gan_text *text) {
    uint64_t index[GAN_TENSOR_RANK_MAX];
    for (int i = info->rank - 1; i >= 0; i--) {
        index[i] = at % (uint64_t)info->size[i];
        at /= (uint64_t)info->size[i];
    }
    gan__text_append(text, "[");
    for (int i = 0; i < info->rank; i++) {
        gan__text_append(text, "%s%llu", i ? ", " : "", (unsigned long long)index[i]);
    }
    gan__text_append(text, "]");
}

static void append_detail(const gan_difference *d, gan_text *text) {
    switch (d->kind) {
    case GAN_DIFFERENCE_VALUES:
        append_index(d->first, d->at, text);
        gan__text_append(text, " %.9g and %.9g", (double)d->values[0], (double)d->values[1]);
        break;
    case GAN_DIFFERENCE_SHAPE:
        gan__inspect_shape(d->first, text);
        gan__text_append(text, " and ");
        gan__inspect_shape(d->second, text);
        break;
    case GAN_DIFFERENCE_TYPE:
        gan__text_append(text, "%s and %s", gan__inspect_dtype(d->first->dtype),
                         gan__inspect_dtype(d->second->dtype));
        break;
    default:
        gan__text_append(text, "%s", d->where);
    }
}

static void append_row(const gan_difference *d, gan_table *table) {
    bool values = d->kind == GAN_DIFFERENCE_VALUES;
    gan_text detail = {0};
    append_detail(d, &detail);
    gan__table_cell(table, "%s", d->name);
    gan__table_cell(table, "%s", kind_names[d->kind]);
    gan__table_cell(table, "%s", values ? gan__human_digits(d->elements).text : "");
    gan__table_cell(table, "%s", values ? gan__human_number(d->max_absolute).text : "");
    gan__table_cell(table, "%s", values ? gan__human_number(d->max_relative).text : "");
    gan__table_cell(table, "%s", gan__text_string(&detail));
    gan__text_destroy(&detail);
}

static gan_status append_table(const gan_inspection *inspection, const gan_difference *differences,
                               size_t count, gan_text *text) {
    static const char *const right[] = {"elements", "largest", "relative"};
    gan_table *table;
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "name", GAN_ALIGN_LEFT);
    gan__table_column(table, "differs in", GAN_ALIGN_LEFT);
    for (size_t i = 0; i < 3; i++) gan__table_column(table, right[i], GAN_ALIGN_RIGHT);
    gan__table_column(table, "first difference", GAN_ALIGN_WRAPPED);
    for (size_t i = 0; i < count; i++) append_row(&differences[i], table);
    gan_status status = gan__table_append(table, &inspection->call->out, text);
    gan__table_destroy(table);
    return status;
}

static gan_status write_text(const gan_inspection *inspection, const gan_checkpoint *first,
                             const gan_difference *differences, size_t count) {
    gan_text text = {0};
    size_t tensors = gan_checkpoint_tensor_count(first);
    gan_status status = GAN_STATUS_OK;
    if (count > 0) {
        status = append_table(inspection, differences, count, &text);
    } else {
        gan__text_append(&text, "the same: %zu tensor%s, bit for bit\n", tensors,
                         tensors == 1 ? "" : "s");
    }
    if (status == GAN_STATUS_OK) status = gan__terminal_write(&inspection->call->out, &text);
    gan__text_destroy(&text);
    return status;
}

// --- As JSON -------------------------------------------------------------------------------------
static json_t *difference_json(const gan_difference *d) {
    json_t *object =
        json_pack("{s:s, s:s, s:s}", "name", d->name, "of",
                  d->first || d->second ? "tensor" : "text", "differs_in", kind_names[d->kind]);
    if (d->kind == GAN_DIFFERENCE_VALUES) {
        json_t *at = json_pack("[o, o]", gan__inspect_number((double)d->values[0]),
                               gan__inspect_number((double)d->values[1]));
        json_object_set_new(object, "elements", json_integer((json_int_t)d->elements));
        json_object_set_new(object, "first_at", json_integer((json_int_t)d->at));
        json_object_set_new(object, "first_values", at);
        json_object_set_new(object, "max_absolute", gan__inspect_number(d->max_absolute));
        json_object_set_new(object, "max_relative", gan__inspect_number(d->max_relative));
    }
    if (d->kind == GAN_DIFFERENCE_SHAPE) {
        json_object_set_new(
            object, "shapes",
            json_pack("[o, o]", gan__inspect_sizes(d->first), gan__inspect_sizes(d->second)));
    }
    if (d->kind == GAN_DIFFERENCE_TEXT) {
        json_object_set_new(object, "where", gan__inspect_string(d->where));
    }
    return object;
}

static gan_status write_json(const gan_inspection *inspection, const char *other,
                             const gan_difference *differences, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, difference_json(&differences[i]));
    }
    return gan__inspect_write_json(inspection, json_pack("{s:[o, o], s:b, s:o}", "files",
                                                         gan__inspect_string(inspection->path),
                                                         gan__inspect_string(other), "same",
                                                         count == 0, "differences", list));
}

static gan_status compare(const gan_inspection *inspection, const char *other,
                          const gan_checkpoint *first, const gan_checkpoint *second) {
    gan_difference *differences;
    size_t count;
    GAN_TRY(gan_checkpoint_diff(first, second, &differences, &count));
    gan_status status = inspection->json ? write_json(inspection, other, differences, count)
                                         : write_text(inspection, first, differences, count);
    gan_difference_free(differences);
    return status == GAN_STATUS_OK && count > 0 ? GAN_STATUS_DIFFERENT : status;
}

gan_status gan__inspect_diff(const gan_inspection *inspection, const char *other) {
    gan_checkpoint *first, *second;
    GAN_TRY(gan_checkpoint_open(inspection->path, &first));
    gan_status status = gan_checkpoint_open(other, &second);
    if (status == GAN_STATUS_OK) status = compare(inspection, other, first, second);
    gan_checkpoint_close(first);
    gan_checkpoint_close(second);
    return status;
}
