#include "config.h"

#include "sink/form.h"

#include <string.h>

#include "base/numtext.h"
#include "sink/form_time.h"

#define ADDRESS_MAX 16

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

/* A number with so many bits of fraction. */
static bool put_fixed(struct buf *out, int128 value, int fraction) {
    char text[NUMTEXT_MAX];
    double scaled = (double)value / (double)(UINT64_C(1) << fraction);
    buf_put(out, text, (size_t)(numtext_double(text, scaled) - text));
    return true;
}

static const struct {
    const char *prefix;
    uint8_t bits; /* of a digit */
} radices[FORM_COUNT] = {
    [FORM_HEX] = {"0x", 4},
    [FORM_OCT] = {"0o", 3},
    [FORM_BIN] = {"0b", 1},
};

static const uint8_t fractions[FORM_COUNT] = {
    [FORM_FIXED8] = 8,   [FORM_FIXED14] = 14, [FORM_FIXED16] = 16,
    [FORM_FIXED30] = 30, [FORM_FIXED32] = 32,
};

static bool put_number(struct buf *out, enum type_form form, int128 value, unsigned bits) {
    if (radices[form].bits) {
        put_radix(out, radices[form].prefix, radices[form].bits, value, bits);
        return true;
    }
    if (fractions[form]) {
        return put_fixed(out, value, fractions[form]);
    }
    if (form == FORM_DEC) {
        form_integer(out, value);
        return true;
    }
    return form == FORM_CHAR   ? put_char(out, value)
           : form == FORM_SIZE ? put_size(out, value)
                               : form_time(out, form, value);
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

static const struct {
    uint8_t bytes; /* an address form takes so many; 0: another form */
    bool number;
} infos[FORM_COUNT] = {
#define FORM(name, text, bytes, number) {bytes, number},
#include "sema/form.def"
#undef FORM
};

bool form_is_number(enum type_form form) {
    return infos[form].number;
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
    size_t size = infos[form].bytes;
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
        return form_time_of_float(out, form, value->number);
    }
    return false;
}
