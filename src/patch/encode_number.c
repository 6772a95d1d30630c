#include "config.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "io/cursor.h"
#include "patch/encode_internal.h"
#include "text/diag.h"

/* The most bytes that a number takes: a variable-length one of 127 bits. */
#define NUMBER_ROOM 19u

/* Integers: what the schema means by a value, and how many bits there are for it. */

static bool fail_range(const struct encode_field *field, const struct vm_value *value, int128 least,
                       uint128 most, struct buf *why) {
    char low[INT128_TEXT_MAX], high[INT128_TEXT_MAX];
    buf_clear(why);
    encode_put_value(field, value, why);
    buf_puts(why, encode_type(field)->packed ? " does not fit " : " does not fit in ");
    encode_put_type(field, why);
    int128_text(least, low);
    uint128_text(most, high);
    buf_printf(why, " (%s..%s)", low, high);
    return false;
}

/* The value in so many bits, 0..128, as two's complement or without a sign. */
static bool fit(const struct encode_field *field, const struct vm_value *value, unsigned bits,
                bool is_signed, uint128 *raw, struct buf *why) {
    uint128 most = bits == 0 ? 0 : ~(uint128)0 >> (128 - bits) >> is_signed;
    int128 least = is_signed && bits > 0 ? -(int128)most - 1 : 0;
    bool low = value->kind == VM_INT && value->integer < least;
    bool high = (value->kind == VM_WIDE || value->integer >= 0) && (uint128)value->integer > most;
    if (low || high) {
        return fail_range(field, value, least, most, why);
    }
    *raw = (uint128)value->integer;
    return true;
}

/* An enumerator, or flags with '|' between them, by name. */

static bool fail_name(const struct encode_field *field, const struct program_enum *e,
                      const char *name, struct buf *why) {
    struct bytes type = program_text(field->program, e->name);
    encode_fail(why, "'%s' is no %.*s", name, (int)type.len, (const char *)type.at);
    /* what is near is decided in one place, for schemas as for values */
    struct arena arena = {0};
    struct diags diags;
    diags_init(&diags, &arena, sources_new(&arena));
    const char **names = arena_array(&arena, e->count ? e->count : 1, sizeof *names);
    for (uint32_t i = 0; i < e->count; i++) {
        struct bytes item =
            program_text(field->program, field->program->items.at[e->first + i].name);
        names[i] = arena_strndup(&arena, (const char *)item.at, item.len);
    }
    struct diag *diag = diag_report(&diags, DIAG_UNKNOWN_NAME, span_none(), "unknown");
    diag_suggest(&diags, diag, name, names, e->count);
    if (diag->notes) {
        buf_printf(why, "; %s", diag->notes->message);
    }
    arena_free(&arena);
    return false;
}

static bool find_item(const struct encode_field *field, const struct program_enum *e,
                      struct bytes name, int128 *out) {
    for (uint32_t i = 0; i < e->count; i++) {
        const struct program_enumerator *item = &field->program->items.at[e->first + i];
        if (bytes_equal(program_text(field->program, item->name), name)) {
            *out = item->value;
            return true;
        }
    }
    return false;
}

static bool by_name(const struct encode_field *field, struct bytes names, struct vm_value *out,
                    struct buf *why) {
    const struct program_enum *e = &field->program->enums.at[encode_type(field)->names];
    int128 sum = 0;
    while (names.len > 0 || !e->flags) {
        const unsigned char *bar = e->flags ? memchr(names.at, '|', names.len) : NULL;
        struct bytes name = bytes_of(names.at, bar ? (size_t)(bar - names.at) : names.len);
        int128 one;
        if (!find_item(field, e, name, &one)) {
            struct buf text = {0};
            buf_put(&text, name.at, name.len);
            fail_name(field, e, buf_text(&text), why);
            buf_free(&text);
            return false;
        }
        sum |= one;
        size_t step = name.len + (bar != NULL);
        names = bytes_from(names, step);
        if (names.len == 0) {
            break;
        }
    }
    *out = vm_int(sum);
    out->names = encode_type(field)->names;
    return true;
}

/* What is stored as an integer. */
static bool integer_of(const struct encode_field *field, const struct vm_value *value,
                       struct vm_value *out, struct buf *why) {
    const struct program_type *t = encode_type(field);
    *out = *value;
    if (t->is_bool) {
        *out = vm_int(value->kind == VM_BOOL && value->boolean);
        return value->kind == VM_BOOL || encode_mismatch(field, value, "true or false", why);
    }
    if (value->kind == VM_TEXT && t->names != PROGRAM_NONE) {
        return by_name(field, value->bytes, out, why);
    }
    return value->kind == VM_INT || value->kind == VM_WIDE ||
           encode_mismatch(field, value, "a whole number", why);
}

/* Whether what is stored is the number already, in whatever way. */

static bool says_bool(const struct encode_field *field, uint128 stored, uint128 raw) {
    return encode_type(field)->is_bool && (stored != 0) == (raw != 0);
}

static void put_packed(const struct encode_field *field, uint128 raw, struct buf *out) {
    bool msb = vm_msb_first(encode_type(field), field->ambient);
    size_t len = (field->bit + field->bits + 7) / 8;
    char *at = buf_reserve(out, len ? len : 1);
    for (size_t i = 0; i < len; i++) {
        at[i] = i < field->stored.len ? (char)field->stored.at[i] : 0;
    }
    bool same = !field->fresh &&
                says_bool(field, number_bits((uint8_t *)at, field->bit, field->bits, msb), raw);
    if (!same) {
        number_put_bits((uint8_t *)at, field->bit, field->bits, msb, raw);
    }
    out->len += len;
}

static void put_whole(const struct encode_field *field, uint128 raw, struct buf *out) {
    const struct program_type *t = encode_type(field);
    bool big = vm_big_endian(t, field->ambient);
    unsigned width = t->bits / 8u;
    uint8_t *at = (uint8_t *)buf_reserve(out, width);
    if (!field->fresh && field->stored.len == width &&
        says_bool(field, number_load128(field->stored.at, width, big), raw)) {
        memcpy(at, field->stored.at, width);
    } else {
        number_store(at, width, big, raw);
    }
    out->len += width;
}

/* Whether the order of its bytes, or of its bits, is known. */
static bool is_decided(const struct encode_field *field) {
    const struct program_type *t = encode_type(field);
    bool bits_follow = t->bitorder == ORDER_AMBIENT && field->ambient.bitorder == ORDER_AMBIENT;
    return t->order != ORDER_AMBIENT || field->ambient.endian != ORDER_UNDECIDED ||
           (t->packed ? !bits_follow : t->bits <= 8);
}

static bool put_int(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                    struct buf *why) {
    const struct program_type *t = encode_type(field);
    unsigned bits = t->packed ? field->bits : t->bits;
    struct vm_value integer;
    uint128 raw;
    if (!integer_of(field, value, &integer, why) ||
        !fit(field, &integer, bits, t->is_signed, &raw, why)) {
        return false;
    }
    (t->packed ? put_packed : put_whole)(field, raw, out);
    return true;
}

/* Numbers of as many bytes as they need, the lowest (LEB128) or the highest (VLQ) seven bits first. */

static unsigned put_leb128(int128 v, bool is_signed, uint8_t *at) {
    unsigned n = 0;
    for (bool more = true; more; n++) {
        uint8_t low = (uint8_t)(v & 0x7f);
        v >>= 7;
        more = is_signed ? v != (low & 0x40 ? -1 : 0) : v != 0;
        at[n] = more ? low | 0x80 : low;
    }
    return n;
}

/* With a limit, a number that needs that many bytes has eight bits in the last one. */
static unsigned put_vlq(uint128 v, unsigned limit, uint8_t *at) {
    bool whole = limit > 0 && (limit == 1 || v >> 7 * (limit - 1) != 0);
    unsigned n = 0;
    uint8_t last = (uint8_t)(whole ? v & 0xff : v & 0x7f);
    v >>= whole ? 8 : 7;
    if (whole) {
        n = limit - 1;
    } else {
        for (uint128 rest = v; rest; rest >>= 7) {
            n++;
        }
    }
    for (unsigned i = 0; i < n; i++) {
        at[i] = (uint8_t)(0x80 | (v >> 7 * (n - 1 - i) & 0x7f));
    }
    at[n] = last;
    return n + 1;
}

static bool stored_varint(const struct encode_field *field, int128 *out) {
    const struct program_type *t = encode_type(field);
    struct cursor c = cursor_of(field->stored.at, field->stored.len);
    bool ok = t->varint == VARINT_SLEB  ? cursor_sleb128(&c, out, NULL)
              : t->varint == VARINT_VLQ ? cursor_vlq(&c, t->limit, out, NULL)
                                        : cursor_uleb128(&c, out, NULL);
    return ok && !field->fresh && cursor_remaining(&c) == 0;
}

static uint128 to_zigzag(int128 v) {
    return (uint128)v << 1 ^ (uint128)(v >> 127);
}

/* How many bits there are for a variable-length number, its sign counted. */
static unsigned varint_bits(const struct program_type *t) {
    unsigned limited = 7 * (t->limit - 1u) + 8;
    return t->varint == VARINT_SLEB                               ? 128
           : t->varint == VARINT_VLQ && t->limit && limited < 127 ? limited
                                                                  : 127;
}

static bool put_varint(const struct encode_field *field, const struct vm_value *value,
                       struct buf *out, struct buf *why) {
    const struct program_type *t = encode_type(field);
    struct vm_value integer;
    uint128 raw;
    int128 stored;
    bool zigzag = t->varint == VARINT_ZIGZAG;
    if (!integer_of(field, value, &integer, why) ||
        !fit(field, &integer, varint_bits(t), zigzag || t->varint == VARINT_SLEB, &raw, why)) {
        return false;
    }
    raw = zigzag ? to_zigzag((int128)raw) : raw;
    if (stored_varint(field, &stored) && stored == (int128)raw) {
        buf_put(out, field->stored.at, field->stored.len);
        return true;
    }
    uint8_t *at = (uint8_t *)buf_reserve(out, NUMBER_ROOM);
    out->len += t->varint == VARINT_VLQ ? put_vlq(raw, t->limit, at)
                                        : put_leb128((int128)raw, t->varint == VARINT_SLEB, at);
    return true;
}

static bool put_coded(const struct encode_field *field, const struct vm_value *value,
                      struct buf *out, struct buf *why) {
    const struct program_type *t = encode_type(field);
    unsigned width = t->bits / 8u;
    bool big = vm_big_endian(t, field->ambient);
    struct vm_value integer;
    uint128 raw;
    if (!integer_of(field, value, &integer, why)) {
        return false;
    }
    uint8_t *at = (uint8_t *)buf_reserve(out, width);
    if (t->varint == CODING_ZIGZAG) {
        if (!fit(field, &integer, t->bits, true, &raw, why)) {
            return false;
        }
        number_store(at, width, big, to_zigzag((int128)raw));
    } else {
        bool msb = vm_msb_first(t, field->ambient);
        if (integer.integer < 0 || !number_to_bcd(at, width, big, msb, (uint128)integer.integer)) {
            uint128 most = 1;
            for (unsigned i = 0; i < 2 * width; i++) {
                most *= 10;
            }
            return fail_range(field, &integer, 0, most - 1, why);
        }
    }
    out->len += width;
    return true;
}

/* Floats. */

static double stored_float(const struct program_type *t, const uint8_t *le) {
    float single;
    double v;
    switch (t->bits) {
    case 16:
        return t->bfloat ? number_bfloat((uint16_t)number_load16(le, false))
                         : number_half((uint16_t)number_load16(le, false));
    case 32: {
        uint32_t word = (uint32_t)number_load32(le, false);
        memcpy(&single, &word, sizeof single);
        return (double)single;
    }
    case 64: {
        uint64_t word = number_load64(le, false);
        memcpy(&v, &word, sizeof v);
        return v;
    }
    default:
        return number_float80(le);
    }
}

static void float_bytes(const struct program_type *t, double v, uint8_t *le) {
    switch (t->bits) {
    case 16:
        number_store(le, 2, false, t->bfloat ? number_to_bfloat(v) : number_to_half(v));
        break;
    case 32: {
        float single = (float)v;
        uint32_t word;
        memcpy(&word, &single, sizeof word);
        number_store(le, 4, false, word);
        break;
    }
    case 64: {
        uint64_t word;
        memcpy(&word, &v, sizeof word);
        number_store(le, 8, false, word);
        break;
    }
    default:
        number_to_float80(v, le);
        break;
    }
}

/* The bytes from least to most worth, of what is stored in the order that the type says; and back. */
static void in_order(const struct encode_field *field, const uint8_t *from, uint8_t *to) {
    const struct program_type *t = encode_type(field);
    unsigned width = t->bits / 8u;
    bool big = vm_big_endian(t, field->ambient);
    for (unsigned i = 0; i < width; i++) {
        to[i] = from[big ? width - 1 - i : i];
    }
}

static bool put_float(const struct encode_field *field, const struct vm_value *value,
                      struct buf *out, struct buf *why) {
    const struct program_type *t = encode_type(field);
    unsigned width = t->bits / 8u;
    if (value->kind != VM_FLOAT && value->kind != VM_INT) {
        return encode_mismatch(field, value, "a number", why);
    }
    double v = value->kind == VM_FLOAT ? value->number : (double)value->integer;
    uint8_t le[10], *at = (uint8_t *)buf_reserve(out, width);
    if (!field->fresh && field->stored.len == width) {
        in_order(field, field->stored.at, le);
        double stored = stored_float(t, le);
        if (memcmp(&stored, &v, sizeof v) == 0 || (isnan(stored) && isnan(v))) {
            memcpy(at, field->stored.at, width);
            out->len += width;
            return true;
        }
    }
    float_bytes(t, v, le);
    if (isfinite(v) && !isfinite(stored_float(t, le))) {
        buf_clear(why);
        encode_put_value(field, value, why);
        buf_puts(why, " is too great for ");
        encode_put_type(field, why);
        return false;
    }
    in_order(field, le, at);
    out->len += width;
    return true;
}

bool encode_number(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                   struct buf *why) {
    const struct program_type *t = encode_type(field);
    if (t->kind != TYPE_VARINT && !is_decided(field)) {
        return encode_fail(why, "the data has not decided on a byte order");
    }
    switch ((enum type_kind)t->kind) {
    case TYPE_FLOAT:
        return put_float(field, value, out, why);
    case TYPE_VARINT:
        return put_varint(field, value, out, why);
    case TYPE_CODED:
        return put_coded(field, value, out, why);
    case TYPE_INT:
    case TYPE_TEXT:
    case TYPE_BYTES:
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        break;
    }
    return put_int(field, value, out, why);
}
