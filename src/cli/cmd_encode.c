#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/give.h"
#include "cli/save.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "io/input.h"
#include "patch/content.h"
#include "patch/maker.h"

enum encode_option { OPT_SCHEMA, OPT_OUTPUT, OPT_FORCE, OPT_PARAM, OPT_DIR, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "what is to be made: a file or the name of an installed\nschema"},
    [OPT_OUTPUT] = {'o', "output", "FILE", "write to FILE; default, or \"-\": standard output"},
    [OPT_FORCE] = {0, "force", NULL, "replace FILE if it is there"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_DIR] = FIND_OPTION,
};

struct encode {
    struct arena arena;
    struct find_folders folders;
    struct given given;
    const char *schema, *output;
    bool force;
};

static int tell_refusal(const struct compiled *compiled, struct patch_refusal *refusal) {
    struct source_place place = {0};
    if (!span_is_none(refusal->span)) {
        place = sources_place(compiled->sources, refusal->span);
    }
    bool has_path = refusal->path.len > 0;
    talk("%s%s%s", has_path ? buf_text(&refusal->path) : "", has_path ? ": " : "",
         buf_text(&refusal->message));
    if (place.source) {
        talk_more("%s:%u: %.*s", place.source->name, place.line, (int)place.text.len,
                  (const char *)place.text.at);
    }
    return CLI_DATA;
}

/* Reads the document and makes the bytes of it. */
static int make(struct encode *encode, struct compiled *compiled, const char *path,
                struct buf *out) {
    struct gen_request request = {
        .sema = &compiled->sema,
        .schema = compiled->schema,
        .args = compiled->args.at,
        .arg_n = compiled->args.n,
        .ties = true,
    };
    const struct program *program = compile_request(compiled, &request);
    if (!program) {
        return compile_status(compiled);
    }
    struct input *input = input_open(path);
    if (!input) {
        return talk_failed("open", path, errno), CLI_ENVIRONMENT;
    }
    struct content content;
    struct content_error error;
    struct bytes text = bytes_of(input_data(input), (size_t)input_size(input));
    int status = CLI_FINE;
    if (!content_json(&encode->arena, text, &content, &error)) {
        talk("%s:%u:%u: %s", input_name(input), error.line, error.column, error.message);
        status = CLI_DATA;
    } else {
        struct patch_refusal refusal = {0};
        if (!maker_make(program, &content, NULL, out, &refusal)) {
            status = tell_refusal(compiled, &refusal);
        }
        patch_refusal_free(&refusal);
    }
    input_close(input);
    return status;
}

static int encode_document(struct encode *encode, const char *document) {
    find_add_known(&encode->folders, &encode->arena);
    const char *path = find_path(&encode->folders, &encode->arena, encode->schema);
    if (!path) {
        return CLI_USAGE;
    }
    struct compiled compiled;
    struct buf made = {0};
    int status = compile_schema(&compiled, path, &encode->folders,
                                terminal_colour(TERMINAL_AUTO, STDERR_FILENO));
    if (status == CLI_FINE) {
        status = compile_needs_root(&compiled);
    }
    if (status == CLI_FINE) {
        status = give_all(&encode->given, &compiled);
    }
    if (status == CLI_FINE) {
        status = make(encode, &compiled, document, &made);
    }
    if (status == CLI_FINE) {
        status = save_bytes(encode->output, encode->force, document, buf_bytes(&made));
    }
    buf_free(&made);
    compile_free(&compiled);
    return status;
}

static int run(const struct command *command, char **words) {
    struct encode encode = {.output = "-"};
    struct options options = options_begin(command->options, words);
    int id;
    bool fine = true;
    while (fine && (id = options_next(&options)) >= 0) {
        switch ((enum encode_option)id) {
        case OPT_SCHEMA:
            encode.schema = options.value;
            break;
        case OPT_OUTPUT:
            encode.output = options.value;
            break;
        case OPT_FORCE:
            encode.force = true;
            break;
        case OPT_PARAM:
            fine = give_take(&encode.given, &encode.arena, &options);
            break;
        case OPT_DIR:
            *vec_push(&encode.folders.at, &encode.arena) = options.value;
            break;
        case OPT_COUNT:
            break;
        }
    }
    int status;
    if (!fine) {
        status = CLI_USAGE;
    } else if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (!encode.schema) {
        status = command_usage(command, "which schema is the file to be made by? -s SCHEMA");
    } else if (options.operand_count > 1) {
        status = command_usage(command, "encode takes one document");
    } else {
        status = encode_document(&encode, options.operand_count ? options.operands[0] : "-");
    }
    arena_free(&encode.arena);
    return status;
}

const struct command cmd_encode = {
    .name = "encode",
    .operands = "-s SCHEMA [OPTION]... [DOCUMENT]",
    .summary = "Make a file of the values in a JSON document",
    .about = "The document is as dump -f json writes it, with or without --typed; \"-\" or none\n"
             "is standard input. What follows from other values may be left out: lengths,\n"
             "counts and places that the schema ties to what they say, and computed fields\n"
             "such as checksums.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
