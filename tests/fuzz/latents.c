// Latents in a .npy file, for generators of several sizes of latents: what opens has latents, and
// those that are read are finite.
#include "fuzz.h"

#include "clgan/sample_file.h"

#include <math.h>

enum { LATENT_MAX = 6, PIECE = 16 };

static void read_latents(const char *path, size_t length, size_t latent) {
    gan_latent_file *file;
    float latents[PIECE * LATENT_MAX];
    if (!fuzz_judge(gan_latent_file_open(path, latent, &file))) return;
    uint64_t left = gan_latent_file_get_count(file);
    fuzz_insist(left > 0 && left <= length, "as many latents as there are bytes for");
    while (left > 0) {
        const size_t count = left < PIECE ? (size_t)left : PIECE;
        if (!fuzz_judge(gan_latent_file_read(file, count, latents))) break;
        for (size_t i = 0; i < count * latent; i++)
            fuzz_insist(isfinite(latents[i]), "latents are finite");
        left -= count;
    }
    gan_latent_file_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const size_t sizes[] = {1, 3, 5, LATENT_MAX};
    const char *path = fuzz_file(bytes, length);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        read_latents(path, length, sizes[i]);
    return 0;
}
