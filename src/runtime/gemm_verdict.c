// Keeps verdicts on engines: with the device, and as small files in the cache folder.
#include "runtime/gemm_verdict.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "runtime/device_state.h"

#include <inttypes.h>
#include <string.h>

// --- On disk -------------------------------------------------------------------------------------

// A verdict that cannot be read or written is found anew next time.

// <cache>/gemm-checked/<variant>; false where there is no cache.
static bool verdict_path(uint64_t variant, gan_text *path) {
    const char *cache = gan__folder_cache();
    if (!*cache) return false;
    gan__text_append(path, "%s/gemm-checked/%016" PRIx64, cache, variant);
    return gan__text_status(path) == GAN_STATUS_OK;
}

static bool load(uint64_t variant, bool *right) {
    gan_text path = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    bool found = verdict_path(variant, &path) && gan__file_exists(gan__text_string(&path)) &&
                 gan__file_read(gan__text_string(&path), 64, &bytes, &length) == GAN_STATUS_OK;
    if (found) {
        *right = strcmp((const char *)bytes, "right\n") == 0;
        found = *right || strcmp((const char *)bytes, "wrong\n") == 0;
    }
    gan__free(bytes);
    gan__text_destroy(&path);
    return found;
}

static void save(uint64_t variant, bool right) {
    gan_text path = {0};
    if (verdict_path(variant, &path)) {
        gan_text folder = {0};
        gan__text_append(&folder, "%s/gemm-checked", gan__folder_cache());
        if (gan__text_status(&folder) == GAN_STATUS_OK &&
            gan__folder_create(gan__text_string(&folder)) == GAN_STATUS_OK)
            (void)gan__file_write(gan__text_string(&path), right ? "right\n" : "wrong\n", 6);
        gan__text_destroy(&folder);
    }
    gan__text_destroy(&path);
}

// --- With the device -----------------------------------------------------------------------------

// The latest counts.
static bool recall(const gan_gemm_state *state, uint64_t variant, bool *right) {
    for (size_t i = state->count; i-- > 0;)
        if (state->verdicts[i].variant == variant) {
            *right = state->verdicts[i].right;
            return true;
        }
    return false;
}

static gan_status remember(gan_gemm_state *state, uint64_t variant, bool right) {
    if (state->count == state->capacity) {
        size_t capacity = state->capacity ? 2 * state->capacity : 16;
        void *verdicts = state->verdicts;
        GAN_TRY(gan__realloc(capacity, sizeof(gan_gemm_verdict), &verdicts));
        state->verdicts = verdicts;
        state->capacity = capacity;
    }
    state->verdicts[state->count++] = (gan_gemm_verdict){variant, right};
    return GAN_STATUS_OK;
}

// --- Finding it ----------------------------------------------------------------------------------

static uint64_t hash_of(const gan_device *device, const char *variant) {
    const char *const texts[] = {CLGAN_VERSION,       device->info.platform_name,
                                 device->info.name,   device->info.version,
                                 device->info.driver, variant};
    uint64_t hash = GAN_HASH_START;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        hash = gan__hash(hash, texts[i], strlen(texts[i]) + 1);
    return hash;
}

gan_status gan__gemm_verdict(gan_device *device, const gan_gemm_trial *trial, bool *right) {
    gan_gemm_state *state = NULL;
    bool ran = false;
    *right = false;
    GAN_TRY(gan__gemm_state_get(device, &state));
    const uint64_t variant = hash_of(device, trial->variant);
    if (!state->anew && recall(state, variant, right)) return GAN_STATUS_OK;
    if (state->anew || !load(variant, right)) {
        GAN_TRY(trial->compare(device, trial->user, right, &ran));
        if (ran) save(variant, *right);
    }
    return remember(state, variant, *right);
}
