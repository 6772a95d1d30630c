/* The verifier, the container and the disassembler: on programs put together here, and on those of small schemas. */
#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "code/container.h"
#include "code/disasm.h"
#include "code/gen.h"
#include "code/verify.h"
#include "sema/builtins.h"
#include "sema/sema.h"
#include "sink/silent.h"
#include "text/diag.h"

#include "check.h"

/* A program of one struct "s" with a field "f", a number, in slot 0; its entry and its dump are to be filled in. */
static struct program *blank(struct arena *arena) {
    struct program *p = arena_alloc(arena, sizeof *p);
    p->arena = arena;
    *vec_push(&p->data, arena) = bytes_text("s");
    *vec_push(&p->data, arena) = bytes_text("f");
    *vec_push(&p->ints, arena) = 7;
    struct program_type u8 = {.kind = TYPE_INT, .bits = 8, .bit_size = 8, .stride = -1};
    u8.names = u8.of = u8.encoding = u8.terminator = PROGRAM_NONE;
    u8.skip_pc = u8.step_pc = u8.count_pc = u8.args_pc = u8.emit_pc = PROGRAM_NONE;
    struct program_type of_s = u8, array = u8;
    of_s.kind = TYPE_STRUCT;
    of_s.of = 0;
    array.kind = TYPE_ARRAY;
    array.of = 0;
    array.stride = 8;
    array.bit_size = -1;
    *vec_push(&p->types, arena) = u8;
    *vec_push(&p->types, arena) = of_s;
    *vec_push(&p->types, arena) = array;
    *vec_push(&p->structs, arena) = (struct program_struct){.doc = PROGRAM_NONE,
                                                            .member_count = 1,
                                                            .slots = 1,
                                                            .bit_size = 8,
                                                            .dump_pc = PROGRAM_NONE,
                                                            .skip_pc = PROGRAM_NONE,
                                                            .root = true};
    *vec_push(&p->members, arena) = (struct program_member){.name = 1,
                                                            .doc = PROGRAM_NONE,
                                                            .locate_pc = PROGRAM_NONE,
                                                            .locate_end_pc = PROGRAM_NONE,
                                                            .let_pc = PROGRAM_NONE,
                                                            .span = span_none()};
    return p;
}

static uint32_t add(struct program *p, enum program_op op, uint32_t a, uint32_t b) {
    *vec_push(&p->spans, p->arena) = span_none();
    *vec_push(&p->code, p->arena) =
        (struct program_inst){.op = op, .a = a, .b = b, .member = PROGRAM_NONE};
    return p->code.n - 1;
}

/* Begins with an entry that decodes "s"; the dump goes on behind BEGIN at pc 3. */
static struct program *begin_dump(struct arena *arena) {
    struct program *p = blank(arena);
    p->entry = 0;
    add(p, OP_DECODE, 1, 0);
    add(p, OP_HALT, 0, 0);
    p->structs.at[0].dump_pc = add(p, OP_BEGIN, 0, 0);
    return p;
}

static void end_dump(struct program *p) {
    add(p, OP_END, 0, 0);
    add(p, OP_END_STRUCT, 0, 0);
}

/* A function of a let's value, begun at the instruction that comes next. */
static void begin_let(struct program *p) {
    p->members.at[0].kind = MEMBER_LET;
    p->members.at[0].let_pc = p->code.n;
}

/* A function that finds a struct's end likewise. */
static void begin_skip(struct program *p) {
    p->structs.at[0].skip_pc = p->code.n;
}

static struct program *whole(struct arena *arena) {
    struct program *p = begin_dump(arena);
    add(p, OP_VALUE, 0, 0);
    end_dump(p);
    return p;
}

/* The verifier's answer and, when it refuses, a part of its reason. */
static void expect(struct program *p, const char *reason) {
    char why[200] = "";
    bool accepted = program_verify(p, why, sizeof why);
    if (accepted != !reason || (reason && !strstr(why, reason))) {
        fprintf(stderr, "want \"%s\", got \"%s\"\n", reason ? reason : "", why);
        CU_FAIL("another answer of the verifier");
    }
    CHECK(p->verified == accepted);
    CU_PASS("compared");
}

static void test_accepts(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    expect(p, NULL);
    CHECK(program_verify(p, NULL, 0));
    arena_free(&arena);
}

static void test_operands(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    p->code.at[3].a = 3;
    expect(p, "pc 3: VALUE: operand a is not there");
    p = whole(&arena);
    p->code.at[3].b = PROGRAM_NONE; /* an element of no member */
    expect(p, NULL);
    p->code.at[3].a = 1; /* a struct is no value */
    expect(p, "an operand of the wrong kind");
    p = whole(&arena);
    p->code.at[3].op = OP_COUNT_;
    expect(p, "no such instruction");
    p = whole(&arena);
    p->code.at[3].member = 1;
    expect(p, "for a member that is not there");
    p = whole(&arena);
    p->code.at[0].b = 1; /* the struct has no parameters */
    expect(p, "pc 0: DECODE");
    char why[12];
    CHECK(!program_verify(p, why, sizeof why)); /* cut to fit */
    CHECK_TEXT(why, "pc 0: DECOD");
    arena_free(&arena);
}

static void test_tables(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    p->entry = p->code.n;
    expect(p, "no entry");
    p = whole(&arena);
    p->spans.n--;
    expect(p, "one span an instruction");
    p = whole(&arena);
    p->members.at[0].slot = 1;
    expect(p, "no such slot");
    p = whole(&arena);
    p->members.at[0].owner = 1;
    expect(p, "not among its owner's members");
    p = whole(&arena);
    p->structs.at[0].member_count = 2;
    expect(p, "its members are not there");
    p = whole(&arena);
    p->types.at[0].bits = 12; /* not packed */
    expect(p, "type 0");
    p = whole(&arena);
    p->types.at[2].of = 2;
    expect(p, "an array of itself");
    p = whole(&arena);
    p->types.at[1].of = 1;
    expect(p, "type 1");
    arena_free(&arena);
}

static void test_enums(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    *vec_push(&p->items, &arena) = (struct program_enumerator){.value = 2, .doc = PROGRAM_NONE};
    *vec_push(&p->items, &arena) = (struct program_enumerator){.value = 1, .doc = PROGRAM_NONE};
    struct program_enum *e = vec_push(&p->enums, &arena);
    *e = (struct program_enum){.name = PROGRAM_NONE, .count = 2};
    expect(p, "not sorted");
    e->flags = true; /* those stand as declared */
    expect(p, NULL);
    e->count = 3;
    expect(p, "enum 0");
    e->count = 2;
    *vec_push(&p->dense, &arena) = 3; /* the third item of two */
    e->dense_count = 1;
    expect(p, "dense");
    p->dense.at[0] = 2;
    expect(p, NULL);
    e->dense_low = INT128_MAX;
    expect(p, "dense");
    arena_free(&arena);
}

static void test_blocks(void) {
    struct arena arena = {0};
    struct program *p = begin_dump(&arena);
    add(p, OP_BLOCK, 0, 0);
    end_dump(p);
    *vec_push(&p->fields, &arena) =
        (struct program_field){.what = FIELD_VALUE, .bit_off = 8, .text = PROGRAM_NONE};
    struct program_block *b = vec_push(&p->blocks, &arena);
    *b = (struct program_block){.count = 1, .bit_size = 16, .tail = PROGRAM_NONE};
    b->placed = PROGRAM_NONE;
    expect(p, NULL);
    *vec_push(&p->flats, &arena) =
        (struct program_flat){.type = PROGRAM_NONE, .kind_first = 0, .kind_count = 1};
    expect(p, "flat 0"); /* its kind is not there */
    *vec_push(&p->kinds, &arena) = (struct program_kind){0, 9, PROGRAM_NONE};
    expect(p, NULL);
    p->kinds.at[0].block = 1;
    expect(p, "flat 0");
    p->kinds.at[0].block = 0; /* a block without stretches, and no whole struct */
    expect(p, "flat 0");
    p->flats.n = p->kinds.n = 0;
    p->fields.at[0].stretch = 1; /* nor has a field of it one */
    expect(p, "block 0: field 0");
    p->fields.at[0].stretch = 0;
    p->fields.at[0].bit_off = 9; /* the number ends behind the block */
    expect(p, "block 0: field 0");
    p->fields.at[0].bit_off = UINT64_MAX;
    expect(p, "block 0: field 0");
    p->fields.at[0] = (struct program_field){.what = FIELD_ENTER, .type = 1, .text = PROGRAM_NONE};
    expect(p, "is not left");
    p->fields.at[0].what = FIELD_LEAVE;
    expect(p, "nests badly");
    arena_free(&arena);
}

/* Elements with a text elsewhere stand in front of a loop's element, and numbers in them say where. */
static void test_placed(void) {
    struct arena arena = {0};
    struct program *p = begin_dump(&arena);
    add(p, OP_LOOP, 2, 0);
    uint32_t begin = add(p, OP_ARRAY_BEGIN, 2, PROGRAM_NONE);
    uint32_t head = add(p, OP_LOOP_TEST, 0, 0);
    add(p, OP_PUSH_INT, 0, 0);
    uint32_t placed = add(p, OP_PLACED, 0, head);
    add(p, OP_SKIP_BITS, 0, 0);
    add(p, OP_LOOP_NEXT, 0, 0);
    add(p, OP_JUMP, head, 0);
    p->code.at[head].a = add(p, OP_ARRAY_END, 2, 0);
    add(p, OP_LOOP_END, 0, 0);
    end_dump(p);
    struct program_type text = p->types.at[0];
    text.kind = TYPE_TEXT;
    text.bits = 0;
    text.bit_size = -1;
    text.nul_ended = true;
    *vec_push(&p->types, &arena) = text;
    struct program_field *f = vec_push(&p->fields, &arena);
    *f = (struct program_field){.what = FIELD_PLACED, .type = 3, .text = PROGRAM_NONE};
    struct program_block *b = vec_push(&p->blocks, &arena);
    *b = (struct program_block){.count = 1, .bit_size = 8, .tail = PROGRAM_NONE, .whole = true};
    expect(p, NULL);
    b->placed_off = 8;
    expect(p, "not said by a number in it");
    b->placed_off = 0;
    b->unless_count = 1; /* it is not there */
    expect(p, "not said by a number in it");
    *vec_push(&p->unless, &arena) = (struct program_unless){.type = 3}; /* a text */
    expect(p, "not said by a number in it");
    p->unless.at[0].type = 0;
    expect(p, NULL);
    p->unless.at[0].bit_off = 8;
    expect(p, "not said by a number in it");
    b->unless_count = 0;
    b->placed = PROGRAM_NONE;
    expect(p, "nothing leads to field 0");
    b->placed = 0;
    f->type = 0; /* a number */
    expect(p, "block 0: field 0");
    f->type = 3;
    b->bit_size = 12;
    expect(p, "PLACED: an operand of the wrong kind");
    b->bit_size = 8;
    p->code.at[placed].op = OP_FLATS;
    expect(p, "FLATS");
    p->code.at[placed].op = OP_PLACED;
    p->code.at[begin].op = OP_RELEASE; /* no array has begun */
    expect(p, "PLACED: no loop on top whose array has begun");
    arena_free(&arena);
}

static void test_stack(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    begin_let(p);
    add(p, OP_PUSH_INT, 0, 0);
    add(p, OP_ADD, 0, 0);
    add(p, OP_RETURN, 0, 0);
    expect(p, "ADD: too few values");
    p = whole(&arena);
    begin_let(p);
    add(p, OP_PUSH_INT, 0, 0);
    add(p, OP_PUSH_INT, 0, 0);
    add(p, OP_RETURN, 0, 0);
    expect(p, "something is left on a stack");
    p->code.at[p->code.n - 2].op = OP_DUP;
    p->code.at[p->code.n - 1].op = OP_ADD;
    expect(p, "the code ends here");
    add(p, OP_RETURN, 0, 0);
    expect(p, NULL);
    arena_free(&arena);
}

static void test_joins(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    begin_let(p); /* true ? 7 : nothing */
    add(p, OP_PUSH_BOOL, 1, 0);
    uint32_t jump = add(p, OP_JUMP_FALSE, 0, 0);
    add(p, OP_PUSH_INT, 0, 0);
    p->code.at[jump].a = add(p, OP_RETURN, 0, 0);
    expect(p, "meets another way");
    p->code.at[jump].op = OP_AND_THEN; /* which leaves its value there */
    expect(p, NULL);
    p->code.at[jump].a = jump - 1;
    expect(p, "does not head a loop");
    p->code.at[jump].a = 3; /* in the dump */
    expect(p, "goes back");
    arena_free(&arena);
}

static void test_case(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    begin_let(p); /* the value stays where it is another, and is gone where it is this one */
    add(p, OP_PUSH_INT, 0, 0);
    uint32_t here = add(p, OP_CASE, 0, 0);
    add(p, OP_RETURN, 0, 0);
    p->code.at[here].a = add(p, OP_PUSH_INT, 0, 0);
    add(p, OP_RETURN, 0, 0);
    expect(p, NULL);
    p->code.at[here].a++;
    expect(p, "something is left on a stack");
    p->code.at[here].a--;
    p->code.at[here].b = p->ints.n;
    expect(p, "operand b");
    arena_free(&arena);
}

static void test_choose_and_try(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    begin_let(p);
    add(p, OP_PUSH_BOOL, 1, 0);
    uint32_t choose = add(p, OP_CHOOSE, 0, 0);
    add(p, OP_PUSH_INT, 0, 0);
    uint32_t jump = add(p, OP_JUMP, 0, 0);
    p->code.at[choose].a = add(p, OP_PUSH_INT, 0, 0);
    p->code.at[choose].b = p->code.at[jump].a = add(p, OP_RETURN, 0, 0);
    expect(p, NULL);
    p->code.at[choose].b = p->code.at[choose].a;
    expect(p, "meets another way");

    p = whole(&arena);
    begin_let(p);
    uint32_t trial = add(p, OP_TRY, 0, 0);
    add(p, OP_PUSH_INT, 0, 0);
    uint32_t end = add(p, OP_TRY_END, 0, 0);
    p->code.at[trial].a = add(p, OP_RETURN, 0, 0);
    expect(p, NULL);
    p->code.at[end].op = OP_ITER_END;
    expect(p, "closes what is not open");
    arena_free(&arena);
}

static void test_records(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    begin_let(p);
    add(p, OP_LIST_NEW, 0, 0);
    add(p, OP_LIST_NEW, 0, 0);
    add(p, OP_ITER_BEGIN, 0, 0);
    uint32_t next = add(p, OP_ITER_NEXT, 0, 0);
    uint32_t item = add(p, OP_LOOP_ITEM, 0, 0);
    add(p, OP_LIST_ADD, 0, 0);
    add(p, OP_JUMP, next, 0);
    p->code.at[next].a = add(p, OP_ITER_END, 0, 0);
    add(p, OP_RETURN, 0, 0);
    expect(p, NULL);
    p->code.at[item].a = 1; /* the record of the call: no walk in a let */
    expect(p, "no such record");
    p->code.at[item].a = 2;
    expect(p, "no such record");
    p->code.at[item].a = UINT32_MAX;
    expect(p, "no such record");
    p->code.at[item].a = 0;
    p->code.at[item].op = OP_LOOP_NEXT; /* of a walk, which goes on by itself */
    expect(p, "no such record");
    arena_free(&arena);
}

static void test_functions(void) {
    struct arena arena = {0};
    struct program *p = whole(&arena);
    begin_skip(p);
    add(p, OP_SKIP_BITS, 0, 0);
    add(p, OP_END_PART, 0, 0);
    expect(p, NULL);
    p->members.at[0].locate_pc = p->structs.at[0].skip_pc;
    expect(p, "more than one function");
    p->members.at[0].locate_pc = PROGRAM_NONE;
    p->code.at[p->code.n - 2].op = OP_BEGIN;
    expect(p, "not in this kind of function");
    p->code.at[p->code.n - 2] = (struct program_inst){.op = OP_ARG, .member = PROGRAM_NONE};
    expect(p, "not in this kind of function");

    p = whole(&arena);
    begin_let(p);
    add(p, OP_PUSH_INT, 0, 0);
    uint32_t call = add(p, OP_CALL, 0, 1);
    add(p, OP_RETURN, 0, 0);
    p->code.at[call].a = add(p, OP_ARG, 0, 0);
    add(p, OP_RETURN, 0, 0);
    expect(p, NULL);
    p->code.at[p->code.at[call].a].a = 1;
    expect(p, "no such argument");
    arena_free(&arena);
}

/* The entry of a script keeps values on the stack, asks and answers. */
static void test_scripts(void) {
    struct arena arena = {0};
    struct program *p = blank(&arena);
    p->entry = add(p, OP_PUSH_INT, 0, 0);
    uint32_t argument = add(p, OP_ARG, 0, 0);
    uint32_t answer = add(p, OP_ANSWER, 5, 2);
    add(p, OP_PUSH_ABSENT, 0, 0);
    uint32_t fault = add(p, OP_FAULT, 0, 0);
    add(p, OP_DROP, 0, 0);
    uint32_t halt = add(p, OP_HALT, 0, 0);
    expect(p, NULL);
    p->code.at[argument].a = 1;
    expect(p, "no such argument");
    p->code.at[argument].a = 0;
    p->code.at[answer].b = 0;
    expect(p, "no value");
    p->code.at[answer].b = 3;
    expect(p, "too few values");
    p->code.at[answer].b = 1;
    expect(p, "something is left on a stack");
    p->code.at[answer].b = 2;
    p->code.at[fault].a = 9;
    expect(p, "");
    p->code.at[fault].a = 0;
    p->code.at[halt].op = OP_RELEASE;
    expect(p, "the code ends here");

    p = whole(&arena);
    begin_let(p);
    add(p, OP_PUSH_INT, 0, 0);
    add(p, OP_ANSWER, 0, 1);
    add(p, OP_RETURN, 0, 0);
    expect(p, "not in this kind of function");
    arena_free(&arena);
}

static void test_output(void) {
    struct arena arena = {0};
    struct program *p = begin_dump(&arena);
    uint32_t loop = add(p, OP_LOOP, 2, 0);
    add(p, OP_ARRAY_BEGIN, 2, 0);
    uint32_t end = add(p, OP_ARRAY_END, 0, 0);
    add(p, OP_LOOP_END, 0, 0);
    end_dump(p);
    expect(p, NULL);
    p->code.at[end] = (struct program_inst){.op = OP_BYTE_ALIGN, .member = PROGRAM_NONE};
    expect(p, "LOOP_END: closes what is not open");
    p->code.at[end].op = OP_END;
    expect(p, "not where a struct ends");
    p->code.at[end].op = OP_ARRAY_END;
    p->code.at[loop].a = PROGRAM_NONE; /* then the array is no loop's, and wants its blocks */
    expect(p, "ARRAY_END: no array has begun");

    p = begin_dump(&arena);
    add(p, OP_END_STRUCT, 0, 0);
    expect(p, "the struct has not ended");
    arena_free(&arena);
}

static void test_release(void) {
    struct arena arena = {0};
    struct program *p = begin_dump(&arena);
    add(p, OP_PUSH_INT, 0, 0);
    uint32_t release = add(p, OP_RELEASE, 0, 0);
    add(p, OP_DROP, 0, 0);
    end_dump(p);
    expect(p, "something is still in use");
    p->code.at[release].op = OP_DROP;
    p->code.at[release + 1].op = OP_RELEASE;
    expect(p, NULL);
    arena_free(&arena);
}

/* programs of schemas */

struct compiled {
    struct arena arena;
    struct diags diags;
    struct sema sema;
    struct program *program;
};

static void compile_for(struct compiled *c, const struct code_style *style, const char *text) {
    *c = (struct compiled){0};
    struct sources *sources = sources_new(&c->arena);
    diags_init(&c->diags, &c->arena, sources);
    sema_init(&c->sema, &c->arena, intern_new(&c->arena), sources, &c->diags,
              (struct sema_search){0});
    struct sema_schema *schema = sema_compile(&c->sema, "thing.sonde", bytes_text(text));
    CHECK_INT(c->diags.errors, 0);
    struct gen_request request = {.sema = &c->sema, .schema = schema, .style = style};
    c->program = gen_program(&c->arena, &request);
    expect(c->program, NULL);
}

static void compile(struct compiled *c, const char *text) {
    compile_for(c, NULL, text);
}

/* Of a struct with a run behind each of two numbers, which many can be stepped over at once by. */
static void test_stretches(void) {
    struct compiled c;
    compile(&c, "endian little; struct a { uint8 n; byte x[n]; uint16 m; uint16 y[m]; uint8 z; }\n"
                "struct thing { a them[]; let n = count(them); }\n");
    struct program *p = c.program;
    expect(p, NULL);
    CHECK_INT(p->stretches.n, 3);
    struct program_stretch *s = &p->stretches.at[1], good = *s;
    CHECK_INT(good.bit_size, 16);
    CHECK_INT(good.per, 16);
    CHECK_INT(good.in, 1);
    struct program_stretch bad[8];
    for (unsigned i = 0; i < 8; i++) {
        bad[i] = good;
    }
    bad[0].in = 2;      /* the number is behind the run */
    bad[1].bit_off = 8; /* or ends behind its stretch */
    bad[2].bit_off = 4;
    bad[3].per = 0;
    bad[4].per = 12;
    bad[5].more = INT64_MAX - 7;
    bad[6].base = 24;
    bad[7].type = p->types.n;
    for (unsigned i = 0; i < 8; i++) {
        *s = bad[i];
        expect(p, "what it consists of");
    }
    *s = good;
    p->stretches.at[0].bit_size = 0;
    expect(p, "what it consists of");
    p->stretches.at[0].bit_size = 8;
    expect(p, NULL);
    p->stretches.n = 2;
    expect(p, "what it consists of");
    for (uint32_t i = 0; i < p->structs.n; i++) { /* and without there is nothing to step by */
        p->structs.at[i].stretch_count = 0;
    }
    expect(p, "what it is made of");
    arena_free(&c.arena);
}

static void test_sums(void) {
    struct compiled c;
    compile_for(&c, silent_style(),
                "endian little;\n"
                "struct a { uint8 n; byte x[n]; uint32 c = crc32(n, x); uint16 z; }\n"
                "struct thing { a them[]; }\n");
    struct program *p = c.program;
    expect(p, NULL);
    CHECK_INT(p->sums.n, 1);
    CHECK_INT(p->ranges.n, 1); /* n and x follow one another */
    struct program_sum *s = &p->sums.at[0], good = *s;
    struct program_sum bad[7];
    for (unsigned i = 0; i < 7; i++) {
        bad[i] = good;
    }
    bad[0].builtin = BUILTIN_COUNT;
    bad[1].builtin = BUILTIN_SHA256; /* no number */
    bad[2].type = p->types.n;
    bad[3].number.in = 2;  /* behind the struct */
    bad[4].number.off = 3; /* and so is its last byte */
    bad[5].range_count = 2;
    bad[6].range_first = UINT32_MAX;
    for (unsigned i = 0; i < 7; i++) {
        *s = bad[i];
        expect(p, "what is a sum");
    }
    *s = good;
    p->ranges.at[0].to.in = 3;
    expect(p, "what is a sum");
    p->ranges.at[0].to = (struct program_spot){1, 7};
    expect(p, "what is a sum");
    p->ranges.at[0].to = (struct program_spot){2, 0}; /* the struct's end */
    expect(p, NULL);
    arena_free(&c.arena);
}

static const char thing[] = "endian little;\n"
                            "enum kind : uint8 { a = 1, b = 2 }\n"
                            "struct item { uint8 n; byte data[n]; }\n"
                            "struct thing {\n"
                            "    magic \"TH\\xff\";\n"
                            "    kind k;\n"
                            "    uint16 count;\n"
                            "    item items[count];\n"
                            "    let total = sum(items[*].n);\n"
                            "    check total < 1000;\n"
                            "}\n";

static void test_round_trip(void) {
    struct compiled c;
    struct buf first = {0}, second = {0};
    compile(&c, thing);
    program_store(c.program, &first);
    struct program *again = program_restore(&c.arena, buf_bytes(&first));
    CHECK(again != NULL);
    if (again) {
        CHECK(!again->verified);
        expect(again, NULL);
        program_store(again, &second);
        CHECK_BYTES(second.at, second.len, first.at, first.len);
        CHECK_INT(again->code.n, c.program->code.n);
        CHECK_INT(again->ints.n, c.program->ints.n);
        CHECK_TEXT((const char *)again->data.at[0].at, (const char *)c.program->data.at[0].at);
    }
    for (size_t len = 0; len < first.len; len++) { /* nothing that is cut short */
        CHECK(program_restore(&c.arena, bytes_of(first.at, len)) == NULL);
    }
    buf_putc(&first, 0);
    CHECK(program_restore(&c.arena, buf_bytes(&first)) == NULL);
    buf_free(&first);
    buf_free(&second);
    arena_free(&c.arena);
}

/* The layout that container.h describes: a header of 8 bytes and 24 numbers, then rows without padding. */
static void test_layout(void) {
    struct arena arena = {0};
    struct buf out = {0};
    struct program *p = blank(&arena);
    add(p, OP_HALT, 1, 0x01020304);
    program_store(p, &out);
    CHECK_BYTES(out.at, 12, "sondeprg\16\0\0\0", 12);
    size_t inst = 8 + 24 * 4;
    const unsigned char want[] = {OP_HALT, 0, 0, 0, 1, 0, 0, 0, 4, 3, 2, 1, 0xff, 0xff, 0xff, 0xff};
    CHECK(out.len > inst + sizeof want);
    CHECK_BYTES(out.at + inst, sizeof want, want, sizeof want);
    /* one instruction and span, one int, two texts of a byte, three types, a struct, a member */
    CHECK_INT(out.len, inst + 16 + 8 + 16 + 2 * 5 + 3 * 75 + 51 + 49);
    out.at[12]++; /* the number of opcodes: another version's */
    CHECK(program_restore(&arena, buf_bytes(&out)) == NULL);
    buf_free(&out);
    arena_free(&arena);
}

static void test_disasm(void) {
    struct compiled c;
    struct buf out = {0};
    compile(&c, thing);
    program_disasm(c.program, &out);
    const char *text = buf_text(&out);
    CHECK(strstr(text, "dump of struct thing:\n") != NULL);
    CHECK(strstr(text, "MAGIC") != NULL);
    CHECK(strstr(text, "\"TH\\xff\"") != NULL);
    CHECK(strstr(text, "; thing.sonde:9: let total = sum(items[*].n);\n") != NULL);
    CHECK(strstr(text, "item.n") != NULL);
    CHECK(strstr(text, "(total < 1000)") != NULL);
    buf_free(&out);
    arena_free(&c.arena);
}

CHECK_MAIN("verify", {"accepts", test_accepts}, {"operands", test_operands},
           {"tables", test_tables}, {"enums", test_enums}, {"blocks", test_blocks},
           {"placed", test_placed}, {"stack", test_stack}, {"joins", test_joins},
           {"case", test_case}, {"choose and try", test_choose_and_try}, {"records", test_records},
           {"functions", test_functions}, {"scripts", test_scripts}, {"output", test_output},
           {"release", test_release}, {"stretches", test_stretches}, {"sums", test_sums},
           {"round trip", test_round_trip}, {"layout", test_layout}, {"disasm", test_disasm})
