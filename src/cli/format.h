/* Output formats: what each wants of a program, and the sink that writes it. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "code/program.h"
#include "code/style.h"
#include "io/out.h"
#include "vm/event.h"

enum format { FORMAT_TREE, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV, FORMAT_YAML, FORMAT_XML };

/* "tree" and so on: the values of --format. */
extern const char *const format_texts[];
#define FORMAT_COUNT        4 /* those that a program may be made for */
#define FORMAT_COMPAT_COUNT 6 /* with those of --compat alone */

struct format_options {
    enum format format;
    bool records; /* the program emits records; always so for JSONL and CSV */
    bool pretty;  /* JSON */
    bool typed;   /* JSON, JSON Lines */
    bool ksdump;  /* as Kaitai's ksdump writes it: JSON, YAML, XML */
    /* tree */
    bool colour;
    bool utf8;
    bool docs;
    bool verbose;
    unsigned width; /* columns; 0: unlimited */
    uint64_t fold;  /* elements of an array that are shown; 0: all */
};

/* Whether the format is a run of records: the program is then to be made for an array. */
static inline bool format_is_stream(enum format format) {
    return format == FORMAT_JSONL || format == FORMAT_CSV;
}

/* The texts around fields that programs are generated with; may be NULL. */
const struct code_style *format_style(const struct format_options *options);

/* What is to be shown of one input. */
struct format_subject {
    const struct program *program; /* it and out must live until format_close */
    uint32_t element_struct;       /* what the records are, or PROGRAM_NONE */
    uint64_t input_size;
    bool kaitai;  /* the schema is a Kaitai specification */
    bool goes_on; /* a stream: what this writes stands behind what was written of another input */
};

struct format_output {
    struct vm_sink *sink;               /* what to give to vm_run; NULL while closed */
    struct tree *tree;                  /* FORMAT_TREE */
    void (*free)(struct vm_sink *sink); /* of a sink like it */
    /* private */
    void (*finish)(struct vm_sink *sink);
};

/* Begins to write to out what the program tells. */
void format_open(struct format_output *output, struct out *out,
                 const struct format_options *options, const struct format_subject *subject);

/* Ends the output, if it is open, and frees it. */
void format_close(struct format_output *output);

#endif
