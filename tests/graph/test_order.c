// The order of launches: what it costs in memory.
#include "cmocka_headers.h"

#include "graph/module_parts.h"

#include <stdlib.h>

enum { N = 256, FEW = 64, SQUARE = N * N * 4, NARROW = N * FEW * 4 };

static gan_node *matrix(gan_graph *graph, const char *name, int64_t columns) {
    return gan__input(graph, name, GAN_ELEMENT_F32, &GAN_SHAPE(N, columns));
}

// `first` is read by a chain of products and by two that are added up. Neither of the two frees
// anything by itself, but both together free `first`, which would else stay while the chain goes
// on.
static void what_frees_memory_together_is_launched_before_more_is_taken(void **state) {
    gan_device *device = NULL;
    gan_graph *graph = NULL;
    gan_module *module = NULL;
    gan_program *program = NULL;
    (void)state;
    setenv("CLGAN_OVERLAP", "off", 1); // memory is used again at once
    assert_int_equal(gan_device_open(NULL, &device), GAN_STATUS_OK);
    assert_int_equal(gan__graph_create(&graph), GAN_STATUS_OK);
    assert_int_equal(gan__module_create(device, graph, &module), GAN_STATUS_OK);
    gan_node *weight = matrix(graph, "weight", N), *first = gan__matmul(weight, weight, 0, 0);
    gan_node *chain = gan__matmul(first, weight, false, false);
    gan_node *longer = gan__matmul(weight, gan__matmul(chain, weight, false, false), false, false);
    gan_node *sum = gan__add(gan__matmul(first, matrix(graph, "a", FEW), false, false),
                             gan__matmul(first, matrix(graph, "b", FEW), false, false));
    gan_node *roots[] = {longer, sum};
    assert_int_equal(gan__program_create(module, "order", roots, 2, &program), GAN_STATUS_OK);
    assert_true(program->plan->arena_bytes <= 2 * SQUARE + 2 * NARROW);
    gan__module_destroy(module);
    gan__graph_destroy(graph);
    gan_device_close(device);
    unsetenv("CLGAN_OVERLAP");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_frees_memory_together_is_launched_before_more_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
