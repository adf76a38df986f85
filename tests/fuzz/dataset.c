// Data sets in a file: IDX, CIFAR-10 binary, .npy and .npz, gzipped or not. Every sample of what
// opens can be read.
#include "fuzz.h"

#include "base/memory.h"
#include "data/dataset.h"

static size_t sample_bytes(const gan_dataset_info *info) {
    size_t elements = 1;
    for (int i = 0; i < info->rank; i++) elements *= (size_t)info->size[i];
    return elements * (info->type == GAN_SAMPLE_TYPE_U8 ? 1 : sizeof(float));
}

static void read_samples(const gan_dataset *dataset) {
    enum { SAMPLES = 8 };
    const gan_dataset_info *info = gan__dataset_info(dataset);
    void *sample;
    uint32_t label;
    fuzz_insist(info->count > 0, "a data set has samples");
    fuzz_insist(gan__alloc(sample_bytes(info), 1, &sample) == GAN_STATUS_OK, "samples fit");
    for (uint64_t i = 0; i < info->count && i < SAMPLES; i++) {
        (void)fuzz_judge(gan__dataset_sample(dataset, i, sample, &label));
        fuzz_insist(info->classes == 0 || label < info->classes, "a label is one of the classes");
        (void)fuzz_judge(gan__dataset_read(dataset, 1, i, 1, sample, &label));
    }
    (void)fuzz_judge(gan__dataset_sample(dataset, info->count - 1, sample, &label));
    gan__free(sample);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    gan_dataset *dataset;
    if (!fuzz_judge(gan__dataset_open(fuzz_file(bytes, length), &dataset))) return 0;
    read_samples(dataset);
    gan__dataset_close(dataset);
    return 0;
}
