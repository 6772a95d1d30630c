/* Sketches: what a file holds, as far as a comparison has to know it: the fields of a few places as a tree, everything
 * else as one hash for each element of an array.
 *
 * A *scope* is the file's root struct, or an element. A run sketches those scopes that are wanted: the structs, fields and
 * arrays in them become nodes; each element of their outermost arrays is folded into one record. An element that is to
 * be looked into becomes a scope of the next run. Memory: 32 bytes an element, up to SKETCH_ELEMENTS_MAX of a file, and
 * 72 bytes a node of the scopes that are wanted.
 *
 * Computed values are left out: what they are made of is not. */
#ifndef ASK_SKETCH_H
#define ASK_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ask/filter.h"
#include "ask/stretch.h"
#include "base/arena.h"
#include "base/vec.h"
#include "vm/event.h"

/* Records of elements of one file; what follows in the same array is folded into its last one. */
#define SKETCH_ELEMENTS_MAX (UINT64_C(1) << 24)

/* The most bytes of a text, or of bytes that do not lie in the file, that a node keeps. */
#define SKETCH_KEPT_MAX (1u << 16)

#define SKETCH_KEYED_MAX 8u

enum sketch_kind {
    SKETCH_STRUCT,
    SKETCH_ARRAY,
    SKETCH_VALUE,
    SKETCH_SOURCE, /* bytes that a transform took */
    SKETCH_MAGIC,
};

/* Something in a scope; those in it follow, up to `next`. */
struct sketch_node {
    uint8_t kind;  /* enum sketch_kind */
    uint8_t vkind; /* VALUE: enum vm_kind */
    bool
        made; /* it does not lie in one stretch of the file: start and end count in bytes that were made */
    bool fixed;      /* ARRAY: elements of one size in the file, of which there are no records */
    bool wrong;      /* VALUE: a finding is about it */
    bool cut;        /* VALUE: `bytes` are not all of it */
    uint32_t next;   /* the node behind it and those in it */
    uint32_t member; /* of the program, or PROGRAM_NONE */
    uint32_t type;   /* likewise */
    uint64_t start, end; /* bits */
    uint64_t hash;       /* VALUE, SOURCE, MAGIC: of what is stored */
    union {
        struct {
            uint64_t first; /* of its elements among the scope's records */
            uint64_t count;
            uint64_t
                key; /* KEYED: how many elements of this member there were before, in the file */
            uint32_t ordinal; /* of the arrays in the scope */
        } array;
        int128 integer;
        double number;
        bool boolean;
        struct bytes bytes; /* TEXT: in UTF-8; BYTES */
    };
};

/* An element, folded. */
struct sketch_element {
    uint64_t hash; /* of all that is in it */
    uint64_t start,
        end; /* bits of the file; both VM_UNKNOWN where it does not lie in one stretch of it */
    uint32_t weight : 31; /* nodes of it as a scope, at most */
    uint32_t apart : 1;   /* not all that is in it lies between start and end */
    uint16_t sort; /* a hash of what kind of thing it is: its type, and its first name or text */
    uint16_t like; /* that, and its second one */
};

struct sketch_scope {
    struct sketch_scope *parent; /* NULL: the root */
    uint32_t array;              /* of the parent's arrays, which one it is an element of */
    uint64_t index;
    uint32_t most; /* nodes; 0: as many as there are */
    uint32_t room; /* nodes that there will be, as far as known */
    bool in_full;  /* elements of its arrays are nodes, too, none is folded */
    /* what a run found */
    bool short_of; /* there are more nodes than `most` */
    struct sketch_node *nodes;
    uint32_t n, cap;
    struct sketch_element *elements;
    uint64_t element_n, element_cap;
    struct arena arena; /* texts */
    /* of the run at hand */
    uint32_t wanted; /* the run that it is wanted of */
    uint32_t run, sorted;
    struct sketch_scope **below; /* scopes within it that are wanted, or lead to such */
    uint32_t below_n, below_cap, below_at;
    uint32_t arrays;
};

struct sketch_options {
    const struct program *program;
    const uint8_t *data; /* the file */
    uint64_t size;
    const struct filter *filter; /* NULL: everything */
    const bool *left_out;        /* members that do not count, by number, or NULL */
    const uint32_t *keyed;       /* members whose arrays have keys */
    uint32_t keyed_n;            /* up to SKETCH_KEYED_MAX */
};

struct sketch;

struct sketch *sketch_new(const struct sketch_options *options);
void sketch_free(struct sketch *sketch); /* NULL is fine; its scopes are the caller's */

/* A scope within another one, or the root; nothing is known of it. */
struct sketch_scope *sketch_scope_new(struct sketch_scope *parent, uint32_t array, uint64_t index);

/* What a scope takes besides its nodes, as so many of them. */
#define SKETCH_SCOPE_NODES 4u

void sketch_scope_free(struct sketch_scope *scope); /* NULL is fine */

/* The sink for one run, which sketches the n scopes (in any order; others that are wanted are not). sketch_done comes
 * behind the run. */
struct vm_sink *sketch_begin(struct sketch *sketch, struct sketch_scope *const *scopes, uint32_t n);
void sketch_done(struct sketch *sketch);

/* The most that an element may weigh. */
#define SKETCH_WEIGHT_MAX (UINT32_MAX >> 1)

/* Whether all that the run at hand was for is known: it may end then. */
const bool *sketch_enough(const struct sketch *sketch);

/* The bytes of the file that any field describes; complete behind the first run. */
const struct stretches *sketch_cover(const struct sketch *sketch);

/* Whether an array had more elements than are kept. */
bool sketch_is_full(const struct sketch *sketch);

/* The bytes of a node or element of the file that begins and ends with a byte; false for others. */
bool sketch_bytes(const struct sketch *sketch, uint64_t start, uint64_t end, struct bytes *out);

/* Whether all that is in a struct of a scope lies where it does, but for what was made. */
bool sketch_is_whole(const struct sketch_scope *scope, const struct sketch_node *node);

/* The name of a node's member; empty for an element's. */
struct bytes sketch_name(const struct sketch *sketch, const struct sketch_node *node);

/* A node's value as the machine has it. */
struct vm_value sketch_value(const struct sketch_node *node);

#endif
