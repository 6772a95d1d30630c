#include "config.h"

#include "patch/follow.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/cursor.h"
#include "patch/field.h"

/* More passes than this: what follows what goes round in a circle. */
#define PASSES_MAX 32u

/* A struct or array that is open: what was closed in it last. */
struct level {
    uint32_t member;
    uint64_t start;
    uint64_t opened;   /* when */
    uint64_t elements; /* things that began in it */
    struct {
        uint32_t member;
        uint64_t start;
        uint64_t opened;
    } closed;
};

enum walk_what {
    WALK_FIRST, /* what the edits reach is solved */
    WALK_AGREE, /* all is solved: numbers that changed must be wanted so by everything they say */
    WALK_CHECK, /* the new document: expectations are met */
};

struct walk {
    struct vm_sink sink;
    struct follow *follow;
    enum walk_what what;
    struct vm *vm;
    uint64_t now;
    struct level *levels;
    uint32_t depth, cap;
    /* the tie that is being solved */
    bool solving;
    bool reached;     /* whether the edits reach it */
    struct buf about; /* the path of what it is about */
    struct span tie_span;
};

static struct walk *walk_of(struct vm_sink *sink) {
    return (struct walk *)sink;
}

static struct level *top(struct walk *w) {
    return w->depth ? &w->levels[w->depth - 1] : NULL;
}

/* Whether the space is the document itself. */
static bool is_document(const struct vm_space *space) {
    return space && !space->made_by && !space->pieces;
}

/* what is open */

static void open_level(struct walk *w, const struct vm_event *event) {
    if (w->depth == w->cap) {
        w->cap = w->cap ? 2 * w->cap : 32;
        w->levels = mem_realloc(w->levels, w->cap, sizeof *w->levels);
    }
    struct level *above = top(w);
    if (above) {
        above->elements++;
    }
    w->levels[w->depth++] =
        (struct level){.member = event->member, .start = event->start, .opened = ++w->now};
}

static void close_level(struct walk *w) {
    struct level closed = w->levels[--w->depth];
    struct level *above = top(w);
    if (above) {
        above->closed.member = closed.member;
        above->closed.start = closed.start;
        above->closed.opened = closed.opened;
    }
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_level(walk_of(sink), event);
}

/* Something takes as many bits as it should that was set or replaced. */
static void meet_extent(struct walk *w, uint32_t member, uint64_t start, uint64_t end) {
    struct expect *expect = w->follow->expect;
    expect_meet(expect, EXPECT_FIELD, PROGRAM_NONE, start, end - start);
    expect_meet(expect, EXPECT_NOTHING, shift_member(w->follow->program, member), start,
                end - start);
}

/* So does what is closed now, a struct or an array. */
static void meet_whole(struct walk *w, const struct vm_event *event) {
    if (w->what == WALK_CHECK && is_document(event->space)) {
        meet_extent(w, top(w)->member, top(w)->start, event->end);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct walk *w = walk_of(sink);
    meet_whole(w, event);
    close_level(w);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct walk *w = walk_of(sink);
    open_level(w, event);
    if (w->what != WALK_CHECK && is_document(event->space)) {
        shifts_meet(w->follow->shifts, shift_member(event->program, event->member), event->start,
                    event->end, true, w->now);
    }
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct walk *w = walk_of(sink);
    if (w->what == WALK_CHECK && is_document(event->space)) {
        expect_meet(w->follow->expect, EXPECT_ELEMENTS,
                    shift_member(event->program, top(w)->member), top(w)->start, top(w)->elements);
    }
    meet_whole(w, event);
    close_level(w);
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct walk *w = walk_of(sink);
    if (event->let || !is_document(event->space)) {
        return;
    }
    w->now++;
    struct level *above = top(w);
    if (above) {
        above->elements++;
        above->closed.member = event->member;
        above->closed.start = event->start;
        above->closed.opened = w->now;
    }
    if (w->what == WALK_CHECK) {
        meet_extent(w, event->member, event->start, event->end);
    } else {
        shifts_meet(w->follow->shifts, shift_member(event->program, event->member), event->start,
                    event->end, false, w->now);
    }
}

/* What a transform took: it was made anew where what it makes was edited. */
static void on_source(struct vm_sink *sink, const struct vm_event *event) {
    struct walk *w = walk_of(sink);
    if (w->what == WALK_CHECK && is_document(event->space)) {
        expect_meet(w->follow->expect, EXPECT_FIELD, PROGRAM_NONE, event->start,
                    event->end - event->start);
    }
}

/* Elements of one size in which nothing is tied. */
static bool on_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row) {
    struct walk *w = walk_of(sink);
    (void)row;
    top(w)->elements += rest->count;
    return true;
}

/* ties */

/* When what the tie is about was opened; now, where it has no events. */
static uint64_t opened(struct walk *w, const struct vm_tie *tie) {
    const struct level *above = top(w);
    if (!above) {
        return w->now;
    }
    if (tie->member == PROGRAM_NONE && above->start == tie->start) {
        return above->opened;
    }
    if (above->closed.member == tie->member && above->closed.start == tie->start) {
        return above->closed.opened;
    }
    return w->now;
}

static uint64_t moved(const struct walk *w, uint64_t bit) {
    return bit + (uint64_t)shifts_at(w->follow->shifts, bit / 8) * 8;
}

static void expect_tie(struct walk *w, const struct vm_tie *tie, enum expect_kind kind,
                       uint64_t value) {
    struct expectation e = {.kind = kind,
                            .member = tie->member,
                            .start = moved(w, tie->start),
                            .value = value,
                            .path = vm_tie_path(tie),
                            .why = tie->why,
                            .span = tie->span};
    expect_add(w->follow->expect, &e);
}

/* The first gap that does not begin in front of off, or begins there and is not shorter than len. */
static uint32_t gap_from(const struct follow *f, uint64_t off, uint64_t len) {
    uint32_t low = 0, high = f->gaps.n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const struct follow_gap *gap = &f->gaps.at[mid];
        if (gap->off < off || (gap->off == off && gap->len < len)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The gap between those bits, or NULL. */
static struct follow_gap *gap_at(struct follow *f, uint64_t start, uint64_t end) {
    uint64_t off = start / 8, len = end / 8 - off;
    uint32_t i = gap_from(f, off, len);
    struct follow_gap *gap = i < f->gaps.n ? &f->gaps.at[i] : NULL;
    return gap && gap->off == off && gap->len == len ? gap : NULL;
}

/* In place of the bytes from start to end come others. */
static void put_gap(struct walk *w, uint64_t start, uint64_t end, uint64_t new_len) {
    struct follow *f = w->follow;
    uint64_t off = start / 8, len = end / 8 - off;
    struct follow_gap *gap = gap_at(f, start, end);
    if (!gap) {
        uint32_t at = gap_from(f, off, len);
        (void)vec_push(&f->gaps, &f->arena);
        gap = &f->gaps.at[at];
        memmove(gap + 1, gap, (f->gaps.n - 1 - at) * sizeof *gap);
    }
    *gap = (struct follow_gap){.off = off, .len = len, .new_len = new_len, .fresh = true};
    shifts_derive(f->shifts, off, len, new_len, w->now);
}

/* By how many bytes the gap between those bits was made longer in the pass before. */
static int64_t gap_gain(struct walk *w, uint64_t start, uint64_t end) {
    const struct follow_gap *gap = gap_at(w->follow, start, end);
    return gap ? (int64_t)(gap->new_len - gap->len) : 0;
}

static uint64_t padding(uint64_t at, uint64_t unit) {
    return unit ? (unit - at % unit) % unit : 0;
}

static void follow_align(struct walk *w, const struct vm_tie *tie) {
    uint64_t start = tie->start / 8, origin = tie->origin / 8;
    uint64_t to = moved(w, tie->start) / 8 - moved(w, tie->origin) / 8;
    if (tie->start == tie->end) { /* what comes in here is no part of what lies in front */
        to -= (uint64_t)gap_gain(w, tie->start, tie->end);
    }
    if (tie->value > 0 && tie->value <= UINT32_MAX && start >= origin) {
        uint64_t old_len = tie->end / 8 - start, new_len = padding(to, (uint64_t)tie->value);
        if (new_len != old_len) {
            put_gap(w, tie->start, tie->end, new_len);
        }
    }
}

/* A region of fixed size has so many bytes more in it: what nothing describes at its end makes up for them. */
static bool absorb(struct walk *w, const struct vm_tie *tie, int64_t delta) {
    uint64_t spare = (tie->end - tie->used) / 8;
    if (tie->follows || tie->solvable || tie->used % 8 != 0 || tie->used > tie->end ||
        (delta > 0 && (uint64_t)delta > spare) || (delta > 0 && spare == 0)) {
        return false;
    }
    put_gap(w, tie->used, tie->end, (uint64_t)((int64_t)spare - delta));
    return true;
}

static bool solve_size(struct walk *w, const struct vm_tie *tie, int128 *target) {
    struct shifts *shifts = w->follow->shifts;
    uint64_t from = tie->start / 8, to = tie->end / 8 + (tie->end % 8 != 0);
    int64_t delta = shifts_within(shifts, from, to, opened(w, tie));
    if (!tie->follows && !tie->solvable && tie->used < tie->end) {
        delta -= gap_gain(w, tie->used, tie->end); /* what made up for the rest */
    }
    if (delta != 0) {
        if (absorb(w, tie, delta)) {
            delta = 0;
        }
        expect_tie(w, tie, EXPECT_SIZE, tie->end - tie->start + (uint64_t)delta * 8);
    }
    *target = tie->value + delta;
    return delta != 0;
}

/* How many more elements the array has that the tie is about. */
static int64_t elements_more(const struct walk *w, const struct vm_tie *tie) {
    return shifts_elements(w->follow->shifts, shift_member(w->follow->program, tie->member),
                           tie->start);
}

static bool solve_count(struct walk *w, const struct vm_tie *tie, int128 *target) {
    int64_t more = elements_more(w, tie);
    if (more != 0) {
        expect_tie(w, tie, EXPECT_COUNT, tie->count + (uint64_t)more);
    }
    *target = tie->value + more;
    return more != 0;
}

static bool solve_place(struct walk *w, const struct vm_tie *tie, int128 *target) {
    const struct shifts *shifts = w->follow->shifts;
    int64_t by = shifts_at(shifts, tie->start / 8);
    if (is_document(tie->origin_space)) {
        by -= shifts_at(shifts, tie->origin / 8);
    }
    if (by != 0 && !(w->follow->dangling && !tie->solvable)) {
        expect_tie(w, tie, EXPECT_PLACE, 0);
    }
    *target = tie->value + by;
    return by != 0;
}

static void check_tie(struct walk *w, const struct vm_tie *tie) {
    struct expect *expect = w->follow->expect;
    switch (tie->kind) {
    case VM_TIE_SIZE:
        expect_meet(expect, EXPECT_SIZE, tie->member, tie->start, tie->end - tie->start);
        break;
    case VM_TIE_COUNT:
        expect_meet(expect, EXPECT_COUNT, tie->member, tie->start, tie->count);
        break;
    case VM_TIE_PLACE:
        expect_meet(expect, EXPECT_PLACE, tie->member, tie->start, 0);
        break;
    case VM_TIE_ALIGN:
        break;
    }
}

/* Whether the edits take away what the tie is about. An array that they empty is still there; something empty goes with
 * what is on both sides of it. */
static bool tie_gone(const struct walk *w, const struct vm_tie *tie) {
    const struct shifts *shifts = w->follow->shifts;
    uint64_t start = tie->start, end = tie->end;
    if (tie->kind == VM_TIE_PLACE || end == VM_UNKNOWN) {
        return shifts_gone(shifts, start, start + 1);
    }
    if (tie->kind == VM_TIE_COUNT && elements_more(w, tie) != 0) {
        return false;
    }
    if (end == start) {
        return start >= 8 && shifts_gone(shifts, start - 8, start + 1);
    }
    return shifts_gone(shifts, start, end);
}

static bool on_tie(struct vm_sink *sink, const struct vm_tie *tie, int128 *target) {
    struct walk *w = walk_of(sink);
    if (!is_document(tie->space)) {
        return false;
    }
    if (w->what == WALK_CHECK) {
        check_tie(w, tie);
        return false;
    }
    if (tie_gone(w, tie)) {
        return false;
    }
    bool reached = false;
    switch (tie->kind) {
    case VM_TIE_SIZE:
        reached = solve_size(w, tie, target);
        break;
    case VM_TIE_COUNT:
        reached = solve_count(w, tie, target);
        break;
    case VM_TIE_PLACE:
        reached = solve_place(w, tie, target);
        break;
    case VM_TIE_ALIGN:
        follow_align(w, tie);
        return false;
    }
    w->solving = tie->solvable; /* what else it is made of may have changed: see on_edit */
    w->reached = reached;
    w->tie_span = tie->span;
    buf_clear(&w->about);
    if (w->solving) {
        buf_puts(&w->about, vm_tie_path(tie));
    }
    return w->solving;
}

/* The field's bytes as the user's edits have them, where they are no longer or shorter; false where none touches it. */
static bool edited_bytes(const struct follow *f, uint64_t off, uint64_t end, uint8_t *out) {
    struct patch_cursor cursor = patch_edits_from(f->edits, off);
    struct patch_splice splice;
    bool touched = false;
    memcpy(out, f->data + off, (size_t)(end - off));
    while (patch_edits_next(&cursor, &splice) && splice.off < end) {
        for (uint64_t i = off; i < end && splice.len == splice.new_len; i++) {
            if (i >= splice.off && i < splice.off + splice.len) {
                out[i - off] = splice.bytes[i - splice.off];
                touched = true;
            }
        }
    }
    return touched;
}

/* A stored number as it will be. */
static bool later_number(const struct walk *w, const struct vm_value *of, int128 *number) {
    const struct number *follows = numbers_at(w->follow->numbers, of->start);
    if (follows) {
        *number = follows->value;
        return true;
    }
    const struct program_type *t = &w->follow->program->types.at[of->type];
    uint64_t off = of->start / 8, end = (of->end + 7) / 8;
    uint8_t bytes[17];
    if (t->kind != TYPE_INT || of->end == VM_UNKNOWN || end > w->follow->size ||
        end - off > sizeof bytes || !edited_bytes(w->follow, off, end, bytes)) {
        return false;
    }
    struct cursor c = cursor_of(bytes, end - off);
    struct cursor_fault fault;
    uint128 raw;
    unsigned bits = (unsigned)(of->end - of->start);
    bool fine =
        t->packed ? cursor_bits(&c, of->start % 8, bits, vm_msb_first(t, of->ambient), &raw, &fault)
                  : cursor_uint(&c, t->bits / 8, vm_big_endian(t, of->ambient), &raw, &fault);
    if (fine) {
        *number = t->is_signed ? number_sign(raw, bits) : (int128)raw;
    }
    return fine;
}

static bool on_later(struct vm_sink *sink, enum quantity what, const struct vm_value *of,
                     int128 *number) {
    struct walk *w = walk_of(sink);
    const struct shifts *shifts = w->follow->shifts;
    bool frame = of->kind == VM_FRAME;
    uint64_t start = frame ? of->frame->start : of->start, end = frame ? of->frame->end : of->end;
    if (!is_document(frame ? of->frame->space : of->space)) {
        return false;
    }
    switch (what) {
    case QUANTITY_NUMBER:
        return !frame && later_number(w, of, number);
    case QUANTITY_SIZE:
        if (end != VM_UNKNOWN) {
            *number += shifts_within(shifts, start / 8, (end + 7) / 8, 0);
        }
        return end != VM_UNKNOWN;
    case QUANTITY_OFFSET:
    case QUANTITY_ANCHOR:
        *number += shifts_at(shifts, start / 8);
        return true;
    case QUANTITY_COUNT:
        *number +=
            frame ? 0 : shifts_elements(shifts, shift_member(w->follow->program, of->via), start);
        return !frame;
    }
    return false;
}

/* numbers */

static bool refuse(struct walk *w, const struct vm_edit *edit, const char *why) {
    patch_refusal_set(w->follow->refusal, edit->path, w->tie_span, "can't follow %s: %s",
                      w->about.len ? buf_text(&w->about) : "the change", why);
    vm_stop(w->vm);
    return false;
}

/* Whether the number that another clause changed says what this one wants, too. */
static bool agrees(struct walk *w, const struct vm_edit *edit, const struct number *number) {
    bool other = edit->failed || edit->value->kind != VM_INT;
    if (!other && edit->value->integer == number->value) {
        return true;
    }
    char wanted[INT128_TEXT_MAX], here[INT128_TEXT_MAX];
    int128_text(number->value, wanted);
    if (!other) {
        int128_text(edit->value->integer, here);
    }
    patch_refusal_set(w->follow->refusal, edit->path, w->tie_span, "%s wants %s here, %s wants %s",
                      number->follows[0] ? number->follows : "the whole", wanted,
                      w->about.len ? buf_text(&w->about) : "the whole",
                      other ? "what no number gives it" : here);
    vm_stop(w->vm);
    return false;
}

static void put_number(struct walk *w, const struct vm_edit *edit, const struct encode_field *field,
                       struct bytes bytes) {
    struct bytes stored = field->stored;
    const struct vm_value *place = edit->place;
    uint64_t off = place->start / 8;
    struct number number = {.start = place->start,
                            .off = off,
                            .len = stored.len,
                            .bytes = bytes,
                            .value = edit->value->integer,
                            .path = edit->path,
                            .follows = buf_text(&w->about)};
    for (size_t i = 0; i < sizeof number.masks; i++) {
        number.masks[i] = field_mask(field, i);
    }
    numbers_put(w->follow->numbers, &number);
    if (bytes.len != stored.len) {
        shifts_derive(w->follow->shifts, off, stored.len, bytes.len, w->now);
    }
}

static void on_edit(struct vm_sink *sink, const struct vm_edit *edit) {
    struct walk *w = walk_of(sink);
    const struct vm_value *place = edit->place;
    if (edit->kind != VM_EDIT_NUMBER || !w->solving) {
        return;
    }
    if (!place || place->kind != VM_PLACE || !is_document(place->space)) {
        if (w->reached) {
            refuse(w, edit, edit->failed ? edit->failed : "it does not lie in the file itself");
        }
        return;
    }
    if (shifts_gone(w->follow->shifts, place->start, place->end)) {
        return; /* it goes, and with it what it says */
    }
    const struct number *there = numbers_at(w->follow->numbers, place->start);
    bool own = there && strcmp(there->follows, buf_text(&w->about)) == 0;
    if (!w->reached && there && !own) {
        agrees(w, edit, there);
        return;
    }
    if (edit->failed) {
        if (w->reached) {
            refuse(w, edit, edit->failed);
        }
        return;
    }
    if (there && there->fresh && !own && !agrees(w, edit, there)) {
        return;
    }
    struct encode_field field;
    struct buf bytes = {0}, why = {0};
    if (!field_of_place(&field, w->vm, w->follow->program, place) ||
        !field_encode_number(&field, edit->value, edit->base, &bytes, &why)) {
        refuse(w, edit, why.len ? buf_text(&why) : "it can't be read");
    } else if (w->reached || own || !bytes_equal(field.stored, buf_bytes(&bytes))) {
        put_number(w, edit, &field, buf_bytes(&bytes));
    }
    buf_free(&bytes);
    buf_free(&why);
}

/* running */

static bool run(struct follow *follow, enum walk_what what, const uint8_t *data, uint64_t size) {
    static const struct vm_sink_ops ops = {
        .struct_begin = on_struct_begin,
        .struct_end = on_struct_end,
        .array_begin = on_array_begin,
        .array_end = on_array_end,
        .value = on_value,
        .source = on_source,
        .pass = on_pass,
        .tie = on_tie,
        .later = on_later,
        .edit = on_edit,
    };
    struct walk w = {.sink = {&ops}, .follow = follow, .what = what};
    w.vm = vm_new(follow->program, data, size, follow->limits);
    vm_run(w.vm, &w.sink);
    vm_free(w.vm);
    mem_free(w.levels);
    buf_free(&w.about);
    return !follow->refusal->is;
}

static void gaps_begin(struct follow *follow) {
    for (uint32_t i = 0; i < follow->gaps.n; i++) {
        follow->gaps.at[i].fresh = false;
    }
}

static void gaps_end(struct follow *follow) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < follow->gaps.n; i++) {
        if (follow->gaps.at[i].fresh) {
            follow->gaps.at[kept++] = follow->gaps.at[i];
        }
    }
    follow->gaps.n = kept;
}

/* Whether it changed anything. */
static bool pass(struct follow *follow, enum walk_what what, bool *changed) {
    shifts_pass_begin(follow->shifts);
    numbers_pass_begin(follow->numbers);
    gaps_begin(follow);
    expect_clear(follow->expect);
    bool fine = run(follow, what, follow->data, follow->size);
    gaps_end(follow);
    bool shifted = shifts_pass_end(follow->shifts);
    *changed = numbers_pass_end(follow->numbers) || shifted;
    return fine;
}

/* What the edits themselves must come to. */
static void expect_edits(struct follow *follow) {
    const struct patch_shift *at;
    uint32_t n = shifts_user(follow->shifts, &at);
    for (uint32_t i = 0; i < n; i++) {
        const struct patch_shift *s = &at[i];
        uint64_t start = s->start + (uint64_t)shifts_at(follow->shifts, s->start / 8) * 8;
        struct expectation e = {.member = s->member, .start = start, .path = s->path};
        e.span = span_none();
        if (s->elements != 0) {
            e.kind = EXPECT_ELEMENTS;
            e.value = s->count + (uint64_t)shifts_elements(follow->shifts, s->member, s->start);
        } else {
            e.value = s->end - s->start + (s->new_len - s->len) * 8;
            e.kind = e.value == 0 ? EXPECT_NOTHING : EXPECT_FIELD;
            e.member = e.value == 0 ? s->member : PROGRAM_NONE;
        }
        expect_add(follow->expect, &e);
    }
}

bool follow_run(struct follow *follow) {
    bool changed = true;
    for (uint32_t i = 0; changed; i++) {
        if (i == PASSES_MAX) {
            return patch_refusal_set(follow->refusal, NULL, span_none(),
                                     "what follows the change never settles");
        }
        if (!pass(follow, WALK_FIRST, &changed)) {
            return false;
        }
    }
    if (numbers_count(follow->numbers) > 0 && !pass(follow, WALK_AGREE, &changed)) {
        return false;
    }
    expect_edits(follow);
    return true;
}

bool follow_check(struct follow *follow, const uint8_t *data, uint64_t size) {
    if (!run(follow, WALK_CHECK, data, size)) {
        return false;
    }
    const struct expectation *e = expect_unmet(follow->expect);
    if (!e) {
        return true;
    }
    const char *path = e->path && e->path[0] ? e->path : NULL;
    switch (e->kind) {
    case EXPECT_PLACE:
        follow->refusal->dangling = e->why != NULL;
        return patch_refusal_set(follow->refusal, path, e->span,
                                 "would move, and nothing that says where it is can follow%s%s",
                                 e->why ? ": " : "", e->why ? e->why : "");
    case EXPECT_SIZE:
    case EXPECT_COUNT:
        return patch_refusal_set(follow->refusal, path, e->span,
                                 "would have another size, and what says it can't follow%s%s",
                                 e->why ? ": " : "", e->why ? e->why : "");
    case EXPECT_ELEMENTS:
        return patch_refusal_set(follow->refusal, path, e->span,
                                 "would not have %" PRIu64 " elements when it is read again",
                                 e->value);
    case EXPECT_FIELD:
    case EXPECT_NOTHING:
        return patch_refusal_set(follow->refusal, path, e->span,
                                 "would not be read again as it was set");
    }
    return true;
}
