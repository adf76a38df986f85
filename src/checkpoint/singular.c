// Singular values of a tensor in a checkpoint (clgan/checkpoint.h).
#include "clgan/checkpoint.h"

#include "base/linear.h"
#include "base/memory.h"

size_t gan_tensor_rank_limit(const gan_tensor_info *info) {
    if (info->rank < 2 || info->elements == 0) return 0;
    const uint64_t rows = (uint64_t)info->size[0], columns = info->elements / rows;
    return (size_t)(rows < columns ? rows : columns);
}

static gan_status read_matrix(const gan_checkpoint *checkpoint, const gan_tensor_info *info,
                              double *matrix) {
    void *memory = NULL;
    GAN_TRY(gan__alloc((size_t)info->elements, sizeof(float), &memory));
    float *const values = memory;
    const gan_status status = gan_checkpoint_read(checkpoint, info, values);
    for (uint64_t i = 0; i < info->elements && status == GAN_STATUS_OK; i++) matrix[i] = values[i];
    gan__free(values);
    return status;
}

gan_status gan_checkpoint_singular_values(const gan_checkpoint *checkpoint,
                                          const gan_tensor_info *info, double *values) {
    void *matrix = NULL;
    if (gan_tensor_rank_limit(info) == 0) return GAN_STATUS_OK;
    const size_t rows = (size_t)info->size[0], columns = (size_t)info->elements / rows;
    GAN_TRY(gan__alloc((size_t)info->elements, sizeof(double), &matrix));
    gan_status status = read_matrix(checkpoint, info, matrix);
    if (status == GAN_STATUS_OK) status = gan__singular_values(matrix, rows, columns, values);
    gan__free(matrix);
    return status;
}
