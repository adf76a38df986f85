// Implements gan/class_names.h.
#include "gan/class_names.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct gan_class_names {
    json_t *list; // of texts
};

static gan_status write_list(const gan_dataset *dataset, gan_checkpoint_writer *writer,
                             json_t *list) {
    const uint32_t classes = gan__dataset_info(dataset)->classes;
    for (uint32_t i = 0; i < classes; i++) {
        const char *const name = gan__dataset_class_name(dataset, i);
        if (json_array_append_new(list, json_string(name != NULL ? name : "")) != 0)
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "the name of class %u is not UTF-8, so it cannot be kept in a "
                             "checkpoint; rename it",
                             i);
    }
    char *const text = json_dumps(list, JSON_COMPACT);
    if (text == NULL)
        return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for the classes' names");
    const gan_status status = gan_checkpoint_writer_text(writer, "classes", text);
    free(text);
    return status;
}

gan_status gan__class_names_write(const gan_dataset *dataset, gan_checkpoint_writer *writer) {
    if (gan__dataset_class_name(dataset, 0) == NULL) return GAN_STATUS_OK;
    json_t *const list = json_array();
    const gan_status status = write_list(dataset, writer, list);
    json_decref(list);
    return status;
}

static bool is_list_of_texts(const json_t *list) {
    if (!json_is_array(list)) return false;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i))) return false;
    return true;
}

gan_status gan__class_names_read(const gan_checkpoint *checkpoint, gan_class_names **out) {
    const char *const text = gan_checkpoint_text(checkpoint, "classes");
    void *memory = NULL;
    *out = NULL;
    if (text == NULL) return GAN_STATUS_OK;
    json_t *const list = gan__json_read(text, strlen(text), GAN_JSON_LIST);
    gan_status status = is_list_of_texts(list)
                            ? gan__alloc(1, sizeof **out, &memory)
                            : gan__fail(GAN_STATUS_CORRUPT, "the checkpoint's text \"classes\" is "
                                                            "no list of names");
    if (status != GAN_STATUS_OK) {
        json_decref(list);
        return status;
    }
    *out = memory;
    (*out)->list = list;
    return GAN_STATUS_OK;
}

void gan__class_names_destroy(gan_class_names *names) {
    if (names == NULL) return;
    json_decref(names->list);
    gan__free(names);
}

const char *gan__class_names_get(const gan_class_names *names, uint32_t index) {
    if (names == NULL) return NULL;
    const char *const name = json_string_value(json_array_get(names->list, index));
    return name == NULL || name[0] == '\0' ? NULL : name;
}

static gan_status fail_unknown(const gan_class_names *names, uint32_t classes, const char *text) {
    enum { NAMES_MAX = 1024 };
    const char *known[NAMES_MAX] = {NULL};
    size_t count = 0;
    for (uint32_t i = 0; i < classes && count < NAMES_MAX; i++)
        if (gan__class_names_get(names, i) != NULL) known[count++] = gan__class_names_get(names, i);
    const char *const near = gan__text_nearest(text, known, count);
    const char *const first = count > 0 ? known[0] : NULL;
    const char *const hint = near != NULL ? near : first;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "there is no class \"%s\": give a number from 0 to %u%s%s%s", text,
                     classes - 1, hint != NULL ? ", or a name such as \"" : "",
                     hint != NULL ? hint : "", hint != NULL ? "\"" : "");
}

gan_status gan__class_names_find(const gan_class_names *names, uint32_t classes, const char *text,
                                 uint32_t *out) {
    int64_t number;
    for (uint32_t i = 0; i < classes; i++) {
        const char *const name = gan__class_names_get(names, i);
        if (name == NULL || strcmp(name, text) != 0) continue;
        *out = i;
        return GAN_STATUS_OK;
    }
    if (!gan__number_parse_whole(text, &number) || number < 0 || number >= (int64_t)classes)
        return fail_unknown(names, classes, text);
    *out = (uint32_t)number;
    return GAN_STATUS_OK;
}
