// Self-attention over the pixels of an image (Zhang et al. 2019, as the authors' code has it): each
// pixel asks, every 2x2 block answers by its largest values, and gamma, 0 at first, lets the
// answers in.
#include "nn/layer_families.h"
#include "nn/pool.h"
#include "nn/stable.h"

enum { REDUCTION, VALUES, POOLED };
enum { THETA, PHI, G, O, GAMMA, TENSORS };

static int64_t part_of(const gan_layer_site *site, int argument) {
    return site->in->size[0] / (int64_t)site->layer->argument[argument];
}

static gan_status infer_attention(const gan_layer_site *site, gan_shape *out) {
    char text[GAN_SHAPE_TEXT];
    const gan_shape *in = site->in;
    if (in->rank != 3)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its input %s is no image (channels, height, width): put a reshape before "
                         "it",
                         gan__shape_text(in, text));
    if (part_of(site, REDUCTION) < 1 || part_of(site, VALUES) < 1)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its input %s has fewer channels than reduction or values divide by",
                         gan__shape_text(in, text));
    if (site->layer->argument[POOLED] != 0 && (in->size[1] < 2 || in->size[2] < 2))
        return gan__fail(GAN_STATUS_BAD_INPUT, "its input %s has no 2x2 blocks: say pool: false",
                         gan__shape_text(in, text));
    *out = *in;
    return GAN_STATUS_OK;
}

// Weights of 1x1 convolutions without bias.
static size_t declare_attention(const gan_layer_site *site, gan_layer_tensor *tensors) {
    static const char *const names[] = {"theta.weight", "phi.weight", "g.weight", "o.weight"};
    const int64_t channels = site->in->size[0];
    const int64_t keys = part_of(site, REDUCTION), values = part_of(site, VALUES);
    const int64_t rows[] = {keys, keys, values, channels};
    for (int i = THETA; i <= O; i++) {
        const int64_t columns = i == O ? values : channels;
        tensors[i] = (gan_layer_tensor){.name = names[i],
                                        .shape = GAN_SHAPE(rows[i], columns, 1, 1),
                                        .fan_in = columns,
                                        .fan_out = rows[i],
                                        .parametrized = true};
    }
    tensors[GAMMA] = (gan_layer_tensor){
        .name = "gamma", .shape = GAN_SHAPE(1), .init = {GAN_INIT_ZEROS, 0, 0}, .is_bias = true};
    return TENSORS;
}

// The weight's product with the channels of x, as (B, features, pixels).
static gan_node *project(const gan_layer_call *call, int weight, gan_node *x) {
    const bool pooled = call->layer->argument[POOLED] != 0 && weight != THETA;
    const gan_convolution_settings plain = {0};
    const gan_pooling blocks = {.size = {2, 2}};
    gan_node *y = gan__convolution(x, call->tensors[weight], &plain);
    if (pooled) y = gan__max_pool(y, &blocks);
    if (!y) return NULL;
    const gan_shape *shape = gan__node_shape(y);
    const int64_t pixels = shape->size[1] * shape->size[2];
    const int order[] = {2, 0, 1};
    return gan__permute(gan__reshape(y, &GAN_SHAPE(shape->size[0], pixels, shape->size[3])), order);
}

static gan_node *build_attention(const gan_layer_call *call, gan_node *x) {
    const gan_convolution_settings plain = {0};
    const int order[] = {1, 2, 0};
    gan_node *const theta = project(call, THETA, x), *const phi = project(call, PHI, x);
    gan_node *const g = project(call, G, x);
    gan_node *const weights =
        gan__softmax(gan__matmul(theta, phi, true, false), 1u << 2); // (B, pixels, blocks)
    gan_node *const answers = gan__matmul(g, weights, false, true);  // (B, values, pixels)
    if (!answers) return NULL;
    gan_shape image = *gan__node_shape(x);
    image.size[0] = gan__node_shape(g)->size[1];
    gan_node *const maps = gan__reshape(gan__permute(answers, order), &image);
    gan_node *const y = gan__convolution(maps, call->tensors[O], &plain);
    return gan__add(x, gan__mul(y, call->tensors[GAMMA]));
}

const gan_layer_kind gan__layers_attention[] = {
    {.name = "self_attention",
     .meaning = "the image, plus gamma times what each pixel gathers from all others",
     .arguments = {{"reduction", GAN_LAYER_ARGUMENT_WHOLE, false, 8, 1, 1024,
                    "channels a channel of the questions"},
                   {"values", GAN_LAYER_ARGUMENT_WHOLE, false, 2, 1, 1024,
                    "channels a channel of the answers"},
                   {"pool", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1,
                    "whether 2x2 blocks answer instead of pixels"}},
     .has_weights = true,
     .has_matrices = true,
     .infer = infer_attention,
     .declare = declare_attention,
     .build = build_attention},
    {.name = NULL},
};
