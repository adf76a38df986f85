// What the two files behind data/pictures.h share: finding pictures, and reading them.
#ifndef GAN_DATA_PICTURES_PRIVATE_H
#define GAN_DATA_PICTURES_PRIVATE_H

#include "base/text.h"
#include "data/pictures.h"

#include <stdatomic.h>

typedef struct gan_picture_file {
    size_t path;    // where it begins in `paths`
    uint32_t label; // number of the class
} gan_picture_file;

struct gan_pictures {
    const gan_dataset_options *options; // while opening
    char *folder;
    gan_text paths; // relative to the folder, each with its zero byte
    gan_picture_file *files;
    size_t count, capacity;
    char **classes;
    uint32_t class_count;
    gan_bitmap_form form;
    gan_bitmap first; // size of the first picture
    uint64_t skipped;
    // Samples as they were decoded once, where the set is small; NULL for a large one.
    uint8_t *cache;
    atomic_uchar *cached; // a CACHE_ state for each
};

// pictures_scan.c: fills in everything but the cache. Errors: as gan__pictures_open.
gan_status gan__pictures_scan(gan_pictures *pictures);
// Where file `index` lies; the text is the caller's to destroy.
gan_status gan__pictures_path(const gan_pictures *pictures, size_t index, gan_text *out);
// Decodes picture `index`, whatever the cache has.
gan_status gan__pictures_decode(const gan_pictures *pictures, size_t index, uint8_t *sample);

#endif
