// A gradient for samples that have none: the score-function estimator, REINFORCE (Williams 1992).
// For tokens y drawn from p(y | z), and a cost c(y) of which no derivative by y is needed,
//
//     d E c / d w = E (c - b) d log p(y | z) / d w
//
// for any baseline b that does not depend on y: it changes the estimate's variance, not its mean.
// Here b is a moving average of the costs of the batches before.
#ifndef GAN_GAN_SCORE_FUNCTION_H
#define GAN_GAN_SCORE_FUNCTION_H

#include "graph/graph.h"

// log p(y | z) of each sample, (1, B): `tokens` is one-hot along the first axis, drawn at each
// place by itself from softmax(logits); both (tokens, ..., B).
gan_node *gan__score_log_probability(gan_node *logits, gan_node *tokens);

// A node of rank 0 whose value is the mean of `costs` (1, B) and whose gradient is the estimate
// above, of mean log-probabilities (1, B) weighed by costs less `baseline` (rank 0). No gradient
// flows through costs or baseline.
gan_node *gan__score_surrogate(gan_node *costs, gan_node *log_probabilities, gan_node *baseline);

// The baseline after a batch of `costs`: decay times before plus 1 - decay times their mean, or at
// first, where `step` (rank 0, updates so far) is 0, their mean alone.
gan_node *gan__score_baseline_update(gan_node *baseline, gan_node *costs, double decay,
                                     gan_node *step);

#endif
