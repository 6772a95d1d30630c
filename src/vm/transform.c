#include "config.h"

#include "vm/transform.h"

#include <stdio.h>

#include "base/number.h"

/* What transforms have in common: the loop around a decoder, and the ones that need no library. */

#define FIRST_ROOM 65536u
#define MOST_ROOM  (1u << 26)
#define MOST_IN    (1u << 30)

void transform_fail(struct transform *t, const char *why) {
    t->end = TRANSFORM_BAD;
    snprintf(t->why, sizeof t->why, "%s", why);
}

static size_t least(uint64_t a, uint64_t b) {
    return a < b ? (size_t)a : (size_t)b;
}

/* Rooms grow with what was made; one byte beyond the limit tells that there would be more. */
static size_t room_for(const struct transform *t) {
    size_t room = t->out.len < FIRST_ROOM ? FIRST_ROOM : least(t->out.len, MOST_ROOM);
    return least(room, t->most - t->out.len + 1);
}

unsigned char *transform_room(struct transform *t, size_t n) {
    unsigned char *room = (unsigned char *)buf_try_reserve(&t->out, n);
    if (!room) {
        t->end = TRANSFORM_NO_ROOM;
    }
    return room;
}

bool transform_run(struct transform *t, transform_stepper *step, void *state) {
    enum transform_step next = STEP_MORE;
    t->end = TRANSFORM_WHOLE;
    while (next == STEP_MORE && t->end == TRANSFORM_WHOLE) {
        size_t room = room_for(t), given = least(t->in.len - t->taken, MOST_IN);
        unsigned char *out = transform_room(t, room);
        if (!out) {
            break;
        }
        struct transform_io io = {
            .in = bytes_of(given ? t->in.at + t->taken : NULL, given), .out = out, .room = room};
        next = step(state, &io);
        t->taken += given - io.in.len;
        t->out.len += room - io.room;
        bool stuck = io.in.len == given && io.room == room;
        if (t->out.len > t->most) {
            t->out.len = t->most;
            t->end = TRANSFORM_TOO_MUCH;
        } else if (next == STEP_BAD) {
            t->end = TRANSFORM_BAD;
        } else if (next == STEP_MORE && (stuck || (t->taken == t->in.len && io.room > 0))) {
            t->end = TRANSFORM_EARLY;
        }
    }
    return t->end == TRANSFORM_WHOLE;
}

uint32_t transform_mark(const struct transform *t) {
    return t->in.len - t->taken < 4 ? 0 : (uint32_t)number_load(t->in.at + t->taken, 4, false);
}

void transform_xor(struct transform *t, struct bytes key) {
    unsigned char *out = transform_room(t, t->in.len);
    if (!out) {
        return;
    }
    for (size_t i = 0, k = 0; i < t->in.len; i++) {
        out[i] = t->in.at[i] ^ key.at[k];
        k = k + 1 < key.len ? k + 1 : 0;
    }
    t->taken = t->out.len = t->in.len;
}

void transform_rotate(struct transform *t, unsigned left, unsigned group) {
    unsigned char *out = transform_room(t, t->in.len);
    unsigned bytes = left / 8, bits = left % 8;
    if (!out) {
        return;
    }
    t->taken = t->out.len = t->in.len / group * group;
    for (size_t at = 0; at < t->taken; at += group) {
        const unsigned char *in = t->in.at + at;
        for (unsigned i = 0; i < group; i++) {
            unsigned high = in[(i + bytes) % group], low = in[(i + bytes + 1) % group];
            out[at + i] = (unsigned char)(high << bits | low >> (8 - bits));
        }
    }
    t->end = t->taken == t->in.len ? TRANSFORM_WHOLE : TRANSFORM_EARLY;
}

static bool is_space(unsigned char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int base64_digit(unsigned char c) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' || c == '-' ? 62
           : c == '/' || c == '_' ? 63
                                  : -1;
}

static int hex_digit(unsigned char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Digits of so many bits become bytes, the first digit on top. Returns the bits left over. */
static unsigned take_digits(struct transform *t, int (*digit)(unsigned char), unsigned bits) {
    unsigned held = 0, value = 0;
    for (; t->taken < t->in.len; t->taken++) {
        unsigned char c = t->in.at[t->taken];
        int d = digit(c);
        if (d < 0 && !is_space(c)) {
            break;
        }
        if (d < 0) {
            continue;
        }
        value = (value << bits | (unsigned)d) & 0xffff;
        held += bits;
        if (held >= 8) {
            held -= 8;
            buf_putc(&t->out, (char)(value >> held));
        }
    }
    return held;
}

void transform_base64(struct transform *t) {
    if (!transform_room(t, t->in.len)) {
        return;
    }
    unsigned held = take_digits(t, base64_digit, 6);
    while (t->taken < t->in.len && (t->in.at[t->taken] == '=' || is_space(t->in.at[t->taken]))) {
        t->taken++;
    }
    if (t->taken < t->in.len) {
        transform_fail(t, "no base64 digit");
    } else if (held == 6) {
        t->end = TRANSFORM_EARLY;
    }
}

void transform_hex(struct transform *t) {
    if (!transform_room(t, t->in.len)) {
        return;
    }
    unsigned held = take_digits(t, hex_digit, 4);
    if (t->taken < t->in.len) {
        transform_fail(t, "no hexadecimal digit");
    } else if (held) {
        t->end = TRANSFORM_EARLY;
    }
}
