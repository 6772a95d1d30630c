/* Comparison: what is different between two files of one schema, field by field.
 *
 * Structs are compared member by member, arrays after their elements are aligned: by a key where one is given, else by a
 * longest common subsequence; what is left between elements that are equal is paired by what kind of thing it is, then
 * by place. Only elements that are paired and differ are looked into. That takes runs over both files: one for their
 * outermost arrays, then one for each level of arrays in arrays, for as many elements at a time as make
 * DIFF_WEIGHT_MAX nodes.
 *
 * Memory: what sketch.h says of both files (32 bytes an element), and about 100 MiB. */
#ifndef ASK_DIFF_H
#define ASK_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "ask/filter.h"
#include "ask/sketch.h"
#include "base/buf.h"
#include "code/program.h"
#include "vm/event.h"

#define DIFF_WEIGHT_MAX (UINT64_C(1) << 20)

enum diff_kind {
    DIFF_CHANGED,     /* a field, or a struct that is told of as a whole */
    DIFF_ADDED,       /* only in B */
    DIFF_REMOVED,     /* only in A */
    DIFF_MOVED,       /* an element with a key stands elsewhere among the others */
    DIFF_BULK,        /* elements that differ, too many to be told one by one */
    DIFF_UNDESCRIBED, /* bytes that no field describes */
    DIFF_KINDS,
};

/* What a change is on one side. */
struct diff_side {
    const char *path; /* NULL: it is not there */
    const struct sketch_node
        *node; /* a field or struct; NULL: an element that was not looked into */
    const struct sketch_scope *scope; /* that of the node, or NULL */
    uint64_t start, end;              /* bits of the file; VM_UNKNOWN: it does not lie in it */
    uint64_t index;                   /* ADDED, REMOVED elements: the first */
    /* elements: the records of all of them, or NULL where they are of one size and lie in a row */
    const struct sketch_element *elements;
};

struct diff_change {
    enum diff_kind kind;
    struct diff_side side[2]; /* A, B */
    uint64_t count;           /* elements; 0: it is none */
    bool derived;             /* it follows from other fields */
    bool made;                /* elements of bytes that were made of others */
    /* ADDED elements: where they would stand in A */
    const char *array; /* the array's path there */
    uint64_t at;
    bool at_end;
};

/* Arrays of a member are aligned by these: hashes of the keys of all their elements, in order. */
struct diff_keys {
    uint32_t member;
    const uint64_t *at[2];
    uint64_t n[2];
};

struct diff_options {
    const struct program *program;
    const uint8_t *data[2];
    uint64_t size[2];
    const struct filter *filter; /* NULL: everything */
    const bool *derived;         /* members that follow from others, by number */
    bool without_derived;        /* these are left out */
    const struct diff_keys *keys;
    uint32_t key_n; /* up to SKETCH_KEYED_MAX */
    bool backwards; /* the last elements of arrays come first: indexes in A stay true */
    bool
        whole; /* a struct in which other fields are than in its counterpart, or other undescribed bytes, is told as
                   changed, as one; elements that moved are told as removed and added */
    uint64_t
        single; /* so many elements that are only in one file are told one by one; more in a row, as one change */
    uint32_t looked; /* so many nodes of those are looked at; 0: none */
    bool in_full;    /* all of their nodes are, in arrays, too */
    /* Runs the program over a file (0: A, 1: B), at least until there is enough; false ends the comparison. */
    bool (*run)(void *runner, unsigned side, struct vm_sink *sink, const bool *enough);
    void *runner;
    void (*tell)(void *teller, const struct diff_change *change);
    void *teller;
};

struct diff_result {
    uint64_t told[DIFF_KINDS]; /* fields and elements */
    bool failed;               /* a run has ended the comparison */
    bool
        positional; /* an array was too large or too different: its elements were compared by place */
    bool unkeyed;   /* an array has other elements than it has keys */
    bool full;      /* an array has more elements than are kept: what follows was compared as one */
};

struct diff_result diff_files(const struct diff_options *options);

/* The place of element k of a change in a side's file; false where it does not lie in it. */
bool diff_element(const struct diff_change *change, unsigned side, uint64_t k, uint64_t *start,
                  uint64_t *end);

#endif
