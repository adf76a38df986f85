// See emit.h: reductions over rows. Those that need none of each other share one pass over the row,
// those that need them come in the next.
#include "graph/emit.h"

#include <stdio.h>
#include <string.h>

void gan__emit_accumulate(gan_emit *e, gan_op op, const char *total, const char *value) {
    if (op == GAN_OP_REDUCE_MAX)
        gan__emit_line(e, e->level, "%s = gan_maximum(%s, %s);", total, total, value);
    else
        gan__emit_line(e, e->level, "%s += %s;", total, value);
}

const char *gan__emit_empty_total(gan_op op) {
    return op == GAN_OP_REDUCE_MAX ? "-INFINITY" : "0.0f";
}

static bool is_row_reduction(const gan_plan *plan, uint32_t vertex) {
    const gan_vertex *v = &plan->vertices[vertex];
    return v->kind == GAN_VERTEX_REDUCE &&
           gan__reduces_lanes(&plan->vertices[v->inputs[0]].shape, v->attributes.axes);
}

typedef struct gan_ranking {
    gan_emit *e;
    uint8_t
        *rank; // of a vertex: how many reductions over rows lie on the way to it; 255: not known
} gan_ranking;

static uint8_t rank_of(const gan_ranking *r, uint32_t vertex) {
    const gan_plan *plan = r->e->plan;
    const gan_vertex *v = &plan->vertices[vertex];
    if (r->rank[vertex] != 255) return r->rank[vertex];
    uint8_t rank = 0;
    bool own = gan__vertex_is_computed(v) && v->group == r->e->group;
    bool loaded = !own && gan__vertex_is_loaded(v);
    for (uint32_t i = 0; i < v->input_count && !loaded; i++) {
        uint8_t part = rank_of(r, v->inputs[i]);
        if (part > rank) rank = part;
    }
    if (own && is_row_reduction(plan, vertex) && rank < 254) rank++;
    r->rank[vertex] = rank;
    return rank;
}

// The total of all lanes, or of all work-items that share the row, for each lane.
static void emit_total(gan_emit *e, gan_op op, const char *total, const char *name) {
    bool most = op == GAN_OP_REDUCE_MAX;
    if (e->cooperative)
        gan__emit_line(e, e->level, "const gan_t %s = gan_group_%s(%s, shared, %uu);", name,
                       most ? "maximum" : "sum", total, e->group_size);
    else if (e->lanes == 1)
        gan__emit_line(e, e->level, "const gan_t %s = %s;", name, total);
    else
        gan__emit_line(e, e->level, "const gan_t %s = (gan_t)(gan_lanes_%s(%s));", name,
                       most ? "maximum" : "sum", total);
}

static void emit_pass_of_rank(const gan_ranking *r, const gan_index *outer, uint8_t rank) {
    gan_emit *e = r->e;
    const gan_plan *plan = e->plan;
    const gan_group *g = &plan->groups[e->group];
    gan_index variables[GAN_RANK_MAX], all[GAN_RANK_MAX], index[GAN_RANK_MAX] = {0};
    int64_t size[GAN_RANK_MAX];
    uint32_t names[GAN_GROUP_REDUCTIONS_MAX], chosen[GAN_GROUP_REDUCTIONS_MAX], count = 0;
    int inner = 0, at = 0;
    bool rows = false;
    for (uint32_t i = 0; i < g->member_count; i++) {
        uint32_t v = g->members[i];
        if (!is_row_reduction(plan, v) || rank_of(r, v) != rank) continue;
        if (count == GAN_GROUP_REDUCTIONS_MAX) break;
        names[count] = e->next++;
        gan__emit_line(e, e->level, "gan_t a%u = (gan_t)(%s);", names[count],
                       gan__emit_empty_total(plan->vertices[v].op));
        chosen[count++] = v;
    }
    for (int i = 0; i < g->rank; i++)
        if (g->inner >> i & 1) size[inner++] = g->size[i];
    gan__emit_open_pass(e, size, inner, variables);
    for (int i = 0; i < g->rank; i++) all[i] = g->inner >> i & 1 ? variables[at++] : outer[i];
    for (uint32_t i = 0; i < count; i++) {
        const gan_vertex *v = &plan->vertices[chosen[i]];
        char total[16], kept[64];
        gan__domain_index(g, &plan->vertices[v->inputs[0]].shape, all, index, &rows);
        gan_value value = gan__emit_value(e, v->inputs[0], index);
        snprintf(total, sizeof total, "a%u", names[i]);
        snprintf(kept, sizeof kept, e->lanes > 1 ? "gan_keep(%s, lanes, %s)" : "%s", value.text,
                 gan__emit_empty_total(v->op));
        gan__emit_accumulate(e, v->op, total, kept);
    }
    gan__emit_close_pass(e, size, inner, NULL, NULL);
    for (uint32_t i = 0; i < count; i++) {
        const gan_vertex *v = &plan->vertices[chosen[i]];
        gan_value value = {.level = e->level};
        char total[16];
        snprintf(total, sizeof total, "a%u", names[i]);
        snprintf(value.text, sizeof value.text, "v%u", e->next++);
        emit_total(e, v->op, total, value.text);
        gan__domain_index(g, &v->shape, all, index, &rows);
        gan__emit_remember(e, chosen[i], index, value);
    }
}

void gan__emit_row_reductions(gan_emit *e, const gan_index *variables) {
    const gan_group *g = &e->plan->groups[e->group];
    void *memory = NULL;
    gan_status status = gan__alloc(e->plan->vertex_count, 1, &memory);
    if (status != GAN_STATUS_OK) {
        e->status = status;
        return;
    }
    gan_ranking ranking = {.e = e, .rank = memory};
    memset(ranking.rank, 255, e->plan->vertex_count);
    uint8_t highest = 0;
    for (uint32_t i = 0; i < g->member_count; i++) {
        uint8_t rank = rank_of(&ranking, g->members[i]);
        if (rank > highest) highest = rank;
    }
    for (uint8_t rank = 1; rank <= highest; rank++) emit_pass_of_rank(&ranking, variables, rank);
    gan__free(memory);
}
