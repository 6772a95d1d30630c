#include "config.h"

#include "patch/settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "patch/field.h"
#include "patch/follow.h"
#include "sink/silent.h"

/* Relations are worked out anew at most so often in a step: a chain of sums over sums is not longer. */
#define ROUNDS_MAX 64u

/* A look at a document: what is wrong with it. */
struct look {
    struct vm_sink sink;
    struct settle *settle;
    struct vm *vm;
    bool first;                /* at the file: all is kept */
    struct patch_edits *mends; /* fields that must have other values; NULL: nothing is mended */
    VEC(struct patch_shift) shifts;
    uint64_t mended;
};

static struct look *look_of(struct vm_sink *sink) {
    return (struct look *)sink;
}

static bool is_document(const struct vm_space *space) {
    return space && !space->made_by && !space->pieces;
}

static const char *keep(struct settle *settle, const char *text) {
    return text ? arena_strndup(&settle->arena, text, strlen(text)) : NULL;
}

/* what is wrong */

static uint64_t hash_bytes(uint64_t hash, const void *at, size_t len) {
    const uint8_t *byte = at;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static uint64_t hash_value(const struct vm_value *value) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    switch ((enum vm_kind)value->kind) {
    case VM_INT:
    case VM_WIDE:
        return hash_bytes(hash, &value->integer, sizeof value->integer) | 1;
    case VM_BOOL:
        return hash_bytes(hash, &value->boolean, sizeof value->boolean) | 1;
    case VM_FLOAT:
        return hash_bytes(hash, &value->number, sizeof value->number) | 1;
    case VM_TEXT:
    case VM_BYTES:
        return hash_bytes(hash, value->bytes.at, value->bytes.len) | 1;
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
    return 1;
}

static uint64_t origin(const struct look *look, const struct vm_space *space, uint64_t off) {
    uint64_t old = off;
    bool has =
        is_document(space) && (look->first || document_origin(look->settle->document, off, &old));
    return has ? old : VM_UNKNOWN;
}

static int compare_trouble(const void *left, const void *right) {
    const struct settle_trouble *a = left, *b = right;
    if (a->place != b->place) {
        return a->place < b->place ? -1 : 1;
    }
    if (a->member != b->member) {
        return a->member < b->member ? -1 : 1;
    }
    return (int)a->is_fault - (int)b->is_fault;
}

/* What was wrong there with the file, or NULL. */
static const struct settle_trouble *known(const struct settle *settle,
                                          const struct settle_trouble *trouble) {
    if (settle->old.n == 0) {
        return NULL;
    }
    return bsearch(trouble, settle->old.at, settle->old.n, sizeof *trouble, compare_trouble);
}

static void take(struct look *look, const struct settle_trouble *trouble) {
    struct settle *settle = look->settle;
    if (!look->first && known(settle, trouble)) {
        return;
    }
    struct settle_trouble *kept = look->first ? vec_push(&settle->old, &settle->arena)
                                              : vec_push(&settle->news, &settle->arena);
    *kept = *trouble;
    kept->path = look->first ? NULL : keep(settle, trouble->path);
    kept->message = look->first ? NULL : keep(settle, trouble->message);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct look *look = look_of(sink);
    if (look->mends) {
        return;
    }
    struct settle_trouble trouble = {
        .is_fault = true,
        .member = fault->member,
        .place = origin(look, fault->space, fault->offset),
        .offset = fault->offset,
        .path = fault->path,
        .message = fault->message,
        .span = fault->span,
    };
    take(look, &trouble);
}

/* mending */

static bool refuse(struct look *look, const struct vm_finding *finding, const char *why) {
    patch_refusal_set(&look->settle->refusal, finding->path, finding->span,
                      "can't be given the value it must have: %s", why);
    vm_stop(look->vm);
    return false;
}

/* Of bits that share bytes with others, the field's alone change: the others are as the edits have them by now. */
static void merge(const struct patch_edits *edits, uint64_t off, struct bytes old,
                  uint8_t (*mask)(const void *of, size_t i), const void *of, struct buf *bytes) {
    struct patch_cursor cursor = patch_edits_from(edits, off);
    struct patch_splice splice;
    struct buf now = {0};
    buf_put(&now, old.at, old.len);
    while (patch_edits_next(&cursor, &splice) && splice.off < off + old.len) {
        for (uint64_t i = 0; i < old.len && splice.len == splice.new_len; i++) {
            if (off + i >= splice.off && off + i < splice.off + splice.len) {
                now.at[i] = (char)splice.bytes[off + i - splice.off];
            }
        }
    }
    for (size_t i = 0; i < old.len; i++) {
        uint8_t m = mask(of, i);
        bytes->at[i] = (char)((now.at[i] & ~m) | (bytes->at[i] & m));
    }
    buf_free(&now);
}

static uint8_t mask_of_field(const void *of, size_t i) {
    return field_mask(of, i);
}

static uint8_t mask_of_number(const void *of, size_t i) {
    const struct number *number = of;
    return i < sizeof number->masks ? number->masks[i] : 0xff;
}

static void put_mend(struct look *look, const struct vm_finding *finding,
                     const struct encode_field *field, struct buf *bytes) {
    struct settle *settle = look->settle;
    const struct vm_value *place = finding->field;
    uint64_t off = place->start / 8, len = field->stored.len;
    struct settle_derived *derived = vec_push(&settle->derived, &settle->arena);
    *derived = (struct settle_derived){.path = keep(settle, finding->path), .off = off};
    derived->step = settle->step;
    derived->old =
        bytes_of(arena_strndup(&settle->arena, (const char *)field->stored.at, len), len);
    derived->bytes = bytes_of(arena_strndup(&settle->arena, bytes->at, bytes->len), bytes->len);
    if (len == bytes->len) {
        merge(look->mends, off, field->stored, mask_of_field, field, bytes);
    } else {
        struct patch_shift *shift = vec_push(&look->shifts, &settle->arena);
        *shift = (struct patch_shift){.off = off,
                                      .len = len,
                                      .new_len = bytes->len,
                                      .member = shift_member(settle->verify, finding->member),
                                      .start = place->start,
                                      .end = place->end,
                                      .path = derived->path};
    }
    if (patch_edits_put(look->mends, off, len, bytes->at, bytes->len, NULL) != PATCH_PUT_FINE) {
        refuse(look, finding, "its bytes are changed otherwise, too");
    }
    look->mended++;
}

/* Whether a script wrote the field's bytes as they stand: the field's alone, or those of more, and nothing that the field is
 * made of has changed since. */
static bool is_pinned(struct settle *settle, const struct vm_finding *finding) {
    uint64_t off = finding->field->start / 8, end = (finding->field->end + 7) / 8;
    uint64_t wanted = hash_value(finding->wanted);
    bool fresh = false;
    for (uint32_t i = 0; i < settle->pins.n; i++) {
        const struct settle_pin *pin = &settle->pins.at[i];
        if (off < pin->off || end > pin->off + pin->len) {
            continue;
        }
        if (pin->len == end - off && (pin->wanted == 0 || pin->wanted == wanted)) {
            return true;
        }
        fresh = fresh || pin->step == settle->step;
    }
    if (fresh) {
        *vec_push(&settle->pins, &settle->arena) = (struct settle_pin){
            .off = off, .len = end - off, .step = settle->step, .wanted = wanted};
    }
    return fresh;
}

/* A relation that does not hold. */
static void mend(struct look *look, const struct vm_finding *finding) {
    struct settle *settle = look->settle;
    const struct vm_value *place = finding->field;
    struct settle_trouble trouble = {
        .member = finding->member,
        .place = origin(look, finding->space, finding->offset),
    };
    const struct settle_trouble *old = settle->mend ? NULL : known(settle, &trouble);
    if (old && old->wanted == hash_value(finding->wanted)) {
        return; /* nothing that it is made of has changed */
    }
    if (place->kind != VM_PLACE || !is_document(place->space) || is_pinned(settle, finding)) {
        return;
    }
    struct encode_field field;
    struct buf bytes = {0}, why = {0};
    if (!field_of_place(&field, look->vm, settle->verify, place)) {
        refuse(look, finding, "it can't be read");
    } else if (!encode_value(&field, finding->wanted, &bytes, &why)) {
        refuse(look, finding, buf_text(&why));
    } else {
        put_mend(look, finding, &field, &bytes);
    }
    buf_free(&bytes);
    buf_free(&why);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct look *look = look_of(sink);
    if (look->mends) {
        if (finding->wanted && finding->field) {
            mend(look, finding);
        }
        return;
    }
    struct settle_trouble trouble = {
        .member = finding->member,
        .place = origin(look, finding->space, finding->offset),
        .offset = finding->offset,
        .wanted = finding->wanted ? hash_value(finding->wanted) : 0,
        .path = finding->path,
        .message = finding->message,
        .span = finding->span,
    };
    take(look, &trouble);
}

/* looking */

static void look_at(struct look *look, struct input *input) {
    static const struct vm_sink_ops ops = {
        .fault = on_fault,
        .finding = on_finding,
        SILENT_OPS,
    };
    struct settle *settle = look->settle;
    look->sink.ops = &ops;
    look->vm = vm_new(settle->verify, input_data(input), input_size(input), settle->limits);
    vm_run(look->vm, &look->sink);
    vm_free(look->vm);
}

/* Looks at the file as it is: what is wrong with it matters when something else is looked at. */
static void look_first(struct settle *settle) {
    struct look look = {.settle = settle, .first = true};
    if (settle->begun) {
        return;
    }
    settle->begun = true;
    look_at(&look, document_file(settle->document));
    if (settle->old.n > 0) {
        qsort(settle->old.at, settle->old.n, sizeof *settle->old.at, compare_trouble);
    }
}

/* Makes the document's bytes. */
static bool make(struct settle *settle) {
    settle->failed = !document_make(settle->document, &settle->problem);
    return !settle->failed;
}

/* Looks at the document. */
static bool look_now(struct look *look) {
    look_first(look->settle);
    if (!make(look->settle)) {
        return false;
    }
    look_at(look, document_input(look->settle->document));
    return true;
}

bool settle_end(struct settle *settle) {
    struct look look = {.settle = settle};
    settle->news.n = 0;
    return !settle->unsure || look_now(&look);
}

/* steps */

static bool apply(struct settle *settle, struct patch_edits *edits) {
    if (patch_edits_count(edits) == 0) {
        patch_edits_free(edits);
        return true;
    }
    for (uint32_t i = 0; i < settle->pins.n; i++) {
        struct settle_pin *pin = &settle->pins.at[i];
        uint64_t end = patch_edits_map(edits, pin->off + pin->len, PATCH_AFTER);
        pin->off = patch_edits_map(edits, pin->off, PATCH_BEFORE);
        pin->len = end - pin->off;
    }
    settle->failed = !document_apply(settle->document, edits, &settle->problem);
    return !settle->failed;
}

/* The gap's new bytes: as many as there were, and zeros. */
static bool put_gap(struct settle *settle, struct patch_edits *edits,
                    const struct follow_gap *gap) {
    uint64_t kept = gap->new_len < gap->len ? gap->new_len : gap->len;
    struct buf bytes = {0};
    buf_put(&bytes, document_data(settle->document) + gap->off, (size_t)kept);
    buf_fill(&bytes, 0, (size_t)(gap->new_len - kept));
    bool fine =
        patch_edits_put(edits, gap->off, gap->len, bytes.at, bytes.len, NULL) == PATCH_PUT_FINE;
    buf_free(&bytes);
    return fine;
}

static bool put_number(struct settle *settle, struct patch_edits *edits,
                       const struct number *number) {
    const uint8_t *stored = document_data(settle->document) + number->off;
    struct bytes old = bytes_of(stored, (size_t)number->len);
    if (bytes_equal(old, number->bytes)) {
        return true;
    }
    struct settle_derived *derived = vec_push(&settle->derived, &settle->arena);
    *derived = (struct settle_derived){
        .path = keep(settle, number->path),
        .reason = keep(settle, number->follows),
        .off = number->off,
        .old = bytes_of(arena_strndup(&settle->arena, (const char *)old.at, old.len), old.len),
        .bytes = bytes_of(
            arena_strndup(&settle->arena, (const char *)number->bytes.at, number->bytes.len),
            number->bytes.len),
        .step = settle->step,
    };
    struct buf bytes = {0};
    buf_put(&bytes, number->bytes.at, number->bytes.len);
    if (old.len == bytes.len) {
        merge(edits, number->off, old, mask_of_number, number, &bytes);
    }
    bool fine = patch_edits_put(edits, number->off, number->len, bytes.at, bytes.len, NULL) ==
                PATCH_PUT_FINE;
    buf_free(&bytes);
    return fine || patch_refusal_set(&settle->refusal, number->path, span_none(),
                                     "follows %s, but its bytes are changed otherwise, too",
                                     number->follows);
}

/* Adds to the edits what follows them. */
static bool put_followers(struct settle *settle, struct patch_edits *edits,
                          const struct follow *follow) {
    for (uint32_t i = 0; i < numbers_count(follow->numbers); i++) {
        if (!put_number(settle, edits, numbers_get(follow->numbers, i))) {
            return false;
        }
    }
    for (uint32_t i = 0; i < follow->gaps.n; i++) {
        if (!put_gap(settle, edits, &follow->gaps.at[i])) {
            return patch_refusal_set(&settle->refusal, NULL, span_none(),
                                     "bytes that would have to make up for the change are changed "
                                     "themselves");
        }
    }
    return true;
}

/* Applies the edits, which it takes over, with the numbers and gaps that follow them. */
static bool apply_followed(struct settle *settle, struct patch_edits *edits,
                           const struct patch_shift *shifts, uint32_t n) {
    if (n == 0 || !settle->ties) {
        return apply(settle, edits);
    }
    struct follow follow = {
        .program = settle->ties,
        .data = document_data(settle->document),
        .size = document_size(settle->document),
        .limits = settle->limits,
        .edits = edits,
        .shifts = shifts_new(shifts, n),
        .dangling = settle->dangling,
        .numbers = numbers_new(),
        .expect = expect_new(),
        .refusal = &settle->refusal,
    };
    bool fine = follow_run(&follow) && put_followers(settle, edits, &follow);
    if (fine) {
        fine =
            apply(settle, edits) && make(settle) &&
            follow_check(&follow, document_data(settle->document), document_size(settle->document));
    } else {
        patch_edits_free(edits);
    }
    expect_free(follow.expect);
    numbers_free(follow.numbers);
    shifts_free(follow.shifts);
    arena_free(&follow.arena);
    return fine;
}

/* Gives computed fields the values they must have. */
static bool mend_relations(struct settle *settle) {
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        struct look look = {.settle = settle};
        look.mends = patch_edits_new(document_size(settle->document));
        if (!look_now(&look) || settle->refusal.is || look.mended == 0) {
            patch_edits_free(look.mends);
            return !settle->failed && !settle->refusal.is;
        }
        if (!apply_followed(settle, look.mends, look.shifts.at, look.shifts.n)) {
            return false;
        }
    }
    return patch_refusal_set(&settle->refusal, NULL, span_none(),
                             "the fields that are computed from each other never settle");
}

void settle_pin(struct settle *settle, uint64_t off, uint64_t len) {
    *vec_push(&settle->pins, &settle->arena) =
        (struct settle_pin){.off = off, .len = len, .step = settle->step};
}

bool settle_step(struct settle *settle, struct patch_edits *edits, const struct patch_shift *shifts,
                 uint32_t n, bool unsure) {
    settle->unsure = settle->unsure || unsure;
    bool fine = apply_followed(settle, edits, shifts, n) && (!unsure || mend_relations(settle));
    settle->step++;
    return fine;
}

void settle_free(struct settle *settle) {
    arena_free(&settle->arena);
    patch_refusal_free(&settle->refusal);
}
