// What the benchmark's programs share. Each is a server that tests/bench/bench.py takes turns with:
// it prepares itself, prints a line of JSON that says it is ready, and then answers each line of
// the standard input, the name of a task, with one line {"seconds": ..., "work": ...}. Nothing else
// goes to the standard output; the end of the input ends the program.
#ifndef CLGAN_BENCH_SERVE_H
#define CLGAN_BENCH_SERVE_H

#include "clgan/device.h"
#include "clgan/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Ends the program with the failure's message and exit code.
void bench_insist(gan_status status);
// The same for what is no gan_status.
void bench_refuse(const char *message);

// Seconds since an arbitrary start; with CLGAN_BENCH_CLOCK=process those that processors spent on
// this process, which other programs hardly change.
double bench_clock(void);

// The largest memory the process has had resident so far, in bytes.
uint64_t bench_peak_bytes(void);

// Prints {"ready": true, "device": ..., "driver": ...}, where `device` is not NULL with its name.
void bench_ready(const gan_device_info *device);

// The next task, without its newline. False at the end of the input.
bool bench_await(char *task, size_t size);

// Prints the answer: how long it took, how much was done, and the peak of memory.
void bench_answer(double seconds, double work);

#endif
