// Compares convolutions' kernels with the sum they stand for.
#include "base/memory.h"
#include "runtime/convolution_plan.h"
#include "runtime/gemm_verdict.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define SENTINEL      -12345.0f // what the result holds where nothing may be stored
#define GAP           3         // unused elements behind the images of a place
#define MOST_PRODUCTS 4e6       // multiplications the host spends on one check

static const char what[] = "check of a convolution";

// --- The problem --------------------------------------------------------------------------------

typedef struct tensor {
    uint32_t size[4];
    gan_convolution_operand at;
    size_t count; // of elements with gaps
    float *host;
} tensor;

typedef struct problem {
    gan_convolution_desc desc;
    tensor x, w, y;
    gan_gemm_operand scratch;
} problem;

static tensor *result_of(problem *p) {
    tensor *const all[] = {&p->y, &p->x, &p->w};
    return all[p->desc.member];
}

static void destroy_problem(problem *p) {
    tensor *const all[] = {&p->x, &p->w, &p->y};
    for (size_t i = 0; i < 3; i++) {
        gan__free(all[i]->host);
        gan__buffer_destroy(all[i]->at.buffer);
    }
    gan__buffer_destroy(p->scratch.buffer);
}

static bool in_gap(const tensor *t, size_t element) {
    return element % t->at.stride[2] >= t->size[3];
}

// Numbers in [-1, 1) that repeat late, and NaN in the gaps, which must reach no result.
static void fill(tensor *t, bool is_result) {
    uint32_t state = (uint32_t)t->count;
    for (size_t i = 0; i < t->count; i++) {
        state = state * UINT32_C(1664525) + UINT32_C(1013904223);
        t->host[i] = is_result ? SENTINEL : in_gap(t, i) ? NAN : (float)(int32_t)state * 0x1p-31f;
    }
}

static gan_status create_tensor(gan_device *device, problem *p, tensor *t, uint32_t a, uint32_t b,
                                uint32_t c, uint32_t d) {
    void *host = NULL;
    *t = (tensor){.size = {a, b, c, d}};
    t->at.stride[3] = 1;
    t->at.stride[2] = d + GAP;
    t->at.stride[1] = c * t->at.stride[2];
    t->at.stride[0] = b * t->at.stride[1];
    t->count = (size_t)a * t->at.stride[0];
    GAN_TRY(gan__alloc(t->count, sizeof(float), &host));
    t->host = host;
    fill(t, t == result_of(p));
    GAN_TRY(gan__buffer_create(device, t->count * sizeof(float), what, &t->at.buffer));
    return gan__buffer_write(t->at.buffer, 0, t->count * sizeof(float), t->host);
}

static gan_status create_problem(gan_device *device, const gan_convolution_plan *plan, problem *p) {
    gan_convolution_desc *d = &p->desc;
    GAN_TRY(create_tensor(device, p, &p->x, d->groups * d->channels, d->input[0], d->input[1],
                          d->images));
    GAN_TRY(create_tensor(device, p, &p->w, d->groups * d->filters, d->channels, d->kernel[0],
                          d->kernel[1]));
    GAN_TRY(create_tensor(device, p, &p->y, d->groups * d->filters, d->output[0], d->output[1],
                          d->images));
    d->x = p->x.at;
    d->w = p->w.at;
    d->y = p->y.at;
    uint64_t floats = gan__convolution_plan_scratch(plan, d);
    if (!floats) return GAN_STATUS_OK;
    return gan__buffer_create(device, floats * sizeof(float), what, &p->scratch.buffer);
}

// --- The comparison -----------------------------------------------------------------------------

static double element(const tensor *t, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    return (double)t->host[(size_t)a * t->at.stride[0] + (size_t)b * t->at.stride[1] +
                           (size_t)c * t->at.stride[2] + d];
}

typedef struct total {
    double sum, magnitude, count;
} total;

// Adds the terms of one channel, filter, tap and output place, for images [from, to).
static void add_terms(const problem *p, uint32_t group, uint32_t c, uint32_t o,
                      const uint32_t tap[2], const uint32_t place[2], uint32_t from, uint32_t to,
                      total *t) {
    const gan_convolution_desc *d = &p->desc;
    uint32_t at[2];
    for (int i = 0; i < 2; i++) {
        at[i] = place[i] * d->stride[i] + tap[i] * d->dilation[i] - d->before[i];
        if (at[i] >= d->input[i]) return; // before the first place, too
    }
    const uint32_t channel = group * d->channels + c, filter = group * d->filters + o;
    for (uint32_t b = from; b < to; b++) {
        double x = element(&p->x, channel, at[0], at[1], b);
        double w = element(&p->w, filter, c, tap[0], tap[1]);
        double y = element(&p->y, filter, place[0], place[1], b);
        double product = d->member == GAN_CONVOLUTION_FORWARD    ? x * w
                         : d->member == GAN_CONVOLUTION_BY_INPUT ? y * w
                                                                 : x * y;
        t->sum += product;
        t->magnitude += fabs(product);
        t->count++;
    }
}

static void add_forward(const problem *p, const uint32_t e[4], total *t) {
    const gan_convolution_desc *d = &p->desc;
    for (uint32_t c = 0; c < d->channels; c++)
        for (uint32_t ky = 0; ky < d->kernel[0]; ky++)
            for (uint32_t kx = 0; kx < d->kernel[1]; kx++)
                add_terms(p, e[0] / d->filters, c, e[0] % d->filters, (uint32_t[]){ky, kx},
                          (uint32_t[]){e[1], e[2]}, e[3], e[3] + 1, t);
}

// The output place that meets input place `at` at a tap along an axis; false where there is none.
static bool place_of(const gan_convolution_desc *d, int axis, uint32_t at, uint32_t tap,
                     uint32_t *place) {
    uint32_t moved = at + d->before[axis], reach = tap * d->dilation[axis];
    *place = (moved - reach) / d->stride[axis];
    return moved >= reach && (moved - reach) % d->stride[axis] == 0 && *place < d->output[axis];
}

static void add_by_input(const problem *p, const uint32_t e[4], total *t) {
    const gan_convolution_desc *d = &p->desc;
    for (uint32_t o = 0; o < d->filters; o++)
        for (uint32_t ky = 0; ky < d->kernel[0]; ky++)
            for (uint32_t kx = 0; kx < d->kernel[1]; kx++) {
                uint32_t place[2];
                if (place_of(d, 0, e[1], ky, &place[0]) && place_of(d, 1, e[2], kx, &place[1]))
                    add_terms(p, e[0] / d->channels, e[0] % d->channels, o, (uint32_t[]){ky, kx},
                              place, e[3], e[3] + 1, t);
            }
}

static void add_by_weight(const problem *p, const uint32_t e[4], total *t) {
    const gan_convolution_desc *d = &p->desc;
    for (uint32_t oy = 0; oy < d->output[0]; oy++)
        for (uint32_t ox = 0; ox < d->output[1]; ox++)
            add_terms(p, e[0] / d->filters, e[1], e[0] % d->filters, (uint32_t[]){e[2], e[3]},
                      (uint32_t[]){oy, ox}, 0, d->images, t);
}

// A sum of K products in any order, each rounded, is off by less than K eps of the sum of their
// magnitudes (Higham: Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
static bool is_right(problem *p, const uint32_t e[4], double *spent) {
    static void (*const add[])(const problem *, const uint32_t *,
                               total *) = {add_forward, add_by_input, add_by_weight};
    total t = {0};
    add[p->desc.member](p, e, &t);
    *spent += t.count + 1;
    double found = element(result_of(p), e[0], e[1], e[2], e[3]);
    return fabs(found - t.sum) <= (t.count + 1) * (double)FLT_EPSILON * t.magnitude;
}

// Elements all over the result, as many as the host can afford; and nothing between them.
static bool all_right(problem *p) {
    const tensor *r = result_of(p);
    const size_t count = (size_t)r->size[0] * r->size[1] * r->size[2] * r->size[3];
    double spent = 0;
    size_t step = 1;
    for (size_t i = 0; i < count; i += step) {
        const uint32_t e[4] = {(uint32_t)(i / r->size[3] / r->size[2] / r->size[1]),
                               (uint32_t)(i / r->size[3] / r->size[2] % r->size[1]),
                               (uint32_t)(i / r->size[3] % r->size[2]), (uint32_t)(i % r->size[3])};
        if (!is_right(p, e, &spent)) return false;
        if (i == 0) step = (size_t)((double)count * (spent + 8) / MOST_PRODUCTS) | 1;
    }
    for (size_t i = 0; i < r->count; i++)
        if (in_gap(r, i) && r->host[i] != SENTINEL) return false;
    return true;
}

static gan_status run(gan_device *device, const gan_convolution_plan *plan, problem *p) {
    gan_launch *launch = NULL;
    GAN_TRY(gan__convolution_launch(device, &p->desc, plan, &p->scratch, &launch));
    gan_status status = gan__launch_enqueue(launch);
    const tensor *r = result_of(p);
    if (status == GAN_STATUS_OK)
        status = gan__buffer_read(r->at.buffer, 0, r->count * sizeof(float), r->host);
    gan__launch_destroy(launch);
    return status;
}

static gan_status compare(gan_device *device, const gan_convolution_plan *plan,
                          const gan_convolution_desc *desc, bool *right) {
    problem p = {.desc = *desc};
    gan_status status = create_problem(device, plan, &p);
    if (status == GAN_STATUS_OK) status = run(device, plan, &p);
    *right = status == GAN_STATUS_OK && all_right(&p);
    destroy_problem(&p);
    return status;
}

// --- What is checked ----------------------------------------------------------------------------

// Sizes that meet every branch of the plan's kernels: two groups, strides and dilations with and
// without a common factor, padding, two work-groups of rows with a short last tile, several blocks.
static gan_convolution_desc small_problem(const gan_convolution_plan *plan, uint32_t images) {
    const uint32_t rows = plan->group_rows + (plan->rest_rows ? plan->rest_rows : plan->tile_rows);
    const uint32_t depth =
        plan->block_taps > 1 ? plan->block_depth : plan->block_depth + plan->block_depth / 2 + 1;
    gan_convolution_desc desc = {.label = what,
                                 .member = plan->member,
                                 .groups = 2,
                                 .channels = rows,
                                 .filters = depth,
                                 .images = images,
                                 .input = {5, 6},
                                 .output = {3, 3},
                                 .kernel = {3, 4},
                                 .stride = {2, 2},
                                 .dilation = {1, 2},
                                 .before = {1, 2}};
    if (plan->member == GAN_CONVOLUTION_FORWARD) desc.channels = depth, desc.filters = rows;
    if (plan->member == GAN_CONVOLUTION_BY_WEIGHT)
        desc.filters = gan__convolution_plan_columns(plan) + 5;
    return desc;
}

// Images that fill runs and blocks exactly, and some that end within one.
static gan_status compare_both(gan_device *device, const void *user, bool *right, bool *ran) {
    const gan_convolution_plan *plan = user;
    const bool weight = plan->member == GAN_CONVOLUTION_BY_WEIGHT;
    const uint32_t images[] = {gan__convolution_plan_columns(plan),
                               weight ? plan->block_depth + 5 : 21};
    *right = true;
    for (int i = 0; i < 2 && *right; i++) {
        const gan_convolution_desc desc = small_problem(plan, images[i]);
        gan_convolution_plan small = *plan;
        if (weight) gan__convolution_plan_split(&desc, 2, &small);
        GAN_TRY(compare(device, &small, &desc, right));
    }
    *ran = true;
    return GAN_STATUS_OK;
}

gan_status gan__convolution_check(gan_device *device, const gan_convolution_plan *plan,
                                  bool *right) {
    gan_text text = {0};
    *right = false;
    gan_status status = gan__convolution_source_all(plan, &text);
    if (status == GAN_STATUS_OK) {
        const gan_gemm_trial trial = {
            .variant = gan__text_string(&text), .compare = compare_both, .user = plan};
        status = gan__gemm_verdict(device, &trial, right);
    }
    gan__text_destroy(&text);
    return status;
}
