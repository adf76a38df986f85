// Convolutions: values and gradients to third order against PyTorch's in double precision
// (golden/graph_convolution.txt, whose script says what is in it).
#include "cmocka_headers.h"

#include "base/status.h"
#include "graph/interpret.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- Records ------------------------------------------------------------------------------------

#define NAME 64

typedef struct tensor {
    gan_shape shape;
    double *values;
} tensor;

static tensor read_tensor(FILE *file) {
    tensor t = {0};
    assert_int_equal(fscanf(file, "%d", &t.shape.rank), 1);
    assert_in_range(t.shape.rank, 0, 4);
    for (int i = 0; i < t.shape.rank; i++) {
        long size;
        assert_int_equal(fscanf(file, "%ld", &size), 1);
        t.shape.size[i] = size;
    }
    const size_t count = (size_t)gan__shape_elements(&t.shape);
    t.values = calloc(count, sizeof *t.values);
    for (size_t e = 0; e < count; e++) assert_int_equal(fscanf(file, "%lf", &t.values[e]), 1);
    return t;
}

static void read_pair(FILE *file, int *pair) {
    assert_int_equal(fscanf(file, "%d %d", &pair[0], &pair[1]), 2);
}

// A graph under comparison with a record.
typedef struct comparison {
    FILE *file;
    char name[NAME];
    gan_graph *graph;
    gan_node *leaves[3];
    tensor fed[3];
    double tolerance; // 0: equal
} comparison;

static void begin(comparison *c, FILE *file, double tolerance) {
    memset(c, 0, sizeof *c);
    c->file = file;
    c->tolerance = tolerance;
    assert_int_equal(fscanf(file, "%63s", c->name), 1);
    assert_int_equal(gan__graph_create(&c->graph), GAN_STATUS_OK);
}

static void read_leaves(comparison *c) {
    for (int i = 0; i < 3; i++) {
        c->fed[i] = read_tensor(c->file);
        c->leaves[i] = gan__input(c->graph, "leaf", GAN_ELEMENT_F32, &c->fed[i].shape);
    }
}

static void expect_tensor(const comparison *c, size_t which, const double *got) {
    const tensor expected = read_tensor(c->file);
    const size_t count = (size_t)gan__shape_elements(&expected.shape);
    double scale = 0;
    for (size_t e = 0; e < count; e++) scale = fmax(scale, fabs(expected.values[e]));
    for (size_t e = 0; e < count; e++) {
        if (fabs(got[e] - expected.values[e]) <= c->tolerance * scale) continue;
        fail_msg("%s: result %zu, element %zu: %.17g, not %.17g", c->name, which, e, got[e],
                 expected.values[e]);
    }
    free(expected.values);
}

// The nodes have the values of the record's next tensors.
static void finish(comparison *c, gan_node *const *nodes, size_t count) {
    gan_interpreter *interpreter;
    if (gan__graph_status(c->graph) != GAN_STATUS_OK)
        fail_msg("%s: %s", c->name, gan_status_message());
    assert_int_equal(gan__interpreter_create(c->graph, 0, &interpreter), GAN_STATUS_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(gan__interpreter_set(interpreter, c->leaves[i], c->fed[i].values),
                         GAN_STATUS_OK);
        free(c->fed[i].values);
    }
    assert_int_equal(gan__interpreter_run(interpreter, nodes, count, 0), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        const double *got;
        assert_int_equal(gan__interpreter_get(interpreter, nodes[i], &got), GAN_STATUS_OK);
        expect_tensor(c, i, got);
    }
    gan__interpreter_destroy(interpreter);
    gan__graph_destroy(c->graph);
}

// |a|^2 + |b|^2
static gan_node *squares(gan_node *a, gan_node *b) {
    gan_node *sum = gan__add(gan__reduce_sum(gan__square(gan__flatten(a)), GAN_AXES_ALL),
                             gan__reduce_sum(gan__square(gan__flatten(b)), GAN_AXES_ALL));
    return gan__reshape(sum, &(gan_shape){0});
}

static gan_node *gradient(gan_node *y, gan_node *x) {
    gan_node *out = NULL;
    gan__gradient(y, &x, 1, &out);
    return out;
}

// --- Against PyTorch ----------------------------------------------------------------------------

static void compare_case(FILE *file) {
    comparison c;
    char kind[NAME];
    gan_convolution_settings settings;
    int output_padding[2];
    begin(&c, file, 0);
    assert_int_equal(fscanf(file, "%63s", kind), 1);
    read_pair(file, settings.stride);
    read_pair(file, settings.before);
    read_pair(file, settings.after);
    read_pair(file, settings.dilation);
    assert_int_equal(fscanf(file, "%d", &settings.groups), 1);
    read_pair(file, output_padding);
    read_leaves(&c);
    gan_node *x = c.leaves[0], *w = c.leaves[1], *v = c.leaves[2];
    gan_node *nodes[6], *wrt[3] = {x, w, v};
    nodes[0] = strcmp(kind, "transposed") == 0
                   ? gan__transposed_convolution(x, w, &settings, output_padding)
                   : gan__convolution(x, w, &settings);
    gan__gradient_seeded(nodes[0], v, wrt, 2, nodes + 1);
    gan__gradient(squares(nodes[1], nodes[2]), wrt, 3, nodes + 3);
    finish(&c, nodes, 6);
}

// The largest of the numbers compared is about 1; they are sums of up to 400 products.
static void compare_penalty(FILE *file) {
    comparison c;
    const gan_convolution_settings halving = {.stride = {2, 2}, .before = {1, 1}, .after = {1, 1}};
    const gan_convolution_settings whole = {0};
    begin(&c, file, 1e-13);
    read_leaves(&c);
    gan_node *x = c.leaves[0], *nodes[5];
    gan_node *hidden = gan__tanh(gan__convolution(x, c.leaves[1], &halving));
    gan_node *slope = gradient(gan__convolution(hidden, c.leaves[2], &whole), x);
    gan_node *norm = gan__sqrt(gan__reduce_sum(gan__square(slope), 7));
    gan_node *penalty = gan__reduce_mean(gan__square(gan__offset(norm, -1)), GAN_AXES_ALL);
    nodes[0] = penalty;
    gan__gradient(penalty, (gan_node *[]){c.leaves[1], c.leaves[2], x}, 3, nodes + 1);
    nodes[4] = gradient(squares(nodes[1], nodes[2]), x);
    finish(&c, nodes, 5);
}

static void values_and_gradients_to_third_order_are_pytorchs(void **state) {
    (void)state;
    FILE *file = fopen(CLGAN_TEST_SOURCE "/tests/golden/graph_convolution.txt", "r");
    assert_non_null(file);
    char kind[NAME];
    int cases = 0, penalties = 0;
    while (fscanf(file, "%63s", kind) == 1) {
        if (strcmp(kind, "case") == 0) {
            compare_case(file);
            cases++;
        } else {
            assert_string_equal(kind, "penalty");
            compare_penalty(file);
            penalties++;
        }
    }
    fclose(file);
    assert_int_equal(cases, 36);
    assert_int_equal(penalties, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_gradients_to_third_order_are_pytorchs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
