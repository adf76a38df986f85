// Where the test part of a data set lies: beside the training part, by the usual names.
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/formats.h"

#include <ctype.h>
#include <string.h>

// What stands for what in a file's name.
static const struct {
    const char *training, *test;
} names[] = {
    {"train", "t10k"}, {"train", "test"}, {"training", "test"}, {"data_batch", "test_batch"}};
#define NAMES (sizeof names / sizeof *names)

// Appends the test file's name for the training file's: CIFAR-10's only test batch has no number.
static bool swap_name(const char *name, size_t row, gan_text *out) {
    const char *const found = strstr(name, names[row].training);
    if (found == NULL) return false;
    const char *rest = found + strlen(names[row].training);
    if (strcmp(names[row].test, "test_batch") == 0)
        while (*rest == '_' || isdigit((unsigned char)*rest)) rest++;
    gan__text_append(out, "%.*s%s%s", (int)(found - name), name, names[row].test, rest);
    return true;
}

// The path itself, with ".gz" behind it or without: whichever there is. False when there is none.
static bool settle_packing(gan_text *path) {
    if (gan__file_exists(gan__text_string(path))) return true;
    const size_t length = path->length;
    if (length > 3 && strcmp(path->bytes + length - 3, ".gz") == 0)
        path->bytes[path->length -= 3] = 0;
    else
        gan__text_append(path, ".gz");
    return gan__file_exists(gan__text_string(path));
}

static gan_status copy_out(const gan_text *text, char **out) {
    void *copy = NULL;
    GAN_TRY(gan__text_status(text));
    GAN_TRY(gan__alloc(text->length + 1, 1, &copy));
    memcpy(copy, text->bytes, text->length);
    *out = copy;
    return GAN_STATUS_OK;
}

static gan_status find_beside(const char *path, char **out) {
    const char *const slash = strrchr(path, '/');
    const char *const name = slash != NULL ? slash + 1 : path;
    gan_status status = GAN_STATUS_OK;
    for (size_t row = 0; row < NAMES && *out == NULL && status == GAN_STATUS_OK; row++) {
        gan_text text = {0};
        gan__text_append(&text, "%.*s", (int)(name - path), path);
        if (swap_name(name, row, &text) && settle_packing(&text)) status = copy_out(&text, out);
        gan__text_destroy(&text);
    }
    return status;
}

gan_status gan__dataset_find_test(const char *source, char **out) {
    *out = NULL;
    if (gan__dataset_is_builtin(source)) return GAN_STATUS_OK;
    if (!gan__file_is_folder(source)) return find_beside(source, out);
    char **paths;
    size_t count;
    GAN_TRY(gan__source_pick(source, &paths, &count));
    if (count == 0) return gan__source_test_pictures(source, out);
    const gan_status status = find_beside(paths[0], out);
    gan__folder_list_free(paths, count);
    return status;
}
