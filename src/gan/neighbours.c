// Implements gan/neighbours.h. |x - y|^2 = |x|^2 + |y|^2 - 2 x y, of which |x|^2 is the same for
// all known points y: what is least is |y|^2 / 2 - x y.
//
// Letters: K known points and M points in a block.
#include "gan/neighbours.h"

#include "base/memory.h"
#include "graph/module.h"

#include <math.h>
#include <string.h>

#define BLOCK 1024 // K and M

// Half the squared norm of a known point that is not there.
#define ABSENT 1e30F

enum { ROOT_DISTANCES, ROOT_LABELS, ROOTS };

struct gan_neighbours {
    const float *points;
    size_t count, width;
    gan_graph *graph;
    gan_module *module;
    gan_program *program;
    gan_node *known, *norms, *labels; // (K, width), (K, 1), (K, 1)
    gan_node *asked;                  // (M, width)
    float *nearest;                   // (count): as above
    uint32_t *found;                  // (count)
    float block[ROOTS][BLOCK];
};

static gan_status build(gan_neighbours *n, gan_device *device) {
    const gan_shape vectors = GAN_SHAPE(BLOCK, (int64_t)n->width), each = GAN_SHAPE(BLOCK, 1);
    gan_node *roots[ROOTS];
    GAN_TRY(gan__graph_create(&n->graph));
    n->known = gan__input(n->graph, "known points", GAN_ELEMENT_F32, &vectors);
    n->norms = gan__input(n->graph, "norms", GAN_ELEMENT_F32, &each);
    n->labels = gan__input(n->graph, "labels", GAN_ELEMENT_F32, &each);
    n->asked = gan__input(n->graph, "points", GAN_ELEMENT_F32, &vectors);
    gan_node *const closeness = gan__sub(gan__matmul(n->known, n->asked, false, true), n->norms);
    gan_node *const best = gan__reduce_max(closeness, 1u << 0);
    gan_node *const none = gan__scalar(n->graph, -1);
    roots[ROOT_DISTANCES] = gan__neg(best);
    roots[ROOT_LABELS] =
        gan__reduce_max(gan__select(gan__equal(closeness, best), n->labels, none), 1u << 0);
    GAN_TRY(gan__graph_status(n->graph));
    GAN_TRY(gan__module_create(device, n->graph, &n->module));
    GAN_TRY(gan__program_create(n->module, "nearest neighbours", roots, ROOTS, &n->program));
    return gan__module_prepare(n->module, 2);
}

gan_status gan__neighbours_create(gan_device *device, const float *points, size_t count,
                                  size_t width, gan_neighbours **out) {
    void *memory = NULL, *nearest = NULL, *found = NULL;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof(gan_neighbours), &memory));
    gan_neighbours *const n = memory;
    *n = (gan_neighbours){.points = points, .count = count, .width = width};
    gan_status status = gan__alloc(count, sizeof(float), &nearest);
    n->nearest = nearest;
    if (status == GAN_STATUS_OK) status = gan__alloc(count, sizeof(uint32_t), &found);
    n->found = found;
    for (size_t i = 0; i < count && status == GAN_STATUS_OK; i++) n->nearest[i] = INFINITY;
    if (status == GAN_STATUS_OK) status = build(n, device);
    if (status != GAN_STATUS_OK) {
        gan__neighbours_destroy(n);
        return status;
    }
    *out = n;
    return GAN_STATUS_OK;
}

void gan__neighbours_destroy(gan_neighbours *neighbours) {
    if (neighbours == NULL) return;
    gan__module_destroy(neighbours->module);
    gan__graph_destroy(neighbours->graph);
    gan__free(neighbours->nearest);
    gan__free(neighbours->found);
    gan__free(neighbours);
}

// `count` vectors into an input of BLOCK; zeros behind them, and where `norms` (NULL: nowhere) has
// ABSENT.
static gan_status feed_vectors(gan_neighbours *n, gan_node *input, const float *vectors,
                               size_t count, const float *norms) {
    const size_t bytes = n->width * sizeof(float);
    void *slot = NULL;
    GAN_TRY(gan__module_feed_begin(n->module, input, &slot));
    memset(slot, 0, BLOCK * bytes);
    for (size_t i = 0; i < count; i++)
        if (norms == NULL || norms[i] != ABSENT)
            memcpy((float *)slot + i * n->width, vectors + i * n->width, bytes);
    return gan__module_feed_end(n->module, input);
}

static float half_norm(const float *vector, size_t width) {
    double sum = 0;
    for (size_t i = 0; i < width; i++) sum += (double)vector[i] * (double)vector[i];
    return (float)(sum / 2);
}

// ABSENT where there is no point, or none that is finite.
static void find_norms(const gan_neighbours *n, const float *known, size_t count,
                       float norms[BLOCK]) {
    for (size_t i = 0; i < BLOCK; i++) {
        norms[i] = i < count ? half_norm(known + i * n->width, n->width) : ABSENT;
        if (!isfinite(norms[i])) norms[i] = ABSENT;
    }
}

static gan_status feed_known(gan_neighbours *n, const float *known, const uint32_t *labels,
                             size_t count) {
    float norms[BLOCK];
    void *slot = NULL;
    find_norms(n, known, count, norms);
    GAN_TRY(feed_vectors(n, n->known, known, count, norms));
    GAN_TRY(gan__module_feed_begin(n->module, n->norms, &slot));
    memcpy(slot, norms, sizeof norms);
    GAN_TRY(gan__module_feed_end(n->module, n->norms));
    GAN_TRY(gan__module_feed_begin(n->module, n->labels, &slot));
    float *const values = slot;
    for (size_t i = 0; i < BLOCK; i++) values[i] = norms[i] != ABSENT ? (float)labels[i] : -1;
    return gan__module_feed_end(n->module, n->labels);
}

// The block that is known against points from `first` on.
static gan_status ask(gan_neighbours *n, size_t first) {
    const size_t left = n->count - first, count = left < BLOCK ? left : BLOCK;
    GAN_TRY(feed_vectors(n, n->asked, n->points + first * n->width, count, NULL));
    GAN_TRY(gan__program_run(n->program, 0));
    for (size_t root = 0; root < ROOTS; root++)
        GAN_TRY(gan__program_read(n->program, root, n->block[root]));
    for (size_t i = 0; i < count; i++) {
        // Of a block without a point whose distance is a number there is none.
        if (n->block[ROOT_LABELS][i] < 0) continue;
        if (n->block[ROOT_DISTANCES][i] > n->nearest[first + i]) continue;
        n->nearest[first + i] = n->block[ROOT_DISTANCES][i];
        n->found[first + i] = (uint32_t)n->block[ROOT_LABELS][i];
    }
    return GAN_STATUS_OK;
}

gan_status gan__neighbours_add(gan_neighbours *neighbours, const float *known,
                               const uint32_t *labels, size_t count) {
    for (size_t done = 0; done < count; done += BLOCK) {
        const size_t now = count - done < BLOCK ? count - done : BLOCK;
        GAN_TRY(feed_known(neighbours, known + done * neighbours->width, labels + done, now));
        for (size_t first = 0; first < neighbours->count; first += BLOCK)
            GAN_TRY(ask(neighbours, first));
    }
    return GAN_STATUS_OK;
}

const uint32_t *gan__neighbours_labels(const gan_neighbours *neighbours) {
    return neighbours->found;
}
