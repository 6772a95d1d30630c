/* Output formats: what each wants of a program, and the sink that writes it. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "code/style.h"
#include "io/out.h"
#include "vm/event.h"

enum format { FORMAT_TREE, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

/* "tree" and so on: the values of --format. */
extern const char *const format_texts[];
#define FORMAT_COUNT 4

struct format_options {
    enum format format;
    bool records; /* the program emits records; always so for JSONL and CSV */
    bool pretty;  /* JSON */
    /* tree */
    bool colour;
    bool utf8;
    bool docs;
    bool verbose;
    unsigned width; /* columns; 0: the sink's own choice */
    uint64_t fold;  /* elements of an array that are shown; 0: the sink's own choice */
};

/* Whether the format is a run of records: the program is then to be made for an array. */
static inline bool format_is_stream(enum format format) {
    return format == FORMAT_JSONL || format == FORMAT_CSV;
}

/* The texts around fields that programs are generated with; may be NULL. */
const struct code_style *format_style(const struct format_options *options);

/* A sink that writes to out, for one file, or for several of a stream. The programs that events come from must live until
 * format_free. */
struct vm_sink *format_new(struct out *out, const struct format_options *options);

/* Ends the output; once, behind the last event. */
void format_finish(struct vm_sink *sink, enum format format);
void format_free(struct vm_sink *sink, enum format format);

#endif
