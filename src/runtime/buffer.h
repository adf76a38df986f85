// Device memory. Offsets and lengths are in bytes here; kernels take element offsets.
#ifndef GAN_RUNTIME_BUFFER_H
#define GAN_RUNTIME_BUFFER_H

#include "runtime/device.h"

typedef struct gan_buffer gan_buffer;

// Zeroed device memory. `what` names it in errors ("arena of 'generator step'").
// Errors: DEVICE_MEMORY when it cannot be had, naming what, the bytes asked for and those the
// device has. Drivers that allocate lazily are made to show it now (the zeroing touches all of it).
gan_status gan__buffer_create(gan_device *device, uint64_t bytes, const char *what,
                              gan_buffer **out);
void gan__buffer_destroy(gan_buffer *buffer); // NULL is allowed
uint64_t gan__buffer_bytes(const gan_buffer *buffer);

// Blocking transfers, for set-up, logging and checkpoints. Each counts as a host sync.
gan_status gan__buffer_write(gan_buffer *buffer, uint64_t offset, uint64_t bytes, const void *from);
gan_status gan__buffer_read(const gan_buffer *buffer, uint64_t offset, uint64_t bytes, void *to);

// The `bytes` from `offset` on where the host reaches them, to be read, and to be written if `write`:
// the memory itself where that is the host's, else the driver's copy. Waits for what was enqueued,
// and counts as a host sync. Nothing that touches these bytes may be enqueued before
// gan__buffer_unmap, which takes what was written over.
gan_status gan__buffer_map(gan_buffer *buffer, uint64_t offset, uint64_t bytes, bool write,
                           void **out);
gan_status gan__buffer_unmap(gan_buffer *buffer, void *mapped);

// A read that goes on while more is enqueued: it sees what was enqueued before it and nothing of
// what comes later. `to` must stay until gan__reading_end, which waits, counts as a host sync and
// frees `reading`; NULL is allowed there.
typedef struct gan_reading gan_reading;
gan_status gan__buffer_read_begin(const gan_buffer *buffer, uint64_t offset, uint64_t bytes,
                                  void *to, gan_reading **out);
gan_status gan__reading_end(gan_reading *reading);

// A ring of host memory from which a buffer is filled without blocking: the next batch is written
// into a slot and sent while the device still works on earlier ones.
typedef struct gan_stage gan_stage;
// `slots` copies of `bytes`, for the first `bytes` of `buffer`.
gan_status gan__stage_create(gan_buffer *buffer, uint64_t bytes, uint32_t slots, gan_stage **out);
void gan__stage_destroy(gan_stage *stage); // NULL is allowed; waits for transfers under way
// The next slot's memory, to be filled. Only where all slots are in flight does it wait for the
// oldest, which counts as a host sync; gan__device_finish frees them all.
gan_status gan__stage_next(gan_stage *stage, void **slot);
// Enqueues the transfer of the slot that gan__stage_next gave last.
gan_status gan__stage_send(gan_stage *stage);

#endif
