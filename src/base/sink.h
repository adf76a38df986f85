// Bytes to a target of the public API: a file that appears whole or not at all, or a descriptor.
#ifndef GAN_BASE_SINK_H
#define GAN_BASE_SINK_H

#include "base/status.h"
#include "clgan/target.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gan_sink gan_sink;

// Errors: BAD_OUTPUT (cannot be created; a terminal), NO_MEMORY.
gan_status gan__sink_open(gan_target target, gan_sink **out);
// Errors: BAD_OUTPUT; CLOSED when a pipe's reader has gone.
gan_status gan__sink_write(gan_sink *sink, const void *bytes, size_t length);
// How many bytes were given so far.
uint64_t gan__sink_position(const gan_sink *sink);
// The sink is destroyed either way.
gan_status gan__sink_commit(gan_sink *sink);
void gan__sink_discard(gan_sink *sink); // NULL is allowed
// The one or the other, by how writing went: a failure discards, and is returned.
gan_status gan__sink_end(gan_sink *sink, gan_status status);

#endif
