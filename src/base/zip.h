// Zip archives (PKWARE's APPNOTE 6.3) as far as NumPy's .npz and PyTorch's .pt need them: stored
// and deflated members, read with Zip64 and written below 4 GiB. Encryption and archives over
// several disks are refused by name.
#ifndef GAN_BASE_ZIP_H
#define GAN_BASE_ZIP_H

#include "base/sink.h"
#include "base/text.h"

// --- Reading -------------------------------------------------------------------------------------
// No number in an archive is believed before it is checked against the bytes that are there.
// Messages name the byte; put the archive's name, and the member's, before them (gan__fail_in).
typedef struct gan_zip_member {
    const char *name; // in the archive's bytes, not terminated
    size_t name_length;
    unsigned flags, method;
    uint32_t crc;
    size_t packed, length; // claims, until the member is extracted
    size_t local;          // offset of its local header
    size_t entry;          // offset of its entry in the directory
} gan_zip_member;

typedef struct gan_zip {
    const uint8_t *bytes; // the caller's, the whole archive
    size_t length;
    gan_zip_member *members; // owned
    size_t count;
} gan_zip;

// Reads the directory; *zip is to be closed even on failure. Errors: CORRUPT (also where members
// together are longer than the archive), BAD_INPUT (what is refused by name; members that come to
// more than base/growth.h allows), NO_MEMORY.
gan_status gan__zip_open(const uint8_t *bytes, size_t length, gan_zip *zip);
void gan__zip_close(gan_zip *zip);
// The member's content, `member->length` bytes, its checksum checked; *content is the caller's
// (gan__free). Nothing is allocated for a length that the packed bytes cannot have.
gan_status gan__zip_extract(const gan_zip *zip, const gan_zip_member *member, uint8_t **content);
// The same where it lies in the archive's bytes, for a member that is stored; NULL for a deflated
// one.
gan_status gan__zip_borrow(const gan_zip *zip, const gan_zip_member *member,
                           const uint8_t **content);

// --- Writing -------------------------------------------------------------------------------------
// Front to back, so that an archive may go to a pipe. Members are dated 1980-01-01, so that equal
// content makes equal bytes. Errors of all four: BAD_ARGUMENT (4 GiB or 65535 members are reached),
// BAD_OUTPUT, CLOSED, NO_MEMORY.
typedef struct gan_zip_writer {
    gan_sink *sink; // not owned; at its start
    int level;      // of deflate, for members written whole; 0 stores
    size_t align;   // where members' content begins: at a multiple of this, 1 to 4096; 0 means 1
    gan_text directory;
    size_t count;
    size_t entry;    // of the member begun, in the directory
    uint64_t length; // of it so far
    uint32_t crc;
} gan_zip_writer; // all zero but sink, level and align at first

// Adds a member whose whole content stands in two pieces; its sizes stand before it.
gan_status gan__zip_write(gan_zip_writer *writer, const char *name, const void *first,
                          size_t first_length, const void *second, size_t second_length);

// A member in any number of pieces, stored. Its checksum and sizes follow it in a data descriptor
// (APPNOTE 4.3.9), as they are not known before: whoever reads it must go by the directory.
gan_status gan__zip_member_begin(gan_zip_writer *writer, const char *name);
gan_status gan__zip_member_append(gan_zip_writer *writer, const void *bytes, size_t length);
gan_status gan__zip_member_end(gan_zip_writer *writer);

// Writes the directory.
gan_status gan__zip_finish(gan_zip_writer *writer);
void gan__zip_writer_destroy(gan_zip_writer *writer);

#endif
