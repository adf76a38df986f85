// That what is made of a checkpoint is added up in its run's orders, not in those that the device
// has been tuned to since.
#include "test_device_folder.h"

#include "clgan/checkpoint.h"
#include "clgan/layers.h"
#include "clgan/sample.h"
#include "runtime/tuner_table.h"

#include <string.h>

static void assert_ok(gan_status status) {
    if (status != GAN_STATUS_OK) fail_msg("%s", gan_status_message());
}

static const char recipe_text[] =
    "name: hand\nbatch: 8\nsteps: 10\ndata: {source: \"builtin:ring8\"}\n"
    "latent: {size: 2, prior: normal}\ngenerator: [dense: 2]\ndiscriminator: [dense: 1]\n";
static const char run_text[] =
    "{\"seed\": 7, \"step\": 10, \"data_position\": 80, \"logged_step\": 10, \"elapsed_s\": 1.0, "
    "\"sample\": [2]}";

// `orders`: what the run was tuned to; NULL: nothing.
static gan_checkpoint *make_checkpoint(const char *orders) {
    static const struct {
        const char *name;
        int rank;
        int64_t shape[2];
    } tensors[] = {{"generator.0.weight", 2, {2, 2}},
                   {"generator.0.bias", 1, {2}},
                   {"discriminator.0.weight", 2, {1, 2}},
                   {"discriminator.0.bias", 1, {1}}};
    static const float values[4] = {3, 0, 0, 4};
    const char *const path = in_folder("hand.gan");
    gan_checkpoint_writer *writer = NULL;
    gan_checkpoint *checkpoint = NULL;
    assert_ok(gan_checkpoint_writer_create(path, 1, &writer));
    assert_ok(gan_checkpoint_writer_text(writer, "recipe", recipe_text));
    assert_ok(gan_checkpoint_writer_text(writer, "run", run_text));
    if (orders) assert_ok(gan_checkpoint_writer_text(writer, "tuning", orders));
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        assert_ok(gan_checkpoint_writer_tensor(writer, tensors[i].name, GAN_DTYPE_F32,
                                               tensors[i].rank, tensors[i].shape, values));
    assert_ok(gan_checkpoint_writer_commit(writer));
    assert_ok(gan_checkpoint_open(path, &checkpoint));
    return checkpoint;
}

// As if tuning had found a way that adds up in an order of its own.
static void tune(const char *way) {
    const gan_tuner_entry entry = {
        .key = "spin", .way = way, .gain = 1.5, .reorders = true, .done = true, .found_here = true};
    gan_tuner_table *table = NULL;
    assert_ok(gan__tuner_table_get(device, &table));
    assert_ok(gan__tuner_table_put(table, &entry));
}

static void sample(const gan_checkpoint *checkpoint) {
    gan_sampler *sampler = NULL;
    assert_ok(gan_sampler_create(device, checkpoint, GAN_SAMPLE_WEIGHTS_DEFAULT, &sampler));
    gan_sampler_destroy(sampler);
}

static void measure(const gan_checkpoint *checkpoint) {
    gan_layer_figures *layers = NULL;
    size_t count = 0;
    assert_ok(gan_layers_measure(device, checkpoint, &layers, &count));
    gan_layer_figures_free(layers);
}

static void (*const uses[])(const gan_checkpoint *checkpoint) = {sample, measure};

static void what_is_made_of_a_checkpoint_has_the_orders_of_its_run(void **state) {
    (void)state;
    gan_text orders = {0};
    tune("spin 1");
    assert_ok(gan__tuner_write_orders(device, &orders));
    gan_checkpoint *const checkpoint = make_checkpoint(gan__text_string(&orders));
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        tune("spin 2"); // meanwhile
        uses[i](checkpoint);
        const char *const way = gan__tuner_find(device, "spin");
        assert_non_null(way);
        assert_string_equal(way, "spin 1");
    }
    gan_checkpoint_close(checkpoint);
    gan__text_destroy(&orders);
}

static void what_was_begun_untuned_has_the_usual_orders(void **state) {
    (void)state;
    gan_checkpoint *const checkpoint = make_checkpoint(NULL);
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        tune("spin 2");
        uses[i](checkpoint);
        assert_null(gan__tuner_find(device, "spin"));
    }
    gan_checkpoint_close(checkpoint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_of_a_checkpoint_has_the_orders_of_its_run),
        cmocka_unit_test(what_was_begun_untuned_has_the_usual_orders),
    };
    return cmocka_run_group_tests(tests, open_device_and_folder, close_device_and_folder);
}
