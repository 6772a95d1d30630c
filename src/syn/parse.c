#include "config.h"

#include "syn/parse.h"

#include "grammar/grammar.h"
#include "syn/build.h"

static struct ast *new_root(const struct parser *parser, const struct source *source,
                            enum ast_kind kind) {
    uint32_t end = source->base + (uint32_t)source->text.len;
    struct ast *root = ast_new(parser->arena, kind, (struct span){source->base, end});
    root->depth = 1;
    return root;
}

/* The root is there where things are added to it. */
static struct build begin(struct parser *parser, const struct source *source, enum ast_kind root) {
    return (struct build){.parser = parser,
                          .source = source,
                          .root = root == AST_ERROR ? NULL : new_root(parser, source, root)};
}

/* Most texts have no mistakes. Whether one has is found out sooner than what is best said of it: that takes a simulation of
 * the parse ahead at each token. A try reports to itself; who wants all tokens and comments wants them once. */
static bool try_parse(struct parser *parser, const struct source *source, enum ast_kind root,
                      enum grammar_start start, struct build *build) {
    if (parser->comments || parser->tokens) {
        return false;
    }
    struct diags diags;
    struct parser silent = *parser;
    diags_init(&diags, parser->arena, parser->diags->sources);
    silent.diags = &diags;
    *build = begin(&silent, source, root);
    grammar_try(build, start);
    build->parser = parser;
    return diags.errors == 0 && diags.warnings == 0;
}

static struct build parse(struct parser *parser, const struct source *source, enum ast_kind root,
                          enum grammar_start start) {
    struct build build;
    if (!try_parse(parser, source, root, start, &build)) {
        build = begin(parser, source, root);
        grammar_parse(&build, start);
    }
    if (!build.root) {
        build.root = new_root(parser, source, AST_ERROR);
    }
    return build;
}

struct ast *parse_schema(struct parser *parser, const struct source *source) {
    struct build build = parse(parser, source, AST_FILE, GRAMMAR_SCHEMA);
    build_attach_docs(&build);
    return build.root;
}

struct ast *parse_path(struct parser *parser, const struct source *source) {
    return parse(parser, source, AST_ERROR, GRAMMAR_PATH).root;
}

struct ast *parse_list(struct parser *parser, const struct source *source) {
    return parse(parser, source, AST_ERROR, GRAMMAR_LIST).root;
}

struct ast *parse_script(struct parser *parser, const struct source *source) {
    return parse(parser, source, AST_SCRIPT, GRAMMAR_SCRIPT).root;
}
