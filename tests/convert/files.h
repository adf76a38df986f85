// Helpers of the conversion tests: a folder for their files, one call that converts.
#ifndef GAN_TESTS_CONVERT_FILES_H
#define GAN_TESTS_CONVERT_FILES_H

#include "clgan/convert.h"
#include "cmocka_headers.h"

#include <stddef.h>

#define FOREIGN CLGAN_TEST_SOURCE "/tests/golden/convert/"
#define GOLDEN  CLGAN_TEST_SOURCE "/tests/golden/checkpoint-v1.gan"

#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        gan_status files_status = (expression);                                                    \
        if (files_status != GAN_STATUS_OK)                                                         \
            fail_msg("%s: %s", gan_status_name(files_status), gan_status_message());               \
    } while (0)

// Fixtures: a fresh folder below $TMPDIR, and its removal.
int files_setup(void **state);
int files_teardown(void **state);
const char *files_folder(void);
// A path in the folder; valid for the next three calls.
const char *files_path(const char *name);
// Removes every file in the folder and returns how many there were.
size_t files_remove(void);

// From a file to a file, whose format its suffix names.
gan_status files_convert(const char *in, const char *out, const gan_convert_options *options);

// Fails unless the two checkpoints have the same tensors and texts.
void files_assert_same(const char *first, const char *second);

#endif
