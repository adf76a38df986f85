// Which files a data set consists of: told by their first bytes, and among several of one kind by
// the usual names ("train" before "t10k" and "test", labels beside images).
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/formats.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define LOOK_BYTES 512

static const struct {
    const char *bytes;
    uint16_t offset, length;
    gan_source_kind kind;
} magics[] = {
    {"\x93NUMPY", 0, 6, GAN_SOURCE_KIND_NPY}, {"PK\3\4", 0, 4, GAN_SOURCE_KIND_NPZ},
    {"PK\5\6", 0, 4, GAN_SOURCE_KIND_NPZ},    {"ustar", 257, 5, GAN_SOURCE_KIND_TAR},
    {"\x89HDF", 0, 4, GAN_SOURCE_KIND_HDF5},  {"\x80\2", 0, 2, GAN_SOURCE_KIND_PICKLE},
    {"\x80\3", 0, 2, GAN_SOURCE_KIND_PICKLE}, {"\x80\4", 0, 2, GAN_SOURCE_KIND_PICKLE},
};

static bool is_idx(const uint8_t *bytes, size_t length) {
    return length >= 4 && !bytes[0] && !bytes[1] && bytes[2] >= 0x08 && bytes[2] <= 0x0E &&
           bytes[3] >= 1 && bytes[3] <= 4;
}

gan_source_kind gan__source_look(const uint8_t *bytes, size_t length, bool whole) {
    // A record of CIFAR-10 may begin with the bytes of an IDX header; only one of the two fits.
    if (is_idx(bytes, length) &&
        !(whole && gan__cifar_fits(bytes, length) && !gan__idx_fits(bytes, length)))
        return GAN_SOURCE_KIND_IDX;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; ++i)
        if (length >= (size_t)magics[i].offset + magics[i].length &&
            memcmp(bytes + magics[i].offset, magics[i].bytes, magics[i].length) == 0)
            return magics[i].kind;
    if (whole && gan__cifar_fits(bytes, length)) return GAN_SOURCE_KIND_CIFAR;
    return gan__bitmap_format(bytes, length) ? GAN_SOURCE_KIND_PICTURE : GAN_SOURCE_KIND_UNKNOWN;
}

const char *gan__source_advice(gan_source_kind kind) {
    switch (kind) {
    case GAN_SOURCE_KIND_PICTURE:
        return "a single picture; give the folder it lies in";
    case GAN_SOURCE_KIND_TAR:
        return "a tar archive; unpack it and give the folder";
    case GAN_SOURCE_KIND_PICKLE:
        return "a Python pickle, which is never run; get the binary version of the set, or save "
               "it with numpy.savez";
    case GAN_SOURCE_KIND_HDF5:
        return "HDF5; save the array with numpy.savez";
    default:
        return "of no known kind";
    }
}

// The first bytes of a file, decompressed; 0 when it cannot be read. O_NONBLOCK: a pipe in the
// folder must not hold us up.
static size_t look_inside(const char *path, uint8_t bytes[LOOK_BYTES]) {
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return 0;
    gzFile stream = gzdopen(file, "rb");
    if (!stream) {
        close(file);
        return 0;
    }
    int got = gzread(stream, bytes, LOOK_BYTES);
    gzclose(stream);
    return got > 0 ? (size_t)got : 0;
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

static bool starts_with(const char *name, const char *start) {
    return strncmp(name, start, strlen(start)) == 0;
}

// 0 the training part, 1 unknown, 2 another part.
static int part_of(const char *name) {
    if (strstr(name, "train")) return 0;
    return strstr(name, "t10k") || strstr(name, "test") || strstr(name, "val") ? 2 : 1;
}

static bool named_labels(const char *name) {
    return strstr(name, "labels") || starts_with(name, "y.") || starts_with(name, "y_");
}

// Lower is better; -1 is no file of a data set. `seen` becomes the kind of one that is known, and
// stays at pictures.
static int grade(const char *name, const uint8_t *bytes, size_t length, gan_source_kind *seen) {
    gan_source_kind kind = gan__source_look(bytes, length, false);
    if (kind == GAN_SOURCE_KIND_UNKNOWN && (ends_with(name, ".bin") || ends_with(name, ".bin.gz")))
        kind = GAN_SOURCE_KIND_CIFAR;
    if (kind != GAN_SOURCE_KIND_UNKNOWN && *seen != GAN_SOURCE_KIND_PICTURE) *seen = kind;
    if (kind == GAN_SOURCE_KIND_UNKNOWN || kind >= GAN_SOURCE_KIND_PICTURE) return -1;
    if (kind == GAN_SOURCE_KIND_IDX && bytes[3] == 1) return -1;
    if (kind == GAN_SOURCE_KIND_NPY && named_labels(name)) return -1;
    return (int)kind * 3 + part_of(name);
}

static gan_status join(const char *folder, const char *name, char **out) {
    size_t a = strlen(folder), b = strlen(name);
    GAN_TRY(gan__alloc(a + b + 2, 1, (void **)out));
    memcpy(*out, folder, a);
    (*out)[a] = '/';
    memcpy(*out + a + 1, name, b);
    return GAN_STATUS_OK;
}

static gan_status nothing_known(const char *folder, size_t files, gan_source_kind seen) {
    if (seen > GAN_SOURCE_KIND_PICTURE)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s holds no data set of a known kind (known: %s), but %s", folder,
                         GAN_SOURCE_KNOWN, gan__source_advice(seen));
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s holds no data set of a known kind among its %zu files; known are %s",
                     folder, files, GAN_SOURCE_KNOWN);
}

// Where so many files begin a folder and all are pictures, it is not searched for anything else.
#define PICTURES_ENOUGH 200

// Keeps, of all names in the folder, those of the best grade; *count of them stay at the front:
// none where there is nothing but pictures and folders, in which pictures may be.
static gan_status keep_best(const char *folder, char **names, size_t *count) {
    size_t files = 0, folders = 0, kept = 0;
    int best = -1;
    gan_source_kind seen = GAN_SOURCE_KIND_UNKNOWN;
    size_t pictures = 0;
    for (size_t i = 0; i < *count && (pictures < PICTURES_ENOUGH || pictures < i); ++i) {
        uint8_t bytes[LOOK_BYTES];
        char *path;
        GAN_TRY(join(folder, names[i], &path));
        bool is_folder = gan__file_is_folder(path);
        int grade_here = -1;
        size_t length = is_folder ? 0 : look_inside(path, bytes);
        if (!is_folder) grade_here = grade(names[i], bytes, length, &seen);
        pictures += gan__bitmap_format(bytes, length) != NULL;
        gan__free(path);
        folders += is_folder;
        files += !is_folder;
        if (grade_here < 0 || (best >= 0 && grade_here > best)) continue;
        if (best >= 0 && grade_here < best) kept = 0;
        best = grade_here;
        char *swapped = names[kept];
        names[kept++] = names[i];
        names[i] = swapped;
    }
    *count = kept;
    if (kept > 0 || folders > 0 || seen == GAN_SOURCE_KIND_PICTURE) return GAN_STATUS_OK;
    return nothing_known(folder, files, seen);
}

// Drops each name that is another's with ".gz" behind.
static void drop_packed_twins(char **names, size_t *count) {
    size_t kept = 0;
    for (size_t i = 0; i < *count; ++i) {
        size_t length = strlen(names[i]);
        bool twin = false;
        for (size_t j = 0; j < *count && !twin && ends_with(names[i], ".gz"); ++j)
            twin = strlen(names[j]) == length - 3 && strncmp(names[i], names[j], length - 3) == 0;
        if (twin) continue;
        char *swapped = names[kept];
        names[kept++] = names[i];
        names[i] = swapped;
    }
    *count = kept;
}

static gan_status make_paths(const char *folder, char **names, size_t count, char ***paths) {
    void *block;
    GAN_TRY(gan__alloc(count, sizeof **paths, &block));
    char **made = block;
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; ++i)
        status = join(folder, names[i], &made[i]);
    if (status != GAN_STATUS_OK) {
        gan__folder_list_free(made, count);
        return status;
    }
    *paths = made;
    return GAN_STATUS_OK;
}

gan_status gan__source_pick(const char *folder, char ***paths, size_t *count) {
    char **names;
    size_t all;
    *paths = NULL;
    GAN_TRY(gan__folder_list(folder, &names, &all));
    *count = all;
    gan_status status = keep_best(folder, names, count);
    if (status == GAN_STATUS_OK && *count > 0) {
        drop_packed_twins(names, count);
        bool several = ends_with(names[0], ".bin") || ends_with(names[0], ".bin.gz");
        status = *count == 1 || several
                     ? make_paths(folder, names, *count, paths)
                     : gan__fail(GAN_STATUS_BAD_INPUT,
                                 "%s holds several data sets (%s, %s, ...); give the file that is "
                                 "meant",
                                 folder, names[0], names[1]);
    }
    gan__folder_list_free(names, all);
    return status;
}

// The labels' name for a samples' name: "images" becomes "labels" and the rank in "-idx3" 1; a
// leading x or X becomes y. False when the name has neither.
static bool swap_name(const char *name, gan_text *out) {
    const char *images = strstr(name, "images");
    if (images) {
        gan__text_append(out, "%.*slabels", (int)(images - name), name);
        const char *rest = images + strlen("images");
        const char *idx = strstr(rest, "idx");
        if (idx && idx[3]) {
            gan__text_append(out, "%.*sidx1", (int)(idx - rest), rest);
            rest = idx + 4;
        }
        gan__text_append(out, "%s", rest);
        return true;
    }
    if ((name[0] != 'x' && name[0] != 'X') || (name[1] != '_' && name[1] != '.')) return false;
    gan__text_append(out, "y%s", name + 1);
    return true;
}

gan_status gan__source_labels(const char *path, char **out) {
    gan_text text = {0};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    *out = NULL;
    gan__text_append(&text, "%.*s", (int)(name - path), path);
    if (!swap_name(name, &text)) {
        gan__text_destroy(&text);
        return GAN_STATUS_OK;
    }
    if (ends_with(gan__text_string(&text), ".gz")) text.bytes[text.length -= 3] = 0;
    bool found = gan__file_exists(gan__text_string(&text));
    if (!found) {
        gan__text_append(&text, ".gz");
        found = gan__file_exists(gan__text_string(&text));
    }
    gan_status status = gan__text_status(&text);
    void *copy = NULL;
    if (status == GAN_STATUS_OK && found) status = gan__alloc(text.length + 1, 1, &copy);
    if (copy) memcpy(copy, text.bytes, text.length);
    *out = copy;
    gan__text_destroy(&text);
    return status;
}
