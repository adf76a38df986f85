// Builders of nodes without operands.
#include "graph/node.h"

gan_node *gan__constant(gan_graph *graph, const gan_shape *shape, double value) {
    gan_attributes attributes = {0};
    attributes.value = value;
    return gan__node_make(graph, GAN_OP_CONSTANT, shape, &attributes, NULL, 0);
}

gan_node *gan__scalar(gan_graph *graph, double value) {
    const gan_shape shape = gan__shape_scalar();
    return gan__constant(graph, &shape, value);
}

gan_node *gan__iota(gan_graph *graph, const gan_shape *shape, int axis) {
    if (axis < 0 || axis >= shape->rank) {
        char text[GAN_SHAPE_TEXT];
        return gan__graph_fail(graph, "iota: shape %s has no axis %d", gan__shape_text(shape, text),
                               axis);
    }
    gan_attributes attributes = {0};
    attributes.axis = axis;
    return gan__node_make(graph, GAN_OP_IOTA, shape, &attributes, NULL, 0);
}

// Never equal to an earlier leaf, because its index is new.
static gan_node *leaf(gan_graph *graph, gan_op op, const char *name, gan_element element,
                      const gan_shape *shape, uint32_t index) {
    char *copy;
    if (gan__arena_string(graph->arena, name, &copy) != GAN_STATUS_OK) {
        return gan__graph_fail_with(graph, GAN_STATUS_NO_MEMORY, "no memory for '%s'", name);
    }
    gan_attributes attributes = {0};
    attributes.leaf.name = copy;
    attributes.leaf.index = index;
    attributes.leaf.element = element;
    return gan__node_make(graph, op, shape, &attributes, NULL, 0);
}

gan_node *gan__input(gan_graph *graph, const char *name, gan_element element,
                     const gan_shape *shape) {
    return leaf(graph, GAN_OP_INPUT, name, element, shape, graph->inputs.count);
}

gan_node *gan__state(gan_graph *graph, const char *name, const gan_shape *shape) {
    return leaf(graph, GAN_OP_STATE, name, GAN_ELEMENT_F32, shape, graph->states.count);
}

static gan_node *draw(gan_graph *graph, const gan_shape *shape, uint32_t stream,
                      gan_distribution distribution) {
    gan_attributes attributes = {0};
    attributes.random.stream = stream;
    attributes.random.distribution = distribution;
    return gan__node_make(graph, GAN_OP_RANDOM, shape, &attributes, NULL, 0);
}

gan_node *gan__random_uniform(gan_graph *graph, const gan_shape *shape, uint32_t stream) {
    return draw(graph, shape, stream, GAN_DISTRIBUTION_UNIFORM);
}

gan_node *gan__random_normal(gan_graph *graph, const gan_shape *shape, uint32_t stream) {
    return draw(graph, shape, stream, GAN_DISTRIBUTION_NORMAL);
}
