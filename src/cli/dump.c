#include "config.h"

#include "cli/dump.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/report.h"
#include "cli/talk.h"
#include "cli/watch.h"

struct dump_schema {
    const char *path;
    int status; /* what compiling it came to; the program is there for CLI_FINE */
    struct compiled compiled;
    const struct program *program;
    uint32_t element_struct; /* what its records are, or PROGRAM_NONE */
};

/* The program for what is asked. */
static int make_program(const struct dump *dump, struct dump_schema *schema) {
    int status = compile_needs_root(&schema->compiled);
    if (status != CLI_FINE) {
        return status;
    }
    status = give_args(&dump->given, &schema->compiled);
    if (status != CLI_FINE) {
        return status;
    }
    const struct sema_expr *path = NULL;
    schema->element_struct = PROGRAM_NONE;
    if (dump->format.records) {
        path = dump->each ? compile_path(&schema->compiled, dump->each)
                          : compile_only_array(&schema->compiled);
        if (!path) {
            return CLI_USAGE;
        }
        schema->element_struct = compile_element_struct(path);
    }
    schema->program = compile_program(&schema->compiled, format_style(&dump->format), path,
                                      dump->format.records, dump->format.ksdump);
    return schema->program ? CLI_FINE : compile_status(&schema->compiled);
}

/* The schema at path, compiled when a file first needs it; what is wrong with it is told once. */
static struct dump_schema *schema_at(struct dump *dump, const char *path) {
    for (uint32_t i = 0; i < dump->schemas.n; i++) {
        if (strcmp(dump->schemas.at[i]->path, path) == 0) {
            return dump->schemas.at[i];
        }
    }
    struct dump_schema *schema = arena_alloc(&dump->arena, sizeof *schema);
    *vec_push(&dump->schemas, &dump->arena) = schema;
    schema->path = path;
    schema->status = compile_schema(&schema->compiled, path, &dump->folders,
                                    terminal_colour(dump->colour, STDERR_FILENO));
    if (schema->status == CLI_FINE) {
        schema->status = make_program(dump, schema);
    }
    return schema;
}

/* The path of the schema for a file, from its bytes or name; NULL where none fits, which was told. */
static const char *detected_path(struct dump *dump, const struct input *input) {
    if (!dump->detect_read) {
        dump->detect = detect_read(&dump->folders, &dump->arena);
        dump->detect_read = true;
    }
    struct detect_answer answer = detect_schema(&dump->detect, input);
    const char *name = input_name(input);
    switch (answer.by) {
    case DETECT_NOTHING:
        talk("%s: none of the schemas found is for this file", name);
        talk_more(
            "name one with -s; 'sonde schemas' lists those there are, -I and SONDE_PATH add folders");
        return NULL;
    case DETECT_NAME:
        talk("%s: taken for '%s' because of its name: its bytes fit no schema", name,
             answer.header->name);
        break;
    case DETECT_BYTES:
        break;
    }
    if (answer.other) {
        talk("%s: fits '%s' and '%s' alike: taken for the first; -s says otherwise", name,
             answer.header->name, answer.other->name);
    }
    return answer.header->path;
}

/* The sink for a file: that of the file before where both are of one stream, else a new one. */
static struct vm_sink *sink_for(struct dump *dump, const struct dump_schema *schema,
                                const struct input *input) {
    if (dump->output_of != schema) {
        format_close(&dump->output);
    }
    if (!dump->output.sink) {
        format_open(&dump->output, dump->out, &dump->format, schema->program,
                    schema->element_struct, input_size(input), find_is_kaitai(schema->path));
        dump->output_of = schema;
    }
    return dump->output.sink;
}

static int status_of(const struct dump *dump, const struct vm_result *result,
                     const struct input *input) {
    if (watch_lost(input)) {
        return CLI_ENVIRONMENT;
    }
    if (result->stopped && !out_error(dump->out)) {
        talk("%s: given up: decoding it takes more work than its size allows", input_name(input));
        return CLI_DATA;
    }
    return result->faults > 0 ? CLI_DATA : result->findings > 0 ? CLI_FINDINGS : CLI_FINE;
}

static int run(struct dump *dump, const struct dump_schema *schema, struct input *input) {
    struct vm_sink *sink = sink_for(dump, schema, input);
    struct report report;
    struct report_ops ops;
    struct watch watch;
    bool reports = dump->format.format != FORMAT_TREE; /* a tree shows what is wrong where it is */
    struct vm *vm = vm_new(schema->program, input_data(input), input_size(input), &dump->limits);
    input_advise(input, INPUT_SEQUENTIAL);
    watch_begin(&watch, input, dump->out);
    watch_machine(&watch, vm);
    if (reports) {
        report_begin(&ops, &report, sink, input_name(input), schema->compiled.sources);
    }
    struct vm_result result = vm_run(vm, sink);
    if (reports) {
        report_end(&ops, sink);
    }
    watch_end(&watch);
    vm_free(vm);
    if (!format_is_stream(dump->format.format)) {
        format_close(&dump->output);
    }
    return status_of(dump, &result, input);
}

static int dump_input(struct dump *dump, struct input *input) {
    const char *path = dump->schema ? dump->schema : detected_path(dump, input);
    if (!path) {
        return CLI_FINDINGS;
    }
    const struct dump_schema *schema = schema_at(dump, path);
    if (schema->status != CLI_FINE) {
        return schema->status;
    }
    if (dump->headings) {
        out_printf(dump->out, "%s==> %s <==\n", dump->began ? "\n" : "", input_name(input));
    }
    dump->began = true;
    return run(dump, schema, input);
}

int dump_file(struct dump *dump, const char *path) {
    struct input *input = input_open(path);
    if (!input) {
        talk_failed("open", path, errno);
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
    for (uint32_t i = 0; i < dump->schemas.n; i++) {
        compile_free(&dump->schemas.at[i]->compiled);
    }
    arena_free(&dump->arena);
}
