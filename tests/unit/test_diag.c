#include "config.h"

#include "base/arena.h"
#include "base/buf.h"
#include "check.h"
#include "text/diag.h"
#include "text/source.h"

/* One source and its diagnostics. */
struct setting {
    struct arena arena;
    struct sources *sources;
    struct diags diags;
    struct buf out;
};

static void setting_start(struct setting *setting, const char *text) {
    *setting = (struct setting){0};
    setting->sources = sources_new(&setting->arena);
    CHECK(sources_add(setting->sources, "a.sonde", bytes_text(text)) != NULL);
    diags_init(&setting->diags, &setting->arena, setting->sources);
}

static void setting_end(struct setting *setting) {
    buf_free(&setting->out);
    arena_free(&setting->arena);
}

static void check_rendered(int line, struct setting *setting, const char *want) {
    buf_clear(&setting->out);
    diags_render(&setting->diags, false, &setting->out);
    check_text(__FILE__, line, buf_text(&setting->out), want);
}
#define CHECK_RENDERED(setting, want) check_rendered(__LINE__, setting, want)

static struct span span_at(uint32_t lo, uint32_t hi) {
    return (struct span){lo, hi};
}

static void test_places(void) {
    struct arena arena = {0};
    struct sources *sources = sources_new(&arena);
    const struct source *first = sources_add(sources, "first", bytes_text("one\r\ntw\xc3\xb6!\n"));
    const struct source *empty = sources_add(sources, "empty", bytes_of(NULL, 0));
    const struct source *last = sources_add(sources, "last", bytes_text("x\n\ny"));
    CHECK_INT(sources_count(sources), 3);
    CHECK(sources_at(sources, 1) == empty);
    CHECK_INT(first->base, 0);
    CHECK_INT(empty->base, 12);
    CHECK_INT(last->base, 13);
    CHECK_INT(last->id, 2);
    CHECK_BYTES(last->text.at, last->text.len + 2, "x\n\ny\0", 6);

    struct source_place place = sources_place(sources, span_at(0, 3));
    CHECK(place.source == first);
    CHECK_INT(place.line, 1);
    CHECK_INT(place.column, 1);
    CHECK_BYTES(place.text.at, place.text.len, "one", 3);
    place = sources_place(sources, span_at(9, 10)); /* the '!' behind a character of two bytes */
    CHECK_INT(place.line, 2);
    CHECK_INT(place.column, 4);
    CHECK_INT(place.line_off, 5);
    CHECK_BYTES(place.text.at, place.text.len, "tw\xc3\xb6!", 5);
    place =
        sources_place(sources, span_at(11, 11)); /* the end of the text is on a line of its own */
    CHECK(place.source == first);
    CHECK_INT(place.line, 3);
    CHECK_INT(place.column, 1);
    CHECK_INT(place.text.len, 0);
    place = sources_place(sources, span_at(12, 12));
    CHECK(place.source == empty);
    CHECK_INT(place.line, 1);
    place = sources_place(sources, span_at(16, 17));
    CHECK(place.source == last);
    CHECK_INT(place.line, 3);
    CHECK(sources_find(sources, span_at(17, 17)) == last);
    CHECK(sources_find(sources, span_at(18, 18)) == NULL);
    CHECK(sources_find(sources, span_none()) == NULL);
    CHECK(sources_place(sources, span_none()).source == NULL);
    arena_free(&arena);
}

static void test_sources_limit(void) {
    struct arena arena = {0};
    struct sources *sources = sources_new(&arena);
    char *text = arena_alloc(&arena, SOURCE_MAX + 1);
    CHECK(sources_add(sources, "long", bytes_of(text, SOURCE_MAX + 1)) == NULL);
    CHECK(sources_add(sources, "just", bytes_of(text, SOURCE_MAX)) != NULL);
    CHECK_INT(sources_count(sources), 1);
    arena_free(&arena);
}

static void test_render(void) {
    struct setting s;
    setting_start(&s, "struct a {\n    uint32 lenght;\n};\n");
    struct diag *diag =
        diag_report(&s.diags, DIAG_SYNTAX, span_at(22, 28), "unknown name '%s'", "lenght");
    diag_note(&s.diags, diag, span_at(7, 8), "in struct '%s'", "a");
    diag_note(&s.diags, diag, span_none(), "a note of no place");
    CHECK_RENDERED(&s, "a.sonde:2:12: error: unknown name 'lenght' [E0201]\n"
                       "    2 |     uint32 lenght;\n"
                       "      |            ^~~~~~\n"
                       "a.sonde:1:8: note: in struct 'a'\n"
                       "    1 | struct a {\n"
                       "      |        ^\n"
                       "note: a note of no place\n");
    setting_end(&s);
}

static void test_render_order(void) {
    struct setting s;
    setting_start(&s, "ab");
    diag_report(&s.diags, DIAG_SYNTAX, span_none(), "nowhere");
    diag_report(&s.diags, DIAG_SYNTAX, span_at(2, 2), "at the end");
    diag_report(&s.diags, DIAG_SYNTAX, span_at(0, 2), "first here");
    diag_report(&s.diags, DIAG_CHARACTER, span_at(0, 2), "second here");
    diag_report(&s.diags, DIAG_ALWAYS, span_at(0, 1), "warned");
    CHECK_RENDERED(&s, "a.sonde:1:1: error: first here [E0201]\n"
                       "    1 | ab\n"
                       "      | ^~\n"
                       "a.sonde:1:1: error: second here [E0101]\n"
                       "    1 | ab\n"
                       "      | ^~\n"
                       "a.sonde:1:1: warning: warned [W0902 constant-condition]\n"
                       "    1 | ab\n"
                       "      | ^\n"
                       "a.sonde:1:3: error: at the end [E0201]\n"
                       "    1 | ab\n"
                       "      |   ^\n"
                       "error: nowhere [E0201]\n");
    CHECK_INT(s.diags.errors, 4);
    CHECK_INT(s.diags.warnings, 1);
    setting_end(&s);
}

static void test_render_hostile(void) {
    struct setting s;
    setting_start(&s, "\ta\t\xff\x1b[1m");
    diag_report(&s.diags, DIAG_CHARACTER, span_at(3, 9999), "bad \x1b byte");
    CHECK_RENDERED(&s, "a.sonde:1:4: error: bad \xef\xbf\xbd byte [E0101]\n"
                       "    1 | \ta\t\xef\xbf\xbd\xef\xbf\xbd[1m\n"
                       "      | \t \t^~~~~\n");
    setting_end(&s);
    /* over lines, with a tab inside; and behind a line's end */
    setting_start(&s, "a\tb\r\nc\n");
    diag_report(&s.diags, DIAG_SYNTAX, span_at(0, 6), "over lines");
    diag_report(&s.diags, DIAG_SYNTAX, span_at(4, 5), "at the line's end");
    CHECK_RENDERED(&s, "a.sonde:1:1: error: over lines [E0201]\n"
                       "    1 | a\tb\n"
                       "      | ^\t~\n"
                       "a.sonde:1:5: error: at the line's end [E0201]\n"
                       "    1 | a\tb\n"
                       "      |  \t ^\n");
    setting_end(&s);
}

static void test_render_wide(void) {
    struct setting s;
    /* two wide characters, one narrow with a combining mark */
    setting_start(&s, "\xe6\x97\xa5\xe6\x9c\xac"
                      "e\xcc\x81!");
    diag_report(&s.diags, DIAG_SYNTAX, span_at(3, 9), "wide");
    CHECK_RENDERED(&s, "a.sonde:1:2: error: wide [E0201]\n"
                       "    1 | \xe6\x97\xa5\xe6\x9c\xac"
                       "e\xcc\x81!\n"
                       "      |   ^~~\n");
    setting_end(&s);
}

static void test_render_long(void) {
    struct setting s;
    struct buf text = {0};
    struct buf want = {0};
    buf_fill(&text, 'a', 500);
    buf_puts(&text, "here");
    buf_fill(&text, 'b', 500);
    setting_start(&s, buf_text(&text));
    diag_report(&s.diags, DIAG_SYNTAX, span_at(500, 504), "far right");
    buf_puts(&want, "a.sonde:1:501: error: far right [E0201]\n    1 | ...");
    buf_fill(&want, 'a', 40);
    buf_puts(&want, "here");
    buf_fill(&want, 'b', 56);
    buf_puts(&want, "...\n      |    ");
    buf_fill(&want, ' ', 40);
    buf_puts(&want, "^~~~\n");
    CHECK_RENDERED(&s, buf_text(&want));
    setting_end(&s);
    /* a span longer than what is shown ends with it */
    setting_start(&s, buf_text(&text));
    diag_report(&s.diags, DIAG_SYNTAX, span_at(0, 1004), "all of it");
    buf_clear(&want);
    buf_puts(&want, "a.sonde:1:1: error: all of it [E0201]\n    1 | ");
    buf_fill(&want, 'a', 100);
    buf_puts(&want, "...\n      | ^");
    buf_fill(&want, '~', 99);
    buf_puts(&want, "\n");
    CHECK_RENDERED(&s, buf_text(&want));
    setting_end(&s);
    buf_free(&text);
    buf_free(&want);
}

static void test_render_colour(void) {
    struct setting s;
    setting_start(&s, "ab");
    diag_report(&s.diags, DIAG_SYNTAX, span_at(1, 2), "wrong");
    diags_render(&s.diags, true, &s.out);
    CHECK_TEXT(buf_text(&s.out),
               "\033[1ma.sonde:1:2: \033[0m\033[1;31merror: \033[0mwrong [E0201]\n"
               "    1 | ab\n"
               "      |  \033[1;31m^\033[0m\n");
    setting_end(&s);
}

static void test_limit(void) {
    struct setting s;
    setting_start(&s, "abcdef");
    s.diags.limit = 2;
    for (uint32_t i = 0; i < 5; i++) {
        struct diag *diag = diag_report(&s.diags, DIAG_SYNTAX, span_at(i, i + 1), "error %u", i);
        diag_note(&s.diags, diag, span_none(), "note %u", i);
    }
    for (uint32_t i = 0; i < 3; i++) {
        diag_report(&s.diags, DIAG_ALWAYS, span_at(i, i + 1), "warning %u", i);
    }
    CHECK_INT(s.diags.errors, 5);
    CHECK_INT(s.diags.warnings, 3);
    CHECK_RENDERED(&s, "a.sonde:1:1: error: error 0 [E0201]\n"
                       "    1 | abcdef\n"
                       "      | ^\n"
                       "note: note 0\n"
                       "a.sonde:1:1: warning: warning 0 [W0902 constant-condition]\n"
                       "    1 | abcdef\n"
                       "      | ^\n"
                       "a.sonde:1:2: error: error 1 [E0201]\n"
                       "    1 | abcdef\n"
                       "      |  ^\n"
                       "note: note 1\n"
                       "a.sonde:1:2: warning: warning 1 [W0902 constant-condition]\n"
                       "    1 | abcdef\n"
                       "      |  ^\n"
                       "3 more errors not shown\n"
                       "1 more warning not shown\n");
    setting_end(&s);
}

static void test_dropped(void) {
    struct setting s;
    setting_start(&s, "abc");
    s.diags.disabled[DIAG_ALWAYS] = true;
    CHECK(diag_report(&s.diags, DIAG_ALWAYS, span_at(0, 1), "off") != NULL);
    diag_report(&s.diags, DIAG_SYNTAX, span_at(0, 1), "first");
    struct diag *again = diag_report(&s.diags, DIAG_SYNTAX, span_at(0, 1), "again");
    diag_note(&s.diags, again, span_none(), "lost with it");
    CHECK_INT(s.diags.errors, 1);
    CHECK_INT(s.diags.warnings, 0);
    CHECK_RENDERED(&s, "a.sonde:1:1: error: first [E0201]\n"
                       "    1 | abc\n"
                       "      | ^\n");
    setting_end(&s);
}

static void check_suggestion(int line, const char *name, const char *want) {
    static const char *const known[] = {"length", NULL,      "offset", "width", "count",
                                        "u8",     "lenght2", "x",      ""};
    struct setting s;
    setting_start(&s, "");
    struct diag *diag = diag_report(&s.diags, DIAG_SYNTAX, span_none(), "unknown name");
    diag_suggest(&s.diags, diag, name, known, sizeof known / sizeof *known);
    check_text(__FILE__, line, diag->notes ? diag->notes->message : NULL, want);
    setting_end(&s);
}
#define CHECK_SUGGESTION(name, want) check_suggestion(__LINE__, name, want)

static void test_suggest(void) {
    CHECK_SUGGESTION("lenth", "did you mean 'length'?");
    CHECK_SUGGESTION("lengthh", "did you mean 'length'?");
    CHECK_SUGGESTION("widht", "did you mean 'width'?"); /* an exchange is one edit */
    CHECK_SUGGESTION("ofsett", "did you mean 'offset'?");
    CHECK_SUGGESTION("u9", "did you mean 'u8'?");
    CHECK_SUGGESTION("y", NULL); /* nothing in common */
    CHECK_SUGGESTION("height", NULL);
    CHECK_SUGGESTION("", NULL);
    CHECK_SUGGESTION("a_name_of_more_than_sixty_four_bytes_is_not_compared_with_any_other_name",
                     NULL);
}

static void test_json(void) {
    struct setting s;
    setting_start(&s, "a\nb \"c\"\n");
    diags_render_json(&s.diags, &s.out);
    CHECK_TEXT(buf_text(&s.out), "[]\n");
    buf_clear(&s.out);
    struct diag *diag = diag_report(&s.diags, DIAG_SYNTAX, span_at(4, 7), "no \"c\" here");
    diag_note(&s.diags, diag, span_at(0, 1), "there");
    diag_note(&s.diags, diag, span_none(), "nowhere");
    diag_report(&s.diags, DIAG_ALWAYS, span_none(), "warned");
    diags_render_json(&s.diags, &s.out);
    CHECK_TEXT(
        buf_text(&s.out),
        "[\n"
        "{\"code\":\"E0201\",\"severity\":\"error\",\"file\":\"a.sonde\",\"line\":2,\"column\":3,"
        "\"offset\":4,\"length\":3,\"message\":\"no \\\"c\\\" here\",\"notes\":["
        "{\"file\":\"a.sonde\",\"line\":1,\"column\":1,\"offset\":0,\"length\":1,"
        "\"message\":\"there\"},"
        "{\"file\":null,\"line\":null,\"column\":null,\"offset\":null,\"length\":null,"
        "\"message\":\"nowhere\"}]},\n"
        "{\"code\":\"W0902\",\"severity\":\"warning\",\"file\":null,\"line\":null,"
        "\"column\":null,\"offset\":null,\"length\":null,\"message\":\"warned\",\"notes\":[]}\n"
        "]\n");
    setting_end(&s);
}

/* The table keeps its own rules: codes in order, each once, the letter that goes with the severity. */
static void test_table(void) {
    for (unsigned i = 0; i < DIAG_COUNT; i++) {
        const char *code = diag_code_text((enum diag_code)i);
        CHECK_INT(strlen(code), 5);
        CHECK_INT(code[0], diag_code_severity((enum diag_code)i) == DIAG_ERROR ? 'E' : 'W');
        CHECK(strlen(diag_code_about((enum diag_code)i)) > 0);
        if (i > 0 && code[0] == diag_code_text((enum diag_code)(i - 1))[0]) {
            CHECK(strcmp(diag_code_text((enum diag_code)(i - 1)), code) < 0);
        }
    }
}

CHECK_MAIN("diag", {"places", test_places}, {"limits of sources", test_sources_limit},
           {"render", test_render}, {"order", test_render_order},
           {"hostile text", test_render_hostile}, {"wide characters", test_render_wide},
           {"long lines", test_render_long}, {"colour", test_render_colour}, {"limit", test_limit},
           {"dropped", test_dropped}, {"suggestions", test_suggest}, {"json", test_json},
           {"table", test_table})
