// See emit.h: lines, arguments and addresses.
#include "graph/emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void gan__emit_destroy(gan_emit *e) {
    gan__space_destroy(&e->space);
    for (uint32_t i = 0; i < GAN_EMIT_LEVELS; i++) {
        gan__text_destroy(&e->text[i]);
        gan__text_destroy(&e->head[i]);
    }
    gan__free(e->values);
    gan__free(e->arguments);
}

void gan__emit_line(gan_emit *e, uint32_t level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    gan__text_append(&e->text[level], "%*s", 4 * (int)(level + 1), "");
    gan__text_append_v(&e->text[level], format, arguments);
    gan__text_append(&e->text[level], "\n");
    va_end(arguments);
}

// --- Arguments ----------------------------------------------------------------------------------

static uint32_t add_argument(gan_emit *e, const gan_plan_argument *argument) {
    void *memory = e->arguments;
    gan_status status = gan__plan_reserve(&memory, &e->argument_capacity, e->argument_count,
                                          sizeof(gan_plan_argument));
    e->arguments = memory;
    if (status != GAN_STATUS_OK) {
        e->status = status;
        return 0;
    }
    e->arguments[e->argument_count] = *argument;
    return e->argument_count++;
}

uint32_t gan__emit_buffer(gan_emit *e, uint32_t tensor, int64_t offset, bool written) {
    for (uint32_t i = 0; i < e->argument_count; i++) {
        gan_plan_argument *a = &e->arguments[i];
        if (a->kind != GAN_ARGUMENT_KIND_BUFFER || a->tensor != tensor || a->offset != offset)
            continue;
        a->written = a->written || written;
        return i;
    }
    return add_argument(e, &(gan_plan_argument){.kind = GAN_ARGUMENT_KIND_BUFFER,
                                                .tensor = tensor,
                                                .offset = offset,
                                                .written = written});
}

uint32_t gan__emit_uint(gan_emit *e, uint32_t value, int run) {
    for (uint32_t i = 0; run != GAN_RUN_NONE && i < e->argument_count; i++)
        if ((int)e->arguments[i].run == run) return i;
    gan_plan_argument argument = {.kind = GAN_ARGUMENT_KIND_UINT, .uint_value = value};
    argument.run = run;
    return add_argument(e, &argument);
}

void gan__emit_parameters(const gan_emit *e, bool first, gan_text *out) {
    for (uint32_t i = 0; i < e->argument_count; i++) {
        const gan_plan_argument *a = &e->arguments[i];
        gan__text_append(out, "%s", first && i == 0 ? "" : ", ");
        if (a->kind == GAN_ARGUMENT_KIND_UINT) {
            gan__text_append(out, "const uint n%u", i);
            continue;
        }
        bool bytes = e->plan->tensors[a->tensor].element == GAN_ELEMENT_U8;
        gan__text_append(out, "global %s%s *p%u, const uint o%u", a->written ? "" : "const ",
                         bytes ? "uchar" : "float", i, i);
    }
}

// --- Indices ------------------------------------------------------------------------------------

static void append_atom_expression(gan_emit *e, uint32_t atom, const char *lane, gan_text *out) {
    const gan_index operand = e->space.atoms[atom].operand;
    const gan_atom_kind kind = e->space.atoms[atom].kind;
    const unsigned long number = (unsigned long)e->space.atoms[atom].number;
    gan__text_append(out, "(");
    if (kind == GAN_ATOM_CLAMP) gan__text_append(out, "(uint)clamp((int)");
    gan__text_append(out, "(");
    gan__emit_index(e, &operand, lane, out);
    gan__text_append(out, ")");
    if (kind == GAN_ATOM_CLAMP) gan__text_append(out, ", 0, %lu)", number);
    if (kind == GAN_ATOM_QUOTIENT && number > 1) gan__text_append(out, " / %luu", number);
    if (kind == GAN_ATOM_REMAINDER) gan__text_append(out, " %% %luu", number);
    gan__text_append(out, ")");
}

// Gives an atom that is the same for all lanes a name of its own.
static void declare_atom(gan_emit *e, uint32_t atom) {
    gan_text expression = {0};
    uint32_t level = e->space.atoms[atom].level;
    append_atom_expression(e, atom, NULL, &expression);
    snprintf(e->space.atoms[atom].name, sizeof e->space.atoms[atom].name, "x%u", e->next++);
    gan__emit_line(e, level, "const uint %s = %s;", e->space.atoms[atom].name,
                   gan__text_string(&expression));
    e->space.atoms[atom].declared = true;
    if (gan__text_status(&expression) != GAN_STATUS_OK) e->status = gan__text_status(&expression);
    gan__text_destroy(&expression);
}

static void append_atom(gan_emit *e, uint32_t atom, const char *lane, gan_text *out) {
    bool lanewise = lane && e->space.atoms[atom].lane;
    gan_atom_kind kind = e->space.atoms[atom].kind;
    if (lanewise && kind == GAN_ATOM_VARIABLE)
        gan__text_append(out, "%s", lane);
    else if (lanewise && kind == GAN_ATOM_VALUE)
        gan__text_append(out, "%s[j]", e->space.atoms[atom].name);
    else if (lanewise)
        append_atom_expression(e, atom, lane, out);
    else {
        if (!e->space.atoms[atom].declared) declare_atom(e, atom);
        gan__text_append(out, "%s", e->space.atoms[atom].name);
    }
}

static void append_sign(gan_text *out, bool first, bool negative) {
    if (!first || negative) gan__text_append(out, first ? "-" : negative ? " - " : " + ");
}

void gan__emit_index(gan_emit *e, const gan_index *index, const char *lane, gan_text *out) {
    bool first = true;
    for (uint32_t i = 0; i < index->count; i++) {
        int64_t factor = index->factor[i];
        append_sign(out, first, factor < 0);
        first = false;
        if (factor < 0) factor = -factor;
        if (factor != 1) gan__text_append(out, "%lluu * ", (unsigned long long)factor);
        append_atom(e, index->atom[i], lane, out);
    }
    int64_t constant = index->constant;
    if (constant == 0 && !first) return;
    append_sign(out, first, constant < 0);
    gan__text_append(out, "%lluu", (unsigned long long)(constant < 0 ? -constant : constant));
}

// The name of the lane's variable that the index depends on; NULL when it is none.
static const char *lane_variable(const gan_emit *e, const gan_index *index) {
    for (uint32_t i = 0; i < index->count; i++) {
        const gan_atom *atom = &e->space.atoms[index->atom[i]];
        if (!atom->lane || atom->kind == GAN_ATOM_VALUE) continue;
        return atom->kind == GAN_ATOM_VARIABLE ? atom->name : lane_variable(e, &atom->operand);
    }
    return NULL;
}

void gan__emit_lane_index(gan_emit *e, const gan_index *index, gan_text *out) {
    char lane[32] = "j";
    const char *variable = lane_variable(e, index);
    if (variable) snprintf(lane, sizeof lane, "(%s + j)", variable);
    gan__emit_index(e, index, lane, out);
}

void gan__emit_lane_numbers(gan_emit *e, const gan_index *index, gan_value *out) {
    gan_lane_use use = gan__index_lane_use(&e->space, index);
    gan_text expression = {0};
    out->level = gan__index_level(&e->space, index);
    snprintf(out->text, sizeof out->text, "u%u", e->next++);
    if (e->lanes == 1 || use != GAN_LANE_OTHER) {
        gan__emit_index(e, index, NULL, &expression);
        gan__emit_line(e, out->level, "const gan_u %s = (gan_u)(%s)%s;", out->text,
                       gan__text_string(&expression),
                       use == GAN_LANE_NEXT && e->lanes > 1 ? " + GAN_LANE_NUMBERS" : "");
    } else {
        gan__emit_lane_index(e, index, &expression);
        gan__emit_line(e, out->level, "uint %s_[GAN_LANES];", out->text);
        gan__emit_line(e, out->level, "for (uint j = 0; j < GAN_LANES; j++) %s_[j] = %s;",
                       out->text, gan__text_string(&expression));
        gan__emit_line(e, out->level, "const gan_u %s = vload16(0, %s_);", out->text, out->text);
    }
    if (gan__text_status(&expression) != GAN_STATUS_OK) e->status = gan__text_status(&expression);
    gan__text_destroy(&expression);
}
