// Gives a fuzz target the inputs that are kept, without libFuzzer: files and folders of files, by
// name.
//
//     replay_checkpoint tests/fuzz/corpus/checkpoint tests/golden/checkpoint-v1.gan
//
// Each input is given whole, and then cut to each eighth of its length. Ends with the number of
// inputs, or by the abort of the first that is not as promised, after saying its name; fails where
// it was given none, or where one takes more than ten seconds.
#include "fuzz.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { CUTS = 8, SECONDS_MAX = 10, BYTES_MAX = 1 << 26 };

// Sanitizers reserve address space by the terabyte, so only a build without them is bounded.
#if defined(__SANITIZE_ADDRESS__)
static void bound_memory(void) {
}
#else
enum { MEMORY_MAX = 3 << 28 };

static void bound_memory(void) {
    const struct rlimit limit = {MEMORY_MAX, MEMORY_MAX};
    fuzz_insist(setrlimit(RLIMIT_DATA, &limit) == 0, "a limit of memory");
}
#endif

// In a block of its own length, so that a read past its end is seen.
static void give(const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length ? length : 1);
    fuzz_insist(copy != NULL, "memory for the input");
    for (size_t i = 0; i < length; i++) copy[i] = bytes[i];
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

static void replay_file(const char *path) {
    uint8_t *bytes;
    size_t length;
    printf("%s\n", path);
    fflush(stdout); // it may be the last word
    fuzz_insist(gan__file_read(path, BYTES_MAX, &bytes, &length) == GAN_STATUS_OK,
                "a readable input");
    const clock_t start = clock();
    for (size_t cut = 0; cut < CUTS; cut++) give(bytes, length * cut / CUTS);
    give(bytes, length);
    fuzz_insist((double)(clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX, "done in time");
    gan__free(bytes);
}

static size_t replay(const char *path) {
    char **names, inside[4096];
    size_t count;
    if (!gan__file_is_folder(path)) {
        replay_file(path);
        return 1;
    }
    fuzz_insist(gan__folder_list(path, &names, &count) == GAN_STATUS_OK, "a readable folder");
    for (size_t i = 0; i < count; i++) {
        snprintf(inside, sizeof inside, "%s/%s", path, names[i]);
        replay_file(inside);
    }
    gan__folder_list_free(names, count);
    return count;
}

int main(int argc, char **argv) {
    size_t count = 0;
    bound_memory();
    for (int i = 1; i < argc; i++) count += replay(argv[i]);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
