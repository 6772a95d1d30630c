/* Values of expressions, the places they come from, and the instances ("frames") that hold those places.
 *
 * A value of a file is a place until its number or text is wanted: (type, space, start, end, owner). A space is a run
 * of bytes that places count in: the file, or what a transform made. Nothing here owns what it points to, except that a
 * frame owns its child frames and the spaces and values its slots refer to. */
#ifndef VM_VALUE_H
#define VM_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/int128.h"
#include "code/program.h"

#define VM_UNKNOWN UINT64_MAX

struct vm_frame;
struct vm_trail;

/* Bytes of a gathered space from `at` on: where they lie in the input, or VM_UNKNOWN. */
struct vm_piece {
    uint64_t at, place;
};

struct vm_space {
    const uint8_t *data;
    uint64_t size;       /* bytes */
    const char *made_by; /* the transform's name; NULL for the input itself */
    uint64_t serial;     /* 1, 2, … in the order in which a run makes them; 0: the input */
    uint8_t *owned;      /* data, when this space owns it */
    const struct vm_frame *owner; /* frees it; NULL: the machine, or a statement */
    struct vm_space *next;        /* others of the same owner */
    struct vm_piece *pieces;      /* of a gathered space, in order; owned */
    uint32_t piece_n;
    char *damage; /* owned: why there is not more of it; NULL: it is whole, or the fault was told */
    uint64_t damage_off; /* the fault's place, in bytes of where it was read from */
    uint64_t made_of;    /* place in bytes, in the space read then, of what it was made of */
    const struct vm_space *made_in; /* the space whose bytes were taken for it, or NULL; */
    uint64_t made_at, made_len;     /* and which */
    bool of_rest;                   /* a byte of it for each byte of $rest */
    bool growing;  /* being made (vm/make.h): zeros behind `made`, as many as there is room for */
    uint64_t made; /* bits: up to where it is made */
    uint8_t
        *touched; /* a bit for each byte that was made; NULL: all up to there were. The maker's */
    uint64_t before; /* bits: up to where it was made before, and the values are those of then */
    uint64_t
        guess; /* bits: where what nobody knows the place of is put in this round; VM_UNKNOWN */
    bool exact, burst; /* its size is the one that it will have; that was too small */
    struct vm_pack
        *pack; /* how the transform is undone, where that takes more than its name; owned */
};

/* Where in the input byte off of the space lies, and for how many bytes from there on they lie behind one another (*run;
 * 0 outside of it); false where they lie nowhere in it. */
bool vm_space_place(const struct vm_space *space, uint64_t off, uint64_t *place, uint64_t *run);

/* How many stretches of the input, or of nowhere, the bits from start to end lie in. */
uint32_t vm_space_pieces(const struct vm_space *space, uint64_t start, uint64_t end);

/* What fields inherit: byte order, bit order, encoding. */
struct vm_ambient {
    uint8_t endian;    /* enum type_order */
    uint8_t bitorder;  /* enum type_order; ambient: follows the byte order */
    uint16_t encoding; /* number in the machine's table of encodings */
};

static inline bool vm_big_endian(const struct program_type *type, struct vm_ambient ambient) {
    return (type->order == ORDER_AMBIENT ? ambient.endian : type->order) != ORDER_LITTLE;
}

/* Whether the type's bits are taken from the top of each byte. */
static inline bool vm_msb_first(const struct program_type *type, struct vm_ambient ambient) {
    uint8_t order = type->bitorder == ORDER_AMBIENT ? ambient.bitorder : type->bitorder;
    return order == ORDER_AMBIENT ? vm_big_endian(type, ambient) : order == ORDER_BIG;
}

/* A stretch of a space. */
struct vm_region {
    struct vm_space *space;
    uint64_t start, limit; /* bits */
};

/* The bits of a space that places count in and do not leave: a file, or what is as one. */
struct vm_window {
    uint64_t start, end;
};

enum vm_kind {
    VM_ABSENT,
    VM_BOOL,
    VM_INT,
    VM_WIDE, /* a stored number of 2^127 or more: the 128 bits of `integer`; it compares, nothing else */
    VM_FLOAT,
    VM_TEXT,
    VM_BYTES,
    VM_PLACE,
    VM_FRAME,
    VM_LIST
};

struct vm_list;

struct vm_value {
    uint8_t kind;  /* enum vm_kind */
    bool literal;  /* TEXT: a string of the schema; ABSENT: because of the machine's last fault */
    bool anchored; /* INT: a place that counts from its space's start, not from the root struct's */
    bool as_bytes; /* and it is written with \xHH: bytes as they stand */
    bool borrowed; /* FRAME: as the item of a walk that does not own it */
    bool unknown;  /* a let or an argument made of what is not known while a file is made */
    struct vm_ambient ambient;
    uint32_t type;   /* PLACE: its type */
    uint32_t names;  /* INT: enum or flags it belongs to, or PROGRAM_NONE */
    uint32_t member; /* PLACE: whose place it is, when the whole member; else PROGRAM_NONE */
    uint32_t via;    /* PLACE: the member it is or is an element of, for paths */
    union {
        int128 integer;
        double number;
        bool boolean;
        struct bytes bytes; /* TEXT (UTF-8), BYTES */
        struct vm_frame *frame;
        struct vm_list *list;
        uint64_t count; /* PLACE of an array: its elements, or VM_UNKNOWN */
    };
    union {
        struct bytes raw;        /* TEXT: as stored */
        struct vm_window window; /* PLACE of FILE_SOURCE: its file; INT that is anchored */
    };
    struct vm_space *space; /* PLACE, BYTES that lie in a space */
    uint64_t start, end;    /* bits; end may be VM_UNKNOWN */
    int64_t tail;           /* PLACE: bytes at its end that are no part of the value: a terminator;
                       negative: so many behind its end are, of one that is not stepped over */
    uint64_t limit;         /* bits: the end of the region it lies in */
    struct vm_frame *owner; /* PLACE: the instance its type's expressions see */
    uint64_t index;         /* PLACE: as an element, else VM_UNKNOWN */
};

struct vm_list {
    struct vm_value *at;
    uint32_t n;
    uint32_t cap;
    uint32_t *names;        /* of an object: constants, one for each value; else NULL */
    struct vm_frame *owner; /* whose arguments it is in; NULL: a temporary, or in a slot */
    struct vm_list *next;   /* of that frame's */
};

enum vm_slot_state { SLOT_EMPTY, SLOT_BUSY, SLOT_SET, SLOT_ABSENT, SLOT_VALUE };

/* Where a member is. */
struct vm_slot {
    uint8_t state; /* enum vm_slot_state */
    struct vm_ambient ambient;
    uint32_t type;
    struct vm_space *space;
    uint64_t start, end, limit; /* bits; end may be VM_UNKNOWN */
    int64_t tail;               /* of the value: as there */
    uint64_t count;             /* elements, or VM_UNKNOWN */
    struct vm_window window;    /* of FILE_SOURCE: its file */
    struct vm_frame *child;     /* the instance, for a struct that was entered */
    struct vm_value *value;     /* VALUE */
};

struct vm_frame {
    uint32_t of;     /* struct */
    uint32_t type;   /* program type it was decoded as, or PROGRAM_NONE */
    uint32_t member; /* as which member of parent, or PROGRAM_NONE */
    uint64_t index;  /* as which element, or VM_UNKNOWN */
    uint32_t depth;  /* structs around it */
    struct vm_frame *parent;
    struct vm_space *space;
    uint64_t start, end, limit; /* bits; end VM_UNKNOWN until known */
    struct vm_frame *file;      /* places count in the file of this frame: it, or one around it */
    struct vm_window
        window; /* where that is itself: its file, or its own start and limit (UNKNOWN) */
    struct vm_ambient ambient;
    uint32_t resume;   /* where to go on after a fault; PROGRAM_NONE: nowhere */
    bool resume_loses; /* going on there means that the cursor is lost */
    bool resume_let;   /* a computed value is being worked out there */
    bool lost;         /* members that need the cursor are over */
    bool ended;        /* all members are over */
    bool not_one;      /* its magic was not there */
    bool sized;        /* limit is its own, declared size's */
    uint64_t missing;  /* bytes of its own size that are not there */
    uint64_t widest;   /* a union: where the longest member so far ends, in bits */
    uint32_t measured; /* a union: members whose end was found */
    bool args_ready;
    bool kept;   /* owned by its parent, a record or the temporaries: not freed on its own */
    bool listed; /* a list has it: a walk gives it back when the statement ends, not before */
    bool shown;  /* its beginning was emitted */
    struct vm_frame *children; /* frames it owns, linked by sibling */
    struct vm_frame *sibling;
    struct vm_space *spaces;
    struct vm_list *lists;   /* in its arguments */
    struct vm_trail *trails; /* of its arrays; the one used last comes first */
    struct vm_value *args;   /* behind the slots */
    struct vm_slot slots[];
};

static inline struct vm_value vm_absent(void) {
    return (struct vm_value){.kind = VM_ABSENT, .names = PROGRAM_NONE, .via = PROGRAM_NONE};
}
static inline struct vm_value vm_bool(bool b) {
    return (struct vm_value){
        .kind = VM_BOOL, .names = PROGRAM_NONE, .via = PROGRAM_NONE, .boolean = b};
}
static inline struct vm_value vm_int(int128 i) {
    return (struct vm_value){
        .kind = VM_INT, .names = PROGRAM_NONE, .via = PROGRAM_NONE, .integer = i};
}
static inline struct vm_value vm_float(double d) {
    return (struct vm_value){
        .kind = VM_FLOAT, .names = PROGRAM_NONE, .via = PROGRAM_NONE, .number = d};
}

#endif
