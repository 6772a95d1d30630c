#include "config.h"

#include "base/arena.h"
#include "base/buf.h"
#include "check.h"
#include "ksy/charset.h"
#include "ksy/spec.h"
#include "text/diag.h"
#include "text/source.h"

struct setting {
    struct arena arena;
    struct sources *sources;
    struct diags diags;
    struct ksy_program program;
    struct ksy_spec *spec;
    struct buf out;
};

static void start(struct setting *setting, const char *text) {
    *setting = (struct setting){0};
    setting->sources = sources_new(&setting->arena);
    diags_init(&setting->diags, &setting->arena, setting->sources);
    setting->program = (struct ksy_program){
        .arena = &setting->arena,
        .intern = intern_new(&setting->arena),
        .sources = setting->sources,
        .diags = &setting->diags,
    };
    const struct source *source =
        sources_add(setting->sources, "nowhere/case.ksy", bytes_text(text));
    setting->spec = ksy_load(&setting->program, source);
    if (setting->spec) {
        ksy_resolve_names(&setting->program);
    }
}

/* One that has no errors. */
static void start_good(struct setting *setting, const char *text) {
    start(setting, text);
    CHECK(setting->spec != NULL);
    CHECK_INT(setting->diags.errors, 0);
    if (setting->diags.errors > 0) {
        diags_render(&setting->diags, false, &setting->out);
        fprintf(stderr, "%s", buf_text(&setting->out));
    }
}

static void end(struct setting *setting) {
    buf_free(&setting->out);
    arena_free(&setting->arena);
}

static void check_errors(int line, const char *text, unsigned errors, const char *message) {
    struct setting setting;
    start(&setting, text);
    check_int(__FILE__, line, setting.diags.errors, errors);
    check_text(__FILE__, line, setting.diags.first ? setting.diags.first->message : "", message);
    end(&setting);
}
#define CHECK_ERROR(text, message) check_errors(__LINE__, text, 1, message)

#define HEAD "meta: {id: case, encoding: UTF-8, endian: le}\n"

static void test_class(void) {
    struct setting setting;
    start_good(&setting, "meta:\n"
                         "  id: case\n"
                         "  title: A case\n"
                         "  file-extension: [a, b]\n"
                         "  endian: be\n"
                         "  bit-endian: le\n"
                         "  encoding: latin1\n"
                         "  ks-version: '0.10'\n"
                         "  -mine: passed over\n"
                         "  xref: {forensicswiki: any, list: [1]}\n"
                         "doc: some\n"
                         "doc-ref: [one, two]\n"
                         "-also-mine: {a: b}\n"
                         "to-string: '\"x\"'\n"
                         "types:\n"
                         "  inner:\n"
                         "    types:\n"
                         "      most: {doc: deep}\n"
                         "    enums:\n"
                         "      e: {1: a}\n");
    const struct ksy_class *top = setting.spec->top;
    CHECK_TEXT(top->id, "case");
    CHECK_TEXT(top->path, "case");
    CHECK_TEXT(setting.spec->title, "A case");
    CHECK_INT(setting.spec->extensions.n, 2);
    CHECK_TEXT(setting.spec->extensions.at[1], "b");
    CHECK_INT(top->endian, KSY_ENDIAN_BE);
    CHECK_INT(top->bit_order, KSY_ORDER_LE);
    CHECK_TEXT(top->encoding, "ISO-8859-1");
    CHECK_TEXT(top->doc, "some");
    CHECK_TEXT(top->doc_ref, "one\ntwo");
    CHECK(top->to_string != NULL);
    const struct ksy_class *inner = top->types.at[0];
    CHECK_TEXT(inner->path, "case::inner");
    CHECK(inner->up == top);
    CHECK_TEXT(inner->types.at[0]->path, "case::inner::most");
    CHECK_TEXT(inner->enums.at[0]->path, "case::inner::e");
    end(&setting);
}

static void test_field(void) {
    struct setting setting;
    start_good(&setting, HEAD "seq:\n"
                              "  - {id: plain, type: u2be}\n"
                              "  - type: strz\n"
                              "  - id: full\n"
                              "    type: str\n"
                              "    size: 4 + 1\n"
                              "    encoding: ASCII\n"
                              "    terminator: 0x40\n"
                              "    include: true\n"
                              "    consume: false\n"
                              "    eos-error: false\n"
                              "    pad-right: 32\n"
                              "    if: plain > 1\n"
                              "    repeat: until\n"
                              "    repeat-until: _ == \"\"\n"
                              "    valid: {any-of: ['\"a\"', '\"b\"']}\n"
                              "  - {id: mark, contents: [ab, 0xff, '12', 12]}\n"
                              "  - {id: packed, size-eos: true, process: 'xor(plain)'}\n"
                              "  - {id: own, size: 1, process: 'my.own_fx(1, 2)'}\n"
                              "  - {id: free, type: case, size: 2, parent: false}\n");
    struct ksy_attr **seq = setting.spec->top->seq.at;
    CHECK_INT(seq[0]->kind, KSY_SEQ);
    CHECK_INT(seq[0]->use.type->kind, KSY_T_INT);
    CHECK_INT(seq[0]->use.type->bytes, 2);
    CHECK_INT(seq[0]->use.type->order, KSY_ORDER_BE);
    CHECK_INT(seq[0]->terminator, -1);
    CHECK_INT(seq[0]->pad_right, -1);
    CHECK(seq[0]->consume && !seq[0]->include && seq[0]->eos_error);
    CHECK(seq[1]->id == NULL);
    CHECK(seq[1]->use.strz);
    CHECK_INT(seq[1]->use.type->kind, KSY_T_STR);
    CHECK_TEXT(seq[1]->encoding, "UTF-8");
    CHECK_INT(seq[2]->index, 2);
    CHECK_INT(seq[2]->size->kind, KSY_BINARY);
    CHECK_TEXT(seq[2]->encoding, "ASCII");
    CHECK_INT(seq[2]->terminator, 0x40);
    CHECK_INT(seq[2]->pad_right, 32);
    CHECK(!seq[2]->consume && seq[2]->include && !seq[2]->eos_error);
    CHECK(seq[2]->condition != NULL);
    CHECK_INT(seq[2]->repeat, KSY_REPEAT_UNTIL);
    CHECK(seq[2]->repeat_expr != NULL);
    CHECK(seq[2]->valid.any_of->next->next == NULL);
    CHECK_BYTES(seq[3]->contents.at, seq[3]->contents.len,
                "ab\xff"
                "12\x0c",
                6);
    CHECK(seq[3]->use.type == NULL);
    CHECK_INT(seq[4]->process, KSY_PROCESS_XOR);
    CHECK(seq[4]->process_args && !seq[4]->process_args->next);
    CHECK_INT(seq[5]->process, KSY_PROCESS_CUSTOM);
    CHECK_TEXT(seq[5]->process_name, "my.own_fx");
    CHECK_INT(seq[6]->parent_kind, KSY_PARENT_NONE);
    CHECK(seq[6]->use.type->class == setting.spec->top);
    end(&setting);
}

static void test_others(void) {
    struct setting setting;
    start_good(&setting, HEAD "params:\n"
                              "  - {id: raw}\n"
                              "  - {id: all, type: 'in_here[]'}\n"
                              "  - {id: kind, type: u1, enum: e}\n"
                              "seq:\n"
                              "  - id: one_of\n"
                              "    type:\n"
                              "      switch-on: kind\n"
                              "      cases:\n"
                              "        'e::low': u1\n"
                              "        'e::high': in_here(3)\n"
                              "        _: strz\n"
                              "instances:\n"
                              "  worked_out: {value: 1 + 1, if: true}\n"
                              "  placed: {id: other, pos: 4, io: _root._io, size: 1}\n"
                              "enums:\n"
                              "  e:\n"
                              "    0xffff_ffff_ffff_ffff: high\n"
                              "    -9223372036854775808: {id: low, doc: least, -orig-id: X}\n"
                              "    '7': quoted\n"
                              "    0: true\n"
                              "types:\n"
                              "  in_here:\n"
                              "    params: [{id: n, type: u4}]\n");
    const struct ksy_class *top = setting.spec->top;
    CHECK_INT(top->params.at[0]->use.type->kind, KSY_T_BYTES);
    CHECK_INT(top->params.at[1]->use.type->kind, KSY_T_ARRAY);
    CHECK(top->params.at[1]->use.type->of->class == top->types.at[0]);
    CHECK(top->params.at[2]->enumeration == top->enums.at[0]);
    const struct ksy_attr *one_of = top->seq.at[0];
    CHECK(one_of->switch_on != NULL);
    CHECK_INT(one_of->cases.n, 3);
    CHECK_INT(one_of->cases.at[0].key->kind, KSY_ENUM);
    CHECK(one_of->cases.at[1].use.type->class == top->types.at[0]);
    CHECK(one_of->cases.at[1].use.args != NULL);
    CHECK(one_of->cases.at[2].key == NULL);
    CHECK(one_of->cases.at[2].use.strz);
    CHECK_INT(top->instances.at[0]->kind, KSY_VALUE_INSTANCE);
    CHECK_TEXT(top->instances.at[0]->id, "worked_out");
    CHECK_INT(top->instances.at[1]->kind, KSY_PARSE_INSTANCE);
    CHECK_TEXT(top->instances.at[1]->id, "placed");
    CHECK(top->instances.at[1]->pos && top->instances.at[1]->io);
    const struct ksy_enum *e = top->enums.at[0];
    CHECK_INT(e->members.n, 4);
    CHECK(e->members.at[0].value == (int128)UINT64_MAX);
    CHECK(e->members.at[1].value == (int128)INT64_MIN);
    CHECK_TEXT(e->members.at[1].id, "low");
    CHECK_TEXT(e->members.at[1].doc, "least");
    CHECK_INT(e->members.at[2].value, 7);
    CHECK_TEXT(e->members.at[3].id, "true");
    end(&setting);
}

static void test_endian_switch(void) {
    struct setting setting;
    start_good(&setting, "meta:\n"
                         "  id: case\n"
                         "  endian:\n"
                         "    switch-on: mark\n"
                         "    cases:\n"
                         "      '[0x49, 0x49]': le\n"
                         "      _: be\n"
                         "seq: [{id: mark, size: 2}]\n");
    const struct ksy_class *top = setting.spec->top;
    CHECK_INT(top->endian, KSY_ENDIAN_SWITCH);
    CHECK_INT(top->endian_cases.n, 2);
    CHECK(top->endian_cases.at[0].key != NULL && !top->endian_cases.at[0].big);
    CHECK(top->endian_cases.at[1].key == NULL && top->endian_cases.at[1].big);
    end(&setting);
}

/* A name is looked for from the inside out; a path goes only down from where its first name is found. */
static void test_names(void) {
    struct setting setting;
    start_good(&setting, HEAD "types:\n"
                              "  a:\n"
                              "    types: {b: {}, c: {}}\n"
                              "  b:\n"
                              "    types:\n"
                              "      a:\n"
                              "        seq:\n"
                              "          - {id: x, type: b, if: false}\n"
                              "          - {id: y, type: 'a::c'}\n"
                              "          - {id: z, type: 'case::a::b'}\n"
                              "          - {id: v, type: a, if: false}\n");
    const struct ksy_class *top = setting.spec->top;
    const struct ksy_class *a = top->types.at[0];
    const struct ksy_class *b = top->types.at[1];
    const struct ksy_class *inner = b->types.at[0];
    CHECK(inner->seq.at[0]->use.type->class == b);
    CHECK(inner->seq.at[1]->use.type->class == a->types.at[1]);
    CHECK(inner->seq.at[2]->use.type->class == a->types.at[0]);
    CHECK(inner->seq.at[3]->use.type->class == inner);
    end(&setting);
}

static void test_refused(void) {
    CHECK_ERROR("", "/: a map is wanted, not nothing");
    CHECK_ERROR("[]", "/: a map is wanted, not a sequence");
    CHECK_ERROR("seq: []", "/: a specification needs a name: meta/id");
    CHECK_ERROR("meta: {}", "/meta: a specification needs a name: meta/id");
    CHECK_ERROR("meta: 1", "/meta: a map is wanted, not a scalar");
    CHECK_ERROR(HEAD "seq: {}", "/seq: a sequence is wanted, not a map");
    CHECK_ERROR(HEAD "seq: [{id: a}]", "/seq/0: 'size', 'size-eos' or 'terminator' is missing");
    CHECK_ERROR(HEAD "seq: [{id: a, type: str}]",
                "/seq/0: 'size', 'size-eos' or 'terminator' is missing");
    CHECK_ERROR(HEAD "seq: [{id: a, size: 1, size-eos: true}]",
                "/seq/0: either 'size' or 'size-eos', not both");
    CHECK_ERROR(HEAD "seq: [{id: a, type: case, process: zlib}]",
                "/seq/0: 'process' needs 'size', 'size-eos' or 'terminator'");
    CHECK_ERROR(HEAD "seq: [{id: a, size: 1, process: zlib(1)}]",
                "/seq/0/process: 'zlib' takes no arguments");
    CHECK_ERROR(HEAD "seq: [{id: a, contents: 42}]",
                "/seq/0/contents: a text or a sequence of texts and numbers of bytes is wanted");
    CHECK_ERROR(HEAD "seq: [{id: a, contents: [256]}]",
                "/seq/0/contents/0: this is no byte, which is a number from 0 to 255");
    CHECK_ERROR(HEAD "seq: [{id: a, contents: [~]}]",
                "/seq/0/contents/0: a text or the number of a byte is wanted");
    CHECK_ERROR(HEAD "seq: [{id: a, type: b0}]", "/seq/0/type: there is no type 'b0'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: b65}]", "/seq/0/type: there is no type 'b65'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: u1le}]", "/seq/0/type: there is no type 'u1le'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: f2}]", "/seq/0/type: there is no type 'f2'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: bool}]", "/seq/0/type: there is no type 'bool'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: 'u1[]'}]", "/seq/0/type: there is no type 'u1[]'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: u1, pos: 1}]",
                "/seq/0/pos: 'pos' does not belong to such a field");
    CHECK_ERROR(HEAD "seq: [{id: a, type: u1, if: }]",
                "/seq/0/if: an expression is wanted, not nothing");
    CHECK_ERROR(HEAD "seq: [{id: a, type: u1, valid: {}}]",
                "/seq/0/valid: one of 'eq', 'min', 'max', 'any-of', 'in-enum' and 'expr' is "
                "missing");
    CHECK_ERROR(HEAD "seq: [{id: a, type: u1, valid: {min: 1, eq: 1}}]",
                "/seq/0/valid/min: 'min' does not belong to such a 'valid'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: u1, enum: e}]", "/seq/0/enum: there is no enum 'e'");
    CHECK_ERROR(HEAD "seq: [{id: a, type: {switch-on: 1, cases: {}}}]",
                "/seq/0/type/cases: a switch without cases");
    CHECK_ERROR(HEAD "params: [{type: u1}]", "/params/0: 'id' is missing");
    CHECK_ERROR(HEAD "instances: {a: {value: }}",
                "/instances/a/value: an expression is wanted, not nothing");
    CHECK_ERROR(HEAD "enums: {e: {0xffff_ffff_ffff_ffff_f: x}}",
                "/enums/e/0xffff_ffff_ffff_ffff_f: the keys of an enum are numbers of at most 64 "
                "bits");
    CHECK_ERROR(HEAD "enums: {e: {1: {doc: x}}}", "/enums/e/1: 'id' is missing");
    CHECK_ERROR(HEAD "types: {x: }", "/types/x: a map is wanted, not nothing");
}

static void test_charsets(void) {
    CHECK_TEXT(ksy_charset("utf8"), "UTF-8");
    CHECK_TEXT(ksy_charset("UTF-8"), "UTF-8");
    CHECK_TEXT(ksy_charset("us-ASCII"), "ASCII");
    CHECK_TEXT(ksy_charset("ISO_8859-16"), "ISO-8859-16");
    CHECK_TEXT(ksy_charset("CP437"), "IBM437");
    CHECK(ksy_charset("cp") == NULL);
    CHECK(ksy_charset("") == NULL);
    CHECK(ksy_charset("latin1 l1") == NULL);
    CHECK(ksy_charset("a-name-that-is-far-too-long-to-be-the-name-of-any-encoding") == NULL);
    CHECK(ksy_charset_is_known("KOI8-R"));
    CHECK(!ksy_charset_is_known("klingon"));
}

CHECK_MAIN("ksy_spec", {"class", test_class}, {"field", test_field}, {"others", test_others},
           {"endian_switch", test_endian_switch}, {"names", test_names}, {"refused", test_refused},
           {"charsets", test_charsets})
