// What the two players want, as nodes. With s = D's logit and D = sigmoid(s):
//
//     discriminator       scale (mean -[(1 - e) log D(x) + e log(1 - D(x))] - mean log(1 -
//     D(G(z))))
//                         + r1 / 2 mean |d s / d x|^2 at real x
//     minimax             generator minimises  mean log(1 - D(G(z)))
//     non-saturating                           mean -log D(G(z))
//     maximum-likelihood                       mean -exp(s(G(z)))
//
// e is one-sided label smoothing, scale the 1/2 of the paper's code. Sources: Goodfellow et al.
// 2014, Algorithm 1; Goodfellow 2016 (NIPS tutorial), 3.2 and 4.2; for r1 Mescheder et al. 2018.
// Logarithms are softplus of the logit, finite wherever the logit is.
//
// To add a cost of the generator: a row in objective.c's table, and its name in the recipe's.
#ifndef GAN_GAN_OBJECTIVE_H
#define GAN_GAN_OBJECTIVE_H

#include "graph/graph.h"
#include "recipe/recipe.h"

// Logits are (1, B), `real` is what D was given for `real_logits`, (features..., B). Rank 0.
gan_node *gan__objective_discriminator(const gan_recipe_values *recipe, gan_node *real,
                                       gan_node *real_logits, gan_node *fake_logits);
gan_node *gan__objective_generator(const gan_recipe_values *recipe, gan_node *fake_logits);

#endif
