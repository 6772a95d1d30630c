#include "config.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "vm/builtin.h"

#ifdef HAVE_ZLIB
static void take_crc32(void *state, struct bytes piece) {
    uLong *crc = state;
    *crc = crc32_z(*crc, piece.at, piece.len);
}

static void take_adler32(void *state, struct bytes piece) {
    uLong *adler = state;
    *adler = adler32_z(*adler, piece.at, piece.len);
}

bool builtin_call_crc32(struct builtin_call *c) {
    uLong crc = crc32_z(0, NULL, 0);
    bool ok = builtin_each_piece(c, 0, take_crc32, &crc);
    *c->out = vm_int((int128)crc);
    return ok;
}

bool builtin_call_adler32(struct builtin_call *c) {
    uLong adler = adler32_z(0, NULL, 0);
    bool ok = builtin_each_piece(c, 0, take_adler32, &adler);
    *c->out = vm_int((int128)adler);
    return ok;
}

#else
static bool missing(struct builtin_call *c) {
    return vm_fail(c->vm, "feature", c->vm->pos / 8, "this sonde was built without zlib");
}

bool builtin_call_crc32(struct builtin_call *c) {
    return missing(c);
}

bool builtin_call_adler32(struct builtin_call *c) {
    return missing(c);
}
#endif

struct crc_state {
    uint64_t poly, value, mask;
    unsigned width;
    bool reflect;
};

/* Bit by bit, with the register's top at bit width - 1 (Williams, "A painless guide to CRC error detection algorithms"). */
static void take_crc(void *at, struct bytes piece) {
    struct crc_state *s = at;
    for (size_t i = 0; i < piece.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            uint64_t in = piece.at[i] >> (s->reflect ? bit : 7 - bit) & 1;
            uint64_t top = s->value >> (s->width - 1) & 1;
            s->value = (s->value << 1) & s->mask;
            s->value ^= top ^ in ? s->poly : 0;
        }
    }
}

static uint64_t reversed(uint64_t value, unsigned width) {
    uint64_t r = 0;
    for (unsigned i = 0; i < width; i++) {
        r |= (value >> i & 1) << (width - 1 - i);
    }
    return r;
}

/* crc(width, poly, init[, reflect, xorout], data…) */
bool builtin_call_crc(struct builtin_call *c) {
    int128 width = 0, poly = 0, init = 0, xorout = 0;
    if (!builtin_want_int(c, 0, 8, 64, &width) || !builtin_want_int(c, 1, 0, UINT64_MAX, &poly) ||
        !builtin_want_int(c, 2, 0, UINT64_MAX, &init)) {
        return false;
    }
    struct crc_state s = {.width = (unsigned)width, .mask = UINT64_MAX >> (64 - (unsigned)width)};
    uint32_t first = 3;
    if (c->n > 5 && c->args[3].kind == VM_BOOL) {
        s.reflect = c->args[3].boolean;
        if (!builtin_want_int(c, 4, 0, UINT64_MAX, &xorout)) {
            return false;
        }
        first = 5;
    }
    s.poly = (uint64_t)poly & s.mask;
    s.value = (uint64_t)init & s.mask;
    bool ok = builtin_each_piece(c, first, take_crc, &s);
    uint64_t value = s.reflect ? reversed(s.value, s.width) : s.value;
    *c->out = vm_int((int128)((value ^ (uint64_t)xorout) & s.mask));
    return ok;
}

static void take_sum(void *state, struct bytes piece) {
    uint64_t *sum = state;
    for (size_t i = 0; i < piece.len; i++) {
        *sum += piece.at[i];
    }
}

bool builtin_call_bytesum(struct builtin_call *c) {
    uint64_t sum = 0;
    bool ok = builtin_each_piece(c, 0, take_sum, &sum);
    *c->out = vm_int((int128)sum);
    return ok;
}
