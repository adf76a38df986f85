// Reverse accumulation: from y downwards in descending ids, each node hands its adjoint on to its
// operands by the rules of gradient_rules.c, if anything that is asked for lies below them.
#include "graph/gradient_rules.h"

// The sweep's tables, by id, for ids up to y's.
typedef struct sweep {
    gan_node **adjoint; // NULL: none so far
    bool *needed;       // a wrt is this node or lies below it
} sweep;

static void mark_needed(sweep *s, gan_node *const *order, size_t length, gan_node *const *wrt,
                        size_t count) {
    const uint32_t top = order[length - 1]->id;
    for (size_t i = 0; i < count; i++) {
        if (wrt[i]->id <= top) s->needed[wrt[i]->id] = true;
    }
    for (size_t k = 0; k < length; k++) {
        if (!gan__gradient_flows(order[k]->op)) continue;
        for (uint32_t i = 0; i < order[k]->input_count; i++) {
            if (s->needed[order[k]->inputs[i]->id]) s->needed[order[k]->id] = true;
        }
    }
}

static void accumulate(sweep *s, const gan_node *node, gan_node *contribution) {
    gan_node **adjoint = &s->adjoint[node->id];
    *adjoint = *adjoint == NULL ? contribution : gan__add(*adjoint, contribution);
}

// A contribution that is 0 by structure is none, so that what lies behind it is not differentiated.
static void hand_on(sweep *s, gan_node *node) {
    for (uint32_t i = 0; i < node->input_count; i++) {
        if (!s->needed[node->inputs[i]->id]) continue;
        gan_node *contribution = gan__gradient_rule(node, s->adjoint[node->id], i);
        if (contribution == NULL || gan__node_is_constant_of(contribution, 0)) continue;
        accumulate(s, node->inputs[i], contribution);
    }
}

static gan_status run_sweep(sweep *s, gan_node *y, gan_node *adjoint, gan_node *const *wrt,
                            size_t count, gan_node **out) {
    gan_node **order;
    size_t length;
    GAN_TRY(gan__graph_topological(&y, 1, &order, &length));
    mark_needed(s, order, length, wrt, count);
    s->adjoint[y->id] = adjoint;
    for (size_t k = length; k-- > 0;) {
        if (s->adjoint[order[k]->id] != NULL) hand_on(s, order[k]);
    }
    gan__free(order);
    for (size_t i = 0; i < count; i++) {
        gan_node *found = wrt[i]->id <= y->id ? s->adjoint[wrt[i]->id] : NULL;
        out[i] = found != NULL ? found : gan__constant(y->graph, &wrt[i]->shape, 0);
    }
    return gan__graph_status(y->graph);
}

// The failure behind a NULL among y, adjoint and wrt.
static gan_status check(const gan_node *y, const gan_node *adjoint, gan_node *const *wrt,
                        size_t count) {
    const gan_node *known = y != NULL ? y : adjoint;
    bool missing = y == NULL || adjoint == NULL;
    for (size_t i = 0; i < count; i++) {
        if (wrt[i] == NULL) missing = true;
        if (known == NULL) known = wrt[i];
    }
    if (known != NULL) GAN_TRY(gan__graph_status(known->graph));
    if (missing)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "gradient: a node is NULL; gan__graph_status says which builder failed");
    if (gan__shape_equal(&y->shape, &adjoint->shape)) return GAN_STATUS_OK;
    char text[2][GAN_SHAPE_TEXT];
    gan__graph_fail(y->graph, "gradient: an adjoint of shape %s for a node of shape %s",
                    gan__shape_text(&adjoint->shape, text[0]), gan__shape_text(&y->shape, text[1]));
    return gan__graph_status(y->graph);
}

gan_status gan__gradient_seeded(gan_node *y, gan_node *adjoint, gan_node *const *wrt, size_t count,
                                gan_node **out) {
    for (size_t i = 0; i < count; i++) out[i] = NULL;
    GAN_TRY(check(y, adjoint, wrt, count));
    sweep s = {0};
    gan_status status = gan__alloc(y->id + 1, sizeof *s.adjoint, (void **)&s.adjoint);
    if (status == GAN_STATUS_OK) {
        status = gan__alloc(y->id + 1, sizeof *s.needed, (void **)&s.needed);
    }
    if (status == GAN_STATUS_OK) status = run_sweep(&s, y, adjoint, wrt, count, out);
    gan__free(s.adjoint);
    gan__free(s.needed);
    return status;
}

gan_status gan__gradient(gan_node *y, gan_node *const *wrt, size_t count, gan_node **out) {
    gan_node *ones = y == NULL ? NULL : gan__constant(y->graph, &y->shape, 1);
    return gan__gradient_seeded(y, ones, wrt, count, out);
}
