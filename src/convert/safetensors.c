// safetensors (github.com/huggingface/safetensors, "Format"): the length of a JSON header, the
// header with type, shape and place of each tensor, and strings under __metadata__; then the bytes
// of the tensors, without a hole.
#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"
#include "convert/bundle.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METADATA "__metadata__"
enum { LENGTH_BYTES = 8, HEADER_MAX = 100000000, ALIGNMENT = 8 };

// --- Source --------------------------------------------------------------------------------------
typedef struct safetensors_state {
    int file;
    uint64_t data;   // where the tensors' bytes begin
    uint64_t length; // of these
} safetensors_state;

static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    const safetensors_state *state = bundle->state;
    size_t length = (size_t)tensor->as_written.elements * tensor->kind->bytes;
    uint8_t *bytes;
    GAN_TRY(gan__alloc(length, 1, (void **)&bytes));
    gan_status status = gan__file_read_at(state->file, state->data + tensor->at, bytes, length);
    if (status == GAN_STATUS_OK) status = gan__bundle_decode(bundle, tensor, bytes, values);
    gan__free(bytes);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", bundle->path);
}

static void close_source(void *pointer) {
    safetensors_state *state = pointer;
    if (!state) return;
    if (state->file >= 0) close(state->file);
    gan__free(state);
}

static const gan_bundle_source source = {read_tensor, close_source};

// A whole number from 0 out of JSON.
static bool json_whole(const json_t *value, uint64_t *out) {
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

static gan_status parse_shape(const char *name, const json_t *shape, gan_convert_tensor *tensor) {
    size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "tensor %s has no shape of at most %d sizes", name,
                         GAN_TENSOR_RANK_MAX);
    tensor->rank = (int)rank;
    for (size_t i = 0; i < rank; i++) {
        uint64_t size;
        if (!json_whole(json_array_get(shape, i), &size))
            return gan__fail(GAN_STATUS_CORRUPT, "tensor %s has a size that is no whole number",
                             name);
        tensor->size[i] = (int64_t)size;
    }
    return GAN_STATUS_OK;
}

// One entry of the header; that its bytes are as many as its shape needs, and where they end.
static gan_status parse_tensor(gan_bundle *bundle, const char *name, const json_t *entry) {
    const safetensors_state *state = bundle->state;
    gan_bundle_tensor tensor = {0};
    const json_t *offsets = json_object_get(entry, "data_offsets");
    const char *type = json_string_value(json_object_get(entry, "dtype"));
    uint64_t end;
    if (!type || json_array_size(offsets) != 2 ||
        !json_whole(json_array_get(offsets, 0), &tensor.at) ||
        !json_whole(json_array_get(offsets, 1), &end))
        return gan__fail(GAN_STATUS_CORRUPT, "tensor %s lacks dtype or data_offsets", name);
    tensor.kind = gan__element_kind_safetensors(type);
    if (!tensor.kind)
        return gan__fail(GAN_STATUS_BAD_INPUT, "tensor %s is of type %s, which is not known", name,
                         type);
    GAN_TRY(parse_shape(name, json_object_get(entry, "shape"), &tensor.as_written));
    GAN_TRY(gan__bundle_add_tensor(bundle, name, strlen(name), &tensor));
    uint64_t elements = bundle->tensors[bundle->tensor_count - 1].as_written.elements;
    if (end < tensor.at || end > state->length || elements > state->length ||
        end - tensor.at != elements * tensor.kind->bytes)
        return gan__fail(GAN_STATUS_CORRUPT,
                         "tensor %s stands at bytes %llu to %llu, which its shape and the file do "
                         "not allow",
                         name, (unsigned long long)tensor.at, (unsigned long long)end);
    return GAN_STATUS_OK;
}

static gan_status parse_metadata(gan_bundle *bundle, json_t *metadata) {
    const char *name;
    json_t *value;
    json_object_foreach(metadata, name, value) {
        if (!json_is_string(value))
            return gan__fail(GAN_STATUS_CORRUPT, "the metadata %s is no string", name);
        GAN_TRY(gan__bundle_add_text(bundle, name, strlen(name), json_string_value(value),
                                     json_string_length(value)));
    }
    return GAN_STATUS_OK;
}

static int by_place(const void *a, const void *b) {
    const gan_bundle_tensor *first = a, *second = b;
    if (first->at != second->at) return first->at < second->at ? -1 : 1;
    uint64_t sizes[2] = {first->as_written.elements, second->as_written.elements};
    if (sizes[0] != sizes[1]) return sizes[0] < sizes[1] ? -1 : 1; // empty ones come first
    return strcmp(first->as_written.name, second->as_written.name);
}

// Puts the tensors in the order of their bytes, which must leave no hole and not overlap.
static gan_status order_tensors(gan_bundle *bundle) {
    const safetensors_state *state = bundle->state;
    uint64_t at = 0;
    if (bundle->tensor_count > 0)
        qsort(bundle->tensors, bundle->tensor_count, sizeof *bundle->tensors, by_place);
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        const gan_bundle_tensor *tensor = &bundle->tensors[i];
        if (tensor->at != at)
            return gan__fail(GAN_STATUS_CORRUPT,
                             "tensor %s stands at byte %llu of the data, where %llu would leave no "
                             "hole and no overlap",
                             tensor->as_written.name, (unsigned long long)tensor->at,
                             (unsigned long long)at);
        at += tensor->as_written.elements * tensor->kind->bytes;
    }
    if (at == state->length) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "%llu bytes behind the last tensor belong to none",
                     (unsigned long long)(state->length - at));
}

static gan_status parse_header(gan_bundle *bundle, const char *text, size_t length) {
    json_error_t error;
    const char *name;
    json_t *entry;
    json_t *header = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!header)
        return gan__fail(GAN_STATUS_CORRUPT, "the header is no JSON: byte %d: %s", error.position,
                         error.text);
    gan_status status = GAN_STATUS_OK;
    if (!json_is_object(header))
        status = gan__fail(GAN_STATUS_CORRUPT, "the header is no JSON object");
    json_object_foreach(header, name, entry) {
        if (status != GAN_STATUS_OK) break;
        status = strcmp(name, METADATA) == 0 ? parse_metadata(bundle, entry)
                                             : parse_tensor(bundle, name, entry);
    }
    json_decref(header);
    return status == GAN_STATUS_OK ? order_tensors(bundle) : status;
}

static gan_status open_source(gan_bundle *bundle, safetensors_state *state) {
    uint8_t start[LENGTH_BYTES];
    uint64_t file_bytes;
    GAN_TRY(gan__file_open_regular(bundle->path, &state->file, &file_bytes));
    GAN_TRY(gan__file_read_at(state->file, 0, start, sizeof start));
    uint64_t length = gan__get_u64(start);
    if (length > HEADER_MAX || length > file_bytes - LENGTH_BYTES)
        return gan__fail(GAN_STATUS_CORRUPT, "a header of %llu bytes does not fit in %llu",
                         (unsigned long long)length, (unsigned long long)file_bytes);
    state->data = LENGTH_BYTES + length;
    state->length = file_bytes - state->data;
    char *header;
    GAN_TRY(gan__alloc((size_t)length, 1, (void **)&header));
    gan_status status = gan__file_read_at(state->file, LENGTH_BYTES, header, (size_t)length);
    if (status == GAN_STATUS_OK) status = parse_header(bundle, header, (size_t)length);
    gan__free(header);
    return status;
}

gan_status gan__safetensors_source(gan_bundle *bundle) {
    safetensors_state *state;
    bundle->source = &source;
    GAN_TRY(gan__alloc(1, sizeof *state, (void **)&state));
    state->file = -1;
    bundle->state = state;
    gan_status status = open_source(bundle, state);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", bundle->path);
}

// --- Target --------------------------------------------------------------------------------------
// Tensors are written by falling size of their elements, so that each is aligned to its own.
static const gan_dtype write_order[] = {GAN_DTYPE_F32, GAN_DTYPE_F16};
enum { WRITE_ORDERS = sizeof write_order / sizeof write_order[0] };

static json_t *tensor_entry(const gan_convert_tensor *tensor, uint64_t *at) {
    json_t *shape = json_array();
    const gan_element_kind *kind = gan__element_kind_dtype(tensor->dtype);
    for (int i = 0; i < tensor->rank; i++) {
        json_array_append_new(shape, json_integer(tensor->size[i]));
    }
    uint64_t start = *at;
    *at += tensor->elements * kind->bytes;
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", kind->safetensors, "shape", shape,
                     "data_offsets", (json_int_t)start, (json_int_t)*at);
}

static json_t *make_header(const gan_bundle *bundle) {
    json_t *header = json_object(), *metadata = json_object();
    uint64_t at = 0;
    for (size_t i = 0; i < bundle->text_count; i++) {
        json_object_set_new(metadata, bundle->texts[i].name, json_string(bundle->texts[i].content));
    }
    if (bundle->text_count > 0) json_object_set(header, METADATA, metadata);
    json_decref(metadata);
    for (size_t order = 0; order < WRITE_ORDERS; order++) {
        for (size_t i = 0; i < bundle->tensor_count; i++) {
            const gan_convert_tensor *tensor = &bundle->tensors[i].as_written;
            if (tensor->dtype != write_order[order]) continue;
            json_object_set_new(header, tensor->name, tensor_entry(tensor, &at));
        }
    }
    return header;
}

static gan_status write_header(const gan_bundle *bundle, gan_sink *sink) {
    json_t *header = make_header(bundle);
    char *text = json_dumps(header, JSON_COMPACT);
    json_decref(header);
    if (!text) return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the header");
    uint8_t start[LENGTH_BYTES];
    size_t length = strlen(text), padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    gan__put_u64(start, length + padding);
    gan_status status = GAN_STATUS_OK;
    if (length + padding > HEADER_MAX)
        status = gan__fail(GAN_STATUS_BAD_ARGUMENT,
                           "names and texts take %zu bytes, more than a safetensors header may "
                           "have; leave some out",
                           length);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, start, sizeof start);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, text, length);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, "        ", padding);
    free(text);
    return status;
}

static gan_status write_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor,
                               gan_sink *sink) {
    uint8_t *bytes = NULL;
    size_t length;
    gan_status status = gan__bundle_pack(bundle, tensor, &bytes, &length);
    if (status == GAN_STATUS_OK) status = gan__sink_write(sink, bytes, length);
    gan__free(bytes);
    return status;
}

static gan_status write_all(gan_bundle *bundle, gan_sink *sink) {
    if (gan__names_find(&bundle->tensor_names, METADATA) != SIZE_MAX)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a tensor is called " METADATA ", which safetensors keeps for itself");
    GAN_TRY(write_header(bundle, sink));
    for (size_t order = 0; order < WRITE_ORDERS; order++) {
        for (size_t i = 0; i < bundle->tensor_count; i++) {
            if (bundle->tensors[i].as_written.dtype != write_order[order]) continue;
            GAN_TRY(write_tensor(bundle, &bundle->tensors[i], sink));
        }
    }
    return GAN_STATUS_OK;
}

gan_status gan__safetensors_export(gan_bundle *bundle, gan_target target, int level) {
    (void)level; // it has no compression
    gan_sink *sink;
    GAN_TRY(gan__sink_open(target, &sink));
    return gan__sink_end(sink, write_all(bundle, sink));
}
