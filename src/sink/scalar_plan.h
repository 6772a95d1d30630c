/* Plans: blocks made ready for writing.
 *
 * A block of a program (program_block) says what lies where; a plan is the same with everything
 * resolved that does not change from element to element: widths, byte order, names, the text in
 * front, and how much room an element takes at most. Writing an element is then a walk over its
 * steps. Values read as scalar.h has them. */
#ifndef SINK_SCALAR_PLAN_H
#define SINK_SCALAR_PLAN_H

#include "base/arena.h"
#include "base/encoding.h"
#include "base/map.h"
#include "sink/scalar.h"
#include "vm/flats.h"

/* Texts are copied by so many bytes at a time. */
#define SCALAR_CHUNK 16u

/* The text of one value of an enum, quotes included; NULL where there is none, or while len is 0, since it was not met yet.
 * Readable to the next multiple of 16. */
struct scalar_label {
    const char *text;
    uint32_t len;
};

struct scalar_step {
    char lead[SCALAR_CHUNK]; /* what stands before the value: the first bytes of it, */
    const char *whole;       /* and all; readable to the next multiple of 16 */
    uint32_t lead_len;
    uint8_t kind; /* enum step_kind (scalar_step.h) */
    bool big;     /* byte order; packed: the first bit is the highest */
    bool is_signed;
    bool cut;       /* text: up to the first NUL */
    uint8_t shift;  /* packed in one byte: how far its lowest bit is from the byte's */
    uint8_t in;     /* at counts from the start of this one of the block's stretches */
    uint16_t bits;  /* numbers: width */
    uint64_t at;    /* from the element's start, in bytes; packed: in bits */
    uint64_t len;   /* bytes it takes; packed, and what its stretch tells: 0 */
    uint32_t names; /* enum or flags, or PROGRAM_NONE */
    uint32_t label_count;
    int64_t label_low; /* the value of the first label */
    struct scalar_label *labels;
    const struct encoding *encoding; /* text */
};

struct scalar_plan {
    const struct program *program;
    enum scalar_dialect dialect;
    uint32_t n;
    struct scalar_step *steps; /* one for each FIELD_VALUE, in order */
    const char *tail; /* what stands behind the last value; readable to the next multiple of 16 */
    uint32_t tail_len;
    bool runs; /* some steps are runs, or lie behind one: hop tells where */
    struct vm_hop hop;
    uint64_t size; /* bytes of an element, without its runs */
    size_t room;   /* the most bytes an element takes, without what is written piecewise */
};

/* The plans made so far, and what writing needs: one for each sink. */
struct scalar_plans {
    enum scalar_dialect dialect;
    struct out *out;
    struct arena arena;
    struct map map;
    const struct scalar_plan **last; /* by block, of the program and surrounding asked for last */
    const struct program *last_program;
    const void *last_key;
    struct encodings *encodings;
    struct buf scratch;        /* converted text */
    const struct bytes *texts; /* of the elements being written, for a step PLACED */
    bool looks;                /* whether texts may be odd: nobody has looked at them; */
    bool odd;                  /* and one of the element at hand is, of which nothing is out yet */
    const char *const
        *names; /* JSON: of a block's values, for blocks that were made without texts; or NULL */
};

/* plans->out is borrowed. Programs whose blocks were planned must outlive the plans. */
void scalar_plans_init(struct scalar_plans *plans, struct out *out, enum scalar_dialect dialect);
void scalar_plans_free(struct scalar_plans *plans);

/* The plan of a block in a surrounding: made the first time, good as long as plans is. Texts in
 * front come from the program in JSON and are commas in CSV. An ambient encoding must be UTF-8
 * (0). */
const struct scalar_plan *scalar_plan_get(struct scalar_plans *plans, const struct program *program,
                                          const struct program_block *block,
                                          const struct vm_ambient *ambient);

/* Writes blocks by their plan: `between` before each but the first one and `behind` after each; '\0' is nothing. */
void scalar_plan_write(struct scalar_plans *plans, const struct scalar_plan *plan,
                       const struct vm_blocks *blocks, char between, char behind);

/* The same of blocks of one kind or of several, each by the plan of its own. */
void scalar_plan_write_blocks(struct scalar_plans *plans, const struct vm_blocks *blocks,
                              char between, char behind);

/* The same of flat structs that it finds on the way, up to one with odd text in it. first: nothing stands between it and what
 * was written before. Returns how many. */
uint64_t scalar_plan_write_flats(struct scalar_plans *plans, struct vm_flats *way, char between,
                                 char behind, bool first);

/* Whether nothing is odd about the texts of an element that begins at base. */
bool scalar_plan_is_fine(struct scalar_plans *plans, const struct scalar_plan *plan,
                         const uint8_t *base);

/* The value of one step, for who writes it otherwise; its text is good until the next one is asked for. type: the field's. */
struct vm_value scalar_plan_value(struct scalar_plans *plans, const struct scalar_plan *plan,
                                  uint32_t step, const struct program_type *type,
                                  const uint8_t *base);

/* Writes the value of one step alone, without the text in front. */
void scalar_plan_write_one(struct scalar_plans *plans, const struct scalar_plan *plan,
                           uint32_t step, const uint8_t *base);

#endif
