#include "config.h"

#include <inttypes.h>

#include "base/int128.h"
#include "cli/coverage_show.h"
#include "cli/report.h"
#include "cli/talk.h"

/* Coverage for people: a line a file, with its gaps and overlaps below it; then what of each schema was never met. */

uint64_t coverage_permille(uint64_t part, uint64_t whole) {
    return whole ? (uint64_t)((uint128)part * 1000 / whole) : 1000;
}

struct coverage_sum coverage_whole(const struct coverage_sums *sums) {
    return (struct coverage_sum){
        .met = sums->structs.met + sums->fields.met + sums->names.met + sums->branches.met +
               sums->checks.met,
        .all = sums->structs.all + sums->fields.all + sums->names.all + sums->branches.all +
               sums->checks.all,
    };
}

static void put_safe(struct out *out, struct bytes text) {
    struct buf safe = {0};
    talk_put_safe(&safe, text);
    out_put(out, safe.at, safe.len);
    buf_free(&safe);
}

static void put_text(struct out *out, const char *text) {
    put_safe(out, bytes_text(text));
}

/* Text of a schema on one line. */
static void put_source(struct out *out, struct bytes text) {
    struct buf line = {0};
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.at[i] == ' ' || text.at[i] == '\n' || text.at[i] == '\t';
        if (!blank) {
            buf_putc(&line, (char)text.at[i]);
        } else if (line.len > 0 && line.at[line.len - 1] != ' ') {
            buf_putc(&line, ' ');
        }
    }
    put_safe(out, buf_bytes(&line));
    buf_free(&line);
}

static void put_percent(struct out *out, uint64_t part, uint64_t whole) {
    uint64_t permille = coverage_permille(part, whole);
    out_printf(out, "%" PRIu64 ".%" PRIu64 " %%", permille / 10, permille % 10);
}

static const char *plural(uint64_t n) {
    return n == 1 ? "" : "s";
}

static void put_bytes(struct out *out, uint64_t n) {
    out_printf(out, "%" PRIu64 " byte%s", n, plural(n));
}

/* a file */

/* "3 of 4 bytes described (75.0 %), 1 stepped over, 2 gaps" */
static void put_counts(struct out *out, const struct extent_space *space) {
    out_printf(out, "%" PRIu64 " of ", space->described);
    put_bytes(out, space->size);
    out_puts(out, " described (");
    put_percent(out, space->described, space->size);
    out_puts(out, ")");
    if (space->stepped) {
        out_printf(out, ", %" PRIu64 " stepped over", space->stepped);
    }
    if (space->gap_n) {
        out_printf(out, ", %" PRIu64 " in %" PRIu64 " gap%s", space->missing, space->gap_n,
                   plural(space->gap_n));
    }
    if (space->overlap_n) {
        out_printf(out, ", %" PRIu64 " overlap%s", space->overlap_n, plural(space->overlap_n));
    }
    if (space->beyond) {
        out_printf(out, "; what lies behind 0x%" PRIx64 " is in too many pieces to be counted",
                   space->size - space->beyond);
    }
    out_putc(out, '\n');
}

static void put_where(struct out *out, const char *before, const char *path) {
    if (path) {
        out_puts(out, before);
        put_text(out, *path ? path : "the file's struct");
    }
}

static void put_gap(struct out *out, const struct extent_gap *gap) {
    uint64_t len = gap->hi - gap->lo;
    out_printf(out, "  gap      0x%-10" PRIx64 " ", gap->lo);
    put_bytes(out, len);
    put_where(out, ", in ", gap->in);
    put_where(out, ", behind ", gap->before);
    put_where(out, ", before ", gap->behind);
    if (gap->faulty) {
        out_puts(out, ", where a fault ended what it is in");
    }
    if (gap->known) {
        out_puts(out, gap->zeros && gap->looked ? ": all zero" : ":");
        for (uint64_t i = 0; i < len && i < EXTENT_FIRST && !(gap->zeros && gap->looked); i++) {
            out_printf(out, " %02x", gap->first[i]);
        }
        out_puts(out, len > EXTENT_FIRST && !(gap->zeros && gap->looked) ? " …" : "");
    }
    out_putc(out, '\n');
}

static void put_overlap(struct out *out, const struct extent_overlap *overlap) {
    uint64_t bits = overlap->hi - overlap->lo;
    out_printf(out, "  overlap  0x%-10" PRIx64 " ", overlap->lo / 8);
    if (bits % 8 == 0 && overlap->lo % 8 == 0) {
        put_bytes(out, bits / 8);
    } else {
        out_printf(out, "%" PRIu64 " bit%s", bits, plural(bits));
    }
    for (uint32_t i = 0; i < overlap->path_n; i++) {
        out_puts(out, i == 0 ? ": " : ", ");
        put_text(out, overlap->paths[i]);
    }
    if (overlap->fields > overlap->path_n) {
        out_printf(out, " and %" PRIu64 " more", overlap->fields - overlap->path_n);
    }
    out_putc(out, '\n');
}

static void put_more(struct out *out, const char *what, uint64_t n) {
    if (n > 0) {
        out_printf(out, "  %-8s %" PRIu64 " more\n", what, n);
    }
}

static void put_lists(const struct coverage_show *show, const struct extent_space *space) {
    if (show->most == 0 && !show->all) {
        return;
    }
    uint64_t most = show->all ? UINT64_MAX : show->most;
    uint64_t gaps = space->kept_gaps < most ? space->kept_gaps : most;
    uint64_t overlaps = space->kept_overlaps < most ? space->kept_overlaps : most;
    for (uint64_t i = 0; i < gaps; i++) {
        put_gap(show->out, &space->gaps[i]);
    }
    put_more(show->out, "gaps", space->gap_n - gaps);
    for (uint64_t i = 0; i < overlaps; i++) {
        put_overlap(show->out, &space->overlaps[i]);
    }
    put_more(show->out, "overlaps", space->overlap_n - overlaps);
}

static void put_made(const struct coverage_show *show, const struct extent *extent) {
    struct out *out = show->out;
    uint64_t whole = 0;
    if (extent->made_n == 0) {
        return;
    }
    for (const struct extent_space *space = extent_next(extent, 0); space;
         space = extent_next(extent, space->serial)) {
        if (!show->all && space->gap_n == 0 && space->overlap_n == 0) {
            whole++;
            continue;
        }
        out_printf(out, "  made by %s, of ", space->made_by);
        put_text(out, space->path && *space->path ? space->path : "the file's struct");
        out_puts(out, ": ");
        put_counts(out, space);
        put_lists(show, space);
    }
    bool more = extent->dropped > 0 && extent->made_described < extent->made_size;
    if (show->all || whole < extent->made_n - extent->dropped || more) {
        out_printf(out, "  made by transforms: %" PRIu64 " of ", extent->made_described);
        put_bytes(out, extent->made_size);
        out_puts(out, " described\n");
    }
}

static void text_file(struct coverage_show *show, const struct coverage_told *told) {
    put_text(show->out, told->file);
    out_puts(show->out, ": ");
    put_counts(show->out, &told->extent->file);
    put_lists(show, &told->extent->file);
    put_made(show, told->extent);
}

/* a schema */

struct teller {
    const struct coverage_show *show;
    const struct coverage_schema *schema;
    const struct coverage *coverage;
    const char *heading;  /* still to be written, or NULL */
    uint64_t lines, more; /* of the list at hand: written, and left out */
};

/* Begins a line below the heading: what it is about, and where that is written. */
static void begin_line(struct teller *t, const char *what, struct span span) {
    struct out *out = t->show->out;
    if (t->heading) {
        out_printf(out, "  %s\n", t->heading);
        t->heading = NULL;
    }
    struct buf where = {0};
    report_where(&where, NULL, 0, t->schema->sources, span);
    out_printf(out, "    %-8s ", what);
    put_safe(out, buf_bytes(&where));
    out_puts(out, where.len > 0 ? "  " : "");
    buf_free(&where);
}

/* Whether the list has room for another line. */
static bool has_room(struct teller *t) {
    bool room = t->show->all || t->lines < t->show->most;
    t->lines += room;
    t->more += !room;
    return room;
}

static void end_list(struct teller *t, const char *what) {
    if (t->more > 0 && t->show->most > 0) {
        begin_line(t, what, span_none());
        out_printf(t->show->out, "%" PRIu64 " more\n", t->more);
    }
    t->lines = t->more = 0;
}

/* Whether a line is due for what was met so often. */
static bool is_due(const struct teller *t, uint64_t met) {
    return t->show->all || met == 0;
}

static void end_line(struct teller *t, uint64_t met) {
    if (t->show->all) {
        out_printf(t->show->out, "  (%" PRIu64 ")", met);
    }
    out_putc(t->show->out, '\n');
}

static struct bytes struct_name(const struct teller *t, uint32_t id) {
    return id == PROGRAM_NONE ? bytes_of("", 0) : t->coverage->spots->structs[id].name;
}

/* What is in a struct that was never met goes without saying. */
static bool is_implied(const struct teller *t, uint32_t owner) {
    return !t->show->all && owner != PROGRAM_NONE && t->coverage->structs[owner] == 0;
}

static void put_structs(struct teller *t) {
    const struct coverage *c = t->coverage;
    for (uint32_t i = 0; i < c->program->structs.n; i++) {
        if (c->reachable[i] && is_due(t, c->structs[i]) && has_room(t)) {
            uint32_t fields = c->program->structs.at[i].member_count;
            begin_line(t, "struct", c->spots->structs[i].span);
            put_safe(t->show->out, struct_name(t, i));
            if (c->structs[i] == 0 && fields > 0) {
                out_printf(t->show->out, ", of %" PRIu32 " field%s", fields, plural(fields));
            }
            end_line(t, c->structs[i]);
        }
    }
    end_list(t, "structs");
}

static void put_fields(struct teller *t) {
    const struct coverage *c = t->coverage;
    for (uint32_t i = 0; i < c->program->members.n; i++) {
        const struct program_member *m = &c->program->members.at[i];
        if (coverage_has_member(c, i) && is_due(t, c->members[i]) && !is_implied(t, m->owner) &&
            has_room(t)) {
            begin_line(t, m->kind == MEMBER_LET ? "let" : "field", m->span);
            put_safe(t->show->out, struct_name(t, m->owner));
            out_putc(t->show->out, '.');
            put_safe(t->show->out, program_text(c->program, m->name));
            end_line(t, c->members[i]);
        }
    }
    end_list(t, "fields");
}

static void put_spot(struct teller *t, const struct spot *spot) {
    begin_line(t, spot_kind_text(spot->kind), spot->span);
    struct bytes name = struct_name(t, spot->owner);
    put_safe(t->show->out, name);
    out_puts(t->show->out, name.len && spot->name.len ? "." : "");
    put_safe(t->show->out, spot->name);
    out_puts(t->show->out, name.len || spot->name.len ? ": " : "");
    put_source(t->show->out, spot->text);
}

static void put_spots(struct teller *t) {
    const struct coverage *c = t->coverage;
    for (uint32_t i = 0; i < c->spots->at.n; i++) {
        const struct spot *spot = &c->spots->at.at[i];
        if (coverage_has_spot(c, i) && is_due(t, c->met[i]) && !is_implied(t, spot->owner) &&
            has_room(t)) {
            put_spot(t, spot);
            end_line(t, c->met[i]);
        }
    }
    end_list(t, "branches");
}

/* All names, each with how often it was met; or those never met, in one line. */
static void put_enum(struct teller *t, uint32_t id) {
    const struct coverage *c = t->coverage;
    const struct program_enum *e = &c->program->enums.at[id];
    uint32_t told = 0;
    for (uint32_t k = 0; k < e->count; k++) {
        uint64_t met = coverage_item_met(c, id, k);
        if (!is_due(t, met)) {
            continue;
        }
        if (told == 0 && !has_room(t)) {
            return;
        }
        if (t->show->all || told == 0) {
            begin_line(t, e->flags ? "flag" : "name", c->spots->items.at[e->first + k]);
            put_safe(t->show->out, program_text(c->program, e->name));
        }
        out_puts(t->show->out, t->show->all ? "." : told == 0 ? ": " : ", ");
        put_safe(t->show->out, program_text(c->program, c->program->items.at[e->first + k].name));
        told++;
        if (t->show->all) {
            end_line(t, met);
        }
    }
    if (!t->show->all && told > 0) {
        out_putc(t->show->out, '\n');
    }
}

static void put_names(struct teller *t) {
    for (uint32_t i = 0; i < t->coverage->program->enums.n; i++) {
        if (t->coverage->enums[i].used) {
            put_enum(t, i);
        }
    }
    end_list(t, "names");
}

static struct bytes check_text(const struct coverage *c, const struct program_check *check) {
    struct bytes said = program_text(c->program, check->message);
    return said.len ? said : program_text(c->program, check->formula);
}

static void put_check(struct teller *t, uint32_t id) {
    const struct coverage *c = t->coverage;
    const struct program_check *check = &c->program->checks.at[id];
    struct out *out = t->show->out;
    begin_line(t, check->kind == CHECK_REQUIRE ? "require" : "check", check->span);
    if (check->member != PROGRAM_NONE) {
        const struct program_member *m = &c->program->members.at[check->member];
        put_safe(out, struct_name(t, m->owner));
        out_putc(out, '.');
        put_safe(out, program_text(c->program, m->name));
        out_puts(out, ": ");
    }
    put_source(out, check_text(c, check));
}

/* Of a field of a struct that was never met. */
static bool is_implied_check(const struct teller *t, const struct program_check *check) {
    return check->member != PROGRAM_NONE &&
           is_implied(t, t->coverage->program->members.at[check->member].owner);
}

static void put_checks(struct teller *t, bool failed) {
    const struct coverage *c = t->coverage;
    for (uint32_t i = 0; i < c->program->checks.n; i++) {
        const struct coverage_check *met = &c->checks[i];
        if (!coverage_check_is_first(c, i)) {
            continue;
        }
        if (failed && met->failed > 0 && has_room(t)) {
            put_check(t, i);
            out_printf(t->show->out, "  (%" PRIu64 " of %" PRIu64 " times)\n", met->failed,
                       met->tested);
        } else if (!failed && is_due(t, met->tested) &&
                   !is_implied_check(t, &c->program->checks.at[i]) && has_room(t)) {
            put_check(t, i);
            end_line(t, met->tested);
        }
    }
    end_list(t, "checks");
}

static void put_number(struct out *out, int128 value) {
    char text[INT128_TEXT_MAX];
    int128_text(value, text);
    out_puts(out, text);
}

/* A value without a name, and where it is. */
static void put_value(struct teller *t, uint32_t id, const struct coverage_odd *odd) {
    const struct program_enum *names = &t->coverage->program->enums.at[id];
    struct out *out = t->show->out;
    begin_line(t, names->flags ? "flags" : "enum", t->coverage->spots->enums.at[id]);
    put_safe(out, program_text(t->coverage->program, names->name));
    out_putc(out, ' ');
    put_number(out, odd->value);
    out_printf(out, ", %" PRIu64 " time%s, first in ", odd->met, plural(odd->met));
    put_text(out, odd->file);
    out_puts(out, ": ");
    put_text(out, odd->path);
    out_putc(out, '\n');
}

static void put_values(struct teller *t) {
    const struct coverage *c = t->coverage;
    for (uint32_t i = 0; i < c->program->enums.n; i++) {
        const struct coverage_enum *e = &c->enums[i];
        for (uint32_t k = 0; k < e->odd_n; k++) {
            if (has_room(t)) {
                put_value(t, i, &e->odd[k]);
            }
        }
        end_list(t, "values");
        if (e->more) {
            begin_line(t, "enum", c->spots->enums.at[i]);
            put_safe(t->show->out, program_text(c->program, c->program->enums.at[i].name));
            out_printf(t->show->out, " others, %" PRIu64 " times\n", e->more);
        }
    }
}

/* Switches that had no arm for a value. */
static void put_no_arms(struct teller *t) {
    const struct coverage *c = t->coverage;
    for (uint32_t i = 0; i < c->spots->at.n; i++) {
        const struct spot *spot = &c->spots->at.at[i];
        if (spot->kind == SPOT_NO_ARM && c->met[i] > 0 && has_room(t)) {
            put_spot(t, spot);
            out_printf(t->show->out, "  (%" PRIu64 " time%s)\n", c->met[i], plural(c->met[i]));
        }
    }
    end_list(t, "switches");
}

static void put_sum(struct out *out, const char *what, struct coverage_sum sum,
                    const char *behind) {
    if (sum.all) {
        out_printf(out, "%s %" PRIu64 " of %" PRIu64 "%s", what, sum.met, sum.all, behind);
    }
}

static void text_schema(struct coverage_show *show, const struct coverage_schema *schema) {
    struct out *out = show->out;
    const struct coverage *c = schema->coverage;
    struct coverage_sums sums;
    coverage_sum_up(c, &sums);
    struct coverage_sum whole = coverage_whole(&sums);
    put_text(out, schema->name);
    out_printf(out, ": %" PRIu64 " file%s, %" PRIu64 " of ", c->files, plural(c->files),
               c->described);
    put_bytes(out, c->size);
    out_puts(out, " described (");
    put_percent(out, c->described, c->size);
    out_printf(out, "); of the schema, %" PRIu64 " of %" PRIu64 " met (", whole.met, whole.all);
    put_percent(out, whole.met, whole.all);
    out_puts(out, "):");
    put_sum(out, " structs", sums.structs, ",");
    put_sum(out, " fields", sums.fields, ",");
    put_sum(out, " names", sums.names, ",");
    put_sum(out, " branches", sums.branches, ",");
    put_sum(out, " checks", sums.checks, ",");
    out->len--; /* the last comma */
    out_putc(out, '\n');
    struct teller t = {.show = show, .schema = schema, .coverage = c};
    t.heading = show->all ? "met" : "never met";
    put_structs(&t);
    put_fields(&t);
    put_names(&t);
    put_spots(&t);
    t.heading = show->all ? "tested" : "never tested";
    put_checks(&t, false);
    t.heading = "failed";
    put_checks(&t, true);
    t.heading = "met without a name or a case";
    put_values(&t);
    put_no_arms(&t);
}

static void nothing(struct coverage_show *show) {
    (void)show;
}

const struct coverage_format coverage_text = {
    .begin = nothing,
    .file = text_file,
    .between = nothing,
    .schema = text_schema,
    .end = nothing,
};
