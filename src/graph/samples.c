// See samples.h.
#include "graph/samples.h"

#include "graph/node.h"

static int64_t last_size(const gan_node *node) {
    return node->shape.rank ? node->shape.size[node->shape.rank - 1] : 0;
}

// A slice or pad along other axes only.
static bool spares_last_axis(const gan_node *node) {
    const int last = node->shape.rank - 1;
    return last_size(node) == last_size(node->inputs[0]) && node->attributes.slice.start[last] == 0;
}

bool gan__keeps_last_axis(const gan_node *node) {
    const int last = node->shape.rank - 1;
    if (last < 0 || node->input_count == 0) return false;
    const gan_node *a = node->inputs[0];
    switch (node->op) {
    case GAN_OP_REDUCE_SUM:
    case GAN_OP_REDUCE_MAX:
    case GAN_OP_RESHAPE:
    case GAN_OP_BROADCAST:
        return a->shape.rank > 0 && last_size(node) == last_size(a);
    case GAN_OP_PERMUTE:
        return node->attributes.order[last] == last;
    case GAN_OP_SLICE:
    case GAN_OP_PAD:
        return spares_last_axis(node);
    case GAN_OP_CONCAT:
    case GAN_OP_GATHER:
    case GAN_OP_SCATTER_ADD:
        return node->attributes.axis != last;
    case GAN_OP_STOP_GRADIENT:
        return true;
    default:
        return false;
    }
}

// The same for any node, given which of its operands depend on the samples.
static bool keeps_apart(const gan_node *node, const bool *depends) {
    const bool first = depends[node->inputs[0]->id];
    const bool second = node->input_count > 1 && depends[node->inputs[1]->id];
    if (gan__op_is_elementwise(node->op)) return true;
    switch (node->op) {
    case GAN_OP_MATMUL:
        return !first && !node->attributes.matmul.transpose_b;
    case GAN_OP_CONVOLUTION:
    case GAN_OP_CONVOLUTION_BY_INPUT:
        return !second;
    case GAN_OP_CONCAT:
        return gan__keeps_last_axis(node);
    default:
        return !second && gan__keeps_last_axis(node);
    }
}

static bool all_keep_apart(gan_node *const *order, size_t length, const gan_node *input,
                           bool *depends) {
    for (size_t k = 0; k < length; k++) {
        const gan_node *node = order[k];
        depends[node->id] = node == input;
        for (uint32_t i = 0; i < node->input_count && node != input; i++)
            depends[node->id] = depends[node->id] || depends[node->inputs[i]->id];
        if (node != input && depends[node->id] && !keeps_apart(node, depends)) return false;
    }
    return true;
}

bool gan__samples_stay_apart(gan_node *output, gan_node *input) {
    gan_node **order = NULL;
    bool *depends = NULL;
    size_t length = 0;
    if (output == NULL || input == NULL) return false;
    gan_status status = gan__graph_topological(&output, 1, &order, &length);
    if (status == GAN_STATUS_OK)
        status = gan__alloc(output->graph->nodes.count, sizeof *depends, (void **)&depends);
    const bool apart = status == GAN_STATUS_OK && all_keep_apart(order, length, input, depends);
    gan__free(order);
    gan__free(depends);
    return apart;
}
