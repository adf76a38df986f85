// Collects what there is to tune.
#include "gan/tune_work.h"

#include "base/memory.h"
#include "gan/data_source.h"
#include "gan/trainer.h"
#include "graph/convolution_tune.h"

#include <stdlib.h>
#include <string.h>

// --- The list ------------------------------------------------------------------------------------

gan_status gan__tune_item_describe(gan_device *device, const gan_tune_item *item, gan_text *key,
                                   gan_text *way) {
    return item->is_convolution
               ? gan__convolution_describe_way(device, &item->convolution, key, way)
               : gan__gemm_describe(device, &item->product, key, way);
}

static gan_status find_class(const gan_tune_work *work, const gan_tune_item *wanted,
                             gan_tune_item **out) {
    gan_text wanted_key = {0}, key = {0}, way = {0};
    gan_status status = gan__tune_item_describe(work->device, wanted, &wanted_key, &way);
    *out = NULL;
    for (size_t i = 0; i < work->count && status == GAN_STATUS_OK && !*out; i++) {
        gan__text_clear(&key);
        status = gan__tune_item_describe(work->device, &work->items[i], &key, &way);
        if (status == GAN_STATUS_OK && strcmp(key.bytes, wanted_key.bytes) == 0)
            *out = &work->items[i];
    }
    gan__text_destroy(&wanted_key);
    gan__text_destroy(&key);
    gan__text_destroy(&way);
    return status;
}

static gan_status reserve(gan_tune_work *work) {
    if (work->count < work->capacity) return GAN_STATUS_OK;
    size_t capacity = work->capacity ? 2 * work->capacity : 32;
    void *items = work->items;
    GAN_TRY(gan__realloc(capacity, sizeof(gan_tune_item), &items));
    work->items = items;
    work->capacity = capacity;
    return GAN_STATUS_OK;
}

static gan_status add(gan_tune_work *work, const gan_tune_item *wanted, double times) {
    gan_tune_item *item = NULL;
    GAN_TRY(find_class(work, wanted, &item));
    if (!item) {
        GAN_TRY(reserve(work));
        item = &work->items[work->count++];
        *item = *wanted;
    }
    item->weight += times * wanted->flops;
    return GAN_STATUS_OK;
}

gan_status gan__tune_work_add_product(gan_tune_work *work, const gan_gemm_desc *product,
                                      double times) {
    const gan_tune_item item = {.product = {.m = product->m,
                                            .n = product->n,
                                            .k = product->k,
                                            .batches = product->batches,
                                            .transpose_a = product->transpose_a,
                                            .transpose_b = product->transpose_b},
                                .flops =
                                    2.0 * product->m * product->n * product->k * product->batches};
    return add(work, &item, times);
}

gan_status gan__tune_work_add_convolution(gan_tune_work *work,
                                          const gan_convolution_desc *convolution, double times) {
    const gan_tune_item item = {.is_convolution = true,
                                .convolution = *convolution,
                                .flops = gan__convolution_work(convolution).flops};
    return add(work, &item, times);
}

static int compare_weights(const void *a, const void *b) {
    const gan_tune_item *x = a, *y = b;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

void gan__tune_work_sort(gan_tune_work *work) {
    if (work->count > 0) qsort(work->items, work->count, sizeof *work->items, compare_weights);
}

void gan__tune_work_destroy(gan_tune_work *work) {
    gan__free(work->items);
    *work = (gan_tune_work){0};
}

// --- The networks that ship ----------------------------------------------------------------------

// Dense layers, as models/ has them: the sizes from the input on, to the first 0. A maxout layer
// has as many outputs as units times pieces, and what follows takes its units.
typedef struct network {
    uint32_t batch;
    uint32_t layers[6][2]; // inputs, outputs
} network;

// Discriminators also with the batch that holds real and generated samples together.
static const network networks[] = {
    // mnist-mlp
    {64, {{100, 256}, {256, 512}, {512, 1024}, {1024, 784}}},
    {64, {{784, 512}, {512, 256}, {256, 1}}},
    {128, {{784, 512}, {512, 256}, {256, 1}}},
    // mnist-paper
    {100, {{100, 1200}, {1200, 1200}, {1200, 784}}},
    {100, {{784, 1200}, {240, 1200}, {240, 1}}},
    {200, {{784, 1200}, {240, 1200}, {240, 1}}},
    // ring8, grid25
    {100, {{2, 400}, {400, 400}, {400, 400}, {400, 400}, {400, 2}}},
    {100, {{2, 1000}, {200, 1000}, {200, 1000}, {200, 1}}},
    {200, {{2, 1000}, {200, 1000}, {200, 1000}, {200, 1}}},
    // digits; its discriminator is that of mnist-mlp
    {64, {{64, 256}, {256, 512}, {512, 784}}},
    // wgan-gp
    {50, {{128, 4096}, {2048, 1}}},
};

static gan_status add_layer(gan_tune_work *work, uint32_t in, uint32_t out, uint32_t batch) {
    const gan_gemm_desc products[] = {
        {.m = out, .n = batch, .k = in, .batches = 1},
        {.m = in, .n = batch, .k = out, .batches = 1, .transpose_a = true},
        {.m = out, .n = in, .k = batch, .batches = 1, .transpose_b = true}};
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        GAN_TRY(gan__tune_work_add_product(work, &products[i], 1));
    return GAN_STATUS_OK;
}

gan_status gan__tune_work_add_shipped(gan_tune_work *work) {
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        for (const uint32_t(*layer)[2] = networks[i].layers; (*layer)[0] > 0; layer++)
            GAN_TRY(add_layer(work, (*layer)[0], (*layer)[1], networks[i].batch));
    return GAN_STATUS_OK;
}

// --- A recipe ------------------------------------------------------------------------------------

static gan_status add_launch(gan_tune_work *work, const gan_program *program, size_t launch,
                             double times) {
    gan_gemm_desc product;
    gan_convolution_desc convolution;
    bool tunable = false;
    if (gan__program_product(program, launch, &product))
        return gan__tune_work_add_product(work, &product, times);
    if (!gan__program_convolution(program, launch, &convolution)) return GAN_STATUS_OK;
    convolution.epilogue = NULL;
    GAN_TRY(gan__convolution_is_tunable(work->device, &convolution, &tunable));
    return tunable ? gan__tune_work_add_convolution(work, &convolution, times) : GAN_STATUS_OK;
}

static gan_status add_programs(gan_tune_work *work, const gan_trainer *trainer) {
    const gan_trainer_program *listed;
    for (size_t i = 0; (listed = gan__trainer_program(trainer, i)) != NULL; i++)
        for (size_t j = 0; j < gan__program_launches(listed->program); j++)
            GAN_TRY(add_launch(work, listed->program, j, (double)listed->runs_per_step));
    return GAN_STATUS_OK;
}

// Planned in the usual way, so that convolutions are found as such whatever was tuned before.
static gan_status add_trainer(gan_tune_work *work, const gan_recipe *recipe, gan_dataset *dataset) {
    gan_trainer *trainer = NULL;
    gan__tuner_set_aside(work->device, true);
    gan_status status = gan__trainer_create(work->device, recipe, dataset, &trainer);
    gan__tuner_set_aside(work->device, false);
    if (status == GAN_STATUS_OK) status = add_programs(work, trainer);
    gan__trainer_destroy(trainer);
    return status;
}

gan_status gan__tune_work_add_recipe(gan_tune_work *work, const char *path, const char *data) {
    gan_recipe *recipe = NULL;
    gan_dataset *dataset = NULL;
    GAN_TRY(gan_recipe_load(path, &recipe));
    const gan_recipe_values *const values = gan__recipe_values(recipe);
    const char *const source = data ? data : values->data.source;
    gan_status status =
        source[0] ? gan__data_source_open(values, source, &dataset)
                  : gan__fail(GAN_STATUS_BAD_INPUT,
                              "%s does not say what data it trains on, and their sizes are those "
                              "of its products: give --data",
                              path);
    if (status == GAN_STATUS_OK) status = add_trainer(work, recipe, dataset);
    gan__dataset_close(dataset);
    gan_recipe_destroy(recipe);
    return status;
}
