// Lists of constant whole numbers, as operators on them are given them. Private to foreign_*.c.
#ifndef GAN_CONVERT_FOREIGN_WHOLES_H
#define GAN_CONVERT_FOREIGN_WHOLES_H

#include "convert/foreign.h"

// Room for so many. Errors: BAD_INPUT (more than shapes need, or than the file may come to).
gan_status gan__foreign_wholes_alloc(const gan_foreign_call *call, size_t count, int64_t **out);

// An input that must be there, of at most one dimension. Errors: BAD_INPUT.
gan_status gan__foreign_wholes_take(const gan_foreign_call *call, size_t index,
                                    const gan_foreign_value **out);

#endif
