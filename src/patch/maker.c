#include "config.h"

#include "patch/maker.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/vec.h"
#include "patch/field.h"
#include "patch/missing.h"
#include "patch/pack.h"
#include "patch/value.h"
#include "vm/make.h"

/* Everything is made anew at most so often. */
#define ROUNDS_MAX 32u

/* What is made may have so many bytes between what is put in, and more for each byte of that. */
#define GAPS      (UINT64_C(1) << 28)
#define GAPS_EACH 16u

/* Room for what is made: address space, of which only what is written to takes memory. */
#define ROOM       ((size_t)1 << 36)
#define ROOM_INNER ((size_t)1 << 32)
#define ROOM_LEAST ((size_t)1 << 26)

/* A struct or array that is being made. */
struct level {
    struct content *given; /* NULL: nothing of it is given */
    bool array;
    uint64_t next; /* of an array: elements begun */
    uint64_t path; /* hash */
    uint32_t member;
};

/* Address space for what is read from a transform. */
struct room {
    uint8_t *at;
    size_t size;
};

struct maker {
    struct vm_sink sink; /* first: it is told of what is made */
    struct vm_maker make;
    const struct program *program;
    struct content *content;
    uint32_t rounds;
    struct patch_refusal *refusal;
    struct vm *vm;
    struct level *levels;
    uint32_t depth, cap;
    struct missing missing;
    bool other;         /* what is not known holds ones instead of zeros */
    bool spare;         /* this round may be thrown away: nothing is refused */
    struct arena arena; /* values and the list of rooms, for a round */
    VEC(struct room) rooms;
    /* what is made, from round to round */
    uint8_t *room;    /* of size bytes */
    uint8_t *touched; /* a bit for each */
    size_t size;
    uint64_t made, hash; /* bytes made in the round before, and what they were */
    uint64_t put;        /* bytes of values in this round */
    bool guessed;        /* in this round a place */
    bool exact;          /* it is taken that there are as many */
};

static struct maker *maker_of(struct vm_sink *sink) {
    return (struct maker *)sink;
}

static struct maker *maker_of_make(struct vm_maker *make) {
    return (struct maker *)((char *)make - offsetof(struct maker, make));
}

/* paths */

static uint64_t mix(uint64_t hash, uint64_t step) {
    hash = (hash ^ step) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 31;
}

static uint64_t path_to(const struct level *around, uint32_t member) {
    if (!around) {
        return 1;
    }
    return around->array ? mix(around->path, around->next * 2 + 1)
                         : mix(around->path, (uint64_t)member * 2);
}

static struct bytes name_of(const struct maker *m, uint32_t member) {
    const struct program *program = m->program;
    return member == PROGRAM_NONE ? bytes_of("", 0)
                                  : program_text(program, program->members.at[member].name);
}

/* The way to what is at hand, with a member's name behind it. */
static const char *put_path(const struct maker *m, uint32_t member, struct buf *out) {
    for (uint32_t i = 1; i <= m->depth; i++) {
        const struct level *around = &m->levels[i - 1];
        uint32_t next = i < m->depth ? m->levels[i].member : member;
        if (around->array) {
            uint64_t index = i < m->depth && around->next ? around->next - 1 : around->next;
            buf_printf(out, "[%" PRIu64 "]", index);
        } else if (next != PROGRAM_NONE) {
            struct bytes name = name_of(m, next);
            buf_printf(out, "%s%.*s", out->len ? "." : "", (int)name.len, (const char *)name.at);
        }
    }
    return buf_text(out);
}

static bool refuse(struct maker *m, uint32_t member, const char *why) {
    struct buf path = {0};
    const struct program *program = m->program;
    struct span span = member == PROGRAM_NONE ? span_none() : program->members.at[member].span;
    patch_refusal_set(m->refusal, put_path(m, member, &path), span, "%s", why);
    buf_free(&path);
    if (m->vm) { /* in a script, its sink sees that it is over */
        vm_stop(m->vm);
    }
    return false;
}

/* what is given */

static struct level *top(struct maker *m) {
    return m->depth ? &m->levels[m->depth - 1] : NULL;
}

/* What is given for the next element of the array at hand, or for a member of the struct at hand; NULL: nothing. */
static struct content *given_next(struct maker *m, uint32_t member) {
    struct level *around = top(m);
    if (!around) {
        return m->content;
    }
    if (!around->given) {
        return NULL;
    }
    struct content *given;
    if (around->array) {
        given = around->given->kind == CONTENT_LIST && around->next < around->given->n
                    ? &around->given->at[around->next]
                    : NULL;
    } else {
        given = content_member(around->given, name_of(m, member));
    }
    return given && given->kind != CONTENT_NOTHING ? given : NULL;
}

static bool refuse_kind(struct maker *m, uint32_t member, const char *wanted,
                        const struct content *given) {
    struct buf why = {0};
    buf_printf(&why, "%s is wanted here, got %s", wanted,
               content_kind_text((enum content_kind)given->kind));
    refuse(m, member, buf_text(&why));
    buf_free(&why);
    return false;
}

static void begin(struct maker *m, const struct vm_event *event, bool array) {
    struct content *given = given_next(m, event->member);
    enum content_kind wanted = array ? CONTENT_LIST : CONTENT_OBJECT;
    if (given && given->kind != wanted && m->spare) {
        given = NULL; /* another branch may be the right one */
    } else if (given && given->kind != wanted) {
        refuse_kind(m, event->member, array ? "a list" : "an object", given);
        given = NULL;
    }
    if (given) {
        given->used = true;
    }
    struct level level = {.given = given,
                          .array = array,
                          .path = path_to(top(m), event->member),
                          .member = event->member};
    if (top(m) && top(m)->array) {
        top(m)->next++;
    }
    if (m->depth == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 32;
        m->levels = mem_realloc(m->levels, m->cap, sizeof *m->levels);
    }
    m->levels[m->depth++] = level;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    begin(maker_of(sink), event, false);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    begin(maker_of(sink), event, true);
}

static void on_end(struct vm_sink *sink, const struct vm_event *event) {
    struct maker *m = maker_of(sink);
    (void)event;
    struct level *level = top(m);
    if (level->array && level->given && level->next < level->given->n && !m->spare) {
        struct buf why = {0};
        buf_printf(&why, "%" PRIu32 " elements are given, and there are %" PRIu64, level->given->n,
                   level->next);
        m->depth--;
        refuse(m, level->member, buf_text(&why));
        m->depth++;
        buf_free(&why);
    }
    m->depth--;
}

/* What is computed, or a view of what is made elsewhere: what is given says what it would be. */
static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct maker *m = maker_of(sink);
    struct level *around = top(m);
    if (event->let || (event->space && !event->space->growing)) {
        struct content *given = given_next(m, event->member);
        if (given) {
            content_use(given);
        }
        if (around && around->array) {
            around->next++;
        }
    }
}

/* making */

static bool put_zeros(const struct vm_wanted *wanted, struct buf *out) {
    buf_fill(out, 0, wanted->there.len);
    return true;
}

static struct encode_field field_of(const struct maker *m, const struct vm_wanted *wanted) {
    const struct program_type *t = &m->program->types.at[wanted->event->type];
    return (struct encode_field){
        .program = m->program,
        .type = wanted->event->type,
        .ambient = wanted->ambient,
        .encoding = wanted->encoding,
        .stored = wanted->there,
        .bit = (unsigned)(wanted->event->start % 8),
        .bits = t->packed && wanted->bits != VM_UNKNOWN ? (unsigned)wanted->bits : 0,
        .fresh = true,
    };
}

/* What a transform is to make something of. It takes the bytes that it takes; what says how many follows, if it can. */
static bool put_packed(struct maker *m, const struct vm_wanted *wanted, struct bytes packed,
                       struct buf *out) {
    buf_put(out, packed.at, packed.len);
    if (m->spare || wanted->bits == VM_UNKNOWN || packed.len == wanted->there.len) {
        return true;
    }
    struct buf why = {0};
    buf_printf(&why, "packed, it has %zu bytes, and there is room for %zu", packed.len,
               wanted->there.len);
    refuse(m, wanted->event->member, buf_text(&why));
    buf_free(&why);
    return false;
}

/* A value that is not given: what is known of it, or a stand-in. */
static bool make_missing(struct maker *m, const struct vm_wanted *wanted, uint64_t path,
                         struct buf *out) {
    struct buf name = {0}, why = {0};
    const struct vm_event *event = wanted->event;
    struct encode_field field = field_of(m, wanted);
    const struct program_type *t = &m->program->types.at[event->type];
    struct missing_value *value =
        missing_put(&m->missing, path, event->start, put_path(m, event->member, &name));
    buf_free(&name);
    if (!value->known) {
        struct vm_value stand_in = t->is_bool ? vm_bool(m->other) : vm_int(m->other);
        bool number = t->kind != TYPE_TEXT && t->kind != TYPE_BYTES;
        bool fine = number && t->kind != TYPE_FLOAT && encode_value(&field, &stand_in, out, &why);
        buf_free(&why);
        return fine || put_zeros(wanted, out);
    }
    if (t->kind == TYPE_BYTES && value->value.kind == VM_BYTES) {
        return put_packed(m, wanted, value->value.bytes, out);
    }
    bool fine = value->base ? field_encode_number(&field, &value->value, value->base, out, &why)
                            : encode_value(&field, &value->value, out, &why);
    if (!fine) {
        refuse(m, event->member, buf_text(&why));
    }
    buf_free(&why);
    return fine;
}

static bool make_value(struct vm_maker *make, const struct vm_wanted *wanted, struct buf *out) {
    struct maker *m = maker_of_make(make);
    uint32_t member = wanted->event->member;
    struct content *given = given_next(m, member);
    uint64_t path = path_to(top(m), member);
    struct level *around = top(m);
    bool fine = true;
    if (!given) {
        fine = make_missing(m, wanted, path, out);
    } else {
        struct encode_field field = field_of(m, wanted);
        struct buf why = {0};
        struct vm_value value;
        fine = value_of_content(&m->arena, m->program, wanted->event->type, given, &value, &why) &&
               encode_value(&field, &value, out, &why);
        if (!fine && m->spare) {
            buf_clear(out);
            fine = put_zeros(wanted, out); /* another branch may be the right one */
        } else if (!fine) {
            refuse(m, member, buf_text(&why));
        }
        content_use(given);
        buf_free(&why);
    }
    if (around && around->array) {
        around->next++;
    }
    m->put += out->len;
    return fine;
}

static uint64_t count_given(struct vm_maker *make, uint32_t member) {
    struct maker *m = maker_of_make(make);
    struct level *around = top(m);
    struct content *given =
        around && around->array && member == PROGRAM_NONE ? around->given : given_next(m, member);
    return given && given->kind == CONTENT_LIST ? given->n : 0;
}

static bool goes_on(struct vm_maker *make, uint32_t member) {
    struct maker *m = maker_of_make(make);
    return given_next(m, member) != NULL;
}

static bool knows(struct vm_maker *make, uint64_t start) {
    const struct missing_value *value = missing_at(&maker_of_make(make)->missing, start);
    return !value || value->known;
}

static uint8_t *make_room(size_t most, size_t *size) {
    for (*size = most; *size >= ROOM_LEAST; *size /= 4) {
        void *at = mmap(NULL, *size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at != MAP_FAILED) {
            return at;
        }
    }
    return NULL;
}

static uint8_t *room(struct vm_maker *make, uint64_t *size) {
    struct maker *m = maker_of_make(make);
    size_t there;
    uint8_t *at = make_room(ROOM_INNER, &there);
    if (!at) {
        refuse(m, PROGRAM_NONE, "there is no memory for it");
        return NULL;
    }
    *vec_push(&m->rooms, &m->arena) = (struct room){at, there};
    *size = there;
    return at;
}

static void free_rooms(struct maker *m) {
    for (uint32_t i = 0; i < m->rooms.n; i++) {
        munmap(m->rooms.at[i].at, m->rooms.at[i].size);
    }
    memset(&m->rooms, 0, sizeof m->rooms);
    arena_free(&m->arena);
}

static bool pack(struct vm_maker *make, const struct vm_pack *pack, struct bytes plain,
                 struct buf *out) {
    struct maker *m = maker_of_make(make);
    struct pack_args args = {bytes_of(pack->key, pack->key_len), pack->left, pack->group};
    struct buf why = {0};
    bool fine = pack_bytes(pack->transform, &args, plain, out, &why);
    if (!fine) {
        refuse(m, PROGRAM_NONE, buf_text(&why));
    }
    buf_free(&why);
    return fine;
}

static void learn(struct vm_maker *make, uint64_t start, struct bytes bytes) {
    struct maker *m = maker_of_make(make);
    struct missing_value *value = missing_at(&m->missing, start);
    struct vm_value v = vm_absent();
    v.kind = VM_BYTES;
    v.bytes = bytes;
    if (value) {
        missing_learn(&m->missing, value, &v, 0);
    }
}

static bool let(struct vm_maker *make, uint32_t member, int128 *value) {
    const struct content *given = given_next(maker_of_make(make), member);
    if (!given || given->kind != CONTENT_INT) {
        return false;
    }
    *value = given->integer;
    return true;
}

/* Behind all else, as far as that is known: what looks for it finds it there in the next round. */
static uint64_t place(struct vm_maker *make, uint32_t member) {
    struct maker *m = maker_of_make(make);
    (void)member;
    m->guessed = true;
    return m->made * 8;
}

/* what follows from what is made */

static bool on_tie(struct vm_sink *sink, const struct vm_tie *tie, int128 *target) {
    (void)sink;
    switch (tie->kind) {
    case VM_TIE_ALIGN:
        return false;
    case VM_TIE_SIZE:
        *target = (int128)((tie->end - tie->start + 7) / 8);
        break;
    case VM_TIE_COUNT:
        *target = (int128)tie->count;
        break;
    case VM_TIE_PLACE:
        *target = (int128)(tie->start / 8) - (int128)(tie->origin / 8);
        break;
    }
    return tie->solvable;
}

static void on_edit(struct vm_sink *sink, const struct vm_edit *edit) {
    struct maker *m = maker_of(sink);
    struct missing_value *value = edit->place && edit->place->kind == VM_PLACE
                                      ? missing_at(&m->missing, edit->place->start)
                                      : NULL;
    if (value && edit->value) {
        missing_learn(&m->missing, value, edit->value, edit->base);
    }
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct maker *m = maker_of(sink);
    struct missing_value *value =
        finding->field && finding->wanted ? missing_at(&m->missing, finding->field->start) : NULL;
    if (value) {
        missing_learn(&m->missing, value, finding->wanted, 0);
    } else if (!m->spare) {
        patch_refusal_set(m->refusal, finding->path, finding->span, "%s", finding->message);
    }
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct maker *m = maker_of(sink);
    if (!m->spare) {
        patch_refusal_set(m->refusal, fault->path, fault->span, "%s", fault->message);
    }
}

/* rounds */

static const struct vm_sink_ops *sink_ops(void) {
    static const struct vm_sink_ops ops = {
        .struct_begin = on_struct_begin,
        .struct_end = on_end,
        .array_begin = on_array_begin,
        .array_end = on_end,
        .value = on_value,
        .fault = on_fault,
        .finding = on_finding,
        .tie = on_tie,
        .edit = on_edit,
    };
    return &ops;
}

static void begin_round(struct vm_maker *make, struct vm_making *making) {
    struct maker *m = maker_of_make(make);
    m->depth = 0;
    m->put = 0;
    m->guessed = false;
    missing_begin(&m->missing);
    *making = (struct vm_making){.room = m->room,
                                 .size = m->exact ? m->made : m->size,
                                 .touched = m->touched,
                                 .before = m->made,
                                 .exact = m->exact};
}

/* What was not made in this round is zero, whatever was there before. */
static uint64_t clear_gaps(struct maker *m, uint64_t made) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325), end = made > m->made ? made : m->made;
    for (uint64_t i = 0; i < end; i++) {
        if (!(m->touched[i / 8] >> i % 8 & 1)) {
            m->room[i] = 0;
        }
        hash = (hash ^ m->room[i]) * UINT64_C(0x100000001b3);
    }
    memset(m->touched, 0, (size_t)(end / 8 + 1));
    return hash;
}

/* The first value that nothing tells, or NULL. */
static struct missing_value *first_unknown(struct missing *missing) {
    for (uint32_t i = 0; i < missing->at.n; i++) {
        if (!missing->at.at[i].known && missing->at.at[i].start != VM_UNKNOWN) {
            return &missing->at.at[i];
        }
    }
    return NULL;
}

/* Whether another round is needed. In those that come before one that changes nothing, nothing is refused. */
static bool again(struct vm_maker *make, uint64_t made, bool burst) {
    struct maker *m = maker_of_make(make);
    if (made > GAPS && made - GAPS > m->put * GAPS_EACH) {
        patch_refusal_set(m->refusal, NULL, span_none(),
                          "it would have %" PRIu64 " bytes, and values for %" PRIu64 " of them",
                          made, m->put);
        return false;
    }
    uint64_t hash = clear_gaps(m, made);
    bool changed = m->missing.changed || burst || made != m->made || hash != m->hash;
    bool last = !m->spare && !changed;
    m->made = made;
    m->hash = hash;
    m->exact = !burst && !m->guessed;
    if (!changed && !m->other && first_unknown(&m->missing)) {
        m->other = true; /* zero may just be what a check wants */
        changed = true;
    }
    m->spare = changed;
    free_rooms(m);
    return ++m->rounds < ROUNDS_MAX && !last && !m->refusal->is;
}

struct maker *maker_new(const struct program *program, struct content *content,
                        struct patch_refusal *refusal) {
    static const struct vm_maker_ops ops = {
        .begin = begin_round,
        .again = again,
        .value = make_value,
        .count = count_given,
        .goes_on = goes_on,
        .knows = knows,
        .room = room,
        .pack = pack,
        .learn = learn,
        .let = let,
        .place = place,
    };
    struct maker *m = mem_zalloc(1, sizeof *m);
    size_t touched = 0;
    *m = (struct maker){.sink = {sink_ops()},
                        .make = {&ops, &m->sink},
                        .program = program,
                        .content = content,
                        .refusal = refusal,
                        .spare = true};
    m->room = make_room(ROOM, &m->size);
    m->touched = m->room ? make_room(m->size / 8, &touched) : NULL;
    if (!m->touched || touched != m->size / 8) {
        patch_refusal_set(refusal, NULL, span_none(), "no memory: %s", strerror(errno));
        maker_free(m);
        return NULL;
    }
    return m;
}

struct vm_maker *maker_vm(struct maker *m) {
    return &m->make;
}

void maker_free(struct maker *m) {
    if (!m) {
        return;
    }
    if (m->room) {
        munmap(m->room, m->size);
    }
    if (m->touched) {
        munmap(m->touched, m->size / 8);
    }
    free_rooms(m);
    mem_free(m->levels);
    missing_free(&m->missing);
    mem_free(m);
}

/* Whether there is a field for every name in the document. */
static bool all_used(struct maker *m) {
    struct buf path = {0};
    bool twice;
    const struct content *lost = content_unused(m->content, &path, &twice);
    if (lost) {
        patch_refusal_set(m->refusal, buf_text(&path), span_none(),
                          twice ? "it is given twice" : "there is no such field");
    }
    buf_free(&path);
    return !lost;
}

bool maker_end(struct maker *m, struct bytes *made) {
    struct missing_value *unknown = first_unknown(&m->missing);
    if (unknown) {
        patch_refusal_set(m->refusal, unknown->name, span_none(),
                          "no value is given, and nothing tells which it must be");
    } else if (m->rounds == ROUNDS_MAX) {
        patch_refusal_set(m->refusal, NULL, span_none(),
                          "the values that follow from each other never settle");
    }
    *made = bytes_of(m->room, (size_t)m->made);
    return !m->refusal->is && all_used(m);
}

bool maker_make(const struct program *program, struct content *content,
                const struct vm_limits *limits, struct buf *out, struct patch_refusal *refusal) {
    struct maker *m = maker_new(program, content, refusal);
    if (!m) {
        return false;
    }
    for (bool more = true; more;) {
        struct vm_making making;
        begin_round(&m->make, &making);
        struct vm *vm = vm_new(program, making.room, making.size, limits);
        vm_make(vm, &m->make, &making);
        m->vm = vm;
        vm_run(vm, &m->sink);
        more = again(&m->make, vm_made(vm), vm_make_burst(vm));
        vm_free(vm);
        m->vm = NULL;
    }
    struct bytes made;
    bool fine = maker_end(m, &made);
    if (fine) {
        buf_put(out, made.at, made.len);
    }
    maker_free(m);
    return fine;
}
