// Opening and closing a device, its traits, its counters and its queue.
#include "base/memory.h"
#include "runtime/catalogue.h"
#include "runtime/device_state.h"
#include "runtime/program.h"
#include "runtime/timing.h"
#include "runtime/tuner_table.h"

#include <stdlib.h>
#include <string.h>

// --- What the driver says outside any call -------------------------------------------------------

static void CL_CALLBACK keep_notice(const char *text, const void *data, size_t bytes, void *user) {
    (void)data;
    (void)bytes;
    gan_device_notice *notice = user;
    pthread_mutex_lock(&notice->lock);
    size_t length = strlen(text);
    if (length > sizeof notice->text - 1) length = sizeof notice->text - 1;
    memcpy(notice->text, text, length);
    notice->text[length] = 0;
    pthread_mutex_unlock(&notice->lock);
}

void gan__device_take_notice(const gan_device *device, char text[GAN_DEVICE_NOTICE_SIZE]) {
    gan_device_notice *notice = device->notice;
    pthread_mutex_lock(&notice->lock);
    memcpy(text, notice->text, sizeof notice->text);
    notice->text[0] = 0;
    pthread_mutex_unlock(&notice->lock);
}

static gan_status create_notice(gan_device_notice **out) {
    void *notice = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_device_notice), &notice));
    *out = notice;
    pthread_mutex_init(&(*out)->lock, NULL);
    return GAN_STATUS_OK;
}

static void destroy_notice(gan_device_notice *notice) {
    if (!notice) return;
    pthread_mutex_destroy(&notice->lock);
    gan__free(notice);
}

// --- Opening -------------------------------------------------------------------------------------

// Mesa's llvmpipe runs on the CPU as a GPU does, a work-item a lane. Given float16 code it takes 60
// times as long to compile (7 s a kernel).
static bool wants_vectors(const gan_device_info *info) {
    return info->kind == GAN_DEVICE_KIND_CPU && !strstr(info->name, "llvmpipe");
}

static gan_status read_lanes(const gan_device_info *info, uint32_t *lanes) {
    const char *forced = getenv("CLGAN_LANES");
    *lanes = wants_vectors(info) ? 16 : 1;
    if (!forced || !*forced) return GAN_STATUS_OK;
    if (strcmp(forced, "1") != 0 && strcmp(forced, "16") != 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "CLGAN_LANES is '%s': it may be 1 or 16", forced);
    *lanes = forced[1] ? 16 : 1;
    return GAN_STATUS_OK;
}

static uint32_t max_argument_bytes(cl_device_id id) {
    size_t bytes = 0;
    clGetDeviceInfo(id, CL_DEVICE_MAX_PARAMETER_SIZE, sizeof bytes, &bytes, NULL);
    if (bytes < 256) return 256; // the least OpenCL allows, in its embedded profile
    return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

static bool is_pocl(const char *platform) {
    return strstr(platform, "Portable Computing Language") != NULL;
}

// PoCL wakes its threads for each launch, and gives those that have none left of one launch the
// next if it need not wait. Not measured on other drivers; GPUs fill themselves with one launch.
static bool should_overlap(const gan_device *device) {
    const char *wanted = getenv("CLGAN_OVERLAP");
    cl_command_queue_properties can = 0;
    clGetDeviceInfo(device->id, CL_DEVICE_QUEUE_PROPERTIES, sizeof can, &can, NULL);
    return is_pocl(device->info.platform_name) && device->info.kind == GAN_DEVICE_KIND_CPU &&
           device->info.compute_units > 1 && (can & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) &&
           !(wanted && strcmp(wanted, "off") == 0);
}

static gan_status read_traits(gan_device *device) {
    const gan_device_info *info = &device->info;
    gan_device_traits *traits = &device->traits;
    GAN_TRY(read_lanes(info, &traits->lanes));
    uint64_t most = info->max_work_group ? info->max_work_group : 1;
    traits->is_cpu = traits->lanes > 1;
    traits->compute_units = info->compute_units ? info->compute_units : 1;
    traits->overlaps = should_overlap(device);
    traits->max_work_group = most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
    traits->work_group = traits->is_cpu                 ? 1
                         : traits->max_work_group < 256 ? traits->max_work_group
                                                        : 256;
    traits->local_memory_bytes = info->local_memory_bytes;
    traits->memory_bytes = info->memory_bytes;
    traits->max_allocation_bytes = info->max_allocation_bytes;
    traits->max_argument_bytes = max_argument_bytes(device->id);
    return GAN_STATUS_OK;
}

// Drivers known to keep compiled programs themselves, or not to take binaries back reliably.
static bool should_keep_binaries(const char *platform) {
    return !is_pocl(platform) && !strstr(platform, "NVIDIA") && !strstr(platform, "Apple");
}

static bool should_declare_functions(const gan_device_info *info) {
    return is_pocl(info->platform_name) && info->kind == GAN_DEVICE_KIND_CPU;
}

// Apple's event times are in units of its own; llvmpipe's are a nanosecond apart whatever ran.
static bool do_events_tell_time(const gan_device_info *info) {
    return !strstr(info->platform_name, "Apple") && !strstr(info->name, "llvmpipe");
}

static gan_status create_queue(gan_device *device) {
    cl_int error = CL_SUCCESS;
    cl_command_queue_properties properties =
        device->profiling && device->events_tell_time ? CL_QUEUE_PROFILING_ENABLE : 0;
    device->queue = clCreateCommandQueue(device->context, device->id, properties, &error);
    return gan__cl_check(device, error, "clCreateCommandQueue");
}

static gan_status create_overlap_queue(gan_device *device) {
    cl_int error = CL_SUCCESS;
    if (!device->traits.overlaps) return GAN_STATUS_OK;
    device->overlap_queue = clCreateCommandQueue(device->context, device->id,
                                                 CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, &error);
    return gan__cl_check(device, error, "clCreateCommandQueue");
}

static gan_status open_entry(gan_device *device) {
    GAN_TRY(read_traits(device));
    GAN_TRY(create_notice(&device->notice));
    GAN_TRY(gan__programs_create(&device->programs));
    GAN_TRY(gan__timings_create(&device->timings));
    device->keeps_binaries = should_keep_binaries(device->info.platform_name);
    device->declares_functions = should_declare_functions(&device->info);
    device->events_tell_time = do_events_tell_time(&device->info);
    cl_context_properties properties[] = {CL_CONTEXT_PLATFORM,
                                          (cl_context_properties)device->platform, 0};
    cl_int error = CL_SUCCESS;
    device->context =
        clCreateContext(properties, 1, &device->id, keep_notice, device->notice, &error);
    GAN_TRY(gan__cl_check(device, error, "clCreateContext"));
    GAN_TRY(create_overlap_queue(device));
    return create_queue(device);
}

static const char *default_spec(void) {
    const char *spec = getenv("CLGAN_DEVICE");
    return spec && *spec ? spec : "auto";
}

gan_status gan_device_open(const char *spec, gan_device **out) {
    *out = NULL;
    gan_device_info *infos = NULL;
    gan_catalogue_entry *entries = NULL;
    size_t count = 0, index = 0;
    GAN_TRY(gan__catalogue_read(&infos, &entries, &count));
    void *memory = NULL;
    gan_status status = gan__catalogue_choose(infos, count, spec ? spec : default_spec(), &index);
    if (status == GAN_STATUS_OK) status = gan__alloc(1, sizeof(gan_device), &memory);
    gan_device *device = memory;
    if (status == GAN_STATUS_OK) {
        device->info = infos[index];
        device->platform = entries[index].platform;
        device->id = entries[index].id;
        status = open_entry(device);
    }
    gan__free(entries);
    gan_device_list_free(infos);
    if (status == GAN_STATUS_OK)
        *out = device;
    else
        gan_device_close(device);
    return status;
}

void gan_device_close(gan_device *device) {
    if (!device) return;
    if (device->overlap_queue) clFinish(device->overlap_queue);
    if (device->queue) clFinish(device->queue);
    if (device->gemm_release) device->gemm_release(device);
    gan__tuner_table_destroy(device->tuned);
    gan__timings_destroy(device->timings);
    gan__programs_destroy(device->programs);
    if (device->overlap_queue) clReleaseCommandQueue(device->overlap_queue);
    if (device->queue) clReleaseCommandQueue(device->queue);
    if (device->context) clReleaseContext(device->context);
    destroy_notice(device->notice);
    gan__free(device);
}

// --- Looking at it -------------------------------------------------------------------------------

const gan_device_info *gan_device_get_info(const gan_device *device) {
    return &device->info;
}

const gan_device_traits *gan__device_traits(const gan_device *device) {
    return &device->traits;
}

void gan__device_get_counters(const gan_device *device, gan_device_counters *out) {
    *out = device->counters;
}

void gan__device_reset_counters(gan_device *device) {
    uint64_t allocated = device->counters.bytes_allocated;
    device->counters = (gan_device_counters){.bytes_allocated = allocated};
}

// --- The queue -----------------------------------------------------------------------------------

gan_status gan__device_flush(gan_device *device) {
    GAN_CL(device, clFlush(device->queue));
    return GAN_STATUS_OK;
}

gan_status gan__device_finish(gan_device *device) {
    device->counters.host_syncs++;
    GAN_CL(device, clFinish(device->queue));
    device->drains++;
    gan__timings_resolve(device->timings);
    return GAN_STATUS_OK;
}

gan_status gan__device_set_profiling(gan_device *device, bool on) {
    if (device->profiling == on) return GAN_STATUS_OK;
    GAN_TRY(gan__device_finish(device));
    cl_command_queue before = device->queue;
    device->profiling = on;
    gan_status status = create_queue(device);
    if (status != GAN_STATUS_OK) {
        device->queue = before;
        device->profiling = !on;
        return status;
    }
    clReleaseCommandQueue(before);
    return GAN_STATUS_OK;
}

bool gan__device_profiling(const gan_device *device) {
    return device->profiling;
}
