// gan-inspect --verify: whether a file is whole.
#include "inspect/inspect.h"
#include "term/human.h"

static gan_status say_sound(const gan_inspection *inspection, const gan_checkpoint *checkpoint) {
    gan_text text = {0};
    char path[1024];
    size_t count = gan_checkpoint_tensor_count(checkpoint);
    gan__text_escape(inspection->path, path, sizeof path);
    gan__text_append(&text, "%s: sound, %zu tensor%s in %s, every checksum right\n", path, count,
                     count == 1 ? "" : "s",
                     gan__human_bytes(gan_checkpoint_file_bytes(checkpoint)).text);
    gan_status status = gan__terminal_write(&inspection->call->out, &text);
    gan__text_destroy(&text);
    return status;
}

static gan_status say_json(const gan_inspection *inspection, gan_status found) {
    return gan__inspect_write_json(
        inspection,
        json_pack("{s:o, s:b, s:s, s:o*}", "file", gan__inspect_string(inspection->path), "sound",
                  found == GAN_STATUS_OK, "status", gan_status_name(found), "message",
                  found == GAN_STATUS_OK ? NULL : gan__inspect_string(gan_status_message())));
}

gan_status gan__inspect_verify(const gan_inspection *inspection) {
    gan_checkpoint *checkpoint;
    gan_status status = gan_checkpoint_open(inspection->path, &checkpoint);
    if (status == GAN_STATUS_OK) status = gan_checkpoint_verify(checkpoint);
    gan_status said = GAN_STATUS_OK;
    if (inspection->json) {
        said = say_json(inspection, status);
    } else if (status == GAN_STATUS_OK) {
        said = say_sound(inspection, checkpoint);
    }
    gan_checkpoint_close(checkpoint);
    return status != GAN_STATUS_OK ? status : said;
}
