// Who may read a state's old value while, or before, who stores the new one.
#include "graph/fuse.h"

static gan_index address_of(gan_plan *plan, gan_space *space, const gan_group *g,
                            const gan_index *variables, uint32_t vertex) {
    const gan_vertex *v = &plan->vertices[vertex];
    gan_index index[GAN_RANK_MAX] = {0};
    bool rows = false;
    gan__domain_index(g, &v->shape, variables, index, &rows);
    return gan__place_address(space, &v->place, &v->shape, index);
}

static bool ranges_overlap(const gan_space *space, const gan_index *a, const gan_index *b) {
    int64_t low_a = 0, high_a = 0, low_b = 0, high_b = 0;
    gan__index_range(space, a, &low_a, &high_a);
    gan__index_range(space, b, &low_b, &high_b);
    return low_a <= high_b && low_b <= high_a;
}

// Where a use of the state reads it, as far as views tell; false where they do not.
static bool address_read(gan_plan *plan, gan_space *space, const gan_edge *edge, gan_index *out) {
    const gan_vertex *state = &plan->vertices[edge->producer];
    const gan_shape *operand =
        &plan->vertices[plan->vertices[edge->consumer].inputs[edge->through]].shape;
    gan_index index[GAN_RANK_MAX] = {0};
    for (int i = 0; i < operand->rank; i++)
        index[i] = gan__index_variable(space, operand->size[i], 0, false, "");
    if (!gan__edge_follow(plan, space, edge, index)) return false;
    *out = gan__place_address(space, &state->place, &state->shape, index);
    return true;
}

// Whether a use of the state reads any of what `writer` stores of its new value.
static bool touches(gan_plan *plan, gan_space *space, const gan_edge *edge, uint32_t writer,
                    uint32_t tensor) {
    const gan_group *g = &plan->groups[writer];
    gan_index read;
    if (!address_read(plan, space, edge, &read)) return true;
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        gan_index index[GAN_RANK_MAX] = {0};
        if (!v->wanted || v->place.tensor != tensor) continue;
        for (int d = 0; d < v->shape.rank; d++)
            index[d] = gan__index_variable(space, v->shape.size[d], 0, false, "");
        gan_index written = gan__place_address(space, &v->place, &v->shape, index);
        if (ranges_overlap(space, &read, &written)) return true;
    }
    return false;
}

// Whether the reader itself, not a vertex it computes again, reads only what `writer` leaves alone.
static gan_status reads_elsewhere(gan_plan *plan, uint32_t reader, uint32_t writer, uint32_t vertex,
                                  uint32_t tensor, bool *elsewhere) {
    gan_space space = {0};
    *elsewhere = true;
    for (uint32_t u = plan->first_use[vertex]; u < plan->first_use[vertex + 1]; u++) {
        const gan_edge *edge = &plan->edges[plan->uses[u]];
        if (plan->vertices[edge->consumer].group != reader) continue;
        *elsewhere = *elsewhere && !touches(plan, &space, edge, writer, tensor);
    }
    gan_status status = space.status;
    gan__space_destroy(&space);
    return status;
}

// Whether the member reads the state just where the group stores its new value.
static bool reads_where_stored(gan_plan *plan, gan_space *space, const gan_group *g,
                               const gan_edge *edge, uint32_t tensor) {
    const gan_vertex *consumer = &plan->vertices[edge->consumer];
    const gan_vertex *state = &plan->vertices[edge->producer];
    const gan_shape *operand = &plan->vertices[consumer->inputs[edge->through]].shape;
    bool simple = consumer->kind == GAN_VERTEX_MAP || consumer->kind == GAN_VERTEX_COPY ||
                  (consumer->kind == GAN_VERTEX_REDUCE &&
                   gan__reduces_lanes(operand, consumer->attributes.axes));
    if (!simple || consumer->inlined) return false;
    gan_index variables[GAN_RANK_MAX], index[GAN_RANK_MAX] = {0};
    bool rows = false;
    for (int i = 0; i < g->rank; i++)
        variables[i] = gan__index_variable(space, g->size[i], 0, false, "");
    if (!gan__domain_index(g, operand, variables, index, &rows) ||
        !gan__edge_follow(plan, space, edge, index))
        return false;
    gan_index read = gan__place_address(space, &state->place, &state->shape, index);
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *member = &plan->vertices[g->members[i]];
        if (!member->wanted || member->place.tensor != tensor) continue;
        gan_index written = address_of(plan, space, g, variables, g->members[i]);
        if (gan__index_equal(&read, &written)) return true;
    }
    return false;
}

// Whether `group`, which stores new values of the state, may read the old ones.
static gan_status may_read_own(gan_plan *plan, uint32_t group, uint32_t vertex, uint32_t tensor,
                               bool *allowed) {
    const gan_group *g = &plan->groups[group];
    gan_space space = {0};
    *allowed = true;
    for (uint32_t u = plan->first_use[vertex]; u < plan->first_use[vertex + 1]; u++) {
        const gan_edge *edge = &plan->edges[plan->uses[u]];
        if (plan->vertices[edge->consumer].group != group) continue;
        *allowed = *allowed && (reads_where_stored(plan, &space, g, edge, tensor) ||
                                !touches(plan, &space, edge, group, tensor));
    }
    gan_status status = space.status;
    gan__space_destroy(&space);
    return status;
}

bool gan__state_writes(const gan_plan *plan, uint32_t group, uint32_t tensor) {
    const gan_group *g = &plan->groups[group];
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        if (v->wanted && v->place.tensor == tensor) return true;
    }
    return false;
}

gan_status gan__state_may_read(gan_plan *plan, uint32_t reader, uint32_t writer, uint32_t vertex,
                               uint32_t tensor, bool *allowed) {
    if (reader == writer) return may_read_own(plan, reader, vertex, tensor, allowed);
    return reads_elsewhere(plan, reader, writer, vertex, tensor, allowed);
}
