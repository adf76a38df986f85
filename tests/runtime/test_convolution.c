// Convolutions' kernels against the sum that defines them, in double precision, term by term.
#include "device_fixture.h"

#include "base/memory.h"
#include "runtime/convolution_plan.h"
#include "runtime/device_state.h"
#include "runtime/gemm_check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SENTINEL -777.0f

typedef struct sizes {
    const char *name;
    uint32_t groups, channels, filters, images;
    uint32_t input[2], output[2], kernel[2], stride[2], dilation[2], before[2];
} sizes;

// Every way in which a convolution can be odd; and enough channels, places and images for several
// blocks, panels and work-groups with a short last one.
static const sizes table[] = {
    {"4x4 stride 2", 1, 5, 13, 64, {6, 8}, {3, 4}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
    {"3x3", 1, 35, 20, 16, {5, 5}, {5, 5}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {"deep", 1, 150, 7, 32, {3, 3}, {2, 2}, {2, 2}, {1, 1}, {1, 1}, {0, 0}},
    {"deep the other way", 1, 7, 150, 32, {3, 3}, {2, 2}, {2, 2}, {1, 1}, {1, 1}, {0, 0}},
    {"several taps at a time", 1, 3, 40, 48, {9, 9}, {5, 5}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
    {"one channel", 1, 1, 6, 16, {6, 6}, {3, 3}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
    {"one filter", 1, 9, 1, 16, {6, 6}, {3, 3}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
    {"groups", 3, 4, 5, 20, {5, 4}, {3, 2}, {3, 3}, {2, 2}, {1, 1}, {1, 1}},
    {"depthwise", 6, 1, 1, 16, {4, 4}, {4, 4}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {"a stride that skips", 1, 3, 4, 17, {8, 8}, {2, 2}, {2, 2}, {4, 4}, {1, 1}, {0, 0}},
    {"dilation 2", 1, 4, 4, 16, {7, 7}, {5, 5}, {3, 3}, {1, 1}, {2, 2}, {1, 1}},
    {"dilation 2, stride 2", 1, 4, 4, 16, {9, 9}, {4, 4}, {3, 3}, {2, 2}, {2, 2}, {1, 1}},
    {"dilation 3, stride 2", 1, 4, 4, 16, {9, 9}, {3, 3}, {3, 3}, {2, 2}, {3, 3}, {1, 1}},
    {"dilation 4, stride 6", 1, 2, 3, 16, {13, 13}, {2, 2}, {4, 4}, {6, 6}, {4, 4}, {1, 1}},
    {"more padding than kernel", 1, 2, 3, 16, {3, 3}, {4, 4}, {2, 2}, {2, 2}, {1, 1}, {3, 3}},
    {"larger than the image", 1, 2, 3, 16, {3, 3}, {3, 3}, {5, 5}, {1, 1}, {1, 1}, {2, 2}},
    {"unequal axes", 1, 3, 5, 16, {4, 9}, {4, 3}, {1, 4}, {1, 3}, {1, 2}, {0, 2}},
    {"1x1, padded", 1, 3, 5, 16, {3, 3}, {5, 5}, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
    {"one image", 1, 4, 9, 1, {5, 5}, {5, 5}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {"fifteen images", 1, 4, 9, 15, {5, 5}, {3, 3}, {3, 3}, {2, 2}, {1, 1}, {1, 1}},
    {"a hundred images", 1, 4, 9, 100, {4, 4}, {2, 2}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
};

// --- One convolution ----------------------------------------------------------------------------

typedef struct tensor {
    uint32_t size[4];
    gan_convolution_operand at;
    size_t count;
    float *host;
    double *exact, *magnitude, *terms;
} tensor;

typedef struct problem {
    gan_convolution_desc desc;
    tensor x, w, y;
} problem;

static size_t place_of(const tensor *t, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    return t->at.offset + (size_t)a * t->at.stride[0] + (size_t)b * t->at.stride[1] +
           (size_t)c * t->at.stride[2] + (size_t)d * t->at.stride[3];
}

static double *make_doubles(size_t count) {
    void *memory = NULL;
    assert_ok(gan__alloc(count, sizeof(double), &memory));
    return memory;
}

// NaN wherever no element lies; a result begins as sentinels.
static void fill(tensor *t, bool result, uint32_t seed) {
    for (size_t i = 0; i < t->count; i++) t->host[i] = result ? SENTINEL : NAN;
    for (uint32_t a = 0; !result && a < t->size[0]; a++)
        for (uint32_t b = 0; b < t->size[1]; b++)
            for (uint32_t c = 0; c < t->size[2]; c++)
                for (uint32_t d = 0; d < t->size[3]; d++) {
                    seed = seed * 1664525u + 1013904223u;
                    t->host[place_of(t, a, b, c, d)] = (float)(int32_t)seed * 0x1p-31f;
                }
}

static void make_tensor(tensor *t, const uint32_t size[4], bool result, uint32_t seed) {
    void *memory = NULL;
    *t = (tensor){.at = {.offset = 5, .stride = {0, 0, size[3] + 2, 1}}};
    for (int i = 0; i < 4; i++) t->size[i] = size[i];
    t->at.stride[1] = size[2] * t->at.stride[2] + 1;
    t->at.stride[0] = size[1] * t->at.stride[1] + 3;
    t->count = place_of(t, size[0] - 1, size[1] - 1, size[2] - 1, size[3] - 1) + 1;
    assert_ok(gan__alloc(t->count, sizeof(float), &memory));
    t->host = memory;
    fill(t, result, seed);
    t->exact = make_doubles(t->count);
    t->magnitude = make_doubles(t->count);
    t->terms = make_doubles(t->count);
    t->at.buffer = make_buffer(t->count * sizeof(float));
    assert_ok(gan__buffer_write(t->at.buffer, 0, t->count * sizeof(float), t->host));
}

static void free_tensor(tensor *t) {
    gan__free(t->host);
    gan__free(t->exact);
    gan__free(t->magnitude);
    gan__free(t->terms);
    gan__buffer_destroy(t->at.buffer);
}

static tensor *result_of(problem *p) {
    tensor *const all[] = {&p->y, &p->x, &p->w};
    return all[p->desc.member];
}

static problem make_problem(const sizes *s, gan_convolution_member member) {
    problem p = {.desc = {.label = s->name,
                          .member = member,
                          .groups = s->groups,
                          .channels = s->channels,
                          .filters = s->filters,
                          .images = s->images}};
    memcpy(p.desc.input, s->input, sizeof s->input);
    memcpy(p.desc.output, s->output, sizeof s->output);
    memcpy(p.desc.kernel, s->kernel, sizeof s->kernel);
    memcpy(p.desc.stride, s->stride, sizeof s->stride);
    memcpy(p.desc.dilation, s->dilation, sizeof s->dilation);
    memcpy(p.desc.before, s->before, sizeof s->before);
    const uint32_t x[4] = {s->groups * s->channels, s->input[0], s->input[1], s->images};
    const uint32_t y[4] = {s->groups * s->filters, s->output[0], s->output[1], s->images};
    const uint32_t w[4] = {s->groups * s->filters, s->channels, s->kernel[0], s->kernel[1]};
    make_tensor(&p.x, x, member == GAN_CONVOLUTION_BY_INPUT, 1);
    make_tensor(&p.y, y, member == GAN_CONVOLUTION_FORWARD, 2);
    make_tensor(&p.w, w, member == GAN_CONVOLUTION_BY_WEIGHT, 3);
    p.desc.x = p.x.at, p.desc.y = p.y.at, p.desc.w = p.w.at;
    return p;
}

static void free_problem(problem *p) {
    free_tensor(&p->x);
    free_tensor(&p->y);
    free_tensor(&p->w);
}

// --- The sum ------------------------------------------------------------------------------------

static void add_term(problem *p, size_t x, size_t w, size_t y) {
    const size_t at[] = {y, x, w};
    tensor *r = result_of(p);
    double product = 1;
    if (r != &p->x) product *= (double)p->x.host[x];
    if (r != &p->w) product *= (double)p->w.host[w];
    if (r != &p->y) product *= (double)p->y.host[y];
    r->exact[at[p->desc.member]] += product;
    r->magnitude[at[p->desc.member]] += fabs(product);
    r->terms[at[p->desc.member]]++;
}

// All terms of one filter, output place and tap.
static void add_terms(problem *p, uint32_t filter, uint32_t oy, uint32_t ox, uint32_t ky,
                      uint32_t kx) {
    const gan_convolution_desc *d = &p->desc;
    int iy = (int)(oy * d->stride[0] + ky * d->dilation[0]) - (int)d->before[0];
    int ix = (int)(ox * d->stride[1] + kx * d->dilation[1]) - (int)d->before[1];
    if (iy < 0 || ix < 0 || iy >= (int)d->input[0] || ix >= (int)d->input[1]) return;
    for (uint32_t c = 0; c < d->channels; c++)
        for (uint32_t b = 0; b < d->images; b++)
            add_term(p,
                     place_of(&p->x, filter / d->filters * d->channels + c, (uint32_t)iy,
                              (uint32_t)ix, b),
                     place_of(&p->w, filter, c, ky, kx), place_of(&p->y, filter, oy, ox, b));
}

static void add_all(problem *p) {
    const gan_convolution_desc *d = &p->desc;
    for (uint32_t filter = 0; filter < d->groups * d->filters; filter++)
        for (uint32_t oy = 0; oy < d->output[0]; oy++)
            for (uint32_t ox = 0; ox < d->output[1]; ox++)
                for (uint32_t ky = 0; ky < d->kernel[0]; ky++)
                    for (uint32_t kx = 0; kx < d->kernel[1]; kx++)
                        add_terms(p, filter, oy, ox, ky, kx);
}

static bool is_element(const tensor *t, size_t at) {
    if (at < t->at.offset) return false;
    at -= t->at.offset;
    for (int i = 0; i < 4; i++) {
        if (at / t->at.stride[i] >= t->size[i]) return false;
        at %= t->at.stride[i];
    }
    return at == 0;
}

// Every element as exact as a sum of so many terms is, and nothing stored between them.
static size_t count_mistakes(const tensor *t) {
    size_t mistakes = 0;
    for (size_t i = 0; i < t->count; i++) {
        double bound = (t->terms[i] + 1) * (double)FLT_EPSILON * t->magnitude[i];
        if (is_element(t, i))
            mistakes += !(fabs((double)t->host[i] - t->exact[i]) <= bound);
        else
            mistakes += t->host[i] != SENTINEL;
    }
    return mistakes;
}

static gan_gemm_operand make_scratch(const gan_convolution_desc *desc) {
    uint64_t floats = gan__convolution_scratch(device, desc);
    return (gan_gemm_operand){.buffer = make_buffer((floats ? floats : 1) * sizeof(float))};
}

static size_t run_and_compare(const sizes *s, gan_convolution_member member) {
    problem p = make_problem(s, member);
    gan_gemm_operand scratch = make_scratch(&p.desc);
    gan_launch *launch = NULL;
    tensor *r = result_of(&p);
    add_all(&p);
    assert_ok(gan__convolution_create(device, &p.desc, &scratch, &launch));
    assert_ok(gan__launch_enqueue(launch));
    assert_ok(gan__launch_enqueue(launch)); // what one run leaves behind must not reach the next
    assert_ok(gan__buffer_read(r->at.buffer, 0, r->count * sizeof(float), r->host));
    size_t mistakes = count_mistakes(r);
    gan__launch_destroy(launch);
    gan__buffer_destroy(scratch.buffer);
    free_problem(&p);
    return mistakes;
}

// --- Tests --------------------------------------------------------------------------------------

static bool has_kernels(const sizes *s, gan_convolution_member member) {
    problem p = make_problem(s, member);
    bool has = false;
    assert_ok(gan__convolution_choose(device, &p.desc, &has));
    free_problem(&p);
    return has;
}

static void check_table(gan_convolution_member member) {
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t mistakes = run_and_compare(&table[i], member);
        if (mistakes) print_error("%s: %zu elements are wrong\n", table[i].name, mistakes);
        wrong += mistakes > 0;
    }
    assert_int_equal(wrong, 0);
}

static void forward_convolutions_are_right(void **state) {
    (void)state;
    check_table(GAN_CONVOLUTION_FORWARD);
}

static void gradients_by_input_are_right(void **state) {
    (void)state;
    check_table(GAN_CONVOLUTION_BY_INPUT);
}

static void gradients_by_weight_are_right(void **state) {
    (void)state;
    check_table(GAN_CONVOLUTION_BY_WEIGHT);
}

// An epilogue meets every element once, at its own index.
static void an_epilogue_sees_each_element_at_its_index(void **state) {
    (void)state;
    const sizes s = {"epilogue", 2, 3, 4, 20, {5, 6}, {3, 3}, {3, 4}, {2, 2}, {1, 1}, {1, 1}};
    problem p = make_problem(&s, GAN_CONVOLUTION_BY_INPUT);
    const uint64_t bytes = 2 * 3 * 5 * 6 * 20 * sizeof(float);
    gan_buffer *seen = make_buffer(bytes);
    const gan_argument arguments[] = {{.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = seen}};
    const gan_gemm_epilogue epilogue = {
        .parameters = ", global float *p0, const uint o0",
        .functions = "",
        .body = "global float *to = p0 + o0 + ((m * 5 + place_y) * 6 + place_x) * 20 + n;\n"
                "gan_store(gan_load(to, lanes) + 1.0f + 0.0f * acc, to, lanes);",
        .arguments = arguments,
        .argument_count = 1};
    p.desc.epilogue = &epilogue;
    gan_gemm_operand scratch = make_scratch(&p.desc);
    gan_launch *launch = NULL;
    assert_ok(gan__convolution_create(device, &p.desc, &scratch, &launch));
    assert_ok(gan__launch_enqueue(launch));
    float counts[2 * 3 * 5 * 6 * 20];
    assert_ok(gan__buffer_read(seen, 0, bytes, counts));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) assert_float_equal(counts[i], 1, 0);
    gan__launch_destroy(launch);
    gan__buffer_destroy(scratch.buffer);
    gan__buffer_destroy(seen);
    free_problem(&p);
}

static void an_operand_that_leaves_its_buffer_is_refused(void **state) {
    (void)state;
    problem p = make_problem(&table[0], GAN_CONVOLUTION_FORWARD);
    gan_gemm_operand scratch = make_scratch(&p.desc);
    gan_launch *launch = NULL;
    p.desc.x.offset++;
    assert_fails(gan__convolution_create(device, &p.desc, &scratch, &launch),
                 GAN_STATUS_BAD_ARGUMENT, "operand x of a convolution");
    p.desc.x.offset--;
    assert_fails(gan__convolution_create(device, &p.desc, NULL, &launch), GAN_STATUS_BAD_ARGUMENT,
                 "floats of scratch memory");
    gan__buffer_destroy(scratch.buffer);
    free_problem(&p);
}

static void the_environment_forces_the_choice(void **state) {
    (void)state;
    const sizes one_image = {"one image", 1,      8,      8,      1,     {4, 4},
                             {2, 2},      {4, 4}, {2, 2}, {1, 1}, {1, 1}};
    for (int i = 0; i < 3; i++) {
        const gan_convolution_member member = (gan_convolution_member)i;
        setenv("CLGAN_CONVOLUTION", "expand", 1);
        assert_false(has_kernels(&table[0], member));
        setenv("CLGAN_CONVOLUTION", "native", 1);
        assert_true(has_kernels(&one_image, member));
        unsetenv("CLGAN_CONVOLUTION");
        assert_true(has_kernels(&table[0], member));
    }
}

// What keeps kernels from being checked says nothing of whether they are right.
static void a_check_that_fails_is_an_error_and_no_answer(void **state) {
    (void)state;
    problem p = make_problem(&table[0], GAN_CONVOLUTION_FORWARD);
    const uint32_t most = device->traits.max_argument_bytes;
    bool takes = true;
    assert_ok(gan__gemm_check_anew(device, true));
    device->traits.max_argument_bytes = 4;
    gan_status status = gan__convolution_choose(device, &p.desc, &takes);
    device->traits.max_argument_bytes = most;
    assert_int_equal(status, GAN_STATUS_DEVICE_FAILED);
    assert_non_null(strstr(gan_status_message(), "CLGAN_CONVOLUTION=expand"));
    assert_false(takes);
    for (size_t i = 1; i <= 3; i++) {
        gan__alloc_fail_at(i);
        status = gan__convolution_choose(device, &p.desc, &takes);
        gan__alloc_fail_at(0);
        assert_int_equal(status, GAN_STATUS_NO_MEMORY);
        assert_false(takes);
    }
    assert_ok(gan__gemm_check_anew(device, false));
    assert_ok(gan__convolution_choose(device, &p.desc, &takes)); // none of it is held against them
    assert_true(takes);
    free_problem(&p);
}

// Work counts the terms that exist: padding and places between strides cost nothing.
static void work_counts_terms_inside_the_image(void **state) {
    (void)state;
    const gan_convolution_desc desc = {.label = "work",
                                       .groups = 1,
                                       .channels = 2,
                                       .filters = 3,
                                       .images = 5,
                                       .input = {2, 2},
                                       .output = {2, 2},
                                       .kernel = {3, 3},
                                       .stride = {1, 1},
                                       .dilation = {1, 1},
                                       .before = {1, 1}};
    assert_float_equal(gan__convolution_work(&desc).flops, 2.0 * 2 * 3 * 5 * 16, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_convolutions_are_right),
        cmocka_unit_test(gradients_by_input_are_right),
        cmocka_unit_test(gradients_by_weight_are_right),
        cmocka_unit_test(an_epilogue_sees_each_element_at_its_index),
        cmocka_unit_test(an_operand_that_leaves_its_buffer_is_refused),
        cmocka_unit_test(the_environment_forces_the_choice),
        cmocka_unit_test(a_check_that_fails_is_an_error_and_no_answer),
        cmocka_unit_test(work_counts_terms_inside_the_image),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
