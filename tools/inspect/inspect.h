// The views of gan-inspect. Each writes its product to stdout, as text or, with `json`, as one JSON
// document, and returns the tool's status.
#ifndef GAN_TOOLS_INSPECT_H
#define GAN_TOOLS_INSPECT_H

#include "tool.h"

#include "clgan/checkpoint.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct gan_inspection {
    const gan_tool_call *call;
    const char *path; // of the checkpoint
    bool json;
} gan_inspection;

// What the file is, its layers, its tensors with their statistics.
gan_status gan__inspect_summary(const gan_inspection *inspection);
// The tensors whose names match the pattern (as a shell's), in full: statistics, histogram,
// singular values, and a picture: filters, or a heat map. Errors: BAD_ARGUMENT (none does),
// CORRUPT.
gan_status gan__inspect_tensors(const gan_inspection *inspection, const char *pattern);
// What each layer does with samples. Errors: those of gan_layers_measure.
gan_status gan__inspect_layers(const gan_inspection *inspection);
// The loss curves.
gan_status gan__inspect_history(const gan_inspection *inspection);
// Reads everything. Errors: CORRUPT and the like, naming the chunk.
gan_status gan__inspect_verify(const gan_inspection *inspection);
// Errors: DIFFERENT, with nothing to say beside what was written.
gan_status gan__inspect_diff(const gan_inspection *inspection, const char *other);
// The figures of merit that suit the data it was trained on; --data and -n count.
gan_status gan__inspect_evaluate(const gan_inspection *inspection);
// The OpenCL devices, each with a self-test. Errors: NO_DEVICE; DEVICE_FAILED where a test failed,
// after the others were tested.
gan_status gan__inspect_devices(const gan_inspection *inspection);
// Tunes the device and appends what came of it, also where it was interrupted. *json, NULL on other
// errors, is the caller's. Errors: those of gan_device_tune; TERMINATED.
gan_status gan__inspect_tune(const gan_inspection *inspection, const char *spec, gan_text *text,
                             json_t **json);

// --- What the views share ------------------------------------------------------------------------
// Writes the document and frees it; NULL counts as out of memory.
gan_status gan__inspect_write_json(const gan_inspection *inspection, json_t *document);
// The same for a document whose last entry is a list, of which no more than one item is in memory
// at a time.
gan_status gan__inspect_write_json_list(const gan_inspection *inspection, json_t *document,
                                        const char *key,
                                        json_t *(*item)(const void *context, size_t index),
                                        const void *context, size_t count);
// Calls `show` for each layer in the checkpoint's recipe, as it is written there, with the elements
// of all its tensors; adds how many there are to *shown. Errors: NO_MEMORY.
typedef void (*gan_inspect_layer)(void *context, const char *network, size_t index,
                                  const char *layer, uint64_t elements);
gan_status gan__inspect_each_layer(const gan_checkpoint *checkpoint, gan_inspect_layer show,
                                   void *context, size_t *shown);
// What a checkpoint's record or a line of its history says; the caller's (json_decref). NULL where
// it is no JSON, or longer than any that clgan writes.
json_t *gan__inspect_read_json(const char *text, size_t length);
// A name from outside (a path, a device's): as it is, or where it is no UTF-8, which JSON cannot
// hold, with \xNN for its bytes. NULL for NULL.
json_t *gan__inspect_string(const char *text);
// A number, or null where it is not finite.
json_t *gan__inspect_number(double value);
// The tensor as a JSON object with its statistics.
json_t *gan__inspect_tensor_json(const gan_tensor_info *info);
// The tensor's sizes as a JSON array.
json_t *gan__inspect_sizes(const gan_tensor_info *info);
// "(1024, 784)"; "()" for rank 0.
void gan__inspect_shape(const gan_tensor_info *info, gan_text *text);
const char *gan__inspect_dtype(gan_dtype dtype);
// The histogram as GAN_TENSOR_HISTOGRAM numbers.
void gan__inspect_histogram(const gan_tensor_info *info, double counts[GAN_TENSOR_HISTOGRAM]);
// Appends a picture of the values of a tensor of two or more axes, with a line that says what it
// shows; nothing for other tensors. Errors: CORRUPT, NO_MEMORY.
gan_status gan__inspect_heat_map(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                                 const gan_terminal *out, gan_text *text);
// The same for weights that act on pictures, a small picture for each filter; *drawn: whether the
// tensor is such. Errors: as above.
gan_status gan__inspect_tiles(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                              const gan_terminal *out, gan_text *text, bool *drawn);
// Appends a line with the tensor's singular values; or adds them to its JSON object. Nothing for
// vectors and for tensors that are not finite throughout. Errors: as above.
gan_status gan__inspect_append_singular(const gan_checkpoint *checkpoint,
                                        const gan_tensor_info *info, gan_text *text);
gan_status gan__inspect_singular_json(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                                      json_t *tensor);
// The text "run" as JSON, or NULL. The caller's.
json_t *gan__inspect_run(const gan_checkpoint *checkpoint);

#endif
