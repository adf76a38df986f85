// See emit.h: a whole kernel, for CPUs and for GPUs, around the values of a group.
//
//     CPU   a work-item walks a block of rows, or of lanes, in vectors; with passes over each row
//           where there are reductions over rows
//     GPU   a work-item an element; or, with reductions over rows, a work-group a row
#include "graph/emit.h"

#include <stdio.h>

// How the domain is walked.
typedef struct gan_walkway {
    int64_t rows, lanes, elements; // lanes: how many elements a row has
    int64_t row_step, lane_step;   // per work-item of a CPU
    bool split_lanes;
} gan_walkway;

// Additions that a work-item should have at least, and work-items a compute unit at most.
enum { WORK_PER_ITEM = 16384, ITEMS_PER_UNIT = 4, LANES_WORTH_SPLITTING = 256 };

static int64_t ceil_divide(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

static bool is_in_row(const gan_group *g, int dimension) {
    return g->has_rows ? g->inner >> dimension & 1 : dimension == g->rank - 1;
}

static int64_t count_items(const gan_plan *plan, uint32_t group, int64_t elements) {
    double items = (gan__group_weight(plan, group) + 2.0 * (double)elements) / WORK_PER_ITEM;
    double most = ITEMS_PER_UNIT * (double)plan->traits->compute_units;
    if (items > most) items = most;
    return items < 1 ? 1 : (int64_t)items;
}

static gan_walkway make_walkway(const gan_plan *plan, uint32_t group) {
    const gan_group *g = &plan->groups[group];
    gan_walkway w = {.rows = 1, .lanes = 1, .elements = 1};
    for (int i = 0; i < g->rank; i++) {
        *(is_in_row(g, i) ? &w.lanes : &w.rows) *= g->size[i];
        w.elements *= g->size[i];
    }
    int64_t items = count_items(plan, group, w.elements);
    w.row_step = ceil_divide(w.rows, items);
    if (g->has_rows || w.rows >= items || w.lanes < LANES_WORTH_SPLITTING) return w;
    w.split_lanes = true;
    w.row_step = 1;
    w.lane_step = ceil_divide(w.lanes, ceil_divide(items, w.rows) * GAN_LANE_PADDING);
    w.lane_step *= GAN_LANE_PADDING;
    return w;
}

// --- Bodies -------------------------------------------------------------------------------------

// The variables of the outer dimensions, from the row's number, at the innermost open level.
static void declare_rows(gan_emit *e, gan_index *variables) {
    const gan_group *g = &e->plan->groups[e->group];
    int outer[GAN_RANK_MAX], count = 0;
    unsigned long long stride = 1;
    for (int i = 0; i < g->rank; i++)
        if (!is_in_row(g, i)) outer[count++] = i;
    for (int k = count; k-- > 0;) {
        char name[16], modulo[32] = "";
        int64_t size = g->size[outer[k]];
        snprintf(name, sizeof name, count == 1 ? "row" : "i%d", k);
        variables[outer[k]] = gan__index_variable(&e->space, size, e->level, false, name);
        if (count == 1) return;
        if (k > 0) snprintf(modulo, sizeof modulo, " %% %lluu", (unsigned long long)size);
        gan__emit_line(e, e->level, "const uint %s = row / %lluu%s;", name, stride, modulo);
        stride *= (unsigned long long)size;
    }
}

static void emit_rows(gan_emit *e) {
    const gan_group *g = &e->plan->groups[e->group];
    gan_index variables[GAN_RANK_MAX] = {0}, inner[GAN_RANK_MAX];
    int64_t size[GAN_RANK_MAX];
    int count = 0, at = 0;
    declare_rows(e, variables);
    gan__emit_row_reductions(e, variables);
    if (gan__group_stores_elements(e->plan, e->group)) {
        for (int i = 0; i < g->rank; i++)
            if (is_in_row(g, i)) size[count++] = g->size[i];
        gan__emit_open_pass(e, size, count, inner);
        for (int i = 0; i < g->rank; i++)
            if (is_in_row(g, i)) variables[i] = inner[at++];
        gan__emit_stores(e, variables, false);
        gan__emit_close_pass(e, size, count, NULL, NULL);
    }
    gan__emit_stores(e, variables, true);
}

static void emit_vectors(gan_emit *e, const gan_walkway *w) {
    const gan_group *g = &e->plan->groups[e->group];
    gan_index variables[GAN_RANK_MAX] = {0};
    int count = g->rank > 0;
    const int64_t *size = g->size + g->rank - count;
    declare_rows(e, variables);
    gan__emit_open_pass(e, size, count, variables + g->rank - count);
    gan__emit_stores(e, variables, false);
    gan__emit_close_pass(e, size, count, w->split_lanes ? "first_lane" : NULL,
                         w->split_lanes ? "last_lane" : NULL);
}

static void emit_element(gan_emit *e, const gan_walkway *w) {
    const gan_group *g = &e->plan->groups[e->group];
    gan_index variables[GAN_RANK_MAX] = {0};
    unsigned long long lanes = (unsigned long long)w->lanes;
    if (g->rank > 0) {
        gan__emit_line(e, 1,
                       g->rank > 1 ? "const uint l = element %% %lluu;" : "const uint l = element;",
                       lanes);
        variables[g->rank - 1] = gan__index_variable(&e->space, w->lanes, 1, true, "l");
    }
    if (g->rank > 1) gan__emit_line(e, 1, "const uint row = element / %lluu;", lanes);
    declare_rows(e, variables);
    gan__emit_stores(e, variables, false);
}

// --- Frames -------------------------------------------------------------------------------------

typedef struct gan_frame {
    gan_text before, open, close; // before the kernel's own level, around that of the rows
} gan_frame;

static void frame_rows_of_cpu(gan_emit *e, const gan_walkway *w, gan_frame *f) {
    if (w->rows > 1) {
        uint32_t rows = gan__emit_uint(e, (uint32_t)w->rows, GAN_RUN_NONE);
        uint32_t step = gan__emit_uint(e, (uint32_t)w->row_step, GAN_RUN_NONE);
        gan__text_append(&f->open,
                         "    const uint first_row = get_global_id(1) * n%u;\n"
                         "    const uint last_row = min(first_row + n%u, n%u);\n"
                         "    for (uint row = first_row; row < last_row; row++) {\n",
                         step, step, rows);
    } else
        gan__text_append(&f->open, "    {\n");
    if (w->split_lanes) {
        uint32_t lanes = gan__emit_uint(e, (uint32_t)w->lanes, GAN_RUN_NONE);
        uint32_t step = gan__emit_uint(e, (uint32_t)w->lane_step, GAN_RUN_NONE);
        gan__text_append(&f->open,
                         "        const uint first_lane = get_global_id(0) * n%u;\n"
                         "        const uint last_lane = min(first_lane + n%u, n%u);\n",
                         step, step, lanes);
    }
    gan__text_append(&f->close, "    }\n");
}

static void frame_elements_of_gpu(gan_emit *e, const gan_walkway *w, gan_frame *f) {
    uint32_t elements = gan__emit_uint(e, (uint32_t)w->elements, GAN_RUN_NONE);
    gan__text_append(&f->before,
                     "    const uint lanes = 1;\n"
                     "    const uint element = get_global_id(0);\n"
                     "    if (element >= n%u) return;\n",
                     elements);
}

static void frame_rows_of_gpu(const gan_emit *e, gan_frame *f) {
    gan__text_append(&f->before,
                     "    local float shared[%u];\n"
                     "    const uint lanes = 1;\n"
                     "    const uint row = get_group_id(0);\n",
                     e->group_size);
}

// A power of two, so that the work-group's tree comes out even.
static uint32_t choose_group_size(const gan_device_traits *traits, int64_t lanes) {
    uint32_t size = 1, most = traits->max_work_group < 256 ? traits->max_work_group : 256;
    while (size * 2 <= most && size < lanes) size *= 2;
    return size;
}

static void set_sizes(const gan_emit *e, const gan_walkway *w, gan_plan_launch *out) {
    const gan_device_traits *traits = e->plan->traits;
    for (int i = 0; i < 3; i++) out->global[i] = out->local[i] = 1;
    if (traits->is_cpu) {
        if (w->split_lanes) out->global[0] = (size_t)ceil_divide(w->lanes, w->lane_step);
        out->global[1] = (size_t)ceil_divide(w->rows, w->row_step);
    } else if (e->cooperative) {
        out->local[0] = e->group_size;
        out->global[0] = (size_t)w->rows * e->group_size;
    } else {
        out->local[0] = traits->work_group;
        out->global[0] = (size_t)ceil_divide(w->elements, traits->work_group) * traits->work_group;
    }
}

static void join_text(gan_emit *e, const gan_frame *f, const char *name, gan_text *out) {
    bool cpu = e->plan->traits->is_cpu;
    gan__text_append(out, "//@use functions\n//@use philox\n//@use lanes\n");
    if (cpu) gan__text_append(out, "__attribute__((reqd_work_group_size(1, 1, 1)))\n");
    gan__text_append(out, "kernel void %s(", name);
    gan__emit_parameters(e, true, out);
    gan__text_append(out, ") {\n%s%s%s%s%s}\n", gan__text_string(&f->before),
                     gan__text_string(&e->text[0]), gan__text_string(&f->open),
                     gan__text_string(&e->text[1]), gan__text_string(&f->close));
}

static gan_status emit_all(gan_emit *e, gan_frame *f, gan_text *text, gan_plan_launch *out) {
    const gan_plan *plan = e->plan;
    const gan_group *g = &plan->groups[e->group];
    gan_walkway w = make_walkway(plan, e->group);
    e->cooperative = g->has_rows && !plan->traits->is_cpu;
    e->group_size = choose_group_size(plan->traits, w.lanes);
    e->level = 1;
    if (g->has_rows)
        emit_rows(e);
    else if (plan->traits->is_cpu)
        emit_vectors(e, &w);
    else
        emit_element(e, &w);
    if (plan->traits->is_cpu)
        frame_rows_of_cpu(e, &w, f);
    else if (e->cooperative)
        frame_rows_of_gpu(e, f);
    else
        frame_elements_of_gpu(e, &w, f);
    out->name = g->has_rows ? "gan_rows" : "gan_map";
    join_text(e, f, out->name, text);
    set_sizes(e, &w, out);
    return gan__text_status(text);
}

gan_status gan__emit_kernel(gan_plan *plan, uint32_t group, gan_plan_launch *out) {
    gan_emit e = {.plan = plan, .group = group, .lanes = plan->traits->lanes};
    gan_frame frame = {0};
    gan_text text = {0};
    gan_status status = emit_all(&e, &frame, &text, out);
    if (status == GAN_STATUS_OK)
        status = gan__arena_string(plan->arena, gan__text_string(&text), &out->source);
    if (status == GAN_STATUS_OK) status = gan__emit_finish(&e, out);
    gan__text_destroy(&frame.before);
    gan__text_destroy(&frame.open);
    gan__text_destroy(&frame.close);
    gan__text_destroy(&text);
    gan__emit_destroy(&e);
    return status;
}
