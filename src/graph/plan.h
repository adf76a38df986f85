// A program being planned: from simplified nodes to a list of launches. Private to this folder.
//
//     plan_vertices.c  nodes become vertices, large reductions become two
//     plan_convolution.c  where the operands of convolutions lie
//     plan_products.c  products without a sum, or with a vector, become elementwise work
//     plan_masks.c     where rectifiers gave 0, told from what they gave
//     place.c          strides: dense, of another shape, of a matrix
//     plan_places.c    who is stored where: results go straight into states, outputs and the parts
//                      of a concatenation
//     fuse*.c          vertices become groups: one kernel each
//     plan_order.c     groups in the order of their launches; stores that would overwrite what is
//                      still to be read are turned into copies
//     plan_live.c      what lies in the arena during each
//     emit*.c          a group's OpenCL C
//     lower*.c         a group's launch: source, arguments, work-groups
//     plan_memory.c    the arena
//     plan_waits.c     which launches each launch has to wait for
//
// All of it is host work: a plan names tensors, not buffers.
#ifndef GAN_GRAPH_PLAN_H
#define GAN_GRAPH_PLAN_H

#include "graph/node.h"
#include "runtime/convolution.h"

#define GAN_NONE         UINT32_MAX
#define GAN_LANE_PADDING 16 // arena rows are padded to this many floats

typedef enum gan_vertex_kind {
    GAN_VERTEX_CONSTANT,
    GAN_VERTEX_IOTA,
    GAN_VERTEX_STORAGE, // an input or a state
    GAN_VERTEX_RANDOM,  // the following are computed, in groups
    GAN_VERTEX_MAP,
    GAN_VERTEX_COPY, // its operand again, in another place
    GAN_VERTEX_REDUCE,
    GAN_VERTEX_SCATTER,
    GAN_VERTEX_MATMUL, // or a convolution: whatever an engine of the runtime makes
    GAN_VERTEX_VIEW,   // index arithmetic: reshape, permute, broadcast, slice, pad
    GAN_VERTEX_GATHER,
    GAN_VERTEX_CONCAT, // storage that its parts are written into
} gan_vertex_kind;

// Where a vertex is stored: element (i, j, ...) of it lies at offset + i stride[0] + j stride[1]...
typedef struct gan_place {
    uint32_t tensor; // GAN_NONE: nowhere
    int64_t offset;
    int64_t stride[GAN_RANK_MAX];
} gan_place;

typedef struct gan_vertex {
    gan_vertex_kind kind;
    gan_op op; // of a COPY: meaningless
    gan_shape shape;
    gan_attributes attributes;
    uint32_t *inputs;
    uint32_t input_count;
    gan_place place;
    uint32_t group;  // that computes it; GAN_NONE for what is not computed
    bool inlined;    // recomputed wherever its group wants it, at any index
    bool wanted;     // must lie in memory
    bool recomputed; // by every group that uses it (it is cheap): not read from memory
} gan_vertex;

typedef enum gan_tensor_kind {
    GAN_TENSOR_STATE,
    GAN_TENSOR_INPUT,
    GAN_TENSOR_OUTPUT, // a root that can be read; in the program's own memory
    GAN_TENSOR_ARENA,
} gan_tensor_kind;

typedef struct gan_plan_tensor {
    gan_tensor_kind kind;
    gan_element element;
    uint32_t leaf; // STATE, INPUT: index in the graph's list
    bool assigned; // STATE: stands for the state's new value
    int64_t elements;
    uint32_t first, last; // launches in which it is alive (ARENA)
    uint64_t offset;      // bytes in the arena or in the outputs
} gan_plan_tensor;

// A use of a computed vertex, or of a state or input, by a computed vertex; possibly through views.
typedef struct gan_edge {
    uint32_t producer, consumer;
    uint32_t through; // the consumer's operand the use begins with
    bool by_memory;   // the value must be read from memory
} gan_edge;

// A kernel to be. Its domain is walked row by row: `outer` dimensions are rows, the others make up
// one row, the last of them the lanes. Members are of the domain's shape, or of the rows' alone.
// Sizes of 1 are left out. Without inner dimensions the last outer one is the lanes.
typedef struct gan_group {
    bool alive;
    bool sealed;     // a product on an engine that takes nothing else
    bool has_rows;   // reductions over whole rows
    uint32_t matmul; // the vertex that is a matrix product, or GAN_NONE
    int rank;
    int64_t size[GAN_RANK_MAX];
    uint32_t inner;    // mask of the domain's inner dimensions (has_rows)
    uint32_t *members; // ascending
    uint32_t member_count;
} gan_group;

typedef struct gan_plan_argument {
    gan_argument_kind kind;
    uint32_t tensor; // BUFFER
    int64_t offset;  // BUFFER: elements from the tensor's start
    bool written;
    uint32_t uint_value;
    enum {
        GAN_RUN_NONE,
        GAN_RUN_SEED_LOW,
        GAN_RUN_SEED_HIGH,
        GAN_RUN_STEP_LOW,
        GAN_RUN_STEP_HIGH
    } run;
} gan_plan_argument;

typedef struct gan_plan_operand {
    uint32_t tensor;
    int64_t offset;
    uint32_t pitch;
    uint64_t stride;
} gan_plan_operand;

// An operand of a convolution: an image or a weight.
typedef struct gan_plan_image {
    uint32_t tensor;
    int64_t offset;
    uint32_t stride[4];
} gan_plan_image;

typedef enum gan_launch_kind {
    GAN_LAUNCH_KERNEL,
    GAN_LAUNCH_GEMM,
    GAN_LAUNCH_CONVOLUTION,
} gan_launch_kind;

// A launch to be.
typedef struct gan_plan_launch {
    char label[96];
    const char *name; // of the kernel
    char *source;     // the kernel, or the epilogue's body; "" for a plain product or convolution
    char *parameters; // the epilogue's
    gan_plan_argument *arguments;
    size_t argument_count;
    size_t global[3], local[3];
    gan_work work;
    gan_launch_kind kind;
    gan_gemm_desc gemm; // GEMM: without buffers
    gan_plan_operand a, b, c;
    gan_convolution_desc convolution; // CONVOLUTION: without buffers
    gan_plan_image x, w, y;
    uint32_t scratch; // tensor, or GAN_NONE
} gan_plan_launch;

typedef struct gan_plan_root {
    uint32_t vertex; // the value
    uint32_t state;  // index of the state assigned to, or GAN_NONE
    uint32_t tensor; // an output's
} gan_plan_root;

typedef struct gan_plan {
    gan_device *device;
    const gan_device_traits *traits;
    gan_graph *graph;
    const char *name;
    gan_arena *arena;
    gan_vertex *vertices;
    uint32_t vertex_count, vertex_capacity;
    gan_plan_tensor *tensors;
    uint32_t tensor_count, tensor_capacity;
    uint32_t *state_tensors, *input_tensors; // by leaf index; GAN_NONE where not used
    gan_plan_root *roots;
    uint32_t root_count;
    gan_edge *edges; // by consumer: those of vertex v are edges[first_edge[v]] and following
    uint32_t edge_count, edge_capacity;
    uint32_t *first_edge;       // vertex_count + 1
    uint32_t *first_use, *uses; // by producer: edges[uses[first_use[v]]] and following
    gan_group *groups;
    uint32_t group_count, group_capacity;
    uint32_t *order; // the groups that are launched, in that order
    gan_plan_launch *launches;
    uint32_t launch_count;
    uint64_t arena_bytes, output_bytes;
    uint32_t *waits, *first_wait; // by launch, as a schedule has them (runtime/schedule.h)
} gan_plan;

// Plans the program. `roots` are simplified, and the device has kernels for their
// convolutions (simplify.h, expand.h).
gan_status gan__plan_create(gan_device *device, gan_graph *graph, const char *name,
                            gan_node *const *roots, size_t count, gan_plan **out);
void gan__plan_destroy(gan_plan *plan); // NULL is allowed

// --- Parts of planning, in the order they are called --------------------------------------------
gan_status gan__plan_import(gan_plan *plan, gan_node *const *roots, size_t count);
gan_status gan__plan_replace_products(gan_plan *plan);
gan_status gan__plan_tell_masks(gan_plan *plan);
gan_status gan__plan_split_reductions(gan_plan *plan);
gan_status gan__plan_choose_places(gan_plan *plan);
gan_status gan__fuse(gan_plan *plan);
gan_status gan__plan_order(gan_plan *plan);
gan_status gan__lower(gan_plan *plan);
gan_status gan__plan_memory(gan_plan *plan);
gan_status gan__plan_waits(gan_plan *plan);

// Rounded up to what keeps tensors aligned.
uint64_t gan__plan_tensor_bytes(const gan_plan_tensor *tensor);
// No tensor of the arena crosses a multiple of this: each such part may be a buffer of its own.
uint64_t gan__plan_part_bytes(const gan_plan *plan);

// --- Shared helpers -----------------------------------------------------------------------------

// Makes room for one more element in *array.
gan_status gan__plan_reserve(void **array, uint32_t *capacity, uint32_t count, size_t size);
gan_status gan__plan_add_vertex(gan_plan *plan, gan_vertex_kind kind, gan_op op,
                                const gan_shape *shape, const uint32_t *inputs, uint32_t count,
                                uint32_t *out);
gan_status gan__plan_add_tensor(gan_plan *plan, gan_tensor_kind kind, int64_t elements,
                                uint32_t *out);
// A new arena tensor for the vertex, rows padded.
gan_status gan__plan_store(gan_plan *plan, uint32_t vertex);
// A COPY of `vertex` that lies at `place`.
gan_status gan__plan_add_copy(gan_plan *plan, uint32_t vertex, const gan_place *place,
                              uint32_t *out);
// Whether a matrix (the last two axes; those before are batches) lies row by row, or column by
// column (*transposed), in memory; `out` then says where. Operands not stored yet get a place.
gan_status gan__plan_matrix(gan_plan *plan, uint32_t vertex, gan_plan_operand *out,
                            bool *transposed, bool *found);
bool gan__place_matrix(const gan_place *place, const gan_shape *shape, gan_plan_operand *out,
                       bool *transposed);
// The same for an operand of a convolution: images lie next to each other, weights anyhow.
gan_status gan__plan_image(gan_plan *plan, uint32_t vertex, bool weight, gan_plan_image *out,
                           bool *found);
bool gan__place_image(const gan_place *place, const gan_shape *shape, bool weight,
                      gan_plan_image *out);
// Whether an operand of the convolution, or it itself, is a weight (else an image).
bool gan__convolution_takes_weight(gan_op op, uint32_t operand);
bool gan__convolution_makes_weight(gan_op op);
// Where a vertex lies as seen through its views: the address grows by factor[i] along axis i.
typedef struct gan_plan_factors {
    uint32_t tensor;
    int64_t offset;
    int64_t factor[GAN_RANK_MAX];
} gan_plan_factors;
typedef bool (*gan_factors_fit)(const gan_plan_factors *factors, const gan_shape *shape,
                                void *user);
// Calls `fit` with them, if there are any; *found is what it returns. Operands not stored yet get
// a place if it then fits.
gan_status gan__plan_find_place(gan_plan *plan, uint32_t vertex, gan_factors_fit fit, void *user,
                                bool *found);
gan_place gan__place_dense(uint32_t tensor, const gan_shape *shape);
// The same place for another shape of as many elements; false where strides cannot say it.
bool gan__place_reshape(const gan_place *place, const gan_shape *from, const gan_shape *to,
                        gan_place *out);
bool gan__vertex_is_computed(const gan_vertex *vertex);
// The product's sizes and operands, into launch->gemm, ->a and ->b.
gan_status gan__plan_product(gan_plan *plan, uint32_t vertex, gan_plan_launch *launch);
// Whether the group's product itself is all that it stores.
bool gan__group_is_plain(const gan_plan *plan, const gan_group *group);
// Whether a group other than its own reads the vertex from memory (rather than computing it).
bool gan__vertex_is_loaded(const gan_vertex *vertex);
// Calls `call` for each vertex that the group's kernel reads from memory, once. `direct`: by a
// member, not by another group's vertex that is computed again.
typedef gan_status (*gan_read_call)(gan_plan *plan, uint32_t vertex, bool direct, void *user);
gan_status gan__group_reads(gan_plan *plan, uint32_t group, gan_read_call call, void *user);
// Whether the group stores anything; one that does not is no launch.
bool gan__group_stores(const gan_plan *plan, uint32_t group);
// Whether the last axis of more than one element is reduced (by a REDUCE over `shape`).
bool gan__reduces_lanes(const gan_shape *shape, uint32_t axes);

#endif
