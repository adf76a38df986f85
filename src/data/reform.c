// Samples brought into another form than the stored one (gan_dataset_options): of a folder's
// pictures that is part of reading them, of images that lie in memory it is done here; and
// mirroring, which is the same for all.
#include "base/memory.h"
#include "base/philox.h"
#include "data/formats.h"

#include <inttypes.h>
#include <string.h>

static bool changes_images(const gan_dataset_options *options) {
    return options->crop[0] > 0 || options->size[0] > 0 || options->channels > 0;
}

static gan_status check(const gan_dataset *dataset, const gan_dataset_options *options) {
    const gan_dataset_info *info = &dataset->info;
    const bool images = info->rank == 3 && info->type == GAN_SAMPLE_TYPE_U8;
    if (!changes_images(options) && !options->flip) return GAN_STATUS_OK;
    if (!images && !(options->flip && info->rank == 3 && !changes_images(options)))
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the data set (%s) has no images of bytes, so data.crop, data.size, "
                         "data.color and data.flip cannot be applied to it; leave them out",
                         info->kind);
    const int64_t channels = info->size[0];
    if (changes_images(options) && channels != 1 && channels != 3 && channels != 4)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the data set (%s) has images of %" PRId64 " channels; data.crop, "
                         "data.size and data.color are for 1, 3 and 4",
                         info->kind, channels);
    return GAN_STATUS_OK;
}

static size_t first_given(int64_t a, int64_t b, int64_t c) {
    return (size_t)(a > 0 ? a : b > 0 ? b : c);
}

// Images that are in the form already are only copied.
static bool is_as_stored(const gan_bitmap_form *form, const gan_bitmap *stored) {
    return form->width == stored->width && form->height == stored->height &&
           form->channels == stored->channels &&
           (form->crop_width == 0 || form->crop_width == stored->width) &&
           (form->crop_height == 0 || form->crop_height == stored->height);
}

gan_status gan__dataset_reform(gan_dataset *dataset, const gan_dataset_options *options) {
    gan_dataset_info *info = &dataset->info;
    dataset->stored_bytes = dataset->sample_bytes;
    GAN_TRY(check(dataset, options));
    dataset->flips = options->flip;
    if (dataset->pictures || !changes_images(options)) return GAN_STATUS_OK;
    gan_bitmap_form *form = &dataset->form;
    dataset->stored = (gan_bitmap){.width = (size_t)info->size[2],
                                   .height = (size_t)info->size[1],
                                   .channels = (size_t)info->size[0]};
    *form =
        (gan_bitmap_form){.crop_height = (size_t)options->crop[0],
                          .crop_width = (size_t)options->crop[1],
                          .height = first_given(options->size[0], options->crop[0], info->size[1]),
                          .width = first_given(options->size[1], options->crop[1], info->size[2]),
                          .channels = first_given(options->channels, info->size[0], 0),
                          .fit = options->stretch ? GAN_BITMAP_FIT_STRETCH : GAN_BITMAP_FIT_CROP};
    if (dataset->stored.width < form->crop_width || dataset->stored.height < form->crop_height)
        return gan__bitmap_too_small(&dataset->stored, form->crop_width, form->crop_height);
    if (is_as_stored(form, &dataset->stored)) return GAN_STATUS_OK;
    dataset->reforms = true;
    info->slow = true;
    info->size[0] = (int64_t)form->channels;
    info->size[1] = (int64_t)form->height;
    info->size[2] = (int64_t)form->width;
    gan__dataset_measure(dataset);
    return GAN_STATUS_OK;
}

gan_status gan__dataset_reform_sample(const gan_dataset *dataset, const uint8_t *stored,
                                      uint8_t *sample) {
    gan_bitmap bitmap = dataset->stored;
    const size_t pixels = bitmap.width * bitmap.height, channels = bitmap.channels;
    GAN_TRY(gan__bitmap_alloc(&bitmap));
    for (size_t c = 0; c < channels; ++c)
        for (size_t p = 0; p < pixels; ++p)
            bitmap.pixels[p * channels + c] = stored[c * pixels + p];
    gan_status status = gan__bitmap_fit_into(&bitmap, &dataset->form, sample);
    gan__bitmap_destroy(&bitmap);
    return status;
}

static void mirror_row(uint8_t *row, size_t width, size_t bytes) {
    for (size_t a = 0, b = width - 1; a < b; ++a, --b)
        for (size_t i = 0; i < bytes; ++i) {
            const uint8_t kept = row[a * bytes + i];
            row[a * bytes + i] = row[b * bytes + i];
            row[b * bytes + i] = kept;
        }
}

void gan__dataset_mirror(const gan_dataset *dataset, uint64_t seed, uint64_t position,
                         void *sample) {
    const gan_dataset_info *info = &dataset->info;
    if (!dataset->flips) return;
    if ((gan__philox_draw(seed, GAN_STREAM_MIRROR, position, 0).word[0] & 1) == 0) return;
    const size_t bytes = info->type == GAN_SAMPLE_TYPE_U8 ? 1 : 4;
    const size_t width = (size_t)info->size[2];
    uint8_t *row = sample;
    for (int64_t i = 0; i < info->size[0] * info->size[1]; ++i, row += width * bytes)
        mirror_row(row, width, bytes);
}
