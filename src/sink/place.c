#include "config.h"

#include "sink/place.h"

#include <inttypes.h>

#include "base/mem.h"
#include "sink/scalar.h"

struct place_sink {
    struct vm_sink sink; /* first */
    struct out *out;
    struct place_options options;
    uint64_t told, met;
};

static struct place_sink *places_of(struct vm_sink *sink) {
    return (struct place_sink *)(void *)sink;
}

/* A stretch of the input, or of what lies nowhere in it. */
struct stretch {
    uint64_t start, bits; /* the start in bits */
    bool stored;          /* it is in the input */
};

static bool is_whole(const struct stretch *s) {
    return s->start % 8 == 0 && s->bits % 8 == 0;
}

/* The stretch at bit `at` of what lies up to end; both in the event's space. */
static struct stretch stretch_at(const struct vm_space *space, uint64_t at, uint64_t end) {
    uint64_t place, run;
    struct stretch s = {.start = at, .bits = end - at};
    s.stored = vm_space_place(space, at / 8, &place, &run);
    if (space->pieces && run > 0) {
        uint64_t there = run * 8 - at % 8;
        s.bits = there < s.bits ? there : s.bits;
        s.start = s.stored ? place * 8 + at % 8 : at;
    }
    return s;
}

static void put_start(struct out *out, const struct stretch *s) {
    out_printf(out, "0x%" PRIx64, s->start / 8);
    if (!is_whole(s)) {
        out_printf(out, ":%u", (unsigned)(s->start % 8));
    }
}

static void put_size(struct out *out, const struct stretch *s) {
    if (is_whole(s)) {
        out_printf(out, "%" PRIu64, s->bits / 8);
    } else {
        out_printf(out, "%" PRIu64 " bit%s", s->bits, s->bits == 1 ? "" : "s");
    }
}

void place_put(struct out *out, const struct vm_event *e) {
    if (!e->space) {
        out_puts(out, "-\t-");
        return;
    }
    struct stretch s = stretch_at(e->space, e->start, e->end);
    s.bits = e->end - e->start;
    if (!s.stored && e->space->made_by) {
        out_printf(out, "%s:", e->space->made_by);
    }
    put_start(out, &s);
    out_putc(out, '\t');
    put_size(out, &s);
}

/* text */

static void put_line(const struct place_sink *places, const char *path) {
    if (places->options.file) {
        out_printf(places->out, "%s\t", places->options.file);
    }
    out_printf(places->out, "%s\t", path);
}

static void put_text(const struct place_sink *places, const struct vm_event *e, const char *path) {
    struct out *out = places->out;
    if (!e->space) {
        put_line(places, path);
        out_puts(out, "-\t-\tcomputed\n");
        return;
    }
    uint64_t at = e->start;
    do {
        struct stretch s = stretch_at(e->space, at, e->end);
        put_line(places, path);
        put_start(out, &s);
        out_putc(out, '\t');
        put_size(out, &s);
        if (!s.stored && e->space->made_by) {
            out_printf(out, "\tmade by %s", e->space->made_by);
        }
        out_putc(out, '\n');
        at += s.bits;
    } while (at < e->end);
}

/* JSON */

static void put_key(struct out *out, const char *key, const char *text) {
    out_printf(out, "\"%s\":", key);
    scalar_put_text(out, bytes_text(text), SCALAR_JSON);
}

static void put_stretch(struct out *out, const struct stretch *s) {
    out_printf(out, "\"offset\":%" PRIu64, s->start / 8);
    if (is_whole(s)) {
        out_printf(out, ",\"size\":%" PRIu64, s->bits / 8);
    } else {
        out_printf(out, ",\"bit\":%u,\"bits\":%" PRIu64, (unsigned)(s->start % 8), s->bits);
    }
}

void place_put_json(struct out *out, const struct vm_event *e, const char *path) {
    put_key(out, "path", path);
    if (!e->space) {
        return;
    }
    struct stretch s = stretch_at(e->space, e->start, e->end);
    out_putc(out, ',');
    if (s.bits == e->end - e->start) {
        put_stretch(out, &s);
    } else {
        out_puts(out, "\"pieces\":[");
        for (uint64_t at = e->start; at < e->end; at += s.bits) {
            s = stretch_at(e->space, at, e->end);
            out_puts(out, at > e->start ? ",{" : "{");
            put_stretch(out, &s);
            out_putc(out, '}');
        }
        out_putc(out, ']');
    }
    if (!s.stored && e->space->made_by) {
        out_putc(out, ',');
        put_key(out, "in", e->space->made_by);
    }
}

static void put_object(const struct place_sink *places, const struct vm_event *e,
                       const char *path) {
    struct out *out = places->out;
    out_putc(out, '{');
    if (places->options.file) {
        put_key(out, "file", places->options.file);
        out_putc(out, ',');
    }
    place_put_json(out, e, path);
    out_puts(out, "}\n");
}

/* raw */

/* The bytes of a value; false where it has none of its own. */
static bool bytes_of_value(const struct vm_event *e, struct bytes *bytes) {
    const struct vm_value *v = e->value;
    if (e->space) {
        uint64_t end = e->end / 8 < e->space->size ? e->end / 8 : e->space->size;
        if (e->start % 8 != 0 || e->end % 8 != 0 || e->start / 8 > end) {
            return false;
        }
        *bytes = bytes_of(e->space->data + e->start / 8, (size_t)(end - e->start / 8));
        return true;
    }
    *bytes = v->kind == VM_TEXT && v->raw.at ? v->raw : v->bytes;
    return v->kind == VM_TEXT || v->kind == VM_BYTES;
}

static bool put_raw(const struct place_sink *places, const struct vm_event *e, const char *path) {
    struct bytes bytes;
    if (!bytes_of_value(e, &bytes)) {
        return false;
    }
    if (places->options.take) {
        places->options.take(places->options.context, e, path, bytes);
    } else {
        out_put(places->out, bytes.at, bytes.len);
    }
    return true;
}

static void on_place(struct vm_sink *sink, const struct vm_event *event) {
    struct place_sink *places = places_of(sink);
    const char *path = *event->refers ? event->refers : places->options.path;
    bool told = true;
    switch (places->options.format) {
    case PLACE_TEXT:
        put_text(places, event, path);
        break;
    case PLACE_JSON:
        put_object(places, event, path);
        break;
    case PLACE_RAW:
        told = put_raw(places, event, path);
        break;
    }
    places->met++;
    places->told += told;
}

static void ignore(struct vm_sink *sink, const struct vm_event *event) {
    (void)sink, (void)event;
}

static void ignore_record(struct vm_sink *sink, bool begin) {
    (void)sink, (void)begin;
}

static const struct vm_sink_ops ops = {
    .struct_begin = ignore,
    .struct_end = ignore,
    .array_begin = ignore,
    .array_end = ignore,
    .value = ignore,
    .place = on_place,
    .record = ignore_record,
};

struct place_sink *place_new(struct out *out, const struct place_options *options) {
    struct place_sink *places = mem_zalloc(1, sizeof *places);
    places->sink.ops = &ops;
    places->out = out;
    places->options = *options;
    return places;
}

struct vm_sink *place_sink(struct place_sink *places) {
    return &places->sink;
}

void place_free(struct place_sink *places) {
    mem_free(places);
}

uint64_t place_told(const struct place_sink *places) {
    return places->told;
}

uint64_t place_met(const struct place_sink *places) {
    return places->met;
}
