// PyTorch's files since 1.6 (torch/serialization.py): a zip archive of <name>/data.pkl, a pickle,
// and <name>/data/<key>, the bytes of each storage.
#include "convert/torch_state.h"

#include <stdlib.h>
#include <string.h>

#define PICKLE "/data.pkl"
enum { PICKLE_BYTES = sizeof PICKLE - 1, PICKLE_FREE = 1 << 20 };

static int compare_names(const char *a, size_t a_length, const char *b, size_t b_length) {
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    if (order != 0 || a_length == b_length) return order;
    return a_length < b_length ? -1 : 1;
}

static int by_name(const void *a, const void *b) {
    const gan_zip_member *first = *(gan_zip_member *const *)a;
    const gan_zip_member *second = *(gan_zip_member *const *)b;
    return compare_names(first->name, first->name_length, second->name, second->name_length);
}

static gan_status sort_members(gan_torch_state *state) {
    gan_zip *zip = &state->zip;
    GAN_TRY(gan__alloc(zip->count, sizeof(gan_zip_member *), (void **)&state->by_name));
    for (size_t i = 0; i < zip->count; i++) state->by_name[i] = &zip->members[i];
    if (zip->count > 0) qsort(state->by_name, zip->count, sizeof *state->by_name, by_name);
    return GAN_STATUS_OK;
}

static const gan_zip_member *find_member(const gan_torch_state *state, const char *name,
                                         size_t length) {
    size_t low = 0, high = state->zip.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gan_zip_member *member = state->by_name[middle];
        int order = compare_names(name, length, member->name, member->name_length);
        if (order == 0) return member;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

// <root>/<what><key>; NULL where there is none.
static gan_status find_record(const gan_torch_state *state, const char *root, size_t root_length,
                              const char *what, const char *key, const gan_zip_member **out) {
    gan_text name = {0};
    gan__text_append_bytes(&name, root, root_length);
    gan__text_append(&name, "/%s%s", what, key);
    gan_status status = gan__text_status(&name);
    *out = status == GAN_STATUS_OK ? find_member(state, name.bytes, name.length) : NULL;
    gan__text_destroy(&name);
    return status;
}

static const gan_zip_member *find_pickle(const gan_torch_state *state) {
    for (size_t i = 0; i < state->zip.count; i++) {
        const gan_zip_member *member = &state->zip.members[i];
        size_t length = member->name_length;
        if (length > PICKLE_BYTES &&
            memcmp(member->name + length - PICKLE_BYTES, PICKLE, PICKLE_BYTES) == 0)
            return member;
    }
    return NULL;
}

// Members stay where they are in zip.members, so an index outlives sorting.
static gan_status locate_storages(gan_torch_state *state, const char *root, size_t root_length) {
    for (size_t i = 0; i < state->model.storage_count; i++) {
        gan_torch_storage *storage = &state->model.storages[i];
        const gan_zip_member *member;
        GAN_TRY(find_record(state, root, root_length, "data/", storage->key, &member));
        if (!member || member->length != storage->bytes)
            return gan__fail(GAN_STATUS_CORRUPT,
                             "storage %s of %llu bytes is not in the archive, or has another size",
                             storage->key, (unsigned long long)storage->bytes);
        storage->at = (size_t)(member - state->zip.members);
    }
    return GAN_STATUS_OK;
}

// Since 2.1 a member says in which byte order the storages are.
static gan_status read_byte_order(gan_torch_state *state, const char *root, size_t root_length) {
    const gan_zip_member *member;
    uint8_t *content;
    GAN_TRY(find_record(state, root, root_length, "byteorder", "", &member));
    if (!member) return GAN_STATUS_OK;
    GAN_TRY(gan__zip_extract(&state->zip, member, &content));
    bool little = member->length == 6 && memcmp(content, "little", 6) == 0;
    state->big_endian = member->length == 3 && memcmp(content, "big", 3) == 0;
    gan__free(content);
    if (little || state->big_endian) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "its byte order is neither little nor big");
}

// The pickle's texts are copied as they are taken into the bundle, so its bytes need not stay; what
// points into them is the tree, which is not used again.
static gan_status collect(gan_bundle *bundle, gan_torch_state *state, const uint8_t *pickle,
                          size_t length) {
    gan_arena *arena = NULL;
    gan_pickle_value *root;
    size_t used;
    GAN_TRY(gan__arena_create(&arena));
    gan_status status = gan__pickle_parse(pickle, length, gan__torch_allows, arena, &used, &root);
    if (status == GAN_STATUS_OK)
        status = gan__torch_model_collect(bundle, root, length, &state->model);
    gan__arena_destroy(arena);
    return status;
}

gan_status gan__torch_archive_open(gan_bundle *bundle, gan_torch_state *state) {
    uint8_t *content;
    GAN_TRY(gan__zip_open(state->bytes, state->length, &state->zip));
    GAN_TRY(sort_members(state));
    const gan_zip_member *member = find_pickle(state);
    if (!member)
        return gan__fail(GAN_STATUS_BAD_INPUT, "an archive without data.pkl is none of PyTorch's");
    const char *root = member->name;
    size_t root_length = member->name_length - PICKLE_BYTES;
    GAN_TRY(read_byte_order(state, root, root_length));
    // A tree takes many times its pickle's memory. PyTorch compresses none.
    if (member->length > PICKLE_FREE && member->length > state->length)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its pickle of %zu bytes is larger than the whole file of %zu; write it "
                         "again with torch.save",
                         member->length, state->length);
    GAN_TRY(gan__zip_extract(&state->zip, member, &content));
    gan_status status = collect(bundle, state, content, member->length);
    gan__free(content);
    GAN_TRY(status);
    return locate_storages(state, root, root_length);
}
