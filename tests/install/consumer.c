// A program of somebody else's: it uses what was installed and nothing of the source tree.
#include <clgan/clgan.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    gan_device *device = NULL;
    gan_status status = gan_device_open("no device has this name", &device);
    if (status != GAN_STATUS_NO_DEVICE || strlen(gan_status_message()) == 0) return 1;
    printf("clgan %s\n", gan_version());
    return 0;
}
