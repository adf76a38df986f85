// See emit.h: the code behind a matrix product, in place of its plain store; and the ends common to
// all texts.
#include "graph/emit.h"

#include <stdio.h>
#include <string.h>

gan_status gan__emit_finish(gan_emit *e, gan_plan_launch *out) {
    void *memory = NULL;
    GAN_TRY(e->status);
    GAN_TRY(e->space.status);
    for (uint32_t i = 0; i < GAN_EMIT_LEVELS; i++) {
        GAN_TRY(gan__text_status(&e->text[i]));
        GAN_TRY(gan__text_status(&e->head[i]));
    }
    GAN_TRY(gan__arena_alloc(e->plan->arena, e->argument_count, sizeof *out->arguments, &memory));
    out->arguments = memory;
    out->argument_count = e->argument_count;
    out->work.bytes = e->bytes;
    if (e->argument_count)
        memcpy(out->arguments, e->arguments, e->argument_count * sizeof *out->arguments);
    return GAN_STATUS_OK;
}

// The product's element: batch dimensions from `batch`, then m and n, which the engine names.
static void product_index(gan_emit *e, const gan_shape *shape, gan_index *index) {
    int last = shape->rank - 1, batches = 0;
    unsigned long long stride = 1;
    for (int i = 0; i < last - 1; i++) batches += shape->size[i] > 1;
    index[last - 1] = gan__index_variable(&e->space, shape->size[last - 1], 0, false, "m");
    index[last] = gan__index_variable(&e->space, shape->size[last], 0, true, "n");
    for (int i = last - 1; i-- > 0;) {
        char name[16];
        snprintf(name, sizeof name, batches == 1 ? "batch" : "b%d", i);
        index[i] = gan__index_variable(&e->space, shape->size[i], 0, false, name);
        if (batches > 1 && shape->size[i] > 1)
            gan__emit_line(e, 0, "const uint %s = batch / %lluu %% %lluu;", name, stride,
                           (unsigned long long)shape->size[i]);
        stride *= (unsigned long long)shape->size[i];
    }
}

// A convolution's element: channel, place and image, which the engine names.
static void convolution_index(gan_emit *e, const gan_shape *shape, gan_index *index) {
    static const char *const names[] = {"m", "place_y", "place_x", "n"};
    for (int i = 0; i < 4; i++)
        index[i] = gan__index_variable(&e->space, shape->size[i], 0, i == 3, names[i]);
}

static void emit_members(gan_emit *e) {
    const gan_plan *plan = e->plan;
    const gan_group *g = &plan->groups[e->group];
    const gan_vertex *product = &plan->vertices[g->matmul];
    gan_index index[GAN_RANK_MAX] = {0}, variables[GAN_RANK_MAX] = {0};
    gan_value values[GAN_GROUP_MEMBERS_MAX];
    int count = 0;
    (product->op == GAN_OP_MATMUL ? product_index : convolution_index)(e, &product->shape, index);
    for (int i = 0; i < product->shape.rank; i++)
        if (product->shape.size[i] > 1) variables[count++] = index[i];
    gan__emit_remember(e, g->matmul, index, (gan_value){.text = "acc"});
    for (int stores = 0; stores < 2; stores++) {
        for (uint32_t i = 0; i < g->member_count; i++) {
            const gan_vertex *v = &plan->vertices[g->members[i]];
            gan_index own[GAN_RANK_MAX] = {0};
            bool rows = false;
            if (!v->wanted || !gan__domain_index(g, &v->shape, variables, own, &rows)) continue;
            if (stores)
                gan__emit_store(e, g->members[i], own, values[i]);
            else
                values[i] = gan__emit_value(e, g->members[i], own);
        }
    }
}

gan_status gan__emit_epilogue(gan_plan *plan, uint32_t group, gan_plan_launch *out) {
    gan_emit e = {.plan = plan, .group = group, .lanes = plan->traits->lanes};
    gan_text parameters = {0};
    emit_members(&e);
    gan__emit_parameters(&e, false, &parameters);
    gan_status status = gan__text_status(&parameters);
    if (status == GAN_STATUS_OK)
        status = gan__arena_string(plan->arena, gan__text_string(&e.text[0]), &out->source);
    if (status == GAN_STATUS_OK)
        status = gan__arena_string(plan->arena, gan__text_string(&parameters), &out->parameters);
    if (status == GAN_STATUS_OK) status = gan__emit_finish(&e, out);
    gan__text_destroy(&parameters);
    gan__emit_destroy(&e);
    return status;
}
