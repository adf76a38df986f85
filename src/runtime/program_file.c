// Compiled programs on disk, and sources written out on request.
#include "runtime/program_file.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "runtime/device_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE ((size_t)256 << 20)

// A file is this head, the key and the binary, in the byte order of the machine that wrote it; the
// magic of another byte order does not match.
typedef struct file_head {
    uint64_t magic;
    uint64_t key_bytes, binary_bytes;
    uint64_t checksum; // of the binary
} file_head;

#define MAGIC UINT64_C(0x316e69626e6167) // "ganbin1"

static void append_key(gan_text *key, const gan_device *device, const gan_program_text *text) {
    char platform_version[256] = "";
    clGetPlatformInfo(device->platform, CL_PLATFORM_VERSION, sizeof platform_version,
                      platform_version, NULL);
    gan__text_append(key, "clgan %s\n%s\n%s\n%s\n%s\n%s\n%s\n", CLGAN_VERSION,
                     device->info.platform_name, platform_version, device->info.name,
                     device->info.version, device->info.driver, text->options);
    gan__text_append_bytes(key, text->source, text->source_length);
}

// <cache>/programs/<hash>.bin, or nothing where there is no cache.
static bool append_path(gan_text *path, const gan_text *key) {
    const char *folder = gan__folder_cache();
    if (!*folder) return false;
    gan__text_append(path, "%s/programs/%016" PRIx64 ".bin", folder,
                     gan__hash(GAN_HASH_START, key->bytes, key->length));
    return gan__text_status(path) == GAN_STATUS_OK;
}

// --- Loading -------------------------------------------------------------------------------------

// The binary inside a file that is whole and is of this key; NULL otherwise.
static const uint8_t *find_binary(const uint8_t *file, size_t length, const gan_text *key,
                                  size_t *binary_bytes) {
    file_head head;
    if (length < sizeof head) return NULL;
    memcpy(&head, file, sizeof head);
    size_t rest = length - sizeof head;
    if (head.magic != MAGIC || head.key_bytes != key->length || head.key_bytes > rest ||
        head.binary_bytes != rest - head.key_bytes || head.binary_bytes == 0)
        return NULL;
    const uint8_t *binary = file + sizeof head + head.key_bytes;
    if (memcmp(file + sizeof head, key->bytes, key->length) != 0 ||
        gan__hash(GAN_HASH_START, binary, head.binary_bytes) != head.checksum)
        return NULL;
    *binary_bytes = head.binary_bytes;
    return binary;
}

static bool build_binary(gan_device *device, const uint8_t *binary, size_t bytes,
                         const char *options, cl_program *out) {
    cl_int accepted = CL_SUCCESS, error = CL_SUCCESS;
    cl_program program = clCreateProgramWithBinary(device->context, 1, &device->id, &bytes, &binary,
                                                   &accepted, &error);
    if (error == CL_SUCCESS && accepted == CL_SUCCESS &&
        clBuildProgram(program, 1, &device->id, options, NULL, NULL) == CL_SUCCESS) {
        *out = program;
        return true;
    }
    if (program) clReleaseProgram(program);
    return false;
}

bool gan__program_load(gan_device *device, const gan_program_text *text, cl_program *out) {
    gan_text key = {0}, path = {0};
    uint8_t *file = NULL;
    size_t length = 0, binary_bytes = 0;
    append_key(&key, device, text);
    bool loaded = false;
    if (gan__text_status(&key) == GAN_STATUS_OK && append_path(&path, &key) &&
        gan__file_exists(gan__text_string(&path)) &&
        gan__file_read(gan__text_string(&path), LARGEST_FILE, &file, &length) == GAN_STATUS_OK) {
        const uint8_t *binary = find_binary(file, length, &key, &binary_bytes);
        loaded = binary && build_binary(device, binary, binary_bytes, text->options, out);
    }
    gan__free(file);
    gan__text_destroy(&key);
    gan__text_destroy(&path);
    return loaded;
}

// --- Saving --------------------------------------------------------------------------------------

// The program's only binary; the caller's (gan__free). NULL when the driver would not give it.
static uint8_t *read_binary(cl_program program, size_t *bytes) {
    *bytes = 0;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof *bytes, bytes, NULL) ||
        *bytes == 0 || *bytes > LARGEST_FILE)
        return NULL;
    void *binary = NULL;
    if (gan__alloc(*bytes, 1, &binary) != GAN_STATUS_OK) return NULL;
    unsigned char *pointer = binary;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(unsigned char *), &pointer, NULL)) {
        gan__free(binary);
        return NULL;
    }
    return binary;
}

static void write_entry(const char *path, const gan_text *key, const uint8_t *binary,
                        size_t bytes) {
    file_head head = {MAGIC, key->length, bytes, gan__hash(GAN_HASH_START, binary, bytes)};
    gan_text file = {0};
    gan__text_append_bytes(&file, &head, sizeof head);
    gan__text_append_bytes(&file, key->bytes, key->length);
    gan__text_append_bytes(&file, binary, bytes);
    if (gan__text_status(&file) == GAN_STATUS_OK) gan__file_write(path, file.bytes, file.length);
    gan__text_destroy(&file);
}

static bool create_folder(const char *parent, const char *name) {
    gan_text folder = {0};
    gan__text_append(&folder, "%s/%s", parent, name);
    bool created = gan__text_status(&folder) == GAN_STATUS_OK &&
                   gan__folder_create(gan__text_string(&folder)) == GAN_STATUS_OK;
    gan__text_destroy(&folder);
    return created;
}

void gan__program_save(gan_device *device, const gan_program_text *text, cl_program program) {
    gan_text key = {0}, path = {0};
    size_t bytes = 0;
    append_key(&key, device, text);
    if (gan__text_status(&key) == GAN_STATUS_OK && append_path(&path, &key) &&
        create_folder(gan__folder_cache(), "programs")) {
        uint8_t *binary = read_binary(program, &bytes);
        if (binary) write_entry(gan__text_string(&path), &key, binary, bytes);
        gan__free(binary);
    }
    gan__text_destroy(&key);
    gan__text_destroy(&path);
}

// --- Writing sources out -------------------------------------------------------------------------

static const char *dump_folder(void) {
    const char *folder = getenv("CLGAN_DUMP_KERNELS");
    return folder && *folder ? folder : NULL;
}

bool gan__program_dumps(void) {
    return dump_folder() != NULL;
}

void gan__program_dump(const gan_program_text *text) {
    const char *folder = dump_folder();
    if (!folder) return;
    gan_text path = {0}, file = {0};
    uint64_t hash = gan__hash(GAN_HASH_START, text->source, text->source_length);
    hash = gan__hash(hash, text->options, strlen(text->options));
    gan__text_append(&path, "%s/%016" PRIx64 ".cl", folder, hash);
    gan__text_append(&file, "// %s\n", text->options);
    gan__text_append_bytes(&file, text->source, text->source_length);
    if (gan__text_status(&path) == GAN_STATUS_OK && gan__text_status(&file) == GAN_STATUS_OK &&
        gan__folder_create(folder) == GAN_STATUS_OK)
        gan__file_write(gan__text_string(&path), file.bytes, file.length);
    gan__text_destroy(&path);
    gan__text_destroy(&file);
}
