// Building convolutions: their shapes, that the triple is closed, what is refused and in which
// words, and which of them become matrix products.
#include "cmocka_headers.h"

#include "base/status.h"
#include "graph/graph.h"
#include "graph/node.h"
#include "graph/simplify.h"

// --- Shapes and sharing -------------------------------------------------------------------------

typedef struct fixture {
    gan_graph *graph;
    gan_node *x, *w, *y; // images of 4 channels, 5x6; 8 kernels of 3x4; 8 channels of 5x6
} fixture;

static int set_up(void **state) {
    static fixture f;
    assert_int_equal(gan__graph_create(&f.graph), GAN_STATUS_OK);
    f.x = gan__state(f.graph, "x", &GAN_SHAPE(4, 5, 6, 7));
    f.w = gan__state(f.graph, "w", &GAN_SHAPE(8, 4, 3, 4));
    f.y = gan__state(f.graph, "y", &GAN_SHAPE(8, 5, 6, 7));
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    gan__graph_destroy(((fixture *)*state)->graph);
    return 0;
}

// Keeps 5x6 images as they are with the fixture's kernels.
static const gan_convolution_settings same = {.before = {1, 1}, .after = {1, 2}};

static void expect_shape(const gan_node *node, gan_shape expected) {
    char got[GAN_SHAPE_TEXT], wanted[GAN_SHAPE_TEXT];
    assert_non_null(node);
    assert_string_equal(gan__shape_text(gan__node_shape(node), got),
                        gan__shape_text(&expected, wanted));
}

static void shapes_follow_from_sizes_and_settings(void **state) {
    const fixture *f = *state;
    const gan_convolution_settings plain = {0}, coarse = {.stride = {2, 3}, .dilation = {2, 1}};
    expect_shape(gan__convolution(f->x, f->w, &plain), GAN_SHAPE(8, 3, 3, 7));
    expect_shape(gan__convolution(f->x, f->w, &same), GAN_SHAPE(8, 5, 6, 7));
    expect_shape(gan__convolution(f->x, f->w, &coarse), GAN_SHAPE(8, 1, 1, 7));
    expect_shape(gan__convolution_by_input(f->y, f->w, 5, 6, &same), GAN_SHAPE(4, 5, 6, 7));
    expect_shape(gan__convolution_by_weight(f->x, f->y, 3, 4, &same), GAN_SHAPE(8, 4, 3, 4));
    expect_shape(gan__transposed_convolution(f->y, f->w, &plain, NULL), GAN_SHAPE(4, 7, 9, 7));
    expect_shape(gan__transposed_convolution(f->y, f->w, &coarse, (int[]){1, 2}),
                 GAN_SHAPE(4, 14, 21, 7));
}

static void gradients_of_each_member_are_the_other_two(void **state) {
    const fixture *f = *state;
    gan_node *x = f->x, *w = f->w, *y = f->y, *first[2];
    gan_node *forward = gan__convolution(x, w, &same);
    gan_node *by_input = gan__convolution_by_input(y, w, 5, 6, &same);
    gan_node *by_weight = gan__convolution_by_weight(x, y, 3, 4, &same);
    gan__gradient_seeded(forward, y, (gan_node *[]){x, w}, 2, first);
    assert_ptr_equal(first[0], by_input);
    assert_ptr_equal(first[1], by_weight);
    gan__gradient_seeded(by_input, x, (gan_node *[]){y, w}, 2, first);
    assert_ptr_equal(first[0], forward);
    assert_ptr_equal(first[1], by_weight);
    gan__gradient_seeded(by_weight, w, (gan_node *[]){x, y}, 2, first);
    assert_ptr_equal(first[0], by_input);
    assert_ptr_equal(first[1], forward);
}

static void settings_that_mean_the_same_give_one_node(void **state) {
    const fixture *f = *state;
    const gan_convolution_settings zeros = {0},
                                   ones = {.stride = {1, 1}, .dilation = {1, 1}, .groups = 1},
                                   unused = {.after = {1, 0}, .stride = {2, 2}},
                                   other = {.after = {0, 0}, .stride = {2, 2}};
    assert_ptr_equal(gan__convolution(f->x, f->w, &zeros), gan__convolution(f->x, f->w, &ones));
    // A row that no kernel reaches.
    assert_ptr_equal(gan__convolution(f->x, f->w, &unused), gan__convolution(f->x, f->w, &other));
    gan_node *dot = gan__state(f->graph, "dot", &GAN_SHAPE(8, 4, 1, 1));
    const gan_convolution_settings apart = {.dilation = {3, 5}};
    assert_ptr_equal(gan__convolution(f->x, dot, &zeros), gan__convolution(f->x, dot, &apart));
}

// --- What is refused ----------------------------------------------------------------------------

// A shape for each of two operands, the settings, and what is said of them.
static const struct refusal {
    char builder; // c convolution, i by_input (of 5x5), w by_weight (of 3x3), t transposed
    gan_shape a, b;
    const char *message;
    gan_convolution_settings settings;
    int output_padding;
} refusals[] = {
    {'c',
     {4, {3, 5, 5, 2}},
     {4, {2, 3, 7, 7}},
     .message = "convolution: an input of 5x5 with a kernel of 7x7, padding 0: nothing is left"},
    {'c',
     {4, {3, 5, 9, 2}},
     {4, {2, 3, 3, 3}},
     .settings = {.stride = {2, 2}, .dilation = {4, 3}, .before = {1, 0}},
     .message = "convolution: an input of 5x9 with a kernel of 3x3, stride 2, dilation 4x3, "
                "padding 1 above, 0 below, 0 left, 0 right: nothing is left"},
    {'c',
     {3, {3, 5, 5}},
     {4, {2, 3, 3, 3}},
     .message =
         "convolution: the input has shape (3, 5, 5); it must be (channels, height, width, batch)"},
    {'c',
     {4, {3, 5, 5, 2}},
     {2, {2, 3}},
     .message = "convolution: the weight has shape (2, 3); it must be (output channels, input "
                "channels / groups, kernel height, kernel width)"},
    {'c',
     {4, {3, 5, 5, 2}},
     {4, {2, 4, 3, 3}},
     .message = "convolution: a weight of shape (2, 4, 3, 3) in 1 group takes 4 channels; the "
                "input has 3"},
    {'c',
     {4, {6, 5, 5, 2}},
     {4, {4, 2, 3, 3}},
     .settings = {.groups = 3},
     .message = "convolution: 4 output channels cannot be shared among 3 groups"},
    {'c',
     {4, {6, 5, 5, 2}},
     {4, {6, 3, 3, 3}},
     .settings = {.groups = 3},
     .message = "convolution: a weight of shape (6, 3, 3, 3) in 3 groups takes 9 channels; the "
                "input has 6"},
    {'c',
     {4, {3, 5, 5, 2}},
     {4, {2, 3, 3, 3}},
     .settings = {.stride = {1, -2}},
     .message = "convolution: groups 1, stride 1x-2, padding 0: none of these can be negative"},
    {'c',
     {4, {3, 5, 5, 2}},
     {4, {2, 3, 3, 3}},
     .settings = {.after = {INT32_MAX, 0}},
     .message = "convolution: an input of 5x5 with a kernel of 3x3, padding 0 above, 2147483647 "
                "below, 0 left, 0 right: this is too large"},
    {'i',
     {4, {2, 2, 2, 4}},
     {4, {2, 3, 3, 3}},
     .message = "convolution_by_input: an input of 5x5 with a kernel of 3x3, padding 0 gives 3x3, "
                "not 2x2"},
    {'i',
     {4, {4, 3, 3, 4}},
     {4, {2, 3, 3, 3}},
     .message = "convolution_by_input: a weight of shape (2, 3, 3, 3) gives 2 channels, not 4"},
    {'w',
     {4, {2, 5, 5, 3}},
     {4, {2, 3, 3, 4}},
     .message = "convolution_by_weight: an input of 3 images and an output of 4"},
    {'w',
     {4, {2, 5, 5, 3}},
     {4, {2, 5, 5, 3}},
     .message = "convolution_by_weight: an input of 5x5 with a kernel of 3x3, padding 0 gives 3x3, "
                "not 5x5"},
    {'t',
     {4, {3, 1, 1, 2}},
     {4, {3, 2, 3, 3}},
     .settings = {.before = {1, 1}, .after = {2, 2}},
     .message = "transposed_convolution: an input of 1x1 with a kernel of 3x3, padding 1 above, 2 "
                "below, 1 left, 2 right: nothing is left"},
    {'t',
     {4, {3, 4, 4, 2}},
     {4, {2, 3, 3, 3}},
     .message = "transposed_convolution: an input of 3 channels with a weight of shape (2, 3, 3, "
                "3) in 1 group: the weight must be (input channels, output channels / groups, "
                "kernel height, kernel width)"},
    {'t',
     {4, {3, 4, 4, 2}},
     {4, {3, 2, 3, 3}},
     .settings = {.stride = {2, 2}},
     .output_padding = 2,
     .message = "transposed_convolution: an output padding of 2; it must be less than the stride "
                "(2) or the dilation (1)"},
};

static gan_node *build_refused(const struct refusal *r, gan_node *a, gan_node *b) {
    const int output_padding[2] = {r->output_padding, r->output_padding};
    switch (r->builder) {
    case 'c':
        return gan__convolution(a, b, &r->settings);
    case 'i':
        return gan__convolution_by_input(a, b, 5, 5, &r->settings);
    case 'w':
        return gan__convolution_by_weight(a, b, 3, 3, &r->settings);
    default:
        return gan__transposed_convolution(a, b, &r->settings, output_padding);
    }
}

static void what_does_not_fit_is_refused_with_its_sizes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        gan_graph *graph;
        assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
        gan_node *a = gan__state(graph, "a", &refusals[i].a);
        gan_node *b = gan__state(graph, "b", &refusals[i].b);
        assert_null(build_refused(&refusals[i], a, b));
        assert_int_equal(gan__graph_status(graph), GAN_STATUS_BAD_ARGUMENT);
        assert_string_equal(gan_status_message(), refusals[i].message);
        gan__graph_destroy(graph);
    }
}

static void sizes_beyond_any_array_are_refused(void **state) {
    (void)state;
    const int64_t sizes[] = {0, -1, INT64_C(1) << 31, INT64_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        fixture *f;
        assert_int_equal(set_up((void **)&f), 0);
        assert_null(gan__convolution_by_input(f->y, f->w, sizes[i], 6, &same));
        assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_BAD_ARGUMENT);
        assert_int_equal(tear_down((void **)&f), 0);
        assert_int_equal(set_up((void **)&f), 0);
        assert_null(gan__convolution_by_weight(f->x, f->y, 3, sizes[i], &same));
        assert_int_equal(gan__graph_status(f->graph), GAN_STATUS_BAD_ARGUMENT);
        assert_int_equal(tear_down((void **)&f), 0);
    }
}

// --- Simplification -----------------------------------------------------------------------------

static gan_node *simplify(gan_node *node) {
    gan_node *out;
    assert_non_null(node);
    assert_int_equal(gan__simplify(node->graph, &node, 1, &out), GAN_STATUS_OK);
    return out;
}

// A node of the same elements in the same order, in two dimensions.
static gan_node *matrix(gan_node *node, int64_t rows) {
    const gan_shape shape = GAN_SHAPE(rows, gan__shape_elements(&node->shape) / rows);
    return gan__reshape(node, &shape);
}

static void convolutions_of_single_places_are_matrix_products(void **state) {
    const fixture *f = *state;
    const gan_convolution_settings plain = {0};
    gan_node *w = gan__state(f->graph, "dot", &GAN_SHAPE(8, 4, 1, 1));
    gan_node *w2 = matrix(w, 8), *x2 = matrix(f->x, 4), *y2 = matrix(f->y, 8);
    assert_ptr_equal(simplify(gan__convolution(f->x, w, &plain)),
                     gan__reshape(gan__matmul(w2, x2, false, false), &f->y->shape));
    assert_ptr_equal(simplify(gan__convolution_by_input(f->y, w, 5, 6, &plain)),
                     gan__reshape(gan__matmul(w2, y2, true, false), &f->x->shape));
    assert_ptr_equal(simplify(gan__convolution_by_weight(f->x, f->y, 1, 1, &plain)),
                     gan__reshape(gan__matmul(y2, x2, false, true), &w->shape));
}

static void convolutions_of_whole_images_are_matrix_products(void **state) {
    const fixture *f = *state;
    const gan_convolution_settings plain = {0};
    gan_node *w = gan__state(f->graph, "whole", &GAN_SHAPE(8, 4, 5, 6));
    gan_node *y = gan__state(f->graph, "logit", &GAN_SHAPE(8, 1, 1, 7));
    gan_node *w2 = matrix(w, 8), *x2 = matrix(f->x, 4 * 5 * 6), *y2 = matrix(y, 8);
    assert_ptr_equal(simplify(gan__convolution(f->x, w, &plain)),
                     gan__reshape(gan__matmul(w2, x2, false, false), &y->shape));
    assert_ptr_equal(simplify(gan__transposed_convolution(y, w, &plain, NULL)),
                     gan__reshape(gan__matmul(w2, y2, true, false), &f->x->shape));
    assert_ptr_equal(simplify(gan__convolution_by_weight(f->x, y, 5, 6, &plain)),
                     gan__reshape(gan__matmul(y2, x2, false, true), &w->shape));
}

// Among them those that have as many places as a product would have.
static void a_window_a_stride_or_padding_keeps_a_convolution(void **state) {
    const fixture *f = *state;
    gan_node *dot = gan__state(f->graph, "dot", &GAN_SHAPE(8, 4, 1, 1));
    gan_node *whole = gan__state(f->graph, "whole", &GAN_SHAPE(8, 4, 5, 6));
    const struct {
        gan_node *w;
        gan_convolution_settings settings;
    } kept[] = {
        {f->w, same},
        {dot, {.stride = {1, 2}}},
        {dot, {.stride = {2, 2}, .after = {4, 5}}},
        {dot, {.before = {0, 1}, .after = {0, 1}}},
        {dot, {.after = {1, 0}}},
        {whole, {.stride = {2, 2}, .before = {1, 0}}},
        {whole, {.dilation = {2, 1}, .after = {4, 0}}},
    };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        gan_node *y = gan__convolution(f->x, kept[i].w, &kept[i].settings);
        assert_ptr_equal(simplify(y), y);
    }
}

static void factors_go_behind_a_convolution_where_that_is_no_more_work(void **state) {
    const fixture *f = *state;
    const gan_convolution_settings plain = {0};
    gan_node *y = gan__convolution_by_weight(gan__scale(f->x, 2), gan__neg(f->y), 3, 4, &same);
    gan_node *expected = gan__convolution_by_weight(f->x, f->y, 3, 4, &same);
    assert_ptr_equal(simplify(y), gan__scale(expected, -2));
    gan_node *widened = gan__transposed_convolution(gan__scale(f->y, 2), f->w, &plain, NULL);
    assert_ptr_equal(simplify(widened), widened);
    assert_true(gan__node_is_constant_of(gan__convolution(gan__scale(f->x, 0), f->w, &plain), 0));
}

#define CONVOLVE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        CONVOLVE(shapes_follow_from_sizes_and_settings),
        CONVOLVE(gradients_of_each_member_are_the_other_two),
        CONVOLVE(settings_that_mean_the_same_give_one_node),
        cmocka_unit_test(what_does_not_fit_is_refused_with_its_sizes),
        cmocka_unit_test(sizes_beyond_any_array_are_refused),
        CONVOLVE(convolutions_of_single_places_are_matrix_products),
        CONVOLVE(convolutions_of_whole_images_are_matrix_products),
        CONVOLVE(a_window_a_stride_or_padding_keeps_a_convolution),
        CONVOLVE(factors_go_behind_a_convolution_where_that_is_no_more_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
