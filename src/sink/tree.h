/* Tree output: what a person sees of a file. One line a field: address, bytes, and the tree of
 * names and values.
 *
 *     0000  89 50 4e 47 0d 0a 1a 0a   .PNG....  │ magic: "\x89PNG\r\n\x1a\n"
 *     0008                                      │ chunks: chunk[]
 *     0008                                      │ │ [0]: chunk
 *     0008  00 00 00 0d               ....      │ │ │ length: 13
 *
 * Stored values stand behind ':', computed ones behind '=', what a computed one refers to behind
 * '→'; '✗' is what is wrong. A sink for events; it keeps what the nesting needs and one line,
 * however large the file is. */
#ifndef SINK_TREE_H
#define SINK_TREE_H

#include "code/program.h"
#include "io/out.h"
#include "vm/event.h"

/* How many elements of an array are shown unless the user asks for more. */
#define TREE_FOLD 16

struct tree_options {
    /* columns that no line exceeds; 0: unlimited. Below 80 bytes are not shown as text, below 60 not
     * at all. */
    unsigned width;
    bool colour;
    bool utf8;     /* else output is ASCII */
    uint64_t fold; /* elements shown of an array; of the others, only what is wrong. 0: all */
    bool verbose;  /* all bytes of long fields, on further lines */
    bool docs;     /* the schema's doc comments behind the fields */
    bool bytes;    /* show bytes (else addresses alone) */
};

struct tree;

/* A tree of what program, over an input of so many bytes, tells. out and program must outlive it;
 * options are copied. */
struct tree *tree_new(struct out *out, const struct program *program, uint64_t input_size,
                      const struct tree_options *options);

/* What to give to vm_run; belongs to the tree. */
struct vm_sink *tree_sink(struct tree *tree);

/* Writes what is still held back. */
void tree_finish(struct tree *tree);

void tree_free(struct tree *tree);

#endif
