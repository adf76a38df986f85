// The work that tuning is about: matrix products, and convolutions where there are two ways of
// making them, each once a class, those with most operations first. Private to gan/tune*.c.
#ifndef GAN_GAN_TUNE_WORK_H
#define GAN_GAN_TUNE_WORK_H

#include "base/text.h"
#include "runtime/convolution.h"

typedef struct gan_tune_item {
    bool is_convolution;
    gan_gemm_desc product;            // sizes, transposes and batches
    gan_convolution_desc convolution; // sizes
    double flops;                     // of one
    double weight; // of all of its class together, which it is done in the order of
} gan_tune_item;

typedef struct gan_tune_work {
    gan_device *device;
    gan_tune_item *items;
    size_t count, capacity;
} gan_tune_work;

// Adds what is made `times` a step; to the weight of its class where that is there.
gan_status gan__tune_work_add_product(gan_tune_work *work, const gan_gemm_desc *product,
                                      double times);
gan_status gan__tune_work_add_convolution(gan_tune_work *work,
                                          const gan_convolution_desc *convolution, double times);
// The products of the dense networks that ship with clgan.
gan_status gan__tune_work_add_shipped(gan_tune_work *work);
// What is made in a run of the recipe on `data` (NULL: the recipe's own). Errors: as gan_run_open.
gan_status gan__tune_work_add_recipe(gan_tune_work *work, const char *recipe, const char *data);

// Appends the key of the item's class, and the way it is made now.
gan_status gan__tune_item_describe(gan_device *device, const gan_tune_item *item, gan_text *key,
                                   gan_text *way);

void gan__tune_work_sort(gan_tune_work *work);
void gan__tune_work_destroy(gan_tune_work *work);

#endif
