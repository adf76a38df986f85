// Writes a state dictionary as torch.save does: a zip archive of stored members that begin at
// multiples of 64 bytes (so that PyTorch can map them), of which one is a pickle of protocol 2. The
// texts go into the dictionary's _metadata, so that it holds tensors alone.
#include "base/bytes.h"
#include "base/zip.h"
#include "checkpoint/element.h"
#include "convert/torch_model.h"

#include <stdio.h>
#include <string.h>

#define ROOT "archive"
enum { ALIGNMENT = 64 };

// --- The pickle ----------------------------------------------------------------------------------
static void put_text(gan_text *pickle, const char *text) {
    uint8_t length[5] = "X";
    gan__put_u32(length + 1, (uint32_t)strlen(text));
    gan__text_append_bytes(pickle, length, sizeof length);
    gan__text_append_bytes(pickle, text, strlen(text));
}

static void put_whole(gan_text *pickle, uint64_t value) {
    uint8_t small[5] = "J", large[11] = "\x8a\x09"; // LONG1: the ninth byte keeps it positive
    bool fits = value <= INT32_MAX;
    gan__put_u32(small + 1, (uint32_t)value);
    gan__put_u64(large + 2, value);
    gan__text_append_bytes(pickle, fits ? small : large, fits ? sizeof small : sizeof large);
}

static void put_global(gan_text *pickle, const char *module, const char *name) {
    gan__text_append(pickle, "c%s\n%s\n", module, name);
}

static void put_ordered_dict(gan_text *pickle) {
    put_global(pickle, "collections", "OrderedDict");
    gan__text_append(pickle, ")R");
}

// Sizes, and then the strides of row-major order.
static void put_places(gan_text *pickle, const gan_convert_tensor *tensor) {
    uint64_t stride[GAN_TENSOR_RANK_MAX], packed = 1;
    for (int i = tensor->rank; i-- > 0;) {
        stride[i] = packed;
        if (tensor->size[i] > 1) packed *= (uint64_t)tensor->size[i];
    }
    gan__text_append(pickle, "(");
    for (int i = 0; i < tensor->rank; i++) put_whole(pickle, (uint64_t)tensor->size[i]);
    gan__text_append(pickle, "t(");
    for (int i = 0; i < tensor->rank; i++) put_whole(pickle, stride[i]);
    gan__text_append(pickle, "t");
}

// _rebuild_tensor_v2(storage, 0, sizes, strides, no gradient, no hooks)
static void put_tensor(gan_text *pickle, const gan_convert_tensor *tensor, size_t key) {
    char name[24];
    snprintf(name, sizeof name, "%zu", key);
    put_global(pickle, "torch._utils", "_rebuild_tensor_v2");
    gan__text_append(pickle, "((");
    put_text(pickle, "storage");
    put_global(pickle, "torch", gan__element_kind_dtype(tensor->dtype)->storage);
    put_text(pickle, name);
    put_text(pickle, "cpu");
    put_whole(pickle, tensor->elements);
    gan__text_append(pickle, "tQ");
    put_whole(pickle, 0);
    put_places(pickle, tensor);
    gan__text_append_bytes(pickle, "\x89", 1);
    put_ordered_dict(pickle);
    gan__text_append(pickle, "tR");
}

static void put_texts(gan_text *pickle, const gan_bundle *bundle) {
    gan__text_append(pickle, "}");
    put_text(pickle, GAN_TORCH_METADATA);
    gan__text_append(pickle, "}");
    put_text(pickle, GAN_TORCH_TEXTS);
    gan__text_append(pickle, "}(");
    for (size_t i = 0; i < bundle->text_count; i++) {
        put_text(pickle, bundle->texts[i].name);
        put_text(pickle, bundle->texts[i].content);
    }
    gan__text_append(pickle, "ussb");
}

static gan_status make_pickle(const gan_bundle *bundle, gan_text *pickle) {
    gan__text_append_bytes(pickle, "\x80\2", 2);
    put_ordered_dict(pickle);
    gan__text_append(pickle, "(");
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        put_text(pickle, bundle->tensors[i].as_written.name);
        put_tensor(pickle, &bundle->tensors[i].as_written, i);
    }
    gan__text_append(pickle, "u");
    if (bundle->text_count > 0) put_texts(pickle, bundle);
    gan__text_append(pickle, ".");
    return gan__text_status(pickle);
}

// --- The archive ---------------------------------------------------------------------------------
static gan_status write_pickle(const gan_bundle *bundle, gan_zip_writer *zip) {
    gan_text pickle = {0};
    gan_status status = make_pickle(bundle, &pickle);
    if (status == GAN_STATUS_OK)
        status = gan__zip_write(zip, ROOT "/data.pkl", pickle.bytes, pickle.length, "", 0);
    gan__text_destroy(&pickle);
    return status;
}

static gan_status write_tensor(gan_bundle *bundle, size_t index, gan_zip_writer *zip) {
    char name[48];
    uint8_t *bytes = NULL;
    size_t length;
    snprintf(name, sizeof name, ROOT "/data/%zu", index);
    gan_status status = gan__bundle_pack(bundle, &bundle->tensors[index], &bytes, &length);
    if (status == GAN_STATUS_OK) status = gan__zip_write(zip, name, bytes, length, "", 0);
    gan__free(bytes);
    return status;
}

static gan_status write_all(gan_bundle *bundle, gan_zip_writer *zip) {
    GAN_TRY(write_pickle(bundle, zip));
    GAN_TRY(gan__zip_write(zip, ROOT "/byteorder", "little", 6, "", 0));
    for (size_t i = 0; i < bundle->tensor_count; i++) GAN_TRY(write_tensor(bundle, i, zip));
    GAN_TRY(gan__zip_write(zip, ROOT "/version", "3\n", 2, "", 0));
    return gan__zip_finish(zip);
}

gan_status gan__torch_export(gan_bundle *bundle, gan_target target, int level) {
    (void)level; // PyTorch maps storages, so they are not compressed
    gan_zip_writer zip = {.align = ALIGNMENT};
    GAN_TRY(gan__sink_open(target, &zip.sink));
    gan_status status = write_all(bundle, &zip);
    gan__zip_writer_destroy(&zip);
    return gan__sink_end(zip.sink, status);
}
