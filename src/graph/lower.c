// From groups in order to launches in order: their code, their labels, what they cost, and how long
// each tensor has to live.
#include "graph/emit.h"

#include <stdio.h>
#include <string.h>

// --- Labels -------------------------------------------------------------------------------------

// The vertex that says best what the group is about: its product, else the costliest of its
// members.
static uint32_t main_member(const gan_plan *plan, const gan_group *g) {
    if (g->matmul != GAN_NONE) return g->matmul;
    uint32_t main = g->members[0];
    for (uint32_t i = 1; i < g->member_count; i++)
        if (gan__vertex_weight(plan, g->members[i]) >= gan__vertex_weight(plan, main))
            main = g->members[i];
    return main;
}

// "matmul +3 (512, 64)": the main operation, how many others, and the domain.
static void write_label(const gan_plan *plan, const gan_group *g, gan_plan_launch *launch) {
    char shape[GAN_SHAPE_TEXT], others[24] = "";
    const gan_vertex *v = &plan->vertices[main_member(plan, g)];
    gan_shape domain = gan__shape(g->rank, g->size);
    if (g->member_count > 1) snprintf(others, sizeof others, " +%u", g->member_count - 1);
    snprintf(launch->label, sizeof launch->label, "%s%s %s",
             v->kind == GAN_VERTEX_COPY ? "copy" : gan__op_info(v->op)->name, others,
             gan__shape_text(&domain, shape));
}

// --- Lives of tensors ---------------------------------------------------------------------------

static void live(gan_plan *plan, uint32_t tensor, uint32_t launch) {
    gan_plan_tensor *t = &plan->tensors[tensor];
    if (t->first == GAN_NONE || launch < t->first) t->first = launch;
    if (launch > t->last) t->last = launch;
}

static gan_status note_use(gan_plan *plan, uint32_t vertex, bool direct, void *user) {
    const uint32_t *launch = user;
    (void)direct;
    if (plan->vertices[vertex].place.tensor != GAN_NONE)
        live(plan, plan->vertices[vertex].place.tensor, *launch);
    return GAN_STATUS_OK;
}

static gan_status note_uses(gan_plan *plan, uint32_t index) {
    const gan_group *g = &plan->groups[plan->order[index]];
    GAN_TRY(gan__group_reads(plan, plan->order[index], note_use, &index));
    for (uint32_t i = 0; i < g->member_count; i++)
        if (plan->vertices[g->members[i]].wanted)
            live(plan, plan->vertices[g->members[i]].place.tensor, index);
    if (plan->launches[index].scratch != GAN_NONE) live(plan, plan->launches[index].scratch, index);
    return GAN_STATUS_OK;
}

// --- Launches -----------------------------------------------------------------------------------

static gan_status lower_group(gan_plan *plan, uint32_t index) {
    uint32_t group = plan->order[index];
    const gan_group *g = &plan->groups[group];
    gan_plan_launch *launch = &plan->launches[index];
    launch->scratch = GAN_NONE;
    write_label(plan, g, launch);
    if (g->matmul == GAN_NONE)
        GAN_TRY(gan__emit_kernel(plan, group, launch));
    else if (plan->vertices[g->matmul].op == GAN_OP_MATMUL)
        GAN_TRY(gan__lower_gemm(plan, group, launch));
    else
        GAN_TRY(gan__lower_convolution(plan, group, launch));
    launch->work.flops = gan__group_operations(plan, group);
    return note_uses(plan, index);
}

gan_status gan__lower(gan_plan *plan) {
    void *memory = NULL;
    GAN_TRY(gan__arena_alloc(plan->arena, plan->launch_count, sizeof(gan_plan_launch), &memory));
    plan->launches = memory;
    for (uint32_t i = 0; i < plan->launch_count; i++) GAN_TRY(lower_group(plan, i));
    return GAN_STATUS_OK;
}
