#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "patch/collect.h"
#include "patch/field.h"

/* The same field of many elements at once. Whatever can't be done so, or has to be refused, is left: it is told again, one by
 * one. */

/* A field of many elements, being changed. */
struct row {
    struct collect *collect;
    const struct vm_edits *edits;
    struct encode_field field; /* of the first one */
    uint32_t len;              /* bytes of it */
};

/* --- numbers, each its own */

/* One loop for each of the usual widths. */
static void store_numbers(const int64_t *numbers, uint32_t n, unsigned width, bool big,
                          uint8_t *out) {
    switch (width) {
    case 1:
        for (uint32_t i = 0; i < n; i++) {
            out[i] = (uint8_t)numbers[i];
        }
        break;
    case 2:
        for (uint32_t i = 0; i < n; i++) {
            number_store16(out + 2 * i, big, (uint64_t)numbers[i]);
        }
        break;
    case 4:
        for (uint32_t i = 0; i < n; i++) {
            number_store32(out + 4 * i, big, (uint64_t)numbers[i]);
        }
        break;
    case 8:
        for (uint32_t i = 0; i < n; i++) {
            number_store64(out + 8 * i, big, (uint64_t)numbers[i]);
        }
        break;
    default:
        for (uint32_t i = 0; i < n; i++) {
            number_store(out + width * i, width, big, (uint128)numbers[i]);
        }
        break;
    }
}

static bool encode_numbers(const struct row *row) {
    const struct program_type *t = &row->field.program->types.at[row->field.type];
    struct vm_ambient ambient = row->field.ambient;
    bool undecided = t->order == ORDER_AMBIENT && t->bits > 8 && ambient.endian == ORDER_UNDECIDED;
    uint32_t n = row->edits->n;
    struct buf *bytes = &row->collect->row;
    if (undecided || t->kind != TYPE_INT || t->packed || t->bits != 8 * row->len || row->len > 8) {
        return false;
    }
    uint8_t *out = (uint8_t *)buf_reserve(bytes, (size_t)n * row->len);
    store_numbers(row->edits->numbers, n, row->len, vm_big_endian(t, ambient), out);
    bytes->len += (size_t)n * row->len;
    return true;
}

/* --- a value, the same for all */

/* An integer has the same bytes wherever it stands. */
static bool encode_once(const struct row *row) {
    struct collect *collect = row->collect;
    struct buf *bytes = &collect->row;
    buf_clear(&collect->why);
    if (!encode_value(&row->field, row->edits->first.value, bytes, &collect->why) ||
        bytes->len != row->len) {
        return false;
    }
    for (uint32_t i = 1; i < row->edits->n; i++) {
        char *to = buf_reserve(bytes, row->len);
        memcpy(to, bytes->at, row->len);
        bytes->len += row->len;
    }
    return true;
}

/* Others keep what says the same already in another way: text its blanks. */
static bool encode_each(const struct row *row) {
    struct collect *collect = row->collect;
    struct buf *bytes = &collect->row;
    struct encode_field field = row->field;
    for (uint32_t i = 0; i < row->edits->n; i++) {
        size_t end = bytes->len + row->len;
        buf_clear(&collect->why);
        if (row->edits->held[i] &&
            !encode_value(&field, row->edits->first.value, bytes, &collect->why)) {
            return false;
        }
        buf_fill(bytes, 0, row->edits->held[i] ? 0 : row->len);
        if (bytes->len != end) {
            return false;
        }
        field.stored.at += row->edits->stride;
    }
    return true;
}

static bool encode(const struct row *row) {
    const struct program_type *t = &row->field.program->types.at[row->field.type];
    const struct vm_value *value = row->edits->first.value;
    buf_clear(&row->collect->row);
    if (!value) {
        return encode_numbers(row);
    }
    bool is_value = value->kind != VM_ABSENT && value->kind != VM_PLACE && value->kind != VM_FRAME;
    return is_value && (t->kind == TYPE_INT && !t->is_bool ? encode_once : encode_each)(row);
}

/* Of those that are changed, what they are to the set of edits: bytes that are there already are nothing to write. */
__attribute__((always_inline)) static inline uint64_t tell_held(const struct row *row, size_t len,
                                                                uint8_t *out) {
    const struct vm_edits *edits = row->edits;
    const uint8_t *at = row->field.stored.at, *made = (const uint8_t *)row->collect->row.at;
    uint8_t *old = (uint8_t *)row->collect->row_old.at;
    uint64_t found = 0;
    for (uint32_t i = 0; i < edits->n; i++) {
        memcpy(old + i * len, at + i * edits->stride, len);
        bool same = memcmp(old + i * len, made + i * len, len) == 0;
        out[i] = (uint8_t)(edits->held[i] * (same ? PATCH_HELD_AGAIN : PATCH_HELD));
        found += edits->held[i];
    }
    return found;
}

static uint64_t find_held(const struct row *row) {
    struct buf *held = &row->collect->row_held;
    buf_clear(held);
    buf_clear(&row->collect->row_old);
    buf_reserve(&row->collect->row_old, (size_t)row->edits->n * row->len);
    uint8_t *out = (uint8_t *)buf_reserve(held, row->edits->n);
    switch (row->len) { /* the usual lengths as constants: one loop for each */
    case 1:
        return tell_held(row, 1, out);
    case 2:
        return tell_held(row, 2, out);
    case 4:
        return tell_held(row, 4, out);
    case 8:
        return tell_held(row, 8, out);
    default:
        return tell_held(row, row->len, out);
    }
}

bool collect_take_many(struct collect *collect, const struct vm_edits *edits) {
    const struct vm_edit *edit = &edits->first;
    struct row row = {.collect = collect, .edits = edits};
    if (collect->show || patch_edits_move(collect->edits)) {
        return false;
    }
    if (edits->n == 0) {
        return true;
    }
    if (edit->place->space->data != collect->data || edit->place->start / 8 < edits->start ||
        !field_of_place(&row.field, edit->vm, edit->program, edit->place)) {
        return false;
    }
    row.len = (uint32_t)row.field.stored.len;
    if (row.len == 0 || !encode(&row)) {
        return false;
    }
    uint64_t found = find_held(&row);
    struct patch_many many = {.base = edits->start,
                              .stride = edits->stride,
                              .rel = edit->place->start / 8 - edits->start,
                              .len = row.len,
                              .n = edits->n,
                              .held = (const uint8_t *)collect->row_held.at,
                              .bytes = (const uint8_t *)collect->row.at,
                              .old = (const uint8_t *)collect->row_old.at};
    enum patch_put put = patch_edits_put_many(collect->edits, &many);
    if (put == PATCH_PUT_FAILED) {
        collect->error = errno ? errno : EIO;
    }
    if (put != PATCH_PUT_FINE) {
        return false;
    }
    collect->unsure = collect->unsure || !collect_is_sure(collect, edit);
    if (collect->met && edit->stmt != PROGRAM_NONE) {
        collect->met[edit->stmt] += found;
    }
    return true;
}
