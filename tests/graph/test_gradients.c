// Gradients, first and second order, of every case against central differences of fourth order in
// double precision, by the interpreter.
#include "cmocka_headers.h"

#include "cases.h"

#include "base/philox.h"
#include "base/status.h"

#include <math.h>
#include <stdlib.h>

#define STEP             1e-3
#define FIRST_TOLERANCE  1e-8
#define SECOND_TOLERANCE 1e-7
#define PROBES           12 // elements tried of each leaf; smaller leaves are tried in full

static double objective_at(gan_interpreter *interpreter, gan_node *objective) {
    const double *value;
    assert_int_equal(gan__interpreter_run(interpreter, &objective, 1, GAN_CASE_COUNTER),
                     GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(interpreter, objective, &value), GAN_STATUS_OK);
    return *value;
}

// The objective with `direction` times `distance` added to the leaf.
static double objective_moved(gan_interpreter *interpreter, gan_node *objective,
                              const gan_case_leaf *leaf, const double *direction, double distance) {
    const size_t count = (size_t)gan__shape_elements(gan__node_shape(leaf->node));
    double *moved = malloc(count * sizeof *moved);
    for (size_t e = 0; e < count; e++) moved[e] = leaf->values[e] + direction[e] * distance;
    assert_int_equal(gan__interpreter_set(interpreter, leaf->node, moved), GAN_STATUS_OK);
    free(moved);
    return objective_at(interpreter, objective);
}

static double difference_quotient(gan_interpreter *interpreter, gan_node *objective,
                                  const gan_case_leaf *leaf, const double *direction) {
    const double near = objective_moved(interpreter, objective, leaf, direction, STEP) -
                        objective_moved(interpreter, objective, leaf, direction, -STEP);
    const double far = objective_moved(interpreter, objective, leaf, direction, 2 * STEP) -
                       objective_moved(interpreter, objective, leaf, direction, -2 * STEP);
    assert_int_equal(gan__interpreter_set(interpreter, leaf->node, leaf->values), GAN_STATUS_OK);
    return (8 * near - far) / (12 * STEP);
}

static void expect_close(const gan_case_graph *c, const char *order, size_t leaf, double got,
                         double expected, double scale, double tolerance) {
    if (fabs(got - expected) <= tolerance * (1 + scale)) return;
    fail_msg("%s: %s gradient by leaf %zu is %.12g, the difference quotient %.12g",
             c->description->name, order, leaf, got, expected);
}

static double dot(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t e = 0; e < count; e++) sum += a[e] * b[e];
    return sum;
}

// Single elements, which find what is misplaced, and one direction through all elements.
static void check_leaf(const gan_case_graph *c, gan_interpreter *interpreter, const char *order,
                       gan_node *objective, const gan_case_leaf *leaf, const double *gradient,
                       double tolerance) {
    const size_t count = (size_t)gan__shape_elements(gan__node_shape(leaf->node));
    const size_t index = (size_t)(leaf - c->leaves), probes = count < PROBES ? count : PROBES;
    double *direction = calloc(count, sizeof *direction), scale = 0;
    for (size_t e = 0; e < count; e++) scale = fmax(scale, fabs(gradient[e]));
    for (size_t probe = 0; probe < probes; probe++) {
        const size_t e = gan__philox_permute(GAN_CASE_SEED, 9000, index, probe, count);
        direction[e] = 1;
        const double expected = difference_quotient(interpreter, objective, leaf, direction);
        direction[e] = 0;
        expect_close(c, order, index, gradient[e], expected, scale, tolerance);
    }
    for (size_t e = 0; e < count; e++) {
        direction[e] = gan__philox_uniform(GAN_CASE_SEED, 9001, index, (uint32_t)e) - 0.5;
    }
    const double expected = difference_quotient(interpreter, objective, leaf, direction);
    expect_close(c, order, index, dot(gradient, direction, count), expected,
                 scale * sqrt((double)count), tolerance);
    free(direction);
}

static void check_order(const gan_case_graph *c, gan_interpreter *interpreter, const char *order,
                        gan_node *objective, gan_node *const *gradients, double tolerance) {
    double *held[GAN_CASE_LEAVES];
    assert_int_equal(
        gan__interpreter_run(interpreter, gradients, c->differentiable_count, GAN_CASE_COUNTER),
        GAN_STATUS_OK);
    for (size_t k = 0; k < c->differentiable_count; k++) {
        const double *values;
        const size_t count = (size_t)gan__shape_elements(gan__node_shape(gradients[k]));
        assert_int_equal(gan__interpreter_get(interpreter, gradients[k], &values), GAN_STATUS_OK);
        held[k] = malloc(count * sizeof *held[k]);
        for (size_t e = 0; e < count; e++) held[k][e] = values[e];
    }
    size_t k = 0;
    for (size_t i = 0; i < c->leaf_count; i++) {
        if (!c->leaves[i].differentiable) continue;
        check_leaf(c, interpreter, order, objective, &c->leaves[i], held[k], tolerance);
        free(held[k++]);
    }
}

static void case_has_the_gradients_of_its_difference_quotients(void **state) {
    const gan_case *description = *state;
    gan_case_graph c;
    if (gan__case_graph_create(description, &c) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    gan_interpreter *interpreter;
    assert_int_equal(gan__interpreter_create(c.graph, GAN_CASE_SEED, &interpreter), GAN_STATUS_OK);
    assert_int_equal(gan__case_feed(&c, interpreter), GAN_STATUS_OK);
    check_order(&c, interpreter, "first", c.objective, c.first, FIRST_TOLERANCE);
    check_order(&c, interpreter, "second", c.second_objective, c.second, SECOND_TOLERANCE);
    gan__interpreter_destroy(interpreter);
    gan__case_graph_destroy(&c);
}

int main(void) {
    const size_t count = gan__case_count();
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    for (size_t i = 0; i < count; i++) {
        tests[i].name = gan__case(i)->name;
        tests[i].test_func = case_has_the_gradients_of_its_difference_quotients;
        tests[i].initial_state = (void *)gan__case(i);
    }
    const int failures =
        _cmocka_run_group_tests("gradients of every case", tests, count, NULL, NULL);
    free(tests);
    return failures;
}
