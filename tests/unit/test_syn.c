/* The front end: scanner, grammar, tree, unparser. */
#include "config.h"

#include "check.h"

#include "syn/parse.h"
#include "syn/unparse.h"

/* One parse and what came out. */
struct fixture {
    struct arena arena;
    struct sources *sources;
    struct diags diags;
    struct parse_comments comments;
    struct parser parser;
    struct ast *tree;
};

enum as { SCHEMA, PATH, SCRIPT };

static struct ast *parse_bytes(struct fixture *f, enum as as, struct bytes text) {
    const struct source *source = sources_add(f->sources, "test", text);
    switch (as) {
    case SCHEMA:
        return parse_schema(&f->parser, source);
    case PATH:
        return parse_path(&f->parser, source);
    case SCRIPT:
        return parse_script(&f->parser, source);
    }
    return NULL;
}

static void begin_bytes(struct fixture *f, enum as as, struct bytes text) {
    *f = (struct fixture){0};
    f->sources = sources_new(&f->arena);
    diags_init(&f->diags, &f->arena, f->sources);
    f->parser = (struct parser){.arena = &f->arena,
                                .intern = intern_new(&f->arena),
                                .diags = &f->diags,
                                .comments = &f->comments};
    f->tree = parse_bytes(f, as, text);
}

static void begin(struct fixture *f, enum as as, const char *text) {
    begin_bytes(f, as, bytes_text(text));
}

static void end(struct fixture *f) {
    arena_free(&f->arena);
}

/* The nth of a list. */
static struct ast *nth(struct ast *list, unsigned n) {
    while (list && n-- > 0) {
        list = list->next;
    }
    return list;
}

static struct ast *item(const struct fixture *f, unsigned n) {
    return nth(f->tree->kid[0], n);
}

/* Compares the diagnostics, each as "CODE lo-hi message", one a line. */
#define CHECK_DIAGS(f, want) check_diags(__FILE__, __LINE__, (f), (want))

static void check_diags(const char *file, int line, const struct fixture *f, const char *want) {
    struct buf buf = {0};
    for (const struct diag *diag = f->diags.first; diag; diag = diag->next) {
        buf_printf(&buf, "%s %u-%u %s\n", diag_code_text(diag->code), diag->span.lo, diag->span.hi,
                   diag->message);
        for (const struct diag_note *note = diag->notes; note; note = note->next) {
            buf_printf(&buf, "  %s\n", note->message);
        }
    }
    check_text(file, line, buf_text(&buf), want);
    buf_free(&buf);
}

/* Parses a text with mistakes and compares the diagnostics. */
#define CHECK_MISTAKES(as, text, want) check_mistakes(__FILE__, __LINE__, (as), (text), (want))

static void check_mistakes(const char *file, int line, enum as as, const char *text,
                           const char *want) {
    struct fixture f;
    begin(&f, as, text);
    check_diags(file, line, &f, want);
    end(&f);
}

/* Unparses the tree, compares the text if one is wanted, and checks that it parses to an equal
 * tree. */
static void check_unparse(const char *file, int line, enum as as, const char *text,
                          const char *want) {
    struct fixture f;
    begin(&f, as, text);
    check_diags(file, line, &f, "");
    struct buf buf = {0};
    if (as == PATH) {
        unparse_expr(f.tree, &buf);
    } else {
        unparse(f.tree, &buf);
    }
    if (want) {
        check_text(file, line, buf_text(&buf), want);
    }
    const struct ast *again = parse_bytes(&f, as, buf_bytes(&buf));
    check_diags(file, line, &f, "");
    check_int(file, line, ast_equal(f.tree, again), true);
    buf_free(&buf);
    end(&f);
}
#define CHECK_UNPARSE(as, text, want) check_unparse(__FILE__, __LINE__, (as), (text), (want))
#define CHECK_SAME(text)              check_unparse(__FILE__, __LINE__, PATH, (text), (text))

/* -- tokens ------------------------------------------------------------------------------------ */

static void check_integer(const char *text, uint64_t high, uint64_t low) {
    struct fixture f;
    begin(&f, PATH, text);
    CHECK_DIAGS(&f, "");
    CHECK_INT(f.tree->kind, AST_INT);
    CHECK_INT((uint64_t)((uint128)f.tree->integer >> 64), high);
    CHECK_INT((uint64_t)f.tree->integer, low);
    CHECK_TEXT(f.tree->name, text);
    end(&f);
}

static void test_integers(void) {
    check_integer("0", 0, 0);
    check_integer("1_000_000", 0, 1000000);
    check_integer("0xfF", 0, 255);
    check_integer("0x_dead_beef", 0, 0xdeadbeef);
    check_integer("0o17", 0, 15);
    check_integer("0b1010_0101", 0, 165);
    check_integer("170141183460469231731687303715884105727", INT64_MAX, UINT64_MAX);
    check_integer("0x7fffffffffffffffffffffffffffffff", INT64_MAX, UINT64_MAX);
    check_integer("'a'", 0, 97);
    check_integer("'\\n'", 0, 10);
    check_integer("'\\''", 0, 39);
    check_integer("'\"'", 0, 34);
    check_integer("'\\xff'", 0, 255);
    check_integer("'\\u{1f600}'", 0, 0x1f600);
    check_integer("'\xc3\xa9'", 0, 0xe9);
    check_integer("'\\e'", 0, 27);
}

static void test_integer_mistakes(void) {
    CHECK_MISTAKES(
        PATH, "017",
        "E0105 0-3 a decimal number does not begin with 0; an octal one is written 0o17\n");
    CHECK_MISTAKES(PATH, "08", "E0105 0-2 a decimal number does not begin with 0\n");
    CHECK_MISTAKES(PATH, "0x", "E0105 0-2 digits are missing behind '0x'\n");
    CHECK_MISTAKES(PATH, "0b12", "E0105 3-4 '2' is no digit of a base 2 number\n");
    CHECK_MISTAKES(PATH, "0X1f", "E0105 0-4 the prefix of a number is written small: '0x'\n");
    CHECK_MISTAKES(PATH, "1__0", "E0105 2-3 '_' stands between two digits only\n");
    CHECK_MISTAKES(PATH, "10_", "E0105 2-3 '_' stands between two digits only\n");
    CHECK_MISTAKES(PATH, "12ul",
                   "E0105 2-4 a number has no suffix: integers are exact and of any size\n");
    CHECK_MISTAKES(PATH, "170141183460469231731687303715884105728",
                   "E0106 0-39 this number is too large: integers go up to 2^127 - 1\n");
    CHECK_MISTAKES(PATH, "''", "E0109 0-2 there is no character between the quotes\n");
    CHECK_MISTAKES(
        PATH, "'ab'",
        "E0109 0-4 more than one character between single quotes; a text is written in \"\"\n");
    CHECK_MISTAKES(PATH, "'a", "E0102 0-1 the closing ' is missing on this line\n");
}

static void check_float(const char *text, double want) {
    struct fixture f;
    begin(&f, PATH, text);
    CHECK_DIAGS(&f, "");
    CHECK_INT(f.tree->kind, AST_FLOAT);
    CHECK(f.tree->number == want);
    end(&f);
}

static void test_floats(void) {
    check_float("0.5", 0.5);
    check_float("1.5e3", 1500.0);
    check_float("25.0E-2", 0.25);
    check_float("1_000.2_5", 1000.25);
    check_float("1.0e+2", 100.0);
    CHECK_MISTAKES(
        PATH, "1e5",
        "E0105 0-3 a number with an exponent needs a dot with digits on both sides, as in 1.0e5\n");
    CHECK_MISTAKES(
        PATH, ".5",
        "E0105 0-2 this is no number: '.5' (one with a dot needs digits on both sides of it)\n");
    CHECK_MISTAKES(PATH, "1.0e999", "E0106 0-7 this number is too large for a double\n");
    CHECK_MISTAKES(
        PATH, "1.0e",
        "E0105 0-4 this is no number: '1.0e' (one with a dot needs digits on both sides of it)\n");
}

static void check_string(const char *text, const char *want, size_t len, bool raw) {
    struct fixture f;
    begin(&f, PATH, text);
    CHECK_DIAGS(&f, "");
    CHECK_INT(f.tree->kind, AST_STRING);
    CHECK_BYTES(f.tree->text.at, f.tree->text.len, want, len);
    CHECK_INT(f.tree->flag, raw);
    end(&f);
}

static void test_strings(void) {
    check_string("\"\"", "", 0, false);
    check_string("\"a b\"", "a b", 3, false);
    check_string("\"\\n\\t\\r\\0\\\\\\\"\\'\\a\\b\\f\\v\\e\"", "\n\t\r\0\\\"'\a\b\f\v\x1b", 12,
                 false);
    check_string("\"\\x89PNG\\x1a\"", "\x89PNG\x1a", 5, true);
    check_string("\"\\x1\x31z\"", "\x11z", 2, true);
    check_string("\"\\u{e9}\\u{20ac}\\u{10ffff}\"", "\xc3\xa9\xe2\x82\xac\xf4\x8f\xbf\xbf", 9,
                 false);
    check_string("\"\xc3\xa9\"", "\xc3\xa9", 2, false);
    check_string("\"'\"", "'", 1, false);
}

static void test_string_mistakes(void) {
    CHECK_MISTAKES(PATH, "\"abc", "E0102 0-1 the closing \" is missing on this line\n");
    CHECK_MISTAKES(PATH, "\"abc\\", "E0102 0-1 the closing \" is missing on this line\n");
    CHECK_MISTAKES(PATH, "\"\\q\"",
                   "E0104 1-3 unknown escape sequence; a backslash itself is written '\\\\'\n");
    CHECK_MISTAKES(PATH, "\"a\\x1g\"", "E0104 2-5 '\\x' takes exactly two hex digits\n");
    CHECK_MISTAKES(PATH, "\"\\u{}\"",
                   "E0104 1-3 '\\u' takes one to six hex digits in braces, as in '\\u{e9}'\n");
    CHECK_MISTAKES(PATH, "\"\\u{d800}\"", "E0104 1-9 there is no such character in Unicode\n");
    CHECK_MISTAKES(
        PATH, "\"\\012\"",
        "E0104 1-3 octal escapes do not exist (but '\\0', and no digit behind it): a byte "
        "is written '\\x' and two hex digits\n");
    CHECK_MISTAKES(
        PATH, "\"\xff\"",
        "E0107 1-2 this text is not UTF-8; a byte of any value is written '\\x' and two hex digits\n");
    CHECK_MISTAKES(PATH, "\"\x01\"",
                   "E0101 1-2 a control character in a string is written '\\x01'\n");
}

static void test_stray_characters(void) {
    CHECK_MISTAKES(PATH, "a # `",
                   "E0101 2-3 unexpected character '#'\nE0101 4-5 unexpected character '`'\n");
    CHECK_MISTAKES(PATH, "a\x02", "E0101 1-2 unexpected control character 0x02\n");
    CHECK_MISTAKES(PATH, "a \xe2\x82\xac", "E0101 2-5 unexpected character '\xe2\x82\xac'\n");
    CHECK_MISTAKES(PATH, "a \xff", "E0107 2-3 this text is not UTF-8\n");
    CHECK_MISTAKES(PATH, "a \xe2\x80\x9c",
                   "E0101 2-5 unexpected character '\xe2\x80\x9c': quotes are plain \" and '\n");
    struct fixture f;
    begin_bytes(&f, PATH, bytes_of("a\0\0.\0b", 6));
    CHECK_DIAGS(&f, "E0101 1-2 unexpected control character 0x00\n");
    CHECK_INT(f.tree->kind, AST_MEMBER);
    end(&f);
    begin_bytes(&f, PATH, bytes_of("", 0));
    CHECK_DIAGS(&f, "E0201 0-0 expected an expression, got the end of the text\n");
    CHECK_INT(f.tree->kind, AST_ERROR);
    end(&f);
}

static void test_white_space_and_comments(void) {
    struct fixture f;
    begin(&f, SCHEMA,
          "\xef\xbb\xbf// one\r\nendian /* two\n*/ big;\r\n/// three\nlet a = 1; //// four\n/**/");
    CHECK_DIAGS(&f, "");
    CHECK_INT(f.comments.n, 5);
    if (f.comments.n == 5) {
        CHECK_INT(f.comments.at[0].span.lo, 3);
        CHECK_INT(f.comments.at[0].doc, false);
        CHECK_INT(f.comments.at[1].span.lo, 18);
        CHECK_INT(f.comments.at[1].span.hi, 27);
        CHECK_INT(f.comments.at[2].doc, true);
        CHECK_INT(f.comments.at[3].doc, false);
    }
    CHECK_TEXT(item(&f, 1)->doc, "three");
    end(&f);
    CHECK_MISTAKES(SCHEMA, "endian big; /* no end", "E0103 12-14 the closing '*/' is missing\n");
}

/* -- expressions ------------------------------------------------------------------------------- */

/* Writes the shape of an expression with all parentheses. */
static void put_shape(const struct ast *e, struct buf *out) {
    if (e->name) {
        buf_puts(out, e->name);
    } else {
        buf_puts(out, ast_kind_text((enum ast_kind)e->kind));
    }
    buf_puts(out, ast_op_text((enum ast_op)e->op));
    for (unsigned i = 0; i < 3; i++) {
        for (const struct ast *kid = e->kid[i]; kid; kid = kid->next) {
            buf_putc(out, i == 0 && kid == e->kid[0] ? '(' : ',');
            put_shape(kid, out);
        }
    }
    if (e->kid[0]) {
        buf_putc(out, ')');
    }
}

static void check_shape(const char *file, int line, const char *text, const char *want) {
    struct fixture f;
    begin(&f, PATH, text);
    check_diags(file, line, &f, "");
    struct buf buf = {0};
    put_shape(f.tree, &buf);
    check_text(file, line, buf_text(&buf), want);
    buf_free(&buf);
    end(&f);
}
#define CHECK_SHAPE(text, want) check_shape(__FILE__, __LINE__, (text), (want))

static void test_precedence(void) {
    CHECK_SHAPE("a + b * c", "BINARY+(a,BINARY*(b,c))");
    CHECK_SHAPE("a - b - c", "BINARY-(BINARY-(a,b),c)");
    CHECK_SHAPE("a ?? b ?? c", "BINARY?\?(a,BINARY?\?(b,c))");
    CHECK_SHAPE("a ?? b - 1", "BINARY-(BINARY?\?(a,b),1)");
    CHECK_SHAPE("a & b == c", "BINARY&(a,BINARY==(b,c))");
    CHECK_SHAPE("a || b && c | d ^ e & f",
                "BINARY||(a,BINARY&&(b,BINARY|(c,BINARY^(d,BINARY&(e,f)))))");
    CHECK_SHAPE("a << 1 < b >> 2", "BINARY<(BINARY<<(a,1),BINARY>>(b,2))");
    CHECK_SHAPE("a ? b : c ? d : e", "COND(a,b,COND(c,d,e))");
    CHECK_SHAPE("-~!a.b", "UNARY-(UNARY~(UNARY!(b(a))))");
    CHECK_SHAPE("a in 0..1 == true", "BINARY==(IN(a,RANGE(0,1)),BOOL)");
    CHECK_SHAPE("a in kind", "IN(a,kind)");
    CHECK_SHAPE("a[2..5]", "INDEX(a,RANGE(2,5))");
    CHECK_SHAPE("a[$.x == 1][*].b.**.c", "c(b(ALL(INDEX(a,BINARY==(x($),1)))))");
    CHECK_SHAPE("**.a.b", "b(a)");
    CHECK_SHAPE("f(a, g()) % h", "BINARY%(f(a,g),h)");
    CHECK_SHAPE("{ 1, 2..3 }", "LIST(1,RANGE(2,3))");
    CHECK_SHAPE("{ a = 1, b = { c = 2 } }", "OBJECT(a(1),b(OBJECT(c(2))))");
    CHECK_SHAPE("$index + $prev.x", "BINARY+($index,x($prev))");
    CHECK_SHAPE("(a + b) * when.in", "BINARY*(PAREN(BINARY+(a,b)),in(when))");
}

static void test_spans(void) {
    struct fixture f;
    begin(&f, PATH, " aa.bb + cc(1) ");
    CHECK_INT(f.tree->span.lo, 1);
    CHECK_INT(f.tree->span.hi, 14);
    CHECK_INT(f.tree->kid[0]->name_span.lo, 4);
    CHECK_INT(f.tree->kid[0]->name_span.hi, 6);
    CHECK_INT(f.tree->kid[1]->span.lo, 9);
    CHECK_INT(f.tree->kid[1]->name_span.hi, 11);
    end(&f);
    begin(&f, SCHEMA, "endian big ;\nstruct aa { uint8 xx[2] @ 3 ; }");
    CHECK_INT(item(&f, 0)->span.hi, 10);
    struct ast *record = item(&f, 1);
    CHECK_INT(record->span.lo, 13);
    CHECK_INT(record->span.hi, 44);
    CHECK_INT(record->name_span.lo, 20);
    CHECK_INT(record->kid[2]->span.lo, 25);
    CHECK_INT(record->kid[2]->span.hi, 40);
    CHECK_INT(record->kid[2]->kid[0]->span.hi, 30);
    end(&f);
}

/* -- files ------------------------------------------------------------------------------------- */

static void test_items(void) {
    struct fixture f;
    begin(&f, SCHEMA,
          "schema png \"An image\"; files \"*.png\", \"*.apng\"; import \"common/time\";\n"
          "detect \"a\" @ 0, \"b\" @ 4;\n"
          "let align4(n, m) = n + m; let list = first then next($) until $ == 0;\n"
          "enum e : uint8 { a = 1, b = -2, } flags g : uint16 { c = 4 }\n"
          "union u(uint8 lacing[], bool q) sized 4 { } typedef char fourcc[4];\n"
          "typedef switch (k) v { 1: uint8; } test \"t\" hex(\"00\") { require a == 1; }\n"
          "test u \"t\" \"x\" { }");
    CHECK_DIAGS(&f, "");
    CHECK_INT(f.tree->kind, AST_FILE);
    CHECK_TEXT(item(&f, 0)->name, "png");
    CHECK_BYTES(item(&f, 0)->text.at, item(&f, 0)->text.len, "An image", 8);
    CHECK_INT(nth(item(&f, 1)->kid[0], 1)->kind, AST_STRING);
    CHECK_BYTES(item(&f, 2)->text.at, item(&f, 2)->text.len, "common/time", 11);
    CHECK_INT(nth(item(&f, 3)->kid[0], 1)->kind, AST_DETECT_AT);
    struct ast *function = item(&f, 4);
    CHECK_INT(function->flag, true);
    CHECK_INT(function->kid[0]->kind, AST_SEQ);
    CHECK_TEXT(nth(function->kid[1], 1)->name, "m");
    CHECK(function->kid[1]->kid[0] == NULL);
    struct ast *chain = item(&f, 5)->kid[0];
    CHECK_INT(item(&f, 5)->flag, false);
    CHECK_INT(chain->op, AST_OP_UNTIL);
    CHECK_INT(chain->kid[1]->kind, AST_CALL);
    CHECK_INT(chain->kid[2]->kind, AST_BINARY);
    CHECK_INT(item(&f, 6)->kind, AST_ENUM);
    CHECK_TEXT(nth(item(&f, 6)->kid[1], 1)->name, "b");
    CHECK_INT(item(&f, 7)->kind, AST_FLAGS);
    struct ast *record = item(&f, 8);
    CHECK_INT(record->flag, true);
    CHECK_INT(record->op, 1);
    CHECK_INT(record->kid[0]->flag, true);
    CHECK_INT(record->kid[1]->kind, AST_INT);
    CHECK(record->kid[2] == NULL);
    CHECK_TEXT(item(&f, 9)->name, "fourcc");
    CHECK_INT(item(&f, 9)->kid[0]->kind, AST_FIELD);
    CHECK_INT(item(&f, 10)->kid[0]->kid[0]->kind, AST_TYPE_SWITCH);
    CHECK(item(&f, 11)->kid[0] == NULL);
    CHECK_INT(item(&f, 11)->kid[1]->kind, AST_CALL);
    CHECK_INT(item(&f, 11)->kid[2]->kind, AST_REQUIRE);
    CHECK_TEXT(item(&f, 12)->kid[0]->name, "u");
    end(&f);
}

static void test_members(void) {
    struct fixture f;
    begin(
        &f, SCHEMA,
        "struct s { uint8 : 3; let x = 1; check a : \"m\"; require b; magic \"M\"; align 4; skip 2;\n"
        "  endian big; if (a) { uint8 p; } else if (b) { } else { uint8 q; uint8 r; }\n"
        "  struct sized 4 { } in[2] @ 1; union { uint8 a; } un; kind.part t; }");
    CHECK_DIAGS(&f, "");
    struct ast *m = item(&f, 0)->kid[2];
    CHECK_INT(nth(m, 0)->kind, AST_PAD);
    CHECK_INT(nth(m, 1)->kid[0]->kind, AST_SEQ);
    CHECK(nth(m, 1)->kid[0]->kid[1] == NULL);
    CHECK_INT(nth(m, 2)->flag, true);
    CHECK_INT(nth(m, 3)->flag, false);
    CHECK_INT(nth(m, 4)->kind, AST_MAGIC);
    CHECK_INT(nth(m, 5)->kind, AST_ALIGN);
    CHECK_INT(nth(m, 6)->kind, AST_SKIP);
    CHECK_INT(nth(m, 7)->kind, AST_ENDIAN);
    struct ast *cond = nth(m, 8);
    CHECK_INT(cond->flag, true);
    CHECK_INT(cond->kid[2]->kind, AST_IF);
    CHECK_TEXT(nth(cond->kid[2]->kid[2], 1)->name, "r");
    struct ast *inner = nth(m, 9);
    CHECK_TEXT(inner->name, "in");
    CHECK_INT(inner->kid[0]->kind, AST_TYPE_STRUCT);
    CHECK_INT(inner->kid[0]->flag, false);
    CHECK_INT(inner->kid[0]->kid[1]->kind, AST_INT);
    CHECK_INT(inner->kid[1]->kind, AST_DIM);
    CHECK_INT(nth(m, 10)->kid[0]->flag, true);
    CHECK_INT(nth(m, 11)->kid[0]->kind, AST_TYPE_OF);
    CHECK_TEXT(nth(m, 11)->kid[0]->name, "kind");
    CHECK_BYTES(nth(m, 11)->kid[0]->text.at, nth(m, 11)->kid[0]->text.len, "part", 4);
    end(&f);
}

static void test_clauses(void) {
    struct fixture f;
    begin(&f, SCHEMA,
          "struct s { uint16 a[2][] : 4 + 1 = 5 @ 1 as hex when b; packet(x, 1) in in 1..2; }");
    CHECK_DIAGS(&f, "");
    struct ast *a = item(&f, 0)->kid[2];
    CHECK_INT(nth(a->kid[1], 0)->kid[0]->kind, AST_INT);
    CHECK(nth(a->kid[1], 1)->kid[0] == NULL);
    CHECK_INT(nth(a->kid[2], 0)->kind, AST_C_BITS);
    CHECK_INT(nth(a->kid[2], 1)->kind, AST_C_EQUALS);
    CHECK_INT(nth(a->kid[2], 2)->kind, AST_C_AT);
    CHECK_TEXT(nth(a->kid[2], 3)->name, "hex");
    CHECK(ast_clause(a, AST_C_WHEN) == nth(a->kid[2], 4));
    CHECK(ast_clause(a, AST_C_FROM) == NULL);
    struct ast *in = a->next;
    CHECK_INT(in->kid[0]->flag, true);
    CHECK_INT(nth(in->kid[0]->kid[0], 1)->kind, AST_INT);
    CHECK_INT(in->kid[2]->kid[0]->kind, AST_RANGE);
    end(&f);
    CHECK_MISTAKES(SCHEMA, "struct s { uint8 a when 1 @ 2 when 3; }",
                   "E0203 30-36 this clause is given a second time\n  the first one is here\n");
}

static void test_switches(void) {
    struct fixture f;
    begin(&f, SCHEMA,
          "struct s { switch (t) v[n] sized 4 { 1, 2..3: byte[t - 1] as hex; \"x\": { uint8 a; }\n"
          "  8: let = 0; 9: ; a.b: int8 : 4; default: string[]; } }");
    CHECK_DIAGS(&f, "");
    struct ast *field = item(&f, 0)->kid[2];
    CHECK_TEXT(field->name, "v");
    CHECK_INT(field->kid[1]->kind, AST_DIM);
    CHECK_INT(field->kid[2]->kind, AST_C_SIZED);
    struct ast *arms = field->kid[0]->kid[1];
    CHECK_INT(nth(nth(arms, 0)->kid[0], 1)->kind, AST_RANGE);
    CHECK_INT(nth(arms, 0)->kid[1]->kind, AST_FIELD);
    CHECK(nth(arms, 0)->kid[1]->name == NULL);
    CHECK_INT(nth(arms, 1)->kid[1]->kid[0]->kind, AST_TYPE_STRUCT);
    CHECK_INT(nth(arms, 2)->kid[1]->kind, AST_LET);
    CHECK_INT(nth(arms, 2)->kid[1]->kid[0]->kind, AST_SEQ);
    CHECK(nth(arms, 3)->kid[1] == NULL);
    CHECK_INT(nth(arms, 4)->kid[0]->kind, AST_MEMBER);
    CHECK_INT(nth(arms, 4)->kid[1]->kid[2]->kind, AST_C_BITS);
    CHECK(nth(arms, 5)->kid[0] == NULL);
    end(&f);
}

/* Every word of the language that is not reserved names a field, and stands in expressions. */
static void test_soft_words(void) {
    static const char words[] =
        "schema files mime detect import test flags endian bitorder encoding let check require magic align skip in "
        "sized stride from until when as recover then included left optional set delete insert append replace with print "
        "type size length data index root parent this rest count value";
    struct buf buf = {0};
    buf_puts(&buf, "struct s {");
    unsigned n = 0;
    for (const char *at = words; *at; n++) {
        int len = (int)strcspn(at, " ");
        buf_printf(&buf, "uint8 %.*s[%.*s] = %.*s sized %.*s(%.*s) when s.%.*s;", len, at, len, at,
                   len, at, len, at, len, at, len, at);
        at += len + (at[len] == ' ');
    }
    buf_puts(&buf,
             "} struct flags { flags flags; test test; } enum in : uint8 { as = 1, then = 2 }");
    struct fixture f;
    begin(&f, SCHEMA, buf_text(&buf));
    CHECK_DIAGS(&f, "");
    CHECK_INT(n, 46);
    CHECK_TEXT(nth(item(&f, 0)->kid[2], 45)->name, "value");
    buf_free(&buf);
    end(&f);
    CHECK_MISTAKES(SCHEMA, "struct s { uint8 if; }",
                   "E0201 17-19 expected a name, got the reserved word 'if'\n"
                   "  in backquotes it is a name: '`if`'\n");
}

static void test_docs(void) {
    struct fixture f;
    begin(
        &f, SCHEMA,
        "/// The file,\n///  two lines.\n///\nschema x \"x\"; /// behind\n"
        "/// enum\nenum e : uint8 { /// e too\n  a = 1, /// first\n  /// second\n  b = 2 /// also second\n}\n"
        "struct s { /// s\n  uint8 a; uint8 b; /// b\n  struct { /// c starts\n    uint8 d;\n  } c; /// c\n"
        "  switch (a) v {\n    1: uint8; /// one\n    /// two\n    2: { uint8 q; /// q\n } /// still two\n  } /// v\n"
        "  if (a) { } /// if\n  /// of nothing\n} /// s ends\n"
        "typedef uint8 t; /// t\nlet a = 1 + /// a\n  2; /// a again\n");
    CHECK_DIAGS(&f, "");
    CHECK_TEXT(item(&f, 0)->doc, "The file,\n two lines.\n\nbehind");
    struct ast *e = item(&f, 1);
    CHECK_TEXT(e->doc, "enum\ne too");
    CHECK_TEXT(e->kid[1]->doc, "first");
    CHECK_TEXT(e->kid[1]->next->doc, "second\nalso second");
    struct ast *s = item(&f, 2);
    CHECK_TEXT(s->doc, "s\ns ends");
    struct ast *m = s->kid[2];
    CHECK_TEXT(nth(m, 0)->doc, NULL);
    CHECK_TEXT(nth(m, 1)->doc, "b");
    CHECK_TEXT(nth(m, 2)->doc, "c starts\nc");
    CHECK_TEXT(nth(m, 2)->kid[0]->kid[2]->doc, NULL);
    CHECK_TEXT(nth(m, 3)->doc, "v");
    struct ast *arms = nth(m, 3)->kid[0]->kid[1];
    CHECK_TEXT(arms->doc, "one");
    CHECK_TEXT(arms->next->doc, "two\nstill two");
    CHECK_TEXT(arms->next->kid[1]->kid[0]->kid[2]->doc, "q");
    CHECK_TEXT(nth(m, 4)->doc, "if");
    CHECK_TEXT(item(&f, 3)->doc, "t");
    CHECK_TEXT(item(&f, 4)->doc, "a\na again");
    end(&f);
}

static void test_scripts(void) {
    struct fixture f;
    begin(&f, SCRIPT,
          "require a : \"m\"; set a.b = 1; delete a[$.x]; insert a[1] { x = 1 }; append a { 1 };\n"
          "replace a with b; let x = 1; print a, b; for (c : d) { set c = 1; delete c; }\n"
          "insert a[1] with hex(\"00\"); append a with b; insert with with with;");
    CHECK_DIAGS(&f, "");
    static const enum ast_kind want[] = {AST_REQUIRE, AST_SET,     AST_DELETE, AST_INSERT,
                                         AST_APPEND,  AST_REPLACE, AST_LET,    AST_PRINT,
                                         AST_FOR,     AST_INSERT,  AST_APPEND, AST_INSERT};
    CHECK_INT(f.tree->kind, AST_SCRIPT);
    for (unsigned i = 0; i < sizeof want / sizeof *want; i++) {
        CHECK_INT(item(&f, i)->kind, want[i]);
    }
    CHECK_INT(item(&f, 3)->kid[1]->kind, AST_OBJECT);
    CHECK_INT(item(&f, 4)->kid[1]->kind, AST_LIST);
    CHECK_INT(item(&f, 6)->kid[0]->kind, AST_SEQ);
    CHECK_TEXT(item(&f, 8)->name, "c");
    CHECK_INT(item(&f, 8)->kid[1]->next->kind, AST_DELETE);
    CHECK_INT(item(&f, 3)->flag, false);
    CHECK_INT(item(&f, 9)->flag, true);
    CHECK_INT(item(&f, 9)->kid[1]->kind, AST_CALL);
    CHECK_INT(item(&f, 10)->flag, true);
    CHECK_TEXT(item(&f, 11)->kid[0]->name, "with");
    end(&f);
}

/* -- syntax errors ----------------------------------------------------------------------------- */

static void test_messages(void) {
    CHECK_MISTAKES(PATH, "a b", "E0201 2-3 expected the end, got 'b'\n");
    CHECK_MISTAKES(
        PATH, "a[1",
        "E0201 3-3 expected ']', got the end of the text\n  this bracket is still open\n");
    CHECK_MISTAKES(PATH, "(1 + )", "E0201 5-6 expected an expression, got ')'\n");
    CHECK_MISTAKES(PATH, "a.\"b\"", "E0201 2-5 expected a name or '**', got a string\n");
    CHECK_MISTAKES(
        SCHEMA, "strct a { }",
        "E0201 0-5 expected an item such as 'struct', 'enum' or 'let' or the end, got 'strct'\n"
        "  did you mean 'struct'?\n");
    CHECK_MISTAKES(SCHEMA, "struct a { uint8 x sizd 4; }",
                   "E0201 19-23 expected ';' or a clause, got 'sizd'\n  did you mean 'sized'?\n");
    CHECK_MISTAKES(SCHEMA, "struct a { uint8 x uint8 y; }",
                   "E0201 19-24 expected ';' or a clause, got 'uint8'\n");
    CHECK_MISTAKES(SCHEMA, "struct a { uint8 x\n}", "E0201 18-18 missing ';'\n");
    CHECK_MISTAKES(SCHEMA, "endian big", "E0201 10-10 missing ';'\n");
    CHECK_MISTAKES(
        SCHEMA, "struct a { uint8 x;",
        "E0201 19-19 expected a member or '}', got the end of the text\n  this bracket is still open\n");
    CHECK_MISTAKES(
        SCRIPT, "sett a = 1;",
        "E0201 0-4 expected a statement such as 'require' or 'for' or the end, got 'sett'\n"
        "  did you mean 'set'?\n");
}

/* One message for each mistake, and what is sound around it is in the tree. */
static void test_recovery(void) {
    struct fixture f;
    begin(
        &f, SCHEMA,
        "struct a {\n  uint8 x\n  uint8 y;\n  uint8 z in { 1, 2, };\n  if (x y) { uint8 p; } else { uint8 q; }\n"
        "  switch (x) v foo { 1: uint8; }\n  uint8 t[3;\n  uint8 last;\n}\n"
        "enum e : uint8 { a = 1 b = 2 }\n}\nstruct b { uint8 c = \"no end;\n uint8 d; }\nendian big;\n");
    CHECK_INT(f.diags.errors, 8);
    struct ast *m = item(&f, 0)->kid[2];
    CHECK_INT(nth(m, 0)->kind, AST_ERROR);
    CHECK_TEXT(nth(m, 1)->name, "y");
    CHECK_TEXT(nth(m, 2)->name, "z");
    CHECK_INT(nth(m, 3)->kind, AST_ERROR);
    CHECK_INT(nth(m, 4)->kind, AST_ERROR);
    CHECK_INT(nth(m, 5)->kind, AST_ERROR);
    CHECK_TEXT(nth(m, 6)->name, "last");
    CHECK_TEXT(item(&f, 1)->name, "e");
    CHECK_INT(item(&f, 2)->kind, AST_ERROR);
    CHECK_TEXT(item(&f, 3)->kid[2]->next->name, "d");
    CHECK_INT(item(&f, 4)->kind, AST_ENDIAN);
    end(&f);
}

/* -- nesting ----------------------------------------------------------------------------------- */

/* head, n times each, tail, n times close, end. */
static struct ast *parse_nested(struct fixture *f, const char *head, const char *each, unsigned n,
                                const char *middle, const char *close, const char *tail) {
    struct buf buf = {0};
    buf_puts(&buf, head);
    for (unsigned i = 0; i < n; i++) {
        buf_puts(&buf, each);
    }
    buf_puts(&buf, middle);
    for (unsigned i = 0; i < n; i++) {
        buf_puts(&buf, close);
    }
    buf_puts(&buf, tail);
    begin(f, SCHEMA, buf_text(&buf));
    buf_free(&buf);
    return f->tree;
}

/* Whether n levels are refused with one diagnostic, and the tree is no deeper than allowed. */
static bool is_refused(const char *head, const char *each, unsigned n, const char *middle,
                       const char *close, const char *tail) {
    struct fixture f;
    const struct ast *tree = parse_nested(&f, head, each, n, middle, close, tail);
    bool refused = f.diags.errors > 0;
    CHECK_INT(f.diags.errors, refused ? 1 : 0);
    CHECK(!refused || f.diags.first->code == DIAG_NESTING);
    CHECK(tree->depth <= AST_DEPTH_MAX + 4);
    end(&f);
    return refused;
}

static void test_nesting(void) {
    CHECK(!is_refused("let a = ", "(", 256, "1", ")", ";"));
    CHECK(is_refused("let a = ", "(", 257, "1", ")", ";"));
    CHECK(is_refused("let a = ", "(", 1000000, "", "", ""));
    CHECK(!is_refused("struct s { ", "struct {", 255, "", "} a;", "}"));
    CHECK(is_refused("struct s { ", "struct {", 10000, "", "", ""));
    CHECK(!is_refused("let a = ", "- ", 256, "1;", "", ""));
    CHECK(is_refused("let a = ", "- ", 257, "1;", "", ""));
    CHECK(is_refused("let a = ", "!", 1000000, "1;", "", ""));
    CHECK(!is_refused("let a = ", "1+", 2000, "1;", "", ""));
    CHECK(is_refused("let a = ", "1+", 1000000, "1;", "", ""));
    CHECK(!is_refused("let a = ", "a ? b : ", 2000, "c;", "", ""));
    CHECK(is_refused("let a = ", "a ? b : ", 300000, "c;", "", ""));
    CHECK(!is_refused("let a = ", "a ?? ", 2000, "c;", "", ""));
    CHECK(is_refused("let a = ", "a ?? ", 500000, "c;", "", ""));
    CHECK(is_refused("let a = a", ".b", 500000, ";", "", ""));
    CHECK(is_refused("let a = a", "[0]", 500000, ";", "", ""));
    CHECK(!is_refused("struct s { if (a) { }", " else if (a) { }", 255, "}", "", ""));
    CHECK(is_refused("struct s { if (a) { }", " else if (a) { }", 256, "}", "", ""));
    CHECK(is_refused("struct s { if (a) { }", " else if (a) { }", 100000, "}", "", ""));
}

static void test_long_lists(void) {
    struct fixture f;
    CHECK_INT(parse_nested(&f, "struct s {", "a b;", 1000000, "}", "", "")->depth, 4);
    CHECK_DIAGS(&f, "");
    end(&f);
    parse_nested(&f, "let a = {", "1,", 1000000, "1 };", "", "");
    CHECK_DIAGS(&f, "");
    end(&f);
}

/* -- unparsing --------------------------------------------------------------------------------- */

static void test_unparse_expressions(void) {
    CHECK_SAME("a + b * (c - d) - (e - f)");
    CHECK_SAME("a ?? b ?? (c ?? d) || !x && ~-y == 0x0f");
    CHECK_SAME("(a ? b : c) ? d : e ? f : g");
    CHECK_SAME("x in { 0, 3..5, \"a\" } && y in 1..2 && z in kind");
    CHECK_SAME("a[$.x == 1][*].**.b[2 .. $index - 1][i .. j + 1].true_");
    CHECK_SAME("crc(32, 0x04c11db7, 0, page) + '\\n' + 1_000.5e-3 + \"\\x89P\\u{e9}\"");
    CHECK_SAME("{ a = 1, b = { c = true, d = false } }");
    CHECK_SAME("**.a[0] + -**.b");
    CHECK_SAME("a - -b - --1");
    CHECK_SAME("`a b`.`if`[`-`].**.`1` + `for`(when) - $parent.`x y`");
}

static void test_unparse_file(void) {
    CHECK_UNPARSE(
        SCHEMA,
        "/// doc\nschema x \"a \\\"b\\\"\\n\\u{1}\";endian big;enum e:uint8{a=0x10,b=' '}\n"
        "struct s(uint8 l[], t u) sized 4{uint8 a;/// a\n"
        "uint8 :3;if(a){}else if(b){skip 1;}else{align 2;}switch(a)v{1,2..3:;default:byte[];\n"
        "\"q\":{uint8 z;}4:let=1;}struct{uint8 x;}y[2] @ 1;uint16 w[2][]:3=4 as hex;}",
        "/// doc\n"
        "schema x \"a \\\"b\\\"\\n\\u{1}\";\n"
        "endian big;\n"
        "\n"
        "enum e : uint8 {\n"
        "    a = 0x10,\n"
        "    b = ' ',\n"
        "}\n"
        "\n"
        "struct s(uint8 l[], t u) sized 4 {\n"
        "    /// a\n"
        "    uint8 a;\n"
        "    uint8 : 3;\n"
        "    if (a) { } else if (b) {\n"
        "        skip 1;\n"
        "    } else {\n"
        "        align 2;\n"
        "    }\n"
        "    switch (a) v {\n"
        "        1, 2..3:;\n"
        "        default: byte[];\n"
        "        \"q\": {\n"
        "            uint8 z;\n"
        "        }\n"
        "        4: let = 1;\n"
        "    }\n"
        "    struct {\n"
        "        uint8 x;\n"
        "    } y[2] @ 1;\n"
        "    uint16 w[2][] : 3 = 4 as hex;\n"
        "}\n");
    CHECK_UNPARSE(
        SCHEMA,
        "files \"*.a\", \"*.b\"; mime \"a/b\"; import \"c\"; detect \"x\\x89\" @ 0, a @ 1; bitorder msb;\n"
        "encoding \"UTF-8\"; let f(a, b) = a + b; let g = a then $.n while $ in 2..3; flags h : uint8 { a = 1 }\n"
        "union u { a.b c; } typedef char f[4] encoding \"x\"; typedef switch (a) b { 1: uint8; }\n"
        "test \"t\" hex(\"00\") { require a : \"m\"; set a = 1; for (a : b) { print a, b; } }\n"
        "test u \"t\" hex(\"00\") { } test a.b \"t\" \"\" { }\n"
        "struct r { let a = 1; check a in { 1, 2..3 } : \"m\"; check a; require b; magic \"x\"; \n"
        "a(1, 2) b @ 1 then 2 sized 3 stride 4 from 5 until 6 when 8 encoding 9 recover 10;\n"
        "string c[] until \"x\" included left optional when y; string c[] until z optional;\n"
        "let d = a ? b : c when e && f;\n"
        "a b in 1..2 while x; struct sized 4 { } v; /// v\n\n if (a) { /// in\n if (b) { } } else { if (c) { } } }",
        NULL);
}

/* Quotes stand where a name needs them, and only there. */
static void test_unparse_names(void) {
    CHECK_UNPARSE(SCHEMA,
                  "schema `s`\"\";enum`if`{`a`=1,`b-`=2}struct`when`(`if``in`){`when``let`;"
                  "`flags`x require `let`.`else`==$:\"m\";`if`(`uint8`)`y`;let`true`=`x`;}",
                  "schema s \"\";\n"
                  "\n"
                  "enum `if` {\n"
                  "    a = 1,\n"
                  "    `b-` = 2,\n"
                  "}\n"
                  "\n"
                  "struct `when`(`if` in) {\n"
                  "    `when` let;\n"
                  "    flags x require let.`else` == $ : \"m\";\n"
                  "    `if`(uint8) y;\n"
                  "    let `true` = x;\n"
                  "}\n");
}

static void test_unparse_script(void) {
    CHECK_UNPARSE(
        SCRIPT,
        "insert a[1]{x=1,y={z=2}};append a{1};replace a[2..3] with b;delete a;let x=1;"
        "insert a[1]with hex(\"00\");append a with{1};",
        "insert a[1] { x = 1, y = { z = 2 } };\nappend a { 1 };\nreplace a[2..3] with b;\ndelete a;\n"
        "let x = 1;\ninsert a[1] with hex(\"00\");\nappend a with { 1 };\n");
}

/* A tree that no parse made gets the parentheses it needs. */
static void test_unparse_made(void) {
    struct fixture f;
    begin(&f, PATH, "1 + 2");
    struct ast *times = ast_new(&f.arena, AST_BINARY, span_none());
    times->op = AST_OP_MUL;
    times->kid[0] = f.tree;
    times->kid[1] = ast_new(&f.arena, AST_INT, span_none());
    times->kid[1]->integer = -3;
    struct ast *member = ast_new(&f.arena, AST_MEMBER, span_none());
    member->name = "x";
    member->kid[0] = times;
    struct buf buf = {0};
    unparse_expr(member, &buf);
    CHECK_TEXT(buf_text(&buf), "((1 + 2) * -3).x");
    buf_clear(&buf);
    struct ast *text = ast_new(&f.arena, AST_STRING, span_none());
    text->text = bytes_of("a\0\x31\x89\n", 5);
    text->flag = true;
    unparse_expr(text, &buf);
    CHECK_TEXT(buf_text(&buf), "\"a\\x001\\x89\\n\"");
    buf_clear(&buf);
    struct ast *number = ast_new(&f.arena, AST_FLOAT, span_none());
    number->number = 0.1;
    unparse_expr(number, &buf);
    struct ast *again = parse_bytes(&f, PATH, buf_bytes(&buf));
    CHECK_DIAGS(&f, "");
    CHECK(again->number == 0.1);
    buf_free(&buf);
    end(&f);
}

static bool are_equal(const char *a, const char *b) {
    struct fixture f;
    begin(&f, PATH, a);
    bool equal = ast_equal(f.tree, parse_bytes(&f, PATH, bytes_text(b)));
    end(&f);
    return equal;
}

static void test_equal(void) {
    CHECK(are_equal("a+b", " ( a ) + ((b)) "));
    CHECK(are_equal("0x10", "16"));
    CHECK(are_equal("\"\\n\"", "\"\\u{a}\""));
    CHECK(!are_equal("a+b", "a-b"));
    CHECK(!are_equal("a", "b"));
    CHECK(!are_equal("1", "2"));
    CHECK(!are_equal("f(a)", "f(a, b)"));
    CHECK(!are_equal("1", "1.0"));
    CHECK(!are_equal("(a + b) + c", "a + (b + c)"));
    CHECK(!are_equal("\"a\"", "\"\\x61\""));
}

CHECK_MAIN("syn", {"integers", test_integers}, {"mistakes in integers", test_integer_mistakes},
           {"floats", test_floats}, {"strings", test_strings},
           {"mistakes in strings", test_string_mistakes},
           {"stray characters", test_stray_characters},
           {"white space and comments", test_white_space_and_comments},
           {"precedence", test_precedence}, {"spans", test_spans}, {"items", test_items},
           {"members", test_members}, {"clauses", test_clauses}, {"switches", test_switches},
           {"words as names", test_soft_words}, {"doc comments", test_docs},
           {"scripts", test_scripts}, {"messages", test_messages}, {"recovery", test_recovery},
           {"nesting", test_nesting}, {"long lists", test_long_lists},
           {"unparsing expressions", test_unparse_expressions},
           {"unparsing a file", test_unparse_file}, {"unparsing names", test_unparse_names},
           {"unparsing a script", test_unparse_script},
           {"unparsing what was made", test_unparse_made}, {"equality", test_equal})
