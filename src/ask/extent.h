/* Extents: which bytes of a file the fields of a schema describe, once, more than once, or not at all; and the same of the
 * bytes that transforms make (`from zlib(…)`), each for itself.
 *
 * Bytes are described that have a bit of a field, of a magic number, or of what a transform took in them. Those that a schema
 * steps over (pad, skip, align) are counted apart. The others are gaps. What lies in two fields overlaps, except for the
 * members of one union, and for what is read `from` bytes that other fields have: those are meant.
 *
 * Filled while a program runs; extent_finish then works out the gaps and overlaps. */
#ifndef ASK_EXTENT_H
#define ASK_EXTENT_H

#include "ask/stretch.h"
#include "vm/event.h"

#define EXTENT_GAPS_MAX     4096u /* kept of a file */
#define EXTENT_OVERLAPS_MAX 1024u
#define EXTENT_SPACES_MAX   1024u /* made by transforms, looked into one by one */
#define EXTENT_INNER_MAX    64u   /* gaps, and overlaps, kept of one of these */
#define EXTENT_FIRST        16u   /* bytes shown of a gap */
#define EXTENT_PATHS        4u    /* fields told of an overlap */

struct extent_gap {
    uint64_t lo, hi;       /* bytes */
    char *in;              /* paths; owned; NULL: none. The struct or array around it, */
    char *before;          /* the field that ends where it begins, */
    char *behind;          /* and the one that begins where it ends */
    uint64_t in_size;      /* bits */
    uint64_t before_start; /* bits; where `before` begins */
    bool known;            /* the bytes were looked at: */
    bool zeros;            /* all are 0, */
    bool looked;           /* as far as they were looked at: not the whole of a very long gap */
    uint8_t first[EXTENT_FIRST];
    bool faulty; /* a fault ended what would describe it */
};

struct extent_overlap {
    uint64_t lo, hi;           /* bits */
    char *paths[EXTENT_PATHS]; /* owned */
    uint32_t path_n;
    uint64_t fields; /* that lie in it */
};

/* The bytes of the file, or those that one call of a transform made. */
struct extent_space {
    uint64_t serial; /* 0: the file */
    const char *made_by;
    char *path; /* of the first struct or field met in it; owned */
    uint64_t size;
    /* bits; private */
    struct stretches once, twice, views, over;
    /* worked out by extent_finish, in bytes: */
    uint64_t described, stepped, missing,
        beyond; /* they make up the size; beyond: not looked at, since what is
                                                   * before it lies in too many pieces */
    uint64_t gap_n;
    struct extent_gap *gaps; /* the first ones, in order; owned */
    uint32_t kept_gaps;
    uint64_t overlap_n, overlap_bytes;
    struct extent_overlap *overlaps;
    uint32_t kept_overlaps;
};

/* Where a fault was raised. */
struct extent_fault {
    uint64_t serial, offset;
};

#define EXTENT_FAULTS_MAX 64u

struct extent {
    struct extent_space file;
    struct extent_space *made[EXTENT_SPACES_MAX]; /* by serial; see extent_next; owned */
    struct stretches inner;                       /* of the union that is open */
    uint64_t inner_serial;
    uint64_t made_n, made_size,
        made_described; /* of all that were made; sums behind extent_finish */
    uint64_t dropped;   /* that gave way to later ones */
    struct extent_fault faults[EXTENT_FAULTS_MAX];
    uint32_t fault_n;
};

/* How a field describes its bytes. */
enum extent_how {
    EXTENT_FIELD,
    EXTENT_IN_UNION, /* other members of it may, too */
    EXTENT_VIEW,     /* read from bytes that others describe */
    EXTENT_OVER,     /* stepped over */
};

void extent_begin(struct extent *extent, uint64_t size);

/* The bits from start to end of a space are described. Gives the space where it is met for the first time, for its path to be
 * set; else NULL. */
struct extent_space *extent_add(struct extent *extent, const struct vm_space *space, uint64_t start,
                                uint64_t end, enum extent_how how);
void extent_union_ends(struct extent *extent);
void extent_fault(struct extent *extent, const struct vm_space *space, uint64_t offset);

void extent_finish(struct extent *extent);

/* The space made with that serial, or NULL; the next one behind it by serial, NULL: none. */
struct extent_space *extent_made(const struct extent *extent, uint64_t serial);
struct extent_space *extent_next(const struct extent *extent, uint64_t serial);

/* Whether there is anything that a second run could tell more of. */
bool extent_has_more(const struct extent *extent);

void extent_free(struct extent *extent);

#endif
