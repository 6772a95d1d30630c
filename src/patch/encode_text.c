#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "patch/encode_internal.h"

/* Text and bytes: what of the value is stored, and whether it can stand there. */

static bool is_text(const struct encode_field *field) {
    return encode_type(field)->kind == TYPE_TEXT;
}

/* The value up to a NUL, where the text is one that is shown so far. */
static struct bytes shown(const struct encode_field *field, struct bytes stored) {
    return encode_type(field)->cut ? encoding_cut(field->encoding, stored) : stored;
}

/* Whether the bytes read as the text. */
static bool reads_as(const struct encode_field *field, struct bytes stored, struct bytes text) {
    struct buf scratch = {0};
    size_t bad;
    struct bytes now = encoding_decode(field->encoding, &scratch, stored, &bad);
    bool same = bad == ENCODING_FINE && bytes_equal(now, text);
    buf_free(&scratch);
    return same;
}

static void put_quoted(struct buf *why, const struct encode_field *field, struct bytes text,
                       enum vm_kind kind) {
    struct vm_value v = vm_absent();
    v.kind = (uint8_t)kind;
    v.bytes = text;
    encode_put_value(field, &v, why);
}

/* The first character that the encoding does not have. */
static bool fail_character(const struct encode_field *field, struct bytes text, struct buf *why) {
    struct buf scratch = {0};
    size_t i = 0, len = 0;
    for (; i < text.len; i += len) {
        uint32_t code;
        int step = utf8_decode(text.at + i, text.len - i, &code);
        len = (size_t)(step < 0 ? -step : step);
        if (step < 0 || !encoding_encode(field->encoding, bytes_of(text.at + i, len), field->stored,
                                         &scratch)) {
            break;
        }
    }
    buf_free(&scratch);
    buf_clear(why);
    if (i < text.len) {
        buf_printf(why, "%s has no such character as ", encoding_name(field->encoding));
        put_quoted(why, field, bytes_of(text.at + i, len), VM_TEXT);
    } else {
        put_quoted(why, field, text, VM_TEXT);
        buf_printf(why, " can't be written as %s", encoding_name(field->encoding));
    }
    return false;
}

/* Text in the field's encoding, behind the byte order mark that stands there now, if one does. */
static bool put_text(const struct encode_field *field, struct bytes text, struct buf *out,
                     struct buf *why) {
    size_t before = out->len, mark = encoding_mark(field->encoding, field->stored);
    buf_put(out, field->stored.at, mark);
    if (!encoding_encode(field->encoding, text, field->stored, out)) {
        return fail_character(field, text, why);
    }
    struct bytes made = buf_bytes_from(out, before);
    return reads_as(field, made, text) || fail_character(field, text, why);
}

/* The terminator as it would stand there: found behind what is stored, or said by the type. */
static struct bytes terminator(const struct encode_field *field, struct buf *made) {
    static const uint8_t nul[4];
    const struct program_type *t = encode_type(field);
    if (t->nul_ended) {
        return bytes_of(nul, encoding_unit(field->encoding));
    }
    struct bytes said = program_text(field->program, t->terminator);
    if (t->terminator == PROGRAM_NONE || said.len == 0) {
        return field->behind;
    }
    if (!is_text(field) || t->terminator_raw ||
        !encoding_encode(field->encoding, said, field->stored, made)) {
        return said;
    }
    return buf_bytes(made);
}

static size_t find(const struct encode_field *field, struct bytes in, struct bytes wanted) {
    if (is_text(field)) {
        return encoding_search(field->encoding, in, wanted);
    }
    const unsigned char *at = wanted.len ? memmem(in.at, in.len, wanted.at, wanted.len) : NULL;
    return at ? (size_t)(at - in.at) : ENCODING_FINE;
}

static bool fail_terminator(const struct encode_field *field, struct bytes end, const char *what,
                            struct buf *why) {
    buf_clear(why);
    encode_put_type(field, why);
    if (encode_type(field)->nul_ended || encode_type(field)->cut) {
        buf_printf(why, " ends at its first NUL: the value %s", what);
    } else {
        buf_puts(why, " ends at ");
        put_quoted(why, field, end, VM_BYTES);
        buf_printf(why, ": the value %s", what);
    }
    return false;
}

/* Whether the field would end where its bytes do. */
static bool check_end(const struct encode_field *field, struct bytes made, struct buf *why) {
    struct buf scratch = {0};
    struct bytes end = terminator(field, &scratch);
    size_t at = find(field, made, end);
    const struct program_type *t = encode_type(field);
    bool fine = at == ENCODING_FINE;
    if (end.len > 0 && t->until & UNTIL_INCLUDED) {
        bool last = !fine && at + end.len == made.len;
        bool may_lack = t->until & UNTIL_OPTIONAL && field->stored.len > 0 &&
                        find(field, field->stored, end) == ENCODING_FINE;
        fine = (last || (fine && may_lack)) ||
               fail_terminator(field, end, fine ? "has to end with it" : "has it further in front",
                               why);
    } else if (end.len > 0 && !fine) {
        fail_terminator(field, end, "has one in it", why);
    }
    buf_free(&scratch);
    return fine;
}

static bool fail_length(const struct encode_field *field, size_t len, size_t room, const char *does,
                        struct buf *why) {
    buf_clear(why);
    buf_printf(why, "%zu byte%s ", len, len == 1 ? "" : "s");
    buf_printf(why, "%s the %zu of ", does, room);
    encode_put_type(field, why);
    return false;
}

/* Whether as many bytes as there are fit where the type or the text's padding says how many. Text whose length follows is
 * padded where it was before. */
static bool pad(const struct encode_field *field, size_t before, struct buf *out, struct buf *why) {
    const struct program_type *t = encode_type(field);
    size_t len = out->len - before;
    size_t room = t->bit_size >= 0 ? (size_t)t->bit_size / 8 : field->stored.len;
    if (t->bit_size >= 0 && len > room) {
        return fail_length(field, len, room, len == 1 ? "is more than" : "are more than", why);
    }
    bool filled = shown(field, field->stored).len == field->stored.len;
    if (t->cut && !(t->elastic && filled)) { /* more than there is room for makes it longer */
        buf_fill(out, '\0', len < room ? room - len : 0);
        return true;
    }
    return t->bit_size < 0 || len == room || fail_length(field, len, room, "don't fill", why);
}

bool encode_run(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                struct buf *why) {
    size_t before = out->len;
    bool text = value->kind == VM_TEXT;
    if (!text && value->kind != VM_BYTES) {
        return encode_mismatch(field, value, is_text(field) ? "text" : "bytes", why);
    }
    if (text && is_text(field) && !value->as_bytes) {
        if (!field->fresh && reads_as(field, shown(field, field->stored), value->bytes)) {
            buf_put(out, field->stored.at, field->stored.len);
            return true;
        }
        if (!put_text(field, value->bytes, out, why)) {
            return false;
        }
    } else {
        buf_put(out, value->bytes.at, value->bytes.len);
    }
    struct bytes made = buf_bytes_from(out, before);
    if (is_text(field) && encode_type(field)->cut &&
        encoding_cut(field->encoding, made).len < made.len) {
        return fail_terminator(field, made, "has one in it", why);
    }
    return check_end(field, made, why) && pad(field, before, out, why);
}
