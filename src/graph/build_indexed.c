// Builders of indexed access (gather, scatter-add) and of control (stop-gradient, assign).
#include "graph/node.h"

// What gather and scatter-add ask of their operands. False after recording the failure.
static bool check_indexed(const char *name, const gan_node *a, const gan_node *index, int axis) {
    char text[GAN_SHAPE_TEXT];
    if (index->shape.rank != 1) {
        gan__graph_fail(a->graph, "%s: the index has shape %s; it must have rank 1", name,
                        gan__shape_text(&index->shape, text));
        return false;
    }
    if (axis < 0 || axis >= a->shape.rank) {
        gan__graph_fail(a->graph, "%s: shape %s has no axis %d", name,
                        gan__shape_text(&a->shape, text), axis);
        return false;
    }
    return true;
}

static gan_node *indexed(gan_op op, gan_node *a, gan_node *index, int axis, int64_t size) {
    gan_shape shape = a->shape;
    shape.size[axis] = size;
    gan_attributes attributes = {0};
    attributes.axis = axis;
    return gan__node_make(a->graph, op, &shape, &attributes, (gan_node *[]){a, index}, 2);
}

gan_node *gan__gather(gan_node *a, gan_node *index, int axis) {
    if (a == NULL || index == NULL || !check_indexed("gather", a, index, axis)) return NULL;
    return indexed(GAN_OP_GATHER, a, index, axis, index->shape.size[0]);
}

gan_node *gan__scatter_add(gan_node *a, gan_node *index, int axis, int64_t size) {
    if (a == NULL || index == NULL || !check_indexed("scatter_add", a, index, axis)) return NULL;
    if (a->shape.size[axis] != index->shape.size[0]) {
        return gan__graph_fail(a->graph,
                               "scatter_add: axis %d has size %lld but the index names "
                               "%lld places",
                               axis, (long long)a->shape.size[axis],
                               (long long)index->shape.size[0]);
    }
    return indexed(GAN_OP_SCATTER_ADD, a, index, axis, size);
}

gan_node *gan__stop_gradient(gan_node *a) {
    return a == NULL ? NULL
                     : gan__node_make(a->graph, GAN_OP_STOP_GRADIENT, &a->shape, NULL, &a, 1);
}

gan_node *gan__assign(gan_node *state, gan_node *value) {
    if (state == NULL || value == NULL) return NULL;
    if (state->op != GAN_OP_STATE) {
        return gan__graph_fail(state->graph, "assign: the target is a %s, not a state",
                               gan__op_info(state->op)->name);
    }
    if (!gan__shape_equal(&state->shape, &value->shape)) {
        char text[2][GAN_SHAPE_TEXT];
        return gan__graph_fail(state->graph,
                               "assign: a value of shape %s for the state '%s' of "
                               "shape %s",
                               gan__shape_text(&value->shape, text[0]), state->attributes.leaf.name,
                               gan__shape_text(&state->shape, text[1]));
    }
    return gan__node_make(state->graph, GAN_OP_ASSIGN, &state->shape, NULL,
                          (gan_node *[]){state, value}, 2);
}
