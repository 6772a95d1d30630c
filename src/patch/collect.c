#include "config.h"

#include "patch/collect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "patch/content_value.h"
#include "patch/field.h"
#include "patch/maker.h"

static bool refuse(struct collect *collect, const struct vm_edit *edit, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(struct collect *collect, const struct vm_edit *edit, const char *format, ...) {
    struct buf message = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    patch_refusal_set(&collect->refusal, vm_edit_path(edit), span_none(), "%s", buf_text(&message));
    collect->refused = edit->stmt;
    buf_free(&message);
    return false;
}

static const void *key(uint64_t n) {
    return (const void *)(uintptr_t)(n + 1);
}

/* Where bytes of a space lie in the document: all of them behind one another. */
static bool place_of(struct collect *collect, const struct vm_edit *edit,
                     const struct vm_space *space, uint64_t off, uint64_t len, uint64_t *place) {
    uint64_t run = 0;
    *place = off;
    if (space->data == collect->data) {
        return true;
    }
    if (space->made_by && !space->pieces) {
        return refuse(collect, edit, "it lies in what %s made, which can't be written back",
                      space->made_by);
    }
    if (!vm_space_place(space, off, place, &run) || run < len) {
        return refuse(collect, edit, "its bytes do not lie together in the file");
    }
    return true;
}

static bool put(struct collect *collect, const struct vm_edit *edit, uint64_t off, uint64_t len,
                struct bytes bytes) {
    struct patch_splice other;
    switch (patch_edits_put(collect->edits, off, len, bytes.at, bytes.len, &other)) {
    case PATCH_PUT_FINE:
        return true;
    case PATCH_PUT_CONFLICT:
        return refuse(collect, edit,
                      "the %" PRIu64 " bytes at 0x%" PRIx64
                      " are changed by another statement, too",
                      other.len, other.off);
    case PATCH_PUT_OUTSIDE:
        return refuse(collect, edit, "it lies outside of the file");
    case PATCH_PUT_FAILED:
        break;
    }
    collect->error = errno ? errno : EIO;
    return false;
}

/* Bytes that come in where others end: which of several at one place come first is known when all are there. */
static void put_between(struct collect *collect, const struct vm_edit *edit, uint64_t off,
                        struct bytes bytes, uint64_t start) {
    const char *path = vm_edit_path(edit);
    struct collect_waiting *w = vec_push(&collect->waiting, &collect->arena);
    w->off = off;
    w->bytes =
        bytes_of(arena_strndup(&collect->arena, (const char *)bytes.at, bytes.len), bytes.len);
    w->start = start;
    w->path = arena_strndup(&collect->arena, path, strlen(path));
    w->order = collect->waiting.n;
}

/* Whether a field lies in the array that the other path leads to an element of. */
static bool lies_in(const char *field, const char *element) {
    const char *bracket = strrchr(element, '[');
    size_t len = bracket ? (size_t)(bracket - element) : 0;
    return bracket && strncmp(field, element, len) == 0 && field[len] == '[' &&
           strcspn(field + len, "]") + 1 < strlen(field + len);
}

/* What lies in an array comes in front of what comes behind its elements; what begins first, first. */
static int compare_waiting(const void *left, const void *right) {
    const struct collect_waiting *a = left, *b = right;
    if (a->off != b->off) {
        return a->off < b->off ? -1 : 1;
    }
    if (lies_in(a->path, b->path) != lies_in(b->path, a->path)) {
        return lies_in(a->path, b->path) ? -1 : 1;
    }
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

/* What transforms made is packed anew, in place of what they made it of. */
static bool put_repacked(struct collect *collect) {
    struct vm_edit edit = {.path = ""};
    bool fine = true;
    for (uint32_t i = 0; i < collect->repacks.at.n && fine; i++) {
        const struct repack *r = collect->repacks.at.at[i];
        struct bytes old = bytes_of(collect->data + r->off, (size_t)r->len);
        buf_clear(&collect->bytes);
        buf_clear(&collect->why);
        if (!repack_bytes(r, &collect->bytes, &collect->why)) {
            fine = refuse(collect, &edit, "%s", buf_text(&collect->why));
        } else if (!bytes_equal(old, buf_bytes(&collect->bytes))) {
            fine = put(collect, &edit, r->off, r->len, buf_bytes(&collect->bytes));
        }
        if (fine && collect->bytes.len != r->len) {
            struct patch_shift shift = {.off = r->off,
                                        .len = r->len,
                                        .new_len = collect->bytes.len,
                                        .member = PROGRAM_NONE,
                                        .start = r->off * 8,
                                        .end = (r->off + r->len) * 8,
                                        .path = r->transform};
            *vec_push(&collect->shifts, &collect->arena) = shift;
        }
    }
    repacks_free(&collect->repacks);
    return fine;
}

bool collect_end(struct collect *collect) {
    struct vm_edit edit = {0};
    bool fine = true;
    if (collect->waiting.n > 1) {
        qsort(collect->waiting.at, collect->waiting.n, sizeof *collect->waiting.at,
              compare_waiting);
    }
    for (uint32_t i = 0; i < collect->waiting.n && fine; i++) {
        const struct collect_waiting *w = &collect->waiting.at[i];
        edit.path = w->path;
        fine = put(collect, &edit, w->off, 0, w->bytes);
    }
    collect->waiting.n = 0;
    return fine && put_repacked(collect);
}

static void show(struct collect *collect, const struct vm_edit *edit, uint64_t off,
                 struct bytes old, struct bytes bytes) {
    struct collect_edit shown = {
        .edit = edit, .off = off, .old = old, .bytes = bytes, .same = bytes_equal(old, bytes)};
    if (collect->show) {
        collect->show(collect->context, &shown);
    }
}

/* Whether bytes in [off, off + len) are edited already. */
static bool is_edited(const struct collect *collect, uint64_t off, uint64_t len) {
    struct patch_cursor cursor = patch_edits_from(collect->edits, off);
    struct patch_splice splice;
    return patch_edits_next(&cursor, &splice) && splice.off < off + len;
}

static void add_shift(struct collect *collect, const struct vm_edit *edit,
                      struct patch_shift shift) {
    const char *path = vm_edit_path(edit);
    shift.path = arena_strndup(&collect->arena, path, strlen(path));
    *vec_push(&collect->shifts, &collect->arena) = shift;
}

/* The field takes another number of bytes, or what an earlier edit of it made of them. */
static void shift_field(struct collect *collect, const struct vm_edit *edit,
                        const struct patch_shift *shift) {
    const void *off = key(shift->off), *len = key(shift->len);
    uintptr_t known = (uintptr_t)map_get(&collect->by_place, off, len);
    if (known) {
        collect->shifts.at[known - 1].new_len = shift->new_len;
    } else if (shift->len != shift->new_len) {
        add_shift(collect, edit, *shift);
        map_put(&collect->by_place, &collect->arena, off, len,
                (void *)(uintptr_t)collect->shifts.n);
    }
}

/* Bytes in place of others, all of one field; start and end: its bits. */
static bool put_field(struct collect *collect, const struct vm_edit *edit,
                      const struct vm_space *space, uint64_t off, struct bytes old,
                      struct bytes bytes, struct patch_shift extent) {
    uint64_t place;
    if (space->data != collect->data && space->made_by && !space->pieces) {
        if (!repack_put(&collect->repacks, &collect->arena, collect->data, space, off, old.len,
                        bytes, &collect->why)) {
            return refuse(collect, edit, "%s", buf_text(&collect->why));
        }
        show(collect, edit, off, old, bytes);
        return true;
    }
    if (!place_of(collect, edit, space, off, old.len, &place)) {
        return false;
    }
    if (old.len != bytes.len && space->data != collect->data) {
        return refuse(collect, edit,
                      "it lies in bytes gathered from several places: its length can't change");
    }
    bool same = bytes_equal(old, bytes);
    if (old.len == 0 && map_get(&collect->by_place, key(place), key(0))) {
        return refuse(collect, edit, "it has no bytes, and two statements set it");
    }
    if (old.len == 0 && bytes.len > 0) {
        put_between(collect, edit, place, bytes, extent.start);
    } else if ((!same || is_edited(collect, place, old.len)) &&
               !put(collect, edit, place, old.len, bytes)) {
        return false;
    }
    extent.off = place;
    extent.len = old.len;
    extent.new_len = bytes.len;
    shift_field(collect, edit, &extent);
    show(collect, edit, place, old, bytes);
    return true;
}

/* What is stored, with what was edited of it: other bits of the same bytes may be. */
static void see_edits(struct collect *collect, const struct vm_space *space, uint64_t off,
                      struct encode_field *field) {
    uint64_t place = off, run = 0, end;
    if (space->data != collect->data && !vm_space_place(space, off, &place, &run)) {
        return;
    }
    end = place + field->stored.len;
    struct patch_cursor cursor = patch_edits_from(collect->edits, place);
    struct patch_splice splice;
    bool copied = false;
    while (patch_edits_next(&cursor, &splice) && splice.off < end) {
        if (splice.len != splice.new_len) {
            continue;
        }
        if (!copied) {
            buf_clear(&collect->stored);
            buf_put(&collect->stored, field->stored.at, field->stored.len);
            field->stored = buf_bytes(&collect->stored);
            copied = true;
        }
        uint64_t from = splice.off > place ? splice.off : place;
        uint64_t to = splice.off + splice.len < end ? splice.off + splice.len : end;
        memcpy(collect->stored.at + (from - place), splice.bytes + (from - splice.off),
               (size_t)(to - from));
    }
}

static bool set_field(struct collect *collect, const struct vm_edit *edit) {
    const struct vm_value *place = edit->place;
    struct encode_field field;
    if (!field_of_place(&field, edit->vm, edit->program, place)) {
        return refuse(collect, edit, "only a number, text or bytes can be set");
    }
    struct bytes old = field.stored;
    if (edit->program->types.at[place->type].packed) {
        see_edits(collect, place->space, place->start / 8, &field);
    }
    buf_clear(&collect->bytes);
    buf_clear(&collect->why);
    if (!field_encode_number(&field, edit->value, edit->base, &collect->bytes, &collect->why)) {
        return refuse(collect, edit, "%s", buf_text(&collect->why));
    }
    struct patch_shift extent = {.member = shift_member(edit->program, place->via),
                                 .start = place->start,
                                 .end = place->end};
    return put_field(collect, edit, place->space, place->start / 8, old, buf_bytes(&collect->bytes),
                     extent);
}

/* the extents of places */

struct extent {
    const struct vm_space *space;
    uint64_t start, end; /* bits */
    uint32_t member;
};

static struct extent extent_of(const struct vm_value *place) {
    if (place->kind == VM_FRAME) {
        const struct vm_frame *f = place->frame;
        return (struct extent){f->space, f->start, f->end, f->member};
    }
    return (struct extent){place->space, place->start, place->end,
                           place->kind == VM_PLACE ? place->via : PROGRAM_NONE};
}

/* Whether they are whole bytes that are there. */
static bool has_bytes(struct collect *collect, const struct vm_edit *edit, const struct extent *e) {
    if (e->start % 8 || e->end % 8 || e->end < e->start || e->end / 8 > e->space->size) {
        return refuse(collect, edit, "it is no whole bytes");
    }
    return true;
}

static struct bytes stored_at(const struct extent *e) {
    return bytes_of(e->space->data + e->start / 8, (size_t)(e->end - e->start) / 8);
}

/* All of the file: nothing in it says anything of what comes. */
static bool replace_all(struct collect *collect, const struct vm_edit *edit) {
    struct bytes old = bytes_of(collect->data, (size_t)collect->size);
    if (!put(collect, edit, 0, collect->size, edit->value->bytes)) {
        return false;
    }
    show(collect, edit, 0, old, edit->value->bytes);
    return true;
}

static bool replace(struct collect *collect, const struct vm_edit *edit) {
    struct extent e = extent_of(edit->place);
    if (edit->value->kind != VM_BYTES && edit->value->kind != VM_TEXT) {
        return refuse(collect, edit, "only bytes can be put in its place");
    }
    if (!has_bytes(collect, edit, &e)) {
        return false;
    }
    if (e.space->data == collect->data) {
        *vec_push(&collect->given, &collect->arena) =
            (struct collect_stretch){e.start / 8, (e.end - e.start) / 8};
        if (edit->place->kind == VM_BYTES && e.start == 0 && e.end == collect->size * 8) {
            return replace_all(collect, edit);
        }
    }
    struct patch_shift extent = {
        .member = shift_member(edit->program, e.member), .start = e.start, .end = e.end};
    return put_field(collect, edit, e.space, e.start / 8, stored_at(&e), edit->value->bytes,
                     extent);
}

/* elements */

/* Where the array's last element ends, in bits. */
static uint64_t end_of_array(const struct vm_value *array) {
    uint64_t tail = array->tail > 0 ? (uint64_t)array->tail * 8 : 0;
    return tail <= array->end - array->start ? array->end - tail : array->end;
}

static struct patch_shift shift_of(const struct vm_edit *edit, int64_t elements) {
    const struct vm_value *array = edit->array;
    return (struct patch_shift){.member = shift_member(edit->program, array->via),
                                .start = array->start,
                                .end = array->end,
                                .elements = elements,
                                .count = array->count};
}

/* The shift of the element in front of it, which went just now, goes on over this one. */
static bool goes_on(struct collect *collect, const struct vm_value *array, uint64_t off,
                    uint64_t len) {
    struct patch_shift *last =
        collect->shifts.n ? &collect->shifts.at[collect->shifts.n - 1] : NULL;
    if (!last || last->elements >= 0 || last->new_len > 0 || last->off + last->len != off ||
        last->member != array->via || last->start != array->start) {
        return false;
    }
    last->len += len;
    last->elements--;
    return true;
}

static bool delete_element(struct collect *collect, const struct vm_edit *edit) {
    const struct vm_value *array = edit->array;
    struct extent e = extent_of(edit->place);
    int64_t stride = edit->program->types.at[array->type].stride;
    if (stride > 0 && e.end - e.start < (uint64_t)stride &&
        e.start + (uint64_t)stride <= array->end) {
        e.end = e.start + (uint64_t)stride;
    }
    uint64_t off = e.start / 8, len = (e.end - e.start) / 8;
    if (!has_bytes(collect, edit, &e)) {
        return false;
    }
    if (e.space->data != collect->data) {
        return refuse(collect, edit, "it does not lie in the file itself");
    }
    if (!put(collect, edit, off, len, bytes_of(NULL, 0))) {
        return false;
    }
    if (!goes_on(collect, array, off, len)) {
        struct patch_shift shift = shift_of(edit, -1);
        shift.off = off;
        shift.len = len;
        add_shift(collect, edit, shift);
    }
    show(collect, edit, off, stored_at(&e), bytes_of(NULL, 0));
    return true;
}

/* A number, text or bytes as an element of the array. */
static bool encode_element(struct collect *collect, const struct vm_edit *edit,
                           const struct vm_value *value) {
    const struct vm_value *array = edit->array;
    uint32_t type = edit->program->types.at[array->type].of;
    const struct program_type *t = type == PROGRAM_NONE ? NULL : &edit->program->types.at[type];
    if (!t || t->kind == TYPE_STRUCT || t->kind == TYPE_ARRAY || t->packed) {
        return refuse(collect, edit,
                      "its elements can't be made of values: give their bytes, with 'with'");
    }
    struct encode_field field = {.program = edit->program,
                                 .type = type,
                                 .ambient = array->ambient,
                                 .encoding = vm_encoding_for(edit->vm, type, array->ambient),
                                 .fresh = true};
    if (!encode_value(&field, value, &collect->bytes, &collect->why)) {
        return refuse(collect, edit, "%s", buf_text(&collect->why));
    }
    if (t->nul_ended) {
        buf_fill(&collect->bytes, 0, encoding_unit(field.encoding));
    } else if (t->until || (t->bit_size < 0 && t->kind != TYPE_VARINT)) {
        return refuse(collect, edit,
                      "where one of its elements ends is not known: give its bytes, with 'with'");
    }
    return true;
}

/* The bytes of what comes; *n: how many elements that is. */
static bool make_elements(struct collect *collect, const struct vm_edit *edit, int64_t *n) {
    const struct vm_value *value = edit->value;
    buf_clear(&collect->bytes);
    *n = 1;
    if (value->kind == VM_LIST && !value->list->names) {
        *n = value->list->n;
        for (uint32_t i = 0; i < value->list->n; i++) {
            if (!encode_element(collect, edit, &value->list->at[i])) {
                return false;
            }
        }
        return true;
    }
    if (value->kind == VM_BYTES || value->kind == VM_TEXT) {
        buf_put(&collect->bytes, value->bytes.at, value->bytes.len);
        return true;
    }
    return encode_element(collect, edit, value);
}

static bool insert(struct collect *collect, const struct vm_edit *edit) {
    const struct vm_value *array = edit->array;
    bool end = edit->place == array;
    uint64_t at = end ? end_of_array(array) : extent_of(edit->place).start;
    int64_t n;
    if (array->space->data != collect->data) {
        return refuse(collect, edit, "it does not lie in the file itself");
    }
    if (at % 8) {
        return refuse(collect, edit, "its elements are no whole bytes");
    }
    if (!make_elements(collect, edit, &n)) {
        return false;
    }
    put_between(collect, edit, at / 8, buf_bytes(&collect->bytes), array->start);
    struct patch_shift shift = shift_of(edit, n);
    shift.off = at / 8;
    shift.new_len = collect->bytes.len;
    add_shift(collect, edit, shift);
    show(collect, edit, at / 8, bytes_of(NULL, 0), buf_bytes(&collect->bytes));
    return true;
}

/* made values */

static void free_made(struct collect *collect) {
    maker_free(collect->maker);
    collect->maker = NULL;
    arena_free(&collect->making);
}

struct vm_maker *collect_build(struct collect *collect, const struct program *program,
                               const struct vm_value *value) {
    free_made(collect);
    struct content *content = arena_alloc(&collect->making, sizeof *content);
    *content = content_of_value(&collect->making, program, value);
    collect->maker = maker_new(program, content, &collect->refusal);
    return collect->maker ? maker_vm(collect->maker) : NULL;
}

/* Whether what was made for the edit is whole. */
static bool is_made(struct collect *collect, const struct vm_edit *edit) {
    struct bytes made;
    collect->refused = PROGRAM_NONE;
    if (!collect->maker || maker_end(collect->maker, &made)) {
        return true;
    }
    struct buf path = {0}; /* what is missing is so within what is made */
    buf_puts(&path, vm_edit_path(edit));
    buf_puts(&path, path.len && collect->refusal.path.len ? "." : "");
    buf_puts(&path, buf_text(&collect->refusal.path));
    buf_free(&collect->refusal.path);
    collect->refusal.path = path;
    collect->refused = edit->stmt;
    return false;
}

bool collect_is_sure(const struct collect *collect, const struct vm_edit *edit) {
    const struct vm_value *place = edit->place;
    if (edit->kind != VM_EDIT_SET || place->kind != VM_PLACE || place->via == PROGRAM_NONE ||
        place->space->data != collect->data ||
        edit->program->members.at[place->via].type != place->type) {
        return false;
    }
    bool text = edit->program->types.at[place->type].kind == TYPE_TEXT;
    return (!text || (edit->value && edit->value->kind == VM_TEXT)) &&
           !program_reads_field(collect->verdict, edit->program, place->via);
}

static bool take(struct collect *collect, const struct vm_edit *edit) {
    collect->unsure = collect->unsure || !collect_is_sure(collect, edit);
    if (collect->met && edit->stmt != PROGRAM_NONE) {
        collect->met[edit->stmt]++;
    }
    if (edit->failed) {
        return refuse(collect, edit, "%s", edit->failed);
    }
    switch (edit->kind) {
    case VM_EDIT_SET:
    case VM_EDIT_NUMBER:
        return set_field(collect, edit);
    case VM_EDIT_DELETE:
        return delete_element(collect, edit);
    case VM_EDIT_INSERT:
    case VM_EDIT_APPEND:
        return insert(collect, edit);
    case VM_EDIT_REPLACE:
        return replace(collect, edit);
    }
    return false;
}

bool collect_take(struct collect *collect, const struct vm_edit *edit) {
    bool fine = is_made(collect, edit) && take(collect, edit);
    free_made(collect);
    return fine;
}

void collect_next(struct collect *collect, const uint8_t *data, uint64_t size,
                  struct patch_edits *edits) {
    collect->data = data;
    collect->size = size;
    collect->edits = edits;
    collect->shifts.n = 0;
    collect->given.n = 0;
    collect->unsure = false;
    collect->by_place = (struct map){0};
}

void collect_free(struct collect *collect) {
    free_made(collect);
    patch_refusal_free(&collect->refusal);
    buf_free(&collect->bytes);
    buf_free(&collect->why);
    buf_free(&collect->stored);
    buf_free(&collect->row);
    buf_free(&collect->row_old);
    buf_free(&collect->row_held);
    repacks_free(&collect->repacks);
    arena_free(&collect->arena);
}
