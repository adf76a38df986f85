// The public face of conversion: which format, what is chosen from the source, and off it goes.
#include "clgan/convert.h"

#include "base/file.h"
#include "base/text.h"
#include "checkpoint/format.h"
#include "convert/bundle.h"

#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

enum { MAGIC_BYTES = 512 }; // of a file's start; enough to tell the formats apart

struct gan_conversion {
    gan_bundle bundle;
    gan_convert_format source;
};

typedef struct format_row {
    const char *suffix;
    gan_status (*open)(gan_bundle *bundle);
    gan_status (*write)(gan_bundle *bundle, gan_target target, int level);
    bool (*matches)(const uint8_t magic[MAGIC_BYTES]);
    gan_status (*plan)(gan_bundle *bundle); // NULL: everything is written
} format_row;

// Its first byte may be damaged: opening says so then.
static bool is_checkpoint(const uint8_t magic[MAGIC_BYTES]) {
    return memcmp(magic + 1, gan__format_signature + 1, 3) == 0;
}

// Whether it is a zip archive whose first member's name ends so; `unseen` where that is out of
// sight.
static bool is_archive(const uint8_t magic[MAGIC_BYTES], const char *suffix, bool unseen) {
    enum { LENGTH_AT = 26, NAME_AT = 30 };
    size_t length = gan__get_u16(magic + LENGTH_AT), end = strlen(suffix);
    if (memcmp(magic, "PK\3\4", 4) != 0 || length < end) return false;
    if (length > MAGIC_BYTES - NAME_AT) return unseen;
    return memcmp(magic + NAME_AT + length - end, suffix, end) == 0;
}

static bool is_torch(const uint8_t magic[MAGIC_BYTES]) {
    static const char legacy[] = "\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."; // its magic number, pickled
    enum { PROTO = 2, FRAME = 9, LEGACY = sizeof legacy - 1 };
    return is_archive(magic, "/data.pkl", false) || memcmp(magic + PROTO, legacy, LEGACY) == 0 ||
           memcmp(magic + PROTO + FRAME, legacy, LEGACY) == 0;
}

// An archive that is empty or begins with an array.
static bool is_npz(const uint8_t magic[MAGIC_BYTES]) {
    return memcmp(magic, "PK\5\6", 4) == 0 || is_archive(magic, ".npy", true);
}

// A header's length below 2^32, and the brace that begins it.
static bool is_safetensors(const uint8_t magic[MAGIC_BYTES]) {
    return gan__get_u32(magic + 4) == 0 && magic[8] == '{';
}

// A protocol buffer has no magic: it begins with field 1, the IR's version, and another field.
static bool is_onnx(const uint8_t magic[MAGIC_BYTES]) {
    return magic[0] == 0x08 && magic[1] > 0 && magic[1] < 0x40 && magic[2] >= 0x10 &&
           magic[2] < 0x80;
}

static const format_row formats[] = {
    [GAN_CONVERT_FORMAT_GAN] = {"gan", gan__checkpoint_source, gan__checkpoint_export,
                                is_checkpoint, NULL},
    [GAN_CONVERT_FORMAT_SAFETENSORS] = {"safetensors", gan__safetensors_source,
                                        gan__safetensors_export, is_safetensors, NULL},
    [GAN_CONVERT_FORMAT_PT] = {"pt", gan__torch_source, gan__torch_export, is_torch, NULL},
    [GAN_CONVERT_FORMAT_NPZ] = {"npz", gan__npz_source, gan__npz_export, is_npz, NULL},
    [GAN_CONVERT_FORMAT_ONNX] = {"onnx", gan__onnx_source, gan__onnx_export, is_onnx,
                                 gan__onnx_plan},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };
static const char known_formats[] = "this version knows .gan, .safetensors, .npz, .pt and .onnx";

gan_status gan_convert_format_find(const char *name, gan_convert_format *format) {
    const char *dot = strrchr(name, '.');
    const char *suffix = dot ? dot + 1 : name;
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].suffix, suffix) != 0) continue;
        *format = (gan_convert_format)i;
        return GAN_STATUS_OK;
    }
    return gan__fail(GAN_STATUS_BAD_ARGUMENT, "%s names no format that can be written; %s", name,
                     known_formats);
}

// --- Opening -------------------------------------------------------------------------------------
// The file's first bytes, zeros behind its end.
static gan_status read_magic(const char *path, uint8_t magic[MAGIC_BYTES]) {
    int file;
    uint64_t length;
    gan_status status = gan__file_open_regular(path, &file, &length);
    if (status == GAN_STATUS_OK) {
        status =
            gan__file_read_at(file, 0, magic, length < MAGIC_BYTES ? (size_t)length : MAGIC_BYTES);
        close(file);
    }
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "%s", path);
}

gan_status gan_convert_format_detect(const char *path, gan_convert_format *format) {
    uint8_t magic[MAGIC_BYTES] = {0};
    GAN_TRY(read_magic(path, magic));
    for (size_t i = 0; i < FORMATS; i++) {
        if (!formats[i].matches(magic)) continue;
        *format = (gan_convert_format)i;
        return GAN_STATUS_OK;
    }
    return gan__fail(GAN_STATUS_BAD_INPUT, "%s is of no format that can be read; %s", path,
                     known_formats);
}

static const char *const training_only[] = {"optimizer", "metrics"};
enum { TRAINING_ONLY = sizeof training_only / sizeof training_only[0] };

// Whether it is one of the generator's that has no average: running statistics, which belong to the
// averaged generator too.
static bool is_shared(const gan_names *names, const char *name) {
    gan_text average = {0};
    if (!gan__name_is_part(name, "generator")) return false;
    gan__text_append(&average, "ema%s", name + strlen("generator"));
    bool shared = gan__names_find(names, gan__text_string(&average)) == SIZE_MAX;
    gan__text_destroy(&average);
    return shared;
}

static bool is_of_network(const gan_names *names, const char *network, const char *name) {
    return gan__name_is_part(name, network) ||
           (strcmp(network, "ema") == 0 && is_shared(names, name));
}

static bool is_chosen(const gan_convert_options *options, bool by_network, const gan_names *names,
                      const char *name) {
    if (options->only && fnmatch(options->only, name, 0) != 0) return false;
    if (by_network && !is_of_network(names, options->network, name)) return false;
    for (size_t i = 0; options->strip_training && i < TRAINING_ONLY; i++) {
        if (gan__name_is_part(name, training_only[i])) return false;
    }
    return true;
}

// Foreign tensors of a network need not say so in their names, where a recipe tells what they are.
static bool selects_network(const gan_bundle *bundle, const gan_convert_options *options) {
    if (!options->network || !options->recipe) return options->network != NULL;
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        if (gan__name_is_part(bundle->tensors[i].as_written.name, options->network)) return true;
    }
    return false;
}

static gan_status choose(gan_bundle *bundle, const gan_convert_options *options) {
    const bool by_network = selects_network(bundle, options);
    size_t before = bundle->tensor_count, kept = 0;
    for (size_t i = 0; i < before; i++) {
        gan_bundle_tensor tensor = bundle->tensors[i];
        if (!is_chosen(options, by_network, &bundle->tensor_names, tensor.as_written.name))
            continue;
        if (options->has_dtype) {
            bundle->changed |= tensor.as_written.dtype != options->dtype;
            tensor.as_written.dtype = options->dtype;
        }
        bundle->tensors[kept++] = tensor;
    }
    bundle->tensor_count = kept;
    bundle->round = options->has_dtype;
    if (options->network) {
        char *network;
        GAN_TRY(gan__arena_string(bundle->arena, options->network, &network));
        bundle->network = network;
    }
    if (kept == 0 && before > 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "nothing is left of the %zu tensors of %s by --only, --network and "
                         "--strip-training; its first is called %s",
                         before, bundle->path, bundle->tensor_names.name[0]);
    size_t texts = 0;
    for (size_t i = 0; i < bundle->text_count; i++) {
        if (options->strip_training && strcmp(bundle->texts[i].name, "history") == 0) continue;
        bundle->texts[texts++] = bundle->texts[i];
    }
    bundle->changed |= kept < before || texts < bundle->text_count || options->recipe;
    bundle->text_count = texts;
    return options->recipe ? gan__bundle_adopt(bundle, options) : GAN_STATUS_OK;
}

// "ema.0.weight" becomes "0.weight".
static gan_status bare_names(gan_bundle *bundle) {
    if (!bundle->network)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "names without a network's need one network: choose it with --network");
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        gan_convert_tensor *tensor = &bundle->tensors[i].as_written;
        const char *dot = strchr(tensor->name, '.');
        if (dot && dot[1]) tensor->name = dot + 1;
    }
    bundle->changed = true;
    return GAN_STATUS_OK;
}

static gan_status open_parts(gan_conversion *conversion, const char *path,
                             const gan_convert_options *options) {
    gan_bundle *bundle = &conversion->bundle;
    char *copy;
    GAN_TRY(gan__arena_create(&bundle->arena));
    GAN_TRY(gan__arena_string(bundle->arena, path, &copy));
    bundle->path = copy;
    GAN_TRY(gan_convert_format_detect(path, &conversion->source));
    GAN_TRY(formats[conversion->source].open(bundle));
    GAN_TRY(choose(bundle, options));
    return options->bare_names ? bare_names(bundle) : GAN_STATUS_OK;
}

gan_status gan_conversion_open(const char *path, const gan_convert_options *options,
                               gan_conversion **out) {
    static const gan_convert_options everything = {0};
    gan_conversion *conversion;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof *conversion, (void **)&conversion));
    gan_status status = open_parts(conversion, path, options ? options : &everything);
    if (status == GAN_STATUS_OK) {
        *out = conversion;
    } else {
        gan_conversion_close(conversion);
    }
    return status;
}

void gan_conversion_close(gan_conversion *conversion) {
    if (!conversion) return;
    gan_bundle *bundle = &conversion->bundle;
    if (bundle->source) bundle->source->close(bundle->state);
    gan__names_destroy(&bundle->tensor_names);
    gan__names_destroy(&bundle->text_names);
    gan__free(bundle->tensors);
    gan__free(bundle->texts);
    gan__arena_destroy(bundle->arena);
    gan__free(conversion);
}

// --- What it holds, and writing ------------------------------------------------------------------
gan_convert_format gan_conversion_source(const gan_conversion *conversion) {
    return conversion->source;
}

size_t gan_conversion_tensor_count(const gan_conversion *conversion) {
    return conversion->bundle.tensor_count;
}

const gan_convert_tensor *gan_conversion_tensor(const gan_conversion *conversion, size_t index) {
    const gan_bundle *bundle = &conversion->bundle;
    return index < bundle->tensor_count ? &bundle->tensors[index].as_written : NULL;
}

const char *gan_conversion_text_name(const gan_conversion *conversion, size_t index) {
    const gan_bundle *bundle = &conversion->bundle;
    return index < bundle->text_count ? bundle->texts[index].name : NULL;
}

gan_status gan_conversion_plan(gan_conversion *conversion, gan_convert_format format) {
    if ((size_t)format >= FORMATS)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "format %d is none; %s", (int)format,
                         known_formats);
    return formats[format].plan ? formats[format].plan(&conversion->bundle) : GAN_STATUS_OK;
}

gan_status gan_conversion_write(gan_conversion *conversion, gan_target target,
                                gan_convert_format format, int level) {
    if (level < 0 || level > 9)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT, "compression level %d is outside 0 to 9", level);
    GAN_TRY(gan_conversion_plan(conversion, format));
    return formats[format].write(&conversion->bundle, target, level);
}
