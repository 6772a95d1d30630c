#include "config.h"

#include "base/civil.h"

#include "base/address.h"
#include "check.h"

/* Expected moments are those of Python's datetime (calendar.timegm), addresses those of its ipaddress. */

static void test_days(void) {
    static const struct {
        int64_t days, year;
        unsigned month, day;
    } cases[] = {
        {0, 1970, 1, 1},         {-1, 1969, 12, 31},   {-719162, 1, 1, 1},
        {2932896, 9999, 12, 31}, {11016, 2000, 2, 29}, {11017, 2000, 3, 1},
        {-25509, 1900, 2, 28},   {-25508, 1900, 3, 1}, {-134774, 1601, 1, 1},
        {20780, 2026, 11, 23},   {-719528, 0, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct civil_date date = civil_from_days(cases[i].days);
        CHECK_INT(date.year, cases[i].year);
        CHECK_INT(date.month, cases[i].month);
        CHECK_INT(date.day, cases[i].day);
        CHECK_INT(civil_days(date), cases[i].days);
    }
    for (int64_t day = -1000000; day < 1000000; day += 997) {
        CHECK_INT(civil_days(civil_from_days(day)), day);
    }
    CHECK_INT(civil_month_days(2000, 2), 29);
    CHECK_INT(civil_month_days(1900, 2), 28);
    CHECK_INT(civil_month_days(2024, 2), 29);
    CHECK_INT(civil_month_days(2026, 12), 31);
}

static void test_moments(void) {
    static const struct {
        const char *text;
        int64_t second;
        uint32_t nanos;
    } fine[] = {
        {"2026-11-23 19:05:00 UTC", 1795460700, 0},
        {"2026-11-23T19:05:00Z", 1795460700, 0},
        {"2026-11-23 19:05", 1795460700, 0},
        {"2026-11-23", 1795392000, 0},
        {"2026-11-23 UTC", 1795392000, 0},
        {"2026-11-23T20:05:00+01:00", 1795460700, 0},
        {"2026-11-23 13:35:00 -05:30", 1795460700, 0},
        {"2026-11-23 19:05:00.000000001", 1795460700, 1},
        {"2026-11-23 19:05:00.5 UTC", 1795460700, 500000000},
        {"1969-12-31 23:59:59.999999999", -1, 999999999},
        {"0001-01-01 00:00:00", -62135596800, 0},
        {"9999-12-31 23:59:59", 253402300799, 0},
        {"19:05:02", 68702, 0},
        {"00:00", 0, 0},
    };
    static const char *const wrong[] = {
        "",
        "2",
        "20",
        "2026",
        "2026-11",
        "2026-1-1",
        "2026-13-01",
        "2026-00-01",
        "2026-11-31",
        "2025-02-29",
        "0000-01-01",
        "2026-11-23 ",
        "2026-11-23 24:00",
        "2026-11-23 19:60",
        "2026-11-23 19:05:60",
        "2026-11-23 19:5",
        "2026-11-23 19:05:00.",
        "2026-11-23 19:05:00.0000000000",
        "2026-11-23 19:05:00 CET",
        "2026-11-23 19:05:00 UTC ",
        "2026-11-23T",
        "2026-11-23 19:05+1:00",
        "2026-11-23 19:05 +24:00",
        "2026-11-23x",
        "19",
        "19:",
        "19:05:",
        " 2026-11-23",
        "+026-11-23",
        "2026-11-23 19:05:-1",
    };
    struct civil_moment m;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        CHECK(civil_read(bytes_text(fine[i].text), &m));
        CHECK_INT(m.second, fine[i].second);
        CHECK_INT(m.nanos, fine[i].nanos);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool read = civil_read(bytes_text(wrong[i]), &m);
        CHECK_TEXT(read ? wrong[i] : "none", "none");
    }
    CHECK(civil_read(bytes_text("2026-11-23"), &m) && m.dated && !m.timed && !m.zoned);
    CHECK(civil_read(bytes_text("19:05Z"), &m) && !m.dated && m.timed && m.zoned);
}

static void test_addresses(void) {
    static const char *const wrong[] = {
        "",           "1.2.3",    "1.2.3.4.5",
        "256.1.1.1",  "01.2.3.4", "1.2.3.04",
        "1.2.3.4 ",   "1..2.3",   "::1",
        "0x7f.0.0.1", "1.2.3.-4", "1234567890123456789012345678901234567890123456789012"};
    uint8_t at[16];
    CHECK(address_ipv4(bytes_text("192.0.2.255"), at));
    CHECK_BYTES(at, 4, "\xc0\x00\x02\xff", 4);
    CHECK(address_ipv4(bytes_text("0.0.0.0"), at));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool read = address_ipv4(bytes_text(wrong[i]), at);
        CHECK_TEXT(read ? wrong[i] : "none", "none");
    }
    CHECK(!address_ipv4(bytes_of("1.2.3.4\0", 8), at));
    CHECK(address_ipv6(bytes_text("2001:DB8::1"), at));
    CHECK_BYTES(at, 16, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    CHECK(address_ipv6(bytes_text("::ffff:192.0.2.1"), at));
    CHECK_BYTES(at, 16, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x01", 16);
    CHECK(!address_ipv6(bytes_text("1::2::3"), at));
    CHECK(!address_ipv6(bytes_text("fe80::1%eth0"), at));
    CHECK(!address_ipv6(bytes_text("192.0.2.1"), at));
}

static void test_identifiers(void) {
    uint8_t at[16];
    CHECK(address_octets(bytes_text("00:11:aA:ff:10:05"), at, 6));
    CHECK_BYTES(at, 6, "\x00\x11\xaa\xff\x10\x05", 6);
    CHECK(address_octets(bytes_text("00-11-22-33-44-55-66-77"), at, 8));
    CHECK(!address_octets(bytes_text("00:11-22:33:44:55"), at, 6));
    CHECK(!address_octets(bytes_text("00.11.22.33.44.55"), at, 6));
    CHECK(!address_octets(bytes_text("00:11:22:33:44:5g"), at, 6));
    CHECK(!address_octets(bytes_text("00:11:22:33:44"), at, 6));
    CHECK(address_uuid(bytes_text("00112233-4455-6677-8899-AABBccddeeff"), at));
    CHECK_BYTES(at, 16, "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
    CHECK(!address_uuid(bytes_text("00112233-4455-6677-8899aaabbccddeeff"), at));
    CHECK(!address_uuid(bytes_text("{0112233-4455-6677-8899-aabbccddeeff"), at));
    CHECK(!address_uuid(bytes_text(""), at));
}

CHECK_MAIN("civil", {"days", test_days}, {"moments", test_moments}, {"addresses", test_addresses},
           {"identifiers", test_identifiers})
