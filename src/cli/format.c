#include "config.h"

#include "cli/format.h"

#include "sink/csv.h"
#include "sink/json.h"
#include "sink/json_typed.h"
#include "sink/ksdump.h"
#include "sink/tree.h"

const char *const format_texts[FORMAT_COMPAT_COUNT] = {"tree", "json", "jsonl",
                                                       "csv",  "yaml", "xml"};

const struct code_style *format_style(const struct format_options *options) {
    if (options->typed || options->ksdump) {
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
    case FORMAT_YAML:
    case FORMAT_XML:
        break;
    }
    return NULL;
}

static struct tree *new_tree(struct out *out, const struct format_options *options,
                             const struct format_subject *subject) {
    struct tree_options tree = {
        .width = options->width,
        .colour = options->colour,
        .utf8 = options->utf8,
        .fold = options->fold,
        .verbose = options->verbose,
        .docs = options->docs,
        .bytes = true,
    };
    return tree_new(out, subject->program, subject->input_size, &tree);
}

static void open_json(struct format_output *output, struct out *out,
                      const struct format_options *options, bool kaitai) {
    bool lines = options->format == FORMAT_JSONL;
    struct json_options json = {
        .pretty = options->pretty && !lines,
        .lines = lines,
        .records = options->records && !lines,
    };
    if (options->typed) {
        *output = (struct format_output){.sink = json_typed_new(out, &json, kaitai),
                                         .finish = json_typed_finish,
                                         .free = json_typed_free};
    } else {
        *output = (struct format_output){
            .sink = json_new(out, &json), .finish = json_finish, .free = json_free};
    }
}

static void open_ksdump(struct format_output *output, struct out *out, enum ksdump_format format) {
    *output = (struct format_output){
        .sink = ksdump_new(out, format), .finish = ksdump_finish, .free = ksdump_free};
}

void format_open(struct format_output *output, struct out *out,
                 const struct format_options *options, const struct format_subject *subject) {
    switch (options->format) {
    case FORMAT_TREE:
        *output = (struct format_output){.tree = new_tree(out, options, subject)};
        output->sink = tree_sink(output->tree);
        break;
    case FORMAT_JSON:
        if (options->ksdump) {
            open_ksdump(output, out, KSDUMP_JSON);
        } else {
            open_json(output, out, options, subject->kaitai);
        }
        break;
    case FORMAT_JSONL:
        open_json(output, out, options, subject->kaitai);
        break;
    case FORMAT_CSV:
        *output = (struct format_output){
            .sink = csv_new(out, subject->program, subject->element_struct, subject->goes_on),
            .finish = csv_finish,
            .free = csv_free};
        break;
    case FORMAT_YAML:
        open_ksdump(output, out, KSDUMP_YAML);
        break;
    case FORMAT_XML:
        open_ksdump(output, out, KSDUMP_XML);
        break;
    }
}

void format_close(struct format_output *output) {
    if (output->tree) {
        tree_finish(output->tree);
        tree_free(output->tree);
    } else if (output->sink) {
        output->finish(output->sink);
        output->free(output->sink);
    }
    *output = (struct format_output){0};
}
