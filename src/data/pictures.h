// A folder of pictures: which files it has, what their headers say, and one picture at a time as a
// sample. Nothing but names and labels is kept of them, and of a small set what was decoded once.
#ifndef GAN_DATA_PICTURES_H
#define GAN_DATA_PICTURES_H

#include "data/bitmap.h"
#include "data/dataset.h"

typedef struct gan_pictures gan_pictures;

// Finds the pictures of `folder`, in its sub-folders too, at any depth, and reads the header of
// each: all of them must be readable, and of one size where `options` names none. The classes are
// the folder's own sub-folders that have pictures, in the order of their names' bytes; there are
// none where the pictures lie in the folder itself. With options->skip_bad each is decoded once.
// Errors: BAD_INPUT, CORRUPT (naming the file), NO_MEMORY.
gan_status gan__pictures_open(const char *folder, const gan_dataset_options *options,
                              gan_pictures **out);
void gan__pictures_destroy(gan_pictures *pictures); // NULL is allowed

uint64_t gan__pictures_count(const gan_pictures *pictures);
uint64_t gan__pictures_skipped(const gan_pictures *pictures);
// Of the samples that they become.
const gan_bitmap_form *gan__pictures_form(const gan_pictures *pictures);
uint32_t gan__pictures_label(const gan_pictures *pictures, uint64_t index);
// Hands over the classes' names, which are the caller's (gan__folder_list_free); NULL for none.
char **gan__pictures_take_classes(gan_pictures *pictures, uint32_t *count);

// Picture `index` as a sample. Any number of threads at once. Errors: BAD_INPUT, CORRUPT naming the
// file (it has changed, or is damaged behind its header), NO_MEMORY.
gan_status gan__pictures_read(gan_pictures *pictures, uint64_t index, uint8_t *sample);

#endif
