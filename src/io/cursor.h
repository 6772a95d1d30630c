/* Cursor: the one way bytes are read. It stands at a place of a region, and no read leaves the region.
 *
 * Places count bytes from the start of the space the region lies in (a file, or bytes made by a transform). A read that
 * does not fit returns false, moves nothing, and *fault (when not NULL) says what was wanted and what was there. */
#ifndef IO_CURSOR_H
#define IO_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/int128.h"
#include "base/number.h"

struct cursor {
    const uint8_t *data; /* the space's first byte; not NULL */
    uint64_t pos;        /* lo <= pos <= hi */
    uint64_t lo;         /* the region: bytes lo..hi of the space */
    uint64_t hi;
};

enum cursor_trouble {
    CURSOR_SHORT,        /* fewer bytes are left than wanted */
    CURSOR_OUTSIDE,      /* a seek or sub-region beyond the region */
    CURSOR_UNTERMINATED, /* no terminator before the region's (or the maximum's) end */
    CURSOR_TOO_WIDE, /* a variable-length integer of more than 127 bits or more bytes than allowed */
};

/* What wanted and there count depends on the trouble:
 *     SHORT         bytes wanted (for a variable-length integer one more than there), bytes left
 *     OUTSIDE       the place sought (a sub-region's end; UINT64_MAX if beyond), the region's end
 *     UNTERMINATED  most bytes before the terminator, bytes left
 *     TOO_WIDE      bytes the integer takes at least, bytes left */
struct cursor_fault {
    enum cursor_trouble trouble;
    uint64_t off; /* where the read began */
    uint64_t wanted;
    uint64_t there;
};

/* Over all size bytes at data, which may be NULL when size is 0. */
static inline struct cursor cursor_of(const uint8_t *data, uint64_t size) {
    return (struct cursor){
        .data = data ? data : (const uint8_t *)"", .pos = 0, .lo = 0, .hi = size};
}
static inline uint64_t cursor_tell(const struct cursor *c) {
    return c->pos;
}
static inline uint64_t cursor_remaining(const struct cursor *c) {
    return c->hi - c->pos;
}

/* Goes to the absolute place pos (c->hi itself is allowed); over n bytes. */
bool cursor_seek(struct cursor *c, uint64_t pos, struct cursor_fault *fault);
bool cursor_skip(struct cursor *c, uint64_t n, struct cursor_fault *fault);

/* A cursor over the next n bytes alone; c does not move. */
bool cursor_region(const struct cursor *c, uint64_t n, struct cursor *out,
                   struct cursor_fault *fault);

/* An integer of 1 to 16 whole bytes. */
bool cursor_uint(struct cursor *c, unsigned width, bool big, uint128 *out,
                 struct cursor_fault *fault);
bool cursor_int(struct cursor *c, unsigned width, bool big, int128 *out,
                struct cursor_fault *fault);

/* cursor_uint for 1 to 8 bytes, in line for loops over numbers; on false, cursor_uint tells the fault. */
static inline bool cursor_load(struct cursor *c, unsigned width, bool big, uint64_t *out) {
    if (width > cursor_remaining(c)) {
        return false;
    }
    *out = number_load(c->data + c->pos, width, big);
    c->pos += width;
    return true;
}

/* IEEE 754 binary16, binary32, binary64 (width in bytes 2, 4, 8). */
bool cursor_float(struct cursor *c, unsigned width, bool big, double *out,
                  struct cursor_fault *fault);

/* LEB128 (DWARF 5, 7.6), unsigned below 2^127 and signed from -2^127 to 2^127-1, in at most 19 bytes. Encodings longer
 * than need be are taken. */
bool cursor_uleb128(struct cursor *c, int128 *out, struct cursor_fault *fault);
bool cursor_sleb128(struct cursor *c, int128 *out, struct cursor_fault *fault);

/* Big-endian base-128, high bit meaning more (MIDI, git). With max_bytes n > 0 the nth byte gives all 8 bits (SQLite's
 * is 9) and the result is unsigned; 0: no such byte, 19 bytes at most. 127 value bits at most. */
bool cursor_vlq(struct cursor *c, unsigned max_bytes, int128 *out, struct cursor_fault *fault);

/* n bytes as they are. */
bool cursor_bytes(struct cursor *c, uint64_t n, struct bytes *out, struct cursor_fault *fault);

/* Bytes up to a NUL, which is stepped over and not part of *out; at most max bytes before it (UINT64_MAX: the region). */
bool cursor_cstring(struct cursor *c, uint64_t max, struct bytes *out, struct cursor_fault *fault);

/* n bits (1 to 128) from bit_off bits behind the cursor, which does not move. msb: bits are taken from each byte's top
 * and the value is big-endian; else from its bottom and little-endian. */
bool cursor_bits(const struct cursor *c, uint64_t bit_off, unsigned n, bool msb, uint128 *out,
                 struct cursor_fault *fault);

#endif
