// Implements gan/event_file.h.
#include "gan/event_file.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct gan_event_file {
    FILE *stream;
    char *path;
    double start;   // as given
    double elapsed; // of the last line
};

// Field numbers of the messages.
enum { EVENT_WALL_TIME = 1, EVENT_STEP = 2, EVENT_FILE_VERSION = 3, EVENT_SUMMARY = 5 };
enum { SUMMARY_VALUE = 1 };
enum { VALUE_TAG = 1, VALUE_SIMPLE = 2, VALUE_IMAGE = 4 };
enum { IMAGE_HEIGHT = 1, IMAGE_WIDTH = 2, IMAGE_COLORSPACE = 3, IMAGE_ENCODED = 4 };

// --- Records -------------------------------------------------------------------------------------

// CRC-32C (Castagnoli), bit by bit: an event has a few hundred bytes, or is a picture.
static uint32_t masked_crc(const uint8_t *bytes, size_t length) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (UINT32_C(0x82f63b78) & (0 - (crc & 1)));
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + UINT32_C(0xa282ead8);
}

static gan_status output_failed(const gan_event_file *file) {
    return gan__fail(GAN_STATUS_BAD_OUTPUT, "%s cannot be written: %s", file->path,
                     strerror(errno));
}

static gan_status write_record(gan_event_file *file, const gan_text *event) {
    GAN_TRY(gan__text_status(event));
    uint8_t head[12], foot[4];
    gan__put_u64(head, event->length);
    gan__put_u32(head + 8, masked_crc(head, 8));
    gan__put_u32(foot, masked_crc((const uint8_t *)event->bytes, event->length));
    if (fwrite(head, 1, sizeof head, file->stream) != sizeof head ||
        fwrite(event->bytes, 1, event->length, file->stream) != event->length ||
        fwrite(foot, 1, sizeof foot, file->stream) != sizeof foot)
        return output_failed(file);
    return GAN_STATUS_OK;
}

// An event that carries a summary.
static gan_status write_summary(gan_event_file *file, uint64_t step, const gan_text *summary) {
    gan_text event = {0};
    gan__wire_put_double(&event, EVENT_WALL_TIME, file->start + file->elapsed);
    gan__wire_put_whole(&event, EVENT_STEP, (int64_t)step);
    gan__wire_put_message(&event, EVENT_SUMMARY, summary);
    const gan_status status = write_record(file, &event);
    gan__text_destroy(&event);
    return status;
}

// --- The file ------------------------------------------------------------------------------------

static gan_status write_version(gan_event_file *file) {
    gan_text event = {0};
    gan__wire_put_double(&event, EVENT_WALL_TIME, file->start);
    gan__wire_put_string(&event, EVENT_FILE_VERSION, "brain.Event:2");
    const gan_status status = write_record(file, &event);
    gan__text_destroy(&event);
    return status;
}

gan_status gan__event_file_open(const char *path, double start, gan_event_file **out) {
    void *memory = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_event_file), &memory));
    gan_event_file *const file = memory;
    file->start = start;
    gan_status status = gan__string_copy(path, &file->path);
    if (status == GAN_STATUS_OK && (file->stream = fopen(path, "wb")) == NULL)
        status = output_failed(file);
    if (status == GAN_STATUS_OK) status = write_version(file);
    if (status == GAN_STATUS_OK)
        *out = file;
    else
        gan__event_file_close(file);
    return status;
}

void gan__event_file_close(gan_event_file *file) {
    if (file == NULL) return;
    if (file->stream != NULL) fclose(file->stream);
    gan__free(file->path);
    gan__free(file);
}

static gan_status flush(gan_event_file *file) {
    return fflush(file->stream) == 0 ? GAN_STATUS_OK : output_failed(file);
}

// --- Figures and pictures ------------------------------------------------------------------------

static void append_scalar(gan_text *summary, const char *tag, double value) {
    gan_text scalar = {0};
    gan__wire_put_string(&scalar, VALUE_TAG, tag);
    gan__wire_put_float(&scalar, VALUE_SIMPLE, (float)value);
    gan__wire_put_message(summary, SUMMARY_VALUE, &scalar);
    gan__text_destroy(&scalar);
}

static gan_status write_line(gan_event_file *file, json_t *line) {
    gan_text summary = {0};
    const char *key;
    json_t *value;
    json_object_foreach(line, key, value) {
        if (json_is_number(value) && strcmp(key, "step") != 0)
            append_scalar(&summary, key, json_number_value(value));
        else if (json_is_boolean(value))
            append_scalar(&summary, key, json_is_true(value) ? 1 : 0);
    }
    file->elapsed = json_number_value(json_object_get(line, "elapsed_s"));
    const json_int_t step = json_integer_value(json_object_get(line, "step"));
    const gan_status status = write_summary(file, (uint64_t)step, &summary);
    gan__text_destroy(&summary);
    return status;
}

gan_status gan__event_file_lines(gan_event_file *file, const char *lines) {
    for (const char *at = lines, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        json_t *const line = gan__json_read(at, (size_t)(end - at), GAN_JSON_LINE);
        const gan_status status = line != NULL ? write_line(file, line) : GAN_STATUS_OK;
        json_decref(line);
        GAN_TRY(status);
    }
    return flush(file);
}

// A PNG's first chunk, IHDR: width and height at byte 16, the colour type at byte 25.
#define PNG_HEADER_BYTES 26

static void append_image(gan_text *summary, const uint8_t *png, size_t length) {
    static const int64_t channels[] = {1, 0, 3, 1, 2, 0, 4}; // by colour type
    const uint8_t colour = png[25];
    gan_text image = {0}, value = {0};
    gan__wire_put_whole(&image, IMAGE_HEIGHT, (int64_t)gan__get_word(png + 20, 4, true));
    gan__wire_put_whole(&image, IMAGE_WIDTH, (int64_t)gan__get_word(png + 16, 4, true));
    gan__wire_put_whole(&image, IMAGE_COLORSPACE,
                        colour < sizeof channels / sizeof channels[0] ? channels[colour] : 0);
    gan__wire_put_bytes(&image, IMAGE_ENCODED, png, length);
    gan__wire_put_string(&value, VALUE_TAG, "samples");
    gan__wire_put_message(&value, VALUE_IMAGE, &image);
    gan__wire_put_message(summary, SUMMARY_VALUE, &value);
    gan__text_destroy(&image);
    gan__text_destroy(&value);
}

gan_status gan__event_file_picture(gan_event_file *file, uint64_t step, const uint8_t *png,
                                   size_t length) {
    if (length < PNG_HEADER_BYTES)
        return gan__fail(GAN_STATUS_BAD_INPUT, "the picture of step %llu is no PNG file",
                         (unsigned long long)step);
    gan_text summary = {0};
    append_image(&summary, png, length);
    gan_status status = write_summary(file, step, &summary);
    gan__text_destroy(&summary);
    return status == GAN_STATUS_OK ? flush(file) : status;
}
