// Implements gan/penalty.h.
#include "gan/penalty.h"

#include "nn/losses.h"
#include "nn/stable.h"

// Of each sample, (B): |d logit / d points|^2.
static gan_node *squared_gradients(gan_node *points, gan_node *logits) {
    gan_node *gradient = NULL;
    if (points == NULL || logits == NULL) return NULL;
    if (gan__gradient(logits, &points, 1, &gradient) != GAN_STATUS_OK) return NULL;
    return gan__sample_squares(gradient);
}

// --- Points --------------------------------------------------------------------------------------

// U(0, 1) for each sample, of a shape that goes with (sample..., B).
static gan_node *each_sample(gan_node *samples, uint32_t stream) {
    gan_shape shape = *gan__node_shape(samples);
    for (int axis = 0; axis < shape.rank - 1; axis++) shape.size[axis] = 1;
    return gan__random_uniform(gan__node_graph(samples), &shape, stream);
}

static gan_node *interpolated(const gan_penalty_call *call) {
    gan_node *const share = each_sample(call->real, call->stream);
    return gan__add(call->real, gan__mul(share, gan__sub(call->fake, call->real)));
}

static gan_node *deviation(gan_node *a) {
    return gan__sqrt(gan__mean(gan__square(gan__sub(a, gan__mean(a)))));
}

static gan_node *perturbed(const gan_penalty_call *call) {
    gan_graph *const graph = gan__node_graph(call->real);
    gan_node *const share = each_sample(call->real, call->stream);
    gan_node *const noise =
        gan__random_uniform(graph, gan__node_shape(call->real), call->stream + 1);
    gan_node *const size =
        gan__scale(deviation(call->real), call->recipe->objective.penalty_deviation);
    return gan__add(call->real, gan__mul(share, gan__mul(size, noise)));
}

static gan_node *(*const makers[])(const gan_penalty_call *call) = {
    [GAN_PENALTY_INTERPOLATED] = interpolated,
    [GAN_PENALTY_PERTURBED] = perturbed,
    [GAN_PENALTY_REAL] = NULL, // whose logits are known
    [GAN_PENALTY_GENERATED] = NULL,
};

static gan_node *squares_at_points(const gan_penalty_call *call) {
    const int points = call->recipe->objective.penalty_points;
    if (points == GAN_PENALTY_REAL) return squared_gradients(call->real, call->real_logits);
    if (points == GAN_PENALTY_GENERATED) return squared_gradients(call->fake, call->fake_logits);
    gan_node *const made = makers[points](call);
    return made == NULL ? NULL : squared_gradients(made, call->logits(call->user, made));
}

// --- Penalties -----------------------------------------------------------------------------------

static gan_node *norm_penalty(const gan_penalty_call *call) {
    gan_node *const squares = squares_at_points(call);
    const double target = call->recipe->objective.penalty_target;
    if (squares == NULL) return NULL;
    if (target == 0) return gan__mean(squares);
    gan_node *excess = gan__offset(gan__root_of_squares(squares), -target);
    if (call->recipe->objective.penalty_one_sided)
        excess = gan__maximum(excess, gan__scalar(gan__node_graph(squares), 0));
    return gan__mean(gan__square(excess));
}

static gan_node *r1(const gan_penalty_call *call) {
    return gan__scale(gan__mean(squared_gradients(call->real, call->real_logits)), 0.5);
}

static gan_node *r2(const gan_penalty_call *call) {
    return gan__scale(gan__mean(squared_gradients(call->fake, call->fake_logits)), 0.5);
}

typedef struct penalty {
    gan_node *(*build)(const gan_penalty_call *call);
    double weight;
} penalty;

enum { PENALTIES = 3 };

static void list_penalties(const gan_recipe_values *recipe, penalty list[PENALTIES]) {
    list[0] = (penalty){r1, recipe->objective.r1};
    list[1] = (penalty){r2, recipe->objective.r2};
    list[2] = (penalty){norm_penalty, recipe->objective.gradient_penalty};
}

bool gan__penalty_wanted(const gan_recipe_values *recipe) {
    penalty list[PENALTIES];
    list_penalties(recipe, list);
    for (int i = 0; i < PENALTIES; i++)
        if (list[i].weight > 0) return true;
    return false;
}

gan_node *gan__penalty(const gan_penalty_call *call) {
    penalty list[PENALTIES];
    gan_node *sum = NULL;
    list_penalties(call->recipe, list);
    for (int i = 0; i < PENALTIES; i++) {
        if (list[i].weight == 0) continue;
        gan_node *const term = gan__scale(list[i].build(call), list[i].weight);
        if (term == NULL) return NULL;
        sum = sum == NULL ? term : gan__add(sum, term);
    }
    return sum;
}
