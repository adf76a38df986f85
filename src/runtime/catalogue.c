// Asks every platform for its devices, and every device for what it says of itself. Opens nothing.
#include "runtime/catalogue.h"

#include "base/memory.h"

#include <string.h>

#define MOST_PLATFORMS 64
#define MOST_DEVICES   256 // on one platform

static const char install_advice[] =
    "install an OpenCL driver: pocl-opencl-icd (any CPU), mesa-opencl-icd or ROCm (AMD), "
    "intel-opencl-icd (Intel), or NVIDIA's own driver; then `clinfo -l` lists it";

// --- What a device says of itself; what it does not say stays 0 or "" ----------------------------

static void platform_text(cl_platform_id platform, cl_platform_info what, char text[128]) {
    char whole[4096] = "";
    if (clGetPlatformInfo(platform, what, sizeof whole, whole, NULL) != CL_SUCCESS) return;
    whole[sizeof whole - 1] = 0;
    memcpy(text, whole, 127);
    text[127] = 0;
}

// Without the spaces that some drivers put around their names.
static void device_text(cl_device_id id, cl_device_info what, char *text, size_t size) {
    char whole[16384] = "";
    if (clGetDeviceInfo(id, what, sizeof whole, whole, NULL) != CL_SUCCESS) return;
    whole[sizeof whole - 1] = 0;
    const char *start = whole + strspn(whole, " ");
    size_t length = strlen(start);
    while (length > 0 && start[length - 1] == ' ') length--;
    if (length > size - 1) length = size - 1;
    memcpy(text, start, length);
    text[length] = 0;
}

static uint32_t device_uint(cl_device_id id, cl_device_info what) {
    cl_uint value = 0;
    return clGetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS ? value : 0;
}

static uint64_t device_ulong(cl_device_id id, cl_device_info what) {
    cl_ulong value = 0;
    return clGetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS ? value : 0;
}

static uint64_t device_size(cl_device_id id, cl_device_info what) {
    size_t value = 0;
    return clGetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS ? value : 0;
}

static bool device_bool(cl_device_id id, cl_device_info what) {
    cl_bool value = CL_FALSE;
    return clGetDeviceInfo(id, what, sizeof value, &value, NULL) == CL_SUCCESS && value;
}

static gan_device_kind device_kind(cl_device_id id, const char *name) {
    // Mesa's software rasteriser calls itself a GPU in some versions.
    if (strstr(name, "llvmpipe") || strstr(name, "softpipe")) return GAN_DEVICE_KIND_CPU;
    cl_device_type type = device_ulong(id, CL_DEVICE_TYPE);
    if (type & CL_DEVICE_TYPE_CPU) return GAN_DEVICE_KIND_CPU; // Oclgrind claims every type
    if (!(type & CL_DEVICE_TYPE_GPU)) return GAN_DEVICE_KIND_OTHER;
    return device_bool(id, CL_DEVICE_HOST_UNIFIED_MEMORY) ? GAN_DEVICE_KIND_GPU_INTEGRATED
                                                          : GAN_DEVICE_KIND_GPU_DISCRETE;
}

static void describe(cl_platform_id platform, cl_device_id id, gan_device_info *info) {
    char extensions[16384] = "";
    platform_text(platform, CL_PLATFORM_NAME, info->platform_name);
    device_text(id, CL_DEVICE_NAME, info->name, sizeof info->name);
    device_text(id, CL_DRIVER_VERSION, info->driver, sizeof info->driver);
    device_text(id, CL_DEVICE_VERSION, info->version, sizeof info->version);
    device_text(id, CL_DEVICE_EXTENSIONS, extensions, sizeof extensions);
    info->kind = device_kind(id, info->name);
    info->compute_units = device_uint(id, CL_DEVICE_MAX_COMPUTE_UNITS);
    info->clock_mhz = device_uint(id, CL_DEVICE_MAX_CLOCK_FREQUENCY);
    info->memory_bytes = device_ulong(id, CL_DEVICE_GLOBAL_MEM_SIZE);
    info->max_allocation_bytes = device_ulong(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    info->local_memory_bytes = device_ulong(id, CL_DEVICE_LOCAL_MEM_SIZE);
    info->max_work_group = device_size(id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    info->fp16 = strstr(extensions, "cl_khr_fp16") != NULL;
    info->fp64 = strstr(extensions, "cl_khr_fp64") != NULL;
    info->subgroups = strstr(extensions, "cl_khr_subgroups") != NULL ||
                      strstr(extensions, "cl_intel_subgroups") != NULL;
}

// --- Walking the platforms -----------------------------------------------------------------------

typedef struct catalogue {
    gan_device_info *infos;
    gan_catalogue_entry *entries;
    size_t count;
} catalogue;

static gan_status grow(catalogue *all, size_t more) {
    void *infos = all->infos, *entries = all->entries;
    gan_status status = gan__realloc(all->count + more, sizeof *all->infos, &infos);
    all->infos = infos;
    if (status != GAN_STATUS_OK) return status;
    status = gan__realloc(all->count + more, sizeof *all->entries, &entries);
    all->entries = entries;
    return status;
}

static gan_status read_platform(cl_platform_id platform, unsigned index, catalogue *all) {
    cl_device_id ids[MOST_DEVICES];
    cl_uint count = 0;
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, MOST_DEVICES, ids, &count) != CL_SUCCESS)
        return GAN_STATUS_OK;
    if (count > MOST_DEVICES) count = MOST_DEVICES;
    if (count == 0) return GAN_STATUS_OK;
    GAN_TRY(grow(all, count));
    for (unsigned i = 0; i < count; i++) {
        gan_device_info info = {.platform = index, .device = i};
        describe(platform, ids[i], &info);
        all->infos[all->count] = info;
        all->entries[all->count++] = (gan_catalogue_entry){platform, ids[i]};
    }
    return GAN_STATUS_OK;
}

gan_status gan__catalogue_read(gan_device_info **infos, gan_catalogue_entry **entries,
                               size_t *count) {
    *infos = NULL;
    *entries = NULL;
    *count = 0;
    cl_platform_id platforms[MOST_PLATFORMS];
    cl_uint platform_count = 0;
    cl_int error = clGetPlatformIDs(MOST_PLATFORMS, platforms, &platform_count);
    if (error != CL_SUCCESS || platform_count == 0)
        return gan__fail(GAN_STATUS_NO_DEVICE, "no OpenCL platform (%s): %s",
                         gan__cl_error_name(error), install_advice);
    if (platform_count > MOST_PLATFORMS) platform_count = MOST_PLATFORMS;
    catalogue all = {0};
    gan_status status = GAN_STATUS_OK;
    for (unsigned i = 0; i < platform_count && status == GAN_STATUS_OK; i++)
        status = read_platform(platforms[i], i, &all);
    if (status == GAN_STATUS_OK && all.count == 0)
        status = gan__fail(GAN_STATUS_NO_DEVICE, "none of the %u OpenCL platforms has a device: %s",
                           (unsigned)platform_count, install_advice);
    if (status != GAN_STATUS_OK) {
        gan__free(all.infos);
        gan__free(all.entries);
        return status;
    }
    *infos = all.infos;
    *entries = all.entries;
    *count = all.count;
    return GAN_STATUS_OK;
}

gan_status gan_device_list(gan_device_info **infos, size_t *count) {
    gan_catalogue_entry *entries = NULL;
    GAN_TRY(gan__catalogue_read(infos, &entries, count));
    gan__free(entries);
    return GAN_STATUS_OK;
}

void gan_device_list_free(gan_device_info *infos) {
    gan__free(infos);
}
