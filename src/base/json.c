// Implements base/json.h.
#include "base/json.h"

json_t *gan__json_read(const char *text, size_t length, size_t longest) {
    return length <= longest ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
}
