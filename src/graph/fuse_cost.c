// See fuse.h: what computing costs, and what is cheaper to compute again than to store and load.
#include "graph/fuse.h"

static int64_t op_weight(gan_op op) {
    switch (op) {
    case GAN_OP_DIV:
    case GAN_OP_SQRT:
    case GAN_OP_RSQRT:
        return 4;
    case GAN_OP_EXP:
    case GAN_OP_EXPM1:
    case GAN_OP_LOG:
    case GAN_OP_LOG1P:
    case GAN_OP_SIN:
    case GAN_OP_COS:
    case GAN_OP_TANH:
    case GAN_OP_SIGMOID:
    case GAN_OP_SOFTPLUS:
    case GAN_OP_ERF:
        return 12;
    case GAN_OP_POWER:
        return 24;
    default:
        return 1;
    }
}

int64_t gan__vertex_weight(const gan_plan *plan, uint32_t vertex) {
    const gan_vertex *v = &plan->vertices[vertex];
    int64_t elements = gan__shape_elements(&v->shape);
    switch (v->kind) {
    case GAN_VERTEX_CONSTANT:
    case GAN_VERTEX_STORAGE:
    case GAN_VERTEX_CONCAT:
        return 0;
    case GAN_VERTEX_COPY:
        return 0;
    case GAN_VERTEX_VIEW:
        return v->op == GAN_OP_PAD ? 2 : 0;
    case GAN_VERTEX_GATHER:
        return 4;
    case GAN_VERTEX_RANDOM:
        return 60;
    case GAN_VERTEX_REDUCE:
        return gan__shape_elements(&plan->vertices[v->inputs[0]].shape) / elements;
    case GAN_VERTEX_SCATTER:
        return plan->vertices[v->inputs[1]].shape.size[0] * 2;
    default:
        return op_weight(v->op);
    }
}

double gan__group_weight(const gan_plan *plan, uint32_t group) {
    double weight = 0;
    const gan_group *g = &plan->groups[group];
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        if (v->kind == GAN_VERTEX_MATMUL) continue;
        weight += (double)gan__vertex_weight(plan, g->members[i]) *
                  (double)gan__shape_elements(&v->shape);
    }
    return weight;
}

double gan__group_operations(const gan_plan *plan, uint32_t group) {
    double operations = 0;
    const gan_group *g = &plan->groups[group];
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        bool looped = v->kind == GAN_VERTEX_REDUCE || v->kind == GAN_VERTEX_SCATTER;
        if (v->kind == GAN_VERTEX_MATMUL || v->kind == GAN_VERTEX_COPY) continue;
        operations += (double)(looped ? gan__vertex_weight(plan, g->members[i]) : 1) *
                      (double)gan__shape_elements(&v->shape);
    }
    return operations;
}

// --- Recomputing --------------------------------------------------------------------------------

enum { CHEAP_WEIGHT = 4 };
#define CHEAP_LOADS 2.1 // elements read for each that is computed
// What is smaller than what is computed from it by this may be stored for its sake.
enum { SMALLER_TO_KEEP = 16, KEPT_MAX = 4 };

typedef struct gan_cost {
    int64_t weight;
    double loads;    // elements
    double elements; // computed
    bool possible;
    uint32_t
        kept[KEPT_MAX]; // to be stored: sums, such as a mean that all of a row is compared with
    uint32_t kept_count;
} gan_cost;

// Notes a vertex that its readers are to load, if it is small enough.
static bool keep(const gan_plan *plan, uint32_t vertex, gan_cost *cost) {
    const gan_vertex *v = &plan->vertices[vertex];
    const double elements = (double)gan__shape_elements(&v->shape);
    if (v->kind != GAN_VERTEX_REDUCE && v->kind != GAN_VERTEX_MAP) return false;
    if (v->inlined || elements == 1 || elements * SMALLER_TO_KEEP > cost->elements) return false;
    if (cost->kept_count == KEPT_MAX) return false;
    cost->weight -= gan__vertex_weight(plan, vertex);
    cost->loads += elements;
    cost->kept[cost->kept_count++] = vertex;
    return true;
}

// What computing the vertex costs a group that has none of its operands at hand.
static void add_cost(const gan_plan *plan, uint32_t vertex, int depth, gan_cost *cost) {
    const gan_vertex *v = &plan->vertices[vertex];
    bool stored = v->place.tensor != GAN_NONE || v->wanted;
    cost->weight += gan__vertex_weight(plan, vertex);
    if (depth > 0 && stored && !v->recomputed) {
        cost->weight -= gan__vertex_weight(plan, vertex);
        double elements = (double)gan__shape_elements(&v->shape);
        cost->loads += elements < cost->elements ? elements : cost->elements;
        return;
    }
    if (depth > 0 && keep(plan, vertex, cost)) return;
    bool simple = v->kind == GAN_VERTEX_MAP || v->kind == GAN_VERTEX_CONSTANT ||
                  v->kind == GAN_VERTEX_IOTA || (v->kind == GAN_VERTEX_VIEW && v->op != GAN_OP_PAD);
    if (!simple || depth > 12 || cost->weight > CHEAP_WEIGHT) {
        cost->possible = false;
        return;
    }
    for (uint32_t i = 0; i < v->input_count && cost->possible; i++)
        add_cost(plan, v->inputs[i], depth + 1, cost);
}

// Whether the vertex is cheap to compute again; if so, what that takes is stored.
static bool make_cheap(gan_plan *plan, uint32_t vertex) {
    double elements = (double)gan__shape_elements(&plan->vertices[vertex].shape);
    gan_cost cost = {.possible = true, .elements = elements};
    add_cost(plan, vertex, 0, &cost);
    if (!cost.possible || cost.weight > CHEAP_WEIGHT) return false;
    if (elements != 1 && cost.loads > CHEAP_LOADS * elements) return false;
    for (uint32_t i = 0; i < cost.kept_count; i++) {
        plan->vertices[cost.kept[i]].wanted = true;
        plan->vertices[cost.kept[i]].recomputed = false;
    }
    return true;
}

void gan__fuse_choose_recomputed(gan_plan *plan) {
    for (uint32_t i = 0; i < plan->vertex_count; i++) {
        gan_vertex *v = &plan->vertices[i];
        if (!gan__vertex_is_computed(v) || v->inlined) continue;
        bool outside = false, by_memory = v->wanted;
        for (uint32_t u = plan->first_use[i]; u < plan->first_use[i + 1]; u++) {
            const gan_edge *edge = &plan->edges[plan->uses[u]];
            bool other = plan->vertices[edge->consumer].group != v->group;
            outside = outside || other;
            by_memory = by_memory || edge->by_memory;
        }
        // Reading back what is stored anyway beats computing it, but for scalars: computing these
        // frees their readers from waiting.
        bool scalar = gan__shape_elements(&v->shape) == 1;
        v->recomputed = outside && (!by_memory || scalar) && make_cheap(plan, i);
        v->wanted = v->wanted || by_memory || (outside && !v->recomputed);
    }
}
