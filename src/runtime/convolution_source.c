// The text of convolutions' kernels: completes the templates cl/convolution*.cl with numbers, with
// tile functions, and with what becomes of the sums.
#include "runtime/convolution_plan.h"
#include "runtime/embedded.h"

#include <string.h>

// The arguments that describe an axis (gan_axis in cl/convolution.cl).
#define AXIS_PARAMETERS(a)                                                                         \
    "const uint conv_" a "_kernel, const uint conv_" a "_stride, const uint conv_" a               \
    "_dilation, const uint conv_" a "_before, const uint conv_" a "_from, const uint conv_" a      \
    "_to"

static void append_axes(gan_text *text) {
    gan__text_append(text, "//@use convolution\n"
                           "#define CONV_AXES " AXIS_PARAMETERS("y") ", " AXIS_PARAMETERS(
                               "x") "\n"
                                    "#define CONV_AXIS(a) {conv_##a##_kernel, conv_##a##_stride, "
                                    "conv_##a##_dilation, conv_##a##_before, conv_##a##_from, "
                                    "conv_##a##_to}\n");
}

// --- Tile functions -----------------------------------------------------------------------------

// Every sum is a variable of its own: compilers keep those in registers.
static void append_tile(const gan_convolution_plan *plan, uint32_t rows, gan_text *text) {
    const uint32_t columns = 16 * plan->runs;
    gan__text_append(text,
                     "static inline void gan_tile_%u(const uint depth, global const float *a, "
                     "local const float *b, local float *s, const bool first) {\n",
                     rows);
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t j = 0; j < plan->runs; j++)
            gan__text_append(
                text, "    float16 c%u_%u = first ? (float16)(0.0f) : vload16(%u, s + %u);\n", i, j,
                j, i * columns);
    gan__text_append(text, "    for (uint k = 0; k < depth; k++) {\n");
    for (uint32_t j = 0; j < plan->runs; j++)
        gan__text_append(text, "        const float16 b%u = vload16(%u, b);\n", j, j);
    for (uint32_t i = 0; i < rows; i++) {
        gan__text_append(text, "        const float16 e%u = a[%u];\n", i, i);
        for (uint32_t j = 0; j < plan->runs; j++)
            gan__text_append(text, "        c%u_%u = fma(e%u, b%u, c%u_%u);\n", i, j, i, j, i, j);
    }
    gan__text_append(text, "        a += %u;\n        b += %u;\n    }\n", plan->tile_rows, columns);
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t j = 0; j < plan->runs; j++)
            gan__text_append(text, "    *(local gan_run *)(s + %u) = c%u_%u;\n",
                             i * columns + 16 * j, i, j);
    gan__text_append(text, "}\n");
}

static void append_tiles(const gan_convolution_plan *plan, gan_text *text) {
    append_tile(plan, plan->tile_rows, text);
    if (plan->rest_rows) append_tile(plan, plan->rest_rows, text);
    gan__text_append(text, "#define CONV_TILE(depth, a, b, s, first, rows) ");
    if (plan->rest_rows)
        gan__text_append(text, "if ((rows) < %u) gan_tile_%u(depth, a, b, s, first); else ",
                         plan->tile_rows, plan->rest_rows);
    gan__text_append(text, "gan_tile_%u(depth, a, b, s, first)\n", plan->tile_rows);
}

// --- Kernels ------------------------------------------------------------------------------------

// Appends `from` up to `mark` and the text in the mark's place; returns what follows the mark.
static const char *append_until(gan_text *text, const char *from, const char *mark,
                                const char *instead) {
    const char *at = strstr(from, mark);
    gan__text_append_bytes(text, from, (size_t)(at - from));
    gan__text_append(text, "\n%s\n", instead);
    return at + strlen(mark);
}

static const char plain_parameters[] =
    ", global float *conv_y, const uint conv_y0, const uint conv_y_channel, const uint conv_y_row, "
    "const uint conv_y_place";
static const char plain_store[] =
    "gan_store(acc, conv_y + conv_y0 + (size_t)m * conv_y_channel + (size_t)place_y * conv_y_row + "
    "(size_t)place_x * conv_y_place + n, lanes);";

static void append_template(gan_text *text, const char *name, const gan_gemm_epilogue *epilogue) {
    const char *rest = gan__embedded_kernel(name);
    rest = append_until(text, rest, "//@parameters",
                        epilogue ? epilogue->parameters : plain_parameters);
    rest = append_until(text, rest, "//@store", epilogue ? epilogue->body : plain_store);
    gan__text_append(text, "%s", rest);
}

gan_status gan__convolution_source_pack(const gan_convolution_plan *plan, gan_text *text) {
    append_axes(text);
    gan__text_append(text,
                     "#define CONV_BY_INPUT %d\n#define CONV_TILE_ROWS %u\n"
                     "#define CONV_PACK_DEPTH %u\n%s",
                     plan->member == GAN_CONVOLUTION_BY_INPUT, plan->tile_rows,
                     GAN_CONVOLUTION_PACK_DEPTH, gan__embedded_kernel("convolution_pack"));
    return gan__text_status(text);
}

gan_status gan__convolution_source(const gan_convolution_plan *plan,
                                   const gan_gemm_epilogue *epilogue, gan_text *text) {
    if (epilogue) gan__text_append(text, "%s\n", epilogue->functions);
    append_axes(text);
    gan__text_append(
        text,
        "#define CONV_BY_INPUT %d\n#define CONV_TILE_ROWS %u\n#define CONV_COLUMNS %u\n"
        "#define CONV_PANELS %u\n#define CONV_GROUP_ROWS %u\n"
        "#define CONV_BLOCK_TAPS %u\n#define CONV_BLOCK_DEPTH %u\n",
        plan->member == GAN_CONVOLUTION_BY_INPUT, plan->tile_rows, 16 * plan->runs, plan->panels,
        plan->group_rows, plan->block_taps, plan->block_depth);
    append_tiles(plan, text);
    append_template(text, "convolution_cpu", epilogue);
    return gan__text_status(text);
}

gan_status gan__convolution_source_all(const gan_convolution_plan *plan, gan_text *text) {
    GAN_TRY(gan__convolution_source_pack(plan, text));
    return gan__convolution_source(plan, NULL, text);
}
