// Compares the tensors of two checkpoints, piece by piece, and asks diff_text.c about the texts.
#include "checkpoint/diff.h"

#include "base/memory.h"
#include "checkpoint/reader.h"

#include <math.h>
#include <string.h>

// Elements compared at a time: whole blocks of either type, so none is decoded twice.
enum { PIECE = 1 << 20 };

typedef struct diff_list {
    const gan_checkpoint *checkpoint[2];
    gan_difference *items;
    size_t count, capacity;
    float *piece[2];
} diff_list;

static gan_status list_add(diff_list *list, const gan_difference *difference) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 16;
        GAN_TRY(gan__realloc(capacity, sizeof *list->items, (void **)&list->items));
        list->capacity = capacity;
    }
    list->items[list->count++] = *difference;
    return GAN_STATUS_OK;
}

// --- Tensors -------------------------------------------------------------------------------------
static void note_element(gan_difference *difference, uint64_t at, float a, float b) {
    if (difference->elements++ == 0) {
        difference->at = at;
        difference->values[0] = a;
        difference->values[1] = b;
    }
    double absolute = fabs((double)a - b), scale = fmax(fabs((double)a), fabs((double)b));
    double relative = scale > 0 ? absolute / scale : 0;
    bool finite = isfinite(a) && isfinite(b);
    difference->max_absolute = fmax(difference->max_absolute, finite ? absolute : INFINITY);
    difference->max_relative = fmax(difference->max_relative, finite ? relative : INFINITY);
}

static gan_status compare_values(diff_list *list, gan_difference *difference) {
    const gan_tensor_info *info[2] = {difference->first, difference->second};
    for (uint64_t start = 0; start < info[0]->elements; start += PIECE) {
        uint64_t left = info[0]->elements - start;
        size_t count = left < PIECE ? (size_t)left : PIECE;
        for (int i = 0; i < 2; i++) {
            GAN_TRY(gan_checkpoint_read_part(list->checkpoint[i], info[i], start, count,
                                             list->piece[i]));
        }
        const float *a = list->piece[0], *b = list->piece[1];
        if (memcmp(a, b, count * sizeof *a) == 0) continue;
        for (size_t i = 0; i < count; i++) {
            if (memcmp(&a[i], &b[i], sizeof *a) != 0) {
                note_element(difference, start + i, a[i], b[i]);
            }
        }
    }
    return GAN_STATUS_OK;
}

static bool same_shape(const gan_tensor_info *a, const gan_tensor_info *b) {
    return a->rank == b->rank && memcmp(a->size, b->size, sizeof a->size) == 0;
}

static gan_status compare_tensor(diff_list *list, const gan_tensor_info *a,
                                 const gan_tensor_info *b) {
    gan_difference difference = {.name = a->name, .first = a, .second = b};
    if (!b) {
        difference.kind = GAN_DIFFERENCE_ONLY_FIRST;
    } else if (!same_shape(a, b)) {
        difference.kind = GAN_DIFFERENCE_SHAPE;
    } else if (a->dtype != b->dtype) {
        difference.kind = GAN_DIFFERENCE_TYPE;
    } else {
        difference.kind = GAN_DIFFERENCE_VALUES;
        GAN_TRY(compare_values(list, &difference));
        if (difference.elements == 0) return GAN_STATUS_OK;
    }
    return list_add(list, &difference);
}

static gan_status compare_tensors(diff_list *list) {
    const gan_checkpoint *first = list->checkpoint[0], *second = list->checkpoint[1];
    for (size_t i = 0; i < gan_checkpoint_tensor_count(first); i++) {
        const gan_tensor_info *info = gan_checkpoint_tensor(first, i);
        GAN_TRY(compare_tensor(list, info, gan_checkpoint_find(second, info->name)));
    }
    for (size_t i = 0; i < gan_checkpoint_tensor_count(second); i++) {
        const gan_tensor_info *info = gan_checkpoint_tensor(second, i);
        if (gan_checkpoint_find(first, info->name)) continue;
        gan_difference only = {
            .kind = GAN_DIFFERENCE_ONLY_SECOND, .name = info->name, .second = info};
        GAN_TRY(list_add(list, &only));
    }
    return GAN_STATUS_OK;
}

// --- Texts ---------------------------------------------------------------------------------------
static const struct {
    const char *name;
    gan_status (*compare)(const char *first, const char *second, gan_difference *difference);
} compared_texts[] = {{"recipe", gan__diff_recipe}, {"run", gan__diff_run}};

static gan_status compare_texts(diff_list *list) {
    for (size_t i = 0; i < sizeof compared_texts / sizeof compared_texts[0]; i++) {
        gan_difference difference = {.kind = GAN_DIFFERENCE_TEXT, .name = compared_texts[i].name};
        const char *a = gan_checkpoint_text(list->checkpoint[0], difference.name);
        const char *b = gan_checkpoint_text(list->checkpoint[1], difference.name);
        if (!a && !b) continue;
        if (a && b) {
            GAN_TRY(compared_texts[i].compare(a, b, &difference));
            if (difference.where[0] == 0) continue;
        } else {
            difference.kind = a ? GAN_DIFFERENCE_ONLY_FIRST : GAN_DIFFERENCE_ONLY_SECOND;
        }
        GAN_TRY(list_add(list, &difference));
    }
    return GAN_STATUS_OK;
}

gan_status gan_checkpoint_diff(const gan_checkpoint *first, const gan_checkpoint *second,
                               gan_difference **differences, size_t *count) {
    *differences = NULL;
    *count = 0;
    diff_list list = {.checkpoint = {first, second}};
    gan_status status = gan__alloc(PIECE, sizeof(float), (void **)&list.piece[0]);
    if (status == GAN_STATUS_OK) status = gan__alloc(PIECE, sizeof(float), (void **)&list.piece[1]);
    if (status == GAN_STATUS_OK) status = compare_texts(&list);
    if (status == GAN_STATUS_OK) status = compare_tensors(&list);
    gan__free(list.piece[0]);
    gan__free(list.piece[1]);
    if (status == GAN_STATUS_OK) {
        *differences = list.items;
        *count = list.count;
    } else {
        gan__free(list.items);
    }
    return status;
}

void gan_difference_free(gan_difference *differences) {
    gan__free(differences);
}
