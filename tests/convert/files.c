// The folder of the conversion tests, and conversion in one call.
#include "files.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[256];

const char *files_folder(void) {
    return folder;
}

int files_setup(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/clgan-convert-XXXXXX", base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

size_t files_remove(void) {
    char **names;
    size_t count;
    assert_ok(gan__folder_list(folder, &names, &count));
    for (size_t i = 0; i < count; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
        gan__free(names[i]);
    }
    gan__free(names);
    return count;
}

int files_teardown(void **state) {
    (void)state;
    files_remove();
    return rmdir(folder);
}

const char *files_path(const char *name) {
    static char paths[4][512];
    static int next;
    char *path = paths[next = (next + 1) % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

gan_status files_convert(const char *in, const char *out, const gan_convert_options *options) {
    gan_conversion *conversion;
    gan_convert_format format;
    gan_status status = gan_conversion_open(in, options, &conversion);
    if (status != GAN_STATUS_OK) return status;
    assert_ok(gan_convert_format_find(out, &format));
    status = gan_conversion_write(conversion, (gan_target){.path = out}, format, 6);
    gan_conversion_close(conversion);
    return status;
}

void files_assert_same(const char *first, const char *second) {
    gan_checkpoint *a, *b;
    gan_difference *differences;
    size_t count;
    const char *name;
    assert_ok(gan_checkpoint_open(first, &a));
    assert_ok(gan_checkpoint_open(second, &b));
    assert_ok(gan_checkpoint_diff(a, b, &differences, &count));
    if (count > 0) fail_msg("%s and %s differ in %s", first, second, differences->name);
    for (size_t i = 0; (name = gan_checkpoint_text_name(a, i)); i++) {
        assert_non_null(gan_checkpoint_text(b, name));
        assert_string_equal(gan_checkpoint_text(a, name), gan_checkpoint_text(b, name));
    }
    gan_difference_free(differences);
    gan_checkpoint_close(a);
    gan_checkpoint_close(b);
}
