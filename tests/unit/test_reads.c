#include "config.h"

#include "code/reads.h"

#include "schema_run.h"

/* Of which fields the bits matter to a verdict: of `f` in each schema, worked out by hand. Where they are said not to, the
 * verdict over random bytes is the same when the field's bytes become others. */

enum { BYTES = 48, FILES = 60 };

static const struct {
    const char *schema;
    bool reads;
} cases[] = {
    {"struct e { uint8 a; uint16be f; } struct t { e x[]; }", false},
    {"struct e { uint8 a; floatle f; char b[2]; } struct t { e x[]; }", false},
    {"struct e { uint8 a require $ < 99; byte f[3]; } struct t { uint8 n; e x[n]; }", false},
    {"struct e { uint8 n; byte b[n]; uint8 f; } struct t { e x[4]; }", false},
    {"struct e { cstring a; uint8 f; } struct t { e x[4]; }", false},
    {"struct e { uleb128 a; uint16be f; } struct t { uint8 n; struct { e x[]; } y sized n; uint8 z = n; }",
     false},
    {"struct i { int8 a; int8 f; } struct e { i p; i q; uint8 s = p.a; } struct t { e x[]; }",
     false},
    {"bitorder msb; struct e { uint8 a : 3; uint8 f : 5; } struct t { e x[4]; check x[0].a > 1; }",
     false},
    {"struct e { uint8 k; if (k < 128) { uint8 f; } else { uint8 g require $ < 200; } } struct t { e x[]; }",
     false},
    {"struct e { uint8 a; uint8 f; let b = a * 2; check b < 300; } struct t { e x[]; }", false},
    {"struct e { uint8 k; switch (k) v { 1: uint8; 2..5: uint16be; default: ; } uint8 f; } "
     "struct t { e x[]; }",
     false},
    /* what it must be */
    {"struct e { uint8 f require $ < 99; } struct t { e x[]; }", true},
    {"struct e { uint8 a; uint8 f = a; } struct t { e x[]; }", true},
    {"struct e { uint8 f = 1; } struct t { e x[]; }", true},
    {"struct e { uint8 f in { 1, 2 }; } struct t { e x[]; }", true},
    /* what others are made of it */
    {"struct e { uint8 f; byte b[f]; } struct t { e x[]; }", true},
    {"struct e { uint8 f; } struct t { e x[5]; uint8 s = sum(x[*].f); }", true},
    {"struct e { uint8 f; check f > 3; } struct t { e x[]; }", true},
    {"struct e { uint8 f; let b = 6 / f; } struct t { e x[]; }", true},
    {"struct e { uint8 f; uint8 g = bytesum(f); } struct t { e x[]; }", true},
    {"struct e { uint8 a; uint8 f; } struct t { e x[4]; uint8 s = bytesum(x); }", true},
    {"struct e { uint8 f; if (f > 9) { uint8 g = 1; } } struct t { e x[]; }", true},
    {"struct e { uint8 k; if (k < 128) { uint8 f; } else { uint16be f; } check f < 9; } struct t { e x[]; }",
     true},
    {"struct e { uint8 f; switch (f) v { 1: uint8; 2..5: uint16be; default: ; } } struct t { e x[]; }",
     true},
    {"struct e { uint8 k; uint8 f; byte b[f]; } struct t { e x[]; }", true},
    {"struct e { uint8 k; uint8 f; switch (k) v { 1: byte[f]; default: uint8; } } struct t { e x[]; }",
     true},
    {"struct e { uint8 f; uint8 v[f * 2]; } struct t { uint8 n; e x[]; check sizeof(x) > 9; }",
     true},
    /* what may be read elsewhere, too */
    {"union e { uint8 f; uint8 g require $ < 9; } struct t { e x[]; }", true},
    {"struct e { uint8 a; uint8 f; } struct t { e x[]; uint8 g @ 1 require $ < 9; }", true},
    {"struct e { uint8 f; } struct t { e x[4]; uint8 g = bytesum($file); }", true},
    /* no bits that all are right, or that end where they did */
    {"struct e { cstring f; } struct t { e x[]; }", true},
    {"struct e { uleb128 f; } struct t { e x[]; }", true},
    {"struct e { bcd(1) f; } struct t { e x[]; }", true},
};

struct places {
    struct vm_sink sink; /* first */
    struct {
        uint64_t start, end; /* bits */
    } at[BYTES * 8];
    uint32_t n;
    struct buf line; /* what is wrong */
};

static void note_place(struct vm_sink *sink, const struct vm_event *e) {
    struct places *places = (struct places *)sink;
    bool is_it =
        e->member != PROGRAM_NONE && e->value->kind != VM_ABSENT &&
        strcmp((const char *)program_text(e->program, e->program->members.at[e->member].name).at,
               "f") == 0;
    if (is_it && places->n < BYTES * 8) {
        places->at[places->n].start = e->start;
        places->at[places->n++].end = e->end;
    }
}

static void ignore_event(struct vm_sink *sink, const struct vm_event *e) {
    (void)sink, (void)e;
}

static void note_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct places *places = (struct places *)sink;
    buf_printf(&places->line, " !%s(%s)", fault->path, fault->message);
}

static void note_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct places *places = (struct places *)sink;
    buf_printf(&places->line, " ?%s(%s)", finding->path, finding->message);
}

/* Runs a program over the bytes, and hears where such fields lie and what is wrong. */
static void hear(const struct program *program, const uint8_t *data, struct places *places) {
    static const struct vm_sink_ops ops = {
        .struct_begin = ignore_event,
        .struct_end = ignore_event,
        .array_begin = ignore_event,
        .array_end = ignore_event,
        .value = note_place,
        .fault = note_fault,
        .finding = note_finding,
    };
    *places = (struct places){.sink = {.ops = &ops}};
    struct vm *vm = vm_new(program, data, BYTES, NULL);
    vm_run(vm, &places->sink);
    vm_free(vm);
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void change(uint8_t *data, const struct places *places, uint32_t *state) {
    for (uint32_t i = 0; i < places->n; i++) {
        for (uint64_t bit = places->at[i].start; bit < places->at[i].end; bit++) {
            data[bit / 8] ^= (uint8_t)((next_random(state) & 1) << (7 - bit % 8));
        }
    }
}

static void check_same(const struct program *verdict, const struct program *all) {
    uint32_t state = 7, met = 0;
    for (unsigned i = 0; i < FILES; i++) {
        uint8_t data[BYTES];
        struct places places, before, behind;
        for (size_t k = 0; k < BYTES; k++) {
            data[k] = (uint8_t)(next_random(&state) % (i % 2 ? 256 : 12));
        }
        hear(all, data, &places);
        hear(verdict, data, &before);
        change(data, &places, &state);
        hear(verdict, data, &behind);
        CHECK_TEXT(buf_text(&behind.line), buf_text(&before.line));
        met += places.n;
        buf_free(&places.line);
        buf_free(&before.line);
        buf_free(&behind.line);
    }
    CHECK(met > 0);
}

static uint32_t member_of(const struct program *program) {
    for (uint32_t i = 0; i < program->members.n; i++) {
        if (bytes_equal(program_text(program, program->members.at[i].name), bytes_text("f"))) {
            return i;
        }
    }
    return PROGRAM_NONE;
}

static void test_cases(void) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct schema_run run;
        char why[256] = "";
        if (!schema_run_compile(&run, cases[i].schema) ||
            !schema_run_ask(&run, NULL, false, NULL)) {
            CHECK_TEXT(buf_text(&run.line), cases[i].schema);
            schema_run_free(&run);
            continue;
        }
        const struct program *all = run.program;
        struct gen_request request = {.sema = &run.sema, .schema = run.schema, .verdict = true};
        run.program = gen_program(&run.arena, &request);
        CHECK(program_verify(run.program, why, sizeof why));
        struct program_reads reads = program_reads_of(run.program, &run.arena);
        bool is_read = program_reads_field(&reads, all, member_of(all));
        if (is_read != cases[i].reads) {
            fprintf(stderr, "%s\n", cases[i].schema);
        }
        CHECK_INT(is_read, cases[i].reads);
        if (!is_read) {
            check_same(run.program, all);
        }
        schema_run_free(&run);
    }
}

CHECK_MAIN("reads", {"of which fields the bits matter", test_cases})
