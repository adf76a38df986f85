// gan-inspect --tensor: a tensor's singular values, as a line of text and in JSON.
#include "inspect/inspect.h"
#include "term/human.h"

#include <stdlib.h>

enum { VALUES_SHOWN = 6 };

// *values is the caller's (free); NULL where the tensor has none, as vectors and those with
// elements that are not finite.
static gan_status read_values(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                              double **values, size_t *count) {
    const gan_tensor_statistics *s = &info->statistics;
    *values = NULL;
    *count = gan_tensor_rank_limit(info);
    if (*count == 0 || s->nans + s->infinities > 0) return GAN_STATUS_OK;
    *values = malloc(*count * sizeof **values);
    if (!*values)
        return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the %zu singular values of %s",
                         *count, info->name);
    const gan_status status = gan_checkpoint_singular_values(checkpoint, info, *values);
    if (status == GAN_STATUS_OK) return status;
    free(*values);
    *values = NULL;
    return status;
}

gan_status gan__inspect_append_singular(const gan_checkpoint *checkpoint,
                                        const gan_tensor_info *info, gan_text *text) {
    double *values;
    size_t count;
    GAN_TRY(read_values(checkpoint, info, &values, &count));
    if (!values) return GAN_STATUS_OK;
    gan__text_append(text, "  singular values");
    for (size_t i = 0; i < count && i < VALUES_SHOWN; i++)
        gan__text_append(text, " %s", gan__human_number(values[i]).text);
    if (count > VALUES_SHOWN)
        gan__text_append(text, " ... %s, %zu in all", gan__human_number(values[count - 1]).text,
                         count);
    gan__text_append(text, "\n");
    free(values);
    return GAN_STATUS_OK;
}

gan_status gan__inspect_singular_json(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                                      json_t *tensor) {
    double *values;
    size_t count;
    GAN_TRY(read_values(checkpoint, info, &values, &count));
    if (!values) return GAN_STATUS_OK;
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, json_real(values[i]));
    json_object_set_new(tensor, "singular_values", array);
    free(values);
    return GAN_STATUS_OK;
}
