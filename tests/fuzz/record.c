// What a checkpoint's texts say of its run: the record that it is resumed by and, behind a zero
// byte, the lines of its history, which become an event file.
#include "fuzz.h"

#include "base/memory.h"
#include "gan/event_file.h"
#include "gan/history.h"
#include "gan/run_record.h"

#include <string.h>

static void check_record(const char *text) {
    gan_run_record record;
    if (!fuzz_judge(gan__run_record_parse(text, &record))) return;
    fuzz_insist(record.sample.rank >= 1 && record.sample.rank <= 3, "a sample has a shape");
    for (int i = 0; i < record.sample.rank; i++)
        fuzz_insist(record.sample.size[i] >= 1, "and no side of nothing");
    fuzz_insist(record.logged_step <= record.step, "what was logged was done");
}

static void check_history(const char *lines) {
    gan_event_file *file;
    int descriptor;
    (void)gan__history_most_modes(lines);
    fuzz_insist(gan__event_file_open(fuzz_file_empty(&descriptor), 0, &file) == GAN_STATUS_OK,
                "an event file");
    fuzz_insist(gan__event_file_lines(file, lines) == GAN_STATUS_OK, "lines of any kind are taken");
    gan__event_file_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    void *copy;
    fuzz_insist(gan__alloc(length + 2, 1, &copy) == GAN_STATUS_OK, "memory");
    const char *const text = memcpy(copy, bytes, length); // two zero bytes follow
    check_record(text);
    check_history(text + strlen(text) + 1);
    gan__free(copy);
    return 0;
}
