// Numbers in recipes: as in C, whatever the program's locale says about commas.
#ifndef GAN_RECIPE_NUMBER_H
#define GAN_RECIPE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

// Whether the whole text is one finite number, and that number.
bool gan__number_parse(const char *text, double *out);
// The same for whole numbers; "1e5" and "100000.0" are whole, up to 2^53.
bool gan__number_parse_whole(const char *text, int64_t *out);
// The shortest decimal that reads back as `value`. Returns `text`.
#define GAN_NUMBER_TEXT 32
char *gan__number_print(double value, char text[GAN_NUMBER_TEXT]);

#endif
