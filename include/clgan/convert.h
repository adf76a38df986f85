// Models between files: checkpoints (.gan) and what other programs read and write.
//
//     gan_conversion *conversion;
//     status = gan_conversion_open("model.gan", &(gan_convert_options){.network = "ema"},
//                                  &conversion);
//     if (status == GAN_STATUS_OK)
//         status = gan_conversion_write(conversion, (gan_target){.path = "model.safetensors"},
//                                       GAN_CONVERT_FORMAT_SAFETENSORS, 6);
//     gan_conversion_close(conversion);
//
// Names of tensors are those of PyTorch's state dictionaries everywhere (clgan/checkpoint.h),
// shapes and bits are kept, texts are carried along:
//     .gan          tensors and texts
//     .safetensors  tensors as F32 or F16, texts as strings of __metadata__
//     .npz          an array a tensor, of float32 or float16; a string (numpy type S) a text
//     .pt           torch.save's state dictionary of float32 or float16 tensors, which
//                   torch.load(weights_only=True) reads; texts in its attribute _metadata["clgan"].
//                   In come all layouts since PyTorch 0.4: dictionaries and lists in each other
//                   have their keys joined by dots, strings are texts, numbers are left out.
//                   Nothing in the pickle is run: what it may name is a list, all else is refused
//                   by name.
//     .onnx         one network as a graph of opset 17 that any batch fits: `network`, by default
//     the
//                   averaged generator where there is one, else the generator; its tensors are the
//                   initialisers, float16 ones cast in the graph, and texts the metadata. Needs the
//                   texts "recipe" and "run". In come the initialisers of any model, and metadata.
// Tensors of other types come in from foreign files where every element is a float32 too,
// which holds for the counters that PyTorch's batch norm keeps; others must be rounded on request.
#ifndef CLGAN_CONVERT_H
#define CLGAN_CONVERT_H

#include "clgan/checkpoint.h"
#include "clgan/status.h"
#include "clgan/target.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// X(name, suffix, what it is)
#define GAN_CONVERT_FORMAT_TABLE(X)                                                                \
    X(GAN, "gan", "a checkpoint of clgan")                                                         \
    X(SAFETENSORS, "safetensors", "safetensors of Hugging Face")                                   \
    X(NPZ, "npz", "an archive of NumPy arrays")                                                    \
    X(PT, "pt", "a state dictionary of PyTorch")                                                   \
    X(ONNX, "onnx", "a network to run in ONNX Runtime and others")

typedef enum gan_convert_format {
#define GAN_CONVERT_FORMAT_VALUE(name, suffix, meaning) GAN_CONVERT_FORMAT_##name,
    GAN_CONVERT_FORMAT_TABLE(GAN_CONVERT_FORMAT_VALUE)
#undef GAN_CONVERT_FORMAT_VALUE
} gan_convert_format;

// The format that a word ("npz") or a file's suffix ("model.npz") names.
// Errors: BAD_ARGUMENT, listing the formats there are.
GAN_API gan_status gan_convert_format_find(const char *name, gan_convert_format *format);

// The format of a file, by its content. Errors: BAD_INPUT (unreadable, of a kind not known).
GAN_API gan_status gan_convert_format_detect(const char *path, gan_convert_format *format);

// What is taken from the source; all zero takes everything as it is.
typedef struct gan_convert_options {
    const char *only; // tensors whose names match this pattern (as a shell's); NULL: all
    const char
        *network;    // "generator", "discriminator", "ema", "optimizer": the first part of
                     // their names; with "ema" also what of the generator has no average; NULL: all
    bool bare_names; // of `network`: without its name before them ("0.weight"), as a PyTorch
                     // module's own state dictionary has them; .onnx keeps them whole
    bool strip_training; // leave out what only training needs: optimizer.*, metrics.*, the history
    bool has_dtype;      // write every tensor as `dtype`, rounding where that needs it
    gan_dtype dtype;
    // A recipe's file: the tensors become those of its networks, so that foreign weights make a
    // checkpoint that can be sampled, converted to .onnx and evaluated. Whose they are is the first
    // part of their names ("generator.0.weight"), or else `network`. Within a network they are
    // found by name ("0.weight"), or else taken in order, each as its shape and the end of its name
    // ("weight") must be; PyTorch's counters num_batches_tracked are left out. NULL: names stay.
    const char *recipe;
    // The shape of a sample, without batch, where the generator gives a vector and samples are
    // images; rank 0: as the source says (text "run"), or as the generator gives them.
    int sample_rank; // 0, 1 or 3
    int64_t sample[3];
    int64_t classes; // of labels, for conditional networks; 0: as the source says, or none
} gan_convert_options;

typedef struct gan_conversion gan_conversion;

// Opens a source, whose format is found by its content, and chooses from it. `options` may be NULL.
// Errors: BAD_INPUT (unreadable, of a kind not known, a tensor that a checkpoint cannot hold),
// CORRUPT, BAD_VERSION, BAD_ARGUMENT (nothing is left of it), NO_MEMORY.
GAN_API gan_status gan_conversion_open(const char *path, const gan_convert_options *options,
                                       gan_conversion **out);
GAN_API void gan_conversion_close(gan_conversion *conversion); // NULL is allowed

GAN_API gan_convert_format gan_conversion_source(const gan_conversion *conversion);

// A tensor as it will be written.
typedef struct gan_convert_tensor {
    const char *name;        // belongs to the conversion
    const char *source_name; // as the source calls it
    gan_dtype dtype;
    int rank;
    int64_t size[GAN_TENSOR_RANK_MAX];
    uint64_t elements;
} gan_convert_tensor;

GAN_API size_t gan_conversion_tensor_count(const gan_conversion *conversion);
// NULL when index is out of range; likewise the name of a text.
GAN_API const gan_convert_tensor *gan_conversion_tensor(const gan_conversion *conversion,
                                                        size_t index);
GAN_API const char *gan_conversion_text_name(const gan_conversion *conversion, size_t index);

// Leaves out what the format will not hold (.onnx: what is not of the network), so that the
// functions above tell what will be written. Writing does so by itself. Errors: BAD_INPUT (no
// recipe, a tensor that the network needs is missing, a layer that the format cannot express),
// BAD_ARGUMENT.
GAN_API gan_status gan_conversion_plan(gan_conversion *conversion, gan_convert_format format);

// `level`: 0 (stored) to 9, of .gan and .npz. A .gan can be written to a file only, as its start is
// completed last. Errors: BAD_OUTPUT, CLOSED, BAD_ARGUMENT (level; .gan to a descriptor; .npz of
// 4 GiB or more), those of reading, BAD_INPUT (an element that is no float32).
GAN_API gan_status gan_conversion_write(gan_conversion *conversion, gan_target target,
                                        gan_convert_format format, int level);

#ifdef __cplusplus
}
#endif
#endif
