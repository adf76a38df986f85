// Checkpoints as source and as target of a conversion.
#include "checkpoint/keep.h"
#include "convert/bundle.h"

#include <string.h>

// --- Source --------------------------------------------------------------------------------------
static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    const gan_checkpoint *checkpoint = bundle->state;
    return gan_checkpoint_read(checkpoint, gan_checkpoint_tensor(checkpoint, (size_t)tensor->at),
                               values);
}

static void close_source(void *state) {
    gan_checkpoint_close(state);
}

static const gan_bundle_source source = {read_tensor, close_source};

gan_status gan__checkpoint_source(gan_bundle *bundle) {
    gan_checkpoint *checkpoint;
    const gan_tensor_info *info;
    const char *name;
    bundle->source = &source;
    GAN_TRY(gan_checkpoint_open(bundle->path, &checkpoint));
    bundle->state = checkpoint;
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)); i++) {
        gan_bundle_tensor tensor = {.as_written = {.rank = info->rank},
                                    .kind = gan__element_kind_dtype(info->dtype),
                                    .at = i};
        memcpy(tensor.as_written.size, info->size, sizeof info->size);
        GAN_TRY(gan__bundle_add_tensor(bundle, info->name, strlen(info->name), &tensor));
    }
    for (size_t i = 0; (name = gan_checkpoint_text_name(checkpoint, i)); i++) {
        const char *text = gan_checkpoint_text(checkpoint, name);
        GAN_TRY(gan__bundle_add_text(bundle, name, strlen(name), text, strlen(text)));
    }
    return GAN_STATUS_OK;
}

// --- Target --------------------------------------------------------------------------------------
static gan_status write_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor,
                               gan_checkpoint_writer *writer) {
    const gan_convert_tensor *as_written = &tensor->as_written;
    float *values;
    GAN_TRY(gan__alloc((size_t)as_written->elements, sizeof *values, (void **)&values));
    gan_status status = bundle->source->read(bundle, tensor, values);
    if (status == GAN_STATUS_OK)
        status = gan_checkpoint_writer_tensor(writer, as_written->name, as_written->dtype,
                                              as_written->rank, as_written->size, values);
    gan__free(values);
    return status;
}

static gan_status write_all(gan_bundle *bundle, gan_checkpoint_writer *writer) {
    for (size_t i = 0; i < bundle->text_count; i++) {
        GAN_TRY(
            gan_checkpoint_writer_text(writer, bundle->texts[i].name, bundle->texts[i].content));
    }
    if (bundle->source == &source)
        GAN_TRY(gan__checkpoint_keep_chunks(bundle->state, bundle->changed, writer));
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        GAN_TRY(write_tensor(bundle, &bundle->tensors[i], writer));
    }
    return GAN_STATUS_OK;
}

gan_status gan__checkpoint_export(gan_bundle *bundle, gan_target target, int level) {
    gan_checkpoint_writer *writer;
    if (!target.path)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "a .gan file cannot be written to a pipe, as its start is completed last; "
                         "name a file");
    GAN_TRY(gan_checkpoint_writer_create(target.path, level, &writer));
    gan_status status = write_all(bundle, writer);
    if (status == GAN_STATUS_OK) return gan_checkpoint_writer_commit(writer);
    gan_checkpoint_writer_discard(writer);
    return status;
}
