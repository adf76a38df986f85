// The pass: rebuilds what the roots need in order of ids, each node on its simplified operands and
// then bettered by the rules of simplify_rules.h, again and again until nothing changes.
#include "graph/simplify.h"

#include "graph/simplify_rules.h"

#include <string.h>

static const gan_simplify_rule rules[GAN_OP_COUNT] = {
    [GAN_OP_NEG] = gan__simplify_neg,
    [GAN_OP_ADD] = gan__simplify_add,
    [GAN_OP_SUB] = gan__simplify_sub,
    [GAN_OP_MUL] = gan__simplify_mul,
    [GAN_OP_DIV] = gan__simplify_div,
    [GAN_OP_POWER] = gan__simplify_power,
    [GAN_OP_REDUCE_SUM] = gan__simplify_reduce,
    [GAN_OP_REDUCE_MAX] = gan__simplify_reduce,
    [GAN_OP_MATMUL] = gan__simplify_matmul,
    [GAN_OP_RESHAPE] = gan__simplify_reshape,
    [GAN_OP_PERMUTE] = gan__simplify_permute,
    [GAN_OP_BROADCAST] = gan__simplify_broadcast,
    [GAN_OP_SLICE] = gan__simplify_slice,
    [GAN_OP_PAD] = gan__simplify_pad,
    [GAN_OP_CONCAT] = gan__simplify_concat,
    [GAN_OP_CONVOLUTION] = gan__simplify_convolution,
    [GAN_OP_CONVOLUTION_BY_INPUT] = gan__simplify_convolution,
    [GAN_OP_CONVOLUTION_BY_WEIGHT] = gan__simplify_convolution,
};

static gan_simplify_rule rule_of(gan_op op) {
    if (rules[op] != NULL) return rules[op];
    return gan__op_is_elementwise(op) ? gan__simplify_elementwise : NULL;
}

gan_node *gan__simplify_settle(gan_node *node, const gan_simplify_uses *uses) {
    while (node != NULL) {
        const gan_simplify_rule rule = rule_of(node->op);
        gan_node *better = rule == NULL ? NULL : rule(node, uses);
        if (better == NULL) break;
        node = better;
    }
    return node;
}

bool gan__simplify_unshared(const gan_simplify_uses *uses, const gan_node *node) {
    return node->id < uses->ids && uses->count[node->id] == 1;
}

// --- One sweep ----------------------------------------------------------------------------------

// What the sweep knows; the arrays are by id, of the ids there were when it began.
typedef struct sweep {
    gan_node **order; // what the roots need
    size_t length;
    gan_node **simplified;
    uint32_t *use_count;
    gan_node **operands; // room for those of any node
    gan_simplify_uses uses;
} sweep;

static void count_uses(sweep *s, gan_node *const *roots, size_t count) {
    for (size_t i = 0; i < count; i++) s->use_count[roots[i]->id]++;
    for (size_t k = 0; k < s->length; k++) {
        for (uint32_t i = 0; i < s->order[k]->input_count; i++) {
            s->use_count[s->order[k]->inputs[i]->id]++;
        }
    }
}

static uint32_t most_operands(const sweep *s) {
    uint32_t most = 0;
    for (size_t k = 0; k < s->length; k++) {
        if (s->order[k]->input_count > most) most = s->order[k]->input_count;
    }
    return most;
}

static gan_status begin(sweep *s, const gan_graph *graph, gan_node *const *roots, size_t count) {
    memset(s, 0, sizeof *s);
    const uint32_t ids = graph->nodes.count;
    GAN_TRY(gan__graph_topological(roots, count, &s->order, &s->length));
    GAN_TRY(gan__alloc(ids, sizeof *s->simplified, (void **)&s->simplified));
    GAN_TRY(gan__alloc(ids, sizeof *s->use_count, (void **)&s->use_count));
    GAN_TRY(gan__alloc(most_operands(s), sizeof *s->operands, (void **)&s->operands));
    count_uses(s, roots, count);
    s->uses = (gan_simplify_uses){s->use_count, ids};
    return GAN_STATUS_OK;
}

static void end(sweep *s) {
    gan__free(s->order);
    gan__free(s->simplified);
    gan__free(s->use_count);
    gan__free(s->operands);
}

// What stands in the place of `node`, given what stands in the places of its operands. Nothing is
// stopped any more once gradients are taken; and an assignment's value is what it assigns. Where
// the operands stay the node does, without being looked up.
static gan_node *rebuild(const sweep *s, gan_node *node) {
    if (node->input_count == 0) return node;
    if (node->op == GAN_OP_STOP_GRADIENT) return s->simplified[node->inputs[0]->id];
    if (node->op == GAN_OP_ASSIGN) return s->simplified[node->inputs[1]->id];
    bool same = true;
    for (uint32_t i = 0; i < node->input_count; i++) {
        s->operands[i] = s->simplified[node->inputs[i]->id];
        if (s->operands[i] != node->inputs[i]) same = false;
    }
    gan_node *rebuilt = node;
    if (!same)
        rebuilt = gan__node_make(node->graph, node->op, &node->shape, &node->attributes,
                                 s->operands, node->input_count);
    return gan__simplify_settle(rebuilt, &s->uses);
}

// Replaces roots[i] by what computes the same; *changed says whether any differs.
static void sweep_roots(const sweep *s, gan_node **roots, size_t count, bool *changed) {
    for (size_t k = 0; k < s->length; k++) {
        s->simplified[s->order[k]->id] = rebuild(s, s->order[k]);
    }
    *changed = false;
    for (size_t i = 0; i < count; i++) {
        gan_node *root = roots[i], *better = s->simplified[root->id];
        if (root->op == GAN_OP_ASSIGN) better = gan__assign(root->inputs[0], better);
        if (better != root) *changed = true;
        roots[i] = better;
    }
}

gan_status gan__simplify(gan_graph *graph, gan_node *const *roots, size_t count, gan_node **out) {
    GAN_TRY(gan__graph_status(graph));
    memcpy(out, roots, count * sizeof *out);
    for (bool changed = count > 0; changed;) {
        sweep s;
        const gan_status status = begin(&s, graph, out, count);
        if (status == GAN_STATUS_OK) sweep_roots(&s, out, count, &changed);
        end(&s);
        GAN_TRY(status);
        GAN_TRY(gan__graph_status(graph));
    }
    return GAN_STATUS_OK;
}
