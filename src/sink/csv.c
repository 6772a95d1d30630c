#include "config.h"

#include "sink/csv.h"

#include "base/mem.h"
#include "sink/csv_columns.h"
#include "sink/json.h"
#include "sink/scalar_plan.h"

struct csv_cell {
    size_t off, len; /* in the line */
};

struct csv {
    struct vm_sink sink;
    struct out *out;
    const struct program *program;
    struct csv_columns columns;
    struct scalar_plans lines; /* for records that are one block */
    uint8_t *
        matches; /* of each block: 1, its values are the columns; 2, they are not; 0: nobody has asked */
    /* the record at hand */
    bool in_record;
    bool written;           /* its line is out but for the line feed */
    struct csv_cell *cells; /* one a column */
    struct buf line;        /* their texts */
    uint32_t *open; /* nodes of the structs that are open; CSV_NONE: one that has no columns */
    uint32_t depth, cap;
    /* the cell at hand */
    struct out cell_out;
    struct buf cell;
    struct scalar_plans values; /* this and the next two write to cell_out */
    struct scalar_plans json_values;
    struct vm_sink *json;
    uint32_t nested; /* structs and arrays open in it */
    uint32_t column;
};

static struct csv *csv_of(struct vm_sink *sink) {
    return (struct csv *)sink;
}

/* cells */

/* What cell_out has got becomes the cell of a column. json: it is JSON, to be quoted. */
static void set_cell(struct csv *csv, uint32_t column, bool json) {
    out_flush(&csv->cell_out);
    if (column < csv->columns.names.n) {
        struct bytes text = buf_bytes(&csv->cell);
        size_t before = csv->line.len;
        if (json) {
            text.len -= text.len > 0; /* the line feed */
            char *at = buf_reserve(&csv->line, SCALAR_TEXT_ROOM(text.len));
            csv->line.len += (size_t)(scalar_text(at, text, SCALAR_CSV) - at);
        } else {
            buf_put(&csv->line, text.at, text.len);
        }
        csv->cells[column] = (struct csv_cell){before, csv->line.len - before};
    }
    buf_clear(&csv->cell);
}

static void begin_json(struct csv *csv, uint32_t column) {
    csv->column = column;
    csv->json->ops->record(csv->json, true);
}

static void end_json(struct csv *csv) {
    csv->json->ops->record(csv->json, false);
    csv->nested = 0;
    set_cell(csv, csv->column, true);
}

/* lines */

static void end_line(struct csv *csv) {
    if (csv->nested > 0) {
        end_json(csv);
    }
    if (!csv->written) {
        for (uint32_t i = 0; i < csv->columns.names.n; i++) {
            if (i > 0) {
                out_putc(csv->out, ',');
            }
            if (csv->cells[i].len > 0) { /* else there may be no line yet */
                out_put(csv->out, csv->line.at + csv->cells[i].off, csv->cells[i].len);
            }
        }
        if (csv->columns.names.n == 1 && csv->cells[0].len == 0) {
            out_puts(csv->out, "\"\""); /* an empty line would be none */
        }
    }
    out_putc(csv->out, '\n');
    for (uint32_t i = 0; i < csv->columns.names.n; i++) {
        csv->cells[i] = (struct csv_cell){0};
    }
    buf_clear(&csv->line);
    csv->written = false;
    csv->depth = 0;
}

/* A value or struct came to its end. Outside of records, one with nothing around it is a record. */
static void end_value(struct csv *csv) {
    if (csv->depth == 0 && csv->nested == 0 && !csv->in_record) {
        end_line(csv);
    }
}

static void open_node(struct csv *csv, uint32_t node) {
    if (csv->depth == csv->cap) {
        csv->cap = csv->cap ? csv->cap * 2 : 8;
        csv->open = mem_realloc(csv->open, csv->cap, sizeof *csv->open);
    }
    csv->open[csv->depth++] = node;
}

static struct csv_place find(const struct csv *csv, uint32_t member) {
    return csv_columns_find(&csv->columns, csv->program, csv->open[csv->depth - 1], member);
}

/* The column of a value at hand. */
static uint32_t column_of(const struct csv *csv, uint32_t member) {
    return csv->depth == 0 ? 0 : find(csv, member).column;
}

/* events */

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct csv *csv = csv_of(sink);
    if (csv->nested == 0) {
        if (csv->depth == 0 && csv->columns.nodes.n > 0) {
            open_node(csv, 0);
            return;
        }
        struct csv_place place =
            csv->depth == 0 ? (struct csv_place){0, CSV_NONE} : find(csv, event->member);
        if (place.node != CSV_NONE) {
            open_node(csv, place.node);
            return;
        }
        begin_json(csv, place.column);
    }
    csv->nested++;
    csv->json->ops->struct_begin(csv->json, event);
}

/* One level less of what is open in the cell. */
static void leave_json(struct csv *csv) {
    if (--csv->nested == 0) {
        end_json(csv);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->struct_end(csv->json, event);
        leave_json(csv);
    } else if (csv->depth > 0) {
        csv->depth--;
    }
    end_value(csv);
}

/* The array whose elements are the records is not shown itself. */
static bool is_outermost(const struct csv *csv) {
    return csv->depth == 0 && csv->nested == 0 && !csv->in_record;
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct csv *csv = csv_of(sink);
    if (is_outermost(csv)) {
        return;
    }
    if (csv->nested == 0) {
        begin_json(csv, column_of(csv, event->member));
    }
    csv->nested++;
    csv->json->ops->array_begin(csv->json, event);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->array_end(csv->json, event);
        leave_json(csv);
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->value(csv->json, event);
        return;
    }
    uint32_t column = column_of(csv, event->member);
    if (event->value->kind == VM_PLACE || event->value->kind == VM_FRAME) {
        begin_json(csv, column);
        csv->json->ops->value(csv->json, event);
        end_json(csv);
    } else {
        scalar_put(&csv->cell_out, event, SCALAR_CSV);
        set_cell(csv, column, false);
    }
    end_value(csv);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->fault(csv->json, fault);
    }
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->finding(csv->json, finding);
    }
}

static void on_record(struct vm_sink *sink, bool begin) {
    struct csv *csv = csv_of(sink);
    if (!begin) {
        end_line(csv);
    }
    csv->in_record = begin;
}

/* One block on its way into cells. */
struct filling {
    const struct scalar_plan *cells; /* of csv->values */
    const struct scalar_plan *json;  /* of csv->json_values */
    const struct program_field *at, *end;
    uint32_t step;
    const uint8_t *base;
};

/* A struct that has no columns of its own, from its FIELD_ENTER to its FIELD_LEAVE, into one
 * cell. */
static void put_struct_cell(struct csv *csv, struct filling *f) {
    struct out *out = &csv->cell_out;
    uint32_t column = find(csv, f->at->member).column, depth = 0;
    bool first = true;
    do {
        if (depth > 0 && f->at->what != FIELD_LEAVE) {
            if (!first) {
                out_putc(out, ',');
            }
            scalar_put_text(
                out, program_text(csv->program, csv->program->members.at[f->at->member].name),
                SCALAR_JSON);
            out_putc(out, ':');
        }
        if (f->at->what == FIELD_ENTER) {
            out_putc(out, '{');
            depth++;
        } else if (f->at->what == FIELD_LEAVE) {
            out_putc(out, '}');
            depth--;
        } else {
            scalar_plan_write_one(&csv->json_values, f->json, f->step++, f->base);
        }
        first = f->at->what == FIELD_ENTER;
        f->at++;
    } while (depth > 0);
    out_putc(out, '\n');
    set_cell(csv, column, true);
}

static void put_cells(struct csv *csv, struct filling *f) {
    while (f->at < f->end) {
        const struct program_field *field = f->at;
        if (field->what == FIELD_ENTER && find(csv, field->member).node == CSV_NONE) {
            put_struct_cell(csv, f);
            continue;
        }
        if (field->what == FIELD_ENTER) {
            open_node(csv, find(csv, field->member).node);
        } else if (field->what == FIELD_LEAVE) {
            csv->depth--;
        } else {
            scalar_plan_write_one(&csv->values, f->cells, f->step++, f->base);
            set_cell(csv, column_of(csv, field->member), false);
        }
        f->at++;
    }
}

/* Elements that are one block each, or the part of the struct at hand that is one. */
static void put_block(struct csv *csv, const struct vm_blocks *b, uint32_t i) {
    const struct program_field *fields = csv->program->fields.at + b->block->first;
    struct filling f = {.at = fields, .end = fields + b->block->count, .base = b->at[i]};
    f.cells = scalar_plan_get(&csv->values, csv->program, b->block, &b->ambient);
    f.json = scalar_plan_get(&csv->json_values, csv->program, b->block, &b->ambient);
    if (b->block->whole) {
        open_node(csv, 0);
    }
    put_cells(csv, &f);
    if (b->block->whole) {
        csv->depth--;
    }
    end_value(csv);
}

/* A struct of one of several kinds, in its one cell. */
static void put_whole_block(struct csv *csv, const struct vm_blocks *b, uint32_t i) {
    struct vm_blocks one = *b;
    one.n = 1;
    one.at[0] = b->at[i];
    begin_json(csv, 0);
    csv->json->ops->blocks(csv->json, &one);
    end_json(csv);
    end_value(csv);
}

static bool matches(struct csv *csv, const struct program_block *block) {
    uint8_t *known = &csv->matches[block - csv->program->blocks.at];
    if (*known == 0) {
        *known = csv_columns_match(&csv->columns, csv->program, block) ? 1 : 2;
    }
    return *known == 1;
}

/* Whether the block is a whole record, with its values in the order of the columns. */
static bool is_line(struct csv *csv, const struct program_block *block) {
    return matches(csv, block) && csv->depth == 0 && !csv->written;
}

static void on_blocks(struct vm_sink *sink, const struct vm_blocks *b);

/* Blocks of several kinds, one by one. */
static void put_mixed(struct vm_sink *sink, const struct vm_blocks *b) {
    struct vm_blocks one = {.program = b->program,
                            .ambient = b->ambient,
                            .records = b->records,
                            .safe = b->safe,
                            .n = 1};
    for (uint32_t i = 0; i < b->n; i++) {
        one.block = b->of[i];
        one.at[0] = b->at[i];
        on_blocks(sink, &one);
    }
}

static void on_blocks(struct vm_sink *sink, const struct vm_blocks *b) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->blocks(csv->json, b);
        return;
    }
    if (!b->block) {
        put_mixed(sink, b);
        return;
    }
    if (is_line(csv, b->block)) {
        const struct scalar_plan *plan =
            scalar_plan_get(&csv->lines, b->program, b->block, &b->ambient);
        bool more = csv->in_record; /* of the line: at least its end */
        scalar_plan_write(&csv->lines, plan, b, more ? '\n' : '\0', more ? '\0' : '\n');
        csv->written = more && b->n > 0;
        return;
    }
    bool whole = b->block->whole && csv->columns.nodes.n == 0;
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->records) {
            on_record(sink, true);
        }
        if (whole) {
            put_whole_block(csv, b, i);
        } else {
            put_block(csv, b, i);
        }
        if (b->records) {
            on_record(sink, false);
        }
    }
}

/* Whether structs of all kinds are lines. */
static bool are_lines(struct csv *csv, const struct vm_flat *flat) {
    bool all = csv->depth == 0 && !csv->in_record;
    for (uint32_t i = 0; i < flat->n && all; i++) {
        all = !flat->kinds[i].block || matches(csv, flat->kinds[i].block);
    }
    return all;
}

static void on_flats(struct vm_sink *sink, struct vm_flats *way) {
    struct csv *csv = csv_of(sink);
    if (csv->nested > 0) {
        csv->json->ops->flats(csv->json, way);
        return;
    }
    if (are_lines(csv, way->flat)) {
        scalar_plan_write_flats(&csv->lines, way, '\0', '\n', true);
        return;
    }
    struct vm_blocks one = {.program = way->program,
                            .ambient = way->ambient,
                            .records = way->records,
                            .safe = way->data + way->limit,
                            .n = 1};
    const struct vm_flat_kind *kind;
    for (uint64_t end; (kind = vm_flats_find(way, &end)) != NULL; vm_flats_take(way, end)) {
        one.block = kind->block;
        one.at[0] = way->data + way->at;
        const struct scalar_plan *plan =
            scalar_plan_get(&csv->values, way->program, kind->block, &way->ambient);
        if (!scalar_plan_is_fine(&csv->values, plan, one.at[0])) {
            break;
        }
        on_blocks(sink, &one);
    }
}

/* making and ending */

static void put_names(struct csv *csv) {
    for (uint32_t i = 0; i < csv->columns.names.n; i++) {
        if (i > 0) {
            out_putc(csv->out, ',');
        }
        scalar_put_text(csv->out, bytes_text(csv->columns.names.at[i]), SCALAR_CSV);
    }
    out_putc(csv->out, '\n');
}

struct vm_sink *csv_new(struct out *out, const struct program *program, uint32_t element_struct,
                        bool goes_on) {
    static const struct vm_sink_ops ops = {
        .struct_begin = on_struct_begin,
        .struct_end = on_struct_end,
        .array_begin = on_array_begin,
        .array_end = on_array_end,
        .value = on_value,
        .fault = on_fault,
        .finding = on_finding,
        .record = on_record,
        .blocks = on_blocks,
        .runs = true,
        .flats = on_flats,
    };
    struct csv *csv = mem_zalloc(1, sizeof *csv);
    csv->sink.ops = &ops;
    csv->out = out;
    csv->program = program;
    csv_columns_make(&csv->columns, program, element_struct);
    csv->matches = mem_zalloc(program->blocks.n, 1);
    csv->cells = mem_zalloc(csv->columns.names.n, sizeof *csv->cells);
    out_memory(&csv->cell_out, &csv->cell);
    scalar_plans_init(&csv->lines, out, SCALAR_CSV);
    scalar_plans_init(&csv->values, &csv->cell_out, SCALAR_CSV);
    scalar_plans_init(&csv->json_values, &csv->cell_out, SCALAR_JSON);
    csv->json = json_new(&csv->cell_out, &(struct json_options){.lines = true});
    if (!goes_on) {
        put_names(csv);
    }
    return &csv->sink;
}

void csv_finish(struct vm_sink *sink) {
    struct csv *csv = csv_of(sink);
    if (csv->in_record || csv->depth > 0 || csv->nested > 0) {
        end_line(csv);
        csv->in_record = false;
    }
}

void csv_free(struct vm_sink *sink) {
    if (!sink) {
        return;
    }
    struct csv *csv = csv_of(sink);
    json_free(csv->json);
    scalar_plans_free(&csv->json_values);
    scalar_plans_free(&csv->values);
    scalar_plans_free(&csv->lines);
    out_close(&csv->cell_out);
    buf_free(&csv->cell);
    buf_free(&csv->line);
    mem_free(csv->matches);
    mem_free(csv->cells);
    mem_free(csv->open);
    arena_free(&csv->columns.arena);
    mem_free(csv);
}

const struct code_style *csv_style(void) {
    return json_style();
}
