#include "config.h"

#include <inttypes.h>

#include "base/int128.h"
#include "base/jsontext.h"
#include "cli/coverage_show.h"

/* Coverage as one JSON object: {"files":[…],"schemas":[…]}, of each what there is, met or not. */

/* Writes `before` as it is, then the text as a string. */
static void put_string(struct out *out, const char *before, struct bytes text) {
    out_puts(out, before);
    char *at = out_room(out, JSONTEXT_ROOM(text.len));
    out->len += (size_t)(jsontext_string(at, text, NULL) - at);
}

static void put_text(struct out *out, const char *before, const char *text) {
    put_string(out, before, bytes_text(text));
}

static void put_path(struct out *out, const char *before, const char *path) {
    if (path) {
        put_text(out, before, path);
    }
}

static void put_uint(struct out *out, const char *before, uint64_t n) {
    out_printf(out, "%s%" PRIu64, before, n);
}

static void put_bool(struct out *out, const char *before, bool yes) {
    out_printf(out, "%s%s", before, yes ? "true" : "false");
}

static void put_percent(struct out *out, uint64_t part, uint64_t whole) {
    uint64_t permille = coverage_permille(part, whole);
    out_printf(out, ",\"percent\":%" PRIu64 ".%" PRIu64, permille / 10, permille % 10);
}

/* files */

static void put_gap(struct out *out, const struct extent_gap *gap) {
    uint64_t len = gap->hi - gap->lo;
    put_uint(out, "{\"offset\":", gap->lo);
    put_uint(out, ",\"size\":", len);
    put_path(out, ",\"in\":", gap->in);
    put_path(out, ",\"behind\":", gap->before);
    put_path(out, ",\"before\":", gap->behind);
    put_bool(out, ",\"fault\":", gap->faulty);
    if (gap->known) {
        out_puts(out, ",\"zero\":");
        out_puts(out, !gap->looked ? "null" : gap->zeros ? "true" : "false");
        out_puts(out, ",\"first\":\"");
        struct bytes first = bytes_of(gap->first, len < EXTENT_FIRST ? len : EXTENT_FIRST);
        char *at = out_room(out, 2 * first.len);
        out->len += (size_t)(jsontext_hex(at, first) - at);
        out_putc(out, '"');
    }
    out_putc(out, '}');
}

static void put_overlap(struct out *out, const struct extent_overlap *overlap) {
    uint64_t first = overlap->lo / 8, behind = overlap->hi / 8 + (overlap->hi % 8 != 0);
    put_uint(out, "{\"offset\":", first);
    put_uint(out, ",\"size\":", behind - first);
    if (overlap->lo % 8 || overlap->hi % 8) {
        put_uint(out, ",\"bit\":", overlap->lo % 8);
        put_uint(out, ",\"bits\":", overlap->hi - overlap->lo);
    }
    put_uint(out, ",\"fields\":", overlap->fields);
    out_puts(out, ",\"paths\":[");
    for (uint32_t i = 0; i < overlap->path_n; i++) {
        put_text(out, i > 0 ? "," : "", overlap->paths[i]);
    }
    out_puts(out, "]}");
}

/* The members that tell of a space, from its size on. */
static void put_space(struct out *out, const struct extent_space *space) {
    put_uint(out, ",\"size\":", space->size);
    put_uint(out, ",\"described\":", space->described);
    put_percent(out, space->described, space->size);
    put_uint(out, ",\"stepped_over\":", space->stepped);
    put_uint(out, ",\"gap_bytes\":", space->missing);
    put_uint(out, ",\"beyond\":", space->beyond);
    put_uint(out, ",\"gap_count\":", space->gap_n);
    out_puts(out, ",\"gaps\":[");
    for (uint32_t i = 0; i < space->kept_gaps; i++) {
        out_puts(out, i > 0 ? "," : "");
        put_gap(out, &space->gaps[i]);
    }
    put_uint(out, "],\"overlap_bytes\":", space->overlap_bytes);
    put_uint(out, ",\"overlap_count\":", space->overlap_n);
    out_puts(out, ",\"overlaps\":[");
    for (uint32_t i = 0; i < space->kept_overlaps; i++) {
        out_puts(out, i > 0 ? "," : "");
        put_overlap(out, &space->overlaps[i]);
    }
    out_putc(out, ']');
}

static void put_made(struct out *out, const struct extent *extent) {
    put_uint(out, ",\"made\":{\"count\":", extent->made_n);
    put_uint(out, ",\"size\":", extent->made_size);
    put_uint(out, ",\"described\":", extent->made_described);
    out_puts(out, ",\"spaces\":[");
    bool first = true;
    for (const struct extent_space *space = extent_next(extent, 0); space;
         space = extent_next(extent, space->serial)) {
        put_text(out, first ? "{\"by\":" : ",{\"by\":", space->made_by);
        put_path(out, ",\"path\":", space->path);
        put_space(out, space);
        out_putc(out, '}');
        first = false;
    }
    out_puts(out, "]}");
}

static void json_begin_all(struct coverage_show *show) {
    out_puts(show->out, "{\"files\":[");
}

static void json_file(struct coverage_show *show, const struct coverage_told *told) {
    struct out *out = show->out;
    put_text(out, show->told++ > 0 ? ",\n{\"file\":" : "\n{\"file\":", told->file);
    put_text(out, ",\"schema\":", told->schema);
    put_space(out, &told->extent->file);
    put_uint(out, ",\"faults\":", told->result->faults);
    put_uint(out, ",\"findings\":", told->result->findings);
    put_made(out, told->extent);
    out_putc(out, '}');
}

static void json_between(struct coverage_show *show) {
    out_puts(show->out, "],\n\"schemas\":[");
    show->told = 0;
}

static void json_end_all(struct coverage_show *show) {
    out_puts(show->out, "]}\n");
}

/* schemas */

struct teller {
    struct out *out;
    const struct sources *sources;
    const struct coverage *coverage;
    bool first; /* of a list */
};

static void begin_list(struct teller *t, const char *name) {
    out_printf(t->out, ",\n \"%s\":[", name);
    t->first = true;
}

/* Begins an object of the list; its first member is to follow. */
static void begin_item(struct teller *t) {
    out_puts(t->out, t->first ? "\n  {" : ",\n  {");
    t->first = false;
}

static void put_place(struct teller *t, struct span span) {
    struct source_place place = {0};
    if (!span_is_none(span)) {
        place = sources_place(t->sources, span);
    }
    if (place.source) {
        put_text(t->out, ",\"schema\":", place.source->name);
        put_uint(t->out, ",\"line\":", place.line);
    }
}

static struct bytes struct_name(const struct teller *t, uint32_t id) {
    return t->coverage->spots->structs[id].name;
}

static void put_owner(struct teller *t, uint32_t owner) {
    if (owner != PROGRAM_NONE) {
        put_string(t->out, ",\"struct\":", struct_name(t, owner));
    }
}

static void put_structs(struct teller *t) {
    const struct coverage *c = t->coverage;
    begin_list(t, "structs");
    for (uint32_t i = 0; i < c->program->structs.n; i++) {
        if (c->reachable[i]) {
            begin_item(t);
            put_string(t->out, "\"name\":", struct_name(t, i));
            put_place(t, c->spots->structs[i].span);
            put_uint(t->out, ",\"met\":", c->structs[i]);
            out_putc(t->out, '}');
        }
    }
    out_putc(t->out, ']');
}

static void put_fields(struct teller *t) {
    const struct coverage *c = t->coverage;
    begin_list(t, "fields");
    for (uint32_t i = 0; i < c->program->members.n; i++) {
        const struct program_member *m = &c->program->members.at[i];
        if (coverage_has_member(c, i)) {
            begin_item(t);
            put_string(t->out, "\"name\":", program_text(c->program, m->name));
            put_owner(t, m->owner);
            put_place(t, m->span);
            put_bool(t->out, ",\"computed\":", m->kind == MEMBER_LET);
            put_uint(t->out, ",\"met\":", c->members[i]);
            out_putc(t->out, '}');
        }
    }
    out_putc(t->out, ']');
}

static void put_number(struct out *out, const char *before, int128 value) {
    char text[INT128_TEXT_MAX];
    int128_text(value, text);
    out_puts(out, before);
    out_puts(out, text);
}

static void put_odd(struct teller *t, const struct coverage_enum *e) {
    out_puts(t->out, "],\"unnamed\":[");
    for (uint32_t i = 0; i < e->odd_n; i++) {
        put_number(t->out, i > 0 ? ",{\"value\":" : "{\"value\":", e->odd[i].value);
        put_uint(t->out, ",\"met\":", e->odd[i].met);
        put_text(t->out, ",\"file\":", e->odd[i].file);
        put_text(t->out, ",\"path\":", e->odd[i].path);
        out_putc(t->out, '}');
    }
    put_uint(t->out, "],\"more\":", e->more);
}

static void put_enums(struct teller *t) {
    const struct coverage *c = t->coverage;
    begin_list(t, "enums");
    for (uint32_t i = 0; i < c->program->enums.n; i++) {
        const struct program_enum *e = &c->program->enums.at[i];
        if (!c->enums[i].used) {
            continue;
        }
        begin_item(t);
        put_string(t->out, "\"name\":", program_text(c->program, e->name));
        put_place(t, c->spots->enums.at[i]);
        put_bool(t->out, ",\"flags\":", e->flags);
        out_puts(t->out, ",\"names\":[");
        for (uint32_t k = 0; k < e->count; k++) {
            const struct program_enumerator *item = &c->program->items.at[e->first + k];
            put_string(t->out,
                       k > 0 ? ",{\"name\":" : "{\"name\":", program_text(c->program, item->name));
            put_number(t->out, ",\"value\":", item->value);
            put_place(t, c->spots->items.at[e->first + k]);
            put_uint(t->out, ",\"met\":", coverage_item_met(c, i, k));
            out_putc(t->out, '}');
        }
        put_odd(t, &c->enums[i]);
        out_putc(t->out, '}');
    }
    out_putc(t->out, ']');
}

static void put_branches(struct teller *t) {
    const struct coverage *c = t->coverage;
    begin_list(t, "branches");
    for (uint32_t i = 0; i < c->spots->at.n; i++) {
        const struct spot *spot = &c->spots->at.at[i];
        begin_item(t);
        put_text(t->out, "\"kind\":", spot_kind_text(spot->kind));
        put_owner(t, spot->owner);
        if (spot->name.len) {
            put_string(t->out, ",\"field\":", spot->name);
        }
        put_string(t->out, ",\"text\":", spot->text);
        put_place(t, spot->span);
        put_uint(t->out, ",\"met\":", c->met[i]);
        out_putc(t->out, '}');
    }
    out_putc(t->out, ']');
}

static void put_checks(struct teller *t) {
    const struct coverage *c = t->coverage;
    begin_list(t, "checks");
    for (uint32_t i = 0; i < c->program->checks.n; i++) {
        const struct program_check *check = &c->program->checks.at[i];
        if (!coverage_check_is_first(c, i)) {
            continue;
        }
        begin_item(t);
        put_text(t->out, "\"kind\":", check->kind == CHECK_REQUIRE ? "require" : "check");
        if (check->member != PROGRAM_NONE) {
            const struct program_member *m = &c->program->members.at[check->member];
            put_owner(t, m->owner);
            put_string(t->out, ",\"field\":", program_text(c->program, m->name));
        }
        put_string(t->out, ",\"text\":", program_text(c->program, check->formula));
        put_place(t, check->span);
        put_uint(t->out, ",\"tested\":", c->checks[i].tested);
        put_uint(t->out, ",\"failed\":", c->checks[i].failed);
        out_putc(t->out, '}');
    }
    out_putc(t->out, ']');
}

static void put_sum(struct out *out, const char *before, struct coverage_sum sum) {
    put_uint(out, before, sum.met);
    put_uint(out, ",\"all\":", sum.all);
    out_putc(out, '}');
}

static void json_schema(struct coverage_show *show, const struct coverage_schema *schema) {
    struct out *out = show->out;
    const struct coverage *c = schema->coverage;
    struct coverage_sums sums;
    coverage_sum_up(c, &sums);
    put_text(out, show->told++ > 0 ? ",\n{\"name\":" : "\n{\"name\":", schema->name);
    put_text(out, ",\"path\":", schema->path);
    put_uint(out, ",\"files\":", c->files);
    put_uint(out, ",\"damaged\":", c->damaged);
    put_uint(out, ",\"size\":", c->size);
    put_uint(out, ",\"described\":", c->described);
    put_percent(out, c->described, c->size);
    put_uint(out, ",\"stepped_over\":", c->stepped);
    put_uint(out, ",\"gap_bytes\":", c->missing);
    put_uint(out, ",\"beyond\":", c->beyond);
    put_uint(out, ",\"gap_count\":", c->gaps);
    put_uint(out, ",\"overlap_count\":", c->overlaps);
    put_uint(out, ",\"made_size\":", c->made_size);
    put_uint(out, ",\"made_described\":", c->made_described);
    put_sum(out, ",\n \"sums\":{\"all\":{\"met\":", coverage_whole(&sums));
    put_sum(out, ",\"structs\":{\"met\":", sums.structs);
    put_sum(out, ",\"fields\":{\"met\":", sums.fields);
    put_sum(out, ",\"names\":{\"met\":", sums.names);
    put_sum(out, ",\"branches\":{\"met\":", sums.branches);
    put_sum(out, ",\"checks\":{\"met\":", sums.checks);
    out_putc(out, '}');
    struct teller t = {.out = out, .sources = schema->sources, .coverage = c};
    put_structs(&t);
    put_fields(&t);
    put_enums(&t);
    put_branches(&t);
    put_checks(&t);
    out_putc(out, '}');
}

const struct coverage_format coverage_json = {
    .begin = json_begin_all,
    .file = json_file,
    .between = json_between,
    .schema = json_schema,
    .end = json_end_all,
};
