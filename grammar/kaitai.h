/* The grammar of Kaitai's expressions: text in, tree built. For src/ksy/expr.c; the tokens in between. */
#ifndef GRAMMAR_KAITAI_H
#define GRAMMAR_KAITAI_H

#include <stdint.h>

#include "base/bytes.h"
#include "text/source.h"

struct expr_build;
union KAITAI_YYSTYPE;

enum kaitai_start { KAITAI_EXPR, KAITAI_TYPE, KAITAI_PROCESS };

/* Parses the bytes from..to of build->scalar as what start says, into build->root, type, name and args. Mistakes are
 * reported, and build->failed set. */
void kaitai_parse(struct expr_build *build, enum kaitai_start start, uint32_t from, uint32_t to);

/* -- between the scanner (kaitai.l) and the parser (kaitai.y) -- */

struct kaitai_tokens {
    struct expr_build *build;
    void *scanner; /* flex's */
    int start;     /* the token that says what the text is, to be given first; 0 when it was */
    uint32_t at;   /* the scanner's place in the scalar */
    int last;      /* the token that was given last, and its place */
    struct span last_span;
    unsigned in_fstring; /* f"…" open */
    unsigned depth;      /* brackets open */
    struct span opened;  /* the innermost one, as long as nothing was closed behind it */
};

int kaitai_yylex(union KAITAI_YYSTYPE *value, struct span *span, struct kaitai_tokens *tokens);

/* The span of the next len bytes, which are passed. */
struct span kaitai_advance(struct kaitai_tokens *tokens, size_t len);

/* The next token: its kind, 0 at the end. */
int kaitai_scan(union KAITAI_YYSTYPE *value, struct span *span, void *scanner);
void *kaitai_scanner_new(struct kaitai_tokens *tokens, struct bytes text);
void kaitai_scanner_free(void *scanner);

#endif
