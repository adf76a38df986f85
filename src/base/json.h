// JSON out of files. Jansson makes up to forty bytes of one, so what is read has a length that what
// clgan itself writes stays below by far.
#ifndef GAN_BASE_JSON_H
#define GAN_BASE_JSON_H

#include <jansson.h>

#define GAN_JSON_LINE ((size_t)1 << 20) // a record of a run, a line of metrics
#define GAN_JSON_LIST ((size_t)1 << 26) // the names of 65,536 classes

// The JSON of `length` bytes; the caller's (json_decref). NULL where it is none, has a key twice,
// or is longer than `longest` bytes.
json_t *gan__json_read(const char *text, size_t length, size_t longest);

#endif
