// See emit.h: loops inside a kernel. Reductions that keep their lanes and scatters loop around
// their operand; passes go over a row.
#include "graph/emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// --- Levels -------------------------------------------------------------------------------------

// The open levels above `level`, set aside while a loop is emitted there.
typedef struct gan_aside {
    uint32_t level;
    gan_text text[GAN_EMIT_LEVELS], head[GAN_EMIT_LEVELS];
} gan_aside;

static void set_aside(gan_emit *e, uint32_t level, gan_aside *aside) {
    aside->level = e->level;
    memcpy(aside->text, e->text, sizeof e->text);
    memcpy(aside->head, e->head, sizeof e->head);
    for (uint32_t i = level + 1; i < GAN_EMIT_LEVELS; i++) {
        e->text[i] = (gan_text){0};
        e->head[i] = (gan_text){0};
    }
    e->level = level;
}

static void bring_back(gan_emit *e, const gan_aside *aside) {
    for (uint32_t i = e->level + 1; i < GAN_EMIT_LEVELS; i++) {
        gan__text_destroy(&e->text[i]);
        gan__text_destroy(&e->head[i]);
        e->text[i] = aside->text[i];
        e->head[i] = aside->head[i];
    }
    e->level = aside->level;
}

static void open_level(gan_emit *e) {
    if (e->level + 1 == GAN_EMIT_LEVELS)
        e->status = gan__fail(GAN_STATUS_FAILED, "a kernel has too many loops inside each other");
    else
        e->level++;
}

// A line of the loop's head around the innermost level.
static void append_head(gan_emit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append_head(gan_emit *e, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    gan__text_append(&e->head[e->level], "%*s", 4 * (int)e->level, "");
    gan__text_append_v(&e->head[e->level], format, arguments);
    gan__text_append(&e->head[e->level], "\n");
    va_end(arguments);
}

static void move_text(gan_emit *e, gan_text *from, uint32_t to) {
    if (gan__text_status(from) != GAN_STATUS_OK) e->status = gan__text_status(from);
    gan__text_append_bytes(&e->text[to], gan__text_string(from), from->length);
    gan__text_clear(from);
}

// Puts the innermost loop after what stands in the level around it, and closes it.
static void close_level(gan_emit *e) {
    uint32_t inner = e->level--;
    move_text(e, &e->head[inner], e->level);
    move_text(e, &e->text[inner], e->level);
    gan__emit_line(e, e->level, "}");
}

// --- Loops of one work-item ---------------------------------------------------------------------

// Opens one level for the loops over `count` sizes.
static void open_loops(gan_emit *e, const int64_t *size, int count, gan_index *variables) {
    open_level(e);
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%u", e->next++);
        variables[i] = gan__index_variable(&e->space, size[i], e->level, false, name);
        if (size[i] > 1)
            append_head(e, "for (uint %s = 0; %s < %lluu; %s++)", name, name,
                        (unsigned long long)size[i], name);
    }
    append_head(e, "{");
}

static uint32_t index_level(const gan_emit *e, const gan_index *index, int rank) {
    uint32_t level = 0;
    for (int i = 0; i < rank; i++) {
        uint32_t part = gan__index_level(&e->space, &index[i]);
        if (part > level) level = part;
    }
    return level;
}

static void emit_reduce_body(gan_emit *e, const gan_vertex *v, const gan_index *index,
                             const char *total) {
    const gan_shape *shape = &e->plan->vertices[v->inputs[0]].shape;
    int64_t size[GAN_RANK_MAX];
    gan_index variables[GAN_RANK_MAX], inner[GAN_RANK_MAX] = {0};
    int count = 0;
    for (int i = 0; i < shape->rank; i++)
        if (v->attributes.axes >> i & 1) size[count++] = shape->size[i];
    open_loops(e, size, count, variables);
    count = 0;
    for (int i = 0; i < shape->rank; i++)
        inner[i] = v->attributes.axes >> i & 1 ? variables[count++] : index[i];
    gan_value value = gan__emit_value(e, v->inputs[0], inner);
    gan__emit_accumulate(e, v->op, total, value.text);
    close_level(e);
}

// Each result adds what the index sends to it: no two work-items write to one place.
static void emit_scatter_body(gan_emit *e, const gan_vertex *v, const gan_index *index,
                              const char *total) {
    int64_t axis = v->attributes.axis, count = e->plan->vertices[v->inputs[1]].shape.size[0];
    gan_index variable, inner[GAN_RANK_MAX];
    memcpy(inner, index, sizeof inner);
    gan_value own;
    gan__emit_lane_numbers(e, &index[axis], &own);
    open_loops(e, &count, 1, &variable);
    gan_index at = gan__emit_read_index(e, v->inputs[1], variable, v->shape.size[axis]);
    inner[axis] = variable;
    gan_value value = gan__emit_value(e, v->inputs[0], inner), target;
    gan__emit_lane_numbers(e, &at, &target);
    gan__emit_line(e, e->level, "%s += select((gan_t)(0.0f), %s, %s(%s == %s));", total, value.text,
                   e->lanes > 1 ? "" : "-", own.text, target.text);
    close_level(e);
}

gan_value gan__emit_loop(gan_emit *e, uint32_t vertex, const gan_index *index) {
    const gan_vertex *v = &e->plan->vertices[vertex];
    gan_value total = {.level = index_level(e, index, v->shape.rank)};
    if (v->kind != GAN_VERTEX_REDUCE && v->kind != GAN_VERTEX_SCATTER) {
        e->status = gan__fail(GAN_STATUS_FAILED, "a product is used inside another kernel");
        return total;
    }
    gan_aside aside;
    set_aside(e, total.level, &aside);
    snprintf(total.text, sizeof total.text, "v%u", e->next++);
    gan__emit_line(e, e->level, "gan_t %s = (gan_t)(%s);", total.text,
                   v->kind == GAN_VERTEX_REDUCE ? gan__emit_empty_total(v->op) : "0.0f");
    if (v->kind == GAN_VERTEX_REDUCE)
        emit_reduce_body(e, v, index, total.text);
    else
        emit_scatter_body(e, v, index, total.text);
    bring_back(e, &aside);
    return total;
}

// --- Passes over a row --------------------------------------------------------------------------

// The work-item's number in the row, split into the row's variables.
static void open_shared_pass(gan_emit *e, const int64_t *size, int count, gan_index *variables) {
    uint32_t item = e->next++;
    unsigned long long stride = 1;
    for (int i = count; i-- > 0;) {
        char name[16], modulo[32] = "";
        snprintf(name, sizeof name, "%c%u", i == count - 1 ? 'l' : 'q', e->next++);
        variables[i] = gan__index_variable(&e->space, size[i], e->level, i == count - 1, name);
        if (i > 0) snprintf(modulo, sizeof modulo, " %% %lluu", (unsigned long long)size[i]);
        gan__emit_line(e, e->level, "const uint %s = t%u / %lluu%s;", name, item, stride, modulo);
        stride *= (unsigned long long)size[i];
    }
    append_head(e, "for (uint t%u = get_local_id(0); t%u < %lluu; t%u += %uu) {", item, item,
                stride, item, e->group_size);
}

// Loops over all sizes but the last one's; that of the lanes is written when the pass is closed.
static void open_vector_pass(gan_emit *e, const int64_t *size, int count, gan_index *variables) {
    for (int i = 0; i < count; i++) {
        char name[16];
        bool lane = i == count - 1;
        snprintf(name, sizeof name, "%c%u", lane ? 'l' : 'q', e->next++);
        variables[i] = gan__index_variable(&e->space, size[i], e->level, lane, name);
        if (!lane)
            append_head(e, "for (uint %s = 0; %s < %lluu; %s++)", name, name,
                        (unsigned long long)size[i], name);
    }
    append_head(e, "{");
}

void gan__emit_open_pass(gan_emit *e, const int64_t *size, int count, gan_index *variables) {
    open_level(e);
    if (e->cooperative && count)
        open_shared_pass(e, size, count, variables);
    else
        open_vector_pass(e, size, count, variables);
}

// The lanes' loop in steps of whole vectors, and once more for what is left over.
static void close_vector_pass(gan_emit *e, const char *lane, const char *first, const char *last,
                              bool whole) {
    uint32_t inner = e->level--;
    int indent = 4 * (int)(inner + 1);
    const gan_text *body = &e->text[inner];
    gan_text *out = &e->text[e->level];
    move_text(e, &e->head[inner], e->level);
    gan__text_append(out, "%*suint %s = %s;\n", indent - 4, "", lane, first);
    gan__text_append(out, "%*sfor (; %s + GAN_LANES <= %s; %s += GAN_LANES) {\n", indent - 4, "",
                     lane, last, lane);
    gan__text_append(out, "%*sconst uint lanes = GAN_LANES;\n", indent, "");
    gan__text_append_bytes(out, gan__text_string(body), body->length);
    gan__text_append(out, "%*s}\n", indent - 4, "");
    if (!whole) {
        gan__text_append(out, "%*sif (%s < %s) {\n", indent - 4, "", lane, last);
        gan__text_append(out, "%*sconst uint lanes = %s - %s;\n", indent, "", last, lane);
        gan__text_append_bytes(out, gan__text_string(body), body->length);
        gan__text_append(out, "%*s}\n", indent - 4, "");
    }
    if (gan__text_status(body) != GAN_STATUS_OK) e->status = gan__text_status(body);
    gan__text_clear(&e->text[inner]);
    gan__emit_line(e, e->level, "}");
}

static const char *latest_lane(const gan_emit *e) {
    for (uint32_t a = e->space.count; a-- > 0;)
        if (e->space.atoms[a].kind == GAN_ATOM_VARIABLE && e->space.atoms[a].lane)
            return e->space.atoms[a].name;
    return "";
}

void gan__emit_close_pass(gan_emit *e, const int64_t *size, int count, const char *first,
                          const char *last) {
    if (e->cooperative && count) {
        close_level(e);
        return;
    }
    if (count == 0) {
        append_head(e, "    const uint lanes = 1;");
        close_level(e);
        return;
    }
    char extent[32];
    snprintf(extent, sizeof extent, "%lluu", (unsigned long long)size[count - 1]);
    close_vector_pass(e, latest_lane(e), first ? first : "0", last ? last : extent,
                      size[count - 1] % e->lanes == 0);
}
