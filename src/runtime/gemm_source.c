// The text of the tile engine's kernels: fills the templates of cl/ with what becomes of the sums.
// The kernel for CPUs is written by runtime/gemm_source_cpu.c.
#include "runtime/gemm_tile.h"
#include "runtime/kernel_template.h"

const char *gan__gemm_sink_parameters(const gan_gemm_epilogue *epilogue) {
    return epilogue ? epilogue->parameters
                    : ", global float *gemm_c, const uint gemm_c0, const uint gemm_ldc, "
                      "const uint gemm_sc";
}

const char *gan__gemm_sink_body(const gan_gemm_epilogue *epilogue) {
    return epilogue ? epilogue->body
                    : "gan_store(acc, gemm_c + gemm_c0 + (size_t)plane * gemm_sc + "
                      "(size_t)m * gemm_ldc + n, lanes);";
}

static void append_template(gan_text *text, const char *name, const gan_gemm_epilogue *epilogue) {
    const gan_kernel_mark marks[] = {{"//@parameters", gan__gemm_sink_parameters(epilogue)},
                                     {"//@store", gan__gemm_sink_body(epilogue)}};
    gan__kernel_template_append(name, marks, 2, text);
}

gan_status gan__gemm_source(const gan_gemm_plan *plan, const gan_gemm_epilogue *epilogue,
                            gan_text *text) {
    const gan_gemm_epilogue *sink = plan->splits > 1 ? NULL : epilogue;
    if (sink) gan__text_append(text, "%s\n", sink->functions);
    if (plan->lanes == 1) {
        gan__text_append(text,
                         "#define GROUP_SIDE %u\n#define GEMM_TRANSPOSE_A %d\n"
                         "#define GEMM_TRANSPOSE_B %d\n",
                         (unsigned)plan->side, plan->transpose_a, plan->transpose_b);
        append_template(text, "gemm_group", sink);
    } else if (plan->dots) {
        append_template(text, "gemm_dots", sink);
    } else {
        gan__gemm_source_cpu(plan, sink, text);
    }
    return gan__text_status(text);
}

gan_status gan__gemm_source_sum(const gan_gemm_epilogue *epilogue, gan_text *text) {
    if (epilogue) gan__text_append(text, "%s\n", epilogue->functions);
    append_template(text, "gemm_sum", epilogue);
    return gan__text_status(text);
}
