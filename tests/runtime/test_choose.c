// Which device a --device SPEC means, on machines made up for the purpose.
#include "runtime/device_fixture.h"

#include "runtime/catalogue.h"

#define GIB ((uint64_t)1 << 30)

static const gan_device_info pocl = {.platform = 0,
                                     .platform_name = "Portable Computing Language",
                                     .name = "cpu-haswell-AMD Ryzen",
                                     .version = "OpenCL 3.0 PoCL",
                                     .kind = GAN_DEVICE_KIND_CPU,
                                     .memory_bytes = 16 * GIB};
static const gan_device_info llvmpipe = {.platform = 1,
                                         .platform_name = "rusticl",
                                         .name = "llvmpipe (LLVM 15)",
                                         .version = "OpenCL 3.0",
                                         .kind = GAN_DEVICE_KIND_CPU,
                                         .memory_bytes = 32 * GIB};
static const gan_device_info uhd = {.platform = 2,
                                    .platform_name = "Intel(R) OpenCL Graphics",
                                    .name = "Intel(R) UHD Graphics 770",
                                    .version = "OpenCL 3.0 NEO",
                                    .kind = GAN_DEVICE_KIND_GPU_INTEGRATED,
                                    .memory_bytes = 24 * GIB};
static const gan_device_info radeon = {.platform = 3,
                                       .platform_name = "AMD Accelerated Parallel Processing",
                                       .name = "gfx1100",
                                       .version = "OpenCL 2.1",
                                       .kind = GAN_DEVICE_KIND_GPU_DISCRETE,
                                       .memory_bytes = 8 * GIB};
static const gan_device_info larger = {.platform = 3,
                                       .device = 1,
                                       .platform_name = "AMD Accelerated Parallel Processing",
                                       .name = "gfx90a",
                                       .version = "OpenCL 2.1",
                                       .kind = GAN_DEVICE_KIND_GPU_DISCRETE,
                                       .memory_bytes = 64 * GIB};
static const gan_device_info mesa_radeon = {.platform = 1,
                                            .platform_name = "rusticl",
                                            .name = "AMD Radeon RX 7900",
                                            .version = "OpenCL 3.0",
                                            .kind = GAN_DEVICE_KIND_GPU_DISCRETE,
                                            .memory_bytes = 24 * GIB};
static const gan_device_info clover = {.platform = 4,
                                       .platform_name = "Clover",
                                       .name = "AMD TURKS",
                                       .version = "OpenCL 1.1 Mesa 22.3.6",
                                       .kind = GAN_DEVICE_KIND_GPU_DISCRETE,
                                       .memory_bytes = 1 * GIB};
static const gan_device_info fpga = {.platform = 5,
                                     .platform_name = "Emulation",
                                     .name = "FPGA",
                                     .version = "OpenCL 1.2",
                                     .kind = GAN_DEVICE_KIND_OTHER,
                                     .memory_bytes = 128 * GIB};

#define CHOSEN(spec, ...)                                                                          \
    chosen((spec), (const gan_device_info[]){__VA_ARGS__},                                         \
           sizeof((const gan_device_info[]){__VA_ARGS__}) / sizeof(gan_device_info))

// The chosen device's name.
static const char *chosen(const char *spec, const gan_device_info *infos, size_t count) {
    static char name[128];
    size_t index = 0;
    assert_ok(gan__catalogue_choose(infos, count, spec, &index));
    memcpy(name, infos[index].name, sizeof name);
    return name;
}

static void auto_takes_a_discrete_gpu_then_an_integrated_then_a_cpu(void **state) {
    (void)state;
    assert_string_equal(CHOSEN("auto", fpga, pocl, uhd, radeon), radeon.name);
    assert_string_equal(CHOSEN("auto", fpga, pocl, uhd), uhd.name);
    assert_string_equal(CHOSEN("auto", fpga, pocl), pocl.name);
    assert_string_equal(CHOSEN("auto", fpga), fpga.name);
    assert_string_equal(CHOSEN("", pocl, uhd), uhd.name);
}

static void among_equals_the_vendors_driver_and_the_larger_memory_come_first(void **state) {
    (void)state;
    assert_string_equal(CHOSEN("auto", llvmpipe, pocl), pocl.name);
    assert_string_equal(CHOSEN("auto", mesa_radeon, radeon), radeon.name);
    assert_string_equal(CHOSEN("auto", radeon, larger), larger.name);
    assert_string_equal(CHOSEN("auto", pocl, pocl), pocl.name);
}

static void a_device_older_than_opencl_1_2_comes_last_and_is_refused(void **state) {
    (void)state;
    assert_string_equal(CHOSEN("auto", clover, pocl), pocl.name);
    assert_string_equal(CHOSEN("gpu", clover, uhd), uhd.name);
    size_t index;
    const gan_device_info infos[] = {clover};
    assert_fails(gan__catalogue_choose(infos, 1, "auto", &index), GAN_STATUS_NO_DEVICE,
                 "AMD TURKS (Clover) speaks OpenCL 1.1 Mesa 22.3.6; clgan needs OpenCL 1.2");
}

static void cpu_and_gpu_take_the_best_of_their_kind(void **state) {
    (void)state;
    assert_string_equal(CHOSEN("cpu", llvmpipe, uhd, radeon, pocl), pocl.name);
    assert_string_equal(CHOSEN("gpu", pocl, uhd, mesa_radeon, larger), larger.name);
    assert_string_equal(CHOSEN("GPU", pocl, uhd), uhd.name);
}

static void an_index_names_platform_and_device(void **state) {
    (void)state;
    assert_string_equal(CHOSEN("3:0", pocl, radeon, larger), radeon.name);
    assert_string_equal(CHOSEN("3:1", pocl, radeon, larger), larger.name);
    assert_string_equal(CHOSEN("0:0", larger, pocl), pocl.name);
}

static void a_part_of_a_name_in_any_case_names_a_device(void **state) {
    (void)state;
    assert_string_equal(CHOSEN("rUsTiCl", pocl, llvmpipe), llvmpipe.name);
    assert_string_equal(CHOSEN("GFX90", pocl, radeon, larger), larger.name);
    assert_string_equal(CHOSEN("uhd graphics", pocl, uhd, radeon), uhd.name);
}

static void no_match_lists_every_device(void **state) {
    (void)state;
    const gan_device_info infos[] = {pocl, radeon, larger};
    size_t index;
    static const char *const specs[] = {"nvidia", "7:0", "3:2", "3:", ":0", "3:0x", "gfx 1100"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        assert_fails(gan__catalogue_choose(infos, 3, specs[i], &index), GAN_STATUS_NO_DEVICE,
                     specs[i]);
        assert_non_null(strstr(gan_status_message(), "0:0  cpu-haswell-AMD Ryzen (Portable"));
        assert_non_null(strstr(gan_status_message(), "3:1  gfx90a (AMD Acc"));
    }
    assert_fails(gan__catalogue_choose(infos, 1, "gpu", &index), GAN_STATUS_NO_DEVICE,
                 "no OpenCL device matches 'gpu'");
}

static void several_matches_of_a_name_list_those_alone(void **state) {
    (void)state;
    const gan_device_info infos[] = {pocl, radeon, larger};
    size_t index;
    assert_fails(gan__catalogue_choose(infos, 3, "gfx", &index), GAN_STATUS_NO_DEVICE,
                 "'gfx' matches 2 OpenCL devices");
    assert_non_null(strstr(gan_status_message(), "3:0  gfx1100"));
    assert_non_null(strstr(gan_status_message(), "3:1  gfx90a"));
    assert_null(strstr(gan_status_message(), "haswell"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auto_takes_a_discrete_gpu_then_an_integrated_then_a_cpu),
        cmocka_unit_test(among_equals_the_vendors_driver_and_the_larger_memory_come_first),
        cmocka_unit_test(a_device_older_than_opencl_1_2_comes_last_and_is_refused),
        cmocka_unit_test(cpu_and_gpu_take_the_best_of_their_kind),
        cmocka_unit_test(an_index_names_platform_and_device),
        cmocka_unit_test(a_part_of_a_name_in_any_case_names_a_device),
        cmocka_unit_test(no_match_lists_every_device),
        cmocka_unit_test(several_matches_of_a_name_list_those_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
