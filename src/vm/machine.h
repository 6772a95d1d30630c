/* The machine's inside: shared by the files of vm, by nobody else. */
#ifndef VM_MACHINE_H
#define VM_MACHINE_H

#include "base/buf.h"
#include "base/encoding.h"
#include "io/cursor.h"
#include "vm/hop.h"
#include "vm/make.h"

/* Bytes that a pass handles in the time of one step of the machine. */
#define VM_BYTES_A_STEP 16u

/* Records on the control stack. */
enum vm_ctl_kind {
    CTL_CALL,
    CTL_REGION,
    CTL_AT,
    CTL_SPACE,
    CTL_LOOP,
    CTL_ITER,
    CTL_TRY,
    CTL_BLANK, /* item: the place whose bytes count as zeros */
    CTL_WITH, /* frame: the one to go back to; index: of what gave the one at hand its place in an array */
};

/* What becomes of a call's result. */
enum vm_call_kind {
    CALL_DECODE,   /* a struct, emitting: the cursor goes on behind it */
    CALL_PASS,     /* a struct stepped over: likewise */
    CALL_FIND,     /* a member: the instruction is tried again */
    CALL_LET,      /* a let: its value replaces the top */
    CALL_ARGS,     /* a struct's arguments: the instruction is tried again */
    CALL_END,      /* where the value on top ends: the instruction is tried again */
    CALL_COUNT,    /* the number of elements of the array on top: replaces it */
    CALL_FUNCTION, /* an expression: its value replaces the arguments */
    CALL_EMIT,     /* a value, emitting */
    CALL_ITEM,     /* the end of a walk's element: the cursor goes on there */
};

struct vm_ctl {
    uint8_t kind;  /* enum vm_ctl_kind */
    uint8_t call;  /* enum vm_call_kind */
    bool emitting; /* CALL: the caller was */
    bool open;   /* LOOP: an array_begin was emitted; CALL: a record of a stream was begun for it */
    bool record; /* LOOP: its element at hand is a record of a stream, begun and not ended */
    bool keeps;  /* ITER: what the body makes outlives the step */
    bool stepping;     /* ITER: its step function is running */
    bool begun;        /* ITER: the first step was taken */
    bool done;         /* ITER: no more elements */
    bool inner;        /* ITER: made by INDEX or COUNT, for itself */
    bool ready;        /* ITER: a step has ended: its result is to be taken */
    bool unknown;      /* CALL: the caller's; making: REGION: it ends where what is in it does */
    bool inside;       /* LOOP, ITER: an element is being decoded or stepped over */
    bool recover_open; /* LOOP: what `open` was at the RECOVER */
    bool tells;        /* TRY: a fault is told */
    bool is_short;     /* REGION: bounded by its surroundings instead */
    uint32_t
        pc; /* CALL, stepping ITER: where to return to; TRY, REGION, AT, SPACE: where a fault goes on */
    uint32_t sp;      /* height of the value stack to go back to */
    uint32_t base;    /* CALL: the caller's base of arguments */
    uint32_t floor;   /* CALL: the caller's floor of temporaries */
    uint32_t temps;   /* temporaries at the start */
    uint32_t type;    /* LOOP, ITER: the array's */
    uint32_t via;     /* CALL_EMIT: the member whose value is emitted, or PROGRAM_NONE */
    uint32_t recover; /* LOOP, ITER: where a fault in an element goes on, or PROGRAM_NONE */
    uint32_t recover_sp;
    struct vm_frame *frame;
    struct vm_space *space;
    uint64_t pos, limit;
    uint64_t taken;          /* SPACE: bytes of the outer space it stands for */
    struct vm_window window; /* SPACE: what is read from; a visit: the file of what is visited */
    struct vm_ambient ambient;
    struct vm_slot *slot;  /* CALL: being found */
    struct vm_frame *made; /* CALL_ARGS: whose; CALL_PASS, CALL_DECODE: the callee */
    /* LOOP and ITER; CALL_END, CALL_EMIT and their kin have the element's index */
    struct vm_value item, prev, list;
    uint64_t index, count;
    uint64_t from;     /* ITER: elements in front of this one are passed over */
    uint64_t given;    /* LOOP, making: elements that are given for it */
    uint64_t item_end; /* bits, in the loop's own space; VM_UNKNOWN until known */
    uint64_t
        wanted; /* REGION: bytes asked for; CALL_END, CALL_COUNT: the stack entry that wants it */
    uint64_t base_pos; /* where the first element starts */
    uint64_t stalls;   /* elements of no size so far */
    uint64_t faults;   /* LOOP: told before the element at hand */
    uint64_t last_pos;
    uint64_t seq_pos, seq_limit; /* ITER: the walk's own cursor */
    struct vm_space *seq_space;
    struct vm_visits *visits; /* LOOP, ITER: where the chain has been; owned */
    struct vm_trail *trail;   /* ITER: what walks over its array leave; or NULL */
    struct vm_frame *held;    /* LOOP, ITER: elements gone by that something refers to; owned */
};

enum temp_kind { TEMP_NONE, TEMP_FRAME, TEMP_SPACE, TEMP_LIST, TEMP_BYTES };

struct vm_temp {
    enum temp_kind kind;
    void *at;
};

/* A fault that was told, as hashes: of the field it happened in and what it is, of where and what it is. */
struct vm_told {
    uint64_t field, place;
};

/* A fault or finding that is remembered. */
struct vm_met {
    char *path, *message;
    const char *kind; /* "finding" for one */
};

/* A region that ended: up to where it was used. */
struct vm_stretch {
    struct vm_space *space;
    uint64_t start, end, used; /* bits */
};

#define VM_CRC_TABLES 4
#define VM_TOLD       16 /* faults remembered, so as not to tell one twice */

/* The texts of a block. */
struct vm_texts {
    uint32_t n;
    struct vm_text_field {
        uint64_t off, len;               /* bytes, from the block's start */
        const struct encoding *encoding; /* NULL: it is not known */
        bool cut;
    } at[];
};

struct vm {
    const struct program *program;
    struct vm_sink *sink;
    struct vm_space input;
    struct vm_limits limits;
    struct vm_result result;
    /* registers */
    uint32_t pc;
    struct vm_frame *frame;
    struct vm_space *space;
    uint64_t pos, limit; /* bits */
    uint32_t base;       /* where the running function's arguments start */
    uint32_t floor;      /* temporaries of the running function start here */
    bool emitting;
    bool stop;
    uint16_t next_encoding;    /* for the next text alone, + 1; 0: none */
    bool unknown;              /* making: the expression at hand needs what is not known yet */
    struct vm_maker *maker;    /* of what is not there yet (vm/make.h), or NULL */
    struct vm_space *building; /* what a part of a script is made in, or NULL */
    struct vm_sink *told_by;   /* the sink meanwhile */
    uint32_t build_cp;         /* records below it were there before */
    uint64_t watched;          /* the stretch of blocks that the watcher was last called for */
    uint64_t ahead;            /* bytes of the input asked for so far */
    struct vm_hop hop;         /* of the struct that was hopped over last */
    uint64_t taken;            /* bytes the last transform took of its input */
    struct vm_region over;     /* where what is being stepped over began */
    uint64_t spaces;           /* made so far */
    uint64_t began;            /* bits: where the last run, or row of blocks, began */
    struct vm_stretch region;  /* the one that ended last */
    int128 place_said;         /* the number that the last place was, */
    uint64_t place_origin;     /* and where it counts from, in bits of its space */
    /* ties */
    struct vm_tie tie;   /* what the next TIE is about */
    bool tie_told;       /* or nothing is known of it */
    bool solving;        /* an edit is to be told */
    uint32_t solved_for; /* its statement */
    uint32_t sought_base;
    struct vm_value sought; /* PLACE of the number that changes, or ABSENT */
    /* stacks */
    struct vm_value *stack;
    uint32_t sp, stack_cap;
    struct vm_ctl *ctl;
    uint32_t cp, ctl_cap;
    struct vm_temp *temps;
    uint32_t tp, temp_cap;
    struct vm_frame *root;   /* the frame that paths start from; freed at the end of a run */
    struct vm_frame **spare; /* frames to be used again, by struct */
    uint64_t work;
    uint64_t tally;                              /* selected so far */
    struct vm_scan *scan;                        /* the last one, see scan.c; or NULL */
    uint64_t scanned;                            /* bytes of the input that it came to */
    uint64_t checkpoints;                        /* there is memory for, in all trails */
    struct crc_table *crc_tables[VM_CRC_TABLES]; /* those made so far */
    struct encodings *encodings;
    const struct encoding **encoding_of_type; /* those that types name, found when wanted */
    struct vm_texts **texts_of_block;         /* by block, made when wanted */
    struct vm_flat **flats;                   /* likewise */
    int64_t tail;                             /* of the last text, as of a value */
    size_t
        odd_text; /* of the text loaded last: where it is no text of its encoding, or ENCODING_FINE */
    size_t odd_behind; /* and where bytes stand behind its NUL */
    /* the fault being handled */
    struct vm_fault fault;
    bool faulted;
    bool quiet; /* already told */
    bool
        loose; /* raised for no field of its own: once a fault was told at that place, it is the same */
    struct vm_told told[VM_TOLD];
    bool remembers; /* faults and findings are remembered */
    struct vm_met *met;
    uint32_t met_n, met_cap;
    struct buf path, message, scratch;
    const struct vm_frame **way; /* from a frame to the root, for paths */
    uint32_t way_cap;
    void (*watch)(void *context, struct vm *vm);
    void *watch_context;
};

/* frame.c */
struct vm_frame *vm_frame_new(struct vm *vm, uint32_t of, struct vm_frame *parent);
/* Whether places in such a struct count from its own start when it lies in `around` (NULL: in none). */
bool vm_starts_file(const struct vm *vm, uint32_t of, const struct vm_frame *around);
/* What is decoded as the type has a file of its own, where the type says so; window: that of FILE_SOURCE. */
void vm_frame_isolate(struct vm *vm, struct vm_frame *frame, uint32_t type,
                      struct vm_window window);
void vm_frame_free(struct vm *vm, struct vm_frame *frame);
void vm_frames_end(struct vm *vm);
/* Whether the frame is the other one or around it. */
bool vm_is_around(const struct vm_frame *frame, const struct vm_frame *other);
void vm_frame_adopt(struct vm_frame *parent, struct vm_frame *child);
/* The frame's arguments are the n values. Text and bytes that may go before the frame does become its own. */
void vm_frame_take_args(struct vm *vm, struct vm_frame *f, const struct vm_value *values,
                        uint32_t n);
void vm_space_free(struct vm_space *space);
void vm_slot_keep(struct vm *vm, struct vm_slot *slot, const struct vm_value *value);
void vm_temp_add(struct vm *vm, enum temp_kind kind, void *at);
void vm_temp_release(struct vm *vm, uint32_t mark);
struct vm_list *vm_list_new(struct vm *vm);
void vm_list_add(struct vm_list *list, const struct vm_value *value);

/* stack.c (in frame.c) */
void vm_push(struct vm *vm, struct vm_value value);
struct vm_ctl *vm_ctl_push(struct vm *vm, enum vm_ctl_kind kind);
struct vm_ctl *vm_ctl_call(struct vm *vm, enum vm_call_kind call, uint32_t pc, uint32_t target);
void vm_item_clear(struct vm *vm, struct vm_ctl *walk, struct vm_value *item, bool keep);
bool vm_too_deep(struct vm *vm); /* raises a fault then */
bool vm_is_deep(const struct vm *vm);
bool vm_fail_depth(struct vm *vm); /* raises the fault of one struct within another too many */

/* fault.c: each raises and returns false. */
bool vm_fail(struct vm *vm, const char *kind, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool vm_fail_cursor(struct vm *vm, const struct cursor_fault *fault);
bool vm_fail_space(struct vm *vm, struct vm_space *space); /* that it is not all there; once */
/* field: the place of what it is about, NULL where that is the check's member */
void vm_finding(struct vm *vm, const struct program_check *check, const struct vm_value *field,
                const struct vm_value *got, const struct vm_value *wanted);
bool vm_unwind(struct vm *vm);
void vm_give_up(struct vm *vm); /* the work limit is reached: tells and stops */
void vm_record_drop(struct vm *vm,
                    struct vm_ctl *c); /* ends the stream's record that c began, if any */
void vm_tell_here(struct vm *vm); /* tells the fault in the struct last begun; it goes on quietly */
bool vm_lose(struct vm *vm);      /* goes on as after a fault that was told */
void vm_path_of(struct vm *vm, const struct vm_frame *frame, uint32_t member, struct buf *out);
void vm_value_path(struct vm *vm, const struct vm_value *value, struct buf *out);
void vm_describe(struct vm *vm, const struct vm_value *value, struct buf *out);

/* To a member of the struct at hand, and the elements that the running function is at, but for those of an array type. */
void vm_path_here(struct vm *vm, uint32_t member, uint32_t but, struct buf *out);

/* tie.c */
/* Whether the sink wants the clause to say another number, which is pushed. */
bool vm_tie(struct vm *vm, const struct program_inst *inst);
/* The other instructions of ties. */
bool vm_solve(struct vm *vm, const struct program_inst *inst);
void vm_with_end(struct vm *vm); /* of the record on top */
/* Tells of the gap between start (bits) and the cursor, in front of what is aligned to so many bytes. */
void vm_tell_gap(struct vm *vm, uint64_t start, uint64_t unit);

/* ambient.c: what holds from here on, in this struct, is on top */
bool vm_set_order(struct vm *vm, bool bits);
bool vm_set_encoding(struct vm *vm, bool next); /* of the next text alone */

/* answer.c: scripts */
void vm_met(struct vm *vm, const char *path, const char *kind, const char *message);
void vm_forget(struct vm *vm);
bool vm_fault_at(struct vm *vm, uint32_t name, bool wants_text);
bool vm_is(struct vm *vm, uint32_t type);
bool vm_answer(struct vm *vm, uint32_t id, uint32_t n);
bool vm_lies(struct vm *vm); /* where the value on top lies is told */
void vm_root_args(struct vm *vm, uint32_t n);
void vm_place_path(struct vm *vm, const struct vm_value *value,
                   struct buf *out); /* nothing where it has none */

/* edit.c */
bool vm_extent(struct vm *vm); /* of the array on top */
bool vm_edit(struct vm *vm, enum program_edit kind, uint32_t stmt);

/* scan.c: whether the walk goes on at the instruction's a */
bool vm_scan(struct vm *vm, const struct program_inst *scan);

/* load.c: numbers, text and bytes from places */
struct cursor vm_cursor(const struct vm *vm);
bool vm_load_at(struct vm *vm, uint32_t type, struct vm_space *space, uint64_t start, uint64_t end,
                uint64_t limit, struct vm_ambient ambient, struct vm_value *out, uint64_t *behind);
bool vm_load(struct vm *vm, struct vm_value *value);
bool vm_bytes(struct vm *vm, struct vm_value *value); /* the top must have a known end */

/* place.c: each returns true when done with the instruction, false when a call was started or a fault raised */
bool vm_need_end(struct vm *vm, uint32_t at); /* of the stack entry `at` */
bool vm_need_frame_end(struct vm *vm, struct vm_frame *frame);
bool vm_need_count(struct vm *vm, uint32_t at);
bool vm_counted(struct vm *vm, uint32_t at); /* of an array's place: be it by a walk */
bool vm_loaded(struct vm *vm, uint32_t at);  /* a number, text or bytes rather than a place */
bool vm_field(struct vm *vm, uint32_t member);
/* Where a member of the struct is, if that is known; what is not is not looked for. */
bool vm_known_place(struct vm *vm, struct vm_frame *f, uint32_t member, struct vm_value *out);
bool vm_instance(struct vm *vm);
bool vm_parent(struct vm *vm);
bool vm_named(struct vm *vm, uint32_t name);
bool vm_enter(struct vm *vm, struct vm_value *value,
              struct vm_ctl *record);                      /* a struct's place becomes its frame */
struct vm_value vm_place_of(const struct vm_frame *frame); /* where the struct lies */
/* A frame for the struct at a place, which belongs to the caller; its arguments are not known yet. */
struct vm_frame *vm_frame_at(struct vm *vm, const struct vm_value *place);
bool vm_index(struct vm *vm);
bool vm_count(struct vm *vm);
/* The element of an array whose elements are of one size. */
struct vm_value vm_element_at(const struct vm *vm, const struct vm_value *array, uint64_t index);
bool vm_skip_item(struct vm *vm, uint32_t up);

/* walk.c */
bool vm_iter_next(struct vm *vm); /* of the record on top */
/* Works out the parameters of the element of the walk on top, where those need the element before it; false while that
 * is on the way. */
bool vm_iter_enter(struct vm *vm);
void vm_iter_begin(struct vm *vm, struct vm_value list);
bool vm_iter_from(
    struct vm *vm); /* the one on top, just begun: at the element of the number on the stack */
void vm_step_end(struct vm *vm, bool done);

/* arith.c */
bool vm_binary(struct vm *vm, enum program_op op);
bool vm_unary(struct vm *vm, enum program_op op);
int vm_equal(struct vm *vm, struct vm_value *a,
             struct vm_value *b); /* 1, 0, or -1: can't be compared */
bool vm_in_range(struct vm *vm);
bool vm_less(struct vm *vm, const struct vm_value *a, const struct vm_value *b, bool *less);

/* check.c */
bool vm_is_next(struct vm *vm, uint32_t data); /* whether these bytes are at the cursor */
bool vm_magic(struct vm *vm, uint32_t data);
/* Whether a number passes a check's test. */
bool vm_passes(const struct vm *vm, const struct program_check *check, int128 value);

/* The fault of a requirement that does not hold, of the value (or NULL) or else the struct at hand; returns false. */
bool vm_fail_requirement(struct vm *vm, uint32_t check, const struct vm_value *value,
                         uint64_t offset);

/* Faults unless the bool on top is true; item: the value that the check is about, or NULL. */
bool vm_require(struct vm *vm, uint32_t check, const struct vm_value *item);
bool vm_check(struct vm *vm, uint32_t check);
bool vm_check_equal(struct vm *vm, uint32_t check);
bool vm_unmet(struct vm *vm, uint32_t check);

/* list.c */
bool vm_add_to_list(struct vm *vm, bool flatten);
void vm_add_to_object(struct vm *vm, uint32_t name);
bool vm_extreme(struct vm *vm, bool greatest);
bool vm_slice(struct vm *vm);
bool vm_in_enum(struct vm *vm, uint32_t names);
bool vm_flag(struct vm *vm, int128 mask);
bool vm_cast(struct vm *vm, uint32_t names);
bool vm_size_of(struct vm *vm);
bool vm_follow(struct vm *vm, uint32_t member); /* pops it; the cursor goes to its end */
bool vm_offset_of(struct vm *vm);
bool vm_bytes_of_top(struct vm *vm);
bool vm_blank(struct vm *vm);

/* again.c */
/* The struct at or around `around` that what would be decoded at a place as the type is again, or NULL; source: the file of
 * one of FILE_SOURCE. */
struct vm_frame *vm_again(const struct vm *vm, struct vm_frame *around, uint32_t type,
                          const struct vm_region *where, struct vm_window source,
                          const struct vm_value *args, uint32_t n);
/* Decodes what is another struct again: a reference to that. False when a call was started or a fault raised. */
bool vm_refer(struct vm *vm, const struct program_inst *inst, struct vm_frame *again, bool emit);

/* loop.c */
bool vm_loop_count(struct vm *vm, uint32_t up);
bool vm_loop_stride(struct vm *vm, uint32_t up);
void vm_loop_here(struct vm *vm, uint32_t type, uint32_t up);
void vm_loop_close(struct vm *vm, uint32_t up, uint32_t bounded);
void vm_loop_done(struct vm *vm, uint32_t up);
void vm_loop_start(struct vm *vm, struct vm_ctl *loop);
void vm_loop_over(struct vm *vm);
void vm_loop_drop(struct vm *vm, struct vm_ctl *loop, bool keep);
void vm_look_ahead(struct vm *vm);
void vm_loop_next(struct vm *vm, uint32_t up);
/* Passes over elements of one size that the sink does without. */
void vm_loop_skip(struct vm *vm, struct vm_ctl *loop);
bool vm_is_confined(const struct vm *vm,
                    uint32_t type); /* its fields lie between its start and end */
bool vm_loop_item(struct vm *vm, uint32_t up);
void vm_step(struct vm *vm, const struct program_inst *inst);
void vm_recover(struct vm *vm, uint32_t pc);
bool vm_resync(struct vm *vm, uint32_t end);
bool vm_recovers(struct vm *vm,
                 struct vm_ctl *loop); /* from the fault raised, if its element may */

/* space.c */
/* Bytes start to end of a space as one of their own, which knows of what it is a part. */
struct vm_space *vm_space_copy(const struct vm_space *of, uint64_t start, uint64_t end);
void vm_space_give(struct vm_space *space, struct vm_frame *frame); /* who frees it from now on */
struct vm_region vm_region_of(struct vm_space *space,
                              struct vm_window window);    /* as far as the space goes */
struct vm_region vm_file_of(const struct vm_frame *frame); /* what places in it count in */
struct vm_region vm_file(const struct vm *vm);             /* in the struct at hand */
uint64_t vm_origin(const struct vm *vm,
                   const struct vm_space *space); /* bits: where they count from in that space */
struct vm_window vm_source(const struct vm *vm);  /* what the innermost SPACE reads from */
bool vm_file_value(struct vm *vm); /* a struct on top becomes the bytes of its file */
void vm_locate(struct vm *vm, const struct vm_space **space,
               uint64_t *offset); /* a place in gathered bytes becomes one in the file */

/* checkpoint.c: where walks over one array stood, so that others need not begin at its start */
void vm_trail_find(struct vm *vm, struct vm_ctl *walk); /* for a walk that begins */
void vm_trail_leave(struct vm_ctl *walk);
/* The walk has come to an element: now and then, or wherever it is going to end (ends), that is remembered. */
void vm_trail_mark(struct vm *vm, struct vm_ctl *walk, bool ends);
/* A walk not begun yet goes to the last place remembered that is not behind the element `index`. */
void vm_trail_resume(struct vm *vm, struct vm_ctl *walk, uint64_t index);
void vm_trail_total(struct vm_ctl *walk);           /* it has passed the last element */
uint64_t vm_trail_count(const struct vm_ctl *walk); /* the number of elements, or VM_UNKNOWN */
struct vm_visits **
vm_trail_visits(struct vm_ctl *walk); /* what a chain's visits are held against */
void vm_trails_free(struct vm *vm, struct vm_frame *frame);

/* The next element that a walk is to remember, should it not step from one to another. */
uint64_t vm_trail_due(const struct vm_ctl *walk);

/* hop.c: walks over arrays that hop; others stay where they are */
/* The walk, which is at an element, goes on to the one of that index, or as near as there are whole ones in front of it. */
void vm_hop_to(struct vm *vm, struct vm_ctl *walk, uint64_t index);
/* How many of n elements, from the one at hand on, are whole; where they start (bytes), and the first `head` bytes of each, one behind
 * the other: all structs of the type have as many. vm_hop_over: the walk goes to the n-th one behind it of those. */
uint64_t vm_hop_gather(struct vm *vm, struct vm_ctl *walk, uint8_t *heads, uint64_t head,
                       uint64_t n, uint64_t *starts);
void vm_hop_over(struct vm *vm, struct vm_ctl *walk, const uint64_t *starts, uint64_t n);
bool vm_hop_next(struct vm *vm,
                 struct vm_ctl *walk); /* to the next one; false: it is where it was */

/* visit.c */
bool vm_visit(struct vm *vm,
              uint32_t up); /* the chain comes to the place or number on top, which stays */
void vm_visits_free(struct vm_visits *visits); /* NULL is fine */

/* text.c */
bool vm_encoding(struct vm *vm, struct bytes name,
                 uint16_t *out); /* its number for vm_ambient; a fault when there is none such */
bool vm_encoding_of(struct vm *vm, uint32_t type, struct vm_ambient ambient,
                    const struct encoding **out);
struct vm_ambient vm_text_ambient(struct vm *vm); /* what holds for the text at the cursor */
bool vm_load_text(struct vm *vm, uint32_t type, struct bytes raw, struct vm_ambient ambient,
                  struct vm_value *out);
const struct vm_texts *vm_texts_of(struct vm *vm, const struct program_block *block);
bool vm_texts_fine(
    struct vm *vm, const struct vm_texts *texts,
    const uint8_t *at); /* nothing is odd about a block's texts; quick where all is ASCII */
bool vm_text_is_odd(const struct vm *vm, uint32_t type); /* the text loaded last, of that type */
void vm_text_findings(struct vm *vm, const struct vm_event *e); /* of it; its path is in vm->path */
bool vm_until_terminator(struct vm *vm, uint32_t type, uint64_t *end, uint64_t *behind);
/* The bytes of the terminator on the stack, which stays, for text or bytes of the type. made: for those that are encoded. */
bool vm_terminator(struct vm *vm, uint32_t type, struct bytes ahead, struct buf *made,
                   struct bytes *out, const struct encoding **encoding);
bool vm_until_nul(struct vm *vm, uint32_t type, struct cursor *c, struct vm_ambient ambient,
                  struct bytes *out);

/* make.c: each returns false after a fault. The values that the maker gives are put in at the cursor. */
static inline bool vm_making(const struct vm *vm) {
    return vm->maker && vm->emitting && vm->space->growing;
}
/* A value of the type; bits: how many it must have, or VM_UNKNOWN. *end: where it ends. */
bool vm_make_value(struct vm *vm, const struct vm_event *event, uint64_t bits, uint64_t *end);
bool vm_make_at_cursor(struct vm *vm, uint32_t type, uint32_t member, uint64_t bits, uint64_t *end);
bool vm_make_bytes(struct vm *vm, uint64_t start, struct bytes bytes);
bool vm_make_until(struct vm *vm, const struct program_inst *inst, uint64_t *end, uint64_t *behind);
void vm_make_loop(struct vm *vm, const struct program_inst *inst);
/* Whether the expression before a clause could not be known, which is then forgotten. */
bool vm_take_unknown(struct vm *vm);
bool vm_make_goes_on(struct vm *vm, uint32_t member, bool said);
/* A let at hand, on top, that can't be known is what is given for it. */
void vm_make_let(struct vm *vm, uint32_t member);
bool vm_make_place(struct vm *vm, uint32_t member, struct vm_value *place);
/* A part of a script: the value on top is made as the type, for the array or struct below it; behind that, whether it is
 * over and the value is its bytes, or has to be made anew. */
bool vm_build(struct vm *vm, uint32_t type);
bool vm_built(struct vm *vm);
void vm_build_end(struct vm *vm); /* if there is one, it is over */
/* Whether the bits are made, now or in the round before. */
bool vm_make_has(const struct vm_space *space, uint64_t start, uint64_t end);
/* A transform of bytes that are not made yet, the arguments being on the stack: its result is made first. */
bool vm_make_is_open(const struct vm *vm, uint32_t n);
bool vm_make_transform(struct vm *vm, uint32_t which, uint32_t n);
bool vm_make_packed(struct vm *vm, struct vm_space *made); /* behind what was read from it */
struct vm_pack *vm_pack_copy(const struct vm_pack *pack);
void vm_pack_free(struct vm_pack *pack); /* NULL is fine */
/* Whether making decides, of a loop at hand, whether it is over: *done. */
bool vm_make_loop_test(struct vm *vm, const struct vm_ctl *loop, bool *done);
/* Where what is made ends, now or in the round before (bytes); whether what is only looked at
 * lies behind that. */
uint64_t vm_make_there(const struct vm_space *space);
bool vm_make_is_behind(const struct vm *vm);
/* Whether the loop at hand goes through the matches that a field may be at. */
bool vm_make_is_searching(const struct vm *vm);
/* There was no more: what is made may be taken to be shorter than it is. */
void vm_make_ran_out(struct vm *vm);
void vm_make_reached(
    struct vm *vm); /* the bytes in front of the cursor are there, zeros if nothing else */

/* span.c */
bool vm_run_length(struct vm *vm, const struct program_inst *inst);
bool vm_skip_until(struct vm *vm, uint32_t type);
bool vm_run_until(struct vm *vm, const struct program_inst *inst);
bool vm_skip_count(struct vm *vm, int128 each);
bool vm_skip_value(struct vm *vm, uint32_t type);

/* run.c */
bool vm_condition(struct vm *vm, bool *yes, bool *absent); /* the bool on top, which stays */
struct vm_value vm_literal(const struct vm *vm, uint32_t data);

/* builtin.c; partial: what a transform made before it failed will do */
bool vm_builtin(struct vm *vm, uint32_t which, uint32_t n, bool partial);

/* decode.c: what a struct's functions do */
bool vm_decode(struct vm *vm, const struct program_inst *inst, bool emit);
bool vm_end_struct(struct vm *vm);
void vm_end_part(struct vm *vm);
bool vm_return(struct vm *vm);
void vm_end_args(struct vm *vm, uint32_t n);
bool vm_emit(struct vm *vm, bool record);
bool vm_tell_let(struct vm *vm, uint32_t member);
struct vm_slot *vm_slot_for(struct vm *vm, uint32_t member); /* in the struct at hand, or NULL */
void vm_mark(struct vm *vm, uint32_t member, uint32_t type);
void vm_mark_more(struct vm *vm, const struct program_inst *inst);
uint64_t vm_value_end(const struct vm *vm, uint32_t bounded, int64_t *tail);
bool vm_region(struct vm *vm, uint32_t resume, bool lenient);
bool vm_region_end(struct vm *vm);
bool vm_at(struct vm *vm, uint32_t resume, uint32_t bad_place);
bool vm_space(struct vm *vm, uint32_t resume, bool takes);
bool vm_within(struct vm *vm, uint32_t resume, uint32_t bad_place);
bool vm_space_end(struct vm *vm);
bool vm_own_size(struct vm *vm);
bool vm_union(struct vm *vm, const struct program_inst *inst); /* REWIND, MEASURE, WIDEST */
bool vm_align(struct vm *vm);
bool vm_skip_bits(struct vm *vm, int128 bits);
bool vm_loop_test(struct vm *vm, uint32_t up, bool *done);
void vm_restore(struct vm *vm, const struct vm_ctl *c);
void vm_tell(struct vm *vm);

/* flat.c: the elements ahead of the loop that are flat structs of that number, as far as they go */
void vm_emit_flats(struct vm *vm, uint32_t flat, uint32_t up);
void vm_flats_free(struct vm *vm);

/* emit.c */
struct vm_event vm_event_at(const struct vm *vm, uint32_t member, uint32_t type, uint64_t start,
                            uint64_t end);
bool vm_emit_block(struct vm *vm, uint32_t block);
bool vm_emit_blocks(struct vm *vm, uint32_t type, uint32_t block, int128 count);
bool vm_emit_value(struct vm *vm, uint32_t type, uint32_t member, uint64_t end, uint64_t cover);
void vm_emit_source(struct vm *vm, uint64_t bits);
/* How many of the elements from the cursor up to end, or whether (1) the struct there, the sink does without. */
uint64_t vm_skips(struct vm *vm, uint32_t type, uint64_t end, uint64_t count);
/* Whether the sink writes blocks by walking their tables, and knows what is around: not the encodings that data chose, nor what to do
 * where the data chose no byte order; vm_by_table: whether it is so of this one. */
bool vm_writes_blocks(const struct vm *vm);
bool vm_by_table(const struct vm *vm, const struct program_block *block);
struct vm_blocks vm_blocks_of(const struct vm *vm, const struct program_block *block, bool records);
void vm_tell_blocks(struct vm *vm, struct vm_blocks *blocks); /* if there are any */
void vm_told_blocks(struct vm *vm, uint64_t n); /* so many; the cursor is behind them */

/* placed.c: takes the place on top off the stack; whether there were such elements. */
bool vm_emit_placed(struct vm *vm, uint32_t block);

/* Steps over what is there of what can't be wrong: LEAP, which goes on elsewhere then; the loop's elements of so many bits. */
bool vm_leap(struct vm *vm, const struct program_inst *inst);
void vm_leap_elements(struct vm *vm, int128 bits, uint32_t up);
bool vm_emit_records(struct vm *vm, uint32_t type, uint32_t block);
void vm_emit_let(struct vm *vm, uint32_t member, const struct vm_value *value, bool whole);
void vm_emit_array(struct vm *vm, uint32_t type, uint32_t member, bool begin);
void vm_emit_reference(struct vm *vm, uint32_t type, uint32_t member, struct vm_frame *to);
void vm_emit_record(struct vm *vm, bool begin);
void vm_emit_finding(struct vm *vm, const struct vm_finding *finding);
void vm_emit_struct(struct vm *vm, bool begin);
void vm_emit_event(struct vm *vm, const struct vm_event *event); /* a value */
void vm_emit_magic(struct vm *vm, struct bytes bytes);
void vm_emit_met(struct vm *vm, uint32_t spot);
void vm_emit_step(struct vm *vm, bool ends); /* over bits from the cursor on, or up to it */
void vm_emit_checked(struct vm *vm, uint32_t check, bool holds);

/* Whether a type is one of bits that count from the low end of each byte. */
static inline bool vm_lsb(const struct vm *vm, uint32_t type, struct vm_ambient ambient) {
    const struct program_type *t = type == PROGRAM_NONE ? NULL : &vm->program->types.at[type];
    return t && t->packed && !vm_msb_first(t, ambient);
}

/* The loop record `up` records below the top; the record of the running call counts too. */
static inline struct vm_ctl *vm_record(struct vm *vm, uint32_t up) {
    return &vm->ctl[vm->cp - 1 - up];
}

#endif
