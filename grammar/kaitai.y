/* The grammar of Kaitai's expressions, of types with arguments and of processes. */

%require "3.8"
%define api.pure full
%define api.prefix {kaitai_yy}
%define api.token.prefix {TOK_}
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0

%parse-param {struct expr_build *build} {struct kaitai_tokens *tokens}
%lex-param {struct kaitai_tokens *tokens}

%code requires {
#include "ksy/expr_build.h"

struct kaitai_tokens;
}

%code top {
#include "config.h"

#include "grammar/kaitai.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "ksy/expr_build.h"
}

%code {
#define YYLLOC_DEFAULT(current, rhs, n)                                                            \
    ((current) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                               \
                     : (struct span){YYRHSLOC(rhs, 0).hi, YYRHSLOC(rhs, 0).hi})

#define YYMALLOC mem_alloc
#define YYFREE   mem_free

/* EXPR_NESTING_MAX brackets with an operator of each level pending in each of them fit, and so do EXPR_DEPTH_MAX
 * conditions in a row. */
#define YYMAXDEPTH 20000

static void kaitai_yyerror(const struct span *span, struct expr_build *build,
                           struct kaitai_tokens *tokens, const char *message);
}

/* What the text is; the first token, made up by the caller's choice. */
%token AS_EXPR "the start of an expression" AS_TYPE "the start of a type"
       AS_PROCESS "the start of a process"
%token YYEOF 0 "the end"

%token <const char *> NAME "a name" OR "or" AND "and" NOT "not" TRUE "true" FALSE "false"
       AS "as" SIZEOF "sizeof" BITSIZEOF "bitsizeof"
%token <struct ksy_expr *> INT "a number" FLOAT "a number with a dot" STRING "a string"

%token COMMA "," COLON ":" SCOPE "::" DOT "." QUESTION "?" LPAREN "(" RPAREN ")"
       LBRACK "[" RBRACK "]" LBRACE "{" RBRACE "}" FBEGIN "f\"" FEND "the closing quote"
%token PLUS "+" MINUS "-" STAR "*" SLASH "/" PERCENT "%" AMP "&" BAR "|"
       CARET "^" TILDE "~" LT "<" GT ">" EQ "==" NE "!=" LE "<=" GE ">=" SHL "<<"
       SHR ">>"
%token WRONG "an operator of other languages" STRAY "a character"

%nterm <struct ksy_expr *>
       expr or and not comparison bitor bitxor bitand shift sum product unary postfix atom
%nterm <struct expr_list> items args args_opt fparts strings
%nterm <struct expr_path> path type process
%nterm <enum ksy_op> compare shifts adds muls
%nterm <const char *> word

%%

entry:
  AS_EXPR expr                          { build->root = $expr; }
| AS_TYPE type                          { build->type = expr_type(build, @type, $type); }
| AS_TYPE type "(" args ")"
                        { build->type = expr_type(build, @type, $type); build->args = $args.first; }
| AS_PROCESS process                    { build->name = expr_dotted(build, $process); }
| AS_PROCESS process "(" args_opt ")"
                        { build->name = expr_dotted(build, $process);
                          build->args = $args_opt.first; }
;

expr:
  or
| or "?" expr ":" expr              { $$ = expr_node(build, KSY_COND, @$, $1, $3, $5); }
;

or:
  and
| or "or" and                         { $$ = expr_binary(build, KSY_OP_OR, @$, $1, $3); }
;

and:
  not
| and "and" not                       { $$ = expr_binary(build, KSY_OP_AND, @$, $1, $3); }
;

not:
  comparison
| "not" not                           { $$ = expr_unary(build, KSY_OP_NOT, @$, $2); }
;

comparison:
  bitor
| bitor compare bitor                   { $$ = expr_binary(build, $compare, @$, $1, $3); }
;

compare:
  "=="        { $$ = KSY_OP_EQ; }
| "!="        { $$ = KSY_OP_NE; }
| "<"         { $$ = KSY_OP_LT; }
| "<="        { $$ = KSY_OP_LE; }
| ">"         { $$ = KSY_OP_GT; }
| ">="        { $$ = KSY_OP_GE; }
;

bitor:
  bitxor
| bitor "|" bitxor                    { $$ = expr_binary(build, KSY_OP_BITOR, @$, $1, $3); }
;

bitxor:
  bitand
| bitxor "^" bitand                   { $$ = expr_binary(build, KSY_OP_BITXOR, @$, $1, $3); }
;

bitand:
  shift
| bitand "&" shift                    { $$ = expr_binary(build, KSY_OP_BITAND, @$, $1, $3); }
;

shift:
  sum
| shift shifts sum                      { $$ = expr_binary(build, $shifts, @$, $1, $3); }
;

shifts:
  "<<"        { $$ = KSY_OP_SHL; }
| ">>"        { $$ = KSY_OP_SHR; }
;

sum:
  product
| sum adds product                      { $$ = expr_binary(build, $adds, @$, $1, $3); }
;

adds:
  "+"         { $$ = KSY_OP_ADD; }
| "-"         { $$ = KSY_OP_SUB; }
;

product:
  unary
| product muls unary                    { $$ = expr_binary(build, $muls, @$, $1, $3); }
;

muls:
  "*"         { $$ = KSY_OP_MUL; }
| "/"         { $$ = KSY_OP_DIV; }
| "%"         { $$ = KSY_OP_MOD; }
;

unary:
  postfix
| "+" unary                           { $$ = expr_unary(build, KSY_OP_PLUS, @$, $2); }
| "-" unary                           { $$ = expr_unary(build, KSY_OP_NEG, @$, $2); }
| "~" unary                           { $$ = expr_unary(build, KSY_OP_INV, @$, $2); }
;

postfix:
  atom
| postfix "." word                    { $$ = expr_attribute(build, @$, $1, $word, @word); }
| postfix "(" args_opt ")"          { $$ = expr_call(build, @$, $1, $args_opt); }
| postfix "[" expr "]"              { $$ = expr_node(build, KSY_INDEX, @$, $1, $3, NULL); }
| postfix "." "as" "<" type ">"
                        { $$ = expr_typed(build, KSY_CAST, @$, $1, expr_type(build, @type, $type)); }
;

atom:
  "(" expr ")"                      { $$ = $2; }
| "[" "]"                           { $$ = expr_items(build, KSY_LIST, @$, expr_list_none()); }
| "[" items comma_opt "]"           { $$ = expr_items(build, KSY_LIST, @$, $items); }
| path                                  { $$ = expr_path(build, @$, $path); }
| "sizeof" "<" type ">"
                        { $$ = expr_typed(build, KSY_SIZEOF, @$, NULL,
                            expr_type(build, @type, $type)); }
| "bitsizeof" "<" type ">"
                        { $$ = expr_typed(build, KSY_BITSIZEOF, @$, NULL,
                            expr_type(build, @type, $type)); }
| "f\"" fparts "the closing quote"    { $$ = expr_items(build, KSY_FSTRING, @$, $fparts); }
| strings                               { $$ = expr_texts(build, @$, $strings); }
| "true"                              { $$ = expr_bool(build, @$, true); }
| "false"                             { $$ = expr_bool(build, @$, false); }
| INT
| FLOAT
;

/* A name, or an enum's member with its path. */
path:
  NAME                                  { $$ = expr_path_one(build, $NAME, false); }
| "::" word "::" word
                        { $$ = expr_path_add(build, expr_path_one(build, $2, true), $4); }
| path "::" word                      { $$ = expr_path_add(build, $1, $word); }
;

type:
  word                                  { $$ = expr_path_one(build, $word, false); }
| "::" word                           { $$ = expr_path_one(build, $word, true); }
| type "::" word                      { $$ = expr_path_add(build, $1, $word); }
| type "[" "]"                      { $$ = expr_path_array(build, @2, $1); }
;

process:
  word                                  { $$ = expr_path_one(build, $word, false); }
| process "." word                    { $$ = expr_path_add(build, $1, $word); }
;

/* Behind '.' and '::' no word is reserved. */
word: NAME | "or" | "and" | "not" | "true" | "false";

strings:
  STRING                                { $$ = expr_list_add(expr_list_none(), $STRING); }
| strings STRING                        { $$ = expr_list_add($1, $STRING); }
;

fparts:
  %empty                                { $$ = expr_list_none(); }
| fparts STRING                         { $$ = expr_list_add($1, $STRING); }
| fparts "{" expr "}"               { $$ = expr_list_add($1, $expr); }
;

items:
  expr                                  { $$ = expr_list_add(expr_list_none(), $expr); }
| items "," expr                      { $$ = expr_list_add($1, $expr); }
;

args: items;

args_opt:
  %empty                                { $$ = expr_list_none(); }
| args
;

comma_opt: %empty | ",";

%%

/* Too many symbols in a row: the parser's stack is full. */
static void kaitai_yyerror(const struct span *span, struct expr_build *build,
                           struct kaitai_tokens *tokens, const char *message) {
    (void)tokens;
    (void)message;
    expr_too_deep(build, *span);
}

/* Up to this many things are named that would have fitted. */
#define EXPECTED_MAX 4

/* "a, b or c"; NULL where so much fits that it would not help. */
static const char *expected_text(const yypcontext_t *context, struct expr_build *build) {
    yysymbol_kind_t symbols[EXPECTED_MAX];
    int n = yypcontext_expected_tokens(context, NULL, 0);
    if (n == 0 || n > EXPECTED_MAX) {
        return NULL;
    }
    n = yypcontext_expected_tokens(context, symbols, EXPECTED_MAX);
    const char *text = "";
    for (int i = 0; i < n; i++) {
        const char *joint = i == 0 ? "" : i + 1 < n ? ", " : " or ";
        const char *name = yysymbol_name(symbols[i]);
        const char *quote = strchr(name, ' ') ? "" : "'";
        text = arena_printf(build->arena, "%s%s%s%s%s", text, joint, quote, name, quote);
    }
    return text;
}

static bool is_comparison(yysymbol_kind_t symbol) {
    return symbol >= YYSYMBOL_LT && symbol <= YYSYMBOL_GE;
}

/* Whether the token is one of those that would have fitted. */
static bool expects(const yypcontext_t *context, yysymbol_kind_t symbol) {
    yysymbol_kind_t symbols[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
    for (int i = 0; i < n; i++) {
        if (symbols[i] == symbol) {
            return true;
        }
    }
    return false;
}

static int yyreport_syntax_error(const yypcontext_t *context, struct expr_build *build,
                                 struct kaitai_tokens *tokens) {
    if (build->failed) {
        return 0;
    }
    yysymbol_kind_t symbol = yypcontext_token(context);
    struct expr_mistake mistake = {.span = tokens->last_span,
                                   .at_end = symbol == YYSYMBOL_YYEOF,
                                   .opened = tokens->depth > 0 ? tokens->opened : span_none()};
    if (expects(context, YYSYMBOL_INT)) {
        mistake.expected = "a value";
    } else if (expects(context, YYSYMBOL_NAME)) {
        mistake.expected = "a name";
    } else {
        mistake.expected = expected_text(context, build);
        mistake.second_comparison = is_comparison(symbol);
    }
    expr_syntax_error(build, &mistake);
    return 0;
}

/* -- tokens ------------------------------------------------------------------------------------ */

struct span kaitai_advance(struct kaitai_tokens *tokens, size_t len) {
    uint32_t lo = tokens->at;
    tokens->at += (uint32_t)len;
    return (struct span){lo, tokens->at};
}

static void count_brackets(struct kaitai_tokens *tokens) {
    switch (tokens->last) {
    case TOK_LPAREN:
    case TOK_LBRACK:
    case TOK_LBRACE:
    case TOK_FBEGIN:
        tokens->opened = tokens->last_span;
        if (++tokens->depth > EXPR_NESTING_MAX) {
            expr_too_nested(tokens->build, tokens->last_span);
        }
        break;
    case TOK_RPAREN:
    case TOK_RBRACK:
    case TOK_RBRACE:
    case TOK_FEND:
        tokens->opened = span_none();
        tokens->depth -= tokens->depth > 0;
        break;
    default:
        break;
    }
}

int kaitai_yylex(union KAITAI_YYSTYPE *value, struct span *span, struct kaitai_tokens *tokens) {
    if (tokens->start != 0) {
        *span = (struct span){tokens->at, tokens->at};
        int start = tokens->start;
        tokens->start = 0;
        return start;
    }
    tokens->last = tokens->build->failed ? 0 : kaitai_scan(value, span, tokens->scanner);
    if (tokens->last == 0) {
        *span = (struct span){tokens->at, tokens->at};
    }
    tokens->last_span = *span;
    count_brackets(tokens);
    return tokens->build->failed ? 0 : tokens->last;
}

static int start_token(enum kaitai_start start) {
    switch (start) {
    case KAITAI_EXPR:
        return TOK_AS_EXPR;
    case KAITAI_TYPE:
        return TOK_AS_TYPE;
    case KAITAI_PROCESS:
        return TOK_AS_PROCESS;
    }
    return 0;
}

void kaitai_parse(struct expr_build *build, enum kaitai_start start, uint32_t from, uint32_t to) {
    struct kaitai_tokens tokens = {
        .build = build, .start = start_token(start), .at = from, .opened = span_none()};
    tokens.scanner =
        kaitai_scanner_new(&tokens, bytes_of(build->scalar->text.at + from, to - from));
    kaitai_yyparse(build, &tokens);
    kaitai_scanner_free(tokens.scanner);
}
