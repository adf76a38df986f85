// Rectifiers before products: their masks, which a plan may tell from what they gave, are those of
// their operands wherever values lie, on kinks too, and however often one differentiates.
#include "cmocka_headers.h"

#include "compare.h"

#include "graph/module_parts.h"

#include <stdlib.h>

enum { ROWS = 6, COLUMNS = 16, COUNT = ROWS * COLUMNS };

typedef struct rectified {
    gan_graph *graph;
    gan_node *x, *weight, *roots[4];
    double values[COUNT], weights[5 * ROWS];
} rectified;

// Zeros of both signs, what is no number, what has no end, and what a slope makes vanish.
static void fill(rectified *r) {
    static const double special[] = {0.0, -0.0, 0x1p-126, -0x1p-126, 1e30, -1e30, 0.25, -0.25};
    for (int i = 0; i < COUNT; i++) r->values[i] = special[i * 5 % 8] * (1 + i / 8 % 3);
    for (int i = 0; i < 5 * ROWS; i++) r->weights[i] = (i * 7 % 11 - 5) / 4.0;
}

static gan_node *rectify(gan_node *x, double slope) {
    gan_node *zero = gan__scalar(gan__node_graph(x), 0);
    return gan__select(gan__less_equal(x, zero), slope == 0 ? zero : gan__scale(x, slope), x);
}

// The product, its sum's gradient, and the gradient of the gradient's squares.
static void build(rectified *r, double slope) {
    gan_node *x[1], *first[1], *second[1];
    fill(r);
    assert_int_equal(gan__graph_create(&r->graph), GAN_STATUS_OK);
    r->x = gan__input(r->graph, "x", GAN_ELEMENT_F32, &GAN_SHAPE(ROWS, COLUMNS));
    r->weight = gan__input(r->graph, "weight", GAN_ELEMENT_F32, &GAN_SHAPE(5, ROWS));
    gan_node *y = gan__matmul(r->weight, rectify(r->x, slope), false, false);
    gan_node *sum = gan__reduce_sum(gan__square(gan__tanh(gan__scale(y, 0.125))), GAN_AXES_ALL);
    x[0] = r->x;
    assert_int_equal(gan__gradient(sum, x, 1, first), GAN_STATUS_OK);
    gan_node *squares = gan__reduce_sum(gan__square(first[0]), GAN_AXES_ALL);
    assert_int_equal(gan__gradient(squares, x, 1, second), GAN_STATUS_OK);
    r->roots[0] = y;
    r->roots[1] = first[0];
    r->roots[2] = second[0];
    // The slope itself, wherever the value lies.
    gan_node *slopes[1], *all = gan__reduce_sum(y, GAN_AXES_ALL);
    assert_int_equal(gan__gradient(all, x, 1, slopes), GAN_STATUS_OK);
    r->roots[3] = slopes[0];
}

static void gradients_of_rectifiers_are_those_of_their_operands_on_kinks_too(void **state) {
    static const double slopes[] = {0, 0.2, 3, -0.5};
    gan_setting *settings = NULL;
    size_t count = 0;
    (void)state;
    assert_int_equal(gan__settings_list(&settings, &count), GAN_STATUS_OK);
    for (size_t i = 0; i < count * 4; i++) {
        gan_device *device = NULL;
        rectified r;
        build(&r, slopes[i % 4]);
        const gan_leaf_values leaves[] = {{r.x, r.values}, {r.weight, r.weights}};
        const gan_comparison comparison = {.graph = r.graph,
                                           .leaves = leaves,
                                           .leaf_count = 2,
                                           .roots = r.roots,
                                           .root_count = 4,
                                           .runs = 2,
                                           .tolerance = 1e-5};
        assert_int_equal(gan__setting_open(&settings[i / 4], &device), GAN_STATUS_OK);
        if (gan__compare(device, &comparison) != GAN_STATUS_OK)
            fail_msg("%s, slope %g: %s", settings[i / 4].name, slopes[i % 4], gan_status_message());
        gan__setting_close(device);
        gan__graph_destroy(r.graph);
    }
    gan__free(settings);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_rectifiers_are_those_of_their_operands_on_kinks_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
