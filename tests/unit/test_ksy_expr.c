/* Kaitai's expressions: tokens, precedence, literals, mistakes. The trees wanted follow from the rules of its language. */
#include "config.h"

#include "check.h"

#include "ksy/expr.h"

/* One parse and what came out. */
struct fixture {
    struct arena arena;
    struct sources *sources;
    struct diags diags;
    struct intern *intern;
    struct yaml scalar;
};

/* The scalar stands behind four bytes of its source. */
static void begin_bytes(struct fixture *f, struct bytes text) {
    *f = (struct fixture){0};
    f->sources = sources_new(&f->arena);
    diags_init(&f->diags, &f->arena, f->sources);
    f->intern = intern_new(&f->arena);
    struct buf file = {0};
    buf_puts(&file, "a:  ");
    buf_put(&file, text.at, text.len);
    const struct source *source = sources_add(f->sources, "test", buf_bytes(&file));
    buf_free(&file);
    f->scalar = (struct yaml){.kind = YAML_SCALAR,
                              .span = {source->base + 4, source->base + 4 + (uint32_t)text.len},
                              .text = bytes_of(source->text.at + 4, text.len),
                              .straight = source->base + 4};
}

static void begin(struct fixture *f, const char *text) {
    begin_bytes(f, bytes_text(text));
}

static void end(struct fixture *f) {
    arena_free(&f->arena);
}

/* -- trees as text ----------------------------------------------------------------------------- */

static const char *op_text(enum ksy_op op) {
    static const char *const texts[] = {
        [KSY_OP_NONE] = "",     [KSY_OP_OR] = "or",   [KSY_OP_AND] = "and", [KSY_OP_NOT] = "not",
        [KSY_OP_EQ] = "==",     [KSY_OP_NE] = "!=",   [KSY_OP_LT] = "<",    [KSY_OP_LE] = "<=",
        [KSY_OP_GT] = ">",      [KSY_OP_GE] = ">=",   [KSY_OP_BITOR] = "|", [KSY_OP_BITXOR] = "^",
        [KSY_OP_BITAND] = "&",  [KSY_OP_SHL] = "<<",  [KSY_OP_SHR] = ">>",  [KSY_OP_ADD] = "+",
        [KSY_OP_SUB] = "-",     [KSY_OP_MUL] = "*",   [KSY_OP_DIV] = "/",   [KSY_OP_MOD] = "%",
        [KSY_OP_PLUS] = "plus", [KSY_OP_NEG] = "neg", [KSY_OP_INV] = "inv",
    };
    return texts[op];
}

static void put_type(struct buf *out, const struct ksy_type_name *type) {
    for (uint32_t i = 0; i < type->n; i++) {
        buf_printf(out, "%s%s", i > 0 || type->absolute ? "::" : "", type->names[i]);
    }
    buf_puts(out, type->array ? "[]" : "");
}

static void put(struct buf *out, const struct ksy_expr *e);

static void put_list(struct buf *out, const struct ksy_expr *first) {
    for (const struct ksy_expr *item = first; item; item = item->next) {
        buf_putc(out, ' ');
        put(out, item);
    }
}

static void put_text(struct buf *out, struct bytes text) {
    buf_putc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        buf_printf(out, text.at[i] < 0x20 || text.at[i] > 0x7e ? "{%02x}" : "%c", text.at[i]);
    }
    buf_putc(out, '"');
}

/* What a node is called in the text, and what stands behind that without a space. */
static void put_head(struct buf *out, const struct ksy_expr *e) {
    char integer[INT128_TEXT_MAX];
    switch (e->kind) {
    case KSY_INT:
        int128_text(e->integer, integer);
        buf_puts(out, integer);
        break;
    case KSY_FLOAT:
        buf_printf(out, "%.17gf", e->number);
        break;
    case KSY_STRING:
        put_text(out, e->text);
        break;
    case KSY_BOOL:
        buf_puts(out, e->integer ? "true" : "false");
        break;
    case KSY_NAME:
        buf_puts(out, e->name);
        break;
    case KSY_ENUM:
        put_type(out, &e->type_name);
        break;
    case KSY_FSTRING:
        buf_puts(out, "fstring");
        break;
    case KSY_LIST:
        buf_puts(out, "list");
        break;
    case KSY_UNARY:
    case KSY_BINARY:
        buf_puts(out, op_text(e->op));
        break;
    case KSY_COND:
        buf_puts(out, "?");
        break;
    case KSY_ATTRIBUTE:
        buf_printf(out, ".%s", e->name);
        break;
    case KSY_CALL:
        buf_printf(out, "call %s", e->name);
        break;
    case KSY_INDEX:
        buf_puts(out, "index");
        break;
    case KSY_CAST:
        buf_puts(out, "as ");
        put_type(out, &e->type_name);
        break;
    case KSY_SIZEOF:
    case KSY_BITSIZEOF:
        buf_puts(out, e->kind == KSY_SIZEOF ? "sizeof " : "bitsizeof ");
        put_type(out, &e->type_name);
        break;
    }
}

static void put(struct buf *out, const struct ksy_expr *e) {
    bool leaf = e->kind == KSY_INT || e->kind == KSY_FLOAT || e->kind == KSY_STRING ||
                e->kind == KSY_BOOL || e->kind == KSY_NAME || e->kind == KSY_ENUM;
    buf_puts(out, leaf ? "" : "(");
    put_head(out, e);
    for (int i = 0; i < 3 && e->kid[i]; i++) {
        buf_putc(out, ' ');
        put(out, e->kid[i]);
    }
    put_list(out, e->args);
    buf_puts(out, leaf ? "" : ")");
}

/* What was reported, each as "CODE lo-hi: message" with places in the scalar, notes behind it. */
static void put_diags(struct buf *out, const struct fixture *f) {
    for (const struct diag *diag = f->diags.first; diag; diag = diag->next) {
        buf_printf(out, "%s %u-%u %s", diag_code_text(diag->code),
                   diag->span.lo - f->scalar.straight, diag->span.hi - f->scalar.straight,
                   diag->message);
        for (const struct diag_note *note = diag->notes; note; note = note->next) {
            buf_printf(out, " (%s)", note->message);
        }
    }
}

static void check_expr(const char *file, int line, struct bytes text, const char *want) {
    struct fixture f;
    begin_bytes(&f, text);
    struct buf out = {0};
    const struct ksy_expr *e = ksy_expr_parse(&f.arena, f.intern, &f.diags, &f.scalar);
    if (e) {
        put(&out, e);
    }
    put_diags(&out, &f);
    check_text(file, line, buf_text(&out), want);
    buf_free(&out);
    end(&f);
}
#define CHECK_EXPR(text, want) check_expr(__FILE__, __LINE__, bytes_text(text), (want))

/* -- precedence -------------------------------------------------------------------------------- */

static void test_precedence(void) {
    CHECK_EXPR("a & b == c", "(== (& a b) c)");
    CHECK_EXPR("a == b | c", "(== a (| b c))");
    CHECK_EXPR("a | b ^ c & d << e + f * g", "(| a (^ b (& c (<< d (+ e (* f g))))))");
    CHECK_EXPR("a * b + c << d & e ^ f | g", "(| (^ (& (<< (+ (* a b) c) d) e) f) g)");
    CHECK_EXPR("a or b and not c == d", "(or a (and b (not (== c d))))");
    CHECK_EXPR("not a and b", "(and (not a) b)");
    CHECK_EXPR("not not a", "(not (not a))");
    CHECK_EXPR("a or b or c", "(or (or a b) c)");
    CHECK_EXPR("a - b - c", "(- (- a b) c)");
    CHECK_EXPR("a - b % c / d", "(- a (/ (% b c) d))");
    CHECK_EXPR("a << b >> c", "(>> (<< a b) c)");
    CHECK_EXPR("a ? b : c ? d : e", "(? a b (? c d e))");
    CHECK_EXPR("a ? b ? c : d : e", "(? a (? b c d) e)");
    CHECK_EXPR("a or b ? c or d : e and f", "(? (or a b) (or c d) (and e f))");
    CHECK_EXPR("-a * b", "(* (neg a) b)");
    CHECK_EXPR("-a.b", "(neg (.b a))");
    CHECK_EXPR("- -~+a", "(neg (neg (inv (plus a))))");
    CHECK_EXPR("a * -b", "(* a (neg b))");
    CHECK_EXPR("(a + b) * c", "(* (+ a b) c)");
    CHECK_EXPR("(a < b) == c", "(== (< a b) c)");
    CHECK_EXPR("a <= b", "(<= a b)");
    CHECK_EXPR("a >= b", "(>= a b)");
    CHECK_EXPR("a != b", "(!= a b)");
    CHECK_EXPR("a<b", "(< a b)");
    CHECK_EXPR("a>b", "(> a b)");
}

static void test_postfix(void) {
    CHECK_EXPR("a.b.c", "(.c (.b a))");
    CHECK_EXPR("a[1].b[c - 1]", "(index (.b (index a 1)) (- c 1))");
    CHECK_EXPR("a.to_i(16)", "(call to_i a 16)");
    CHECK_EXPR("a.b.substring(0, n)", "(call substring (.b a) 0 n)");
    CHECK_EXPR("a.f()", "(call f a)");
    CHECK_EXPR("\"x\".length", "(.length \"x\")");
    CHECK_EXPR("[1, 2].size", "(.size (list 1 2))");
    CHECK_EXPR("1.to_s", "(.to_s 1)");
    CHECK_EXPR("0x10.to_s", "(.to_s 16)");
    CHECK_EXPR("a.not.or", "(.or (.not a))");
    CHECK_EXPR("_root._io.size", "(.size (._io _root))");
    CHECK_EXPR("[]", "(list)");
    CHECK_EXPR("[1, 0x2, ]", "(list 1 2)");
    CHECK_EXPR("[ [a], b ]", "(list (list a) b)");
}

static void test_types(void) {
    CHECK_EXPR("a.as<b>", "(as b a)");
    CHECK_EXPR("a.as<b::c::d>.e", "(.e (as b::c::d a))");
    CHECK_EXPR("a . as < ::b > [0]", "(index (as ::b a) 0)");
    CHECK_EXPR("[1].as<u2[]>", "(as u2[] (list 1))");
    CHECK_EXPR("a.as<u4>>>2", "(>> (as u4 a) 2)");
    CHECK_EXPR("a.as<u4> > b.as<u4>", "(> (as u4 a) (as u4 b))");
    CHECK_EXPR("a.as<not>", "(as not a)");
    CHECK_EXPR("sizeof<u4>", "(sizeof u4)");
    CHECK_EXPR("bitsizeof<a::b> + 1", "(+ (bitsizeof a::b) 1)");
    CHECK_EXPR("a.asx < b", "(< (.asx a) b)");
    /* names all the same where no type in brackets follows */
    CHECK_EXPR("bgp.as < 3", "(< (.as bgp) 3)");
    CHECK_EXPR("as < b", "(< as b)");
    CHECK_EXPR("sizeof < 3", "(< sizeof 3)");
    CHECK_EXPR("a.sizeof", "(.sizeof a)");
}

static void test_enums(void) {
    CHECK_EXPR("a::b", "a::b");
    CHECK_EXPR("a::b::c == d", "(== a::b::c d)");
    CHECK_EXPR("::a::b", "::a::b");
    CHECK_EXPR("op::and", "op::and");
    CHECK_EXPR("x ? a::b : c::d", "(? x a::b c::d)");
    CHECK_EXPR("a::b.to_i", "(.to_i a::b)");
    CHECK_EXPR("a :: b", "a::b");
}

/* -- literals ---------------------------------------------------------------------------------- */

static void test_numbers(void) {
    CHECK_EXPR("0", "0");
    CHECK_EXPR("1_000_000", "1000000");
    CHECK_EXPR("0xFf", "255");
    CHECK_EXPR("0Xdead_BEEF", "3735928559");
    CHECK_EXPR("0b1010_1010", "170");
    CHECK_EXPR("0o17", "15");
    CHECK_EXPR("18446744073709551615", "18446744073709551615");
    CHECK_EXPR("-9223372036854775808", "(neg 9223372036854775808)");
    CHECK_EXPR("1.5", "1.5f");
    CHECK_EXPR(".5", "0.5f");
    CHECK_EXPR("24000.", "24000f");
    CHECK_EXPR("24000. / 2", "(/ 24000f 2)");
    CHECK_EXPR("1.5e3", "1500f");
    CHECK_EXPR("1e3", "1000f");
    CHECK_EXPR("1.e-1", "0.10000000000000001f");
    CHECK_EXPR("-2.7E+2", "(neg 270f)");
    CHECK_EXPR("1.5.to_i", "(.to_i 1.5f)");
    CHECK_EXPR("true and false", "(and true false)");
    CHECK_EXPR("truely", "truely");
}

static void test_strings(void) {
    CHECK_EXPR("'a\\n\"'", "\"a\\n\"\"");
    CHECK_EXPR("\"a'b\"", "\"a'b\"");
    CHECK_EXPR("\"\\a\\b\\t\\n\\v\\f\\r\\e\\'\\\"\\\\\"",
               "\"{07}{08}{09}{0a}{0b}{0c}{0d}{1b}'\"\\\"");
    CHECK_EXPR("\"\\0\\101\\1234\"", "\"{00}A{ca}{9c}\"");
    CHECK_EXPR("\"\\u0041\\u00e9\\u20ac\"", "\"A{c3}{a9}{e2}{82}{ac}\"");
    CHECK_EXPR("\"\\ud83d\\ude00\"", "\"{f0}{9f}{98}{80}\"");
    CHECK_EXPR("'a' \"b\" 'c'", "\"abc\"");
    CHECK_EXPR("'a' 'b' + 'c'", "(+ \"ab\" \"c\")");
    CHECK_EXPR("''", "\"\"");
    CHECK_EXPR("'a\nb'", "\"a{0a}b\"");
}

static void test_fstrings(void) {
    CHECK_EXPR("f\"\"", "(fstring)");
    CHECK_EXPR("f\"abc\"", "(fstring \"abc\")");
    CHECK_EXPR("f\"a\\tb{x}c\"", "(fstring \"a{09}b\" x \"c\")");
    CHECK_EXPR("f\"{ x + 1 }{'s}'}\"", "(fstring (+ x 1) \"s}\")");
    CHECK_EXPR("f\"a{f\"b{c}\"}d\" + e", "(+ (fstring \"a\" (fstring \"b\" c) \"d\") e)");
    CHECK_EXPR("f + 1", "(+ f 1)");
}

static void test_spaces(void) {
    CHECK_EXPR(" \t a\n+\\\nb \n", "(+ a b)");
    CHECK_EXPR("a+\tb", "E0201 2-3 /: expected a value, got the control character 0x09 (a tab is "
                        "no space in an expression)");
}

/* -- mistakes ---------------------------------------------------------------------------------- */

static void test_mistakes(void) {
    CHECK_EXPR("1 *", "E0201 3-3 /: expected a value, got the end of the expression");
    CHECK_EXPR("", "E0201 0-0 /: expected a value, got the end of the expression");
    CHECK_EXPR("(1 + 5", "E0201 6-6 /: unexpected end of the expression (this bracket is still "
                         "open)");
    CHECK_EXPR("^AHEM", "E0201 0-1 /: expected a value, got '^'");
    CHECK_EXPR("a == 1 && b", "E0201 7-9 /: unexpected '&&' ('&&' is written 'and')");
    CHECK_EXPR("a = 1", "E0201 2-3 /: unexpected '=' (a comparison is written '==')");
    CHECK_EXPR("!a", "E0201 0-1 /: expected a value, got '!' ('!' is written 'not')");
    CHECK_EXPR("a < b < c", "E0201 6-7 /: unexpected '<' (a comparison is compared in brackets "
                            "only: (a < b) == c)");
    CHECK_EXPR("a b", "E0201 2-3 /: unexpected 'b'");
    CHECK_EXPR("a == not b", "E0201 5-8 /: expected a value, got 'not'");
    CHECK_EXPR("a.1", "E0201 1-3 /: unexpected '.1'");
    CHECK_EXPR("a.", "E0201 2-2 /: expected a name, got the end of the expression");
    CHECK_EXPR("f(1)", "E0201 0-1 /: only methods are called: value.method(…)");
    CHECK_EXPR("a.f(1, )", "E0201 7-8 /: expected a value, got ')'");
    CHECK_EXPR("BAD", "E0201 0-3 /: a name is of small letters, digits and '_': 'BAD'");
    CHECK_EXPR("a}", "E0201 1-2 /: unexpected '}'");
    CHECK_EXPR("\xc3\xa9", "E0201 0-2 /: expected a value, got '\xc3\xa9'");
    check_expr(__FILE__, __LINE__, bytes_of("a\0b", 3),
               "E0201 1-2 /: unexpected the control character 0x00");
}

static void test_bad_literals(void) {
    CHECK_EXPR("'abc", "E0102 0-1 /: the closing ' of a string is missing");
    CHECK_EXPR("a + \"abc\\\"", "E0102 4-5 /: the closing \" of a string is missing");
    CHECK_EXPR("f\"abc", "E0102 2-3 /: the closing \" of a string is missing");
    CHECK_EXPR("f\"abc{d", "E0201 7-7 /: unexpected end of the expression (this bracket is "
                           "still open)");
    CHECK_EXPR("\"\\x41\"", "E0104 1-3 /: unknown escape sequence; a backslash itself is written "
                            "'\\\\'");
    CHECK_EXPR("\"\\u12g4\"", "E0104 1-3 /: '\\u' takes exactly four hex digits");
    CHECK_EXPR("\"\\ud83d\"", "E0104 1-7 /: there is no such character in Unicode");
    CHECK_EXPR("\"\\77777777\"", "E0104 1-10 /: there is no such character in Unicode");
    CHECK_EXPR("0x", "E0105 0-2 /: digits are missing behind '0x'");
    CHECK_EXPR("0b12", "E0105 0-4 /: '2' is no digit of a base 2 number");
    CHECK_EXPR("12ab", "E0105 0-4 /: 'a' is no digit of a base 10 number");
    CHECK_EXPR("007", "E0105 0-3 /: a decimal number does not begin with 0");
    CHECK_EXPR("1e999", "E0106 0-5 /: this number is too large for a double");
    CHECK_EXPR("0xffffffffffffffffffffffffffffffff",
               "E0106 0-34 /: this number is too large: integers go up to 2^127 - 1");
}

/* Text repeated n times between two others, which is parsed. */
static void check_repeated(unsigned n, const char *before, const char *text, const char *after,
                           const char *want) {
    struct buf buf = {0};
    buf_puts(&buf, before);
    for (unsigned i = 0; i < n; i++) {
        buf_puts(&buf, text);
    }
    buf_puts(&buf, after);
    struct fixture f;
    begin_bytes(&f, buf_bytes(&buf));
    const struct ksy_expr *e = ksy_expr_parse(&f.arena, f.intern, &f.diags, &f.scalar);
    const struct diag *diag = f.diags.first;
    CHECK(want ? !e : e != NULL);
    CHECK_TEXT(diag ? diag->message : NULL, want);
    end(&f);
    buf_free(&buf);
}

static void test_limits(void) {
    const char *nested = "/: brackets nest deeper than 128 levels";
    const char *deep = "/: an expression of more than 2048 operations in a row";
    check_repeated(129, "", "(", "a", nested);
    check_repeated(1000000, "", "[", "", nested);
    check_repeated(1000000, "", "f\"{", "", nested);
    check_repeated(2047, "a", "+a", "", NULL);
    check_repeated(2048, "a", "+a", "", deep);
    check_repeated(1000000, "a", ".a", "", deep);
    check_repeated(1000000, "", "-", "a", deep);
    check_repeated(1000000, "", "not ", "a", deep);
    check_repeated(1000000, "", "a?a:", "a", deep);
    check_repeated(2047, "", "a?a:", "a", NULL);
    /* side by side there may be any number */
    check_repeated(100000, "[a", ",a", "]", NULL);
    check_repeated(1000000, "", "'a' ", "", NULL);
}

/* -- types and processes ----------------------------------------------------------------------- */

static void check_type(const char *file, int line, const char *text, const char *want) {
    struct fixture f;
    begin(&f, text);
    struct buf out = {0};
    struct ksy_type_name type;
    struct ksy_expr *args;
    if (ksy_type_parse(&f.arena, f.intern, &f.diags, &f.scalar, &type, &args)) {
        put_type(&out, &type);
        put_list(&out, args);
    }
    put_diags(&out, &f);
    check_text(file, line, buf_text(&out), want);
    buf_free(&out);
    end(&f);
}
#define CHECK_TYPE(text, want) check_type(__FILE__, __LINE__, (text), (want))

static void test_type_names(void) {
    CHECK_TYPE("u4le", "u4le");
    CHECK_TYPE("a::b", "a::b");
    CHECK_TYPE("::a", "::a");
    CHECK_TYPE("u2[]", "u2[]");
    CHECK_TYPE("a::b(1, c + 2)", "a::b 1 (+ c 2)");
    CHECK_TYPE("a('x')", "a \"x\"");
    CHECK_TYPE("a()", "E0201 2-3 /: expected a value, got ')'");
    CHECK_TYPE("really(", "E0201 7-7 /: expected a value, got the end of the expression (this "
                          "bracket is still open)");
    CHECK_TYPE("a(2 + 3, )", "E0201 9-10 /: expected a value, got ')'");
    CHECK_TYPE("a[][]", "E0201 3-4 /: there are no arrays of arrays");
    CHECK_TYPE("1a", "E0105 0-2 /: 'a' is no digit of a base 10 number");
    CHECK_TYPE("a b", "E0201 2-3 /: expected the end, '::', '(' or '[', got 'b'");
}

static void check_process(const char *file, int line, const char *text, const char *want) {
    struct fixture f;
    begin(&f, text);
    struct buf out = {0};
    const char *name;
    struct ksy_expr *args;
    if (ksy_process_parse(&f.arena, f.intern, &f.diags, &f.scalar, &name, &args)) {
        buf_puts(&out, name);
        put_list(&out, args);
    }
    put_diags(&out, &f);
    check_text(file, line, buf_text(&out), want);
    buf_free(&out);
    end(&f);
}
#define CHECK_PROCESS(text, want) check_process(__FILE__, __LINE__, (text), (want))

static void test_processes(void) {
    CHECK_PROCESS("zlib", "zlib");
    CHECK_PROCESS("xor( 0xff )", "xor 255");
    CHECK_PROCESS("rol(n)", "rol n");
    CHECK_PROCESS("a.b.my_fx(7, true, [1])", "a.b.my_fx 7 true (list 1)");
    CHECK_PROCESS("my_fx()", "my_fx");
    CHECK_PROCESS("my_fx(", "E0201 6-6 /: expected a value, got the end of the expression (this "
                            "bracket is still open)");
}

/* Where the text does not stand byte for byte in the file, the whole scalar is pointed at. */
static void test_crooked_scalar(void) {
    struct fixture f;
    begin(&f, "1 *");
    f.scalar.straight = UINT32_MAX;
    CHECK(!ksy_expr_parse(&f.arena, f.intern, &f.diags, &f.scalar));
    CHECK_INT(f.diags.first->span.lo, f.scalar.span.lo);
    CHECK_INT(f.diags.first->span.hi, f.scalar.span.hi);
    end(&f);
}

CHECK_MAIN("ksy_expr", {"precedence", test_precedence}, {"postfix", test_postfix},
           {"types", test_types}, {"enums", test_enums}, {"numbers", test_numbers},
           {"strings", test_strings}, {"fstrings", test_fstrings}, {"spaces", test_spaces},
           {"mistakes", test_mistakes}, {"bad_literals", test_bad_literals},
           {"limits", test_limits}, {"type_names", test_type_names}, {"processes", test_processes},
           {"crooked_scalar", test_crooked_scalar})
