/* Verdicts: a sink that shows nothing of a file but what is wrong with it, one line for each fault and finding. */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include <stdbool.h>

#include "base/buf.h"
#include "text/source.h"
#include "vm/event.h"

struct verdict {
    struct vm_sink sink;           /* first: a sink is its verdict */
    const char *file;              /* for the lines */
    const struct sources *sources; /* of the program */
    bool json;                     /* each line is a JSON object */
    struct buf text;
    /* Behind each line: text may be taken from there, so that memory does not grow with what is wrong. */
    void (*line)(struct verdict *verdict);
    void *context; /* for who set line */
};

/* The sink of a verdict whose other members are set; its programs are made with silent_style. */
struct vm_sink *verdict_sink(struct verdict *verdict);

#endif
