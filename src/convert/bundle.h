// What every format comes down to: tensors that can be read one at a time, and texts.
#ifndef GAN_CONVERT_BUNDLE_H
#define GAN_CONVERT_BUNDLE_H

#include "base/memory.h"
#include "base/sink.h"
#include "checkpoint/names.h"
#include "clgan/convert.h"
#include "convert/elements.h"

typedef struct gan_bundle gan_bundle;

typedef struct gan_bundle_tensor {
    gan_convert_tensor as_written;  // first: the public handle is its address
    const gan_element_kind *kind;   // of the elements in the source
    bool big_endian, columns_first; // of the source (npy)
    uint64_t at;                    // where the source has it; its own business
} gan_bundle_tensor;

typedef struct gan_bundle_text {
    const char *name, *content;
} gan_bundle_text;

// A source's way to read.
typedef struct gan_bundle_source {
    gan_status (*read)(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values);
    void (*close)(void *state); // NULL is allowed for `state`
} gan_bundle_source;

struct gan_bundle {
    const char *path;
    gan_arena *arena; // names, texts
    gan_bundle_tensor *tensors;
    size_t tensor_count, tensor_capacity;
    gan_bundle_text *texts;
    size_t text_count, text_capacity;
    gan_names tensor_names, text_names;
    bool round;          // elements may be rounded
    bool changed;        // texts or tensors are not all of the source's, as they were
    const char *network; // which was asked for; NULL: none in particular
    const gan_bundle_source *source;
    void *state;
};

// Add a copy of the tensor (whose name is copied too, `length` bytes) or text, checking names, rank
// and sizes. `as_written.elements` and `.dtype` are filled in here. Errors: BAD_INPUT, NO_MEMORY.
gan_status gan__bundle_add_tensor(gan_bundle *bundle, const char *name, size_t length,
                                  const gan_bundle_tensor *tensor);
gan_status gan__bundle_add_text(gan_bundle *bundle, const char *name, size_t length,
                                const char *content, size_t content_length);

// Makes room in an array of `count` items of `size` bytes for one more.
gan_status gan__bundle_room(void **items, size_t size, size_t count, size_t *capacity);
// A copy of the bytes in the bundle's arena, zero-terminated.
gan_status gan__bundle_copy(gan_bundle *bundle, const char *bytes, size_t length, const char **out);

// Adds the text or puts it in the place of the one of that name.
gan_status gan__bundle_set_text(gan_bundle *bundle, const char *name, const char *content);
const char *gan__bundle_text(const gan_bundle *bundle, const char *name); // NULL: there is none

// Whether the name is `first` or begins with it and a dot.
bool gan__name_is_part(const char *name, const char *first);

// Makes of the tensors those of a recipe's networks: names become the checkpoint's, and the texts
// "recipe" and "run" are there (clgan/convert.h, gan_convert_options.recipe). Errors: BAD_INPUT,
// BAD_ARGUMENT, NO_MEMORY.
gan_status gan__bundle_adopt(gan_bundle *bundle, const gan_convert_options *options);

// Turns `elements` of the source's bytes into floats, putting them into row-major order.
// Errors: BAD_INPUT where one is no float32 and rounding is not allowed; NO_MEMORY.
gan_status gan__bundle_decode(const gan_bundle *bundle, const gan_bundle_tensor *tensor,
                              const uint8_t *bytes, float *values);

// --- The formats ---------------------------------------------------------------------------------
// Each opens bundle->path and sets source and state (which the caller closes even on failure).
gan_status gan__checkpoint_source(gan_bundle *bundle);
gan_status gan__safetensors_source(gan_bundle *bundle);
gan_status gan__npz_source(gan_bundle *bundle);
gan_status gan__torch_source(gan_bundle *bundle);
gan_status gan__onnx_source(gan_bundle *bundle);

// Leaves the tensors of one network, which is what an .onnx holds. Errors: BAD_INPUT (no recipe, a
// tensor is missing), BAD_ARGUMENT (no network of that name), NO_MEMORY.
gan_status gan__onnx_plan(gan_bundle *bundle);

// Each writes the bundle; the target is complete or absent.
gan_status gan__checkpoint_export(gan_bundle *bundle, gan_target target, int level);
gan_status gan__safetensors_export(gan_bundle *bundle, gan_target target, int level);
gan_status gan__npz_export(gan_bundle *bundle, gan_target target, int level);
gan_status gan__torch_export(gan_bundle *bundle, gan_target target, int level);
gan_status gan__onnx_export(gan_bundle *bundle, gan_target target, int level);

// Reads the tensor and packs it as its dtype; both are the caller's (gan__free).
gan_status gan__bundle_pack(gan_bundle *bundle, const gan_bundle_tensor *tensor, uint8_t **bytes,
                            size_t *length);

#endif
