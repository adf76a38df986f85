// gan-convert: models from one file format to another, whole or in part.
#include "clgan/convert.h"
#include "term/human.h"
#include "term/table.h"
#include "tool.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const format_choices[] = {
#define FORMAT_SUFFIX(name, suffix, meaning) suffix,
    GAN_CONVERT_FORMAT_TABLE(FORMAT_SUFFIX)
#undef FORMAT_SUFFIX
        NULL};
static const char *const dtype_choices[] = {"f32", "f16", NULL};
static const char *const network_choices[] = {
    "generator", "discriminator", "ema", "ema_discriminator", "encoder", "optimizer", NULL};

static const gan_option option_table[] = {
    {.group = "What",
     .name = "only",
     .kind = GAN_OPTION_TEXT,
     .argument = "PATTERN",
     .help = "tensors of such a name only: '*.weight'"},
    {.group = "What",
     .name = "network",
     .kind = GAN_OPTION_CHOICE,
     .argument = "NET",
     .choices = network_choices,
     .help = "generator, ema, [ema_]discriminator, encoder, optimizer"},
    {.group = "What",
     .name = "bare",
     .kind = GAN_OPTION_FLAG,
     .help = "names as in a module of its own: 0.weight"},
    {.group = "What",
     .name = "strip-training",
     .kind = GAN_OPTION_FLAG,
     .help = "leave out what only training needs",
     .detail = "The optimiser's slots and the history."},
    {.group = "Foreign weights",
     .name = "recipe",
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "they are of this recipe's networks, or of --network",
     .detail = "Foreign weights do not say what computes with them; with a recipe they become "
               "a checkpoint that can be sampled, evaluated and written as .onnx.",
     .is_path = true},
    {.group = "Foreign weights",
     .name = "shape",
     .kind = GAN_OPTION_TEXT,
     .argument = "CxHxW",
     .help = "of a sample, where the generator gives a vector"},
    {.group = "Foreign weights",
     .name = "classes",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "of labels, for conditional networks",
     .minimum = 1,
     .maximum = 16777216},
    {.group = "How",
     .name = "to",
     .kind = GAN_OPTION_CHOICE,
     .argument = "FORMAT",
     .choices = format_choices,
     .help = "gan, safetensors, npz, pt, onnx; default: OUT's suffix"},
    {.group = "How",
     .name = "dtype",
     .kind = GAN_OPTION_CHOICE,
     .argument = "TYPE",
     .choices = dtype_choices,
     .help = "f32 or f16: every tensor as that, rounded where needed"},
    {.group = "How",
     .name = "level",
     .kind = GAN_OPTION_COUNT,
     .argument = "0..9",
     .help = "of compression, for gan and npz; default 6",
     .minimum = 0,
     .maximum = 9},
    {.group = "How",
     .name = "dry-run",
     .kind = GAN_OPTION_FLAG,
     .help = "read and list what would be written; write nothing"},
};

static const char *const description[] = {
    "Converts between checkpoints (.gan), .safetensors, .npz, PyTorch's state "
    "dictionaries (.pt) and .onnx. IN's kind is found by its content, OUT's by its suffix "
    "or --to; - is stdout.",
    "Names and layouts are PyTorch's: generator.0.weight of a dense layer is (out, in), a "
    "convolution's (out, in, kh, kw), a transposed one's (in, out, kh, kw). Every bit is "
    "kept, there and back, but where --dtype asks for rounding. Of a .pt no pickle's code "
    "is ever run.",
    ".onnx holds one network, ready to run elsewhere: the averaged generator where there "
    "is one, else the generator, or what --network names. docs/conversion.md has more.",
    NULL,
};

static const char *const examples[] = {
    "gan-convert latest.gan model.safetensors",
    "gan-convert latest.gan generator.pt --network ema --bare",
    "gan-convert latest.gan generator.onnx",
    "gan-convert state.pt model.gan --recipe mnist-mlp.yaml --network generator",
    "gan-convert latest.gan small.gan --strip-training --dtype f16 --level 9",
    NULL,
};

static const gan_tool tool = {
    .name = "gan-convert",
    .purpose = "models from one file format to another",
    .words = "IN OUT",
    .fewest_words = 2,
    .most_words = 2,
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = examples,
    .description = description,
};

// "1x28x28": one size, or three.
static gan_status read_shape(const char *text, gan_convert_options *wanted) {
    const char *at = text;
    int rank = 0;
    for (; rank < 3; rank++) {
        char *end;
        long size = strtol(at, &end, 10);
        if (end == at || size < 1 || size > INT32_MAX) break;
        wanted->sample[rank] = size;
        at = *end == 'x' ? end + 1 : end;
        if (*end != 'x') break;
    }
    wanted->sample_rank = rank + 1;
    if (*at == 0 && (rank == 0 || rank == 2)) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                     "--shape %s is no shape of a sample: give its elements, or channels, height "
                     "and width as in 1x28x28",
                     text);
}

static gan_status read_options(const gan_options *options, gan_convert_options *out) {
    const char *shape = gan__options_text(options, "shape", NULL);
    gan_convert_options wanted = {
        .only = gan__options_text(options, "only", NULL),
        .network = gan__options_text(options, "network", NULL),
        .bare_names = gan__options_given(options, "bare") > 0,
        .strip_training = gan__options_given(options, "strip-training") > 0,
        .has_dtype = gan__options_given(options, "dtype") > 0,
        .recipe = gan__options_text(options, "recipe", NULL),
        .classes = (int64_t)gan__options_count(options, "classes", 0),
    };
    // dtype_choices are in the order of gan_dtype.
    wanted.dtype = (gan_dtype)gan__options_choice(options, "dtype", GAN_DTYPE_F32);
    *out = wanted;
    if (!out->recipe && (shape || out->classes > 0))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "--shape and --classes go with --recipe, which is not given");
    return shape ? read_shape(shape, out) : GAN_STATUS_OK;
}

static gan_status choose_format(const gan_options *options, const char *out,
                                gan_convert_format *format) {
    const char *to = gan__options_text(options, "to", NULL);
    if (!to && strcmp(out, "-") == 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "- is stdout and has no suffix; give the format with --to");
    return gan_convert_format_find(to ? to : out, format);
}

// --- --dry-run -----------------------------------------------------------------------------------
// Whether any tensor is written under another name than it has.
static bool renames(const gan_conversion *conversion) {
    const gan_convert_tensor *tensor;
    for (size_t i = 0; (tensor = gan_conversion_tensor(conversion, i)); i++) {
        if (strcmp(tensor->name, tensor->source_name) != 0) return true;
    }
    return false;
}

static void add_row(const gan_convert_tensor *tensor, bool renamed, gan_table *table) {
    gan_text shape = {0};
    for (int i = 0; i < tensor->rank; i++) {
        gan__text_append(&shape, "%s%lld", i ? "x" : "", (long long)tensor->size[i]);
    }
    gan__table_cell(table, "%s", tensor->name);
    if (renamed) gan__table_cell(table, "%s", tensor->source_name);
    gan__table_cell(table, "%s", dtype_choices[tensor->dtype]);
    gan__table_cell(table, "%s", tensor->rank ? gan__text_string(&shape) : "scalar");
    gan__table_cell(table, "%s", gan__human_digits(tensor->elements).text);
    gan__text_destroy(&shape);
}

static gan_status append_tensors(const gan_tool_call *call, const gan_conversion *conversion,
                                 gan_text *text) {
    gan_table *table;
    const gan_convert_tensor *tensor;
    uint64_t elements = 0;
    const bool renamed = renames(conversion);
    GAN_TRY(gan__table_create(&table));
    gan__table_column(table, "tensor", GAN_ALIGN_LEFT);
    if (renamed) gan__table_column(table, "from", GAN_ALIGN_LEFT);
    gan__table_column(table, "type", GAN_ALIGN_LEFT);
    gan__table_column(table, "shape", GAN_ALIGN_LEFT);
    gan__table_column(table, "elements", GAN_ALIGN_RIGHT);
    for (size_t i = 0; (tensor = gan_conversion_tensor(conversion, i)); i++) {
        add_row(tensor, renamed, table);
        elements += tensor->elements;
    }
    gan_status status = gan__table_append(table, &call->out, text);
    gan__table_destroy(table);
    size_t count = gan_conversion_tensor_count(conversion);
    gan__text_append(text, "%zu tensor%s, %s elements\n", count, count == 1 ? "" : "s",
                     gan__human_digits(elements).text);
    return status;
}

static gan_status list(const gan_tool_call *call, const gan_conversion *conversion) {
    gan_text text = {0};
    const char *name;
    gan_status status = append_tensors(call, conversion, &text);
    for (size_t i = 0; (name = gan_conversion_text_name(conversion, i)); i++) {
        char escaped[1024];
        gan__text_escape(name, escaped, sizeof escaped);
        gan__text_append(&text, "%s%s", i ? ", " : "texts: ", escaped);
    }
    if (gan_conversion_text_name(conversion, 0)) gan__text_append(&text, "\n");
    if (status == GAN_STATUS_OK) status = gan__terminal_write(&call->out, &text);
    gan__text_destroy(&text);
    return status;
}

// --- Main ----------------------------------------------------------------------------------------
static gan_status convert(const gan_tool_call *call, gan_conversion *conversion, const char *out,
                          gan_convert_format format) {
    bool to_stdout = strcmp(out, "-") == 0;
    const gan_target target = {.path = to_stdout ? NULL : out, .fd = STDOUT_FILENO};
    int level = (int)gan__options_count(call->options, "level", GAN_CHECKPOINT_LEVEL_DEFAULT);
    return gan_conversion_write(conversion, target, format, level);
}

static gan_status run_tool(const gan_tool_call *call) {
    const char *in = gan__options_word(call->options, 0),
               *out = gan__options_word(call->options, 1);
    gan_convert_options wanted;
    gan_convert_format format;
    gan_conversion *conversion;
    GAN_TRY(read_options(call->options, &wanted));
    GAN_TRY(choose_format(call->options, out, &format));
    GAN_TRY(gan_conversion_open(in, &wanted, &conversion));
    gan_status status = gan_conversion_plan(conversion, format);
    if (status == GAN_STATUS_OK)
        status = gan__options_given(call->options, "dry-run") > 0
                     ? list(call, conversion)
                     : convert(call, conversion, out, format);
    gan_conversion_close(conversion);
    return status;
}

int main(int argc, char **argv) {
    gan_tool_call call;
    int exit_code;
    signal(SIGPIPE, SIG_IGN);
    if (!gan__tool_begin(&tool, argc, argv, &call, &exit_code)) return exit_code;
    return gan__tool_end(&call, run_tool(&call));
}
