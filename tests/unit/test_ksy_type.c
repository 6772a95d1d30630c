/* The types of Kaitai's expressions and attributes, parents, and what is refused. What is wanted follows from the rules
 * of its language. */
#include "config.h"

#include "check.h"

#include "ksy/spec.h"

/* One specification and what came out. */
struct fixture {
    struct arena arena;
    struct diags diags;
    struct ksy_program program;
    struct ksy_spec *spec;
};

static void begin(struct fixture *f, const char *text) {
    *f = (struct fixture){0};
    struct sources *sources = sources_new(&f->arena);
    diags_init(&f->diags, &f->arena, sources);
    f->program = (struct ksy_program){.arena = &f->arena,
                                      .intern = intern_new(&f->arena),
                                      .sources = sources,
                                      .diags = &f->diags};
    const struct source *source = sources_add(sources, "a.ksy", bytes_text(text));
    f->spec = ksy_load(&f->program, source);
    if (f->spec) {
        ksy_resolve_names(&f->program);
        ksy_check_types(&f->program);
    }
}

static void end(struct fixture *f) {
    arena_free(&f->arena);
}

static void put_attrs(struct fixture *f, struct buf *out, struct ksy_attr *const *attrs,
                      uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const struct ksy_type *type = attrs[i]->type;
        buf_printf(out, "%s: %s; ", attrs[i]->id,
                   type ? ksy_type_text(&f->program, type) : "unknown");
    }
}

static void put_class(struct fixture *f, struct buf *out, const struct ksy_class *class) {
    const char *parent = class->any_parent ? "several" : class->parent ? class->parent->path : "-";
    buf_printf(out, "%s < %s { ", class->path, parent);
    put_attrs(f, out, class->params.at, class->params.n);
    put_attrs(f, out, class->seq.at, class->seq.n);
    put_attrs(f, out, class->instances.at, class->instances.n);
    buf_puts(out, "}\n");
    for (uint32_t i = 0; i < class->types.n; i++) {
        put_class(f, out, class->types.at[i]);
    }
}

static void put_diags(struct buf *out, const struct fixture *f) {
    for (const struct diag *diag = f->diags.first; diag; diag = diag->next) {
        buf_printf(out, "%s %s", diag_code_text(diag->code), diag->message);
        for (const struct diag_note *note = diag->notes; note; note = note->next) {
            buf_printf(out, " (%s)", note->message);
        }
        buf_putc(out, '\n');
    }
}

/* Compares what was reported or, where nothing was, the types of all attributes. */
static void check_spec(const char *file, int line, const char *text, const char *want) {
    struct fixture f;
    begin(&f, text);
    struct buf out = {0};
    put_diags(&out, &f);
    if (f.diags.errors == 0 && f.spec) {
        put_class(&f, &out, f.spec->top);
    }
    check_text(file, line, buf_text(&out), want);
    buf_free(&out);
    end(&f);
}
#define CHECK_SPEC(text, want) check_spec(__FILE__, __LINE__, (text), (want))

/* Compares the type of an expression, or what is reported of it, in a specification that has one attribute of each kind. */
static void check_expr(const char *file, int line, const char *expr, const char *want) {
    struct buf text = {0};
    buf_printf(&text,
               "meta: {id: a, endian: le, encoding: UTF-8}\n"
               "params: [{id: p_any, type: any}, {id: p_io, type: io}, {id: p_bool, type: bool}]\n"
               "seq:\n"
               "- {id: u1, type: u1}\n"
               "- {id: s4, type: s4}\n"
               "- {id: u8be, type: u8be}\n"
               "- {id: f4, type: f4}\n"
               "- {id: bit, type: b1}\n"
               "- {id: bits, type: b7}\n"
               "- {id: text, type: str, size: 4}\n"
               "- {id: raw, size: 4}\n"
               "- {id: kind, type: u1, enum: animal}\n"
               "- {id: sub, type: sub}\n"
               "- {id: u2s, type: u2, repeat: expr, repeat-expr: 3}\n"
               "- {id: subs, type: sub, repeat: eos}\n"
               "- {id: mixed, type: {switch-on: u1, cases: {1: sub, 2: other}}}\n"
               "- {id: apart, type: {switch-on: u1, cases: {1: sub, 2: u1}}}\n"
               "- {id: open, size: 2, type: {switch-on: u1, cases: {1: sub}}}\n"
               "- {id: numbers, type: {switch-on: u1, cases: {1: u1, 2: s4, _: b3}}}\n"
               "instances:\n"
               "  x:\n"
               "    value: |-\n"
               "      %s\n"
               "types:\n"
               "  sub: {seq: [{id: len, type: u2}, {id: data, size: 6}]}\n"
               "  other: {seq: [{id: z, type: strz}]}\n"
               "enums: {animal: {1: cat, 2: dog}, plant: {1: oak}}\n",
               expr);
    struct fixture f;
    begin(&f, buf_text(&text));
    struct buf out = {0};
    put_diags(&out, &f);
    if (f.diags.errors == 0 && f.spec) {
        buf_puts(&out, ksy_type_text(&f.program, f.spec->top->instances.at[0]->type));
    }
    check_text(file, line, buf_text(&out), want);
    buf_free(&out);
    buf_free(&text);
    end(&f);
}
#define CHECK_EXPR(expr, want) check_expr(__FILE__, __LINE__, (expr), (want))

#define AT "/instances/x/value: "

static void test_operators(void) {
    CHECK_EXPR("u1 + 1", "int");
    CHECK_EXPR("bits << 2 | s4", "int");
    CHECK_EXPR("u1 / 2.0", "float");
    CHECK_EXPR("f4 % 2", "float");
    CHECK_EXPR("-u1", "int");
    CHECK_EXPR("~bits", "int");
    CHECK_EXPR("-f4", "float");
    CHECK_EXPR("text + 'x'", "str");
    CHECK_EXPR("f\"{text}{u1}\"", "str");
    CHECK_EXPR("not bit and (u1 == 1 or p_bool)", "bool");
    CHECK_EXPR("raw == [1, 2]", "bool");
    CHECK_EXPR("raw < [1, u1]", "bool");
    CHECK_EXPR("text < 'x'", "bool");
    CHECK_EXPR("u1 < 1.5", "bool");
    CHECK_EXPR("kind == animal::cat", "bool");
    CHECK_EXPR("bit ? u1 : 7", "int (u1)");
    CHECK_EXPR("bit ? u1 : s4", "int");
    CHECK_EXPR("bit ? u1 : f4", "float");
    CHECK_EXPR("bit ? kind : animal::dog", "a::animal (enum)");
    CHECK_EXPR("bit ? sub : mixed.as<other>", "struct");
    CHECK_EXPR("bit ? sub : subs[0]", "a::sub");
    CHECK_EXPR("bit ? u2s : [1000, 2]", "int[]");
    CHECK_EXPR("bit ? apart : text", "any");
    CHECK_EXPR("[open, 1]", "any[]");
}

static void test_bad_operators(void) {
    CHECK_EXPR("not u1", "E0401 " AT "'not' does not work on int (u1)\n");
    CHECK_EXPR("-text", "E0401 " AT "'-' does not work on str\n");
    CHECK_EXPR("~f4", "E0401 " AT "'~' does not work on float (f4)\n");
    CHECK_EXPR("f4 & 1", "E0401 " AT "'&' does not work on float (f4) and int (s1)\n");
    CHECK_EXPR("u1 + text", "E0401 " AT "'+' does not work on int (u1) and str\n");
    CHECK_EXPR("text - text", "E0401 " AT "'-' does not work on str and str\n");
    CHECK_EXPR("bit + 1", "E0401 " AT "'+' does not work on bool and int (s1)\n");
    CHECK_EXPR("u1 and bit", "E0401 " AT "bool is wanted on both sides of 'and', got int (u1)\n");
    CHECK_EXPR("u1 == text", "E0401 " AT "int (u1) is not compared with str\n");
    CHECK_EXPR("kind == 1", "E0401 " AT "a::animal (enum) is not compared with int (s1)\n");
    CHECK_EXPR("kind > animal::cat", "E0401 " AT "enums are not ordered: no '>'\n");
    CHECK_EXPR("kind == plant::oak",
               "E0401 " AT "different enums are not compared: 'a::animal' and 'a::plant'\n");
    CHECK_EXPR("sub == sub", "E0401 " AT "a::sub is not compared with a::sub\n");
    CHECK_EXPR("u1 ? 1 : 2", "E0401 " AT "bool is wanted in front of '?', got int (u1)\n");
    CHECK_EXPR("bit ? 1 : 'x'",
               "E0401 " AT "both sides of ':' are of one type: int (s1) and str\n");
    CHECK_EXPR("f\"{bit}\"", "E0401 " AT "int or str is wanted in a string, got bool\n");
    /* one error for one cause */
    CHECK_EXPR("(not u1) == (bit ? 1 : 2) + u1.to_s.length",
               "E0401 " AT "'not' does not work on int (u1)\n");
}

static void test_lists(void) {
    CHECK_EXPR("[0, 255, u1]", "bytes");
    CHECK_EXPR("[0, 256]", "int[]");
    CHECK_EXPR("[-1]", "int[]");
    CHECK_EXPR("[0 + 1]", "int[]");
    CHECK_EXPR("[1.5, 2]", "float[]");
    CHECK_EXPR("['x', text]", "str[]");
    CHECK_EXPR("[sub, subs[0]]", "a::sub[]");
    CHECK_EXPR("[1, 2].as<u2[]>", "int (u2)[]");
    CHECK_EXPR("[].as<bytes>", "bytes");
    CHECK_EXPR("[]", "E0401 " AT "the type of an empty list is not known: say it with .as<…>\n");
    CHECK_EXPR("[1, 'x']", "E0401 " AT "the items of a list are of one type: int (s1) and str\n");
    CHECK_EXPR("raw[0]", "int (u1)");
    CHECK_EXPR("u2s[u1]", "int (u2)");
    CHECK_EXPR("subs[0].data", "bytes");
    CHECK_EXPR("u1[0]", "E0404 " AT "only arrays and bytes have elements, this is int (u1)\n");
    CHECK_EXPR("raw['x']", "E0401 " AT "int is wanted for the number of an element, got str\n");
}

static void test_methods(void) {
    CHECK_EXPR("text.length", "int");
    CHECK_EXPR("text.reverse.substring(0, u1)", "str");
    CHECK_EXPR("text.to_i + text.to_i(16)", "int");
    CHECK_EXPR("text.to_b('ASCII')", "bytes");
    CHECK_EXPR("raw.to_s('ASCII')", "str");
    CHECK_EXPR("raw.size + raw.length", "int");
    CHECK_EXPR("raw.first", "int (u1)");
    CHECK_EXPR("u1.to_s + bits.to_s", "str");
    CHECK_EXPR("f4.to_i + bit.to_i + kind.to_i", "int");
    CHECK_EXPR("u2s.max", "int (u2)");
    CHECK_EXPR("subs.last.len", "int (u2)");
    CHECK_EXPR("p_io.eof", "bool");
    CHECK_EXPR("_io.size + sub._io.pos", "int");
    CHECK_EXPR("text.lenght",
               "E0303 " AT "there is no method 'lenght' of str (did you mean 'length'?)\n");
    CHECK_EXPR("raw.to_s", "E0402 " AT "wrong arguments of a method of bytes: it is to_s(a string "
                           "in quotes)\n");
    CHECK_EXPR("raw.to_s('x', 'y')", "E0402 " AT "wrong arguments of a method of bytes: it is "
                                     "to_s(a string in quotes)\n");
    CHECK_EXPR("raw.to_s(bit ? 'x' : 'y')", "E0402 " AT "wrong arguments of a method of bytes: it "
                                            "is to_s(a string in quotes)\n");
    CHECK_EXPR("text.to_i('x')",
               "E0402 " AT "wrong arguments of a method of str: it is to_i or to_i(int)\n");
    CHECK_EXPR("text.length(1)", "E0402 " AT "wrong arguments of a method of str: it is length\n");
    CHECK_EXPR("raw._io", "E0303 " AT "there is no method '_io' of bytes\n");
}

static void test_names(void) {
    CHECK_EXPR("_root.sub.len", "int (u2)");
    CHECK_EXPR("sub._root.u1", "int (u1)");
    CHECK_EXPR("sub._parent.u8be", "int (u8)");
    CHECK_EXPR("mixed", "struct");
    CHECK_EXPR("mixed.as<sub>.len", "int (u2)");
    CHECK_EXPR("mixed._io.size", "int");
    CHECK_EXPR("apart", "any (of a switch)");
    CHECK_EXPR("open", "any (of a switch)");
    CHECK_EXPR("numbers", "int");
    CHECK_EXPR("p_any.as<str>", "str");
    CHECK_EXPR("sun", "E0301 " AT "'a' has no attribute 'sun' (did you mean 'sub'?)\n");
    CHECK_EXPR("sub.lem", "E0303 " AT "'a::sub' has no attribute 'lem' (did you mean 'len'?)\n");
    CHECK_EXPR("mixed.len", "E0303 " AT "the type of this struct is not known, so neither is its "
                            "'len': say which it is with .as<…>\n");
    CHECK_EXPR("open.len", "E0303 " AT "the type of this value is any (of a switch), its 'len' is "
                           "not known: say which type it has with .as<…>\n");
    CHECK_EXPR("sub.as<sob>",
               "E0302 " AT "there is no type 'sob' to be seen from 'a' (did you mean "
               "'sub'?)\n");
    CHECK_EXPR("animal::cut",
               "E0303 " AT "the enum 'a::animal' has no member 'cut' (did you mean 'cat'?)\n");
    CHECK_EXPR("a::beast::cat", "E0302 " AT "there is no enum 'a::beast' to be seen from 'a'\n");
    CHECK_EXPR("_", "E0408 " AT "'_' is the value that was just read, in 'repeat-until' and "
                    "'valid/expr' only\n");
    CHECK_EXPR("_index", "E0408 " AT "'_index' is the number of an element: there is none where "
                         "nothing repeats\n");
    CHECK_EXPR("x + 1", "E0601 " AT "the type of 'x' needs itself\n");
}

/* The value of the top's instance "x", whose value is a sizeof or _sizeof. */
static void check_sizeof(const char *file, int line, const char *expr, long long want) {
    struct buf text = {0};
    buf_printf(&text,
               "meta: {id: a, endian: le}\n"
               "seq:\n"
               "- {id: h, type: header}\n"
               "- {id: fixed, type: header, size: 0x10}\n"
               "- {id: many, type: u2, repeat: expr, repeat-expr: 2 * 3}\n"
               "instances: {x: {value: '%s'}}\n"
               "types:\n"
               "  header:\n"
               "    seq:\n"
               "    - {id: magic, contents: [1, 2, 3]}\n"
               "    - {id: flag, type: b1}\n"
               "    - {id: rest, type: b11}\n"
               "    - {id: f, type: f8}\n"
               "    - {id: data, size: 2 + sizeof<u2>}\n"
               "  bits: {seq: [{id: a, type: b3}, {id: b, type: b2}]}\n",
               expr);
    struct fixture f;
    begin(&f, buf_text(&text));
    const struct ksy_expr *value = f.spec->top->instances.at[0]->value;
    check_text(file, line, f.diags.first ? f.diags.first->message : NULL, NULL);
    check_int(file, line, (long long)value->integer, want);
    buf_free(&text);
    end(&f);
}
#define CHECK_SIZEOF(expr, want) check_sizeof(__FILE__, __LINE__, (expr), (want))

static void test_sizeof(void) {
    CHECK_SIZEOF("sizeof<u4>", 4);
    CHECK_SIZEOF("bitsizeof<b5>", 5);
    CHECK_SIZEOF("sizeof<b5>", 1);
    /* 3 bytes, 12 bits in 2 bytes, 8 bytes, 4 bytes */
    CHECK_SIZEOF("sizeof<header>", 17);
    CHECK_SIZEOF("h._sizeof", 17);
    CHECK_SIZEOF("h.f._sizeof", 8);
    CHECK_SIZEOF("fixed._sizeof", 16);
    CHECK_SIZEOF("many._sizeof", 12);
    CHECK_SIZEOF("many[0]._sizeof", 2);
    CHECK_SIZEOF("_sizeof", 17 + 16 + 12);
    CHECK_SIZEOF("bitsizeof<bits>", 5);
    CHECK_SIZEOF("sizeof<bits>", 1);
    CHECK_EXPR("_sizeof", "E0501 " AT "there is no size of 'a' that is the same in all files\n");
    CHECK_EXPR("sizeof<other>",
               "E0501 " AT "there is no size of 'a::other' that is the same in all files\n");
    CHECK_EXPR("subs._sizeof",
               "E0501 " AT "there is no size of this value that is the same in all files\n");
    CHECK_EXPR("sizeof<str>", "E0501 " AT "there is no size of 'str' that is the same in all "
                              "files\n");
}

/* -- parents ----------------------------------------------------------------------------------- */

static void test_parents(void) {
    CHECK_SPEC("meta: {id: a}\n"
               "seq: [{id: n, type: u1}, {id: b, type: b}]\n"
               "types:\n"
               "  b: {seq: [{id: c, type: c, repeat: eos}]}\n"
               "  c: {seq: [{id: d, size: _parent._parent.n}]}\n",
               "a < - { n: int (u1); b: a::b; }\n"
               "a::b < a { c: a::c[]; }\n"
               "a::c < a::b { d: bytes; }\n");
    /* an instance, a case of a switch, and a type that uses itself */
    CHECK_SPEC("meta: {id: a}\n"
               "seq: [{id: n, type: {switch-on: 1, cases: {1: b, 2: u1}}}]\n"
               "instances: {m: {pos: 1, type: c}}\n"
               "types: {b: {seq: [{id: x, type: u1}]}, c: {seq: [{id: y, type: c}]}}\n",
               "a < - { n: any (of a switch); m: a::c; }\n"
               "a::b < a { x: int (u1); }\n"
               "a::c < several { y: a::c; }\n");
    /* a parent that is said, which is known behind that of another */
    CHECK_SPEC("meta: {id: a}\n"
               "seq: [{id: n, type: u1}, {id: b, type: b}]\n"
               "types:\n"
               "  c: {seq: [{id: d, type: d, parent: _parent}]}\n"
               "  b: {seq: [{id: c, type: c, parent: _parent}]}\n"
               "  d: {seq: [{id: e, size: _parent.n}, {id: f, type: b, parent: false}]}\n",
               "a < - { n: int (u1); b: a::b; }\n"
               "a::c < a { d: a::d; }\n"
               "a::b < a { c: a::c; }\n"
               "a::d < a { e: bytes; f: a::b; }\n");
    CHECK_SPEC("meta: {id: a}\n"
               "types: {b: {seq: [{id: c, size: _parent.n}]}}\n",
               "E0303 /types/b/seq/0/size: the type of this struct is not known, so neither is "
               "its 'n': say which it is with .as<…>\n");
}

/* -- keys -------------------------------------------------------------------------------------- */

static void test_keys(void) {
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u1, if: 1}]\n",
               "E0401 /seq/0/if: bool is wanted, got int (s1)\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, size: \"'x'\"}]\n",
               "E0401 /seq/0/size: int is wanted, got str\n");
    CHECK_SPEC("meta: {id: a}\ninstances: {x: {type: u1, pos: 1.5}}\n",
               "E0401 /instances/x/pos: int is wanted, got float\n");
    CHECK_SPEC("meta: {id: a}\ninstances: {x: {type: u1, pos: 1, io: _root}}\n",
               "E0401 /instances/x/io: io is wanted, got a\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u1, repeat: expr, repeat-expr: true}]\n",
               "E0401 /seq/0/repeat-expr: int is wanted, got bool\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u1, repeat: until, repeat-until: _ + _index}]\n",
               "E0401 /seq/0/repeat-until: bool is wanted, got int\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u1, repeat: eos, valid: '[1].as<u1[]>'}]\n",
               "E0401 /seq/0/valid: int (u1) is not compared with int (u1)[]\n");
    CHECK_SPEC("meta: {id: a}\n"
               "seq: [{id: x, type: u1, valid: {min: true, max: \"'x'\"}}, "
               "{id: y, type: u1, valid: {any-of: [1, true]}}, "
               "{id: z, type: u1, valid: {expr: _}}]\n",
               "E0401 /seq/0/valid/min: int (u1) is not compared with bool\n"
               "E0401 /seq/0/valid/max: int (u1) is not compared with str\n"
               "E0401 /seq/1/valid/any-of/1: int (u1) is not compared with bool\n"
               "E0401 /seq/2/valid/expr: bool is wanted, got int (u1)\n");
    CHECK_SPEC("meta: {id: a}\nto-string: 1\n", "E0401 /to-string: str is wanted, got int (s1)\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, size: 1, process: xor('x')}]\n",
               "E0401 /seq/0/process: int or bytes is wanted, got str\n");
    CHECK_SPEC("meta: {id: a}\n"
               "seq: [{id: x, type: {switch-on: 1, cases: {1: u1, \"'x'\": u1}}}]\n",
               "E0401 /seq/0/type/cases/'x': int (s1) is not compared with str\n");
    CHECK_SPEC("meta: {id: a, endian: {switch-on: x, cases: {1: le, true: be}}}\n"
               "seq: [{id: x, type: u1}]\n",
               "E0401 /meta/endian/cases/true: int (u1) is not compared with bool\n");
}

static void test_stored(void) {
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u2}]\n",
               "E0407 /seq/0/type: 'u2' has no byte order: it is u2le or u2be, or meta/endian says "
               "it\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: {switch-on: 1, cases: {1: f4}}}]\n",
               "E0407 /seq/0/type/cases/1: 'f4' has no byte order: it is f4le or f4be, or "
               "meta/endian says it\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: b}]\n"
               "types: {b: {meta: {endian: be}, types: {c: {seq: [{id: y, type: u2}]}}}}\n",
               "a < - { x: a::b; }\na::b < a { }\na::b::c < - { y: int (u2); }\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: str, size: 1}]\n",
               "E0308 /seq/0: text without an encoding: it has none, nor does a meta around it\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, size: 1, enum: e}]\nenums: {e: {1: f}}\n",
               "E0401 /seq/0/enum: an enum is for integers, this is bytes\n");
    CHECK_SPEC("meta: {id: a}\ninstances: {x: {value: 1.5, enum: e}}\nenums: {e: {1: f}}\n",
               "E0401 /instances/x/enum: an enum is for integers, this is float\n");
}

static void test_arguments(void) {
#define WITH_B(args)                                                                               \
    "meta: {id: a}\nseq: [{id: x, type: 'b" args "'}]\n"                                           \
    "types: {b: {params: [{id: n, type: u4}, {id: f, type: bool}, {id: s, type: struct}]}}\n"
    CHECK_SPEC(WITH_B("(1, true, _root)"),
               "a < - { x: a::b; }\na::b < a { n: int (u4); f: bool; s: struct; }\n");
    CHECK_SPEC(WITH_B("(1, 0.5, _root)"),
               "E0401 /seq/0/type: the parameter 'f' is bool, it takes no float\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: c(1)}, {id: y, type: d(_parent)}]\n"
               "types: {c: {params: [{id: n, type: f4}]}, d: {params: [{id: n, type: c}]}}\n",
               "E0401 /seq/0/type: the parameter 'n' is float (f4), it takes no int (s1)\n"
               "E0401 /seq/1/type: the parameter 'n' is a::c, it takes no struct\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u1, valid: _}]\n",
               "E0408 /seq/0/valid: '_' is the value that was just read, in 'repeat-until' and "
               "'valid/expr' only\n");
    CHECK_SPEC(WITH_B("(1, true)"), "E0402 /seq/0/type: a::b has 3 parameters, 2 arguments are "
                                    "given\n");
    CHECK_SPEC(WITH_B(""), "E0402 /seq/0/type: a::b has 3 parameters, 0 arguments are given\n");
    CHECK_SPEC(WITH_B("(1, true, nope)"), "E0301 /seq/0/type: 'a' has no attribute 'nope'\n");
    CHECK_SPEC("meta: {id: a}\nseq: [{id: x, type: u1(3)}]\n",
               "E0402 /seq/0/type: int (u1) has 0 parameters, 1 argument is given\n");
}

/* -- limits ------------------------------------------------------------------------------------ */

/* Instances each of which is made of the next one, and the last one of the text. */
static void check_chain(unsigned n, const char *link, const char *last, const char *want) {
    struct buf text = {0};
    buf_puts(&text, "meta: {id: a}\ninstances:\n");
    for (unsigned i = 0; i < n; i++) {
        buf_printf(&text, "  i%u: {value: 'i%u + %s%u'}\n", i, i + 1, link, i + 1);
    }
    buf_printf(&text, "  i%u: {value: '%s'}\n", n, last);
    struct fixture f;
    begin(&f, buf_text(&text));
    CHECK_TEXT(f.diags.first ? f.diags.first->message : NULL, want);
    CHECK_INT(f.diags.errors, want ? 1 : 0);
    buf_free(&text);
    end(&f);
}

/* Instances each of which is a list of the one before it. */
static void test_lists_of_lists(void) {
    struct buf text = {0};
    buf_puts(&text, "meta: {id: a}\ninstances:\n  i0: {value: '[256]'}\n");
    for (unsigned i = 1; i < 20000; i++) {
        buf_printf(&text, "  i%u: {value: '[i%u]'}\n", i, i - 1);
    }
    struct fixture f;
    begin(&f, buf_text(&text));
    CHECK_INT(f.diags.errors, 1);
    CHECK_TEXT(f.diags.first ? f.diags.first->message : NULL,
               "/instances/i128/value: lists of lists nest too deep");
    buf_free(&text);
    end(&f);
}

static void test_chains(void) {
    /* each is worked out once */
    check_chain(200, "i", "1", NULL);
    check_chain(200, "i", "true + 1",
                "/instances/i200/value: '+' does not work on bool and int (s1)");
    struct buf text = {0};
    buf_puts(&text, "meta: {id: a}\ninstances:\n");
    for (unsigned i = 0; i < 10000; i++) {
        buf_printf(&text, "  i%u: {value: 'i%u'}\n", i, i + 1);
    }
    buf_puts(&text, "  i10000: {value: '1'}\n");
    struct fixture f;
    begin(&f, buf_text(&text));
    CHECK(f.diags.errors >= 1);
    CHECK(f.diags.first && f.diags.first->code == DIAG_CHAIN);
    buf_free(&text);
    end(&f);
}

CHECK_MAIN("ksy_type", {"operators", test_operators}, {"bad_operators", test_bad_operators},
           {"lists", test_lists}, {"methods", test_methods}, {"names", test_names},
           {"sizeof", test_sizeof}, {"parents", test_parents}, {"keys", test_keys},
           {"stored", test_stored}, {"arguments", test_arguments},
           {"lists_of_lists", test_lists_of_lists}, {"chains", test_chains})
