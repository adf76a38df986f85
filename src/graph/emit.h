// A group's OpenCL C. Private to emit*.c and lower*.c.
//
// Values are emitted by need: computing a vertex at an index first emits its operands at theirs.
// Every value is a gan_t (a float16 on CPUs) that stands in the text of the outermost loop whose
// variables it depends on, so what does not change in a loop is computed before it. Views are index
// arithmetic; what other groups stored is loaded: contiguous lanes as one vector, the same element
// for all lanes as a scalar, anything else lane by lane.
//
// The text names no node and no label, and offsets are arguments: equal regions have equal text.
#ifndef GAN_GRAPH_EMIT_H
#define GAN_GRAPH_EMIT_H

#include "graph/fuse.h"

#define GAN_EMIT_LEVELS          24
#define GAN_GROUP_REDUCTIONS_MAX 16 // that share a pass over a row

typedef struct gan_value {
    char text[48]; // a name, or a literal in parentheses
    uint32_t level;
} gan_value;

typedef struct gan_emitted {
    uint32_t vertex;
    gan_index index[GAN_RANK_MAX];
    gan_value value;
} gan_emitted;

typedef struct gan_emit {
    gan_plan *plan;
    uint32_t group;
    uint32_t lanes;      // per value
    bool cooperative;    // a work-group shares each row
    uint32_t group_size; // then
    gan_space space;
    gan_text text[GAN_EMIT_LEVELS]; // by loop level; 0 is the kernel itself
    gan_text
        head[GAN_EMIT_LEVELS]; // of the loop around it: stands after all that is computed before
    uint32_t level;            // the innermost open one
    gan_emitted *values;
    uint32_t value_count, value_capacity;
    gan_plan_argument *arguments;
    uint32_t argument_count, argument_capacity;
    uint32_t next;     // number of the next name
    double bytes;      // loaded and stored, each element once
    gan_status status; // sticky
} gan_emit;

// emit.c: text, arguments, addresses
void gan__emit_destroy(gan_emit *e);
void gan__emit_line(gan_emit *e, uint32_t level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// The number of the argument (kind BUFFER: p<n> and o<n>; UINT: n<n>).
uint32_t gan__emit_buffer(gan_emit *e, uint32_t tensor, int64_t offset, bool written);
uint32_t gan__emit_uint(gan_emit *e, uint32_t value, int run);
// ", global const float *p0, const uint o0, ...": without the first comma when `first`.
void gan__emit_parameters(const gan_emit *e, bool first, gan_text *out);
// The index as an expression of unsigned integers. `lane` takes the place of the lane's variable
// where values have several lanes and the index is not the same for all; else NULL.
void gan__emit_index(gan_emit *e, const gan_index *index, const char *lane, gan_text *out);
// The same for lane `j` of a value.
void gan__emit_lane_index(gan_emit *e, const gan_index *index, gan_text *out);
// The same as a gan_u, one number a lane.
void gan__emit_lane_numbers(gan_emit *e, const gan_index *index, gan_value *out);

// emit_value.c
gan_value gan__emit_value(gan_emit *e, uint32_t vertex, const gan_index *index);
void gan__emit_remember(gan_emit *e, uint32_t vertex, const gan_index *index, gan_value value);
// A new name, not emitted yet.
gan_value gan__emit_new_value(gan_emit *e, uint32_t level);
// An index read from memory: element `index` of a rank-1 vertex, in [0, size).
gan_index gan__emit_read_index(gan_emit *e, uint32_t vertex, gan_index index, int64_t size);

// emit_memory.c
gan_value gan__emit_load(gan_emit *e, const gan_place *place, const gan_shape *shape,
                         const gan_index *index);
// At the innermost open level.
void gan__emit_store(gan_emit *e, uint32_t vertex, const gan_index *index, gan_value value);

// emit_loops.c
// The value of a REDUCE that keeps its lanes, or of a SCATTER, at an index: a loop around its
// operand.
gan_value gan__emit_loop(gan_emit *e, uint32_t vertex, const gan_index *index);
// One pass over all elements of a row: opens it and gives its variables (`count` sizes other than
// 1, the last one's the lanes), closes it.
void gan__emit_open_pass(gan_emit *e, const int64_t *size, int count, gan_index *variables);
void gan__emit_close_pass(gan_emit *e, const int64_t *size, int count, const char *first,
                          const char *last);
// emit_rows.c
// Adds a value to the total of a REDUCE_SUM or REDUCE_MAX, at the innermost open level.
void gan__emit_accumulate(gan_emit *e, gan_op op, const char *total, const char *value);
const char *gan__emit_empty_total(gan_op op);
// All reductions over rows of the group, those that can share a pass in one.
void gan__emit_row_reductions(gan_emit *e, const gan_index *variables);

// emit_stores.c
// The values that are wanted of the group, of the rows' shape or of the whole domain's, with their
// stores.
void gan__emit_stores(gan_emit *e, const gan_index *variables, bool of_rows);
// Whether any are wanted of the whole domain's shape.
bool gan__group_stores_elements(const gan_plan *plan, uint32_t group);

// emit_kernel.c, emit_epilogue.c: the whole text, and what it needs to be launched
gan_status gan__emit_kernel(gan_plan *plan, uint32_t group, gan_plan_launch *out);
gan_status gan__emit_epilogue(gan_plan *plan, uint32_t group, gan_plan_launch *out);
// A product on an engine, with the epilogue where there is one (lower_gemm.c).
gan_status gan__lower_gemm(gan_plan *plan, uint32_t group, gan_plan_launch *launch);
// A convolution likewise (lower_convolution.c).
gan_status gan__lower_convolution(gan_plan *plan, uint32_t group, gan_plan_launch *launch);
// Common ends of both.
gan_status gan__emit_finish(gan_emit *e, gan_plan_launch *out);

#endif
