// The real devices of this machine: listed, opened, described, tested; and a machine with none.
#include "runtime/device_fixture.h"

#include "runtime/device_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// Runs `body` in a process of its own with an environment variable set, before the OpenCL loader
// has looked; gives back what it wrote.
static void in_child(const char *name, const char *value, void (*body)(FILE *out), char *heard,
                     size_t size) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv(name, value, 1);
        FILE *out = fdopen(ends[1], "w");
        if (out) body(out);
        if (out) fflush(out);
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while (length < size - 1 && (got = read(ends[0], heard + length, size - 1 - length)) > 0)
        length += (size_t)got;
    heard[length] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void list_and_open(FILE *out) {
    gan_device_info *infos = NULL;
    size_t count = 0;
    fprintf(out, "list: %s: ", gan_status_name(gan_device_list(&infos, &count)));
    fprintf(out, "%s\n", gan_status_message());
    gan_device_list_free(infos);
    gan_device *opened = NULL;
    fprintf(out, "open: %s", gan_status_name(gan_device_open("auto", &opened)));
    gan_device_close(opened);
}

static void a_machine_without_drivers_is_told_what_to_install(void **state) {
    (void)state;
    char heard[2048];
    if (getenv("OCLGRIND_LOG") || getenv("LD_PRELOAD")) skip(); // Oclgrind brings its own driver
    in_child("OCL_ICD_VENDORS", "/nonexistent", list_and_open, heard, sizeof heard);
    assert_non_null(strstr(heard, "list: NO_DEVICE: no OpenCL platform"));
    assert_non_null(strstr(heard, "pocl-opencl-icd"));
    assert_non_null(strstr(heard, "open: NO_DEVICE"));
}

static void open_by_environment(FILE *out) {
    gan_device *opened = NULL;
    fprintf(out, "%s: ", gan_status_name(gan_device_open(NULL, &opened)));
    fprintf(out, "%s", gan_status_message());
    gan_device_close(opened);
}

static void the_environment_names_the_device_when_nothing_else_does(void **state) {
    (void)state;
    char heard[4096];
    in_child("CLGAN_DEVICE", "no such device", open_by_environment, heard, sizeof heard);
    assert_non_null(strstr(heard, "NO_DEVICE: no OpenCL device matches 'no such device'"));
    in_child("CLGAN_DEVICE", "", open_by_environment, heard, sizeof heard);
    assert_non_null(strstr(heard, "OK: "));
}

static void open_and_print_lanes(FILE *out) {
    gan_device *opened = NULL;
    if (gan_device_open(NULL, &opened) != GAN_STATUS_OK) {
        fprintf(out, "%s", gan_status_message());
        return;
    }
    const gan_device_traits *traits = gan__device_traits(opened);
    fprintf(out, "lanes %u cpu %d group %u", traits->lanes, traits->is_cpu, traits->work_group);
    gan_device_close(opened);
}

static void the_environment_forces_lanes_of_1_or_16(void **state) {
    (void)state;
    char heard[4096];
    in_child("CLGAN_LANES", "1", open_and_print_lanes, heard, sizeof heard);
    assert_string_equal(heard, "lanes 1 cpu 0 group 256");
    in_child("CLGAN_LANES", "16", open_and_print_lanes, heard, sizeof heard);
    assert_string_equal(heard, "lanes 16 cpu 1 group 1");
    in_child("CLGAN_LANES", "8", open_and_print_lanes, heard, sizeof heard);
    assert_string_equal(heard, "CLGAN_LANES is '8': it may be 1 or 16");
}

static void every_device_listed_opens_by_its_index_and_describes_itself_alike(void **state) {
    (void)state;
    gan_device_info *infos = NULL;
    size_t count = 0;
    assert_ok(gan_device_list(&infos, &count));
    assert_true(count >= 1);
    for (size_t i = 0; i < count; i++) {
        char spec[32];
        snprintf(spec, sizeof spec, "%u:%u", infos[i].platform, infos[i].device);
        gan_device *opened = NULL;
        assert_ok(gan_device_open(spec, &opened));
        assert_memory_equal(gan_device_get_info(opened), &infos[i], sizeof infos[i]);
        assert_true(infos[i].name[0] && infos[i].platform_name[0] && infos[i].version[0]);
        assert_true(infos[i].memory_bytes && infos[i].max_allocation_bytes);
        assert_true(infos[i].compute_units >= 1);
        const gan_device_traits *traits = gan__device_traits(opened);
        assert_true(traits->max_work_group >= traits->work_group && traits->work_group >= 1);
        assert_true(traits->max_argument_bytes >= 1024);
        gan_device_close(opened);
    }
    gan_device_list_free(infos);
    gan_device_close(NULL);
}

static void a_working_device_passes_its_self_test(void **state) {
    (void)state;
    assert_ok(open_device(NULL) == 0 ? GAN_STATUS_OK : GAN_STATUS_FAILED);
    assert_ok(gan_device_self_test(device));
    assert_ok(gan_device_self_test(device));
    assert_int_equal(counters().bytes_allocated, 0);
    gan_device_close(device);
}

static void a_device_that_computes_wrongly_fails_its_self_test(void **state) {
    (void)state;
    assert_ok(open_device(NULL) == 0 ? GAN_STATUS_OK : GAN_STATUS_FAILED);
    // Half as many lanes as the code is told of: stands for a driver that drops work-items.
    uint32_t lanes = device->traits.lanes;
    assert_ok(gan_device_self_test(device)); // the programs are now built for `lanes`
    device->traits.lanes = lanes * 2;
    assert_fails(gan_device_self_test(device), GAN_STATUS_DEVICE_FAILED,
                 "computes wrongly: self-test 'arithmetic', element 5");
    device->traits.lanes = lanes;
    gan_device_close(device);
}

static void failed_calls_name_the_call_the_error_the_device_and_a_way_out(void **state) {
    (void)state;
    assert_ok(open_device(NULL) == 0 ? GAN_STATUS_OK : GAN_STATUS_FAILED);
    assert_fails(gan__cl_check(device, CL_INVALID_KERNEL_ARGS, "clEnqueueNDRangeKernel(a, b)"),
                 GAN_STATUS_DEVICE_FAILED,
                 "clEnqueueNDRangeKernel: CL_INVALID_KERNEL_ARGS (-52) on ");
    assert_non_null(strstr(gan_status_message(), gan_device_get_info(device)->name));
    static const cl_int memory[] = {CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES,
                                    CL_OUT_OF_HOST_MEMORY};
    for (size_t i = 0; i < 3; i++)
        assert_fails(gan__cl_check(device, memory[i], "clFinish"), GAN_STATUS_DEVICE_MEMORY,
                     gan__cl_error_name(memory[i]));
    assert_fails(gan__cl_check(NULL, -9999, "clFinish"), GAN_STATUS_DEVICE_FAILED,
                 "unknown error (-9999)");
    assert_ok(gan__cl_check(device, CL_SUCCESS, "clFinish"));
    assert_string_equal(gan__cl_error_name(-1001), "CL_PLATFORM_NOT_FOUND_KHR");
    gan_device_close(device);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_without_drivers_is_told_what_to_install), // first: see in_child
        cmocka_unit_test(the_environment_names_the_device_when_nothing_else_does),
        cmocka_unit_test(the_environment_forces_lanes_of_1_or_16),
        cmocka_unit_test(every_device_listed_opens_by_its_index_and_describes_itself_alike),
        cmocka_unit_test(a_working_device_passes_its_self_test),
        cmocka_unit_test(a_device_that_computes_wrongly_fails_its_self_test),
        cmocka_unit_test(failed_calls_name_the_call_the_error_the_device_and_a_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
