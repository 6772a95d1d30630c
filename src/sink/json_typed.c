#include "config.h"

#include "sink/json_typed.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sink/scalar.h"

/* A member that was written, and where it lies. */
struct shown {
    uint32_t member;
    bool placed;
    uint8_t bit; /* the first one's number in the first byte */
    uint64_t offset, size;
    uint64_t bits; /* 0: whole bytes */
};

/* Bits of a space; of no space: none. */
struct stretch {
    const struct vm_space *space;
    uint64_t start, end;
};

/* What is known of the struct or array of a frame with the same number. */
struct level {
    uint32_t member;
    uint32_t of;           /* struct; PROGRAM_NONE: an array */
    struct vm_region file; /* of a struct */
    bool placed;
    struct stretch at;     /* its end is not yet known */
    struct stretch source; /* what a transform took for it */
    uint64_t count;        /* an array's elements so far */
    uint32_t shown;        /* the first of those shown in it */
};

struct typed {
    struct json_writer writer; /* first */
    bool kaitai;
    const struct program *program; /* of the last event */
    struct level *levels;
    uint32_t level_cap;
    struct shown *shown; /* of the structs that are open, the innermost one's last */
    uint32_t shown_n, shown_cap;
    const struct vm_event *ending; /* the event that ends frames, or NULL */
    struct stretch source;         /* what a transform took for the member that comes next */
    struct buf path;
};

static struct typed *typed_of(struct vm_sink *sink) {
    return (struct typed *)sink;
}

static struct level *level_at(struct typed *typed, uint32_t frame) {
    if (frame >= typed->level_cap) {
        typed->level_cap = frame + 32;
        typed->levels = mem_realloc(typed->levels, typed->level_cap, sizeof *typed->levels);
    }
    return &typed->levels[frame];
}

static struct level *top_level(struct typed *typed) {
    return level_at(typed, typed->writer.n - 1);
}

/* places */

/* Adds a member to those of the innermost struct; an element is counted. */
static struct shown *add_shown(struct typed *typed, uint32_t member) {
    if (json_top(&typed->writer)->kind != JSON_STRUCT) {
        top_level(typed)->count++;
        return NULL;
    }
    if (typed->shown_n == typed->shown_cap) {
        typed->shown_cap = typed->shown_cap ? typed->shown_cap * 2 : 64;
        typed->shown = mem_realloc(typed->shown, typed->shown_cap, sizeof *typed->shown);
    }
    struct shown *shown = &typed->shown[typed->shown_n++];
    *shown = (struct shown){.member = member};
    return shown;
}

/* The place of a member of a struct that is read from home. Of what lies in bytes made for it, what they were made of is
 * the place. */
static void set_place(struct shown *shown, const struct vm_space *home,
                      const struct stretch *source, const struct stretch *at) {
    uint64_t run;
    if (!vm_space_place(at->space, at->start / 8, &shown->offset, &run)) {
        at = at->space == home ? at : source;
        if (at->space != home) {
            return;
        }
        shown->offset = at->start / 8;
    }
    uint64_t last = at->end > at->start ? (at->end + 7) / 8 : at->start / 8;
    shown->placed = true;
    shown->size = last - at->start / 8;
    if (at->end > at->start && (at->start % 8 || at->end % 8)) {
        shown->bits = at->end - at->start;
        shown->bit = (uint8_t)(at->start % 8);
    }
}

static void put_places(struct typed *typed, const struct level *level) {
    struct json_writer *json = &typed->writer;
    bool any = false;
    for (uint32_t i = level->shown; i < typed->shown_n; i++) {
        const struct shown *shown = &typed->shown[i];
        if (!shown->placed) {
            continue;
        }
        if (!any) {
            json_open(json, JSON_STRUCT, bytes_text("$at"));
            any = true;
        }
        struct bytes name =
            program_text(typed->program, typed->program->members.at[shown->member].name);
        json_begin_value(json, name);
        char *at = out_room(json->out, 4 * SCALAR_NUMBER_ROOM);
        char *p = at;
        *p++ = '[';
        p = scalar_uint(p, shown->offset, SCALAR_JSON);
        *p++ = ',';
        p = scalar_uint(p, shown->size, SCALAR_JSON);
        if (shown->bits) {
            *p++ = ',';
            p = scalar_uint(p, shown->bit, SCALAR_JSON);
            *p++ = ',';
            p = scalar_uint(p, shown->bits, SCALAR_JSON);
        }
        *p++ = ']';
        json->out->len += (size_t)(p - at);
    }
    if (any) {
        json_close(json);
    }
}

/* faults and findings */

static void put_note(struct json_writer *json, const struct json_note *note) {
    if (!note->finding) {
        json_put_text_member(json, "$error", json_note_kind(&json->notes, note));
    }
    json_put_text_member(json, "$message", json_note_message(&json->notes, note));
    json_put_text_member(json, "$path", json_note_path(&json->notes, note));
    if (note->placed) {
        json_put_number_member(json, "$offset", note->offset);
    }
    if (note->made_by_len) {
        json_put_text_member(json, "$in", json_note_made_by(&json->notes, note));
    }
}

static void put_note_list(struct json_writer *json, const char *name,
                          const struct json_noted *noted, bool finding) {
    json_open(json, JSON_ARRAY, bytes_text(name));
    for (uint32_t i = 0; i < noted->faults + noted->findings; i++) {
        const struct json_note *note = &json->notes.at[noted->first + i];
        if (note->finding == finding) {
            json_open(json, JSON_STRUCT, bytes_of("", 0));
            put_note(json, note);
            json_close(json);
        }
    }
    json_close(json);
}

static void put_notes(struct json_writer *json, const struct json_noted *noted) {
    if (noted->faults) {
        put_note_list(json, "$errors", noted, false);
    }
    if (noted->more_faults) {
        json_put_number_member(json, "$more_errors", noted->more_faults);
    }
    if (noted->findings) {
        put_note_list(json, "$findings", noted, true);
    }
    if (noted->more_findings) {
        json_put_number_member(json, "$more_findings", noted->more_findings);
    }
}

/* Outside of any struct: one fault is the object itself. */
static void put_apart(struct json_writer *json, const struct json_noted *noted) {
    if (noted->faults == 1 && noted->findings == 0) {
        put_note(json, &json->notes.at[noted->first]);
    } else {
        put_notes(json, noted);
    }
}

/* The name of Kaitai's class for a fault; its kind where there is none. */
static const char *kaitai_kind(const struct vm_fault *fault) {
    static const struct {
        const char *kind, *name;
    } names[] = {
        {"truncated", "EndOfStreamError"}, {"unterminated", "EndOfStreamError"},
        {"outside", "EndOfStreamError"},   {"undecided", "UndecidedEndiannessError"},
        {"conversion", "ConversionError"}, {"magic", "ValidationNotEqualError"},
    };
    static const char *const shapes[] = {
        [SHAPE_EQ] = "ValidationNotEqualError",       [SHAPE_MIN] = "ValidationLessThanError",
        [SHAPE_MAX] = "ValidationGreaterThanError",   [SHAPE_ANY_OF] = "ValidationNotAnyOfError",
        [SHAPE_IN_ENUM] = "ValidationNotInEnumError", [SHAPE_EXPR] = "ValidationExprError",
    };
    if (fault->shape != SHAPE_NONE) {
        return shapes[fault->shape];
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].kind, fault->kind) == 0) {
            return names[i].name;
        }
    }
    return fault->kind;
}

/* The way from the record or document to what is innermost: ".chunks[3].body". */
static void put_path(struct typed *typed) {
    const struct json_writer *json = &typed->writer;
    buf_clear(&typed->path);
    for (uint32_t i = json->floor + 1; i < json->n; i++) {
        if (json->frames[i - 1].kind == JSON_ARRAY) {
            buf_printf(&typed->path, "[%" PRIu64 "]", typed->levels[i - 1].count - 1);
        } else {
            struct bytes name = program_text(
                typed->program, typed->program->members.at[typed->levels[i].member].name);
            buf_putc(&typed->path, '.');
            buf_put(&typed->path, name.at, name.len);
        }
    }
}

/* Whether a path is that of what is innermost followed by so many last bytes. */
static bool leads_here(struct typed *typed, const char *path, size_t last) {
    size_t len = strlen(path);
    put_path(typed);
    struct bytes here = buf_bytes(&typed->path);
    if (len < last) {
        return false;
    }
    len -= last;
    if (!typed->writer.in_record) { /* from the root: without the first dot */
        return here.len ? len == here.len - 1 && memcmp(path, here.at + 1, len) == 0 : len == 0;
    }
    return len >= here.len &&
           (here.len == 0 || memcmp(path + len - here.len, here.at, here.len) == 0);
}

/* Whether a fault is of a member of the innermost struct that is not shown. */
static bool of_new_member(struct typed *typed, const struct vm_fault *fault) {
    const struct level *level = top_level(typed);
    if (fault->member == PROGRAM_NONE ||
        typed->program->members.at[fault->member].owner != level->of) {
        return false;
    }
    for (uint32_t i = level->shown; i < typed->shown_n; i++) {
        if (typed->shown[i].member == fault->member) {
            return false;
        }
    }
    const char *dot = strrchr(fault->path, '.');
    const char *name = dot ? dot : fault->path;
    return !strchr(name, '[') && leads_here(typed, fault->path, strlen(name));
}

/* Whether a fault is of the next element of the innermost array. */
static bool of_next_element(struct typed *typed, const struct vm_fault *fault) {
    char index[32];
    int len = snprintf(index, sizeof index, "[%" PRIu64 "]", top_level(typed)->count);
    size_t path_len = strlen(fault->path);
    return path_len >= (size_t)len && strcmp(fault->path + path_len - len, index) == 0 &&
           leads_here(typed, fault->path, (size_t)len);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct typed *typed = typed_of(sink);
    struct json_writer *json = &typed->writer;
    struct vm_fault named = *fault;
    if (typed->kaitai) {
        named.kind = kaitai_kind(fault);
    }
    enum json_frame_kind kind = json_top(json)->kind;
    bool instead = json->n > json->floor && (kind == JSON_STRUCT ? of_new_member(typed, fault)
                                                                 : of_next_element(typed, fault));
    if (!instead) {
        json_note_fault(json, &named);
        return;
    }
    struct bytes name = bytes_of("", 0);
    if (kind == JSON_STRUCT) {
        name = program_text(typed->program, typed->program->members.at[fault->member].name);
    }
    add_shown(typed, fault->member);
    json_open(json, JSON_STRUCT, name);
    struct json_noted noted = {.first = json->notes.n};
    json_notes_fault(&json->notes, &noted, &named);
    put_note(json, &json->notes.at[noted.first]);
    json_notes_drop(&json->notes, &noted);
    json_close(json);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    json_note_finding(json_writer_of(sink), finding);
}

/* structs and arrays */

/* What is behind the members of a struct. The frame's place is told the struct around. */
static void put_last(struct json_writer *json, const struct json_noted *noted) {
    struct typed *typed = (struct typed *)json;
    const struct level level = *top_level(typed);
    if (json_top(json)->kind == JSON_STRUCT) {
        put_notes(json, noted);
        put_places(typed, &level);
        typed->shown_n = level.shown;
    }
    if (!level.placed || json->n < 2 || json->frames[json->n - 2].kind != JSON_STRUCT) {
        return;
    }
    struct stretch at = level.at;
    at.end = typed->ending && typed->ending->space == at.space ? typed->ending->end : at.start;
    /* what was shown last in the struct around is this */
    set_place(&typed->shown[typed->shown_n - 1], typed->levels[json->n - 2].at.space, &level.source,
              &at);
}

static uint32_t struct_of(const struct vm_event *event) {
    return event->type == PROGRAM_NONE ? event->program->root
                                       : event->program->types.at[event->type].of;
}

static struct bytes struct_name(const struct program *program, uint32_t of) {
    return program_text(program, program->structs.at[of].name);
}

/* The specification that a Kaitai type is from: what is before the first "::". */
static struct bytes spec_of(struct bytes name, bool *top) {
    const char *colons = memmem(name.at, name.len, "::", 2);
    *top = !colons;
    return colons ? bytes_of(name.at, (size_t)(colons - (const char *)name.at)) : name;
}

static void put_null(struct json_writer *json, const char *name) {
    json_begin_value(json, bytes_text(name));
    out_puts(json->out, "null");
}

/* Types of different specifications know nothing of each other: such a struct has no parent, and only a specification's
 * own type is a root. Of a record it is not told in what it lies. */
static void put_family(struct typed *typed, const struct level *level, const struct level *parent) {
    bool top, parent_top;
    if (!parent && typed->writer.in_record) {
        return;
    }
    struct bytes name = struct_name(typed->program, level->of);
    struct bytes spec = spec_of(name, &top);
    if (parent) {
        struct bytes other = spec_of(struct_name(typed->program, parent->of), &parent_top);
        if (spec.len == other.len && memcmp(spec.at, other.at, spec.len) == 0) {
            return;
        }
    }
    put_null(&typed->writer, "$parent");
    if (!top) {
        put_null(&typed->writer, "$root");
    }
}

/* The level of the struct around the innermost frame, or NULL. */
static const struct level *parent_level(const struct typed *typed) {
    for (uint32_t i = typed->writer.n - 1; i > typed->writer.floor; i--) {
        if (typed->writer.frames[i - 1].kind == JSON_STRUCT) {
            return &typed->levels[i - 1];
        }
    }
    return NULL;
}

static struct level *open_level(struct typed *typed, enum json_frame_kind kind,
                                const struct vm_event *event) {
    struct json_writer *json = &typed->writer;
    typed->program = event->program;
    add_shown(typed, event->member);
    json_open(json, kind, json_name_of(event));
    struct level *level = top_level(typed);
    *level = (struct level){
        .member = event->member,
        .of = kind == JSON_STRUCT ? struct_of(event) : PROGRAM_NONE,
        .file = event->file,
        .placed = !event->let,
        .at = {event->space, event->start, event->start},
        .source = typed->source,
        .shown = typed->shown_n,
    };
    typed->source = (struct stretch){0};
    return level;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct typed *typed = typed_of(sink);
    struct json_writer *json = &typed->writer;
    const struct level *level = open_level(typed, JSON_STRUCT, event);
    const struct level *parent = parent_level(typed);
    struct bytes name = struct_name(typed->program, level->of);
    if (name.len) {
        json_put_text_member(json, "$type", name);
    }
    const struct vm_region *file = &event->file;
    if (!parent || parent->file.space != file->space || parent->file.start != file->start ||
        parent->file.limit != file->limit) {
        json_put_number_member(json, "$io", (file->limit - file->start) / 8);
    }
    if (event->space->made_by && (!parent || parent->at.space != event->space)) {
        json_put_text_member(json, "$in", bytes_text(event->space->made_by));
    }
    if (typed->kaitai) {
        put_family(typed, level, parent);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    typed_of(sink)->ending = event;
    json_end_struct(json_writer_of(sink));
    typed_of(sink)->ending = NULL;
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_level(typed_of(sink), JSON_ARRAY, event);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    typed_of(sink)->ending = event;
    json_end_array(json_writer_of(sink));
    typed_of(sink)->ending = NULL;
}

/* values */

/* Decimal digits. */
static void put_integer(struct out *out, const struct vm_value *value) {
    char *at = out_room(out, INT128_TEXT_MAX);
    out->len += value->kind == VM_WIDE ? uint128_text((uint128)value->integer, at)
                                       : int128_text(value->integer, at);
}

static void put_named(struct json_writer *json, const struct vm_event *event) {
    const struct vm_value *value = event->value;
    const struct program_enum *e = &event->program->enums.at[value->names];
    const struct program_enumerator *item =
        e->flags ? NULL : program_enumerator(event->program, value->names, value->integer);
    if (!e->flags && !item) {
        json_begin_value(json, json_name_of(event));
        put_integer(json->out, value);
        return;
    }
    json_open(json, JSON_STRUCT, json_name_of(event));
    if (item) {
        json_put_text_member(json, "$enum", program_text(event->program, item->name));
    } else {
        json_begin_value(json, bytes_text("$flags"));
        scalar_put(json->out, event, SCALAR_JSON);
    }
    json_begin_value(json, bytes_text("$value"));
    put_integer(json->out, value);
    json_put_text_member(json, "$type", program_text(event->program, e->name));
    json_close(json);
}

static void put_object(struct json_writer *json, const struct vm_event *event, const char *key) {
    json_open(json, JSON_STRUCT, json_name_of(event));
    json_begin_value(json, bytes_text(key));
    if (event->value->kind == VM_PLACE || event->value->kind == VM_FRAME) {
        json_put_string(json, bytes_text(event->refers));
    } else {
        scalar_put(json->out, event, SCALAR_JSON);
    }
    json_close(json);
}

static void put_value(struct json_writer *json, const struct vm_event *event) {
    const struct vm_value *value = event->value;
    switch ((enum vm_kind)value->kind) {
    case VM_INT:
        if (value->names != PROGRAM_NONE) {
            put_named(json, event);
            return;
        }
        /* fall through */
    case VM_WIDE:
        json_begin_value(json, json_name_of(event));
        put_integer(json->out, value);
        json_end_value(json);
        return;
    case VM_FLOAT:
        if (!isfinite(value->number)) {
            put_object(json, event, "$float");
            return;
        }
        break;
    case VM_BYTES:
        put_object(json, event, "$bytes");
        return;
    case VM_PLACE:
    case VM_FRAME:
        if (event->refers) {
            put_object(json, event, "$ref");
            return;
        }
        break;
    case VM_ABSENT:
    case VM_BOOL:
    case VM_TEXT:
    case VM_LIST:
        break;
    }
    json_begin_value(json, json_name_of(event));
    scalar_put(json->out, event, SCALAR_JSON);
    json_end_value(json);
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct typed *typed = typed_of(sink);
    typed->program = event->program;
    if (event->value->kind == VM_ABSENT && json_top(&typed->writer)->kind == JSON_STRUCT) {
        return;
    }
    struct shown *shown = add_shown(typed, event->member);
    if (shown && !event->let) {
        struct stretch at = {event->space, event->start, event->end};
        set_place(shown, top_level(typed)->at.space, &typed->source, &at);
        typed->source = (struct stretch){0};
    }
    put_value(&typed->writer, event);
}

static void on_source(struct vm_sink *sink, const struct vm_event *event) {
    typed_of(sink)->source = (struct stretch){event->space, event->start, event->end};
}

static void on_record(struct vm_sink *sink, bool begin) {
    json_record(json_writer_of(sink), begin);
}

/* making and ending */

static const struct vm_sink_ops typed_ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .source = on_source,
    .fault = on_fault,
    .finding = on_finding,
    .record = on_record,
};

struct vm_sink *json_typed_new(struct out *out, const struct json_options *options, bool kaitai) {
    struct typed *typed = mem_zalloc(1, sizeof *typed);
    typed->writer.sink.ops = &typed_ops;
    typed->writer.last = put_last;
    typed->writer.apart = put_apart;
    typed->kaitai = kaitai;
    json_begin(&typed->writer, out, options);
    *top_level(typed) = (struct level){.of = PROGRAM_NONE};
    return &typed->writer.sink;
}

void json_typed_finish(struct vm_sink *sink) {
    json_end(json_writer_of(sink));
}

void json_typed_free(struct vm_sink *sink) {
    if (sink) {
        struct typed *typed = typed_of(sink);
        json_release(&typed->writer);
        buf_free(&typed->path);
        mem_free(typed->levels);
        mem_free(typed->shown);
        mem_free(typed);
    }
}
