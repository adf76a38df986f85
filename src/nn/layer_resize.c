// Layers that give an image another size: pools, upsampling, with PyTorch's conventions, and blur.
// The nodes are those of pool.h, resample.h and blur.h.
#include "nn/blur.h"
#include "nn/layer_families.h"
#include "nn/pool.h"
#include "nn/resample.h"

enum { POOL_SIZE, POOL_STRIDE, POOL_PADDING };
enum { UPSAMPLE_FACTOR, UPSAMPLE_BILINEAR };
enum { GLOBAL_SUM };
enum { BLUR_SIZE, BLUR_PADDING };

static int whole(const gan_layer *layer, int argument) {
    return (int)layer->argument[argument];
}

// --- Shapes -------------------------------------------------------------------------------------

static int pool_stride(const gan_layer *layer) {
    const int stride = whole(layer, POOL_STRIDE);
    return stride == 0 ? whole(layer, POOL_SIZE) : stride;
}

static gan_status infer_pool(const gan_layer_site *site, gan_shape *out) {
    const gan_layer *layer = site->layer;
    const gan_shape *in = site->in;
    const int size = whole(layer, POOL_SIZE), padding = whole(layer, POOL_PADDING);
    GAN_TRY(gan__layer_check_image(in));
    if (2 * padding > size)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "padding is %d: it must be at most half the window, which is %dx%d",
                         padding, size, size);
    return gan__layer_infer_windows(in, in->size[0], size, pool_stride(layer), padding, out);
}

static gan_status infer_upsample(const gan_layer_site *site, gan_shape *out) {
    const gan_layer *layer = site->layer;
    const gan_shape *in = site->in;
    const int factor = whole(layer, UPSAMPLE_FACTOR);
    GAN_TRY(gan__layer_check_image(in));
    *out = GAN_SHAPE(in->size[0], in->size[1] * factor, in->size[2] * factor);
    return gan__layer_check_elements(out);
}

// (C, H, W) to (C).
static gan_status infer_global(const gan_layer_site *site, gan_shape *out) {
    GAN_TRY(gan__layer_check_image(site->in));
    *out = GAN_SHAPE(site->in->size[0]);
    return GAN_STATUS_OK;
}

static gan_status infer_blur(const gan_layer_site *site, gan_shape *out) {
    const gan_layer *layer = site->layer;
    const gan_shape *in = site->in;
    GAN_TRY(gan__layer_check_image(in));
    return gan__layer_infer_windows(in, in->size[0], whole(layer, BLUR_SIZE), 1,
                                    whole(layer, BLUR_PADDING), out);
}

// --- Nodes --------------------------------------------------------------------------------------

static gan_pooling pooling_of(const gan_layer *layer) {
    const int size = whole(layer, POOL_SIZE), padding = whole(layer, POOL_PADDING);
    const int stride = pool_stride(layer);
    return (gan_pooling){.size = {size, size},
                         .stride = {stride, stride},
                         .before = {padding, padding},
                         .after = {padding, padding}};
}

static gan_node *build_average_pool(const gan_layer_call *call, gan_node *x) {
    const gan_pooling pooling = pooling_of(call->layer);
    return gan__average_pool(x, &pooling);
}

static gan_node *build_max_pool(const gan_layer_call *call, gan_node *x) {
    const gan_pooling pooling = pooling_of(call->layer);
    return gan__max_pool(x, &pooling);
}

static gan_node *build_upsample(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    const int factor = whole(call->layer, UPSAMPLE_FACTOR);
    const int64_t *size = gan__node_shape(x)->size;
    const int64_t height = size[1] * factor, width = size[2] * factor;
    return call->layer->argument[UPSAMPLE_BILINEAR] != 0 ? gan__resample_bilinear(x, height, width)
                                                         : gan__resample_nearest(x, height, width);
}

static gan_node *build_global(const gan_layer_call *call, gan_node *x) {
    if (!x) return NULL;
    const gan_shape *shape = gan__node_shape(x);
    const gan_shape vector = GAN_SHAPE(shape->size[0], shape->size[3]);
    const uint32_t pixels = 1u << 1 | 1u << 2;
    const bool sum = call->layer->argument[GLOBAL_SUM] != 0;
    return gan__reshape(sum ? gan__reduce_sum(x, pixels) : gan__reduce_mean(x, pixels), &vector);
}

static gan_node *build_blur(const gan_layer_call *call, gan_node *x) {
    const gan_layer *layer = call->layer;
    return gan__blur(x, whole(layer, BLUR_SIZE), whole(layer, BLUR_PADDING), 1);
}

// --- The table ----------------------------------------------------------------------------------

#define SIZE_MAX_ARGUMENT 1024

#define WHOLE(name, required, fallback, low, meaning)                                              \
    { name, GAN_LAYER_ARGUMENT_WHOLE, required, fallback, low, SIZE_MAX_ARGUMENT, meaning }
#define POOL_ARGUMENTS(padding)                                                                    \
    {                                                                                              \
        WHOLE("size", true, 0, 1, "height and width of the window"),                               \
            WHOLE("stride", false, 0, 0, "places between windows; 0: the size"),                   \
            WHOLE("padding", false, 0, 0, padding)                                                 \
    }

const gan_layer_kind gan__layers_resize[] = {
    {.name = "average_pool",
     .meaning = "the mean of each window, channel by channel",
     .arguments = POOL_ARGUMENTS("zeros around the image, which count in the mean"),
     .infer = infer_pool,
     .build = build_average_pool},
    {.name = "max_pool",
     .meaning = "the largest of each window, channel by channel",
     .arguments = POOL_ARGUMENTS("rows and columns around the image, which never count"),
     .infer = infer_pool,
     .build = build_max_pool},
    {.name = "global_pool",
     .meaning = "the mean of each channel over all pixels, as a vector",
     .arguments = {{"sum", GAN_LAYER_ARGUMENT_BOOL, false, 0, 0, 1,
                    "whether to take the sum instead"}},
     .infer = infer_global,
     .build = build_global},
    {.name = "upsample",
     .meaning = "the image in a larger size, pixels repeated or interpolated",
     .arguments = {WHOLE("factor", false, 2, 1, "how often its height and width"),
                   {"bilinear", GAN_LAYER_ARGUMENT_BOOL, false, 0, 0, 1, "whether to interpolate"}},
     .infer = infer_upsample,
     .build = build_upsample},
    {.name = "blur",
     .meaning =
         "each channel smoothed by a binomial filter: [1, 2, 1] / 4 along both axes for size "
         "3, [1, 3, 3, 1] / 8 for 4",
     .arguments = {{"size", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, GAN_BLUR_SIZE_MAX,
                    "taps of the filter"},
                   WHOLE("padding", false, 0, 0, "zeros around the image")},
     .infer = infer_blur,
     .build = build_blur},
    {.name = NULL},
};
