// A node of an ONNX file: NodeProto and its AttributeProtos. Private to foreign_*.c.
#ifndef GAN_CONVERT_FOREIGN_NODE_H
#define GAN_CONVERT_FOREIGN_NODE_H

#include "convert/foreign_model.h"

// The bytes as a string in the arena, cut at a zero byte; of a cursor that is all zero "".
gan_status gan__foreign_string(gan_arena *arena, gan_cursor bytes, const char **out);

// Whether operators of that domain are ONNX's own.
bool gan__foreign_is_own_domain(const char *domain);

// Errors: BAD_INPUT (an attribute that is a graph), CORRUPT, NO_MEMORY.
gan_status gan__foreign_node_parse(gan_arena *arena, gan_cursor message, gan_foreign_node *out);

#endif
