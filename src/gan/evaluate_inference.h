// What a checkpoint's encoder makes of test samples (clgan/evaluate.h, gan_inference_figures).
#ifndef GAN_GAN_EVALUATE_INFERENCE_H
#define GAN_GAN_EVALUATE_INFERENCE_H

#include "clgan/evaluate.h"
#include "gan/evaluate_data.h"

typedef struct gan_inference_call {
    gan_device *device;
    const gan_checkpoint *checkpoint;
    const gan_recipe_values *recipe;
    const gan_evaluation_options *options; // samples: at most so many of each kind; 0: all
    const gan_evaluation_data *data;
    gan_sampler *sampler;
} gan_inference_call;

gan_status gan__inference_measure(const gan_inference_call *call, gan_inference_figures *out);

#endif
