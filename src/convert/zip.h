// Zip archives (PKWARE's APPNOTE 6.3) as far as .npz needs them: stored and deflated members, below
// 4 GiB. Encryption, Zip64 and archives over several disks are refused by name.
#ifndef GAN_CONVERT_ZIP_H
#define GAN_CONVERT_ZIP_H

#include "base/memory.h"
#include "base/text.h"
#include "gan/sink.h"

// --- Reading -------------------------------------------------------------------------------------
typedef struct gan_zip_member {
    const char *name; // in the archive's bytes, not terminated
    size_t name_length;
    unsigned flags, method;
    uint32_t crc;
    size_t packed, length; // claims, until the member is extracted
    size_t local;          // offset of its local header
} gan_zip_member;

typedef struct gan_zip {
    const uint8_t *bytes; // the caller's, the whole archive
    size_t length;
    gan_zip_member *members; // owned
    size_t count;
} gan_zip;

// Reads the directory. Errors: CORRUPT, BAD_INPUT (what is refused by name), NO_MEMORY.
gan_status gan__zip_open(const uint8_t *bytes, size_t length, gan_zip *zip);
void gan__zip_close(gan_zip *zip);
// The member's content, checksum checked; *content is the caller's (gan__free).
gan_status gan__zip_extract(const gan_zip *zip, const gan_zip_member *member, uint8_t **content);

// --- Writing -------------------------------------------------------------------------------------
typedef struct gan_zip_writer {
    gan_sink *sink; // not owned
    int level;      // 0 stores
    gan_text directory;
    size_t count;
} gan_zip_writer; // all zero but sink and level at first

// Adds a member whose content stands in two pieces; its date is 1980-01-01, so that equal content
// makes equal bytes. Errors: BAD_ARGUMENT (4 GiB are reached), BAD_OUTPUT, CLOSED, NO_MEMORY.
gan_status gan__zip_write(gan_zip_writer *writer, const char *name, const void *first,
                          size_t first_length, const void *second, size_t second_length);
// Writes the directory.
gan_status gan__zip_finish(gan_zip_writer *writer);
void gan__zip_writer_destroy(gan_zip_writer *writer);

#endif
