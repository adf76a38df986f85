// The one limit to what comes of a file's bytes.
#include "base/growth.h"

uint64_t gan__growth_limit(uint64_t length) {
    if (length > (UINT64_MAX - GAN_GROWTH_FREE) / GAN_GROWTH_RATIO) return UINT64_MAX;
    return GAN_GROWTH_FREE + GAN_GROWTH_RATIO * length;
}

bool gan__growth_add(gan_growth *growth, uint64_t more) {
    if (more > gan__growth_limit(growth->length) - growth->total) return false;
    growth->total += more;
    return true;
}

gan_status gan__growth_refuse(const gan_growth *growth) {
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "its %llu bytes would come to more than %llu, as those of a file do that is "
                     "made to fill memory; if that is meant, write it again uncompressed",
                     (unsigned long long)growth->length,
                     (unsigned long long)gan__growth_limit(growth->length));
}
