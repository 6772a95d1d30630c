#include "config.h"

#include "code/reads.h"

#include <string.h>

#include "sema/builtins.h"

/* What an instruction reads of the file besides the bytes that it steps over, those of the field it is about. Where all
 * instructions are such that no byte is decoded twice, as different fields, only those that name a member read it. */
enum reading {
    READS_ANYTHING, /* bytes wherever they are, or decoding goes elsewhere and may come to bytes again */
    READS_NOTHING,
    READS_MEMBER,  /* operand a */
    READS_NAME,    /* operand a: each member of that name */
    READS_BLOCK,   /* what the block checks */
    READS_FLAT,    /* what may be in it */
    READS_BUILTIN, /* as its arguments are taken */
};

static const uint8_t readings[OP_COUNT_] = {
    [OP_PUSH_INT] = READS_NOTHING,     [OP_PUSH_FLOAT] = READS_NOTHING,
    [OP_PUSH_TEXT] = READS_NOTHING,    [OP_PUSH_BOOL] = READS_NOTHING,
    [OP_PUSH_ABSENT] = READS_NOTHING,  [OP_DUP] = READS_NOTHING,
    [OP_SWAP] = READS_NOTHING,         [OP_DROP] = READS_NOTHING,
    [OP_ARG] = READS_NOTHING,          [OP_NEG] = READS_NOTHING,
    [OP_NOT] = READS_NOTHING,          [OP_BITNOT] = READS_NOTHING,
    [OP_ADD] = READS_NOTHING,          [OP_SUB] = READS_NOTHING,
    [OP_MUL] = READS_NOTHING,          [OP_DIV] = READS_NOTHING,
    [OP_REM] = READS_NOTHING,          [OP_SHL] = READS_NOTHING,
    [OP_SHR] = READS_NOTHING,          [OP_BITAND] = READS_NOTHING,
    [OP_BITOR] = READS_NOTHING,        [OP_BITXOR] = READS_NOTHING,
    [OP_EQ] = READS_NOTHING,           [OP_NE] = READS_NOTHING,
    [OP_LT] = READS_NOTHING,           [OP_GT] = READS_NOTHING,
    [OP_LE] = READS_NOTHING,           [OP_GE] = READS_NOTHING,
    [OP_IN_RANGE] = READS_NOTHING,     [OP_IN_ENUM] = READS_NOTHING,
    [OP_FLAG] = READS_NOTHING,         [OP_CAST] = READS_NOTHING,
    [OP_PRESENT] = READS_NOTHING,      [OP_JUMP] = READS_NOTHING,
    [OP_JUMP_FALSE] = READS_NOTHING,   [OP_JUMP_TRUE] = READS_NOTHING,
    [OP_AND_THEN] = READS_NOTHING,     [OP_OR_ELSE] = READS_NOTHING,
    [OP_CHOOSE] = READS_NOTHING,       [OP_UNLESS_ABSENT] = READS_NOTHING,
    [OP_REQUIRE_BOOL] = READS_NOTHING, [OP_SELF] = READS_NOTHING,
    [OP_ROOT] = READS_NOTHING,         [OP_PARENT] = READS_NOTHING,
    [OP_FIELD] = READS_MEMBER,         [OP_INSTANCE] = READS_NOTHING,
    [OP_AROUND] = READS_NOTHING,       [OP_IS] = READS_NOTHING,
    [OP_OWN] = READS_MEMBER,           [OP_NAMED] = READS_NAME,
    [OP_PARAM] = READS_NOTHING,        [OP_LOOP_ITEM] = READS_NOTHING,
    [OP_LOOP_INDEX] = READS_NOTHING,   [OP_LOOP_PREV] = READS_NOTHING,
    [OP_INDEX] = READS_NOTHING,        [OP_SLICE] = READS_NOTHING,
    [OP_COUNT] = READS_NOTHING,        [OP_SIZEOF] = READS_NOTHING,
    [OP_OFFSETOF] = READS_NOTHING,     [OP_LOAD] = READS_NOTHING,
    [OP_LIST_NEW] = READS_NOTHING,     [OP_LIST_ADD] = READS_NOTHING,
    [OP_ITER_BEGIN] = READS_NOTHING,   [OP_ITER_FROM] = READS_NOTHING,
    [OP_ITER_NEXT] = READS_NOTHING,    [OP_ITER_END] = READS_NOTHING,
    [OP_FOLD_MIN] = READS_NOTHING,     [OP_FOLD_MAX] = READS_NOTHING,
    [OP_CALL] = READS_NOTHING,         [OP_RETURN] = READS_NOTHING,
    [OP_BUILTIN] = READS_BUILTIN,      [OP_DECODE] = READS_NOTHING,
    [OP_PASS] = READS_NOTHING,         [OP_END_STRUCT] = READS_NOTHING,
    [OP_END_PART] = READS_NOTHING,     [OP_END_ARGS] = READS_NOTHING,
    [OP_HALT] = READS_NOTHING,         [OP_SEQUENCE] = READS_NOTHING,
    [OP_APART] = READS_NOTHING,        [OP_RELEASE] = READS_NOTHING,
    [OP_SKIP_BITS] = READS_NOTHING,    [OP_SKIP] = READS_NOTHING,
    [OP_SKIP_PACKED] = READS_NOTHING,  [OP_SKIP_REST] = READS_NOTHING,
    [OP_SKIP_VALUE] = READS_NOTHING,   [OP_SKIP_UNTIL] = READS_NOTHING,
    [OP_SKIP_ITEM] = READS_NOTHING,    [OP_SKIP_ELEMENTS] = READS_NOTHING,
    [OP_ALIGN] = READS_NOTHING,        [OP_BYTE_ALIGN] = READS_NOTHING,
    [OP_REGION] = READS_NOTHING,       [OP_REGION_END] = READS_NOTHING,
    [OP_UNLESS_SIZED] = READS_NOTHING, [OP_ENDIAN] = READS_NOTHING,
    [OP_BITORDER] = READS_NOTHING,     [OP_ENCODING_NEXT] = READS_NOTHING,
    [OP_ENCODING] = READS_NOTHING,     [OP_MARK] = READS_NOTHING,
    [OP_MARK_END] = READS_NOTHING,     [OP_MARK_COUNT] = READS_NOTHING,
    [OP_MARK_ABSENT] = READS_NOTHING,  [OP_MARK_LET] = READS_NOTHING,
    [OP_LOOP] = READS_NOTHING,         [OP_LOOP_COUNT] = READS_NOTHING,
    [OP_LOOP_TEST] = READS_NOTHING,    [OP_LOOP_HERE] = READS_NOTHING,
    [OP_LOOP_CLOSE] = READS_NOTHING,   [OP_LOOP_DONE] = READS_NOTHING,
    [OP_LOOP_NEXT] = READS_NOTHING,    [OP_LOOP_FIRST] = READS_NOTHING,
    [OP_LOOP_END] = READS_NOTHING,     [OP_STEP] = READS_NOTHING,
    [OP_YIELD] = READS_NOTHING,        [OP_FINISH] = READS_NOTHING,
    [OP_BEGIN] = READS_NOTHING,        [OP_END] = READS_NOTHING,
    [OP_BLOCK] = READS_BLOCK,          [OP_BLOCKS] = READS_BLOCK,
    [OP_FLATS] = READS_FLAT,           [OP_ARRAY_BEGIN] = READS_NOTHING,
    [OP_ARRAY_END] = READS_NOTHING,    [OP_VALUE] = READS_NOTHING,
    [OP_RUN] = READS_NOTHING,          [OP_RUN_REST] = READS_NOTHING,
    [OP_RUN_UNTIL] = READS_NOTHING,    [OP_EMIT_LET] = READS_NOTHING,
    [OP_EMIT_NOTHING] = READS_NOTHING, [OP_LEAP] = READS_NOTHING,
    [OP_LEAPS] = READS_NOTHING,        [OP_MAGIC] = READS_NOTHING,
    [OP_CASE] = READS_NOTHING,         [OP_FOLLOW] = READS_NOTHING,
    [OP_REQUIRE] = READS_NOTHING,      [OP_REQUIRE_ITEM] = READS_NOTHING,
    [OP_CHECK] = READS_NOTHING,        [OP_CHECK_EQUAL] = READS_NOTHING,
};

/* While they are gathered: names of members that are read, alone or with the struct that has them. Members of one name in
 * different branches of a struct are one to those who refer to them. */
struct gathering {
    const struct program *program;
    struct arena *arena;
    struct program_reads reads;
    struct map names; /* (name, struct or NULL) */
};

static const void *key_of(uint32_t n) {
    return (const void *)((uintptr_t)n + 1);
}

static void read_name(struct gathering *g, uint32_t name, const void *owner) {
    map_put(&g->names, g->arena, key_of(name), owner, g);
}

static void read_member(struct gathering *g, uint32_t member) {
    if (member != PROGRAM_NONE) {
        const struct program_member *m = &g->program->members.at[member];
        read_name(g, m->name, key_of(m->owner));
    }
}

static void read_block(struct gathering *g, const struct program_block *block) {
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        const struct program_field *field = &g->program->fields.at[i];
        if (field->checks > 0 || block->stretch_count > 0) {
            read_member(g, field->member);
        }
    }
}

static void read_flat(struct gathering *g, const struct program_flat *flat) {
    for (uint32_t i = 0; i < flat->kind_count; i++) {
        uint32_t block = g->program->kinds.at[flat->kind_first + i].block;
        if (block != PROGRAM_NONE) {
            read_block(g, &g->program->blocks.at[block]);
        }
    }
}

/* Whether all it looks at is its arguments, as values. */
static bool takes_values(uint32_t builtin) {
    const char *takes = builtin_info(builtin)->takes;
    return takes[strspn(takes, "nts")] == '\0';
}

static void read_inst(struct gathering *g, const struct program_inst *inst) {
    switch ((enum reading)readings[inst->op]) {
    case READS_ANYTHING:
        g->reads.all = true;
        break;
    case READS_NOTHING:
        break;
    case READS_MEMBER:
        read_member(g, inst->a);
        break;
    case READS_NAME:
        read_name(g, inst->a, NULL);
        break;
    case READS_BLOCK:
        read_block(g, &g->program->blocks.at[inst->op == OP_BLOCKS ? inst->b : inst->a]);
        break;
    case READS_FLAT:
        read_flat(g, &g->program->flats.at[inst->a]);
        break;
    case READS_BUILTIN:
        g->reads.all = g->reads.all || !takes_values(inst->a);
        break;
    }
}

/* Numbers in a struct tell walks how long it is: any of it, or of a struct in it. */
static void read_stretches(struct gathering *g, const struct program_struct *s) {
    for (uint32_t i = 0; i < s->member_count && s->stretch_count > 0; i++) {
        uint32_t member = s->member_first + i, type = g->program->members.at[member].type;
        read_member(g, member);
        g->reads.all = g->reads.all ||
                       (type != PROGRAM_NONE && g->program->types.at[type].kind == TYPE_STRUCT);
    }
}

static const void *place_key(const struct program_member *member) {
    return key_of(member->span.lo);
}

struct program_reads program_reads_of(const struct program *program, struct arena *arena) {
    struct gathering g = {.program = program, .arena = arena};
    for (uint32_t i = 0; i < program->code.n && !g.reads.all; i++) {
        read_inst(&g, &program->code.at[i]);
    }
    for (uint32_t i = 0; i < program->structs.n; i++) {
        read_stretches(&g, &program->structs.at[i]);
    }
    for (uint32_t i = 0; i < program->checks.n; i++) {
        read_member(&g, program->checks.at[i].member);
    }
    for (uint32_t i = 0; i < program->members.n; i++) {
        const struct program_member *m = &program->members.at[i];
        if (map_get(&g.names, key_of(m->name), key_of(m->owner)) ||
            map_get(&g.names, key_of(m->name), NULL)) {
            map_put(&g.reads.places, arena, place_key(m), NULL, arena);
        }
    }
    return g.reads;
}

/* Whether any bits are a value of the type, and as many whatever they are. */
static bool is_free(const struct program_type *t) {
    bool fixed = t->bit_size > 0 && t->until == 0 && !t->nul_ended;
    return fixed && (t->kind == TYPE_INT || t->kind == TYPE_FLOAT || t->kind == TYPE_TEXT ||
                     t->kind == TYPE_BYTES);
}

bool program_reads_field(const struct program_reads *reads, const struct program *of,
                         uint32_t member) {
    const struct program_member *m = &of->members.at[member];
    return reads->all || m->kind != MEMBER_FIELD || m->type == PROGRAM_NONE ||
           !is_free(&of->types.at[m->type]) || map_get(&reads->places, place_key(m), NULL);
}
