/* The formatter: what comes out says the same, has all comments, and comes out the same again. */
#include "config.h"

#include "check.h"

#include <stdlib.h>

#include "io/input.h"
#include "syn/pretty.h"
#include "syn/unparse.h"

/* One text, read and laid out. */
struct laid {
    struct arena arena;
    struct sources *sources;
    struct diags diags;
    struct parse_comments comments;
    struct parse_tokens tokens;
    const struct source *source;
    struct ast *tree;
    struct buf text;
};

/* Who wants neither comments nor tokens is given what another parser makes, which is tried first. */
static void check_tried(struct laid *laid, struct parser parser) {
    struct diags diags;
    diags_init(&diags, &laid->arena, laid->sources);
    parser.diags = &diags;
    parser.comments = NULL;
    parser.tokens = NULL;
    struct ast *tree = parse_schema(&parser, laid->source);
    struct buf said = {0}, want = {0};
    diags_render(&diags, false, &said);
    diags_render(&laid->diags, false, &want);
    CHECK_TEXT(buf_text(&said), buf_text(&want));
    CHECK(ast_equal(tree, laid->tree));
    CHECK_INT(tree->depth, laid->tree->depth);
    buf_free(&said);
    buf_free(&want);
}

static void lay_out(struct laid *laid, struct bytes text) {
    *laid = (struct laid){0};
    laid->sources = sources_new(&laid->arena);
    diags_init(&laid->diags, &laid->arena, laid->sources);
    struct parser parser = {.arena = &laid->arena,
                            .intern = intern_new(&laid->arena),
                            .diags = &laid->diags,
                            .comments = &laid->comments,
                            .tokens = &laid->tokens};
    laid->source = sources_add(laid->sources, "test", text);
    laid->tree = parse_schema(&parser, laid->source);
    check_tried(laid, parser);
    if (laid->diags.errors == 0) {
        pretty_schema(&laid->arena, laid->source, laid->tree, &laid->comments, &laid->tokens,
                      &laid->text);
    }
}

static void laid_free(struct laid *laid) {
    buf_free(&laid->text);
    arena_free(&laid->arena);
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The comments, each without slashes, blanks and ends of line, sorted; in the arena. */
static char **comment_texts(struct laid *laid) {
    char **texts = arena_array(&laid->arena, laid->comments.n, sizeof *texts);
    for (uint32_t i = 0; i < laid->comments.n; i++) {
        struct span span = laid->comments.at[i].span;
        const char *from = (const char *)laid->source->text.at + (span.lo - laid->source->base);
        char *to = texts[i] = arena_alloc(&laid->arena, span.hi - span.lo + 1);
        for (uint32_t j = 0; j < span.hi - span.lo; j++) {
            if (!strchr("/ \t\r\n", from[j])) {
                *to++ = from[j];
            }
        }
    }
    if (laid->comments.n > 0) {
        qsort(texts, laid->comments.n, sizeof *texts, compare_texts);
    }
    return texts;
}

static void show(const char *what, struct bytes a, const struct buf *b) {
    fprintf(stderr, "%s:\n----\n%.*s\n----\n%.*s\n----\n", what, (int)a.len, (const char *)a.at,
            (int)b->len, b->at);
}

/* Whether a schema comes out as it should; texts with errors do. */
static bool is_kept(struct bytes text) {
    struct laid one;
    struct laid two;
    lay_out(&one, text);
    if (one.diags.errors > 0) {
        laid_free(&one);
        return true;
    }
    lay_out(&two, buf_bytes(&one.text));
    bool kept = two.diags.errors == 0 && ast_equal(one.tree, two.tree);
    if (!kept) {
        struct buf a = {0};
        struct buf b = {0};
        unparse(one.tree, &a);
        unparse(two.tree, &b);
        show("it says something else", buf_bytes(&a), &b);
        show("it says something else", text, &one.text);
        buf_free(&a);
        buf_free(&b);
    }
    bool same = !kept || bytes_equal(buf_bytes(&one.text), buf_bytes(&two.text));
    if (!same) {
        show("it comes out otherwise the second time", buf_bytes(&one.text), &two.text);
    }
    bool all = !kept || one.comments.n == two.comments.n;
    if (kept && all) {
        char **a = comment_texts(&one);
        char **b = comment_texts(&two);
        for (uint32_t i = 0; i < one.comments.n; i++) {
            all = all && strcmp(a[i], b[i]) == 0;
        }
    }
    if (!all) {
        show("a comment is lost", text, &one.text);
    }
    laid_free(&one);
    laid_free(&two);
    return kept && same && all;
}

/* -- chance ------------------------------------------------------------------------------------ */

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled") */
static uint32_t pick(uint64_t *state, uint32_t n) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

static void put_noise(uint64_t *state, struct buf *out) {
    switch (pick(state, 9)) {
    case 0:
        buf_printf(out, " // c%u\n", pick(state, 1000));
        break;
    case 1:
        buf_printf(out, " /// d%u\n", pick(state, 1000));
        break;
    case 2:
        buf_printf(out, "\n/// d%u\n", pick(state, 1000));
        break;
    case 3:
        buf_printf(out, "\n  // c%u\r\n", pick(state, 1000));
        break;
    case 4:
        buf_printf(out, " /* b%u */ ", pick(state, 1000));
        break;
    case 5:
        buf_printf(out, "\n /* b%u\n  * more\n */", pick(state, 1000));
        break;
    case 6:
        buf_puts(out, "\n\n\n");
        break;
    case 7:
        buf_puts(out, "\r\n\t");
        break;
    default:
        buf_puts(out, "  ");
        break;
    }
}

/* A schema again, with comments and ends of line thrown in between its tokens. */
static void stir(const struct laid *laid, uint64_t *state, uint32_t one_in, struct buf *out) {
    uint32_t base = laid->source->base;
    uint32_t end = 0;
    const char *text = (const char *)laid->source->text.at;
    for (uint32_t i = 0; i < laid->tokens.n; i++) {
        struct span span = laid->tokens.at[i];
        buf_put(out, text + end, span.lo - base - end);
        if (pick(state, one_in) == 0) {
            put_noise(state, out);
        }
        buf_put(out, text + (span.lo - base), span.hi - span.lo);
        end = span.hi - base;
    }
    buf_put(out, text + end, laid->source->text.len - end);
}

static void check_stirred(struct bytes text, unsigned times, uint64_t seed) {
    struct laid laid;
    lay_out(&laid, text);
    uint64_t state = seed;
    bool fine = true;
    for (unsigned i = 0; i < times && fine; i++) {
        struct buf stirred = {0};
        stir(&laid, &state, 2 + i % 40, &stirred);
        fine = is_kept(buf_bytes(&stirred));
        buf_free(&stirred);
    }
    CHECK(fine);
    laid_free(&laid);
}

/* -- schemas by chance ------------------------------------------------------------------------- */

struct maker {
    uint64_t state;
    struct buf out;
};

static void put_expr(struct maker *m, unsigned depth);
static void put_members(struct maker *m, unsigned depth);

static void put_choice(struct maker *m, const char *const *texts, uint32_t n) {
    buf_puts(&m->out, texts[pick(&m->state, n)]);
}

static void put_exprs(struct maker *m, unsigned depth, const char *open, const char *close) {
    buf_puts(&m->out, open);
    for (uint32_t n = pick(&m->state, 4) + 1; n > 0; n--) {
        put_expr(m, depth);
        buf_puts(&m->out, n > 1 ? "," : close);
    }
}

static void put_expr(struct maker *m, unsigned depth) {
    static const char *const leaves[] = {
        "1",    "0x_ff",  "'a'",        "2.5e3",        "\"te\\x00xt\"", "name",
        "$",    "$index", "true",       "when",         "sized",         "some.other",
        "a[*]", "x.**.y", "list[1..2]", "a[b == 1][0]", "0b1010_1010",
    };
    static const char *const operators[] = {"+",  "-",  "*",  "/",  "%", "<<", ">>", "<", ">", "<=",
                                            ">=", "==", "!=", "&&", "&", "|",  "||", "^", "??"};
    buf_putc(&m->out, ' ');
    switch (depth == 0 ? 0 : pick(&m->state, 9)) {
    case 1:
        put_expr(m, depth - 1);
        put_choice(m, operators, sizeof operators / sizeof *operators);
        put_expr(m, depth - 1);
        break;
    case 2:
        buf_puts(&m->out, "(");
        put_expr(m, depth - 1);
        buf_puts(&m->out, ")");
        break;
    case 3:
        put_exprs(m, depth - 1, "check(", ")");
        break;
    case 4:
        put_exprs(m, depth - 1, "{", "}");
        break;
    case 5:
        buf_puts(&m->out, pick(&m->state, 2) ? "- ~" : "!");
        put_expr(m, 0);
        break;
    case 6:
        put_expr(m, 0);
        buf_puts(&m->out, "?");
        put_expr(m, depth - 1);
        buf_puts(&m->out, ":");
        put_expr(m, depth - 1);
        break;
    case 7:
        put_expr(m, 0);
        buf_puts(&m->out, " in ");
        put_expr(m, 0);
        buf_puts(&m->out, pick(&m->state, 2) ? ".. 3" : "");
        break;
    default:
        put_choice(m, leaves, sizeof leaves / sizeof *leaves);
        break;
    }
}

static void put_clauses(struct maker *m) {
    static const char *const words[] = {" @ ",    " when ",  " sized ",   " stride ",  " from ",
                                        " then ", " until ", " recover ", " encoding "};
    for (uint32_t i = pick(&m->state, 9); i < 9; i += 1 + pick(&m->state, 8)) {
        buf_puts(&m->out, words[(i * 5) % 9]);
        put_expr(m, 2);
    }
}

static void put_type(struct maker *m) {
    static const char *const types[] = {
        "uint8", "int64be", "char", "row(1, a)", "lib.part", "a_type_with_quite_a_name", "flags"};
    put_choice(m, types, sizeof types / sizeof *types);
}

static void put_arms(struct maker *m, unsigned depth) {
    for (uint32_t n = pick(&m->state, 5); n > 0; n--) {
        buf_puts(&m->out, n == 1 ? "default" : pick(&m->state, 2) ? "1, 2 .. 9" : "\"IHDR\"");
        switch (pick(&m->state, 4)) {
        case 0:
            buf_puts(&m->out, ":;");
            break;
        case 1:
            buf_puts(&m->out, ": let = ");
            put_expr(m, 2);
            buf_puts(&m->out, ";");
            break;
        case 2:
            buf_puts(&m->out, ":{");
            put_members(m, depth);
            buf_puts(&m->out, "}");
            break;
        default:
            buf_puts(&m->out, ":");
            put_type(m);
            buf_puts(&m->out, "[3]");
            put_clauses(m);
            buf_puts(&m->out, ";");
            break;
        }
    }
}

static void put_braced(struct maker *m, unsigned depth) {
    switch (pick(&m->state, 4)) {
    case 0:
        buf_puts(&m->out, "if (");
        put_expr(m, 2);
        buf_puts(&m->out, ") {");
        put_members(m, depth);
        buf_puts(&m->out, "} else if (x) { uint8 a; } else {");
        put_members(m, depth);
        buf_puts(&m->out, "}");
        break;
    case 1:
        buf_puts(&m->out, "struct {");
        put_members(m, depth);
        buf_puts(&m->out, "} inner[2]");
        put_clauses(m);
        buf_puts(&m->out, ";");
        break;
    case 2:
        buf_puts(&m->out, "if (a) {");
        put_members(m, depth);
        buf_puts(&m->out, "}");
        break;
    default:
        buf_puts(&m->out, "switch (kind) choice ");
        put_clauses(m);
        buf_puts(&m->out, "{");
        put_arms(m, depth);
        buf_puts(&m->out, "}");
        break;
    }
}

static void put_members(struct maker *m, unsigned depth) {
    static const char *const words[] = {"check", "require", "skip", "align", "magic", "endian"};
    for (uint32_t n = pick(&m->state, 5); n > 0; n--) {
        buf_puts(&m->out, pick(&m->state, 3) ? " " : "\n");
        uint32_t what = pick(&m->state, depth > 0 ? 6 : 4);
        if (what == 0) {
            put_choice(m, words, 6);
            put_expr(m, 4);
            buf_puts(&m->out, ";");
        } else if (what == 1) {
            buf_puts(&m->out, "let v = ");
            put_expr(m, 4);
            buf_puts(&m->out, ";");
        } else if (what < 4) {
            put_type(m);
            buf_puts(&m->out, pick(&m->state, 2) ? " field" : " a_rather_long_name");
            buf_puts(&m->out, pick(&m->state, 3) ? "" : "[2][]");
            buf_puts(&m->out, pick(&m->state, 3) ? "" : " : 4");
            buf_puts(&m->out, pick(&m->state, 3) ? "" : " in 1 .. 2");
            put_clauses(m);
            buf_puts(&m->out, ";");
        } else {
            put_braced(m, depth - 1);
        }
    }
}

static void put_item(struct maker *m) {
    switch (pick(&m->state, 6)) {
    case 0:
        buf_puts(&m->out, "enum e : uint8 { one = 1");
        for (uint32_t n = pick(&m->state, 30); n > 0; n--) {
            buf_printf(&m->out, ",%c value_%u = %u", pick(&m->state, 9) ? ' ' : '\n', n, n);
        }
        buf_puts(&m->out, pick(&m->state, 2) ? "}" : ",}");
        break;
    case 1:
        buf_puts(&m->out, "let f(a, b) =");
        put_expr(m, 5);
        buf_puts(&m->out, ";");
        break;
    case 2:
        buf_puts(&m->out, "typedef ");
        put_type(m);
        buf_puts(&m->out, " other[4] as hex;");
        break;
    case 3:
        buf_puts(&m->out,
                 "test \"title\" hex(\"00\") { require a == 1; for (x : y) { print x; } }");
        break;
    default:
        buf_puts(&m->out, "struct row(uint8 a, uint8 b[]) sized");
        put_expr(m, 1);
        buf_puts(&m->out, " {");
        put_members(m, 3);
        buf_puts(&m->out, "}");
        break;
    }
    buf_puts(&m->out, pick(&m->state, 2) ? "\n" : " ");
}

static void test_made_schemas(void) {
    struct maker m = {.state = 20261125};
    unsigned parsed = 0;
    bool fine = true;
    for (unsigned i = 0; i < 1200 && fine; i++) {
        buf_clear(&m.out);
        for (uint32_t n = pick(&m.state, 5) + 1; n > 0; n--) {
            put_item(&m);
        }
        struct laid laid;
        lay_out(&laid, buf_bytes(&m.out));
        parsed += laid.diags.errors == 0;
        fine = is_kept(buf_bytes(&m.out));
        struct buf unparsed = {0};
        unparse(laid.tree, &unparsed);
        fine = fine && is_kept(buf_bytes(&unparsed));
        buf_free(&unparsed);
        if (fine && laid.diags.errors == 0) {
            check_stirred(buf_bytes(&m.out), 3, m.state);
        }
        laid_free(&laid);
    }
    CHECK(fine);
    CHECK(parsed > 400);
    buf_free(&m.out);
}

/* -- schemas of people ------------------------------------------------------------------------- */

static struct input *open_shipped(const char *name) {
    const char *folder = getenv("SONDE_PATH");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "schemas", name);
    return input_open(path);
}

static void test_shipped_schemas(void) {
    static const char *const names[] = {"bmp.sonde", "elf.sonde",     "gzip.sonde", "pcap.sonde",
                                        "png.sonde", "sqlite3.sonde", "tar.sonde",  "wav.sonde"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct input *input = open_shipped(names[i]);
        CHECK(input != NULL);
        if (input) {
            struct bytes text = bytes_of(input_data(input), (size_t)input_size(input));
            CHECK(is_kept(text));
            check_stirred(text, 80, i + 1);
            input_close(input);
        }
    }
}

/* The schemas of doc/language.md: what stands between "```sonde" and "```". */
static void test_documented_schemas(void) {
    struct input *input = open_shipped("../doc/language.md");
    CHECK(input != NULL);
    if (!input) {
        return;
    }
    struct buf text = {0};
    buf_put(&text, input_data(input), (size_t)input_size(input));
    unsigned n = 0;
    for (const char *at = buf_text(&text); (at = strstr(at, "```sonde\n"));) {
        at += strlen("```sonde\n");
        const char *end = strstr(at, "```");
        struct bytes schema = bytes_of(at, end ? (size_t)(end - at) : 0);
        CHECK(is_kept(schema));
        check_stirred(schema, 20, ++n);
    }
    CHECK(n > 20);
    buf_free(&text);
    input_close(input);
}

/* -- single rules ------------------------------------------------------------------------------ */

#define CHECK_LAID(text, want) check_laid(__FILE__, __LINE__, (text), (want))

static void check_laid(const char *file, int line, const char *text, const char *want) {
    struct laid laid;
    lay_out(&laid, bytes_text(text));
    check_text(file, line, buf_text(&laid.text), want);
    CHECK(is_kept(bytes_text(text)));
    laid_free(&laid);
}

static void test_empty(void) {
    CHECK_LAID("", "");
    CHECK_LAID("\xef\xbb\xbf", "");
    CHECK_LAID("\n\n // nothing\r\n\n\n/* else */\n", "// nothing\n\n/* else */\n");
    CHECK_LAID("struct a {\n\n}", "struct a { }\n");
    CHECK_LAID("struct a {// x\n}", "struct a {  // x\n}\n");
    CHECK_LAID("struct a {\n// x\n}", "struct a {\n    // x\n}\n");
}

static void test_literals(void) {
    CHECK_LAID("let a=0x_Ff+1_000*'\\n'- -2.50e3;", "let a = 0x_Ff + 1_000 * '\\n' - -2.50e3;\n");
    CHECK_LAID("let a=\"\\x41\\u{e9}\xc3\xa9\";", "let a = \"\\x41\\u{e9}\xc3\xa9\";\n");
    CHECK_LAID("let a=((1)+(2*3));", "let a = ((1) + (2 * 3));\n");
    CHECK_LAID("let a=x in 1 .. 2||y in a+1 .. 2;", "let a = x in 1..2 || y in a + 1 .. 2;\n");
    CHECK_LAID("let f(a)=a[ * ].b . ** . c[ 1 ][-1]?\?-a;",
               "let f(a) = a[*].b.**.c[1][-1] ?\? -a;\n");
}

static void test_columns(void) {
    CHECK_LAID("struct a { uint8 x; // one\n uint16be yy;// two\n }",
               "struct a {\n    uint8    x;   // one\n    uint16be yy;  // two\n}\n");
    CHECK_LAID("struct a {\nuint8 x;\n\n\n\nuint16be y; skip (1);skip -x;}",
               "struct a {\n    uint8 x;\n\n    uint16be y;\n    skip     (1);\n"
               "    skip     -x;\n}\n");
    CHECK_LAID("enum a:uint8{x=1}\nflags bc:uint16{y=1,}",
               "enum a   : uint8  { x = 1 }\nflags bc : uint16 { y = 1 }\n");
    CHECK_LAID("struct a{switch(b) c {\n1:;\"long\":uint8;default:let=1;}}",
               "struct a {\n    switch (b) c {\n        1:       ;\n        \"long\":  uint8;\n"
               "        default: let = 1;\n    }\n}\n");
}

static void test_clauses(void) {
    CHECK_LAID(
        "struct a { uint8 x[3]:4 in 1..2 as hex recover r while w encoding e from f stride s "
        "sized z then t @ p when c; }\n",
        "struct a {\n    uint8 x[3] : 4 in 1..2 when c @ p then t sized z stride s from f "
        "encoding e while w recover r\n            as hex;\n}\n");
}

static void test_comments(void) {
    CHECK_LAID("struct a {\n uint8 x when 1 // why\n == 1; /// doc\n}\n",
               "struct a {\n    uint8 x when 1  // why\n            == 1;  /// doc\n}\n");
    CHECK_LAID("struct a {\n uint8 x /// doc\n when 1;\n}\n",
               "struct a {\n    /// doc\n    uint8 x when 1;\n}\n");
    CHECK_LAID("let a = { 1, /* two */ 2 };\n", "let a = { 1, /* two */ 2 };\n");
    CHECK_LAID("let a = 1\n + /// of nothing\n 2;\n", "let a = 1 +  // of nothing\n        2;\n");
    CHECK_LAID("struct a { if (x) { uint8 b; } // why\n else { uint8 c; } }\n",
               "struct a {\n    if (x) {\n        uint8 b;\n    } else {\n        // why\n"
               "        uint8 c;\n    }\n}\n");
    CHECK_LAID("enum e : uint8 {\n a = 1, /// A\n bb = 2 /// B\n}\n",
               "enum e : uint8 {\n    a  = 1,  /// A\n    bb = 2,  /// B\n}\n");
    CHECK_LAID("  /* a\n   * b\n   */\nlet a = 1;", "/* a\n * b\n */\nlet a = 1;\n");
}

CHECK_MAIN("pretty", {"nothing", test_empty}, {"literals", test_literals},
           {"columns", test_columns}, {"clauses", test_clauses}, {"comments", test_comments},
           {"schemas of the documents", test_documented_schemas},
           {"shipped schemas", test_shipped_schemas}, {"made schemas", test_made_schemas})
