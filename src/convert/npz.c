// .npz: an archive (base/zip.h) of .npy members. An array of numbers is a tensor, a single string a
// text.
#include "base/bytes.h"
#include "base/file.h"
#include "base/npy.h"
#include "base/zip.h"
#include "convert/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".npy"
enum { SUFFIX_BYTES = 4, UTF32_BYTES = 4 };

_Static_assert((int)GAN_TENSOR_RANK_MAX == (int)GAN_NPY_RANK_MAX, "shapes are copied whole");

// --- Source --------------------------------------------------------------------------------------
typedef struct npz_state {
    uint8_t *bytes;
    gan_zip zip;
} npz_state;

static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    const npz_state *state = bundle->state;
    const gan_zip_member *member = &state->zip.members[tensor->at];
    uint8_t *content;
    gan_npy_header header;
    gan_status status = gan__zip_extract(&state->zip, member, &content);
    if (status == GAN_STATUS_OK) {
        status = gan__npy_header_parse(content, member->length, &header);
        if (status == GAN_STATUS_OK)
            status = gan__bundle_decode(bundle, tensor, content + header.data, values);
        gan__free(content);
    }
    if (status == GAN_STATUS_OK) return status;
    return gan__fail_in(status, "%s: %s", bundle->path, tensor->as_written.name);
}

static void close_source(void *pointer) {
    npz_state *state = pointer;
    if (!state) return;
    gan__zip_close(&state->zip);
    gan__free(state->bytes);
    gan__free(state);
}

static const gan_bundle_source source = {read_tensor, close_source};

// One code point as UTF-8.
static void append_utf8(uint32_t code, gan_text *text) {
    uint8_t bytes[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; code >>= 6) bytes[i] = (uint8_t)(0x80 | (code & 0x3f));
    bytes[0] = (uint8_t)(marks[length] | code);
    gan__text_append_bytes(text, bytes, length);
}

// A string of numpy's type S (bytes) or U (UTF-32), padded with zeros.
static gan_status add_string(gan_bundle *bundle, const char *name, size_t name_length,
                             const gan_npy_header *header, const uint8_t *data, size_t length) {
    gan_text text = {0};
    size_t width = header->type[0] == 'S' ? 1 : UTF32_BYTES;
    size_t room = (size_t)strtoull(header->type + 1, NULL, 10);
    if (header->rank != 0 || room != length / width || length % width != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "an array of strings; only single strings can be read: leave it out");
    for (size_t i = 0; i < length; i += width) {
        uint32_t code = (uint32_t)gan__get_word(data + i, width, header->order == '>');
        if (code > 0x10ffff) code = 0xd800; // no character: refused below
        if (width == 1) {
            gan__text_append_bytes(&text, data + i, 1);
        } else {
            append_utf8(code, &text);
        }
    }
    gan_status status = gan__text_status(&text);
    size_t used = text.length;
    while (used > 0 && text.bytes[used - 1] == 0) used--;
    if (status == GAN_STATUS_OK)
        status = gan__bundle_add_text(bundle, name, name_length, gan__text_string(&text), used);
    gan__text_destroy(&text);
    return status;
}

static gan_status add_array(gan_bundle *bundle, const char *name, size_t name_length, size_t index,
                            const gan_npy_header *header, size_t length) {
    gan_bundle_tensor tensor = {.as_written = {.rank = header->rank},
                                .kind = gan__element_kind_numpy(header->type),
                                .big_endian = header->order == '>',
                                .columns_first = header->columns_first,
                                .at = index};
    if (!tensor.kind)
        return gan__fail(GAN_STATUS_BAD_INPUT, "elements of type %s cannot be read", header->type);
    memcpy(tensor.as_written.size, header->size, sizeof header->size);
    GAN_TRY(gan__bundle_add_tensor(bundle, name, name_length, &tensor));
    uint64_t elements = bundle->tensors[bundle->tensor_count - 1].as_written.elements;
    if (elements <= length && elements * tensor.kind->bytes == length) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "%zu bytes of elements are not what its shape needs",
                     length);
}

static gan_status add_member(gan_bundle *bundle, size_t index) {
    const npz_state *state = bundle->state;
    const gan_zip_member *member = &state->zip.members[index];
    size_t length = member->name_length;
    if (length <= SUFFIX_BYTES ||
        memcmp(member->name + length - SUFFIX_BYTES, SUFFIX, SUFFIX_BYTES) != 0)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a member that is no .npy array; leave it out");
    length -= SUFFIX_BYTES;
    uint8_t *content;
    gan_npy_header header;
    GAN_TRY(gan__zip_extract(&state->zip, member, &content));
    gan_status status = gan__npy_header_parse(content, member->length, &header);
    if (status == GAN_STATUS_OK) {
        size_t data = member->length - header.data;
        bool string = header.type[0] == 'S' || header.type[0] == 'U';
        status =
            string ? add_string(bundle, member->name, length, &header, content + header.data, data)
                   : add_array(bundle, member->name, length, index, &header, data);
    }
    gan__free(content);
    return status;
}

static gan_status open_source(gan_bundle *bundle, npz_state *state) {
    size_t length;
    GAN_TRY(gan__file_read(bundle->path, SIZE_MAX / 2, &state->bytes, &length));
    gan_status status = gan__zip_open(state->bytes, length, &state->zip);
    if (status != GAN_STATUS_OK) return gan__fail_in(status, "%s", bundle->path);
    for (size_t i = 0; i < state->zip.count; i++) {
        const gan_zip_member *member = &state->zip.members[i];
        status = add_member(bundle, i);
        if (status != GAN_STATUS_OK)
            return gan__fail_in(status, "%s: member %.*s", bundle->path, (int)member->name_length,
                                member->name);
    }
    return GAN_STATUS_OK;
}

gan_status gan__npz_source(gan_bundle *bundle) {
    npz_state *state;
    bundle->source = &source;
    GAN_TRY(gan__alloc(1, sizeof *state, (void **)&state));
    bundle->state = state;
    return open_source(bundle, state);
}

// --- Target --------------------------------------------------------------------------------------
static gan_status write_member(gan_zip_writer *zip, const char *name, const char *type, int rank,
                               const int64_t *size, const void *bytes, size_t length) {
    gan_text file = {0}, header = {0};
    gan__text_append(&file, "%s" SUFFIX, name);
    gan__npy_header_print(type, rank, size, &header);
    gan_status status = gan__text_status(&file);
    if (status == GAN_STATUS_OK) status = gan__text_status(&header);
    if (status == GAN_STATUS_OK)
        status = gan__zip_write(zip, gan__text_string(&file), header.bytes, header.length, bytes,
                                length);
    gan__text_destroy(&file);
    gan__text_destroy(&header);
    return status;
}

static gan_status write_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor,
                               gan_zip_writer *zip) {
    const gan_convert_tensor *as_written = &tensor->as_written;
    uint8_t *bytes = NULL;
    size_t length;
    gan_status status = gan__bundle_pack(bundle, tensor, &bytes, &length);
    if (status == GAN_STATUS_OK)
        status =
            write_member(zip, as_written->name, gan__element_kind_dtype(as_written->dtype)->numpy,
                         as_written->rank, as_written->size, bytes, length);
    gan__free(bytes);
    return status;
}

// numpy's strings have at least one byte; the zero it then is does not count.
static gan_status write_text(const gan_bundle_text *text, gan_zip_writer *zip) {
    char type[32];
    size_t length = strlen(text->content);
    if (length == 0) length = 1;
    snprintf(type, sizeof type, "S%zu", length);
    return write_member(zip, text->name, type, 0, NULL, text->content, length);
}

static gan_status write_all(gan_bundle *bundle, gan_zip_writer *zip) {
    for (size_t i = 0; i < bundle->text_count; i++) {
        if (gan__names_find(&bundle->tensor_names, bundle->texts[i].name) != SIZE_MAX)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "%s is a tensor's name and a text's, and a .npz has one name for both",
                             bundle->texts[i].name);
        GAN_TRY(write_text(&bundle->texts[i], zip));
    }
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        GAN_TRY(write_tensor(bundle, &bundle->tensors[i], zip));
    }
    return gan__zip_finish(zip);
}

gan_status gan__npz_export(gan_bundle *bundle, gan_target target, int level) {
    gan_zip_writer zip = {.level = level};
    GAN_TRY(gan__sink_open(target, &zip.sink));
    gan_status status = write_all(bundle, &zip);
    gan__zip_writer_destroy(&zip);
    return gan__sink_end(zip.sink, status);
}
