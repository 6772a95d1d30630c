/* Events: what a running program tells about a file, and the interface of those who listen.
 *
 * Events nest: struct_begin … struct_end, array_begin … array_end, with values between. A struct that faulted still ends;
 * its faults come between its last member and its end. Nothing in an event outlives the call. */
#ifndef VM_EVENT_H
#define VM_EVENT_H

#include "vm/value.h"

struct vm;

struct vm_event {
    const struct program *program;
    uint32_t
        member; /* of the enclosing struct; PROGRAM_NONE for the root and for elements without a member */
    uint32_t type;  /* program type; PROGRAM_NONE for computed values */
    uint64_t index; /* element of the enclosing array, or VM_UNKNOWN */
    struct vm_space *space;
    uint64_t start, end;   /* bits; end VM_UNKNOWN at a begin */
    uint64_t count;        /* array_begin: elements, or VM_UNKNOWN */
    struct vm_region file; /* struct_begin: the bytes that are a file to it */
    const struct vm_value *
        value; /* value: BOOL, INT, FLOAT, TEXT, BYTES, ABSENT; PLACE or FRAME for a let that refers to one */
    const char *refers; /* value: the path of what a let refers to, or what a struct is again */
    bool let;           /* a computed value */
    bool
        whole; /* and what it refers to is told next, as its begin … end, for sinks that ask for that */
    bool lsb; /* of packed numbers: their bits count from the low end of each byte */
};

/* Something wrong with the data that ended a struct. */
struct vm_fault {
    const char *kind; /* "truncated", "magic", "require", "outside", "range", … (see fault.c) */
    const char *path; /* of the field */
    uint32_t member;  /* the field that the last name of path is, or PROGRAM_NONE */
    const char *message; /* a sentence: what was wanted and what was there */
    const struct vm_space *space;
    uint64_t offset;        /* bytes, in space */
    enum check_shape shape; /* of "require": the form of what does not hold; else SHAPE_NONE */
    struct span span;       /* where in the schema */
};

/* Something wrong with the data that decoding did not mind. */
struct vm_finding {
    const char *path;
    const char *message;
    const struct vm_space *space; /* NULL when it has no place */
    uint64_t offset;
    uint32_t member;               /* the field whose relation failed, or PROGRAM_NONE */
    const struct vm_value *field;  /* its place, or NULL */
    const struct vm_value *wanted; /* the computed value, or NULL */
    struct span span;
};

/* So many blocks at a time at most: enough to spread what a call costs; more would keep the memory waiting while a sink
 * writes (measured on a walk by lengths). */
#define VM_BLOCKS_MAX 16u

/* Blocks in order. */
struct vm_blocks {
    const struct program *program;
    const struct program_block *block; /* all are such ones; NULL: each is one of those in `of` */
    struct vm_ambient ambient;
    bool records;        /* each is a record of a stream: no `record` is told */
    const uint8_t *safe; /* behind all of them: bytes up to there may be read; NULL: theirs alone */
    uint32_t n;
    const uint8_t *at[VM_BLOCKS_MAX]; /* where each begins; all of its bytes are there */
    const struct program_block *of[VM_BLOCKS_MAX]; /* without a block */
    /* where the block has a PLACED field: its text in each: printable ASCII without '"' and '\\' */
    struct bytes texts[VM_BLOCKS_MAX];
};

/* Rows that come at once, at most. */
#define VM_MANY_MAX 64u

/* The numbers that a column has in rows that come at once. */
struct vm_numbers {
    uint32_t type;  /* PROGRAM_NONE: they are worked out */
    bool real;      /* doubles */
    bool is_signed; /* else integers, signed or not, */
    unsigned width; /* of so many bytes: 1, 2, 4 or 8 */
    const void *at; /* VM_MANY_MAX of them; behind those of the rows stands the first one again */
    struct vm_value like; /* some number of the column: what they have besides */
};

/* Rows of numbers alone. */
struct vm_many {
    const struct program *program;
    uint64_t rows;                    /* 1 to VM_MANY_MAX */
    const struct vm_numbers *columns; /* all that rows have; each with so many numbers */
};

#define VM_ANSWER_MAX 3 /* values of an answer that have a text */

/* How a statement of a script went: the values it came to. */
struct vm_answer {
    uint32_t id; /* of the statement; PROGRAM_NONE: everything is decoded, the statements follow */
    uint32_t n;
    /* of a comparison: left, right, result; of an `in`: value, result; else one; after a fault an absent one alone */
    const struct vm_value *values;
    const char *text[VM_ANSWER_MAX]; /* the values as a message shows them */
    const struct vm_fault *fault;    /* why there is no value, or NULL */
    const char *element;             /* path of the element that the innermost loop is at, or "" */
};

enum vm_tie_kind {
    VM_TIE_SIZE,  /* how many bytes */
    VM_TIE_COUNT, /* how many elements */
    VM_TIE_PLACE, /* where */
    VM_TIE_ALIGN, /* how far what follows is aligned: a gap, made as long as it must be; there is nothing to be solved */
};

/* What a clause is about that says how long something is, how many elements it has or where it is; and whether the
 * clause can be made to say something else by a change of one stored number. */
struct vm_tie {
    enum vm_tie_kind kind;
    struct vm_space *space;
    uint64_t start, end; /* bits: what it is about; of a PLACE only the start is sure */
    uint64_t
        used; /* SIZE: bits up to which fields describe it; elsewhere and of plain bytes: end */
    uint64_t count;                /* COUNT: elements; else VM_UNKNOWN */
    struct vm_space *origin_space; /* PLACE: where counting starts, */
    uint64_t origin;               /* in bits */
    int128 value;                  /* what the clause says */
    bool solvable;
    bool
        follows; /* it need not be: the number comes from where things are, or from others that are solved */
    const char *why; /* not solvable: why not, a sentence that names the numbers; else NULL */
    uint32_t member; /* what it is about: of the struct around it, or PROGRAM_NONE */
    uint32_t type;
    struct span span; /* of the clause's expression */
    struct vm *vm;    /* for vm_tie_path */
};

enum vm_edit_kind {
    VM_EDIT_SET,
    VM_EDIT_DELETE,
    VM_EDIT_INSERT, /* before the element `index` of the array, which may be its count */
    VM_EDIT_APPEND,
    VM_EDIT_REPLACE, /* the stored bytes, whatever they mean */
    VM_EDIT_NUMBER,  /* the stored number that a clause or a computed value is solved for */
};

/* A change of the file that the program asks for. Nothing is changed while it runs: what it reads is what was there. */
struct vm_edit {
    enum vm_edit_kind kind;
    uint32_t stmt;    /* of the script, or PROGRAM_NONE */
    const char *path; /* of what is changed; NULL: vm_edit_path works it out */
    const struct vm_value *
        place; /* PLACE or FRAME, or BYTES of a space, whose start and end are known; APPEND, and INSERT at the end: the array */
    const struct vm_value
        *array; /* DELETE, INSERT, APPEND: a PLACE, its end and count known; else NULL */
    const struct vm_value
        *value;         /* loaded; NULL for DELETE, and where there is none; a LIST: see vm_list */
    uint64_t index;     /* INSERT: before which element; else VM_UNKNOWN */
    uint32_t base;      /* NUMBER: it is stored as text of this base; 0: it is not */
    const char *failed; /* why there is no such value: a sentence; NULL: there is one */
    const struct program *program;
    struct vm *vm; /* for vm_edit_path */
};

/* The same change of the same field of elements that lie one behind the other, at even distances. */
struct vm_edits {
    struct vm_edit
        first; /* SET, of the first one, held or not; value NULL: each has a number of its own */
    uint64_t start, stride; /* of the first element, from one to the next; in bytes */
    uint32_t n;             /* elements; 0: whether the sink takes many at all */
    const uint8_t *held;    /* of each: 1, it is changed, or 0 */
    const int64_t *numbers; /* of each, where value is NULL; they fit */
};

/* What is known of elements that lie one behind the other, each a block. */
struct vm_row {
    const struct program_block *block;
    struct vm_ambient ambient;
    bool dense; /* fields describe each of their bits */
};

struct vm_sink;
struct vm_maker;
struct vm_flats;

struct vm_sink_ops {
    /* What is there; NULL: of no interest. */
    void (*struct_begin)(struct vm_sink *sink, const struct vm_event *event);
    void (*struct_end)(struct vm_sink *sink, const struct vm_event *event);
    void (*array_begin)(struct vm_sink *sink, const struct vm_event *event);
    void (*array_end)(struct vm_sink *sink, const struct vm_event *event);
    void (*value)(struct vm_sink *sink, const struct vm_event *event);
    /* The bytes from start to end were taken by a transform, and no field describes them; NULL: of no interest. */
    void (*source)(struct vm_sink *sink, const struct vm_event *event);
    /* A magic number was there (event->value: its bytes); NULL: the sink shows none. */
    void (*magic)(struct vm_sink *sink, const struct vm_event *event);
    /* What is wrong; NULL: of no interest. */
    void (*fault)(struct vm_sink *sink, const struct vm_fault *fault);
    void (*finding)(struct vm_sink *sink, const struct vm_finding *finding);
    /* A statement of a script is done; NULL: of no interest. */
    void (*answer)(struct vm_sink *sink, const struct vm_answer *answer);
    /* Where a value that was asked for lies: event->value as it was found (PLACE, FRAME, or computed: only BYTES have a
     * space then), refers its path, "" where none is known. NULL: of no interest. */
    void (*place)(struct vm_sink *sink, const struct vm_event *event);
    /* A clause that says how long, how many or where, behind what it is about; true: it shall say *target, and what has
     * to change for that is told by `edit`, with a `value` or with why there is none. Asked for by programs that were made
     * with their ties alone; NULL: nothing is solved. */
    bool (*tie)(struct vm_sink *sink, const struct vm_tie *tie, int128 *target);
    /* A number of something stored (a PLACE or FRAME) that takes part in what is solved: *number is what it is now; true: and shall
     * count as what it is then. NULL: all are as they are. */
    bool (*later)(struct vm_sink *sink, enum quantity what, const struct vm_value *of,
                  int128 *number);
    /* A value of that type is to be made of what a script wrote in braces; NULL: it can't be. */
    struct vm_maker *(*build)(struct vm_sink *sink, const struct vm_value *value, uint32_t type);
    /* Something is to be changed; NULL: of no interest. */
    void (*edit)(struct vm_sink *sink, const struct vm_edit *edit);
    /* What comes next is that column of a row, which begins with column 0; behind the last column it ends. NULL: of no
     * interest. */
    void (*column)(struct vm_sink *sink, uint32_t column);
    /* So many rows at once, for which no `column` is told; NULL: the sink wants each. */
    void (*many)(struct vm_sink *sink, const struct vm_many *many);
    /* Many changes at once. False, or NULL: the sink wants each of them, and it may be told of some again that it took. */
    bool (*edits)(struct vm_sink *sink, const struct vm_edits *edits);
    /* A record of a stream begins or ends (around the events of one element); NULL: of no interest. */
    void (*record)(struct vm_sink *sink, bool begin);
    /* rest->count elements of an array follow, all of one size and with nothing in them that could be a finding, from
     * rest->start up to rest->end. Whether the sink does without their events; NULL: it wants them all. */
    bool (*pass)(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row);
    /* What lies from rest->start up to rest->end, rest->count elements of one size or a struct (1), has no field elsewhere:
     * how many of them, from the first one on, the sink does without, whatever may be wrong in them. It is asked again in
     * front of the next one. NULL: it wants them all. */
    uint64_t (*skip)(struct vm_sink *sink, const struct vm_event *rest);
    /* A spot of the schema is met, by its number (code/spot.h); a check of the program was made; the bits from start to
     * end were stepped over as the schema says. All three are told only of what is emitted. NULL: of no interest. */
    void (*met)(struct vm_sink *sink, uint32_t spot);
    void (*checked)(struct vm_sink *sink, uint32_t check, bool holds);
    void (*over)(struct vm_sink *sink, const struct vm_event *event);
    /* Behind a let that refers to a struct or array, that is wanted whole (if the program was made for it, and it is
     * none of those around). */
    bool whole;
    /* Elements that are one block each, or the fields of a struct between events; NULL: the sink gets an event for each
     * field. */
    void (*blocks)(struct vm_sink *sink, const struct vm_blocks *blocks);
    bool runs; /* those with runs in them (program_block), and several of several kinds, too */
    /* Such ones with runs that lie one behind the other, which the sink finds by itself (flats.h). It ends in front of one with
     * text that something is odd about, in any of its fields. NULL: they come as blocks, looked through. */
    void (*flats)(struct vm_sink *sink, struct vm_flats *way);
    /* Who has put its own `blocks` in place of the sink's, and finds itself by this; else NULL. */
    void *taker;
};

struct vm_sink {
    const struct vm_sink_ops *ops;
};

#endif
