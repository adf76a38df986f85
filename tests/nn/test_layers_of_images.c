// Layers on images without numbers: what shapes they give, what they own, and what they refuse.
// (Their numbers are in test_layers.c.)
#include "cmocka_headers.h"

#include "nn/network.h"

#include <stdio.h>

typedef struct image_case {
    const char *kind;
    double argument[GAN_LAYER_ARGUMENTS_MAX]; // as many as count, the rest by default
    size_t count;
    gan_shape input, output;
    gan_shape weight;        // rank 0: none
    int64_t fan_in, fan_out; // of the weight
    const char *refusal;     // after "net layer 0 (KIND): "; NULL: taken
} image_case;

#define WITH(name, n, ...) .kind = name, .argument = {__VA_ARGS__}, .count = n

// Shapes and fans as PyTorch has them (torch.nn.init._calculate_fan_in_and_fan_out).
static const image_case taken[] = {
    {WITH("convolution", 4, 64, 4, 2, 1),
     {3, {1, 28, 28}},
     {3, {64, 14, 14}},
     {4, {64, 1, 4, 4}},
     16,
     1024,
     NULL},
    {WITH("convolution", 2, 2, 3), {3, {3, 5, 7}}, {3, {2, 3, 5}}, {4, {2, 3, 3, 3}}, 27, 18, NULL},
    {WITH("convolution", 4, 2, 3, 2, 0),
     {3, {1, 6, 8}},
     {3, {2, 2, 3}},
     {4, {2, 1, 3, 3}},
     9,
     18,
     NULL},
    {WITH("convolution", 6, 6, 3, 1, 2, 2, 2),
     {3, {4, 5, 4}},
     {3, {6, 5, 4}},
     {4, {6, 2, 3, 3}},
     18,
     54,
     NULL},
    {WITH("transposed_convolution", 2, 512, 4),
     {3, {100, 1, 1}},
     {3, {512, 4, 4}},
     {4, {100, 512, 4, 4}},
     8192,
     1600,
     NULL},
    {WITH("transposed_convolution", 7, 2, 3, 2, 1, 1, 1, 1),
     {3, {3, 7, 5}},
     {3, {2, 14, 10}},
     {4, {3, 2, 3, 3}},
     18,
     27,
     NULL},
    {WITH("average_pool", 1, 2), {3, {3, 7, 8}}, {3, {3, 3, 4}}, {0}, 0, 0, NULL},
    {WITH("max_pool", 3, 3, 2, 1), {3, {3, 7, 8}}, {3, {3, 4, 4}}, {0}, 0, 0, NULL},
    {WITH("upsample", 0, 0), {3, {3, 7, 8}}, {3, {3, 14, 16}}, {0}, 0, 0, NULL},
    {WITH("blur", 2, 4, 2), {3, {3, 7, 8}}, {3, {3, 8, 9}}, {0}, 0, 0, NULL},
    {WITH("upsample", 2, 3, 1), {3, {3, 7, 8}}, {3, {3, 21, 24}}, {0}, 0, 0, NULL},
};

#define REFUSED(text) {0}, {0}, 0, 0, text

static const image_case refused[] = {
    {WITH("convolution", 2, 8, 3),
     {1, {100}},
     REFUSED("its input (100) is no image (channels, height, width): put a reshape before it")},
    {WITH("convolution", 4, 8, 7, 2, 1),
     {3, {3, 9, 4}},
     REFUSED("of an input of 9x4, a window of 7x7 with stride 2 and padding 1 leaves nothing")},
    {WITH("convolution", 5, 8, 3, 1, 0, 4),
     {3, {3, 8, 9}},
     REFUSED("of an input of 8x9, a window of 9x9 with stride 1 and padding 0 leaves nothing")},
    {WITH("convolution", 6, 8, 3, 1, 0, 1, 2),
     {3, {3, 8, 9}},
     REFUSED("3 channels to 8 cannot be shared among 2 groups")},
    {WITH("convolution", 6, 9, 3, 1, 0, 1, 2),
     {3, {4, 8, 9}},
     REFUSED("4 channels to 9 cannot be shared among 2 groups")},
    {WITH("convolution", 2, 16777216, 1),
     {3, {1, 2, 2}},
     REFUSED("its output (16777216, 2, 2) is too large")},
    {WITH("transposed_convolution", 4, 8, 2, 1, 1),
     {3, {3, 1, 4}},
     REFUSED("of an input of 1x4, a window of 2x2 with stride 1 and padding 1 leaves nothing")},
    {WITH("transposed_convolution", 7, 8, 4, 2, 1, 1, 1, 2),
     {3, {3, 4, 4}},
     REFUSED("output_padding is 2: it must be less than the stride, which is 2")},
    {WITH("max_pool", 1, 5),
     {3, {3, 4, 9}},
     REFUSED("of an input of 4x9, a window of 5x5 with stride 5 and padding 0 leaves nothing")},
    {WITH("average_pool", 3, 3, 2, 2),
     {3, {3, 4, 9}},
     REFUSED("padding is 2: it must be at most half the window, which is 3x3")},
    {WITH("upsample", 1, 1024),
     {3, {16, 8, 8}},
     REFUSED("its output (16, 8192, 8192) is too large")},
    {WITH("blur", 1, 4),
     {3, {3, 3, 9}},
     REFUSED("of an input of 3x9, a window of 4x4 with stride 1 and padding 0 leaves nothing")},
    {WITH("modulated_convolution", 2, 8, 3),
     {3, {3, 4, 4}},
     REFUSED("nothing gives its style: put a condition layer before it")},
    {WITH("modulated_convolution", 2, 8, 4),
     {3, {3, 4, 4}},
     REFUSED("kernel is 4: it must be odd, so that the image keeps its size")},
    {WITH("modulated_convolution", 3, 8, 7, 1),
     {3, {3, 4, 4}},
     REFUSED("kernel is 7: with upsample it must be at most 5")},
    {WITH("pixel_noise", 0, 0),
     {1, {100}},
     REFUSED("its input (100) is no image (channels, height, width): put a reshape before it")},
    {WITH("constant", 0, 0), {1, {100}}, REFUSED("shape needs one to three whole numbers")},
};

static gan_status make(const image_case *c, gan_network **network) {
    gan_layer layer;
    gan__layer_defaults(gan__layer_find(c->kind), &layer);
    for (size_t i = 0; i < c->count; i++) layer.argument[i] = c->argument[i];
    const gan_network_spec spec = {.name = "net", .layers = &layer, .count = 1, .input = c->input};
    return gan__network_create(&spec, network);
}

static void expect_shape(const image_case *c, const gan_shape *got, const gan_shape *expected) {
    char a[GAN_SHAPE_TEXT], b[GAN_SHAPE_TEXT];
    if (!gan__shape_equal(got, expected))
        fail_msg("%s gives %s, not %s", c->kind, gan__shape_text(got, a),
                 gan__shape_text(expected, b));
}

static void shapes_and_fans_are_pytorchs(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        const image_case *c = &taken[i];
        gan_network *network;
        if (make(c, &network) != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
        expect_shape(c, gan__network_output_shape(network), &c->output);
        assert_int_equal(gan__network_parameter_count(network), c->weight.rank ? 2 : 0);
        for (size_t k = 0; k < gan__network_parameter_count(network); k++) {
            const gan_tensor *tensor = gan__network_parameter(network, k);
            const gan_shape bias = GAN_SHAPE(c->output.size[0]);
            expect_shape(c, &tensor->shape, k == 0 ? &c->weight : &bias);
            assert_int_equal(tensor->fan_in, c->fan_in);
            assert_int_equal(tensor->fan_out, c->fan_out);
        }
        gan__network_destroy(network);
    }
}

static void misfits_are_refused_with_layer_and_sizes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const image_case *c = &refused[i];
        char expected[256];
        gan_network *network;
        assert_int_equal(make(c, &network), GAN_STATUS_BAD_INPUT);
        snprintf(expected, sizeof expected, "net layer 0 (%s): %s", c->kind, c->refusal);
        assert_string_equal(gan_status_message(), expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_and_fans_are_pytorchs),
        cmocka_unit_test(misfits_are_refused_with_layer_and_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
