#include "config.h"

#include "schema_run.h"
#include "sink/json.h"

/* Programs: that what the generator makes passes the verifier whatever the question and the
 * format, that it answers the question, and that it holds only what the question needs. */

static const char several[] =
    "schema t \"t\"; endian big;\n"
    "struct item { uint8 key; uint16 value; }\n"
    "struct named { uint8 key; cstring name; let twice = key * 2; }\n"
    "struct t {\n"
    "    uint8 n; item items[n]; named names[2]; uint8 list[3]; uint8 last;\n"
    "    let chosen = names[$.key > 1];\n"
    "    struct { item deep[2]; named one; } sub;\n"
    "    uint8 grid[2][2];\n"
    "    switch (n) body { 1: byte[1]; 2: { uint8 x; uint8 y; } default: ; }\n"
    "}\n";

static const char several_hex[] =
    "02 01000a 02000b 016100 02626300 010203 07 050006 080009 0a7a00 01020304 2a2b";

/* Questions */

static const struct {
    const char *path; /* NULL: everything */
    bool records;
    const char *wanted;
} questions[] = {
    {NULL, false,
     "{n=2 items[{key=1 value=10} {key=2 value=11}] names[{key=1 name=\"a\" twice=2} "
     "{key=2 name=\"bc\" twice=4}] list[1 2 3] last=7 chosen[->names[1]] "
     "sub{deep[{key=5 value=6} {key=8 value=9}] "
     "one{key=10 name=\"z\" twice=20}} grid[[1 2] [3 4]] body{x=42 y=43}}"},
    {"items", false, "[{key=1 value=10} {key=2 value=11}]"},
    {"list", false, "[1 2 3]"},
    {"grid", false, "[[1 2] [3 4]]"},
    {"sub.deep", false, "[{key=5 value=6} {key=8 value=9}]"},
    {"names", true, "<{key=1 name=\"a\" twice=2}> <{key=2 name=\"bc\" twice=4}>"},
    {"chosen", true, "<{key=2 name=\"bc\" twice=4}>"},
    {"names[$.key == 1]", true, "<{key=1 name=\"a\" twice=2}>"},
};

/* Where an array's elements come from decides about the names in front of them; the questions
 * leave them out. */
static void strip_names(const char *line, char *out) {
    for (const char *p = line; *p; p++) {
        const char *open = p;
        while (*open >= 'a' && *open <= 'z') {
            open++;
        }
        bool record = p > line && p[-1] == '<' && *open == '{';
        bool first = p == line && *open == '[';
        if (record || first) {
            p = open;
        }
        *out++ = *p;
    }
    *out = '\0';
}

static void test_questions(void) {
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        struct schema_run run;
        uint8_t bytes[64];
        char line[1024];
        CHECK(schema_run_compile(&run, several));
        CHECK(schema_run_ask(&run, questions[i].path, questions[i].records, NULL));
        if (run.program) {
            strip_names(schema_run_over(&run, schema_run_bytes(several_hex, bytes, sizeof bytes)),
                        line);
            CHECK_TEXT(line, questions[i].wanted);
            CHECK_INT(run.result.faults, 0);
        }
        schema_run_free(&run);
    }
}

/* Every question, as events, records and blocks, makes a program that the verifier lets pass. */
static void test_verified(void) {
    static const char *const paths[] = {
        NULL,
        "items",
        "names",
        "list",
        "chosen",
        "sub.deep",
        "grid",
        "body",
        "items[1]",
        "names[0].name",
        "items[*].value",
        "names[*].name",
        "list[0..1]",
        "items[$.key == 1]",
        "sub",
        "last",
        "grid[0]",
        "{ n, last }",
        "sum(items, $.value)",
        "names[$.twice == 4][0].name",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        for (unsigned how = 0; how < 4; how++) {
            struct schema_run run;
            bool records = paths[i] && how & 1;
            CHECK(schema_run_compile(&run, several));
            CHECK(schema_run_ask(&run, paths[i], records, how & 2 ? json_style() : NULL));
            if (!run.program) {
                fprintf(stderr, "%s: %s\n", paths[i] ? paths[i] : "everything",
                        buf_text(&run.line));
            }
            schema_run_free(&run);
        }
    }
}

/* Blocks */

static const struct {
    const char *schema;
    uint32_t blocks; /* whole structs among the blocks */
    uint64_t bits;   /* the largest of them */
} flats[] = {
    {"endian big; struct e { uint8 a; uint32 b; char c[4]; } struct t { uint8 n; e x[n]; }", 1, 72},
    {"endian big; struct p { uint8 x; uint16 y; } struct e { p a; p b; uint8 c; }\n"
     "struct t { uint8 n; e x[n]; }",
     1, 56},
    {"endian big; struct p { uint8 x : 4; uint8 y : 4; } struct t { uint8 n; p a[n]; }", 1, 8},
    {"struct e { cstring a; uint8 b; } struct t { uint8 n; e x[n]; }", 0, 0},
};

/* An element of fixed places is one block, which a text format writes by walking a table. */
static void test_blocks(void) {
    for (size_t i = 0; i < sizeof flats / sizeof *flats; i++) {
        struct schema_run run;
        uint32_t whole = 0;
        uint64_t bits = 0;
        CHECK(schema_run_compile(&run, flats[i].schema));
        CHECK(schema_run_ask(&run, NULL, false, json_style()));
        for (uint32_t k = 0; run.program && k < run.program->blocks.n; k++) {
            const struct program_block *block = &run.program->blocks.at[k];
            whole += block->whole;
            bits = block->whole && block->bit_size > bits ? block->bit_size : bits;
        }
        CHECK_INT(whole, flats[i].blocks);
        CHECK_INT(bits, flats[i].bits);
        schema_run_free(&run);
    }
}

/* Only what can be wrong */

static const struct {
    const char *schema;
    uint32_t leaps; /* structs and computed values that are stepped over, of which */
    uint32_t rows;  /* are all elements at once */
} verdicts[] = {
    {"struct e { uint8 a; byte b[3]; let c = a * 2; } struct t { e x[]; }", 3, 1},
    {"struct e { uint8 a; struct { uint8 b; uint8 c[2]; } d; } struct t { uint8 n; e x; }", 2, 0},
    {"struct e { uint8 a; let c = 6 / a; } struct t { e x; }", 0, 0},  /* by 0 */
    {"struct e { uint8 a; let c = 1 << a; } struct t { e x; }", 0, 0}, /* too far */
    {"struct e { uint8 a; char b[2]; } struct t { e x[]; }", 0, 0},    /* no ASCII */
    {"struct e { uint8 a require $ < 5; byte b[2]; } struct t { e x[]; }", 0, 0},
    {"struct e { uint8 a; check a > 1; } struct t { e x[]; }", 0, 0},
    {"struct e { uint8 a = 1; } struct t { e x; }", 0, 0},
    {"struct e { uint8 a; uint8 b @ a; } struct t { e x; }", 0, 0},
    {"struct e { uint8 a; byte b[a]; } struct t { e x; }", 0, 0},
};

static void test_verdicts(void) {
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        struct schema_run run;
        char why[256] = "";
        uint32_t leaps = 0, rows = 0;
        CHECK(schema_run_compile(&run, verdicts[i].schema));
        struct gen_request request = {.sema = &run.sema, .schema = run.schema, .verdict = true};
        struct program *program = gen_program(&run.arena, &request);
        CHECK(program_verify(program, why, sizeof why));
        CHECK_TEXT(why, "");
        for (uint32_t k = 0; k < program->code.n; k++) {
            leaps += program->code.at[k].op == OP_LEAP || program->code.at[k].op == OP_LEAPS;
            rows += program->code.at[k].op == OP_LEAPS;
        }
        CHECK_INT(leaps, verdicts[i].leaps);
        CHECK_INT(rows, verdicts[i].rows);
        schema_run_free(&run);
    }
}

/* Only what is asked for */

static uint32_t code_for(const char *path) {
    struct schema_run run;
    uint32_t n = 0;
    CHECK(schema_run_compile(&run, several));
    CHECK(schema_run_ask(&run, path, false, NULL));
    if (run.program) {
        n = run.program->code.n;
    }
    schema_run_free(&run);
    return n;
}

static void test_need(void) {
    uint32_t everything = code_for(NULL);
    CHECK(code_for("n") * 4 < everything);
    CHECK(code_for("items[1].value") < everything);
    CHECK(code_for("sub.one.twice") < everything);
}

/* A damaged field that the question does not need is not met. */
static void test_lazy(void) {
    struct schema_run run;
    static const uint8_t bytes[] = {3, 1, 2, 3, 0xff};
    CHECK(schema_run_compile(
        &run, "struct t { uint8 n; uint8 a[n]; uint8 m; byte gone[m]; let bad = a[9]; }"));
    CHECK(schema_run_ask(&run, "a", false, NULL));
    if (run.program) {
        schema_run_over(&run, bytes_of(bytes, sizeof bytes));
        CHECK_INT(run.result.faults, 0);
    }
    CHECK(schema_run_ask(&run, NULL, false, NULL));
    if (run.program) {
        schema_run_over(&run, bytes_of(bytes, sizeof bytes));
        CHECK_INT(run.result.faults, 2);
    }
    schema_run_free(&run);
}

/* One program may run many times, over other bytes, and says the same each time. */
static void test_again(void) {
    struct schema_run run;
    uint8_t bytes[64];
    struct bytes data = schema_run_bytes(several_hex, bytes, sizeof bytes);
    CHECK(schema_run_compile(&run, several));
    CHECK(schema_run_ask(&run, NULL, false, NULL));
    if (run.program) {
        struct buf first = {0};
        buf_puts(&first, schema_run_over(&run, data));
        for (size_t cut = 0; cut < data.len; cut++) {
            schema_run_over(&run, bytes_of(data.at, cut));
            CHECK(run.result.faults > 0);
        }
        CHECK_TEXT(schema_run_over(&run, data), buf_text(&first));
        buf_free(&first);
    }
    schema_run_free(&run);
}

CHECK_MAIN("gen", {"questions", test_questions}, {"verified", test_verified},
           {"blocks", test_blocks}, {"verdicts", test_verdicts}, {"only what is needed", test_need},
           {"lazy", test_lazy}, {"again", test_again})
