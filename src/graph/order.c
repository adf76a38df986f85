// The order in which nodes can be computed. Ids ascend from operands to users, so the order is the
// ascending ids of what is reachable, found by one sweep downwards: no stack, whatever the depth.
#include "graph/node.h"

static uint32_t highest_id(gan_node *const *roots, size_t count) {
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (roots[i]->id > highest) highest = roots[i]->id;
    }
    return highest;
}

gan_status gan__graph_topological(gan_node *const *roots, size_t count, gan_node ***order,
                                  size_t *length) {
    *order = NULL;
    *length = 0;
    if (count == 0) return gan__alloc(0, sizeof **order, (void **)order);
    const gan_graph *graph = roots[0]->graph;
    const uint32_t ids = highest_id(roots, count) + 1;
    bool *reached;
    GAN_TRY(gan__alloc(ids, sizeof *reached, (void **)&reached));
    for (size_t i = 0; i < count; i++) reached[roots[i]->id] = true;
    size_t total = 0;
    for (uint32_t id = ids; id-- > 0;) {
        if (!reached[id]) continue;
        const gan_node *node = graph->nodes.nodes[id];
        for (uint32_t i = 0; i < node->input_count; i++) reached[node->inputs[i]->id] = true;
        total++;
    }
    const gan_status status = gan__alloc(total, sizeof **order, (void **)order);
    for (uint32_t id = 0; status == GAN_STATUS_OK && id < ids; id++) {
        if (reached[id]) (*order)[(*length)++] = graph->nodes.nodes[id];
    }
    gan__free(reached);
    return status;
}
