// Which register tile, packing and blocks a product gets where nothing was measured, and which can
// be had at all. The figures behind the choices are in docs/gemm.md.
#include "runtime/gemm_tile.h"
#include "runtime/whole.h"

#define RUN 16 // columns of a float16

// --- The edge -----------------------------------------------------------------------------------

// A run for so few columns wastes half of it or more.
#define MOST_EDGE 8
// Where the edge is of dot products: so few columns that they are faster than a run, enough rows to
// pack its columns of B for, and enough of K to be added up across lanes.
#define MOST_DOT_EDGE 4
#define DOT_EDGE_ROWS 32
#define DOT_EDGE_K    64

uint32_t gan__gemm_choice_edge(const gan_device_traits *traits, const gan_gemm_desc *desc,
                               bool pack_a) {
    const uint32_t left = desc->n % RUN;
    if (traits->lanes != RUN || desc->transpose_b || desc->n < RUN || left > MOST_EDGE) return 0;
    if (desc->transpose_a) return pack_a ? left : 0;
    const uint64_t packed = (uint64_t)left * desc->k * sizeof(float);
    const bool pays = left <= MOST_DOT_EDGE && desc->m >= DOT_EDGE_ROWS && desc->k >= DOT_EDGE_K;
    return pays && packed <= traits->local_memory_bytes / 4 ? left : 0;
}

// --- Registers ----------------------------------------------------------------------------------

// Register tiles whose sums, one row of B and one element of A fit in 32 vector registers. All
// divide a packed block of 48 rows. The last three are for products of few rows.
static const struct register_tile {
    uint32_t rows, runs;
} register_tiles[] = {{6, 4}, {8, 3}, {12, 2}, {8, 2}, {12, 1}, {4, 5}, {3, 7}, {2, 8}};

// Cycles of one k on a core with two multipliers and two loads a cycle and a latency of four. Loads
// that the multiplications hide still cost a little, those of B, which comes from the second cache,
// twice that.
static double tile_cycles(uint32_t rows, uint32_t runs) {
    if (!rows || !runs) return 0;
    double multiply = rows * runs / 2.0, load = (rows + runs) / 2.0;
    double bound = multiply > load ? multiply : load;
    return (bound > 4 ? bound : 4) + 0.1 * load + 0.1 * runs;
}

// `edge` columns are not made by tiles.
static double all_cycles(const gan_gemm_desc *desc, uint32_t edge, uint32_t rows, uint32_t runs) {
    uint32_t all_runs = gan__divided_up(desc->n - edge, RUN);
    double down = desc->m / rows, rest_down = desc->m % rows ? 1 : 0;
    double across = all_runs / runs, rest_across = all_runs % runs ? 1 : 0;
    uint32_t rest_rows = desc->m % rows, rest_runs = all_runs % runs;
    return down * across * tile_cycles(rows, runs) +
           rest_down * across * tile_cycles(rest_rows, runs) +
           down * rest_across * tile_cycles(rows, rest_runs) +
           rest_down * rest_across * tile_cycles(rest_rows, rest_runs) +
           (double)desc->m * edge / (2 * RUN);
}

// Rows of a block of packed A: whole cache lines, and as many as leave the compute units evenly
// loaded. Fewer rows read A in shorter pieces, which was measured to cost what `weight` says.
// Returns how much longer that takes than blocks of 48 rows of which all units have the same
// number.
static double packed_rows(const gan_device_traits *traits, const gan_gemm_desc *desc,
                          uint32_t tile_rows, uint32_t *out) {
    static const struct {
        uint32_t rows;
        double weight;
    } choices[] = {{48, 1}, {32, 1.05}, {16, 1.12}};
    double fewest = 0;
    *out = tile_rows;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        uint32_t rows = choices[i].rows;
        if (rows % tile_rows != 0 || tile_rows == desc->m) continue;
        uint32_t blocks = gan__divided_up(desc->m, rows) * desc->batches;
        double rounds = gan__divided_up(blocks, traits->compute_units);
        double time = rounds * rows * choices[i].weight;
        if (fewest > 0 && time >= fewest) continue;
        fewest = time;
        *out = rows;
    }
    return fewest > 0 ? fewest * traits->compute_units / desc->m / desc->batches : 1;
}

static void choose_tile(const gan_device_traits *traits, const gan_gemm_desc *desc,
                        gan_gemm_choice *choice) {
    const uint32_t edge = gan__gemm_choice_edge(traits, desc, choice->pack_a);
    const uint32_t runs = gan__divided_up(desc->n - edge, RUN);
    uint32_t block = 0;
    double fewest = 0;
    for (size_t i = 0; i < sizeof register_tiles / sizeof *register_tiles; i++) {
        uint32_t tile_rows = gan__least(register_tiles[i].rows, desc->m),
                 tile_runs = gan__least(register_tiles[i].runs, runs);
        double cycles = all_cycles(desc, edge, tile_rows, tile_runs);
        if (choice->pack_a) cycles *= packed_rows(traits, desc, tile_rows, &block);
        if (i > 0 && cycles >= fewest) continue;
        fewest = cycles;
        choice->rows = tile_rows;
        choice->runs = tile_runs;
    }
}

// --- GPUs ---------------------------------------------------------------------------------------

static void choose_side(const gan_device_traits *traits, gan_gemm_choice *choice) {
    const uint64_t floats = traits->local_memory_bytes / sizeof(float);
    uint32_t side = 16;
    while (side > 1 && (side * side > traits->max_work_group || 2 * 16 * (4 * side + 1) > floats))
        side /= 2;
    choice->side = side;
    choice->block_rows = choice->block_columns = 4 * side;
}

// --- Blocks -------------------------------------------------------------------------------------

// B is read in place once for every `rows` rows of C. Past this many floats it no longer stays in a
// core's own cache, and it pays to pack it.
#define LARGE_B (256 * 1024)

static bool packs_b(const gan_gemm_desc *desc, bool b_whole) {
    return desc->transpose_b || !b_whole || ((uint64_t)desc->k * desc->n > LARGE_B && desc->m > 64);
}

// A column of A stored (K, M) is one element of each row: packed, its cache lines are read once,
// not once for each tile. Where there is one tile, or hardly any rows, that saves nothing.
static bool packs_a(const gan_gemm_desc *desc) {
    return desc->transpose_a && desc->m > 8 && desc->k > 32;
}

// Rows of C per work-group where nothing is packed: several tiles where K is so small that a
// work-group itself takes a notable part of the time.
static uint32_t shallow_rows(const gan_device_traits *traits, const gan_gemm_desc *desc,
                             const gan_gemm_choice *choice) {
    uint32_t tiles = gan__divided_up(desc->m, choice->rows);
    uint32_t wanted = gan__divided_up(512, desc->k);
    uint32_t fair = tiles / (8 * traits->compute_units);
    return choice->rows * gan__most(1, gan__least(wanted, fair));
}

// The same where a work-group packs an edge of B first, which takes as long as sixteen tiles of one
// row and one run: many rows, so that this is little, but so that the compute units are evenly
// loaded and none waits long for the last one.
static uint32_t edge_rows(const gan_device_traits *traits, const gan_gemm_desc *desc,
                          const gan_gemm_choice *choice) {
    const double packing = 16.0 / (desc->n / RUN);
    uint32_t best = choice->rows;
    double fewest = 0;
    for (uint32_t rows = gan__rounded_up(24, choice->rows); rows <= 160; rows += choice->rows) {
        uint64_t groups = (uint64_t)gan__divided_up(desc->m, rows) * desc->batches;
        double time =
            gan__divided_up(groups, traits->compute_units) * (rows + packing) + rows / 4.0;
        if (fewest > 0 && time >= fewest) continue;
        fewest = time;
        best = rows;
    }
    return best;
}

// Most rows of C per work-group where B is packed: the sums of blocked products wait in local
// memory, of which they may take half, and should stay in a core's own cache.
static uint32_t most_shared_rows(const gan_device_traits *traits, const gan_gemm_desc *desc,
                                 const gan_gemm_choice *choice) {
    if (desc->k <= choice->depth) return desc->m;
    uint64_t fit = traits->local_memory_bytes / sizeof(float) / 2 / choice->block_columns;
    return gan__most(64, fit < 512 ? (uint32_t)fit : 512);
}

// Rows of C per work-group where B is packed: many, so that packing is shared, but so that every
// compute unit gets as much to do. Packing takes about as long as 32 rows of sums.
static uint32_t shared_rows(const gan_device_traits *traits, const gan_gemm_desc *desc,
                            const gan_gemm_choice *choice) {
    const uint32_t edge = gan__gemm_choice_edge(traits, desc, choice->pack_a);
    uint32_t across = gan__divided_up(desc->n - edge, choice->block_columns) * desc->batches;
    uint32_t down = gan__divided_up(desc->m, most_shared_rows(traits, desc, choice)), best = 0;
    double fewest = 0;
    for (uint32_t rows = desc->m; rows > 64 || best == 0; down++) {
        rows = gan__rounded_up(gan__divided_up(desc->m, down), choice->rows);
        uint64_t groups = (uint64_t)across * gan__divided_up(desc->m, rows);
        double time = gan__divided_up(groups, traits->compute_units) * (rows + 32.0);
        if (best > 0 && time >= fewest) continue;
        fewest = time;
        best = rows;
    }
    return best;
}

// Past so many cycles of one core, some 20 us, it pays to wake another for its share. Storing 16
// sums takes about four, and operands that are in no cache of the core come and go at 16 bytes
// each.
#define CYCLES_WORTH_SHARING 50000
// Of packed B that stay in a core's first cache.
#define NEAR_FLOATS 8192

static bool is_for_one(const gan_gemm_desc *desc, uint32_t edge, const gan_gemm_choice *choice) {
    const double m = desc->m, n = desc->n, k = desc->k;
    const double cycles = all_cycles(desc, edge, choice->rows, choice->runs) * k +
                          4.0 * m * gan__divided_up(desc->n, RUN) +
                          (m * k + k * n + m * n) * sizeof(float) / 16;
    return !choice->pack_a && desc->k < 2 * GAN_GEMM_SPLIT_DEPTH &&
           cycles * desc->batches < CYCLES_WORTH_SHARING;
}

void gan__gemm_choice_blocks(const gan_device_traits *traits, const gan_gemm_desc *desc,
                             gan_gemm_choice *choice) {
    const uint32_t edge = gan__gemm_choice_edge(traits, desc, choice->pack_a);
    choice->depth = 0;
    choice->block_rows = choice->rows;
    choice->block_columns = choice->runs * RUN;
    if (choice->pack_a) {
        uint32_t whole = gan__rounded_up(desc->n - edge, choice->block_columns);
        choice->depth = 64;
        choice->block_columns =
            gan__least(whole, 128 / choice->block_columns * choice->block_columns);
        packed_rows(traits, desc, choice->rows, &choice->block_rows);
        if (choice->pack_b && choice->block_rows == GAN_GEMM_PANEL_ROWS)
            choice->block_rows *=
                gan__least(4, gan__divided_up(shared_rows(traits, desc, choice), 48));
    } else if (choice->pack_b) {
        choice->depth = 256;
        choice->block_rows = shared_rows(traits, desc, choice);
    } else {
        choice->block_rows = (edge ? edge_rows : shallow_rows)(traits, desc, choice);
    }
    if (!is_for_one(desc, edge, choice)) return;
    const uint32_t whole = gan__rounded_up(desc->n - edge, choice->runs * RUN);
    choice->block_rows = gan__rounded_up(desc->m, choice->rows);
    if (!choice->pack_b || (uint64_t)whole * desc->k <= NEAR_FLOATS) choice->block_columns = whole;
}

void gan__gemm_choice_default(const gan_device_traits *traits, const gan_gemm_desc *desc,
                              bool b_whole, gan_gemm_choice *out) {
    *out = (gan_gemm_choice){0};
    if (traits->lanes == 1) {
        choose_side(traits, out);
        return;
    }
    out->pack_a = packs_a(desc);
    out->pack_b = packs_b(desc, b_whole);
    choose_tile(traits, desc, out);
    gan__gemm_choice_blocks(traits, desc, out);
}

#define MOST_REGISTERS 32 // that hold 16 floats: one sum each, a row of B and an element of A

static bool valid_tile(const gan_gemm_choice *c) {
    return c->rows >= 1 && c->rows <= 16 && c->runs >= 1 && c->runs <= 8 &&
           c->rows * c->runs + c->runs + 1 <= MOST_REGISTERS && c->pack_a <= 1 && c->pack_b <= 1 &&
           (!c->pack_a || GAN_GEMM_PANEL_ROWS % c->rows == 0);
}

bool gan__gemm_choice_valid(const gan_device_traits *traits, const gan_gemm_choice *choice) {
    const uint32_t most = 1 << 16;
    if (traits->lanes == 1) {
        gan_gemm_choice usual;
        choose_side(traits, &usual);
        return choice->side >= 1 && choice->side <= usual.side && usual.side % choice->side == 0;
    }
    return valid_tile(choice) && choice->depth % RUN == 0 && choice->depth <= most &&
           choice->block_rows >= 1 && choice->block_rows <= most && choice->block_columns >= 1 &&
           choice->block_columns <= most;
}
