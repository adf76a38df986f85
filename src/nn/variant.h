// A kind with up to two numbers, as a recipe says initialisers and parametrisations:
// `{kind: normal, std: 0.02}`, or the name alone. Tables of these drive reading, printing and
// documentation.
#ifndef GAN_NN_VARIANT_H
#define GAN_NN_VARIANT_H

#define GAN_VARIANT_NUMBERS 2

typedef struct gan_variant_number {
    const char *name; // NULL: the kind has no such number
    double fallback;  // NaN: it must be given
    double low, high; // legal range
} gan_variant_number;

typedef struct gan_variant_info {
    const char *name; // NULL for kind 0, which means "not said" and cannot be said
    gan_variant_number numbers[GAN_VARIANT_NUMBERS];
} gan_variant_info;

#endif
