// PNG and JPEG: what can be decoded is of the size that its header says, and becomes a sample.
#include "fuzz.h"

#include "data/bitmap.h"

enum { SIDE = 8, CHANNELS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const gan_bitmap_form form = {.width = SIDE, .height = SIDE, .channels = CHANNELS};
    uint8_t sample[CHANNELS * SIDE * SIDE];
    gan_bitmap header = {0}, picture = {0};
    bool more = false;
    const bool known = fuzz_judge(gan__bitmap_look(bytes, length, length, &header, &more));
    if (!fuzz_judge(gan__bitmap_decode(bytes, length, &picture))) return 0;
    fuzz_insist(known && !more, "what can be decoded has a header");
    fuzz_insist(header.width == picture.width && header.height == picture.height &&
                    header.channels == picture.channels,
                "a picture is as its header says");
    (void)fuzz_judge(gan__bitmap_fit_into(&picture, &form, sample));
    gan__bitmap_destroy(&picture);
    return 0;
}
