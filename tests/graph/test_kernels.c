// The text of kernels where it meets limits: of floats as indices, of how many buffers a kernel
// takes.
#include "test_device.h"

#include "graph/module.h"

#include <stdio.h>
#include <string.h>

static void succeed(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static size_t count_of(const char *text, const char *what) {
    size_t count = 0;
    for (text = strstr(text, what); text; text = strstr(text + 1, what)) count++;
    return count;
}

// From 2^24 on only every other whole number is a float: 16777219 is not, and the nearest that is,
// 16777220, is past the end of 16777220 elements.
static void the_last_index_is_never_rounded_past_the_end(void **state) {
    (void)state;
    static const struct {
        int64_t size;
        const char *last;
    } cases[] = {{100, ", 99.0f)"},
                 {16777217, ", 16777216.0f)"},
                 {16777220, ", 16777218.0f)"},
                 {16777221, ", 16777220.0f)"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gan_graph *graph;
        gan_module *module;
        gan_program *program;
        succeed(gan__graph_create(&graph));
        gan_node *a = gan__state(graph, "a", &GAN_SHAPE(cases[i].size));
        gan_node *picked = gan__gather(a, gan__state(graph, "index", &GAN_SHAPE(40)), 0);
        succeed(gan__module_create(device, graph, &module));
        succeed(gan__program_create(module, "gather", &picked, 1, &program));
        assert_int_equal(count_of(gan__program_source(program, 0), cases[i].last) > 0, 1);
        gan__module_destroy(module);
        gan__graph_destroy(graph);
    }
}

// A sum of many windows of one vector, at offsets that follow no rule.
enum { WINDOWS = 90, WIDTH = 33, LENGTH = 4000 };

static int64_t window_start(int i) {
    return (int64_t)(i * i * 37 + i * 11) % (LENGTH - WIDTH);
}

static void an_array_read_at_many_offsets_is_few_arguments(void **state) {
    (void)state;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    succeed(gan__graph_create(&graph));
    gan_node *x = gan__state(graph, "x", &GAN_SHAPE(LENGTH)), *sum = NULL;
    for (int i = 0; i < WINDOWS; i++) {
        const int64_t start = window_start(i), width = WIDTH;
        gan_node *term = gan__scale(gan__slice(x, &start, &width, NULL), i % 7 + 1);
        sum = sum == NULL ? term : gan__add(sum, term);
    }
    succeed(gan__module_create(device, graph, &module));
    succeed(gan__program_create(module, "windows", &sum, 1, &program));
    succeed(gan__module_prepare(module, 1));
    for (size_t i = 0; i < gan__program_launches(program); i++)
        assert_true(count_of(gan__program_source(program, i), "global const float *p") <= 24);
    float values[LENGTH], got[WIDTH];
    for (int i = 0; i < LENGTH; i++) values[i] = (float)(i % 113);
    succeed(gan__module_write_state(module, x, values));
    succeed(gan__program_run(program, 0));
    succeed(gan__program_read(program, 0, got));
    for (int k = 0; k < WIDTH; k++) {
        float expected = 0;
        for (int i = 0; i < WINDOWS; i++)
            expected += values[window_start(i) + k] * (float)(i % 7 + 1);
        assert_true(got[k] == expected); // whole numbers: exact in any order
    }
    gan__module_destroy(module);
    gan__graph_destroy(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_index_is_never_rounded_past_the_end),
        cmocka_unit_test(an_array_read_at_many_offsets_is_few_arguments),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
