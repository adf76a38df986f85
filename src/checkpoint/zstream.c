// Set-up of zlib streams, and inflation to a known length.
#include "checkpoint/zstream.h"

#include "base/memory.h"

#include <limits.h>
#include <string.h>

static voidpf zlib_allocate(voidpf opaque, uInt items, uInt size) {
    (void)opaque;
    void *block;
    return gan__alloc(items, size, &block) == GAN_STATUS_OK ? block : Z_NULL;
}

static void zlib_free(voidpf opaque, voidpf block) {
    (void)opaque;
    gan__free(block);
}

static gan_status created(int code) {
    if (code == Z_OK) return GAN_STATUS_OK;
    if (code == Z_MEM_ERROR) return GAN_STATUS_NO_MEMORY; // with the message of gan__alloc
    return gan__fail(GAN_STATUS_FAILED, "zlib cannot be set up (code %d, version %s)", code,
                     zlibVersion());
}

gan_status gan__deflate_create(z_stream *stream, int level) {
    *stream = (z_stream){.zalloc = zlib_allocate, .zfree = zlib_free};
    return created(deflateInit(stream, level));
}

gan_status gan__inflate_create(z_stream *stream) {
    *stream = (z_stream){.zalloc = zlib_allocate, .zfree = zlib_free};
    return created(inflateInit(stream));
}

gan_status gan__inflate_exactly(z_stream *stream, const uint8_t *encoded, size_t encoded_length,
                                uint8_t *bytes, size_t length) {
    if (encoded_length > UINT_MAX || length > UINT_MAX - 1)
        return gan__fail(GAN_STATUS_CORRUPT, "a compressed stream is too long");
    inflateReset(stream);
    stream->next_in = (Bytef *)(uintptr_t)encoded;
    stream->avail_in = (uInt)encoded_length;
    stream->next_out = bytes;
    stream->avail_out = (uInt)length;
    int code = inflate(stream, Z_FINISH);
    if (code == Z_STREAM_END && stream->avail_in == 0 && stream->avail_out == 0)
        return GAN_STATUS_OK;
    if (code == Z_MEM_ERROR) return GAN_STATUS_NO_MEMORY;
    const char *what = stream->msg ? stream->msg : "its length is not the one promised";
    return gan__fail(GAN_STATUS_CORRUPT, "a compressed stream is damaged (%s)", what);
}
