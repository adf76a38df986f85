// Implements gan/vocabulary_text.h.
#include "gan/vocabulary_text.h"

#include <string.h>

#define TEXT "vocabulary"

gan_status gan__vocabulary_write(const gan_dataset *dataset, gan_checkpoint_writer *writer) {
    const gan_vocabulary *const vocabulary = gan__dataset_vocabulary(dataset);
    if (vocabulary == NULL) return GAN_STATUS_OK;
    return gan_checkpoint_writer_text(writer, TEXT, gan__vocabulary_symbols(vocabulary));
}

gan_status gan__vocabulary_read(const gan_checkpoint *checkpoint, const gan_shape *sample,
                                gan_vocabulary **out) {
    const char *const text = gan_checkpoint_text(checkpoint, TEXT);
    *out = NULL;
    if (text == NULL) return GAN_STATUS_OK;
    gan_status status = gan__vocabulary_create(text, out);
    if (status == GAN_STATUS_BAD_INPUT)
        return gan__fail(GAN_STATUS_CORRUPT, "the checkpoint's text \"" TEXT "\" is none");
    if (status != GAN_STATUS_OK) return status;
    const size_t symbols = gan__vocabulary_count(*out);
    if (sample->rank == 3 && sample->size[0] == (int64_t)symbols && sample->size[1] == 1)
        return GAN_STATUS_OK;
    gan__vocabulary_destroy(*out);
    *out = NULL;
    return gan__fail(GAN_STATUS_CORRUPT,
                     "the checkpoint has a vocabulary of %zu symbols, but its samples are no "
                     "sequences of them",
                     symbols);
}

gan_status gan__vocabulary_check(const gan_checkpoint *checkpoint, const gan_dataset *dataset) {
    const char *const text = gan_checkpoint_text(checkpoint, TEXT);
    const gan_vocabulary *const vocabulary = gan__dataset_vocabulary(dataset);
    const char *const symbols = vocabulary == NULL ? NULL : gan__vocabulary_symbols(vocabulary);
    if (text == NULL && symbols == NULL) return GAN_STATUS_OK;
    if (text != NULL && symbols != NULL && strcmp(text, symbols) == 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "the data's characters are not those that the checkpoint was trained on; give "
                     "the text it was trained on with --data");
}
