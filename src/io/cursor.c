#include "config.h"

#include "io/cursor.h"

#include <assert.h>
#include <string.h>

/* 19 bytes of 7 bits are the first to hold 127 value bits. */
enum { VARINT_MAX = 19 };

static bool fail(struct cursor_fault *fault, enum cursor_trouble trouble, uint64_t off,
                 uint64_t wanted, uint64_t there) {
    if (fault) {
        *fault = (struct cursor_fault){trouble, off, wanted, there};
    }
    return false;
}

static bool fail_short(const struct cursor *c, uint64_t wanted, struct cursor_fault *fault) {
    return fail(fault, CURSOR_SHORT, c->pos, wanted, cursor_remaining(c));
}

bool cursor_seek(struct cursor *c, uint64_t pos, struct cursor_fault *fault) {
    if (pos < c->lo || pos > c->hi) {
        return fail(fault, CURSOR_OUTSIDE, c->pos, pos, c->hi);
    }
    c->pos = pos;
    return true;
}

bool cursor_skip(struct cursor *c, uint64_t n, struct cursor_fault *fault) {
    if (n > cursor_remaining(c)) {
        return fail_short(c, n, fault);
    }
    c->pos += n;
    return true;
}

bool cursor_region(const struct cursor *c, uint64_t n, struct cursor *out,
                   struct cursor_fault *fault) {
    if (n > cursor_remaining(c)) {
        uint64_t end = n > UINT64_MAX - c->pos ? UINT64_MAX : c->pos + n;
        return fail(fault, CURSOR_OUTSIDE, c->pos, end, c->hi);
    }
    *out = (struct cursor){.data = c->data, .pos = c->pos, .lo = c->pos, .hi = c->pos + n};
    return true;
}

bool cursor_uint(struct cursor *c, unsigned width, bool big, uint128 *out,
                 struct cursor_fault *fault) {
    if (width > cursor_remaining(c)) {
        return fail_short(c, width, fault);
    }
    *out = number_load128(c->data + c->pos, width, big);
    c->pos += width;
    return true;
}

bool cursor_int(struct cursor *c, unsigned width, bool big, int128 *out,
                struct cursor_fault *fault) {
    uint128 v;
    if (!cursor_uint(c, width, big, &v, fault)) {
        return false;
    }
    *out = number_sign(v, width * 8);
    return true;
}

bool cursor_float(struct cursor *c, unsigned width, bool big, double *out,
                  struct cursor_fault *fault) {
    assert(width == 2 || width == 4 || width == 8);
    uint64_t bits;
    if (!cursor_load(c, width, big, &bits)) {
        return fail_short(c, width, fault);
    }
    if (width == 2) {
        *out = number_half((uint16_t)bits);
    } else if (width == 4) {
        uint32_t word = (uint32_t)bits;
        float v;
        memcpy(&v, &word, sizeof v);
        *out = (double)v;
    } else {
        memcpy(out, &bits, sizeof *out);
    }
    return true;
}

/* Both LEB128 forms. The 19th byte has one value bit (bit 126); the bits above it must be zero, or all equal to the
 * sign when the number has one. */
static bool read_leb128(struct cursor *c, bool has_sign, int128 *out, struct cursor_fault *fault) {
    const uint8_t *at = c->data + c->pos;
    uint64_t left = cursor_remaining(c);
    uint128 v = 0;
    for (unsigned i = 0;; i++) {
        if (i == left) {
            return fail_short(c, left + 1, fault);
        }
        unsigned bits = at[i] & 0x7fu;
        bool more = at[i] & 0x80u;
        if (i == VARINT_MAX - 1) {
            unsigned above = bits >> 1;
            if (more || (above != 0 && !(has_sign && above == 0x3f))) {
                return fail(fault, CURSOR_TOO_WIDE, c->pos, VARINT_MAX + more, left);
            }
        }
        v |= (uint128)bits << 7 * i;
        if (!more) {
            unsigned width = 7 * (i + 1);
            *out = has_sign && width < 128 ? number_sign(v, width) : (int128)v;
            c->pos += i + 1;
            return true;
        }
    }
}

bool cursor_uleb128(struct cursor *c, int128 *out, struct cursor_fault *fault) {
    return read_leb128(c, false, out, fault);
}

bool cursor_sleb128(struct cursor *c, int128 *out, struct cursor_fault *fault) {
    return read_leb128(c, true, out, fault);
}

bool cursor_vlq(struct cursor *c, unsigned max_bytes, int128 *out, struct cursor_fault *fault) {
    const uint8_t *at = c->data + c->pos;
    uint64_t left = cursor_remaining(c);
    unsigned most = max_bytes ? max_bytes : VARINT_MAX;
    int128 v = 0;
    for (unsigned i = 0;; i++) {
        if (i == left) {
            return fail_short(c, left + 1, fault);
        }
        bool is_last = i == most - 1;
        bool is_whole = is_last && max_bytes;
        bool more = !is_whole && at[i] & 0x80u;
        unsigned bits = is_whole ? 8 : 7;
        if (v > INT128_MAX >> bits || (is_last && more)) {
            return fail(fault, CURSOR_TOO_WIDE, c->pos, (uint64_t)i + 1 + more, left);
        }
        v = v << bits | (is_whole ? at[i] : at[i] & 0x7f);
        if (!more) {
            *out = v;
            c->pos += i + 1;
            return true;
        }
    }
}

bool cursor_bytes(struct cursor *c, uint64_t n, struct bytes *out, struct cursor_fault *fault) {
    if (n > cursor_remaining(c)) {
        return fail_short(c, n, fault);
    }
    *out = bytes_of(c->data + c->pos, (size_t)n);
    c->pos += n;
    return true;
}

bool cursor_cstring(struct cursor *c, uint64_t max, struct bytes *out, struct cursor_fault *fault) {
    uint64_t left = cursor_remaining(c);
    uint64_t most = max < left ? max + 1 : left;
    const uint8_t *at = c->data + c->pos;
    const uint8_t *nul = most > 0 ? memchr(at, 0, (size_t)most) : NULL;
    if (!nul) {
        return fail(fault, CURSOR_UNTERMINATED, c->pos, max, left);
    }
    *out = bytes_of(at, (size_t)(nul - at));
    c->pos += out->len + 1;
    return true;
}

bool cursor_bits(const struct cursor *c, uint64_t bit_off, unsigned n, bool msb, uint128 *out,
                 struct cursor_fault *fault) {
    uint64_t left = cursor_remaining(c);
    uint64_t skip = bit_off / 8;
    unsigned wanted = ((unsigned)(bit_off % 8) + n + 7) / 8;
    if (skip > left || wanted > left - skip) {
        return fail(fault, CURSOR_SHORT, c->pos + skip, wanted, skip > left ? 0 : left - skip);
    }
    *out = number_bits(c->data + c->pos + skip, bit_off % 8, n, msb);
    return true;
}
