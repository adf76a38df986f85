// Which kernel for which convolution. The figures behind the choices are in docs/graph.md.
#include "runtime/convolution_plan.h"

#include "runtime/whole.h"

#include <stdlib.h>
#include <string.h>

#define RUN 16 // images of a float16

uint32_t gan__convolution_rows(const gan_convolution_desc *desc) {
    return desc->member == GAN_CONVOLUTION_FORWARD ? desc->filters : desc->channels;
}

uint32_t gan__convolution_depth(const gan_convolution_desc *desc) {
    return desc->member == GAN_CONVOLUTION_FORWARD ? desc->channels : desc->filters;
}

// --- Sizes --------------------------------------------------------------------------------------

// Places of one class along an axis of the result.
static uint32_t class_places(const gan_convolution_desc *desc, int axis, uint32_t class) {
    if (desc->member == GAN_CONVOLUTION_FORWARD) return desc->output[axis];
    uint32_t to = desc->input[axis];
    return class < to ? gan__divided_up(to - class, desc->stride[axis]) : 0;
}

static uint32_t classes(const gan_convolution_desc *desc, int axis) {
    return desc->member == GAN_CONVOLUTION_FORWARD ? 1 : desc->stride[axis];
}

uint32_t gan__convolution_plan_columns(const gan_convolution_plan *plan) {
    return plan->lanes == 1 ? 4 * plan->side : plan->runs * RUN;
}

uint32_t gan__convolution_pack_depth(const gan_convolution_plan *plan) {
    return plan->lanes == 1 ? 1 : 16;
}

uint32_t gan__convolution_pack_items(const gan_convolution_plan *plan) {
    return plan->lanes == 1 ? plan->tile_rows : 1;
}

uint32_t gan__convolution_plan_blocks(const gan_convolution_plan *plan,
                                      const gan_convolution_desc *desc) {
    const uint32_t of_place = gan__divided_up(desc->images, plan->lanes);
    const uint32_t of_block = plan->panels * gan__convolution_plan_columns(plan) / plan->lanes;
    uint32_t blocks = 0;
    for (uint32_t y = 0; y < classes(desc, 0); y++)
        for (uint32_t x = 0; x < classes(desc, 1); x++) {
            uint64_t places = (uint64_t)class_places(desc, 0, y) * class_places(desc, 1, x);
            blocks += gan__divided_up(places * of_place, of_block);
        }
    return blocks;
}

// Whole panels of them.
static uint64_t padded_filters(const gan_convolution_plan *plan, const gan_convolution_desc *desc) {
    const uint32_t columns = gan__convolution_plan_columns(plan);
    return (uint64_t)gan__divided_up(desc->filters, columns) * columns;
}

uint64_t gan__convolution_plan_scratch(const gan_convolution_plan *plan,
                                       const gan_convolution_desc *desc) {
    if (desc->member == GAN_CONVOLUTION_BY_WEIGHT)
        return (uint64_t)plan->splits * desc->groups * desc->kernel[0] * desc->kernel[1] *
               desc->channels * padded_filters(plan, desc);
    uint64_t rows = gan__convolution_rows(desc);
    rows = gan__divided_up(rows, plan->tile_rows) * plan->tile_rows;
    return desc->groups * rows * gan__convolution_depth(desc) * desc->kernel[0] * desc->kernel[1];
}

// --- Registers ----------------------------------------------------------------------------------

// As many runs as a place has, or a divisor; rows to fill 32 vector registers with the sums, one
// row of columns and one element.
static void choose_tile(const gan_convolution_desc *desc, gan_convolution_plan *plan) {
    const uint32_t place_runs = gan__divided_up(desc->images, RUN);
    plan->runs = place_runs % 3 == 0 && place_runs % 4 != 0 ? 3 : 4;
    const uint32_t rows = gan__convolution_rows(desc);
    plan->tile_rows = gan__least(plan->runs == 3 ? 8 : 6, rows);
    plan->rest_rows = rows % plan->tile_rows;
}

// --- Blocks -------------------------------------------------------------------------------------

#define DEPTH 128 // a gathered panel of it and 64 columns is 32 KB

static void choose_block(const gan_convolution_desc *desc, gan_convolution_plan *plan) {
    const uint32_t depth = gan__convolution_depth(desc);
    const uint32_t taps = desc->kernel[0] * desc->kernel[1];
    plan->block_taps = depth <= DEPTH / 4 ? gan__least(DEPTH / depth, taps) : 1;
    plan->block_depth = gan__divided_up(depth, gan__divided_up(depth, DEPTH));
}

static uint64_t local_bytes(const gan_convolution_plan *plan) {
    uint64_t gathered = (uint64_t)plan->block_taps * plan->block_depth;
    return (gathered + plan->group_rows) * plan->panels * plan->runs * RUN * sizeof(float);
}

// A work-group takes all rows, so that what it gathers serves them all, unless the device then had
// too few work-groups, or too little local memory.
static void choose_group(const gan_device_traits *traits, const gan_convolution_desc *desc,
                         gan_convolution_plan *plan) {
    const uint32_t tiles = gan__divided_up(gan__convolution_rows(desc), plan->tile_rows);
    plan->panels = 1;
    plan->group_rows = tiles * plan->tile_rows;
    const uint64_t wanted = 8 * (uint64_t)traits->compute_units;
    const uint64_t blocks = (uint64_t)gan__convolution_plan_blocks(plan, desc) * desc->groups;
    if (blocks < wanted) {
        uint32_t parts = gan__least(gan__divided_up(wanted, blocks), gan__most(1, tiles / 8));
        plan->group_rows = gan__divided_up(tiles, parts) * plan->tile_rows;
    }
    while (local_bytes(plan) > traits->local_memory_bytes) {
        if (plan->block_taps > 1)
            plan->block_taps = gan__divided_up(plan->block_taps, 2);
        else if (plan->block_depth > plan->group_rows)
            plan->block_depth = gan__divided_up(plan->block_depth, 2);
        else if (plan->group_rows > plan->tile_rows)
            plan->group_rows =
                gan__divided_up(plan->group_rows / plan->tile_rows, 2) * plan->tile_rows;
        else if (plan->block_depth > 1)
            plan->block_depth = gan__divided_up(plan->block_depth, 2);
        else
            return;
    }
}

// --- By weight ----------------------------------------------------------------------------------

#define WORK_GROUPS 32   // that keep a CPU busy, however many cores it has
#define LEAST_ROWS  32   // channels that packing y pays for
#define LEAST_TERMS 1024 // of a split's sum

// Packed blocks of y, to each (place, images).
static uint32_t weight_blocks(const gan_convolution_desc *desc, const gan_convolution_plan *plan) {
    return desc->output[0] * gan__divided_up(desc->output[1], plan->block_taps) *
           gan__divided_up(desc->images, plan->block_depth);
}

void gan__convolution_plan_split(const gan_convolution_desc *desc, uint32_t splits,
                                 gan_convolution_plan *plan) {
    const uint32_t blocks = weight_blocks(desc, plan);
    plan->split_blocks = gan__divided_up(blocks, gan__least(gan__most(splits, 1), blocks));
    plan->splits = gan__divided_up(blocks, plan->split_blocks);
}

static void plan_weight(const gan_device_traits *traits, const gan_convolution_desc *desc,
                        gan_convolution_plan *plan) {
    static const uint32_t rows_of_runs[] = {0, 14, 12, 8, 6};
    plan->runs = gan__least(4, gan__divided_up(desc->filters, RUN));
    plan->tile_rows = gan__least(rows_of_runs[plan->runs], desc->channels);
    plan->rest_rows = desc->channels % plan->tile_rows;
    plan->panels = 1;
    plan->block_depth = gan__least(desc->images, 2 * DEPTH);
    plan->block_taps = gan__least(gan__most(1, 2 * DEPTH / plan->block_depth), desc->output[1]);
    while (plan->block_taps * plan->block_depth * plan->runs * RUN * sizeof(float) >
               traits->local_memory_bytes &&
           plan->block_taps * plan->block_depth > 1) {
        if (plan->block_taps > 1)
            plan->block_taps = gan__divided_up(plan->block_taps, 2);
        else
            plan->block_depth = gan__divided_up(plan->block_depth, 2);
    }
    const uint32_t panels = gan__divided_up(desc->filters, plan->runs * RUN) * desc->groups;
    const uint32_t parts =
        gan__least(gan__divided_up(WORK_GROUPS, panels), gan__most(1, desc->channels / LEAST_ROWS));
    const uint32_t tiles = gan__divided_up(desc->channels, plan->tile_rows);
    plan->group_rows = gan__divided_up(tiles, parts) * plan->tile_rows;
    const uint32_t groups = panels * gan__divided_up(desc->channels, plan->group_rows);
    const uint64_t terms = (uint64_t)desc->output[0] * desc->output[1] * desc->images;
    gan__convolution_plan_split(desc,
                                (uint32_t)gan__least(gan__divided_up(WORK_GROUPS, groups),
                                                     gan__divided_up(terms, LEAST_TERMS)),
                                plan);
}

// --- GPUs ---------------------------------------------------------------------------------------

#define SLAB         16   // depth of what passes through local memory
#define SPLIT_GROUPS 1024 // work-groups that keep a GPU busy

// Bytes of a square's slabs, with what is kept of its rows or columns.
static uint64_t square_bytes(uint32_t side) {
    return (2 * SLAB * (4 * side + 1) + 3 * 4 * side) * sizeof(float);
}

static void plan_square(const gan_device_traits *traits, const gan_convolution_desc *desc,
                        gan_convolution_plan *plan) {
    plan->side = 16;
    while (plan->side > 1 && (plan->side * plan->side > traits->max_work_group ||
                              square_bytes(plan->side) > traits->local_memory_bytes))
        plan->side /= 2;
    plan->tile_rows = plan->group_rows = 4 * plan->side;
    plan->panels = plan->block_taps = 1;
    plan->block_depth = SLAB;
    if (desc->member != GAN_CONVOLUTION_BY_WEIGHT) return;
    plan->block_depth = 4 * SLAB;
    const uint32_t rows = desc->channels * desc->kernel[0] * desc->kernel[1];
    const uint64_t groups = (uint64_t)gan__divided_up(rows, plan->tile_rows) * desc->groups *
                            gan__divided_up(desc->filters, gan__convolution_plan_columns(plan));
    const uint64_t terms = (uint64_t)desc->output[0] * desc->output[1] * desc->images;
    gan__convolution_plan_split(
        desc,
        gan__least(gan__divided_up(SPLIT_GROUPS, groups), gan__divided_up(terms, LEAST_TERMS)),
        plan);
}

void gan__convolution_plan_make(const gan_device_traits *traits, const gan_convolution_desc *desc,
                                gan_convolution_plan *out) {
    *out = (gan_convolution_plan){.member = desc->member, .lanes = traits->lanes, .splits = 1};
    if (traits->lanes == 1) {
        plan_square(traits, desc, out);
        return;
    }
    if (desc->member == GAN_CONVOLUTION_BY_WEIGHT) {
        plan_weight(traits, desc, out);
        return;
    }
    choose_tile(desc, out);
    choose_block(desc, out);
    choose_group(traits, desc, out);
}

// --- Which ones ---------------------------------------------------------------------------------

// Where a run of images is mostly empty, or a group has hardly any channels, the products that the
// kernels are made of come out too thin.
static bool is_worth_it(const gan_device_traits *traits, const gan_convolution_desc *desc) {
    const uint32_t padded = gan__divided_up(desc->images, RUN) * RUN;
    if (traits->lanes == RUN && desc->images * 4 < padded * 3) return false;
    return desc->groups == 1 || (desc->channels >= 4 && desc->filters >= 4);
}

bool gan__convolution_prefers(const gan_device_traits *traits, const gan_convolution_desc *desc) {
    const char *forced = getenv("CLGAN_CONVOLUTION");
    if (forced && strcmp(forced, "native") == 0) return true;
    if (forced && strcmp(forced, "expand") == 0) return false;
    return is_worth_it(traits, desc);
}
