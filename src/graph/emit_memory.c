// See emit.h: loads and stores. Contiguous lanes move as one vector, the same element for all lanes
// as a scalar, anything else lane by lane.
#include "graph/emit.h"

// How many elements the loops around it reach at this address.
static double count_reached(const gan_emit *e, const gan_index *address) {
    double count = 1;
    for (uint32_t i = 0; i < address->count; i++) {
        const gan_atom *atom = &e->space.atoms[address->atom[i]];
        count *= (double)(atom->high - atom->low + 1);
    }
    return count;
}

// Lane by lane, in a loop over j.
static void load_lanes(gan_emit *e, uint32_t buffer, const gan_index *address, gan_value *value) {
    gan_text expression = {0};
    gan__emit_lane_index(e, address, &expression);
    gan__emit_line(e, value->level, "float %s_[GAN_LANES] = {0.0f};", value->text);
    gan__emit_line(e, value->level, "for (uint j = 0; j < lanes; j++) %s_[j] = p%u[o%u + %s];",
                   value->text, buffer, buffer, gan__text_string(&expression));
    gan__emit_line(e, value->level, "const gan_t %s = vload16(0, %s_);", value->text, value->text);
    if (gan__text_status(&expression) != GAN_STATUS_OK) e->status = gan__text_status(&expression);
    gan__text_destroy(&expression);
}

// The argument from which the tensor is read at `address`, whose constant part becomes that
// argument's offset: equal kernels then have equal texts wherever they read. Kernels with many
// buffers read a tensor that they have already from there.
static uint32_t choose_buffer(gan_emit *e, uint32_t tensor, gan_index *address) {
    int64_t constant = address->constant > 0 ? address->constant : 0;
    for (uint32_t i = 0; e->argument_count >= GAN_GROUP_BUFFERS_MAX && i < e->argument_count; i++) {
        const gan_plan_argument *a = &e->arguments[i];
        if (a->kind != GAN_ARGUMENT_KIND_BUFFER || a->tensor != tensor || a->offset > constant)
            continue;
        address->constant -= a->offset;
        return i;
    }
    address->constant -= constant;
    return gan__emit_buffer(e, tensor, constant, false);
}

gan_value gan__emit_load(gan_emit *e, const gan_place *place, const gan_shape *shape,
                         const gan_index *index) {
    gan_index address = gan__place_address(&e->space, place, shape, index);
    bool bytes = e->plan->tensors[place->tensor].element == GAN_ELEMENT_U8;
    gan_lane_use use = gan__index_lane_use(&e->space, &address);
    uint32_t buffer = choose_buffer(e, place->tensor, &address);
    e->bytes += count_reached(e, &address) * (bytes ? 1 : 4);
    gan_value value = gan__emit_new_value(e, gan__index_level(&e->space, &address));
    if (e->lanes > 1 && use == GAN_LANE_OTHER) {
        load_lanes(e, buffer, &address, &value);
        return value;
    }
    gan_text expression = {0};
    gan__emit_index(e, &address, NULL, &expression);
    bool vector = e->lanes > 1 && use == GAN_LANE_NEXT;
    if (vector)
        gan__emit_line(e, value.level, "const gan_t %s = gan_load%s(p%u + o%u + %s, lanes);",
                       value.text, bytes ? "_bytes" : "", buffer, buffer,
                       gan__text_string(&expression));
    else
        gan__emit_line(e, value.level, "const gan_t %s = (gan_t)(%sp%u[o%u + %s]);", value.text,
                       bytes ? "(float)" : "", buffer, buffer, gan__text_string(&expression));
    if (gan__text_status(&expression) != GAN_STATUS_OK) e->status = gan__text_status(&expression);
    gan__text_destroy(&expression);
    return value;
}

void gan__emit_store(gan_emit *e, uint32_t vertex, const gan_index *index, gan_value value) {
    const gan_vertex *v = &e->plan->vertices[vertex];
    gan_index address = gan__place_address(&e->space, &v->place, &v->shape, index);
    int64_t constant = address.constant;
    address.constant = 0;
    gan_lane_use use = gan__index_lane_use(&e->space, &address);
    uint32_t buffer = gan__emit_buffer(e, v->place.tensor, constant, true);
    e->bytes += count_reached(e, &address) * 4;
    gan_text expression = {0};
    bool lanewise = e->lanes > 1 && use == GAN_LANE_OTHER;
    if (lanewise)
        gan__emit_lane_index(e, &address, &expression);
    else
        gan__emit_index(e, &address, NULL, &expression);
    const char *at = gan__text_string(&expression);
    if (lanewise) {
        uint32_t name = e->next++;
        gan__emit_line(e, e->level, "float s%u[GAN_LANES];", name);
        gan__emit_line(e, e->level, "vstore16(%s, 0, s%u);", value.text, name);
        gan__emit_line(e, e->level, "for (uint j = 0; j < lanes; j++) p%u[o%u + %s] = s%u[j];",
                       buffer, buffer, at, name);
    } else if (e->lanes > 1 && use == GAN_LANE_NEXT)
        gan__emit_line(e, e->level, "gan_store(%s, p%u + o%u + %s, lanes);", value.text, buffer,
                       buffer, at);
    else
        gan__emit_line(e, e->level, "p%u[o%u + %s] = GAN_FIRST(%s);", buffer, buffer, at,
                       value.text);
    if (gan__text_status(&expression) != GAN_STATUS_OK) e->status = gan__text_status(&expression);
    gan__text_destroy(&expression);
}
