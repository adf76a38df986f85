// The text of convolutions' kernels: completes the templates cl/convolution*.cl with numbers, with
// tile functions, and with what becomes of the sums.
#include "runtime/convolution_plan.h"
#include "runtime/embedded.h"
#include "runtime/kernel_template.h"

// Rows of images that share a base pointer: x86 addresses base, base + 1 and 2 strides without
// arithmetic.
#define ROWS_PER_POINTER 3

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

// Every sum is a variable of its own: compilers keep those in registers. `start` stands before what
// a sum begins with.
static void append_sums(const gan_convolution_plan *plan, uint32_t rows, const char *start,
                        gan_text *text) {
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t j = 0; j < plan->runs; j++)
            gan__text_append(text, "    float16 c%u_%u = %svload16(%u, s);\n", i, j, start,
                             i * plan->runs + j);
}

static void append_stores(const gan_convolution_plan *plan, uint32_t rows, const char *space,
                          gan_text *text) {
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t j = 0; j < plan->runs; j++)
            gan__text_append(text, "    *(%s gan_run *)(s + %u) = c%u_%u;\n", space,
                             16 * (i * plan->runs + j), i, j);
}

// A run of columns times an element of each row.
static void append_step(const gan_convolution_plan *plan, uint32_t rows, bool packed,
                        gan_text *text) {
    for (uint32_t j = 0; j < plan->runs; j++)
        gan__text_append(text, "        const float16 b%u = vload16(%u, b);\n", j, j);
    for (uint32_t i = 0; i < rows; i++) {
        gan__text_append(text, "        const float16 e%u = ", i);
        if (packed)
            gan__text_append(text, "a[%u];\n", i);
        else
            gan__text_append(text, "a%u[%u * lda];\n", i - i % ROWS_PER_POINTER,
                             i % ROWS_PER_POINTER);
        for (uint32_t j = 0; j < plan->runs; j++)
            gan__text_append(text, "        c%u_%u = fma(e%u, b%u, c%u_%u);\n", i, j, i, j, i, j);
    }
    gan__text_append(text, "        b += CONV_COLUMNS;\n");
}

// Rows packed next to each other, one depth after the other; sums in local memory.
static void append_packed_tile(const gan_convolution_plan *plan, uint32_t rows, gan_text *text) {
    gan__text_append(text,
                     "static inline void gan_tile_%u(const uint depth, global const float *a, "
                     "local const float *b, local float *s, const bool first) {\n",
                     rows);
    append_sums(plan, rows, "first ? (float16)(0.0f) : ", text);
    gan__text_append(text, "    for (uint k = 0; k < depth; k++) {\n");
    append_step(plan, rows, true, text);
    gan__text_append(text, "        a += CONV_TILE_ROWS;\n    }\n");
    append_stores(plan, rows, "local", text);
    gan__text_append(text, "}\n");
}

// Rows of images `lda` apart, for several places `step` apart; sums in global memory.
static void append_image_tile(const gan_convolution_plan *plan, uint32_t rows, gan_text *text) {
    gan__text_append(text,
                     "static inline void gan_tile_%u(const uint places, const uint images, "
                     "global const float *a0, const size_t lda, const size_t step, "
                     "local const float *b, global float *s) {\n",
                     rows);
    append_sums(plan, rows, "", text);
    for (uint32_t i = ROWS_PER_POINTER; i < rows; i += ROWS_PER_POINTER)
        gan__text_append(text, "    global const float *a%u = a0 + %u * lda;\n", i, i);
    gan__text_append(text, "    for (uint p = 0; p < places; p++) {\n"
                           "    for (uint k = 0; k < images; k++) {\n");
    append_step(plan, rows, false, text);
    for (uint32_t i = 0; i < rows; i += ROWS_PER_POINTER)
        gan__text_append(text, "        a%u++;\n", i);
    gan__text_append(text, "    }\n");
    for (uint32_t i = 0; i < rows; i += ROWS_PER_POINTER)
        gan__text_append(text, "    a%u += step - images;\n", i);
    gan__text_append(text, "    }\n");
    append_stores(plan, rows, "global", text);
    gan__text_append(text, "}\n");
}

// CONV_TILE(arguments, rows left): the whole tile's function, or that of the last, shorter one.
static void append_tiles(const gan_convolution_plan *plan, gan_text *text) {
    const bool weight = plan->member == GAN_CONVOLUTION_BY_WEIGHT;
    const char *arguments = weight ? "places, images, a, lda, step, b, s" : "depth, a, b, s, first";
    const uint32_t rows[] = {plan->tile_rows, plan->rest_rows};
    for (int i = 0; i < 2; i++)
        if (rows[i]) (weight ? append_image_tile : append_packed_tile)(plan, rows[i], text);
    gan__text_append(text, "#define CONV_TILE(%s, rows) ", arguments);
    if (plan->rest_rows)
        gan__text_append(text, "if ((rows) < %u) gan_tile_%u(%s); else ", plan->tile_rows,
                         plan->rest_rows, arguments);
    gan__text_append(text, "gan_tile_%u(%s)\n", plan->tile_rows, arguments);
}

// --- Kernels ------------------------------------------------------------------------------------

static const char plain_parameters[] =
    ", global float *conv_y, const uint conv_y0, const uint conv_y_channel, const uint conv_y_row, "
    "const uint conv_y_place";
static const char plain_store[] =
    "gan_store(acc, conv_y + conv_y0 + (size_t)m * conv_y_channel + (size_t)place_y * conv_y_row + "
    "(size_t)place_x * conv_y_place + n, lanes);";

static void append_template(gan_text *text, const char *name, const gan_gemm_epilogue *epilogue) {
    const gan_kernel_mark marks[] = {
        {"//@parameters", epilogue ? epilogue->parameters : plain_parameters},
        {"//@store", epilogue ? epilogue->body : plain_store}};
    gan__kernel_template_append(name, marks, 2, text);
}

gan_status gan__convolution_source_pack(const gan_convolution_plan *plan, gan_text *text) {
    append_axes(text);
    gan__text_append(text,
                     "#define CONV_BY_INPUT %d\n#define CONV_TILE_ROWS %u\n"
                     "#define CONV_PACK_DEPTH %u\n#define CONV_PACK_ITEMS %u\n%s",
                     plan->member == GAN_CONVOLUTION_BY_INPUT, plan->tile_rows,
                     gan__convolution_pack_depth(plan), gan__convolution_pack_items(plan),
                     gan__embedded_kernel("convolution_pack"));
    return gan__text_status(text);
}

static void append_cpu(const gan_convolution_plan *plan, gan_text *text) {
    gan__text_append(text,
                     "#define CONV_TILE_ROWS %u\n#define CONV_COLUMNS %u\n#define CONV_PANELS %u\n"
                     "#define CONV_GROUP_ROWS %u\n#define CONV_BLOCK_TAPS %u\n"
                     "#define CONV_BLOCK_DEPTH %u\n",
                     plan->tile_rows, 16 * plan->runs, plan->panels, plan->group_rows,
                     plan->block_taps, plan->block_depth);
    append_tiles(plan, text);
}

gan_status gan__convolution_source(const gan_convolution_plan *plan,
                                   const gan_gemm_epilogue *epilogue, gan_text *text) {
    if (epilogue) gan__text_append(text, "%s\n", epilogue->functions);
    if (plan->lanes > 1) gan__text_append(text, "//@use gemm_ahead\n");
    append_axes(text);
    gan__text_append(text, "#define CONV_BY_INPUT %d\n", plan->member == GAN_CONVOLUTION_BY_INPUT);
    if (plan->lanes == 1)
        gan__text_append(text, "#define GROUP_SIDE %u\n", plan->side);
    else
        append_cpu(plan, text);
    append_template(text, plan->lanes == 1 ? "convolution_group" : "convolution_cpu", epilogue);
    return gan__text_status(text);
}

static void append_weight_cpu(const gan_convolution_plan *plan, gan_text *text) {
    gan__text_append(text,
                     "#define CONV_TILE_ROWS %u\n#define CONV_COLUMNS %u\n"
                     "#define CONV_GROUP_ROWS %u\n#define CONV_BLOCK_PLACES %u\n"
                     "#define CONV_BLOCK_IMAGES %u\n",
                     plan->tile_rows, 16 * plan->runs, plan->group_rows, plan->block_taps,
                     plan->block_depth);
    append_tiles(plan, text);
    gan__text_append(text, "%s", gan__embedded_kernel("convolution_weight"));
}

gan_status gan__convolution_source_weight(const gan_convolution_plan *plan, gan_text *text) {
    if (plan->lanes > 1) gan__text_append(text, "//@use gemm_pack\n");
    append_axes(text);
    if (plan->lanes == 1) {
        gan__text_append(text, "#define GROUP_SIDE %u\n#define CONV_BLOCK_IMAGES %u\n", plan->side,
                         plan->block_depth);
        gan__kernel_template_append("convolution_weight_group", NULL, 0, text);
    } else {
        append_weight_cpu(plan, text);
    }
    return gan__text_status(text);
}

gan_status gan__convolution_source_weight_sum(gan_text *text) {
    gan__text_append(text, "%s", gan__embedded_kernel("convolution_weight_sum"));
    return gan__text_status(text);
}

gan_status gan__convolution_source_all(const gan_convolution_plan *plan, gan_text *text) {
    if (plan->member == GAN_CONVOLUTION_BY_WEIGHT) {
        GAN_TRY(gan__convolution_source_weight(plan, text));
        return gan__convolution_source_weight_sum(text);
    }
    GAN_TRY(gan__convolution_source_pack(plan, text));
    return gan__convolution_source(plan, NULL, text);
}
