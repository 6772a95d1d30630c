#include "config.h"

#include "code/verify.h"

#include "base/map.h"
#include "code/function.h"
#include "code/verify_table.h"

/* An abstract run of each function: what is on the stacks at each instruction, whatever the data. An instruction is
 * looked at once; where ways meet they must agree. Heights count from where the function starts. */

/* A control stack is its top record; what is below are the record's parents. Stacks of a function that are alike are one. */
enum record_kind {
    RECORD_BASE, /* the call's own record; for a step, its walk's */
    RECORD_REGION,
    RECORD_AT,
    RECORD_AT_SELF, /* a place within a struct that is being decoded */
    RECORD_SPACE,
    RECORD_LOOP,
    RECORD_LOOP_OPEN, /* a loop whose array was begun in the output */
    RECORD_ITER,
    RECORD_TRY,
    RECORD_BLANK,
    RECORD_WITH, /* type: 1 where an element is at hand */
};

struct record {
    uint32_t parent;
    uint32_t kind;   /* enum record_kind */
    uint32_t type;   /* LOOP: its array's, or PROGRAM_NONE; WITH: see above */
    uint32_t height; /* records below */
};

/* Where the function stands in the output: what is begun is ended, and nothing is emitted outside of it. */
enum output {
    OUTPUT_BEFORE, /* the struct has not begun */
    OUTPUT_INSIDE,
    OUTPUT_RUN,      /* an array without a loop has begun: its blocks follow */
    OUTPUT_RUN_DONE, /* and now its end */
    OUTPUT_BEHIND,   /* the struct has ended */
};

struct state {
    uint32_t record; /* so also which function; 0: not reached */
    uint16_t values;
    uint8_t output; /* enum output */
    bool recording; /* a record of a stream has begun */
};

/* How an instruction is reached. */
enum {
    WAY_JUMP = 1, /* otherwise than from the one before it */
    WAY_SOLE = 2, /* must not be */
};

/* An instruction of which op.def says all. */
struct plain {
    uint16_t places; /* where it may stand; 0 for one that is not plain */
    uint8_t pops, pushes;
};

struct verifier {
    struct program *program;
    struct verify_why why;
    struct arena scratch;
    struct functions functions;
    const struct function *function; /* the one that is walked */
    uint32_t base;                   /* its RECORD_BASE */
    VEC(struct record) records;      /* the first is none */
    struct map record_of;            /* (parent and kind, type) -> index + 1 */
    struct state *states;            /* by pc */
    uint8_t *ways;                   /* by pc: WAY_… */
    bool sole;                       /* there is a WAY_SOLE */
    uint32_t *todo;                  /* reached, still to be looked at */
    uint32_t todo_n;
    struct plain plain[OP_COUNT_];
};

/* Which functions an instruction may stand in. */

#define IN(kind)   (1u << FUNCTION_##kind)
#define EMITTING   (IN(DUMP) | IN(TYPE_EMIT))
#define INSTANCE   (IN(DUMP) | IN(SKIP) | IN(LOCATE) | IN(LOCATE_END)) /* run in their own struct */
#define MOVING     (INSTANCE | IN(TYPE_SKIP) | IN(TYPE_STEP) | IN(TYPE_EMIT))
#define COMPUTING  (IN(LET) | IN(TYPE_COUNT) | IN(CALLED))
#define TYPE_BASED (IN(TYPE_SKIP) | IN(TYPE_STEP) | IN(TYPE_COUNT) | IN(TYPE_ARGS) | IN(TYPE_EMIT))
#define ANYWHERE   ((1u << FUNCTION_KINDS) - 1)

static const uint16_t places[OP_COUNT_] = {
    /* 0: ANYWHERE */
    [OP_ARG] = IN(CALLED) | IN(ENTRY),
    [OP_LIES] = IN(ENTRY),
    [OP_BUILD] = IN(ENTRY),
    [OP_BUILT] = IN(ENTRY),
    [OP_EXTENT] = IN(ENTRY),
    [OP_EDIT] = IN(ENTRY),
    [OP_OBJECT_ADD] = IN(ENTRY),
    [OP_COLUMN] = IN(ENTRY),
    [OP_SCAN] = IN(ENTRY),
    [OP_SCAN_ALL] = IN(ENTRY),
    [OP_SCAN_TAKE] = IN(ENTRY),
    [OP_SCAN_SET] = IN(ENTRY),
    [OP_SCAN_OF] = IN(ENTRY),
    [OP_TEST_LEAST] = IN(ENTRY),
    [OP_TEST_MOST] = IN(ENTRY),
    [OP_TEST_OTHER] = IN(ENTRY),
    [OP_TEST_REAL] = IN(ENTRY),
    [OP_TAKE] = IN(ENTRY),
    [OP_LANE_NUMBER] = IN(ENTRY),
    [OP_LANE_INT] = IN(ENTRY),
    [OP_LANE_OP] = IN(ENTRY),
    [OP_LANE_IN] = IN(ENTRY),
    [OP_LANE_CHOOSE] = IN(ENTRY),
    [OP_LANE_TEST] = IN(ENTRY),
    [OP_LANE_TAKE] = IN(ENTRY),
    [OP_SHOW] = IN(ENTRY),
    [OP_SCAN_INTO] = IN(ENTRY),
    [OP_PUT] = IN(ENTRY),
    [OP_LANE_PUT] = IN(ENTRY),
    [OP_TALLY] = IN(ENTRY),
    [OP_TALLIED] = IN(ENTRY),
    [OP_REMEMBER] = IN(ENTRY),
    [OP_FAULT] = IN(ENTRY),
    [OP_ANSWER] = IN(ENTRY),
    [OP_ROOT_ARGS] = IN(ENTRY),
    [OP_RETURN] = COMPUTING,
    [OP_DECODE] = IN(ENTRY) | EMITTING,
    [OP_PASS] = MOVING,
    [OP_END_STRUCT] = IN(DUMP),
    [OP_END_PART] = IN(SKIP) | IN(LOCATE) | IN(LOCATE_END) | IN(TYPE_SKIP) | IN(TYPE_EMIT),
    [OP_END_ARGS] = IN(TYPE_ARGS),
    [OP_HALT] = IN(ENTRY),
    [OP_SEQUENCE] = IN(ENTRY) | IN(DUMP),
    [OP_APART] = IN(ENTRY) | IN(DUMP),
    [OP_RELEASE] = IN(ENTRY) | MOVING,
    [OP_SKIP_BITS] = MOVING,
    [OP_FOLLOW] = IN(LOCATE) | IN(LOCATE_END),
    [OP_SKIP] = MOVING,
    [OP_SKIP_PACKED] = MOVING,
    [OP_SKIP_REST] = MOVING,
    [OP_SKIP_VALUE] = MOVING,
    [OP_SKIP_UNTIL] = MOVING,
    [OP_SKIP_ITEM] = IN(TYPE_STEP),
    [OP_SKIP_ELEMENTS] = MOVING,
    [OP_ALIGN] = MOVING,
    [OP_BYTE_ALIGN] = MOVING,
    [OP_REGION] = MOVING,
    [OP_REGION_END] = MOVING,
    [OP_REWIND] = IN(DUMP) | IN(SKIP),
    [OP_MEASURE] = IN(DUMP) | IN(SKIP),
    [OP_WIDEST] = IN(DUMP) | IN(SKIP),
    [OP_UNLESS_SIZED] = INSTANCE,
    [OP_OWN_SIZE] = INSTANCE,
    [OP_AT] = MOVING,
    [OP_AT_END] = MOVING,
    [OP_SPACE] = MOVING,
    [OP_WITHIN] = MOVING,
    [OP_SPACE_END] = MOVING,
    [OP_ENDIAN] = INSTANCE,
    [OP_BITORDER] = INSTANCE,
    [OP_ENCODING_NEXT] = MOVING,
    [OP_ENCODING] = INSTANCE,
    [OP_MARK] = INSTANCE,
    [OP_MARK_END] = INSTANCE,
    [OP_MARK_COUNT] = INSTANCE,
    [OP_MARK_ABSENT] = INSTANCE,
    [OP_MARK_LET] = INSTANCE,
    [OP_LOOP_COUNT] = MOVING,
    [OP_LOOP_HERE] = MOVING,
    [OP_LOOP_STRIDE] = MOVING,
    [OP_LOOP_CLOSE] = MOVING,
    [OP_LOOP_DONE] = MOVING,
    [OP_LOOP_MAGIC] = MOVING,
    [OP_LOOP_FIRST] = MOVING,
    [OP_RECOVER] = MOVING,
    [OP_RESYNC] = MOVING,
    [OP_STEP] = IN(TYPE_STEP),
    [OP_YIELD] = IN(TYPE_STEP),
    [OP_FINISH] = IN(TYPE_STEP),
    [OP_BEGIN] = IN(DUMP),
    [OP_END] = IN(DUMP),
    [OP_BLOCK] = IN(DUMP),
    [OP_BLOCKS] = EMITTING,
    [OP_ARRAY_BEGIN] = EMITTING,
    [OP_ARRAY_END] = EMITTING,
    [OP_VALUE] = EMITTING,
    [OP_RUN] = EMITTING,
    [OP_RUN_REST] = EMITTING,
    [OP_RUN_UNTIL] = EMITTING,
    [OP_EMIT_LET] = EMITTING,
    [OP_EMIT_NOTHING] = EMITTING,
    [OP_EMIT] = IN(ENTRY),
    [OP_TIED] = EMITTING,
    [OP_TIED_LOOP] = EMITTING,
    [OP_TIE] = EMITTING,
    [OP_SOLVE] = IN(ENTRY),
    [OP_UNKNOWN] = EMITTING | IN(ENTRY),
    [OP_NUMBER] = EMITTING | IN(ENTRY),
    [OP_UNSOLVED] = EMITTING | IN(ENTRY),
    [OP_SOLVED] = EMITTING | IN(ENTRY),
    [OP_RECORDS] = IN(ENTRY),
    [OP_FLATS] = EMITTING,
    [OP_PLACED] = EMITTING,
    [OP_RECORD] = IN(TYPE_EMIT),
    [OP_MAGIC] = IN(DUMP) | IN(SKIP),
    [OP_REQUIRE] = IN(DUMP) | IN(SKIP),
    [OP_REQUIRE_ITEM] = MOVING,
    [OP_CHECK] = IN(DUMP),
    [OP_CHECK_EQUAL] = IN(DUMP),
    [OP_FAIL] = MOVING,
    [OP_MET] = EMITTING,
    [OP_LEAP] = EMITTING,
    [OP_LEAPS] = EMITTING,
    [OP_OVER] = IN(DUMP),
};

/* What the verifier knows of single instructions beyond op.def: 0 wherever there is nothing to say. */

enum rule {
    RULE_NONE,
    RULE_ARG,
    RULE_ROOT_ARGS,
    RULE_BUILT,
    RULE_EDIT,
    RULE_ANSWER,
    RULE_OWN_MEMBER,
    RULE_ALONE, /* within nothing else */
    RULE_ELEMENT,
    RULE_PLACED,
    RULE_RELEASE,
    RULE_PUT,
    RULE_WALK,
    RULE_END, /* of the function */
};

/* What becomes of the output. */
enum effect {
    EFFECT_NONE, /* stands inside of the struct */
    EFFECT_BEGIN,
    EFFECT_END,
    EFFECT_END_STRUCT,
    EFFECT_BLOCKS,
    EFFECT_RECORD,
    EFFECT_ARRAY_BEGIN,
    EFFECT_ARRAY_END,
};

/* Where it goes on, and what is on the stacks there. */
enum flow {
    FLOW_ON, /* behind it, and at a where that is a PC */
    FLOW_ENDS,
    FLOW_JUMP,
    FLOW_KEEPS, /* at a the value stays */
    FLOW_CASE,  /* at a it is gone */
    FLOW_CHOOSE,
    FLOW_PLACED,
    FLOW_TIE,
    FLOW_STEP,
    FLOW_TRY,
    FLOW_RESYNC,
    FLOW_SCOPE, /* at a, if there is one, without the record */
    FLOW_PLACE, /* the same, at a and b */
};

struct law {
    uint8_t rule;   /* enum rule */
    uint8_t effect; /* enum effect */
    uint8_t flow;   /* enum flow */
    uint8_t record; /* enum record_kind that it opens or closes */
};

static const struct law laws[OP_COUNT_] = {
    [OP_ARG] = {.rule = RULE_ARG},
    [OP_ROOT_ARGS] = {.rule = RULE_ROOT_ARGS},
    [OP_BUILT] = {.rule = RULE_BUILT},
    [OP_EDIT] = {.rule = RULE_EDIT},
    [OP_ANSWER] = {.rule = RULE_ANSWER},
    [OP_MARK] = {.rule = RULE_OWN_MEMBER},
    [OP_MARK_END] = {.rule = RULE_OWN_MEMBER},
    [OP_MARK_COUNT] = {.rule = RULE_OWN_MEMBER},
    [OP_MARK_ABSENT] = {.rule = RULE_OWN_MEMBER},
    [OP_MARK_LET] = {.rule = RULE_OWN_MEMBER},
    [OP_FOLLOW] = {.rule = RULE_OWN_MEMBER},
    [OP_SEQUENCE] = {.rule = RULE_ALONE},
    [OP_APART] = {.rule = RULE_ALONE},
    [OP_STEP] = {.rule = RULE_ALONE, .flow = FLOW_STEP},
    [OP_RECOVER] = {.rule = RULE_ELEMENT},
    [OP_RESYNC] = {.rule = RULE_ELEMENT, .flow = FLOW_RESYNC},
    [OP_PLACED] = {.rule = RULE_PLACED, .flow = FLOW_PLACED},
    [OP_RELEASE] = {.rule = RULE_RELEASE},
    [OP_PUT] = {.rule = RULE_PUT},
    [OP_SCAN] = {.rule = RULE_WALK},
    [OP_SCAN_ALL] = {.rule = RULE_WALK},
    [OP_SCAN_TAKE] = {.rule = RULE_WALK},
    [OP_SCAN_SET] = {.rule = RULE_WALK},
    [OP_ITER_FROM] = {.rule = RULE_WALK},
    [OP_ITER_NEXT] = {.rule = RULE_WALK},
    [OP_RETURN] = {.rule = RULE_END, .flow = FLOW_ENDS},
    [OP_END_STRUCT] = {.rule = RULE_END, .effect = EFFECT_END_STRUCT, .flow = FLOW_ENDS},
    [OP_END_PART] = {.rule = RULE_END, .flow = FLOW_ENDS},
    [OP_END_ARGS] = {.rule = RULE_END, .flow = FLOW_ENDS},
    [OP_YIELD] = {.rule = RULE_END, .flow = FLOW_ENDS},
    [OP_FINISH] = {.rule = RULE_END, .flow = FLOW_ENDS},
    [OP_HALT] = {.rule = RULE_END, .flow = FLOW_ENDS},
    [OP_BEGIN] = {.effect = EFFECT_BEGIN},
    [OP_END] = {.effect = EFFECT_END},
    [OP_BLOCKS] = {.effect = EFFECT_BLOCKS},
    [OP_RECORD] = {.effect = EFFECT_RECORD},
    [OP_ARRAY_BEGIN] = {.effect = EFFECT_ARRAY_BEGIN},
    [OP_ARRAY_END] = {.effect = EFFECT_ARRAY_END},
    [OP_JUMP] = {.flow = FLOW_JUMP},
    [OP_AND_THEN] = {.flow = FLOW_KEEPS},
    [OP_OR_ELSE] = {.flow = FLOW_KEEPS},
    [OP_UNLESS_ABSENT] = {.flow = FLOW_KEEPS},
    [OP_CASE] = {.flow = FLOW_CASE},
    [OP_CHOOSE] = {.flow = FLOW_CHOOSE},
    [OP_TIE] = {.flow = FLOW_TIE},
    [OP_TRY] = {.flow = FLOW_TRY, .record = RECORD_TRY},
    [OP_TRY_END] = {.record = RECORD_TRY},
    [OP_REGION] = {.flow = FLOW_SCOPE, .record = RECORD_REGION},
    [OP_REGION_END] = {.record = RECORD_REGION},
    [OP_AT] = {.flow = FLOW_PLACE, .record = RECORD_AT},
    [OP_AT_END] = {.record = RECORD_AT},
    [OP_SPACE] = {.flow = FLOW_SCOPE, .record = RECORD_SPACE},
    [OP_WITHIN] = {.flow = FLOW_PLACE, .record = RECORD_SPACE},
    [OP_SPACE_END] = {.record = RECORD_SPACE},
    [OP_LOOP] = {.record = RECORD_LOOP},
    [OP_LOOP_END] = {.record = RECORD_LOOP},
    [OP_ITER_BEGIN] = {.record = RECORD_ITER},
    [OP_ITER_END] = {.record = RECORD_ITER},
    [OP_BLANK] = {.record = RECORD_BLANK},
    [OP_BLANK_END] = {.record = RECORD_BLANK},
    [OP_WITH] = {.record = RECORD_WITH},
    [OP_WITH_END] = {.record = RECORD_WITH},
};

static bool refuse(const struct verifier *v, uint32_t pc, const char *what) {
    return verify_refuse(v->why, "pc %u: %s: %s", pc,
                         program_op_info(v->program->code.at[pc].op)->name, what);
}

/* records */

static uint32_t push_record(struct verifier *v, uint32_t parent, enum record_kind kind,
                            uint32_t type) {
    const void *stack = (const void *)(((uintptr_t)parent + 1) << 4 | kind);
    const void *array = (const void *)(uintptr_t)type;
    uint32_t known = (uint32_t)(uintptr_t)map_get(&v->record_of, stack, array);
    if (known) {
        return known - 1;
    }
    uint32_t height = v->records.at[parent].height + 1;
    *vec_push(&v->records, &v->scratch) =
        (struct record){.parent = parent, .kind = kind, .type = type, .height = height};
    map_put(&v->record_of, &v->scratch, stack, array, (void *)(uintptr_t)v->records.n);
    return v->records.n - 1;
}

static uint32_t base_of(const struct verifier *v, uint32_t record) {
    while (v->records.at[record].kind != RECORD_BASE) {
        record = v->records.at[record].parent;
    }
    return record;
}

/* Whether the place an AT goes to is just made of a struct around it (SELF, PUSH_INT, ADD), which outlasts it. */
static bool goes_to_self(struct verifier *v, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    if (pc < 3 || inst[-3].op != OP_SELF || inst[-2].op != OP_PUSH_INT || inst[-1].op != OP_ADD) {
        return false;
    }
    for (uint32_t i = 0; i < 3; i++) {
        v->ways[pc - i] |= WAY_SOLE;
    }
    v->sole = true;
    return true;
}

/* Whether the record `up` below the top is one the instruction can use. */
static bool check_up(const struct verifier *v, const struct state *s, uint32_t op, uint32_t up) {
    uint32_t at = s->record;
    if (up > v->records.at[at].height) {
        return false;
    }
    for (; up > 0; up--) {
        at = v->records.at[at].parent;
    }
    bool reads =
        op == OP_LOOP_ITEM || op == OP_LOOP_INDEX || op == OP_LOOP_PREV || op == OP_REQUIRE_ITEM;
    uint32_t here = 1u << v->function->kind;
    switch ((enum record_kind)v->records.at[at].kind) {
    case RECORD_LOOP:
    case RECORD_LOOP_OPEN:
        return true;
    case RECORD_ITER:
        return reads;
    case RECORD_BASE: /* it knows its element where a type is at hand, and is a walk in a step */
        return here & (reads ? TYPE_BASED : op == OP_MARK_COUNT ? 0 : IN(TYPE_STEP));
    case RECORD_WITH:
        return op == OP_LOOP_INDEX && v->records.at[at].type == 1;
    case RECORD_REGION:
    case RECORD_AT:
    case RECORD_AT_SELF:
    case RECORD_SPACE:
    case RECORD_TRY:
    case RECORD_BLANK:
        return false;
    }
    return false;
}

/* What was made since the innermost loop's start, or the function's, goes: nothing may still refer to it. */
static bool may_release(const struct verifier *v, const struct state *s) {
    uint32_t at = s->record;
    while (v->records.at[at].kind == RECORD_AT_SELF) {
        at = v->records.at[at].parent;
    }
    switch ((enum record_kind)v->records.at[at].kind) {
    case RECORD_BASE:
        return s->values == 0;
    case RECORD_LOOP:
    case RECORD_LOOP_OPEN:
    case RECORD_ITER:
        return s->values == 0 && at == s->record;
    case RECORD_REGION:
    case RECORD_AT:
    case RECORD_AT_SELF:
    case RECORD_SPACE:
    case RECORD_TRY:
    case RECORD_BLANK:
    case RECORD_WITH:
        return false;
    }
    return false;
}

/* Whether the record on top is a loop's, or a walk's in a step of it. */
static bool is_loop_on_top(const struct verifier *v, const struct state *s) {
    enum record_kind kind = v->records.at[s->record].kind;
    return kind == RECORD_LOOP || kind == RECORD_LOOP_OPEN ||
           (kind == RECORD_BASE && v->function->kind == FUNCTION_TYPE_STEP);
}

/* single instructions */

/* Where a function may end: with nothing left on the stacks but its result. */
static bool check_end(const struct verifier *v, const struct state *s,
                      const struct program_inst *inst) {
    const struct program *p = v->program;
    const struct function *f = v->function;
    uint32_t result = inst->op == OP_RETURN ? 1 : inst->op == OP_END_ARGS ? inst->b : 0;
    if (s->record != v->base || s->values != result || s->recording) {
        return false;
    }
    return inst->op != OP_END_ARGS || inst->b == p->structs.at[p->types.at[f->subject].of].params;
}

static bool check_own_member(const struct verifier *v, uint32_t member) {
    const struct program *p = v->program;
    const struct function *f = v->function;
    bool by_struct = f->kind == FUNCTION_DUMP || f->kind == FUNCTION_SKIP;
    return p->members.at[member].owner ==
           (by_struct ? f->subject : p->members.at[f->subject].owner);
}

static bool check_ups(const struct verifier *v, const struct state *s, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    const struct program_op_info *info = program_op_info(inst->op);
    bool good = (info->a != OPERAND_UP || check_up(v, s, inst->op, inst->a)) &&
                (info->b != OPERAND_UP || check_up(v, s, inst->op, inst->b));
    return good || refuse(v, pc, "no such record on the control stack");
}

static bool check_rule(const struct verifier *v, const struct state *s, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    switch ((enum rule)laws[inst->op].rule) {
    case RULE_NONE:
        return true;
    case RULE_ARG:
        return inst->a < (v->function->kind == FUNCTION_ENTRY ? s->values : v->function->args) ||
               refuse(v, pc, "no such argument");
    case RULE_ROOT_ARGS:
        return (inst->b <= s->values &&
                inst->b == v->program->structs.at[v->program->root].params) ||
               refuse(v, pc, "not the root's arguments");
    case RULE_BUILT:
        return (pc > 0 && inst->a == pc - 1 && inst[-1].op == OP_BUILD) ||
               refuse(v, pc, "behind nothing that is made");
    case RULE_EDIT:
        return inst->a < EDIT_KINDS || refuse(v, pc, "no such change");
    case RULE_ANSWER:
        return inst->b > 0 || refuse(v, pc, "no value");
    case RULE_OWN_MEMBER:
        return check_own_member(v, inst->a) || refuse(v, pc, "a member of another struct");
    case RULE_ALONE:
        return (s->record == v->base && s->values == 0) || refuse(v, pc, "within something else");
    case RULE_ELEMENT:
        return (is_loop_on_top(v, s) && s->values == (inst->op == OP_RESYNC) && !s->recording) ||
               refuse(v, pc, "not where an element begins");
    case RULE_PLACED:
        return v->records.at[s->record].kind == RECORD_LOOP_OPEN ||
               refuse(v, pc, "no loop on top whose array has begun");
    case RULE_RELEASE:
        return may_release(v, s) || refuse(v, pc, "something is still in use");
    case RULE_PUT:
        return (inst->b > 0 && inst->b <= s->values) || refuse(v, pc, "no such value is there");
    case RULE_WALK:
        return v->records.at[s->record].kind == RECORD_ITER || refuse(v, pc, "no walk on top");
    case RULE_END:
        return check_end(v, s, inst) || refuse(v, pc, "something is left on a stack");
    }
    return false;
}

/* Takes the output from before the instruction to behind it. */
static bool pass_output(struct verifier *v, struct state *s, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    const struct record *top = &v->records.at[s->record];
    uint32_t from = s->output;
    switch ((enum effect)laws[inst->op].effect) {
    case EFFECT_NONE:
        return from == OUTPUT_INSIDE || refuse(v, pc, "outside of the struct or in between");
    case EFFECT_BEGIN:
        s->output = OUTPUT_INSIDE;
        return from == OUTPUT_BEFORE || refuse(v, pc, "the struct has begun");
    case EFFECT_END:
        s->output = OUTPUT_BEHIND;
        return (from == OUTPUT_INSIDE && s->record == v->base) ||
               refuse(v, pc, "not where a struct ends");
    case EFFECT_END_STRUCT:
        return from == OUTPUT_BEHIND || refuse(v, pc, "the struct has not ended");
    case EFFECT_BLOCKS:
        s->output = OUTPUT_RUN_DONE;
        return from == OUTPUT_RUN || refuse(v, pc, "no array has begun");
    case EFFECT_RECORD:
        s->recording = inst->a != 0;
        return (from == OUTPUT_INSIDE && (inst->a == 0) == v->states[pc].recording) ||
               refuse(v, pc, "records do not nest");
    case EFFECT_ARRAY_BEGIN:
        if (top->kind == RECORD_LOOP && top->type == inst->a) {
            s->record = push_record(v, top->parent, RECORD_LOOP_OPEN, top->type);
        } else {
            s->output = OUTPUT_RUN;
        }
        return from == OUTPUT_INSIDE || refuse(v, pc, "not where an array begins");
    case EFFECT_ARRAY_END:
        s->output = OUTPUT_INSIDE;
        if (from == OUTPUT_INSIDE && top->kind == RECORD_LOOP_OPEN) {
            s->record = push_record(v, top->parent, RECORD_LOOP, top->type);
            return true;
        }
        return from == OUTPUT_RUN_DONE || refuse(v, pc, "no array has begun");
    }
    return false;
}

/* Opens or closes its record. */
static bool pass_records(struct verifier *v, struct state *s, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    enum record_kind kind = laws[inst->op].record, top = v->records.at[s->record].kind;
    if (program_op_info(inst->op)->ctl < 0) {
        if (kind == RECORD_BASE || (top != kind && !(kind == RECORD_AT && top == RECORD_AT_SELF))) {
            return refuse(v, pc, "closes what is not open");
        }
        s->record = v->records.at[s->record].parent;
        return true;
    }
    kind = inst->op == OP_AT && goes_to_self(v, pc) ? RECORD_AT_SELF : kind;
    if (v->records.at[s->record].height == VERIFY_DEPTH_MAX) {
        return refuse(v, pc, "too many records on the control stack");
    }
    bool typed = kind == RECORD_LOOP || kind == RECORD_WITH;
    s->record = push_record(v, s->record, kind, typed ? inst->a : PROGRAM_NONE);
    return true;
}

/* Takes the stack of values from before the instruction to behind it. */
static bool pass_values(struct verifier *v, struct state *s, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    const struct program_op_info *info = program_op_info(inst->op);
    uint32_t pops = info->pops == PROGRAM_VARIES ? inst->b : (uint32_t)info->pops;
    if (s->values < pops) {
        return refuse(v, pc, "too few values on the stack");
    }
    s->values = (uint16_t)(s->values - pops + (uint32_t)info->pushes);
    if (s->values > VERIFY_DEPTH_MAX) {
        return refuse(v, pc, "too many values on the stack");
    }
    return true;
}

/* ways */

/* The instruction at pc is reached in state s. Whatever goes back goes to where the VM counts the work. */
static bool reach(struct verifier *v, uint32_t from, uint32_t pc, const struct state *s) {
    if (pc >= v->program->code.n) {
        return refuse(v, from, "the code ends here");
    }
    if (pc != from + 1) {
        uint32_t op = v->program->code.at[pc].op;
        if (pc <= from && op != OP_ITER_NEXT && op != OP_LOOP_TEST && op != OP_BUILD) {
            return refuse(v, from, "goes back to what does not head a loop");
        }
        v->ways[pc] |= WAY_JUMP;
    }
    struct state *there = &v->states[pc];
    if (there->record == 0) {
        *there = *s;
        v->todo[v->todo_n++] = pc;
        return true;
    }
    bool same = there->record == s->record && there->values == s->values &&
                there->output == s->output && there->recording == s->recording;
    return same || refuse(v, from,
                          base_of(v, there->record) != v->base
                              ? "leads into another function"
                              : "meets another way with other things on the stacks");
}

/* The same with other things on the stacks. */
static bool reach_with(struct verifier *v, uint32_t from, uint32_t pc, const struct state *s,
                       uint32_t values, uint32_t record) {
    struct state there = *s;
    there.values = (uint16_t)values;
    there.record = record;
    return reach(v, from, pc, &there);
}

/* Whether the instruction at pc leads where it may but on to the next one; `before` and `behind` are the states around it. */
static bool lead_away(struct verifier *v, uint32_t pc, const struct state *before,
                      const struct state *behind) {
    const struct program_inst *inst = &v->program->code.at[pc];
    switch ((enum flow)laws[inst->op].flow) {
    case FLOW_ON:
        return program_op_info(inst->op)->a != OPERAND_PC || reach(v, pc, inst->a, behind);
    case FLOW_ENDS:
        return true;
    case FLOW_JUMP:
        return reach(v, pc, inst->a, behind);
    case FLOW_KEEPS:
        return reach(v, pc, inst->a, before);
    case FLOW_CASE:
        return reach_with(v, pc, inst->a, behind, behind->values - 1, behind->record);
    case FLOW_CHOOSE:
        return reach(v, pc, inst->a, behind) && reach(v, pc, inst->b, before);
    case FLOW_PLACED:
        return reach(v, pc, inst->b, behind);
    case FLOW_TIE:
        return reach(v, pc, inst->b, before);
    case FLOW_STEP:
        return reach(v, pc, inst->a, behind) && reach(v, pc, inst->b, behind);
    case FLOW_TRY: /* the record is gone, and an absent value there */
        return reach_with(v, pc, inst->a, before, before->values + 1, before->record);
    case FLOW_RESYNC:
        return inst->a == PROGRAM_NONE || reach(v, pc, inst->a, behind);
    case FLOW_PLACE:
    case FLOW_SCOPE:
        return (inst->a == PROGRAM_NONE ||
                reach_with(v, pc, inst->a, behind, behind->values, before->record)) &&
               (laws[inst->op].flow == FLOW_SCOPE || inst->b == PROGRAM_NONE ||
                reach_with(v, pc, inst->b, behind, behind->values, before->record));
    }
    return false;
}

/* Most instructions have nothing of their own: those are told apart here, before anything is called. */
static bool walk_inst(struct verifier *v, uint32_t pc) {
    const struct program_inst *inst = &v->program->code.at[pc];
    const struct program_op_info *info = program_op_info(inst->op);
    const struct law *law = &laws[inst->op];
    const struct state *before = &v->states[pc];
    struct state behind = *before;
    uint32_t allowed = places[inst->op] ? places[inst->op] : ANYWHERE;
    if (!(allowed >> v->function->kind & 1)) {
        return refuse(v, pc, "not in this kind of function");
    }
    bool ups = info->a == OPERAND_UP || info->b == OPERAND_UP;
    bool inside = law->effect == EFFECT_NONE && before->output == OUTPUT_INSIDE;
    bool leads = law->flow != FLOW_ON || info->a == OPERAND_PC;
    bool ends = law->flow == FLOW_ENDS || law->flow == FLOW_JUMP;
    return (!ups || check_ups(v, before, pc)) &&
           (law->rule == RULE_NONE || check_rule(v, before, pc)) &&
           (inside || pass_output(v, &behind, pc)) && pass_values(v, &behind, pc) &&
           (info->ctl == 0 || pass_records(v, &behind, pc)) &&
           (!leads || lead_away(v, pc, before, &behind)) && (ends || reach(v, pc, pc + 1, &behind));
}

static void find_plain(struct verifier *v) {
    for (uint32_t op = 0; op < OP_COUNT_; op++) {
        const struct program_op_info *info = program_op_info(op);
        const struct law *law = &laws[op];
        bool ruled = law->rule != RULE_NONE || law->effect != EFFECT_NONE || law->flow != FLOW_ON;
        bool leads = info->a == OPERAND_PC || info->a == OPERAND_UP || info->b == OPERAND_UP;
        if (!ruled && !leads && info->ctl == 0 && info->pops != PROGRAM_VARIES) {
            v->plain[op].places = places[op] ? places[op] : ANYWHERE;
            v->plain[op].pops = (uint8_t)info->pops;
            v->plain[op].pushes = (uint8_t)info->pushes;
        }
    }
}

/* Goes on over plain instructions, each of which leads to the next one alone, as walk_inst would one by one. Returns the first
 * that it has to look at: another one, one that is wrong, or one in front of what is reached already. */
static uint32_t pass_plain(const struct verifier *v, uint32_t pc) {
    const struct program_inst *code = v->program->code.at;
    struct state s = v->states[pc];
    while (s.output == OUTPUT_INSIDE && pc + 1 < v->program->code.n) {
        const struct plain *plain = &v->plain[code[pc].op];
        bool fits = s.values >= plain->pops;
        s.values = (uint16_t)(s.values + plain->pushes - plain->pops);
        if (!(plain->places >> v->function->kind & 1) || !fits || s.values > VERIFY_DEPTH_MAX ||
            v->states[pc + 1].record != 0) {
            break;
        }
        v->states[++pc] = s;
    }
    return pc;
}

static bool walk_function(struct verifier *v, uint32_t id) {
    const struct function *f = v->function = &v->functions.list.at[id];
    if (v->states[f->pc].record != 0) {
        return verify_refuse(v->why, "pc %u: more than one function starts or goes on here", f->pc);
    }
    v->base = v->records.n;
    *vec_push(&v->records, &v->scratch) = (struct record){.kind = RECORD_BASE};
    struct state start = {.record = v->base};
    start.output = f->kind == FUNCTION_DUMP ? OUTPUT_BEFORE : OUTPUT_INSIDE;
    v->states[f->pc] = start;
    v->ways[f->pc] |= WAY_JUMP;
    v->todo[v->todo_n++] = f->pc;
    while (v->todo_n > 0) {
        if (!walk_inst(v, pass_plain(v, v->todo[--v->todo_n]))) {
            return false;
        }
    }
    return true;
}

static bool walk(struct verifier *v) {
    functions_find(v->program, &v->scratch, &v->functions);
    v->states = arena_array(&v->scratch, v->program->code.n, sizeof *v->states);
    v->todo = arena_alloc_unset(&v->scratch, v->program->code.n * sizeof *v->todo);
    v->ways = arena_array(&v->scratch, v->program->code.n, sizeof *v->ways);
    (void)vec_push(&v->records, &v->scratch);
    find_plain(v);
    for (uint32_t i = 0; i < v->functions.list.n; i++) {
        if (!walk_function(v, i)) {
            return false;
        }
    }
    for (uint32_t pc = 0; v->sole && pc < v->program->code.n; pc++) {
        if (v->ways[pc] == (WAY_JUMP | WAY_SOLE)) {
            return refuse(v, pc, "something jumps into the making of a place");
        }
    }
    return true;
}

bool program_verify(struct program *program, char *why, size_t why_len) {
    struct verifier v = {.program = program, .why = {why, why_len}};
    program->verified =
        verify_tables(program, v.why) && verify_operands(program, v.why) && walk(&v);
    arena_free(&v.scratch);
    return program->verified;
}
