#include "config.h"

#include "sink/form.h"

#include <time.h>

#include "check.h"

/* Expected times are those of Python's datetime, addresses those of its ipaddress and of inet_ntop,
 * identifiers those of its uuid (bytes= and bytes_le=). */

static struct buf text;

static const char *shown(enum type_form form, struct vm_value value, unsigned bits) {
    buf_clear(&text);
    if (!form_text(&text, form, &value, bits)) {
        CHECK_INT(text.len, 0);
        return "none";
    }
    return buf_text(&text);
}

static const char *number(enum type_form form, int128 value, unsigned bits) {
    return shown(form, vm_int(value), bits);
}

static const char *bytes(enum type_form form, const char *at, size_t len) {
    struct vm_value value = vm_absent();
    value.kind = VM_BYTES;
    value.bytes = bytes_of(at, len);
    return shown(form, value, 0);
}

static void test_radix(void) {
    CHECK_TEXT(number(FORM_HEX, 255, 16), "0x00ff");
    CHECK_TEXT(number(FORM_HEX, 255, 0), "0xff");
    CHECK_TEXT(number(FORM_HEX, 0, 0), "0x0");
    CHECK_TEXT(number(FORM_HEX, -1, 16), "0xffff");
    CHECK_TEXT(number(FORM_HEX, -1, 0), "-0x1");
    CHECK_TEXT(number(FORM_HEX, -1, 128), "0xffffffffffffffffffffffffffffffff");
    CHECK_TEXT(number(FORM_HEX, INT128_MIN, 0), "-0x80000000000000000000000000000000");
    CHECK_TEXT(number(FORM_HEX, 5, 12), "0x005");
    CHECK_TEXT(number(FORM_HEX, 5, 13), "0x0005");
    CHECK_TEXT(number(FORM_HEX, 0x12345, 8), "0x12345");
    CHECK_TEXT(number(FORM_DEC, 8192, 32), "8192");
    CHECK_TEXT(number(FORM_OCT, 0644, 0), "0o644");
    CHECK_TEXT(number(FORM_OCT, 0644, 16), "0o000644");
    CHECK_TEXT(number(FORM_OCT, INT128_MAX, 128), "0o1777777777777777777777777777777777777777777");
    CHECK_TEXT(number(FORM_BIN, 5, 4), "0b0101");
    CHECK_TEXT(number(FORM_BIN, -2, 4), "0b1110");
    CHECK_TEXT(bytes(FORM_HEX, "\x00\xff\x10", 3), "00ff10");
    CHECK_TEXT(number(FORM_PLAIN, 5, 4), "none");
    CHECK_TEXT(shown(FORM_HEX, vm_bool(true), 1), "none");
    CHECK_TEXT(shown(FORM_HEX, vm_float(1), 64), "none");
}

static void test_char(void) {
    CHECK_TEXT(number(FORM_CHAR, 'A', 8), "'A'");
    CHECK_TEXT(number(FORM_CHAR, '\'', 8), "'\\''");
    CHECK_TEXT(number(FORM_CHAR, 0, 8), "'\\x00'");
    CHECK_TEXT(number(FORM_CHAR, 0xe9, 8), "'\\xe9'");
    CHECK_TEXT(number(FORM_CHAR, 0x1f600, 32), "'\\u{1f600}'");
    CHECK_TEXT(number(FORM_CHAR, -1, 8), "none");
    CHECK_TEXT(number(FORM_CHAR, 0x110000, 32), "none");
}

static void test_unixtime(void) {
    CHECK_TEXT(number(FORM_UNIXTIME, 0, 32), "1970-01-01 00:00:00 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, 1795460700, 32), "2026-11-23 19:05:00 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, -1, 32), "1969-12-31 23:59:59 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, 951782400, 32), "2000-02-29 00:00:00 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, 4107542399, 64), "2100-02-28 23:59:59 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, -11644473600, 64), "1601-01-01 00:00:00 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, -62135596800, 64), "0001-01-01 00:00:00 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, 253402300799, 64), "9999-12-31 23:59:59 UTC");
    CHECK_TEXT(number(FORM_UNIXTIME, -62135596801, 64), "none");
    CHECK_TEXT(number(FORM_UNIXTIME, 253402300800, 64), "none");
    CHECK_TEXT(number(FORM_UNIXTIME, INT128_MAX, 128), "none");
    CHECK_TEXT(shown(FORM_UNIXTIME, vm_float(1795460700.5), 64), "2026-11-23 19:05:00.500000 UTC");
    CHECK_TEXT(shown(FORM_UNIXTIME, vm_float(-0.25), 64), "1969-12-31 23:59:59.750000 UTC");
    CHECK_TEXT(shown(FORM_UNIXTIME, vm_float(59.9999999), 64), "1970-01-01 00:01:00 UTC");
    CHECK_TEXT(shown(FORM_UNIXTIME, vm_float(0.0 / 0.0), 64), "none");
    CHECK_TEXT(shown(FORM_UNIXTIME, vm_float(1e300), 64), "none");
}

/* Every so often in all of the years, against the C library. */
static void test_calendar(void) {
    for (int64_t t = -62135596800; t <= 253402300799; t += 86400 * 27 + 12345) {
        time_t at = (time_t)t;
        struct tm tm;
        char want[64];
        gmtime_r(&at, &tm);
        snprintf(want, sizeof want, "%04d-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        if (strcmp(number(FORM_UNIXTIME, t, 64), want) != 0) {
            CHECK_TEXT(buf_text(&text), want);
            return;
        }
    }
}

static void test_other_times(void) {
    CHECK_TEXT(number(FORM_FILETIME, 134399343000000000, 64), "2026-11-23 19:05:00 UTC");
    CHECK_TEXT(number(FORM_FILETIME, 0, 64), "1601-01-01 00:00:00 UTC");
    CHECK_TEXT(number(FORM_FILETIME, 116444736000000000, 64), "1970-01-01 00:00:00 UTC");
    CHECK_TEXT(number(FORM_FILETIME, 134399343001234567, 64), "2026-11-23 19:05:00.1234567 UTC");
    CHECK_TEXT(number(FORM_FILETIME, -1, 64), "none");
    CHECK_TEXT(number(FORM_FILETIME, INT64_MAX, 64), "none");
    CHECK_TEXT(number(FORM_DOSTIME, 39072, 16), "19:05:00");
    CHECK_TEXT(number(FORM_DOSTIME, 0, 16), "00:00:00");
    CHECK_TEXT(number(FORM_DOSTIME, 24 << 11, 16), "none");
    CHECK_TEXT(number(FORM_DOSTIME, 60 << 5, 16), "none");
    CHECK_TEXT(number(FORM_DOSTIME, 30, 16), "none");
    CHECK_TEXT(number(FORM_DOSTIME, 0x10000, 32), "none");
    CHECK_TEXT(number(FORM_DOSDATE, 23927, 16), "2026-11-23");
    CHECK_TEXT(number(FORM_DOSDATE, 22621, 16), "2024-02-29");
    CHECK_TEXT(number(FORM_DOSDATE, 23645, 16), "none"); /* 2026-02-29 */
    CHECK_TEXT(number(FORM_DOSDATE, 61533, 16), "none"); /* 2100-02-29 */
    CHECK_TEXT(number(FORM_DOSDATE, 0, 16), "none");
}

static void test_network(void) {
    static const struct {
        const char *at, *want;
    } ipv6[] = {
        {"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", "2001:db8::1"},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "::"},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", "::1"},
        {"\x20\x01\x0d\xb8\0\x01\0\x01\0\x01\0\x01\0\x01\0\x01", "2001:db8:1:1:1:1:1:1"},
        {"\x20\x01\x0d\xb8\0\0\0\x01\0\0\0\0\0\0\0\x01", "2001:db8:0:1::1"},
        {"\x20\x01\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01", "2001:0:0:1::1"},
        {"\x20\x01\x0d\xb8\0\0\0\0\0\x01\0\0\0\0\0\x01", "2001:db8::1:0:0:1"},
        {"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "fe80::"},
        {"\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\xff", "1:2:3:4:5:6:7:ff"},
        {"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01", "::ffff:192.0.2.1"},
    };
    for (size_t i = 0; i < sizeof ipv6 / sizeof *ipv6; i++) {
        CHECK_TEXT(bytes(FORM_IPV6, ipv6[i].at, 16), ipv6[i].want);
    }
    CHECK_TEXT(number(FORM_IPV4, 0xc0000201, 32), "192.0.2.1");
    CHECK_TEXT(bytes(FORM_IPV4, "\xc0\x00\x02\x01", 4), "192.0.2.1");
    CHECK_TEXT(bytes(FORM_IPV4, "\xc0\x00\x02", 3), "none");
    CHECK_TEXT(number(FORM_IPV4, -1, 32), "none");
    CHECK_TEXT(number(FORM_IPV4, (int128)1 << 32, 64), "none");
    CHECK_TEXT(number(FORM_MAC, 0x00005e005301, 48), "00:00:5e:00:53:01");
    CHECK_TEXT(bytes(FORM_MAC, "\x00\x00\x5e\x00\x53\x01", 6), "00:00:5e:00:53:01");
    CHECK_TEXT(number(FORM_EUI64, 0x00005efffe005301, 64), "00-00-5e-ff-fe-00-53-01");
}

static void test_identifiers(void) {
    static const char at[] = "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff";
    CHECK_TEXT(bytes(FORM_UUID, at, 16), "00112233-4455-6677-8899-aabbccddeeff");
    CHECK_TEXT(bytes(FORM_GUID, at, 16), "33221100-5544-7766-8899-aabbccddeeff");
    CHECK_TEXT(bytes(FORM_UUID, at, 15), "none");
    CHECK_TEXT(bytes(FORM_FOURCC, "IHDR", 4), "'IHDR'");
    CHECK_TEXT(bytes(FORM_FOURCC, "\xa9nam", 4), "'\\xa9nam'");
    CHECK_TEXT(number(FORM_FOURCC, 0x49484452, 32), "'IHDR'");
    struct vm_space space = {.data = (const uint8_t *)"RIFF", .size = 4};
    struct vm_value value = vm_int(0x46464952); /* read as little-endian */
    value.space = &space;
    value.end = 32;
    CHECK_TEXT(shown(FORM_FOURCC, value, 32), "'RIFF'");
}

static void test_size(void) {
    CHECK_TEXT(number(FORM_SIZE, 0, 32), "0 bytes");
    CHECK_TEXT(number(FORM_SIZE, 1, 32), "1 byte");
    CHECK_TEXT(number(FORM_SIZE, 1023, 32), "1023 bytes");
    CHECK_TEXT(number(FORM_SIZE, 1024, 32), "1 KiB (1,024)");
    CHECK_TEXT(number(FORM_SIZE, 1572864, 32), "1.5 MiB (1,572,864)");
    CHECK_TEXT(number(FORM_SIZE, 1048575, 32), "1.0 MiB (1,048,575)");
    CHECK_TEXT(number(FORM_SIZE, 1048576, 32), "1 MiB (1,048,576)");
    CHECK_TEXT(number(FORM_SIZE, UINT64_MAX, 64), "16.0 EiB (18,446,744,073,709,551,615)");
    CHECK_TEXT(number(FORM_SIZE, -1, 64), "none");
    buf_free(&text);
}

CHECK_MAIN("form", {"radix", test_radix}, {"char", test_char}, {"unixtime", test_unixtime},
           {"calendar", test_calendar}, {"other times", test_other_times},
           {"network", test_network}, {"identifiers", test_identifiers}, {"size", test_size})
