// Completes sources: what stands before a kernel's own text when it is compiled.
#include "runtime/device_state.h"
#include "runtime/embedded.h"
#include "runtime/program.h"

#include <string.h>

#define MOST_USES  8
#define USE_MARK   "//@use "
#define NAME_BYTES 32

typedef struct uses {
    char names[MOST_USES][NAME_BYTES];
    size_t count;
} uses;

static bool already_used(uses *used, const char *name) {
    for (size_t i = 0; i < used->count; i++)
        if (strcmp(used->names[i], name) == 0) return true;
    return false;
}

// The next line of `text` that starts with the mark, its rest in `name`; NULL when there is none.
static const char *next_use(const char *text, char name[NAME_BYTES]) {
    for (const char *at = strstr(text, USE_MARK); at; at = strstr(at + 1, USE_MARK)) {
        if (at != text && at[-1] != '\n') continue;
        const char *word = at + strlen(USE_MARK);
        size_t length = strcspn(word, " \t\r\n");
        if (length >= NAME_BYTES) length = NAME_BYTES - 1;
        memcpy(name, word, length);
        name[length] = 0;
        return word + length;
    }
    return NULL;
}

static gan_status append_used(gan_text *text, const char *source, uses *used) {
    char name[NAME_BYTES];
    for (const char *at = source; (at = next_use(at, name)) != NULL;) {
        if (already_used(used, name)) continue;
        const char *part = gan__embedded_kernel(name);
        if (!part || used->count == MOST_USES)
            return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                             "a kernel asks for cl/%s.cl, which this clgan does not have", name);
        memcpy(used->names[used->count++], name, sizeof name);
        GAN_TRY(append_used(text, part, used));
        gan__text_append(text, "%s", part);
    }
    return GAN_STATUS_OK;
}

gan_status gan__program_complete(const gan_device *device, const char *source, bool declares,
                                 gan_text *text) {
    uses used = {0};
    gan__text_append(text, "#define GAN_LANES %u\n", (unsigned)device->traits.lanes);
    if (declares) gan__text_append(text, "%s", gan__embedded_kernel("declarations"));
    gan__text_append(text, "%s", gan__embedded_kernel("prelude"));
    GAN_TRY(append_used(text, source, &used));
    gan__text_append(text, "%s", source);
    return gan__text_status(text);
}
