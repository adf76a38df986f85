// Foreign tensors made into a recipe's networks: finding which is which, and naming them.
#include "base/memory.h"
#include "convert/model.h"
#include "gan/run_record.h"

#include <string.h>

typedef struct adoption {
    gan_bundle *bundle;
    gan_model model;
    bool *taken;               // of the bundle's tensors
    gan_bundle_tensor *result; // of these, in the networks' order; others behind them
    size_t count, capacity;
} adoption;

// A tensor that a network needs.
typedef struct wanted_tensor {
    const gan_tensor *tensor;
    const char *prefix; // of its name in a checkpoint
} wanted_tensor;

// --- The recipe, and what a sample is ------------------------------------------------------------
static gan_status choose_sample(const gan_bundle *bundle, const gan_convert_options *options,
                                gan_model *model) {
    const char *run = gan__bundle_text(bundle, "run");
    gan_network *generator = NULL;
    gan_run_record record;
    const bool known = run && gan__run_record_parse(run, &record) == GAN_STATUS_OK;
    model->classes = known ? record.classes : 0;
    if (options->classes > 0) model->classes = options->classes;
    if (options->sample_rank > 0) {
        model->sample = (gan_shape){.rank = options->sample_rank};
        memcpy(model->sample.size, options->sample, sizeof options->sample);
        return GAN_STATUS_OK;
    }
    if (known) {
        model->sample = record.sample;
        return GAN_STATUS_OK;
    }
    if (!gan__recipe_has_generator(gan__recipe_values(model->recipe)))
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "%s is of a classifier: say what a sample is with --shape, and how many "
                         "labels there are with --classes",
                         options->recipe);
    GAN_TRY(gan__recipe_generator(model->recipe, model->classes, &generator));
    model->sample = *gan__network_output_shape(generator);
    gan__network_destroy(generator);
    return GAN_STATUS_OK;
}

static gan_status open_model(const gan_bundle *bundle, const gan_convert_options *options,
                             gan_model *model) {
    GAN_TRY(gan_recipe_load(options->recipe, &model->recipe));
    GAN_TRY(choose_sample(bundle, options, model));
    gan_status status = gan__model_networks(model);
    if (status == GAN_STATUS_OK || options->sample_rank > 0) return status;
    return gan__fail_in(status, "if a sample has another shape than the generator's output, say so "
                                "with --shape");
}

// The texts "recipe" and "run", the latter kept where the options do not say otherwise.
static gan_status set_texts(gan_bundle *bundle, const gan_convert_options *options,
                            const gan_model *model) {
    const gan_run_record record = {.seed = (uint64_t)gan__recipe_values(model->recipe)->seed,
                                   .sample = model->sample,
                                   .classes = (uint32_t)model->classes};
    const char *recipe = gan_recipe_text(model->recipe);
    gan_text run = {0};
    if (!recipe) return gan__fail(GAN_STATUS_NO_MEMORY, "no memory for the recipe");
    GAN_TRY(gan__bundle_set_text(bundle, "recipe", recipe));
    const bool said = options->sample_rank > 0 || options->classes > 0;
    if (!said && gan__bundle_text(bundle, "run")) return GAN_STATUS_OK;
    gan_status status = gan__run_record_write(&record, &run);
    if (status == GAN_STATUS_OK)
        status = gan__bundle_set_text(bundle, "run", gan__text_string(&run));
    gan__text_destroy(&run);
    return status;
}

// --- Finding tensors -----------------------------------------------------------------------------
// The network's tensors in the order of PyTorch's state dictionaries: layer by layer, parameters
// before buffers. Returns how many.
static size_t list_wanted(const gan_network *network, const gan_model_role *role,
                          wanted_tensor *wanted) {
    const size_t parameters = gan__network_parameter_count(network);
    const size_t buffers = gan__network_buffer_count(network);
    size_t p = 0, b = 0;
    while (p < parameters || b < buffers) {
        const bool buffer =
            p == parameters || (b < buffers && gan__network_buffer(network, b)->layer <
                                                   gan__network_parameter(network, p)->layer);
        wanted[p + b] = buffer ? (wanted_tensor){gan__network_buffer(network, b), role->statistics}
                               : (wanted_tensor){gan__network_parameter(network, p), role->weights};
        if (buffer) {
            b++;
        } else {
            p++;
        }
    }
    return p + b;
}

static bool fits(const gan_convert_tensor *tensor, const gan_tensor *wanted) {
    return tensor->rank == wanted->shape.rank &&
           memcmp(tensor->size, wanted->shape.size, (size_t)tensor->rank * sizeof *tensor->size) ==
               0;
}

static const char *last_part(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static bool is_counter(const char *name) {
    return strcmp(last_part(name), "num_batches_tracked") == 0;
}

// Whether a tensor of the bundle may be one of the role's; *bare is its name within the network.
// Names that do not begin with a role's are of the network that was asked for.
static bool belongs(const gan_bundle *bundle, size_t index, const char *prefix, const char **bare) {
    const char *name = bundle->tensors[index].as_written.name;
    const size_t length = strlen(prefix);
    *bare = name;
    if (is_counter(name)) return false;
    if (strncmp(name, prefix, length) == 0) {
        *bare = name + length;
        return true;
    }
    for (size_t i = 0; gan__model_role_at(i); i++) {
        if (gan__name_is_part(name, gan__model_role_at(i)->name)) return false;
    }
    return bundle->network != NULL;
}

// The bundle's tensor of the wanted name and shape; SIZE_MAX where there is none.
static size_t find_by_name(const gan_bundle *bundle, const wanted_tensor *wanted) {
    const char *bare;
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        if (belongs(bundle, i, wanted->prefix, &bare) && strcmp(bare, wanted->tensor->name) == 0 &&
            fits(&bundle->tensors[i].as_written, wanted->tensor))
            return i;
    }
    return SIZE_MAX;
}

// The next of the bundle's tensors that is not taken and may be the wanted one.
static size_t find_next(const adoption *adopt, const wanted_tensor *wanted) {
    const char *bare;
    for (size_t i = 0; i < adopt->bundle->tensor_count; i++) {
        if (!adopt->taken[i] && belongs(adopt->bundle, i, wanted->prefix, &bare)) return i;
    }
    return SIZE_MAX;
}

static void describe(const gan_convert_tensor *tensor, gan_text *text) {
    gan__text_append(text, "%s (", tensor->name);
    for (int i = 0; i < tensor->rank; i++) {
        gan__text_append(text, "%s%lld", i ? ", " : "", (long long)tensor->size[i]);
    }
    gan__text_append(text, ")");
}

static gan_status fail_unfit(const adoption *adopt, const gan_model_role *role,
                             const wanted_tensor *wanted, size_t found) {
    char shape[GAN_SHAPE_TEXT];
    gan_text has = {0};
    if (found == SIZE_MAX) {
        gan__text_append(&has, "no more tensors");
    } else {
        describe(&adopt->bundle->tensors[found].as_written, &has);
    }
    gan_status status =
        gan__fail(GAN_STATUS_BAD_INPUT, "the recipe's %s needs %s %s where %s has %s", role->name,
                  wanted->tensor->name, gan__shape_text(&wanted->tensor->shape, shape),
                  adopt->bundle->path, gan__text_string(&has));
    gan__text_destroy(&has);
    return status;
}

// --- Taking them ---------------------------------------------------------------------------------
// Tensor `index` of the bundle becomes the wanted one.
static gan_status take(adoption *adopt, size_t index, const wanted_tensor *wanted) {
    gan_text name = {0};
    GAN_TRY(gan__bundle_room((void **)&adopt->result, sizeof *adopt->result, adopt->count,
                             &adopt->capacity));
    gan_bundle_tensor *tensor = &adopt->result[adopt->count++];
    *tensor = adopt->bundle->tensors[index];
    adopt->taken[index] = true;
    gan__text_append(&name, "%s%s", wanted->prefix, wanted->tensor->name);
    gan_status status = gan__text_status(&name);
    if (status == GAN_STATUS_OK)
        status = gan__bundle_copy(adopt->bundle, name.bytes, name.length, &tensor->as_written.name);
    gan__text_destroy(&name);
    return status;
}

static gan_status take_all(adoption *adopt, const gan_model_role *role, const wanted_tensor *wanted,
                           size_t count) {
    bool by_name = true;
    for (size_t i = 0; i < count && by_name; i++) {
        by_name = find_by_name(adopt->bundle, &wanted[i]) != SIZE_MAX;
    }
    for (size_t i = 0; i < count; i++) {
        size_t found =
            by_name ? find_by_name(adopt->bundle, &wanted[i]) : find_next(adopt, &wanted[i]);
        const gan_convert_tensor *tensor =
            found == SIZE_MAX ? NULL : &adopt->bundle->tensors[found].as_written;
        if (!tensor || !fits(tensor, wanted[i].tensor) ||
            strcmp(last_part(tensor->name), last_part(wanted[i].tensor->name)) != 0)
            return fail_unfit(adopt, role, &wanted[i], found);
        GAN_TRY(take(adopt, found, &wanted[i]));
    }
    return GAN_STATUS_OK;
}

static gan_status adopt_role(adoption *adopt, const gan_model_role *role) {
    GAN_TRY(gan__model_check(&adopt->model, role));
    const gan_network *network = gan__model_network(&adopt->model, role);
    const size_t count = gan__network_parameter_count(network) + gan__network_buffer_count(network);
    wanted_tensor *wanted;
    GAN_TRY(gan__alloc(count, sizeof *wanted, (void **)&wanted));
    (void)list_wanted(network, role, wanted);
    gan_status status = take_all(adopt, role, wanted, count);
    gan__free(wanted);
    return status;
}

// What is left: counters are dropped, other roles' tensors (the optimiser's) kept, others refused.
static gan_status keep_rest(adoption *adopt) {
    static const char *const kept[] = {"optimizer", "metrics"};
    gan_bundle *bundle = adopt->bundle;
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        const gan_bundle_tensor *tensor = &bundle->tensors[i];
        const char *name = tensor->as_written.name;
        if (adopt->taken[i] || is_counter(name)) continue;
        if (!gan__name_is_part(name, kept[0]) && !gan__name_is_part(name, kept[1]))
            return gan__fail(GAN_STATUS_BAD_INPUT,
                             "%s has a tensor %s that is none of the recipe's networks; leave it "
                             "out with --only, or name its network with --network",
                             bundle->path, name);
        GAN_TRY(gan__bundle_room((void **)&adopt->result, sizeof *adopt->result, adopt->count,
                                 &adopt->capacity));
        adopt->result[adopt->count++] = *tensor;
    }
    return GAN_STATUS_OK;
}

// Whether the role is asked for, or some tensor's name begins with it.
static bool is_there(const gan_bundle *bundle, const gan_model_role *role) {
    if (bundle->network) return strcmp(bundle->network, role->name) == 0;
    for (size_t i = 0; i < bundle->tensor_count; i++) {
        if (gan__name_is_part(bundle->tensors[i].as_written.name, role->name)) return true;
    }
    return false;
}

static gan_status adopt_all(adoption *adopt, const gan_convert_options *options) {
    gan_bundle *bundle = adopt->bundle;
    const gan_model_role *role;
    GAN_TRY(open_model(bundle, options, &adopt->model));
    for (size_t i = 0; (role = gan__model_role_at(i)); i++) {
        if (is_there(bundle, role)) GAN_TRY(adopt_role(adopt, role));
    }
    if (adopt->count == 0)
        return gan__fail(GAN_STATUS_BAD_ARGUMENT,
                         "whose tensors are in %s its names do not say, such as %s; name the "
                         "network with --network",
                         bundle->path,
                         bundle->tensor_count ? bundle->tensors[0].as_written.name : "none");
    GAN_TRY(keep_rest(adopt));
    GAN_TRY(set_texts(bundle, options, &adopt->model));
    gan__free(bundle->tensors);
    bundle->tensors = adopt->result;
    bundle->tensor_count = adopt->count;
    bundle->tensor_capacity = adopt->capacity;
    adopt->result = NULL;
    return GAN_STATUS_OK;
}

gan_status gan__bundle_adopt(gan_bundle *bundle, const gan_convert_options *options) {
    adoption adopt = {.bundle = bundle};
    GAN_TRY(gan__alloc(bundle->tensor_count, sizeof *adopt.taken, (void **)&adopt.taken));
    gan_status status = adopt_all(&adopt, options);
    gan__model_close(&adopt.model);
    gan__free(adopt.taken);
    gan__free(adopt.result);
    return status;
}
