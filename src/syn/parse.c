#include "config.h"

#include "syn/parse.h"

#include "grammar/grammar.h"
#include "syn/build.h"

static struct build parse(struct parser *parser, const struct source *source, enum ast_kind root,
                          enum grammar_start start) {
    struct build build = {.parser = parser, .source = source};
    uint32_t base = source->base;
    uint32_t end = base + (uint32_t)source->text.len;
    if (start == GRAMMAR_SCHEMA || start == GRAMMAR_SCRIPT) {
        build.root = ast_new(parser->arena, root, (struct span){base, end});
        build.root->depth = 1;
    }
    grammar_parse(&build, start);
    if (!build.root) {
        build.root = ast_new(parser->arena, AST_ERROR, (struct span){base, end});
        build.root->depth = 1;
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
