#include "config.h"

#include "sink/owner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sink/place.h"
#include "sink/scalar.h"
#include "sink/tree_value.h"

/* What is told of a value's text at most, in columns. */
#define VALUE_COLUMNS 64u

/* A field next to a byte. */
struct near {
    bool known;
    uint64_t start, end; /* bits */
    struct buf text;     /* as it will be written */
};

struct asked {
    uint64_t offset;
    uint32_t fields;
    struct buf text; /* of the fields it is in */
    struct near before, behind;
    struct near missed; /* the last in front of it of what was passed over; no text */
    bool again;         /* a pass went before: only fields in front of it are looked for, */
    uint64_t wanted;    /* from this bit on */
};

/* A struct or array that is open. */
struct level {
    bool array;
    size_t path; /* how long the path was before it */
};

struct owner {
    struct vm_sink sink; /* first */
    struct asked *asked;
    struct asked **by_offset; /* NULL: fields that stand around are told, too */
    uint32_t n, passes;
    bool json;
    struct level *levels;
    uint32_t depth, cap;
    struct buf path, line;
};

static struct owner *owner_of(struct vm_sink *sink) {
    return (struct owner *)(void *)sink;
}

/* the path */

static void add_name(struct owner *owner, const struct vm_event *e, const char *name) {
    bool in_array = owner->depth > 0 && owner->levels[owner->depth - 1].array;
    if (e->index != VM_UNKNOWN && (in_array || e->member == PROGRAM_NONE)) {
        buf_printf(&owner->path, "[%" PRIu64 "]", e->index);
        return;
    }
    struct bytes text = name ? bytes_text(name) : bytes_of("", 0);
    if (!name && e->member != PROGRAM_NONE) {
        text = program_text(e->program, e->program->members.at[e->member].name);
    }
    if (text.len > 0) {
        buf_puts(&owner->path, owner->path.len > 0 ? "." : "");
        buf_put(&owner->path, text.at, text.len);
    }
}

static void open_level(struct owner *owner, const struct vm_event *e, bool array) {
    size_t before = owner->path.len;
    add_name(owner, e, NULL);
    if (owner->depth == owner->cap) {
        owner->cap = owner->cap ? owner->cap * 2 : 32;
        owner->levels = mem_realloc(owner->levels, owner->cap, sizeof *owner->levels);
    }
    owner->levels[owner->depth++] = (struct level){.array = array, .path = before};
}

static void close_level(struct owner *owner) {
    if (owner->depth > 0) {
        owner->path.len = owner->levels[--owner->depth].path;
    }
}

/* text */

/* Takes the marks of the tree out of the line: what is left, which stands in it. */
static struct bytes unmark(struct owner *owner) {
    struct buf *line = &owner->line;
    size_t kept = 0;
    for (size_t i = 0; i < line->len; i++) {
        if (line->at[i] == 1) {
            i++;
        } else {
            line->at[kept++] = line->at[i];
        }
    }
    line->len = kept;
    return buf_bytes(line);
}

static struct bytes type_text(struct owner *owner, const struct vm_event *e, const char *type) {
    buf_clear(&owner->line);
    if (type) {
        buf_puts(&owner->line, type);
    } else {
        tree_put_type(&owner->line, e->program, e->type, VM_UNKNOWN);
    }
    return unmark(owner);
}

static void put_value(struct owner *owner, struct out *out, const struct vm_event *e) {
    buf_clear(&owner->line);
    if (e->value) {
        tree_put_value(&owner->line, e->program, e->type, e->value, true, VALUE_COLUMNS);
    }
    struct bytes text = unmark(owner);
    out_put(out, text.at, text.len);
}

static void put_path(const struct owner *owner, struct out *out, const struct asked *asked,
                     const struct vm_event *e) {
    struct bytes path = buf_bytes(&owner->path);
    out_puts(out, asked->fields > 0 ? ", " : "");
    out_put(out, path.at, path.len);
    if (!e->space->pieces && asked->offset > e->start / 8) {
        out_printf(out, "+%" PRIu64, asked->offset - e->start / 8);
    }
}

static void put_field(struct owner *owner, struct asked *asked, const struct vm_event *e,
                      const char *type) {
    struct out out;
    out_memory(&out, &asked->text);
    if (owner->by_offset && !owner->json) {
        put_path(owner, &out, asked, e);
    } else if (!owner->json) {
        out_printf(&out, "0x%" PRIx64 "\t%s\t", asked->offset, buf_text(&owner->path));
        struct bytes text = type_text(owner, e, type);
        out_put(&out, text.at, text.len);
        out_putc(&out, '\t');
        place_put(&out, e);
        out_putc(&out, '\t');
        put_value(owner, &out, e);
        out_putc(&out, '\n');
    } else {
        out_puts(&out, asked->fields > 0 ? ",{" : "{");
        place_put_json(&out, e, buf_text(&owner->path));
        out_puts(&out, ",\"type\":");
        scalar_put_text(&out, type_text(owner, e, type), SCALAR_JSON);
        if (e->value) {
            out_puts(&out, ",\"value\":");
            scalar_put(&out, e, SCALAR_JSON);
        }
        out_putc(&out, '}');
    }
    out_close(&out);
    asked->fields++;
}

static void put_near(struct owner *owner, struct near *near, const struct vm_event *e,
                     uint64_t start, uint64_t end, const char *which) {
    struct out out;
    *near = (struct near){.known = true, .start = start, .end = end, .text = near->text};
    buf_clear(&near->text);
    out_memory(&out, &near->text);
    if (owner->json) {
        out_printf(&out, ",\"%s\":{", which);
        place_put_json(&out, e, buf_text(&owner->path));
        out_putc(&out, '}');
    } else {
        out_printf(&out, "\t%s\t%s\t", which, buf_text(&owner->path));
        place_put(&out, e);
        out_putc(&out, '\n');
    }
    out_close(&out);
}

/* fields */

/* The first in the order of offsets whose byte ends behind a bit. */
static uint32_t first_behind(const struct owner *owner, uint64_t bit) {
    uint32_t low = 0, high = owner->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (owner->by_offset[middle]->offset < bit / 8) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void meet_alone(struct owner *owner, const struct vm_event *e, uint64_t start, uint64_t end,
                       const char *type) {
    for (uint32_t i = first_behind(owner, start);
         i < owner->n && owner->by_offset[i]->offset * 8 < end; i++) {
        put_field(owner, owner->by_offset[i], e, type);
    }
}

/* A stretch of the input that a field lies in, in bits. */
static void meet(struct owner *owner, const struct vm_event *e, uint64_t start, uint64_t end,
                 const char *type) {
    if (owner->by_offset) {
        meet_alone(owner, e, start, end, type);
        return;
    }
    for (uint32_t i = 0; i < owner->n; i++) {
        struct asked *asked = &owner->asked[i];
        uint64_t from = asked->offset * 8, to = from + 8;
        if (start < to && end > from) {
            if (!asked->again) {
                put_field(owner, asked, e, type);
            }
        } else if (end <= from && (!asked->before.known || end > asked->before.end ||
                                   (end == asked->before.end && start >= asked->before.start))) {
            put_near(owner, &asked->before, e, start, end, "before");
        } else if (start >= to && (!asked->behind.known || start < asked->behind.start)) {
            put_near(owner, &asked->behind, e, start, end, "behind");
        }
    }
}

static void on_field(struct owner *owner, const struct vm_event *e, const char *name,
                     const char *type) {
    if (!e->space || e->let || e->end <= e->start || e->end == VM_UNKNOWN) {
        return;
    }
    size_t before = owner->path.len;
    add_name(owner, e, name);
    uint64_t place, run;
    if (!e->space->pieces && !e->space->made_by) {
        meet(owner, e, e->start, e->end, type);
    }
    for (uint64_t at = e->start; e->space->pieces && at < e->end; at += run) {
        bool stored = vm_space_place(e->space, at / 8, &place, &run);
        run = run > 0 && run * 8 - at % 8 < e->end - at ? run * 8 - at % 8 : e->end - at;
        if (stored) {
            meet(owner, e, place * 8 + at % 8, place * 8 + at % 8 + run, type);
        }
    }
    owner->path.len = before;
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    on_field(owner_of(sink), event, NULL, NULL);
}

static void on_source(struct vm_sink *sink, const struct vm_event *event) {
    on_field(owner_of(sink), event, NULL, "taken by a transform");
}

static void on_magic(struct vm_sink *sink, const struct vm_event *event) {
    on_field(owner_of(sink), event, "magic", "magic");
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_level(owner_of(sink), event, false);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_level(owner_of(sink), event, true);
}

static void on_end(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    close_level(owner_of(sink));
}

/* what is passed over */

/* Elements of a run: from the first to the last. */
struct range {
    uint64_t first, last;
};

static uint64_t size_of(const struct vm_event *rest) {
    return (rest->end - rest->start) / rest->count;
}

/* Those that bits from lo to hi are in; some are. */
static struct range around(const struct vm_event *rest, uint64_t lo, uint64_t hi) {
    uint64_t size = size_of(rest), end = hi < rest->end ? hi : rest->end;
    struct range range = {0, 0};
    if (size > 0) {
        range.first = lo > rest->start ? (lo - rest->start) / size : 0;
        range.last = (end - 1 - rest->start) / size;
    }
    return range;
}

/* Of a run that ends in front of the byte: only what the last pass has found to be missing, and of elements the last. */
static bool wanted_before(struct asked *asked, const struct vm_event *rest, struct range *range) {
    uint64_t size = size_of(rest), end = rest->end;
    bool wanted = asked->again && end > asked->wanted;
    if (wanted) {
        *range = around(rest, asked->wanted, end);
        if (rest->start >= asked->wanted && asked->wanted > 0) {
            range->first = range->last;
        }
        end = rest->start + range->first * size;
    }
    if (end > rest->start && (!asked->missed.known || end > asked->missed.end)) {
        asked->missed.known = true;
        asked->missed.start = end - size;
        asked->missed.end = end;
    }
    return wanted;
}

/* Which elements of a run of more than no bits are wanted for a byte; false: none. */
static bool wanted_for(struct asked *asked, const struct vm_event *rest, struct range *range) {
    uint64_t from = asked->offset * 8, to = from + 8;
    if (from < rest->end && to > rest->start) { /* with the one before and the one behind */
        *range = around(rest, from, to);
        range->first -= range->first > 0;
        range->last++;
        return true;
    }
    if (rest->end <= from) {
        bool nearer = !asked->before.known || asked->before.end <= rest->end;
        return nearer && wanted_before(asked, rest, range);
    }
    *range = (struct range){0, 0};
    return !asked->behind.known || asked->behind.start > rest->start;
}

static uint64_t skip_alone(const struct owner *owner, const struct vm_event *rest) {
    uint32_t i = first_behind(owner, rest->start);
    uint64_t from = i < owner->n ? owner->by_offset[i]->offset * 8 : UINT64_MAX;
    return from >= rest->end ? rest->count : around(rest, from, from + 8).first;
}

static uint64_t on_skip(struct vm_sink *sink, const struct vm_event *rest) {
    struct owner *owner = owner_of(sink);
    uint64_t skipped = rest->count;
    if (rest->space->pieces) {
        return 0;
    }
    if (rest->space->made_by || rest->end <= rest->start) { /* nothing in it lies in the file */
        return rest->count;
    }
    if (owner->by_offset) {
        return skip_alone(owner, rest);
    }
    for (uint32_t i = 0; i < owner->n; i++) {
        struct range range = {0};
        if (wanted_for(&owner->asked[i], rest, &range) && range.first < skipped) {
            skipped = range.first;
        }
    }
    return skipped;
}

/* How often bytes' fields before them are looked for further to the front, until everything is looked at. */
#define PASSES_MAX 8u

bool owner_again(struct owner *owner) {
    bool again = false, all = owner->passes == PASSES_MAX;
    for (uint32_t i = 0; i < owner->n; i++) {
        struct asked *asked = &owner->asked[i];
        struct near *missed = &asked->missed;
        bool missing = missed->known && (!asked->before.known || asked->before.end <= missed->end);
        uint64_t from = all ? 0 : missed->start;
        asked->again = true;
        asked->wanted = missing && from < asked->wanted ? from : asked->wanted;
        missed->known = false;
        again = again || missing;
    }
    return again && owner->passes++ <= PASSES_MAX;
}

static void ignore_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    (void)sink, (void)fault;
}

static void ignore_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    (void)sink, (void)finding;
}

static void ignore_record(struct vm_sink *sink, bool begin) {
    (void)sink, (void)begin;
}

/* making, telling and ending */

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_end,
    .array_begin = on_array_begin,
    .array_end = on_end,
    .value = on_value,
    .source = on_source,
    .magic = on_magic,
    .fault = ignore_fault,
    .finding = ignore_finding,
    .record = ignore_record,
    .skip = on_skip,
};

struct owner *owner_new(const uint64_t *offsets, uint32_t n, bool json) {
    struct owner *owner = mem_zalloc(1, sizeof *owner);
    owner->sink.ops = &ops;
    owner->asked = mem_zalloc(n + 1, sizeof *owner->asked);
    owner->n = n;
    owner->json = json;
    for (uint32_t i = 0; i < n; i++) {
        owner->asked[i].offset = offsets[i];
        owner->asked[i].wanted = offsets[i] * 8;
    }
    return owner;
}

static int compare_offsets(const void *a, const void *b) {
    const struct asked *x = *(struct asked *const *)a, *y = *(struct asked *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

struct owner *owner_new_alone(const uint64_t *offsets, uint32_t n, bool json) {
    struct owner *owner = owner_new(offsets, n, json);
    owner->by_offset = mem_alloc((n + 1) * sizeof(struct asked *));
    for (uint32_t i = 0; i < n; i++) {
        owner->by_offset[i] = &owner->asked[i];
    }
    qsort(owner->by_offset, n, sizeof(struct asked *), compare_offsets);
    return owner;
}

struct bytes owner_fields(struct owner *owner, uint32_t i) {
    return buf_bytes(&owner->asked[i].text);
}

struct vm_sink *owner_sink(struct owner *owner) {
    return &owner->sink;
}

static void put_buf(struct out *out, const struct buf *text) {
    struct bytes bytes = buf_bytes(text);
    out_put(out, bytes.at, bytes.len);
}

uint32_t owner_tell(struct owner *owner, struct out *out) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < owner->n; i++) {
        const struct asked *asked = &owner->asked[i];
        found += asked->fields > 0;
        if (owner->json) {
            out_printf(out, "{\"offset\":%" PRIu64 ",\"fields\":[", asked->offset);
        } else if (asked->fields == 0) {
            out_printf(out, "0x%" PRIx64 "\t-\n", asked->offset);
        }
        put_buf(out, &asked->text);
        out_puts(out, owner->json ? "]" : "");
        put_buf(out, &asked->before.text);
        put_buf(out, &asked->behind.text);
        out_puts(out, owner->json ? "}\n" : "");
    }
    return found;
}

void owner_free(struct owner *owner) {
    if (!owner) {
        return;
    }
    for (uint32_t i = 0; i < owner->n; i++) {
        buf_free(&owner->asked[i].text);
        buf_free(&owner->asked[i].before.text);
        buf_free(&owner->asked[i].behind.text);
    }
    buf_free(&owner->path);
    buf_free(&owner->line);
    mem_free(owner->levels);
    mem_free(owner->by_offset);
    mem_free(owner->asked);
    mem_free(owner);
}
