// The wire format of protocol buffers (protobuf.dev, "Encoding"), as much of it as ONNX models and
// TensorBoard's event files need: a message is fields, each a number and a varint, four or eight
// bytes, or so many bytes, which may be a message again. Written here rather than by a generator:
// reading one must not trust a length, and a model's tensors are written and read one at a time,
// never as one message in memory.
#ifndef GAN_BASE_WIRE_H
#define GAN_BASE_WIRE_H

#include "base/bytes.h"
#include "base/text.h"

// --- Writing: each appends one field -------------------------------------------------------------
void gan__wire_put_whole(gan_text *message, int field, int64_t value);
void gan__wire_put_float(gan_text *message, int field, float value);
void gan__wire_put_double(gan_text *message, int field, double value);
void gan__wire_put_bytes(gan_text *message, int field, const void *bytes, size_t length);
void gan__wire_put_string(gan_text *message, int field, const char *string);
void gan__wire_put_message(gan_text *message, int field, const gan_text *inner);
// The start of a field of `length` bytes, which the caller writes behind it.
void gan__wire_put_start(gan_text *message, int field, uint64_t length);

// --- Reading -------------------------------------------------------------------------------------
typedef struct gan_wire_field {
    int number;
    uint64_t whole;   // of a varint, or of four or eight bytes
    bool has_content; // the field is so many bytes:
    gan_cursor content;
    size_t at; // where these begin in the cursor's bytes
} gan_wire_field;

// Takes the next field; *more is false at the message's end. Errors: CORRUPT (a field reaches past
// the message, a varint beyond 64 bits, a wire type that is none).
gan_status gan__wire_next(gan_cursor *message, gan_wire_field *field, bool *more);
// The next varint of a packed field. Errors: CORRUPT.
gan_status gan__wire_take_varint(gan_cursor *cursor, uint64_t *out);

#endif
