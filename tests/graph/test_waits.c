// Which launches wait for which: readers for writers, writers for readers, and nobody for nothing.
#include "cmocka_headers.h"

#include "graph/module_parts.h"

#include <stdlib.h>

typedef struct planned {
    gan_device *device;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
} planned;

static void open_graph(planned *p) {
    assert_int_equal(gan_device_open(NULL, &p->device), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&p->graph), GAN_STATUS_OK);
    assert_int_equal(gan__module_create(p->device, p->graph, &p->module), GAN_STATUS_OK);
}

static const gan_plan *plan_roots(planned *p, gan_node *const *roots, size_t count) {
    if (gan__program_create(p->module, "waits", roots, count, &p->program) != GAN_STATUS_OK)
        fail_msg("%s", gan_status_message());
    return p->program->plan;
}

static void close_graph(planned *p) {
    gan__module_destroy(p->module);
    gan__graph_destroy(p->graph);
    gan_device_close(p->device);
}

static gan_node *matrix(planned *p, const char *name) {
    return gan__input(p->graph, name, GAN_ELEMENT_F32, &GAN_SHAPE(32, 32));
}

static uint32_t waits_of(const gan_plan *plan, uint32_t launch) {
    return plan->first_wait[launch + 1] - plan->first_wait[launch];
}

static void products_of_the_same_operand_do_not_wait_for_each_other(void **state) {
    planned p;
    (void)state;
    open_graph(&p);
    gan_node *x = matrix(&p, "x");
    gan_node *roots[] = {gan__matmul(matrix(&p, "a"), x, false, false),
                         gan__matmul(matrix(&p, "b"), x, false, false)};
    const gan_plan *plan = plan_roots(&p, roots, 2);
    assert_int_equal(plan->launch_count, 2);
    assert_int_equal(plan->first_wait[2], 0);
    close_graph(&p);
}

static void a_product_waits_for_the_one_it_reads_and_only_for_it(void **state) {
    planned p;
    (void)state;
    open_graph(&p);
    gan_node *x = matrix(&p, "x"), *a = matrix(&p, "a");
    gan_node *first = gan__matmul(a, x, false, false);
    gan_node *second = gan__matmul(a, first, false, false);
    gan_node *root = gan__matmul(a, second, false, false);
    const gan_plan *plan = plan_roots(&p, &root, 1);
    assert_int_equal(plan->launch_count, 3);
    assert_int_equal(waits_of(plan, 0), 0);
    assert_int_equal(waits_of(plan, 1), 1);
    assert_int_equal(plan->waits[0], 0);
    assert_int_equal(waits_of(plan, 2), 1); // for the first by way of the second
    assert_int_equal(plan->waits[1], 1);
    close_graph(&p);
}

static void who_overwrites_a_state_waits_for_its_readers(void **state) {
    planned p;
    (void)state;
    open_graph(&p);
    gan_node *w = gan__state(p.graph, "w", &GAN_SHAPE(32, 32));
    gan_node *roots[] = {gan__matmul(w, matrix(&p, "x"), false, false),
                         gan__assign(w, gan__scale(w, 0.5))};
    const gan_plan *plan = plan_roots(&p, roots, 2);
    assert_int_equal(plan->launch_count, 2);
    assert_int_equal(plan->launches[0].kind, GAN_LAUNCH_GEMM);
    assert_int_equal(waits_of(plan, 1), 1);
    close_graph(&p);
}

// As the gradients of a network lie: each product stores its own, one kernel reads them all.
static void parts_of_a_concatenation_do_not_wait_for_each_other(void **state) {
    planned p;
    (void)state;
    open_graph(&p);
    gan_node *x = matrix(&p, "x");
    gan_node *parts[] = {gan__matmul(matrix(&p, "a"), x, false, false),
                         gan__matmul(matrix(&p, "b"), x, false, false)};
    gan_node *root = gan__tanh(gan__concat(parts, 2, 0));
    const gan_plan *plan = plan_roots(&p, &root, 1);
    assert_int_equal(plan->launch_count, 3);
    assert_int_equal(waits_of(plan, 0), 0);
    assert_int_equal(waits_of(plan, 1), 0);
    assert_int_equal(waits_of(plan, 2), 2);
    close_graph(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_the_same_operand_do_not_wait_for_each_other),
        cmocka_unit_test(a_product_waits_for_the_one_it_reads_and_only_for_it),
        cmocka_unit_test(who_overwrites_a_state_waits_for_its_readers),
        cmocka_unit_test(parts_of_a_concatenation_do_not_wait_for_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
