// What torch.save's pickle says: which tensors there are, and which part of which storage each is.
#ifndef GAN_CONVERT_TORCH_MODEL_H
#define GAN_CONVERT_TORCH_MODEL_H

#include "base/growth.h"
#include "convert/bundle.h"
#include "convert/pickle.h"

// The bytes that tensors are views of.
typedef struct gan_torch_storage {
    const char *key;
    size_t element; // bytes of one; 1 where the storage has no type
    uint64_t bytes;
    size_t at;              // where they are,
    const uint8_t *content; // and they, where they were looked for: the reader's own business
    uint8_t *unpacked;      // the same where they had to be unpacked; owned
} gan_torch_storage;

typedef struct gan_torch_tensor {
    size_t storage;
    uint64_t offset; // of the first element, in elements
    uint64_t stride[GAN_TENSOR_RANK_MAX];
    bool contiguous;
} gan_torch_tensor;

typedef struct gan_torch_model {
    gan_torch_storage *storages; // owned
    size_t storage_count, storage_capacity;
    gan_names keys;
    gan_torch_tensor *tensors; // owned; a bundle's tensor has its place here in `at`
    size_t tensor_count, tensor_capacity;
    gan_growth growth; // repeated elements (stride 0) and texts may not ask for any memory
} gan_torch_model;

// Whether a pickle may name the global.
bool gan__torch_allows(const char *global);

// Adds what the pickle's tree holds to bundle and model: dictionaries and lists are gone through,
// and names are joined by dots; strings are texts; numbers are left out. `length` is the pickle's.
// Errors: CORRUPT, BAD_INPUT, NO_MEMORY.
gan_status gan__torch_model_collect(gan_bundle *bundle, const gan_pickle_value *root, size_t length,
                                    gan_torch_model *model);
void gan__torch_model_destroy(gan_torch_model *model);

// Where a state dictionary keeps clgan's texts: in the dictionary of this key in its attribute
// _metadata, which PyTorch carries along and uses for versions of modules only.
#define GAN_TORCH_METADATA "_metadata"
#define GAN_TORCH_TEXTS    "clgan"

#endif
