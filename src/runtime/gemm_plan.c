// From a choice (gemm_choice.c) to the plan of a kernel: what fits the product and the device.
#include "runtime/gemm_tile.h"
#include "runtime/whole.h"

#define RUN 16 // columns of a float16

bool gan__gemm_b_whole(const gan_gemm_desc *desc, uint64_t b_bytes) {
    uint32_t whole = gan__rounded_up(desc->n, RUN);
    if (desc->transpose_b) return false;
    if (whole == desc->n) return true;
    uint64_t last = desc->b.offset + (desc->batches - 1) * desc->b.stride +
                    (uint64_t)(desc->k - 1) * desc->b.pitch + whole;
    return last <= b_bytes / sizeof(float);
}

// --- Depth --------------------------------------------------------------------------------------

// Splits K where C alone has too few tiles to keep the device busy. The order of a sum follows from
// this, so it goes by the usual choice, whatever is chosen.
static void choose_splits(const gan_device_traits *traits, const gan_gemm_desc *desc,
                          const gan_gemm_choice *usual, gan_gemm_plan *plan) {
    uint64_t groups = (uint64_t)gan__divided_up(desc->m, usual->block_rows) *
                      gan__divided_up(desc->n, usual->block_columns) * desc->batches;
    uint64_t wanted = (traits->lanes == 1 ? 2 : 4) * (uint64_t)traits->compute_units;
    plan->splits = 1;
    plan->split_depth = desc->k;
    if (groups >= wanted || desc->k < 2 * GAN_GEMM_SPLIT_DEPTH) return;
    uint32_t splits = gan__least(gan__divided_up(wanted, groups), desc->k / GAN_GEMM_SPLIT_DEPTH);
    plan->split_depth = gan__rounded_up(gan__divided_up(desc->k, splits), 16);
    plan->splits = gan__divided_up(desc->k, plan->split_depth);
}

// --- The plan -----------------------------------------------------------------------------------

static uint64_t local_floats(const gan_gemm_plan *plan) {
    uint64_t floats = 0;
    if (plan->pack_a) floats += (uint64_t)plan->depth * plan->panel_rows;
    if (plan->pack_b) floats += (uint64_t)plan->depth * plan->panel_columns;
    if (plan->blocked) floats += (uint64_t)plan->panel_rows * plan->panel_columns;
    if (plan->edge) floats += gan__gemm_edge_sums(plan) + (uint64_t)plan->edge * plan->edge_depth;
    return floats;
}

static bool fits(const gan_device_traits *traits, const gan_gemm_plan *plan) {
    return local_floats(plan) * sizeof(float) <= traits->local_memory_bytes;
}

static void set_depth(const gan_gemm_desc *desc, uint32_t depth, gan_gemm_plan *plan) {
    plan->depth = depth;
    plan->blocked = depth > 0 && desc->k > depth;
}

static void fit_tile(const gan_gemm_desc *desc, const gan_gemm_choice *choice,
                     gan_gemm_plan *plan) {
    const uint32_t runs = gan__divided_up(desc->n - plan->edge, RUN);
    plan->rows = gan__least(choice->rows, desc->m);
    plan->runs = gan__least(choice->runs, runs);
    plan->rest_rows = desc->m % plan->rows;
    plan->rest_runs = runs % plan->runs;
}

static void fit_blocks(const gan_gemm_desc *desc, const gan_gemm_choice *choice,
                       gan_gemm_plan *plan) {
    plan->block_rows = gan__rounded_up(gan__least(choice->block_rows, desc->m), plan->rows);
    plan->block_columns =
        gan__rounded_up(gan__least(choice->block_columns, desc->n - plan->edge), plan->runs * RUN);
    bool one_panel = plan->block_rows <= GAN_GEMM_PANEL_ROWS;
    plan->panel_rows = gan__rounded_up(plan->block_rows, one_panel ? RUN : GAN_GEMM_PANEL_ROWS);
    plan->panel_columns = plan->block_columns + (plan->edge ? RUN : 0);
}

// So many rows of C, or fewer, are dot products where B is stored (N, K), and a work-group makes at
// least so many multiplications.
#define DOT_ROWS  2
#define DOTS_WORK 65536

static bool is_of_dots(const gan_gemm_desc *desc) {
    return desc->transpose_b && !desc->transpose_a && desc->m <= DOT_ROWS;
}

static void plan_dots(const gan_device_traits *traits, const gan_gemm_desc *desc,
                      gan_gemm_plan *plan) {
    uint64_t work = (uint64_t)desc->m * desc->n * desc->k;
    uint32_t groups =
        gan__most(1, gan__least(work / DOTS_WORK < 4096 ? (uint32_t)(work / DOTS_WORK) : 4096,
                                8 * traits->compute_units));
    plan->dots = true;
    plan->rows = plan->block_rows = desc->m;
    plan->runs = 1;
    plan->block_columns = gan__rounded_up(gan__divided_up(desc->n, groups), RUN);
}

static void fit_depth(const gan_device_traits *traits, const gan_gemm_desc *desc, uint32_t depth,
                      gan_gemm_plan *plan) {
    if (depth == 0 && (plan->pack_a || plan->pack_b)) depth = 256;
    set_depth(desc, depth, plan);
    while (plan->depth > RUN && !fits(traits, plan))
        set_depth(desc, gan__rounded_up(plan->depth / 2, RUN), plan);
}

// Halves the longer side of the blocks that is more than one tile; false where neither is.
static bool halve_blocks(const gan_gemm_plan *plan, gan_gemm_choice *choice) {
    const bool wide = plan->block_columns > plan->runs * RUN, high = plan->block_rows > plan->rows;
    choice->block_rows = plan->block_rows;
    choice->block_columns = plan->block_columns;
    if (wide && (!high || plan->panel_columns >= plan->panel_rows))
        choice->block_columns /= 2;
    else
        choice->block_rows /= 2;
    return wide || high;
}

// As chosen, or smaller where the device has little local memory.
static void fit_device(const gan_device_traits *traits, const gan_gemm_desc *desc,
                       const gan_gemm_choice *choice, gan_gemm_plan *plan) {
    gan_gemm_choice smaller = *choice;
    do {
        fit_blocks(desc, &smaller, plan);
        fit_depth(traits, desc, choice->depth, plan);
    } while (!fits(traits, plan) && halve_blocks(plan, &smaller));
}

// So few kernels differ by K alone. A run more lest columns lie 4 KB apart, where they would share
// the sets of a cache.
#define EDGE_DEPTH 256

uint32_t gan__gemm_edge_sums(const gan_gemm_plan *plan) {
    return plan->panel_rows * plan->edge + RUN; // the last rows' sums are stored as a whole run
}

void gan__gemm_plan_make(const gan_device_traits *traits, const gan_gemm_desc *desc, bool b_whole,
                         const gan_gemm_choice *choice, gan_gemm_plan *out) {
    gan_gemm_choice usual;
    gan__gemm_choice_default(traits, desc, b_whole, &usual);
    *out = (gan_gemm_plan){
        .lanes = traits->lanes, .transpose_a = desc->transpose_a, .transpose_b = desc->transpose_b};
    choose_splits(traits, desc, &usual, out);
    if (!choice) choice = &usual;
    if (traits->lanes == 1) {
        out->side = choice->side;
        out->block_rows = out->block_columns = 4 * out->side;
        return;
    }
    if (is_of_dots(desc)) {
        plan_dots(traits, desc, out);
        return;
    }
    out->pack_a = choice->pack_a;
    out->pack_b = choice->pack_b || desc->transpose_b || !b_whole;
    out->edge = gan__gemm_choice_edge(traits, desc, out->pack_a);
    if (out->edge && !desc->transpose_a)
        out->edge_depth = gan__rounded_up(out->split_depth, EDGE_DEPTH) + RUN;
    fit_tile(desc, choice, out);
    fit_device(traits, desc, choice, out);
}

bool gan__gemm_plan_same(const gan_gemm_plan *a, const gan_gemm_plan *b) {
    return a->lanes == b->lanes && a->transpose_a == b->transpose_a &&
           a->transpose_b == b->transpose_b && a->pack_a == b->pack_a && a->pack_b == b->pack_b &&
           a->dots == b->dots && a->blocked == b->blocked && a->rows == b->rows &&
           a->runs == b->runs && a->edge == b->edge && a->edge_depth == b->edge_depth &&
           (!a->blocked || a->depth == b->depth) && a->side == b->side &&
           a->block_rows == b->block_rows && a->block_columns == b->block_columns &&
           a->splits == b->splits && a->split_depth == b->split_depth;
}

uint32_t gan__gemm_plan_parts_pitch(const gan_gemm_desc *desc) {
    return gan__rounded_up(desc->n, RUN);
}

uint64_t gan__gemm_plan_scratch(const gan_gemm_plan *plan, const gan_gemm_desc *desc) {
    if (plan->splits == 1) return 0;
    return (uint64_t)plan->splits * desc->batches * desc->m * gan__gemm_plan_parts_pitch(desc);
}
