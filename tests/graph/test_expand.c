// Convolutions expanded to products of windows have the values of convolutions, in every case with
// its gradients. (test_device_cases.c runs them on devices.)
#include "cmocka_headers.h"

#include "base/memory.h"
#include "cases.h"
#include "graph/expand.h"
#include "graph/node.h"

#include <math.h>

#define ROOTS (GAN_CASE_ROOTS + 2 * GAN_CASE_LEAVES)

// A case with what is asked of it, as it is and expanded.
typedef struct expansion {
    gan_case_graph c;
    gan_node *roots[ROOTS], *expanded[ROOTS];
    size_t count;
} expansion;

static void begin(expansion *e, const gan_case *description) {
    if (gan__case_graph_create(description, &e->c) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    e->count = 0;
    for (size_t i = 0; i < e->c.root_count; i++) e->roots[e->count++] = e->c.roots[i];
    for (size_t i = 0; i < e->c.differentiable_count; i++) {
        e->roots[e->count++] = e->c.first[i];
        e->roots[e->count++] = e->c.second[i];
    }
    if (gan__expand_convolutions(e->c.graph, NULL, e->roots, e->count, e->expanded) !=
        GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
}

static void expect_no_convolution(const expansion *e) {
    gan_node **order;
    size_t length;
    assert_int_equal(gan__graph_topological(e->expanded, e->count, &order, &length), GAN_STATUS_OK);
    for (size_t k = 0; k < length; k++) {
        assert_int_not_equal(gan__op_info(order[k]->op)->class, GAN_OP_CLASS_CONVOLUTION);
    }
    gan__free(order);
}

static void expect_values(const expansion *e, gan_interpreter *interpreter, size_t i) {
    const double *expected, *got;
    assert_int_equal(gan__interpreter_get(interpreter, e->roots[i], &expected), GAN_STATUS_OK);
    assert_int_equal(gan__interpreter_get(interpreter, e->expanded[i], &got), GAN_STATUS_OK);
    assert_true(gan__shape_equal(&e->roots[i]->shape, &e->expanded[i]->shape));
    const int64_t elements = gan__shape_elements(&e->roots[i]->shape);
    double scale = 0;
    for (int64_t k = 0; k < elements; k++) scale = fmax(scale, fabs(expected[k]));
    for (int64_t k = 0; k < elements; k++) {
        if (fabs(got[k] - expected[k]) <= 1e-13 * scale) continue;
        fail_msg("%s: root %zu, element %lld: %.17g, not %.17g", e->c.description->name, i,
                 (long long)k, got[k], expected[k]);
    }
}

static void expanded_cases_have_the_values_they_had(void **state) {
    (void)state;
    for (size_t i = 0; i < gan__case_count(); i++) {
        expansion e;
        gan_node *both[2 * ROOTS];
        gan_interpreter *interpreter;
        begin(&e, gan__case(i));
        expect_no_convolution(&e);
        for (size_t k = 0; k < e.count; k++) {
            both[k] = e.roots[k];
            both[e.count + k] = e.expanded[k];
        }
        assert_int_equal(gan__interpreter_create(e.c.graph, GAN_CASE_SEED, &interpreter),
                         GAN_STATUS_OK);
        assert_int_equal(gan__case_feed(&e.c, interpreter), GAN_STATUS_OK);
        assert_int_equal(gan__interpreter_run(interpreter, both, 2 * e.count, GAN_CASE_COUNTER),
                         GAN_STATUS_OK);
        for (size_t k = 0; k < e.count; k++) expect_values(&e, interpreter, k);
        gan__interpreter_destroy(interpreter);
        gan__case_graph_destroy(&e.c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expanded_cases_have_the_values_they_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
