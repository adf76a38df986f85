// What the files of this folder share and nobody outside sees: the data set's own fields, a file in
// memory, and one function a format. Headers in files are claims: a parser checks each against the
// bytes that are there before anything is allocated or read by it.
#ifndef GAN_DATA_FORMATS_H
#define GAN_DATA_FORMATS_H

#include "data/array.h"
#include "data/dataset.h"
#include "data/pictures.h"

typedef struct gan_builtin gan_builtin;

struct gan_dataset {
    gan_dataset_info info;
    size_t elements;        // of one sample
    size_t sample_bytes;    // of one sample
    size_t stored_bytes;    // of one as it lies in `samples`; differs where the set reforms them
    uint64_t start;         // the first sample of the window that gan__dataset_limit chose
    uint8_t *storage;       // what close frees; NULL for a built-in set
    const uint8_t *samples; // somewhere in storage: sample after sample; NULL for a set in a file
    bool filed;             // the samples lie in `file`, from byte `file_start` on (store.c)
    int file;
    uint64_t file_start;
    uint32_t *labels;           // one a sample, or NULL
    char **class_names;         // info.classes of them, or NULL; each is freed by close
    const gan_builtin *builtin; // NULL for a set from files
    gan_pictures *pictures;     // NULL for other sets; samples and labels are then NULL
    gan_vocabulary *vocabulary; // where samples are sequences of tokens, else NULL
    uint16_t *tokens;           // of those from files: sample n begins at n x token_stride
    size_t token_stride;
    uint32_t stack;       // images that a sample is of; 0: it is one of the set's own
    uint64_t stack_seed;  // which they are
    uint64_t layer_count; // images to draw from, and their classes; a sample's are in info
    uint32_t layer_classes;
    size_t layer_bytes; // of one of them
    bool reforms, flips;
    gan_bitmap stored;    // where the set reforms images: their stored size, without pixels
    gan_bitmap_form form; // and what they become
};

// Labels are below this.
#define GAN_CLASSES_MAX 65536

// The largest file that is read: a guard against running away, not a claim about data sets.
#define GAN_FILE_BYTES_MAX ((size_t)(SIZE_MAX >> 28 ? UINT64_C(1) << 36 : SIZE_MAX / 2))

// A whole file (or a member of one) in memory. A loader that keeps the bytes sets `bytes` to NULL.
typedef struct gan_file {
    const char *path; // as messages name it
    uint8_t *bytes;
    size_t length;
} gan_file;

// Reads `path`, decompressing gzip; gan__file_close frees what is still there.
gan_status gan__file_open(const char *path, gan_file *out);
void gan__file_close(gan_file *file);

typedef enum gan_source_kind {
    GAN_SOURCE_KIND_UNKNOWN,
    GAN_SOURCE_KIND_IDX,
    GAN_SOURCE_KIND_CIFAR,
    GAN_SOURCE_KIND_NPZ,
    GAN_SOURCE_KIND_NPY,
    GAN_SOURCE_KIND_PICTURE, // from here on: known, but not as a data set
    GAN_SOURCE_KIND_TAR,
    GAN_SOURCE_KIND_PICKLE,
    GAN_SOURCE_KIND_HDF5,
} gan_source_kind;

// "IDX (gzip or not), ..." for messages.
#define GAN_SOURCE_KNOWN                                                                           \
    "IDX, CIFAR-10 binary, .npy, .npz and .txt, each also gzipped, and folders of PNG or JPEG"

// The kind of a file whose first `length` bytes (at least 512 where it has that many) are these.
// CIFAR-10 binary has no magic: it needs the whole file, so `whole` says whether this is it.
gan_source_kind gan__source_look(const uint8_t *bytes, size_t length, bool whole);
// What such a file is and what to do with it, as the end of a message.
const char *gan__source_advice(gan_source_kind kind);
// The files of `folder` that make up its training part, in order, as paths; several only for
// CIFAR-10; *count is 0 (and *paths NULL) where there are none but there may be pictures. Errors:
// BAD_INPUT (nothing known there, or no telling which file is meant).
gan_status gan__source_pick(const char *folder, char ***paths, size_t *count);
// The file with the labels that belongs beside `path` by the usual names; NULL where there is none.
gan_status gan__source_labels(const char *path, char **out);

// Parsers: the array in `file`, whose bytes stay where they are. Errors: BAD_INPUT, CORRUPT.
gan_status gan__idx_parse(const gan_file *file, gan_array *out);
gan_status gan__npy_parse(const gan_file *file, gan_array *out);
// Whether `length` is exactly what the IDX header at `bytes` says.
bool gan__idx_fits(const uint8_t *bytes, size_t length);
// Whether these are CIFAR-10 records: whole ones, each with a label from 0 to 9.
bool gan__cifar_fits(const uint8_t *bytes, size_t length);

// Loaders: fill samples, labels and info of an empty data set. On failure the data set may hold
// allocations; gan__dataset_close frees them. All but CIFAR's take the first file's bytes.
gan_status gan__idx_load(gan_file *file, gan_dataset *dataset);
gan_status gan__npy_load(gan_file *file, gan_dataset *dataset);
gan_status gan__npz_load(gan_file *file, gan_dataset *dataset);
// The text in `file` as `options` has it; takes nothing of the file.
gan_status gan__text_load(const gan_file *file, const gan_dataset_options *options,
                          gan_dataset *dataset);
// Whether a file of no other kind is text.
bool gan__text_meant(const char *path, const gan_dataset_options *options);
// Sample `index` of a set of sequences.
void gan__text_fetch(const gan_dataset *dataset, uint64_t seed, uint64_t index, float *sample);
// Appends the file's records to those already there.
gan_status gan__cifar_append(const gan_file *file, gan_dataset *dataset);

// Makes `array`, which lies in `file`, the samples of `dataset`; takes the file's bytes. Shapes:
// (N) and (N, D) are points, (N, H, W) grey images, (N, C, H, W) images. With `channels_last`,
// (N, H, W, C) is recognised by a last axis of 1, 3 or 4 where the second is none of these.
gan_status gan__dataset_take_samples(gan_dataset *dataset, gan_file *file, const gan_array *array,
                                     bool channels_last);
// Makes `array` the labels of `dataset`, whose samples are known. Whole numbers from 0 on, (N) or
// (N, 1), as many as there are samples; classes become the largest label plus 1.
gan_status gan__dataset_take_labels(gan_dataset *dataset, const gan_file *file,
                                    const gan_array *array);
// Loads the labels from the file beside `path` that has them, if there is one.
gan_status gan__dataset_find_labels(gan_dataset *dataset, const char *path,
                                    gan_status (*parse)(const gan_file *, gan_array *));
// The folder of pictures that is meant by `folder`: its sub-folder of training pictures where it
// has one ("train" or "training"), else itself. *out is the caller's (gan__free).
gan_status gan__source_pictures(const char *folder, char **out);
// The folder of test pictures that belongs to a folder of training pictures, by the usual names;
// *out is NULL where there is none.
gan_status gan__source_test_pictures(const char *folder, char **out);
gan_status gan__pictures_load(const char *folder, const gan_dataset_options *options,
                              gan_dataset *dataset);

// Moves the samples of a large set, loaded from `path` and not yet reformed, from memory to a file;
// where that cannot be done they stay. Then gan__dataset_stored reads one, as it is stored.
void gan__dataset_store(gan_dataset *dataset, const char *path);
gan_status gan__dataset_stored(const gan_dataset *dataset, uint64_t index, uint8_t *sample);

// Checks `options` against the loaded set and makes its samples so from now on. Errors: BAD_INPUT.
gan_status gan__dataset_reform(gan_dataset *dataset, const gan_dataset_options *options);
// One sample from its stored bytes, where the set reforms them.
gan_status gan__dataset_reform_sample(const gan_dataset *dataset, const uint8_t *stored,
                                      uint8_t *sample);
// Makes stacks of the set's images, reformed, its samples, as `options` have it. Errors: BAD_INPUT
// (no images, more classes than labels can have, or a count of stacks of a set without end).
gan_status gan__dataset_stack(gan_dataset *dataset, const gan_dataset_options *options);
// Which image is layer number `layer` of stack number `index`.
uint64_t gan__dataset_layer(const gan_dataset *dataset, uint64_t index, uint32_t layer);
// Mirrors the sample at that position of the stream, or not.
void gan__dataset_mirror(const gan_dataset *dataset, uint64_t seed, uint64_t position,
                         void *sample);

// Derives elements and sample_bytes from info.
void gan__dataset_measure(gan_dataset *dataset);

// Built-in sets.
#define GAN_BUILTIN_PREFIX "builtin:"
gan_status gan__builtin_open(const char *name, gan_dataset *dataset);
// Sample `index` of the stream that `seed` names.
void gan__builtin_draw(const gan_builtin *builtin, uint64_t seed, uint64_t index, void *sample,
                       uint32_t *label);
// Of built-in sets of sequences: the tokens of that sample, and which are words; NULL for others.
void gan__builtin_tokens(const gan_builtin *builtin, uint64_t seed, uint64_t index,
                         uint16_t *tokens);
gan_language *gan__builtin_language(const gan_builtin *builtin);
size_t gan__builtin_modes(const gan_builtin *builtin, const double **centres, double *deviation);
const char *gan__builtin_names(void);

// One drawn digit: 28 x 28 bytes, ink 255 on 0; returns which digit it is.
#define GAN_DIGIT_SIDE 28
uint32_t gan__digit_draw(uint64_t seed, uint64_t index, uint8_t *pixels);

#endif
