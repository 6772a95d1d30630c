#include "config.h"

#include "sink/form.h"

#include <math.h>
#include <string.h>

#define DAY_SECONDS     86400
#define UNIX_MIN        (-62135596800) /* 0001-01-01 00:00:00 */
#define UNIX_MAX        253402300799   /* 9999-12-31 23:59:59 */
#define FILETIME_UNIX   11644473600    /* seconds from 1601 to 1970 */
#define FILETIME_SECOND 10000000
#define ADDRESS_MAX     16

void form_integer(struct buf *out, int128 value) {
    out->len += int128_text(value, buf_reserve(out, INT128_TEXT_MAX));
}

void form_count(struct buf *out, uint64_t n) {
    char digits[INT128_TEXT_MAX];
    size_t len = int128_text((int128)n, digits);
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            buf_putc(out, ',');
        }
        buf_putc(out, digits[i]);
    }
}

/* Digits of 1, 3 or 4 bits each, at least as many as bits need. */
static void put_digits(struct buf *out, uint128 value, unsigned digit_bits, unsigned bits) {
    unsigned n = (bits + digit_bits - 1) / digit_bits;
    unsigned needed = 1;
    while (needed * digit_bits < 128 && value >> needed * digit_bits) {
        needed++;
    }
    for (unsigned i = n > needed ? n : needed; i-- > 0;) {
        unsigned shift = i * digit_bits;
        unsigned digit = shift < 128 ? (unsigned)(value >> shift) & ((1u << digit_bits) - 1) : 0;
        buf_putc(out, "0123456789abcdef"[digit]);
    }
}

static void put_radix(struct buf *out, const char *prefix, unsigned digit_bits, int128 value,
                      unsigned bits) {
    uint128 shown = (uint128)value;
    if (value < 0 && bits > 0 && bits < 128) {
        shown &= ((uint128)1 << bits) - 1;
    } else if (value < 0 && bits == 0) {
        buf_putc(out, '-');
        shown = -shown;
    }
    buf_puts(out, prefix);
    put_digits(out, shown, digit_bits, bits);
}

void form_hex(struct buf *out, int128 value, unsigned bits) {
    put_radix(out, "0x", 4, value, bits);
}

static void put_hex_bytes(struct buf *out, const uint8_t *at, size_t n, const char *between) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            buf_puts(out, between);
        }
        buf_printf(out, "%02x", at[i]);
    }
}

/* Numbers */

static bool put_char(struct buf *out, int128 value) {
    if (value < 0 || value > 0x10ffff) {
        return false;
    }
    unsigned code = (unsigned)value;
    if (code == '\'' || code == '\\') {
        buf_printf(out, "'\\%c'", (int)code);
    } else if (code >= 0x20 && code < 0x7f) {
        buf_printf(out, "'%c'", (int)code);
    } else if (code <= 0xff) {
        buf_printf(out, "'\\x%02x'", code);
    } else {
        buf_printf(out, "'\\u{%x}'", code);
    }
    return true;
}

static bool put_size(struct buf *out, int128 value) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (value < 0 || value > UINT64_MAX) {
        return false;
    }
    uint64_t n = (uint64_t)value;
    if (n < 1024) {
        buf_printf(out, "%u byte%s", (unsigned)n, n == 1 ? "" : "s");
        return true;
    }
    unsigned unit = 0;
    while (unit < 5 && n >> 10 * (unit + 2)) {
        unit++;
    }
    unsigned shift = 10 * (unit + 1);
    uint128 one = (uint128)1 << shift;
    unsigned tenths = (unsigned)(((uint128)n * 10 + one / 2) >> shift);
    if (tenths == 10240 && unit < 5) { /* 1023.96 KiB rounds to the next unit */
        tenths = 10;
        unit++;
        one <<= 10;
    }
    if (n % (uint64_t)one == 0) {
        buf_printf(out, "%u %s (", tenths / 10, units[unit]);
    } else {
        buf_printf(out, "%u.%u %s (", tenths / 10, tenths % 10, units[unit]);
    }
    form_count(out, n);
    buf_putc(out, ')');
    return true;
}

/* Times */

struct civil {
    int64_t year;
    unsigned month, day; /* from 1 */
};

/* The date so many days after 1970-01-01: years are counted from March, so that the leap day ends
 * them, in eras of 400 (Hinnant, "chrono-compatible low-level date algorithms"). */
static struct civil civil_from_days(int64_t days) {
    days += 719468; /* from 0000-03-01 */
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned doe = (unsigned)(days - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    unsigned month = mp < 10 ? mp + 3 : mp - 9;
    return (struct civil){(int64_t)yoe + era * 400 + (month <= 2), month,
                          doy - (153 * mp + 2) / 5 + 1};
}

/* parts of a second, digits of them; none shown when 0 */
static bool put_time(struct buf *out, int64_t seconds, unsigned parts, unsigned digits) {
    if (seconds < UNIX_MIN || seconds > UNIX_MAX) {
        return false;
    }
    int64_t day = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
    unsigned second = (unsigned)(seconds - day * DAY_SECONDS);
    struct civil date = civil_from_days(day);
    buf_printf(out, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)date.year, date.month, date.day,
               second / 3600, second / 60 % 60, second % 60);
    if (parts) {
        buf_printf(out, ".%0*u", (int)digits, parts);
    }
    buf_puts(out, " UTC");
    return true;
}

static bool put_float_time(struct buf *out, double seconds) {
    if (!(seconds >= (double)UNIX_MIN && seconds < (double)UNIX_MAX)) {
        return false;
    }
    double whole = floor(seconds);
    unsigned micros = (unsigned)((seconds - whole) * 1e6 + 0.5);
    return micros < 1000000 ? put_time(out, (int64_t)whole, micros, 6)
                            : put_time(out, (int64_t)whole + 1, 0, 6);
}

static bool put_filetime(struct buf *out, int128 value) {
    if (value < 0 || value > INT64_MAX) {
        return false;
    }
    int64_t ticks = (int64_t)value;
    return put_time(out, ticks / FILETIME_SECOND - FILETIME_UNIX,
                    (unsigned)(ticks % FILETIME_SECOND), 7);
}

static bool put_dostime(struct buf *out, int128 value) {
    if (value < 0 || value > 0xffff) {
        return false;
    }
    unsigned v = (unsigned)value, hour = v >> 11, minute = v >> 5 & 63, second = (v & 31) * 2;
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    buf_printf(out, "%02u:%02u:%02u", hour, minute, second);
    return true;
}

static bool put_dosdate(struct buf *out, int128 value) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (value < 0 || value > 0xffff) {
        return false;
    }
    unsigned v = (unsigned)value, year = 1980 + (v >> 9), month = v >> 5 & 15, day = v & 31;
    bool leap = year % 4 == 0 && year != 2100;
    if (month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] + (unsigned)(month == 2 && leap)) {
        return false;
    }
    buf_printf(out, "%04u-%02u-%02u", year, month, day);
    return true;
}

static bool put_number(struct buf *out, enum type_form form, int128 value, unsigned bits) {
    switch (form) {
    case FORM_HEX:
        form_hex(out, value, bits);
        return true;
    case FORM_DEC:
        form_integer(out, value);
        return true;
    case FORM_OCT:
        put_radix(out, "0o", 3, value, bits);
        return true;
    case FORM_BIN:
        put_radix(out, "0b", 1, value, bits);
        return true;
    case FORM_CHAR:
        return put_char(out, value);
    case FORM_UNIXTIME:
        return value >= UNIX_MIN && value <= UNIX_MAX && put_time(out, (int64_t)value, 0, 0);
    case FORM_FILETIME:
        return put_filetime(out, value);
    case FORM_DOSTIME:
        return put_dostime(out, value);
    case FORM_DOSDATE:
        return put_dosdate(out, value);
    case FORM_SIZE:
        return put_size(out, value);
    case FORM_PLAIN:
    case FORM_IPV4:
    case FORM_IPV6:
    case FORM_MAC:
    case FORM_EUI64:
    case FORM_UUID:
    case FORM_GUID:
    case FORM_FOURCC:
    case FORM_COUNT:
        break;
    }
    return false;
}

/* Addresses */

/* RFC 5952: the longest run of two or more zero groups, the first of equals, is "::"; an
 * IPv4-mapped address has its last part dotted (section 5). */
static void put_ipv6(struct buf *out, const uint8_t *at) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(at, mapped, sizeof mapped) == 0) {
        buf_printf(out, "::ffff:%u.%u.%u.%u", at[12], at[13], at[14], at[15]);
        return;
    }
    unsigned run_at = 8, run_len = 1;
    for (unsigned i = 0, zeros = 0; i < 8; i++) {
        zeros = at[2 * i] == 0 && at[2 * i + 1] == 0 ? zeros + 1 : 0;
        if (zeros > run_len) {
            run_len = zeros;
            run_at = i + 1 - zeros;
        }
    }
    for (unsigned i = 0; i < 8; i++) {
        if (i == run_at) {
            buf_puts(out, "::");
            i += run_len - 1;
            continue;
        }
        const char *colon = i == 0 || i == run_at + run_len ? "" : ":";
        buf_printf(out, "%s%x", colon, (unsigned)at[2 * i] << 8 | at[2 * i + 1]);
    }
}

/* order: which byte comes where in the text. */
static void put_uuid(struct buf *out, const uint8_t *at, bool mixed) {
    static const uint8_t little[8] = {3, 2, 1, 0, 5, 4, 7, 6};
    for (unsigned i = 0; i < 16; i++) {
        buf_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                   at[mixed && i < 8 ? little[i] : i]);
    }
}

static void put_fourcc(struct buf *out, const uint8_t *at) {
    buf_putc(out, '\'');
    for (unsigned i = 0; i < 4; i++) {
        if (at[i] == '\'' || at[i] == '\\') {
            buf_printf(out, "\\%c", at[i]);
        } else if (at[i] >= 0x20 && at[i] < 0x7f) {
            buf_putc(out, (char)at[i]);
        } else {
            buf_printf(out, "\\x%02x", at[i]);
        }
    }
    buf_putc(out, '\'');
}

/* How many bytes an address form takes; 0 for other forms. */
static size_t address_size(enum type_form form) {
    switch (form) {
    case FORM_IPV4:
    case FORM_FOURCC:
        return 4;
    case FORM_MAC:
        return 6;
    case FORM_EUI64:
        return 8;
    case FORM_IPV6:
    case FORM_UUID:
    case FORM_GUID:
        return 16;
    case FORM_PLAIN:
    case FORM_HEX:
    case FORM_DEC:
    case FORM_OCT:
    case FORM_BIN:
    case FORM_CHAR:
    case FORM_UNIXTIME:
    case FORM_FILETIME:
    case FORM_DOSTIME:
    case FORM_DOSDATE:
    case FORM_SIZE:
    case FORM_COUNT:
        break;
    }
    return 0;
}

static void put_address(struct buf *out, enum type_form form, const uint8_t *at) {
    if (form == FORM_IPV4) {
        buf_printf(out, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
    } else if (form == FORM_IPV6) {
        put_ipv6(out, at);
    } else if (form == FORM_MAC) {
        put_hex_bytes(out, at, 6, ":");
    } else if (form == FORM_EUI64) {
        put_hex_bytes(out, at, 8, "-");
    } else if (form == FORM_FOURCC) {
        put_fourcc(out, at);
    } else {
        put_uuid(out, at, form == FORM_GUID);
    }
}

/* Where the bytes of a number lie that is size bytes long, or NULL. */
static const uint8_t *stored_bytes(const struct vm_value *value, size_t size) {
    const struct vm_space *space = value->space;
    if (!space || value->start % 8 || value->end < value->start ||
        value->end - value->start != size * 8 || value->end / 8 > space->size) {
        return NULL;
    }
    return space->data + value->start / 8;
}

static bool address_of_number(struct buf *out, enum type_form form, size_t size,
                              const struct vm_value *value) {
    bool by_place = form == FORM_FOURCC || form == FORM_UUID || form == FORM_GUID;
    const uint8_t *stored = by_place ? stored_bytes(value, size) : NULL;
    uint8_t at[ADDRESS_MAX];
    if (size < ADDRESS_MAX && (value->integer < 0 || value->integer >> 8 * size)) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)((uint128)value->integer >> 8 * (size - 1 - i));
    }
    put_address(out, form, stored ? stored : at);
    return true;
}

bool form_text(struct buf *out, enum type_form form, const struct vm_value *value, unsigned bits) {
    size_t size = address_size(form);
    if (value->kind == VM_BYTES || value->kind == VM_TEXT) {
        struct bytes stored = value->kind == VM_TEXT && value->raw.at ? value->raw : value->bytes;
        if (size && stored.len == size) {
            put_address(out, form, stored.at);
            return true;
        }
        if (form == FORM_HEX) {
            put_hex_bytes(out, stored.at, stored.len, "");
        }
        return form == FORM_HEX;
    }
    if (value->kind == VM_WIDE && !size && form != FORM_HEX && form != FORM_OCT &&
        form != FORM_BIN) {
        return false;
    }
    if (value->kind == VM_INT || value->kind == VM_WIDE) {
        return size ? address_of_number(out, form, size, value)
                    : put_number(out, form, value->integer, bits);
    }
    if (value->kind == VM_FLOAT) {
        return form == FORM_UNIXTIME && put_float_time(out, value->number);
    }
    return false;
}
