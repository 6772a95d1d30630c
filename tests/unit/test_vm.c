#include "config.h"

#include "schema_run.h"

/* Decoding: what each construct of the language makes of bytes, right ones and wrong ones.
 * Expected values were worked out with Python 3 (int.from_bytes, struct, zlib). */

struct decoding {
    const char *schema;
    const char *hex;
    const char
        *wanted; /* the line, see schema_run.h; or the code of the error that the schema has */
};

static const struct decoding numbers[] = {
    {"endian big;\nstruct t { uint8 a; uint16 b; uint24 c; uint32 d; uint40 e; uint48 "
     "f; uint56 g; uint64 h; }",
     "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324",
     "{a=1 b=515 c=263430 d=117967114 e=47446822415 f=17665503728661 g=621784175542966"
     "0 h=2098148699256529700}"},
    {"endian little;\nstruct t { uint8 a; uint16 b; uint24 c; uint32 d; uint40 e; uint"
     "48 f; uint56 g; uint64 h; }",
     "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324",
     "{a=1 b=770 c=394500 d=168364039 e=64660245515 f=23175963480336 g=791109825200719"
     "0 h=2603962535218454045}"},
    {"endian big;\nstruct t { int8 a; int16 b; int24 c; int32 d; int40 e; int64 f; }",
     "80fffe800000ffffffff80000000008000000000000000",
     "{a=-128 b=-2 c=-8388608 d=-1 e=-549755813888 f=-9223372036854775808}"},
    {"endian little;\nstruct t { int16 a; int24 b; int64 c; int56 d; }",
     "feffffff7f0000000000000080ffffffffffffff", "{a=-2 b=8388607 c=-9223372036854775808 d=-1}"},
    {"endian big;\nstruct t { uint72 a; uint120 b; int128 c; int96 d; }",
     "0100000000000000027f000000000000000000000000000180000000000000000000000000000001"
     "ffffffffffffffffffffffff",
     "{a=18446744073709551618 b=659421701033923108823373033810952193 c=-17014118346046"
     "9231731687303715884105727 d=-1}"},
    {"struct t { uint16le a; uint16be b; int32le c; floatbe d; doublele e; }",
     "01020102fffffff73fc00000000000000000f0bf", "{a=513 b=258 c=-134217729 d=1.5 e=-1}"},
    {"endian big;\nstruct t { bool a; bool b; bool c; }", "000102", "{a=false b=true c=true}"},
    {"struct t { uleb128 a; uleb128 b; uleb128 c; sleb128 d; sleb128 e; sleb128 f; vlq"
     " g; vlq h; }",
     "00e58e26ffffffffffffffffff01027ec0bb7881487f",
     "{a=0 b=624485 c=18446744073709551615 d=2 e=-2 f=-123456 g=200 h=127}"},
    {"struct t { vlq(9) a; vlq(9) b; uint8 c; }", "ffffffffffffffffff810005",
     "{a=18446744073709551615 b=128 c=5}"},
    {"endian big;\nstruct t { float16 a[8]; }", "3c00c0007bff000104007c00fc008000",
     "{a[1 -2 65504 5.9604644775390625e-08 6.103515625e-05 inf -inf -0]}"},
    {"endian little;\nstruct t { float16 a; bfloat16 b; bfloat16 c; }", "0035803f49c0",
     "{a=0.3125 b=1 c=-3.140625}"},
    {"endian big;\nstruct t { float a; float b; float c; double d; double e; }",
     "40490fdb000000017f7fffff400921fb54442d180000000000000001",
     "{a=3.1415927410125732 b=1.4012984643248171e-45 c=3.4028234663852886e+38 d=3.1415"
     "926535897931 e=4.9406564584124654e-324}"},
    {"endian little;\nstruct t { float80 a; float80 b; float80 c; }",
     "0000000000000080ff3f00000000000000c000c000000000000000800040", "{a=1 b=-3 c=2}"},
    {"endian big;\nstruct t { float80 a; }", "4000c90fdaa22168c235", "{a=3.1415926535897931}"},
    {"endian big;\nenum e : int16 { low = -2, high = 0x7fff } struct t { e a; e b; e c"
     "; }",
     "fffe7fff0003", "{a=-2:low b=32767:high c=3:?}"},
    {"endian big;\nenum e : uint64 { top = 0xffffffffffffffff } flags g : uint16 { x ="
     " 1, y = 0x8000 } struct t { e a; g b; let c = b.y && !b.x; }",
     "ffffffffffffffff8000", "{a=18446744073709551615:top b=32768 c=true}"},
};

static const struct decoding codes[] = {
    {"struct t { zigzag a; zigzag b; zigzag c; zigzag d; zigzag e; }",
     "000102ac02feffffffffffffffff01", "{a=0 b=-1 c=1 d=150 e=9223372036854775807}"},
    {"struct t { zigzag a; zigzag b[] until $ == 0; uint8 c; }", "ffffffffffffffffff01030480010009",
     "{a=-9223372036854775808 b[-2 2 64 0] c=9}"},
    {"struct t { zigzagbe(2) v0; zigzagbe(2) v1; zigzagbe(2) v2; zigzagle(3) v3; zigza"
     "gle(8) v4; zigzagbe(8) v5; zigzagbe(16) v6; zigzagle(16) v7; }",
     "0001fffefffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fffeffffffffffffffffffffffffffffff",
     "{v0=-1 v1=32767 v2=-32768 v3=-8388608 v4=9223372036854775807 v5=-922337203685477"
     "5808 v6=-170141183460469231731687303715884105728 v7=1701411834604692317316873037"
     "15884105727}"},
    {"struct t { zigzag(1) a[3]; }", "0001ff", "{a[0 -1 -128]}"},
    {"endian big; struct t { bcd(1) a; bcd(2) b; bcd(3) c[2]; uint8 z; }", "99012300000198765407",
     "{a=99 b=123 c[1 987654] z=7}"},
    {"endian little; struct t { bcd(1) a; bcd(2) b; bcd(3) c; }", "192301563412",
     "{a=19 b=123 c=123456}"},
    {"endian big; struct t { bcdle(2) a; bcd(2) b; }", "23010123", "{a=123 b=123}"},
    {"endian little; struct t { bcdbe(2) a; bitorder lsb; bcdbe(3) b; }", "0123214365",
     "{a=123 b=123456}"},
    {"endian big; bitorder lsb; struct t { bcd(3) a; }", "214365", "{a=123456}"},
    {"bitorder msb; struct t { bcdle(2) a; }", "4321", "{a=1234}"},
    {"endian big; struct t { bcd(19) a; }", "98989898989898989898989898989898989898",
     "{a=98989898989898989898989898989898989898}"},
    {"endian big; struct t { bcd(2) a; uint8 z; }", "1f2307", "{!range(a) z=7}"},
    {"endian big; struct t { bcd(2) a; }", "12", "{!truncated(a)}"},
    {"endian big; struct t { bcd(2) a in 1..9; bcd(2) b = a * 2; uint8 d[a]; }", "00030006010203",
     "{a=3 b=6 d[1 2 3]}"},
    {"struct t { uint8 k; switch (k) v { 1: bcd(1); 2: zigzag; default: zigzag(1); } u"
     "int8 z; }",
     "030507", "{k=3 v=-3 z=7}"},
    {"struct p { bcd(1) x; zigzag(1) y; } struct t { p a[2]; let s = sum(a, $.x * 10 +"
     " $.y); }",
     "12023405", "{a[{x=12 y=1} {x=34 y=-3}] s=458}"},
    {"struct t { bcd a; }", "00", "E0402"},
    {"struct t { bcd(20) a; }", "00", "E0502"},
    {"struct t { zigzag(17) a; }", "00", "E0502"},
    {"struct t { bcd(2) a; }", "00", "E0407"},
};

static const struct decoding bits[] = {
    {"endian big;\nstruct t { uint8 a : 3; uint8 b : 5; uint16 c : 12; uint8 d : 4; }", "b5abcd",
     "{a=5 b=21 c=2748 d=13}"},
    {"endian little;\nstruct t { uint8 a : 3; uint8 b : 5; uint16 c : 12; uint8 d : 4;"
     " }",
     "b5cdab", "{a=5 b=22 c=3021 d=10}"},
    {"endian big;\nstruct t { int8 a : 3; int8 b : 5; int16 c : 12; bool d : 1; uint8 "
     ": 2; bool e : 1; }",
     "b5abc9", "{a=-3 b=-11 c=-1348 d=true e=true}"},
    {"endian little;\nstruct t { int8 a : 3; int8 b : 5; int16 c : 12; bool d : 1; uin"
     "t8 : 2; bool e : 1; }",
     "b5bc9a", "{a=-3 b=-10 c=-1348 d=true e=true}"},
    {"endian big;\nstruct t { uint64 a : 36; uint64 b : 28; }", "123456789abcdef0",
     "{a=4886718345 b=180150000}"},
    {"endian little;\nstruct t { uint64 a : 36; uint64 b : 28; }", "123456789abcdef0",
     "{a=44968588306 b=252570569}"},
    {"endian little;\nstruct t { uint16 a[4] : 12; }", "aabbccddeeff", "{a[2986 3275 3805 4094]}"},
    {"endian big;\nstruct t { uint16 a[4] : 12; }", "aabbccddeeff", "{a[2731 3020 3550 3839]}"},
    {"endian little;\nbitorder msb;\nstruct t { uint8 a : 4; uint8 b : 4; uint16 c; }", "120102",
     "{a=1 b=2 c=513}"},
    {"endian big;\nstruct t { uint8 w; uint64 v : w * 8; uint8 z; }", "03010203ff",
     "{w=3 v=66051 z=255}"},
    {"endian big;\nenum e : uint8 { two = 2, three = 3 } struct t { e a : 2; e b : 2; "
     "e c : 4; }",
     "b2", "{a=2:two b=3:three c=2:two}"},
    {"endian big;\nflags g : uint8 { x = 1, y = 2 } struct t { g a : 4; g b : 4; let c"
     " = a.x; let d = b.y; }",
     "12", "{a=1 b=2 c=true d=true}"},
    {"endian big;\nstruct p { uint8 x : 4; uint8 y : 4; } struct t { p a[3]; let s = s"
     "um(a, $.x * 10 + $.y); }",
     "123456", "{a[{x=1 y=2} {x=3 y=4} {x=5 y=6}] s=102}"},
    {"endian little;\nstruct t { uint16 t[5] : 12; uint8 : 4; let a = t[2]; let b = count(t, $ == 0x111); let c = t[1..2]; let d"
     " = count(t[1..4], $ == 0x111); }",
     "1121221131331101", "{t[273 546 273 819 273] a=273 b=3 c[546 273] d=2}"},
    {"endian big;\nstruct t { uint8 a : 4; uint8 b : 4 when a == 1; uint8 c; }", "1234",
     "{a=1 b=2 c=52}"},
    {"endian big;\nstruct t { uint8 a : 4; uint8 b : 4 when a == 2; uint8 c; }", "1234",
     "{a=1 c=52}"},
    {"endian big;\nstruct t { uint8 a : 4; if (a == 1) { uint8 b : 4; } else { uint8 b"
     " : 2; uint8 : 2; } uint8 c; }",
     "1234", "{a=1 b=2 c=52}"},
    {"endian big;\nstruct t { uint8 n; uint16 a[n] : 3; cstring z; }", "03e0ff6100",
     "{n=3 a[7 0 1] z=\"a\"}"},
    {"endian big;\nstruct t { union { uint8 a : 4; uint8 b : 8; } u; uint8 c; }", "f1f2",
     "{u{a=15 b=241} c=242}"},
};

static const struct decoding text[] = {
    {"struct t { char a[6]; string b[3]; cstring c; byte d[2]; byte e[]; }",
     "6162000000006300646566000102030405", "{a=\"ab\" b=\"c\\0d\" c=\"ef\" d=<0102> e=<030405>}"},
    {"struct t { string a[] until \"\\r\\n\"; string b[] until \";\"; uint8 c; }",
     "4745540d0a783b07", "{a=\"GET\" b=\"x\" c=7}"},
    {"struct t { char a[2][3]; cstring b[2]; }", "61626364656667006800",
     "{a[\"abc\" \"def\"] b[\"g\" \"h\"]}"},
    {"encoding \"ISO-8859-1\";\nstruct t { char a[2]; cstring b encoding \"UTF-8\"; st"
     "ring c[] encoding \"UTF-16LE\"; }",
     "e9e8c3a900e9006100", "{a=\"\303\251\303\250\" b=\"\303\251\" c=\"\303\251a\"}"},
    {"struct t { uint8 u; encoding u == 1 ? \"UTF-16BE\" : \"UTF-8\"; char a[4]; }", "0100410042",
     "{u=1 a=\"AB\"}"},
    {"struct t { char a[4]; check a == \"ab\" : \"same\"; check bytes(a) == "
     "\"ab\\0\\0\" : \"stored\"; }",
     "61620000", "{a=\"ab\"}"},
    {"struct t { uint8 n; char a[n]; string b[]; }", "0261626364", "{n=2 a=\"ab\" b=\"cd\"}"},
};

static const struct decoding arrays[] = {
    {"struct t { uint8 a[2][3]; }", "010203040506", "{a[[1 2 3] [4 5 6]]}"},
    {"struct t { uint8 n; uint8 a[n]; uint8 b[]; }", "0201020304", "{n=2 a[1 2] b[3 4]}"},
    {"struct t { uint8 a[] until $ == 0; uint8 b; }", "01020009", "{a[1 2 0] b=9}"},
    {"struct t { uint8 a[] while $ != 0; uint8 b; }", "01020009", "{a[1 2] b=0}"},
    {"struct t { uint8 a[] while $ != 0; }", "0102", "{a[1 2]}"},
    {"struct s { uint8 n; byte d[n]; } struct t { s a[] until $.n == 0; uint8 b; }",
     "02aabb01cc0007", "{a[{n=2 d=<aabb>} {n=1 d=<cc>} {n=0 d=<>}] b=7}"},
    {"struct t { uint8 a[] until $index == 2; uint8 b[]; }", "0102030405", "{a[1 2 3] b[4 5]}"},
    {"struct t { uint8 a[] until $index > 0 && $ == $prev; uint8 b; }", "01020205",
     "{a[1 2 2] b=5}"},
    {"struct s(uint8 p) { uint8 v; let w = v + p; } struct t { s($prev.w ?? 100) a[3];"
     " }",
     "010203", "{a[{v=1 w=101} {v=2 w=103} {v=3 w=106}]}"},
    {"struct t { uint8 n[3]; byte d[3][n[$index]]; }", "010002aabbcc",
     "{n[1 0 2] d[<aa> <> <bbcc>]}"},
    {"endian big;\nstruct t { uint16 a[2] stride 4; uint8 z; }", "0001ffff0002ffff03",
     "{a[1 2] z=3}"},
    {"endian big;\nstruct t { uint8 at[3]; uint8 v[3] @ at[$index]; }", "0504030a0b0c",
     "{at[5 4 3] v[12 11 10]}"},
    {"struct s { uint8 next; uint8 v; } struct t { uint8 first; s a[] @ first then $.n"
     "ext until $.next == 0; }",
     "03000005010002", "{first=3 a[{next=5 v=1} {next=0 v=2}]}"},
    {"struct t { uint8 next[5]; let chain = next[0] then next[$] while $ in 1..4; }", "0200040000",
     "{next[2 0 4 0 0] chain[2 4]}"},
    {"struct t { uint8 next[5]; let chain = next[0] then next[$] until $ == 0; }", "0200040000",
     "{next[2 0 4 0 0] chain[2 4 0]}"},
    {"struct nothing { } struct t { uint8 n; nothing a[n]; uint8 z; }", "0307",
     "{n=3 a[{} {} {}] z=7}"},
    {"struct t { uint8 a[0]; uint8 b; byte c[0]; }", "05", "{a[] b=5 c=<>}"},
};

static const struct decoding structs[] = {
    {"struct part { uint8 a; } struct t { part x; struct { uint8 b; struct { uint8 c; "
     "} deep; } y; }",
     "010203", "{x{a=1} y{b=2 deep{c=3}}}"},
    {"endian big;\nstruct t { union { uint32 whole; uint8 part[4]; uint16 half; } u; u"
     "int8 z; }",
     "0102030405", "{u{whole=16909060 part[1 2 3 4] half=258} z=5}"},
    {"union u { uint8 a; byte b[3]; } struct t { u x; uint8 y; }", "01020304",
     "{x{a=1 b=<010203>} y=4}"},
    {"struct s(uint8 n, uint8 m) { byte a[n]; byte b[m]; let s = n + m; } struct t { u"
     "int8 k; s(k, k + 1) x; }",
     "01aabbcc", "{k=1 x{a=<aa> b=<bbcc> s=3}}"},
    {"struct inner { uint8 a when t.k == 1; uint8 b when mid.j == 2; } struct mid { ui"
     "nt8 j; inner x; } struct t { uint8 k; mid m; }",
     "01020304", "{k=1 m{j=2 x{a=3 b=4}}}"},
    {"struct node { uint8 n; node kids[n]; } struct t { node root; }", "02010000",
     "{root{n=2 kids[{n=1 kids[{n=0 kids[]}]} {n=0 kids[]}]}}"},
    {"struct t { uint8 k; if (k == 1) { uint8 a; } else if (k == 2) { uint8 a; uint8 b"
     "; } else { uint8 c; } let d = a ?? 99; }",
     "020a0b", "{k=2 a=10 b=11 d=10}"},
    {"struct t { uint8 k; if (k == 1) { uint8 a; } else if (k == 2) { uint8 a; uint8 b"
     "; } else { uint8 c; } let d = a ?? 99; }",
     "050a", "{k=5 c=10 d=99}"},
    {"struct t { uint8 a when $ == 1; uint8 b when $ == 9; uint8 c; char d[2] when $ ="
     "= \"PK\"; uint8 e when $ == 0; }",
     "0102504b", "{a=1 c=2 d=\"PK\"}"},
    {"struct t { byte a[2]; byte b[2]; string x[] until \"!\" from concat(b, a) when present($); string y[] until \"?\" fro"
     "m concat(b, a) when present($); uint8 z[2] from b when $[1] == 33; }",
     "61626321", "{a=<6162> b=<6321> x=\"c\" z[99 33]}"},
    /* text handed from element to element, each of which is gone before the last one */
    {"struct e(string c) { uint8 k; if (k > 0) { let t = concat(text(k), c); } } struct t { e($prev.t ?? \"-\") a[6]; "
     "let last = a[5].t; }",
     "010203040506",
     "{a[{k=1 t=\"1-\"} {k=2 t=\"21-\"} {k=3 t=\"321-\"} {k=4 t=\"4321-\"} {k=5 t=\"54321-\"} {k=6 t=\"654321-\"}] "
     "last=\"654321-\"}"},
    /* what is behind a branch may depend on whether a field of the branch is there */
    {"struct e { uint8 x when t.n == 3; } struct t { uint8 k; if (k == 1) { uint8 m; } uint8 b; let n "
     "= m ?? b; if (n == 3) { e list[2]; } else { uint8 z; } }",
     "000309", "{k=0 b=3 n=3 list[{x=9} {!truncated(list[1].x)}]}"},
    {"struct e { uint8 x when t.n == 3; } struct t { uint8 k; if (k == 1) { uint8 m; if (m == 3) { e l"
     "ist[1]; } } uint8 b; let n = m ?? b; }",
     "01030905", "{k=1 m=3 list[{x=9}] b=5 n=3}"},
    /* a place that is searched for: the first match, the last one, at which the field can be read */
    {"struct m { byte k[2]; uint8 n; byte b[n]; } struct t { m x @ rfind(\"PK\"); m y @ find(\"PK\"); }",
     "504b09504b0101504b0100504b07",
     "{x{k=<504b> n=1 b=<00>} y{k=<504b> n=9 b=<504b0101504b010050>}}"},
    {"struct m { byte k[2]; uint8 n; byte b[n]; } struct t { m x @ find(\"PK\"); m y @ rfind(\"PK\") whe"
     "n $.n == 9; m z @ rfind(\"PK\") when $.n == 0; }",
     "504bff504b00504b09", "{x{k=<504b> n=0 b=<>} z{k=<504b> n=0 b=<>}}"},
    {"struct m { byte k[2]; uint8 n; byte b[n]; } struct t { m x @ rfind(\"PK\") when present($.n); uint8 a; }",
     "01504b02", "{a=1}"},
    {"struct m { char k[2]; uint8 n; } struct t { uint8 a; m x @ 2 when $.k == \"PK\"; m y @ 3 wh"
     "en $.k == \"PK\"; m z @ a + 1 when $.n == 7; m o @ 90 when $.n == 7; uint8 b; }",
     "0102504b07", "{a=1 x{k=\"PK\" n=7} z{k=\"PK\" n=7} b=2}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "0007", "{k=0 z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "010507", "{k=1 v=5 z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "03aabb07", "{k=3 v=<aabb> z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "09aabb07", "{k=9 v=<aabb> z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "05010207", "{k=5 v{x=1 y=2} z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "0607", "{k=6 v=12 z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "07610007", "{k=7 v=\"a\" z=7}"},
    {"struct t { uint8 k; switch (k) v { 0: ; 1: uint8; 2..4, 9: byte[2]; 5: { uint8 x"
     "; uint8 y; } 6: let = k * 2; 7: cstring; default: int8; } uint8 z; }",
     "08ff07", "{k=8 v=-1 z=7}"},
    {"struct t { char k[2]; switch (k) v { \"AB\": uint8; \"CD\": byte[2]; default: ; "
     "} uint8 z; }",
     "41420507", "{k=\"AB\" v=5 z=7}"},
    {"struct t { char k[2]; switch (k) v { \"AB\": uint8; \"CD\": byte[2]; default: ; "
     "} uint8 z; }",
     "4344050607", "{k=\"CD\" v=<0506> z=7}"},
    {"struct t { char k[2]; switch (k) v { \"AB\": uint8; \"CD\": byte[2]; default: ; "
     "} uint8 z; }",
     "454607", "{k=\"EF\" z=7}"},
    {"enum e : uint8 { a = 1, b = 2 } struct t { e k[3]; switch (k[$index]) v[3] { a: "
     "uint8; b: byte[2]; default: ; } }",
     "020105aabb07", "{k[2:b 1:a 5:?] v[<aabb> 7 -]}"},
    {"struct t { bool k; switch (k) v { true: uint8; false: byte[2]; } }", "0105", "{k=true v=5}"},
    {"endian big;\ntypedef uint16 pair[2]; typedef char mark[4]; struct t { pair a; ma"
     "rk b; pair c[2]; }",
     "00010002616263640003000400050006", "{a[1 2] b=\"abcd\" c[[3 4] [5 6]]}"},
    {"typedef switch (t.k) word { 1: uint8; default: byte[2]; } struct t { uint8 k; wo"
     "rd a; word b; }",
     "010203", "{k=1 a=2 b=3}"},
    {"struct t { uint8 o; endian o == 1 ? little : big; uint16 a; struct { uint16 b; }"
     " c; }",
     "0101000200", "{o=1 a=1 c{b=2}}"},
    {"struct t { uint8 o; endian o == 1 ? little : big; uint16 a; struct { uint16 b; }"
     " c; }",
     "0001000200", "{o=0 a=256 c{b=512}}"},
    {"endian big;\nstruct part { endian little; uint16 a; } struct t { uint16 x; part "
     "y; uint16 z; }",
     "000101000002", "{x=1 y{a=1} z=2}"},
    {"struct t { uint8 type; uint8 size; uint8 index; uint8 schema; uint8 in; uint8 si"
     "zed; uint8 let; let sum = type + size + in; }",
     "01020304050607", "{type=1 size=2 index=3 schema=4 in=5 sized=6 let=7 sum=8}"},
    {"struct t { uint8 k; switch (k) v { 1: uint8; 2: { uint8 q; } } let r = v.q ?? 5;"
     " let s = present(v); }",
     "0207", "{k=2 v{q=7} r=7 s=true}"},
    {"struct t { uint8 k; switch (k) v { 1: uint8; 2: { uint8 q; } } let r = v.q ?? 5;"
     " let s = present(v); }",
     "0307", "{k=3 r=5 s=false}"},
    {"struct t { uint8 k; switch (k) v sized 2 { 1: uint8; default: byte[]; } uint8 z;"
     " }",
     "01070809", "{k=1 v=7 z=9}"},
    {"struct t { uint8 n; switch (n) v[n] { 1: uint8; default: byte[2]; } uint8 z; }",
     "0207080901ff", "{n=2 v[<0708> <0901>] z=255}"},
    {"struct t { let a = b + 1; uint8 b; let c = a * 2; }", "05", "{a=6 b=5 c=12}"},
    {"struct t { uint8 n; t again[n]; }", "01010100",
     "{n=1 again[{n=1 again[{n=1 again[{n=0 again[]}]}]}]}"},
};

static const struct decoding places[] = {
    {"endian big;\nstruct t { uint8 at; uint16 v @ at; uint8 z; }", "040900000102",
     "{at=4 v=258 z=9}"},
    {"struct t { uint8 last @ -1; uint8 first; }", "010203", "{last=3 first=1}"},
    {"struct s { uint8 off; uint8 v @ s + off; } struct t { skip 1; s a; }", "ff0300002a",
     "{a{off=3 v=42}}"},
    {"struct t { uint8 n; struct { uint8 a; byte rest[]; } x sized n; uint8 z; }", "0301020309",
     "{n=3 x{a=1 rest=<0203>} z=9}"},
    {"struct t { uint8 n; struct { uint8 a; } x sized n; uint8 z; }", "0301020309",
     "{n=3 x{a=1} z=9}"},
    {"struct s sized n { uint8 n; uint8 a[]; } struct t { s x[]; }", "030102010205",
     "{x[{n=3 a[1 2]} {n=1 a[]} {n=2 a[5]}]}"},
    {"struct t { uint8 a; align 4; uint8 b; skip 2; uint8 c; align 4; }", "01ffffff02ffff03",
     "{a=1 b=2 c=3}"},
    {"struct t { uint8 a sized 3; uint8 b[] sized 2; uint8 c; }", "01ffff020304",
     "{a=1 b[2 3] c=4}"},
    {"struct t { byte raw[4]; uint8 v[] from raw; struct { uint8 a; byte b[]; } s from"
     " raw; }",
     "01020304", "{raw=<01020304> v[1 2 3 4] s{a=1 b=<020304>}}"},
    {"struct t { uint8 n; byte packed[n]; struct { uint8 a; uint8 b; string c[]; } x f"
     "rom zlib(packed); uint8 z; }",
     "0f789c6364ca48cdc9c907000641021807",
     "{n=15 packed=<789c6364ca48cdc9c9070006410218> x{a=1 b=2 c=\"hello\"} z=7}"},
    {"struct t { string x[] from zlib($rest); uint8 z; }", "789c4b4c4a0600024d012707",
     "{x=\"abc\" z=7}"},
    {"struct t { string x[] from deflate($rest); uint8 z; }", "2b4a2c070007", "{x=\"raw\" z=7}"},
    {"struct t { string x[] from gzip($rest); uint8 z; }",
     "1f8b08000000000002034baf0200bd77b5db0200000007", "{x=\"gz\" z=7}"},
    {"struct t { uint8 n[2]; byte part[2][2] @ n[$index]; uint16be x[] from concat(par"
     "t); }",
     "040203040102", "{n[4 2] part[<0102> <0304>] x[258 772]}"},
    {"struct t { uint8 a @ find(\"Z\") + 1; uint8 b @ rfind(\"Z\") + 1; uint8 c; }", "095a015a02",
     "{a=1 b=2 c=9}"},
    {"struct t { uint8 total; byte body[total - sizeof(total)]; uint8 z; }", "03010209",
     "{total=3 body=<0102> z=9}"},
    {"struct t { uint8 a; uint8 b; let size = sizeof(t); let at = offsetof(b); }", "0102",
     "{a=1 b=2 size=2 at=1}"},
    {"struct s sized 4 { uint8 a; byte r[]; } struct t { s a[2]; uint8 b; }", "01020304050607",
     "{a[{a=1 r=<020304>} {a=5 r=<0607> !truncated(a[1])}]}"},
    {"struct t { uint8 n; byte d[m]; uint8 m @ 4; uint8 z; }", "01aabb0702",
     "{n=1 d=<aabb> m=2 z=7}"},
    {"struct t { uint8 n; uint8 v @ n when n != 0; let d = v ?? 7; }", "00", "{n=0 d=7}"},
    /* what is read from elsewhere has no place in its struct */
    {"struct s { byte d[2] from t.b; } union u { uint8 x; byte d[1] @ 1; } struct t { byte b[2]; s a[1]; let c = a[0].d; "
     "u e[1]; let f = e[0].d; }",
     "010209", "{b=<0102> a[{d=<0102>}] c=<0102> e[{x=9 d=<02>}] f=<02>}"},
    /* "$prev" is the one before in its own array, in lists, too */
    {"struct s(uint8 p) { uint8 v; byte d[p]; let n = v; } struct r { s($prev.n ?? 0) x[2]; } "
     "struct t { r a[2]; let b = concat(a[*].x[*].d); }",
     "0103aa020400 07",
     "{a[{x[{v=1 d=<> n=1} {v=3 d=<aa> n=3}]} {x[{v=2 d=<> n=2} {v=4 d=<0007> n=4}]}] b=<aa0007>}"},
    /* what a condition looks at is read from where the field is */
    {"struct s { uint8 v[]; } struct t { byte a[2]; s b from a when count($.v) == 2 && $.v[0] == 7; s c @ 1 sized 3 "
     "when sizeof($) == 3; uint8 z; }",
     "0708090a", "{a=<0708> b{v[7 8]} c{v[8 9 10]} z=9}"},
    /* a field in a branch not taken, looked for by what follows the branch */
    {"struct t { uint8 k; if (k == 1) { uint8 n; } uint8 x when (n ?? 0) == 0; byte y[k]; }",
     "02070809", "{k=2 x=7 y=<0809>}"},
    /* a let in a branch or an arm, with a value that can't be kept */
    {"struct e { uint8 k; byte v[k]; } struct t { e a[2]; if (a[0].k == 1) { let b = a"
     "[$.k == 1][0].v; } let c = b[0]; }",
     "0105020101", "{a[{k=1 v=<05>} {k=2 v=<0101>}] b=<05> c=5}"},
    {"struct t { uint8 k; switch (k) v { 1: let = \"ab\"; 2: uint8; } let c = concat(v, \"c\"); }",
     "01", "{k=1 v=\"ab\" c=\"abc\"}"},
};

static const struct decoding checks[] = {
    {"struct t { magic \"AB\"; uint8 a; }", "414201", "{a=1}"},
    {"struct t { magic \"AB\"; uint8 a; }", "414301", "{!magic()}"},
    {"struct t { uint8 a = 5; uint8 b in { 1, 2 }; uint8 c in 3..4; }", "050204", "{a=5 b=2 c=4}"},
    {"struct t { uint8 a = 5; uint8 b; }", "0602", "{a=6 ?a(6, wanted 5) b=2}"},
    {"struct t { uint8 a; check a == 1 : \"one\"; require a == 2 : \"two\"; uint8 b; }", "0203",
     "{a=2 ?(one) b=3}"},
    {"struct t { uint8 a; require a == 2 : \"two\"; uint8 b; }", "0103", "{a=1 !require:eq()}"},
    {"struct t { uint8 a; uint16be b; uint8 c; }", "0102", "{a=1 !truncated(b)}"},
    {"struct t { uint8 n; byte a[n]; uint8 c; }", "050102", "{n=5 a=<0102> !truncated(a)}"},
    {"struct t { cstring a; }", "6162", "{!unterminated(a)}"},
    {"struct t { uint8 a @ 9; uint8 b; }", "01", "{!outside(a) b=1}"},
    {"struct t { uint8 z; let a = 1 / z; uint8 b; }", "0007", "{z=0 !arithmetic(a) b=7}"},
    {"struct t { uint8 n; byte a[n - 2]; uint8 b; }", "0107", "{n=1 !range(a)}"},
    {"struct t { uint8 a[2]; let b = a[2]; uint8 c; }", "010203", "{a[1 2] !range(b) c=3}"},
    {"struct t { uint8 k; uint8 x when k == 1; byte a[x]; uint8 b; }", "0001", "{k=0 !absent(a)}"},
    {"struct t { uint8 a[] until $ == 0; uint8 b; }", "0102", "{a[1 2] !unmet(a)}"},
    {"struct s { s again; } struct t { uint8 a; }", "01", "E0601"},
    {"struct t { uint8 n; byte a[n] sized 2; uint8 b; }", "05010207",
     "{n=5 a=<0102> !truncated(a) b=7}"},
    {"struct t { uint8 n; struct { byte a[n]; uint8 late; } x sized 2; uint8 b; }", "05010207",
     "{n=5 x{a=<0102> !truncated(x.a)} b=7}"},
    {"struct t { uint8 a = bytesum(raw); byte raw[2]; }", "040102",
     "{a=4 raw=<0102> ?a(4, wanted 3)}"},
    {"struct t { uint8 n; skip n - 2; uint8 b; }", "0107", "{n=1 !range()}"},
    {"struct t { uint8 n; struct { uint8 a; uint8 b; } x sized n - 2; uint8 b; }", "0107",
     "{n=1 !range(x)}"},
    {"struct t { uint8 a[2]; check a[0] == 1 : \"x\"; check a[9] == 1; uint8 b; }", "020307",
     "{a[2 3] ?(x) !range() b=7}"},
    {"struct s { uint8 n; require n < 5 : \"small\"; byte d[n]; } struct t { s a[3]; u"
     "int8 z; }",
     "0107050009", "{a[{n=1 d=<07>} {n=5 !require:expr(a[1])}]}"},
    {"struct s { uint8 n; require n < 5 : \"small\"; byte d[1]; } struct t { s a[3] st"
     "ride 2; uint8 z; }",
     "01070508030911", "{a[{n=1 d=<07>} {n=5 !require:expr(a[1])} {n=3 d=<09>}] z=17}"},
    {"struct t { string a[] from zlib($rest); }", "7801ffff", "{!transform(a)}"},
};

/* The form of what does not hold, as it is written. */
static const struct decoding shapes[] = {
    {"struct t { uint8 a require $ == 2; uint8 b; }", "0301", "{a=3 !require:eq(a)}"},
    {"struct t { uint8 a require 2 == $; }", "03", "{a=3 !require:eq(a)}"},
    {"struct t { uint8 a require $ >= 2 && $ <= 4; }", "01", "{a=1 !require:min(a)}"},
    {"struct t { uint8 a require $ >= 2 && $ <= 4; }", "05", "{a=5 !require:max(a)}"},
    {"struct t { uint8 a require 2 <= $; }", "01", "{a=1 !require:min(a)}"},
    {"struct t { uint8 a require 2 >= $; }", "03", "{a=3 !require:max(a)}"},
    {"struct t { uint8 a require $ in { 1, 2 }; }", "03", "{a=3 !require:any(a)}"},
    {"struct t { uint8 a require $ in few; } let few = { 1, 2 };", "03", "{a=3 !require:any(a)}"},
    {"struct t { uint8 a require $ in 1..2; }", "03", "{a=3 !require:expr(a)}"},
    {"enum e : uint8 { x = 1 } struct t { e a require $ in e; }", "03", "{a=3:? !require:enum(a)}"},
    {"enum e : uint8 { x = 1 } struct t { e a require $ == x; }", "03", "{a=3:? !require:eq(a)}"},
    {"struct t { uint8 a require $ > 3; }", "03", "{a=3 !require:expr(a)}"},
    {"struct t { uint8 a require $ % 2 == 0; }", "03", "{a=3 !require:expr(a)}"},
    {"struct t { uint8 a[2] require $ == 2; }", "0203", "{a[2 3] !require:eq(a[1])}"},
    {"struct t { uint8 a; require a >= 4; }", "03", "{a=3 !require:min()}"},
    {"struct t { uint8 a; require a in { 1, 2 }; }", "03", "{a=3 !require:any()}"},
    {"struct t { uint8 a; magic \"x\"; }", "03", "{a=3 !magic()}"},
};

static void check_one(const struct decoding *d) {
    struct schema_run run;
    uint8_t bytes[512];
    if (schema_run_compile(&run, d->schema) && schema_run_ask(&run, NULL, false, NULL)) {
        CHECK_TEXT(schema_run_over(&run, schema_run_bytes(d->hex, bytes, sizeof bytes)), d->wanted);
    } else if (!strstr(buf_text(&run.line), d->wanted)) {
        CHECK_TEXT(buf_text(&run.line), d->wanted);
    }
    schema_run_free(&run);
}

static void check_all(const struct decoding *table, size_t n) {
    for (size_t i = 0; i < n; i++) {
        check_one(&table[i]);
    }
}

#define TEST(table)                                                                                \
    static void test_##table(void) {                                                               \
        check_all(table, sizeof table / sizeof *table);                                            \
    }

TEST(numbers)
TEST(codes)
TEST(bits)
TEST(text)
TEST(arrays)
TEST(structs)
TEST(places)
TEST(checks)
TEST(shapes)

CHECK_MAIN("decoding", {"numbers", test_numbers}, {"codes", test_codes}, {"bits", test_bits},
           {"text", test_text}, {"arrays", test_arrays}, {"structs", test_structs},
           {"places", test_places}, {"checks", test_checks}, {"shapes", test_shapes})
