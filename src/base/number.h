// Numbers as text: as in C, whatever the program's locale says about commas.
#ifndef GAN_BASE_NUMBER_H
#define GAN_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

// Whether the whole text is one finite number in decimal; it is then in *out, which is else left as
// it is.
bool gan__number_parse(const char *text, double *out);
// The same for whole numbers; "1e5" and "100000.0" are whole, up to 2^53.
bool gan__number_parse_whole(const char *text, int64_t *out);
// The same for whole numbers from 0 on, without a sign.
bool gan__number_parse_count(const char *text, uint64_t *out);

#define GAN_NUMBER_TEXT 32
// printf's "%.<digits>g", digits from 1 to 17. Returns `text`.
char *gan__number_format(double value, int digits, char text[GAN_NUMBER_TEXT]);
// The shortest decimal that reads back as `value`. Returns `text`.
char *gan__number_print(double value, char text[GAN_NUMBER_TEXT]);

#endif
