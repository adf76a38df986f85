// Compiles sources and keeps what was compiled in memory. runtime/program_text.c completes them,
// runtime/program_file.c keeps programs on disk, runtime/program_report.c says what was wrong with
// what did not compile.
#include "runtime/program.h"

#include "base/hash.h"
#include "base/memory.h"
#include "runtime/device_state.h"
#include "runtime/program_file.h"

#include <string.h>

typedef struct program_entry {
    uint64_t hash;
    char *source, *options; // as given, before completion
    cl_program program;
} program_entry;

struct gan_programs {
    program_entry *entries;
    size_t count, capacity;
};

gan_status gan__programs_create(gan_programs **out) {
    void *programs = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_programs), &programs));
    *out = programs;
    return GAN_STATUS_OK;
}

void gan__programs_destroy(gan_programs *programs) {
    if (!programs) return;
    for (size_t i = 0; i < programs->count; i++) {
        clReleaseProgram(programs->entries[i].program);
        gan__free(programs->entries[i].source);
        gan__free(programs->entries[i].options);
    }
    gan__free(programs->entries);
    gan__free(programs);
}

// --- Compiling -----------------------------------------------------------------------------------

// Only a text that stands for itself is worth a report: one with declarations is compiled once
// more.
static gan_status compile(gan_device *device, const gan_program_text *text, const char *name,
                          cl_program *out) {
    const char *whole = text->source;
    cl_int error = CL_SUCCESS;
    cl_program program =
        clCreateProgramWithSource(device->context, 1, &whole, &text->source_length, &error);
    GAN_TRY(gan__cl_check(device, error, "clCreateProgramWithSource"));
    device->counters.builds++;
    error = clBuildProgram(program, 1, &device->id, text->options, NULL, NULL);
    if (error != CL_SUCCESS) {
        gan_status status = text->declares
                                ? gan__cl_check(device, error, "clBuildProgram")
                                : gan__program_report(device, program, text, name, error);
        clReleaseProgram(program);
        return status;
    }
    *out = program;
    return GAN_STATUS_OK;
}

static gan_status load_or_compile(gan_device *device, const gan_program_text *text,
                                  const char *name, cl_program *out) {
    gan__program_dump(text);
    if (!device->keeps_binaries) return compile(device, text, name, out);
    if (gan__program_load(device, text, out)) {
        device->counters.build_cache_hits++;
        return GAN_STATUS_OK;
    }
    GAN_TRY(compile(device, text, name, out));
    gan__program_save(device, text, *out);
    return GAN_STATUS_OK;
}

static gan_status make(gan_device *device, const char *source, const char *options, bool declares,
                       const char *name, cl_program *out) {
    gan_text whole = {0}, all_options = {0};
    gan__text_append(&all_options, "%s%s%s%s", GAN_PROGRAM_OPTIONS,
                     declares ? GAN_PROGRAM_OPTIONS_DECLARING : "", *options ? " " : "", options);
    gan_status status = gan__program_complete(device, source, declares, &whole);
    if (status == GAN_STATUS_OK) status = gan__text_status(&all_options);
    if (status == GAN_STATUS_OK) {
        gan_program_text text = {.source = gan__text_string(&whole),
                                 .source_length = whole.length,
                                 .options = gan__text_string(&all_options),
                                 .declares = declares};
        status = load_or_compile(device, &text, name, out);
    }
    gan__text_destroy(&whole);
    gan__text_destroy(&all_options);
    return status;
}

// --- The cache in memory -------------------------------------------------------------------------

static program_entry *find(const gan_programs *programs, uint64_t hash, const char *source,
                           const char *options) {
    for (size_t i = 0; i < programs->count; i++) {
        program_entry *entry = &programs->entries[i];
        if (entry->hash == hash && strcmp(entry->source, source) == 0 &&
            strcmp(entry->options, options) == 0)
            return entry;
    }
    return NULL;
}

// A place for one more entry behind the last, with copies of the key.
static gan_status reserve(gan_programs *programs, uint64_t hash, const char *source,
                          const char *options) {
    if (programs->count == programs->capacity) {
        size_t capacity = programs->capacity ? 2 * programs->capacity : 32;
        void *entries = programs->entries;
        GAN_TRY(gan__realloc(capacity, sizeof(program_entry), &entries));
        programs->entries = entries;
        programs->capacity = capacity;
    }
    program_entry *entry = &programs->entries[programs->count];
    *entry = (program_entry){.hash = hash};
    gan_status status = gan__string_copy(source, &entry->source);
    if (status == GAN_STATUS_OK) status = gan__string_copy(options, &entry->options);
    if (status != GAN_STATUS_OK) gan__free(entry->source);
    return status;
}

gan_status gan__program_get(gan_device *device, const char *source, const char *options,
                            const char *name, cl_program *out) {
    gan_programs *programs = device->programs;
    const char *more = options ? options : "";
    uint64_t hash = gan__hash(GAN_HASH_START, source, strlen(source));
    program_entry *entry = find(programs, hash, source, more);
    if (entry) {
        device->counters.build_cache_hits++;
        *out = entry->program;
        return GAN_STATUS_OK;
    }
    GAN_TRY(reserve(programs, hash, source, more));
    entry = &programs->entries[programs->count];
    const bool declares = device->declares_functions && !gan__program_dumps();
    gan_status status = make(device, source, more, declares, name, &entry->program);
    if (status != GAN_STATUS_OK && declares) {
        device->counters.build_retries++;
        status = make(device, source, more, false, name, &entry->program);
    }
    if (status != GAN_STATUS_OK) {
        gan__free(entry->source);
        gan__free(entry->options);
        return status;
    }
    programs->count++;
    *out = entry->program;
    return GAN_STATUS_OK;
}
