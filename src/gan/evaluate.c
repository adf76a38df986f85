// Implements gan_evaluate: the measures that suit the data, each for the generator and, as its line
// of reference, for training samples.
#include "clgan/evaluate.h"

#include "gan/evaluate_classes.h"
#include "gan/evaluate_data.h"
#include "gan/evaluate_divergences.h"
#include "gan/evaluate_inference.h"
#include "gan/evaluate_modes.h"
#include "gan/evaluate_sequences.h"
#include "gan/parzen.h"
#include "gan/run_record.h"
#include "gan/vocabulary_text.h"

#include <string.h>

typedef struct evaluator {
    gan_device *device;
    const gan_checkpoint *checkpoint;
    const gan_evaluation_options *options;
    gan_recipe *recipe;
    gan_run_record record;
    gan_evaluation_data data;
    gan_sampler *sampler;
    gan_sampler_source generated; // sampler NULL: the checkpoint has no generator
    gan_classifier *own;          // the checkpoint's, or NULL
    gan_classifier *judge;        // that of options->features, or NULL
    gan_evaluation *out;
} evaluator;

// So many generated samples, and as many training samples as there are of those.
static gan_points generated_points(const evaluator *e, uint64_t otherwise) {
    const uint64_t count = e->options->samples > 0 ? e->options->samples : otherwise;
    return gan__sampler_source_points(&e->generated, count);
}

static gan_points training_points(const evaluator *e, uint64_t count) {
    gan_points points = e->data.training;
    if (points.count > count) points.count = count;
    return points;
}

// --- Modes ---------------------------------------------------------------------------------------

static bool has_stacks(const evaluator *e) {
    return gan__recipe_values(e->recipe)->data.stack > 1;
}

static bool suits_modes(const evaluator *e) {
    gan_mixture mixture;
    if (e->sampler == NULL) return false;
    return gan__modes_of_dataset(e->data.whole, &mixture) || (has_stacks(e) && e->judge != NULL);
}

// Bytes have been taken to 0 and 1.
static gan_status choose_judge(const evaluator *e, gan_mode_judge *out) {
    gan_mixture mixture;
    if (!gan__modes_of_dataset(e->data.whole, &mixture))
        return gan__modes_of_classes(e->judge, gan__dataset_info(e->data.whole), 0,
                                     e->data.has_bytes ? 1 : 0, out);
    *out = gan__modes_of_mixture(&mixture);
    return GAN_STATUS_OK;
}

static gan_status measure_modes(evaluator *e) {
    gan_mode_judge judge;
    GAN_TRY(choose_judge(e, &judge));
    const gan_points generated = generated_points(e, gan__modes_samples(&judge));
    const gan_points training = training_points(e, generated.count);
    const gan_parzen_watch watches[] = {{e->options, "modes of generated samples"},
                                        {e->options, "modes of training samples"}};
    GAN_TRY(gan__evaluate_modes(&judge, &generated, &watches[0], &e->out->modes));
    GAN_TRY(gan__evaluate_modes(&judge, &training, &watches[1], &e->out->modes_of_data));
    e->out->has_modes = true;
    return GAN_STATUS_OK;
}

// --- Divergences ---------------------------------------------------------------------------------

static bool suits_divergences(const evaluator *e) {
    return e->sampler != NULL && e->data.elements == 1;
}

static gan_status measure_divergences(evaluator *e) {
    const gan_points generated = generated_points(e, GAN_DIVERGENCE_SAMPLES);
    const gan_points training = training_points(e, generated.count);
    gan__parzen_tell(&(gan_parzen_watch){e->options, "divergences"}, 0, generated.count);
    GAN_TRY(gan__evaluate_divergences(&training, &generated, e->out));
    e->out->divergence_samples = generated.count;
    e->out->has_divergences = true;
    return GAN_STATUS_OK;
}

// --- Sequences of tokens -------------------------------------------------------------------------

static bool suits_sequences(const evaluator *e) {
    return gan__dataset_vocabulary(e->data.whole) != NULL;
}

static gan_status measure_sequences(evaluator *e) {
    const gan_points generated = generated_points(e, GAN_SEQUENCE_SAMPLES);
    gan__parzen_tell(&(gan_parzen_watch){e->options, "sequences"}, 0, generated.count);
    GAN_TRY(gan__evaluate_sequences(e->data.whole, &generated, &e->data.test, generated.count,
                                    &e->out->sequences));
    GAN_TRY(gan__evaluate_sequences(e->data.whole, &e->data.training, &e->data.test,
                                    generated.count, &e->out->sequences_of_data));
    e->out->has_sequences = true;
    return GAN_STATUS_OK;
}

// --- Parzen windows ------------------------------------------------------------------------------

static bool suits_parzen(const evaluator *e) {
    return e->sampler != NULL && e->judge == NULL && e->options->source == NULL &&
           !suits_modes(e) && !suits_divergences(e) && !suits_sequences(e);
}

static gan_status measure_parzen(evaluator *e) {
    const gan_points generated = generated_points(e, GAN_PARZEN_SAMPLES);
    const gan_points training = training_points(e, generated.count);
    const gan_parzen_watch watches[] = {{e->options, "Parzen windows of generated samples"},
                                        {e->options, "Parzen windows of training samples"}};
    GAN_TRY(gan__parzen_protocol(e->device, e->data.elements, &generated, &e->data.validation,
                                 &e->data.test, &watches[0], &e->out->parzen));
    GAN_TRY(gan__parzen_protocol(e->device, e->data.elements, &training, &e->data.validation,
                                 &e->data.test, &watches[1], &e->out->parzen_of_data));
    e->out->validation_was_trained_on = e->data.validation_was_trained_on;
    e->out->has_parzen = true;
    return GAN_STATUS_OK;
}

// --- Classes -------------------------------------------------------------------------------------

// Samples as the classifiers' input: bytes have been taken to 0 and 1.
static gan_classified_points classified(const evaluator *e, const gan_points *points,
                                        const gan_parzen_watch *watch) {
    return (gan_classified_points){
        .points = points, .low = 0, .high = e->data.has_bytes ? 1 : 0, .watch = watch};
}

static bool suits_errors(const evaluator *e) {
    return e->own != NULL;
}

static gan_status measure_errors(evaluator *e) {
    const gan_parzen_watch watches[] = {{e->options, "errors on test samples"},
                                        {e->options, "errors on training samples"}};
    const gan_points training = training_points(e, e->data.test.count);
    const gan_classified_points test = classified(e, &e->data.test, &watches[0]);
    const gan_classified_points trained = classified(e, &training, &watches[1]);
    GAN_TRY(gan__evaluate_errors(e->own, &test, &e->out->errors));
    GAN_TRY(gan__evaluate_errors(e->own, &trained, &e->out->errors_of_data));
    e->out->errors_averaged = gan_classifier_get_info(e->own)->averaged;
    e->out->has_errors = true;
    return GAN_STATUS_OK;
}

// --- Features ------------------------------------------------------------------------------------

static bool suits_features(const evaluator *e) {
    return e->sampler != NULL && (e->judge != NULL || e->options->source != NULL) &&
           !suits_modes(e);
}

// The classifier, or else the source, prepared for the generator's samples.
static gan_status open_feature_judge(const evaluator *e, gan_feature_judge *out) {
    const gan_sample_info *const info = gan_sampler_get_info(e->sampler);
    gan_feature_samples samples = {.rank = info->rank, .high = e->data.has_bytes ? 1 : 0};
    if (e->judge != NULL) {
        *out = gan__feature_judge_of_classifier(e->judge);
        return GAN_STATUS_OK;
    }
    memcpy(samples.size, info->size, sizeof samples.size);
    return gan__feature_judge_of_source(e->options->source, e->device, &samples, out);
}

static gan_status measure_features(evaluator *e) {
    const gan_points generated = generated_points(e, GAN_FEATURE_SAMPLES);
    const gan_points training = training_points(e, generated.count);
    const gan_parzen_watch watches[] = {{e->options, "features of test samples"},
                                        {e->options, "features of generated samples"},
                                        {e->options, "features of training samples"}};
    const gan_classified_points test = classified(e, &e->data.test, &watches[0]);
    const gan_classified_points sets[] = {classified(e, &generated, &watches[1]),
                                          classified(e, &training, &watches[2])};
    gan_class_figures figures[2];
    gan_feature_judge judge;
    GAN_TRY(open_feature_judge(e, &judge));
    GAN_TRY(gan__evaluate_features(&judge, &test, sets, 2, figures));
    e->out->features = figures[0];
    e->out->features_of_data = figures[1];
    if (e->judge != NULL) e->out->feature_step = gan_classifier_get_info(e->judge)->step;
    e->out->has_features = true;
    return GAN_STATUS_OK;
}

// --- Learned inference ---------------------------------------------------------------------------

static bool suits_inference(const evaluator *e) {
    return gan__recipe_values(e->recipe)->inference.kind != GAN_ENCODER_NONE;
}

static gan_status measure_inference(evaluator *e) {
    const gan_inference_call call = {.device = e->device,
                                     .checkpoint = e->checkpoint,
                                     .recipe = gan__recipe_values(e->recipe),
                                     .options = e->options,
                                     .data = &e->data,
                                     .sampler = e->sampler};
    GAN_TRY(gan__inference_measure(&call, &e->out->inference));
    e->out->has_inference = true;
    return GAN_STATUS_OK;
}

// --- All of it -----------------------------------------------------------------------------------

static const struct {
    bool (*suits)(const evaluator *e);
    gan_status (*measure)(evaluator *e);
} measures[] = {
    {suits_modes, measure_modes},         {suits_divergences, measure_divergences},
    {suits_sequences, measure_sequences}, {suits_errors, measure_errors},
    {suits_features, measure_features},   {suits_parzen, measure_parzen},
    {suits_inference, measure_inference},
};

static gan_status check_elements(const gan_classifier *classifier, const evaluator *e,
                                 const char *what) {
    const size_t elements = gan_classifier_get_info(classifier)->elements;
    if (elements == e->data.elements) return GAN_STATUS_OK;
    return gan__fail(GAN_STATUS_BAD_INPUT,
                     "%s is of samples of %zu elements, and those of the data have %zu", what,
                     elements, e->data.elements);
}

static gan_status open_judge(evaluator *e) {
    if (e->options->features == NULL && e->options->source == NULL) return GAN_STATUS_OK;
    if (e->sampler == NULL)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the checkpoint is of a classifier; features are to compare a "
                         "generator's samples by, so give a generator's checkpoint beside it");
    if (e->options->features == NULL) return GAN_STATUS_OK; // the source is prepared when needed
    GAN_TRY(gan_classifier_create(e->device, e->options->features, GAN_SAMPLE_WEIGHTS_DEFAULT,
                                  &e->judge));
    if (has_stacks(e)) return GAN_STATUS_OK; // each channel may be a sample of its own
    return check_elements(e->judge, e, "the classifier whose features are asked for");
}

static gan_status open_all(evaluator *e, const gan_checkpoint *checkpoint) {
    GAN_TRY(gan__run_record_open(checkpoint, &e->recipe, &e->record));
    GAN_TRY(gan__run_record_adopt_orders(e->device, checkpoint));
    const gan_recipe_values *const recipe = gan__recipe_values(e->recipe);
    if (gan__recipe_has_generator(recipe))
        GAN_TRY(gan_sampler_create(e->device, checkpoint, e->options->weights, &e->sampler));
    if (recipe->objective.classifier != GAN_CLASSIFIER_NONE)
        GAN_TRY(gan_classifier_create(e->device, checkpoint, e->options->weights, &e->own));
    GAN_TRY(gan__evaluation_data_open(recipe, e->options->data, &e->data));
    GAN_TRY(open_judge(e));
    if (e->sampler == NULL) return check_elements(e->own, e, "the classifier");
    const gan_sample_info *const info = gan_sampler_get_info(e->sampler);
    if (info->elements != e->data.elements)
        return gan__fail(GAN_STATUS_BAD_INPUT,
                         "the generator's samples have %zu elements and those of the data %zu; "
                         "give the data it was trained on with --data",
                         info->elements, e->data.elements);
    GAN_TRY(gan__vocabulary_check(checkpoint, e->data.whole));
    return gan__sampler_source_open(e->sampler, e->data.has_bytes, &e->generated);
}

static gan_status measure_all(evaluator *e) {
    const gan_dataset_info *const data = gan__dataset_info(e->data.whole);
    e->out->step = e->record.step;
    e->out->averaged = e->sampler != NULL ? gan_sampler_get_info(e->sampler)->averaged
                                          : gan_classifier_get_info(e->own)->averaged;
    memcpy(e->out->data, data->kind, sizeof e->out->data);
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        if (measures[i].suits(e)) GAN_TRY(measures[i].measure(e));
    return GAN_STATUS_OK;
}

gan_status gan_evaluate(gan_device *device, const gan_checkpoint *checkpoint,
                        const gan_evaluation_options *options, gan_evaluation *out) {
    static const gan_evaluation_options defaults = {0};
    evaluator e = {.device = device,
                   .checkpoint = checkpoint,
                   .options = options != NULL ? options : &defaults,
                   .out = out};
    *out = (gan_evaluation){0};
    gan_status status = open_all(&e, checkpoint);
    if (status == GAN_STATUS_OK) status = measure_all(&e);
    gan__sampler_source_close(&e.generated);
    gan__evaluation_data_close(&e.data);
    gan_sampler_destroy(e.sampler);
    gan_classifier_destroy(e.own);
    gan_classifier_destroy(e.judge);
    gan_recipe_destroy(e.recipe);
    return status;
}
