// The clocks, by POSIX clock_gettime.
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static double read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double gan__clock_seconds(void) {
    return read_clock(CLOCK_MONOTONIC);
}

double gan__clock_processor(void) {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t gan__clock_unix(void) {
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    if (fixed && fixed[0] >= '0' && fixed[0] <= '9') {
        char *end;
        errno = 0;
        long long seconds = strtoll(fixed, &end, 10);
        if (errno == 0 && *end == '\0') return seconds;
    }
    return (int64_t)time(NULL);
}
