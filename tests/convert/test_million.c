// A million tensors in a file of each format: opened within a bound of memory and of processor time
// that grows with their number, not with its square.
#include "files.h"

#include "base/bytes.h"
#include "base/zip.h"
#include "damage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

// Under sanitizers a tenth of it does.
enum { COUNT = DAMAGE_SANITIZED ? 100000 : 1000000, SECONDS_MAX = 20, SPAN = 1 << 16 };
#define ENTRY "\"t%zu\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[%zu,%zu]}"

static FILE *create(void) {
    FILE *file = fopen(files_path("million"), "wb");
    assert_non_null(file);
    return file;
}

static void put(FILE *file, const void *bytes, size_t length) {
    assert_int_equal(fwrite(bytes, 1, length, file), length);
}

static void make_safetensors(void) {
    FILE *file = create();
    uint8_t length[8] = {0};
    static const float zeros[SPAN];
    put(file, length, sizeof length);
    for (size_t i = 0; i < COUNT; i++)
        fprintf(file, "%c" ENTRY, i ? ',' : '{', i, 4 * i, 4 * i + 4);
    fputc('}', file);
    gan__put_u64(length, (uint64_t)ftell(file) - sizeof length);
    for (size_t left = COUNT; left > 0; left -= left < SPAN ? left : SPAN)
        put(file, zeros, 4 * (left < SPAN ? left : SPAN));
    rewind(file);
    put(file, length, sizeof length);
    fclose(file);
}

// Of each number the digits, as the writers below need its length first.
static int digits(size_t number, char text[24]) {
    return snprintf(text, 24, "t%zu", number);
}

static void put_varint(FILE *file, size_t value) {
    for (; value > 0x7f; value >>= 7) fputc((int)(value & 0x7f) | 0x80, file);
    fputc((int)value, file);
}

// ModelProto with GraphProto (field 7) of TensorProtos (field 5): type, name and four bytes.
static void make_onnx(void) {
    FILE *file = create();
    char name[24];
    size_t bytes = 0;
    for (size_t i = 0; i < COUNT; i++) bytes += 12 + (size_t)digits(i, name);
    put(file, "\x08\x08\x42\x04\x0a\x00\x10\x11\x3a", 9);
    put_varint(file, bytes);
    for (size_t i = 0; i < COUNT; i++) {
        const int length = digits(i, name);
        const char start[] = {0x2a, (char)(10 + length), 0x10, 1, 0x42, (char)length};
        put(file, start, sizeof start);
        put(file, name, (size_t)length);
        put(file, "\x4a\x04\0\0\x80\x3f", 6);
    }
    fclose(file);
}

// A pickle of a dictionary whose tensors are all the first element of one storage; globals are
// named once.
static void make_torch(void) {
    static const char first[] = "ctorch._utils\n_rebuild_tensor_v2\nq\1((X\7\0\0\0storage"
                                "ctorch\nFloatStorage\nq\2X\1\0\0\0"
                                "0X\3\0\0\0cpuK\1tQK\0))\x89}tR";
    static const char others[] = "h\1((X\7\0\0\0storageh\2X\1\0\0\0"
                                 "0X\3\0\0\0cpuK\1tQK\0))\x89}tR";
    gan_zip_writer zip = {0};
    char name[24], key[5] = "X";
    assert_ok(gan__sink_open((gan_target){.path = files_path("million")}, &zip.sink));
    assert_ok(gan__zip_member_begin(&zip, "x/data.pkl"));
    assert_ok(gan__zip_member_append(&zip, "\x80\2}(", 4));
    for (size_t i = 0; i < COUNT; i++) {
        const int length = digits(i, name);
        gan__put_u32((uint8_t *)key + 1, (uint32_t)length);
        assert_ok(gan__zip_member_append(&zip, key, 5));
        assert_ok(gan__zip_member_append(&zip, name, (size_t)length));
        assert_ok(gan__zip_member_append(&zip, i ? others : first,
                                         (i ? sizeof others : sizeof first) - 1));
    }
    assert_ok(gan__zip_member_append(&zip, "u.", 2));
    assert_ok(gan__zip_member_end(&zip));
    assert_ok(gan__zip_write(&zip, "x/data/0", "\0\0\x80\x3f", 4, "", 0));
    assert_ok(gan__zip_finish(&zip));
    gan__zip_writer_destroy(&zip);
    assert_ok(gan__sink_commit(zip.sink));
}

static void make_checkpoint(void) {
    gan_checkpoint_writer *writer;
    char name[24];
    assert_ok(gan_checkpoint_writer_create(files_path("million"), 6, &writer));
    for (size_t i = 0; i < COUNT; i++) {
        (void)digits(i, name);
        assert_ok(gan_checkpoint_writer_tensor(writer, name, GAN_DTYPE_F32, 1, (int64_t[]){0},
                                               (float[]){0}));
    }
    assert_ok(gan_checkpoint_writer_commit(writer));
}

// NumPy's archives of more than 65535 members have a Zip64 record.
static void make_npz(void) {
    static const char array[] = "\x93NUMPY\1\0\0\0{'descr': '<f4', 'fortran_order': False, "
                                "'shape': (0,), }";
    uint8_t content[80], local[30] = "PK\3\4", entry[46] = "PK\1\2", record[56] = "PK\6\6";
    uint8_t locator[20] = "PK\6\7", end[22] = "PK\5\6";
    char name[24];
    FILE *file = create();
    memset(content, ' ', sizeof content);
    memcpy(content, array, sizeof array - 1);
    content[8] = sizeof content - 10;
    gan__put_u32(local + 14, (uint32_t)crc32(0, content, sizeof content));
    gan__put_u32(local + 18, sizeof content);
    gan__put_u32(local + 22, sizeof content);
    memcpy(entry + 6, local + 4, 26);
    for (size_t i = 0; i < COUNT; i++) {
        const int length = digits(i, name);
        memcpy(name + length, ".npy", 4);
        gan__put_u16(local + 26, (uint16_t)(length + 4));
        put(file, local, sizeof local);
        put(file, name, (size_t)length + 4);
        put(file, content, sizeof content);
    }
    const uint64_t directory = (uint64_t)ftell(file);
    for (size_t i = 0, at = 0; i < COUNT; i++) {
        const int length = digits(i, name);
        memcpy(name + length, ".npy", 4);
        gan__put_u16(entry + 28, (uint16_t)(length + 4));
        gan__put_u32(entry + 42, (uint32_t)at);
        put(file, entry, sizeof entry);
        put(file, name, (size_t)length + 4);
        at += sizeof local + (size_t)length + 4 + sizeof content;
    }
    const uint64_t behind = (uint64_t)ftell(file);
    gan__put_u64(record + 4, sizeof record - 12);
    gan__put_u64(record + 24, COUNT);
    gan__put_u64(record + 32, COUNT);
    gan__put_u64(record + 40, behind - directory);
    gan__put_u64(record + 48, directory);
    gan__put_u64(locator + 8, behind);
    memset(end + 8, 0xff, 12);
    put(file, record, sizeof record);
    put(file, locator, sizeof locator);
    put(file, end, sizeof end);
    fclose(file);
}

static void open_million(void (*make)(void)) {
    gan_conversion *conversion;
    make();
    const clock_t start = clock();
    assert_ok(gan_conversion_open(files_path("million"), NULL, &conversion));
    assert_int_equal(gan_conversion_tensor_count(conversion), COUNT);
    assert_string_equal(gan_conversion_tensor(conversion, COUNT / 2)->name + 1,
                        DAMAGE_SANITIZED ? "50000" : "500000");
    gan_conversion_close(conversion);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
    unlink(files_path("million"));
}

#define OPENED(format)                                                                             \
    static void a_million_tensors_of_##format##_are_opened(void **state) {                         \
        (void)state;                                                                               \
        open_million(make_##format);                                                               \
    }
OPENED(safetensors)
OPENED(onnx)
OPENED(torch)
OPENED(checkpoint)
OPENED(npz)

int main(void) {
    damage_bound_memory(1536); // the tree of a pickle of 66 MB takes a gigabyte
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_tensors_of_safetensors_are_opened),
        cmocka_unit_test(a_million_tensors_of_onnx_are_opened),
        cmocka_unit_test(a_million_tensors_of_torch_are_opened),
        cmocka_unit_test(a_million_tensors_of_checkpoint_are_opened),
        cmocka_unit_test(a_million_tensors_of_npz_are_opened),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
