// The pickle of a PyTorch file: the bytes as data.pkl of an archive with four storages, so that it
// is the pickle that mutates and not the archive around it.
#include "foreign.h"
#include "fuzz.h"

#include "base/zip.h"

enum { STORAGES = 4, STORAGE_BYTES = 256 };

static gan_status write_archive(gan_zip_writer *writer, const uint8_t *bytes, size_t length) {
    static const uint8_t storage[STORAGE_BYTES];
    char name[] = "archive/data/0";
    GAN_TRY(gan__zip_write(writer, "archive/data.pkl", bytes, length, NULL, 0));
    for (int i = 0; i < STORAGES; i++) {
        name[sizeof name - 2] = (char)('0' + i);
        GAN_TRY(gan__zip_write(writer, name, storage, sizeof storage, NULL, 0));
    }
    return gan__zip_finish(writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    int descriptor;
    gan_sink *sink;
    const char *path = fuzz_file_empty(&descriptor);
    fuzz_insist(gan__sink_open((gan_target){.fd = descriptor}, &sink) == GAN_STATUS_OK, "a sink");
    gan_zip_writer writer = {.sink = sink};
    const gan_status status = write_archive(&writer, bytes, length);
    gan__zip_writer_destroy(&writer);
    fuzz_insist(gan__sink_end(sink, status) == GAN_STATUS_OK, "an archive around the pickle");
    fuzz_convert(path);
    return 0;
}
