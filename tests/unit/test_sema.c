#include "config.h"

#include "schema_run.h"

/* The checked model: layouts, constants, names, and which errors a schema gives and where. The
 * messages themselves are pinned by the golden tests in tests/golden/diagnostics. */

/* Layouts. Expected sizes and offsets were worked out by hand, in bits. */

struct layout {
    const char *schema;
    int64_t bits;       /* of the struct t; -1: the data decides */
    int64_t offsets[8]; /* of its fields and lets in order; -1: the data decides */
    uint32_t n;
};

static const struct layout layouts[] = {
    {"struct t { }", 0, {0}, 0},
    {"endian big; struct t { uint8 a; uint32 b; uint24 c; double d; }", 128, {0, 8, 40, 64}, 4},
    {"endian big; struct t { uint8 a : 3; uint16 b : 10; uint8 : 3; uint8 c; }", 24, {0, 3, 16}, 3},
    {"endian big; struct t { uint16 a[4]; uint8 b[2][3]; char c[5]; byte d[0]; }",
     64 + 48 + 40,
     {0, 64, 112, 152},
     4},
    {"endian big; struct p { uint8 x; uint16 y; } struct t { p a; p b[3]; uint8 c; }",
     24 + 72 + 8,
     {0, 24, 96},
     3},
    {"struct t { uint8 n; byte a[n]; uint8 b; }", -1, {0, 8, -1}, 3},
    {"struct t { uint8 a; cstring b; uint8 c; }", -1, {0, 8, -1}, 3},
    {"struct t { uint8 a; uint8 b when a == 1; uint8 c; }", -1, {0, 8, -1}, 3},
    {"struct t { uint8 a; uint8 b @ 9; uint8 c; }", 16, {0, -1, 8}, 3},
    {"endian big; struct t { magic \"abcd\"; skip 4; uint32 a; }", 96, {64}, 1},
    {"endian big; struct t { uint8 a; align 4; uint8 b; }", -1, {0, -1}, 2},
    {"endian big; union t { uint8 a; uint32 b; byte c[3]; }", 32, {0, 0, 0}, 3},
    {"struct t sized 16 { uint8 a; }", 128, {0}, 1},
    {"struct p { uint8 x; } struct t { p a sized 8; p b[2] stride 4; uint8 c; }",
     64 + 64 + 8,
     {0, 64, 128},
     3},
    {"struct p sized 4 { uint8 x; } struct t { p a[3]; uint8 b; }", 96 + 8, {0, 96}, 2},
    {"typedef uint8 pair[2]; struct t { pair a[3]; uint8 b; }", 56, {0, 48}, 2},
    {"let n = 2 + 1; struct t { byte a[2 + 1]; byte b[1 << 4]; uint8 c; }", 160, {0, 24, 152}, 3},
    {"struct t { uint8 a; switch (a) b { 1: uint8; default: ; } uint8 c; }", -1, {0, 8, -1}, 3},
    {"struct t { uint8 a; if (a == 1) { uint8 b; } uint8 c; }", -1, {0, 8, -1}, 3},
    {"struct t { uleb128 a; uint8 b; }", -1, {0, -1}, 2},
};

static void test_layouts(void) {
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const struct layout *l = &layouts[i];
        struct schema_run run;
        if (schema_run_compile(&run, l->schema)) {
            const struct sema_struct *t = run.schema->root;
            CHECK_INT(t->bit_size, l->bits);
            CHECK_INT(t->flat.n, l->n);
            for (uint32_t k = 0; k < t->flat.n && k < l->n; k++) {
                CHECK_INT(t->flat.at[k]->bit_off, l->offsets[k]);
            }
        } else {
            CHECK_TEXT(buf_text(&run.line), "");
        }
        schema_run_free(&run);
    }
}

/* Errors: their codes and lines, in order of place. */

struct mistake {
    const char *schema;
    const char *wanted; /* "E0301:2 E0302:3" */
};

static const struct mistake mistakes[] = {
    {"struct t { uint8 a; }", ""},
    /* one cause gives one error, however much depends on it */
    {"struct t {\n unit8 a;\n byte b[a];\n uint8 c when a == 1;\n let d = a + 1;\n}", "E0302:2"},
    {"struct t {\n uint8 a[n];\n let b = count(a);\n check b > 2 && a[0] == n;\n}",
     "E0301:2 E0301:4"},
    {"let f(n) = n * m;\nstruct t { byte a[f(2)]; }", "E0301:1"},
    {"struct s { uint8 x; }\nstruct t {\n s a;\n let b = a.y + a.z;\n}", "E0303:4 E0303:4"},
    {"struct t { uint8 n;\n check n && n;\n}", "E0401:2"},
    {"struct t { uint8 n;\n let a = \"x\" + 1 + 2 + 3;\n let b = a + 1; }", "E0401:2"},
    {"struct t { uint8 n; switch (n) v {\n 1: ; 2: ; 1: ;\n} }", "E0505:2"},
    {"struct t {\n uint16 a;\n uint32 b;\n}", "E0407:2"},
    {"struct s { uint16 v; }\nstruct t { s a; endian big; s b; }", "E0407:1"},
    {"struct s { uint16 v; }\nstruct t { endian big; s a; }", ""},
    {"struct unused { uint16 v; }\nstruct t { uint8 a; }", ""},
    {"struct t { uint16le a; uint32be b; uint8 c; }", ""},
    {"struct t { t a; }", "E0601:1"},
    {"struct t { uint8 n; t a[n]; }", ""},
    {"struct t { uint8 n; t a when n > 0; }", ""},
    {"struct t { let a = b; let b = c; let c = a; }", "E0601:1"},
    {"struct t { let a = b; let b = 1; }", ""},
    {"struct t { byte a[n]; uint8 n @ 0; }", ""},
    {"struct t { if (k == 1) { uint8 a; } else { uint8 a; }\n uint8 k @ 9; uint8 a; }", "E0305:2"},
    {"struct t { uint8 a; uint8 b;\n uint8 a; }\nenum e : uint8 { x = 1 }", "E0305:2"},
    {"struct t { uint8 a; }\nstruct t { uint8 c; }", "E0305:2"},
    {"enum e : uint8 { x = 1 } flags g : uint8 { x = 1 }\n"
     "struct t { e x; g y; check x == x; check x == e.x; check y.x; }",
     ""},
    {"struct t { uint8 type; uint8 schema; uint8 sized; let let = type + schema; }", ""},
    {"struct t { uint8 a; check 9 in a; }", "E0401:1"},
    {"struct t { uint8 a in \"ab\"; }", "E0401:1"},
    {"struct s(uint8 n) { uint8 v[n]; }\nstruct t {\n s a;\n s(1) b;\n s(1, 2) c; }",
     "E0402:3 E0402:5"},
    {"struct t { uint8 v @ n + 1 when present(n); uint8 n; }", ""},
};

static void codes_of(const struct schema_run *run, struct buf *out) {
    for (const struct diag *d = run->diags.first; d; d = d->next) {
        const struct source_place place = sources_place(run->sema.sources, d->span);
        buf_printf(out, "%s%s:%u", out->len ? " " : "", diag_code_text(d->code), place.line);
    }
}

static void test_mistakes(void) {
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct schema_run run;
        struct buf codes = {0};
        schema_run_compile(&run, mistakes[i].schema);
        codes_of(&run, &codes);
        CHECK_TEXT(buf_text(&codes), mistakes[i].wanted);
        if (strcmp(buf_text(&codes), mistakes[i].wanted) != 0) {
            fprintf(stderr, "%s\n", mistakes[i].schema);
        }
        buf_free(&codes);
        schema_run_free(&run);
    }
}

/* Paths: what kind of value a question of the command line has. */

static const char schema_of_paths[] =
    "endian big; enum kind : uint8 { none = 0 } struct item { uint8 key; cstring name; }\n"
    "struct t { uint8 n; item items[n]; float real; char text[4]; byte raw[2]; kind kind;\n"
    " bool yes; uint8 grid[2][3]; switch (n) body { 1: uint8; 2: item; } let total = n * 2; }";

static const struct {
    const char *path;
    enum sema_vkind kind;
} paths[] = {
    {"n", SEMA_V_INT},
    {"items", SEMA_V_ARRAY},
    {"items[0]", SEMA_V_STRUCT},
    {"items[0].name", SEMA_V_TEXT},
    {"items[*]", SEMA_V_LIST},
    {"items[*].key", SEMA_V_LIST},
    {"items[1..2]", SEMA_V_LIST},
    {"items[$.key == 1]", SEMA_V_LIST},
    {"items[$.key == 1][0].key", SEMA_V_INT},
    {"real", SEMA_V_FLOAT},
    {"text", SEMA_V_TEXT},
    {"raw", SEMA_V_BYTES},
    {"raw[0]", SEMA_V_INT},
    {"raw[0..1]", SEMA_V_BYTES},
    {"kind", SEMA_V_INT},
    {"kind == none", SEMA_V_BOOL},
    {"yes", SEMA_V_BOOL},
    {"grid[1]", SEMA_V_ARRAY},
    {"grid[1][2]", SEMA_V_INT},
    {"body", SEMA_V_SWITCH},
    {"body.key", SEMA_V_INT},
    {"total", SEMA_V_INT},
    {"count(items) + 1", SEMA_V_INT},
    {"real * 2", SEMA_V_FLOAT},
    {"present(items)", SEMA_V_BOOL},
    {"concat(text, text)", SEMA_V_TEXT},
};

static void test_paths(void) {
    struct schema_run run;
    CHECK(schema_run_compile(&run, schema_of_paths));
    for (size_t i = 0; run.schema && i < sizeof paths / sizeof *paths; i++) {
        const struct sema_expr *path = schema_run_path(&run, paths[i].path);
        CHECK(path != NULL);
        if (path && path->vtype.kind != paths[i].kind) {
            fprintf(stderr, "the path %s:\n", paths[i].path);
            CHECK_INT(path->vtype.kind, paths[i].kind);
        }
    }
    schema_run_free(&run);
}

/* What a schema says of itself. */

static void test_head(void) {
    struct schema_run run;
    CHECK(schema_run_compile(&run, "/// About it.\nschema t \"A title\";\n"
                                   "files \"*.a\", \"*.b\"; mime \"x/y\";\n"
                                   "detect \"ab\" @ 0, \"c\\xff\" @ 4; detect \"z\" @ -2;\n"
                                   "struct t { uint8 a; }\n"));
    const struct sema_schema *s = run.schema;
    if (s) {
        CHECK_TEXT(s->name, "t");
        CHECK_TEXT(s->title, "A title");
        CHECK_TEXT(s->doc, "About it.");
        CHECK_INT(s->files.n, 2);
        CHECK_TEXT(s->files.at[1], "*.b");
        CHECK_INT(s->mimes.n, 1);
        CHECK_INT(s->detects.n, 2);
        CHECK_INT(s->detects.at[0].parts.n, 2);
        CHECK_INT(s->detects.at[0].parts.at[1].offset, 4);
        CHECK_BYTES(s->detects.at[0].parts.at[1].pattern.at,
                    s->detects.at[0].parts.at[1].pattern.len, "c\xff", 2);
        CHECK_INT(s->detects.at[1].parts.at[0].offset, -2);
    }
    schema_run_free(&run);
}

/* A file without a schema statement is called like the file, and may be a library of types without
 * a root. */
static void test_name(void) {
    struct schema_run run;
    CHECK(schema_run_compile(&run, "struct t { uint8 a; }"));
    CHECK_TEXT(run.schema ? run.schema->name : "", "t");
    schema_run_free(&run);
    CHECK(!schema_run_compile(&run, "struct other { uint8 a; }"));
    CHECK_INT(run.diags.errors, 0);
    schema_run_free(&run);
}

CHECK_MAIN("sema", {"layouts", test_layouts}, {"mistakes", test_mistakes}, {"paths", test_paths},
           {"head", test_head}, {"name", test_name})
