// gan-inspect --devices: what OpenCL devices there are, what they can do, and whether they do it;
// with --tune, how fast (tune.c).
#include "inspect/inspect.h"

#include "clgan/device.h"
#include "term/human.h"
#include "term/table.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [GAN_DEVICE_KIND_CPU] = "cpu",
    [GAN_DEVICE_KIND_GPU_INTEGRATED] = "integrated gpu",
    [GAN_DEVICE_KIND_GPU_DISCRETE] = "discrete gpu",
    [GAN_DEVICE_KIND_OTHER] = "other",
};

// What came of testing one device.
typedef struct device_test {
    gan_status status;
    char message[1024]; // of a failure
} device_test;

static device_test test_device(const char *spec) {
    device_test test = {0};
    gan_device *device;
    test.status = gan_device_open(spec, &device);
    if (test.status == GAN_STATUS_OK) {
        test.status = gan_device_self_test(device);
        if (test.status != GAN_STATUS_OK)
            gan__text_escape(gan_status_message(), test.message, sizeof test.message);
        gan_device_close(device);
    } else {
        gan__text_escape(gan_status_message(), test.message, sizeof test.message);
    }
    return test;
}

static void append_device(const gan_device_info *info, const char *spec, const device_test *test,
                          const gan_terminal *out, gan_text *text) {
    char name[512], platform[512], version[512], driver[512];
    gan__text_escape(info->name, name, sizeof name);
    gan__text_escape(info->platform_name, platform, sizeof platform);
    gan__text_escape(info->version, version, sizeof version);
    gan__text_escape(info->driver, driver, sizeof driver);
    gan__terminal_paint(out, text, GAN_STYLE_BOLD, spec);
    gan__text_append(text, "  %s (%s), %s\n", name, platform, kinds[info->kind]);
    gan__text_append(text, "     %s, driver %s\n", version, driver);
    gan__text_append(text, "     %u compute units at %u MHz, work-groups up to %llu\n",
                     info->compute_units, info->clock_mhz,
                     (unsigned long long)info->max_work_group);
    gan__text_append(text, "     %s memory", gan__human_bytes(info->memory_bytes).text);
    gan__text_append(text, ", %s at most in one piece",
                     gan__human_bytes(info->max_allocation_bytes).text);
    gan__text_append(text, ", %s local\n", gan__human_bytes(info->local_memory_bytes).text);
    gan__text_append(text, "     %s, %s, %s\n", info->fp16 ? "fp16" : "no fp16",
                     info->fp64 ? "fp64" : "no fp64",
                     info->subgroups ? "subgroups" : "no subgroups");
    gan__text_append(text, "     self-test: ");
    bool good = test->status == GAN_STATUS_OK;
    gan__terminal_paint(out, text, good ? GAN_STYLE_GOOD : GAN_STYLE_BAD,
                        good ? "passed" : "failed");
    gan__text_append(text, "%s%s\n", good ? "" : ": ", test->message);
}

static json_t *device_json(const gan_device_info *info, const char *spec, const device_test *test) {
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:s, s:s*}",
        "device", spec, "platform", gan__inspect_string(info->platform_name), "name",
        gan__inspect_string(info->name), "kind", kinds[info->kind], "version",
        gan__inspect_string(info->version), "driver", gan__inspect_string(info->driver),
        "compute_units", (json_int_t)info->compute_units, "clock_mhz", (json_int_t)info->clock_mhz,
        "memory_bytes", (json_int_t)info->memory_bytes, "max_allocation_bytes",
        (json_int_t)info->max_allocation_bytes, "local_memory_bytes",
        (json_int_t)info->local_memory_bytes, "max_work_group", (json_int_t)info->max_work_group,
        "fp16", info->fp16, "fp64", info->fp64, "subgroups", info->subgroups, "self_test",
        gan_status_name(test->status), "message", test->message[0] ? test->message : NULL);
}

// What the list is made of, as it grows.
typedef struct device_list {
    const gan_inspection *inspection;
    char tuned[32]; // the device to tune, as --device names it; "" for all
    gan_text text;
    json_t *devices;
    size_t failed;
    const char *failed_name;
} device_list;

static bool is_to_tune(const device_list *list, const char *spec) {
    return gan__options_given(list->inspection->call->options, "tune") > 0 &&
           (list->tuned[0] == '\0' || strcmp(list->tuned, spec) == 0);
}

static gan_status add_device(device_list *list, const gan_device_info *info) {
    char spec[32];
    snprintf(spec, sizeof spec, "%u:%u", info->platform, info->device);
    const device_test test = test_device(spec);
    json_t *json = device_json(info, spec, &test), *tuning = NULL;
    gan_status status = GAN_STATUS_OK;
    append_device(info, spec, &test, &list->inspection->call->out, &list->text);
    if (test.status != GAN_STATUS_OK) {
        list->failed++;
        list->failed_name = info->name;
    } else if (is_to_tune(list, spec)) {
        status = gan__inspect_tune(list->inspection, spec, &list->text, &tuning);
    }
    if (tuning) json_object_set_new(json, "tuning", tuning);
    json_array_append_new(list->devices, json);
    return status;
}

static gan_status write_list(device_list *list) {
    const gan_inspection *inspection = list->inspection;
    if (!inspection->json) return gan__terminal_write(&inspection->call->out, &list->text);
    return gan__inspect_write_json(inspection, json_pack("{s:O}", "devices", list->devices));
}

// What was found before an interruption is written none the less.
static gan_status write_devices(device_list *list, const gan_device_info *infos, size_t count) {
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++)
        status = add_device(list, &infos[i]);
    bool stopped = status == GAN_STATUS_INTERRUPTED || status == GAN_STATUS_TERMINATED;
    if (status != GAN_STATUS_OK && !stopped) return status;
    const gan_status written = write_list(list);
    if (written != GAN_STATUS_OK) return written;
    if (stopped || list->failed == 0) return status;
    return gan__fail(GAN_STATUS_DEVICE_FAILED,
                     "%zu of %zu devices failed their self-test (%s); choose another with --device",
                     list->failed, count, list->failed_name);
}

// --device names the one to tune; without it every device is tuned.
static gan_status find_tuned(device_list *list) {
    const char *given = gan__tool_device(list->inspection->call);
    gan_device *device;
    if (gan__options_given(list->inspection->call->options, "tune") == 0 || !given)
        return GAN_STATUS_OK;
    GAN_TRY(gan_device_open(given, &device));
    const gan_device_info *info = gan_device_get_info(device);
    snprintf(list->tuned, sizeof list->tuned, "%u:%u", info->platform, info->device);
    gan_device_close(device);
    return GAN_STATUS_OK;
}

gan_status gan__inspect_devices(const gan_inspection *inspection) {
    gan_device_info *infos;
    size_t count;
    device_list list = {.inspection = inspection, .devices = json_array()};
    gan_status status = find_tuned(&list);
    if (status == GAN_STATUS_OK) status = gan_device_list(&infos, &count);
    if (status == GAN_STATUS_OK) {
        status = write_devices(&list, infos, count);
        gan_device_list_free(infos);
    }
    json_decref(list.devices);
    gan__text_destroy(&list.text);
    return status;
}
