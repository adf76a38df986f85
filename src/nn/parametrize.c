// Implements nn/parametrize.h: one row for each kind of parametrisation.
#include "nn/parametrize.h"

#include "base/memory.h"
#include "nn/layer.h"

#include <math.h>

// What PyTorch divides by where a vector is shorter.
#define SMALLEST_NORM 1e-12
// As many as PyTorch begins with.
#define FIRST_ITERATIONS 15

// One weight while its parametrisation is applied.
typedef struct parametrized {
    const gan_parametrization *with;
    const gan_layer_tensor *weight;
    bool training;
    gan_node *w;
    gan_node **extra, **updated; // of this weight
} parametrized;

typedef struct parametrization_rule {
    gan_variant_info info;
    size_t extras; // tensors added for a weight
    bool divides;  // the weight, by its size
    void (*declare)(const gan_parametrization *with, gan_layer_tensor *weight,
                    gan_layer_tensor *extra);
    gan_node *(*apply)(const parametrized *p);
} parametrization_rule;

// --- Rows ---------------------------------------------------------------------------------------

static int64_t rows_of(const gan_shape *shape, int axis) {
    return shape->size[axis];
}

static int64_t columns_of(const gan_shape *shape, int axis) {
    return gan__shape_elements(shape) / rows_of(shape, axis);
}

// The weight as a matrix (rows, columns), the other axes in their order.
static gan_node *matrix(gan_node *w, int axis) {
    int order[GAN_RANK_MAX] = {axis};
    if (w == NULL) return NULL;
    const gan_shape shape = *gan__node_shape(w);
    const gan_shape flat = GAN_SHAPE(rows_of(&shape, axis), columns_of(&shape, axis));
    for (int i = 0, next = 1; i < shape.rank; i++)
        if (i != axis) order[next++] = i;
    return gan__reshape(axis == 0 ? w : gan__permute(w, order), &flat);
}

static uint32_t all_but(const gan_shape *shape, int axis) {
    return ((1u << shape->rank) - 1) & ~(1u << axis);
}

// --- Spectral norm ------------------------------------------------------------------------------

static void declare_spectral(const gan_parametrization *with, gan_layer_tensor *weight,
                             gan_layer_tensor *extra) {
    (void)with;
    const gan_init draw = {GAN_INIT_NORMAL, 1, 0};
    extra[0] = (gan_layer_tensor){.shape = GAN_SHAPE(rows_of(&weight->shape, weight->output_axis)),
                                  .init = draw,
                                  .buffer = true,
                                  .role = GAN_TENSOR_SPECTRAL_U};
    extra[1] =
        (gan_layer_tensor){.shape = GAN_SHAPE(columns_of(&weight->shape, weight->output_axis)),
                           .init = draw,
                           .buffer = true,
                           .role = GAN_TENSOR_SPECTRAL_V};
}

// The product of `m` and a vector along `axis`, which is summed over and stays with size 1.
static gan_node *along(gan_node *m, gan_node *vector, int axis) {
    return gan__reduce_sum(gan__mul(m, vector), 1u << axis);
}

static gan_node *unit(gan_node *vector) {
    if (vector == NULL) return NULL;
    gan_node *squares = gan__reduce_sum(gan__square(vector), GAN_AXES_ALL);
    gan_node *least = gan__scalar(gan__node_graph(vector), SMALLEST_NORM);
    return gan__div(vector, gan__maximum(gan__sqrt(squares), least));
}

static gan_node *apply_spectral(const parametrized *p) {
    gan_node *const m = matrix(p->w, p->weight->output_axis), *const fixed = gan__stop_gradient(m);
    if (m == NULL || p->extra[0] == NULL || p->extra[1] == NULL) return NULL;
    const gan_shape *const size = gan__node_shape(m);
    const gan_shape column = GAN_SHAPE(size->size[0], 1), row = GAN_SHAPE(1, size->size[1]);
    gan_node *u = gan__reshape(p->extra[0], &column), *v = gan__reshape(p->extra[1], &row);
    for (int i = 0; p->training && i < (int)p->with->value; i++) {
        u = unit(along(fixed, v, 1));
        v = unit(along(fixed, u, 0));
    }
    if (p->training && u != NULL && v != NULL) {
        p->updated[0] = gan__reshape(u, gan__node_shape(p->extra[0]));
        p->updated[1] = gan__reshape(v, gan__node_shape(p->extra[1]));
    }
    const gan_shape scalar = gan__shape_scalar();
    gan_node *const sigma = gan__reduce_sum(gan__mul(u, along(m, v, 1)), GAN_AXES_ALL);
    return gan__mul(p->w, gan__reciprocal(gan__reshape(sigma, &scalar)));
}

// --- Weight norm --------------------------------------------------------------------------------

static void declare_norm(const gan_parametrization *with, gan_layer_tensor *weight,
                         gan_layer_tensor *extra) {
    (void)with;
    const int axis = weight->output_axis;
    extra[0] = (gan_layer_tensor){.shape = weight->shape,
                                  .init = {GAN_INIT_ZEROS, 0, 0},
                                  .fan_in = weight->fan_in,
                                  .fan_out = weight->fan_out,
                                  .output_axis = axis,
                                  .role = GAN_TENSOR_NORM};
    for (int i = 0; i < weight->shape.rank; i++)
        if (i != axis) extra[0].shape.size[i] = 1;
}

static gan_node *apply_norm(const parametrized *p) {
    if (p->w == NULL) return NULL;
    const uint32_t axes = all_but(gan__node_shape(p->w), p->weight->output_axis);
    gan_node *const norms = gan__sqrt(gan__reduce_sum(gan__square(p->w), axes));
    gan_node *const norm = p->with->value == 0 ? p->extra[0] : gan__stop_gradient(p->extra[0]);
    return gan__mul(p->w, gan__div(norm, norms));
}

// --- Equalised learning rate --------------------------------------------------------------------

static void declare_equalized(const gan_parametrization *with, gan_layer_tensor *weight,
                              gan_layer_tensor *extra) {
    (void)extra;
    if (weight->init.kind == GAN_INIT_DEFAULT)
        weight->init = (gan_init){GAN_INIT_NORMAL, 1 / with->other, 0};
}

static gan_node *apply_equalized(const parametrized *p) {
    const gan_shape *const shape = &p->weight->shape;
    const double row = (double)columns_of(shape, p->weight->output_axis);
    return gan__scale(p->w, p->with->value * p->with->other / sqrt(row));
}

// --- The table ----------------------------------------------------------------------------------

static const parametrization_rule rules[GAN_PARAMETRIZATION_KINDS] = {
    [GAN_PARAMETRIZATION_NONE] = {.info = {"none", {{0}}}},
    [GAN_PARAMETRIZATION_SPECTRAL] = {.info = {"spectral", {{"iterations", 1, 1, 100}}},
                                      .extras = 2,
                                      .divides = true,
                                      .declare = declare_spectral,
                                      .apply = apply_spectral},
    [GAN_PARAMETRIZATION_WEIGHT_NORM] = {.info = {"weight_norm", {{"fixed", 0, 0, 1}}},
                                         .extras = 1,
                                         .divides = true,
                                         .declare = declare_norm,
                                         .apply = apply_norm},
    [GAN_PARAMETRIZATION_EQUALIZED] = {.info = {"equalized",
                                                {{"gain", 1, 1e-6, 1e6},
                                                 {"lr_multiplier", 1, 1e-6, 1e6}}},
                                       .declare = declare_equalized,
                                       .apply = apply_equalized},
};

const gan_variant_info *gan__parametrization_info(gan_parametrization_kind kind) {
    return &rules[kind].info;
}

bool gan__parametrization_divides(gan_parametrization_kind kind) {
    return rules[kind].divides;
}

size_t gan__parametrize_declare(const gan_parametrization *with, gan_layer_tensor *tensors,
                                size_t own) {
    const parametrization_rule *const rule = &rules[with->kind];
    size_t count = own;
    for (size_t i = 0; rule->declare != NULL && i < own; i++) {
        if (!tensors[i].parametrized) continue;
        rule->declare(with, &tensors[i], tensors + count);
        for (size_t k = 0; k < rule->extras; k++, count++) {
            tensors[count].name = tensors[i].name;
            tensors[count].of = i;
        }
    }
    return count;
}

void gan__parametrize_apply(const gan_parametrization *with, const gan_layer_tensor *declared,
                            size_t own, bool training, gan_node **tensors, gan_node **updated) {
    const parametrization_rule *const rule = &rules[with->kind];
    size_t extra = own;
    for (size_t i = 0; rule->apply != NULL && i < own; i++) {
        const bool bias = declared[i].is_bias && with->kind == GAN_PARAMETRIZATION_EQUALIZED;
        if (bias) tensors[i] = gan__scale(tensors[i], with->other);
        if (!declared[i].parametrized) continue;
        const parametrized p = {.with = with,
                                .weight = &declared[i],
                                .training = training,
                                .w = tensors[i],
                                .extra = tensors + extra,
                                .updated = updated + extra};
        tensors[i] = rule->apply(&p);
        extra += rule->extras;
    }
}

// --- Initial values -----------------------------------------------------------------------------

// Element (row, column) of the weight as a matrix.
typedef struct matrix_view {
    const float *weight;
    int64_t rows, columns;
    int64_t inner; // elements after the rows' axis
} matrix_view;

static matrix_view view_of(const float *weight, const gan_shape *shape, int axis) {
    matrix_view view = {weight, rows_of(shape, axis), columns_of(shape, axis), 1};
    for (int i = axis + 1; i < shape->rank; i++) view.inner *= shape->size[i];
    return view;
}

static double element(const matrix_view *m, int64_t row, int64_t column) {
    const int64_t outer = column / m->inner, inner = column % m->inner;
    return (double)m->weight[(outer * m->rows + row) * m->inner + inner];
}

void gan__parametrize_norms(const float *weight, const gan_shape *shape, int axis, float *values) {
    const matrix_view m = view_of(weight, shape, axis);
    for (int64_t row = 0; row < m.rows; row++) {
        double squares = 0;
        for (int64_t column = 0; column < m.columns; column++)
            squares += element(&m, row, column) * element(&m, row, column);
        values[row] = (float)sqrt(squares);
    }
}

static void make_unit(double *vector, int64_t count) {
    double squares = 0;
    for (int64_t i = 0; i < count; i++) squares += vector[i] * vector[i];
    const double norm = fmax(sqrt(squares), SMALLEST_NORM);
    for (int64_t i = 0; i < count; i++) vector[i] /= norm;
}

static void iterate(const matrix_view *m, double *u, double *v) {
    for (int64_t row = 0; row < m->rows; row++) {
        u[row] = 0;
        for (int64_t column = 0; column < m->columns; column++)
            u[row] += element(m, row, column) * v[column];
    }
    make_unit(u, m->rows);
    for (int64_t column = 0; column < m->columns; column++) v[column] = 0;
    for (int64_t row = 0; row < m->rows; row++)
        for (int64_t column = 0; column < m->columns; column++)
            v[column] += element(m, row, column) * u[row];
    make_unit(v, m->columns);
}

gan_status gan__spectral_start(const float *weight, const gan_shape *shape, int axis, float *u,
                               float *v) {
    const matrix_view m = view_of(weight, shape, axis);
    double *work;
    GAN_TRY(gan__alloc((size_t)(m.rows + m.columns), sizeof *work, (void **)&work));
    double *const right = work + m.rows;
    for (int64_t i = 0; i < m.columns; i++) right[i] = (double)v[i];
    make_unit(right, m.columns);
    for (int i = 0; i < FIRST_ITERATIONS; i++) iterate(&m, work, right);
    for (int64_t i = 0; i < m.rows; i++) u[i] = (float)work[i];
    for (int64_t i = 0; i < m.columns; i++) v[i] = (float)right[i];
    gan__free(work);
    return GAN_STATUS_OK;
}
