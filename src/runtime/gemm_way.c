// Ways of making a product as text, and the keys they are kept under.
#include "runtime/clblast_parameters.h"
#include "runtime/gemm_clblast.h"
#include "runtime/gemm_tune.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// --- Keys ----------------------------------------------------------------------------------------

// The number without what follows its four leading binary digits.
static uint32_t class_of(uint32_t size) {
    uint32_t digits = 0;
    while (size >> digits >= 16) digits++;
    return size >> digits << digits;
}

void gan__gemm_key(const gan_device_traits *traits, const gan_gemm_desc *desc, gan_text *text) {
    uint32_t runs = (desc->n + traits->lanes - 1) / traits->lanes;
    gan__text_append(text, "gemm %c%c %" PRIu32 " %" PRIu32 " %" PRIu32 "%s",
                     desc->transpose_a ? 'T' : 'N', desc->transpose_b ? 'T' : 'N',
                     class_of(desc->m), class_of(runs) * traits->lanes, class_of(desc->k),
                     desc->batches > 1 ? " batched" : "");
}

gan_status gan__gemm_class(gan_device *device, const gan_gemm_desc *desc, gan_text *text) {
    size_t set = 0;
    GAN_TRY(gan__gemm_clblast_set(device, &set));
    gan__gemm_key(gan__device_traits(device), desc, text);
    if (set > 0) gan__text_append(text, ", CLBlast %s", gan__clblast_set_name(set));
    return gan__text_status(text);
}

// --- Ways ----------------------------------------------------------------------------------------

enum { NUMBERS = 8 };

// The choice's numbers in the order they are written.
static void list_numbers(gan_gemm_choice *c, uint32_t *numbers[NUMBERS]) {
    uint32_t *const all[NUMBERS] = {&c->rows,  &c->runs,       &c->pack_a,        &c->pack_b,
                                    &c->depth, &c->block_rows, &c->block_columns, &c->side};
    memcpy(numbers, all, sizeof all);
}

// CPUs use all numbers but the last, GPUs the last alone.
static void numbers_of(const gan_device_traits *traits, int *first, int *end) {
    *first = traits->lanes == 1 ? NUMBERS - 1 : 0;
    *end = traits->lanes == 1 ? NUMBERS : NUMBERS - 1;
}

void gan__gemm_way_print(const gan_device_traits *traits, const gan_gemm_way *way, gan_text *text) {
    gan_gemm_choice choice = way->choice;
    uint32_t *numbers[NUMBERS];
    int first, end;
    list_numbers(&choice, numbers);
    numbers_of(traits, &first, &end);
    gan__text_append(text, "%s", way->engine == GAN_GEMM_ENGINE_TILE ? "tile" : "clblast");
    for (int i = first; i < end && way->engine == GAN_GEMM_ENGINE_TILE; i++)
        gan__text_append(text, " %" PRIu32, *numbers[i]);
}

bool gan__gemm_way_parse(const gan_device_traits *traits, const char *text, gan_gemm_way *out) {
    uint32_t *numbers[NUMBERS];
    int first, end, at = 0, used = 0;
    *out = (gan_gemm_way){.engine = GAN_GEMM_ENGINE_CLBLAST};
    if (strcmp(text, "clblast") == 0) return true;
    if (strncmp(text, "tile", 4) != 0) return false;
    out->engine = GAN_GEMM_ENGINE_TILE;
    list_numbers(&out->choice, numbers);
    numbers_of(traits, &first, &end);
    at = 4;
    for (int i = first; i < end; i++) {
        if (sscanf(text + at, " %" SCNu32 "%n", numbers[i], &used) != 1) return false;
        at += used;
    }
    return text[at] == '\0' && gan__gemm_choice_valid(traits, &out->choice);
}

bool gan__gemm_way_find(gan_device *device, const gan_gemm_desc *desc, gan_gemm_way *out) {
    const gan_device_traits *traits = gan__device_traits(device);
    gan_text key = {0};
    const char *text = gan__gemm_class(device, desc, &key) == GAN_STATUS_OK
                           ? gan__tuner_find(device, gan__text_string(&key))
                           : NULL;
    gan__text_destroy(&key);
    return text && gan__gemm_way_parse(traits, text, out);
}
