// Tensors and texts between formats: collecting them, decoding elements.
#include "convert/bundle.h"

#include "base/bytes.h"
#include "checkpoint/element.h"
#include "checkpoint/format.h"

#include <string.h>

gan_status gan__bundle_room(void **items, size_t size, size_t count, size_t *capacity) {
    if (count < *capacity) return GAN_STATUS_OK;
    size_t larger = *capacity ? 2 * *capacity : 32;
    GAN_TRY(gan__realloc(larger, size, items));
    *capacity = larger;
    return GAN_STATUS_OK;
}

gan_status gan__bundle_copy(gan_bundle *bundle, const char *bytes, size_t length,
                            const char **out) {
    char *copy;
    GAN_TRY(gan__arena_alloc(bundle->arena, length + 1, 1, (void **)&copy));
    if (length > 0) memcpy(copy, bytes, length);
    *out = copy;
    return GAN_STATUS_OK;
}

gan_status gan__bundle_add_tensor(gan_bundle *bundle, const char *name, size_t length,
                                  const gan_bundle_tensor *tensor) {
    GAN_TRY(gan__name_check(name, length));
    GAN_TRY(gan__bundle_room((void **)&bundle->tensors, sizeof *bundle->tensors,
                             bundle->tensor_count, &bundle->tensor_capacity));
    gan_bundle_tensor *added = &bundle->tensors[bundle->tensor_count];
    *added = *tensor;
    gan_convert_tensor *as_written = &added->as_written;
    GAN_TRY(gan__bundle_copy(bundle, name, length, &as_written->name));
    if (gan__tensor_elements(as_written->rank, as_written->size, &as_written->elements) !=
        GAN_STATUS_OK)
        return gan__fail_in(GAN_STATUS_BAD_INPUT, "tensor %s", as_written->name);
    as_written->source_name = as_written->name;
    as_written->dtype = tensor->kind->dtype;
    GAN_TRY(gan__names_add(&bundle->tensor_names, as_written->name));
    bundle->tensor_count++;
    return GAN_STATUS_OK;
}

gan_status gan__bundle_add_text(gan_bundle *bundle, const char *name, size_t length,
                                const char *content, size_t content_length) {
    GAN_TRY(gan__name_check(name, length));
    GAN_TRY(gan__bundle_room((void **)&bundle->texts, sizeof *bundle->texts, bundle->text_count,
                             &bundle->text_capacity));
    gan_bundle_text *added = &bundle->texts[bundle->text_count];
    GAN_TRY(gan__bundle_copy(bundle, name, length, &added->name));
    if (!gan__utf8_check((const uint8_t *)content, content_length))
        return gan__fail(GAN_STATUS_BAD_INPUT, "text %s is not well-formed UTF-8", added->name);
    GAN_TRY(gan__bundle_copy(bundle, content, content_length, &added->content));
    GAN_TRY(gan__names_add(&bundle->text_names, added->name));
    bundle->text_count++;
    return GAN_STATUS_OK;
}

const char *gan__bundle_text(const gan_bundle *bundle, const char *name) {
    for (size_t i = 0; i < bundle->text_count; i++) {
        if (strcmp(bundle->texts[i].name, name) == 0) return bundle->texts[i].content;
    }
    return NULL;
}

gan_status gan__bundle_set_text(gan_bundle *bundle, const char *name, const char *content) {
    for (size_t i = 0; i < bundle->text_count; i++) {
        if (strcmp(bundle->texts[i].name, name) == 0)
            return gan__bundle_copy(bundle, content, strlen(content), &bundle->texts[i].content);
    }
    return gan__bundle_add_text(bundle, name, strlen(name), content, strlen(content));
}

bool gan__name_is_part(const char *name, const char *first) {
    size_t length = strlen(first);
    return strncmp(name, first, length) == 0 && (name[length] == '.' || name[length] == 0);
}

// --- Elements ------------------------------------------------------------------------------------
// Steps a row-major index and returns where the element stands in column-major order.
static uint64_t next_column_major(const gan_convert_tensor *tensor, int64_t *index, uint64_t at) {
    uint64_t stride = tensor->elements;
    for (int axis = tensor->rank - 1; axis >= 0; axis--) {
        stride /= (uint64_t)tensor->size[axis];
        at += stride;
        if (++index[axis] < tensor->size[axis]) return at;
        at -= stride * (uint64_t)tensor->size[axis];
        index[axis] = 0;
    }
    return at;
}

gan_status gan__bundle_decode(const gan_bundle *bundle, const gan_bundle_tensor *tensor,
                              const uint8_t *bytes, float *values) {
    const gan_element_kind *kind = tensor->kind;
    const gan_convert_tensor *as_written = &tensor->as_written;
    int64_t index[GAN_TENSOR_RANK_MAX] = {0};
    for (uint64_t i = 0, at = 0; i < as_written->elements; i++) {
        uint64_t bits = gan__get_word(bytes + at * kind->bytes, kind->bytes, tensor->big_endian);
        gan_element_value element = kind->convert(bits);
        if (!element.exact && !bundle->round)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "element %llu of tensor %s (%s) is no float32; --dtype f32 rounds it",
                             (unsigned long long)i, as_written->name, kind->safetensors);
        values[i] = element.value;
        at = tensor->columns_first ? next_column_major(as_written, index, at) : i + 1;
    }
    return GAN_STATUS_OK;
}

gan_status gan__bundle_pack(gan_bundle *bundle, const gan_bundle_tensor *tensor, uint8_t **bytes,
                            size_t *length) {
    const gan_convert_tensor *as_written = &tensor->as_written;
    float *values;
    *length = (size_t)as_written->elements * gan__dtype_bytes(as_written->dtype);
    GAN_TRY(gan__alloc((size_t)as_written->elements, sizeof *values, (void **)&values));
    gan_status status = bundle->source->read(bundle, tensor, values);
    if (status == GAN_STATUS_OK) status = gan__alloc(*length, 1, (void **)bytes);
    if (status == GAN_STATUS_OK)
        gan__elements_pack(as_written->dtype, values, (size_t)as_written->elements, *bytes);
    gan__free(values);
    return status;
}
