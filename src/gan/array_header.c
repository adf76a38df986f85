// The bytes of array files that are not elements.
#include "gan/array_header.h"

#include <inttypes.h>
#include <string.h>

#define LOCAL_BYTES     30
#define ZIP_VERSION     20     // needed to read: 2.0
#define ZIP_DESCRIPTOR  0x0008 // flag: checksum and sizes follow the member
#define ZIP_DATE        0x0021 // 1980-01-01
#define NPY_ALIGNMENT   64
#define NPY_FIXED_BYTES 10 // magic, version and the length of the rest

static void put16(gan_text *out, unsigned value) {
    const uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
    gan__text_append_bytes(out, bytes, sizeof bytes);
}

static void put32(gan_text *out, uint32_t value) {
    put16(out, value & 0xFFFF);
    put16(out, value >> 16);
}

void gan__npy_header(const gan_array_layout *layout, gan_text *out) {
    gan_text shape = {0};
    for (int i = 0; i < layout->rank; ++i)
        gan__text_append(&shape, "%s%" PRIu64, i ? ", " : "", layout->size[i]);
    gan_text literal = {0};
    gan__text_append(&literal, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s%s), }",
                     gan__text_string(&shape), layout->rank == 1 ? "," : "");
    while ((NPY_FIXED_BYTES + literal.length + 1) % NPY_ALIGNMENT != 0 &&
           gan__text_status(&literal) == GAN_STATUS_OK)
        gan__text_append(&literal, " ");
    gan__text_append(&literal, "\n");
    gan__text_append_bytes(out, "\x93NUMPY\1\0", 8);
    put16(out, (unsigned)literal.length);
    gan__text_append_bytes(out, gan__text_string(&literal), literal.length);
    if (out->status == GAN_STATUS_OK) out->status = gan__text_status(&literal);
    if (out->status == GAN_STATUS_OK) out->status = gan__text_status(&shape);
    gan__text_destroy(&shape);
    gan__text_destroy(&literal);
}

void gan__idx_header(const gan_array_layout *layout, bool bytes, gan_text *out) {
    const uint8_t magic[4] = {0, 0, bytes ? 0x08 : 0x0D, (uint8_t)layout->rank};
    gan__text_append_bytes(out, magic, sizeof magic);
    for (int i = 0; i < layout->rank; ++i) {
        uint32_t size = (uint32_t)layout->size[i];
        const uint8_t big[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                                (uint8_t)size};
        gan__text_append_bytes(out, big, sizeof big);
    }
}

// What the local header and the directory's entry have in common.
static void put_member(gan_text *out, const char *name, uint32_t crc, uint32_t length) {
    put16(out, ZIP_VERSION);
    put16(out, ZIP_DESCRIPTOR);
    put16(out, 0); // stored
    put16(out, 0); // midnight
    put16(out, ZIP_DATE);
    put32(out, crc);
    put32(out, length); // packed
    put32(out, length); // unpacked
    put16(out, (unsigned)strlen(name));
    put16(out, 0); // no extra field
}

void gan__zip_begin(const char *name, gan_text *out) {
    gan__text_append_bytes(out, "PK\3\4", 4);
    put_member(out, name, 0, 0); // the descriptor has them
    gan__text_append(out, "%s", name);
}

void gan__zip_end(const char *name, uint32_t crc, uint64_t position, gan_text *out) {
    uint32_t length = (uint32_t)(position - LOCAL_BYTES - strlen(name));
    gan__text_append_bytes(out, "PK\7\10", 4); // the data descriptor
    put32(out, crc);
    put32(out, length);
    put32(out, length);
    uint32_t directory = (uint32_t)position + 16;
    size_t before = out->length;
    gan__text_append_bytes(out, "PK\1\2", 4);
    put16(out, ZIP_VERSION); // made by
    put_member(out, name, crc, length);
    put16(out, 0); // no comment
    put16(out, 0); // first disk
    put16(out, 0); // internal attributes
    put32(out, 0); // external attributes
    put32(out, 0); // where the member begins
    gan__text_append(out, "%s", name);
    uint32_t directory_bytes = (uint32_t)(out->length - before);
    gan__text_append_bytes(out, "PK\5\6", 4);
    put32(out, 0); // this disk and the directory's
    put16(out, 1); // entries here
    put16(out, 1); // and in all
    put32(out, directory_bytes);
    put32(out, directory);
    put16(out, 0); // no comment
}
