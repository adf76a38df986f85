// Pooling and resampling: values and gradients of PyTorch (golden/nn_resample.txt), by the
// interpreter and on every device, and what is refused.
#include "golden.h"
#include "nn/pool.h"
#include "nn/resample.h"
#include "runner.h"

// --- Against PyTorch ----------------------------------------------------------------------------

typedef struct image_case {
    const char *name;
    gan_shape x;
    gan_node *(*pool)(gan_node *x, const gan_pooling *pooling);
    gan_pooling pooling;
    gan_node *(*resample)(gan_node *x, int64_t height, int64_t width);
    int64_t height, width;
} image_case;

#define POOL(NAME, BUILD, C, H, W, B, ...)                                                         \
    {                                                                                              \
        .name = NAME, .x = {4, {C, H, W, B}}, .pool = BUILD, .pooling = { __VA_ARGS__ }            \
    }
#define SQUARE(SIDE, STEP) .size = {SIDE, SIDE}, .stride = {STEP, STEP}
#define POOLS(NAME, BUILD)                                                                         \
    POOL(NAME " 2", BUILD, 2, 4, 6, 3, SQUARE(2, 0)),                                              \
        POOL(NAME " 3x2", BUILD, 2, 3, 6, 2, .size = {3, 2}),                                      \
        POOL(NAME " 2 of an odd size", BUILD, 2, 5, 7, 2, SQUARE(2, 0)),                           \
        POOL(NAME " 3 stride 2", BUILD, 2, 7, 7, 2, SQUARE(3, 2)),                                 \
        POOL(NAME " 3 stride 2 padding 1", BUILD, 2, 6, 5, 2, SQUARE(3, 2), .before = {1, 1},      \
             .after = {1, 1}),                                                                     \
        POOL(NAME " 2 stride 3", BUILD, 2, 8, 7, 2, SQUARE(2, 3))

#define RESAMPLE(NAME, BUILD, C, H, W, B, TO_H, TO_W)                                              \
    { .name = NAME, .x = {4, {C, H, W, B}}, .resample = BUILD, .height = TO_H, .width = TO_W }
#define RESAMPLES(NAME, BUILD)                                                                     \
    RESAMPLE(NAME " twice", BUILD, 2, 3, 4, 3, 6, 8),                                              \
        RESAMPLE(NAME " thrice by twice", BUILD, 2, 2, 3, 2, 6, 6),                                \
        RESAMPLE(NAME " half", BUILD, 2, 6, 4, 2, 3, 2),                                           \
        RESAMPLE(NAME " third", BUILD, 2, 6, 9, 2, 2, 3),                                          \
        RESAMPLE(NAME " five by seven", BUILD, 2, 3, 4, 2, 5, 7),                                  \
        RESAMPLE(NAME " smaller", BUILD, 2, 7, 5, 2, 4, 3),                                        \
        RESAMPLE(NAME " up and down", BUILD, 1, 3, 8, 2, 7, 5),                                    \
        RESAMPLE(NAME " from one place", BUILD, 3, 1, 1, 2, 2, 3)

static const image_case cases[] = {
    POOLS("average", gan__average_pool),
    POOLS("max", gan__max_pool),
    RESAMPLES("nearest", gan__resample_nearest),
    RESAMPLES("bilinear", gan__resample_bilinear),
};
static char *text; // of the golden file

enum { CASES = sizeof cases / sizeof cases[0], VALUES = 512 };

// Each case's y, then each case's gradient by x.
static void build_all(gan_graph *graph, gan_node **x, gan_node **v, gan_node **roots) {
    for (size_t i = 0; i < CASES; i++) {
        const image_case *c = &cases[i];
        x[i] = gan__input(graph, "x", GAN_ELEMENT_F32, &c->x);
        gan_node *y =
            c->pool != NULL ? c->pool(x[i], &c->pooling) : c->resample(x[i], c->height, c->width);
        if (y == NULL) fail_msg("%s: %s", c->name, gan_status_message());
        v[i] = gan__input(graph, "v", GAN_ELEMENT_F32, gan__node_shape(y));
        roots[i] = y;
        assert_int_equal(gan__gradient_seeded(y, v[i], &x[i], 1, &roots[CASES + i]), GAN_STATUS_OK);
    }
}

static void feed(runner *run, gan_node *input, int salt) {
    double values[VALUES];
    golden_values(values, node_elements(input), salt, 1);
    run->set_input(run, input, values);
}

// Everything is a sum of a few numbers of about 1.
static void expect_root(runner *run, const char *at, size_t i, const char *what, size_t root) {
    double got[VALUES];
    size_t count;
    double *expected = golden_line(at, what, &count);
    assert_int_equal(count, node_elements(run->roots[root]));
    run->get_root(run, root, got);
    for (size_t e = 0; e < count; e++) {
        if (fabs(got[e] - expected[e]) <= run->rounding) continue;
        fail_msg("%s: %s %s[%zu] is %.17g, not %.17g", run->name, cases[i].name, what, e, got[e],
                 expected[e]);
    }
    gan__free(expected);
}

static void expect_roots(runner *run) {
    for (size_t i = 0; i < CASES; i++) {
        const char *at = golden_case(text, cases[i].name);
        expect_root(run, at, i, "y", i);
        expect_root(run, at, i, "gx", CASES + i);
    }
}

static void check_all(runner run) {
    gan_graph *graph;
    gan_node *x[CASES], *v[CASES], *roots[2 * CASES];
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    build_all(graph, x, v, roots);
    run.open(&run, graph, roots, 2 * CASES);
    for (size_t i = 0; i < CASES; i++) {
        feed(&run, x[i], 0);
        feed(&run, v[i], 1);
    }
    run.run(&run, 0);
    expect_roots(&run);
    run.close(&run);
    gan__graph_destroy(graph);
}

static void images_are_those_of_pytorch(void **state) {
    (void)state;
    check_all(interpreter_runner());
}

static void check_device_images(gan_device *device) {
    check_all(device_runner(device));
}

static void images_are_those_of_pytorch_on_every_device(void **state) {
    (void)state;
    for_each_device(check_device_images);
}

static int open_golden(void **state) {
    (void)state;
    text = golden_open("nn_resample.txt");
    return 0;
}

static int close_golden(void **state) {
    (void)state;
    gan__free(text);
    return 0;
}

// --- Properties ---------------------------------------------------------------------------------

static void equal_maxima_share_the_gradient(void **state) {
    (void)state;
    const gan_pooling tiling = {.size = {2, 2}}, overlapping = {.size = {2, 2}, .stride = {1, 1}};
    gan_graph *graph;
    double values[4] = {3, 3, 3, 3}, first[4], second[4];
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *x = gan__input(graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(1, 2, 2, 1)), *roots[2];
    gan__gradient(gan__max_pool(x, &tiling), &x, 1, &roots[0]);
    gan__gradient(gan__max_pool(x, &overlapping), &x, 1, &roots[1]);
    runner run = interpreter_runner();
    run.open(&run, graph, roots, 2);
    run.set_input(&run, x, values);
    run.run(&run, 0);
    run.get_root(&run, 0, first);
    run.get_root(&run, 1, second);
    for (int i = 0; i < 4; i++) assert_true(first[i] == 0.25 && second[i] == 0.25);
    run.close(&run);
    gan__graph_destroy(graph);
}

static void expect_refusal(gan_node *(*build)(gan_node *x), gan_shape shape, const char *message) {
    gan_graph *graph;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    assert_null(build(gan__input(graph, "x", GAN_ELEMENT_F32, &shape)));
    assert_int_equal(gan__graph_status(graph), GAN_STATUS_BAD_ARGUMENT);
    assert_string_equal(gan_status_message(), message);
    gan__graph_destroy(graph);
}

static gan_node *pool_by_seven(gan_node *x) {
    return gan__max_pool(x, &(gan_pooling){.size = {7, 7}, .stride = {2, 2}});
}

static gan_node *pool_padding(gan_node *x) {
    return gan__average_pool(x, &(gan_pooling){.size = {2, 2}, .before = {2, 0}});
}

static gan_node *shrink_to_nothing(gan_node *x) {
    return gan__resample_bilinear(x, 0, 3);
}

static void what_leaves_nothing_is_refused(void **state) {
    (void)state;
    expect_refusal(pool_by_seven, GAN_SHAPE(3, 5, 8, 2),
                   "max_pool: an input of 5x8 with a window of 7x7, stride 2x2, padding 0 above, 0 "
                   "below, 0 left, 0 right: nothing is left");
    expect_refusal(pool_padding, GAN_SHAPE(3, 5, 8, 2),
                   "average_pool: an input of 5x8 with a window of 2x2, stride 2x2, padding 2 "
                   "above, 0 below, 0 left, 0 right: sizes must be at least 1, the padding smaller "
                   "than the window");
    expect_refusal(pool_by_seven, GAN_SHAPE(3, 5),
                   "max_pool: the input has shape (3, 5); it must be (channels, height, width, "
                   "batch)");
    expect_refusal(shrink_to_nothing, GAN_SHAPE(3, 5, 8, 2),
                   "resample_bilinear: (3, 5, 8, 2) to 0x3: it must be (channels, height, width, "
                   "batch), and sizes at least 1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_those_of_pytorch),
        cmocka_unit_test(images_are_those_of_pytorch_on_every_device),
        cmocka_unit_test(equal_maxima_share_the_gradient),
        cmocka_unit_test(what_leaves_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, open_golden, close_golden);
}
