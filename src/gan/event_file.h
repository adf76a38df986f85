// TensorBoard's event files: a run's figures and pictures for those who look at runs there.
//
// The format: records of a length, its checksum, an Event message of protocol buffers and its
// checksum (TensorFlow's core/lib/io/record_writer.h and core/util/event.proto). The checksums are
// CRC-32C, masked: rotated right by 15 bits plus 0xa282ead8.
#ifndef GAN_GAN_EVENT_FILE_H
#define GAN_GAN_EVENT_FILE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gan_event_file gan_event_file;

// Begins a new file, in place of what is at `path`. `start`: the time, in seconds since 1970, at
// which a run would have begun that has gone on without a pause; events are at `start` plus their
// line's "elapsed_s". Errors: BAD_OUTPUT, NO_MEMORY.
gan_status gan__event_file_open(const char *path, double start, gan_event_file **out);
void gan__event_file_close(gan_event_file *file); // NULL is allowed

// Appends lines of a history (metrics.jsonl), zero-terminated: each number but "step" is a scalar,
// and so is what is true, as 1, or false, as 0. Handed to the system at once. Errors: BAD_OUTPUT,
// NO_MEMORY.
gan_status gan__event_file_lines(gan_event_file *file, const char *lines);
// Appends a picture, a PNG file's bytes, as "samples".
gan_status gan__event_file_picture(gan_event_file *file, uint64_t step, const uint8_t *png,
                                   size_t length);

#endif
