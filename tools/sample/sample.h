// What gan-sample is asked for, and how it is done.
#ifndef GAN_TOOLS_SAMPLE_H
#define GAN_TOOLS_SAMPLE_H

#include "clgan/sample.h"
#include "tool.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gan_seed_range {
    uint64_t first, last; // both included
} gan_seed_range;

typedef struct gan_sample_request {
    gan_seed_range *ranges; // owned
    size_t range_count;
    uint64_t count;       // of samples
    size_t columns, rows; // of the one picture; 0: none was asked for
    const char *output;   // NULL: the terminal
    size_t format;        // index in gan__sample_formats
    bool to_folder, to_stdout;
} gan_sample_request;

// The formats by their suffixes, NULL behind the last.
extern const char *const gan__sample_formats[];

// Reads the options. *request is to be freed even on failure. Errors: BAD_ARGUMENT, NO_MEMORY.
gan_status gan__sample_request_read(const gan_tool_call *call, gan_sample_request *request);
void gan__sample_request_free(gan_sample_request *request);

// Draws the samples and brings them where they are wanted. Memory does not grow with their number,
// but for that of one picture.
gan_status gan__sample_produce(gan_sampler *sampler, const gan_sample_request *request,
                               const gan_tool_call *call);

#endif
