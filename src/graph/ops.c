// The table of operations, made into arrays. What the columns mean stands in ops.h.
#include "graph/ops.h"

#include <math.h>
#include <string.h>

#define OP_NOTHING(...)
#define OP_HOST(NAME, name, operands, CLASS, source, expression)                                   \
    static double host_##NAME(double a, double b, double c) {                                      \
        (void)a, (void)b, (void)c;                                                                 \
        return expression;                                                                         \
    }
GAN_OP_TABLE(OP_NOTHING, OP_HOST)

#define OP_ROW(NAME, name, operands, CLASS) {name, operands, GAN_OP_CLASS_##CLASS, NULL, NULL},
#define OP_MAP_ROW(NAME, name, operands, CLASS, source, expression)                                \
    {name, operands, GAN_OP_CLASS_##CLASS, source, host_##NAME},
static const gan_op_info table[GAN_OP_COUNT] = {GAN_OP_TABLE(OP_ROW, OP_MAP_ROW)};

const gan_op_info *gan__op_info(gan_op op) {
    return &table[op];
}

bool gan__op_is_elementwise(gan_op op) {
    return table[op].source != NULL;
}

void gan__op_append_source(gan_op op, const char *const *operands, gan_text *out) {
    const char *rest = table[op].source;
    for (;;) {
        const size_t plain = strcspn(rest, "$");
        gan__text_append_bytes(out, rest, plain);
        rest += plain;
        if (*rest == '\0') return;
        gan__text_append(out, "%s", operands[rest[1] - 'a']);
        rest += 2;
    }
}
