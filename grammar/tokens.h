/* Tokens for the parser: what the scanner (sonde.l) finds, with brackets counted and syntax errors
 * skipped.
 *
 * After a syntax error the parser throws tokens away until one fits. tokens.c hands it only those
 * it can go on with: the ';' or '}' of the block that the error lies in, whatever brackets come in
 * between. */
#ifndef GRAMMAR_TOKENS_H
#define GRAMMAR_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grammar/parser.h"
#include "syn/build.h"
#include "syn/parse.h"
#include "text/source.h"

struct token {
    int kind; /* TOK_…, 0 at the end */
    struct span span;
    GRAMMAR_YYSTYPE value;
    bool starts_line; /* no token stands before it on its line */
};

struct bracket {
    int kind; /* TOK_LBRACE, TOK_LPAREN, TOK_LBRACK */
    struct span span;
};

struct tokens {
    struct build *build;
    void *scanner; /* flex's */
    int start;     /* the token that says what the text is, to be given first; 0 when it was */

    /* the scanner's place, in offsets of the common space */
    uint32_t at;
    uint32_t line;          /* first byte of the line */
    uint32_t last_end;      /* end of the last token scanned */
    uint32_t doc_end;       /* the same, a last ';' or ',' not counted */
    uint32_t open_end;      /* end of the last literal without its closing quote; or UINT32_MAX */
    uint32_t first_new_doc; /* the doc comments from here on wait for the next token */

    struct token current; /* the last one given to the parser */
    uint32_t before;      /* end of the one before it */

    struct token queue[2]; /* to be given before anything is scanned */
    unsigned queue_n;

    struct bracket open[PARSE_DEPTH_MAX];
    unsigned depth; /* brackets open */
    unsigned level; /* while recovering: brackets around the construct that is skipped */
};

/* -- for the parser -- */

int grammar_yylex(GRAMMAR_YYSTYPE *value, struct span *span, struct tokens *tokens);

/* Says that the current token is a syntax error: what follows is skipped until build->recovering
 * ends. With semicolon_missing the parser gets a ';' next, then the current token once more. */
void tokens_recover(struct tokens *tokens, bool semicolon_missing);

/* -- for the scanner -- */

/* The span of the next len bytes, which are passed. */
static inline struct span tokens_advance(struct tokens *tokens, size_t len) {
    uint32_t lo = tokens->at;
    tokens->at += (uint32_t)len;
    return (struct span){lo, tokens->at};
}

/* Of a '#', which is the last that was advanced over: 0 where it is the first of its line but for blanks, or else how many bytes
 * from there on belong to no token. */
size_t tokens_strays(const struct tokens *tokens, const char *text, size_t len);

/* Notes that a line has begun here. */
static inline void tokens_line(struct tokens *tokens) {
    tokens->line = tokens->at;
}

/* Keeps the comment that has just been passed. */
void tokens_comment(struct tokens *tokens, struct span span, const char *text, size_t len);

/* The parser of plain.c; that of parser.h is grammar_yyparse. */
int grammar_yyparse_plain(struct build *build, struct tokens *tokens);

/* The next token: its kind, 0 at the end. */
int grammar_scan(GRAMMAR_YYSTYPE *value, struct span *span, void *scanner);
void *grammar_scanner_new(struct tokens *tokens, struct bytes text);
void grammar_scanner_free(void *scanner);

#endif
