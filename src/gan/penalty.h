// Penalties on D's gradient at chosen points, as nodes. With g(x) = d D(x) / d x for D's logit at
// one sample x, |.| the 2-norm over all its elements:
//
//     r1                r1 / 2 E |g(x)|^2 at real x            Mescheder et al. 2018
//     r2                r2 / 2 E |g(x)|^2 at generated x
//     gradient_penalty  gradient_penalty E (|g(x)| - target)^2, or max(0, .)^2 where one-sided, at
//       interpolated    x = real + a (generated - real),       Gulrajani et al. 2017
//                       a ~ U(0, 1) for each sample
//       perturbed       x = real + a deviation S u,            DRAGAN: Kodali et al. 2017, as their
//                       u ~ U(0, 1) for each element,          code has it
//                       S the deviation over all of the batch
//       real, generated x as they are
//
// target 1 is WGAN-GP's and DRAGAN's, 0 a zero-centred penalty (Thanh-Tung et al. 2019), one-sided
// that of Petzka et al. 2018. D's logit of a sample depends on that sample alone (batch statistics
// apart), so one gradient of the sum gives every sample's own.
//
// To add points: a row in penalty.c's table, and their name in the recipe's.
#ifndef GAN_GAN_PENALTY_H
#define GAN_GAN_PENALTY_H

#include "graph/graph.h"
#include "recipe/recipe.h"

// What a penalty is taken from.
typedef struct gan_penalty_call {
    const gan_recipe_values *recipe;
    gan_node *real, *fake;               // (sample..., B)
    gan_node *real_logits, *fake_logits; // (1, B), of just those nodes
    uint32_t stream;                     // two streams are drawn from, this one and the next
    gan_node *(*logits)(void *user, gan_node *points); // D's logits at other points
    void *user;
} gan_penalty_call;

bool gan__penalty_wanted(const gan_recipe_values *recipe);
// The sum of the recipe's penalties, of rank 0; NULL where there are none, or after a failure of
// the graph.
gan_node *gan__penalty(const gan_penalty_call *call);

#endif
