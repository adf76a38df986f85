// Time, for rates and reports only: nothing that is computed depends on it.
#ifndef GAN_BASE_CLOCK_H
#define GAN_BASE_CLOCK_H

#include <stdint.h>

// Seconds since an arbitrary start, never going back.
double gan__clock_seconds(void);
// Seconds that processors have spent on this process, all its threads together.
double gan__clock_processor(void);
// Seconds since 1970-01-01 UTC; $SOURCE_DATE_EPOCH where it is set, so that files can be
// reproduced.
int64_t gan__clock_unix(void);

#endif
