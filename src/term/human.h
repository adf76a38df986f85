// Numbers as people read them. Each writes into `target` and returns it.
#ifndef GAN_TERM_HUMAN_H
#define GAN_TERM_HUMAN_H

#include <stddef.h>
#include <stdint.h>

typedef struct gan_human {
    char text[32];
} gan_human;

// "0 B", "1023 B", "1.5 KiB", "12 MiB": three digits at most, units of 1024.
gan_human gan__human_bytes(uint64_t bytes);
// "950", "1.2 k", "61 k", "3.4 M": three digits at most, units of 1000.
gan_human gan__human_count(uint64_t count);
// Every digit, in groups: "1,493,520".
gan_human gan__human_digits(uint64_t count);
// "0:07", "12:34", "1:02:03", "3 d 4 h"; "?" where it is negative or not finite.
gan_human gan__human_duration(double seconds);
// Four significant digits in as few characters as they need: "0.6931", "1.2e-05", "nan".
gan_human gan__human_number(double value);

#endif
