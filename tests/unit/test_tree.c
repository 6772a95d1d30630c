#include "config.h"

#include "sink/tree.h"

#include "check.h"
#include "sink/tree_cover.h"
#include "sink/tree_line.h"

/* Trees of events made by hand. The expected lines were written from the description in the
 * headers. */

static struct arena arena;
static struct program program;
static struct buf text;
static struct out out;
static struct tree *tree;
static struct vm_sink *sink;
static uint8_t file[256];
static struct vm_space space = {.data = file, .size = 64};

/* Making a program */

static uint32_t add_text(const char *at) {
    *vec_push(&program.data, &arena) = bytes_text(at);
    return program.data.n - 1;
}

static uint32_t add_type(struct program_type type) {
    type.names = type.names ? type.names : PROGRAM_NONE;
    *vec_push(&program.types, &arena) = type;
    return program.types.n - 1;
}

static uint32_t add_int(unsigned bits, enum type_form form) {
    return add_type(
        (struct program_type){.kind = TYPE_INT, .bits = (uint16_t)bits, .form = (uint8_t)form});
}

static uint32_t add_struct(const char *name) {
    *vec_push(&program.structs, &arena) = (struct program_struct){
        .name = add_text(name), .dump_pc = PROGRAM_NONE, .skip_pc = PROGRAM_NONE};
    return program.structs.n - 1;
}

static uint32_t add_member(uint32_t owner, const char *name, const char *doc) {
    *vec_push(&program.members, &arena) = (struct program_member){
        .name = add_text(name), .doc = doc ? add_text(doc) : PROGRAM_NONE, .owner = owner};
    return program.members.n - 1;
}

static uint32_t add_enum(const char *name, bool flags, uint32_t n, const char *const *names,
                         const int *values) {
    *vec_push(&program.enums, &arena) = (struct program_enum){
        .name = add_text(name), .flags = flags, .first = program.items.n, .count = n};
    for (uint32_t i = 0; i < n; i++) {
        *vec_push(&program.items, &arena) = (struct program_enumerator){
            .value = values[i], .name = add_text(names[i]), .doc = PROGRAM_NONE};
    }
    return program.enums.n - 1;
}

static uint32_t u8, u16, u32, crc_type, text_type, bytes_type, ints, structs, root_type, item_type;
static uint32_t root, item, length, crc, name, list, body;

static void begin(struct tree_options options) {
    memset(&program, 0, sizeof program);
    program.arena = &arena;
    root = program.root = add_struct("thing");
    item = add_struct("item");
    add_enum("none", false, 0, NULL, NULL); /* enum 0 stands for no names in add_type */
    u8 = add_int(8, FORM_PLAIN);
    u16 = add_int(16, FORM_PLAIN);
    u32 = add_int(32, FORM_PLAIN);
    crc_type = add_int(32, FORM_HEX);
    text_type = add_type((struct program_type){.kind = TYPE_TEXT});
    bytes_type = add_type((struct program_type){.kind = TYPE_BYTES});
    root_type = add_type((struct program_type){.kind = TYPE_STRUCT, .of = root});
    item_type = add_type((struct program_type){.kind = TYPE_STRUCT, .of = item});
    ints = add_type((struct program_type){.kind = TYPE_ARRAY, .of = u8});
    structs = add_type((struct program_type){.kind = TYPE_ARRAY, .of = item_type});
    length = add_member(root, "length", "how much\nfollows");
    crc = add_member(root, "crc", NULL);
    name = add_member(root, "name", NULL);
    list = add_member(root, "list", NULL);
    body = add_member(item, "body", NULL);
    for (unsigned i = 0; i < sizeof file; i++) {
        file[i] = (uint8_t)i;
    }
    options.bytes = true;
    out_memory(&out, &text);
    tree = tree_new(&out, &program, space.size, &options);
    sink = tree_sink(tree);
}

static const char *end(void) {
    tree_finish(tree);
    tree_free(tree);
    buf_clear(&text);
    out_close(&out);
    return buf_text(&text);
}

static void finish(void) {
    buf_free(&text);
    arena_free(&arena);
}

/* Telling events; places in bytes */

static struct vm_event event(uint32_t member, uint32_t type, uint64_t start, uint64_t end_at) {
    return (struct vm_event){.program = &program,
                             .member = member,
                             .type = type,
                             .index = VM_UNKNOWN,
                             .space = &space,
                             .start = start * 8,
                             .end = end_at == VM_UNKNOWN ? end_at : end_at * 8,
                             .count = VM_UNKNOWN};
}

static void open_struct(uint32_t member, uint64_t index, uint32_t type, uint64_t start) {
    struct vm_event e = event(member, type, start, VM_UNKNOWN);
    e.index = index;
    sink->ops->struct_begin(sink, &e);
}

static void close_struct(uint64_t end_at) {
    struct vm_event e = event(PROGRAM_NONE, item_type, 0, end_at);
    sink->ops->struct_end(sink, &e);
}

static void open_root(void) {
    open_struct(PROGRAM_NONE, VM_UNKNOWN, root_type, 0);
}

static void open_array(uint32_t type, uint64_t start, uint64_t count) {
    struct vm_event e = event(list, type, start, VM_UNKNOWN);
    e.count = count;
    sink->ops->array_begin(sink, &e);
}

static void close_array(uint64_t end_at) {
    struct vm_event e = event(list, ints, end_at, end_at);
    sink->ops->array_end(sink, &e);
}

static void tell(struct vm_event e, struct vm_value value) {
    e.value = &value;
    sink->ops->value(sink, &e);
}

static void tell_int(uint32_t member, uint32_t type, uint64_t start, uint64_t end_at,
                     int128 value) {
    tell(event(member, type, start, end_at), vm_int(value));
}

static void tell_elements(uint64_t start, unsigned n, int first) {
    for (unsigned i = 0; i < n; i++) {
        struct vm_event e = event(PROGRAM_NONE, u8, start + i, start + i + 1);
        e.index = i;
        tell(e, vm_int(first + (int)i));
    }
}

static struct vm_value text_of(const char *at) {
    struct vm_value v = vm_absent();
    v.kind = VM_TEXT;
    v.bytes = bytes_text(at);
    return v;
}

static void cover_file(uint64_t start) {
    struct vm_value v = vm_absent();
    v.kind = VM_BYTES;
    v.bytes = bytes_of(file + start, space.size - start);
    tell(event(name, bytes_type, start, space.size), v);
}

static const struct tree_options narrow = {.width = 100, .utf8 = true, .fold = 16};

static void test_columns(void) {
    static const unsigned widths[] = {100, 79, 59};
    static const char *const want[] = {
        "0000                                     thing\n"
        "0000  00 01                    ..        │ length: 8192 (0x2000)\n"
        "0002  02 03 04 05 06 07        ......    │ name: \"a \\\"b\\\" é\\n\\x1b\"\n"
        "0008  08 09 0a 0b 0c 0d 0e 0f… ........  │ name: 08 09 0a 0b 0c 0d 0e 0f … (56 bytes)\n"
        "                                         │ crc = 7\n",
        "0000                           thing\n"
        "0000  00 01                    │ length: 8192 (0x2000)\n"
        "0002  02 03 04 05 06 07        │ name: \"a \\\"b\\\" é\\n\\x1b\"\n"
        "0008  08 09 0a 0b 0c 0d 0e 0f… │ name: 08 09 0a 0b 0c 0d 0e 0f … (56 bytes)\n"
        "                               │ crc = 7\n",
        "0000  thing\n"
        "0000  │ length: 8192 (0x2000)\n"
        "0002  │ name: \"a \\\"b\\\" é\\n\\x1b\"\n"
        "0008  │ name: 08 09 0a 0b 0c 0d 0e 0f … (56 bytes)\n"
        "      │ crc = 7\n",
    };
    for (int i = 0; i < 3; i++) {
        begin((struct tree_options){.width = widths[i], .utf8 = true});
        open_root();
        tell_int(length, u16, 0, 2, 8192);
        tell(event(name, text_type, 2, 8), text_of("a \"b\" é\n\x1b"));
        cover_file(8);
        struct vm_event let = event(crc, PROGRAM_NONE, 8, 8);
        let.let = true;
        tell(let, vm_int(7));
        close_struct(64);
        CHECK_TEXT(end(), want[i]);
    }
    finish();
}

static void test_ascii_and_docs(void) {
    begin((struct tree_options){.width = 90, .docs = true});
    open_root();
    tell_int(length, u8, 0, 1, 255);
    struct vm_event let = event(crc, PROGRAM_NONE, 8, 8);
    struct vm_value place = vm_absent();
    place.kind = VM_PLACE;
    let.let = true;
    let.refers = "list[0].body";
    tell(let, place);
    tell(event(name, text_type, 1, 3), text_of("é"));
    cover_file(3);
    close_struct(64);
    CHECK_TEXT(
        end(),
        "0000                                     thing\n"
        "0000  00                       .           length: 255  // how much follows\n"
        "                                           crc -> list[0].body\n"
        "0001  01 02                    ..          name: \"\\u{e9}\"\n"
        "0003  03 04 05 06 07 08 09 0a+ ........    name: 03 04 05 06 07 08 09 0a ... (61 bytes)\n");
    finish();
}

static void test_cut_to_width(void) {
    begin((struct tree_options){.width = 58, .utf8 = true});
    open_root();
    char long_text[101];
    memset(long_text, 'x', 100);
    long_text[100] = '\0';
    tell(event(name, text_type, 0, 64), text_of(long_text));
    close_struct(64);
    CHECK_TEXT(end(), "0000  thing\n"
                      "0000  │ name: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\" (100 bytes)\n");
    begin((struct tree_options){.width = 20, .utf8 = true});
    open_root();
    tell_int(length, u32, 0, 64, 4294967295);
    close_struct(64);
    CHECK_TEXT(end(), "0000  thing\n"
                      "0000  length: 42949…\n");
    finish();
}

static void test_arrays(void) {
    begin(narrow);
    open_root();
    open_array(ints, 0, 4);
    tell_elements(0, 4, 10);
    close_array(4);
    open_array(ints, 4, VM_UNKNOWN);
    tell_elements(4, 20, 0);
    close_array(24);
    open_array(ints, 24, 17); /* one more than is shown: no use to fold it */
    tell_elements(24, 17, 0);
    close_array(41);
    open_array(ints, 41, 0);
    close_array(41);
    open_array(structs, 41, VM_UNKNOWN);
    close_array(41);
    cover_file(41);
    close_struct(64);
    CHECK_TEXT(
        end(),
        "0000                                     thing\n"
        "0000  00 01 02 03              ....      │ list[4]: 10 11 12 13\n"
        "0004                                     │ list: uint8[]\n"
        "0004  04 05 06 07 08 09 0a 0b  ........  │ │ [0..7]: 0 1 2 3 4 5 6 7\n"
        "000c  0c 0d 0e 0f 10 11 12 13  ........  │ │ [8..15]: 8 9 10 11 12 13 14 15\n"
        "0014                                     │ │ … 4 more elements (0x14–0x17)\n"
        "0018                                     │ list: uint8[17]\n"
        "0018  18 19 1a 1b 1c 1d 1e 1f  ........  │ │ [0..7]: 0 1 2 3 4 5 6 7\n"
        "0020  20 21 22 23 24 25 26 27   !\"#$%&'  │ │ [8..15]: 8 9 10 11 12 13 14 15\n"
        "0028  28                       (         │ │ [16]: 16\n"
        "0029                                     │ list: uint8[0] (empty)\n"
        "0029                                     │ list: item[] (empty)\n"
        "0029  29 2a 2b 2c 2d 2e 2f 30… )*+,-./0  │ name: 29 2a 2b 2c 2d 2e 2f 30 … (23 bytes)\n");
    finish();
}

static void tell_finding(uint32_t member, const char *path, const char *message, uint64_t offset,
                         const struct vm_value *wanted) {
    struct vm_finding finding = {.path = path,
                                 .message = message,
                                 .space = &space,
                                 .offset = offset,
                                 .member = member,
                                 .wanted = wanted,
                                 .span = span_none()};
    sink->ops->finding(sink, &finding);
}

/* Elements of structs beyond the second are folded; what is wrong in them is told all the same. */
static void test_folded_structs(void) {
    struct tree_options options = narrow;
    options.fold = 2;
    begin(options);
    open_root();
    open_array(structs, 0, VM_UNKNOWN);
    for (unsigned i = 0; i < 4; i++) {
        open_struct(list, i, item_type, i * 16);
        tell_int(body, u8, i * 16, i * 16 + 16, (int)i);
        if (i == 2) {
            tell_finding(body, "list[2].body", "not in { 0, 1 }", 32, NULL);
        }
        close_struct(i * 16 + 16);
    }
    close_array(64);
    close_struct(64);
    CHECK_TEXT(end(),
               "0000                                     thing\n"
               "0000                                     │ list: item[]\n"
               "0000                                     │ │ [0]: item\n"
               "0000  00 01 02 03 04 05 06 07… ........  │ │ │ body: 0\n"
               "0010                                     │ │ [1]: item\n"
               "0010  10 11 12 13 14 15 16 17… ........  │ │ │ body: 1\n"
               "0020                                     │ │ ✗ list[2].body: not in { 0, 1 }\n"
               "0020                                     │ │ … 2 more elements (0x20–0x3f)\n");
    finish();
}

static void test_findings(void) {
    static const char schema[] = "struct thing {\n    uint32 crc = crc32(name) as hex;\n}\n";
    struct tree_options options = narrow;
    options.width = 90;
    begin(options);
    struct sources *sources = sources_new(&arena);
    program.sources = sources;
    sources_add(sources, "/usr/share/thing.sonde", bytes_text(schema));
    struct span span = {32, 43};
    *vec_push(&program.checks, &arena) = (struct program_check){.kind = CHECK_EQUALS,
                                                                .member = crc,
                                                                .message = PROGRAM_NONE,
                                                                .formula = add_text("crc32(name)"),
                                                                .span = span};
    struct vm_value wanted = vm_int(0x12345678);
    struct vm_finding finding = {.path = "crc",
                                 .message = "1 (0x1), wanted 305419896 (0x12345678)",
                                 .space = &space,
                                 .member = crc,
                                 .wanted = &wanted,
                                 .span = span};
    open_root();
    tell_int(crc, crc_type, 0, 4, 1);
    sink->ops->finding(sink, &finding);
    tell_int(length, u8, 4, 5, 1);
    sink->ops->finding(sink, &finding); /* another line has come between */
    struct vm_fault fault = {.kind = "truncated",
                             .path = "list[0].body",
                             .message = "wanted 13 bytes, 5 are left",
                             .space = &space,
                             .offset = 0x21,
                             .span = span};
    sink->ops->fault(sink, &fault);
    cover_file(5);
    close_struct(64);
    CHECK_TEXT(
        end(),
        "0000                                     thing\n"
        "0000  00 01 02 03              ....      │ crc: 0x00000001  ✗ wanted 0x12345678\n"
        "0004  04                       .         │ length: 1\n"
        "0000                                     │ ✗ crc: 1 (0x1), wanted 305419896 (0x12345678)\n"
        "                                         │   (thing.sonde:2)\n"
        "0021                                     │ ✗ truncated: wanted 13 bytes, 5 are left (at\n"
        "                                         │   0x21) list[0].body (thing.sonde:2)\n"
        "0005  05 06 07 08 09 0a 0b 0c… ........  │ name: 05 06 07 08 09 0a 0b 0c … (59 bytes)\n");
    options.width = 0;
    begin(options);
    *vec_push(&program.checks, &arena) = (struct program_check){.kind = CHECK_EQUALS,
                                                                .member = crc,
                                                                .message = PROGRAM_NONE,
                                                                .formula = add_text("crc32(name)"),
                                                                .span = span};
    open_root();
    tell_int(crc, crc_type, 0, 64, 1);
    sink->ops->finding(sink, &finding);
    close_struct(64);
    CHECK(strstr(end(), "│ crc: 0x00000001  ✗ wanted 0x12345678: crc32(name)\n") != NULL);
    finish();
}

static void test_names(void) {
    static const char *const colours[] = {"red", "green"};
    static const char *const bits[] = {"read", "write"};
    static const int numbers[] = {1, 2};
    begin(narrow);
    uint32_t colour = add_enum("colour", false, 2, colours, numbers);
    uint32_t mode = add_enum("mode", true, 2, bits, numbers);
    uint32_t colour_type =
        add_type((struct program_type){.kind = TYPE_INT, .bits = 8, .names = colour});
    uint32_t mode_type =
        add_type((struct program_type){.kind = TYPE_INT, .bits = 8, .names = mode});
    struct vm_value v = vm_int(2);
    open_root();
    v.names = colour;
    tell(event(name, colour_type, 0, 1), v);
    v.integer = 7;
    tell(event(name, colour_type, 1, 2), v);
    v.names = mode;
    tell(event(name, mode_type, 2, 3), v);
    v.integer = 3;
    tell(event(name, mode_type, 3, 4), v);
    v.integer = 8;
    tell(event(name, mode_type, 4, 5), v);
    tell(event(name, u8, 5, 6), vm_bool(true));
    tell(event(name, u8, 6, 6), vm_absent());
    cover_file(6);
    close_struct(64);
    CHECK_TEXT(
        end(),
        "0000                                     thing\n"
        "0000  00                       .         │ name: green (2)\n"
        "0001  01                       .         │ name: 7 (not in colour)\n"
        "0002  02                       .         │ name: read|write|0x4 (0x07)\n"
        "0003  03                       .         │ name: read|write (0x03)\n"
        "0004  04                       .         │ name: 0x08\n"
        "0005  05                       .         │ name: true\n"
        "0006                                     │ name: absent\n"
        "0006  06 07 08 09 0a 0b 0c 0d… ........  │ name: 06 07 08 09 0a 0b 0c 0d … (58 bytes)\n");
    finish();
}

static void tell_bits(bool lsb, uint64_t start, uint64_t end_at, int128 value) {
    struct vm_event e = event(name, PROGRAM_NONE, 0, 0);
    e.lsb = lsb;
    e.start = start;
    e.end = end_at;
    tell(e, vm_int(value));
}

static void test_bits(void) {
    begin(narrow);
    file[0] = 0x45;
    file[1] = 0xa0;
    file[2] = 0x98;
    open_root();
    tell_bits(false, 0, 4, 4);
    tell_bits(false, 4, 12, 0x5a);
    tell_bits(true, 8, 13, 0);
    tell_bits(true, 13, 19, 5);
    tell_bits(true, 19, 24, 19);
    tell_bits(false, 0, 3, 2);
    cover_file(3);
    close_struct(64);
    CHECK_TEXT(
        end(),
        "0000                                     thing\n"
        "0000  0100 ....                          │ name: 4\n"
        "0000  .... 0101 1010 ....                │ name: 90\n"
        "0001  ...0 0000                          │ name: 0\n"
        "0001  101. .... .... .000                │ name: 5\n"
        "0002  1001 1...                          │ name: 19\n"
        "0000  010. ....                          │ name: 2\n"
        "0003  03 04 05 06 07 08 09 0a… ........  │ name: 03 04 05 06 07 08 09 0a … (61 bytes)\n");
    finish();
}

static void test_gaps(void) {
    begin(narrow);
    memset(file + 8, 0, 4);
    open_root();
    tell_int(length, u32, 32, 36, 1); /* placed: not in the order of the file */
    tell_int(crc, u32, 0, 8, 2);
    tell_int(crc, u32, 12, 30, 3);
    tell_int(crc, u32, 28, 33, 4);
    close_struct(36);
    CHECK_TEXT(end(), "0000                                     thing\n"
                      "0020  20 21 22 23               !\"#      │ length: 1\n"
                      "0000  00 01 02 03 04 05 06 07  ........  │ crc: 2\n"
                      "000c  0c 0d 0e 0f 10 11 12 13… ........  │ crc: 3\n"
                      "001c  1c 1d 1e 1f 20           ....      │ crc: 4\n"
                      "0008  00 00 00 00              ....      │ (undescribed, 4 bytes of 00)\n"
                      "0024  24 25 26 27 28 29 2a 2b… $%&'()*+  │ (undescribed, 28 bytes)\n");
    begin(narrow);
    open_root();
    for (unsigned i = 1; i < 40; i += 2) {
        tell_int(length, u8, i, i + 1, 1);
    }
    cover_file(41);
    close_struct(64);
    CHECK(
        strstr(
            end(),
            "001e  1e                       .         │ (undescribed, 1 byte)\n"
            "                                         │ … 5 more undescribed places, 5 bytes\n") !=
        NULL);
    finish();
}

static void test_made_bytes_and_magic(void) {
    static const uint8_t made_bytes[] = "hello";
    struct vm_space made = {.data = made_bytes, .size = 5, .made_by = "zlib"};
    begin(narrow);
    *vec_push(&program.code, &arena) = (struct program_inst){.op = OP_SPACE};
    tree_free(tree); /* the program as it was then had no such instructions */
    tree = tree_new(&out, &program, space.size,
                    &(struct tree_options){.width = 100, .utf8 = true, .bytes = true});
    sink = tree_sink(tree);
    file[0] = 1;
    file[1] = 2;
    open_root();
    struct vm_value number = {.kind = VM_TEXT, .bytes = bytes_of(file, 2)};
    struct vm_event magic = event(PROGRAM_NONE, PROGRAM_NONE, 0, 2);
    magic.value = &number;
    sink->ops->magic(sink, &magic);
    struct vm_event e = event(name, text_type, 0, 5);
    e.space = &made;
    tell(e, text_of("hello"));
    struct vm_event array = event(list, structs, 0, VM_UNKNOWN);
    array.space = &made;
    sink->ops->array_begin(sink, &array);
    sink->ops->array_end(sink, &array);
    cover_file(2);
    close_struct(64);
    CHECK_TEXT(
        end(),
        " 0000                                     thing\n"
        " 0000  01 02                    ..        │ magic: \"\\x01\\x02\"\n"
        "~0000  68 65 6c 6c 6f           hello     │ name: \"hello\" (from zlib)\n"
        "~0000                                     │ list: item[] (from zlib, 5 bytes) (empty)\n"
        " 0002  02 03 04 05 06 07 08 09… ........  │ name: 02 03 04 05 06 07 08 09 … (62 bytes)\n");
    finish();
}

static void test_verbose(void) {
    struct tree_options options = narrow;
    options.verbose = true;
    space.size = 20;
    begin(options);
    open_root();
    cover_file(0);
    close_struct(20);
    CHECK_TEXT(
        end(),
        "0000                                     thing\n"
        "0000  00 01 02 03 04 05 06 07… ........  │ name: 00 01 02 03 04 05 06 07 … (20 bytes)\n"
        "0008  08 09 0a 0b 0c 0d 0e 0f  ........  │\n"
        "0010  10 11 12 13              ....      │\n");
    space.size = 64;
    finish();
}

static void test_colour(void) {
    begin((struct tree_options){.width = 59, .utf8 = true, .colour = true});
    open_root();
    tell_int(length, u8, 0, 64, 1);
    struct vm_fault fault = {
        .kind = "require", .path = "length", .message = "no", .space = &space, .span = span_none()};
    sink->ops->fault(sink, &fault);
    close_struct(64);
    const char *got = end();
    CHECK(strstr(got, "\x1b[2m0000\x1b[0m  \x1b[3mthing\x1b[0m\n") == got);
    CHECK(strstr(got, "mlength\x1b[0m: 1\n\x1b[2m0000") != NULL);
    CHECK(strstr(got, "\x1b[1;31m✗ require: no (at 0x0) length\x1b[0m\n") != NULL);
    finish();
}

/* Lines */

static void test_lines(void) {
    struct buf line = {0};
    CHECK(tree_put_quoted(&line, bytes_text("a\"\\\t"), true, 7));
    CHECK_TEXT(buf_text(&line), "a\\\"\\\\\\t");
    buf_clear(&line);
    CHECK(!tree_put_quoted(&line, bytes_text("abc"), true, 2));
    CHECK_TEXT(buf_text(&line), "ab");
    buf_clear(&line);
    CHECK(!tree_put_quoted(&line, bytes_text("世界"), true, 3)); /* two columns each */
    CHECK_TEXT(buf_text(&line), "世");
    buf_clear(&line);
    tree_put_safe(&line, bytes_text("\x1b[31m\xff \u202e\xc2\x85\u0301x"), true);
    CHECK_TEXT(buf_text(&line), "\\x1b[31m\\xff \\u{202e}\\u{85}\u0301x");
    buf_clear(&line);
    tree_put(&line, TREE_ERROR, "日本");
    CHECK_INT(tree_columns(buf_bytes(&line)), 4);
    buf_free(&line);
    CHECK_INT(tree_break(bytes_text("one two three"), 8), 8);
    CHECK_INT(tree_break(bytes_text("one two three"), 6), 4);
    CHECK_INT(tree_break(bytes_text("undivided"), 4), 4);
    CHECK_INT(tree_break(bytes_text("short"), 5), 5);
}

/* Covers */

static void test_cover(void) {
    struct tree_cover cover = {0};
    uint8_t plain[512] = {0};
    uint32_t random = 1;
    for (int i = 0; i < 200; i++) {
        random = random * 1664525u + 1013904223u;
        uint64_t lo = random >> 8 & 511, hi = lo + (random >> 20 & 7);
        hi = hi > 512 ? 512 : hi;
        tree_cover_add(&cover, lo, hi);
        memset(plain + lo, 1, hi - lo);
        struct tree_stretch gap = {0, 0};
        uint64_t from = 0;
        for (uint64_t at = 0; at < 512;) { /* every gap, and only those */
            if (plain[at]) {
                at++;
                continue;
            }
            uint64_t gap_end = at;
            while (gap_end < 512 && !plain[gap_end]) {
                gap_end++;
            }
            if (!tree_cover_gap(&cover, from, 512, &gap) || gap.lo != at || gap.hi != gap_end) {
                CHECK_INT(gap.lo, at);
                CHECK_INT(gap.hi, gap_end);
            }
            from = at = gap_end;
        }
        CHECK(!tree_cover_gap(&cover, from, 512, &gap));
    }
    tree_cover_free(&cover);
    for (uint64_t i = 0; i <= TREE_COVER_MAX; i++) {
        CHECK(!cover.full);
        tree_cover_add(&cover, 2 * i, 2 * i + 1);
    }
    CHECK(cover.full);
    tree_cover_free(&cover);
}

CHECK_MAIN("tree", {"columns", test_columns}, {"ascii and docs", test_ascii_and_docs},
           {"cut to width", test_cut_to_width}, {"arrays", test_arrays},
           {"folded structs", test_folded_structs}, {"findings", test_findings},
           {"names", test_names}, {"bits", test_bits}, {"gaps", test_gaps},
           {"made bytes and magic", test_made_bytes_and_magic}, {"verbose", test_verbose},
           {"colour", test_colour}, {"lines", test_lines}, {"cover", test_cover})
