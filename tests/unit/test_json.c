/* The sinks for programs: JSON, JSON Lines and CSV, driven by hand-made programs and events, and
 * the text conversion that blocks share with the VM. The lines expected were made with Python:
 * its json module, struct, and codecs. */
#include "config.h"

#include "sink/json.h"

#include <math.h>

#include "check.h"
#include "sink/csv.h"

/* a program under construction, and what a sink wrote */

struct fixture {
    struct program program;
    struct arena arena;
    struct out out;
    struct buf made;
    struct buf text; /* of the block being made: what stands before the next value */
    struct vm_sink *sink;
    bool csv;
};

static void start(struct fixture *f) {
    *f = (struct fixture){0};
    out_memory(&f->out, &f->made);
}

static void start_json(struct fixture *f, struct json_options options) {
    start(f);
    f->sink = json_new(&f->out, &options);
}

/* Ends the output and compares all of it. */
static void finish(struct fixture *f, const char *want) {
    if (f->csv) {
        csv_finish(f->sink);
        csv_free(f->sink);
    } else {
        json_finish(f->sink);
        json_free(f->sink);
    }
    CHECK(out_close(&f->out));
    CHECK_TEXT(buf_text(&f->made), want);
    buf_free(&f->made);
    buf_free(&f->text);
    arena_free(&f->arena);
}

static uint32_t add_data(struct fixture *f, struct bytes bytes) {
    const char *copy = arena_strndup(&f->arena, (const char *)bytes.at, bytes.len);
    *vec_push(&f->program.data, &f->arena) = bytes_of(copy, bytes.len);
    return f->program.data.n - 1;
}

static uint32_t add_text(struct fixture *f, const char *text) {
    return add_data(f, bytes_text(text));
}

static uint32_t add_type(struct fixture *f, struct program_type type) {
    type.names = type.names ? type.names - 1 : PROGRAM_NONE; /* here: number + 1 */
    type.encoding = type.encoding ? type.encoding - 1 : PROGRAM_NONE;
    if (type.kind != TYPE_STRUCT) {
        type.of = PROGRAM_NONE;
    }
    *vec_push(&f->program.types, &f->arena) = type;
    return f->program.types.n - 1;
}

static uint32_t add_member(struct fixture *f, const char *name, uint32_t type) {
    uint32_t text = PROGRAM_NONE;
    for (uint32_t i = 0; i < f->program.members.n; i++) { /* a name is one constant */
        uint32_t other = f->program.members.at[i].name;
        text = bytes_equal(f->program.data.at[other], bytes_text(name)) ? other : text;
    }
    text = text == PROGRAM_NONE ? add_text(f, name) : text;
    *vec_push(&f->program.members, &f->arena) = (struct program_member){.name = text, .type = type};
    return f->program.members.n - 1;
}

static uint32_t add_struct(struct fixture *f, uint32_t first, uint32_t count) {
    *vec_push(&f->program.structs, &f->arena) =
        (struct program_struct){.member_first = first, .member_count = count};
    return f->program.structs.n - 1;
}

static uint32_t add_enum(struct fixture *f, bool flags, uint32_t n, const char *const *names,
                         const int *values) {
    *vec_push(&f->program.enums, &f->arena) =
        (struct program_enum){.flags = flags, .first = f->program.items.n, .count = n};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t name = add_text(f, names[i]);
        *vec_push(&f->program.items, &f->arena) =
            (struct program_enumerator){.value = values[i], .name = name};
    }
    return f->program.enums.n - 1;
}

/* The enum's items are those of consecutive values. */
static void make_dense(struct fixture *f, uint32_t id) {
    struct program_enum *e = &f->program.enums.at[id];
    e->dense = f->program.dense.n;
    e->dense_low = f->program.items.at[e->first].value;
    e->dense_count = e->count;
    for (uint32_t i = 0; i < e->count; i++) {
        *vec_push(&f->program.dense, &f->arena) = i + 1;
    }
}

static void add_field(struct fixture *f, enum field_what what, uint32_t member, uint64_t bit_off) {
    uint32_t text = PROGRAM_NONE;
    if (what == FIELD_VALUE && f->text.len) {
        text = add_data(f, buf_bytes(&f->text));
        buf_clear(&f->text);
    }
    uint32_t type = f->program.members.at[member].type;
    *vec_push(&f->program.fields, &f->arena) = (struct program_field){
        .what = (uint8_t)what, .type = type, .member = member, .bit_off = bit_off, .text = text};
}

/* A block of the members of a struct one behind the other; those that are structs, too. */
static uint64_t add_fields(struct fixture *f, uint32_t of, uint64_t at) {
    const struct program_struct s = f->program.structs.at[of];
    for (uint32_t m = s.member_first; m < s.member_first + s.member_count; m++) {
        const struct program_type type = f->program.types.at[f->program.members.at[m].type];
        const char *name =
            (const char *)program_text(&f->program, f->program.members.at[m].name).at;
        json_style()->member(&f->text, name, m == s.member_first);
        if (type.kind == TYPE_STRUCT) {
            add_field(f, FIELD_ENTER, m, at);
            json_style()->struct_open(&f->text);
            at = add_fields(f, type.of, at);
            json_style()->struct_close(&f->text);
            add_field(f, FIELD_LEAVE, m, at);
        } else {
            add_field(f, FIELD_VALUE, m, at);
            at += type.packed ? type.bits : (uint64_t)type.bit_size;
        }
    }
    return at;
}

/* The program's only one. */
static const struct program_block *add_block(struct fixture *f, uint32_t of, bool whole) {
    struct program_block block = {.first = f->program.fields.n, .whole = whole, .texts = true};
    if (whole) {
        json_style()->struct_open(&f->text);
    }
    block.bit_size = add_fields(f, of, 0);
    if (whole) {
        json_style()->struct_close(&f->text);
    }
    block.count = f->program.fields.n - block.first;
    block.tail = f->text.len ? add_data(f, buf_bytes(&f->text)) : PROGRAM_NONE;
    buf_clear(&f->text);
    f->program.blocks.n = 0;
    *vec_push(&f->program.blocks, &f->arena) = block;
    return f->program.blocks.at;
}

static void put_blocks(struct fixture *f, const struct program_block *block, const void *base,
                       uint32_t n) {
    struct vm_blocks blocks = {.program = &f->program, .block = block, .n = n};
    blocks.ambient.endian = ORDER_AMBIENT;
    for (uint32_t i = 0; i < n; i++) {
        blocks.at[i] = (const uint8_t *)base + i * (block->bit_size / 8);
    }
    f->sink->ops->blocks(f->sink, &blocks);
}

/* events */

static struct vm_event event_of(const struct fixture *f, uint32_t member) {
    struct vm_event e = {
        .program = &f->program, .member = member, .type = PROGRAM_NONE, .index = VM_UNKNOWN};
    e.type = member == PROGRAM_NONE ? PROGRAM_NONE : f->program.members.at[member].type;
    return e;
}

static void begin(struct fixture *f, uint32_t member) {
    struct vm_event e = event_of(f, member);
    f->sink->ops->struct_begin(f->sink, &e);
}

static void end(struct fixture *f) {
    struct vm_event e = event_of(f, PROGRAM_NONE);
    f->sink->ops->struct_end(f->sink, &e);
}

static void begin_array(struct fixture *f, uint32_t member) {
    struct vm_event e = event_of(f, member);
    f->sink->ops->array_begin(f->sink, &e);
}

static void end_array(struct fixture *f) {
    struct vm_event e = event_of(f, PROGRAM_NONE);
    f->sink->ops->array_end(f->sink, &e);
}

static void put_value(struct fixture *f, uint32_t member, struct vm_value value) {
    struct vm_event e = event_of(f, member);
    e.value = &value;
    e.let = e.type == PROGRAM_NONE;
    if (value.kind == VM_PLACE) {
        e.refers = "root.other";
    }
    f->sink->ops->value(f->sink, &e);
}

static void put_int(struct fixture *f, uint32_t member, int128 value) {
    put_value(f, member, vm_int(value));
}

static struct vm_value run_of(enum vm_kind kind, const char *text, size_t len) {
    struct vm_value v = vm_absent();
    v.kind = (uint8_t)kind;
    v.bytes = bytes_of(text, len);
    return v;
}

static struct vm_value text_of(const char *text) {
    return run_of(VM_TEXT, text, strlen(text));
}

static struct vm_value named(uint32_t names, int128 value) {
    struct vm_value v = vm_int(value);
    v.names = names;
    return v;
}

static void put_fault(struct fixture *f, const char *path, uint64_t offset, const char *message) {
    struct vm_fault fault = {
        .kind = "truncated", .path = path, .message = message, .offset = offset};
    f->sink->ops->fault(f->sink, &fault);
}

static void put_finding(struct fixture *f, const char *path, const struct vm_space *space,
                        uint64_t offset) {
    struct vm_finding finding = {.path = path, .message = "no", .space = space, .offset = offset};
    f->sink->ops->finding(f->sink, &finding);
}

static void record(struct fixture *f, bool is_begin) {
    f->sink->ops->record(f->sink, is_begin);
}

/* single values */

static void test_values(void) {
    struct fixture f;
    start_json(&f, (struct json_options){.lines = true});
    uint32_t single =
        add_member(&f, "f", add_type(&f, (struct program_type){.kind = TYPE_FLOAT, .bits = 32}));
    const char *names[] = {"READ", "WRITE", "BOTH"};
    uint32_t flags = add_enum(&f, true, 3, names, (const int[]){1, 2, 12});
    uint32_t plain = add_enum(&f, false, 2, names, (const int[]){-5, 300});
    const int128 two64 = (int128)1 << 64;
    put_int(&f, PROGRAM_NONE, 0);
    put_int(&f, PROGRAM_NONE, two64 - 1);
    put_int(&f, PROGRAM_NONE, INT64_MIN);
    put_int(&f, PROGRAM_NONE, two64);
    put_int(&f, PROGRAM_NONE, -two64);
    put_value(&f, PROGRAM_NONE, vm_float(0.1));
    put_value(&f, single, vm_float((double)0.1f));
    put_value(&f, PROGRAM_NONE, vm_float(-INFINITY));
    put_value(&f, PROGRAM_NONE, vm_float(NAN));
    put_value(&f, PROGRAM_NONE, vm_bool(true));
    put_value(&f, PROGRAM_NONE, vm_absent());
    put_value(&f, PROGRAM_NONE, named(flags, 3));
    put_value(&f, PROGRAM_NONE, named(flags, 0x4d));
    put_value(&f, PROGRAM_NONE, named(flags, 0));
    put_value(&f, PROGRAM_NONE, named(plain, 300));
    put_value(&f, PROGRAM_NONE, named(plain, -5));
    put_value(&f, PROGRAM_NONE, named(plain, 7));
    put_value(&f, PROGRAM_NONE, text_of("a\"b\\\n\xc3\xa9\xff"));
    put_value(&f, PROGRAM_NONE, run_of(VM_BYTES, "\x00\xffz", 3));
    put_value(&f, PROGRAM_NONE, (struct vm_value){.kind = VM_PLACE});
    finish(&f, "0\n18446744073709551615\n-9223372036854775808\n\"0x10000000000000000\"\n"
               "\"-0x10000000000000000\"\n0.1\n0.1\n\"-Infinity\"\n\"NaN\"\ntrue\nnull\n"
               "[\"READ\",\"WRITE\"]\n[\"READ\",\"BOTH\",\"0x40\"]\n[]\n\"WRITE\"\n\"READ\"\n7\n"
               "\"a\\\"b\\\\\\n\xc3\xa9\xef\xbf\xbd\"\n\"00ff7a\"\n{\"$ref\":\"root.other\"}\n");
}

/* Text and bytes that are written in pieces: the bytes of 20 KB and text whose two-byte
 * characters lie across the cuts. */
static void test_long_values(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    struct buf text = {0}, want = {0};
    buf_puts(&text, "x");
    for (int i = 0; i < 20000; i++) {
        buf_puts(&text, "\xc3\xa9");
    }
    buf_puts(&want, "[\"");
    buf_put(&want, text.at, text.len);
    buf_puts(&want, "\",\"");
    for (size_t i = 0; i < text.len; i++) {
        buf_printf(&want, "%02x", (unsigned char)text.at[i]);
    }
    buf_puts(&want, "\"]\n");
    begin_array(&f, PROGRAM_NONE);
    put_value(&f, PROGRAM_NONE, run_of(VM_TEXT, text.at, text.len));
    put_value(&f, PROGRAM_NONE, run_of(VM_BYTES, text.at, text.len));
    end_array(&f);
    finish(&f, buf_text(&want));
    buf_free(&text);
    buf_free(&want);
}

/* nesting */

static void put_nested(struct fixture *f) {
    uint32_t a = add_member(f, "a", PROGRAM_NONE), b = add_member(f, "b", PROGRAM_NONE);
    begin(f, PROGRAM_NONE);
    put_int(f, a, 1);
    put_value(f, b, vm_absent());
    begin_array(f, b);
    put_value(f, PROGRAM_NONE, vm_absent());
    begin(f, PROGRAM_NONE);
    end(f);
    begin_array(f, PROGRAM_NONE);
    end_array(f);
    begin(f, PROGRAM_NONE);
    put_int(f, a, 2);
    end(f);
    end_array(f);
    end(f);
}

static void test_layouts(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    put_nested(&f);
    finish(&f, "{\"a\":1,\"b\":[null,{},[],{\"a\":2}]}\n");
    start_json(&f, (struct json_options){.pretty = true});
    CHECK(f.sink->ops->blocks == NULL);
    put_nested(&f);
    finish(
        &f,
        "{\n  \"a\": 1,\n  \"b\": [\n    null,\n    {},\n    [],\n    {\n      \"a\": 2\n    }\n  ]\n}\n");
}

static void test_nothing(void) {
    struct fixture f;
    start_json(&f, (struct json_options){.pretty = true});
    finish(&f, "null\n");
    start_json(&f, (struct json_options){.lines = true});
    finish(&f, "");
    start_json(&f, (struct json_options){.lines = true});
    record(&f, true);
    record(&f, false);
    finish(&f, "null\n");
    start_json(&f, (struct json_options){.pretty = true, .records = true});
    finish(&f, "[]\n");
}

static void test_records(void) {
    struct fixture f;
    for (int i = 0; i < 2; i++) {
        start_json(&f, (struct json_options){.lines = i == 0, .records = i == 1});
        uint32_t a = add_member(&f, "a", PROGRAM_NONE);
        record(&f, true);
        begin(&f, PROGRAM_NONE);
        put_int(&f, a, 1);
        end(&f);
        record(&f, false);
        record(&f, true);
        put_int(&f, PROGRAM_NONE, 2);
        record(&f, false);
        record(&f, true);
        begin(&f, PROGRAM_NONE);
        begin_array(&f, a);
        finish(&f, i == 0 ? "{\"a\":1}\n2\n{\"a\":[]}\n" : "[{\"a\":1},2,{\"a\":[]}]\n");
    }
}

/* faults and findings */

static void test_notes(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    uint32_t a = add_member(&f, "a", PROGRAM_NONE), b = add_member(&f, "b", PROGRAM_NONE);
    const struct vm_space input = {0}, inflated = {.made_by = "inflate"};
    begin(&f, PROGRAM_NONE);
    put_finding(&f, "r", &inflated, 3);
    begin_array(&f, a);
    begin(&f, PROGRAM_NONE);
    put_int(&f, b, 1);
    put_fault(&f, "r.a[0].c", 9, "wanted 4 bytes, 2 are there");
    end(&f);
    end_array(&f);
    put_finding(&f, "r.a", NULL, 0);
    put_finding(&f, "r.b", &input, 1);
    put_fault(&f, "r.d", 10, "x");
    put_fault(&f, "r.e", 11, "y");
    end(&f);
    finish(
        &f,
        "{\"a\":[{\"b\":1,\"$error\":{\"path\":\"r.a[0].c\",\"offset\":9,"
        "\"message\":\"wanted 4 bytes, 2 are there\"}}],"
        "\"$error\":{\"path\":\"r.d\",\"offset\":10,\"message\":\"x\"},"
        "\"$errors\":[{\"path\":\"r.e\",\"offset\":11,\"message\":\"y\"}],"
        "\"$findings\":[{\"path\":\"r\",\"offset\":3,\"in\":\"inflate\",\"message\":\"no\"},"
        "{\"path\":\"r.a\",\"message\":\"no\"},{\"path\":\"r.b\",\"offset\":1,\"message\":\"no\"}]}\n");
}

static void test_many_notes(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    begin(&f, PROGRAM_NONE);
    for (int i = 0; i < 40; i++) {
        put_finding(&f, "p", NULL, 0);
    }
    end(&f);
    struct buf want = {0};
    buf_puts(&want, "{\"$findings\":[");
    for (int i = 0; i < 16; i++) {
        buf_printf(&want, "%s{\"path\":\"p\",\"message\":\"no\"}", i ? "," : "");
    }
    buf_puts(&want, "],\"$more_findings\":24}\n");
    finish(&f, buf_text(&want));
    buf_free(&want);
}

/* With no struct open. */
static void test_notes_outside(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    put_fault(&f, "p", 1, "x");
    finish(&f, "{\"$error\":{\"path\":\"p\",\"offset\":1,\"message\":\"x\"}}\n");
    start_json(&f, (struct json_options){0});
    put_int(&f, PROGRAM_NONE, 5);
    put_fault(&f, "p", 1, "x");
    finish(&f, "5\n");
    start_json(&f, (struct json_options){0});
    begin_array(&f, PROGRAM_NONE);
    put_int(&f, PROGRAM_NONE, 5);
    put_fault(&f, "p", 1, "x");
    finish(&f, "[5,{\"$error\":{\"path\":\"p\",\"offset\":1,\"message\":\"x\"}}]\n");
    start_json(&f, (struct json_options){.lines = true});
    put_fault(&f, "p", 1, "x");
    record(&f, true);
    put_int(&f, PROGRAM_NONE, 5);
    put_finding(&f, "q", NULL, 0);
    put_fault(&f, "r", 2, "y");
    record(&f, false);
    finish(&f, "{\"$error\":{\"path\":\"p\",\"offset\":1,\"message\":\"x\"}}\n5\n"
               "{\"$error\":{\"path\":\"r\",\"offset\":2,\"message\":\"y\"}}\n");
}

static void test_disorder(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    uint32_t a = add_member(&f, "a", PROGRAM_NONE);
    end(&f);
    end_array(&f);
    begin(&f, PROGRAM_NONE);
    end_array(&f);
    begin_array(&f, a);
    begin_array(&f, PROGRAM_NONE);
    end(&f);
    end(&f);
    finish(&f, "{\"a\":[[]]}\n");
}

/* blocks */

/* A struct with a member of each kind. */
static uint32_t add_all_kinds(struct fixture *f) {
    const char *kinds[] = {"idle", "busy"}, *bits[] = {"A", "B"};
    uint32_t kind = add_enum(f, false, 2, kinds, (const int[]){4, 5}) + 1;
    make_dense(f, kind - 1);
    uint32_t sparse = add_enum(f, false, 2, kinds, (const int[]){-2, 900}) + 1;
    uint32_t flags = add_enum(f, true, 2, bits, (const int[]){1, 4}) + 1;
    uint32_t latin = add_text(f, "CP437") + 1;
    const struct program_type types[] = {
        {.kind = TYPE_INT, .bits = 64, .bit_size = 64, .order = ORDER_LITTLE},
        {.kind = TYPE_INT, .bits = 64, .bit_size = 64, .order = ORDER_BIG, .is_signed = true},
        {.kind = TYPE_INT, .bits = 32, .bit_size = 32},
        {.kind = TYPE_INT, .bits = 32, .bit_size = 32, .order = ORDER_LITTLE, .is_signed = true},
        {.kind = TYPE_INT, .bits = 16, .bit_size = 16, .order = ORDER_LITTLE},
        {.kind = TYPE_INT, .bits = 16, .bit_size = 16, .order = ORDER_BIG, .is_signed = true},
        {.kind = TYPE_INT, .bits = 8, .bit_size = 8},
        {.kind = TYPE_INT, .bits = 8, .bit_size = 8, .is_signed = true},
        {.kind = TYPE_INT, .bits = 24, .bit_size = 24, .order = ORDER_LITTLE},
        {.kind = TYPE_INT, .bits = 40, .bit_size = 40, .order = ORDER_BIG, .is_signed = true},
        {.kind = TYPE_INT, .bits = 128, .bit_size = 128, .order = ORDER_LITTLE},
        {.kind = TYPE_INT, .bits = 8, .bit_size = 8, .is_bool = true},
        {.kind = TYPE_INT, .bits = 16, .bit_size = 16, .order = ORDER_LITTLE, .names = kind},
        {.kind = TYPE_INT, .bits = 8, .bit_size = 8, .names = kind},
        {.kind = TYPE_INT,
         .bits = 16,
         .bit_size = 16,
         .order = ORDER_LITTLE,
         .is_signed = true,
         .names = sparse},
        {.kind = TYPE_INT, .bits = 8, .bit_size = 8, .names = flags},
        {.kind = TYPE_INT, .bits = 3, .packed = true, .bitorder = ORDER_BIG},
        {.kind = TYPE_INT, .bits = 5, .packed = true, .bitorder = ORDER_BIG, .is_signed = true},
        {.kind = TYPE_FLOAT, .bits = 16, .bit_size = 16, .order = ORDER_LITTLE},
        {.kind = TYPE_FLOAT, .bits = 16, .bit_size = 16, .order = ORDER_BIG, .bfloat = true},
        {.kind = TYPE_FLOAT, .bits = 32, .bit_size = 32, .order = ORDER_LITTLE},
        {.kind = TYPE_FLOAT, .bits = 64, .bit_size = 64, .order = ORDER_BIG},
        {.kind = TYPE_FLOAT, .bits = 80, .bit_size = 80, .order = ORDER_LITTLE},
        {.kind = TYPE_TEXT, .bit_size = 96, .cut = true},
        {.kind = TYPE_TEXT, .bit_size = 32, .cut = true, .encoding = latin},
        {.kind = TYPE_BYTES, .bit_size = 24},
    };
    uint32_t first = f->program.members.n, n = sizeof types / sizeof *types;
    for (uint32_t i = 0; i < n; i++) {
        char name[3] = {'m', (char)('a' + i), 0};
        add_member(f, name, add_type(f, types[i]));
    }
    return add_struct(f, first, n);
}

/* Python: struct.pack("<Q", 2**64 - 1) + struct.pack(">q", -2) + struct.pack(">I", 0xdeadbeef) +
 * ... */
static const uint8_t all_kinds[] =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xde\xad\xbe\xef\xff\xff\xff\x7f"
    "\x39\x30\xff\x85\xfa\x80\x03\x02\x01\xff\xff\xff\xff\xfe\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00"
    "\x00\x00\x00\x00\x00\x00\x02\x05\x00\x09\xfe\xff\x0d\xbf\x00\x3e\x3f\xc0\xcd\xcc\xcc\x3d\x7f\xf0"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x40name\"\xc3\xa9\x00tail"
    "\x80z\x00y\x01\x02\xfe";

#define ALL_KINDS_SIZE (sizeof all_kinds - 1)

static const char all_kinds_json[] =
    "{\"ma\":18446744073709551615,\"mb\":-2,\"mc\":3735928559,\"md\":2147483647,\"me\":12345,\"mf\":-123,"
    "\"mg\":250,\"mh\":-128,\"mi\":66051,\"mj\":-2,\"mk\":\"0x10000000000000000\",\"ml\":true,\"mm\":\"busy\","
    "\"mn\":9,\"mo\":\"idle\",\"mp\":[\"A\",\"B\",\"0x8\"],\"mq\":5,\"mr\":-1,\"ms\":1.5,\"mt\":1.5,\"mu\":0.1,"
    "\"mv\":\"Infinity\",\"mw\":3.0,\"mx\":\"name\\\"\xc3\xa9\",\"my\":\"\xc3\x87z\",\"mz\":\"0102fe\"}";

/* The same values as events. */
static void put_all_kinds(struct fixture *f, uint32_t of) {
    uint32_t m = f->program.structs.at[of].member_first;
    const int128 ints[] = {UINT64_MAX, -2,   0xdeadbeef, 0x7fffffff, 12345,          -123,
                           250,        -128, 66051,      -2,         (int128)1 << 64};
    begin(f, PROGRAM_NONE);
    for (uint32_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        put_int(f, m++, ints[i]);
    }
    put_value(f, m++, vm_bool(true));
    put_value(f, m++, named(0, 5));
    put_value(f, m++, named(0, 9));
    put_value(f, m++, named(1, -2));
    put_value(f, m++, named(2, 13));
    put_int(f, m++, 5);
    put_int(f, m++, -1);
    put_value(f, m++, vm_float(1.5));
    put_value(f, m++, vm_float(1.5));
    put_value(f, m++, vm_float((double)0.1f));
    put_value(f, m++, vm_float(INFINITY));
    put_value(f, m++, vm_float(3));
    put_value(f, m++, text_of("name\"\xc3\xa9"));
    put_value(f, m++, text_of("\xc3\x87z"));
    put_value(f, m++, run_of(VM_BYTES, "\x01\x02\xfe", 3));
    end(f);
}

static void test_blocks(void) {
    struct fixture f;
    struct buf want = {0};
    start_json(&f, (struct json_options){.lines = true});
    uint32_t of = add_all_kinds(&f);
    const struct program_block *block = add_block(&f, of, true);
    CHECK_INT(block->bit_size, ALL_KINDS_SIZE * 8);
    uint8_t twice[2 * ALL_KINDS_SIZE];
    memcpy(twice, all_kinds, ALL_KINDS_SIZE);
    memcpy(twice + ALL_KINDS_SIZE, all_kinds, ALL_KINDS_SIZE);
    put_blocks(&f, block, twice, 2);
    put_all_kinds(&f, of);
    record(&f, true);
    put_blocks(&f, block, twice, 1);
    record(&f, false);
    begin_array(&f, PROGRAM_NONE);
    put_blocks(&f, block, twice, 2);
    put_blocks(&f, block, twice, 0);
    put_all_kinds(&f, of);
    put_blocks(&f, block, twice, 1);
    end_array(&f);
    const char *s = all_kinds_json;
    buf_printf(&want, "%s\n%s\n%s\n%s\n[%s,%s,%s,%s]\n", s, s, s, s, s, s, s, s);
    finish(&f, buf_text(&want));
    buf_free(&want);
}

/* Runs of fields in a struct that has other members, with a struct among them. */
static void test_runs(void) {
    struct fixture f;
    start_json(&f, (struct json_options){0});
    uint32_t byte = add_type(&f, (struct program_type){.kind = TYPE_INT, .bits = 8, .bit_size = 8});
    uint32_t inner = add_struct(&f, add_member(&f, "x", byte), 1);
    uint32_t inner_type = add_type(&f, (struct program_type){.kind = TYPE_STRUCT, .of = inner});
    uint32_t first = add_member(&f, "in", inner_type);
    add_member(&f, "y", byte);
    const struct program_block *block = add_block(&f, add_struct(&f, first, 2), false);
    begin(&f, PROGRAM_NONE);
    put_blocks(&f, block, "\x01\x02", 1);
    put_int(&f, first + 1, 3);
    put_blocks(&f, block, "\x04\x05", 1);
    put_fault(&f, "p", 0, "x");
    end(&f);
    finish(&f, "{\"in\":{\"x\":1},\"y\":2,\"y\":3,\"in\":{\"x\":4},\"y\":5,"
               "\"$error\":{\"path\":\"p\",\"offset\":0,\"message\":\"x\"}}\n");
}

/* Fixed text and bytes that are longer than an element's room counts with. */
static void test_long_fields(void) {
    struct fixture f;
    start_json(&f, (struct json_options){.lines = true});
    uint8_t base[4001];
    memset(base, '\n', sizeof base);
    uint32_t first = add_member(
        &f, "t", add_type(&f, (struct program_type){.kind = TYPE_TEXT, .bit_size = 16000}));
    add_member(&f, "b", add_type(&f, (struct program_type){.kind = TYPE_BYTES, .bit_size = 16000}));
    add_member(&f, "n",
               add_type(&f, (struct program_type){.kind = TYPE_INT, .bits = 8, .bit_size = 8}));
    const struct program_block *block = add_block(&f, add_struct(&f, first, 3), true);
    struct buf want = {0};
    buf_puts(&want, "{\"t\":\"");
    for (int i = 0; i < 2000; i++) {
        buf_puts(&want, "\\n");
    }
    buf_puts(&want, "\",\"b\":\"");
    for (int i = 0; i < 2000; i++) {
        buf_puts(&want, "0a");
    }
    buf_puts(&want, "\",\"n\":10}\n");
    for (int i = 0; i < 100; i++) { /* more than the buffer holds */
        put_blocks(&f, block, base, 1);
    }
    struct buf all = {0};
    for (int i = 0; i < 100; i++) {
        buf_put(&all, want.at, want.len);
    }
    finish(&f, buf_text(&all));
    buf_free(&want);
    buf_free(&all);
}

/* Fixed text at all lengths, with a character that is not plain at each place. */
static void test_text_fields(void) {
    const char *specials[] = {"\"", "\\", "\n", "\x7f", "\xff", "\xc3", "~", ""};
    const char *escaped[] = {"\\\"",         "\\\\",         "\\n", "\\u007f",
                             "\xef\xbf\xbd", "\xef\xbf\xbd", "~",   ""};
    for (uint32_t len = 1; len <= 20; len++) {
        struct fixture f;
        start_json(&f, (struct json_options){.lines = true});
        struct program_type type = {.kind = TYPE_TEXT, .bit_size = len * 8, .cut = true};
        const struct program_block *block =
            add_block(&f, add_struct(&f, add_member(&f, "t", add_type(&f, type)), 1), true);
        struct buf want = {0};
        for (uint32_t at = 0; at < len; at++) {
            for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
                uint8_t base[20];
                memset(base, 'k', sizeof base);
                base[at] = (uint8_t)specials[i][0];
                put_blocks(&f, block, base, 1);
                buf_puts(&want, "{\"t\":\"");
                buf_fill(&want, 'k', at);
                buf_puts(&want, escaped[i]);
                buf_fill(&want, 'k', base[at] ? len - at - 1 : 0);
                buf_puts(&want, "\"}\n");
            }
        }
        finish(&f, buf_text(&want));
        buf_free(&want);
    }
}

/* CSV */

static void start_csv(struct fixture *f, uint32_t of) {
    f->csv = true;
    f->sink = csv_new(&f->out, &f->program, of, false);
}

static void test_csv_blocks(void) {
    struct fixture f;
    start(&f);
    uint32_t of = add_all_kinds(&f);
    const struct program_block *block = add_block(&f, of, true);
    start_csv(&f, of);
    put_blocks(&f, block, all_kinds, 1);
    put_all_kinds(&f, of);
    record(&f, true);
    put_blocks(&f, block, all_kinds, 1);
    record(&f, false);
    record(&f, true);
    put_all_kinds(&f, of);
    record(&f, false);
    const char *line = "18446744073709551615,-2,3735928559,2147483647,12345,-123,250,-128,66051,-2,"
                       "0x10000000000000000,true,busy,9,idle,A|B|0x8,5,-1,1.5,1.5,0.1,Infinity,3.0,"
                       "\"name\"\"\xc3\xa9\",\xc3\x87z,0102fe\n";
    struct buf want = {0};
    buf_printf(
        &want,
        "ma,mb,mc,md,me,mf,mg,mh,mi,mj,mk,ml,mm,mn,mo,mp,mq,mr,ms,mt,mu,mv,mw,mx,my,mz\n%s%s%s%s",
        line, line, line, line);
    finish(&f, buf_text(&want));
    buf_free(&want);
}

/* Structs in the record, arrays, names for something else, and members that are missing. */
static void test_csv_nested(void) {
    struct fixture f;
    start(&f);
    uint32_t byte = add_type(&f, (struct program_type){.kind = TYPE_INT, .bits = 8, .bit_size = 8});
    uint32_t x = add_member(&f, "x", byte);
    add_member(&f, "y", byte);
    uint32_t inner = add_struct(&f, x, 2);
    uint32_t inner_type = add_type(&f, (struct program_type){.kind = TYPE_STRUCT, .of = inner});
    uint32_t in = add_member(&f, "in", inner_type);
    uint32_t either = add_member(&f, "either", inner_type); /* in one branch ... */
    uint32_t array = add_member(&f, "array", PROGRAM_NONE);
    uint32_t other = add_member(&f, "either", byte); /* ... and in the other */
    const struct program_block *run = add_block(&f, add_struct(&f, in, 2), false);
    uint32_t of = add_struct(&f, in, 4);
    start_csv(&f, of);
    record(&f, true);
    begin(&f, PROGRAM_NONE);
    put_blocks(&f, run, "\x01\x02\x03\x04", 1);
    begin_array(&f, array);
    put_value(&f, PROGRAM_NONE, text_of("a,b"));
    put_fault(&f, "p", 1, "x");
    end_array(&f);
    end(&f);
    record(&f, false);
    begin(&f, PROGRAM_NONE); /* not marked as a record */
    begin(&f, in);
    put_int(&f, x + 1, 5);
    end(&f);
    put_int(&f, other, 6);
    put_value(&f, array, (struct vm_value){.kind = VM_PLACE});
    put_fault(&f, "p", 1, "x");
    end(&f);
    begin(&f, PROGRAM_NONE);
    begin(&f, either);
    put_int(&f, x, 7); /* ended early */
    finish(
        &f,
        "in.x,in.y,either,array\n"
        "1,2,\"{\"\"x\"\":3,\"\"y\"\":4}\",\"[\"\"a,b\"\",{\"\"$error\"\":{\"\"path\"\":\"\"p\"\",\"\"offset\"\":1,"
        "\"\"message\"\":\"\"x\"\"}}]\"\n"
        ",5,6,\"{\"\"$ref\"\":\"\"root.other\"\"}\"\n"
        ",,\"{\"\"x\"\":7}\",\n");
}

static void test_csv_values(void) {
    struct fixture f;
    start(&f);
    uint32_t text =
        add_type(&f, (struct program_type){.kind = TYPE_TEXT, .bit_size = 16, .cut = true});
    uint32_t member = add_member(&f, "t", text);
    *vec_push(&f.program.fields, &f.arena) = (struct program_field){
        .what = FIELD_VALUE, .type = text, .member = PROGRAM_NONE, .text = PROGRAM_NONE};
    struct program_block *block = vec_push(&f.program.blocks, &f.arena);
    *block =
        (struct program_block){.count = 1, .bit_size = 16, .tail = PROGRAM_NONE, .texts = true};
    start_csv(&f, PROGRAM_NONE);
    begin_array(&f, PROGRAM_NONE);
    put_blocks(&f, block, "a,\0zb\n", 3);
    put_value(&f, PROGRAM_NONE, text_of("a\"b"));
    put_value(&f, PROGRAM_NONE, vm_absent());
    begin(&f, PROGRAM_NONE);
    put_value(&f, member, text_of("x"));
    end(&f);
    end_array(&f);
    finish(&f, "value\n\"a,\"\n\"\"\n\"b\n\"\n\"a\"\"b\"\n\"\"\n\"{\"\"t\"\":\"\"x\"\"}\"\n");
}

CHECK_MAIN("json", {"values", test_values}, {"long values", test_long_values},
           {"layouts", test_layouts}, {"nothing", test_nothing}, {"records", test_records},
           {"notes", test_notes}, {"many notes", test_many_notes},
           {"notes outside", test_notes_outside}, {"disorder", test_disorder},
           {"blocks", test_blocks}, {"runs", test_runs}, {"long fields", test_long_fields},
           {"text fields", test_text_fields}, {"csv blocks", test_csv_blocks},
           {"csv nested", test_csv_nested}, {"csv values", test_csv_values})
