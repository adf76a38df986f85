// The table of sets, and which of them is in force where.
//
// A work-group of the large kernel makes MWG x NWG of C with MDIMC x NDIMC work-items, KWG of K at
// a time; SA and SB say whether A and B pass through local memory, VWM and VWN how wide loads are.
// The direct kernel, which needs no copies of its operands, has the same with WGD for all three
// sides. Products of fewer than `border`^3 multiplications are the direct kernel's. (CLBlast's
// second large kernel, GEMMK = 1, is left out: versions up to 1.6.2 compute garbage by it without a
// word where MWG is not NWG.)
#include "runtime/clblast_parameters.h"

#include "runtime/device_state.h"

#include <clblast_c.h>
#include <pthread.h>
#include <string.h>

enum { LARGE = 16, DIRECT = 10, BORDER = 1, MOST_DEVICES = 64, UNKNOWN = 1 << 30 };

typedef struct parameter_set {
    const char *name;
    size_t large[LARGE], direct[DIRECT], border[BORDER];
} parameter_set;

static const char *large_names[LARGE] = {"GEMMK", "KREG",  "KWG",   "KWI", "MDIMA", "MDIMC",
                                         "MWG",   "NDIMB", "NDIMC", "NWG", "SA",    "SB",
                                         "STRM",  "STRN",  "VWM",   "VWN"};
static const char *direct_names[DIRECT] = {"KWID", "MDIMAD", "MDIMCD", "NDIMBD", "NDIMCD",
                                           "PADA", "PADB",   "VWMD",   "VWND",   "WGD"};
static const char *border_names[BORDER] = {"XGEMM_MIN_INDIRECT_SIZE"};

// clang-format off
static const parameter_set sets[] = {
    {.name = "own"},
    {"64x64",     {0, 1, 16, 2, 16, 16,  64, 16, 16,  64, 1, 1, 0, 0, 4, 4}, {2,  8,  8, 8, 8, 1, 1, 4, 4, 32},  {384}},
    {"128x128",   {0, 1, 16, 2, 16, 16, 128, 16, 16, 128, 1, 1, 0, 0, 4, 4}, {2,  8,  8, 8, 8, 1, 1, 4, 4, 32},  {384}},
    {"128x64",    {0, 1, 16, 2, 16, 16, 128,  8,  8,  64, 1, 1, 0, 0, 4, 4}, {2, 16, 16, 8, 8, 1, 1, 2, 4, 32},  {256}},
    {"32x32",     {0, 1, 16, 2,  8,  8,  32,  8,  8,  32, 1, 1, 0, 0, 4, 4}, {2,  8,  8, 8, 8, 1, 1, 2, 2, 16},  {384}},
    {"registers", {0, 1, 32, 2,  8,  8,  64,  8,  8,  64, 0, 0, 0, 0, 4, 4}, {2,  8,  8, 8, 8, 1, 1, 4, 4, 32},  {384}},
    {"direct",    {0, 1, 16, 2, 16, 16,  64, 16, 16,  64, 1, 1, 0, 0, 4, 4}, {2, 16, 16, 8, 8, 1, 1, 2, 4, 32}, {1024}},
    {"large",     {0, 1, 16, 2, 16, 16,  64, 16, 16,  64, 1, 1, 0, 0, 4, 4}, {2,  8,  8, 8, 8, 1, 1, 2, 2, 16},  {128}},
};
// clang-format on

size_t gan__clblast_set_count(void) {
    return sizeof sets / sizeof *sets;
}

const char *gan__clblast_set_name(size_t set) {
    return sets[set].name;
}

bool gan__clblast_set_find(const char *name, size_t *set) {
    for (*set = 0; *set < gan__clblast_set_count(); (*set)++)
        if (strcmp(sets[*set].name, name) == 0) return true;
    return false;
}

// --- What is in force ----------------------------------------------------------------------------

// CLBlast's state is the process's and cannot be asked for, so what is known of it is too.
static struct {
    pthread_mutex_t lock;
    size_t count;
    struct {
        cl_device_id device;
        size_t set; // UNKNOWN: replaced in part
    } devices[MOST_DEVICES];
} in_force = {.lock = PTHREAD_MUTEX_INITIALIZER};

// Where the set of a device is written down; NULL where there is no room.
static size_t *place_of(cl_device_id device) {
    for (size_t i = 0; i < in_force.count; i++)
        if (in_force.devices[i].device == device) return &in_force.devices[i].set;
    if (in_force.count == MOST_DEVICES) return NULL;
    in_force.devices[in_force.count].device = device;
    in_force.devices[in_force.count].set = 0;
    return &in_force.devices[in_force.count++].set;
}

static gan_status override(const gan_device *device, const char *kernel, size_t count,
                           const char **names, const size_t *values) {
    CLBlastStatusCode code =
        CLBlastOverrideParameters(device->id, kernel, CLBlastPrecisionSingle, count, names, values);
    if (code == CLBlastSuccess) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_DEVICE_FAILED,
                     "CLBlastOverrideParameters of %s answers %d on %s (see clblast_c.h): leave "
                     "tuning aside with CLGAN_TUNING=off",
                     kernel, (int)code, device->info.name);
}

static gan_status replace(const gan_device *device, const parameter_set *set) {
    GAN_TRY(override(device, "Xgemm", LARGE, large_names, set->large));
    GAN_TRY(override(device, "XgemmDirect", DIRECT, direct_names, set->direct));
    return override(device, "GemmRoutine", BORDER, border_names, set->border);
}

static gan_status put_in_force(const gan_device *device, size_t set) {
    size_t *now = place_of(device->id);
    if (now && *now == set) return GAN_STATUS_OK;
    if (!now)
        return gan__fail(GAN_STATUS_FAILED, "more than %d devices use CLBlast in one process",
                         (int)MOST_DEVICES);
    if (set == 0)
        return gan__fail(GAN_STATUS_FAILED,
                         "CLBlast's own parameters on %s have been replaced in this process and "
                         "cannot be put back: start the program anew",
                         device->info.name);
    *now = UNKNOWN;
    GAN_TRY(replace(device, &sets[set]));
    *now = set;
    return GAN_STATUS_OK;
}

gan_status gan__clblast_begin(const gan_device *device, size_t set) {
    pthread_mutex_lock(&in_force.lock);
    gan_status status = put_in_force(device, set);
    if (status != GAN_STATUS_OK) pthread_mutex_unlock(&in_force.lock);
    return status;
}

void gan__clblast_end(void) {
    pthread_mutex_unlock(&in_force.lock);
}
