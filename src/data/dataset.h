// Data sets: samples by number, from files or drawn procedurally. Knows no device.
#ifndef GAN_DATA_DATASET_H
#define GAN_DATA_DATASET_H

#include "base/status.h"
#include "data/vocabulary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gan_dataset gan_dataset;

typedef enum gan_sample_type { GAN_SAMPLE_TYPE_U8, GAN_SAMPLE_TYPE_F32 } gan_sample_type;

typedef struct gan_dataset_info {
    char kind[32];  // "IDX", "CIFAR-10 binary", "NPY", "NPZ", "built-in ring8", ...
    uint64_t count; // samples; for endless built-in sets a nominal epoch
    int rank;       // of one sample: 1 (D), or 3 (channels, height, width)
    int64_t size[3];
    gan_sample_type type; // U8: 0..255
    uint32_t classes;     // 0: no labels
    bool endless;         // every sample number gives a new sample
    bool slow;            // a sample is worth preparing on another thread (data/loader.h)
    uint64_t skipped;     // files that are no samples, passed over as options.skip_bad asks
} gan_dataset_info;

// How samples that are images of bytes are brought into one form; all zero: as they are stored.
typedef struct gan_dataset_options {
    int64_t crop[2];   // height and width of the middle part that is taken at first; 0, 0: all
    int64_t size[2];   // height and width of a sample; 0, 0: those of what was taken
    bool stretch;      // each axis is scaled by itself; else what is too long of one is cut off
    uint32_t channels; // 1 grey, 3 red green blue, 4 those and opacity; 0: as in the set
    bool flip;         // gan__dataset_read mirrors half of the samples, by Philox, left to right
    bool skip_bad;     // pictures that cannot be read are left out and counted, not an error
    // Stacks (stack.c): a sample is so many images of the set on top of each other, each one's
    // channels behind those of the one before, its class the number whose digits theirs are.
    uint32_t stack;       // 0, 1: none
    uint64_t stack_count; // how many there are; 0: as many as images
    uint64_t stack_seed;  // which images they are of
    // Of text:
    size_t length; // characters of a sample; 0: GAN_TEXT_LENGTH
    bool lines;    // a sample is a line, cut at so many characters; else any so many in a row
    bool held_out; // the last tenth of the text, which is left out otherwise
} gan_dataset_options;

#define GAN_TEXT_LENGTH 32

// `source`: a file, a folder, or "builtin:NAME"; the kind is found by looking at the content, but
// text is text where options.length is given or its name ends in .txt or .txt.gz (text_set.c). In a
// folder of several files the training part is taken (names with "train" before "t10k"/"test").
// Labels are taken from beside the images where the format has them. Sets in one file are kept in
// host memory up to 16 MiB of samples; larger ones, and folders of pictures (data/pictures.h), are
// read as they are used, so a file must not be changed meanwhile. `options` may be NULL.
// Errors: BAD_INPUT naming the file, the byte and what was expected; CORRUPT for one cut short.
gan_status gan__dataset_open_as(const char *source, const gan_dataset_options *options,
                                gan_dataset **out);
gan_status gan__dataset_open(const char *source, gan_dataset **out); // without options
bool gan__dataset_is_builtin(const char *source); // "builtin:NAME", whether NAME is known or not
// The first `count` samples from `start` on only (for MNIST's train[0:50000], say). An endless set
// becomes the finite one of the samples that gan__dataset_sample gives under those numbers.
// Errors: BAD_ARGUMENT when the set has not that many.
gan_status gan__dataset_limit(gan_dataset *dataset, uint64_t start, uint64_t count);
void gan__dataset_close(gan_dataset *dataset); // NULL is allowed
// The file with the test samples that belong to the training set of `source`, beside it by the
// usual names ("t10k" or "test" for "train", test_batch for data_batch_N, gzip or not), or the
// folder with the test pictures ("test" or "val" beside "train"). *out is the caller's (gan__free),
// NULL where there is none.
gan_status gan__dataset_find_test(const char *source, char **out);
const gan_dataset_info *gan__dataset_info(const gan_dataset *dataset);
// What class number `index` is called (a sub-folder's name, say): UTF-8 that belongs to the data
// set; NULL where its classes have numbers only, or there are not so many.
const char *gan__dataset_class_name(const gan_dataset *dataset, uint32_t index);

// What the tokens of samples are, where samples are sequences of tokens: (symbols, 1, length),
// one-hot; it belongs to the data set. NULL for other sets.
const gan_vocabulary *gan__dataset_vocabulary(const gan_dataset *dataset);
// Whether a sequence of tokens is a word of the formal language that the set is drawn from; NULL
// where it is from none.
typedef bool gan_language(const uint16_t *tokens, size_t length);
gan_language *gan__dataset_language(const gan_dataset *dataset);

// Samples number `position`, `position` + 1, ... of the shuffled stream that `seed` names: the
// stream runs through a new Philox permutation each epoch, and any position can be reached at once,
// so the data position of a run is one number. `samples`: (count, elements of one sample), of
// info.type; `labels` (count), NULL if not wanted, 0 where the set has none. An endless set is not
// shuffled: position n is sample n of that seed. Any number of threads may read one set at once.
gan_status gan__dataset_read(const gan_dataset *dataset, uint64_t seed, uint64_t position,
                             size_t count, void *samples, uint32_t *labels);
// Sample `index` as stored, unshuffled. An endless set's are drawn under a seed of their own, so
// they are not those that any training run reads: held-out data. Errors: BAD_ARGUMENT past the end.
gan_status gan__dataset_sample(const gan_dataset *dataset, uint64_t index, void *sample,
                               uint32_t *label);
// The mean over the set of each element of a sample (raw values, 0..255 for U8), for the output
// bias from pixel marginals (over 8192 samples where the set is endless). `means` holds the
// elements of one sample.
gan_status gan__dataset_means(const gan_dataset *dataset, double *means);
// "ring8, grid25, ..." for messages and help.
const char *gan__dataset_builtins(void);
// The centres of a built-in mixture's modes, x then y each, and their deviation; 0 modes for
// others.
size_t gan__dataset_modes(const gan_dataset *dataset, const double **centres, double *deviation);

#endif
