// NumPy's .npz: a zip archive (PKWARE's APPNOTE 6.3) of .npy members, stored or deflated. Members
// are found through the central directory only, as numpy.savez leaves sizes out of the local
// headers. Zip64, encryption and archives over several disks are refused by name.
#include "base/memory.h"
#include "base/text.h"
#include "data/formats.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define END_BYTES     22
#define CENTRAL_BYTES 46
#define LOCAL_BYTES   30
#define COMMENT_MAX   65535
// No deflate stream expands more (https://zlib.net/zlib_tech.html), so no honest member claims
// more.
#define DEFLATE_RATIO_MAX 1032

// Where one member lies; sizes are claims until `extract` has checked them.
typedef struct member {
    char name[64]; // without ".npy"; "" when it is longer or no array
    unsigned flags, method;
    uint32_t crc;
    size_t packed, length;
    size_t local;   // byte of the local header
    size_t central; // byte of the entry in the central directory
} member;

static unsigned read16(const uint8_t *bytes) {
    return (unsigned)bytes[0] | (unsigned)bytes[1] << 8;
}

static uint32_t read32(const uint8_t *bytes) {
    return read16(bytes) | (uint32_t)read16(bytes + 2) << 16;
}

static gan_status damaged(const gan_file *file, size_t at, const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT,
                     "%s: byte %zu: %s; the zip archive is damaged: fetch or write it again",
                     file->path, at, what);
}

// The end record, searched from the back as a comment may follow it.
static gan_status find_end(const gan_file *file, size_t *out) {
    size_t length = file->length;
    for (size_t back = END_BYTES; back <= length && back <= END_BYTES + COMMENT_MAX; ++back) {
        const uint8_t *end = file->bytes + length - back;
        if (memcmp(end, "PK\5\6", 4) == 0 && read16(end + 20) == back - END_BYTES) {
            *out = length - back;
            return GAN_STATUS_OK;
        }
    }
    return gan__fail(
        GAN_STATUS_CORRUPT,
        "%s: cut short: a zip archive ends with its directory, but this, of %zu bytes, "
        "does not; fetch or write it again",
        file->path, length);
}

static void read_name(const uint8_t *bytes, size_t length, char *name, size_t size) {
    name[0] = 0;
    if (length < 5 || length - 4 >= size || memcmp(bytes + length - 4, ".npy", 4) != 0) return;
    memcpy(name, bytes, length - 4);
    name[length - 4] = 0;
}

// The entry at *at of the directory that ends at `end`; *at moves behind it.
static gan_status read_central(const gan_file *file, size_t end, size_t *at, member *out) {
    const uint8_t *entry = file->bytes + *at;
    if (end - *at < CENTRAL_BYTES || memcmp(entry, "PK\1\2", 4) != 0)
        return damaged(file, *at, "the zip directory should have an entry here");
    size_t name = read16(entry + 28);
    size_t behind = CENTRAL_BYTES + name + read16(entry + 30) + read16(entry + 32);
    if (end - *at < behind) return damaged(file, *at, "this entry reaches past the zip directory");
    *out = (member){.flags = read16(entry + 8),
                    .method = read16(entry + 10),
                    .crc = read32(entry + 16),
                    .packed = read32(entry + 20),
                    .length = read32(entry + 24),
                    .local = read32(entry + 42),
                    .central = *at};
    read_name(entry + CENTRAL_BYTES, name, out->name, sizeof out->name);
    *at += behind;
    if (out->packed == UINT32_MAX || out->length == UINT32_MAX || out->local == UINT32_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte %zu: a member in Zip64 (4 GiB or more), which cannot be read; "
                         "save the array as .npy",
                         file->path, out->central);
    return GAN_STATUS_OK;
}

// All members; *out is the caller's.
static gan_status read_directory(const gan_file *file, member **out, size_t *count) {
    size_t end = 0;
    GAN_TRY(find_end(file, &end));
    const uint8_t *record = file->bytes + end;
    size_t entries = read16(record + 10);
    size_t size = read32(record + 12);
    size_t at = read32(record + 16);
    if (entries == 0xFFFF || at == UINT32_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte %zu: a Zip64 archive, which cannot be read; save the array as "
                         ".npy",
                         file->path, end);
    if (read16(record + 4) || read16(record + 6) || read16(record + 8) != entries)
        return damaged(file, end, "an archive over several disks, or a damaged end record");
    if (at > end || size != end - at || size / CENTRAL_BYTES < entries)
        return damaged(file, end, "the end record does not fit the zip directory before it");
    void *block;
    GAN_TRY(gan__alloc(entries, sizeof **out, &block));
    member *members = block;
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < entries && status == GAN_STATUS_OK; ++i)
        status = read_central(file, end, &at, &members[i]);
    if (status == GAN_STATUS_OK && at != end)
        status = damaged(file, at, "bytes left over between the zip directory and its end record");
    if (status != GAN_STATUS_OK) {
        gan__free(members);
        return status;
    }
    *out = members;
    *count = entries;
    return GAN_STATUS_OK;
}

// Where the member's bytes begin, all `packed` of them known to be there.
static gan_status find_bytes(const gan_file *file, const member *m, size_t *out) {
    if (m->flags & 1)
        return gan__fail(
            GAN_STATUS_BAD_INPUT,
            "%s: byte %zu: the member is encrypted; write the archive without password", file->path,
            m->central);
    if (m->method != 0 && m->method != Z_DEFLATED)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: byte %zu: compressed by zip's method %u; only stored and deflated "
                         "members can be read: write it with numpy.savez_compressed",
                         file->path, m->central, m->method);
    size_t left = file->length - (m->local < file->length ? m->local : file->length);
    if (left < LOCAL_BYTES || memcmp(file->bytes + m->local, "PK\3\4", 4) != 0)
        return damaged(file, m->central, "this entry points to no member");
    const uint8_t *local = file->bytes + m->local;
    size_t behind = LOCAL_BYTES + (size_t)read16(local + 26) + read16(local + 28);
    if (left < behind || left - behind < m->packed)
        return damaged(file, m->local, "this member is cut short");
    if (m->method == 0 ? m->length != m->packed : m->length / DEFLATE_RATIO_MAX > m->packed)
        return damaged(file, m->central, "this member's two sizes contradict each other");
    *out = m->local + behind;
    return GAN_STATUS_OK;
}

// Exactly `length` bytes out of exactly `packed`.
static bool inflate_all(const uint8_t *packed, size_t packed_length, uint8_t *bytes,
                        size_t length) {
    z_stream stream = {.next_in = (Bytef *)packed,
                       .avail_in = (uInt)packed_length,
                       .next_out = bytes,
                       .avail_out = (uInt)length};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    int result = inflate(&stream, Z_FINISH);
    bool whole = result == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    return whole;
}

// The member's content as a file of its own, its checksum checked; the caller closes it.
static gan_status extract(const gan_file *file, const member *m, const char *path, gan_file *out) {
    size_t start = 0;
    void *block;
    GAN_TRY(find_bytes(file, m, &start));
    GAN_TRY(gan__alloc(m->length + 1, 1, &block));
    *out = (gan_file){path, block, m->length};
    bool good = true;
    if (m->method == 0)
        memcpy(out->bytes, file->bytes + start, m->length);
    else
        good = inflate_all(file->bytes + start, m->packed, out->bytes, m->length);
    if (good && crc32(0, out->bytes, (uInt)m->length) == m->crc) return GAN_STATUS_OK;
    gan__file_close(out);
    return damaged(file, m->local,
                   good ? "this member's checksum (CRC-32) is wrong"
                        : "this member's compressed bytes are not valid");
}

// Names under which samples are found, best first, and those of the labels that go with them.
static const struct {
    const char *samples;
    const char *labels[4];
} names[] = {
    {"x_train", {"y_train", "labels_train"}},
    {"X_train", {"y_train", "Y_train"}},
    {"train_images", {"train_labels"}},
    {"images", {"labels", "y"}},
    {"x", {"y", "labels"}},
    {"X", {"y", "Y", "labels"}},
    {"data", {"labels", "target", "y"}},
    {"arr_0", {"labels", "y"}},
};
#define NAMES (sizeof names / sizeof *names)

static const member *find_member(const member *members, size_t count, const char *name) {
    for (size_t i = 0; name && i < count; ++i)
        if (strcmp(members[i].name, name) == 0) return &members[i];
    return NULL;
}

static gan_status choose(const gan_file *file, const member *members, size_t count,
                         const member **samples, const member **labels) {
    size_t arrays = 0;
    gan_text found = {0};
    *samples = *labels = NULL;
    for (size_t row = 0; row < NAMES && !*samples; ++row) {
        *samples = find_member(members, count, names[row].samples);
        for (size_t i = 0; *samples && i < 4 && !*labels; ++i)
            *labels = find_member(members, count, names[row].labels[i]);
    }
    if (*samples) return GAN_STATUS_OK;
    for (size_t i = 0; i < count; ++i) {
        if (!members[i].name[0]) continue;
        *samples = &members[i];
        gan__text_append(&found, "%s%s", arrays++ ? ", " : "", members[i].name);
    }
    gan_status status = GAN_STATUS_OK;
    if (arrays != 1)
        status = gan__fail(GAN_STATUS_BAD_INPUT,
                           "%s: which array holds the samples? It should be called x, images, "
                           "x_train or train_images (labels: y, labels, ...); there is: %s",
                           file->path, arrays ? gan__text_string(&found) : "no array at all");
    gan__text_destroy(&found);
    return status;
}

// Extracts and parses one member and hands it to `take`.
static gan_status load_member(const gan_file *file, const member *m, bool samples,
                              gan_dataset *dataset) {
    gan_text path = {0};
    gan_file inner = {0};
    gan_array array;
    gan__text_append(&path, "%s: %s.npy", file->path, m->name);
    gan_status status = gan__text_status(&path);
    if (status == GAN_STATUS_OK) status = extract(file, m, gan__text_string(&path), &inner);
    if (status == GAN_STATUS_OK) status = gan__npy_parse(&inner, &array);
    if (status == GAN_STATUS_OK)
        status = samples ? gan__dataset_take_samples(dataset, &inner, &array, true)
                         : gan__dataset_take_labels(dataset, &inner, &array);
    gan__file_close(&inner);
    gan__text_destroy(&path);
    return status;
}

gan_status gan__npz_load(gan_file *file, gan_dataset *dataset) {
    member *members = NULL;
    size_t count = 0;
    const member *samples, *labels;
    GAN_TRY(read_directory(file, &members, &count));
    snprintf(dataset->info.kind, sizeof dataset->info.kind, "NPZ");
    gan_status status = choose(file, members, count, &samples, &labels);
    if (status == GAN_STATUS_OK) status = load_member(file, samples, true, dataset);
    if (status == GAN_STATUS_OK && labels) status = load_member(file, labels, false, dataset);
    gan__free(members);
    return status;
}
