// Implements fuzz_convert.
#include "foreign.h"

#include "clgan/convert.h"
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>

static bool open_file(const char *path, gan_conversion **conversion) {
    return fuzz_judge(gan_conversion_open(path, NULL, conversion));
}

void fuzz_convert(const char *path) {
    gan_conversion *conversion;
    if (!open_file(path, &conversion)) return;
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)fuzz_judge(gan_conversion_write(conversion, (gan_target){.fd = nowhere},
                                          GAN_CONVERT_FORMAT_SAFETENSORS, 0));
    close(nowhere);
    gan_conversion_close(conversion);
    fuzz_insist(open_file(path, &conversion), "a file that could be opened can be opened again");
    (void)fuzz_judge(gan_conversion_plan(conversion, GAN_CONVERT_FORMAT_ONNX));
    gan_conversion_close(conversion);
}
