// .onnx files, both ways they are read: for their tensors, as files of other programs are, and for
// their graph, up to where a device would be needed.
#include "convert/foreign_graph.h"
#include "foreign.h"
#include "fuzz.h"

// One sample as the graph's input says it, small where it leaves a size open or asks for much.
static gan_shape sample_of(const gan_foreign_model *model) {
    enum { OPEN = 8, MOST = 64 };
    gan_shape sample = GAN_SHAPE(1, OPEN, OPEN);
    if (model->input_count == 0 || !model->inputs[0].has_rank) return sample;
    const gan_foreign_input *const input = &model->inputs[0];
    if (input->rank == 2) sample = GAN_SHAPE(OPEN);
    for (int i = 1; i < input->rank && i <= sample.rank; i++) {
        if (input->size[i] >= 1 && input->size[i] <= MOST) sample.size[i - 1] = input->size[i];
    }
    return sample;
}

static void build(const char *path) {
    gan_foreign_model model;
    gan_foreign_graph graph;
    gan_foreign_fit fit;
    if (fuzz_judge(gan__foreign_model_open(path, &model))) {
        const gan_shape sample = sample_of(&model);
        const gan_foreign_order order = {.sample = &sample, .batch = 16};
        if (fuzz_judge(gan__foreign_graph_build(&model, &order, &graph, &fit)))
            fuzz_insist(graph.output != NULL, "a graph that is built has an output");
        gan__foreign_graph_destroy(&graph);
    }
    gan__foreign_model_close(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const char *const path = fuzz_file(bytes, length);
    fuzz_convert(path);
    build(path);
    return 0;
}
