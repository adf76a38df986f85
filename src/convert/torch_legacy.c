// PyTorch's files before 1.6, and still on request (_use_new_zipfile_serialization=False): five
// pickles followed by the storages. They are a magic number, a version, a dictionary about the
// machine, the object, and a list of the storages' keys; behind them stand for each key the number
// of its elements, and these.
#include "base/bytes.h"
#include "convert/torch_state.h"

#include <string.h>

enum { LEGACY_PROTOCOL = 1001 };
enum { LEGACY_MAGIC, LEGACY_VERSION, LEGACY_MACHINE, LEGACY_OBJECT, LEGACY_KEYS, LEGACY_PICKLES };

static gan_status locate_legacy(gan_torch_state *state, const gan_pickle_value *keys, size_t at) {
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
        if (storage->at > 0) // another would be nowhere, as there are as many keys as storages
            return gan__fail(GAN_STATUS_CORRUPT, "storage %s is there twice", name);
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

static gan_status parse_legacy(gan_bundle *bundle, gan_torch_state *state, gan_arena *arena) {
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

gan_status gan__torch_legacy_open(gan_bundle *bundle, gan_torch_state *state) {
    gan_arena *arena = NULL;
    GAN_TRY(gan__arena_create(&arena));
    gan_status status = parse_legacy(bundle, state, arena);
    gan__arena_destroy(arena);
    return status;
}
