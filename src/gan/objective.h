// What the two players want, as nodes of D's logits: one table of objectives. With r = D's logits
// of real samples, f those of generated ones, e the label smoothing, D = sigmoid(logit):
//
//                         discriminator minimises               generator minimises
//     logistic            E softplus(-r) + e r + E softplus(f)  by objective.generator_cost:
//       minimax                                                 -E softplus(f) = E log(1 - D(G(z)))
//       non-saturating                                          E softplus(-f) = -E log D(G(z))
//       maximum-likelihood                                      -E exp(f)
//     least-squares       E (r - (1 - e))^2 / 2 + E f^2 / 2     E (f - 1)^2 / 2
//     wasserstein         E f - E r                             -E f
//     hinge               E max(0, 1 - r) + E max(0, 1 + f)     -E f
//     relativistic-paired E softplus(f - r)                     E softplus(r - f)
//     relativistic-average
//                         E softplus(-(r - Ef)) + E softplus(f - Er), and with r and f exchanged
//
// Sources: Goodfellow et al. 2014, Algorithm 1; Goodfellow 2016 (NIPS tutorial), 3.2 and 4.2; Mao
// et al. 2017; Arjovsky et al. 2017; Lim, Ye 2017 and Miyato et al. 2018; Jolicoeur-Martineau 2018
// (the paired one as Huang et al. 2024 train with). What bounds D's gradient is gan/penalty.h.
//
// To add an objective: a row in objective.c's table, and its name in the recipe's.
#ifndef GAN_GAN_OBJECTIVE_H
#define GAN_GAN_OBJECTIVE_H

#include "graph/graph.h"
#include "recipe/recipe.h"

// From logits (1, B).
typedef struct gan_objective {
    // Of rank 0.
    gan_node *(*discriminator)(const gan_recipe_values *recipe, gan_node *real, gan_node *fake);
    // (1, B): one term a sample, of which the mean is the cost. `real` may be NULL unless
    // generator_sees_real.
    gan_node *(*generator_each)(const gan_recipe_values *recipe, gan_node *real, gan_node *fake);
    bool generator_sees_real;
} gan_objective;

const gan_objective *gan__objective(const gan_recipe_values *recipe);

// The recipe's costs, times its discriminator_scale and generator_scale.
gan_node *gan__objective_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                       gan_node *fake);
gan_node *gan__objective_generator(const gan_recipe_values *recipe, gan_node *real, gan_node *fake);
// What an encoder minimises by whose latents real samples are judged: the generator's cost with
// real and generated ones exchanged, f - 1 being -r there for least-squares, f -r for the others.
gan_node *gan__objective_encoder(const gan_recipe_values *recipe, gan_node *real, gan_node *fake);
// The terms of which the generator's is the mean, (1, B).
gan_node *gan__objective_generator_each(const gan_recipe_values *recipe, gan_node *real,
                                        gan_node *fake);

#endif
