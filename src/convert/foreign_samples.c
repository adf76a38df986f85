// Samples as a network's input: which shapes fit, and what is done to those that nearly do. Gray is
// repeated for a network of several channels, and smaller images are enlarged, bilinear between
// pixels' middles; shrinking would leave pixels out, and colors to gray is a choice, so neither is
// done.
#include "convert/foreign_graph.h"
#include "nn/resample.h"

static gan_status refuse(const gan_foreign_input *input, const gan_shape *sample,
                         const char *what) {
    char shape[GAN_SHAPE_TEXT];
    return gan__fail(GAN_STATUS_BAD_INPUT, "its input %.200s does not take samples of shape %s: %s",
                     input->name, gan__shape_text(sample, shape), what);
}

// A size of the input for one of the samples.
static int64_t size_for(const gan_foreign_input *input, int axis, int64_t sample) {
    return input->size[axis] == GAN_FOREIGN_ANY ? sample : input->size[axis];
}

// (batch, features): samples of any shape with so many elements.
static gan_status fit_vector(const gan_foreign_input *input, gan_foreign_fit *out) {
    const int64_t elements = gan__shape_elements(&out->sample);
    out->input = GAN_SHAPE(size_for(input, 1, elements));
    if (out->input.size[0] == elements) return GAN_STATUS_OK;
    return refuse(input, &out->sample, "it is of another number of elements");
}

// (batch, channels, height, width).
static gan_status fit_image(const gan_foreign_input *input, gan_foreign_fit *out) {
    const gan_shape *const sample = &out->sample;
    if (sample->rank != 3) return refuse(input, sample, "it is of images");
    out->input = GAN_SHAPE(size_for(input, 1, sample->size[0]), size_for(input, 2, sample->size[1]),
                           size_for(input, 3, sample->size[2]));
    out->repeated = out->input.size[0] != sample->size[0];
    if (out->repeated && sample->size[0] != 1)
        return refuse(input, sample,
                      "it has another number of channels, and only gray can be repeated");
    for (int i = 1; i < 3; i++) {
        out->resized |= out->input.size[i] != sample->size[i];
        if (out->input.size[i] < sample->size[i])
            return refuse(input, sample,
                          "they are larger; let the graph itself shrink them, or take a network of "
                          "their size");
    }
    return GAN_STATUS_OK;
}

gan_status gan__foreign_fit(const gan_foreign_input *input, const gan_shape *sample,
                            gan_foreign_fit *out) {
    *out = (gan_foreign_fit){.sample = *sample};
    if (input->type != 0 && !gan__element_kind_onnx(input->type))
        return refuse(input, sample, "its type is not known");
    if (input->type != 0 && gan__element_kind_onnx(input->type)->safetensors[0] != 'F')
        return refuse(input, sample, "it is not of floating-point numbers");
    if (!input->has_rank) {
        out->input = *sample;
        return GAN_STATUS_OK;
    }
    if (input->rank == 2) return fit_vector(input, out);
    if (input->rank == 4) return fit_image(input, out);
    return refuse(input, sample,
                  "it is neither (batch, channels, height, width) nor "
                  "(batch, features)");
}

gan_node *gan__foreign_fit_apply(const gan_foreign_fit *fit, gan_node *samples) {
    if (!samples) return NULL;
    const int64_t batch = gan__node_shape(samples)->size[1];
    gan_shape shape = fit->input.rank == 1 ? fit->input : fit->sample;
    shape.size[shape.rank++] = batch;
    gan_node *x = gan__reshape(samples, &shape);
    if (fit->resized) x = gan__resample_bilinear(x, fit->input.size[1], fit->input.size[2]);
    if (!fit->repeated) return x;
    shape = fit->input;
    shape.size[shape.rank++] = batch;
    return gan__broadcast(x, &shape);
}
