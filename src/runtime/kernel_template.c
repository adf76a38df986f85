// Completes kernels with marked places.
#include "runtime/kernel_template.h"

#include "runtime/embedded.h"

#include <string.h>

#define MARK "//@"

static const char *shared_part(const char *mark) {
    static const char *const names[] = {"group_sums", "group_product"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(mark + strlen(MARK), names[i], strlen(names[i])) == 0)
            return gan__embedded_kernel(names[i]);
    return NULL;
}

static const char *given_part(const char *mark, const gan_kernel_mark *marks, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strncmp(mark, marks[i].mark, strlen(marks[i].mark)) == 0) return marks[i].instead;
    return NULL;
}

void gan__kernel_template_append(const char *name, const gan_kernel_mark *marks, size_t count,
                                 gan_text *text) {
    const char *rest = gan__embedded_kernel(name);
    for (const char *at = rest; (at = strstr(at, MARK)) != NULL;) {
        const char *part = shared_part(at);
        const char *end = at + strcspn(at, "\n");
        if (!part) part = given_part(at, marks, count);
        if (part) {
            gan__text_append_bytes(text, rest, (size_t)(at - rest));
            gan__text_append(text, "\n%s\n", part);
            rest = end;
        }
        at = end;
    }
    gan__text_append(text, "%s", rest);
}
