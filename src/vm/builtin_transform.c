#include "config.h"

#include <inttypes.h>

#include "base/mem.h"
#include "vm/builtin.h"
#include "vm/transform.h"

/* Transforms as built-ins: where the bytes come from, how much of them was used, and what a failure leaves. */

/* What stands behind the end of the contents. */
enum behind {
    BEHIND_ANYTHING, /* the format's own tool passes over it */
    BEHIND_NOTHING,  /* the tool takes it for an error */
};

static struct transform begin(struct builtin_call *c) {
    return (struct transform){.in = c->args[0].bytes, .most = c->vm->limits.expansion};
}

/* All that a transform made before it failed; a part of that is whole. */
static bool is_damaged(const struct vm_value *v) {
    return v->space && v->space->damage && v->start == 0 && v->end == v->space->size * 8;
}

static void put_failure(struct buf *out, const struct transform *t, const char *name) {
    uint64_t in = t->in.len;
    switch (t->end) {
    case TRANSFORM_WHOLE:
        buf_printf(out, "%" PRIu64 " of %" PRIu64 " bytes stand behind the end of what %s reads",
                   in - t->taken, in, name);
        break;
    case TRANSFORM_EARLY:
        buf_printf(out, "%s stops after %" PRIu64 " of %" PRIu64 " bytes: the data ends early",
                   name, t->taken, in);
        break;
    case TRANSFORM_BAD:
        buf_printf(out, "%s stops after %" PRIu64 " of %" PRIu64 " bytes: %s", name, t->taken, in,
                   t->why);
        break;
    case TRANSFORM_TOO_MUCH:
        buf_printf(out, "%s makes more than %" PRIu64 " bytes of %" PRIu64, name, t->most, in);
        break;
    case TRANSFORM_NO_ROOM:
        buf_printf(out,
                   "there is no memory for what %s makes of %" PRIu64 " bytes beyond %zu of it",
                   name, in, t->out.len);
        break;
    case TRANSFORM_MISSING:
        buf_printf(out, "this sonde has no %s", t->why);
        break;
    }
}

/* What was made becomes the result. A failure, the argument's own before all, is a fault; where part of the bytes will
 * do, it goes with the space that they are. */
static bool give(struct builtin_call *c, struct transform *t, const char *name,
                 enum behind behind) {
    struct vm *vm = c->vm;
    struct vm_value from = c->args[0];
    bool rest = builtin_is_rest(c);
    bool failed =
        t->end != TRANSFORM_WHOLE || (behind == BEHIND_NOTHING && !rest && t->taken < t->in.len);
    bool some = t->out.len > 0 && t->end != TRANSFORM_TOO_MUCH && t->end != TRANSFORM_NO_ROOM;
    struct buf why = {0};
    bool here = from.space == vm->space;
    uint64_t source = here ? from.start / 8 : from.space ? from.space->made_of : vm->pos / 8;
    uint64_t at = here ? source + t->taken : source;
    builtin_charge(vm, t->in.len + t->out.len);
    if (failed) {
        put_failure(&why, t, name);
    }
    if (is_damaged(&from)) {
        buf_clear(&why);
        buf_puts(&why, from.space->damage);
        at = from.space->damage_off;
        failed = true;
    }
    if (failed && !(c->partial && some)) {
        const char *kind = t->end == TRANSFORM_MISSING   ? "feature"
                           : t->end == TRANSFORM_NO_ROOM ? "memory"
                                                         : "transform";
        vm_fail(vm, kind, at, "%s", buf_text(&why));
        buf_free(&t->out);
        buf_free(&why);
        return false;
    }
    struct vm_space *space = builtin_give_space(c, &t->out, name);
    space->made_of = source;
    space->made_in = from.space;
    space->made_at = from.start / 8;
    space->made_len = t->taken;
    if (failed) {
        space->damage = mem_strdup(buf_text(&why));
        space->damage_off = at;
    }
    buf_free(&why);
    if (rest) {
        vm->taken = t->taken;
    }
    return true;
}

static bool unpack(struct builtin_call *c, void (*transform)(struct transform *), const char *name,
                   enum behind behind) {
    struct bytes in;
    if (!builtin_want_bytes(c, 0, &in)) {
        return false;
    }
    struct transform t = begin(c);
    transform(&t);
    return give(c, &t, name, behind);
}

bool builtin_call_zlib(struct builtin_call *c) {
    return unpack(c, transform_zlib, "zlib", BEHIND_ANYTHING);
}

bool builtin_call_deflate(struct builtin_call *c) {
    return unpack(c, transform_deflate, "deflate", BEHIND_ANYTHING);
}

bool builtin_call_gzip(struct builtin_call *c) {
    return unpack(c, transform_gzip, "gzip", BEHIND_ANYTHING);
}

bool builtin_call_bzip2(struct builtin_call *c) {
    return unpack(c, transform_bzip2, "bzip2", BEHIND_ANYTHING);
}

bool builtin_call_xz(struct builtin_call *c) {
    return unpack(c, transform_xz, "xz", BEHIND_NOTHING);
}

bool builtin_call_lzma(struct builtin_call *c) {
    return unpack(c, transform_lzma, "lzma", BEHIND_NOTHING);
}

bool builtin_call_zstd(struct builtin_call *c) {
    return unpack(c, transform_zstd, "zstd", BEHIND_NOTHING);
}

bool builtin_call_lz4(struct builtin_call *c) {
    return unpack(c, transform_lz4, "lz4", BEHIND_NOTHING);
}

bool builtin_call_base64(struct builtin_call *c) {
    return unpack(c, transform_base64, "base64", BEHIND_NOTHING);
}

bool builtin_call_hex(struct builtin_call *c) {
    return unpack(c, transform_hex, "hex", BEHIND_NOTHING);
}

bool builtin_call_lz4_block(struct builtin_call *c) {
    int128 size = 0;
    struct bytes in;
    if (!builtin_want_bytes(c, 0, &in) || !builtin_want_int(c, 1, 0, INT64_MAX, &size)) {
        return false;
    }
    struct transform t = begin(c);
    transform_lz4_block(&t, (uint64_t)size);
    return give(c, &t, "lz4_block", BEHIND_NOTHING);
}

/* What a transform makes byte by byte of $rest is $rest to the one around it. pack: how it is undone, which is taken over. */
static bool give_same_length(struct builtin_call *c, struct transform *t, const char *name,
                             struct vm_pack pack) {
    bool rest = builtin_is_rest(c);
    bool ok = give(c, t, name, BEHIND_NOTHING);
    if (ok) {
        c->out->space->of_rest = rest;
        c->out->space->pack = vm_pack_copy(&pack);
    }
    return ok;
}

bool builtin_call_xor(struct builtin_call *c) {
    struct bytes in, key = c->args[1].bytes;
    int128 number = 0;
    unsigned char byte;
    if (!builtin_want_bytes(c, 0, &in)) {
        return false;
    }
    if (c->args[1].kind == VM_INT) {
        if (!builtin_want_int(c, 1, 0, UINT8_MAX, &number)) {
            return false;
        }
        byte = (unsigned char)number;
        key = bytes_of(&byte, 1);
    } else if (!builtin_want_bytes(c, 1, &key) || key.len == 0) {
        return builtin_wants(c, "a key of at least one byte");
    }
    struct transform t = begin(c);
    transform_xor(&t, key);
    struct vm_pack pack = {.transform = "xor", .key = (uint8_t *)(uintptr_t)key.at};
    pack.key_len = key.len;
    return give_same_length(c, &t, "xor", pack);
}

static bool rotate(struct builtin_call *c, bool right, const char *name) {
    int128 bits = 0, group = 1;
    struct bytes in;
    if (!builtin_want_bytes(c, 0, &in) || (c->n > 2 && !builtin_want_int(c, 2, 1, 16, &group)) ||
        !builtin_want_int(c, 1, 0, group * 8, &bits)) {
        return false;
    }
    unsigned width = (unsigned)group * 8, left = (unsigned)bits % width;
    struct transform t = begin(c);
    transform_rotate(&t, right ? (width - left) % width : left, (unsigned)group);
    struct vm_pack pack = {.transform = name, .left = right ? (width - left) % width : left};
    pack.group = (unsigned)group;
    return give_same_length(c, &t, name, pack);
}

bool builtin_call_rotl(struct builtin_call *c) {
    return rotate(c, false, "rotl");
}

bool builtin_call_rotr(struct builtin_call *c) {
    return rotate(c, true, "rotr");
}
