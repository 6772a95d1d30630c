#include "config.h"

#include "patch/encode.h"

#include <math.h>

#include "check.h"
#include "schema_run.h"

/* What is stored is what Python 3.11's struct, int.to_bytes and codecs make of the value; LEB128, VLQ, SQLite's and Protocol
 * Buffers' numbers, BCD and bits what a few lines of Python do by their specifications. */

#define INT(n)                                                                                     \
    { VM_INT, (int128)(n), 0, NULL }
#define BIG(high, low)                                                                             \
    { VM_INT, (int128)((uint128)(high) << 64 | (low)), 0, NULL }
#define WIDE(high, low)                                                                            \
    { VM_WIDE, (int128)((uint128)(high) << 64 | (low)), 0, NULL }
#define NUM(v)                                                                                     \
    { VM_FLOAT, 0, (v), NULL }
#define TEXT(t)                                                                                    \
    { VM_TEXT, 0, 0, (t) }
#define BYTES(t)                                                                                   \
    { VM_BYTES, 0, 0, (t) }
#define FLAG(t)                                                                                    \
    { VM_BOOL, (t), 0, NULL }
#define NOTHING                                                                                    \
    { VM_ABSENT, 0, 0, NULL }

struct given {
    enum vm_kind kind;
    int128 integer;
    double number;
    const char *text;
};

static struct vm_value value_of(const struct given *given) {
    struct vm_value v = given->kind == VM_BOOL    ? vm_bool(given->integer != 0)
                        : given->kind == VM_FLOAT ? vm_float(given->number)
                                                  : vm_int(given->integer);
    v.kind = (uint8_t)given->kind;
    if (given->text) {
        v.bytes = bytes_text(given->text);
    }
    return v;
}

struct made {
    bool fine;
    struct buf out, why;
};

/* The field x of a struct, which the bytes are, set to the value. */
static struct made encode(const char *fields, const char *stored, const struct given *given,
                          bool fresh) {
    struct made made = {0};
    struct schema_run run;
    struct buf schema = {0};
    uint8_t room[64];
    buf_printf(&schema, "schema t \"\"; endian little; struct t { %s }", fields);
    if (!schema_run_compile(&run, buf_text(&schema)) || !schema_run_ask(&run, NULL, false, NULL)) {
        CHECK_TEXT(buf_text(&run.line), "");
        schema_run_free(&run);
        buf_free(&schema);
        return made;
    }
    const struct program_member *x = NULL;
    for (uint32_t i = 0; i < run.program->members.n; i++) {
        const struct program_member *m = &run.program->members.at[i];
        x = bytes_equal(program_text(run.program, m->name), bytes_text("x")) ? m : x;
    }
    const struct program_type *t = &run.program->types.at[x->type];
    struct encodings *encodings = encodings_new();
    struct bytes all = schema_run_bytes(stored, room, sizeof room);
    struct encode_field field = {
        .program = run.program,
        .type = x->type,
        .ambient.bitorder = strstr(fields, "bitorder msb") ? ORDER_BIG : ORDER_LITTLE,
        .encoding = encodings_find(encodings, program_text(run.program, t->encoding)),
        .bit = (unsigned)x->bit_off % 8,
        .bits = t->bits,
        .stored = fresh ? bytes_of("", 0) : all,
        .fresh = fresh};
    struct vm_value value = value_of(given);
    buf_puts(&made.out, "front");
    made.fine = encode_value(&field, &value, &made.out, &made.why);
    CHECK_BYTES(made.out.at, 5, "front", 5);
    made.out.len -= 5;
    memmove(made.out.at, made.out.at + 5, made.out.len);
    encodings_free(encodings);
    schema_run_free(&run);
    buf_free(&schema);
    return made;
}

static void made_free(struct made *made) {
    buf_free(&made->out);
    buf_free(&made->why);
}

static const struct {
    const char *fields, *stored;
    struct given value;
    const char *wanted;
} good[] = {
    {"uint8 x;", "00", INT(0LL), "00"},
    {"uint8 x;", "00", INT(255LL), "ff"},
    {"uint8 x;", "00", INT(165LL), "a5"},
    {"int8 x;", "00", INT(-128LL), "80"},
    {"int8 x;", "00", INT(127LL), "7f"},
    {"int8 x;", "00", INT(-51LL), "cd"},
    {"uint16le x;", "0000", INT(0LL), "0000"},
    {"uint16le x;", "0000", INT(65535LL), "ffff"},
    {"uint16le x;", "0000", INT(51750LL), "26ca"},
    {"uint16be x;", "0000", INT(0LL), "0000"},
    {"uint16be x;", "0000", INT(65535LL), "ffff"},
    {"uint16be x;", "0000", INT(6328LL), "18b8"},
    {"int16le x;", "0000", INT(-32768LL), "0080"},
    {"int16le x;", "0000", INT(32767LL), "ff7f"},
    {"int16le x;", "0000", INT(-23274LL), "16a5"},
    {"int16be x;", "0000", INT(-32768LL), "8000"},
    {"int16be x;", "0000", INT(32767LL), "7fff"},
    {"int16be x;", "0000", INT(-20431LL), "b031"},
    {"uint24le x;", "000000", INT(0LL), "000000"},
    {"uint24le x;", "000000", INT(16777215LL), "ffffff"},
    {"uint24le x;", "000000", INT(12270483LL), "933bbb"},
    {"uint24be x;", "000000", INT(0LL), "000000"},
    {"uint24be x;", "000000", INT(16777215LL), "ffffff"},
    {"uint24be x;", "000000", INT(1946120LL), "1db208"},
    {"int24le x;", "000000", INT(-8388608LL), "000080"},
    {"int24le x;", "000000", INT(8388607LL), "ffff7f"},
    {"int24le x;", "000000", INT(-1184533LL), "ebeced"},
    {"int24be x;", "000000", INT(-8388608LL), "800000"},
    {"int24be x;", "000000", INT(8388607LL), "7fffff"},
    {"int24be x;", "000000", INT(-7130463LL), "9332a1"},
    {"uint32le x;", "00000000", INT(0LL), "00000000"},
    {"uint32le x;", "00000000", INT(4294967295LL), "ffffffff"},
    {"uint32le x;", "00000000", INT(369140570LL), "5aa30016"},
    {"uint32be x;", "00000000", INT(0LL), "00000000"},
    {"uint32be x;", "00000000", INT(4294967295LL), "ffffffff"},
    {"uint32be x;", "00000000", INT(1796035739LL), "6b0d549b"},
    {"int32le x;", "00000000", INT(-2147483648LL), "00000080"},
    {"int32le x;", "00000000", INT(2147483647LL), "ffffff7f"},
    {"int32le x;", "00000000", INT(-1113843932LL), "24179cbd"},
    {"int32be x;", "00000000", INT(-2147483648LL), "80000000"},
    {"int32be x;", "00000000", INT(2147483647LL), "7fffffff"},
    {"int32be x;", "00000000", INT(219246286LL), "0d116ece"},
    {"uint40le x;", "0000000000", INT(0LL), "0000000000"},
    {"uint40le x;", "0000000000", INT(1099511627775LL), "ffffffffff"},
    {"uint40le x;", "0000000000", INT(273011544783LL), "cf92c1903f"},
    {"uint40be x;", "0000000000", INT(0LL), "0000000000"},
    {"uint40be x;", "0000000000", INT(1099511627775LL), "ffffffffff"},
    {"uint40be x;", "0000000000", INT(493695537245LL), "72f28c105d"},
    {"int40le x;", "0000000000", INT(-549755813888LL), "0000000080"},
    {"int40le x;", "0000000000", INT(549755813887LL), "ffffffff7f"},
    {"int40le x;", "0000000000", INT(324637428469LL), "f50ae6954b"},
    {"int40be x;", "0000000000", INT(-549755813888LL), "8000000000"},
    {"int40be x;", "0000000000", INT(549755813887LL), "7fffffffff"},
    {"int40be x;", "0000000000", INT(-450022026864LL), "973898d190"},
    {"uint48le x;", "000000000000", INT(0LL), "000000000000"},
    {"uint48le x;", "000000000000", INT(281474976710655LL), "ffffffffffff"},
    {"uint48le x;", "000000000000", INT(163033235570349LL), "adbe17224794"},
    {"uint48be x;", "000000000000", INT(0LL), "000000000000"},
    {"uint48be x;", "000000000000", INT(281474976710655LL), "ffffffffffff"},
    {"uint48be x;", "000000000000", INT(81206746853954LL), "49db6b4cb242"},
    {"int48le x;", "000000000000", INT(-140737488355328LL), "000000000080"},
    {"int48le x;", "000000000000", INT(140737488355327LL), "ffffffffff7f"},
    {"int48le x;", "000000000000", INT(-74425166044180LL), "ec636a8a4fbc"},
    {"int48be x;", "000000000000", INT(-140737488355328LL), "800000000000"},
    {"int48be x;", "000000000000", INT(140737488355327LL), "7fffffffffff"},
    {"int48be x;", "000000000000", INT(32923376379480LL), "1df192276658"},
    {"uint64le x;", "0000000000000000", INT(0LL), "0000000000000000"},
    {"uint64le x;", "0000000000000000", BIG(0x0, 0xffffffffffffffff), "ffffffffffffffff"},
    {"uint64le x;", "0000000000000000", BIG(0x0, 0xa38fd547923a7369), "69733a9247d58fa3"},
    {"uint64be x;", "0000000000000000", INT(0LL), "0000000000000000"},
    {"uint64be x;", "0000000000000000", BIG(0x0, 0xffffffffffffffff), "ffffffffffffffff"},
    {"uint64be x;", "0000000000000000", BIG(0x0, 0x9e7769b10f4205b4), "9e7769b10f4205b4"},
    {"int64le x;", "0000000000000000", INT(INT64_MIN), "0000000000000080"},
    {"int64le x;", "0000000000000000", INT(9223372036854775807LL), "ffffffffffffff7f"},
    {"int64le x;", "0000000000000000", INT(5113968323678613630LL), "7eb0766d1877f846"},
    {"int64be x;", "0000000000000000", INT(INT64_MIN), "8000000000000000"},
    {"int64be x;", "0000000000000000", INT(9223372036854775807LL), "7fffffffffffffff"},
    {"int64be x;", "0000000000000000", INT(-2553354791350442960LL), "dc90a9587403e430"},
    {"uint72le x;", "000000000000000000", INT(0LL), "000000000000000000"},
    {"uint72le x;", "000000000000000000", BIG(0xff, 0xffffffffffffffff), "ffffffffffffffffff"},
    {"uint72le x;", "000000000000000000", BIG(0x5c, 0xcb5c74273f98e277), "77e2983f27745ccb5c"},
    {"uint72be x;", "000000000000000000", INT(0LL), "000000000000000000"},
    {"uint72be x;", "000000000000000000", BIG(0xff, 0xffffffffffffffff), "ffffffffffffffffff"},
    {"uint72be x;", "000000000000000000", BIG(0x7c, 0xc7a2ea20b2f14c94), "7cc7a2ea20b2f14c94"},
    {"int72le x;", "000000000000000000", BIG(0xffffffffffffff80, 0x0), "000000000000000080"},
    {"int72le x;", "000000000000000000", BIG(0x7f, 0xffffffffffffffff), "ffffffffffffffff7f"},
    {"int72le x;", "000000000000000000", BIG(0x19, 0x930d6eaf14f4733f), "3f73f414af6e0d9319"},
    {"int72be x;", "000000000000000000", BIG(0xffffffffffffff80, 0x0), "800000000000000000"},
    {"int72be x;", "000000000000000000", BIG(0x7f, 0xffffffffffffffff), "7fffffffffffffffff"},
    {"int72be x;", "000000000000000000", BIG(0x65, 0xbabced2057ee05cd), "65babced2057ee05cd"},
    {"uint96le x;", "000000000000000000000000", INT(0LL), "000000000000000000000000"},
    {"uint96le x;", "000000000000000000000000", BIG(0xffffffff, 0xffffffffffffffff),
     "ffffffffffffffffffffffff"},
    {"uint96le x;", "000000000000000000000000", BIG(0xfaecbd38, 0x9be4bcfc49b64a08),
     "084ab649fcbce49b38bdecfa"},
    {"uint96be x;", "000000000000000000000000", INT(0LL), "000000000000000000000000"},
    {"uint96be x;", "000000000000000000000000", BIG(0xffffffff, 0xffffffffffffffff),
     "ffffffffffffffffffffffff"},
    {"uint96be x;", "000000000000000000000000", BIG(0x6b0a18e8, 0x830e07bc1e398f10),
     "6b0a18e8830e07bc1e398f10"},
    {"int96le x;", "000000000000000000000000", BIG(0xffffffff80000000, 0x0),
     "000000000000000000000080"},
    {"int96le x;", "000000000000000000000000", BIG(0x7fffffff, 0xffffffffffffffff),
     "ffffffffffffffffffffff7f"},
    {"int96le x;", "000000000000000000000000", BIG(0x31fee08f, 0x571242425051c1cc),
     "ccc15150424212578fe0fe31"},
    {"int96be x;", "000000000000000000000000", BIG(0xffffffff80000000, 0x0),
     "800000000000000000000000"},
    {"int96be x;", "000000000000000000000000", BIG(0x7fffffff, 0xffffffffffffffff),
     "7fffffffffffffffffffffff"},
    {"int96be x;", "000000000000000000000000", BIG(0x570820fe, 0x119a72d174c9df6a),
     "570820fe119a72d174c9df6a"},
    {"uint128le x;", "00000000000000000000000000000000", INT(0LL),
     "00000000000000000000000000000000"},
    {"uint128le x;", "00000000000000000000000000000000",
     WIDE(0xffffffffffffffff, 0xffffffffffffffff), "ffffffffffffffffffffffffffffffff"},
    {"uint128le x;", "00000000000000000000000000000000",
     WIDE(0xb394fb36bb2d420f, 0xf88080b10a3d6b2), "b2d6a3100b08880f0f422dbb36fb94b3"},
    {"uint128be x;", "00000000000000000000000000000000", INT(0LL),
     "00000000000000000000000000000000"},
    {"uint128be x;", "00000000000000000000000000000000",
     WIDE(0xffffffffffffffff, 0xffffffffffffffff), "ffffffffffffffffffffffffffffffff"},
    {"uint128be x;", "00000000000000000000000000000000",
     WIDE(0xf0ce583505c6af07, 0x58d5563dab2cd31e), "f0ce583505c6af0758d5563dab2cd31e"},
    {"int128le x;", "00000000000000000000000000000000", BIG(0x8000000000000000, 0x0),
     "00000000000000000000000000000080"},
    {"int128le x;", "00000000000000000000000000000000", BIG(0x7fffffffffffffff, 0xffffffffffffffff),
     "ffffffffffffffffffffffffffffff7f"},
    {"int128le x;", "00000000000000000000000000000000", BIG(0x9df9fd789c653938, 0x2b0537e65affb229),
     "29b2ff5ae637052b3839659c78fdf99d"},
    {"int128be x;", "00000000000000000000000000000000", BIG(0x8000000000000000, 0x0),
     "80000000000000000000000000000000"},
    {"int128be x;", "00000000000000000000000000000000", BIG(0x7fffffffffffffff, 0xffffffffffffffff),
     "7fffffffffffffffffffffffffffffff"},
    {"int128be x;", "00000000000000000000000000000000", BIG(0xc9952399c4aaeac1, 0x37dc76fb0f17a300),
     "c9952399c4aaeac137dc76fb0f17a300"},
    {"float16le x;", "1111", NUM(0.1), "662e"},
    {"float16be x;", "1111", NUM(0.1), "2e66"},
    {"float16le x;", "1111", NUM(-0.0), "0080"},
    {"float16be x;", "1111", NUM(-0.0), "8000"},
    {"float16le x;", "1111", NUM(1.0), "003c"},
    {"float16be x;", "1111", NUM(1.0), "3c00"},
    {"float16le x;", "1111", NUM(65504.0), "ff7b"},
    {"float16be x;", "1111", NUM(65504.0), "7bff"},
    {"float16le x;", "1111", NUM(-2.5), "00c1"},
    {"float16be x;", "1111", NUM(-2.5), "c100"},
    {"float16le x;", "1111", NUM(5.960464477539063e-08), "0100"},
    {"float16be x;", "1111", NUM(5.960464477539063e-08), "0001"},
    {"float16le x;", "1111", NUM(2.9802322387695312e-08), "0000"},
    {"float16be x;", "1111", NUM(2.9802322387695312e-08), "0000"},
    {"float16le x;", "1111", NUM(2.9802322387695312e-08), "0000"},
    {"float16be x;", "1111", NUM(2.9802322387695312e-08), "0000"},
    {"float16le x;", "1111", NUM(0.333251953125), "5535"},
    {"float16be x;", "1111", NUM(0.333251953125), "3555"},
    {"float16le x;", "1111", NUM(1023.75), "0064"},
    {"float16be x;", "1111", NUM(1023.75), "6400"},
    {"float16le x;", "1111", NUM(2049.0), "0068"},
    {"float16be x;", "1111", NUM(2049.0), "6800"},
    {"float16le x;", "1111", NUM(2051.0), "0268"},
    {"float16be x;", "1111", NUM(2051.0), "6802"},
    {"float x;", "11111111", NUM(0.1), "cdcccc3d"},
    {"float x;", "11111111", NUM(-0.0), "00000080"},
    {"float x;", "11111111", NUM(16777217.0), "0000804b"},
    {"float x;", "11111111", NUM(3.4028234663852886e+38), "ffff7f7f"},
    {"float x;", "11111111", NUM(1e-45), "01000000"},
    {"float x;", "11111111", NUM(7e-46), "00000000"},
    {"float x;", "11111111", NUM(1.401298464324817e-45), "01000000"},
    {"doublebe x;", "1111111111111111", NUM(0.1), "3fb999999999999a"},
    {"doublebe x;", "1111111111111111", NUM(5e-324), "0000000000000001"},
    {"doublebe x;", "1111111111111111", NUM(1.7976931348623157e+308), "7fefffffffffffff"},
    {"float80 x;", "11111111111111111111", NUM(0.1), "00d0ccccccccccccfb3f"},
    {"float80 x;", "11111111111111111111", NUM(-0.0), "00000000000000000080"},
    {"float80 x;", "11111111111111111111", NUM(1.0), "0000000000000080ff3f"},
    {"float80 x;", "11111111111111111111", NUM(-123456.789), "0048b6f3fd6420f10fc0"},
    {"float80 x;", "11111111111111111111", NUM(5e-324), "0000000000000080cd3b"},
    {"float80 x;", "11111111111111111111", NUM(2.2250738585072014e-308), "0000000000000080013c"},
    {"float80 x;", "11111111111111111111", NUM(1.7976931348623157e+308), "00f8fffffffffffffe43"},
    {"float80 x;", "11111111111111111111", NUM(3e-310), "000004ca4a89e6dcfa3b"},
    {"bfloat16 x;", "1111", NUM(1.0), "803f"},
    {"bfloat16 x;", "1111", NUM(0.1), "cd3d"},
    {"bfloat16 x;", "1111", NUM(3.140625), "4940"},
    {"bfloat16 x;", "1111", NUM(-2.0), "00c0"},
    {"bfloat16 x;", "1111", NUM(1.00390625), "803f"},
    {"bfloat16 x;", "1111", NUM(1.01171875), "823f"},
    {"bfloat16 x;", "1111", NUM(3.3895313892515355e+38), "7f7f"},
    {"uleb128 x;", "05", INT(0LL), "00"},
    {"uleb128 x;", "05", INT(1LL), "01"},
    {"uleb128 x;", "05", INT(127LL), "7f"},
    {"uleb128 x;", "05", INT(128LL), "8001"},
    {"uleb128 x;", "05", INT(300LL), "ac02"},
    {"uleb128 x;", "05", INT(624485LL), "e58e26"},
    {"uleb128 x;", "05", BIG(0x1, 0x0), "80808080808080808002"},
    {"uleb128 x;", "05", BIG(0x7fffffffffffffff, 0xffffffffffffffff),
     "ffffffffffffffffffffffffffffffffffff01"},
    {"sleb128 x;", "05", INT(0LL), "00"},
    {"sleb128 x;", "05", INT(2LL), "02"},
    {"sleb128 x;", "05", INT(-2LL), "7e"},
    {"sleb128 x;", "05", INT(63LL), "3f"},
    {"sleb128 x;", "05", INT(64LL), "c000"},
    {"sleb128 x;", "05", INT(-64LL), "40"},
    {"sleb128 x;", "05", INT(-65LL), "bf7f"},
    {"sleb128 x;", "05", INT(127LL), "ff00"},
    {"sleb128 x;", "05", INT(128LL), "8001"},
    {"sleb128 x;", "05", INT(-129LL), "ff7e"},
    {"sleb128 x;", "05", INT(-123456LL), "c0bb78"},
    {"sleb128 x;", "05", BIG(0x7fffffffffffffff, 0xffffffffffffffff),
     "ffffffffffffffffffffffffffffffffffff01"},
    {"sleb128 x;", "05", BIG(0x8000000000000000, 0x0), "8080808080808080808080808080808080807e"},
    {"vlq x;", "05", INT(0LL), "00"},
    {"vlq x;", "05", INT(127LL), "7f"},
    {"vlq x;", "05", INT(128LL), "8100"},
    {"vlq x;", "05", INT(16383LL), "ff7f"},
    {"vlq x;", "05", INT(16384LL), "818000"},
    {"vlq x;", "05", INT(268435455LL), "ffffff7f"},
    {"vlq x;", "05", BIG(0x7fffffffffffffff, 0xffffffffffffffff),
     "81ffffffffffffffffffffffffffffffffff7f"},
    {"vlq(9) x;", "05", INT(0LL), "00"},
    {"vlq(9) x;", "05", INT(127LL), "7f"},
    {"vlq(9) x;", "05", INT(128LL), "8100"},
    {"vlq(9) x;", "05", INT(72057594037927935LL), "ffffffffffffff7f"},
    {"vlq(9) x;", "05", INT(72057594037927936LL), "80c080808080808000"},
    {"vlq(9) x;", "05", BIG(0x0, 0xffffffffffffffff), "ffffffffffffffffff"},
    {"vlq(3) x;", "05", INT(0LL), "00"},
    {"vlq(3) x;", "05", INT(127LL), "7f"},
    {"vlq(3) x;", "05", INT(128LL), "8100"},
    {"vlq(3) x;", "05", INT(16383LL), "ff7f"},
    {"vlq(3) x;", "05", INT(16384LL), "80c000"},
    {"vlq(3) x;", "05", INT(4194303LL), "ffffff"},
    {"vlq(1) x;", "05", INT(0LL), "00"},
    {"vlq(1) x;", "05", INT(255LL), "ff"},
    {"zigzag x;", "05", INT(0LL), "00"},
    {"zigzag x;", "05", INT(-1LL), "01"},
    {"zigzag x;", "05", INT(1LL), "02"},
    {"zigzag x;", "05", INT(-2LL), "03"},
    {"zigzag x;", "05", INT(2147483647LL), "feffffff0f"},
    {"zigzag x;", "05", INT(-2147483648LL), "ffffffff0f"},
    {"zigzag x;", "05", BIG(0x3fffffffffffffff, 0xffffffffffffffff),
     "feffffffffffffffffffffffffffffffffff01"},
    {"zigzag x;", "05", BIG(0xc000000000000000, 0x0), "ffffffffffffffffffffffffffffffffffff01"},
    {"zigzag(4) x;", "05000000", INT(0LL), "00000000"},
    {"zigzag(4) x;", "05000000", INT(-1LL), "01000000"},
    {"zigzag(4) x;", "05000000", INT(1LL), "02000000"},
    {"zigzag(4) x;", "05000000", INT(2147483647LL), "feffffff"},
    {"zigzag(4) x;", "05000000", INT(-2147483648LL), "ffffffff"},
    {"bcd(3) x;", "000000", INT(123456LL), "563412"},
    {"bcd(2) x;", "0000", INT(7LL), "0700"},
    {"bitorder lsb; uint32 x : 3; uint8 : 5;", "ff", INT(5LL), "fd"},
    {"bitorder lsb; uint8 : 3; uint32 x : 7; uint8 : 6;", "ffff", INT(85LL), "affe"},
    {"bitorder lsb; uint8 : 5; uint32 x : 1; uint8 : 2;", "ff", INT(0LL), "df"},
    {"bitorder lsb; uint8 : 7; uint32 x : 17;", "ffffff", INT(109517LL), "ffe6d5"},
    {"bitorder lsb; uint8 : 4; int32 x : 12;", "ffff", INT(-5LL), "bfff"},
    {"bitorder lsb; uint8 : 1; uint128 x : 128; uint8 : 7;", "ffffffffffffffffffffffffffffffffff",
     BIG(0x123456789abcdef, 0x123456789abcdef), "df9b5713cf8a4602de9b5713cf8a4602fe"},
    {"bitorder lsb; uint8 : 7; int64 x : 64; uint8 : 1;", "ffffffffffffffffff", INT(INT64_MIN),
     "7f00000000000000c0"},
    {"bitorder msb; uint32 x : 3; uint8 : 5;", "ff", INT(5LL), "bf"},
    {"bitorder msb; uint8 : 3; uint32 x : 7; uint8 : 6;", "ffff", INT(85LL), "f57f"},
    {"bitorder msb; uint8 : 5; uint32 x : 1; uint8 : 2;", "ff", INT(0LL), "fb"},
    {"bitorder msb; uint8 : 7; uint32 x : 17;", "ffffff", INT(109517LL), "ffabcd"},
    {"bitorder msb; uint8 : 4; int32 x : 12;", "ffff", INT(-5LL), "fffb"},
    {"bitorder msb; uint8 : 1; uint128 x : 128; uint8 : 7;", "ffffffffffffffffffffffffffffffffff",
     BIG(0x123456789abcdef, 0x123456789abcdef), "8091a2b3c4d5e6f78091a2b3c4d5e6f7ff"},
    {"bitorder msb; uint8 : 7; int64 x : 64; uint8 : 1;", "ffffffffffffffffff", INT(INT64_MIN),
     "ff0000000000000001"},
    {"string x[] encoding \"UTF-8\";", "", TEXT("\107\162\303\274\303\237\145"), "4772c3bcc39f65"},
    {"string x[] encoding \"UTF-8\";", "", TEXT("\346\227\245\346\234\254"), "e697a5e69cac"},
    {"string x[] encoding \"UTF-8\";", "", TEXT("\101\360\235\204\236\142"), "41f09d849e62"},
    {"string x[] encoding \"UTF-8\";", "", TEXT("\170"), "78"},
    {"string x[] encoding \"UTF-16LE\";", "", TEXT("\107\162\303\274\303\237\145"),
     "47007200fc00df006500"},
    {"string x[] encoding \"UTF-16LE\";", "", TEXT("\346\227\245\346\234\254"), "e5652c67"},
    {"string x[] encoding \"UTF-16LE\";", "", TEXT("\101\360\235\204\236\142"), "410034d81edd6200"},
    {"string x[] encoding \"UTF-16LE\";", "", TEXT("\170"), "7800"},
    {"string x[] encoding \"UTF-16BE\";", "", TEXT("\107\162\303\274\303\237\145"),
     "0047007200fc00df0065"},
    {"string x[] encoding \"UTF-16BE\";", "", TEXT("\346\227\245\346\234\254"), "65e5672c"},
    {"string x[] encoding \"UTF-16BE\";", "", TEXT("\101\360\235\204\236\142"), "0041d834dd1e0062"},
    {"string x[] encoding \"UTF-16BE\";", "", TEXT("\170"), "0078"},
    {"string x[] encoding \"UTF-32LE\";", "", TEXT("\107\162\303\274\303\237\145"),
     "4700000072000000fc000000df00000065000000"},
    {"string x[] encoding \"UTF-32LE\";", "", TEXT("\346\227\245\346\234\254"), "e56500002c670000"},
    {"string x[] encoding \"UTF-32LE\";", "", TEXT("\101\360\235\204\236\142"),
     "410000001ed1010062000000"},
    {"string x[] encoding \"UTF-32LE\";", "", TEXT("\170"), "78000000"},
    {"string x[] encoding \"UTF-32BE\";", "", TEXT("\107\162\303\274\303\237\145"),
     "0000004700000072000000fc000000df00000065"},
    {"string x[] encoding \"UTF-32BE\";", "", TEXT("\346\227\245\346\234\254"), "000065e50000672c"},
    {"string x[] encoding \"UTF-32BE\";", "", TEXT("\101\360\235\204\236\142"),
     "000000410001d11e00000062"},
    {"string x[] encoding \"UTF-32BE\";", "", TEXT("\170"), "00000078"},
    {"string x[] encoding \"ISO-8859-1\";", "", TEXT("\107\162\303\274\303\237\145"), "4772fcdf65"},
    {"string x[] encoding \"CP1252\";", "", TEXT("\342\202\254\040\165\162\157"), "802075726f"},
    {"string x[] encoding \"SHIFT_JIS\";", "", TEXT("\346\274\242\345\255\227"), "8abf8e9a"},
    {"string x[] encoding \"EUC-JP\";", "", TEXT("\346\227\245\346\234\254\350\252\236"),
     "c6fccbdcb8ec"},
    {"string x[] encoding \"GB18030\";", "", TEXT("\344\270\255\346\226\207\360\237\230\200"),
     "d6d0cec49439fc36"},
    {"string x[] encoding \"CP437\";", "", TEXT("\303\251\302\275"), "82ab"},
    {"string x[] encoding \"KOI8-R\";", "",
     TEXT("\320\237\321\200\320\270\320\262\320\265\321\202"), "f0d2c9d7c5d4"},
    {"string x[] encoding \"ISO-2022-JP\";", "", TEXT("\346\227\245\346\234\254"),
     "1b2442467c4b5c1b2842"},
    {"string x[] encoding \"BIG5\";", "", TEXT("\344\270\255\346\226\207"), "a4a4a4e5"},
    {"string x[] encoding \"CP037\";", "", TEXT("\105\102\103\104\111\103"), "c5c2c3c4c9c3"},
    {"string x[] encoding \"UTF-7\";", "", TEXT("\110\151\040\342\230\272"), "4869202b4a6a6f2d"},
    {"string x[] encoding \"UTF-16\";", "fffe4100", TEXT("\303\251"), "fffee900"},
    {"string x[] encoding \"UTF-16\";", "feff0041", TEXT("\303\251"), "feff00e9"},
    {"string x[] encoding \"UTF-16\";", "0041", TEXT("\303\251"), "00e9"},
    {"char x[8];", "6162630000000000", TEXT("\107\162\303\274\303\237\145"), "4772c3bcc39f6500"},
    {"char x[8] encoding \"UTF-16LE\";", "0000000000000000", TEXT("\141\142"), "6100620000000000"},
    {"char x[3];", "616263", TEXT(""), "000000"},
};

static void test_bytes(void) {
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uint8_t room[64];
        struct bytes wanted = schema_run_bytes(good[i].wanted, room, sizeof room);
        struct made made = encode(good[i].fields, good[i].stored, &good[i].value, false);
        if (!made.fine || !bytes_equal(buf_bytes(&made.out), wanted)) {
            fprintf(stderr, "%s: %s\n", good[i].fields, buf_text(&made.why));
        }
        CHECK(made.fine);
        CHECK_BYTES(made.out.at, made.out.len, wanted.at, wanted.len);
        made_free(&made);
    }
}

/* What says so already stays, however it is written. */
static const struct {
    const char *fields, *stored;
    struct given value;
} kept[] = {
    {"uleb128 x;", "e58e8080808000", INT(1893)}, /* longer than need be */
    {"sleb128 x;", "ffff7f", INT(-1)},
    {"vlq x;", "808005", INT(5)},
    {"zigzag x;", "81808000", INT(-1)},
    {"bool x;", "07", FLAG(true)},
    {"float80 x;", "0100000000000080ff3f", NUM(1.0)}, /* more precise than a double */
    {"float16 x;", "017e", NUM(NAN)},
    {"char x[6];", "616200202020", TEXT("ab")},
    {"char x[6];", "616200ff0000", TEXT("ab")},
    {"string x[] encoding \"UTF-7\";", "2b414f6b2d", TEXT("\303\251")},
    {"string x[] encoding \"UTF-16\";", "fffee900", TEXT("\303\251")},
    {"cstring x;", "6162", TEXT("ab")}, /* its NUL is beside it */
};

static void test_kept(void) {
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        uint8_t room[64];
        struct bytes wanted = schema_run_bytes(kept[i].stored, room, sizeof room);
        struct made made = encode(kept[i].fields, kept[i].stored, &kept[i].value, false);
        CHECK_TEXT(made.fine ? "" : buf_text(&made.why), "");
        CHECK_BYTES(made.out.at, made.out.len, wanted.at, wanted.len);
        made_free(&made);
    }
}

#define COLORS "color x; } enum color : uint8 { red = 1, green = 2, blue = 4,"
#define BITS   "bits x; } flags bits : uint8 { a = 1, b = 2, cde = 0x10,"

static const struct {
    const char *fields, *stored;
    struct given value;
    const char *wanted; /* in hexadecimal; NULL: refused */
    const char *why;
} edges[] = {
    {"uint8 x;", "00", INT(300), NULL, "300 does not fit in uint8 (0..255)"},
    {"uint8 x;", "00", INT(-1), NULL, "-1 does not fit in uint8 (0..255)"},
    {"int16 x;", "0000", INT(32768), NULL, "32768 does not fit in int16 (-32768..32767)"},
    {"int16 x;", "0000", INT(-32769), NULL, "-32769 does not fit in int16 (-32768..32767)"},
    {"uint8 x : 3; uint8 : 5;", "00", INT(8), NULL, "8 does not fit 3 bits (0..7)"},
    {"int8 x : 1; uint8 : 7;", "00", INT(1), NULL, "1 does not fit 1 signed bit (-1..0)"},
    {"int128 x;", "00", WIDE(0x8000000000000000, 0), NULL,
     "170141183460469231731687303715884105728 does not fit in int128 "
     "(-170141183460469231731687303715884105728..170141183460469231731687303715884105727)"},
    {"uint128 x;", "00", INT(-1), NULL,
     "-1 does not fit in uint128 (0..340282366920938463463374607431768211455)"},
    {"uint8 x;", "00", TEXT("abc"), NULL, "uint8 wants a whole number, got \"abc\""},
    {"uint8 x;", "00", NUM(1.5), NULL, "uint8 wants a whole number, got 1.5"},
    {"uint8 x;", "00", NOTHING, NULL, "uint8 wants a whole number, got nothing"},
    {"bool x;", "00", INT(1), NULL, "bool wants true or false, got 1"},
    {"uint8 x;", "00", FLAG(true), NULL, "uint8 wants a whole number, got true"},
    {"uleb128 x;", "00", INT(-1), NULL,
     "-1 does not fit in uleb128 (0..170141183460469231731687303715884105727)"},
    {"vlq(2) x;", "00", INT(32768), NULL, "32768 does not fit in vlq (0..32767)"},
    {"bcd(2) x;", "0000", INT(10000), NULL, "10000 does not fit in bcd(2) (0..9999)"},
    {"bcd(2) x;", "0000", INT(-1), NULL, "-1 does not fit in bcd(2) (0..9999)"},
    {"zigzag(1) x;", "00", INT(128), NULL, "128 does not fit in zigzag(1) (-128..127)"},
    {"float16 x;", "0000", NUM(65520.0), NULL, "65520.0 is too great for float16"},
    {"float16 x;", "0000", NUM(65519.99), "ff7b", NULL},
    {"float16 x;", "0000", NUM(INFINITY), "007c", NULL},
    {"float x;", "00000000", NUM(-INFINITY), "000080ff", NULL},
    {"float x;", "00000000", NUM(1e39), NULL, "1e+39 is too great for float"},
    {"float x;", "00000000", INT(3), "00004040", NULL},
    {"float x;", "00000000", TEXT("3"), NULL, "float wants a number, got \"3\""},
    {COLORS, "01", TEXT("green"), "02", NULL},
    {COLORS, "01", TEXT("gren"), NULL, "'gren' is no color; did you mean 'green'?"},
    {COLORS, "01", TEXT(""), NULL, "'' is no color"},
    {COLORS, "01", INT(9), "09", NULL},
    {BITS, "01", TEXT("a|cde"), "11", NULL},
    {BITS, "01", TEXT(""), "00", NULL},
    {BITS, "01", TEXT("a|cd"), NULL, "'cd' is no bits; did you mean 'cde'?"},
    {"char x[4];", "00000000", TEXT("abcde"), NULL, "5 bytes are more than the 4 of char[4]"},
    {"char x[4];", "00000000", TEXT("abcd"), "61626364", NULL},
    {"char x[4] encoding \"UTF-16LE\";", "00000000", TEXT("abc"), NULL,
     "6 bytes are more than the 4 of char[4]"},
    {"string x[4];", "00000000", TEXT("abc"), NULL, "3 bytes don't fill the 4 of string[4]"},
    {"byte x[4];", "00000000", BYTES("abcde"), NULL, "5 bytes are more than the 4 of byte[4]"},
    {"byte x[2];", "0000", TEXT("ab"), "6162", NULL},
    {"byte x[2];", "0000", INT(1), NULL, "byte[2] wants bytes, got 1"},
    {"char x[2];", "0000", INT(1), NULL, "char[2] wants text, got 1"},
    {"string x[] encoding \"ISO-8859-1\";", "41", TEXT("a\342\202\254"), NULL,
     "ISO-8859-1 has no such character as \"\342\202\254\""},
    {"string x[] encoding \"ASCII\";", "41", TEXT("\303\251"), NULL,
     "ASCII has no such character as \"\303\251\""},
    {"string x[] encoding \"SHIFT_JIS\";", "41", TEXT("x\303\251"), NULL,
     "SHIFT_JIS has no such character as \"\303\251\""},
    {"string x[] until \"\\r\\n\";", "61", TEXT("a\rb\n"), "610d620a", NULL},
    {"string x[] until \"\\r\\n\";", "61", TEXT("a\r\nb"), NULL,
     "string[] ends at 0d 0a: the value has one in it"},
    {"string x[] until \"\\n\" encoding \"UTF-16LE\";", "6100", TEXT("\304\212"), "0a01", NULL},
    {"byte x[] until \"\\x00\\x01\";", "61", BYTES("\001\001"), "0101", NULL},
};

static void test_edges(void) {
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        uint8_t room[64];
        struct made made = encode(edges[i].fields, edges[i].stored, &edges[i].value, false);
        CHECK(made.fine == (edges[i].wanted != NULL));
        CHECK_TEXT(made.fine ? "" : buf_text(&made.why), edges[i].why ? edges[i].why : "");
        if (edges[i].wanted) {
            struct bytes wanted = schema_run_bytes(edges[i].wanted, room, sizeof room);
            CHECK_BYTES(made.out.at, made.out.len, wanted.at, wanted.len);
        }
        made_free(&made);
    }
}

/* Nothing is kept of what was not there. */
static void test_fresh(void) {
    const struct given yes = FLAG(true), text = TEXT("ab");
    struct made made = encode("uint8 : 2; bool x : 1; uint8 : 5;", "", &yes, true);
    CHECK_BYTES(made.out.at, made.out.len, "\x04", 1);
    made_free(&made);
    made = encode("char x[4];", "", &text, true);
    CHECK_BYTES(made.out.at, made.out.len, "ab\0\0", 4);
    made_free(&made);
}

CHECK_MAIN("encode", {"bytes", test_bytes}, {"kept", test_kept}, {"edges", test_edges},
           {"fresh", test_fresh})
