// Checkpoints: whatever opens and verifies can be read in every way, and is the same as itself; its
// recipe and record are read as the tools read them.
#include "fuzz.h"

#include "base/memory.h"
#include "clgan/checkpoint.h"
#include "gan/run_record.h"

enum { PART = 16 };

// Whether a tensor's values can be read. What they would take is bounded by the file's length.
static bool read_values(const gan_checkpoint *checkpoint, const gan_tensor_info *info) {
    void *values;
    float part[PART];
    fuzz_insist(gan__alloc((size_t)info->elements, sizeof(float), &values) == GAN_STATUS_OK,
                "tensors fit into memory");
    const bool whole = fuzz_judge(gan_checkpoint_read(checkpoint, info, values));
    const uint64_t count = info->elements < PART ? info->elements : PART;
    const bool end =
        fuzz_judge(gan_checkpoint_read_part(checkpoint, info, info->elements - count, count, part));
    fuzz_insist(end || !whole, "a tensor that can be read can be read in part");
    gan__free(values);
    return whole;
}

static bool read_tensors(const gan_checkpoint *checkpoint) {
    bool all = true;
    const gan_tensor_info *info;
    for (size_t i = 0; (info = gan_checkpoint_tensor(checkpoint, i)) != NULL; i++)
        all = read_values(checkpoint, info) && all;
    return all;
}

static void read_texts(const gan_checkpoint *checkpoint) {
    gan_recipe *recipe = NULL;
    gan_run_record record;
    const char *name;
    for (size_t i = 0; (name = gan_checkpoint_text_name(checkpoint, i)) != NULL; i++)
        fuzz_insist(gan_checkpoint_text(checkpoint, name) != NULL,
                    "a text that has a name is there");
    (void)fuzz_judge(gan__run_record_open(checkpoint, &recipe, &record));
    gan_recipe_destroy(recipe);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    gan_checkpoint *checkpoint;
    gan_difference *differences = NULL;
    size_t count = 0;
    if (!fuzz_judge(gan_checkpoint_open(fuzz_file(bytes, length), &checkpoint))) return 0;
    const bool readable = read_tensors(checkpoint);
    const bool verified = fuzz_judge(gan_checkpoint_verify(checkpoint));
    fuzz_insist(readable || !verified, "what is verified can be read");
    read_texts(checkpoint);
    if (readable && fuzz_judge(gan_checkpoint_diff(checkpoint, checkpoint, &differences, &count)))
        fuzz_insist(count == 0, "a checkpoint differs in nothing from itself");
    gan_difference_free(differences);
    gan_checkpoint_close(checkpoint);
    return 0;
}
