// Augmentation of what D is shown, as nodes: each sample changed at random, real and generated ones
// alike, so that D cannot learn the training samples by heart; gradients pass through (Zhao et al.
// 2020, DiffAugment; Karras et al. 2020, ADA). On images (channels, height, width, B), in this
// order, with u ~ U(-1, 1) drawn for each sample:
//
//     flip          mirrored left to right for half of the samples
//     brightness    x + brightness u
//     saturation    m + (1 + saturation u) (x - m), m the mean of the pixel's channels
//     contrast      m + (1 + contrast u) (x - m), m the mean of the image
//     translation   moved by whole pixels, up to that share of height and width; 0 where nothing
//     was cutout        0 in a rectangle of that share of height and width, anywhere
//
// each with the probability that the recipe gives, or that adapts (below). DiffAugment's numbers
// are 0.5, 1, 0.5, 0.125 and 0.5. On samples of any shape, after them:
//
//     noise         x + N(0, noise^2) (Sonderby et al. 2016), falling to 0 over noise_ramp steps
//
// Adaptive: with a target t, after each `every` updates of D the probability p rises by
// every B / images where D's logits of real samples were positive more often than
// t = E sign D(x), and falls by as much where they were less; 0 <= p <= probability.
#ifndef GAN_GAN_AUGMENT_H
#define GAN_GAN_AUGMENT_H

#include "graph/graph.h"
#include "recipe/recipe.h"

#define GAN_AUGMENT_STREAMS 64 // that one application may draw from

// Whether any transformation of images is asked for.
bool gan__augment_wanted(const gan_recipe_values *recipe);

// All transformations but noise. `state` (gan__augment_update) may be NULL where nothing adapts.
// Fails the graph where images are needed and `samples` are not.
gan_node *gan__augment(const gan_recipe_values *recipe, gan_node *state, gan_node *samples,
                       uint32_t stream);
// Noise alone; `step` (rank 0) is the number of the training step.
gan_node *gan__augment_noise(const gan_recipe_values *recipe, gan_node *samples, gan_node *step,
                             uint32_t stream);

// What adapting remembers: the probability, the sum of mean signs since it changed, and their
// count.
enum { GAN_AUGMENT_PROBABILITY, GAN_AUGMENT_SIGNS, GAN_AUGMENT_COUNT, GAN_AUGMENT_STATE };
// The state after an update of D that gave `real_logits` (1, B).
gan_node *gan__augment_update(const gan_recipe_values *recipe, gan_node *state,
                              gan_node *real_logits);

#endif
