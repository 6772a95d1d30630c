#include "config.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "check.h"
#include "ksy/yaml.h"
#include "text/diag.h"
#include "text/source.h"

struct setting {
    struct arena arena;
    struct sources *sources;
    struct diags diags;
    const struct source *source;
    struct yaml *root;
    struct buf out;
};

static void start_bytes(struct setting *setting, struct bytes text) {
    *setting = (struct setting){0};
    setting->sources = sources_new(&setting->arena);
    sources_add(setting->sources, "other.ksy", bytes_text("so that offsets do not begin at 0"));
    setting->source = sources_add(setting->sources, "a.ksy", text);
    diags_init(&setting->diags, &setting->arena, setting->sources);
    setting->root = yaml_parse(&setting->arena, &setting->diags, setting->source);
}

static void start(struct setting *setting, const char *text) {
    start_bytes(setting, bytes_text(text));
}

static void end(struct setting *setting) {
    buf_free(&setting->out);
    arena_free(&setting->arena);
}

/* The node at a path of keys and numbers, as "seq/0/id". */
static const struct yaml *at(const struct setting *setting, const char *path) {
    const struct yaml *node = setting->root;
    while (node && *path) {
        size_t len = strcspn(path, "/");
        char step[32] = {0};
        memcpy(step, path, len);
        if (node->kind == YAML_MAP) {
            node = yaml_get(node, step);
        } else {
            int n = atoi(step);
            for (node = node->first; node && n > 0; n--) {
                node = node->next;
            }
        }
        path += len + (path[len] == '/');
    }
    CHECK(node != NULL);
    return node;
}

static const char *text_of(struct setting *setting, struct span span) {
    buf_clear(&setting->out);
    buf_put(&setting->out, setting->source->text.at + (span.lo - setting->source->base),
            span.hi - span.lo);
    return buf_text(&setting->out);
}

static const char *path_of(struct setting *setting, const char *path) {
    buf_clear(&setting->out);
    yaml_path(at(setting, path), &setting->out);
    return buf_text(&setting->out);
}

static void check_rendered(int line, const char *text, const char *want) {
    struct setting setting;
    start(&setting, text);
    CHECK(setting.root == NULL);
    diags_render(&setting.diags, false, &setting.out);
    check_text(__FILE__, line, buf_text(&setting.out), want);
    end(&setting);
}
#define CHECK_RENDERED(text, want) check_rendered(__LINE__, text, want)

static void test_tree(void) {
    struct setting setting;
    start(&setting, "meta:\n"
                    "  id: png   # a comment\n"
                    "seq:\n"
                    "  - {id: 'it''s', size: [1, 0x10]}\n"
                    "  - id: \"a\\x41\\n\"\n"
                    "    doc: |\n"
                    "      one\n"
                    "      two\n"
                    "    value: >-\n"
                    "      a\n"
                    "      b\n"
                    "    empty:\n"
                    "    last: one\n"
                    "      more\n");
    CHECK_INT(setting.diags.errors, 0);
    CHECK_INT(setting.root->n, 2);
    CHECK_TEXT((const char *)at(&setting, "meta/id")->text.at, "png");
    CHECK_TEXT((const char *)at(&setting, "seq/0/id")->text.at, "it's");
    CHECK(at(&setting, "seq/0/id")->quoted);
    CHECK_TEXT((const char *)at(&setting, "seq/1/id")->text.at, "aA\n");
    CHECK_TEXT((const char *)at(&setting, "seq/1/doc")->text.at, "one\ntwo\n");
    CHECK_TEXT((const char *)at(&setting, "seq/1/value")->text.at, "a b");
    CHECK_TEXT((const char *)at(&setting, "seq/1/last")->text.at, "one more");
    CHECK(yaml_is_null(at(&setting, "seq/1/empty")));
    CHECK_TEXT(path_of(&setting, "seq/0/size/1"), "/seq/0/size/1");
    CHECK_TEXT(path_of(&setting, ""), "/");
    CHECK(yaml_get(setting.root, "types") == NULL);
    CHECK(yaml_get(at(&setting, "seq"), "0") == NULL);
    end(&setting);
}

static void test_spans(void) {
    struct setting setting;
    /* two bytes for one character in front: libyaml counts characters */
    start(&setting, "\xc3\xa9: \xe2\x82\xac\n"
                    "a: {b: \"x\\ty\", c: 'z+1' }\n"
                    "block: |\n"
                    "  text\n"
                    "\n"
                    "list:\n"
                    "  - 1\n"
                    "  - k: v\n"
                    "# end\n");
    CHECK_INT(setting.diags.errors, 0);
    CHECK_TEXT(text_of(&setting, at(&setting, "\xc3\xa9")->span), "\xe2\x82\xac");
    CHECK_TEXT(text_of(&setting, at(&setting, "a")->key_span), "a");
    CHECK_TEXT(text_of(&setting, at(&setting, "a")->span), "{b: \"x\\ty\", c: 'z+1' }");
    CHECK_TEXT(text_of(&setting, at(&setting, "a/b")->span), "\"x\\ty\"");
    CHECK_INT(at(&setting, "a/b")->straight, UINT32_MAX);
    CHECK_TEXT(text_of(&setting, at(&setting, "a/c")->span), "'z+1'");
    CHECK_TEXT(text_of(&setting, yaml_part(at(&setting, "a/c"), 1, 3)), "+1");
    CHECK_TEXT(text_of(&setting, yaml_part(at(&setting, "a/b"), 1, 2)), "\"x\\ty\"");
    CHECK_TEXT(text_of(&setting, at(&setting, "block")->span), "|\n  text");
    CHECK_TEXT(text_of(&setting, at(&setting, "list")->span), "- 1\n  - k: v");
    CHECK_TEXT(text_of(&setting, at(&setting, "list/1/k")->key_node->span), "k");
    end(&setting);
}

/* A byte order mark, line ends of DOS. */
static void test_dos(void) {
    struct setting setting;
    start(&setting, "\xef\xbb\xbfmeta:\r\n  id: a\r\n  endian: le\r\n");
    CHECK_INT(setting.diags.errors, 0);
    CHECK_TEXT(text_of(&setting, at(&setting, "meta/endian")->span), "le");
    CHECK_TEXT(text_of(&setting, at(&setting, "meta/endian")->key_span), "endian");
    end(&setting);
}

static void check_integer(int line, const char *text, bool is, int128 want) {
    struct setting setting;
    int128 value = 0;
    start(&setting, text);
    char got[INT128_TEXT_MAX];
    char wanted[INT128_TEXT_MAX];
    bool is_integer = yaml_integer(setting.root, &value);
    int128_text(is_integer ? value : 0, got);
    int128_text(is ? want : 0, wanted);
    check_int(__FILE__, line, is_integer, is);
    check_text(__FILE__, line, got, wanted);
    end(&setting);
}
#define CHECK_INTEGER(text, want) check_integer(__LINE__, text, true, want)
#define CHECK_NO_INTEGER(text)    check_integer(__LINE__, text, false, 0)

static void test_integers(void) {
    CHECK_INTEGER("0", 0);
    CHECK_INTEGER("-12", -12);
    CHECK_INTEGER("+12", 12);
    CHECK_INTEGER("0xfF_00", 0xff00);
    CHECK_INTEGER("0b1010_0001", 0xa1);
    CHECK_INTEGER("0o17", 15);
    CHECK_INTEGER("1_000", 1000);
    CHECK_INTEGER("18446744073709551615", (int128)UINT64_MAX);
    CHECK_INTEGER("-9223372036854775808", INT64_MIN);
    CHECK_NO_INTEGER("18446744073709551616");
    CHECK_NO_INTEGER("-9223372036854775809");
    CHECK_NO_INTEGER("340282366920938463463374607431768211457");
    CHECK_NO_INTEGER("'1'");
    CHECK_NO_INTEGER("010");
    CHECK_NO_INTEGER("_1");
    CHECK_NO_INTEGER("0x");
    CHECK_NO_INTEGER("-");
    CHECK_NO_INTEGER("12a");
    CHECK_NO_INTEGER("1.0");
    CHECK_NO_INTEGER("[1]");
    CHECK_NO_INTEGER("");
}

static bool is_float(const char *text) {
    struct setting setting;
    start(&setting, text);
    bool is = yaml_is_float(setting.root);
    end(&setting);
    return is;
}

/* 1, 0: true, false; -1: a string */
static int bool_of(const char *text) {
    struct setting setting;
    bool value = false;
    start(&setting, text);
    int is = yaml_bool(setting.root, &value) ? value : -1;
    end(&setting);
    return is;
}

static void test_words(void) {
    CHECK(is_float("0.9"));
    CHECK(is_float(".5"));
    CHECK(is_float("24000."));
    CHECK(is_float("-1.5e-3"));
    CHECK(is_float("1e3"));
    CHECK(!is_float("1"));
    CHECK(!is_float("."));
    CHECK(!is_float("1.5.2"));
    CHECK(!is_float("1e"));
    CHECK(!is_float("e5"));
    CHECK(!is_float("'0.9'"));
    CHECK_INT(bool_of("true"), 1);
    CHECK_INT(bool_of("False"), 0);
    CHECK_INT(bool_of("'true'"), -1);
    CHECK_INT(bool_of("y"), -1);
    CHECK_INT(bool_of("on"), -1);
    CHECK_INT(bool_of("no"), -1);
    CHECK_INT(bool_of(""), -1);
}

static void test_refused(void) {
    CHECK_RENDERED("meta:\n  id: yaml\n    seq:\n",
                   "a.ksy:3:8: error: /meta: mapping values are not allowed in this context "
                   "[E0801]\n    3 |     seq:\n      |        ^\n");
    CHECK_RENDERED("seq:\n  - id: a\n    id: b\n",
                   "a.ksy:3:5: error: /seq/0/id: this key stands in the map already [E0801]\n"
                   "    3 |     id: b\n      |     ^~\n"
                   "a.ksy:2:5: note: the first one is here\n"
                   "    2 |   - id: a\n      |     ^~\n");
    CHECK_RENDERED("a: &x 1\n", "a.ksy:1:4: error: /a: an anchor; specifications are written "
                                "without [E0801]\n    1 | a: &x 1\n      |    ^~~~\n");
    CHECK_RENDERED("a: *x\n", "a.ksy:1:4: error: /a: an alias; specifications are written "
                              "without [E0801]\n    1 | a: *x\n      |    ^~\n");
    CHECK_RENDERED("a: !!str x\n", "a.ksy:1:4: error: /a: a tag; specifications are written "
                                   "without [E0801]\n    1 | a: !!str x\n      |    ^~~~~~~\n");
    CHECK_RENDERED("a: 1\n---\nb: 2\n",
                   "a.ksy:2:1: error: /: a second document; a specification is one [E0801]\n"
                   "    2 | ---\n      | ^~~\n");
    CHECK_RENDERED("c:\n  [1, 2]: x\n", "a.ksy:2:3: error: /c: a key that is no text [E0801]\n"
                                        "    2 |   [1, 2]: x\n      |   ^\n");
    CHECK_RENDERED("%TAG !a! b\n---\nc: d\n",
                   "a.ksy:1:1: error: /: a tag directive; specifications are written without "
                   "[E0801]\n    1 | %TAG !a! b\n      | ^~~~\n");
    CHECK_RENDERED("\"a\\0b\": 1\n", "a.ksy:1:1: error: /: a key with a NUL character in it "
                                     "[E0801]\n    1 | \"a\\0b\": 1\n      | ^~~~~~\n");
}

static void test_bad_bytes(void) {
    struct setting setting;
    start_bytes(&setting, bytes_of("a: \xff\xfe\n", 6));
    CHECK(setting.root == NULL);
    CHECK_INT(setting.diags.errors, 1);
    CHECK_INT(setting.diags.first->span.lo, setting.source->base + 3);
    end(&setting);
    start_bytes(&setting, bytes_of("\0\0\0\0", 4));
    CHECK_INT(setting.diags.errors, 1);
    end(&setting);
}

static void test_nothing(void) {
    struct setting setting;
    start(&setting, "# only a comment\n");
    CHECK_INT(setting.diags.errors, 0);
    CHECK(yaml_is_null(setting.root));
    end(&setting);
}

/* What is nested, or much, ends at a limit. */
static void test_limits(void) {
    struct setting setting;
    struct buf text = {0};
    for (unsigned i = 0; i < 1000000; i++) {
        buf_putc(&text, '[');
    }
    start_bytes(&setting, buf_bytes(&text));
    CHECK_INT(setting.diags.errors, 1);
    CHECK_INT(setting.diags.first->span.lo, setting.source->base + YAML_DEPTH_MAX);
    end(&setting);
    buf_clear(&text);
    for (unsigned i = 0; i < YAML_NODES_MAX; i++) {
        buf_puts(&text, "-\n");
    }
    start_bytes(&setting, buf_bytes(&text));
    CHECK_INT(setting.diags.errors, 1);
    end(&setting);
    buf_free(&text);
}

CHECK_MAIN("ksy_yaml", {"tree", test_tree}, {"spans", test_spans}, {"dos", test_dos},
           {"integers", test_integers}, {"words", test_words}, {"refused", test_refused},
           {"bad_bytes", test_bad_bytes}, {"nothing", test_nothing}, {"limits", test_limits})
