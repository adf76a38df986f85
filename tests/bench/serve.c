#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void bench_refuse(const char *message) {
    fprintf(stderr, "benchmark: %s\n", message);
    exit(1);
}

void bench_insist(gan_status status) {
    if (status == GAN_STATUS_OK) return;
    fprintf(stderr, "benchmark: %s\n", gan_status_message());
    exit(gan_status_exit_code(status));
}

double bench_clock(void) {
    const char *const clock = getenv("CLGAN_BENCH_CLOCK");
    const bool of_process = clock != NULL && strcmp(clock, "process") == 0;
    struct timespec now;
    clock_gettime(of_process ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

uint64_t bench_peak_bytes(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

// Names of devices are plain words; what would end a JSON string is left out.
static void print_text(const char *key, const char *text) {
    printf(", \"%s\": \"", key);
    for (; *text; text++)
        if (*text != '"' && *text != '\\' && (unsigned char)*text >= ' ') putchar(*text);
    putchar('"');
}

void bench_ready(const gan_device_info *device) {
    printf("{\"ready\": true");
    if (device != NULL) {
        print_text("device", device->name);
        print_text("platform", device->platform_name);
        print_text("driver", device->driver);
        printf(", \"compute_units\": %u", device->compute_units);
    }
    printf("}\n");
    fflush(stdout);
}

bool bench_await(char *task, size_t size) {
    if (fgets(task, (int)size, stdin) == NULL) return false;
    task[strcspn(task, "\n")] = '\0';
    return true;
}

void bench_answer(double seconds, double work) {
    printf("{\"seconds\": %.9f, \"work\": %.17g, \"peak_bytes\": %llu}\n", seconds, work,
           (unsigned long long)bench_peak_bytes());
    fflush(stdout);
}
