/* A sink for harnesses: looks at all that an event carries, writes nothing, and aborts when events do not nest. */
#ifndef TESTS_FUZZ_NESTING_H
#define TESTS_FUZZ_NESTING_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vm/event.h"

#define NESTING_MAX 65536u

struct nesting {
    struct vm_sink sink;
    uint64_t sum; /* of every byte that was shown, so that each is read */
    uint32_t depth;
    char open[NESTING_MAX]; /* 's', 'a' or 'r': a struct, an array, a record */
};

static inline void nesting_add(struct nesting *n, const void *at, size_t len) {
    const unsigned char *bytes = at;
    for (size_t i = 0; i < len; i++) {
        n->sum = n->sum * 31 + bytes[i];
    }
}

static inline void nesting_text(struct nesting *n, const char *text) {
    if (text) {
        nesting_add(n, text, strlen(text));
    }
}

static inline void nesting_event(struct nesting *n, const struct vm_event *e) {
    const struct program *p = e->program;
    if (e->member != PROGRAM_NONE) {
        struct bytes name = program_text(p, p->members.at[e->member].name);
        nesting_add(n, name.at, name.len);
    }
    if (e->type != PROGRAM_NONE) {
        nesting_add(n, &p->types.at[e->type].kind, 1);
    }
    nesting_text(n, e->refers);
}

static inline void nesting_open(struct vm_sink *sink, char what) {
    struct nesting *n = (struct nesting *)sink;
    if (n->depth == NESTING_MAX) {
        abort();
    }
    n->open[n->depth++] = what;
}

static inline void nesting_close(struct vm_sink *sink, char what) {
    struct nesting *n = (struct nesting *)sink;
    if (n->depth == 0 || n->open[--n->depth] != what) {
        abort();
    }
}

static inline void nesting_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    nesting_event((struct nesting *)sink, event);
    nesting_open(sink, 's');
}

static inline void nesting_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    nesting_close(sink, 's');
}

static inline void nesting_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    nesting_event((struct nesting *)sink, event);
    nesting_open(sink, 'a');
}

static inline void nesting_array_end(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    nesting_close(sink, 'a');
}

static inline void nesting_value(struct vm_sink *sink, const struct vm_event *event) {
    struct nesting *n = (struct nesting *)sink;
    const struct vm_value *v = event->value;
    nesting_event(n, event);
    if (v->kind == VM_TEXT || v->kind == VM_BYTES) {
        nesting_add(n, v->bytes.at, v->bytes.len);
    } else if (v->kind == VM_INT && v->names != PROGRAM_NONE) {
        const struct program_enumerator *item =
            program_enumerator(event->program, v->names, v->integer);
        n->sum += item ? item->name : 0;
    }
}

static inline void nesting_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    nesting_text((struct nesting *)sink, fault->kind);
    nesting_text((struct nesting *)sink, fault->path);
    nesting_text((struct nesting *)sink, fault->message);
}

static inline void nesting_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    nesting_text((struct nesting *)sink, finding->path);
    nesting_text((struct nesting *)sink, finding->message);
}

static inline void nesting_record(struct vm_sink *sink, bool begin) {
    if (begin) {
        nesting_open(sink, 'r');
    } else {
        nesting_close(sink, 'r');
    }
}

static inline struct nesting *nesting_new(void) {
    static const struct vm_sink_ops ops = {
        .struct_begin = nesting_struct_begin,
        .struct_end = nesting_struct_end,
        .array_begin = nesting_array_begin,
        .array_end = nesting_array_end,
        .value = nesting_value,
        .fault = nesting_fault,
        .finding = nesting_finding,
        .record = nesting_record,
    };
    struct nesting *n = calloc(1, sizeof *n);
    if (!n) {
        abort();
    }
    n->sink.ops = &ops;
    return n;
}

/* Aborts when something is still open. */
static inline void nesting_free(struct nesting *n) {
    if (n->depth > 0) {
        abort();
    }
    free(n);
}

#endif
