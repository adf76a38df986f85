// Writing messages in the wire format of protocol buffers: fields by their number, appended to a
// text (whose status tells at the end whether memory was enough). A message inside another is
// written to a text of its own first.
#ifndef GAN_BASE_PROTOBUF_H
#define GAN_BASE_PROTOBUF_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

// int32, int64, uint64, bool and enum fields; negative numbers take ten bytes, as the format says.
void gan__protobuf_varint(gan_text *message, unsigned field, int64_t value);
void gan__protobuf_float(gan_text *message, unsigned field, float value);
void gan__protobuf_double(gan_text *message, unsigned field, double value);
// string, bytes and embedded message fields.
void gan__protobuf_bytes(gan_text *message, unsigned field, const void *bytes, size_t length);
void gan__protobuf_string(gan_text *message, unsigned field, const char *string);
void gan__protobuf_message(gan_text *message, unsigned field, const gan_text *inner);

#endif
