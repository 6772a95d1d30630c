#include "config.h"

#include "patch/maker.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "patch/field.h"
#include "patch/missing.h"
#include "patch/value.h"
#include "vm/make.h"

/* Everything is made anew at most so often. */
#define ROUNDS_MAX 32u

/* Room for what is made: address space, of which only what is written to takes memory. */
#define ROOM       ((size_t)1 << 36)
#define ROOM_LEAST ((size_t)1 << 26)

/* Where things whose place is not known yet are put, until it is known how much lies in front of them. */
#define FAR (ROOM_LEAST / 2)

/* A struct or array that is being made. */
struct level {
    struct content *given; /* NULL: nothing of it is given */
    bool array;
    uint64_t next; /* of an array: elements begun */
    uint64_t path; /* hash */
    uint32_t member;
};

struct maker {
    struct vm_sink sink; /* first: it is told of what is made */
    struct vm_maker make;
    const struct maker_request *request;
    struct patch_refusal *refusal;
    struct vm *vm;
    struct level *levels;
    uint32_t depth, cap;
    struct missing missing;
    bool other;         /* what is not known holds ones instead of zeros */
    bool spare;         /* this round may be thrown away: nothing is refused */
    struct arena arena; /* values, for a round */
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
    const struct program *program = m->request->program;
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
    const struct program *program = m->request->program;
    struct span span = member == PROGRAM_NONE ? span_none() : program->members.at[member].span;
    patch_refusal_set(m->refusal, put_path(m, member, &path), span, "%s", why);
    buf_free(&path);
    vm_stop(m->vm);
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
        return m->request->given;
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
    if (given && given->kind != wanted) {
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

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct maker *m = maker_of(sink);
    struct level *around = top(m);
    struct content *given =
        event->let && around && !around->array
            ? content_member(around->given ? around->given : &(struct content){0},
                             name_of(m, event->member))
            : NULL;
    if (given) {
        given->used = true; /* computed: what is given says what it would be */
    }
    if (event->let && around && around->array) {
        around->next++;
    }
}

/* making */

static bool put_zeros(const struct vm_wanted *wanted, struct buf *out) {
    buf_put(out, wanted->there.at, wanted->there.len);
    return true;
}

static struct encode_field field_of(const struct maker *m, const struct vm_wanted *wanted) {
    const struct program_type *t = &m->request->program->types.at[wanted->event->type];
    return (struct encode_field){
        .program = m->request->program,
        .type = wanted->event->type,
        .ambient = wanted->ambient,
        .encoding = wanted->encoding,
        .stored = wanted->there,
        .bit = (unsigned)(wanted->event->start % 8),
        .bits = t->packed && wanted->bits != VM_UNKNOWN ? (unsigned)wanted->bits : 0,
        .fresh = true,
    };
}

/* A value that is not given: what is known of it, or a stand-in. */
static bool make_missing(struct maker *m, const struct vm_wanted *wanted, uint64_t path,
                         struct buf *out) {
    struct buf name = {0}, why = {0};
    const struct vm_event *event = wanted->event;
    struct encode_field field = field_of(m, wanted);
    const struct program_type *t = &m->request->program->types.at[event->type];
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
        fine = value_of_content(&m->arena, m->request->program, wanted->event->type, given, &value,
                                &why) &&
               encode_value(&field, &value, out, &why);
        if (!fine) {
            refuse(m, member, buf_text(&why));
        }
        given->used = true;
        buf_free(&why);
    }
    if (around && around->array) {
        around->next++;
    }
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

static uint64_t place(struct vm_maker *make, uint32_t member) {
    struct maker *m = maker_of_make(make);
    refuse(m, member, "its place is not given");
    return 0;
}

/* what follows from what is made */

static bool on_tie(struct vm_sink *sink, const struct vm_tie *tie, int128 *target) {
    (void)sink;
    switch (tie->kind) {
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

static void run(struct maker *m, uint8_t *room, size_t size) {
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
    m->sink.ops = &ops;
    m->depth = 0;
    missing_begin(&m->missing);
    m->vm = vm_new(m->request->program, room, size, m->request->limits);
    vm_make(m->vm, &m->make);
    vm_run(m->vm, &m->sink);
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

/* Whether another round is needed; nothing is refused in those that come before one that changes nothing. */
static bool again(struct maker *m, uint32_t round) {
    if (m->missing.changed) {
        m->spare = round + 2 < ROUNDS_MAX;
        return true;
    }
    if (!m->other && first_unknown(&m->missing)) {
        m->other = true; /* zero may just be what a check wants */
        m->spare = true;
        return true;
    }
    bool once_more = m->spare;
    m->spare = false;
    return once_more;
}

static bool finish(struct maker *m, uint32_t round) {
    struct missing_value *unknown = first_unknown(&m->missing);
    if (round == ROUNDS_MAX) {
        return patch_refusal_set(m->refusal, NULL, span_none(),
                                 "the values that follow from each other never settle");
    }
    if (unknown) {
        return patch_refusal_set(m->refusal, unknown->name, span_none(),
                                 "no value is given, and nothing tells which it must be");
    }
    return !m->refusal->is;
}

static uint8_t *make_room(size_t *size) {
    for (*size = ROOM; *size >= ROOM_LEAST; *size /= 4) {
        void *at = mmap(NULL, *size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at != MAP_FAILED) {
            return at;
        }
    }
    return NULL;
}

bool maker_make(const struct maker_request *request, struct buf *out,
                struct patch_refusal *refusal) {
    static const struct vm_maker_ops ops = {make_value, count_given, goes_on, knows, place};
    struct maker m = {.request = request, .refusal = refusal, .make = {&ops}, .spare = true};
    size_t size;
    uint8_t *room = make_room(&size);
    if (!room) {
        return patch_refusal_set(refusal, NULL, span_none(), "no memory: %s", strerror(errno));
    }
    uint32_t round = 0;
    for (bool goes_on = true; goes_on && round < ROUNDS_MAX && !refusal->is; round++) {
        run(&m, room, size);
        goes_on = again(&m, round);
        if (goes_on) {
            madvise(room, size, MADV_DONTNEED);
            vm_free(m.vm);
            arena_free(&m.arena);
        }
    }
    bool fine = finish(&m, round);
    if (fine) {
        buf_put(out, room, (size_t)vm_made(m.vm));
        vm_free(m.vm);
    }
    munmap(room, size);
    mem_free(m.levels);
    missing_free(&m.missing);
    arena_free(&m.arena);
    return fine;
}
