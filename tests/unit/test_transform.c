#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema_run.h"

/* A sanitizer needs more addresses than a limit leaves it. */
#if defined __SANITIZE_ADDRESS__
#define HAS_LIMITS 0
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_LIMITS 0
#endif
#endif
#ifndef HAS_LIMITS
#define HAS_LIMITS 1
#endif

/* Transforms: whole streams, several of them, ones that end early, damaged ones, and what stands behind them. The
 * compressed bytes were made by Python's zlib, bz2 and base64, xz 5.4.1, zstd 1.5.4, lz4 1.9.4; those of LZ4 blocks by
 * hand from the format's description. What is left of damaged streams is what Python's zlib and lzma make of them. */

struct unpacking {
    const char *schema;
    const char *hex;
    const char *wanted; /* see schema_run.h */
};

static const struct unpacking unpackings[] = {
    {"struct t { string s[] from zlib($rest); uint8 z; }",
     "78dacbcf4b552829cf5728c9284a4dd551c847e5029900ca9a0bdb07",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from zlib($rest); uint8 z; }",
     "78dacbcf4b552829cf5728c9284a4dd551c847e5029900ca9a0bdb0778dacbcf4b552829cf5728c9284a"
     "4dd551c847e5029900ca9a0bdb",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from deflate($rest); uint8 z; }",
     "cbcf4b552829cf5728c9284a4dd551c847e502990007",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from deflate($rest); uint8 z; }",
     "cbcf4b552829cf5728c9284a4dd551c847e502990007cbcf4b552829cf5728c9284a4dd551c847e50299"
     "00",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from gzip($rest); uint8 z; }",
     "1f8b0800000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e0de2100000007",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from gzip($rest); uint8 z; }",
     "1f8b0800000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e0de210000001f8b08"
     "00000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e0de2100000007",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" z=7}"},
    {"struct t { string s[] from bzip2($rest); uint8 z; }",
     "425a68393141592653592bf682e800000a1180400402419480200031064c4094c93d08a16344118690e1"
     "6be1d1eaf8bb9229c284815fb4174007",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from bzip2($rest); uint8 z; }",
     "425a68393141592653592bf682e800000a1180400402419480200031064c4094c93d08a16344118690e1"
     "6be1d1eaf8bb9229c284815fb41740425a68393141592653592bf682e800000a11804004024194802000"
     "31064c4094c93d08a16344118690e16be1d1eaf8bb9229c284815fb4174007",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" z=7}"},
    {"struct t { string s[] from xz($rest); uint8 z; }",
     "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365defd"
     "21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004595a"
     "07",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from xz($rest); uint8 z; }",
     "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365defd"
     "21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004595a"
     "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365defd"
     "21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004595a"
     "07",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" z=7}"},
    {"struct t { string s[] from lzma($rest); uint8 z; }",
     "5d00008000ffffffffffffffff00379b88ce76e2f4e365defd21501af0f46890f158398bfffff775c000"
     "07",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from lzma($rest); uint8 z; }",
     "5d00008000ffffffffffffffff00379b88ce76e2f4e365defd21501af0f46890f158398bfffff775c000"
     "075d00008000ffffffffffffffff00379b88ce76e2f4e365defd21501af0f46890f158398bfffff775c0"
     "00",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from zstd($rest); uint8 z; }",
     "28b52ffd0458c50000906f6e652074776f2074687265652c2074776f0100d2cd3a828baa5207",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from zstd($rest); uint8 z; }",
     "28b52ffd0458c50000906f6e652074776f2074687265652c2074776f0100d2cd3a828baa5228b52ffd04"
     "58c50000906f6e652074776f2074687265652c2074776f0100d2cd3a828baa5207",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" z=7}"},
    {"struct t { string s[] from lz4($rest); uint8 z; }",
     "04224d186440a719000000f9006f6e652074776f2074687265652c200f00502c2074776f000000007199"
     "4dbb07",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from lz4($rest); uint8 z; }",
     "04224d186440a719000000f9006f6e652074776f2074687265652c200f00502c2074776f000000007199"
     "4dbb04224d186440a719000000f9006f6e652074776f2074687265652c200f00502c2074776f00000000"
     "71994dbb07",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" z=7}"},
    {"struct t { string s[] from zstd($rest); uint8 z; }",
     "502a4d1803000000aabbcc28b52ffd0458c50000906f6e652074776f2074687265652c2074776f0100d2"
     "cd3a828baa52502a4d1803000000aabbcc07",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from lz4($rest); uint8 z; }",
     "04224d186440a719000000f9006f6e652074776f2074687265652c200f00502c2074776f000000007199"
     "4dbb502a4d1803000000aabbcc02214c1819000000f9006f6e652074776f2074687265652c200f00502c"
     "2074776f",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" !truncated(z"
     ")}"},
    {"struct t { string s[] from xz($rest); uint8 z; }",
     "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365defd"
     "21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004595a"
     "0000000000000000fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88"
     "ce76e2f4e365defd21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d"
     "010000000004595a0000000007",
     "{s=\"one two three, one two three, twoone two three, one two three, two\" z=0}"},
    {"struct t { string s[] from xz($rest); uint8 z; }",
     "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365defd"
     "21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004595a"
     "0000000000000000",
     "{s=\"one two three, one two three, two\" !truncated(z)}"},
    {"struct t { byte p[]; string s[] from gzip(p); }",
     "1f8b0800000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e0de2100000007",
     "{p=<1f8b0800000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e0de2100000007"
     "> s=\"one two three, one two three, two\"}"},
    {"struct t { byte p[]; string s[] from bzip2(p); }",
     "425a68393141592653592bf682e800000a1180400402419480200031064c4094c93d08a16344118690e1"
     "6be1d1eaf8bb9229c284815fb4174007",
     "{p=<425a68393141592653592bf682e800000a1180400402419480200031064c4094c93d08a163441186"
     "90e16be1d1eaf8bb9229c284815fb4174007> s=\"one two three, one two three, two\"}"},
    {"struct t { byte p[]; string s[] from xz(p); }",
     "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365defd"
     "21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004595a"
     "07",
     "{p=<fd377a585a000004e6d6b4460200210116000000742fe5a3e0002000175d00379b88ce76e2f4e365"
     "defd21501af0f46890f1468b00000000dca8b00337ad17e00001332145c084981fb6f37d010000000004"
     "595a07> s=\"one two three, one two three, two\" !transform(s)}"},
    {"struct t { byte p[]; string s[] from lzma(p); }",
     "5d00008000ffffffffffffffff00379b88ce76e2f4e365defd21501af0f46890f158398bfffff775c000"
     "07",
     "{p=<5d00008000ffffffffffffffff00379b88ce76e2f4e365defd21501af0f46890f158398bfffff775"
     "c00007> s=\"one two three, one two three, two\" !transform(s)}"},
    {"struct t { byte p[]; string s[] from zstd(p); }",
     "28b52ffd0458c50000906f6e652074776f2074687265652c2074776f0100d2cd3a828baa5207",
     "{p=<28b52ffd0458c50000906f6e652074776f2074687265652c2074776f0100d2cd3a828baa5207> s="
     "\"one two three, one two three, two\" !transform(s)}"},
    {"struct t { byte p[]; string s[] from lz4(p); }",
     "04224d186440a719000000f9006f6e652074776f2074687265652c200f00502c2074776f000000007199"
     "4dbb07",
     "{p=<04224d186440a719000000f9006f6e652074776f2074687265652c200f00502c2074776f00000000"
     "71994dbb07> s=\"one two three, one two three, two\" !transform(s)}"},
    {"struct t { string s[] from zlib($rest); uint8 z; }", "78dacbcf4b552829cf5728c9284a4d",
     "{s=\"one two thre\" !transform(s)}"},
    {"struct t { string s[] from deflate($rest); uint8 z; }", "cbcf4b552829cf5728c9284a",
     "{s=\"one two thr\" !transform(s)}"},
    {"struct t { string s[] from gzip($rest); uint8 z; }",
     "1f8b0800000000000203cbcf4b552829cf5728c9284a4d", "{s=\"one two thre\" !transform(s)}"},
    {"struct t { string s[] from bzip2($rest); uint8 z; }",
     "425a68393141592653592bf682e800000a118040", "{!transform(s)}"},
    {"struct t { string s[] from xz($rest); uint8 z; }", "fd377a585a000004e6d6", "{!transform(s)}"},
    {"struct t { string s[] from lzma($rest); uint8 z; }",
     "5d00008000ffffffffffffffff00379b88ce76e2f4e365defd", "{s=\"one two\" !transform(s)}"},
    {"struct t { string s[] from zstd($rest); uint8 z; }", "28b52ffd0458c50000906f6e",
     "{!transform(s)}"},
    {"struct t { string s[] from lz4($rest); uint8 z; }", "", "{!transform(s)}"},
    {"struct t { string s[] from zlib($rest); uint8 z; }", "78bb12345678", "{!transform(s)}"},
    {"struct t { string s[] from bzip2($rest); uint8 z; }",
     "425a68393141592653592bf682e800000a1180400402419480200031064c4094c93d08a16344118690e1"
     "6be1d1eaf8bb9229c284815fb41740425a68393141592653592bf682e800000a118040",
     "{s=\"one two three, one two three, two\" !transform(s)}"},
    {"struct t { uint8 n; byte p[n]; string s[] from gzip(p); uint8 z; }",
     "271f8b0800000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e1de2100000009",
     "{n=39 p=<1f8b0800000000000203cbcf4b552829cf5728c9284a4dd551c847e5029900c078e1de21000"
     "000> s=\"one two three, one two three, two\" !transform(s) z=9}"},
    {"struct t { string s[] from zlib(xor($rest, 0x5a)); uint8 z; }",
     "22809195110f7273950d72937210178f0b921dbf58c35a90c0518107",
     "{s=\"one two three, one two three, two\" z=7}"},
    {"struct t { string s[] from gzip(bzip2(base64($rest))); }",
     "516c706f4f54464257535a5457624f6c3947774141416232353368414141436759414361496f41415141"
     "414941434241614949425167416741444647686f4141414370366d314d4a676d43650a70346f494f426a"
     "4d414b75794b594c56534138707470367254364f3049315666786479525468516b4c4f6c394777413d0a",
     "{s=\"one two three, one two three, two\"}"},
    {"struct t { string s[] from gzip(deflate($rest)); }",
     "93efe660000126e6d3e7bd433534cf876b9cd4f0f2bd0a00", "{s=\"one two three\" !transform(s)}"},
    {"struct t { string s[] from gzip(zlib($rest)); }",
     "7801012700d8ff1f8b0800000000000203cbcf4b552829cf5728c9284a4dd5",
     "{s=\"one two three\" !transform(s)}"},
    {"endian big; struct part { uint16 a; uint16 b; uint32 c; uint8 d; } struct t { uint8 "
     "n; byte p[n]; part x from zlib(p); let c = x.b; uint8 z; }",
     "0c7801010900f6ff000100020009",
     "{n=12 p=<7801010900f6ff0001000200> x{a=1 b=2 !truncated(x.c)} !transform(x) c=2 z=9}"},
    {"struct t { uint8 n; byte k[n]; byte d[4]; byte s[] from xor(d, k); }", "0301020310203040",
     "{n=3 k=<010203> d=<10203040> s=<11223341>}"},
    {"struct t { byte s[] from xor($rest, \"\\xff\\x00\"); }", "102030", "{s=<ef20cf>}"},
    {"struct t { byte s[] from rotl($rest, 1); }", "8102f347c59a00ff", "{s=<0304e78e8b3500ff>}"},
    {"struct t { byte s[] from rotr($rest, 3); }", "8102f347c59a00ff", "{s=<30407ee8b85300ff>}"},
    {"struct t { byte s[] from rotl($rest, 8); }", "8102f347c59a00ff", "{s=<8102f347c59a00ff>}"},
    {"struct t { byte s[] from rotl($rest, 0, 2); }", "8102f347c59a00ff", "{s=<8102f347c59a00ff>}"},
    {"struct t { byte s[] from rotl($rest, 13, 4); }", "8102f347c59a00ff",
     "{s=<5e68f020401ff8b3>}"},
    {"struct t { byte s[] from rotr($rest, 13, 4); }", "8102f347c59a00ff",
     "{s=<9a3c081707fe2cd0>}"},
    {"struct t { byte s[] from rotr($rest, 60, 8); }", "8102f347c59a00ff",
     "{s=<102f347c59a00ff8>}"},
    {"struct t { byte s[] from rotl($rest, 16, 2); }", "8102f347c59a00ff",
     "{s=<8102f347c59a00ff>}"},
    {"struct t { byte s[] from rotl($rest, 4, 3); }", "8102f347c59a00ff",
     "{s=<102f387c59a4> !transform(s)}"},
    {"struct t { byte s[] from base64($rest); }", "", "{s=<>}"},
    {"struct t { byte s[] from base64($rest); }", "5a673d3d", "{s=<66>}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d383d", "{s=<666f>}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d3976", "{s=<666f6f>}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d397659673d3d", "{s=<666f6f62>}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d3976596d453d", "{s=<666f6f6261>}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d3976596d4679", "{s=<666f6f626172>}"},
    {"struct t { byte s[] from base64($rest); }", "2b506e362b2f7a392f76383d",
     "{s=<f8f9fafbfcfdfeff>}"},
    {"struct t { byte s[] from base64($rest); }", "38504879385f5431397666342d6672375f50332d5f77",
     "{s=<f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff>}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d39760d0a20596d2a4679",
     "{s=<666f6f62> !transform(s)}"},
    {"struct t { byte s[] from base64($rest); }", "5a6d397659", "{s=<666f6f> !transform(s)}"},
    {"struct t { byte s[] from hex($rest); }", "30302066462031610a3242", "{s=<00ff1a2b>}"},
    {"struct t { byte s[] from hex($rest); }", "3030666631", "{s=<00ff> !transform(s)}"},
    {"struct t { byte s[] from hex($rest); }", "3067", "{!transform(s)}"},
    {"struct t { byte p[]; string s[] from lz4_block(p, 5); }", "5068656c6c6f",
     "{p=<5068656c6c6f> s=\"hello\"}"},
    {"struct t { byte p[]; string s[] from lz4_block(p, 16); }", "34616263030050767778797a",
     "{p=<34616263030050767778797a> s=\"abcabcabcabvwxyz\"}"},
    {"struct t { byte p[]; string s[] from lz4_block(p, 17); }", "34616263030050767778797a",
     "{p=<34616263030050767778797a> s=\"abcabcabcabvwxyz\" !transform(s)}"},
    {"struct t { byte p[]; string s[] from lz4_block(p, 15); }", "34616263030050767778797a",
     "{p=<34616263030050767778797a> !transform(s)}"},
    {"struct t { byte p[]; string s[] from lz4_block(p, 1000000); }", "34616263030050767778797a",
     "{p=<34616263030050767778797a> !transform(s)}"},
    {"struct t { uint8 n; byte p[n]; let c = sizeof(zlib(p)); uint8 z; }",
     "0f78dacbcf4b552829cf5728c9284a4d09",
     "{n=15 p=<78dacbcf4b552829cf5728c9284a4d> !transform(c) z=9}"},
    {"struct t { uint8 n; byte p[n]; let c = sizeof(zlib(p)); uint8 z; }",
     "1b78dacbcf4b552829cf5728c9284a4dd551c847e5029900ca9a0bdb09",
     "{n=27 p=<78dacbcf4b552829cf5728c9284a4dd551c847e5029900ca9a0bdb> c=33 z=9}"},
    {"struct t { uint8 k; byte p[2]; string s[] from k == 1 ? zlib(p) : hex(p); uint8 z; }",
     "02343109", "{k=2 p=<3431> s=\"A\" z=9}"},
    {"struct t { uint8 n; byte p[n]; part x from zlib(p); uint8 z; } struct part { uint8 a"
     "; }",
     "014109", "{n=1 p=<41> !transform(x) z=9}"},
    {"struct t { uint8 n; byte p[n]; let plain = zlib(p); string s[] from plain; uint8 z; }",
     "0f78dacbcf4b552829cf5728c9284a4d09",
     "{n=15 p=<78dacbcf4b552829cf5728c9284a4d> !transform(plain) s=\"one two thre\" !transform(s) z=9}"},
    {"struct part { uint8 n; byte d[n]; string s[] from hex(d); let k = sizeof(hex(d)); pair y from d; string rest[]; } struct pair { char c[2]; } "
     "struct t { part p from zlib($rest); }",
     "7801011200edff043431343272657374",
     "{p{n=4 d=<34313432> s=\"AB\" k=2 y{c=\"41\"} rest=\"rest\"} !transform(p)}"},
};

static void test_unpackings(void) {
    for (size_t i = 0; i < sizeof unpackings / sizeof *unpackings; i++) {
        const struct unpacking *u = &unpackings[i];
        struct schema_run run;
        uint8_t room[512];
        if (schema_run_compile(&run, u->schema) && schema_run_ask(&run, NULL, false, NULL)) {
            schema_run_over(&run, schema_run_bytes(u->hex, room, sizeof room));
        }
        if (!schema_run_lacks(&run)) {
            CHECK_TEXT(buf_text(&run.line), u->wanted);
        }
        schema_run_free(&run);
    }
}

/* A limit ends what makes more, and nothing of it is left. */
static void test_bomb(void) {
    struct schema_run run;
    struct vm_limits limits = {.expansion = 1000};
    uint8_t room[64];
    /* Python: zlib.compress(bytes(1001), 9), and of 1000 bytes */
    static const char *const packed[] = {"78da63601805a360140c7b000003e90001",
                                         "78da63601805a360140c77000003e80001"};
    static const char *const wanted[] = {"{!transform(s)}", "{n=1000}"};
    for (int i = 0; i < 2; i++) {
        CHECK(schema_run_compile(&run, i == 0 ? "struct t { byte s[] from zlib($rest); }"
                                              : "struct t { let n = sizeof(zlib($rest)); }"));
        CHECK(schema_run_ask(&run, NULL, false, NULL));
        struct bytes data = schema_run_bytes(packed[i], room, sizeof room);
        struct vm *vm = vm_new(run.program, data.at, data.len, &limits);
        buf_clear(&run.line);
        vm_run(vm, &run.sink);
        vm_free(vm);
        if (!schema_run_lacks(&run)) {
            CHECK_TEXT(buf_text(&run.line), wanted[i]);
        }
        schema_run_free(&run);
    }
}

/* Asks over so many bytes of zeros with memory left for part of that. */
static void ask_in_need(const char *schema, const char *wanted) {
    enum { DATA = 512 << 20, LEFT = 128 << 20 };
    const uint8_t *data =
        mmap(NULL, DATA, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct rlimit limit = {DATA + LEFT, DATA + LEFT};
    struct schema_run run;
    if (!schema_run_compile(&run, schema) || !schema_run_ask(&run, NULL, false, NULL) ||
        data == MAP_FAILED || setrlimit(RLIMIT_AS, &limit) != 0) {
        _exit(2);
    }
    struct vm *vm = vm_new(run.program, data, DATA, NULL);
    buf_clear(&run.line);
    vm_run(vm, &run.sink);
    _exit(strcmp(buf_text(&run.line), wanted) == 0 ? 0 : 1);
}

/* That there is no memory for what is made is a fault like others. */
static void test_no_room(void) {
    static const char *const cases[][2] = {
        {"struct t { byte s[] from xor($rest, 1); }", "{!memory(s)}"},
        {"struct t { byte s[] from rotl($rest, 1); }", "{!memory(s)}"},
        {"struct t { byte s[] from hex($rest); }", "{!memory(s)}"},
        {"struct t { byte a[1]; let n = sizeof(concat($rest, a)); }", "{a=<00> !memory(n)}"},
    };
    for (size_t i = 0; HAS_LIMITS && i < sizeof cases / sizeof *cases; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            ask_in_need(cases[i][0], cases[i][1]);
        }
        int status = 0;
        waitpid(child, &status, 0);
        CHECK_INT(status, 0);
    }
}

CHECK_MAIN("transforms", {"streams", test_unpackings}, {"more than the limit", test_bomb},
           {"no memory for it", test_no_room})
