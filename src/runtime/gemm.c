// Chooses the engine of a product and has it make the launch.
#include "runtime/gemm.h"

#include "runtime/device_state.h"
#include "runtime/gemm_check.h"
#include "runtime/gemm_clblast.h"
#include "runtime/gemm_tune.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// --- Sizes --------------------------------------------------------------------------------------

static uint32_t a_rows(const gan_gemm_desc *d) {
    return d->transpose_a ? d->k : d->m;
}

static uint32_t a_columns(const gan_gemm_desc *d) {
    return d->transpose_a ? d->m : d->k;
}

static uint32_t b_rows(const gan_gemm_desc *d) {
    return d->transpose_b ? d->n : d->k;
}

static uint32_t b_columns(const gan_gemm_desc *d) {
    return d->transpose_b ? d->k : d->n;
}

gan_work gan__gemm_work(const gan_gemm_desc *desc) {
    double m = desc->m, n = desc->n, k = desc->k, batches = desc->batches;
    double a = m * k * (desc->a.stride ? batches : 1), b = k * n * (desc->b.stride ? batches : 1);
    gan_work work = {.flops = 2 * m * n * k * batches, .bytes = sizeof(float) * (a + b)};
    if (desc->epilogue) {
        work.flops += desc->epilogue->work.flops;
        work.bytes += desc->epilogue->work.bytes;
    } else {
        work.bytes += sizeof(float) * m * n * batches;
    }
    return work;
}

// The operand lies within its buffer and can be reached with 32-bit strides.
static gan_status check_operand(const gan_gemm_desc *desc, const char *name,
                                const gan_gemm_operand *x, uint32_t rows, uint32_t columns) {
    uint64_t end = x->offset + (uint64_t)(desc->batches - 1) * x->stride +
                   (uint64_t)(rows - 1) * x->pitch + columns;
    if (!x->buffer || x->pitch < columns || x->stride > UINT32_MAX ||
        end > gan__buffer_bytes(x->buffer) / sizeof(float))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%s: operand %s of a product (%" PRIu32 " x %" PRIu32
                         " rows of pitch %" PRIu32 ", %" PRIu32 " times) does not fit its buffer",
                         desc->label, name, rows, columns, x->pitch, desc->batches);
    return GAN_STATUS_OK;
}

static gan_status check_desc(const gan_gemm_desc *desc) {
    if (!desc->m || !desc->n || !desc->k || !desc->batches)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s: a product has a size of 0", desc->label);
    GAN_TRY(check_operand(desc, "A", &desc->a, a_rows(desc), a_columns(desc)));
    GAN_TRY(check_operand(desc, "B", &desc->b, b_rows(desc), b_columns(desc)));
    return desc->epilogue ? GAN_STATUS_OK : check_operand(desc, "C", &desc->c, desc->m, desc->n);
}

// --- Choice -------------------------------------------------------------------------------------

// On CPUs CLBlast is 5 to 20 times slower than TILE. On GPUs it is the faster one, but for products
// that take less time than a launch, where what counts is that TILE saves the launch of an
// epilogue.
#define SMALL_PRODUCT (128.0 * 128.0 * 128.0)

gan_gemm_engine gan__gemm_usual_engine(const gan_device *device, const gan_gemm_desc *desc) {
    if (device->info.kind == GAN_DEVICE_KIND_CPU) return GAN_GEMM_ENGINE_TILE;
    double products = (double)desc->m * desc->n * desc->k * desc->batches;
    return products <= SMALL_PRODUCT ? GAN_GEMM_ENGINE_TILE : GAN_GEMM_ENGINE_CLBLAST;
}

static bool is_forced(gan_gemm_engine *engine) {
    const char *forced = getenv("CLGAN_GEMM");
    bool tile = forced && strcmp(forced, "tile") == 0;
    *engine = tile ? GAN_GEMM_ENGINE_TILE : GAN_GEMM_ENGINE_CLBLAST;
    return tile || (forced && strcmp(forced, "clblast") == 0);
}

gan_gemm_engine gan__gemm_preferred_engine(const gan_device *device, const gan_gemm_desc *desc) {
    gan_gemm_engine forced;
    return is_forced(&forced) ? forced : gan__gemm_usual_engine(device, desc);
}

// Which engine makes a product, and by which plan where that is TILE.
typedef struct selection {
    gan_gemm_engine engine;
    gan_gemm_plan plan;
} selection;

static gan_status check_selection(gan_device *device, const gan_gemm_desc *desc,
                                  const selection *selected, bool *right) {
    if (selected->engine == GAN_GEMM_ENGINE_CLBLAST)
        return gan__gemm_check_clblast(device, desc, right);
    return gan__gemm_check_tile(device, desc, &selected->plan, right);
}

static gan_status try_engine(gan_device *device, const gan_gemm_desc *desc, bool b_whole,
                             gan_gemm_engine engine, selection *out, bool *right) {
    out->engine = engine;
    gan__gemm_plan_make(&device->traits, desc, b_whole, NULL, &out->plan);
    return check_selection(device, desc, out, right);
}

// What tuning found, unless another engine is forced.
static gan_status try_tuned(gan_device *device, const gan_gemm_desc *desc, bool b_whole,
                            selection *out, bool *right) {
    gan_gemm_way way;
    gan_gemm_engine forced;
    *right = false;
    if (!gan__gemm_way_find(device, desc, &way) || (is_forced(&forced) && forced != way.engine))
        return GAN_STATUS_OK;
    out->engine = way.engine;
    gan__gemm_plan_make(&device->traits, desc, b_whole,
                        way.engine == GAN_GEMM_ENGINE_TILE ? &way.choice : NULL, &out->plan);
    return check_selection(device, desc, out, right);
}

// What was tuned, else the engine preferred, else the other one: the first that is right.
static gan_status choose(gan_device *device, const gan_gemm_desc *desc, bool b_whole,
                         selection *out) {
    bool right = false;
    GAN_TRY(try_tuned(device, desc, b_whole, out, &right));
    if (right) return GAN_STATUS_OK;
    gan_gemm_engine engine = gan__gemm_preferred_engine(device, desc);
    GAN_TRY(try_engine(device, desc, b_whole, engine, out, &right));
    if (right) return GAN_STATUS_OK;
    engine = engine == GAN_GEMM_ENGINE_TILE ? GAN_GEMM_ENGINE_CLBLAST : GAN_GEMM_ENGINE_TILE;
    GAN_TRY(try_engine(device, desc, b_whole, engine, out, &right));
    if (right) return GAN_STATUS_OK;
    return gan__fail(
        GAN_STATUS_DEVICE_FAILED,
        "both engines, tile and CLBlast, compute wrong products (%" PRIu32 " x %" PRIu32
        " x %" PRIu32 ", transposed %d %d) on %s: update its driver, or choose "
        "another device with --device",
        desc->m, desc->n, desc->k, desc->transpose_a, desc->transpose_b, device->info.name);
}

gan_gemm_engine gan__gemm_choose(gan_device *device, const gan_gemm_desc *desc) {
    selection selected;
    return choose(device, desc, true, &selected) == GAN_STATUS_OK
               ? selected.engine
               : gan__gemm_preferred_engine(device, desc);
}

uint64_t gan__gemm_scratch(gan_device *device, const gan_gemm_desc *desc) {
    gan_gemm_plan whole, packed;
    if (gan__gemm_choose(device, desc) == GAN_GEMM_ENGINE_CLBLAST) return 0;
    gan__gemm_plan_make(&device->traits, desc, true, NULL, &whole);
    gan__gemm_plan_make(&device->traits, desc, false, NULL, &packed);
    uint64_t a = gan__gemm_plan_scratch(&whole, desc), b = gan__gemm_plan_scratch(&packed, desc);
    return a > b ? a : b;
}

uint64_t gan__gemm_workspace(gan_device *device, const gan_gemm_desc *desc) {
    uint64_t floats = 0;
    if (gan__gemm_choose(device, desc) != GAN_GEMM_ENGINE_CLBLAST ||
        gan__gemm_clblast_memory(device, desc, &floats) != GAN_STATUS_OK)
        return 0;
    return floats * sizeof(float);
}

gan_status gan__gemm_reserve(gan_device *device, uint64_t bytes) {
    return bytes > 0 ? gan__gemm_clblast_reserve(device, bytes) : GAN_STATUS_OK;
}

// Where no engine is right, it is the product's making that says so.
void gan__gemm_settle(gan_device *device, const gan_gemm_desc *desc, uint64_t b_bytes) {
    selection selected;
    (void)choose(device, desc, gan__gemm_b_whole(desc, b_bytes), &selected);
}

// --- Making -------------------------------------------------------------------------------------

static gan_status create_tile(gan_device *device, const gan_gemm_desc *desc,
                              const gan_gemm_plan *plan, const gan_gemm_operand *scratch,
                              gan_launch **out) {
    uint64_t floats = gan__gemm_plan_scratch(plan, desc);
    if (floats && (!scratch || !scratch->buffer ||
                   scratch->offset + floats > gan__buffer_bytes(scratch->buffer) / sizeof(float)))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%s: the product needs %" PRIu64 " floats of scratch memory", desc->label,
                         floats);
    return gan__gemm_tile_create(device, desc, plan, scratch, out);
}

gan_status gan__gemm_create(gan_device *device, const gan_gemm_desc *desc,
                            const gan_gemm_operand *scratch, gan_launch **out) {
    selection selected;
    *out = NULL;
    GAN_TRY(check_desc(desc));
    gan_status status =
        choose(device, desc, gan__gemm_b_whole(desc, gan__buffer_bytes(desc->b.buffer)), &selected);
    if (status != GAN_STATUS_OK) return gan__fail_in(status, "%s", desc->label);
    if (desc->epilogue && selected.engine == GAN_GEMM_ENGINE_CLBLAST)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%s: a product (%" PRIu32 " x %" PRIu32 " x %" PRIu32
                         ") with an epilogue falls to CLBlast, which can take none",
                         desc->label, desc->m, desc->n, desc->k);
    status = selected.engine == GAN_GEMM_ENGINE_CLBLAST
                 ? gan__gemm_clblast_create(device, desc, out)
                 : create_tile(device, desc, &selected.plan, scratch, out);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", desc->label);
}

// --- Self test ----------------------------------------------------------------------------------

static gan_status test_transposes(gan_device *device) {
    for (int i = 0; i < 4; i++) {
        bool right = false;
        const gan_gemm_desc desc = {
            .m = 45, .n = 77, .k = 700, .batches = 2, .transpose_a = i & 1, .transpose_b = i >> 1};
        gan_gemm_engine engine = gan__gemm_preferred_engine(device, &desc);
        selection selected;
        GAN_TRY(try_engine(device, &desc, true, engine, &selected, &right));
        if (!right)
            return gan__fail(GAN_STATUS_DEVICE_FAILED,
                             "engine %s computes wrong products (transposed %d %d) on %s: update "
                             "its driver, or choose another device with --device",
                             engine == GAN_GEMM_ENGINE_TILE ? "tile" : "CLBlast", desc.transpose_a,
                             desc.transpose_b, device->info.name);
    }
    return GAN_STATUS_OK;
}

gan_status gan__gemm_self_test(gan_device *device) {
    GAN_TRY(gan__gemm_check_anew(device, true));
    gan_status status = test_transposes(device);
    GAN_TRY(gan__gemm_check_anew(device, false));
    return status;
}
