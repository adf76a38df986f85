// The filters of a block, and the choice among them.
//
// Besides storing, four encodings compete. Measured on trained weights and Adam's moments, in one
// thread of a processor with AVX-512 (docs/checkpoint-format.md has the table):
//   planes    byte shuffle; all planes but the last stored, the last (sign and upper exponent)
//             Huffman coded without matching, in one zlib stream: best for dense weights, 600 MB/s
//   runs      byte shuffle and deflate that matches runs only: best for moments of units that are
//             partly dead, 150 MB/s
//   deflate   plain: best where many elements are equal, 30 to 40 MB/s
//   matches   byte shuffle and deflate in full: 1 to 2 per cent smaller than runs, 25 to 40 MB/s
// Planes, runs and matches decode alike, so the format knows only three filters.
#include "checkpoint/block.h"

#include "base/memory.h"
#include "checkpoint/zstream.h"

#include <string.h>

enum {
    SAMPLE_PIECE = 512, // a sample is some pieces, evenly spread
    SAMPLE_PIECES = 16,
    SAMPLE_BYTES = SAMPLE_PIECE * SAMPLE_PIECES,
    EXHAUSTIVE_LEVEL = 9,
};

struct gan_block_encoder {
    z_stream stream;
    bool ready; // the stream is set up
    int level;
    uint8_t *planes; // the block, shuffled
    uint8_t *best;   // the smallest encoding so far
    uint8_t *next;   // the one being tried
};

// --- Shuffle -------------------------------------------------------------------------------------
// With `element` known to the compiler these loops become vectors.
static inline void shuffle_elements(const uint8_t *bytes, size_t length, size_t element,
                                    uint8_t *planes) {
    size_t count = length / element;
    for (size_t plane = 0; plane < element; plane++) {
        uint8_t *out = planes + plane * count;
        for (size_t i = 0; i < count; i++) out[i] = bytes[i * element + plane];
    }
}

static inline void unshuffle_elements(const uint8_t *planes, size_t length, size_t element,
                                      uint8_t *bytes) {
    size_t count = length / element;
    for (size_t i = 0; i < count; i++)
        for (size_t plane = 0; plane < element; plane++)
            bytes[i * element + plane] = planes[plane * count + i];
}

static void shuffle(const uint8_t *bytes, size_t length, size_t element, uint8_t *planes) {
    if (element == 4)
        shuffle_elements(bytes, length, 4, planes);
    else
        shuffle_elements(bytes, length, element, planes);
}

static void unshuffle(const uint8_t *planes, size_t length, size_t element, uint8_t *bytes) {
    if (element == 4)
        unshuffle_elements(planes, length, 4, bytes);
    else
        unshuffle_elements(planes, length, element, bytes);
}

// --- Encoding ------------------------------------------------------------------------------------
gan_status gan__block_encoder_create(size_t capacity, int level, gan_block_encoder **out) {
    *out = NULL;
    gan_block_encoder *encoder;
    GAN_TRY(gan__alloc(1, sizeof *encoder, (void **)&encoder));
    encoder->level = level;
    gan_status status = gan__deflate_create(&encoder->stream, level);
    encoder->ready = status == GAN_STATUS_OK;
    uint8_t **buffers[] = {&encoder->planes, &encoder->best, &encoder->next};
    for (size_t i = 0; i < 3 && status == GAN_STATUS_OK; i++) {
        status = gan__alloc(capacity, 1, (void **)buffers[i]);
    }
    if (status == GAN_STATUS_OK) {
        *out = encoder;
    } else {
        gan__block_encoder_destroy(encoder);
    }
    return status;
}

void gan__block_encoder_destroy(gan_block_encoder *encoder) {
    if (!encoder) return;
    if (encoder->ready) deflateEnd(&encoder->stream);
    gan__free(encoder->planes);
    gan__free(encoder->best);
    gan__free(encoder->next);
    gan__free(encoder);
}

static void stream_begin(z_stream *stream, int level, int strategy, uint8_t *out, size_t room) {
    deflateReset(stream);
    stream->next_out = out;
    stream->avail_out = (uInt)room;
    stream->next_in = out; // nothing is read from it: avail_in is 0
    stream->avail_in = 0;
    deflateParams(stream, level, strategy);
}

static void stream_feed(z_stream *stream, const uint8_t *bytes, size_t length) {
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = (uInt)length;
}

// A block or a sample of one, in both orders.
typedef struct block_view {
    const uint8_t *bytes, *planes;
    size_t length, element;
} block_view;

// Each of these writes a zlib stream of less than `room` bytes into encoder->next and returns its
// length, or `room` where it would not be shorter than that.
typedef size_t (*block_attempt)(gan_block_encoder *encoder, const block_view *view, size_t room);

static size_t deflate_all(gan_block_encoder *encoder, const uint8_t *bytes, size_t length,
                          int strategy, size_t room) {
    z_stream *stream = &encoder->stream;
    stream_begin(stream, encoder->level, strategy, encoder->next, room - 1);
    stream_feed(stream, bytes, length);
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : room;
}

static size_t try_deflate(gan_block_encoder *encoder, const block_view *view, size_t room) {
    return deflate_all(encoder, view->bytes, view->length, Z_DEFAULT_STRATEGY, room);
}

static size_t try_matches(gan_block_encoder *encoder, const block_view *view, size_t room) {
    return deflate_all(encoder, view->planes, view->length, Z_DEFAULT_STRATEGY, room);
}

static size_t try_runs(gan_block_encoder *encoder, const block_view *view, size_t room) {
    return deflate_all(encoder, view->planes, view->length, Z_RLE, room);
}

static size_t try_planes(gan_block_encoder *encoder, const block_view *view, size_t room) {
    z_stream *stream = &encoder->stream;
    size_t last = view->length / view->element, stored = view->length - last;
    stream_begin(stream, 0, Z_DEFAULT_STRATEGY, encoder->next, room - 1);
    stream_feed(stream, view->planes, stored);
    if (deflate(stream, Z_NO_FLUSH) != Z_OK || stream->avail_in > 0) return room;
    if (deflateParams(stream, encoder->level, Z_HUFFMAN_ONLY) != Z_OK) return room;
    stream_feed(stream, view->planes + stored, last);
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : room;
}

enum { ATTEMPTS = 4, PLANES = 0, MATCHES = 3 };
static const struct {
    block_attempt attempt;
    gan_block_filter filter;
} attempts[ATTEMPTS] = {{try_planes, GAN_BLOCK_FILTER_SHUFFLE},
                        {try_runs, GAN_BLOCK_FILTER_SHUFFLE},
                        {try_deflate, GAN_BLOCK_FILTER_DEFLATE},
                        {try_matches, GAN_BLOCK_FILTER_SHUFFLE}};

// Whether no byte of any plane but the last is common, as among mantissas of dense weights: then
// nothing matches, and planes need no rival.
static bool is_dense(const block_view *sample) {
    const size_t count = sample->length / sample->element;
    for (size_t plane = 0; plane + 1 < sample->element; plane++) {
        uint32_t seen[256] = {0};
        const uint8_t *bytes = sample->planes + plane * count;
        for (size_t i = 0; i < count; i++)
            if (++seen[bytes[i]] > count / 32) return false;
    }
    return sample->element > 1;
}

// Which attempts to make: on short blocks and at the highest level all; else planes, which cost
// little, and whichever of planes, runs and deflate makes a sample smallest.
static void choose_attempts(gan_block_encoder *encoder, const block_view *view,
                            bool chosen[ATTEMPTS]) {
    for (int i = 0; i < ATTEMPTS; i++) chosen[i] = true;
    if (encoder->level >= EXHAUSTIVE_LEVEL || view->length <= 2 * SAMPLE_BYTES) return;
    uint8_t bytes[SAMPLE_BYTES], planes[SAMPLE_BYTES];
    size_t stride =
        (view->length - SAMPLE_PIECE) / (SAMPLE_PIECES - 1) / view->element * view->element;
    for (size_t i = 0; i < SAMPLE_PIECES; i++) {
        memcpy(bytes + i * SAMPLE_PIECE, view->bytes + i * stride, SAMPLE_PIECE);
    }
    shuffle(bytes, SAMPLE_BYTES, view->element, planes);
    const block_view sample = {bytes, planes, SAMPLE_BYTES, view->element};
    const size_t room = 2 * SAMPLE_BYTES; // more than any of them needs
    size_t smallest = room, winner = PLANES;
    for (size_t i = is_dense(&sample) ? MATCHES : PLANES; i < MATCHES; i++) {
        size_t length = attempts[i].attempt(encoder, &sample, room);
        if (length < smallest) {
            smallest = length;
            winner = i;
        }
    }
    for (size_t i = 0; i < ATTEMPTS; i++) chosen[i] = i == PLANES || i == winner;
}

void gan__block_encode(gan_block_encoder *encoder, const uint8_t *bytes, size_t length,
                       size_t element, gan_block_filter *filter, const uint8_t **encoded,
                       size_t *encoded_length) {
    *filter = GAN_BLOCK_FILTER_STORED;
    *encoded = bytes;
    *encoded_length = length;
    if (encoder->level == 0 || length < 2) return;
    bool chosen[ATTEMPTS];
    const block_view view = {bytes, encoder->planes, length, element};
    shuffle(bytes, length, element, encoder->planes);
    choose_attempts(encoder, &view, chosen);
    for (int i = 0; i < ATTEMPTS; i++) {
        size_t found = chosen[i] ? attempts[i].attempt(encoder, &view, *encoded_length) : length;
        if (found >= *encoded_length) continue;
        *filter = attempts[i].filter;
        *encoded = encoder->next;
        *encoded_length = found;
        encoder->next = encoder->best; // the next attempt leaves this one be
        encoder->best = (uint8_t *)(uintptr_t)*encoded;
    }
}

// --- Decoding ------------------------------------------------------------------------------------
struct gan_block_decoder {
    z_stream stream;
    bool ready;
    uint8_t *planes;
};

gan_status gan__block_decoder_create(size_t capacity, gan_block_decoder **out) {
    *out = NULL;
    gan_block_decoder *decoder;
    GAN_TRY(gan__alloc(1, sizeof *decoder, (void **)&decoder));
    gan_status status = gan__inflate_create(&decoder->stream);
    decoder->ready = status == GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) status = gan__alloc(capacity, 1, (void **)&decoder->planes);
    if (status == GAN_STATUS_OK) {
        *out = decoder;
    } else {
        gan__block_decoder_destroy(decoder);
    }
    return status;
}

void gan__block_decoder_destroy(gan_block_decoder *decoder) {
    if (!decoder) return;
    if (decoder->ready) inflateEnd(&decoder->stream);
    gan__free(decoder->planes);
    gan__free(decoder);
}

gan_status gan__block_decode(gan_block_decoder *decoder, gan_block_filter filter,
                             const uint8_t *encoded, size_t encoded_length, size_t element,
                             uint8_t *bytes, size_t length) {
    z_stream *stream = &decoder->stream;
    switch (filter) {
    case GAN_BLOCK_FILTER_STORED:
        if (encoded_length != length)
            return gan__fail(GAN_STATUS_CORRUPT, "a stored block has the wrong length");
        memcpy(bytes, encoded, length);
        return GAN_STATUS_OK;
    case GAN_BLOCK_FILTER_DEFLATE:
        return gan__inflate_exactly(stream, encoded, encoded_length, bytes, length);
    default:
        GAN_TRY(gan__inflate_exactly(stream, encoded, encoded_length, decoder->planes, length));
        unshuffle(decoder->planes, length, element, bytes);
        return GAN_STATUS_OK;
    }
}
