// Which device a --device SPEC means. Looks at descriptions only, so that it can be tested with
// machines nobody has.
#include "base/text.h"
#include "runtime/catalogue.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    int rank; // of "auto"; the lowest is taken
} kinds[] = {
    [GAN_DEVICE_KIND_GPU_DISCRETE] = {"GPU", 0},
    [GAN_DEVICE_KIND_GPU_INTEGRATED] = {"integrated GPU", 1},
    [GAN_DEVICE_KIND_CPU] = {"CPU", 2},
    [GAN_DEVICE_KIND_OTHER] = {"accelerator", 3},
};

static bool contains(const char *text, const char *part) {
    size_t length = strlen(part);
    for (; *text; text++) {
        size_t i = 0;
        while (i < length && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
            i++;
        if (i == length) return true;
    }
    return false;
}

static bool is_gpu(const gan_device_info *info) {
    return info->kind == GAN_DEVICE_KIND_GPU_DISCRETE ||
           info->kind == GAN_DEVICE_KIND_GPU_INTEGRATED;
}

// A driver that stands in for a better one: Mesa's where the vendor's is installed too, and PoCL's
// for GPUs. (On a CPU, Mesa's driver is llvmpipe, which is slower than PoCL.)
static bool is_second_choice(const gan_device_info *info) {
    return contains(info->platform_name, "rusticl") || contains(info->platform_name, "clover") ||
           (is_gpu(info) && contains(info->platform_name, "portable computing language"));
}

// OpenCL 1.1 is as old as Mesa's Clover; every other driver in use speaks at least 1.2.
static bool is_too_old(const gan_device_info *info) {
    return contains(info->version, "OpenCL 1.0") || contains(info->version, "OpenCL 1.1");
}

static bool is_better(const gan_device_info *a, const gan_device_info *b) {
    if (is_too_old(a) != is_too_old(b)) return is_too_old(b);
    if (kinds[a->kind].rank != kinds[b->kind].rank)
        return kinds[a->kind].rank < kinds[b->kind].rank;
    if (is_second_choice(a) != is_second_choice(b)) return is_second_choice(b);
    return is_gpu(a) && a->memory_bytes > b->memory_bytes;
}

// --- The forms of SPEC ---------------------------------------------------------------------------

typedef bool (*spec_match)(const gan_device_info *info, const char *spec);

static bool match_any(const gan_device_info *info, const char *spec) {
    (void)info;
    (void)spec;
    return true;
}

static bool match_cpu(const gan_device_info *info, const char *spec) {
    (void)spec;
    return info->kind == GAN_DEVICE_KIND_CPU;
}

static bool match_gpu(const gan_device_info *info, const char *spec) {
    (void)spec;
    return is_gpu(info);
}

static bool match_index(const gan_device_info *info, const char *spec) {
    char *colon = NULL;
    unsigned long platform = strtoul(spec, &colon, 10);
    return platform == info->platform && strtoul(colon + 1, NULL, 10) == info->device;
}

static bool match_name(const gan_device_info *info, const char *spec) {
    return contains(info->platform_name, spec) || contains(info->name, spec);
}

static bool is_index(const char *spec) {
    size_t platform = strspn(spec, "0123456789");
    if (platform == 0 || spec[platform] != ':') return false;
    const char *device = spec + platform + 1;
    return *device && device[strspn(device, "0123456789")] == 0;
}

static spec_match form_of(const char *spec) {
    if (is_index(spec)) return match_index;
    if (strcasecmp(spec, "auto") == 0 || *spec == 0) return match_any;
    if (strcasecmp(spec, "cpu") == 0) return match_cpu;
    return strcasecmp(spec, "gpu") == 0 ? match_gpu : match_name;
}

// --- Errors --------------------------------------------------------------------------------------

static void append_device(gan_text *text, const gan_device_info *info) {
    gan__text_append(text, "\n  %u:%u  %s (%s, %s)", info->platform, info->device, info->name,
                     info->platform_name, kinds[info->kind].name);
}

static gan_status fail_with_list(const gan_device_info *infos, size_t count, const char *spec,
                                 spec_match match, size_t matches) {
    gan_text list = {0};
    for (size_t i = 0; i < count; i++)
        if (matches == 0 || match(&infos[i], spec)) append_device(&list, &infos[i]);
    gan_status status = gan__text_status(&list);
    if (status == GAN_STATUS_OK && matches == 0)
        status = gan__fail_lines(
            GAN_STATUS_NO_DEVICE,
            "no OpenCL device matches '%s'; give auto, cpu, gpu, P:D or a part of a "
            "name of these:%s",
            spec, gan__text_string(&list));
    else if (status == GAN_STATUS_OK)
        status = gan__fail_lines(GAN_STATUS_NO_DEVICE,
                                 "'%s' matches %zu OpenCL devices; give P:D or more of a name:%s",
                                 spec, matches, gan__text_string(&list));
    gan__text_destroy(&list);
    return status;
}

gan_status gan__catalogue_choose(const gan_device_info *infos, size_t count, const char *spec,
                                 size_t *index) {
    spec_match match = form_of(spec);
    size_t matches = 0;
    for (size_t i = 0; i < count; i++) {
        if (!match(&infos[i], spec)) continue;
        if (matches++ == 0 || is_better(&infos[i], &infos[*index])) *index = i;
    }
    if (matches == 0 || (matches > 1 && match == match_name))
        return fail_with_list(infos, count, spec, match, matches);
    const gan_device_info *chosen = &infos[*index];
    if (!is_too_old(chosen)) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_NO_DEVICE,
                     "%s (%s) speaks %s; clgan needs OpenCL 1.2: choose another with --device",
                     chosen->name, chosen->platform_name, chosen->version);
}
