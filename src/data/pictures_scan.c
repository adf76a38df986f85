// Finding the pictures of a folder: every file's first bytes are looked at, once, so that what does
// not fit is named before training and not in the middle of it.
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "data/formats.h"
#include "data/pictures_private.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOOK_BYTES ((size_t)16384) // holds nearly every header; else the whole file is read
#define DEPTH_MAX  16              // of folders: a link may lead to a folder above it

// --- One file -----------------------------------------------------------------------------------

// A file that is no sample: an error, or one more that is left out. `status` is why, with a
// message.
static gan_status leave_out(gan_pictures *pictures, const char *path, gan_status status) {
    if (status == GAN_STATUS_NO_MEMORY) return status;
    if (pictures->options->skip_bad) {
        pictures->skipped++;
        return GAN_STATUS_OK;
    }
    return gan__fail(status,
                     "%s: %s; mend or remove the file, or leave such files out: data.skip_bad=true",
                     path, gan_status_message());
}

static bool named_picture(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 ||
                   strcasecmp(dot, ".jpeg") == 0);
}

static gan_status look_at_whole(const char *path, gan_bitmap *out) {
    uint8_t *bytes;
    size_t length;
    bool more;
    GAN_TRY(gan__file_read(path, GAN_FILE_BYTES_MAX, &bytes, &length));
    gan_status status = gan__bitmap_look(bytes, length, length, out, &more);
    gan__free(bytes);
    return status;
}

// The first bytes of a file, as many as there are or as `head` holds.
static gan_status read_head(const char *path, uint8_t *head, size_t *length, uint64_t *whole) {
    int file;
    GAN_TRY(gan__file_open_regular(path, &file, whole));
    *length = *whole < LOOK_BYTES ? (size_t)*whole : LOOK_BYTES;
    gan_status status = gan__file_read_at(file, 0, head, *length);
    close(file);
    return status;
}

// *is_picture: false for a file that does not claim to be one.
static gan_status look(const char *path, gan_bitmap *out, bool *is_picture) {
    uint8_t head[LOOK_BYTES];
    size_t length;
    uint64_t whole;
    bool more;
    *is_picture = named_picture(path);
    GAN_TRY(read_head(path, head, &length, &whole));
    *is_picture = *is_picture || gan__bitmap_format(head, length) != NULL;
    if (!*is_picture) return GAN_STATUS_OK;
    gan_status status = gan__bitmap_look(head, length, (size_t)whole, out, &more);
    return more ? look_at_whole(path, out) : status;
}

static gan_status check_size(gan_pictures *pictures, const char *path, const gan_bitmap *found) {
    const gan_dataset_options *options = pictures->options;
    gan_bitmap *first = &pictures->first;
    if (first->width == 0) *first = *found;
    bool same = first->width == found->width && first->height == found->height;
    if (same || options->size[0] > 0 || options->crop[0] > 0) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s is %zu pixels high and %zu wide, but %s/%s, the first, %zu and %zu; say "
                     "to which size pictures are brought, as in data.size=[64, 64]",
                     path, found->height, found->width, pictures->folder,
                     gan__text_string(&pictures->paths), first->height, first->width);
}

static gan_status append(gan_pictures *pictures, const char *path, uint32_t label) {
    if (pictures->count == pictures->capacity) {
        const size_t capacity = pictures->capacity ? 2 * pictures->capacity : 256;
        void *block = pictures->files;
        GAN_TRY(gan__realloc(capacity, sizeof *pictures->files, &block));
        pictures->files = block;
        pictures->capacity = capacity;
    }
    pictures->files[pictures->count++] = (gan_picture_file){pictures->paths.length, label};
    const char *relative = path + strlen(pictures->folder) + 1;
    gan__text_append_bytes(&pictures->paths, relative, strlen(relative) + 1);
    return gan__text_status(&pictures->paths);
}

static gan_status add_file(gan_pictures *pictures, const char *path, uint32_t label) {
    gan_bitmap found = {0};
    bool is_picture;
    gan_status status = look(path, &found, &is_picture);
    if (!is_picture) return GAN_STATUS_OK;
    if (status == GAN_STATUS_OK) {
        const int64_t *crop = pictures->options->crop;
        if (found.height < (size_t)crop[0] || found.width < (size_t)crop[1])
            status = gan__bitmap_too_small(&found, (size_t)crop[1], (size_t)crop[0]);
    }
    if (status != GAN_STATUS_OK) return leave_out(pictures, path, status);
    GAN_TRY(append(pictures, path, label));
    GAN_TRY(check_size(pictures, path, &found));
    if (found.channels > pictures->form.channels) pictures->form.channels = found.channels;
    return GAN_STATUS_OK;
}

// --- Folders ------------------------------------------------------------------------------------

// Calls `visit` for each name in the folder but hidden ones, with its path.
static gan_status each(const char *folder,
                       gan_status (*visit)(gan_pictures *, const char *, const char *, uint32_t,
                                           int),
                       gan_pictures *pictures, uint32_t label, int depth) {
    char **names;
    size_t count;
    GAN_TRY(gan__folder_list(folder, &names, &count));
    gan_status status = GAN_STATUS_OK;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; ++i) {
        gan_text path = {0};
        if (names[i][0] == '.') continue;
        gan__text_append(&path, "%s/%s", folder, names[i]);
        status = gan__text_status(&path);
        if (status == GAN_STATUS_OK)
            status = visit(pictures, gan__text_string(&path), names[i], label, depth);
        gan__text_destroy(&path);
    }
    gan__folder_list_free(names, count);
    return status;
}

// Everything below a class's folder is of that class.
static gan_status visit_below(gan_pictures *pictures, const char *path, const char *name,
                              uint32_t label, int depth) {
    (void)name;
    if (!gan__file_is_folder(path)) return add_file(pictures, path, label);
    if (depth < DEPTH_MAX) return each(path, visit_below, pictures, label, depth + 1);
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s: folders within folders, %d deep; is a link among them that leads back?",
                     path, DEPTH_MAX);
}

static gan_status add_class(gan_pictures *pictures, const char *name) {
    void *block = pictures->classes;
    char *copy, readable[1024];
    GAN_TRY(gan__realloc(pictures->class_count + 1, sizeof *pictures->classes, &block));
    pictures->classes = block;
    gan__text_escape(name, readable, sizeof readable); // a file system's name may be no UTF-8
    GAN_TRY(gan__string_copy(readable, &copy));
    pictures->classes[pictures->class_count++] = copy;
    return GAN_STATUS_OK;
}

static gan_status visit_top(gan_pictures *pictures, const char *path, const char *name,
                            uint32_t label, int depth) {
    (void)label;
    if (!gan__file_is_folder(path)) return add_file(pictures, path, 0);
    const size_t before = pictures->count;
    GAN_TRY(each(path, visit_below, pictures, pictures->class_count, depth + 1));
    return pictures->count > before ? add_class(pictures, name) : GAN_STATUS_OK;
}

static gan_status refuse_mixture(const gan_pictures *pictures) {
    const char *paths = gan__text_string(&pictures->paths);
    for (size_t i = 0; i < pictures->count && pictures->class_count > 0; ++i) {
        const char *path = paths + pictures->files[i].path;
        if (!strchr(path, '/'))
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s holds pictures (%s) beside sub-folders with pictures (%s); give "
                             "one sub-folder, or move the former into one",
                             pictures->folder, path, pictures->classes[0]);
    }
    return GAN_STATUS_OK;
}

// --- What cannot be decoded ---------------------------------------------------------------------

typedef struct trial {
    gan_pictures *pictures;
    bool *bad;
} trial;

static gan_status try_one(void *context, size_t item, unsigned worker) {
    (void)worker;
    const trial *t = context;
    const gan_bitmap_form *form = &t->pictures->form;
    void *sample;
    GAN_TRY(gan__alloc(form->channels, form->height * form->width, &sample));
    gan_status status = gan__pictures_decode(t->pictures, item, sample);
    gan__free(sample);
    if (status == GAN_STATUS_NO_MEMORY) return status;
    t->bad[item] = status != GAN_STATUS_OK;
    return GAN_STATUS_OK;
}

// Decodes each and leaves out those that fail.
static gan_status drop_undecodable(gan_pictures *pictures) {
    void *block;
    GAN_TRY(gan__alloc(pictures->count, sizeof(bool), &block));
    trial t = {pictures, block};
    gan_status status = gan__parallel_run(gan__parallel_cores(), pictures->count, try_one, &t);
    size_t kept = 0;
    for (size_t i = 0; i < pictures->count && status == GAN_STATUS_OK; ++i)
        if (!t.bad[i]) pictures->files[kept++] = pictures->files[i];
    if (status == GAN_STATUS_OK) {
        pictures->skipped += pictures->count - kept;
        pictures->count = kept;
    }
    gan__free(block);
    return status;
}

// --- All of it ----------------------------------------------------------------------------------

static void choose_form(gan_pictures *pictures) {
    const gan_dataset_options *options = pictures->options;
    gan_bitmap_form *form = &pictures->form;
    form->crop_height = (size_t)options->crop[0];
    form->crop_width = (size_t)options->crop[1];
    form->height = options->size[0] > 0    ? (size_t)options->size[0]
                   : form->crop_height > 0 ? form->crop_height
                                           : pictures->first.height;
    form->width = options->size[1] > 0   ? (size_t)options->size[1]
                  : form->crop_width > 0 ? form->crop_width
                                         : pictures->first.width;
    form->fit = options->stretch ? GAN_BITMAP_FIT_STRETCH : GAN_BITMAP_FIT_CROP;
    if (options->channels > 0) form->channels = options->channels;
}

static gan_status refuse_nothing(const gan_pictures *pictures) {
    if (pictures->count > 0) return GAN_STATUS_OK;
    if (pictures->skipped > 0)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "%s: none of its %" PRIu64 " pictures can be read (data.skip_bad=false "
                         "says why)",
                         pictures->folder, pictures->skipped);
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s holds no data set of a known kind, in its sub-folders neither; known are "
                     "%s",
                     pictures->folder, GAN_SOURCE_KNOWN);
}

gan_status gan__pictures_scan(gan_pictures *pictures) {
    GAN_TRY(each(pictures->folder, visit_top, pictures, 0, 0));
    GAN_TRY(refuse_mixture(pictures));
    GAN_TRY(refuse_nothing(pictures));
    choose_form(pictures);
    if (pictures->options->skip_bad) GAN_TRY(drop_undecodable(pictures));
    return refuse_nothing(pictures);
}
