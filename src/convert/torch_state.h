// An open file of PyTorch's, in either layout. Private to torch_read.c, torch_archive.c and
// torch_legacy.c.
#ifndef GAN_CONVERT_TORCH_STATE_H
#define GAN_CONVERT_TORCH_STATE_H

#include "base/zip.h"
#include "convert/torch_model.h"

typedef struct gan_torch_state {
    uint8_t *bytes; // the whole file
    size_t length;
    gan_zip zip;
    gan_zip_member **by_name; // the archive's members, sorted; NULL in the older layout
    gan_torch_model model;
    bool big_endian;
} gan_torch_state;

// Fill in the bundle's tensors and where their storages lie. Errors: CORRUPT, BAD_INPUT,
// BAD_VERSION.
gan_status gan__torch_archive_open(gan_bundle *bundle, gan_torch_state *state);
gan_status gan__torch_legacy_open(gan_bundle *bundle, gan_torch_state *state);

#endif
