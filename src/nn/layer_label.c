// Layers that see the samples' labels: one_hot and embedding give them in place of their input,
// projection judges features by them (Miyato, Koyama 2018). Labels are whole numbers from 0 on.
#include "nn/layer_families.h"

enum { EMBEDDING_SIZE };
enum { PROJECTION_BIAS };

static const gan_init standard_normal = {GAN_INIT_NORMAL, 1, 0};

// Rows of a table (classes, features) as (features, B).
static gan_node *look_up(gan_node *table, gan_node *labels) {
    return gan__transpose(gan__gather(table, labels, 0));
}

// --- one_hot ------------------------------------------------------------------------------------

static gan_status infer_one_hot(const gan_layer_site *site, gan_shape *out) {
    *out = GAN_SHAPE(site->classes);
    return GAN_STATUS_OK;
}

static gan_node *build_one_hot(const gan_layer_call *call, gan_node *x) {
    if (!x || !call->labels) return NULL;
    const int64_t batch = gan__node_shape(call->labels)->size[0];
    gan_node *classes = gan__iota(gan__node_graph(x), &GAN_SHAPE(call->classes, batch), 0);
    return gan__equal(classes, gan__reshape(call->labels, &GAN_SHAPE(1, batch)));
}

// --- embedding ----------------------------------------------------------------------------------

static gan_status infer_embedding(const gan_layer_site *site, gan_shape *out) {
    *out = GAN_SHAPE((int64_t)site->layer->argument[EMBEDDING_SIZE]);
    return GAN_STATUS_OK;
}

static gan_layer_tensor table_of(const char *name, const gan_layer_site *site, int64_t size) {
    return (gan_layer_tensor){.name = name,
                              .shape = GAN_SHAPE(site->classes, size),
                              .fan_in = size,
                              .fan_out = site->classes,
                              .init = standard_normal,
                              .parametrized = true};
}

static size_t declare_embedding(const gan_layer_site *site, gan_layer_tensor *tensors) {
    tensors[0] = table_of("weight", site, (int64_t)site->layer->argument[EMBEDDING_SIZE]);
    return 1;
}

static gan_node *build_embedding(const gan_layer_call *call, gan_node *x) {
    (void)x;
    return look_up(call->tensors[0], call->labels);
}

// --- projection ---------------------------------------------------------------------------------

static gan_status infer_projection(const gan_layer_site *site, gan_shape *out) {
    char text[GAN_SHAPE_TEXT];
    if (site->in->rank != 1)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "its input %s is no vector of features: put a global_pool or flatten "
                         "before it",
                         gan__shape_text(site->in, text));
    *out = GAN_SHAPE(1);
    return GAN_STATUS_OK;
}

static size_t declare_projection(const gan_layer_site *site, gan_layer_tensor *tensors) {
    const int64_t features = site->in->size[0];
    size_t count = 0;
    tensors[count++] = (gan_layer_tensor){.name = "weight",
                                          .shape = GAN_SHAPE(1, features),
                                          .fan_in = features,
                                          .fan_out = 1,
                                          .parametrized = true};
    if (site->layer->argument[PROJECTION_BIAS] != 0)
        tensors[count++] = (gan_layer_tensor){.name = "bias",
                                              .shape = GAN_SHAPE(1),
                                              .fan_in = features,
                                              .fan_out = 1,
                                              .is_bias = true};
    tensors[count++] = table_of("embedding.weight", site, features);
    return count;
}

// One dot product with the sum of w and the label's row.
static gan_node *build_projection(const gan_layer_call *call, gan_node *x) {
    const bool biased = call->layer->argument[PROJECTION_BIAS] != 0;
    gan_node *const rows = look_up(call->tensors[biased ? 2 : 1], call->labels);
    gan_node *const both = gan__add(rows, gan__transpose(call->tensors[0]));
    gan_node *const y = gan__reduce_sum(gan__mul(both, x), 1u << 0);
    return biased ? gan__add(y, gan__layer_along_features(call->tensors[1], y)) : y;
}

// --- The table ----------------------------------------------------------------------------------

const gan_layer_kind gan__layers_label[] = {
    {.name = "one_hot",
     .meaning = "not its input but the label: 1 at its number, 0 elsewhere",
     .takes_labels = true,
     .infer = infer_one_hot,
     .build = build_one_hot},
    {.name = "embedding",
     .meaning = "not its input but a learned vector for the label",
     .arguments = {{"size", GAN_LAYER_ARGUMENT_WHOLE, true, 0, 1, GAN_LAYER_WHOLE_MAX,
                    "elements of that vector"}},
     .has_weights = true,
     .has_matrices = true,
     .takes_labels = true,
     .infer = infer_embedding,
     .declare = declare_embedding,
     .build = build_embedding},
    {.name = "projection",
     .meaning = "w x + b, plus the product of x and a learned vector for the label",
     .arguments = {{"bias", GAN_LAYER_ARGUMENT_BOOL, false, 1, 0, 1, "whether to add b"}},
     .has_weights = true,
     .has_matrices = true,
     .takes_labels = true,
     .infer = infer_projection,
     .declare = declare_projection,
     .build = build_projection},
    {.name = NULL},
};
