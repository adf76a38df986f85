// Compares engines with a plain product. runtime/gemm_verdict.c remembers what came out.
//
// Letters: M rows and N columns of C, K summed over.
#include "runtime/gemm_check.h"

#include "base/memory.h"
#include "runtime/clblast_parameters.h"
#include "runtime/device_state.h"
#include "runtime/gemm_clblast.h"
#include "runtime/gemm_verdict.h"
#include "runtime/whole.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define SENTINEL      -12345.0f // what C holds where nothing may be stored
#define GAP           3         // unused elements at the end of each row
#define MOST_PRODUCTS 4e6       // multiplications the host spends on one check

// --- The problem --------------------------------------------------------------------------------

typedef struct matrix {
    uint32_t rows, columns, pitch;
    size_t count; // of elements, all batches and a run behind them
    float *host;
    gan_buffer *buffer;
} matrix;

typedef struct problem {
    gan_gemm_desc desc;
    matrix a, b, c, scratch;
} problem;

static void destroy_problem(problem *p) {
    matrix *const all[] = {&p->a, &p->b, &p->c, &p->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        gan__free(all[i]->host);
        gan__buffer_destroy(all[i]->buffer);
    }
}

static gan_status create_matrix(gan_device *device, uint32_t rows, uint32_t columns,
                                uint32_t batches, matrix *out) {
    void *host = NULL;
    *out = (matrix){.rows = rows, .columns = columns, .pitch = columns + GAP};
    out->count = (size_t)batches * rows * out->pitch + 16;
    GAN_TRY(gan__alloc(out->count, sizeof(float), &host));
    out->host = host;
    return gan__buffer_create(device, out->count * sizeof(float), "check of a matrix product",
                              &out->buffer);
}

// Numbers in [-1, 1) that repeat late, and NaN in the gaps, which must reach no result.
static void fill(matrix *x, uint32_t seed) {
    uint32_t state = seed;
    for (size_t i = 0; i < x->count; i++) {
        state = state * UINT32_C(1664525) + UINT32_C(1013904223);
        x->host[i] = i % x->pitch < x->columns ? (float)(int32_t)state * 0x1p-31f : NAN;
    }
}

static gan_gemm_operand operand_of(const matrix *x) {
    return (gan_gemm_operand){
        .buffer = x->buffer, .pitch = x->pitch, .stride = (uint64_t)x->rows * x->pitch};
}

static gan_status write_matrix(const matrix *x) {
    return gan__buffer_write(x->buffer, 0, x->count * sizeof(float), x->host);
}

static gan_status create_problem(gan_device *device, const gan_gemm_desc *sizes, problem *out) {
    gan_gemm_desc *d = &out->desc;
    *d = *sizes;
    d->label = "check of a matrix product";
    d->epilogue = NULL;
    bool ta = d->transpose_a, tb = d->transpose_b;
    GAN_TRY(create_matrix(device, ta ? d->k : d->m, ta ? d->m : d->k, d->batches, &out->a));
    GAN_TRY(create_matrix(device, tb ? d->n : d->k, tb ? d->k : d->n, d->batches, &out->b));
    GAN_TRY(create_matrix(device, d->m, d->n, d->batches, &out->c));
    fill(&out->a, 1);
    fill(&out->b, 2);
    for (size_t i = 0; i < out->c.count; i++) out->c.host[i] = SENTINEL;
    GAN_TRY(write_matrix(&out->a));
    GAN_TRY(write_matrix(&out->b));
    GAN_TRY(write_matrix(&out->c));
    d->a = operand_of(&out->a);
    d->b = operand_of(&out->b);
    d->c = operand_of(&out->c);
    return GAN_STATUS_OK;
}

// --- The comparison -----------------------------------------------------------------------------

static double element(const matrix *x, uint32_t batch, bool transposed, uint32_t i, uint32_t j) {
    size_t row = transposed ? j : i, column = transposed ? i : j;
    return x->host[((size_t)batch * x->rows + row) * x->pitch + column];
}

// A sum of K products in any order, each rounded, is off by less than K eps of the sum of their
// magnitudes (Higham: Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
static bool is_right(const problem *p, uint32_t batch, uint32_t m, uint32_t n) {
    const gan_gemm_desc *d = &p->desc;
    double sum = 0, magnitude = 0;
    for (uint32_t k = 0; k < d->k; k++) {
        double product = element(&p->a, batch, d->transpose_a, m, k) *
                         element(&p->b, batch, d->transpose_b, k, n);
        sum += product;
        magnitude += fabs(product);
    }
    double bound = (d->k + 1.0) * (double)FLT_EPSILON * magnitude;
    return fabs(element(&p->c, batch, false, m, n) - sum) <= bound; // false for NaN too
}

// Every element where that is cheap, else some all over C.
static bool all_right(const problem *p) {
    const gan_gemm_desc *d = &p->desc;
    uint64_t count = (uint64_t)d->batches * d->m * d->n;
    uint64_t step = (uint64_t)((double)count * d->k / MOST_PRODUCTS) | 1;
    for (uint64_t e = 0; e < count; e += step)
        if (!is_right(p, (uint32_t)(e / d->n / d->m), (uint32_t)(e / d->n % d->m),
                      (uint32_t)(e % d->n)))
            return false;
    for (size_t i = 0; i < p->c.count; i++) {
        bool stored = i % p->c.pitch < d->n && i / p->c.pitch < (size_t)d->batches * d->m;
        if (!stored && p->c.host[i] != SENTINEL) return false;
    }
    return is_right(p, d->batches - 1, d->m - 1, d->n - 1);
}

static gan_status create_launch(gan_device *device, problem *p, const gan_gemm_plan *plan,
                                gan_launch **out) {
    if (!plan) return gan__gemm_clblast_create(device, &p->desc, out);
    gan_gemm_operand scratch = {0};
    uint64_t floats = gan__gemm_plan_scratch(plan, &p->desc);
    if (floats)
        GAN_TRY(gan__buffer_create(device, floats * sizeof(float), "check of a matrix product",
                                   &p->scratch.buffer));
    scratch.buffer = p->scratch.buffer;
    return gan__gemm_tile_create(device, &p->desc, plan, &scratch, out);
}

static gan_status run(gan_device *device, problem *p, const gan_gemm_plan *plan) {
    gan_launch *launch = NULL;
    GAN_TRY(create_launch(device, p, plan, &launch));
    gan_status status = gan__launch_enqueue(launch);
    if (status == GAN_STATUS_OK)
        status = gan__buffer_read(p->c.buffer, 0, p->c.count * sizeof(float), p->c.host);
    gan__launch_destroy(launch);
    return status;
}

// What to compare: a product of these sizes by TILE's plan, or, NULL, by CLBlast.
typedef struct candidate {
    gan_gemm_desc sizes;
    const gan_gemm_plan *plan;
} candidate;

// An engine that cannot be built or run is not right; only a lack of memory is a failure of the
// check.
static gan_status compare(gan_device *device, const void *user, bool *right, bool *ran) {
    const candidate *c = user;
    const uint64_t reserved = gan__gemm_clblast_reserved(device);
    problem p = {0};
    gan_status status = create_problem(device, &c->sizes, &p);
    if (status == GAN_STATUS_OK) {
        status = run(device, &p, c->plan);
        *ran = status == GAN_STATUS_OK;
        *right = *ran && all_right(&p);
        if (status == GAN_STATUS_BUILD_FAILED || status == GAN_STATUS_DEVICE_FAILED)
            status = GAN_STATUS_OK;
    }
    destroy_problem(&p);
    const gan_status shrunk = gan__gemm_clblast_shrink(device, reserved);
    return status == GAN_STATUS_OK ? shrunk : status;
}

static gan_status judge(gan_device *device, const gan_text *variant, const candidate *c,
                        bool *right) {
    gan_gemm_state *state = NULL;
    const gan_gemm_trial trial = {
        .variant = gan__text_string(variant), .compare = compare, .user = c};
    *right = false;
    GAN_TRY(gan__text_status(variant));
    GAN_TRY(gan__gemm_state_get(device, &state));
    if (state->spoil[c->plan ? GAN_GEMM_ENGINE_TILE : GAN_GEMM_ENGINE_CLBLAST])
        return GAN_STATUS_OK;
    return gan__gemm_verdict(device, &trial, right);
}

// --- What is checked ----------------------------------------------------------------------------

// Sizes that meet every branch of the plan's kernel, and the plan to launch it so: two blocks each
// way with both kinds of edge, several packed blocks or splits of K, two batches.
static void small_problem(const gan_gemm_plan *plan, gan_gemm_desc *sizes, gan_gemm_plan *small) {
    *small = *plan;
    *sizes = (gan_gemm_desc){
        .batches = 2, .transpose_a = plan->transpose_a, .transpose_b = plan->transpose_b};
    sizes->k = plan->blocked ? 2 * plan->depth + 5 : plan->dots || plan->edge ? 37 : 15;
    if (plan->edge_depth) sizes->k = gan__least(sizes->k, plan->edge_depth);
    small->split_depth = sizes->k;
    if (plan->splits > 1) {
        small->split_depth = plan->blocked ? 2 * plan->depth : 16;
        if (plan->edge_depth) small->split_depth = gan__least(small->split_depth, plan->edge_depth);
        sizes->k = 2 * small->split_depth + (plan->blocked ? 5 : 3);
        small->splits = 3;
    }
    if (plan->lanes == 1) {
        sizes->m = plan->block_rows + 5;
        sizes->n = plan->block_columns + 3;
        return;
    }
    if (!plan->pack_a && small->block_rows > 2 * plan->rows) small->block_rows = 2 * plan->rows;
    sizes->m = (small->block_rows / plan->rows + 1) * plan->rows + plan->rest_rows;
    uint32_t block_runs = small->block_columns / 16 / plan->runs * plan->runs;
    sizes->n = (block_runs + plan->runs + plan->rest_runs) * 16;
    sizes->n = plan->edge ? sizes->n + plan->edge : sizes->n - 5;
}

gan_status gan__gemm_check_tile(gan_device *device, const gan_gemm_desc *desc,
                                const gan_gemm_plan *plan, bool *right) {
    gan_gemm_plan small;
    candidate c = {.plan = &small};
    gan_text text = {0};
    (void)desc;
    gan_status status = gan__gemm_source(plan, NULL, &text);
    if (status == GAN_STATUS_OK && plan->splits > 1) status = gan__gemm_source_sum(NULL, &text);
    small_problem(plan, &c.sizes, &small);
    if (status == GAN_STATUS_OK) status = judge(device, &text, &c, right);
    gan__text_destroy(&text);
    return status;
}

// CLBlast has a direct kernel for small products and a packing path for large ones, and decides by
// sizes; its mistakes came with large ones. So the large path is checked at the sizes first asked.
gan_status gan__gemm_check_clblast(gan_device *device, const gan_gemm_desc *desc, bool *right) {
    uint64_t floats = 0;
    size_t set = 0;
    gan_gemm_desc sizes = {.m = desc->m,
                           .n = desc->n,
                           .k = desc->k,
                           .batches = desc->batches > 1 ? 2 : 1,
                           .transpose_a = desc->transpose_a,
                           .transpose_b = desc->transpose_b};
    gan_gemm_desc dense = sizes;
    dense.a.pitch = sizes.transpose_a ? sizes.m : sizes.k;
    dense.b.pitch = sizes.transpose_b ? sizes.k : sizes.n;
    dense.c.pitch = sizes.n;
    gan_status status = gan__gemm_clblast_memory(device, &dense, &floats);
    *right = false;
    if (status == GAN_STATUS_OK) status = gan__gemm_clblast_set(device, &set);
    if (status == GAN_STATUS_DEVICE_FAILED) return GAN_STATUS_OK;
    GAN_TRY(status);
    if (floats == 0 && desc->batches == 1) sizes.m = 45, sizes.n = 77, sizes.k = 37;
    gan_text text = {0};
    gan__text_append(&text, "clblast %d%d batches %u memory %d", sizes.transpose_a,
                     sizes.transpose_b, (unsigned)sizes.batches, floats > 0);
    if (set > 0) gan__text_append(&text, " parameters %s", gan__clblast_set_name(set));
    status = judge(device, &text, &(candidate){.sizes = sizes}, right);
    gan__text_destroy(&text);
    return status;
}

gan_status gan__gemm_check_spoil(gan_device *device, gan_gemm_engine engine) {
    gan_gemm_state *state = NULL;
    GAN_TRY(gan__gemm_state_get(device, &state));
    state->spoil[engine] = true;
    return GAN_STATUS_OK;
}

gan_status gan__gemm_check_anew(gan_device *device, bool on) {
    gan_gemm_state *state = NULL;
    GAN_TRY(gan__gemm_state_get(device, &state));
    state->anew = on;
    return GAN_STATUS_OK;
}
