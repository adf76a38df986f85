// A folder for the runs of a test's group: made before them, gone with all in it after them.
#ifndef CLGAN_TEST_FOLDER_FIXTURE_H
#define CLGAN_TEST_FOLDER_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

static char folder[] = "clgan-test-runs-XXXXXX";

static int set_up(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

#endif
