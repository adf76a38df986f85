// Networks as ONNX, and foreign weights given a recipe: layers.pt and styles.pt are networks of
// PyTorch's that have one of each layer between them, *-samples.npy and *-onnxruntime.npy is what
// PyTorch and ONNX Runtime made of them (tests/golden/make_onnx.py, make_onnx_styles.py).
#include "files.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/npy.h"
#include "base/wire.h"
#include "clgan/sample.h"
#include "convert/onnx.h"
#include "recipe/recipe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const gan_convert_options layers = {.recipe = FOREIGN "layers.yaml"};

// The float32 elements of a .npy file, the caller's (free).
static float *read_npy(const char *path, size_t *count) {
    uint8_t *bytes;
    size_t length;
    gan_npy_header header;
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    assert_ok(gan__npy_header_parse(bytes, length, &header));
    assert_string_equal(header.type, "f4");
    float *values = malloc(length - header.data);
    assert_non_null(values);
    memcpy(values, bytes + header.data, length - header.data);
    *count = (length - header.data) / sizeof *values;
    gan__free(bytes);
    return values;
}

// The path of one of the files that belong to the model `layers` or `styles`.
static const char *golden(const char *model, const char *rest, char path[static 512]) {
    snprintf(path, 512, FOREIGN "%s%s", model, rest);
    return path;
}

static void adopt(const char *model, const char *out) {
    char recipe[512], weights[512];
    const gan_convert_options options = {.recipe = golden(model, ".yaml", recipe)};
    assert_ok(files_convert(golden(model, ".pt", weights), out, &options));
}

static void assert_near(const char *path, const float *found, size_t count) {
    size_t expected_count;
    float *expected = read_npy(path, &expected_count);
    assert_int_equal(count, expected_count);
    for (size_t i = 0; i < count; i++) {
        if (!(fabsf(found[i] - expected[i]) <= 1e-5f))
            fail_msg("element %zu is %.9g, in %s %.9g", i, (double)found[i], path,
                     (double)expected[i]);
    }
    free(expected);
}

// --- Against PyTorch and ONNX Runtime ------------------------------------------------------------
static void assert_samples(const char *model, size_t wanted, size_t styles) {
    size_t count;
    char path[512];
    gan_device *device;
    gan_checkpoint *checkpoint;
    gan_sampler *sampler;
    float *latents = read_npy(golden(model, "-latents.npy", path), &count);
    adopt(model, files_path("model.gan"));
    assert_ok(gan_checkpoint_open(files_path("model.gan"), &checkpoint));
    assert_ok(gan_device_open(NULL, &device));
    assert_ok(gan_sampler_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT, &sampler));
    const gan_sample_info *info = gan_sampler_get_info(sampler);
    assert_int_equal(info->latent, wanted);
    assert_int_equal(info->styles, styles);
    assert_int_equal(info->rank, 3);
    count /= info->latent;
    float *samples = malloc(count * info->elements * sizeof *samples);
    assert_non_null(samples);
    assert_ok(gan_sampler_generate(sampler, latents, count, samples));
    assert_near(golden(model, "-samples.npy", path), samples, count * info->elements);
    assert_near(golden(model, "-onnxruntime.npy", path), samples, count * info->elements);
    if (styles > 0) { // half as far from their mean
        assert_ok(gan_sampler_set_truncation(sampler, 0.5));
        assert_ok(gan_sampler_generate(sampler, latents, count, samples));
        assert_near(golden(model, "-truncated.npy", path), samples, count * info->elements);
    }
    free(samples);
    free(latents);
    gan_sampler_destroy(sampler);
    gan_checkpoint_close(checkpoint);
    gan_device_close(device);
}

static void samples_of_foreign_weights_are_what_pytorch_and_onnx_runtime_computed(void **state) {
    (void)state;
    assert_samples("layers", 6, 0);
    assert_samples("styles", 5, 4);
}

// The content of the model's field of that number.
static gan_cursor find_field(const char *path, int number, uint8_t **bytes) {
    gan_wire_field field;
    bool more = true;
    size_t length;
    assert_ok(gan__file_read(path, 1 << 20, bytes, &length));
    gan_cursor model = {.bytes = *bytes, .length = length};
    while (more) {
        assert_ok(gan__wire_next(&model, &field, &more));
        if (more && field.number == number) return field.content;
    }
    fail_msg("%s has no field %d", path, number);
    return model;
}

// The rest of a model tells of times and versions.
static void assert_graph(const char *model, const char *network) {
    static const int fields[] = {GAN_ONNX_MODEL_GRAPH, GAN_ONNX_MODEL_OPSET};
    const gan_convert_options options = {.network = network};
    char rest[64], path[512];
    snprintf(rest, sizeof rest, "-%s.onnx", network);
    assert_ok(files_convert(files_path("model.gan"), files_path("x.onnx"), &options));
    for (size_t i = 0; i < 2; i++) {
        uint8_t *found_bytes, *golden_bytes;
        gan_cursor found = find_field(files_path("x.onnx"), fields[i], &found_bytes);
        gan_cursor expected = find_field(golden(model, rest, path), fields[i], &golden_bytes);
        assert_int_equal(found.length, expected.length);
        assert_memory_equal(found.bytes, expected.bytes, expected.length);
        gan__free(found_bytes);
        gan__free(golden_bytes);
    }
}

static void graphs_are_those_that_onnx_runtime_ran(void **state) {
    (void)state;
    static const char *const models[] = {"layers", "styles"};
    for (size_t i = 0; i < 2; i++) {
        adopt(models[i], files_path("model.gan"));
        assert_graph(models[i], "generator");
        assert_graph(models[i], "discriminator");
    }
}

// --- Round trips ---------------------------------------------------------------------------------
static void a_network_comes_back_from_every_format(void **state) {
    (void)state;
    static const char *const between[] = {"a.onnx", "a.safetensors", "a.npz", "a.pt", "a.gan"};
    enum { BETWEEN = sizeof between / sizeof between[0] };
    for (int half = 0; half < 2; half++) {
        const gan_convert_options options = {
            .recipe = layers.recipe,
            .network = "generator",
            .has_dtype = half == 1,
            .dtype = half ? GAN_DTYPE_F16 : GAN_DTYPE_F32,
        };
        assert_ok(files_convert(FOREIGN "layers.pt", files_path("layers.gan"), &options));
        for (size_t i = 0; i < BETWEEN * BETWEEN; i++) {
            char second[32];
            snprintf(second, sizeof second, "b%s", between[i % BETWEEN] + 1);
            assert_ok(
                files_convert(files_path("layers.gan"), files_path(between[i / BETWEEN]), NULL));
            assert_ok(files_convert(files_path(between[i / BETWEEN]), files_path(second), NULL));
            assert_ok(files_convert(files_path(second), files_path("back.gan"), NULL));
            files_assert_same(files_path("layers.gan"), files_path("back.gan"));
        }
    }
}

// --- Recipes -------------------------------------------------------------------------------------
static void write_recipe(const char *generator) {
    char text[1000];
    snprintf(text, sizeof text,
             "name: x\ndata: {source: builtin:digits}\nlatent: {size: 3}\ngenerator: [%s]\n"
             "discriminator: [flatten, dense: 1]\n",
             generator);
    assert_ok(gan__file_write(files_path("x.yaml"), text, strlen(text)));
}

// torch.pt is Linear(3, 4), BatchNorm1d(4), ReLU, ConvTranspose2d(2, 3, 4).
static gan_status adopt_torch(const char *generator, const char *network) {
    write_recipe(generator);
    const gan_convert_options options = {.recipe = files_path("x.yaml"), .network = network};
    remove(files_path("x.gan"));
    return files_convert(FOREIGN "torch.pt", files_path("x.gan"), &options);
}

static void tensors_of_other_names_are_taken_in_order(void **state) {
    (void)state;
    gan_checkpoint *checkpoint;
    const char *generator = "dense: 4, batch_norm, relu, reshape: [2, 2, 1], "
                            "transposed_convolution: {channels: 3, kernel: 4}";
    static const char *const names[] = {
        "generator.0.weight", "generator.0.bias",         "generator.1.weight",
        "generator.1.bias",   "generator.1.running_mean", "generator.1.running_var",
        "generator.4.weight", "generator.4.bias",
    };
    assert_ok(adopt_torch(generator, "generator"));
    assert_ok(gan_checkpoint_open(files_path("x.gan"), &checkpoint));
    assert_int_equal(gan_checkpoint_tensor_count(checkpoint), 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(gan_checkpoint_tensor(checkpoint, i)->name, names[i]);
    assert_non_null(strstr(gan_checkpoint_text(checkpoint, "run"), "\"sample\": [3, 5, 4]"));
    assert_non_null(strstr(gan_checkpoint_text(checkpoint, "recipe"), "channels: 3"));
    gan_checkpoint_close(checkpoint);
    assert_ok(adopt_torch(generator, "ema"));
    assert_ok(gan_checkpoint_open(files_path("x.gan"), &checkpoint));
    assert_non_null(gan_checkpoint_find(checkpoint, "ema.4.weight"));
    assert_non_null(gan_checkpoint_find(checkpoint, "ema.1.running_var"));
    gan_checkpoint_close(checkpoint);
}

static void tensors_that_do_not_fit_the_recipe_are_named(void **state) {
    (void)state;
    static const struct {
        const char *generator, *network, *piece;
        gan_status status;
    } cases[] = {
        {"dense: 5", "generator", "needs 0.weight (5, 3) where", GAN_STATUS_BAD_INPUT},
        {"dense: 4", "generator", "1.weight that is none", GAN_STATUS_BAD_INPUT},
        {"dense: 4, batch_norm: {affine: false}", "generator", "1.weight that is none",
         GAN_STATUS_BAD_INPUT},
        {"dense: 4, batch_norm, relu, reshape: [2, 2, 1], transposed_convolution: {channels: 3, "
         "kernel: 4}, dense: 1",
         "generator", "no more tensors", GAN_STATUS_BAD_INPUT},
        {"dense: 4", NULL, "--network", GAN_STATUS_BAD_ARGUMENT},
        {"dense: four", "generator", "x.yaml:4", GAN_STATUS_BAD_INPUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gan_status status = adopt_torch(cases[i].generator, cases[i].network);
        if (status != cases[i].status || !strstr(gan_status_message(), cases[i].piece))
            fail_msg("case %zu: %s: %s", i, gan_status_name(status), gan_status_message());
        assert_false(gan__file_exists(files_path("x.gan")));
    }
}

// --- What has no form in ONNX --------------------------------------------------------------------
static void assert_no_onnx(const char *source, const gan_convert_options *options,
                           gan_status expected, const char *piece) {
    gan_status status = files_convert(source, files_path("no.onnx"), options);
    if (status != expected || !strstr(gan_status_message(), piece))
        fail_msg("%s: %s", gan_status_name(status), gan_status_message());
    assert_false(gan__file_exists(files_path("no.onnx")));
}

static void what_onnx_cannot_hold_is_refused_by_name(void **state) {
    (void)state;
    const char *path = files_path("layers.gan");
    assert_ok(files_convert(FOREIGN "layers.pt", path, &layers));
    assert_no_onnx(path, &(gan_convert_options){.network = "optimizer"}, GAN_STATUS_BAD_ARGUMENT,
                   "nothing is left");
    assert_no_onnx(path, &(gan_convert_options){.only = "*weight"}, GAN_STATUS_BAD_INPUT,
                   "generator.0.bias");
    assert_no_onnx(GOLDEN, NULL, GAN_STATUS_BAD_INPUT, "lacks");
    assert_no_onnx(FOREIGN "torch.pt", NULL, GAN_STATUS_BAD_INPUT, "--recipe");
    write_recipe("dense: 3, minibatch_discrimination: 1");
    const gan_convert_options options = {.recipe = files_path("x.yaml"), .network = "generator"};
    gan_text json = {0};
    gan__text_append(&json, "        {\"0.weight\":{\"dtype\":\"F32\",\"shape\":[3,3],"
                            "\"data_offsets\":[0,36]},\"0.bias\":{\"dtype\":\"F32\",\"shape\":[3],"
                            "\"data_offsets\":[36,48]},\"1.weight\":{\"dtype\":\"F32\",\"shape\":"
                            "[5,3],\"data_offsets\":[48,108]},\"1.bias\":{\"dtype\":\"F32\","
                            "\"shape\":[1],\"data_offsets\":[108,112]}}");
    gan__put_u64((uint8_t *)json.bytes, json.length - 8);
    for (int i = 0; i < 28; i++) gan__text_append_bytes(&json, "\0\0\0\0", 4);
    assert_ok(gan__file_write(files_path("x.safetensors"), json.bytes, json.length));
    gan__text_destroy(&json);
    assert_no_onnx(files_path("x.safetensors"), &options, GAN_STATUS_BAD_INPUT,
                   "layer 1 (minibatch_discrimination)");
}

static bool never_half(const void *context, const char *name) {
    (void)context, (void)name;
    return false;
}

// Layers of recipes that ship which ONNX has no form for here. Their networks are refused by name.
static const struct formless {
    const char *recipe;
    int network; // 0: generator, 1: discriminator
    const char *layer;
} formless[] = {
    {"brackets.yaml", 0, "gumbel_softmax"},
    {"mnist-bigan.yaml", 1, "latent"},
    {"stylegan2-32.yaml", 1, "minibatch_stddev"},
};

static const char *layer_without_form(const char *recipe, int network) {
    for (size_t i = 0; i < sizeof formless / sizeof *formless; i++)
        if (strcmp(formless[i].recipe, recipe) == 0 && formless[i].network == network)
            return formless[i].layer;
    return NULL;
}

static void assert_form(const char *recipe, int number, const gan_network *network) {
    const char *const refused = layer_without_form(recipe, number);
    gan_onnx_graph graph = {.weights = "w.", .statistics = "s.", .is_half = never_half};
    const gan_onnx_value input = {"in", gan__network_input_shape(network)->rank + 1};
    gan_onnx_value output;
    const gan_status status = gan__onnx_network(&graph, network, input, &output);
    if (refused == NULL && status != GAN_STATUS_OK)
        fail_msg("%s: %s", recipe, gan_status_message());
    if (refused == NULL)
        assert_int_equal(output.rank, gan__network_output_shape(network)->rank + 1);
    else if (status != GAN_STATUS_BAD_INPUT || strstr(gan_status_message(), refused) == NULL)
        fail_msg("%s, network %d: not refused for %s: %s", recipe, number, refused,
                 gan_status_message());
    gan__text_destroy(&graph.nodes);
    gan__text_destroy(&graph.node);
}

// Both networks of a recipe, for the first of these samples that they fit.
static void assert_forms(const char *name) {
    static const gan_shape samples[] = {{1, {1}},         {1, {2}},         {3, {1, 28, 28}},
                                        {3, {3, 32, 32}}, {3, {3, 64, 64}}, {3, {3, 28, 28}},
                                        {3, {4, 1, 16}},  {3, {75, 1, 32}}};
    char path[512];
    gan_recipe *recipe;
    gan_network *networks[2];
    gan_status status = GAN_STATUS_BAD_INPUT;
    snprintf(path, sizeof path, CLGAN_TEST_SOURCE "/models/%s", name);
    assert_ok(gan_recipe_load(path, &recipe));
    for (size_t i = 0; status != GAN_STATUS_OK && i < 2 * sizeof samples / sizeof *samples; i++)
        status = gan__recipe_networks(recipe, &samples[i / 2], i % 2 ? 10 : 0, &networks[0],
                                      &networks[1]);
    if (status != GAN_STATUS_OK) fail_msg("%s fits none: %s", name, gan_status_message());
    for (int i = 0; i < 2; i++) {
        if (networks[i] == NULL) continue; // a classifier has no generator
        assert_form(name, i, networks[i]);
        gan__network_destroy(networks[i]);
    }
    gan_recipe_destroy(recipe);
}

static void networks_of_every_recipe_that_ships_have_a_form_or_are_refused_by_name(void **state) {
    (void)state;
    char **names;
    size_t count;
    assert_ok(gan__folder_list(CLGAN_TEST_SOURCE "/models", &names, &count));
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++)
        if (strstr(names[i], ".yaml")) assert_forms(names[i]);
    gan__folder_list_free(names, count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_of_foreign_weights_are_what_pytorch_and_onnx_runtime_computed),
        cmocka_unit_test(graphs_are_those_that_onnx_runtime_ran),
        cmocka_unit_test(a_network_comes_back_from_every_format),
        cmocka_unit_test(tensors_of_other_names_are_taken_in_order),
        cmocka_unit_test(tensors_that_do_not_fit_the_recipe_are_named),
        cmocka_unit_test(what_onnx_cannot_hold_is_refused_by_name),
        cmocka_unit_test(networks_of_every_recipe_that_ships_have_a_form_or_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
