// Graphs that nobody thought of: their plans keep what lives at the same time apart, launches wait
// for those that they share memory with, and devices give what the interpreter gives, step after
// step.
#include "cmocka_headers.h"

#include "graph/module_parts.h"
#include "random_graph.h"

#include <stdlib.h>

// $CLGAN_TEST_GRAPHS asks for more of them, $CLGAN_TEST_GRAPH for one.
#define GRAPHS_RUN     16
#define GRAPHS_PLANNED 400
#define STEPS          14
// Values near 1, some tens of operations in a row, three runs that go on from each other's result.
#define TOLERANCE 1e-4

static uint64_t setting_or(const char *name, uint64_t fallback) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : fallback;
}

// --- Plans --------------------------------------------------------------------------------------

static void check_memory(const gan_plan *plan, uint64_t number) {
    for (uint32_t i = 0; i < plan->tensor_count; i++) {
        const gan_plan_tensor *a = &plan->tensors[i];
        if (a->kind != GAN_TENSOR_ARENA || a->first == GAN_NONE) continue;
        assert_true(a->offset + gan__plan_tensor_bytes(a) <= plan->arena_bytes);
        assert_int_equal(a->offset % 64, 0);
        for (uint32_t k = 0; k < i; k++) {
            const gan_plan_tensor *b = &plan->tensors[k];
            if (b->kind != GAN_TENSOR_ARENA || b->first == GAN_NONE) continue;
            bool together = a->first <= b->last && b->first <= a->last;
            bool apart = a->offset + gan__plan_tensor_bytes(a) <= b->offset ||
                         b->offset + gan__plan_tensor_bytes(b) <= a->offset;
            if (together && !apart)
                fail_msg("graph %llu: tensors %u and %u share memory", (unsigned long long)number,
                         k, i);
        }
    }
}

// What is read was written by an earlier launch, or lies in a state or input.
typedef struct written_tensors {
    bool written[4096];
    uint64_t number;
} written_tensors;

static gan_status check_read(gan_plan *plan, uint32_t vertex, bool direct, void *user) {
    const written_tensors *w = user;
    uint32_t tensor = plan->vertices[vertex].place.tensor;
    (void)direct;
    if (plan->tensors[tensor].kind != GAN_TENSOR_ARENA || w->written[tensor]) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_FAILED, "graph %llu reads a tensor before it is written",
                     (unsigned long long)w->number);
}

static void check_order(gan_plan *plan, uint64_t number) {
    written_tensors w = {.number = number};
    assert_true(plan->tensor_count <= 4096);
    for (uint32_t i = 0; i < plan->launch_count; i++) {
        const gan_group *g = &plan->groups[plan->order[i]];
        if (gan__group_reads(plan, plan->order[i], check_read, &w) != GAN_STATUS_OK)
            fail_msg("%s", gan_status_message());
        for (uint32_t m = 0; m < g->member_count; m++)
            if (plan->vertices[g->members[m]].wanted)
                w.written[plan->vertices[g->members[m]].place.tensor] = true;
    }
}

// What a launch touches, as it will be bound: not as its waits were found.
typedef struct touched_tensor {
    uint32_t tensor;
    bool written;
} touched_tensor;

static size_t list_touched(const gan_plan_launch *launch, touched_tensor out[64]) {
    const touched_tensor operands[] = {
        {launch->a.tensor, false}, {launch->b.tensor, false}, {launch->c.tensor, true}};
    const uint32_t images[] = {launch->y.tensor, launch->x.tensor, launch->w.tensor};
    const bool plain = launch->source[0] == 0;
    size_t count = 0;
    if (launch->scratch != GAN_NONE) out[count++] = (touched_tensor){launch->scratch, true};
    for (size_t i = 0; i < launch->argument_count && count < 60; i++)
        if (launch->arguments[i].kind == GAN_ARGUMENT_KIND_BUFFER)
            out[count++] =
                (touched_tensor){launch->arguments[i].tensor, launch->arguments[i].written};
    for (size_t i = 0; launch->kind == GAN_LAUNCH_GEMM && i < (plain ? 3 : 2); i++)
        out[count++] = operands[i];
    for (uint32_t i = 0; launch->kind == GAN_LAUNCH_CONVOLUTION && i < 3; i++) {
        const bool made = i == (uint32_t)launch->convolution.member;
        if (plain || !made) out[count++] = (touched_tensor){images[i], made};
    }
    assert_true(count < 60);
    return count;
}

static bool is_concatenation(const gan_plan *plan, uint32_t tensor) {
    for (uint32_t i = 0; i < plan->vertex_count; i++)
        if (plan->vertices[i].kind == GAN_VERTEX_CONCAT && plan->vertices[i].place.tensor == tensor)
            return true;
    return false;
}

static bool share_memory(const gan_plan *plan, uint32_t first, uint32_t second) {
    const gan_plan_tensor *a = &plan->tensors[first], *b = &plan->tensors[second];
    if (first == second) return !is_concatenation(plan, first); // its parts lie side by side
    if (a->kind != b->kind || a->kind == GAN_TENSOR_OUTPUT) return false;
    if (a->kind != GAN_TENSOR_ARENA) return a->leaf == b->leaf;
    return a->offset < b->offset + gan__plan_tensor_bytes(b) &&
           b->offset < a->offset + gan__plan_tensor_bytes(a);
}

static bool must_wait(const gan_plan *plan, uint32_t launch, uint32_t other) {
    touched_tensor mine[64], theirs[64];
    const size_t count = list_touched(&plan->launches[launch], mine);
    const size_t other_count = list_touched(&plan->launches[other], theirs);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < other_count; k++)
            if ((mine[i].written || theirs[k].written) &&
                share_memory(plan, mine[i].tensor, theirs[k].tensor))
                return true;
    return false;
}

static bool waits_for(const gan_plan *plan, uint32_t launch, uint32_t other) {
    for (uint32_t i = plan->first_wait[launch]; i < plan->first_wait[launch + 1]; i++) {
        const uint32_t next = plan->waits[i];
        assert_true(next < launch);
        if (next == other || (next > other && waits_for(plan, next, other))) return true;
    }
    return false;
}

static void check_waits(const gan_plan *plan, uint64_t number) {
    for (uint32_t i = 0; i < plan->launch_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (must_wait(plan, i, k) && !waits_for(plan, i, k))
                fail_msg("graph %llu: launch %u does not wait for launch %u",
                         (unsigned long long)number, i, k);
}

static void plan_graph(gan_device *device, uint64_t number) {
    gan_random_graph *g = NULL;
    gan_module *module = NULL;
    gan_program *program = NULL;
    gan_status status = gan__random_graph_create(number, STEPS, &g);
    if (status == GAN_STATUS_OK) status = gan__module_create(device, g->graph, &module);
    if (status == GAN_STATUS_OK)
        status = gan__program_create(module, "random", g->roots, g->root_count, &program);
    if (status != GAN_STATUS_OK)
        fail_msg("graph %llu: %s", (unsigned long long)number, gan_status_message());
    check_memory(program->plan, number);
    check_order(program->plan, number);
    check_waits(program->plan, number);
    gan__module_destroy(module);
    gan__random_graph_destroy(g);
}

static void plans_keep_apart_what_lives_together_and_in_order_what_shares_memory(void **state) {
    (void)state;
    gan_device *device = NULL;
    assert_int_equal(gan_device_open(NULL, &device), GAN_STATUS_OK);
    for (uint64_t number = 0; number < GRAPHS_PLANNED; number++) plan_graph(device, number);
    gan_device_close(device);
}

// --- Runs ---------------------------------------------------------------------------------------

static gan_status compare_graph(gan_device *device, uint64_t number) {
    gan_random_graph *g = NULL;
    gan_status status = gan__random_graph_create(number, STEPS, &g);
    if (status == GAN_STATUS_OK) {
        gan_comparison comparison = {.graph = g->graph,
                                     .leaves = g->leaves,
                                     .leaf_count = g->leaf_count,
                                     .roots = g->roots,
                                     .root_count = g->root_count,
                                     .seed = 5,
                                     .counter = 9,
                                     .runs = 3,
                                     .tolerance = TOLERANCE};
        status = gan__compare(device, &comparison);
    }
    gan__random_graph_destroy(g);
    return status;
}

static void random_graphs_give_what_the_interpreter_gives(void **state) {
    (void)state;
    gan_setting *settings = NULL;
    size_t count = 0, failures = 0;
    uint64_t first = setting_or("CLGAN_TEST_GRAPH", 0);
    uint64_t graphs = getenv("CLGAN_TEST_GRAPH") ? 1 : setting_or("CLGAN_TEST_GRAPHS", GRAPHS_RUN);
    assert_int_equal(gan__settings_list(&settings, &count), GAN_STATUS_OK);
    for (size_t s = 0; s < count; s++) {
        gan_device *device = NULL;
        if (gan__setting_open(&settings[s], &device) != GAN_STATUS_OK)
            fail_msg("%s: %s", settings[s].name, gan_status_message());
        for (uint64_t number = first; number < first + graphs; number++) {
            if (compare_graph(device, number) == GAN_STATUS_OK) continue;
            print_error("%s: graph %llu: %s\n", settings[s].name, (unsigned long long)number,
                        gan_status_message());
            failures++;
        }
        gan__setting_close(device);
    }
    gan__free(settings);
    assert_int_equal(failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_keep_apart_what_lives_together_and_in_order_what_shares_memory),
        cmocka_unit_test(random_graphs_give_what_the_interpreter_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
