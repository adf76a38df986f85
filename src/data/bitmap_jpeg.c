// JPEG through libjpeg (libjpeg-turbo). Its errors leave by longjmp; of its warnings those that
// mean lost pixels are errors here, as a picture that is half grey is no sample of anything.
#include "data/bitmap.h"

#include <setjmp.h>
#include <stdio.h> // jpeglib.h wants it

#include <jerror.h>
#include <jpeglib.h>
#include <string.h>

// More scans than any real progressive file has. Each goes over the whole picture and may be a few
// bytes long, so the larger it is the fewer they may be: real ones have about ten.
#define SCANS_MAX    500
#define SCANS_LEAST  20
#define SCANS_PIXELS (UINT64_C(1) << 30) // of all scans together

typedef struct decoder {
    struct jpeg_error_mgr errors; // first: libjpeg's pointer to it is a pointer to the decoder
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    jmp_buf leave;
    size_t length;
    bool *cut;
    gan_status status;
} decoder;

static decoder *decoder_of(j_common_ptr jpeg) {
    return (decoder *)(void *)jpeg->err;
}

// Must not return.
static void on_error(j_common_ptr jpeg) {
    decoder *d = decoder_of(jpeg);
    char message[JMSG_LENGTH_MAX];
    if (d->status == GAN_STATUS_OK) {
        (*jpeg->err->format_message)(jpeg, message);
        d->status = gan__fail(GAN_STATUS_CORRUPT,
                              "damaged JPEG, before byte %zu: %s; fetch or write the file again",
                              d->length - d->source.bytes_in_buffer, message);
    }
    longjmp(d->leave, 1);
}

// Warnings that cost no pixel.
static bool is_harmless(int code) {
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR ||
           code == JWRN_NOT_SEQUENTIAL || code == JWRN_TOO_MUCH_DATA;
}

static void on_message(j_common_ptr jpeg, int level) {
    if (level < 0 && !is_harmless(jpeg->err->msg_code)) on_error(jpeg);
}

static void ignore(j_decompress_ptr jpeg) {
    (void)jpeg;
}

static boolean on_empty(j_decompress_ptr jpeg) {
    decoder *d = decoder_of((j_common_ptr)jpeg);
    d->status = gan__bitmap_cut_short("JPEG", d->length, d->cut);
    on_error((j_common_ptr)jpeg);
    return FALSE;
}

static void on_skip(j_decompress_ptr jpeg, long count) {
    struct jpeg_source_mgr *source = jpeg->src;
    if (count <= 0) return;
    if ((size_t)count > source->bytes_in_buffer) (void)on_empty(jpeg);
    source->next_input_byte += count;
    source->bytes_in_buffer -= (size_t)count;
}

static int most_scans(const decoder *d) {
    const uint64_t pixels = (uint64_t)d->jpeg.image_width * d->jpeg.image_height;
    const uint64_t most = SCANS_PIXELS / (pixels > 0 ? pixels : 1);
    return most > SCANS_MAX ? SCANS_MAX : most < SCANS_LEAST ? SCANS_LEAST : (int)most;
}

static void on_progress(j_common_ptr jpeg) {
    decoder *d = decoder_of(jpeg);
    if (d->jpeg.input_scan_number <= most_scans(d)) return;
    d->status = gan__fail(GAN_STATUS_BAD_INPUT,
                          "a progressive JPEG of more than %d scans, which no camera or program "
                          "writes at its size; write the file again",
                          most_scans(d));
    on_error(jpeg);
}

static gan_status refuse_colours(const decoder *d) {
    const bool cmyk = d->jpeg.jpeg_color_space == JCS_CMYK || d->jpeg.jpeg_color_space == JCS_YCCK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "a JPEG of %d channels%s: inks have no colours without their profile; convert "
                     "it to RGB (with ImageMagick: -colorspace sRGB)",
                     d->jpeg.num_components, cmyk ? " (CMYK)" : "");
}

// What follows runs between setjmp and the end; no local of the caller changes.
static void read_rows(decoder *d, gan_bitmap *out) {
    d->status = gan__bitmap_alloc(out);
    if (d->status != GAN_STATUS_OK) longjmp(d->leave, 1);
    (void)jpeg_start_decompress(&d->jpeg);
    while (d->jpeg.output_scanline < d->jpeg.output_height) {
        JSAMPROW row = out->pixels + d->jpeg.output_scanline * out->width * out->channels;
        (void)jpeg_read_scanlines(&d->jpeg, &row, 1);
    }
}

static unsigned find_orientation(const decoder *d) {
    for (jpeg_saved_marker_ptr marker = d->jpeg.marker_list; marker; marker = marker->next)
        if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 4 &&
            memcmp(marker->data, "Exif", 4) == 0)
            return gan__exif_orientation(marker->data, marker->data_length);
    return 1;
}

static void read_jpeg(decoder *d, const uint8_t *bytes, bool pixels, gan_bitmap *out) {
    jpeg_create_decompress(&d->jpeg);
    d->source.next_input_byte = bytes;
    d->source.bytes_in_buffer = d->length;
    d->jpeg.src = &d->source;
    d->jpeg.progress = &d->progress;
    jpeg_save_markers(&d->jpeg, JPEG_APP0 + 1, 0xFFFF);
    (void)jpeg_read_header(&d->jpeg, TRUE);
    const bool grey = d->jpeg.jpeg_color_space == JCS_GRAYSCALE;
    if (!grey && d->jpeg.num_components != 3) {
        d->status = refuse_colours(d);
        return;
    }
    d->jpeg.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    out->width = d->jpeg.image_width;
    out->height = d->jpeg.image_height;
    out->channels = grey ? 1 : 3;
    const unsigned orientation = find_orientation(d); // a marker behind the pixels turns nothing
    if (pixels) read_rows(d, out);
    d->status = gan__bitmap_orient(out, orientation);
}

gan_status gan__bitmap_jpeg(const uint8_t *bytes, size_t length, bool pixels, gan_bitmap *out,
                            bool *cut) {
    decoder d = {.length = length, .cut = cut};
    d.jpeg.err = jpeg_std_error(&d.errors);
    d.errors.error_exit = on_error;
    d.errors.emit_message = on_message;
    d.source = (struct jpeg_source_mgr){.init_source = ignore,
                                        .fill_input_buffer = on_empty,
                                        .skip_input_data = on_skip,
                                        .resync_to_restart = jpeg_resync_to_restart,
                                        .term_source = ignore};
    d.progress.progress_monitor = on_progress;
    if (setjmp(d.leave) == 0) read_jpeg(&d, bytes, pixels, out);
    jpeg_destroy_decompress(&d.jpeg);
    if (d.status != GAN_STATUS_OK) gan__bitmap_destroy(out);
    return d.status;
}
