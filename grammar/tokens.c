#include "config.h"

#include "grammar/tokens.h"

#include "grammar/grammar.h"
#include "syn/token.h"

/* -- for the scanner --------------------------------------------------------------------------- */

size_t tokens_strays(const struct tokens *tokens, const char *text, size_t len) {
    const char *at = text;
    for (size_t n = tokens->at - len - tokens->line; n > 0 && (at[-1] == ' ' || at[-1] == '\t');
         n--) {
        at--;
    }
    if (tokens->at - len - tokens->line == (size_t)(text - at)) {
        return 0;
    }
    size_t n = 0;
    while (n < len && strchr(" \t\r", text[n]) == NULL &&
           (strchr("#`\\", text[n]) != NULL || (unsigned char)text[n] < ' ' ||
            (unsigned char)text[n] > '~')) {
        n++;
    }
    return n;
}

void tokens_comment(struct tokens *tokens, struct span span, const char *text, size_t len) {
    bool trails = tokens->last_end > tokens->line;
    struct build_doc comment = {.span = span,
                                .line = tokens->line,
                                .after = trails ? tokens->doc_end : UINT32_MAX,
                                .next = UINT32_MAX};
    token_comment(tokens->build, comment, text, len);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            tokens->line = span.lo + (uint32_t)i + 1;
        }
    }
}

/* -- brackets ---------------------------------------------------------------------------------- */

static int opener_of(int kind) {
    switch (kind) {
    case TOK_RBRACE:
        return TOK_LBRACE;
    case TOK_RPAREN:
        return TOK_LPAREN;
    case TOK_RBRACK:
        return TOK_LBRACK;
    default:
        return 0;
    }
}

/* Closes a bracket: the innermost one if it fits; a '}' also the '{' around open parentheses. */
static void close_bracket(struct tokens *tokens, int opener) {
    unsigned depth = tokens->depth;
    if (opener == TOK_LBRACE) {
        while (depth > 0 && tokens->open[depth - 1].kind != TOK_LBRACE) {
            depth--;
        }
    }
    if (depth > 0 && tokens->open[depth - 1].kind == opener) {
        tokens->depth = depth - 1;
    }
}

static void count_brackets(struct tokens *tokens, const struct token *token) {
    int opener = opener_of(token->kind);
    if (opener != 0) {
        close_bracket(tokens, opener);
    } else if (token->kind == TOK_LBRACE || token->kind == TOK_LPAREN ||
               token->kind == TOK_LBRACK) {
        if (tokens->depth == PARSE_DEPTH_MAX) {
            build_nesting(tokens->build, token->span);
        } else {
            tokens->open[tokens->depth++] = (struct bracket){token->kind, token->span};
        }
    }
}

/* -- tokens ------------------------------------------------------------------------------------ */

static void end_token(const struct tokens *tokens, struct token *token) {
    *token = (struct token){.span = {tokens->at, tokens->at}, .starts_line = true};
}

/* Takes the next token from the text. */
static void scan(struct tokens *tokens, struct token *token) {
    struct build *build = tokens->build;
    token->kind = build->stopped ? 0 : grammar_scan(&token->value, &token->span, tokens->scanner);
    if (token->kind == 0) {
        end_token(tokens, token);
        return;
    }
    token->starts_line = tokens->line >= tokens->last_end;
    tokens->doc_end =
        token->kind == TOK_SEMI || token->kind == TOK_COMMA ? tokens->last_end : token->span.hi;
    tokens->last_end = token->span.hi;
    if (build->parser->tokens) {
        *vec_push(build->parser->tokens, build->parser->arena) = token->span;
    }
    while (tokens->first_new_doc < build->docs.n) {
        build->docs.at[tokens->first_new_doc++].next = token->span.lo;
    }
    count_brackets(tokens, token);
    if (build->stopped) {
        end_token(tokens, token);
    }
}

/* Skips what belongs to the construct with the syntax error. Gives the ';' that ends it, one made
 * up behind the '}' that ends it, or the '}' of the block around it. */
static void skip(struct tokens *tokens, struct token *token) {
    for (;;) {
        scan(tokens, token);
        if (token->kind == 0 || (token->kind == TOK_RBRACE && tokens->depth < tokens->level)) {
            return;
        }
        if (tokens->depth == tokens->level && token->kind == TOK_SEMI) {
            return;
        }
        if (tokens->depth == tokens->level && token->kind == TOK_RBRACE) {
            struct token next;
            scan(tokens, &next);
            if (next.kind == TOK_SEMI) {
                *token = next;
                return;
            }
            if (next.kind != TOK_ELSE) {
                tokens->queue[tokens->queue_n++] = next;
                token->kind = TOK_SEMI;
                return;
            }
        }
    }
}

int grammar_yylex(GRAMMAR_YYSTYPE *value, struct span *span, struct tokens *tokens) {
    struct token *current = &tokens->current;
    tokens->before = current->span.hi;
    if (tokens->start != 0) {
        *current = (struct token){.kind = tokens->start, .span = {tokens->at, tokens->at}};
        tokens->start = 0;
    } else if (tokens->queue_n > 0) {
        *current = tokens->queue[0];
        tokens->queue[0] = tokens->queue[1];
        tokens->queue_n--;
    } else if (tokens->build->recovering) {
        skip(tokens, current);
    } else {
        scan(tokens, current);
    }
    *value = current->value;
    *span = current->span;
    return current->kind;
}

void tokens_recover(struct tokens *tokens, bool semicolon_missing) {
    const struct token *bad = &tokens->current;
    tokens->build->recovering = true;
    unsigned level = tokens->depth;
    if (bad->kind == TOK_LBRACE && level > 0) {
        level--;
    }
    unsigned inner = level;
    while (level > 0 && tokens->open[level - 1].kind != TOK_LBRACE) {
        level--;
    }
    if (bad->kind == TOK_LBRACE && inner < tokens->depth) {
        tokens->open[level] = tokens->open[inner];
        tokens->depth = level + 1;
    } else {
        tokens->depth = level;
    }
    tokens->level = level;
    if (semicolon_missing) {
        struct span place = {tokens->before, tokens->before};
        tokens->queue[tokens->queue_n++] = (struct token){.kind = TOK_SEMI, .span = place};
        tokens->queue[tokens->queue_n++] = *bad;
    }
}

/* -- the parse --------------------------------------------------------------------------------- */

static int start_token(enum grammar_start start) {
    switch (start) {
    case GRAMMAR_SCHEMA:
        return TOK_AS_SCHEMA;
    case GRAMMAR_PATH:
        return TOK_AS_PATH;
    case GRAMMAR_LIST:
        return TOK_AS_LIST;
    case GRAMMAR_SCRIPT:
        return TOK_AS_SCRIPT;
    }
    return 0;
}

/* The text without its NULs, the first of which is reported: flex gets slow with them. */
static struct bytes without_nuls(struct build *build, struct bytes text) {
    const unsigned char *nul = text.len > 0 ? memchr(text.at, '\0', text.len) : NULL;
    if (!nul) {
        return text;
    }
    uint32_t off = build->source->base + (uint32_t)(nul - build->source->text.at);
    token_stray(build, (struct span){off, off + 1}, "", 1);
    char *copy = arena_strndup(build->parser->arena, (const char *)text.at, text.len);
    for (size_t i = (size_t)(nul - text.at); i < text.len; i++) {
        copy[i] = copy[i] == '\0' ? ' ' : copy[i];
    }
    return bytes_of(copy, text.len);
}

static void parse(struct build *build, enum grammar_start start,
                  int (*parser)(struct build *, struct tokens *)) {
    uint32_t base = build->source->base;
    struct tokens tokens = {.build = build,
                            .start = start_token(start),
                            .at = base,
                            .line = base,
                            .last_end = base,
                            .doc_end = base,
                            .open_end = UINT32_MAX};
    struct bytes text = build->source->text;
    if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) {
        tokens_advance(&tokens, 3);
        tokens_line(&tokens);
        text = bytes_of(text.at + 3, text.len - 3);
    }
    tokens.scanner = grammar_scanner_new(&tokens, without_nuls(build, text));
    parser(build, &tokens);
    grammar_scanner_free(tokens.scanner);
}

void grammar_parse(struct build *build, enum grammar_start start) {
    parse(build, start, grammar_yyparse);
}

void grammar_try(struct build *build, enum grammar_start start) {
    parse(build, start, grammar_yyparse_plain);
}
