// See emit.h: what a kernel stores of its group, values of the whole domain and of its rows.
#include "graph/emit.h"

#include "base/memory.h"

#include <string.h>

typedef struct gan_member {
    uint32_t vertex;
    gan_index index[GAN_RANK_MAX];
    gan_value value;
} gan_member;

// The wanted members of the rows' shape, or of the whole domain's; returns how many.
static uint32_t wanted_members(const gan_plan *plan, uint32_t group, const gan_index *variables,
                               bool of_rows, gan_member *out) {
    const gan_group *g = &plan->groups[group];
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        gan_member *member = &out[count];
        bool rows = false;
        if (!v->wanted) continue;
        memset(member->index, 0, sizeof member->index);
        if (!gan__domain_index(g, &v->shape, variables, member->index, &rows) || rows != of_rows)
            continue;
        member->vertex = g->members[i];
        count++;
    }
    return count;
}

// All values first, then the stores, so that what is stored over was read before. One work-item
// stores what belongs to a row, when all of them have read the row's states: hence the barrier.
void gan__emit_stores(gan_emit *e, const gan_index *variables, bool of_rows) {
    void *memory = NULL;
    const gan_group *g = &e->plan->groups[e->group];
    gan_status status = gan__alloc(g->member_count, sizeof(gan_member), &memory);
    if (status != GAN_STATUS_OK) {
        e->status = status;
        return;
    }
    gan_member *members = memory;
    uint32_t count = wanted_members(e->plan, e->group, variables, of_rows, members);
    bool one_item = of_rows && e->cooperative && count;
    for (uint32_t i = 0; i < count; i++)
        members[i].value = gan__emit_value(e, members[i].vertex, members[i].index);
    if (one_item) {
        gan__emit_line(e, e->level, "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);");
        gan__emit_line(e, e->level, "if (get_local_id(0) == 0) {");
    }
    for (uint32_t i = 0; i < count; i++)
        gan__emit_store(e, members[i].vertex, members[i].index, members[i].value);
    if (one_item) gan__emit_line(e, e->level, "}");
    gan__free(memory);
}

bool gan__group_stores_elements(const gan_plan *plan, uint32_t group) {
    const gan_group *g = &plan->groups[group];
    gan_index variables[GAN_RANK_MAX] = {0}, index[GAN_RANK_MAX];
    for (uint32_t i = 0; i < g->member_count; i++) {
        const gan_vertex *v = &plan->vertices[g->members[i]];
        bool rows = false;
        if (v->wanted && gan__domain_index(g, &v->shape, variables, index, &rows) && !rows)
            return true;
    }
    return false;
}
