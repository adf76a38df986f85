// See emit.h: the value of a vertex at an index.
#include "graph/emit.h"

#include "base/number.h"
#include "base/philox.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// --- What is there already ----------------------------------------------------------------------

static bool recall(const gan_emit *e, uint32_t vertex, const gan_index *index, gan_value *out) {
    size_t bytes = (size_t)e->plan->vertices[vertex].shape.rank * sizeof *index;
    for (uint32_t i = e->value_count; i-- > 0;) {
        const gan_emitted *known = &e->values[i];
        if (known->vertex != vertex || memcmp(known->index, index, bytes) != 0) continue;
        *out = known->value;
        return true;
    }
    return false;
}

void gan__emit_remember(gan_emit *e, uint32_t vertex, const gan_index *index, gan_value value) {
    void *memory = e->values;
    gan_status status =
        gan__plan_reserve(&memory, &e->value_capacity, e->value_count, sizeof(gan_emitted));
    e->values = memory;
    if (status != GAN_STATUS_OK) {
        e->status = status;
        return;
    }
    gan_emitted *known = &e->values[e->value_count++];
    *known = (gan_emitted){.vertex = vertex, .value = value};
    memcpy(known->index, index, (size_t)e->plan->vertices[vertex].shape.rank * sizeof *index);
}

gan_value gan__emit_new_value(gan_emit *e, uint32_t level) {
    gan_value value = {.level = level};
    snprintf(value.text, sizeof value.text, "v%u", e->next++);
    return value;
}

// --- Leaves -------------------------------------------------------------------------------------

static gan_value literal(double number) {
    gan_value value = {0};
    float f = (float)number;
    char digits[GAN_NUMBER_TEXT];
    gan__number_format((double)f, 9, digits); // OpenCL C has a decimal point, whatever the locale
    if (isnan(f))
        snprintf(digits, sizeof digits, "NAN");
    else if (isinf(f))
        snprintf(digits, sizeof digits, "%sINFINITY", f < 0 ? "-" : "");
    else
        snprintf(digits + strlen(digits), 4, "%sf", strpbrk(digits, ".e") ? "" : ".0");
    snprintf(value.text, sizeof value.text, "(gan_t)(%s)", digits);
    return value;
}

static gan_value emit_iota(gan_emit *e, const gan_vertex *v, const gan_index *index) {
    gan_value numbers;
    gan__emit_lane_numbers(e, &index[v->attributes.axis], &numbers);
    gan_value value = gan__emit_new_value(e, numbers.level);
    gan__emit_line(e, value.level, "const gan_t %s = GAN_FLOATS(%s);", value.text, numbers.text);
    return value;
}

static gan_value emit_random(gan_emit *e, const gan_vertex *v, const gan_index *index) {
    gan_value numbers;
    gan_index flat = gan__index_flatten(&e->space, &v->shape, index);
    uint32_t seed_low = gan__emit_uint(e, 0, GAN_RUN_SEED_LOW);
    uint32_t seed_high = gan__emit_uint(e, 0, GAN_RUN_SEED_HIGH);
    uint32_t step_low = gan__emit_uint(e, 0, GAN_RUN_STEP_LOW);
    uint32_t step_high = gan__emit_uint(e, 0, GAN_RUN_STEP_HIGH);
    uint32_t stream =
        gan__emit_uint(e, GAN_STREAM_GRAPH + v->attributes.random.stream, GAN_RUN_NONE);
    bool normal = v->attributes.random.distribution == GAN_DISTRIBUTION_NORMAL;
    gan__emit_lane_numbers(e, &flat, &numbers);
    gan_value value = gan__emit_new_value(e, numbers.level);
    gan__emit_line(e, value.level, "const gan_t %s = gan_philox_%s(n%u, n%u, n%u, n%u, n%u, %s);",
                   value.text, normal ? "normal" : "uniform", seed_low, seed_high, stream, step_low,
                   step_high, numbers.text);
    return value;
}

// --- Indexed ------------------------------------------------------------------------------------

// The last index that a float can be: past 2^24 the nearest float may be past the end.
static long long last_index(int64_t size) {
    float last = (float)(size - 1);
    return (long long)((int64_t)last < size ? last : nextafterf(last, 0));
}

// Rounded, and brought into the range: what is not a legal index reads as the nearest one.
gan_index gan__emit_read_index(gan_emit *e, uint32_t vertex, gan_index index, int64_t size) {
    gan_index at[GAN_RANK_MAX] = {index};
    gan_value value = gan__emit_value(e, vertex, at);
    bool lane = e->lanes > 1 && gan__index_lane_use(&e->space, &index) != GAN_LANE_SAME;
    char name[16];
    snprintf(name, sizeof name, "x%u", e->next++);
    if (lane) {
        gan__emit_line(e, value.level, "float %s_[GAN_LANES];", name);
        gan__emit_line(e, value.level, "vstore16(%s, 0, %s_);", value.text, name);
        gan__emit_line(e, value.level, "uint %s[GAN_LANES];", name);
        gan__emit_line(e, value.level,
                       "for (uint j = 0; j < GAN_LANES; j++) %s[j] = "
                       "(uint)rint(clamp(%s_[j], 0.0f, %lld.0f));",
                       name, name, last_index(size));
    } else
        gan__emit_line(e, value.level,
                       "const uint %s = (uint)rint(clamp(GAN_FIRST(%s), 0.0f, %lld.0f));", name,
                       value.text, last_index(size));
    return gan__index_value(&e->space, size, value.level, lane, name);
}

static gan_value emit_gather(gan_emit *e, const gan_vertex *v, const gan_index *index) {
    gan_index inner[GAN_RANK_MAX];
    memcpy(inner, index, sizeof inner);
    int64_t axis = v->attributes.axis;
    int64_t size = e->plan->vertices[v->inputs[0]].shape.size[axis];
    inner[axis] = gan__emit_read_index(e, v->inputs[1], index[axis], size);
    return gan__emit_value(e, v->inputs[0], inner);
}

// --- Views --------------------------------------------------------------------------------------

// The value where the index, " < 5u" (say), else 0.
static gan_value keep_where(gan_emit *e, gan_value value, const gan_index *index,
                            const char *condition) {
    bool lanewise = e->lanes > 1 && gan__index_lane_use(&e->space, index) != GAN_LANE_SAME;
    uint32_t level = gan__index_level(&e->space, index);
    gan_value kept = gan__emit_new_value(e, level > value.level ? level : value.level);
    if (lanewise) {
        gan_value numbers;
        gan__emit_lane_numbers(e, index, &numbers);
        gan__emit_line(e, kept.level, "const gan_t %s = select((gan_t)(0.0f), %s, %s%s);",
                       kept.text, value.text, numbers.text, condition);
        return kept;
    }
    gan_text number = {0};
    gan__emit_index(e, index, NULL, &number);
    gan__emit_line(e, kept.level, "const gan_t %s = (%s)%s ? %s : (gan_t)(0.0f);", kept.text,
                   gan__text_string(&number), condition, value.text);
    if (gan__text_status(&number) != GAN_STATUS_OK) e->status = gan__text_status(&number);
    gan__text_destroy(&number);
    return kept;
}

// The value, or 0 outside of what a PAD surrounds along one axis. Nothing is emitted where the
// index is always inside.
static gan_value keep_inside(gan_emit *e, gan_value value, gan_index index, int64_t start,
                             int64_t step, int64_t size) {
    int64_t low = 0, high = 0, extent = (size - 1) * step + 1;
    char condition[32];
    index = gan__index_add(&e->space, index, gan__index_constant(-start));
    gan__index_range(&e->space, &index, &low, &high);
    if (low >= 0 && high < extent && step == 1) return value;
    snprintf(condition, sizeof condition, " < %lldu", (long long)extent); // below 0 it is huge
    value = keep_where(e, value, &index, condition);
    if (step == 1) return value;
    snprintf(condition, sizeof condition, " %% %lldu == 0u", (long long)step);
    return keep_where(e, value, &index, condition);
}

static gan_value emit_pad(gan_emit *e, const gan_vertex *v, const gan_index *index) {
    const gan_shape *operand = &e->plan->vertices[v->inputs[0]].shape;
    gan_index inner[GAN_RANK_MAX];
    gan__view_index(&e->space, v, operand, index, inner);
    gan_value value = gan__emit_value(e, v->inputs[0], inner);
    for (int i = 0; i < operand->rank; i++)
        value = keep_inside(e, value, index[i], v->attributes.slice.start[i],
                            v->attributes.slice.step[i], operand->size[i]);
    return value;
}

static gan_value emit_view(gan_emit *e, const gan_vertex *v, const gan_index *index) {
    if (v->op == GAN_OP_PAD) return emit_pad(e, v, index);
    gan_index inner[GAN_RANK_MAX];
    gan__view_index(&e->space, v, &e->plan->vertices[v->inputs[0]].shape, index, inner);
    return gan__emit_value(e, v->inputs[0], inner);
}

// --- Elementwise --------------------------------------------------------------------------------

// Sums and products are written with what is computed here before what is loaded, so that x + bias
// and bias + x are one text and are compiled once.
static bool is_written_swapped(const gan_emit *e, const gan_vertex *v) {
    if (v->op != GAN_OP_ADD && v->op != GAN_OP_MUL) return false;
    const gan_vertex *a = &e->plan->vertices[v->inputs[0]], *b = &e->plan->vertices[v->inputs[1]];
    bool a_here = gan__vertex_is_computed(a) && a->group == e->group;
    bool b_here = gan__vertex_is_computed(b) && b->group == e->group;
    return b_here && !a_here;
}

static gan_value emit_map(gan_emit *e, const gan_vertex *v, const gan_index *index) {
    gan_value operands[3];
    const char *names[3] = {NULL, NULL, NULL};
    uint32_t level = 0;
    bool swapped = is_written_swapped(e, v);
    for (uint32_t i = 0; i < v->input_count; i++) {
        operands[i] = gan__emit_value(e, v->inputs[swapped ? 1 - i : i], index);
        names[i] = operands[i].text;
        if (operands[i].level > level) level = operands[i].level;
    }
    gan_value value = gan__emit_new_value(e, level);
    gan_text expression = {0};
    gan__op_append_source(v->op, names, &expression);
    gan__emit_line(e, level, "const gan_t %s = %s;", value.text, gan__text_string(&expression));
    if (gan__text_status(&expression) != GAN_STATUS_OK) e->status = gan__text_status(&expression);
    gan__text_destroy(&expression);
    return value;
}

// --- All kinds ----------------------------------------------------------------------------------

static gan_value compute(gan_emit *e, uint32_t vertex, const gan_index *index) {
    const gan_vertex *v = &e->plan->vertices[vertex];
    switch (v->kind) {
    case GAN_VERTEX_CONSTANT:
        return literal(v->attributes.value);
    case GAN_VERTEX_IOTA:
        return emit_iota(e, v, index);
    case GAN_VERTEX_RANDOM:
        return emit_random(e, v, index);
    case GAN_VERTEX_MAP:
        return emit_map(e, v, index);
    case GAN_VERTEX_COPY:
        return gan__emit_value(e, v->inputs[0], index);
    case GAN_VERTEX_VIEW:
        return emit_view(e, v, index);
    case GAN_VERTEX_GATHER:
        return emit_gather(e, v, index);
    default:
        return gan__emit_loop(e, vertex, index);
    }
}

gan_value gan__emit_value(gan_emit *e, uint32_t vertex, const gan_index *index) {
    const gan_vertex *v = &e->plan->vertices[vertex];
    gan_value value = {0};
    if (e->status != GAN_STATUS_OK) return value;
    if (recall(e, vertex, index, &value)) return value;
    bool own = gan__vertex_is_computed(v) && v->group == e->group;
    value = !own && gan__vertex_is_loaded(v) ? gan__emit_load(e, &v->place, &v->shape, index)
                                             : compute(e, vertex, index);
    gan__emit_remember(e, vertex, index, value);
    return value;
}
