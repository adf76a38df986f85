// Writes safetensors (convert/safetensors.h).
#include "convert/safetensors.h"

#include "base/bytes.h"
#include "convert/bundle.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 8 }; // of the tensors' bytes

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
    if (bundle->text_count > 0) json_object_set(header, GAN_SAFETENSORS_METADATA, metadata);
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
    uint8_t start[GAN_SAFETENSORS_LENGTH];
    size_t length = strlen(text), padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    gan__put_u64(start, length + padding);
    gan_status status = GAN_STATUS_OK;
    if (length + padding > GAN_SAFETENSORS_HEADER_MAX)
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
    if (gan__names_find(&bundle->tensor_names, GAN_SAFETENSORS_METADATA) != SIZE_MAX)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "a tensor is called " GAN_SAFETENSORS_METADATA
                                                  ", which safetensors keeps for itself");
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
