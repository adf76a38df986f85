// PyTorch's files (torch/serialization.py): since 1.6 a zip archive of <name>/data.pkl, a pickle,
// and <name>/data/<key>, the bytes of each storage; before, and still on request
// (_use_new_zipfile_serialization=False), five pickles followed by the storages.
#include "base/bytes.h"
#include "base/file.h"
#include "base/zip.h"
#include "convert/torch_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICKLE "/data.pkl"
enum {
    PICKLE_BYTES = sizeof PICKLE - 1,
    REPEATS_MAX = 1032, // as many elements as deflate could have made of the file's bytes
    PICKLE_FREE = 1 << 20,
    LEGACY_PROTOCOL = 1001,
};

typedef struct torch_state {
    uint8_t *bytes; // the whole file
    size_t length;
    gan_zip zip;
    gan_zip_member **by_name; // the archive's members, sorted; NULL in the older layout
    gan_torch_model model;
    bool big_endian;
    uint8_t *content; // of the storage read last
    size_t content_of;
} torch_state;

// --- Reading -------------------------------------------------------------------------------------
static gan_status storage_bytes(torch_state *state, size_t index, const uint8_t **out) {
    const gan_torch_storage *storage = &state->model.storages[index];
    if (!state->by_name) {
        *out = state->bytes + storage->at;
        return GAN_STATUS_OK;
    }
    if (!state->content || state->content_of != index) {
        gan__free(state->content);
        GAN_TRY(gan__zip_extract(&state->zip, &state->zip.members[storage->at], &state->content));
        state->content_of = index;
    }
    *out = state->content;
    return GAN_STATUS_OK;
}

// Copies the tensor's elements into row-major order.
static void gather(const gan_torch_tensor *places, const gan_convert_tensor *shape, size_t element,
                   const uint8_t *storage, uint8_t *out) {
    int64_t index[GAN_TENSOR_RANK_MAX] = {0};
    uint64_t at = places->offset;
    for (uint64_t i = 0; i < shape->elements; i++) {
        memcpy(out + i * element, storage + at * element, element);
        for (int axis = shape->rank - 1; axis >= 0; axis--) {
            at += places->stride[axis];
            if (++index[axis] < shape->size[axis]) break;
            at -= places->stride[axis] * (uint64_t)shape->size[axis];
            index[axis] = 0;
        }
    }
}

static gan_status decode(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    torch_state *state = bundle->state;
    const gan_torch_tensor *places = &state->model.tensors[tensor->at];
    const size_t element = tensor->kind->bytes;
    const uint8_t *storage;
    uint8_t *gathered;
    if (tensor->as_written.elements == 0) return GAN_STATUS_OK;
    GAN_TRY(storage_bytes(state, places->storage, &storage));
    if (places->contiguous)
        return gan__bundle_decode(bundle, tensor, storage + places->offset * element, values);
    GAN_TRY(gan__alloc((size_t)tensor->as_written.elements, element, (void **)&gathered));
    gather(places, &tensor->as_written, element, storage, gathered);
    gan_status status = gan__bundle_decode(bundle, tensor, gathered, values);
    gan__free(gathered);
    return status;
}

static gan_status read_tensor(gan_bundle *bundle, const gan_bundle_tensor *tensor, float *values) {
    gan_status status = decode(bundle, tensor, values);
    if (status == GAN_STATUS_OK) return status;
    return gan__fail_in(status, "%s: %s", bundle->path, tensor->as_written.name);
}

static void close_source(void *pointer) {
    torch_state *state = pointer;
    if (!state) return;
    gan__torch_model_destroy(&state->model);
    gan__zip_close(&state->zip);
    gan__free(state->by_name);
    gan__free(state->content);
    gan__free(state->bytes);
    gan__free(state);
}

static const gan_bundle_source source = {read_tensor, close_source};

// --- The archive ---------------------------------------------------------------------------------
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

static gan_status sort_members(torch_state *state) {
    gan_zip *zip = &state->zip;
    GAN_TRY(gan__alloc(zip->count, sizeof(gan_zip_member *), (void **)&state->by_name));
    for (size_t i = 0; i < zip->count; i++) state->by_name[i] = &zip->members[i];
    if (zip->count > 0) qsort(state->by_name, zip->count, sizeof *state->by_name, by_name);
    return GAN_STATUS_OK;
}

static const gan_zip_member *find_member(const torch_state *state, const char *name,
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
static gan_status find_record(const torch_state *state, const char *root, size_t root_length,
                              const char *what, const char *key, const gan_zip_member **out) {
    gan_text name = {0};
    gan__text_append_bytes(&name, root, root_length);
    gan__text_append(&name, "/%s%s", what, key);
    gan_status status = gan__text_status(&name);
    *out = status == GAN_STATUS_OK ? find_member(state, name.bytes, name.length) : NULL;
    gan__text_destroy(&name);
    return status;
}

static const gan_zip_member *find_pickle(const torch_state *state) {
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
static gan_status locate_storages(torch_state *state, const char *root, size_t root_length) {
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
static gan_status read_byte_order(torch_state *state, const char *root, size_t root_length) {
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
static gan_status collect(gan_bundle *bundle, torch_state *state, const uint8_t *pickle,
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

static gan_status open_archive(gan_bundle *bundle, torch_state *state) {
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

// --- The older layout ----------------------------------------------------------------------------
// A magic number, a version, a dictionary about the machine, the object, a list of the storages'
// keys; behind them for each key the number of its elements, and these.
enum { LEGACY_MAGIC, LEGACY_VERSION, LEGACY_MACHINE, LEGACY_OBJECT, LEGACY_KEYS, LEGACY_PICKLES };

static gan_status locate_legacy(torch_state *state, const gan_pickle_value *keys, size_t at) {
    gan_cursor cursor = {.bytes = state->bytes, .length = state->length, .at = at};
    size_t found = 0;
    if (keys->kind != GAN_PICKLE_LIST)
        return gan__fail(GAN_STATUS_CORRUPT, "there is no list of storages");
    for (size_t i = 0; i < keys->count; i++) {
        const gan_pickle_value *key = keys->items[i];
        char name[64] = "";
        if (key->kind != GAN_PICKLE_TEXT || key->length >= sizeof name)
            return gan__fail(GAN_STATUS_CORRUPT, "a storage's key is no string");
        memcpy(name, key->text, key->length);
        size_t index = gan__names_find(&state->model.keys, name);
        if (index == SIZE_MAX)
            return gan__fail(GAN_STATUS_BAD_INPUT, "storage %s is of no tensor that is read", name);
        gan_torch_storage *storage = &state->model.storages[index];
        uint64_t elements = gan__cursor_u64(&cursor);
        storage->at = cursor.at;
        if (elements != storage->bytes / storage->element || storage->bytes > state->length ||
            !gan__cursor_take(&cursor, (size_t)storage->bytes))
            return gan__fail(GAN_STATUS_CORRUPT,
                             "byte %zu: storage %s is cut short, or has "
                             "another size than its tensors say",
                             cursor.at, name);
        found++;
    }
    if (found == state->model.storage_count && cursor.at == state->length) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_CORRUPT, "storages are missing, or bytes left over behind them");
}

static gan_status parse_legacy(gan_bundle *bundle, torch_state *state, gan_arena *arena) {
    gan_pickle_value *pickle[LEGACY_PICKLES];
    size_t at = 0, used = 0, object = 0;
    for (int i = 0; i < LEGACY_PICKLES; i++, at += used) {
        GAN_TRY(gan__pickle_parse(state->bytes + at, state->length - at, gan__torch_allows, arena,
                                  &used, &pickle[i]));
        if (i == LEGACY_OBJECT) object = used;
    }
    if (pickle[LEGACY_VERSION]->kind != GAN_PICKLE_INTEGER ||
        pickle[LEGACY_VERSION]->integer != LEGACY_PROTOCOL)
        return gan__fail(GAN_STATUS_BAD_VERSION, "its layout is not that of version %d",
                         LEGACY_PROTOCOL);
    const gan_pickle_value *order = gan__pickle_find(pickle[LEGACY_MACHINE], "little_endian");
    state->big_endian = order && order->kind == GAN_PICKLE_BOOL && order->integer == 0;
    GAN_TRY(gan__torch_model_collect(bundle, pickle[LEGACY_OBJECT], object, &state->model));
    return locate_legacy(state, pickle[LEGACY_KEYS], at);
}

static gan_status open_legacy(gan_bundle *bundle, torch_state *state) {
    gan_arena *arena = NULL;
    GAN_TRY(gan__arena_create(&arena));
    gan_status status = parse_legacy(bundle, state, arena);
    gan__arena_destroy(arena);
    return status;
}

// --- Opening -------------------------------------------------------------------------------------
gan_status gan__torch_source(gan_bundle *bundle) {
    torch_state *state;
    bundle->source = &source;
    GAN_TRY(gan__alloc(1, sizeof *state, (void **)&state));
    bundle->state = state;
    GAN_TRY(gan__file_read(bundle->path, SIZE_MAX, &state->bytes, &state->length));
    state->model.elements_max =
        state->length < UINT64_MAX / REPEATS_MAX ? state->length * REPEATS_MAX : UINT64_MAX;
    gan_status status = state->length > 0 && state->bytes[0] == 'P' ? open_archive(bundle, state)
                                                                    : open_legacy(bundle, state);
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        bundle->tensors[i].big_endian = state->big_endian;
    }
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", bundle->path);
}
