#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "lib/sonde.h"

/* The library, by its header alone. What is expected of the schemas here is worked out by hand from their bytes. */

enum { EXHAUSTED = 43 };

/* "P" 2 | 1 "ab" | 2 "c" NUL: a pair of items behind a magic and a count. */
static const char schema_text[] = "schema pack \"A pack\";\n"
                                  "endian big;\n"
                                  "enum kind : uint8 { one = 1, two = 2 }\n"
                                  "flags how : uint8 { fast = 1, loud = 2 }\n"
                                  "struct item { kind kind; char name[2]; let twice = kind * 2; }\n"
                                  "struct pack {\n"
                                  "    magic \"P\";\n"
                                  "    uint8 count;\n"
                                  "    item items[count];\n"
                                  "    how how;\n"
                                  "    uint8 end = 9;\n"
                                  "}\n";
static const unsigned char pack[] = {'P', 2, 1, 'a', 'b', 2, 'c', 'd', 3, 9};

/* Everything that a listener is told, as text. */
struct told {
    char text[4096];
    size_t len;
    int stop_after; /* events; 0: never */
    int events;
    int open;
};

__attribute__((format(printf, 2, 3))) static void put(struct told *told, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t room = sizeof told->text - told->len;
    int n = vsnprintf(told->text + told->len, room, format, args);
    va_end(args);
    told->len += n > 0 && (size_t)n < room ? (size_t)n : 0;
}

static void put_place(struct told *told, const struct sonde_place *place) {
    if (place->offset == SONDE_NONE) {
        put(told, "@-");
        return;
    }
    put(told, "@%s%s%llu", place->space ? place->space : "", place->space ? ":" : "",
        (unsigned long long)place->offset);
    if (place->bit > 0) {
        put(told, ".%u", place->bit);
    }
    if (place->size != SONDE_NONE) {
        put(told, "+%llu", (unsigned long long)place->size);
    }
    if (place->pieces > 1) {
        put(told, "/%u", place->pieces);
    }
}

static int tell(void *context, const struct sonde_event *event) {
    static const char *const marks[] = {"{", "}", "[", "]", "", "!", "?", "<", ">"};
    struct told *told = context;
    char text[64] = "";
    put(told, "%s%s", marks[event->kind], sonde_event_path(event));
    told->open += event->kind == SONDE_STRUCT_BEGIN || event->kind == SONDE_ARRAY_BEGIN;
    told->open -= event->kind == SONDE_STRUCT_END || event->kind == SONDE_ARRAY_END;
    if (event->value) {
        sonde_value_print(event->value, text, sizeof text);
        put(told, "=%s", text);
    }
    if (event->kind == SONDE_FAULT) {
        put(told, "(%s)", event->problem);
    }
    if (event->kind != SONDE_STRUCT_END && event->kind != SONDE_ARRAY_END &&
        event->kind != SONDE_ROW_BEGIN && event->kind != SONDE_ROW_END) {
        put_place(told, &event->place);
    }
    put(told, " ");
    told->events++;
    return told->stop_after && told->events >= told->stop_after;
}

static struct sonde_schema *schema_of(const char *name, const char *text) {
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_schema *schema = sonde_schema_compile(NULL, name, text, strlen(text), errors);
    CHECK_TEXT(sonde_errors_text(errors), "");
    CHECK(schema != NULL);
    sonde_errors_free(errors);
    return schema;
}

static struct sonde_question *question_of(const char *name, const char *text,
                                          const struct sonde_request *request) {
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_schema *schema = schema_of(name, text);
    struct sonde_question *question = schema ? sonde_ask(schema, request, errors) : NULL;
    CHECK_TEXT(sonde_errors_text(errors), "");
    sonde_schema_close(schema); /* the question stays */
    sonde_errors_free(errors);
    return question;
}

/* Asks schema_text and compares all that is told. */
static void check_told(int line, const struct sonde_request *request, const void *bytes,
                       size_t size, enum sonde_status status, const char *wanted) {
    static struct told told;
    told = (struct told){0};
    struct sonde_input *input = sonde_input_memory("test", bytes, size);
    struct sonde_question *question = question_of("pack.sonde", schema_text, request);
    if (question) {
        check_int(__FILE__, line, sonde_run(question, input, tell, &told), status);
        check_text(__FILE__, line, told.text, wanted);
        check_int(__FILE__, line, told.open, 0);
    }
    sonde_question_free(question);
    sonde_input_close(input);
}
#define CHECK_TOLD(request, size, status, wanted)                                                  \
    check_told(__LINE__, request, pack, size, status, wanted)

static void test_everything(void) {
    CHECK_TOLD(NULL, sizeof pack, SONDE_OK,
               "{@0 count=2@1+1 [items@2 {items[0]@2 items[0].kind=one@2+1 items[0].name=ab@3+2 "
               "items[0].twice=2@- }items[0] {items[1]@5 items[1].kind=two@5+1 "
               "items[1].name=cd@6+2 items[1].twice=4@- }items[1] ]items how=fast|loud@8+1 "
               "end=9@9+1 } ");
    /* cut off within the second item's name */
    CHECK_TOLD(NULL, 7, SONDE_DATA,
               "{@0 count=2@1+1 [items@2 {items[0]@2 items[0].kind=one@2+1 items[0].name=ab@3+2 "
               "items[0].twice=2@- }items[0] {items[1]@5 items[1].kind=two@5+1 "
               "items[1].name=c@6+1 !items[1].name(truncated)@6 items[1].twice=4@- }items[1] "
               "]items } ");
    CHECK_TOLD(NULL, 0, SONDE_DATA, "{@0 !(magic)@0 } ");
}

/* Begins and ends are in pairs wherever the data is cut off, and whatever is asked. */
static void test_pairs(void) {
    static const struct sonde_request requests[] = {
        {.ask = SONDE_EVERYTHING},
        {.ask = SONDE_PATH, .path = "items"},
        {.ask = SONDE_PATH, .path = "$root"},
        {.ask = SONDE_SELECT, .columns = "$, name, $"},
    };
    static struct told told;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct sonde_request request = requests[i];
        request.size = sizeof request;
        struct sonde_question *question = question_of("pack.sonde", schema_text, &request);
        for (size_t size = 0; size <= sizeof pack; size++) {
            struct sonde_input *input = sonde_input_memory("test", pack, size);
            told = (struct told){0};
            CHECK_INT(sonde_run(question, input, tell, &told) == SONDE_OK,
                      size == sizeof pack || (i == 1 && size >= 8) || (i == 3 && size >= 8));
            CHECK_INT(told.open, 0);
            sonde_input_close(input);
        }
        sonde_question_free(question);
    }
}

static void test_findings(void) {
    unsigned char wrong[sizeof pack];
    memcpy(wrong, pack, sizeof wrong);
    wrong[9] = 8;
    struct sonde_request verify = {.size = sizeof verify, .ask = SONDE_VERIFY};
    check_told(__LINE__, &verify, wrong, sizeof wrong, SONDE_FINDINGS, "?end@9 ");
    CHECK_TOLD(&verify, sizeof pack, SONDE_OK, "");
    CHECK_TOLD(&verify, 7, SONDE_DATA, "!items[1].name(truncated)@6 ");
}

static void test_path(void) {
    struct sonde_request request = {.size = sizeof request, .ask = SONDE_PATH};
    request.path = "items[1].kind";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "items[1].kind=two@5+1 ");
    request.path = "items[*].name";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "items[0].name=ab@3+2 items[1].name=cd@6+2 ");
    request.path = "items";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK,
               "{items[0]@2+3 items[0].kind=one@2+1 items[0].name=ab@3+2 items[0].twice=2@- "
               "}items[0] {items[1]@5+3 items[1].kind=two@5+1 items[1].name=cd@6+2 "
               "items[1].twice=4@- }items[1] ");
    request.path = "items[7].kind";
    CHECK_TOLD(&request, sizeof pack, SONDE_DATA, "!(range)@0 ");
    request.path = "items[$.name == \"x\"].kind";
    CHECK_TOLD(&request, sizeof pack, SONDE_FINDINGS, "");
    request.path = "count + 1";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "=3@- ");
}

static void test_select(void) {
    struct sonde_request request = {.size = sizeof request, .ask = SONDE_SELECT};
    CHECK_TOLD(&request, sizeof pack, SONDE_OK,
               "< kind=one@2+1 name=ab@3+2 twice=2@- > < kind=two@5+1 name=cd@6+2 twice=4@- > ");
    request.where = "name == \"cd\"";
    request.columns = "twice, $index";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "< twice=4@- $index=1@- > ");
    request.where = "kind == 7";
    CHECK_TOLD(&request, sizeof pack, SONDE_FINDINGS, "");
    request.where = NULL;
    request.columns = "name";
    request.skip = 1;
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "< name=cd@6+2 > ");
    request.skip = 0;
    request.limit = 1;
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "< name=ab@3+2 > ");
    request.limit = 0;
    request.columns = "$";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK,
               "< {$@2 $.kind=one@2+1 $.name=ab@3+2 $.twice=2@- }$ > "
               "< {$@5 $.kind=two@5+1 $.name=cd@6+2 $.twice=4@- }$ > ");
    request.columns = NULL;
    request.aggregates = "count, sum(twice), min(kind)";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "< count=2@- sum(twice)=6@- min(kind)=one@- > ");
    request.by = "name";
    request.aggregates = "count";
    CHECK_TOLD(&request, sizeof pack, SONDE_OK, "< name=ab@- count=1@- > < name=cd@- count=1@- > ");
    struct sonde_question *question = question_of("pack.sonde", schema_text, &request);
    CHECK_INT(sonde_question_columns(question), 2);
    CHECK_TEXT(sonde_question_column(question, 1), "count");
    CHECK_TEXT(sonde_question_column(question, 2), "");
    sonde_question_free(question);
}

/* A program that was built when requests were shorter. */
static void test_short_request(void) {
    struct sonde_request request = {.ask = SONDE_SELECT, .where = "no such thing"};
    request.size = offsetof(struct sonde_request, where);
    CHECK_TOLD(&request, sizeof pack, SONDE_OK,
               "< kind=one@2+1 name=ab@3+2 twice=2@- > < kind=two@5+1 name=cd@6+2 twice=4@- > ");
}

static void test_stop(void) {
    static struct told told;
    struct sonde_input *input = sonde_input_memory("test", pack, sizeof pack);
    struct sonde_question *question = question_of("pack.sonde", schema_text, NULL);
    for (int after = 1; after < 12; after++) {
        told = (struct told){.stop_after = after};
        CHECK_INT(sonde_run(question, input, tell, &told), SONDE_STOPPED);
        CHECK_INT(told.events, after);
    }
    sonde_question_free(question);
    sonde_input_close(input);
}

static void test_reuse(void) {
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_schema *schema = schema_of("pack.sonde", schema_text);
    struct sonde_request request = {.size = sizeof request, .ask = SONDE_PATH};
    struct sonde_input *input = sonde_input_memory("test", pack, sizeof pack);
    static struct told told;
    static const char *const wrong[] = {"itm", "items[", "items[*].nme", "how.x", "**.zzz"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        request.path = wrong[i];
        CHECK(!sonde_ask(schema, &request, errors));
        CHECK_INT(sonde_errors_at(errors, 0)->status, SONDE_SCHEMA);
        request.path = "**.name";
        struct sonde_question *question = sonde_ask(schema, &request, errors);
        CHECK_TEXT(sonde_errors_text(errors), "");
        told = (struct told){0};
        CHECK_INT(question ? sonde_run(question, input, tell, &told) : SONDE_SCHEMA, SONDE_OK);
        CHECK_TEXT(told.text, "items[0].name=ab@3+2 items[1].name=cd@6+2 ");
        sonde_question_free(question);
    }
    sonde_input_close(input);
    sonde_schema_close(schema);
    sonde_errors_free(errors);
}

/* errors */

static void test_diagnostics(void) {
    static const char text[] = "struct s {\n    uint8 len;\n    byte data[lem];\n}\n";
    struct sonde_errors *errors = sonde_errors_new();
    CHECK(!sonde_schema_compile(NULL, "s.sonde", text, strlen(text), errors));
    CHECK_INT(sonde_errors_count(errors), 2);
    const struct sonde_error *error = sonde_errors_at(errors, 0);
    CHECK_INT(error->status, SONDE_SCHEMA);
    CHECK_INT(error->severity, SONDE_ERROR);
    CHECK_TEXT(error->code, "E0301");
    CHECK_TEXT(error->message, "unknown name 'lem'");
    CHECK_TEXT(error->file, "s.sonde");
    CHECK_INT(error->line, 3);
    CHECK_INT(error->column, 15);
    CHECK_INT(error->offset, 40);
    CHECK_INT(error->length, 3);
    CHECK_TEXT(error->quote, "    3 |     byte data[lem];\n      |               ^~~\n");
    error = sonde_errors_at(errors, 1);
    CHECK_INT(error->severity, SONDE_NOTE);
    CHECK_TEXT(error->message, "did you mean 'len'?");
    CHECK_TEXT(error->file, "");
    CHECK(!sonde_errors_at(errors, 2));
    CHECK(strstr(sonde_errors_text(errors), "s.sonde:3:15: error: unknown name 'lem' [E0301]\n"));
    sonde_errors_free(errors);
}

static void check_error(struct sonde_errors *errors, enum sonde_status status,
                        const char *message) {
    const struct sonde_error *error = sonde_errors_at(errors, 0);
    CHECK_INT(sonde_errors_count(errors), 1);
    if (error) {
        CHECK_INT(error->status, status);
        CHECK_TEXT(error->message, message);
        CHECK(strstr(sonde_errors_text(errors), message) != NULL);
    }
}

static void test_other_errors(void) {
    struct sonde_errors *errors = sonde_errors_new();
    CHECK(!sonde_input_open("/nowhere/at all", SONDE_INPUT_MAPPED, errors));
    check_error(errors, SONDE_SYSTEM, "can't open '/nowhere/at all': No such file or directory");
    CHECK_INT(sonde_errors_at(errors, 0)->system_error, ENOENT);
    CHECK(!sonde_schema_open(NULL, "./none.sonde", errors));
    check_error(errors, SONDE_SYSTEM,
                "can't read the schema './none.sonde': No such file or directory");
    CHECK(!sonde_schema_open(NULL, "pgn", errors));
    check_error(errors, SONDE_USAGE, "there is no schema 'pgn'; did you mean 'png'?");
    CHECK(!sonde_input_shared("all", SIZE_MAX / 2, errors));
    CHECK_INT(sonde_errors_at(errors, 0)->system_error, ENOMEM);
    struct sonde_input *input = sonde_input_memory("x.none", "????", 4);
    CHECK(!sonde_schema_detect(NULL, input, errors));
    check_error(errors, SONDE_FINDINGS, "none of the schemas found is for 'x.none'");
    CHECK(!sonde_schema_detect(NULL, input, NULL));
    sonde_input_close(input);
    struct sonde_schema *schema = schema_of("a.sonde", "struct b { uint8 x; }");
    CHECK(!sonde_ask(schema, NULL, errors));
    check_error(errors, SONDE_SCHEMA,
                "the schema 'a.sonde' can't decode a file: it has no struct 'a' to start from");
    sonde_schema_close(schema);
    sonde_errors_free(errors);
    sonde_errors_free(NULL);
}

static void test_contradictions(void) {
    static const struct sonde_request requests[] = {
        {.ask = SONDE_PATH},
        {.ask = SONDE_VERIFY, .where = "1"},
        {.ask = SONDE_SELECT, .aggregates = "count", .columns = "name"},
        {.ask = SONDE_SELECT, .by = "name"},
        {.ask = (enum sonde_ask)77},
        {.ask = SONDE_SELECT, .path = "how"},
    };
    static const enum sonde_status wanted[] = {SONDE_USAGE, SONDE_USAGE, SONDE_USAGE,
                                               SONDE_USAGE, SONDE_USAGE, SONDE_SCHEMA};
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_schema *schema = schema_of("pack.sonde", schema_text);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct sonde_request asked = requests[i];
        asked.size = sizeof asked;
        CHECK(!sonde_ask(schema, &asked, errors));
        CHECK_INT(sonde_errors_count(errors), 1);
        CHECK_INT(sonde_errors_at(errors, 0)->status, wanted[i]);
    }
    struct sonde_request request = {.size = sizeof request, .ask = SONDE_PATH};
    CHECK(!sonde_ask(schema, &request, NULL));
    sonde_schema_close(schema);
    sonde_errors_free(errors);
}

static void test_parameters(void) {
    static const char text[] = "struct p(uint8 n, string s) { byte data[n]; let label = s; }";
    static const char *const given[] = {"n=2", "s=a=b"};
    static const char *const wrong[][2] = {{"n=2", "m=1"}, {"n", "s=x"}, {"n=x", "s=x"}};
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_schema *schema = schema_of("p.sonde", text);
    struct sonde_request request = {.size = sizeof request, .parameters = given};
    static struct told told;
    CHECK(!sonde_ask(schema, &request, errors));
    check_error(errors, SONDE_USAGE, "'p' needs a value for n, s");
    request.parameter_count = 2;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        request.parameters = wrong[i];
        CHECK(!sonde_ask(schema, &request, errors));
        CHECK_INT(sonde_errors_at(errors, 0)->status, SONDE_USAGE);
    }
    request.parameters = given;
    struct sonde_question *question = sonde_ask(schema, &request, errors);
    sonde_schema_close(schema);
    struct sonde_input *input = sonde_input_memory("test", "\x01\x02\x03", 3);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_OK);
    CHECK_TEXT(told.text, "{@0 data=0102@0+2 label=a=b@- } ");
    sonde_input_close(input);
    sonde_question_free(question);
    sonde_errors_free(errors);
}

static void test_limits(void) {
    static struct told told;
    struct sonde_request request = {.size = sizeof request, .depth_limit = 3};
    struct sonde_question *question =
        question_of("d.sonde", "struct d { uint8 x; d inner[1 - x]; }", &request);
    char deep[100] = "";
    struct sonde_input *input = sonde_input_memory("test", deep, sizeof deep);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_DATA);
    CHECK(strstr(told.text, "(depth)") != NULL);
    CHECK_INT(told.open, 0);
    sonde_question_free(question);
    request = (struct sonde_request){.size = sizeof request, .work_limit = 5};
    question = question_of("w.sonde", "struct w { uint8 x[]; let n = sum(x); }", &request);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_DATA);
    CHECK(strstr(told.text, "!(limit)@- ") != NULL);
    sonde_question_free(question);
    sonde_input_close(input);
}

static void test_specification(void) {
    static const char text[] = "meta:\n  id: two\n  endian: le\nseq:\n  - id: a\n    type: u2\n";
    static struct told told;
    struct sonde_question *question = question_of("two.ksy", text, NULL);
    struct sonde_input *input = sonde_input_memory("test", "\x01\x02", 2);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_OK);
    CHECK_TEXT(told.text, "{@0 a=513@0+2 } ");
    sonde_input_close(input);
    sonde_question_free(question);
}

static int count_names(void *context, const char *name, const char *path) {
    int *n = context;
    CHECK(name[0] && path[0]);
    *n += strcmp(name, "png") == 0 || strcmp(name, "zip") == 0;
    return strcmp(name, "png") == 0 ? 7 : 0;
}

static void test_schemas(void) {
    int n = 0;
    struct sonde_folders *folders = sonde_folders_new();
    sonde_folders_add(folders, "/nowhere");
    CHECK_INT(sonde_folders_each(folders, count_names, &n), 7);
    CHECK_INT(n, 1); /* zip stands behind png */
    /* the first 8 bytes of a PNG file, by its specification */
    struct sonde_input *input = sonde_input_memory("x", "\x89PNG\r\n\x1a\n", 8);
    struct sonde_schema *schema = sonde_schema_detect(folders, input, NULL);
    sonde_folders_free(folders);
    CHECK(schema != NULL);
    CHECK_TEXT(sonde_schema_name(schema), "png");
    CHECK(strstr(sonde_schema_title(schema), "Portable Network Graphics") != NULL);
    CHECK(strstr(sonde_schema_path(schema), "/png.sonde") != NULL);
    sonde_schema_close(schema);
    sonde_schema_close(NULL);
    schema = sonde_schema_open(NULL, "png", NULL);
    CHECK(schema != NULL);
    sonde_schema_close(schema);
    sonde_input_close(input);
}

/* values */

static struct sonde_value first_value;
static unsigned char first_run[32];

static int keep_first(void *context, const struct sonde_event *event) {
    (void)context;
    if (event->kind == SONDE_VALUE) {
        first_value = *event->value;
        /* what it points to does not stay */
        struct sonde_run *run =
            first_value.kind == SONDE_TEXT ? &first_value.text : &first_value.bytes;
        CHECK(run->length <= sizeof first_run);
        memcpy(first_run, run->at, run->length < sizeof first_run ? run->length : 0);
        run->at = first_run;
        return 1;
    }
    return 0;
}

static void read_value(const char *schema, const void *bytes, size_t size) {
    struct sonde_input *input = sonde_input_memory("test", bytes, size);
    struct sonde_question *question = question_of("v.sonde", schema, NULL);
    CHECK_INT(question ? sonde_run(question, input, keep_first, NULL) : SONDE_SCHEMA,
              SONDE_STOPPED);
    sonde_question_free(question);
    sonde_input_close(input);
}

/* Python: int.from_bytes(…), struct.unpack, float() */
static void test_values(void) {
    int64_t s = 77;
    uint64_t u = 77;
    double d = 77;
    char text[64];
    read_value("struct v { uint64le v; }", "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    CHECK(!sonde_value_int64(&first_value, &s) && s == 77);
    CHECK(sonde_value_uint64(&first_value, &u) && u == UINT64_MAX);
    CHECK(sonde_value_double(&first_value, &d) && d == 18446744073709551615.0);
    CHECK_INT(first_value.bits, 64);
    read_value("struct v { int64le v; }", "\x00\x00\x00\x00\x00\x00\x00\x80", 8);
    CHECK(sonde_value_int64(&first_value, &s) && s == INT64_MIN);
    CHECK(!sonde_value_uint64(&first_value, &u));
    CHECK_INT(first_value.integer.high, -1);
    read_value("struct v { uint128be v; }", "\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    CHECK_INT(first_value.kind, SONDE_WIDE);
    CHECK(first_value.integer.high == 0xff00000000000000 && first_value.integer.low == 1);
    CHECK(!sonde_value_int64(&first_value, &s) && !sonde_value_uint64(&first_value, &u));
    CHECK(sonde_value_double(&first_value, &d) && d == 0xffp120);
    CHECK_INT(sonde_value_print(&first_value, text, sizeof text), 34);
    CHECK_TEXT(text, "0xff000000000000000000000000000001");
    CHECK_INT(sonde_value_print(&first_value, text, 5), 34);
    CHECK_TEXT(text, "0xff");
    CHECK_INT(sonde_value_print(&first_value, NULL, 0), 34);
    read_value("struct v { floatbe v; }", "\x3d\xcc\xcc\xcd", 4);
    CHECK_INT(first_value.kind, SONDE_FLOAT);
    CHECK(first_value.number == (double)0.1f);
    sonde_value_print(&first_value, text, sizeof text);
    CHECK_TEXT(text, "0.1");
    CHECK(!sonde_value_int64(&first_value, &s));
    read_value("struct v { bool v; }", "\1", 1);
    CHECK(first_value.kind == SONDE_BOOL && first_value.boolean == 1);
    CHECK(sonde_value_int64(&first_value, &s) && s == 1);
    read_value("struct v { byte v[4]; }", "\0\x01\xab\xff", 4);
    CHECK_INT(first_value.kind, SONDE_BYTES);
    CHECK_BYTES(first_value.bytes.at, first_value.bytes.length, "\0\x01\xab\xff", 4);
    CHECK_INT(sonde_value_print(&first_value, text, sizeof text), 8);
    CHECK_TEXT(text, "0001abff");
    CHECK_INT(sonde_value_print(&first_value, text, 4), 8);
    CHECK_TEXT(text, "000");
    CHECK(!sonde_value_double(&first_value, &d));
    read_value("struct v { char v[3] encoding \"ISO-8859-1\"; }", "\xe9t\xe9", 3);
    CHECK_INT(first_value.kind, SONDE_TEXT);
    CHECK_BYTES(first_value.text.at, first_value.text.length, "\xc3\xa9t\xc3\xa9", 5);
    read_value("enum e : uint8 { a = 1 } struct v { e v; }", "\2", 1);
    CHECK(!first_value.name);
    sonde_value_print(&first_value, text, sizeof text);
    CHECK_TEXT(text, "2");
    read_value("flags f : uint8 { a = 1, b = 2 } struct v { f v; }", "\x83", 1);
    CHECK_INT(first_value.integer.low, 0x83);
}

static void test_places(void) {
    static struct told told;
    /* Python: zlib.compress(b"hi"), raw */
    static const char packed[] = "\x01\x78\x9c\xcb\xc8\x04\x00\x01\x3b\x00\xd2";
    struct sonde_input *input = sonde_input_memory("test", packed, 11);
    struct sonde_question *question =
        question_of("z.sonde", "struct z { uint8 n; string s[] from zlib($rest); }", NULL);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_OK);
    CHECK_TEXT(told.text, "{@0 n=1@0+1 s=hi@zlib:0+2 } ");
    sonde_question_free(question);
    sonde_input_close(input);
    /* 4 bits in the middle of a byte, and bytes of two places that are one text */
    input = sonde_input_memory("test",
                               "\x5a"
                               "abXcd",
                               6);
    question =
        question_of("b.sonde",
                    "bitorder msb;\n"
                    "struct b { uint8 p : 2; uint8 q : 4; uint8 r : 2; byte one[2]; byte skip[1]; "
                    "byte two[2]; char all[4] from concat(one, two); }",
                    NULL);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_OK);
    CHECK_TEXT(told.text, "{@0 p=1@0+1 q=6@0.2+1 r=2@0.6+1 one=6162@1+2 skip=58@3+1 two=6364@4+2 "
                          "all=abcd@1+4/2 } ");
    sonde_question_free(question);
    sonde_input_close(input);
}

/* inputs */

static void test_shared(void) {
    static struct told told;
    struct sonde_input *input = sonde_input_shared("shared", 10, NULL);
    struct sonde_question *question = question_of("pack.sonde", schema_text, NULL);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        memcpy(sonde_input_writable(input), pack, sizeof pack);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    told = (struct told){0};
    CHECK_INT(sonde_run(question, input, tell, &told), SONDE_OK);
    CHECK(strstr(told.text, "items[1].name=cd@6+2") != NULL);
    CHECK_INT(sonde_input_size(input), 10);
    sonde_question_free(question);
    sonde_input_close(input);
    input = sonde_input_memory("m", pack, sizeof pack);
    CHECK(!sonde_input_writable(input));
    CHECK(sonde_input_bytes(input) == pack);
    CHECK_TEXT(sonde_input_name(input), "m");
    CHECK(!sonde_input_lost(input, NULL));
    sonde_input_close(input);
    sonde_input_close(NULL);
}

/* What a child with a file of 64 KiB, opened in that way, is told when it shrinks: its status. */
static int run_over_lost(enum sonde_input_way way) {
    char name[] = "/tmp/sonde-test-lib-XXXXXX";
    int fd = mkstemp(name);
    CHECK(fd >= 0 && ftruncate(fd, 65536) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct sigaction before, behind;
        struct sonde_question *question =
            question_of("l.sonde", "struct l { uint64le x[]; }", NULL);
        static struct told told;
        sigaction(SIGBUS, NULL, &before);
        struct sonde_input *input = sonde_input_open(name, way, NULL);
        sigaction(SIGBUS, NULL, &behind);
        bool handled = before.sa_handler != behind.sa_handler;
        uint64_t at = 0;
        if (ftruncate(fd, 0) != 0 || handled != (way == SONDE_INPUT_GUARDED)) {
            _exit(90);
        }
        int status = sonde_run(question, input, tell, &told);
        _exit(sonde_input_lost(input, &at) && at != 0 ? 91 : status);
    }
    int status = 0;
    waitpid(child, &status, 0);
    unlink(name);
    close(fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_ways(void) {
    CHECK_INT(run_over_lost(SONDE_INPUT_GUARDED), SONDE_SYSTEM);
    CHECK_INT(run_over_lost(SONDE_INPUT_COPIED), SONDE_OK);
}

/* threads */

struct work {
    const struct sonde_question *question;
    struct sonde_schema *schema;
    const struct sonde_input *input;
    struct told told;
    int failures;
};

static void *work(void *context) {
    struct work *w = context;
    struct sonde_request request = {.size = sizeof request, .ask = SONDE_PATH};
    struct sonde_errors *errors = sonde_errors_new();
    for (int i = 0; i < 20; i++) {
        request.path = i % 2 ? "items[*].kind" : "items[*].kin";
        struct sonde_question *own = sonde_ask(w->schema, &request, errors);
        w->failures += !own != (i % 2 == 0);
        w->told.len = 0;
        /* wanted is 9: a finding, whose place in the schema is looked up */
        w->failures += sonde_run(w->question, w->input, tell, &w->told) != SONDE_FINDINGS;
        if (own) {
            w->told.len = 0;
            w->failures += sonde_run(own, w->input, tell, &w->told) != SONDE_OK;
            w->failures +=
                strcmp(w->told.text, "items[0].kind=one@2+1 items[1].kind=two@5+1 ") != 0;
        }
        sonde_question_free(own);
    }
    sonde_errors_free(errors);
    return NULL;
}

static void test_threads(void) {
    enum { THREADS = 4 };
    static struct work works[THREADS];
    unsigned char wrong[sizeof pack];
    memcpy(wrong, pack, sizeof wrong);
    wrong[9] = 8;
    struct sonde_input *input = sonde_input_memory("test", wrong, sizeof wrong);
    struct sonde_schema *schema = schema_of("pack.sonde", schema_text);
    struct sonde_question *question = sonde_ask(schema, NULL, NULL);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        works[i] = (struct work){.question = question, .schema = schema, .input = input};
        CHECK_INT(pthread_create(&threads[i], NULL, work, &works[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(works[i].failures, 0);
    }
    sonde_schema_close(schema);
    sonde_question_free(question);
    sonde_input_close(input);
}

/* cursors */

static void test_cursor(void) {
    static const unsigned char bytes[] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde,
                                          0xf0, 0x80, 0x01, 'h',  'i',  0,    0x7f};
    struct sonde_cursor c = sonde_cursor_over(bytes, sizeof bytes);
    struct sonde_integer wide;
    struct sonde_run run;
    uint64_t u = 0;
    int64_t s = 0;
    double d = 0;
    CHECK(sonde_cursor_uint(&c, 3, SONDE_BIG, &u) && u == 0x123456);
    CHECK(sonde_cursor_seek(&c, 0) && sonde_cursor_uint(&c, 8, SONDE_LITTLE, &u));
    CHECK(u == 0xf0debc9a78563412);
    CHECK(sonde_cursor_seek(&c, 7) && sonde_cursor_int(&c, 2, SONDE_BIG, &s) && s == -3968);
    CHECK(!sonde_cursor_uint(&c, 9, SONDE_BIG, &u) && !sonde_cursor_uint(&c, 0, SONDE_BIG, &u));
    CHECK_INT(sonde_cursor_tell(&c), 9);
    CHECK(sonde_cursor_seek(&c, 0) && sonde_cursor_wide(&c, 9, SONDE_BIG, 0, &wide));
    CHECK(wide.high == 0x12 && wide.low == 0x3456789abcdef080);
    CHECK(sonde_cursor_seek(&c, 4) && sonde_cursor_wide(&c, 2, SONDE_BIG, 1, &wide));
    CHECK(wide.high == UINT64_MAX && (int64_t)wide.low == (int16_t)0x9abc);
    CHECK(!sonde_cursor_wide(&c, 17, SONDE_BIG, 0, &wide));
    /* 0x12 is 0001 0010 */
    CHECK(sonde_cursor_seek(&c, 0) && sonde_cursor_bits(&c, 4, SONDE_BIG, &u) && u == 1);
    CHECK(sonde_cursor_bits(&c, 12, SONDE_BIG, &u) && u == 0x234);
    CHECK(sonde_cursor_bits(&c, 4, SONDE_LITTLE, &u) && u == 6);
    CHECK_INT(sonde_cursor_tell(&c), 3);
    CHECK(sonde_cursor_uint(&c, 1, SONDE_BIG, &u) && u == 0x78);
    CHECK(!sonde_cursor_bits(&c, 0, SONDE_BIG, &u) && !sonde_cursor_bits(&c, 65, SONDE_BIG, &u));
    CHECK(sonde_cursor_seek(&c, 8) && sonde_cursor_uleb128(&c, &u) && u == 128);
    CHECK(sonde_cursor_seek(&c, 13) && sonde_cursor_sleb128(&c, &s) && s == -1);
    CHECK(sonde_cursor_seek(&c, 10) && sonde_cursor_text(&c, &run));
    CHECK_BYTES(run.at, run.length, "hi", 2);
    CHECK_INT(sonde_cursor_left(&c), 1);
    CHECK(sonde_cursor_peek(&c, 1, &run) && run.at[0] == 0x7f);
    CHECK_INT(sonde_cursor_left(&c), 1);
    CHECK(!sonde_cursor_text(&c, &run) && !sonde_cursor_bytes(&c, 2, &run));
    CHECK(!sonde_cursor_uint(&c, 2, SONDE_BIG, &u) && !sonde_cursor_bits(&c, 9, SONDE_BIG, &u));
    CHECK(sonde_cursor_bytes(&c, 1, &run) && run.at == bytes + 13);
    CHECK(!sonde_cursor_skip(&c, 1) && !sonde_cursor_seek(&c, sizeof bytes + 1));
    CHECK(!sonde_cursor_skip(&c, UINT64_MAX) && sonde_cursor_seek(&c, sizeof bytes));
    CHECK(!sonde_cursor_peek(&c, 1, &run) && sonde_cursor_peek(&c, 0, &run));
    c = sonde_cursor_over("\x3f\x80\x00\x00", 4);
    CHECK(sonde_cursor_float(&c, 4, SONDE_BIG, &d) && d == 1.0);
    CHECK(!sonde_cursor_float(&c, 3, SONDE_BIG, &d));
    c = sonde_cursor_over(NULL, 5);
    CHECK(!sonde_cursor_uint(&c, 1, SONDE_BIG, &u) && sonde_cursor_left(&c) == 0);
    struct sonde_input *input =
        sonde_input_memory("m", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", 10);
    c = sonde_cursor_of(input);
    CHECK(!sonde_cursor_uleb128(&c, &u) && sonde_cursor_tell(&c) == 0); /* 2^64 */
    sonde_input_close(input);
}

CHECK_MAIN("library", {"everything", test_everything}, {"pairs", test_pairs},
           {"findings", test_findings}, {"path", test_path}, {"select", test_select},
           {"short request", test_short_request}, {"stop", test_stop}, {"reuse", test_reuse},
           {"diagnostics", test_diagnostics}, {"other errors", test_other_errors},
           {"contradictions", test_contradictions}, {"parameters", test_parameters},
           {"limits", test_limits}, {"specification", test_specification},
           {"schemas", test_schemas}, {"values", test_values}, {"places", test_places},
           {"shared", test_shared}, {"ways", test_ways}, {"threads", test_threads},
           {"cursor", test_cursor})
