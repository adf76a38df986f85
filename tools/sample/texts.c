// What gan-sample writes into a PNG beside its pixels, so that a picture found later can be drawn
// again.
#include "sample/sample.h"

#include "clgan/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add(gan_sample_texts *texts, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(gan_sample_texts *texts, const char *key, const char *format, ...) {
    char *const text = texts->text[texts->count];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, GAN_SAMPLE_TEXT_SIZE, format, arguments);
    va_end(arguments);
    texts->entry[texts->count++] = (gan_image_text){key, text};
}

static void add_origin(gan_sample_texts *texts, const gan_sample_request *wanted,
                       const uint64_t *number) {
    const gan_seed_range *const range = wanted->ranges;
    if (wanted->origin == GAN_SAMPLE_ORIGIN_FILE)
        add(texts, "Latents", "%s", wanted->latents);
    else if (wanted->origin == GAN_SAMPLE_ORIGIN_WALK)
        add(texts, "Walk", "%s%s, %" PRIu64 " frames", wanted->list, wanted->loops ? ", loop" : "",
            wanted->count);
    else if (wanted->origin == GAN_SAMPLE_ORIGIN_SWEEP)
        add(texts, "Sweep", "code %" PRIu64 ", span %g, seeds from %" PRIu64, wanted->sweep,
            wanted->span, range->first);
    else if (wanted->origin == GAN_SAMPLE_ORIGIN_DATA)
        add(texts, "Reconstructions", "of test samples from %" PRIu64 " on", range->first);
    if (wanted->origin == GAN_SAMPLE_ORIGIN_WALK && number != NULL)
        add(texts, "Frame", "%" PRIu64, *number);
    if (wanted->origin == GAN_SAMPLE_ORIGIN_FILE && number != NULL)
        add(texts, "Latent", "%" PRIu64, *number);
    if (wanted->origin != GAN_SAMPLE_ORIGIN_SEEDS) return;
    if (number != NULL)
        add(texts, "Seed", "%" PRIu64, *number);
    else if (wanted->list != NULL)
        add(texts, "Seeds", "%s", wanted->list);
    else if (range->first == range->last)
        add(texts, "Seed", "%" PRIu64, range->first);
    else
        add(texts, "Seeds", "%" PRIu64 "-%" PRIu64, range->first, range->last);
}

void gan__sample_texts(const gan_sample_source *source, const gan_tool_call *call,
                       const uint64_t *number, size_t index, gan_sample_texts *out) {
    const gan_sample_info *const info = gan_sampler_get_info(source->sampler);
    const char *const path = gan__options_word(call->options, 0);
    const char *const slash = strrchr(path, '/');
    out->count = 0;
    add(out, "Software", "clgan %s", gan_version());
    add(out, "Checkpoint", "%s, step %" PRIu64, slash == NULL ? path : slash + 1, info->step);
    add(out, "Weights", "%s", info->averaged ? "averaged" : "raw");
    add_origin(out, source->wanted, number);
    char class_name[GAN_SAMPLE_TEXT_SIZE] = "";
    // Of several samples only a class that all of them have.
    if (number != NULL || source->wanted->class_text != NULL)
        gan__sample_source_class(source, index, class_name, sizeof class_name);
    if (class_name[0] != '\0') add(out, "Class", "%s", class_name);
    if (source->wanted->truncation > 0) add(out, "Truncation", "%g", source->wanted->truncation);
}
