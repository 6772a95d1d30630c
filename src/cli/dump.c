#include "config.h"

#include "cli/dump.h"

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/open.h"
#include "cli/report.h"
#include "cli/run.h"
#include "ksy/ksy.h"

struct dump_schema {
    int status; /* what compiling it came to; the program is there for CLI_FINE */
    struct picked *picked;
    const struct program *program;
    uint32_t element_struct; /* what its records are, or PROGRAM_NONE */
};

/* The program for what is asked. */
static int make_program(const struct dump *dump, struct dump_schema *schema) {
    struct compiled *compiled = &schema->picked->compiled;
    const struct sema_expr *path = NULL;
    schema->element_struct = PROGRAM_NONE;
    if (dump->format.records) {
        path = dump->each ? compile_path(compiled, dump->each) : compile_only_array(compiled);
        if (!path) {
            return CLI_USAGE;
        }
        schema->element_struct = compile_element_struct(path);
    }
    schema->program = compile_program(compiled, format_style(&dump->format), path,
                                      dump->format.records, dump->format.ksdump);
    return schema->program ? CLI_FINE : compile_status(compiled);
}

static struct dump_schema *schema_of(struct dump *dump, struct picked *picked) {
    struct dump_schema *schema = picked->made;
    if (!schema) {
        picked->made = schema = arena_alloc(&dump->pick.arena, sizeof *schema);
        schema->picked = picked;
        schema->status = picked->status == CLI_FINE ? make_program(dump, schema) : picked->status;
    }
    return schema;
}

/* The sink for a file: that of the file before where both are of one stream, else a new one. */
static struct vm_sink *sink_for(struct dump *dump, const struct dump_schema *schema,
                                const struct input *input) {
    if (dump->output_of != schema) {
        format_close(&dump->output);
    }
    if (!dump->output.sink) {
        format_open(&dump->output, dump->out, &dump->format, schema->program,
                    schema->element_struct, input_size(input), ksy_is_name(schema->picked->path));
        dump->output_of = schema;
    }
    return dump->output.sink;
}

static int show(struct dump *dump, const struct dump_schema *schema, struct input *input) {
    struct vm_sink *sink = sink_for(dump, schema, input);
    bool reports = dump->format.format != FORMAT_TREE; /* a tree shows what is wrong where it is */
    struct run run = {
        .program = schema->program,
        .input = input,
        .out = dump->out,
        .access = INPUT_SEQUENTIAL,
        .limits = &dump->limits,
        .sources = reports ? schema->picked->compiled.sources : NULL,
    };
    struct vm_result result = run_program(&run, sink);
    if (!format_is_stream(dump->format.format)) {
        format_close(&dump->output);
    }
    return report_outcome(&result, input, dump->out);
}

static int dump_input(struct dump *dump, struct input *input) {
    struct picked *picked = pick_schema(&dump->pick, input);
    if (!picked) {
        return CLI_FINDINGS;
    }
    const struct dump_schema *schema = schema_of(dump, picked);
    if (schema->status != CLI_FINE) {
        return schema->status;
    }
    if (dump->headings) {
        out_printf(dump->out, "%s==> %s <==\n", dump->began ? "\n" : "", input_name(input));
    }
    dump->began = true;
    return show(dump, schema, input);
}

int dump_file(struct dump *dump, const char *path) {
    struct input *input = open_input(path);
    if (!input) {
        return CLI_ENVIRONMENT;
    }
    int status = dump_input(dump, input);
    input_close(input);
    /* what is said of the next file comes behind what is shown of this one */
    out_flush(dump->out);
    return status;
}

void dump_end(struct dump *dump) {
    format_close(&dump->output);
    pick_end(&dump->pick);
}
