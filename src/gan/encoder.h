// What an encoder says of latents, and what it costs to say it, as nodes. With Q its answer to a
// generated sample G(z), z of noise and codes c (gan/latent.h):
//
//     codes    -E log Q(c | G(z)) - H(c), negated the lower bound on the mutual information
//              I(c; G(z)) of Chen et al. 2016 (InfoGAN), 5. Q of one-hot codes is a softmax; of
//              continuous ones normal, of deviation 1 or one that it gives. H(c) is exact: ln K for
//              one of K categories, ln 2 for an element U(-1, 1). So the part of the categories can
//              rise to codes x ln K nats; that of continuous codes has no such end, and with a
//              deviation of 1 none above C (ln 2 - ln(2 pi) / 2) = -0.23 C.
//     latents  E |Q - z|^2 / (2 elements of z): a latent regressor (Donahue et al. 2017)
//     joint    what makes D take (x, Q(x)) for (G(z), z): gan/objective.h
//
// Its elements, in order: codes: K logits for each one-hot code, then the means of the continuous
// ones, then the logarithms of their deviations where it gives them; else those of z.
#ifndef GAN_GAN_ENCODER_H
#define GAN_GAN_ENCODER_H

#include "graph/graph.h"
#include "recipe/recipe.h"

// Rank 0 each.
typedef struct gan_recovery {
    gan_node *cost;                     // before the recipe's weights of it
    gan_node *categorical, *continuous; // lower bounds on information, in nats; 0 for no such codes
} gan_recovery;

// Of kinds CODES and LATENTS. `answer` has a batch behind its elements; `latents`: (size, B).
gan_recovery gan__encoder_recovery(const gan_recipe_values *recipe, gan_node *answer,
                                   gan_node *latents);

#endif
