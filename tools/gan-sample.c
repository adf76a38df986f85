// gan-sample: draws samples from a checkpoint. Seeds in, pictures or numbers out. How is in
// sample/.
#include "sample/sample.h"

#include <signal.h>

static const char *const path_choices[] = {"auto", "linear", "spherical", NULL};
static const char *const weights_choices[] = {"auto", "ema", "raw", NULL};

static const gan_option option_table[] = {
    {.group = "What",
     .name = "count",
     .letter = 'n',
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "how many samples, of seeds S to S+N-1; default 1",
     .minimum = 1,
     .maximum = 1e15},
    {.group = "What",
     .name = "seed",
     .kind = GAN_OPTION_COUNT,
     .argument = "S",
     .help = "the first sample's seed; default 0"},
    {.group = "What",
     .name = "seeds",
     .kind = GAN_OPTION_TEXT,
     .argument = "LIST",
     .help = "these seeds: 0,4-6",
     .detail = "Numbers and ranges with commas between, in that order."},
    {.group = "What",
     .name = "interpolate",
     .kind = GAN_OPTION_TEXT,
     .argument = "LIST",
     .help = "a walk through the latents of these seeds",
     .detail = "A picture is a strip of all frames; a folder gets a file a frame; y4m is a "
               "video."},
    {.group = "What",
     .name = "frames",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "samples on the walk, both ends included; default 60",
     .minimum = 2,
     .maximum = 1e15},
    {.group = "What",
     .name = "path",
     .kind = GAN_OPTION_CHOICE,
     .argument = "P",
     .choices = path_choices,
     .help = "linear or spherical; default by the prior",
     .detail = "Normal latents go along arcs, which keeps their lengths likely ones, others "
               "along lines."},
    {.group = "What",
     .name = "loop",
     .kind = GAN_OPTION_FLAG,
     .help = "walk back to the first seed"},
    {.group = "What",
     .name = "sweep",
     .kind = GAN_OPTION_COUNT,
     .argument = "N",
     .help = "change code N of the latent along a picture's columns",
     .detail = "Codes are counted from 1, categorical ones first. Rows are the categories of "
               "the first code, or other seeds.",
     .minimum = 1,
     .maximum = 1e6},
    {.group = "What",
     .name = "span",
     .kind = GAN_OPTION_NUMBER,
     .argument = "X",
     .help = "a continuous code goes from -X to X; default 1",
     .minimum = 0,
     .maximum = 1e6},
    {.group = "What",
     .name = "reconstruct",
     .kind = GAN_OPTION_TEXT,
     .argument = "SRC",
     .help = "rows of test samples, below each what it is encoded as",
     .is_path = true},
    {.group = "What",
     .name = "latents",
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "latents from a .npy, (count, latent), in place of seeds",
     .detail = "float32 or float64; -n takes the first N of them.",
     .is_path = true},
    {.group = "What",
     .name = "class",
     .kind = GAN_OPTION_TEXT,
     .argument = "K",
     .help = "of this class, by number or name; default: any"},
    {.group = "What",
     .name = "truncation",
     .kind = GAN_OPTION_NUMBER,
     .argument = "PSI",
     .help = "latents within [-PSI, PSI], styles nearer their mean",
     .detail =
         "Elements of normal latents beyond are drawn again; a style w of a style-based "
         "generator becomes m + PSI (w - m), m being the mean of the styles of the seeds 0 to "
         "8191. Likelier samples, and less of a variety.",
     .minimum = 0.01,
     .maximum = 1e6},
    {.group = "What",
     .name = "weights",
     .kind = GAN_OPTION_CHOICE,
     .argument = "W",
     .choices = weights_choices,
     .help = "ema or raw; default ema where there are any"},
    {.group = "Where",
     .name = "output",
     .letter = 'o',
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "FILE, DIR/ for a file a sample, or - for stdout",
     .detail = "FILE's suffix gives the format. It is written beside its place and renamed, so "
               "that it is whole or not there.",
     .is_path = true},
    {.group = "Where",
     .name = "format",
     .kind = GAN_OPTION_CHOICE,
     .argument = "F",
     .choices = gan__sample_formats,
     .help = "png, npy, npz, raw, pnm, idx, y4m or txt; default by suffix",
     .detail = "png: one picture of all, whose texts record checkpoint, seeds, class and "
               "options. npy and npz: float32, the count first. raw: little-endian float32 "
               "without a header. pnm: PGM, PPM or PAM, one after another. idx: as MNIST's "
               "files. y4m: video for an encoder. txt: lines, where samples are text."},
    {.group = "Where",
     .name = "grid",
     .kind = GAN_OPTION_TEXT,
     .argument = "CxR",
     .help = "one picture of C columns and R rows",
     .detail = "In png or pnm. Without -n there are as many samples as places."},
    {.group = "Where",
     .name = "save-latents",
     .kind = GAN_OPTION_TEXT,
     .argument = "FILE",
     .help = "keep the latents too, as a .npy",
     .is_path = true},
};

static const char *const description[] = {
    "Draws samples from the generator of CKPT. A sample is a function of the checkpoint "
    "and its own seed, whatever the batch or the count. Memory does not grow with the "
    "count.",
    "With no -o the samples are shown in the terminal, through chafa where it is "
    "installed, else in half blocks. A pipe whose reader has gone ends it without a word.",
    NULL,
};

static const char *const examples[] = {
    "gan-sample latest.gan -n 64 --grid 8x8 -o grid.png",
    "gan-sample latest.gan --seeds 0,4-6 -o faces/",
    "gan-sample latest.gan -n 100000 --format raw -o - | consumer",
    "gan-sample latest.gan --interpolate 1,5,9 --loop -o walk.y4m",
    NULL,
};

static const gan_tool tool = {
    .name = "gan-sample",
    .purpose = "draw samples from a checkpoint's generator",
    .words = "CKPT",
    .fewest_words = 1,
    .most_words = 1,
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = examples,
    .description = description,
};

static gan_status run_tool(const gan_tool_call *call, gan_sample_request *wanted) {
    static const gan_sample_weights weights[] = {GAN_SAMPLE_WEIGHTS_DEFAULT, GAN_SAMPLE_WEIGHTS_EMA,
                                                 GAN_SAMPLE_WEIGHTS_RAW};
    gan_checkpoint *checkpoint = NULL;
    gan_device *device = NULL;
    gan_sampler *sampler = NULL;
    gan_encoder *encoder = NULL;
    gan_status status = gan_checkpoint_open(gan__options_word(call->options, 0), &checkpoint);
    if (status == GAN_STATUS_OK) status = gan_device_open(gan__tool_device(call), &device);
    if (status == GAN_STATUS_OK)
        status =
            gan_sampler_create(device, checkpoint,
                               weights[gan__options_choice(call->options, "weights", 0)], &sampler);
    if (status == GAN_STATUS_OK && wanted->origin == GAN_SAMPLE_ORIGIN_DATA)
        status = gan_encoder_create(device, checkpoint, &encoder);
    gan_checkpoint_close(checkpoint);
    if (status == GAN_STATUS_OK)
        status = gan__sample_request_settle(gan_sampler_get_info(sampler), wanted);
    if (status == GAN_STATUS_OK) status = gan__sample_produce(sampler, encoder, wanted, call);
    gan_encoder_destroy(encoder);
    gan_sampler_destroy(sampler);
    gan_device_close(device);
    return status;
}

int main(int argc, char **argv) {
    gan_tool_call call;
    gan_sample_request wanted = {0};
    int exit_code;
    if (!gan__tool_begin(&tool, argc, argv, &call, &exit_code)) return exit_code;
    signal(SIGPIPE, SIG_IGN); // a closed pipe is seen when it is written to; gan__tool_end minds it
    gan__sample_catch_signals();
    gan_status status = gan__sample_request_read(&call, &wanted);
    if (status == GAN_STATUS_OK) status = run_tool(&call, &wanted);
    gan__sample_request_free(&wanted);
    return gan__tool_end(&call, status);
}
