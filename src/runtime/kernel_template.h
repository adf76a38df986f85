// Kernels of cl/ with marked places, completed by text. Private to src/runtime/.
#ifndef GAN_RUNTIME_KERNEL_TEMPLATE_H
#define GAN_RUNTIME_KERNEL_TEMPLATE_H

#include "base/text.h"

#include <stddef.h>

// What takes the place of a mark; the mark stands on a line of its own or ends one.
typedef struct gan_kernel_mark {
    const char *mark, *instead;
} gan_kernel_mark;

// Appends cl/<name>.cl. In the place of //@group_sums and //@group_product goes what the kernels of
// GPUs share (cl/group_sums.cl, cl/group_product.cl); other marks that are not given stay, as
// comments.
void gan__kernel_template_append(const char *name, const gan_kernel_mark *marks, size_t count,
                                 gan_text *text);

#endif
