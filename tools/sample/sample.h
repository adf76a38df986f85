// What gan-sample is asked for, and how it is done: where latents come from, and where the samples
// that are drawn from them go.
#ifndef GAN_TOOLS_SAMPLE_H
#define GAN_TOOLS_SAMPLE_H

#include "clgan/encode.h"
#include "clgan/image.h"
#include "clgan/sample.h"
#include "clgan/sample_file.h"
#include "tool.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gan_seed_range {
    uint64_t first, last; // both included
} gan_seed_range;

// Where latents come from.
typedef enum gan_sample_origin {
    GAN_SAMPLE_ORIGIN_SEEDS, // one of each seed of the ranges
    GAN_SAMPLE_ORIGIN_WALK,  // frames of a walk through those seeds
    GAN_SAMPLE_ORIGIN_FILE,
    GAN_SAMPLE_ORIGIN_SWEEP, // a picture along whose columns one code changes
    GAN_SAMPLE_ORIGIN_DATA,  // rows of test samples, below each what is made of their latents
} gan_sample_origin;

typedef struct gan_sample_request {
    gan_sample_origin origin;
    gan_seed_range *ranges; // owned
    size_t range_count;
    uint64_t seeds;         // in them
    const char *list;       // as they were given; NULL for -n and --seed
    uint64_t count;         // of samples; 0: as many as the file of latents has
    gan_sample_path path;   // of a walk
    bool loops;             // it ends where it began
    uint64_t sweep;         // number of the code, from 1
    double span;            // a continuous one goes from minus this to this
    const char *data;       // whose test samples are reconstructed
    const char *latents;    // file they are read from
    const char *kept;       // file they are written to
    double truncation;      // 0: none
    const char *class_text; // the class of all samples, by number or name; NULL: each its own
    size_t columns, rows;   // of the one picture; 0: none was asked for
    const char *output;     // NULL: the terminal
    size_t format;          // index in gan__sample_formats
    bool has_format;        // it was said, by name or suffix
    bool to_folder, to_stdout;
} gan_sample_request;

// The formats by their suffixes, NULL behind the last.
extern const char *const gan__sample_formats[];

// Reads the options. *request is to be freed even on failure. Errors: BAD_ARGUMENT, NO_MEMORY.
gan_status gan__sample_request_read(const gan_tool_call *call, gan_sample_request *request);
// What follows from what the samples are: text is written as text unless something else was asked
// for. Errors: BAD_ARGUMENT (a format that does not suit them).
gan_status gan__sample_request_settle(const gan_sample_info *info, gan_sample_request *request);
// Whether all samples go into one picture, of rows and columns or of its own making.
bool gan__sample_request_is_picture(const gan_sample_request *request);
void gan__sample_request_free(gan_sample_request *request);

// --- Latents (latents.c) ------------------------------------------------------------------------
typedef struct gan_sample_source {
    gan_sampler *sampler;
    gan_encoder *encoder; // NULL but for reconstructions
    const gan_sample_request *wanted;
    uint64_t count, done;  // samples
    uint32_t chosen;       // class, where one is wanted
    size_t range;          // of seeds: where the next one is ...
    uint64_t offset;       // ... in its range
    float *keys;           // of a walk: the latents it goes through; of test samples: theirs
    float *originals;      // test samples that are reconstructed
    gan_latent_file *file; // they are read from
    gan_sample_file *kept; // they are written to
    float *latents;        // of one piece
    size_t piece_most;     // samples that are drawn at once, where they are not to be one picture
} gan_sample_source;

// The bounds of piece_most: some batches of a device, within 16 MB of samples where they are small.
#define GAN_SAMPLE_PIECE_MOST  1024
#define GAN_SAMPLE_PIECE_LEAST 64

// *out is to be closed even on failure. `encoder`: of reconstructions, else NULL.
gan_status gan__sample_source_open(gan_sampler *sampler, gan_encoder *encoder,
                                   const gan_sample_request *wanted, gan_sample_source *out);
void gan__sample_source_close(gan_sample_source *source);
// How many samples the next piece has; 0 at the end.
size_t gan__sample_source_piece(const gan_sample_source *source);
// Draws the next `count` samples; the number of each (its seed, or its place in the walk or file)
// goes to `numbers` where that is not NULL. Errors: also INTERRUPTED and TERMINATED.
gan_status gan__sample_source_draw(gan_sample_source *source, size_t count, uint64_t *numbers,
                                   float *samples);
// The class of sample `index` of the newest piece: its name, or its number as text, in `text` of
// `size` bytes; "" where the generator takes none.
void gan__sample_source_class(const gan_sample_source *source, size_t index, char *text,
                              size_t size);
// What a sample's number is: "seed", "frame", "latent", "cell".
const char *gan__sample_source_unit(const gan_sample_source *source);
// After the last sample: puts the latents' file in its place, where there is one.
gan_status gan__sample_source_commit(gan_sample_source *source);
// Room for so many latents, the caller's (free).
gan_status gan__sample_latents_alloc(const gan_sample_source *source, uint64_t count, float **out);

// --- Reconstructions (reconstruct.c) ------------------------------------------------------------
// Reads the test samples, and asks the encoder for the latent of each. Errors: also BAD_ARGUMENT
// (the encoder does not give what the generator takes).
gan_status gan__sample_originals_encode(gan_sample_source *source);
// The latent of cell `number`.
void gan__sample_originals_latent(const gan_sample_source *source, uint64_t number, float *latent);
// Cells that show a test sample get it in place of what was generated. Nothing without test
// samples.
void gan__sample_originals_put(const gan_sample_source *source, size_t count, float *samples);

// --- Texts in pictures (texts.c) ----------------------------------------------------------------
enum { GAN_SAMPLE_TEXTS_MAX = 8, GAN_SAMPLE_TEXT_SIZE = 512 };
typedef struct gan_sample_texts {
    gan_image_text entry[GAN_SAMPLE_TEXTS_MAX];
    char text[GAN_SAMPLE_TEXTS_MAX][GAN_SAMPLE_TEXT_SIZE];
    size_t count;
} gan_sample_texts;

// What a picture says of where it comes from: of sample `number`, which is the newest piece's at
// `index`, or of all where `number` is NULL.
void gan__sample_texts(const gan_sample_source *source, const gan_tool_call *call,
                       const uint64_t *number, size_t index, gan_sample_texts *out);
// --- Outputs (output.c) -------------------------------------------------------------------------
// Draws the samples and brings them where they are wanted. Memory does not grow with their number,
// but for that of one picture.
gan_status gan__sample_produce(gan_sampler *sampler, gan_encoder *encoder,
                               const gan_sample_request *request, const gan_tool_call *call);

// Interrupts by signals, from now on: gan__sample_source_draw then fails.
void gan__sample_catch_signals(void);

#endif
