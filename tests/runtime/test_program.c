// Programs: completed, kept in memory and on disk, dumped, and reported when they do not compile.
//
// clgan keeps no binaries of its own where the driver does (PoCL); here it is made to, since every
// driver can give its binaries and take them back.
#include "runtime/device_fixture.h"

#include "base/file.h"
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char source[] = "kernel void three(global float *x, const uint x0) {\n"
                             "    x[x0] = 3.0f;\n"
                             "}\n";

static char folder[] = "/tmp/clgan-test-program-XXXXXX";

static void remove_files(const char *part) {
    char path[512], **names = NULL;
    size_t count = 0;
    snprintf(path, sizeof path, "%s/%s", folder, part);
    if (gan__folder_list(path, &names, &count) != GAN_STATUS_OK) return;
    for (size_t i = 0; i < count; i++) {
        char file[1024];
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        remove(file);
        gan__free(names[i]);
    }
    gan__free(names);
    rmdir(path);
}

static int open_with_empty_cache(void **state) {
    remove_files("programs");
    remove_files("failed");
    remove_files("dump");
    if (open_device(state) != 0) return -1;
    device->keeps_binaries = true;
    return 0;
}

static void reopen(void) {
    gan_device_close(device);
    assert_int_equal(open_device(NULL), 0);
    device->keeps_binaries = true;
}

// The only file in a part of the cache's folder.
static void only_file(const char *part, char path[1024]) {
    char whole[512], **names = NULL;
    size_t count = 0;
    snprintf(whole, sizeof whole, "%s/%s", folder, part);
    assert_ok(gan__folder_list(whole, &names, &count));
    assert_int_equal(count, 1);
    snprintf(path, 1024, "%s/%s", whole, names[0]);
    gan__free(names[0]);
    gan__free(names);
}

static void run_three(const char *options) {
    gan_buffer *buffer = make_buffer(4);
    const gan_argument argument = {.kind = GAN_ARGUMENT_KIND_BUFFER, .buffer = buffer};
    const gan_launch_desc desc = {.label = "three",
                                  .name = "three",
                                  .source = source,
                                  .options = options,
                                  .arguments = &argument,
                                  .argument_count = 1,
                                  .global = {1},
                                  .local = {1}};
    gan_launch *launch = NULL;
    assert_ok(gan__launch_create(device, &desc, &launch));
    assert_ok(gan__launch_enqueue(launch));
    float value = 0;
    assert_ok(gan__buffer_read(buffer, 0, 4, &value));
    assert_true(value == 3.0f);
    gan__launch_destroy(launch);
    gan__buffer_destroy(buffer);
}

static void assert_builds(uint64_t builds, uint64_t hits) {
    assert_int_equal(counters().builds, builds);
    assert_int_equal(counters().build_cache_hits, hits);
}

static void a_program_is_compiled_once_for_each_source_and_options(void **state) {
    (void)state;
    run_three(NULL);
    assert_builds(1, 0);
    run_three(NULL);
    assert_builds(1, 1);
    run_three("-DSOMETHING=1");
    assert_builds(2, 1);
    run_three("-DSOMETHING=1");
    assert_builds(2, 2);
}

static void the_next_run_takes_the_program_from_disk(void **state) {
    (void)state;
    char path[1024];
    run_three(NULL);
    only_file("programs", path);
    reopen();
    run_three(NULL);
    assert_builds(0, 1);
}

static void devices_whose_driver_keeps_programs_leave_no_file(void **state) {
    (void)state;
    device->keeps_binaries = false;
    run_three(NULL);
    assert_builds(1, 0);
    char path[512];
    snprintf(path, sizeof path, "%s/programs", folder);
    assert_false(gan__file_exists(path));
}

static void with_the_cache_off_nothing_is_kept(void **state) {
    (void)state;
    setenv("CLGAN_CACHE_DIR", "off", 1);
    run_three(NULL);
    reopen();
    run_three(NULL);
    assert_builds(1, 0);
    setenv("CLGAN_CACHE_DIR", folder, 1);
}

static void an_unwritable_cache_is_passed_over(void **state) {
    (void)state;
    setenv("CLGAN_CACHE_DIR", "/proc/nothing/can/be/made/here", 1);
    run_three(NULL);
    assert_builds(1, 0);
    setenv("CLGAN_CACHE_DIR", folder, 1);
}

// Damages the file with `damage` and expects it to be compiled anew, and mended.
static void assert_mended(void (*damage)(uint8_t *bytes, size_t *length)) {
    char path[1024];
    uint8_t *bytes = NULL;
    size_t length = 0;
    only_file("programs", path);
    assert_ok(gan__file_read(path, (size_t)1 << 30, &bytes, &length));
    damage(bytes, &length);
    assert_ok(gan__file_write(path, bytes, length));
    gan__free(bytes);
    reopen();
    run_three(NULL);
    assert_builds(1, 0);
    reopen();
    run_three(NULL);
    assert_builds(0, 1);
}

static void cut_in_half(uint8_t *bytes, size_t *length) {
    (void)bytes;
    *length /= 2;
}

static void cut_to_nothing(uint8_t *bytes, size_t *length) {
    (void)bytes;
    *length = 0;
}

static void flip_in_the_binary(uint8_t *bytes, size_t *length) {
    bytes[*length - 3] ^= 0x10;
}

static void flip_in_a_length(uint8_t *bytes, size_t *length) {
    (void)length;
    bytes[15] ^= 0x80;
}

// As if another version of clgan had written it: the key begins "clgan 0.1.0".
static void change_the_version(uint8_t *bytes, size_t *length) {
    (void)length;
    assert_memory_equal(bytes + 32, "clgan " CLGAN_VERSION, strlen("clgan " CLGAN_VERSION));
    bytes[32 + strlen("clgan ")] = '9';
}

static void damaged_and_foreign_files_are_compiled_anew_and_mended(void **state) {
    (void)state;
    run_three(NULL);
    assert_mended(cut_in_half);
    assert_mended(cut_to_nothing);
    assert_mended(flip_in_the_binary);
    assert_mended(flip_in_a_length);
    assert_mended(change_the_version);
}

// --- What is compiled ----------------------------------------------------------------------------

static size_t occurrences(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) count++;
    return count;
}

static void a_source_gets_the_lanes_the_prelude_and_what_it_asks_for_once(void **state) {
    (void)state;
    gan_text text = {0};
    assert_ok(
        gan__program_complete(device, "//@use philox\n//@use philox\nint x;\n", false, &text));
    const char *whole = gan__text_string(&text);
    assert_memory_equal(whole, "#define GAN_LANES ", 18);
    assert_int_equal(occurrences(whole, "gan_lanes_sum(const"), 1);
    assert_int_equal(occurrences(whole, "void gan_philox("), 1);
    assert_true(strstr(whole, "gan_lanes_sum") < strstr(whole, "void gan_philox("));
    assert_string_equal(whole + text.length - strlen("int x;\n"), "int x;\n");
    gan__text_destroy(&text);
    assert_ok(gan__program_complete(device, "int x; //@use philox\n", false, &text));
    assert_int_equal(occurrences(gan__text_string(&text), "void gan_philox("), 0);
    gan__text_destroy(&text);
    assert_fails(gan__program_complete(device, "//@use nonsense\n", false, &text),
                 GAN_STATUS_BAD_ARGUMENT, "cl/nonsense.cl");
    gan__text_destroy(&text);
}

static void every_part_of_cl_compiles_by_itself(void **state) {
    (void)state;
    static const char *const parts[] = {"//@use philox\n", "//@use functions\n", "//@use lanes\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char whole[256];
        cl_program program;
        snprintf(whole, sizeof whole, "%s%s", parts[i], source);
        assert_ok(gan__program_get(device, whole, NULL, "three", &program));
    }
    assert_int_equal(counters().build_retries, 0);
}

// Nothing declares hypot for PoCL; elsewhere nothing has to.
static void a_program_may_call_what_clgan_does_not_declare(void **state) {
    (void)state;
    const char calls[] = "kernel void three(global float *x, const uint x0) {\n"
                         "    x[x0] = hypot(x[x0], 2.0f);\n"
                         "}\n";
    cl_program program;
    assert_ok(gan__program_get(device, calls, NULL, "three", &program));
    assert_int_equal(counters().build_retries, device->declares_functions);
    assert_ok(gan__program_get(device, source, NULL, "three", &program));
    assert_int_equal(counters().build_retries, device->declares_functions);
}

static void a_folder_for_dumps_receives_each_whole_source_once(void **state) {
    (void)state;
    char dump[512], path[1024];
    snprintf(dump, sizeof dump, "%s/dump", folder);
    setenv("CLGAN_DUMP_KERNELS", dump, 1);
    run_three("-DA");
    reopen();
    run_three("-DA");
    unsetenv("CLGAN_DUMP_KERNELS");
    only_file("dump", path);
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    assert_memory_equal(bytes, "// -cl-std=CL1.2 -DA\n#define GAN_LANES ", 39);
    assert_non_null(strstr((char *)bytes, source));
    gan__free(bytes);
}

static void a_program_that_does_not_compile_is_reported_with_its_log(void **state) {
    (void)state;
    const char broken[] = "kernel void broken(global float *x) { x[0] = undeclared_thing; }\n";
    const gan_launch_desc desc = {
        .label = "layer 3", .name = "broken", .source = broken, .global = {1}, .local = {1}};
    gan_launch *launch = NULL;
    char path[1024];
    assert_fails(gan__launch_create(device, &desc, &launch), GAN_STATUS_BUILD_FAILED,
                 "layer 3: kernel broken does not compile on ");
    assert_non_null(strstr(gan_status_message(), gan_device_get_info(device)->name));
    assert_non_null(strstr(gan_status_message(), "undeclared_thing"));
    only_file("failed", path);
    assert_non_null(strstr(gan_status_message(), path));
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_ok(gan__file_read(path, 1 << 20, &bytes, &length));
    assert_non_null(strstr((char *)bytes, broken));
    assert_non_null(strstr((char *)bytes, "gan_lanes_sum"));
    assert_true(occurrences((char *)bytes, "undeclared_thing") >= 2); // the log's too
    gan__free(bytes);
    run_three(NULL); // the device goes on
}

int main(void) {
    if (!mkdtemp(folder)) return 1;
    setenv("CLGAN_CACHE_DIR", folder, 1);
#define OPENED(test) cmocka_unit_test_setup_teardown(test, open_with_empty_cache, close_device)
    const struct CMUnitTest tests[] = {
        OPENED(a_program_is_compiled_once_for_each_source_and_options),
        OPENED(the_next_run_takes_the_program_from_disk),
        OPENED(devices_whose_driver_keeps_programs_leave_no_file),
        OPENED(with_the_cache_off_nothing_is_kept),
        OPENED(an_unwritable_cache_is_passed_over),
        OPENED(damaged_and_foreign_files_are_compiled_anew_and_mended),
        OPENED(a_source_gets_the_lanes_the_prelude_and_what_it_asks_for_once),
        OPENED(every_part_of_cl_compiles_by_itself),
        OPENED(a_program_may_call_what_clgan_does_not_declare),
        OPENED(a_folder_for_dumps_receives_each_whole_source_once),
        OPENED(a_program_that_does_not_compile_is_reported_with_its_log),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove_files("programs");
    remove_files("failed");
    remove_files("dump");
    rmdir(folder);
    return failed;
}
