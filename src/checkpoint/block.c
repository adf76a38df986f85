// The filters of a block, and the choice among them.
//
// Four encodings compete: stored; deflate; byte shuffle and deflate; and, for dense weights, byte
// shuffle with all planes but the last stored and the last (sign and upper exponent) Huffman coded
// without matching, in one ordinary zlib stream. The fourth decodes like the third, so the format
// knows only three filters.
#include "checkpoint/block.h"

#include "base/memory.h"
#include "checkpoint/zstream.h"

#include <string.h>

enum {
    SAMPLE_PIECE = 4096, // a sample is some pieces, evenly spread
    SAMPLE_PIECES = 4,
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
    uint8_t sample[SAMPLE_BYTES];
};

// --- Shuffle -------------------------------------------------------------------------------------
static void shuffle(const uint8_t *bytes, size_t length, size_t element, uint8_t *planes) {
    size_t count = length / element;
    for (size_t plane = 0; plane < element; plane++) {
        uint8_t *out = planes + plane * count;
        for (size_t i = 0; i < count; i++) out[i] = bytes[i * element + plane];
    }
}

static void unshuffle(const uint8_t *planes, size_t length, size_t element, uint8_t *bytes) {
    size_t count = length / element;
    for (size_t plane = 0; plane < element; plane++) {
        const uint8_t *in = planes + plane * count;
        for (size_t i = 0; i < count; i++) bytes[i * element + plane] = in[i];
    }
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

static void stream_begin(z_stream *stream, int level, uint8_t *out, size_t room) {
    deflateReset(stream);
    stream->next_out = out;
    stream->avail_out = (uInt)room;
    stream->next_in = out; // nothing is read from it: avail_in is 0
    stream->avail_in = 0;
    deflateParams(stream, level, Z_DEFAULT_STRATEGY);
}

static void stream_feed(z_stream *stream, const uint8_t *bytes, size_t length) {
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = (uInt)length;
}

// Each of these writes a zlib stream of less than `room` bytes into encoder->next and returns its
// length, or `room` where it would not be shorter than that.
static size_t try_deflate(gan_block_encoder *encoder, const uint8_t *bytes, size_t length,
                          size_t room) {
    z_stream *stream = &encoder->stream;
    stream_begin(stream, encoder->level, encoder->next, room - 1);
    stream_feed(stream, bytes, length);
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : room;
}

static size_t try_planes(gan_block_encoder *encoder, const uint8_t *planes, size_t length,
                         size_t element, size_t room) {
    z_stream *stream = &encoder->stream;
    size_t stored = length - length / element;
    stream_begin(stream, 0, encoder->next, room - 1);
    stream_feed(stream, planes, stored);
    if (deflate(stream, Z_NO_FLUSH) != Z_OK || stream->avail_in > 0) return room;
    if (deflateParams(stream, encoder->level, Z_HUFFMAN_ONLY) != Z_OK) return room;
    stream_feed(stream, planes + stored, length - stored);
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : room;
}

// What is known of a block while its encodings compete.
typedef struct block_contest {
    gan_block_filter filter;
    size_t length; // of the smallest so far
} block_contest;

static void contest_enter(gan_block_encoder *encoder, block_contest *contest,
                          gan_block_filter filter, size_t length) {
    if (length >= contest->length) return;
    uint8_t *winner = encoder->next;
    encoder->next = encoder->best;
    encoder->best = winner;
    *contest = (block_contest){filter, length};
}

typedef struct block_plan {
    bool deflate, shuffle; // worth trying
} block_plan;

// Judges by a sample which of the slow encodings may beat the planes; a short block or the highest
// level has them all tried.
static block_plan plan_choose(gan_block_encoder *encoder, const uint8_t *bytes, size_t length,
                              size_t element) {
    if (encoder->level >= EXHAUSTIVE_LEVEL || length <= 2 * SAMPLE_BYTES)
        return (block_plan){true, true};
    size_t stride = (length - SAMPLE_PIECE) / (SAMPLE_PIECES - 1) / element * element;
    for (size_t i = 0; i < SAMPLE_PIECES; i++) {
        memcpy(encoder->sample + i * SAMPLE_PIECE, bytes + i * stride, SAMPLE_PIECE);
    }
    const size_t room = 2 * SAMPLE_BYTES; // always enough: less than a block's buffer
    size_t plain = try_deflate(encoder, encoder->sample, SAMPLE_BYTES, room);
    shuffle(encoder->sample, SAMPLE_BYTES, element, encoder->planes);
    size_t shuffled = try_deflate(encoder, encoder->planes, SAMPLE_BYTES, room);
    size_t planes = try_planes(encoder, encoder->planes, SAMPLE_BYTES, element, room);
    return (block_plan){.deflate = plain < planes,
                        .shuffle = shuffled < planes && shuffled < plain};
}

void gan__block_encode(gan_block_encoder *encoder, const uint8_t *bytes, size_t length,
                       size_t element, gan_block_filter *filter, const uint8_t **encoded,
                       size_t *encoded_length) {
    block_contest contest = {GAN_BLOCK_FILTER_STORED, length};
    if (encoder->level > 0 && length > 1) {
        block_plan plan = plan_choose(encoder, bytes, length, element);
        shuffle(bytes, length, element, encoder->planes);
        size_t planes = try_planes(encoder, encoder->planes, length, element, contest.length);
        contest_enter(encoder, &contest, GAN_BLOCK_FILTER_SHUFFLE, planes);
        if (plan.shuffle)
            contest_enter(encoder, &contest, GAN_BLOCK_FILTER_SHUFFLE,
                          try_deflate(encoder, encoder->planes, length, contest.length));
        if (plan.deflate)
            contest_enter(encoder, &contest, GAN_BLOCK_FILTER_DEFLATE,
                          try_deflate(encoder, bytes, length, contest.length));
    }
    *filter = contest.filter;
    *encoded = contest.filter == GAN_BLOCK_FILTER_STORED ? bytes : encoder->best;
    *encoded_length = contest.length;
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
