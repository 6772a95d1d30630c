#include "config.h"

#include <inttypes.h>
#include <string.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "base/mem.h"
#include "sema/builtins.h"
#include "vm/machine.h"

/* Built-in functions. Arguments are on the stack, loaded; each leaves its result in *out. */

struct builtin_call {
    struct vm *vm;
    struct vm_value *args;
    uint32_t n;
    struct vm_value *out;
};

static bool bad_argument(struct builtin_call *c, const char *wanted) {
    return vm_fail(c->vm, "type", c->vm->pos / 8, "a built-in function wants %s here", wanted);
}

static bool want_bytes(struct builtin_call *c, uint32_t i, struct bytes *out) {
    if (c->args[i].kind != VM_BYTES && c->args[i].kind != VM_TEXT) {
        return bad_argument(c, "text or bytes");
    }
    *out = c->args[i].bytes;
    return true;
}

static bool want_int(struct builtin_call *c, uint32_t i, int128 low, int128 high, int128 *out) {
    if (c->args[i].kind != VM_INT || c->args[i].integer < low || c->args[i].integer > high) {
        return bad_argument(c, "another number");
    }
    *out = c->args[i].integer;
    return true;
}

/* The bytes of all arguments from the first on, piece by piece; lists count as their elements. */
static bool each_piece(struct builtin_call *c, uint32_t first,
                       void (*take)(void *state, struct bytes piece), void *state) {
    for (uint32_t i = first; i < c->n; i++) {
        const struct vm_value *v = &c->args[i];
        if (v->kind == VM_LIST) {
            for (uint32_t k = 0; k < v->list->n; k++) {
                const struct vm_value *item = &v->list->at[k];
                if (item->kind != VM_BYTES && item->kind != VM_TEXT) {
                    return bad_argument(c, "text or bytes");
                }
                take(state, item->bytes);
            }
        } else if (v->kind == VM_BYTES || v->kind == VM_TEXT) {
            take(state, v->bytes);
        } else if (v->kind != VM_ABSENT) {
            return bad_argument(c, "text or bytes");
        }
    }
    return true;
}

#ifdef HAVE_ZLIB
static void take_crc32(void *state, struct bytes piece) {
    uLong *crc = state;
    *crc = crc32_z(*crc, piece.at, piece.len);
}

static void take_adler32(void *state, struct bytes piece) {
    uLong *adler = state;
    *adler = adler32_z(*adler, piece.at, piece.len);
}

static bool call_crc32(struct builtin_call *c) {
    uLong crc = crc32_z(0, NULL, 0);
    bool ok = each_piece(c, 0, take_crc32, &crc);
    *c->out = vm_int((int128)crc);
    return ok;
}

static bool call_adler32(struct builtin_call *c) {
    uLong adler = adler32_z(0, NULL, 0);
    bool ok = each_piece(c, 0, take_adler32, &adler);
    *c->out = vm_int((int128)adler);
    return ok;
}

/* window: zlib's windowBits, which choose the wrapper. The output is bounded by a multiple of what goes in. */
static bool inflate_bytes(struct builtin_call *c, int window, const char *name) {
    struct bytes in = {0};
    if (!want_bytes(c, 0, &in)) {
        return false;
    }
    struct vm *vm = c->vm;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.at};
    if (inflateInit2(&z, window) != Z_OK) {
        return vm_fail(vm, "transform", vm->pos / 8, "%s can't start", name);
    }
    uint64_t most = vm->limits.expansion;
    struct buf made = {0};
    size_t fed = 0;
    int status = Z_OK;
    while (status == Z_OK && made.len <= most) {
        size_t piece = in.len - fed < (1u << 30) ? in.len - fed : 1u << 30;
        z.avail_in = (uInt)piece;
        size_t room = made.len < 65536 ? 65536 : made.len < (1u << 26) ? made.len : 1u << 26;
        z.next_out = (Bytef *)buf_reserve(&made, room);
        z.avail_out = (uInt)room;
        status = inflate(&z, Z_NO_FLUSH);
        made.len += room - z.avail_out;
        fed += piece - z.avail_in;
        if (status == Z_BUF_ERROR || (status == Z_OK && fed == in.len && z.avail_out > 0)) {
            break;
        }
    }
    const char *said = z.msg ? z.msg : "the data ends early";
    bool whole = status == Z_STREAM_END;
    bool bomb = !whole && made.len > most;
    struct vm_space *space = mem_zalloc(1, sizeof *space);
    space->data = space->owned = (uint8_t *)(made.at ? made.at : mem_alloc(1));
    space->size = made.len;
    space->made_by = name;
    inflateEnd(&z);
    vm->taken = fed;
    vm_temp_add(vm, TEMP_SPACE, space);
    if (bomb) {
        return vm_fail(vm, "transform", vm->pos / 8, "%s makes more than %" PRIu64 " bytes of %zu",
                       name, most, in.len);
    }
    if (!whole) {
        return vm_fail(vm, "transform", vm->pos / 8, "%s stops after %zu of %zu bytes: %s", name,
                       fed, in.len, said);
    }
    *c->out = vm_absent();
    c->out->kind = VM_BYTES;
    c->out->bytes = bytes_of(space->data, space->size);
    c->out->space = space;
    c->out->end = space->size * 8;
    return true;
}

static bool call_zlib(struct builtin_call *c) {
    return inflate_bytes(c, 15, "zlib");
}

static bool call_deflate(struct builtin_call *c) {
    return inflate_bytes(c, -15, "deflate");
}

static bool call_gzip(struct builtin_call *c) {
    return inflate_bytes(c, 31, "gzip");
}
#else
static bool missing(struct builtin_call *c) {
    return vm_fail(c->vm, "feature", c->vm->pos / 8, "this sonde was built without zlib");
}
#define call_crc32   missing
#define call_adler32 missing
#define call_zlib    missing
#define call_deflate missing
#define call_gzip    missing
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
static bool call_crc(struct builtin_call *c) {
    int128 width = 0, poly = 0, init = 0, xorout = 0;
    if (!want_int(c, 0, 8, 64, &width) || !want_int(c, 1, 0, UINT64_MAX, &poly) ||
        !want_int(c, 2, 0, UINT64_MAX, &init)) {
        return false;
    }
    struct crc_state s = {.width = (unsigned)width, .mask = UINT64_MAX >> (64 - (unsigned)width)};
    uint32_t first = 3;
    if (c->n > 5 && c->args[3].kind == VM_BOOL) {
        s.reflect = c->args[3].boolean;
        if (!want_int(c, 4, 0, UINT64_MAX, &xorout)) {
            return false;
        }
        first = 5;
    }
    s.poly = (uint64_t)poly & s.mask;
    s.value = (uint64_t)init & s.mask;
    bool ok = each_piece(c, first, take_crc, &s);
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

static bool call_bytesum(struct builtin_call *c) {
    uint64_t sum = 0;
    bool ok = each_piece(c, 0, take_sum, &sum);
    *c->out = vm_int((int128)sum);
    return ok;
}

static bool call_bytes(struct builtin_call *c) {
    *c->out = c->args[0];
    return c->out->kind == VM_BYTES || bad_argument(c, "text or bytes");
}

static void take_piece(void *state, struct bytes piece) {
    buf_put(state, piece.at, piece.len);
}

/* The pieces as one value: of text when all of them are. */
static bool call_concat(struct builtin_call *c) {
    struct buf made = {0};
    bool text = true;
    for (uint32_t i = 0; i < c->n; i++) {
        const struct vm_value *v = &c->args[i];
        text = text && (v->kind == VM_TEXT || v->kind == VM_ABSENT);
        for (uint32_t k = 0; v->kind == VM_LIST && k < v->list->n; k++) {
            text = v->list->at[k].kind == VM_TEXT;
        }
    }
    if (!each_piece(c, 0, take_piece, &made)) {
        buf_free(&made);
        return false;
    }
    *c->out = vm_absent();
    c->out->kind = text ? VM_TEXT : VM_BYTES;
    c->out->bytes = buf_bytes(&made);
    if (text) {
        vm_temp_add(c->vm, TEMP_BYTES, made.at);
        return true;
    }
    struct vm_space *space = mem_zalloc(1, sizeof *space);
    space->data = space->owned = (uint8_t *)(made.at ? made.at : mem_alloc(1));
    space->size = made.len;
    space->made_by = "concat";
    vm_temp_add(c->vm, TEMP_SPACE, space);
    c->out->bytes = bytes_of(space->data, space->size);
    c->out->space = space;
    c->out->end = space->size * 8;
    return true;
}

static bool call_join(struct builtin_call *c) {
    struct bytes sep = {0};
    if (!want_bytes(c, 1, &sep)) {
        return false;
    }
    if (c->args[0].kind != VM_LIST) {
        return bad_argument(c, "a list");
    }
    struct buf made = {0};
    const struct vm_list *list = c->args[0].list;
    for (uint32_t i = 0; i < list->n; i++) {
        if (i) {
            buf_put(&made, sep.at, sep.len);
        }
        if (list->at[i].kind != VM_TEXT && list->at[i].kind != VM_BYTES) {
            buf_free(&made);
            return bad_argument(c, "a list of texts");
        }
        buf_put(&made, list->at[i].bytes.at, list->at[i].bytes.len);
    }
    *c->out = vm_absent();
    c->out->kind = VM_TEXT;
    c->out->bytes = buf_bytes(&made);
    vm_temp_add(c->vm, TEMP_BYTES, made.at);
    return true;
}

static bool is_blank(unsigned char ch) {
    return ch == ' ' || ch == 0 || ch == '\t' || ch == '\n' || ch == '\r';
}

static bool call_trim(struct builtin_call *c) {
    struct bytes text = {0};
    if (!want_bytes(c, 0, &text)) {
        return false;
    }
    while (text.len && is_blank(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len && is_blank(text.at[text.len - 1])) {
        text.len--;
    }
    *c->out = vm_absent();
    c->out->kind = VM_TEXT;
    c->out->bytes = text;
    return true;
}

static int digit_of(unsigned char ch) {
    return ch >= '0' && ch <= '9'   ? ch - '0'
           : ch >= 'a' && ch <= 'z' ? ch - 'a' + 10
           : ch >= 'A' && ch <= 'Z' ? ch - 'A' + 10
                                    : 99;
}

/* int("0644", 8): blanks around the digits are passed over, other characters are a fault; no digits at all: absent. */
static bool call_int(struct builtin_call *c) {
    int128 base = 10, value = 0;
    if (c->args[0].kind == VM_INT) {
        *c->out = c->args[0];
        return true;
    }
    if (c->args[0].kind == VM_FLOAT) {
        double d = c->args[0].number;
        *c->out = d > -1e37 && d < 1e37 ? vm_int((int128)d) : vm_absent();
        return true;
    }
    struct builtin_call trim = *c;
    if ((c->n > 1 && !want_int(c, 1, 2, 36, &base)) || !call_trim(&trim)) {
        return false;
    }
    struct bytes text = c->out->bytes;
    bool minus = text.len && text.at[0] == '-';
    for (size_t i = minus; i < text.len; i++) {
        int digit = digit_of(text.at[i]);
        if (digit >= base) {
            return vm_fail(c->vm, "range", c->vm->pos / 8, "\"%.*s\" is not a number in base %d",
                           (int)(text.len < 40 ? text.len : 40), (const char *)text.at, (int)base);
        }
        if (!int128_mul(value, base, &value) || !int128_add(value, digit, &value)) {
            return vm_fail(c->vm, "arithmetic", c->vm->pos / 8, "the number does not fit 127 bits");
        }
    }
    *c->out = text.len ? vm_int(minus ? -value : value) : vm_absent();
    return true;
}

static bool call_text(struct builtin_call *c) {
    int128 base = 10, value = 0;
    if ((c->n > 1 && !want_int(c, 1, 2, 36, &base)) ||
        !want_int(c, 0, INT128_MIN + 1, INT128_MAX, &value)) {
        return false;
    }
    char *made = mem_alloc(132);
    size_t at = 132;
    int128 left = value < 0 ? -value : value;
    do {
        made[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(left % base)];
        left /= base;
    } while (left);
    if (value < 0) {
        made[--at] = '-';
    }
    vm_temp_add(c->vm, TEMP_BYTES, made);
    *c->out = vm_absent();
    c->out->kind = VM_TEXT;
    c->out->bytes = bytes_of(made + at, 132 - at);
    return true;
}

static bool call_double(struct builtin_call *c) {
    if (c->args[0].kind == VM_INT) {
        *c->out = vm_float((double)c->args[0].integer);
        return true;
    }
    *c->out = c->args[0];
    return c->args[0].kind == VM_FLOAT || bad_argument(c, "a number");
}

/* Both count bytes of the space at hand. */
static bool call_find(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    if (!want_bytes(c, 0, &wanted)) {
        return false;
    }
    uint64_t end = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size,
             from = vm->pos / 8;
    const uint8_t *at =
        from < end ? memmem(vm->space->data + from, end - from, wanted.at, wanted.len) : NULL;
    *c->out = at ? vm_int(at - vm->space->data) : vm_absent();
    return true;
}

static bool call_rfind(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    if (!want_bytes(c, 0, &wanted)) {
        return false;
    }
    uint64_t end = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size;
    *c->out = vm_absent();
    if (wanted.len == 0 || wanted.len > end) {
        return true;
    }
    for (uint64_t at = end - wanted.len + 1; at-- > 0;) {
        const uint8_t *p = memrchr(vm->space->data, wanted.at[0], at + 1);
        if (!p) {
            return true;
        }
        at = (uint64_t)(p - vm->space->data);
        if (memcmp(p, wanted.at, wanted.len) == 0) {
            *c->out = vm_int((int128)at);
            return true;
        }
    }
    return true;
}

bool vm_builtin(struct vm *vm, uint32_t which, uint32_t n) {
    static bool (*const calls[BUILTIN_COUNT])(struct builtin_call *) = {
        [BUILTIN_CRC32] = call_crc32,     [BUILTIN_ADLER32] = call_adler32,
        [BUILTIN_CRC] = call_crc,         [BUILTIN_BYTESUM] = call_bytesum,
        [BUILTIN_BYTES] = call_bytes,     [BUILTIN_CONCAT] = call_concat,
        [BUILTIN_JOIN] = call_join,       [BUILTIN_TRIM] = call_trim,
        [BUILTIN_INT] = call_int,         [BUILTIN_TEXT] = call_text,
        [BUILTIN_DOUBLE] = call_double,   [BUILTIN_FIND] = call_find,
        [BUILTIN_RFIND] = call_rfind,     [BUILTIN_ZLIB] = call_zlib,
        [BUILTIN_DEFLATE] = call_deflate, [BUILTIN_GZIP] = call_gzip,
    };
    const struct builtin_info *info = builtin_info(which);
    struct vm_value out = vm_absent();
    struct builtin_call call = {.vm = vm, .args = &vm->stack[vm->sp - n], .n = n, .out = &out};
    bool absent = false;
    for (uint32_t i = 0; i < n; i++) {
        absent = absent || call.args[i].kind == VM_ABSENT;
    }
    if (n < info->min || n > info->max) {
        return vm_fail(vm, "type", vm->pos / 8, "'%s' called with %u arguments", info->text, n);
    }
    bool drops_absent = which == BUILTIN_CONCAT;
    if ((!absent || drops_absent) && !calls[which](&call)) {
        return false;
    }
    vm->sp -= n;
    vm_push(vm, out);
    return true;
}
