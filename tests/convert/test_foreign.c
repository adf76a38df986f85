// Networks of other programs on a device: features are what ONNX Runtime computed of the same files
// (tests/golden/make_foreign.py, make_onnx.py), and what is not known is refused by name.
#include "files.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/npy.h"
#include "clgan/foreign.h"
#include "convert/foreign.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES CLGAN_TEST_SOURCE "/tests/golden/foreign/"

static gan_device *device;

static int open_device(void **state) {
    if (files_setup(state) != 0) return -1;
    return gan_device_open(NULL, &device) == GAN_STATUS_OK ? 0 : -1;
}

static int close_device(void **state) {
    gan_device_close(device);
    return files_teardown(state);
}

// The float32 elements of a .npy file, the caller's (free), and its shape.
static float *read_npy(const char *path, gan_npy_header *header) {
    uint8_t *bytes;
    size_t length;
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    assert_ok(gan__npy_header_parse(bytes, length, header));
    assert_string_equal(header->type, "f4");
    float *values = malloc(length - header->data);
    assert_non_null(values);
    memcpy(values, bytes + header->data, length - header->data);
    gan__free(bytes);
    return values;
}

// --- Against ONNX Runtime ------------------------------------------------------------------------
// Of which operator a feature is, by the file that says where whose begin.
static const char *label_of(const char *path, size_t feature, char label[static 256]) {
    FILE *file = fopen(path, "r");
    char line[200];
    snprintf(label, 256, "%s", path);
    while (file && fgets(line, sizeof line, file)) {
        size_t from;
        char name[200];
        if (sscanf(line, "%zu %199[^\n]", &from, name) == 2 && from <= feature)
            snprintf(label, 256, "%s", name);
    }
    if (file) fclose(file);
    return label;
}

static void assert_features(const char *path, const char *labels, const float *found,
                            const float *expected, size_t count, size_t width) {
    char label[256];
    for (size_t i = 0; i < count * width; i++) {
        if (fabsf(found[i] - expected[i]) <= 1e-5f * fmaxf(1, fabsf(expected[i]))) continue;
        fail_msg("%s, %s: feature %zu of sample %zu is %.9g and not %.9g", path,
                 label_of(labels, i % width, label), i % width, i / width, (double)found[i],
                 (double)expected[i]);
    }
}

// `samples` are so many of the shape behind the first size of `shape`.
static void assert_network(const char *path, const char *labels, const char *samples_path,
                           const char *expected_path) {
    gan_npy_header in, out;
    gan_foreign_network *network;
    float *samples = read_npy(samples_path, &in), *expected = read_npy(expected_path, &out);
    gan_feature_samples shape = {.rank = in.rank - 1};
    size_t width = 1, count = (size_t)in.size[0];
    for (int i = 1; i < in.rank; i++) shape.size[i - 1] = (int64_t)in.size[i];
    for (int i = 1; i < out.rank; i++) width *= (size_t)out.size[i];
    assert_ok(gan_foreign_network_open(path, NULL, &network));
    assert_ok(gan_foreign_network_prepare(network, device, &shape));
    assert_int_equal(gan_foreign_network_get_info(network)->features, width);
    float *found = malloc(count * width * sizeof *found);
    assert_non_null(found);
    assert_ok(gan_foreign_network_run(network, samples, count, found));
    assert_features(path, labels, found, expected, count, width);
    gan_foreign_network_close(network);
    free(found);
    free(expected);
    free(samples);
}

static void assert_golden(const char *name) {
    char path[4][512];
    static const char *const ends[] = {".onnx", ".txt", "-samples.npy", "-features.npy"};
    for (int i = 0; i < 4; i++) snprintf(path[i], sizeof path[i], FILES "%s%s", name, ends[i]);
    assert_network(path[0], path[1], path[2], path[3]);
}

static void a_network_that_pytorch_exported_computes_what_onnx_runtime_does(void **state) {
    (void)state;
    assert_golden("branches");
}

static void every_operator_computes_what_onnx_runtime_does(void **state) {
    (void)state;
    assert_golden("operators-17");
    assert_golden("operators-21");
    assert_golden("operators-7");
}

static void generators_that_gan_convert_wrote_are_read(void **state) {
    (void)state;
    assert_network(FOREIGN "layers-generator.onnx", "", FOREIGN "layers-latents.npy",
                   FOREIGN "layers-onnxruntime.npy");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_that_pytorch_exported_computes_what_onnx_runtime_does),
        cmocka_unit_test(every_operator_computes_what_onnx_runtime_does),
        cmocka_unit_test(generators_that_gan_convert_wrote_are_read),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
