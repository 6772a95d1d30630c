#include "config.h"

#include "sink/columns.h"

#include "base/mem.h"
#include "sink/columns_table.h"
#include "sink/form.h"
#include "sink/json.h"
#include "sink/scalar_plan.h"
#include "sink/tree_line.h"
#include "sink/tree_value.h"

/* What the table shows of a long text or run of bytes. */
#define CELL_COLUMNS 48u

struct columns {
    struct vm_sink sink; /* first */
    struct out *out;
    struct columns_options options;
    uint64_t told;
    /* the row at hand */
    bool in_row;
    uint32_t column;
    bool filled;          /* something stands in the cell */
    bool right;           /* it is a number */
    struct vm_sink *json; /* of the struct or array in the cell, or NULL */
    struct out cell_out;  /* of what can't go straight to the output */
    struct buf cell;
    struct columns_table *table; /* or NULL */
    struct scalar_plans rows;    /* that come as blocks; not of the table */
};

static struct columns *columns_of(struct vm_sink *sink) {
    return (struct columns *)(void *)sink;
}

/* cells */

static void begin_cell(struct columns *columns, uint32_t column) {
    columns->column = column;
    columns->filled = columns->right = false;
    if (columns->options.format == COLUMNS_JSONL) {
        out_putc(columns->out, column > 0 ? ',' : '{');
        scalar_put_text(columns->out, bytes_text(columns->options.names[column]), SCALAR_JSON);
        out_putc(columns->out, ':');
    } else if (columns->options.format == COLUMNS_CSV && column > 0) {
        out_putc(columns->out, ',');
    }
}

static void end_json(struct columns *columns) {
    json_finish(columns->json);
    json_free(columns->json);
    columns->json = NULL;
    out_flush(&columns->cell_out);
    if (columns->options.format == COLUMNS_CSV) {
        scalar_put_text(columns->out, buf_bytes(&columns->cell), SCALAR_CSV);
        buf_clear(&columns->cell);
    } else if (columns->options.format == COLUMNS_TABLE) {
        struct buf safe = {0};
        tree_put_safe(&safe, buf_bytes(&columns->cell), columns->options.utf8);
        columns_table_put(columns->table, buf_bytes(&safe), false);
        buf_clear(&columns->cell);
        buf_free(&safe);
    }
}

static void end_cell(struct columns *columns) {
    if (columns->json) {
        end_json(columns);
        return;
    }
    switch (columns->options.format) {
    case COLUMNS_TABLE:
        columns_table_put(columns->table, buf_bytes(&columns->cell), columns->right);
        buf_clear(&columns->cell);
        break;
    case COLUMNS_CSV:
        if (!columns->filled && columns->options.n == 1) {
            out_puts(columns->out, "\"\""); /* an empty line would be none */
        }
        break;
    case COLUMNS_JSONL:
        if (!columns->filled) {
            out_puts(columns->out, "null");
        }
        break;
    case COLUMNS_FORMATS:
        break;
    }
}

static void end_row(struct columns *columns) {
    columns->told++;
    columns->in_row = false;
    if (columns->options.format != COLUMNS_TABLE) {
        out_puts(columns->out, columns->options.format == COLUMNS_JSONL ? "}\n" : "\n");
    }
}

static void on_column(struct vm_sink *sink, uint32_t column) {
    struct columns *columns = columns_of(sink);
    if (columns->in_row) {
        end_cell(columns);
    }
    columns->in_row = column < columns->options.n;
    if (columns->in_row) {
        begin_cell(columns, column);
    } else {
        end_row(columns);
    }
}

/* values */

/* Whether it is shown as one. */
static bool is_number(const struct vm_event *event) {
    const struct vm_value *v = event->value;
    enum type_form form =
        event->type == PROGRAM_NONE ? FORM_PLAIN : event->program->types.at[event->type].form;
    return ((v->kind == VM_INT && v->names == PROGRAM_NONE) || v->kind == VM_WIDE ||
            v->kind == VM_FLOAT) &&
           form_is_number(form);
}

static void put_table_value(struct columns *columns, const struct vm_event *event) {
    const struct vm_value *v = event->value;
    enum vm_kind kind = v->kind;
    columns->right = is_number(event);
    if (kind == VM_TEXT) {
        tree_put_safe(&columns->cell, v->bytes, columns->options.utf8);
    } else if (event->type != PROGRAM_NONE ? tree_is_item(event->program, event->type)
                                           : tree_is_item_value(v)) {
        tree_put_item(&columns->cell, event->program, event->type, v, columns->options.utf8);
    } else if (kind != VM_ABSENT) {
        tree_put_value(&columns->cell, event->program, event->type, v, columns->options.utf8,
                       CELL_COLUMNS);
    }
}

/* A value outside of rows. */
static void put_alone(struct columns *columns, const struct vm_event *event) {
    scalar_put(columns->out, event, SCALAR_CSV);
    out_putc(columns->out, '\n');
    columns->told += event->value->kind != VM_INT || event->value->integer != 0;
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct columns *columns = columns_of(sink);
    enum vm_kind kind = event->value->kind;
    if (columns->json) {
        columns->json->ops->value(columns->json, event);
    } else if (!columns->in_row) {
        put_alone(columns, event);
    } else if (kind == VM_ABSENT || kind == VM_PLACE || kind == VM_FRAME) {
        return;
    } else if (columns->options.format == COLUMNS_TABLE) {
        put_table_value(columns, event);
    } else {
        scalar_put(columns->out, event,
                   columns->options.format == COLUMNS_CSV ? SCALAR_CSV : SCALAR_JSON);
        columns->filled = true;
    }
}

/* Rows of fields. */
static void on_blocks(struct vm_sink *sink, const struct vm_blocks *b) {
    struct columns *columns = columns_of(sink);
    const struct scalar_plan *plan =
        scalar_plan_get(&columns->rows, b->program, b->block, &b->ambient);
    scalar_plan_write(&columns->rows, plan, b, '\0', '\n');
    columns->told += b->n;
}

/* The same for the table, which shows values in the forms that the schema wants. */
static void on_table_blocks(struct vm_sink *sink, const struct vm_blocks *b) {
    struct columns *columns = columns_of(sink);
    const struct scalar_plan *plan =
        scalar_plan_get(&columns->rows, b->program, b->block, &b->ambient);
    for (uint32_t i = 0; i < b->n; i++) {
        for (uint32_t k = 0; k < plan->n; k++) {
            const struct program_field *field = &b->program->fields.at[b->block->first + k];
            struct vm_value value = scalar_plan_value(&columns->rows, plan, k,
                                                      &b->program->types.at[field->type], b->at[i]);
            struct vm_event event = {.program = b->program, .type = field->type, .value = &value};
            put_table_value(columns, &event);
            columns_table_put(columns->table, buf_bytes(&columns->cell), columns->right);
            buf_clear(&columns->cell);
        }
    }
    columns->told += b->n;
}

static struct vm_sink *json_of(struct columns *columns) {
    if (!columns->json) {
        struct json_options options = {.bare = true};
        bool straight = columns->options.format == COLUMNS_JSONL;
        columns->json = json_new(straight ? columns->out : &columns->cell_out, &options);
        columns->filled = true;
    }
    return columns->json;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct columns *columns = columns_of(sink);
    json_of(columns)->ops->struct_begin(columns->json, event);
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct columns *columns = columns_of(sink);
    json_of(columns)->ops->struct_end(columns->json, event);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct columns *columns = columns_of(sink);
    json_of(columns)->ops->array_begin(columns->json, event);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct columns *columns = columns_of(sink);
    json_of(columns)->ops->array_end(columns->json, event);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct columns *columns = columns_of(sink);
    if (columns->json) {
        columns->json->ops->fault(columns->json, fault);
    }
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct columns *columns = columns_of(sink);
    if (columns->json) {
        columns->json->ops->finding(columns->json, finding);
    }
}

/* making and ending */

static void put_names(struct columns *columns) {
    for (uint32_t i = 0; i < columns->options.n; i++) {
        if (i > 0) {
            out_putc(columns->out, ',');
        }
        scalar_put_text(columns->out, bytes_text(columns->options.names[i]), SCALAR_CSV);
    }
    out_putc(columns->out, '\n');
}

#define OPS                                                                                        \
    .struct_begin = on_struct_begin, .struct_end = on_struct_end, .array_begin = on_array_begin,   \
    .array_end = on_array_end, .value = on_value, .fault = on_fault, .finding = on_finding,        \
    .column = on_column

struct columns *columns_new(struct out *out, const struct columns_options *options) {
    static const struct vm_sink_ops table_ops = {OPS, .blocks = on_table_blocks},
                                    ops = {OPS, .blocks = on_blocks};
    bool csv = options->format == COLUMNS_CSV;
    struct columns *columns = mem_zalloc(1, sizeof *columns);
    columns->sink.ops = options->format == COLUMNS_TABLE ? &table_ops : &ops;
    scalar_plans_init(&columns->rows, out, csv ? SCALAR_CSV : SCALAR_JSON);
    columns->rows.names = options->names;
    columns->out = out;
    columns->options = *options;
    out_memory(&columns->cell_out, &columns->cell);
    if (options->n > 0 && options->format == COLUMNS_CSV && !options->goes_on) {
        put_names(columns);
    } else if (options->n > 0 && options->format == COLUMNS_TABLE) {
        columns->table = columns_table_new(out, options->names, options->n, options->utf8);
    }
    return columns;
}

struct vm_sink *columns_sink(struct columns *columns) {
    return &columns->sink;
}

uint64_t columns_told(const struct columns *columns) {
    return columns->told;
}

void columns_end(struct columns *columns) {
    while (columns->in_row) {
        on_column(&columns->sink, columns->column + 1);
    }
    if (columns->table) {
        columns_table_flush(columns->table);
    }
}

void columns_free(struct columns *columns) {
    if (columns) {
        json_free(columns->json);
        scalar_plans_free(&columns->rows);
        columns_table_free(columns->table);
        out_close(&columns->cell_out);
        buf_free(&columns->cell);
        mem_free(columns);
    }
}

void columns_free_sink(struct vm_sink *sink) {
    columns_free(columns_of(sink));
}
