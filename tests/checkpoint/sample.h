// Helpers of the checkpoint tests: temporary files, a model that holds every kind of content.
#ifndef GAN_TESTS_CHECKPOINT_SAMPLE_H
#define GAN_TESTS_CHECKPOINT_SAMPLE_H

#include "base/file.h"
#include "base/memory.h"
#include "base/philox.h"
#include "clgan/checkpoint.h"
#include "cmocka_headers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A fresh folder below $TMPDIR; the test's programs leave with their folder removed.
static char sample_folder[256];

static inline int sample_setup(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(sample_folder, sizeof sample_folder, "%s/clgan-checkpoint-XXXXXX",
             base ? base : "/tmp");
    return mkdtemp(sample_folder) ? 0 : -1;
}

static inline int sample_teardown(void **state) {
    (void)state;
    char **names;
    size_t count;
    if (gan__folder_list(sample_folder, &names, &count) != GAN_STATUS_OK) return -1;
    for (size_t i = 0; i < count; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", sample_folder, names[i]);
        unlink(path);
        gan__free(names[i]);
    }
    gan__free(names);
    return rmdir(sample_folder);
}

static inline const char *sample_path(const char *name) {
    static char paths[4][512];
    static int next;
    char *path = paths[next = (next + 1) % 4];
    snprintf(path, sizeof paths[0], "%s/%s", sample_folder, name);
    return path;
}

static inline size_t sample_files(void) {
    char **names;
    size_t count;
    assert_int_equal(gan__folder_list(sample_folder, &names, &count), GAN_STATUS_OK);
    for (size_t i = 0; i < count; i++) gan__free(names[i]);
    gan__free(names);
    return count;
}

#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        gan_status sample_status = (expression);                                                   \
        if (sample_status != GAN_STATUS_OK)                                                        \
            fail_msg("%s: %s", gan_status_name(sample_status), gan_status_message());              \
    } while (0)

// Contents by kind; element i of a tensor is a function of the kind and i.
typedef enum sample_kind {
    SAMPLE_ZEROS,
    SAMPLE_NORMAL, // trained-like weights
    SAMPLE_HALF_ZEROS,
    SAMPLE_RAMP,
    SAMPLE_SPECIAL, // NaNs with payloads, infinities, subnormals, both zeros
    SAMPLE_BITS,    // any bits at all
} sample_kind;

static inline float sample_value(sample_kind kind, uint32_t i) {
    static const uint32_t special[] = {0x7fc00000, 0x7f800001, 0xffc12345, 0x7f800000,
                                       0xff800000, 0x00000001, 0x80000000, 0x00000000,
                                       0x3f800000, 0x7f7fffff, 0xff7fffff, 0x807fffff};
    uint32_t bits = 0;
    float value = 0;
    switch (kind) {
    case SAMPLE_ZEROS:
        return 0;
    case SAMPLE_NORMAL:
        return 0.02f * gan__philox_normal(1, 7, 0, i);
    case SAMPLE_HALF_ZEROS:
        return i % 2 ? 0.0f : 0.02f * gan__philox_normal(2, 7, 0, i);
    case SAMPLE_RAMP:
        return (float)(i % 1000) * 0.5f;
    case SAMPLE_SPECIAL:
        bits = special[i % (sizeof special / sizeof special[0])];
        break;
    case SAMPLE_BITS:
        bits = gan__philox_draw(3, 7, 0, i).word[0];
        break;
    }
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float *sample_values(sample_kind kind, size_t count) {
    float *values = malloc((count ? count : 1) * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++) values[i] = sample_value(kind, (uint32_t)i);
    return values;
}

static inline void sample_write_tensor(gan_checkpoint_writer *writer, const char *name,
                                       gan_dtype dtype, int rank, const int64_t *size,
                                       sample_kind kind) {
    size_t count = 1;
    for (int i = 0; i < rank; i++) count *= (size_t)size[i];
    float *values = sample_values(kind, count);
    assert_ok(gan_checkpoint_writer_tensor(writer, name, dtype, rank, size, values));
    free(values);
}

// A small file with each kind of chunk: what the damage tests take apart.
static inline void sample_write_small(const char *path) {
    gan_checkpoint_writer *writer;
    assert_ok(gan_checkpoint_writer_create(path, GAN_CHECKPOINT_LEVEL_DEFAULT, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", "name: ring8\nnetworks:\n  - a\n"));
    assert_ok(gan_checkpoint_writer_text(writer, "run",
                                         "{\"seed\": 1, \"step\": 120, \"device\": \"none\"}"));
    sample_write_tensor(writer, "generator.0.weight", GAN_DTYPE_F32, 2, (int64_t[]){4, 3},
                        SAMPLE_NORMAL);
    sample_write_tensor(writer, "generator.0.bias", GAN_DTYPE_F32, 1, (int64_t[]){40},
                        SAMPLE_ZEROS);
    sample_write_tensor(writer, "ema.0.weight", GAN_DTYPE_F16, 1, (int64_t[]){5}, SAMPLE_RAMP);
    sample_write_tensor(writer, "scalar", GAN_DTYPE_F32, 0, NULL, SAMPLE_RAMP);
    sample_write_tensor(writer, "none", GAN_DTYPE_F32, 1, (int64_t[]){0}, SAMPLE_RAMP);
    assert_ok(gan_checkpoint_writer_text(writer, "history", ""));
    assert_ok(gan_checkpoint_writer_commit(writer));
}

#endif
