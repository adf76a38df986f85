// What the views of an evaluation share: tables of two sides, and the parts that have files of
// their own.
#ifndef GAN_TOOLS_INSPECT_EVALUATE_H
#define GAN_TOOLS_INSPECT_EVALUATE_H

#include "inspect/inspect.h"

#include "clgan/checkpoint.h"
#include "clgan/evaluate.h"
#include "clgan/foreign.h"
#include "term/table.h"

// evaluate_tables.c: a measure and two sides to it. NULL where memory is out, which the next one
// reports.
gan_table *gan__evaluation_begin_table(const char *measure, const char *first, const char *second);
// Appends it, after an empty line, and destroys it.
gan_status gan__evaluation_end_table(gan_table *table, const gan_terminal *out, gan_text *text);
void gan__evaluation_number_row(gan_table *table, const char *label, double first, double second);

// judge.c: the network of --features, a classifier's checkpoint or an ONNX file; all NULL where it
// is not given.
typedef struct gan_inspect_judge {
    const char *path;
    gan_checkpoint *checkpoint;
    gan_foreign_network *network;
    gan_feature_source source; // of the network
} gan_inspect_judge;

// *out is to be closed even on failure. Errors: BAD_ARGUMENT (an option that is not for such a
// file), those of opening it.
gan_status gan__inspect_judge_open(const gan_options *options, gan_inspect_judge *out);
void gan__inspect_judge_close(gan_inspect_judge *judge);
// Appends which features the evaluation's are: "128 features of a classifier of step 4,800".
void gan__inspect_judge_text(const gan_inspect_judge *judge, const gan_evaluation *e,
                             gan_text *text);
// Adds to the object of features which they are.
void gan__inspect_judge_json(const gan_inspect_judge *judge, const gan_evaluation *e,
                             json_t *object);

// evaluate_classes.c: a classifier's errors, and distances by its features; nothing where the
// evaluation has none.
gan_status gan__inspect_classes_text(const gan_evaluation *e, const gan_inspect_judge *judge,
                                     const gan_terminal *out, gan_text *text);
void gan__inspect_classes_json(const gan_evaluation *e, const gan_inspect_judge *judge,
                               json_t *document);
// evaluate_divergences.c: of samples that are numbers; likewise.
gan_status gan__inspect_divergences_text(const gan_evaluation *e, const gan_terminal *out,
                                         gan_text *text);
void gan__inspect_divergences_json(const gan_evaluation *e, json_t *document);

#endif
