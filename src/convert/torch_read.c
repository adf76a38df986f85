// PyTorch's files (torch/serialization.py) as a bundle: torch_archive.c and torch_legacy.c find
// what is in the two layouts there are, and tensors are read from either here.
#include "base/file.h"
#include "convert/torch_state.h"

#include <string.h>

// --- Reading -------------------------------------------------------------------------------------
// Checked, and where it must be unpacked, once: many tensors may be views of one storage.
static gan_status storage_bytes(gan_torch_state *state, size_t index, const uint8_t **out) {
    gan_torch_storage *storage = &state->model.storages[index];
    if (!state->by_name) storage->content = state->bytes + storage->at;
    if (!storage->content) {
        const gan_zip_member *member = &state->zip.members[storage->at];
        GAN_TRY(gan__zip_borrow(&state->zip, member, &storage->content));
        if (!storage->content) {
            GAN_TRY(gan__zip_extract(&state->zip, member, &storage->unpacked));
            storage->content = storage->unpacked;
        }
    }
    *out = storage->content;
    return GAN_STATUS_OK;
}

// Copies the tensor's elements into row-major order.
static void gather(const gan_torch_tensor *places, const gan_convert_tensor *shape, size_t element,
                   const uint8_t *storage, uint8_t *out) {
    int64_t index[GAN_TENSOR_RANK_MAX] = {0};
    uint64_t at = places->offset;
    for (uint64_t i = 0; i < shape->elements; i++) {
        memcpy(out + i * element, storage + at * element, element);
        for (int axis = shape->rank - 1; axis >= 0; axis--) {
            at += places->stride[axis];
            if (++index[axis] < shape->size[axis]) break;
            at -= places->stride[axis] * (uint64_t)shape->size[axis];
            index[axis] = 0;
        }
    }
}

static gan_status decode(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    gan_torch_state *state = bundle->state;
    const gan_torch_tensor *places = &state->model.tensors[tensor->at];
    const size_t element = tensor->kind->bytes;
    const uint8_t *storage;
    uint8_t *gathered;
    if (tensor->as_written.elements == 0) return GAN_STATUS_OK;
    GAN_TRY(storage_bytes(state, places->storage, &storage));
    if (places->contiguous)
        return gan__bundle_decode(bundle, tensor, storage + places->offset * element, values);
    GAN_TRY(gan__alloc((size_t)tensor->as_written.elements, element, (void **)&gathered));
    gather(places, &tensor->as_written, element, storage, gathered);
    gan_status status = gan__bundle_decode(bundle, tensor, gathered, values);
    gan__free(gathered);
    return status;
}

static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    gan_status status = decode(bundle, tensor, values);
    if (status == GAN_STATUS_OK) return status;
    return gan__fail_in(status, "%s: %s", bundle->path, tensor->as_written.name);
}

static void close_source(void *pointer) {
    gan_torch_state *state = pointer;
    if (!state) return;
    gan__torch_model_destroy(&state->model);
    gan__zip_close(&state->zip);
    gan__free(state->by_name);
    gan__free(state->bytes);
    gan__free(state);
}

static const gan_bundle_source source = {read_tensor, close_source};

// --- Opening -------------------------------------------------------------------------------------
gan_status gan__torch_source(gan_bundle *bundle) {
    gan_torch_state *state;
    bundle->source = &source;
    GAN_TRY(gan__alloc(1, sizeof *state, (void **)&state));
    bundle->state = state;
    GAN_TRY(gan__file_read(bundle->path, SIZE_MAX, &state->bytes, &state->length));
    state->model.growth.length = state->length;
    gan_status status = state->length > 0 && state->bytes[0] == 'P'
                            ? gan__torch_archive_open(bundle, state)
                            : gan__torch_legacy_open(bundle, state);
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        bundle->tensors[i].big_endian = state->big_endian;
    }
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", bundle->path);
}
