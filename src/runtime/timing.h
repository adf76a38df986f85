// How long launches take on the device, while it profiles. Events are collected without waiting and
// read once they are complete. Private to src/runtime/.
#ifndef GAN_RUNTIME_TIMING_H
#define GAN_RUNTIME_TIMING_H

#include "runtime/opencl.h"

typedef struct gan_timings gan_timings;

gan_status gan__timings_create(gan_timings **out);
void gan__timings_destroy(gan_timings *timings); // NULL is allowed

// When `event` is complete, adds its duration to *seconds, which must last until then or until it
// is forgotten. Takes the event over, also on an error.
gan_status gan__timings_add(gan_timings *timings, cl_event event, double *seconds);

// Adds up every event; the queue must have run dry.
void gan__timings_resolve(gan_timings *timings);

// Drops the events that were to be added to *seconds.
void gan__timings_forget(gan_timings *timings, const double *seconds);

bool gan__timings_waiting_for(const gan_timings *timings, const double *seconds);

#endif
