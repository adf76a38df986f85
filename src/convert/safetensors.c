// Reads safetensors (convert/safetensors.h). No number in the header is believed before it is
// checked.
#include "convert/safetensors.h"

#include "base/bytes.h"
#include "base/file.h"
#include "convert/bundle.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENTRY_MAX = 65536 }; // bytes of what the header says of one tensor

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

// --- The header ----------------------------------------------------------------------------------
// It is read an entry at a time: a tree of the whole takes forty times its bytes.
typedef struct header_reader {
    const char *text;
    size_t length, at;
    bool has_metadata;
} header_reader;

static gan_status no_json(const header_reader *header, const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT, "the header is no JSON object: byte %zu: %s", header->at,
                     what);
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

// The next byte that is no space; 0 at the end.
static char look(header_reader *header) {
    while (header->at < header->length && is_space(header->text[header->at])) header->at++;
    return header->at < header->length ? header->text[header->at] : 0;
}

static bool accept(header_reader *header, char mark) {
    const bool there = look(header) == mark;
    header->at += there;
    return there;
}

// The value that begins at the next byte, which must be `mark`; *value is the caller's
// (json_decref).
static gan_status take_value(header_reader *header, char mark, size_t longest, json_t **value) {
    json_error_t error;
    const bool begins = look(header) == mark;
    const size_t left = header->length - header->at;
    *value = begins ? json_loadb(header->text + header->at, left < longest ? left : longest,
                                 JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES,
                                 &error)
                    : NULL;
    if (!begins) return no_json(header, mark == '"' ? "no string is here" : "no object is here");
    header->at += (size_t)error.position;
    return *value ? GAN_STATUS_OK : no_json(header, error.text);
}

typedef gan_status (*header_entry)(gan_bundle *bundle, header_reader *header, const char *name);

// Calls `read` for each entry of the object, at its value.
static gan_status read_entries(gan_bundle *bundle, header_reader *header, header_entry read) {
    if (!accept(header, '{')) return no_json(header, "no object is here");
    if (accept(header, '}')) return GAN_STATUS_OK;
    do {
        json_t *name;
        GAN_TRY(take_value(header, '"', SIZE_MAX, &name));
        gan_status status = accept(header, ':') ? read(bundle, header, json_string_value(name))
                                                : no_json(header, "a colon is missing");
        json_decref(name);
        GAN_TRY(status);
    } while (accept(header, ','));
    return accept(header, '}') ? GAN_STATUS_OK : no_json(header, "a comma is missing");
}

static gan_status read_text(gan_bundle *bundle, header_reader *header, const char *name) {
    json_t *value;
    if (look(header) != '"')
        return gan__fail(GAN_STATUS_CORRUPT, "the metadata %s is no string", name);
    GAN_TRY(take_value(header, '"', SIZE_MAX, &value));
    gan_status status = gan__bundle_add_text(bundle, name, strlen(name), json_string_value(value),
                                             json_string_length(value));
    json_decref(value);
    return status;
}

static gan_status read_entry(gan_bundle *bundle, header_reader *header, const char *name) {
    json_t *entry;
    if (strcmp(name, GAN_SAFETENSORS_METADATA) == 0) {
        if (header->has_metadata) return no_json(header, "the metadata are there twice");
        header->has_metadata = true;
        return read_entries(bundle, header, read_text);
    }
    GAN_TRY(take_value(header, '{', ENTRY_MAX, &entry));
    gan_status status = parse_tensor(bundle, name, entry);
    json_decref(entry);
    return status;
}

static gan_status parse_header(gan_bundle *bundle, const char *text, size_t length) {
    header_reader header = {.text = text, .length = length};
    GAN_TRY(read_entries(bundle, &header, read_entry));
    if (look(&header) != 0 || header.at < length)
        return no_json(&header, "more follows the object");
    return order_tensors(bundle);
}

static gan_status open_source(gan_bundle *bundle, safetensors_state *state) {
    uint8_t start[GAN_SAFETENSORS_LENGTH];
    uint64_t file_bytes;
    GAN_TRY(gan__file_open_regular(bundle->path, &state->file, &file_bytes));
    GAN_TRY(gan__file_read_at(state->file, 0, start, sizeof start));
    uint64_t length = gan__get_u64(start);
    if (length > GAN_SAFETENSORS_HEADER_MAX || length > file_bytes - GAN_SAFETENSORS_LENGTH)
        return gan__fail(GAN_STATUS_CORRUPT, "a header of %llu bytes does not fit in %llu",
                         (unsigned long long)length, (unsigned long long)file_bytes);
    state->data = GAN_SAFETENSORS_LENGTH + length;
    state->length = file_bytes - state->data;
    char *header;
    GAN_TRY(gan__alloc((size_t)length, 1, (void **)&header));
    gan_status status =
        gan__file_read_at(state->file, GAN_SAFETENSORS_LENGTH, header, (size_t)length);
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
