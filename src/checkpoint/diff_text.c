// Compares the recipe and the record of a run by what counts in them.
#include "checkpoint/diff.h"

#include "base/json.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *word, size_t length, const char *const *list) {
    for (; *list; list++) {
        if (strlen(*list) == length && memcmp(*list, word, length) == 0) return true;
    }
    return false;
}

// --- Recipe --------------------------------------------------------------------------------------
static const char *const schedule_keys[] = {
    "steps", "log_every", "sample_every", "save_every", "keep", "samples", NULL};

typedef struct text_line {
    const char *start;
    size_t length;
    size_t number;  // from 1; of the whole text
    bool passed_by; // it is under an outermost key that does not count
} text_line;

// Moves to the next line that counts; false at the end.
static bool next_line(text_line *line) {
    for (;;) {
        const char *start = line->start + line->length + (line->start[line->length] == '\n');
        if (*start == 0) return false;
        bool outermost = *start != ' ';
        bool passed_by =
            outermost ? is_one_of(start, strcspn(start, ":\n"), schedule_keys) : line->passed_by;
        *line = (text_line){start, strcspn(start, "\n"), line->number + 1, passed_by};
        if (!passed_by) return true;
    }
}

gan_status gan__diff_recipe(const char *first, const char *second, gan_difference *difference) {
    text_line a = {.start = first}, b = {.start = second};
    for (;;) {
        bool more_a = next_line(&a), more_b = next_line(&b);
        if (!more_a && !more_b) return GAN_STATUS_OK;
        if (more_a && more_b && a.length == b.length && memcmp(a.start, b.start, a.length) == 0)
            continue;
        int show_a = more_a ? (int)(a.length < 80 ? a.length : 80) : 0;
        int show_b = more_b ? (int)(b.length < 80 ? b.length : 80) : 0;
        snprintf(difference->where, sizeof difference->where, "line %zu: \"%.*s\" and \"%.*s\"",
                 more_a ? a.number : b.number, show_a, a.start, show_b, b.start);
        return GAN_STATUS_OK;
    }
}

// --- Run -----------------------------------------------------------------------------------------
static const char *const circumstances[] = {"clgan",     "device",  "driver",
                                            "elapsed_s", "written", NULL};

static void describe_key(const char *key, const json_t *a, const json_t *b,
                         gan_difference *difference) {
    char *words[2] = {a ? json_dumps(a, JSON_ENCODE_ANY | JSON_COMPACT) : NULL,
                      b ? json_dumps(b, JSON_ENCODE_ANY | JSON_COMPACT) : NULL};
    snprintf(difference->where, sizeof difference->where, "%.60s: %.80s and %.80s", key,
             words[0] ? words[0] : "nothing", words[1] ? words[1] : "nothing");
    free(words[0]);
    free(words[1]);
}

// The first key of `a` whose value `b` has not; `swapped` says which is the first checkpoint's.
static bool find_difference(json_t *a, json_t *b, bool swapped, gan_difference *difference) {
    const char *key;
    json_t *value;
    json_object_foreach(a, key, value) {
        json_t *other = json_object_get(b, key);
        if (is_one_of(key, strlen(key), circumstances) || (other && json_equal(value, other)))
            continue;
        describe_key(key, swapped ? other : value, swapped ? value : other, difference);
        return true;
    }
    return false;
}

gan_status gan__diff_run(const char *first, const char *second, gan_difference *difference) {
    json_t *a = gan__json_read(first, strlen(first), GAN_JSON_LINE);
    json_t *b = gan__json_read(second, strlen(second), GAN_JSON_LINE);
    if (json_is_object(a) && json_is_object(b)) {
        if (!find_difference(a, b, false, difference)) find_difference(b, a, true, difference);
    } else if (strcmp(first, second) != 0) {
        snprintf(difference->where, sizeof difference->where, "the texts, which are not both JSON");
    }
    json_decref(a);
    json_decref(b);
    return GAN_STATUS_OK;
}
