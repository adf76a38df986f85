// cmocka wants these four before it, in this order.
#ifndef GAN_TESTS_CMOCKA_HEADERS_H
#define GAN_TESTS_CMOCKA_HEADERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
