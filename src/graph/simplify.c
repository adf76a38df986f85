// The pass: rebuilds what the roots need in order of ids, each node on its simplified operands.
#include "graph/simplify.h"

#include "graph/node.h"

// What stands in the place of `node`, given what stands in the places of its operands.
static gan_node *rebuild(gan_node *node, gan_node *const *simplified, gan_node **operands) {
    if (node->input_count == 0) return node;
    if (node->op == GAN_OP_STOP_GRADIENT) return simplified[node->inputs[0]->id];
    if (node->op == GAN_OP_ASSIGN) return simplified[node->inputs[1]->id];
    for (uint32_t i = 0; i < node->input_count; i++) {
        operands[i] = simplified[node->inputs[i]->id];
    }
    return gan__node_make(node->graph, node->op, &node->shape, &node->attributes, operands,
                          node->input_count);
}

static uint32_t most_operands(gan_node *const *order, size_t length) {
    uint32_t most = 0;
    for (size_t i = 0; i < length; i++) {
        if (order[i]->input_count > most) most = order[i]->input_count;
    }
    return most;
}

static gan_status simplify_in_order(gan_node *const *order, size_t length, gan_node *const *roots,
                                    size_t count, gan_node **simplified, gan_node **out) {
    gan_node **operands;
    GAN_TRY(gan__alloc(most_operands(order, length), sizeof *operands, (void **)&operands));
    for (size_t i = 0; i < length; i++) {
        simplified[order[i]->id] = rebuild(order[i], simplified, operands);
    }
    gan__free(operands);
    for (size_t i = 0; i < count; i++) {
        gan_node *value = simplified[roots[i]->id];
        out[i] = roots[i]->op == GAN_OP_ASSIGN ? gan__assign(roots[i]->inputs[0], value) : value;
    }
    return GAN_STATUS_OK;
}

gan_status gan__simplify(gan_graph *graph, gan_node *const *roots, size_t count, gan_node **out) {
    GAN_TRY(gan__graph_status(graph));
    gan_node **order, **simplified;
    size_t length;
    GAN_TRY(gan__graph_topological(roots, count, &order, &length));
    gan_status status = gan__alloc(graph->nodes.count, sizeof *simplified, (void **)&simplified);
    if (status == GAN_STATUS_OK) {
        status = simplify_in_order(order, length, roots, count, simplified, out);
        gan__free(simplified);
    }
    gan__free(order);
    GAN_TRY(status);
    return gan__graph_status(graph);
}
