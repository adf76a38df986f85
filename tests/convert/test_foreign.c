// Networks of other programs on a device: features are what ONNX Runtime computed of the same files
// (tests/golden/make_foreign.py, make_onnx.py), and what is not known is refused by name.
#include "files.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/npy.h"
#include "clgan/foreign.h"
#include "convert/foreign_graph.h"

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

// --- Samples that nearly fit ---------------------------------------------------------------------
static void gray_samples_are_repeated_and_small_ones_enlarged(void **state) {
    (void)state;
    enum { ROWS = 17, COLUMNS = 15, PIXELS = ROWS * COLUMNS };
    gan_foreign_network *gray, *both;
    static float pixels[2 * PIXELS];
    float one[6], two[6];
    for (int i = 0; i < PIXELS; i++) pixels[i] = pixels[PIXELS + i] = sinf((float)i);
    const gan_foreign_options value = {.value = "classes"};
    const gan_feature_samples once = {.rank = 3, .size = {1, ROWS, COLUMNS}};
    const gan_feature_samples twice = {.rank = 3, .size = {2, ROWS, COLUMNS}};
    assert_ok(gan_foreign_network_open(FILES "branches.onnx", &value, &gray));
    assert_ok(gan_foreign_network_open(FILES "branches.onnx", NULL, &both));
    assert_ok(gan_foreign_network_prepare(gray, device, &once));
    assert_ok(gan_foreign_network_prepare(both, device, &twice));
    assert_true(gan_foreign_network_get_info(gray)->repeated);
    assert_false(gan_foreign_network_get_info(gray)->resized);
    assert_ok(gan_foreign_network_run(gray, pixels, 1, one));
    assert_ok(gan_foreign_network_run(both, pixels, 1, two));
    for (int i = 0; i < 6; i++) assert_float_equal(one[i], two[i], 1e-6);
    gan_foreign_network_close(gray);
    gan_foreign_network_close(both);
    // An image of one gray is that gray in every size.
    const gan_feature_samples small = {.rank = 3, .size = {2, 4, 5}};
    for (int i = 0; i < 2 * PIXELS; i++) pixels[i] = 0.25F;
    assert_ok(gan_foreign_network_open(FILES "branches.onnx", NULL, &gray));
    assert_ok(gan_foreign_network_open(FILES "branches.onnx", NULL, &both));
    assert_ok(gan_foreign_network_prepare(gray, device, &small));
    assert_ok(gan_foreign_network_prepare(both, device, &twice));
    assert_true(gan_foreign_network_get_info(gray)->resized);
    assert_ok(gan_foreign_network_run(gray, pixels, 1, one));
    assert_ok(gan_foreign_network_run(both, pixels, 1, two));
    for (int i = 0; i < 6; i++) assert_float_equal(one[i], two[i], 1e-6);
    gan_foreign_network_close(gray);
    gan_foreign_network_close(both);
}

// --- What is refused -----------------------------------------------------------------------------
// On the host alone: the graph is built, but taken to no device.
static gan_status build(const char *path, const gan_shape *sample, const char *value) {
    gan_foreign_model model;
    gan_foreign_graph graph;
    gan_foreign_fit fit;
    gan_status status = gan__foreign_model_open(path, &model);
    if (status == GAN_STATUS_OK) {
        const gan_foreign_order order = {.sample = sample, .batch = 16, .value = value};
        status = gan__foreign_graph_build(&model, &order, &graph, &fit);
        gan__foreign_graph_destroy(&graph);
    }
    gan__foreign_model_close(&model);
    return status;
}

static void assert_refused(gan_status status, const char *what, const char *piece) {
    if (status != GAN_STATUS_BAD_INPUT || !strstr(gan_status_message(), piece))
        fail_msg("%s: %s: %s", what, gan_status_name(status), gan_status_message());
}

static void samples_and_values_that_do_not_fit_are_named(void **state) {
    (void)state;
    static const struct {
        gan_shape sample;
        const char *value, *piece;
    } cases[] = {
        {{3, {3, 17, 15}}, NULL, "only gray can be repeated"},
        {{3, {2, 18, 15}}, NULL, "they are larger"},
        {{1, {510}}, NULL, "it is of images"},
        {{3, {2, 17, 15}}, "clases", "no value clases; did you mean classes?"},
        {{3, {2, 17, 15}}, "stem.weight", "does not depend on the input"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(build(FILES "branches.onnx", &cases[i].sample, cases[i].value),
                       cases[i].piece, cases[i].piece);
}

// The file with each place of `from` made `to`, which is as long.
static const char *changed(const char *path, const char *from, const char *to) {
    uint8_t *bytes;
    size_t length, found = 0;
    const size_t count = strlen(from);
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    for (size_t i = 0; i + count <= length; i++) {
        if (memcmp(bytes + i, from, count) != 0) continue;
        memcpy(bytes + i, to, count);
        found++;
    }
    assert_true(found > 0);
    const char *const out = files_path("changed.onnx");
    assert_ok(gan__file_write(out, bytes, length));
    gan__free(bytes);
    return out;
}

static void what_is_not_known_of_a_graph_is_refused_by_name(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *piece;
    } cases[] = {
        {"operators-17", "GlobalMaxPool", "GlobalMinPool", "(GlobalMinPool): the operator is not"},
        {"operators-7", "scales", "scabes", "its attribute scabes is not known here; known are: "},
        {"operators-17", "SAME_UPPER", "SAME_ABOVE", "auto_pad SAME_ABOVE is not known here"},
        {"operators-17", "asymmetric", "antimetric", "mode nearest with antimetric"},
        {"operators-21", "num_groups", "num_graups", "(GroupNormalization): its attribute"},
    };
    const gan_shape sample = {3, {4, 6, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, FILES "%s.onnx", cases[i].file);
        assert_refused(build(changed(path, cases[i].from, cases[i].to), &sample, NULL), cases[i].to,
                       cases[i].piece);
    }
    // What the wanted value does not need may be anything.
    const char *const odd = changed(FILES "operators-17.onnx", "GlobalMaxPool", "GlobalMinPool");
    assert_ok(build(odd, &sample, "v0"));
}

// Written in place: no test needs it to survive a power cut.
static const char *write_bytes(const uint8_t *bytes, size_t length) {
    const char *const path = files_path("damaged.onnx");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void damage_ends_in_a_bad_input(void **state) {
    (void)state;
    const gan_shape sample = {3, {2, 17, 15}};
    uint8_t *bytes;
    size_t length, refused = 0;
    assert_ok(gan__file_read(FILES "branches.onnx", 1 << 20, &bytes, &length));
    for (size_t i = 0; i < length; i += 5) {
        const bool cut = i % 2 == 0;
        bytes[i] ^= (uint8_t)(1 << i % 8);
        const gan_status status = build(write_bytes(bytes, cut ? i : length), &sample, NULL);
        bytes[i] ^= (uint8_t)(1 << i % 8);
        refused += status != GAN_STATUS_OK;
        if (status != GAN_STATUS_OK && status != GAN_STATUS_BAD_INPUT &&
            status != GAN_STATUS_CORRUPT)
            fail_msg("byte %zu: %s: %s", i, gan_status_name(status), gan_status_message());
    }
    assert_true(refused >= length / 10); // all that were cut, at least
    gan__free(bytes);
}

// --- The page ------------------------------------------------------------------------------------
static void assert_listed(const char *page, const gan_foreign_row *rows) {
    for (; rows->operation; rows++) {
        char quoted[80];
        snprintf(quoted, sizeof quoted, "`%s`", rows->operation);
        if (!strstr(page, quoted)) fail_msg("docs/evaluation.md does not name %s", quoted);
    }
}

static void the_page_names_every_operator(void **state) {
    (void)state;
    uint8_t *page;
    size_t length;
    static const gan_foreign_row *const tables[] = {
        gan__foreign_rows_list,        gan__foreign_rows_sum,     gan__foreign_rows_constant,
        gan__foreign_rows_elementwise, gan__foreign_rows_product, gan__foreign_rows_pool,
        gan__foreign_rows_norm,        gan__foreign_rows_shape,   gan__foreign_rows_part,
        gan__foreign_rows_resize,
    };
    assert_ok(gan__file_read(CLGAN_TEST_SOURCE "/docs/evaluation.md", 1 << 20, &page, &length));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_listed((const char *)page, tables[i]);
    gan__free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_that_pytorch_exported_computes_what_onnx_runtime_does),
        cmocka_unit_test(every_operator_computes_what_onnx_runtime_does),
        cmocka_unit_test(generators_that_gan_convert_wrote_are_read),
        cmocka_unit_test(gray_samples_are_repeated_and_small_ones_enlarged),
        cmocka_unit_test(samples_and_values_that_do_not_fit_are_named),
        cmocka_unit_test(what_is_not_known_of_a_graph_is_refused_by_name),
        cmocka_unit_test(damage_ends_in_a_bad_input),
        cmocka_unit_test(the_page_names_every_operator),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
