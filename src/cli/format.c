#include "config.h"

#include "cli/format.h"

#include "sink/csv.h"
#include "sink/json.h"
#include "sink/json_typed.h"
#include "sink/tree.h"

const char *const format_texts[FORMAT_COUNT] = {"tree", "json", "jsonl", "csv"};

const struct code_style *format_style(const struct format_options *options) {
    if (options->typed) {
        return NULL;
    }
    switch (options->format) {
    case FORMAT_TREE:
        return NULL;
    case FORMAT_JSON:
        return options->pretty ? NULL : json_style();
    case FORMAT_JSONL:
        return json_style();
    case FORMAT_CSV:
        return csv_style();
    }
    return NULL;
}

static struct tree *new_tree(struct out *out, const struct format_options *options,
                             const struct program *program, uint64_t input_size) {
    struct tree_options tree = {
        .width = options->width,
        .colour = options->colour,
        .utf8 = options->utf8,
        .fold = options->fold,
        .verbose = options->verbose,
        .docs = options->docs,
        .bytes = true,
    };
    return tree_new(out, program, input_size, &tree);
}

static struct vm_sink *new_json(struct out *out, const struct format_options *options,
                                bool kaitai) {
    bool lines = options->format == FORMAT_JSONL;
    struct json_options json = {
        .pretty = options->pretty && !lines,
        .lines = lines,
        .records = options->records && !lines,
    };
    return options->typed ? json_typed_new(out, &json, kaitai) : json_new(out, &json);
}

void format_open(struct format_output *output, struct out *out,
                 const struct format_options *options, const struct program *program,
                 uint32_t element_struct, uint64_t input_size, bool kaitai) {
    *output = (struct format_output){.format = options->format, .typed = options->typed};
    switch (options->format) {
    case FORMAT_TREE:
        output->tree = new_tree(out, options, program, input_size);
        output->sink = tree_sink(output->tree);
        break;
    case FORMAT_JSON:
    case FORMAT_JSONL:
        output->sink = new_json(out, options, kaitai);
        break;
    case FORMAT_CSV:
        output->sink = csv_new(out, program, element_struct);
        break;
    }
}

void format_close(struct format_output *output) {
    if (!output->sink) {
        return;
    }
    switch (output->format) {
    case FORMAT_TREE:
        tree_finish(output->tree);
        tree_free(output->tree);
        break;
    case FORMAT_JSON:
    case FORMAT_JSONL:
        if (output->typed) {
            json_typed_finish(output->sink);
            json_typed_free(output->sink);
        } else {
            json_finish(output->sink);
            json_free(output->sink);
        }
        break;
    case FORMAT_CSV:
        csv_finish(output->sink);
        csv_free(output->sink);
        break;
    }
    *output = (struct format_output){0};
}
