// Tunes classes of matrix products. On CPUs the search goes from the usual choice along one
// property after the other (register tile, packing, depth, blocks), always from the best so far,
// and ends with the register tiles and depths again. On GPUs it tries both engines and the sizes of
// work-groups.
#include "runtime/gemm_tune.h"

#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_clblast.h"
#include "runtime/gemm_copies.h"

#include <string.h>

#define MOST_WAYS 64

typedef struct tuning {
    gan_device *device;
    const gan_device_traits *traits;
    gan_gemm_desc sizes;
    gan_gemm_engine usual;
    gan_gemm_way ways[MOST_WAYS];
    size_t way_count;
    size_t next_move;
    gan_gemm_copies copies;
} tuning;

// --- Moves ---------------------------------------------------------------------------------------

typedef enum move_kind {
    MOVE_TILE,       // rows, runs
    MOVE_PACK_A,     // the other way
    MOVE_PACK_B,     // the other way
    MOVE_DEPTH,      // of a block
    MOVE_BLOCK_ROWS, // times a / b
    MOVE_WIDE,       // a block as wide as C
    MOVE_NARROW,     // a block as wide as a tile
    MOVE_SIDE,       // of a work-group
    MOVE_ENGINE,
} move_kind;

typedef struct move {
    move_kind kind;
    uint32_t a, b;
} move;

static const move cpu_moves[] = {
    {MOVE_TILE, 6, 4},    {MOVE_TILE, 8, 3},       {MOVE_TILE, 12, 2},      {MOVE_TILE, 8, 2},
    {MOVE_TILE, 12, 1},   {MOVE_TILE, 14, 2},      {MOVE_TILE, 4, 5},       {MOVE_PACK_A, 0, 0},
    {MOVE_PACK_B, 0, 0},  {MOVE_DEPTH, 64, 0},     {MOVE_DEPTH, 128, 0},    {MOVE_DEPTH, 256, 0},
    {MOVE_DEPTH, 512, 0}, {MOVE_BLOCK_ROWS, 2, 1}, {MOVE_BLOCK_ROWS, 2, 1}, {MOVE_BLOCK_ROWS, 1, 2},
    {MOVE_WIDE, 0, 0},    {MOVE_NARROW, 0, 0},     {MOVE_TILE, 6, 4},       {MOVE_TILE, 8, 3},
    {MOVE_TILE, 12, 2},   {MOVE_DEPTH, 32, 0},     {MOVE_DEPTH, 96, 0},     {MOVE_DEPTH, 192, 0},
};
static const move gpu_moves[] = {
    {MOVE_ENGINE, 0, 0}, {MOVE_SIDE, 16, 0}, {MOVE_SIDE, 8, 0}, {MOVE_SIDE, 4, 0}};

static void apply(const tuning *t, move m, gan_gemm_way *way) {
    gan_gemm_choice *c = &way->choice;
    switch (m.kind) {
    case MOVE_TILE:
        c->rows = m.a;
        c->runs = m.b;
        gan__gemm_choice_blocks(t->traits, &t->sizes, c);
        break;
    case MOVE_PACK_A:
        c->pack_a = !c->pack_a;
        gan__gemm_choice_blocks(t->traits, &t->sizes, c);
        break;
    case MOVE_PACK_B:
        c->pack_b = !c->pack_b;
        gan__gemm_choice_blocks(t->traits, &t->sizes, c);
        break;
    case MOVE_DEPTH:
        c->depth = m.a;
        break;
    case MOVE_BLOCK_ROWS:
        c->block_rows = (c->block_rows * m.a + m.b - 1) / m.b;
        break;
    case MOVE_WIDE:
        c->block_columns = t->sizes.n;
        break;
    case MOVE_NARROW:
        c->block_columns = 16 * c->runs;
        break;
    case MOVE_SIDE:
        way->engine = GAN_GEMM_ENGINE_TILE;
        c->side = m.a;
        break;
    case MOVE_ENGINE:
        way->engine =
            way->engine == GAN_GEMM_ENGINE_TILE ? GAN_GEMM_ENGINE_CLBLAST : GAN_GEMM_ENGINE_TILE;
        break;
    }
}

// Two choices that come to the same plan are one way.
static bool is_new(const tuning *t, const gan_gemm_way *way) {
    gan_gemm_plan plan, other;
    gan__gemm_plan_make(t->traits, &t->sizes, true, &way->choice, &plan);
    for (size_t i = 0; i < t->way_count; i++) {
        if (t->ways[i].engine != way->engine) continue;
        gan__gemm_plan_make(t->traits, &t->sizes, true, &t->ways[i].choice, &other);
        if (way->engine == GAN_GEMM_ENGINE_CLBLAST || gan__gemm_plan_same(&plan, &other))
            return false;
    }
    return true;
}

// The choice as the sizes at hand have it, so that a move starts from what was measured.
static void fit(const tuning *t, gan_gemm_choice *c) {
    gan_gemm_plan plan;
    if (t->traits->lanes == 1) return;
    gan__gemm_plan_make(t->traits, &t->sizes, true, c, &plan);
    c->block_rows = plan.block_rows;
    c->block_columns = plan.block_columns;
}

static bool propose(void *user, size_t way, size_t best) {
    tuning *t = user;
    bool is_gpu = t->traits->lanes == 1;
    const move *moves = is_gpu ? gpu_moves : cpu_moves;
    size_t count =
        is_gpu ? sizeof gpu_moves / sizeof *gpu_moves : sizeof cpu_moves / sizeof *cpu_moves;
    if (way < t->way_count) return true; // the usual one, and what was found before
    while (t->next_move < count && t->way_count < MOST_WAYS) {
        gan_gemm_way moved = t->ways[best];
        apply(t, moves[t->next_move++], &moved);
        if (!gan__gemm_choice_valid(t->traits, &moved.choice)) continue;
        fit(t, &moved.choice);
        if (!gan__gemm_choice_valid(t->traits, &moved.choice) || !is_new(t, &moved)) continue;
        t->ways[t->way_count++] = moved;
        return true;
    }
    return false;
}

static gan_status describe(void *user, size_t way, gan_text *text) {
    const tuning *t = user;
    gan__gemm_way_print(t->traits, &t->ways[way], text);
    return gan__text_status(text);
}

// The engines add up each in an order of its own.
static bool reorders(void *user, size_t way) {
    const tuning *t = user;
    return t->ways[way].engine != t->usual;
}

static gan_status check(void *user, size_t way, bool *right) {
    const tuning *t = user;
    gan_gemm_plan plan;
    if (t->ways[way].engine == GAN_GEMM_ENGINE_CLBLAST)
        return gan__gemm_check_clblast(t->device, &t->sizes, right);
    gan__gemm_plan_make(t->traits, &t->sizes, true, &t->ways[way].choice, &plan);
    return gan__gemm_check_tile(t->device, &t->sizes, &plan, right);
}

static gan_status create(void *user, size_t way, size_t copy, gan_launch **out) {
    const tuning *t = user;
    const gan_gemm_copy *o = &t->copies.items[copy];
    gan_gemm_plan plan;
    if (t->ways[way].engine == GAN_GEMM_ENGINE_CLBLAST)
        return gan__gemm_clblast_create(t->device, &o->desc, out);
    gan__gemm_plan_make(t->traits, &t->sizes, true, &t->ways[way].choice, &plan);
    return gan__gemm_tile_create(t->device, &o->desc, &plan, &o->scratch, out);
}

// --- The task ------------------------------------------------------------------------------------

static gan_status run(tuning *t, const char *key, const gan_tuner_limits *limits,
                      gan_tuner_result *result) {
    GAN_TRY(gan__gemm_copies_create(t->device, &t->sizes, &t->copies));
    const gan_tuner_task task = {.key = key,
                                 .user = t,
                                 .propose = propose,
                                 .describe = describe,
                                 .reorders = reorders,
                                 .check = check,
                                 .create = create,
                                 .copies = t->copies.count};
    gan_status status = gan__tuner_run(t->device, &task, limits, result);
    gan__gemm_copies_destroy(&t->copies);
    return status;
}

static gan_status tune_class(gan_device *device, const gan_gemm_desc *desc, const char *key,
                             const gan_tuner_limits *limits, gan_tuner_result *result) {
    void *memory = NULL;
    GAN_TRY(gan__alloc(1, sizeof(tuning), &memory));
    tuning *t = memory;
    t->device = device;
    t->traits = &device->traits;
    t->sizes = *desc;
    t->sizes.epilogue = NULL;
    t->usual = gan__gemm_usual_engine(device, desc);
    t->ways[0].engine = t->usual;
    gan__gemm_choice_default(t->traits, desc, true, &t->ways[0].choice);
    t->way_count = gan__gemm_way_find(device, desc, &t->ways[1]) ? 2 : 1;
    gan_status status = run(t, key, limits, result);
    gan__free(t);
    return status;
}

gan_status gan__gemm_tune(gan_device *device, const gan_gemm_desc *desc, bool anew,
                          const gan_tuner_limits *limits, gan_tuner_result *result) {
    gan_text key = {0};
    gan_status status = gan__gemm_class(device, desc, &key);
    *result = (gan_tuner_result){.gain = gan__tuner_gain(device, gan__text_string(&key)),
                                 .finished = true};
    result->known = result->gain > 0 && !anew;
    if (status == GAN_STATUS_OK && !result->known)
        status = tune_class(device, desc, key.bytes, limits, result);
    gan__text_destroy(&key);
    return status;
}

gan_status gan__gemm_describe(gan_device *device, const gan_gemm_desc *desc, gan_text *key,
                              gan_text *way) {
    gan_gemm_way found = {.engine = gan__gemm_usual_engine(device, desc)};
    gan__gemm_choice_default(&device->traits, desc, true, &found.choice);
    gan_gemm_way tuned;
    if (gan__gemm_way_find(device, desc, &tuned)) found = tuned;
    gan_gemm_plan plan;
    gan__gemm_plan_make(&device->traits, desc, true, NULL, &plan);
    GAN_TRY(gan__gemm_class(device, desc, key));
    if (plan.dots)
        gan__text_append(way, "dot products");
    else
        gan__gemm_way_print(&device->traits, &found, way);
    return gan__text_status(way);
}
