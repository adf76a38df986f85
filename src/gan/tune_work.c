// Collects what there is to tune.
#include "gan/tune_work.h"

#include "base/memory.h"
#include "gan/data_source.h"
#include "gan/trainer.h"

#include <stdlib.h>
#include <string.h>

// --- The list ------------------------------------------------------------------------------------

static gan_status append_key(const gan_tune_work *work, const gan_gemm_desc *product,
                             gan_text *key) {
    gan_text way = {0};
    gan_status status = gan__gemm_describe(work->device, product, key, &way);
    gan__text_destroy(&way);
    return status;
}

static gan_status find_class(const gan_tune_work *work, const gan_gemm_desc *product,
                             gan_tune_item **out) {
    gan_text wanted = {0}, key = {0};
    gan_status status = append_key(work, product, &wanted);
    *out = NULL;
    for (size_t i = 0; i < work->count && status == GAN_STATUS_OK && !*out; i++) {
        gan__text_clear(&key);
        status = append_key(work, &work->items[i].product, &key);
        if (status == GAN_STATUS_OK && strcmp(key.bytes, wanted.bytes) == 0) *out = &work->items[i];
    }
    gan__text_destroy(&wanted);
    gan__text_destroy(&key);
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

gan_status gan__tune_work_add(gan_tune_work *work, const gan_gemm_desc *product, double times) {
    gan_tune_item *item = NULL;
    GAN_TRY(find_class(work, product, &item));
    if (!item) {
        GAN_TRY(reserve(work));
        item = &work->items[work->count++];
        *item =
            (gan_tune_item){.product = {.m = product->m,
                                        .n = product->n,
                                        .k = product->k,
                                        .batches = product->batches,
                                        .transpose_a = product->transpose_a,
                                        .transpose_b = product->transpose_b},
                            .flops = 2.0 * product->m * product->n * product->k * product->batches};
    }
    item->weight += times * 2.0 * product->m * product->n * product->k * product->batches;
    return GAN_STATUS_OK;
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
        GAN_TRY(gan__tune_work_add(work, &products[i], 1));
    return GAN_STATUS_OK;
}

gan_status gan__tune_work_add_shipped(gan_tune_work *work) {
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        for (const uint32_t(*layer)[2] = networks[i].layers; (*layer)[0] > 0; layer++)
            GAN_TRY(add_layer(work, (*layer)[0], (*layer)[1], networks[i].batch));
    return GAN_STATUS_OK;
}

// --- A recipe ------------------------------------------------------------------------------------

static gan_status add_programs(gan_tune_work *work, const gan_trainer *trainer) {
    const gan_trainer_program *listed;
    gan_gemm_desc product;
    for (size_t i = 0; (listed = gan__trainer_program(trainer, i)) != NULL; i++)
        for (size_t j = 0; j < gan__program_launches(listed->program); j++)
            if (gan__program_product(listed->program, j, &product))
                GAN_TRY(gan__tune_work_add(work, &product, (double)listed->runs_per_step));
    return GAN_STATUS_OK;
}

gan_status gan__tune_work_add_recipe(gan_tune_work *work, const char *path, const char *data) {
    gan_recipe *recipe = NULL;
    gan_dataset *dataset = NULL;
    gan_trainer *trainer = NULL;
    GAN_TRY(gan_recipe_load(path, &recipe));
    const gan_recipe_values *const values = gan__recipe_values(recipe);
    const char *const source = data ? data : values->data.source;
    gan_status status =
        source[0] ? gan__data_source_open(values, source, &dataset)
                  : gan__fail(GAN_STATUS_BAD_INPUT,
                              "%s does not say what data it trains on, and their sizes are those "
                              "of its products: give --data",
                              path);
    if (status == GAN_STATUS_OK)
        status = gan__trainer_create(work->device, recipe, dataset, &trainer);
    if (status == GAN_STATUS_OK) status = add_programs(work, trainer);
    gan__trainer_destroy(trainer);
    gan__dataset_close(dataset);
    gan_recipe_destroy(recipe);
    return status;
}
