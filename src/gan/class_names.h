// What the classes of a run's data are called, as the text "classes" of its checkpoints: a JSON
// list of texts, class 0 first. Absent where classes have numbers only.
#ifndef GAN_GAN_CLASS_NAMES_H
#define GAN_GAN_CLASS_NAMES_H

#include "clgan/checkpoint.h"
#include "data/dataset.h"

typedef struct gan_class_names gan_class_names;

// Writes the text where the data set's classes have names.
gan_status gan__class_names_write(const gan_dataset *dataset, gan_checkpoint_writer *writer);

// The names in a checkpoint; *out is NULL where it has none. Errors: CORRUPT for a text that is not
// such a list.
gan_status gan__class_names_read(const gan_checkpoint *checkpoint, gan_class_names **out);
void gan__class_names_destroy(gan_class_names *names); // NULL is allowed

// The name of class `index`; NULL where it has none, also for names that are NULL.
const char *gan__class_names_get(const gan_class_names *names, uint32_t index);
// The number of the class `text` names, by name or by number below `classes`. Errors: BAD_ARGUMENT
// with the name that comes nearest.
gan_status gan__class_names_find(const gan_class_names *names, uint32_t classes, const char *text,
                                 uint32_t *out);

#endif
