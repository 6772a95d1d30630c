/* Tests of schemas: what they run on, and what their statements come to. */
#include "config.h"

#include "schema_run.h"
#include "sema/script.h"

/* Inputs */

static const struct {
    const char *input;
    const char *wanted; /* NULL: only the length counts */
    size_t length;
} inputs[] = {
    {"hex(\"00 Ff\\t7e\")", "\x00\xff\x7e", 3},
    {"hex(\"a1b2\", \"\", \"c3\")", "\xa1\xb2\xc3", 3},
    {"hex()", "", 0},
    {"\"a\\x00\\xffz\"", "a\0\xffz", 4},
    {"\"\\u{e9}\"", "\xc3\xa9", 2},
    {"concat(\"a\", hex(\"01\"), (\"b\"), concat())",
     "a\x01"
     "b",
     3},
    {"repeat(\"ab\", 3)", "ababab", 6},
    {"repeat(hex(\"00 01\"), twice)", "\0\x01\0\x01", 4},
    {"concat(repeat(\"x\", 0), mark, repeat(mark, 2))", "PKPKPK", 6},
    {"repeat(\"\", 1000000000000)", "", 0},
    {"concat(repeat(\"0123456789abcdef\", 1048576), \"\")", NULL, SEMA_INPUT_MAX},
};

/* The pieces of a test's input, laid end to end. */
static void lay(const struct sema_test *test, struct buf *out) {
    for (uint32_t i = 0; i < test->input.n; i++) {
        const struct sema_piece *piece = &test->input.at[i];
        for (size_t n = 0; n < piece->times; n++) {
            buf_put(out, piece->bytes.at, piece->bytes.len);
        }
    }
}

static void test_inputs(void) {
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct schema_run run;
        struct buf schema = {0};
        struct buf laid = {0};
        buf_printf(&schema,
                   "struct t { byte a[]; } let twice = 2; let mark = \"PK\"; test \"x\" %s { }",
                   inputs[i].input);
        CHECK(schema_run_compile(&run, buf_text(&schema)));
        struct sema_tests tests = sema_tests(&run.sema, run.schema);
        CHECK_INT(run.diags.errors, 0);
        CHECK_INT(tests.at.n, 1);
        lay(tests.at.at[0], &laid);
        if (inputs[i].wanted) {
            CHECK_BYTES(laid.at, laid.len, inputs[i].wanted, inputs[i].length);
        } else {
            CHECK_INT(laid.len, inputs[i].length);
        }
        buf_free(&laid);
        buf_free(&schema);
        schema_run_free(&run);
    }
}

/* Answers */

static const char packets[] =
    "enum kind : uint8 { ask = 1, reply = 2 }\n"
    "struct packet { kind kind in kind; uint8 n; byte data[n]; }\n"
    "struct t { uint8 count; packet packets[count]; uint8 tail; let twice = count * 2; }\n";

/* Four packets are said to be there: a good one, one of no known kind, and one that is cut off. */
static const char packets_hex[] = "04 0102aabb 0901cc 0205dd";

static const struct {
    const char *statements;
    const char *
        wanted; /* the last value of each answer, or its fault's kind; "@" and the element in a loop */
} scripts[] = {
    {"require count == 4;", "4 4 true"},
    {"require packets[0].data == \"\\xaa\\xbb\";", "\"\\xaa\\xbb\" \"\\xaa\\xbb\" true"},
    {"require packets[0].kind == reply;", "ask (1) reply (2) false"},
    {"require packets[1].n in { 1, 2 };", "1 true"},
    {"require count > 1 && tail == 0 && count == 9;", "4 1 true; !truncated"},
    {"require count == 3 && tail == 0;", "4 3 false"},
    {"require packets[7].n == 1; require count == 4;", "!truncated; 4 4 true"},
    {"let a = count; let b = a + 1; require a < b;", "4; 5; 4 5 true"},
    {"for (p : packets[0..1]) { require p.n == 2; }",
     "2 2 true @packets[0]; 1 2 false @packets[1]; true"},
    {"for (p : packets) { let k = p.n; }",
     "2 @packets[0]; 1 @packets[1]; 5 @packets[2]; !truncated"},
    {"require !fault(count);", "true"},
    {"require fault(packets[1]) == fault(packets[1].kind, \"finding\");", "true true true"},
    {"require fault(packets[2].data, \"truncated\");", "true"},
    {"require fault(packets[2], \"wanted 5 bytes, 1 is left\");", "true"},
    {"require fault(packets[0]);", "false"},
    {"require fault(tail);", "true"}, /* what is in front of it has no end */
    {"require fault(packets[1].kind, \"truncated\");", "false"},
    {"require fault();", "true"},
    {"require packets[0..1].**.n == { 2, 1 };", "{ 2, 1 } { 2, 1 } true"},
};

static void on_answer(struct vm_sink *sink, const struct vm_answer *answer) {
    struct schema_run *run = schema_run_of(sink);
    if (answer->id == PROGRAM_NONE) {
        buf_clear(&run->line);
        return;
    }
    buf_puts(&run->line, run->line.len ? "; " : "");
    if (answer->fault) {
        buf_printf(&run->line, "!%s", answer->fault->kind);
    }
    for (uint32_t i = 0; i < answer->n && !answer->fault; i++) {
        buf_printf(&run->line, "%s%s", i ? " " : "", answer->text[i]);
    }
    if (*answer->element) {
        buf_printf(&run->line, " @%s", answer->element);
    }
}

static void test_answers(void) {
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct schema_run run;
        struct buf schema = {0};
        uint8_t bytes[64];
        char why[256] = "";
        buf_printf(&schema, "%stest \"x\" \"\" { %s }", packets, scripts[i].statements);
        CHECK(schema_run_compile(&run, buf_text(&schema)));
        struct sema_tests tests = sema_tests(&run.sema, run.schema);
        CHECK_INT(run.diags.errors, 0);
        struct vm_sink_ops ops = *run.sink.ops;
        ops.answer = on_answer;
        run.sink.ops = &ops;
        struct gen_request request = {
            .sema = &run.sema, .schema = run.schema, .script = &tests.at.at[0]->script};
        run.program = gen_program(&run.arena, &request);
        CHECK(program_verify(run.program, why, sizeof why));
        CHECK_TEXT(why, "");
        CHECK_TEXT(schema_run_over(&run, schema_run_bytes(packets_hex, bytes, sizeof bytes)),
                   scripts[i].wanted);
        buf_free(&schema);
        schema_run_free(&run);
    }
}

/* A schema is what it is without its tests: they are looked at only when they are asked for. */
static void test_apart(void) {
    struct schema_run run;
    struct buf schema = {0};
    buf_printf(&schema, "%stest \"x\" \"\" { require nothing == 1; }", packets);
    CHECK(schema_run_compile(&run, buf_text(&schema)));
    sema_tests(&run.sema, run.schema);
    CHECK_INT(run.diags.errors, 1);
    buf_free(&schema);
    schema_run_free(&run);
}

CHECK_MAIN("script", {"inputs", test_inputs}, {"answers", test_answers}, {"apart", test_apart})
