#include "config.h"

#include "patch/field.h"

#include "base/int128.h"

/* How many bytes at the end of what a place takes are its terminator. */
static uint64_t tail_of(const struct vm_value *place, const struct program_type *type,
                        const struct encoding *encoding, uint64_t len) {
    uint64_t unit = type->nul_ended ? encoding_unit(encoding) : 0;
    if (place->tail > 0) {
        return (uint64_t)place->tail <= len ? (uint64_t)place->tail : 0;
    }
    return unit <= len ? unit : 0;
}

bool field_of_place(struct encode_field *field, struct vm *vm, const struct program *program,
                    const struct vm_value *place) {
    if (place->kind != VM_PLACE || !place->space || place->end == VM_UNKNOWN ||
        place->end < place->start || (place->end + 7) / 8 > place->space->size) {
        return false;
    }
    const struct program_type *type = &program->types.at[place->type];
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_ARRAY) {
        return false;
    }
    uint64_t start = place->start / 8, end = (place->end + 7) / 8, len = end - start;
    const struct encoding *encoding = vm_encoding_for(vm, place->type, place->ambient);
    uint64_t tail = tail_of(place, type, encoding, len);
    *field = (struct encode_field){
        .program = program,
        .type = place->type,
        .ambient = place->ambient,
        .encoding = encoding,
        .stored = bytes_of(place->space->data + start, (size_t)(len - tail)),
        .bit = (unsigned)(place->start % 8),
        .bits = type->packed ? (unsigned)(place->end - place->start) : 0,
        .behind = bytes_of(place->space->data + end - tail, (size_t)tail),
    };
    return true;
}

uint8_t field_mask(const struct encode_field *field, size_t i) {
    const struct program_type *type = &field->program->types.at[field->type];
    if (!type->packed) {
        return 0xff;
    }
    bool msb = vm_msb_first(type, field->ambient);
    uint8_t mask = 0;
    for (unsigned k = 0; k < 8; k++) {
        unsigned at = (unsigned)i * 8 + k;
        if (at >= field->bit && at < field->bit + field->bits) {
            mask |= (uint8_t)(msb ? 0x80u >> k : 1u << k);
        }
    }
    return mask;
}

static unsigned digit_of(unsigned char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10u : 36;
}

/* Where the first run of digits lies in the text. */
static struct bytes find_digits(struct bytes text, uint32_t base) {
    size_t from = 0;
    while (from < text.len && digit_of(text.at[from]) >= base) {
        from++;
    }
    size_t to = from;
    while (to < text.len && digit_of(text.at[to]) < base) {
        to++;
    }
    return bytes_of(text.at ? text.at + from : NULL, to - from);
}

/* The number's digits, most significant first; how many. */
static size_t put_digits(uint128 number, uint32_t base, char digits[128]) {
    char reversed[128];
    size_t n = 0;
    do {
        unsigned digit = (unsigned)(number % base);
        reversed[n++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        number /= base;
    } while (number != 0);
    for (size_t i = 0; i < n; i++) {
        digits[i] = reversed[n - 1 - i];
    }
    return n;
}

bool field_encode_number(const struct encode_field *field, const struct vm_value *value,
                         uint32_t base, struct buf *out, struct buf *why) {
    if (base == 0) {
        return encode_value(field, value, out, why);
    }
    if (value->kind != VM_INT || value->integer < 0) {
        buf_puts(why, "only a number that is not negative can be written in digits");
        return false;
    }
    char digits[128];
    size_t n = put_digits((uint128)value->integer, base, digits);
    struct bytes stored = field->stored, there = find_digits(stored, base);
    size_t before = there.len ? (size_t)(there.at - stored.at) : 0;
    size_t room = before + there.len;
    if (there.len == 0) {
        room = stored.len > n ? stored.len - 1 : stored.len; /* a NUL ends them, if there is room */
        before = 0;
    } else if (n > room) {
        room = stored.len; /* what stands behind the digits gives way */
        before = 0;
    }
    if (n > room) {
        buf_printf(why, "%zu digits do not fit in %zu bytes", n, room);
        return false;
    }
    bool zeros = there.len > 0 && there.at[0] == '0';
    size_t keep = zeros && n <= there.len ? before : 0; /* blanks stay in front of the zeros */
    buf_put(out, stored.at, keep);
    buf_fill(out, zeros || before == 0 ? '0' : ' ', room - keep - n);
    buf_put(out, digits, n);
    if (stored.len > room) {
        buf_put(out, stored.at + room, stored.len - room);
    }
    return true;
}
