// Losses: values in closed form, and finite with finite gradients at any logit.
#include "golden.h"
#include "nn/losses.h"
#include "nn/stable.h"
#include "runner.h"

enum { COUNT = 5 };
static const double logits[COUNT] = {-1e4, -88, 0, 88, 1e4};

// A loss of one input, evaluated with its gradient.
static void evaluate(gan_node *(*build)(gan_node *x), const gan_shape *shape, const double *x,
                     double *value, double *gradient) {
    gan_graph *graph;
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    gan_node *input = gan__input(graph, "x", GAN_ELEMENT_F32, shape);
    gan_node *roots[2] = {build(input)};
    assert_non_null(roots[0]);
    assert_int_equal(gan__gradient(roots[0], &input, 1, &roots[1]), GAN_STATUS_OK);
    runner run = interpreter_runner();
    run.open(&run, graph, roots, 2);
    run.set_input(&run, input, x);
    run.run(&run, 0);
    run.get_root(&run, 0, value);
    run.get_root(&run, 1, gradient);
    run.close(&run);
    gan__graph_destroy(graph);
}

static gan_node *bce_real(gan_node *x) {
    return gan__bce_each(x, 1);
}

static gan_node *bce_fake(gan_node *x) {
    return gan__bce_each(x, 0);
}

static gan_node *bce_smooth(gan_node *x) {
    return gan__bce_each(x, 0.9);
}

static gan_node *bce_mean(gan_node *x) {
    return gan__bce_with_logits(x, 0.9);
}

static gan_node *bce_node(gan_node *x) {
    return gan__bce_with_logits_node(x, gan__scalar(gan__node_graph(x), 0.9));
}

static void check_bce(gan_node *(*build)(gan_node *x), const double *values, const double *slopes) {
    gan_shape shape = GAN_SHAPE(1, COUNT);
    double value[COUNT], slope[COUNT];
    evaluate(build, &shape, logits, value, slope);
    for (int i = 0; i < COUNT; i++) {
        assert_true(fabs(value[i] - values[i]) <= 1e-9 * (1 + fabs(values[i])));
        assert_true(fabs(slope[i] - slopes[i]) <= 1e-9);
    }
}

static void cross_entropy_is_right_at_any_logit(void **state) {
    (void)state;
    const double half = 0.69314718055994531;
    check_bce(bce_real, (double[]){1e4, 88, half, 0, 0}, (double[]){-1, -1, -0.5, 0, 0});
    check_bce(bce_fake, (double[]){0, 0, half, 88, 1e4}, (double[]){0, 0, 0.5, 1, 1});
    check_bce(bce_smooth, (double[]){9e3, 79.2, half, 8.8, 1e3},
              (double[]){-0.9, -0.9, -0.4, 0.1, 0.1});
}

static void cross_entropy_is_a_scalar_mean_for_constants_and_nodes_alike(void **state) {
    (void)state;
    gan_shape shape = GAN_SHAPE(1, COUNT);
    double value[2], slope[COUNT];
    const double expected = (9e3 + 79.2 + 0.69314718055994531 + 8.8 + 1e3) / COUNT;
    evaluate(bce_mean, &shape, logits, &value[0], slope);
    evaluate(bce_node, &shape, logits, &value[1], slope);
    assert_true(fabs(value[0] - expected) < 1e-9);
    assert_true(fabs(value[1] - expected) < 1e-9);
}

static gan_node *log_sum_exp_of_features(gan_node *x) {
    return gan__log_sum_exp(x, 1u);
}

static void log_sum_exp_survives_large_logits(void **state) {
    (void)state;
    gan_shape shape = GAN_SHAPE(3, 2);
    const double x[6] = {1e4, -1e4, 1e4, -1e4, -1e4, -1e4};
    double value[2], slope[6];
    evaluate(log_sum_exp_of_features, &shape, x, value, slope);
    assert_true(fabs(value[0] - (1e4 + log(2))) < 1e-9);
    assert_true(fabs(value[1] - (-1e4 + log(3))) < 1e-9);
    const double slopes[6] = {0.5, 1 / 3., 0.5, 1 / 3., 0, 1 / 3.};
    for (int i = 0; i < 6; i++) assert_true(fabs(slope[i] - slopes[i]) < 1e-12);
}

// Labels 2 and 0 of three classes.
static gan_node *classes(gan_node *x) {
    gan_graph *graph = gan__node_graph(x);
    gan_shape two = GAN_SHAPE(2);
    gan_node *labels = gan__offset(gan__scale(gan__iota(graph, &two, 0), -2), 2);
    return gan__softmax_cross_entropy(x, labels);
}

static void softmax_cross_entropy_picks_the_label(void **state) {
    (void)state;
    gan_shape shape = GAN_SHAPE(3, 2);
    const double x[6] = {1, 0, 2, 0, 3, 0}; // samples (1, 2, 3) and (0, 0, 0)
    double value, slope[6];
    evaluate(classes, &shape, x, &value, slope);
    double sum = exp(1) + exp(2) + exp(3);
    assert_true(fabs(value - 0.5 * (log(sum) - 3 + log(3))) < 1e-12);
    assert_true(fabs(slope[4] - 0.5 * (exp(3) / sum - 1)) < 1e-12);
    assert_true(fabs(slope[1] - 0.5 * (1 / 3. - 1)) < 1e-12);
}

static gan_node *squares(gan_node *x) {
    return gan__sample_squares(x);
}

static gan_node *square_error(gan_node *x) {
    return gan__mean_square_error(x, gan__scalar(gan__node_graph(x), 1));
}

static void squares_are_summed_by_sample(void **state) {
    (void)state;
    gan_shape image = GAN_SHAPE(2, 1, 1, 2);
    const double x[4] = {1, 2, 3, 4}; // samples (1, 3) and (2, 4)
    double value[2], slope[4];
    evaluate(squares, &image, x, value, slope);
    assert_true(value[0] == 10 && value[1] == 20);
    evaluate(square_error, &image, x, value, slope);
    assert_true(fabs(value[0] - (0 + 1 + 4 + 9) / 4.) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_entropy_is_right_at_any_logit),
        cmocka_unit_test(cross_entropy_is_a_scalar_mean_for_constants_and_nodes_alike),
        cmocka_unit_test(log_sum_exp_survives_large_logits),
        cmocka_unit_test(softmax_cross_entropy_picks_the_label),
        cmocka_unit_test(squares_are_summed_by_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
