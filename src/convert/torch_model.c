// From the tree of a pickle to tensors: the calls that torch.save writes, understood and not made.
#include "convert/torch_model.h"

#include "base/text.h"
#include "checkpoint/format.h"

#include <string.h>

#define UNTYPED_STORAGE "torch.storage.UntypedStorage"
enum { DEPTH_MAX = 64 };

// A function that makes a tensor, and which of its arguments is what; -1: it has no such one.
typedef struct torch_function {
    const char *name;
    int storage, offset, size, stride, dtype;
    int tensor; // the tensor itself, wrapped by this call
} torch_function;

static const torch_function functions[] = {
    {"torch._utils._rebuild_tensor", 0, 1, 2, 3, -1, -1},
    {"torch._utils._rebuild_tensor_v2", 0, 1, 2, 3, -1, -1},
    {"torch._utils._rebuild_tensor_v3", 0, 1, 2, 3, 6, -1},
    {"torch._utils._rebuild_parameter", -1, -1, -1, -1, -1, 0},
    {"torch._utils._rebuild_parameter_with_state", -1, -1, -1, -1, -1, 0},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

// Others that may stand in a pickle, and make nothing that is read.
static const char *const harmless[] = {"collections.OrderedDict", "torch.Size", "torch.device",
                                       UNTYPED_STORAGE};
enum { HARMLESS = sizeof harmless / sizeof harmless[0] };

static const torch_function *find_function(const char *global) {
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (strcmp(functions[i].name, global) == 0) return &functions[i];
    }
    return NULL;
}

bool gan__torch_allows(const char *global) {
    for (size_t i = 0; i < HARMLESS; i++) {
        if (strcmp(harmless[i], global) == 0) return true;
    }
    return find_function(global) || gan__element_kind_storage(global) ||
           gan__element_kind_torch(global);
}

// --- Arguments -----------------------------------------------------------------------------------
// Argument `index` of the list, of the kind asked for; NULL where there is none.
static const gan_pickle_value *argument(const gan_pickle_value *list, int index,
                                        gan_pickle_kind kind) {
    if (index < 0 || (size_t)index >= list->count) return NULL;
    return list->items[index]->kind == kind ? list->items[index] : NULL;
}

static gan_status damaged(const char *what) {
    return gan__fail(GAN_STATUS_CORRUPT, "the pickle describes %s", what);
}

// A number from 0 to the most elements a tensor may have.
static bool whole(const gan_pickle_value *value, uint64_t *out) {
    if (!value || value->kind != GAN_PICKLE_INTEGER || value->integer < 0) return false;
    *out = (uint64_t)value->integer;
    return *out <= GAN_FORMAT_ELEMENTS_MAX;
}

// --- Storages ------------------------------------------------------------------------------------
static gan_status add_storage(gan_bundle *bundle, const gan_torch_storage *storage,
                              gan_torch_model *model, size_t *index) {
    *index = gan__names_find(&model->keys, storage->key);
    if (*index != SIZE_MAX) {
        if (model->storages[*index].bytes == storage->bytes) return GAN_STATUS_OK;
        return damaged("a storage that has two sizes");
    }
    GAN_TRY(gan__bundle_room((void **)&model->storages, sizeof *model->storages,
                             model->storage_count, &model->storage_capacity));
    GAN_TRY(gan__bundle_copy(bundle, storage->key, strlen(storage->key),
                             &model->storages[model->storage_count].key));
    const char *key = model->storages[model->storage_count].key;
    model->storages[model->storage_count] = *storage;
    model->storages[model->storage_count].key = key;
    GAN_TRY(gan__names_add(&model->keys, key));
    *index = model->storage_count++;
    return GAN_STATUS_OK;
}

// ('storage', class, key, where it was, elements), and in the layout before 1.6 a view of it, None.
static gan_status read_storage(gan_bundle *bundle, const gan_pickle_value *value,
                               gan_torch_model *model, size_t *index,
                               const gan_element_kind **kind) {
    const gan_pickle_value *id =
        value && value->kind == GAN_PICKLE_PERSISTENT ? value->items[0] : NULL;
    if (!id || id->kind != GAN_PICKLE_LIST) return damaged("a tensor without a storage");
    const gan_pickle_value *type = argument(id, 1, GAN_PICKLE_GLOBAL);
    const gan_pickle_value *key = argument(id, 2, GAN_PICKLE_TEXT);
    uint64_t elements;
    char name[64] = "";
    if (!type || !key || key->length == 0 || key->length >= sizeof name ||
        !whole(argument(id, 4, GAN_PICKLE_INTEGER), &elements))
        return damaged("a storage without type, key or size");
    if (id->count > 5 && id->items[5]->kind != GAN_PICKLE_NONE)
        return gan__fail(GAN_STATUS_BAD_INPUT, "a view of a storage, as PyTorch before 0.4 wrote "
                                               "them; load and save it with a newer PyTorch");
    memcpy(name, key->text, key->length);
    *kind = gan__element_kind_storage(type->text);
    if (!*kind && strcmp(type->text, UNTYPED_STORAGE) != 0)
        return damaged("a storage whose type is none");
    size_t element = *kind ? (*kind)->bytes : 1;
    const gan_torch_storage storage = {
        .key = name, .element = element, .bytes = elements * element};
    return add_storage(bundle, &storage, model, index);
}

// --- Tensors -------------------------------------------------------------------------------------
// Sizes and strides, and whether the elements lie in row-major order without a hole.
static gan_status read_places(const gan_pickle_value *size, const gan_pickle_value *stride,
                              gan_convert_tensor *shape, gan_torch_tensor *tensor) {
    uint64_t number, packed = 1;
    if (!size || !stride || size->count != stride->count)
        return damaged("a tensor without sizes and strides");
    if (size->count > GAN_TENSOR_RANK_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT, "it has %zu dimensions, more than %d", size->count,
                         GAN_TENSOR_RANK_MAX);
    shape->rank = (int)size->count;
    tensor->contiguous = true;
    for (size_t i = size->count; i-- > 0;) {
        if (!whole(size->items[i], &number) || !whole(stride->items[i], &tensor->stride[i]))
            return damaged("a size or stride that is no whole number");
        shape->size[i] = (int64_t)number;
        tensor->contiguous &= number == 1 || tensor->stride[i] == packed;
        packed = number > 0 && packed <= GAN_FORMAT_ELEMENTS_MAX / number ? packed * number : 0;
    }
    return GAN_STATUS_OK;
}

// That the last element lies inside the storage.
static gan_status check_places(const gan_convert_tensor *shape, const gan_torch_tensor *tensor,
                               const gan_element_kind *kind, gan_torch_model *model) {
    const gan_torch_storage *storage = &model->storages[tensor->storage];
    uint64_t room = storage->bytes / kind->bytes, last = tensor->offset;
    if (shape->elements == 0) return GAN_STATUS_OK;
    for (int i = 0; i < shape->rank && last < room; i++) {
        uint64_t steps = (uint64_t)shape->size[i] - 1, stride = tensor->stride[i];
        last = stride > 0 && steps > room / stride ? room : last + steps * stride;
    }
    if (last >= room) return damaged("a tensor that reaches past its storage");
    if (gan__growth_add(&model->growth, shape->elements * sizeof(float))) return GAN_STATUS_OK;
    return gan__fail(
        GAN_STATUS_BAD_INPUT,
        "its %llu elements, and those of the tensors before it, repeat those of a much "
        "smaller file; save .contiguous() of them, if that is meant",
        (unsigned long long)shape->elements);
}

static gan_status read_tensor(gan_bundle *bundle, const char *name, const torch_function *function,
                              const gan_pickle_value *list, gan_torch_model *model) {
    gan_bundle_tensor tensor = {.at = model->tensor_count};
    const gan_element_kind *kind = NULL;
    GAN_TRY(gan__bundle_room((void **)&model->tensors, sizeof *model->tensors, model->tensor_count,
                             &model->tensor_capacity));
    gan_torch_tensor *places = &model->tensors[model->tensor_count];
    *places = (gan_torch_tensor){0};
    GAN_TRY(read_storage(bundle, argument(list, function->storage, GAN_PICKLE_PERSISTENT), model,
                         &places->storage, &kind));
    const gan_pickle_value *dtype = argument(list, function->dtype, GAN_PICKLE_GLOBAL);
    if (dtype) kind = gan__element_kind_torch(dtype->text);
    if (!kind) return damaged("a tensor whose type is none");
    if (!whole(argument(list, function->offset, GAN_PICKLE_INTEGER), &places->offset))
        return damaged("a tensor without an offset");
    GAN_TRY(read_places(argument(list, function->size, GAN_PICKLE_LIST),
                        argument(list, function->stride, GAN_PICKLE_LIST), &tensor.as_written,
                        places));
    tensor.kind = kind;
    GAN_TRY(gan__bundle_add_tensor(bundle, name, strlen(name), &tensor));
    model->tensor_count++;
    return check_places(&bundle->tensors[bundle->tensor_count - 1].as_written, places, kind, model);
}

// A tensor, or a call that wraps one. Other calls make nothing that is read.
static gan_status read_call(gan_bundle *bundle, const char *name, const gan_pickle_value *call,
                            gan_torch_model *model) {
    const torch_function *function = find_function(call->items[0]->text);
    for (int depth = 0; function && function->tensor >= 0 && depth < DEPTH_MAX; depth++) {
        call = argument(call->items[1], function->tensor, GAN_PICKLE_CALL);
        if (!call) return damaged("a parameter without a tensor");
        function = find_function(call->items[0]->text);
    }
    if (!function || function->tensor >= 0) return GAN_STATUS_OK;
    gan_status status = read_tensor(bundle, name, function, call->items[1], model);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "tensor %s", name);
}

// --- The tree ------------------------------------------------------------------------------------
typedef struct torch_walk {
    gan_bundle *bundle;
    gan_torch_model *model;
    gan_text name;
    size_t steps; // left
    int depth;
} torch_walk;

static gan_status walk(torch_walk *at, const gan_pickle_value *value);

// Goes on below one of a dictionary's or list's values.
static gan_status walk_item(torch_walk *at, const gan_pickle_value *key, size_t index,
                            const gan_pickle_value *value) {
    size_t length = at->name.length;
    const char *dot = length ? "." : "";
    if (!key) {
        gan__text_append(&at->name, "%s%zu", dot, index);
    } else if (key->kind == GAN_PICKLE_INTEGER) {
        gan__text_append(&at->name, "%s%lld", dot, (long long)key->integer);
    } else if (key->kind == GAN_PICKLE_TEXT) {
        gan__text_append(&at->name, "%s", dot);
        gan__text_append_bytes(&at->name, key->text, key->length);
    } else {
        return gan__fail(GAN_STATUS_BAD_INPUT, "%s has a key that is neither a string nor a number",
                         length ? gan__text_string(&at->name) : "the dictionary");
    }
    GAN_TRY(gan__text_status(&at->name));
    at->depth++;
    GAN_TRY(walk(at, value));
    at->depth--;
    at->name.length = length;
    at->name.bytes[length] = 0;
    return GAN_STATUS_OK;
}

static gan_status walk(torch_walk *at, const gan_pickle_value *value) {
    const char *name = gan__text_string(&at->name);
    if (at->steps-- == 0 || at->depth > DEPTH_MAX)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its dictionaries contain each other again and "
                         "again, or more than %d deep",
                         DEPTH_MAX);
    bool dict = value->kind == GAN_PICKLE_DICT;
    size_t each = dict ? 2 : 1;
    switch (value->kind) {
    case GAN_PICKLE_CALL:
        return read_call(at->bundle, name, value, at->model);
    case GAN_PICKLE_TEXT:
        if (!gan__growth_add(&at->model->growth, value->length))
            return gan__growth_refuse(&at->model->growth);
        return gan__bundle_add_text(at->bundle, name, strlen(name), value->text, value->length);
    case GAN_PICKLE_DICT:
    case GAN_PICKLE_LIST:
        for (size_t i = 0; i < value->count; i += each) {
            GAN_TRY(walk_item(at, dict ? value->items[i] : NULL, i, value->items[i + each - 1]));
        }
        return GAN_STATUS_OK;
    default:
        return GAN_STATUS_OK; // numbers, None
    }
}

gan_status gan__torch_model_collect(gan_bundle *bundle, const gan_pickle_value *root, size_t length,
                                    gan_torch_model *model) {
    torch_walk at = {.bundle = bundle, .model = model, .steps = length};
    if (root->kind != GAN_PICKLE_DICT && root->kind != GAN_PICKLE_LIST)
        return gan__fail(GAN_STATUS_BAD_INPUT, "it holds no dictionary of tensors; save "
                                               "model.state_dict(), or {\"name\": tensor}");
    gan_status status = walk(&at, root);
    const gan_pickle_value *metadata = gan__pickle_find(root->state, GAN_TORCH_METADATA);
    const gan_pickle_value *texts = metadata ? gan__pickle_find(metadata, GAN_TORCH_TEXTS) : NULL;
    if (status == GAN_STATUS_OK && texts) {
        gan__text_clear(&at.name);
        status = walk(&at, texts);
    }
    gan__text_destroy(&at.name);
    return status;
}

void gan__torch_model_destroy(gan_torch_model *model) {
    gan__names_destroy(&model->keys);
    for (size_t i = 0; i < model->storage_count; i++) gan__free(model->storages[i].unpacked);
    gan__free(model->storages);
    gan__free(model->tensors);
}
