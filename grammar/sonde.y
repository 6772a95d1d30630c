/* The grammar of schemas, paths and patch scripts. */

%require "3.8"
%define api.pure full
%define api.prefix {grammar_yy}
%define api.token.prefix {TOK_}
%define api.token.raw
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0

%parse-param {struct build *build} {struct tokens *tokens}
%lex-param {struct tokens *tokens}

%code requires {
#include "syn/build.h"

struct tokens;
}

%code top {
#include "config.h"

#include "grammar/tokens.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "syn/build.h"
#include "syn/hint.h"
}

%code {
#define YYLLOC_DEFAULT(current, rhs, n)                                                            \
    ((current) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                               \
                     : (struct span){YYRHSLOC(rhs, 0).hi, YYRHSLOC(rhs, 0).hi})

#define YYMALLOC mem_alloc
#define YYFREE   mem_free

/* The tallest stack: PARSE_DEPTH_MAX brackets with an operator of each level pending in each of
 * them (about 30 symbols) fit; chains that recurse to the right end here or at AST_DEPTH_MAX. */
#define YYMAXDEPTH 20000

static void grammar_yyerror(const struct span *span, struct build *build, struct tokens *tokens,
                            const char *message);
}

/* What the text is; the first token, made up by the caller's choice. */
%token AS_SCHEMA "the start of a schema" AS_PATH "the start of a path"
       AS_LIST "the start of a list" AS_SCRIPT "the start of a script"
%token YYEOF 0 "the end"

%token <const char *> IDENT "a name" DOLLAR "a $ name"
%token <struct ast *> INT "a number" FLOAT "a number with a dot" STRING "a string"

/* reserved words */
%token IF "if" ELSE "else" SWITCH "switch" DEFAULT "default" STRUCT "struct" UNION "union"
       ENUM "enum" TYPEDEF "typedef" WHILE "while" FOR "for" TRUE "true" FALSE "false"

/* words that mean something in their place and may name a field */
%token <const char *>
       SCHEMA "schema" FILES "files" MIME "mime" DETECT "detect" IMPORT "import" TEST "test"
       FLAGS "flags" ENDIAN "endian" BITORDER "bitorder" ENCODING "encoding" LET "let"
       CHECK "check" REQUIRE "require" MAGIC "magic" ALIGN "align" SKIP "skip" IN "in"
       SIZED "sized" STRIDE "stride" FROM "from" UNTIL "until" WHEN "when" AS "as"
       RECOVER "recover" ISOLATED "isolated" EACH "each" THEN "then" INCLUDED "included" LEFT "left"
       OPTIONAL "optional" SET "set" DELETE "delete" INSERT "insert" APPEND "append"
       REPLACE "replace" WITH "with" PRINT "print"

%token SEMI ";" COMMA "," COLON ":" DOT "." AT "@" ASSIGN "=" QUESTION "?"
       LBRACE "{" RBRACE "}" LPAREN "(" RPAREN ")" LBRACK "[" RBRACK "]"
%token PLUS "+" MINUS "-" STAR "*" SLASH "/" PERCENT "%" AMP "&" BAR "|" CARET "^"
       TILDE "~" BANG "!" LT "<" GT ">"
%token OROR "||" ANDAND "&&" EQ "==" NE "!=" LE "<=" GE ">=" SHL "<<" SHR ">>"
       ELVIS "??" DOTDOT ".." STARSTAR "**"

/* loosest first; of logic, then of shift */
%left "||"
%left "&&"
%left "|"
%left "^"
%left "&"
%left "==" "!="
%left "<" ">" "<=" ">=" "in"
%left "<<" ">>"
%left "+" "-"
%left "*" "/" "%"
%right "??"

%nterm <struct ast *>
       item item_line input enumeration enumerator record param detect_part seq
       member member_line cond else_if line_field switch_field type in_place dim bits value
       clause ambient arm arm_line arm_field label
       stmt stmt_line
       expr logic set shift unary postfix braces
       range object_field
%nterm <struct ast_list>
       strings detects let_params params params_opt param_list enumerators
       block members arms labels label_list dims clauses all_clauses own_clauses bits_opt value_opt
       stmts args args_opt ranges object_fields
%nterm <struct ast *> sized_opt message_opt type_opt stored_opt
%nterm <const char *> name tname
%nterm <bool> struct_or_union array_opt
%nterm <enum ast_kind> enum_or_flags
%nterm <unsigned> until_words until_word

%%

entry:
  AS_SCHEMA items
| AS_PATH expr          { ast_root(build, $expr); }
| AS_LIST args          { ast_root(build, ast_listed(build, AST_LIST, @args, $args)); }
| AS_SCRIPT script
;

/* -- files ------------------------------------------------------------------------------------- */

items:
  %empty
| items item            { ast_root_add(build, $item); }
;

item:
  item_line ";"
| enumeration
| record
| "typedef" switch_field                { $$ = ast_typedef(build, @$, $switch_field); }
| "test" type_opt STRING input "{" stmts "}"
                        { $$ = ast_test(build, @$, $type_opt, $STRING, $input, $stmts); }
| "test" type_opt STRING input "{" stmts error "}"
                        { $$ = ast_test(build, @$, $type_opt, $STRING, $input, ast_skipped(build,
                            @error, $stmts)); yyerrok; }
| error ";"                             { $$ = ast_error(build, @$); yyerrok; }
| error "}"                             { $$ = ast_error(build, @$); yyerrok; }
;

item_line:
  "schema" IDENT STRING                 { $$ = ast_schema(build, @$, $IDENT, @IDENT, $STRING); }
| "files" strings                       { $$ = ast_listed(build, AST_FILES, @$, $strings); }
| "mime" strings                        { $$ = ast_listed(build, AST_MIME, @$, $strings); }
| "import" STRING                       { $$ = ast_import(build, @$, $STRING); }
| "detect" detects                      { $$ = ast_listed(build, AST_DETECT, @$, $detects); }
| ambient
| "let" name "=" seq                    { $$ = ast_let(build, @$, $name, @name, $seq); }
| "let" name "(" let_params ")" "=" expr
                        { $$ = ast_function(build, @$, $name, @name, $let_params, $expr); }
| "typedef" line_field                  { $$ = ast_typedef(build, @$, $line_field); }
;

strings:
  STRING                                { $$ = ast_list_one($STRING); }
| strings "," STRING                    { $$ = ast_list_add($1, $STRING); }
;

detects:
  detect_part                           { $$ = ast_list_one($1); }
| detects "," detect_part               { $$ = ast_list_add($1, $3); }
;

detect_part:
  postfix "@" expr                      { $$ = ast_node(build, AST_DETECT_AT, @$, $1, $3, NULL); }
;

ambient:
  "endian" expr                         { $$ = ast_node(build, AST_ENDIAN, @$, $2, NULL, NULL); }
| "bitorder" expr                       { $$ = ast_node(build, AST_BITORDER, @$, $2, NULL, NULL); }
| "encoding" expr                       { $$ = ast_node(build, AST_ENCODING, @$, $2, NULL, NULL); }
;

let_params:
  name
                        { $$ = ast_list_one(ast_param(build, @$, NULL, $name, @name, false)); }
| let_params "," name
                        { $$ = ast_list_add($1, ast_param(build, @name, NULL, $name, @name,
                            false)); }
;

seq:
  expr                                  { $$ = ast_seq(build, @$, AST_OP_NONE, $1, NULL, NULL); }
| expr "then" expr "while" expr         { $$ = ast_seq(build, @$, AST_OP_WHILE, $1, $3, $5); }
| expr "then" expr "until" expr         { $$ = ast_seq(build, @$, AST_OP_UNTIL, $1, $3, $5); }
;

enumeration:
  enum_or_flags name stored_opt "{" enumerators comma_opt "}"
                        { $$ = ast_enum(build, $1, @$, $name, @name, $stored_opt, $enumerators); }
| enum_or_flags name stored_opt "{" error "}"
                        { $$ = ast_enum(build, $1, @$, $name, @name, $stored_opt,
                            ast_skipped(build, @error, ast_list_none())); yyerrok; }
;

enum_or_flags:
  "enum"                                { $$ = AST_ENUM; }
| "flags"                               { $$ = AST_FLAGS; }
;

stored_opt:
  %empty                                { $$ = NULL; }
| ":" type                              { $$ = $2; }
;

enumerators:
  enumerator                            { $$ = ast_list_one($1); }
| enumerators "," enumerator            { $$ = ast_list_add($1, $3); }
;

enumerator:
  name "=" expr
                        { $$ = ast_named(build, AST_ENUMERATOR, @$, $name, @name, $expr); }
;

comma_opt: %empty | ",";

record:
  struct_or_union tname params_opt sized_opt block
                        { $$ = ast_struct(build, @$, $1, $tname, @tname, $params_opt, $sized_opt,
                            $block); }
;

struct_or_union:
  "struct"                              { $$ = false; }
| "union"                               { $$ = true; }
;

params_opt:
  %empty                                { $$ = ast_list_none(); }
| params
;

params:
  "(" param_list ")"                    { $$ = $2; }
;

param_list:
  param                                 { $$ = ast_list_one($1); }
| param_list "," param                  { $$ = ast_list_add($1, $3); }
;

param:
  tname name array_opt
                        { $$ = ast_param(build, @$, ast_type_name(build, @tname, $tname), $name,
                            @name, $array_opt); }
| name array_opt                        { $$ = ast_param(build, @$, NULL, $name, @name, $array_opt); }
;

array_opt:
  %empty                                { $$ = false; }
| "[" "]"                               { $$ = true; }
;

sized_opt:
  %empty                                { $$ = NULL; }
| "sized" expr                          { $$ = $2; }
;

/* What a test is run on: no list, so that a test without one is told at its '{'. */
input:
  STRING
| name                                  { $$ = ast_named(build, AST_NAME, @$, $1, @$, NULL); }
| name "(" args_opt ")"                 { $$ = ast_call(build, @$, $name, @name, $args_opt); }
| "(" expr ")"                          { $$ = ast_node(build, AST_PAREN, @$, $2, NULL, NULL); }
;

/* -- structs ----------------------------------------------------------------------------------- */

block:
  "{" members "}"                       { $$ = $2; }
| "{" members error "}"                 { $$ = ast_skipped(build, @error, $2); yyerrok; }
;

members:
  %empty                                { $$ = ast_list_none(); }
| members member                        { $$ = ast_list_add($1, $2); }
;

member:
  member_line ";"
| switch_field
| cond
| error ";"                             { $$ = ast_error(build, @$); yyerrok; }
;

member_line:
  line_field
| ambient
| type ":" expr                         { $$ = ast_node(build, AST_PAD, @$, $type, $expr, NULL); }
| "let" name "=" seq                    { $$ = ast_let(build, @$, $name, @name, $seq); }
| "let" name "=" expr "when" expr[when]
                        { $$ = ast_let_when(build, @$, $name, @name, $4, $when); }
| "check" expr message_opt
                        { $$ = ast_check(build, AST_CHECK, @$, $expr, $message_opt); }
| "require" expr message_opt
                        { $$ = ast_check(build, AST_REQUIRE, @$, $expr, $message_opt); }
| "magic" expr                          { $$ = ast_node(build, AST_MAGIC, @$, $2, NULL, NULL); }
| "align" expr                          { $$ = ast_node(build, AST_ALIGN, @$, $2, NULL, NULL); }
| "skip" expr                           { $$ = ast_node(build, AST_SKIP, @$, $2, NULL, NULL); }
;

message_opt:
  %empty                                { $$ = NULL; }
| ":" STRING                            { $$ = $2; }
;

cond:
  "if" "(" expr ")" block               { $$ = ast_if(build, @$, $expr, $block, NULL); }
| "if" "(" expr ")" block "else" block[other]
                                        { $$ = ast_if(build, @$, $expr, $5, &$other); }
| "if" "(" expr ")" block "else" else_if
                                        { $$ = ast_else_if(build, @$, $expr, $5, $else_if); }
;

else_if: cond;

line_field:
  type name dims bits_opt value_opt all_clauses
                        { $$ = ast_field(build, @$, $type, $name, @name, $dims,
                            ast_list_join($bits_opt, $value_opt, $all_clauses)); }
| in_place name dims all_clauses
                        { $$ = ast_field(build, @$, $in_place, $name, @name, $dims,
                            $all_clauses); }
;

in_place:
  struct_or_union sized_opt block       { $$ = ast_type_struct(build, @$, $1, $sized_opt, $block); }
;

switch_field:
  "switch" "(" expr ")" name dims all_clauses "{" arms "}"
                        { $$ = ast_switch(build, @$, $expr, $name, @name, $dims, $all_clauses,
                            $arms); }
| "switch" "(" expr ")" name dims all_clauses "{" arms error "}"
                        { $$ = ast_switch(build, @$, $expr, $name, @name, $dims, $all_clauses,
                            ast_skipped(build, @error, $arms)); yyerrok; }
;

type_opt:
  %empty                                { $$ = NULL; }
| type
;

type:
  tname                                 { $$ = ast_type_name(build, @$, $tname); }
| tname "(" args ")"                    { $$ = ast_type_args(build, @$, $tname, @tname, $args); }
| IDENT[of] "." IDENT[part]             { $$ = ast_type_of(build, @$, $of, @of, $part); }
;

dims:
  %empty                                { $$ = ast_list_none(); }
| dims dim                              { $$ = ast_list_add($1, $2); }
;

dim:
  "[" "]"                               { $$ = ast_node(build, AST_DIM, @$, NULL, NULL, NULL); }
| "[" expr "]"                          { $$ = ast_node(build, AST_DIM, @$, $2, NULL, NULL); }
;

bits_opt:
  %empty                                { $$ = ast_list_none(); }
| bits                                  { $$ = ast_list_one($1); }
;

bits:
  ":" shift                             { $$ = ast_node(build, AST_C_BITS, @$, $2, NULL, NULL); }
;

value_opt:
  %empty                                { $$ = ast_list_none(); }
| value                                 { $$ = ast_list_one($1); }
;

value:
  "=" expr                              { $$ = ast_node(build, AST_C_EQUALS, @$, $2, NULL, NULL); }
| "in" set                              { $$ = ast_node(build, AST_C_IN, @$, $2, NULL, NULL); }
;

/* Those of an array, then those of each of its elements. */
all_clauses:
  clauses
| clauses "each" own_clauses            { $$ = ast_list_add($1, ast_listed(build, AST_C_EACH,
                            span_join(@2, @own_clauses), $own_clauses)); }
;

own_clauses:
  clause                                { $$ = ast_list_one($1); }
| own_clauses clause                    { $$ = ast_clause_add(build, $1, $2); }
;

clauses:
  %empty                                { $$ = ast_list_none(); }
| clauses clause                        { $$ = ast_clause_add(build, $1, $2); }
;

clause:
  "@" expr                              { $$ = ast_node(build, AST_C_AT, @$, $2, NULL, NULL); }
| "then" expr                           { $$ = ast_node(build, AST_C_THEN, @$, $2, NULL, NULL); }
| "sized" expr                          { $$ = ast_node(build, AST_C_SIZED, @$, $2, NULL, NULL); }
| "stride" expr                         { $$ = ast_node(build, AST_C_STRIDE, @$, $2, NULL, NULL); }
| "from" expr                           { $$ = ast_node(build, AST_C_FROM, @$, $2, NULL, NULL); }
| "until" expr until_words              { $$ = ast_until(build, @$, $expr, $until_words); }
| "while" expr                          { $$ = ast_node(build, AST_C_WHILE, @$, $2, NULL, NULL); }
| "when" expr                           { $$ = ast_node(build, AST_C_WHEN, @$, $2, NULL, NULL); }
| "encoding" expr
                        { $$ = ast_node(build, AST_C_ENCODING, @$, $2, NULL, NULL); }
| "recover" expr                        { $$ = ast_node(build, AST_C_RECOVER, @$, $2, NULL, NULL); }
| "require" expr message_opt
                        { $$ = ast_check(build, AST_C_REQUIRE, @$, $expr, $message_opt); }
| "isolated"                            { $$ = ast_node(build, AST_C_ISOLATED, @$, NULL, NULL, NULL); }
| "as" name                             { $$ = ast_named(build, AST_C_AS, @$, $name, @name, NULL); }
;

until_words:
  %empty                                { $$ = 0; }
| until_words until_word
                        { $$ = ast_until_add(build, @until_word, $1, $until_word); }
;

until_word:
  "included"                            { $$ = AST_INCLUDED; }
| "left"                                { $$ = AST_LEFT; }
| "optional"                            { $$ = AST_OPTIONAL; }
;

arms:
  %empty                                { $$ = ast_list_none(); }
| arms arm                              { $$ = ast_list_add($1, $2); }
;

arm:
  arm_line ";"
| labels ":" block
                        { $$ = ast_arm(build, @$, $labels, ast_arm_struct(build, @block, $block)); }
| error ";"                             { $$ = ast_error(build, @$); yyerrok; }
;

arm_line:
  labels ":"                            { $$ = ast_arm(build, @$, $labels, NULL); }
| labels ":" arm_field                  { $$ = ast_arm(build, @$, $labels, $arm_field); }
| labels ":" "let" "=" expr
                        { $$ = ast_arm(build, @$, $labels, ast_arm_let(build, span_join(@3, @expr),
                            @expr, $expr)); }
;

arm_field:
  type dims bits_opt value_opt all_clauses
                        { $$ = ast_field(build, @$, $type, NULL, span_none(), $dims,
                            ast_list_join($bits_opt, $value_opt, $all_clauses)); }
;

labels:
  "default"                             { $$ = ast_list_none(); }
| label_list
;

label_list:
  label                                 { $$ = ast_list_one($1); }
| label_list "," label                  { $$ = ast_list_add($1, $3); }
;

label: range;

/* -- scripts ----------------------------------------------------------------------------------- */

script:
  %empty
| script stmt                           { ast_root_add(build, $stmt); }
| script error "}"                      { ast_root_add(build, ast_error(build, @error)); yyerrok; }
;

stmts:
  %empty                                { $$ = ast_list_none(); }
| stmts stmt                            { $$ = ast_list_add($1, $2); }
;

stmt:
  stmt_line ";"
| "for" "(" name ":" expr ")" "{" stmts "}"
                                        { $$ = ast_for(build, @$, $name, @name, $expr, $stmts); }
| "for" "(" name ":" expr ")" "{" stmts error "}"
                        { $$ = ast_for(build, @$, $name, @name, $expr, ast_skipped(build, @error,
                            $stmts)); yyerrok; }
| error ";"                             { $$ = ast_error(build, @$); yyerrok; }
;

stmt_line:
  "require" expr message_opt
                        { $$ = ast_check(build, AST_REQUIRE, @$, $expr, $message_opt); }
| "set" postfix "=" expr                { $$ = ast_node(build, AST_SET, @$, $2, $4, NULL); }
| "delete" postfix                      { $$ = ast_node(build, AST_DELETE, @$, $2, NULL, NULL); }
| "insert" postfix braces               { $$ = ast_node(build, AST_INSERT, @$, $2, $3, NULL); }
| "append" postfix braces               { $$ = ast_node(build, AST_APPEND, @$, $2, $3, NULL); }
| "insert" postfix "with" expr          { $$ = ast_with(build, AST_INSERT, @$, $2, $4); }
| "append" postfix "with" expr          { $$ = ast_with(build, AST_APPEND, @$, $2, $4); }
| "replace" postfix "with" expr         { $$ = ast_node(build, AST_REPLACE, @$, $2, $4, NULL); }
| "let" name "=" expr
                        { $$ = ast_let(build, @$, $name, @name, ast_seq(build, @expr, AST_OP_NONE,
                            $expr, NULL, NULL)); }
| "print" args                          { $$ = ast_listed(build, AST_PRINT, @$, $args); }
;

/* -- expressions ------------------------------------------------------------------------------- */

expr:
  logic
| logic "?" expr ":" expr               { $$ = ast_node(build, AST_COND, @$, $1, $3, $5); }
;

/* Binary operators of two sorts, by their precedence: a nonterminal for each level would cost each operand a reduction. */
logic:
  shift
| logic "||" logic                      { $$ = ast_binary(build, @$, AST_OP_OR, $1, $3); }
| logic "&&" logic                      { $$ = ast_binary(build, @$, AST_OP_AND, $1, $3); }
| logic "|" logic                       { $$ = ast_binary(build, @$, AST_OP_BITOR, $1, $3); }
| logic "^" logic                       { $$ = ast_binary(build, @$, AST_OP_BITXOR, $1, $3); }
| logic "&" logic                       { $$ = ast_binary(build, @$, AST_OP_BITAND, $1, $3); }
| logic "==" logic                      { $$ = ast_binary(build, @$, AST_OP_EQ, $1, $3); }
| logic "!=" logic                      { $$ = ast_binary(build, @$, AST_OP_NE, $1, $3); }
| logic "<" logic                       { $$ = ast_binary(build, @$, AST_OP_LT, $1, $3); }
| logic ">" logic                       { $$ = ast_binary(build, @$, AST_OP_GT, $1, $3); }
| logic "<=" logic                      { $$ = ast_binary(build, @$, AST_OP_LE, $1, $3); }
| logic ">=" logic                      { $$ = ast_binary(build, @$, AST_OP_GE, $1, $3); }
| logic "in" set                        { $$ = ast_node(build, AST_IN, @$, $1, $3, NULL); }
;

set:
  shift
| shift ".." shift                      { $$ = ast_node(build, AST_RANGE, @$, $1, $3, NULL); }
;

shift:
  unary
| shift "<<" shift                      { $$ = ast_binary(build, @$, AST_OP_SHL, $1, $3); }
| shift ">>" shift                      { $$ = ast_binary(build, @$, AST_OP_SHR, $1, $3); }
| shift "+" shift                       { $$ = ast_binary(build, @$, AST_OP_ADD, $1, $3); }
| shift "-" shift                       { $$ = ast_binary(build, @$, AST_OP_SUB, $1, $3); }
| shift "*" shift                       { $$ = ast_binary(build, @$, AST_OP_MUL, $1, $3); }
| shift "/" shift                       { $$ = ast_binary(build, @$, AST_OP_DIV, $1, $3); }
| shift "%" shift                       { $$ = ast_binary(build, @$, AST_OP_REM, $1, $3); }
| shift "??" shift                      { $$ = ast_binary(build, @$, AST_OP_ELSE, $1, $3); }
;

unary:
  postfix
| "-" unary                             { $$ = ast_unary(build, @$, AST_OP_NEG, $2); }
| "~" unary                             { $$ = ast_unary(build, @$, AST_OP_BITNOT, $2); }
| "!" unary                             { $$ = ast_unary(build, @$, AST_OP_NOT, $2); }
;

postfix:
  INT
| FLOAT
| STRING
| "true"                                { $$ = ast_bool(build, @$, true); }
| "false"                               { $$ = ast_bool(build, @$, false); }
| DOLLAR                                { $$ = ast_named(build, AST_DOLLAR, @$, $1, @$, NULL); }
| name                                  { $$ = ast_named(build, AST_NAME, @$, $1, @$, NULL); }
| name "(" args_opt ")"                 { $$ = ast_call(build, @$, $name, @name, $args_opt); }
| "(" expr ")"                          { $$ = ast_node(build, AST_PAREN, @$, $2, NULL, NULL); }
| braces
| postfix "." name                      { $$ = ast_named(build, AST_MEMBER, @$, $name, @name, $1); }
| postfix "." DOLLAR
                        { $$ = ast_named(build, AST_MEMBER, @$, $DOLLAR, @DOLLAR, $1); }
| postfix "." "**" "." name
                        { $$ = ast_named(build, AST_ANYWHERE, @$, $name, @name, $1); }
| "**" "." name
                        { $$ = ast_named(build, AST_ANYWHERE, @$, $name, @name, NULL); }
| postfix "[" range "]"                 { $$ = ast_node(build, AST_INDEX, @$, $1, $range, NULL); }
| postfix "[" "*" "]"                   { $$ = ast_node(build, AST_ALL, @$, $1, NULL, NULL); }
;

range:
  expr
| shift ".." shift                      { $$ = ast_node(build, AST_RANGE, @$, $1, $3, NULL); }
;

args_opt:
  %empty                                { $$ = ast_list_none(); }
| args
;

args:
  expr                                  { $$ = ast_list_one($1); }
| args "," expr                         { $$ = ast_list_add($1, $3); }
;

braces:
  "{" "}"                               { $$ = ast_listed(build, AST_LIST, @$, ast_list_none()); }
| "{" ranges "}"                        { $$ = ast_listed(build, AST_LIST, @$, $2); }
| "{" object_fields "}"                 { $$ = ast_listed(build, AST_OBJECT, @$, $2); }
| "{" error "}"                         { $$ = ast_error(build, @$); yyerrok; }
;

ranges:
  range                                 { $$ = ast_list_one($1); }
| ranges "," range                      { $$ = ast_list_add($1, $3); }
;

object_fields:
  object_field                          { $$ = ast_list_one($1); }
| object_fields "," object_field        { $$ = ast_list_add($1, $3); }
;

object_field:
  name "=" expr
                        { $$ = ast_named(build, AST_OBJECT_FIELD, @$, $name, @name, $expr); }
;

name:
  IDENT
| "schema" | "files" | "mime" | "detect" | "import" | "test" | "flags" | "endian" | "bitorder"
| "encoding" | "let" | "check" | "require" | "magic" | "align" | "skip" | "in" | "sized"
| "stride" | "from" | "until" | "when" | "as" | "recover" | "isolated" | "each" | "then" | "included"
| "left" | "optional" | "set" | "delete" | "insert" | "append" | "replace" | "with" | "print"
;

tname:
  IDENT | "schema" | "files" | "mime" | "detect" | "import" | "test" | "flags" | "included"
| "left" | "optional"
;

%%

/* -- syntax errors ----------------------------------------------------------------------------- */

#ifdef GRAMMAR_PLAIN /* see plain.c */

static void grammar_yyerror(const struct span *span, struct build *build, struct tokens *tokens,
                            const char *message) {
    (void)tokens;
    diag_report(build->parser->diags, DIAG_SYNTAX, *span, "%s", message);
    build->stopped = true;
}

#else

/* Bison calls this when its stacks are full; syntax errors take the way below. */
static void grammar_yyerror(const struct span *span, struct build *build, struct tokens *tokens,
                            const char *message) {
    (void)tokens;
    (void)message;
    build_nesting(build, *span);
}

/* The most that a message lists. */
#define EXPECTED_MAX 5

/* The parse stops after this many errors: the text is something else than it was given as. */
#define ERRORS_MAX 1000

/* What could have stood in place of the unexpected token. */
struct expected {
    bool token[YYNTOKENS];      /* by symbol kind: not yet said */
    const char *said[YYNTOKENS + 8];
    unsigned said_n;
    const char *words[YYNTOKENS]; /* the keywords among them */
    unsigned words_n;
    bool name;      /* a name is among them */
    bool semicolon; /* a ';' is among them */
    char wants[16]; /* what of them hints go by: see syn/hint.def */
};

static bool is_word(yysymbol_kind_t symbol) {
    return symbol >= YYSYMBOL_IF && symbol <= YYSYMBOL_PRINT;
}

static void forget(struct expected *expected, yysymbol_kind_t from, yysymbol_kind_t to) {
    for (int i = from; i <= (int)to; i++) {
        expected->token[i] = false;
    }
}

static void say(struct expected *expected, const char *text) {
    expected->said[expected->said_n++] = text;
}

/* Says in one word what stands for many tokens at the beginning of something. */
static void say_beginning(struct expected *expected) {
    const bool *token = expected->token;
    bool name = token[YYSYMBOL_IDENT];
    const char *what = NULL;
    if (name && token[YYSYMBOL_INT]) {
        what = "an expression";
        forget(expected, YYSYMBOL_DOLLAR, YYSYMBOL_STRING);
        forget(expected, YYSYMBOL_TRUE, YYSYMBOL_FALSE);
        forget(expected, YYSYMBOL_TILDE, YYSYMBOL_BANG);
        forget(expected, YYSYMBOL_MINUS, YYSYMBOL_MINUS);
        forget(expected, YYSYMBOL_LPAREN, YYSYMBOL_LPAREN);
        forget(expected, YYSYMBOL_LBRACE, YYSYMBOL_LBRACE);
        forget(expected, YYSYMBOL_STARSTAR, YYSYMBOL_STARSTAR);
    } else if (name && token[YYSYMBOL_IF]) {
        what = "a member";
        forget(expected, YYSYMBOL_IF, YYSYMBOL_UNION);
    } else if (name && token[YYSYMBOL_STRUCT]) {
        what = "a type";
        forget(expected, YYSYMBOL_SWITCH, YYSYMBOL_UNION);
    } else if (name) {
        what = token[YYSYMBOL_FILES] && !token[YYSYMBOL_ENDIAN] ? "a type" : "a name";
        if (token[YYSYMBOL_COLON] && token[YYSYMBOL_DOT]) { /* behind a type */
            forget(expected, YYSYMBOL_COLON, YYSYMBOL_COLON);
            forget(expected, YYSYMBOL_DOT, YYSYMBOL_DOT);
            forget(expected, YYSYMBOL_LPAREN, YYSYMBOL_LPAREN);
        }
    } else if (token[YYSYMBOL_TYPEDEF]) {
        what = "an item such as 'struct', 'enum' or 'let'";
        forget(expected, YYSYMBOL_STRUCT, YYSYMBOL_TYPEDEF);
        forget(expected, YYSYMBOL_SCHEMA, YYSYMBOL_PRINT);
    } else if (token[YYSYMBOL_DELETE]) {
        what = "a statement such as 'require' or 'for'";
        forget(expected, YYSYMBOL_FOR, YYSYMBOL_FOR);
        forget(expected, YYSYMBOL_SCHEMA, YYSYMBOL_PRINT);
    }
    if (name) {
        forget(expected, YYSYMBOL_IDENT, YYSYMBOL_DOLLAR); /* which seldom is meant behind a dot */
        forget(expected, YYSYMBOL_SCHEMA, YYSYMBOL_PRINT);
    }
    if (what) {
        say(expected, what);
    }
}

/* Leaves out the operators that could go on with a complete expression, and says "a clause" for all
 * of them. */
static const char *leave_out_continuations(struct expected *expected) {
    bool *token = expected->token;
    if (token[YYSYMBOL_PLUS] && token[YYSYMBOL_SHL]) {
        forget(expected, YYSYMBOL_PLUS, YYSYMBOL_DOTDOT);
        forget(expected, YYSYMBOL_LBRACK, YYSYMBOL_LBRACK);
        forget(expected, YYSYMBOL_LPAREN, YYSYMBOL_LPAREN);
        forget(expected, YYSYMBOL_DOT, YYSYMBOL_DOT);
        forget(expected, YYSYMBOL_QUESTION, YYSYMBOL_QUESTION);
        forget(expected, YYSYMBOL_IN, YYSYMBOL_IN);
    }
    if (!token[YYSYMBOL_STRIDE]) {
        return NULL;
    }
    forget(expected, YYSYMBOL_SIZED, YYSYMBOL_OPTIONAL);
    forget(expected, YYSYMBOL_WHILE, YYSYMBOL_WHILE);
    forget(expected, YYSYMBOL_ENCODING, YYSYMBOL_ENCODING);
    forget(expected, YYSYMBOL_REQUIRE, YYSYMBOL_REQUIRE);
    forget(expected, YYSYMBOL_AT, YYSYMBOL_AT);
    if (token[YYSYMBOL_SEMI]) {
        forget(expected, YYSYMBOL_LBRACK, YYSYMBOL_LBRACK);
        forget(expected, YYSYMBOL_COLON, YYSYMBOL_COLON);
        forget(expected, YYSYMBOL_ASSIGN, YYSYMBOL_ASSIGN);
        forget(expected, YYSYMBOL_IN, YYSYMBOL_IN);
        forget(expected, YYSYMBOL_DOT, YYSYMBOL_DOT);
        forget(expected, YYSYMBOL_LPAREN, YYSYMBOL_LPAREN);
    }
    return "a clause";
}

/* What hints go by. */
static void collect_wants(struct expected *expected) {
    static const struct {
        yysymbol_kind_t symbol;
        char letter;
    } letters[] = {
        {YYSYMBOL_TYPEDEF, 'I'}, {YYSYMBOL_SEMI, ';'},   {YYSYMBOL_COLON, ':'},
        {YYSYMBOL_ASSIGN, '='},  {YYSYMBOL_LPAREN, '('}, {YYSYMBOL_RPAREN, ')'},
        {YYSYMBOL_LBRACE, '{'},
    };
    const bool *token = expected->token;
    size_t n = 0;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (token[letters[i].symbol]) {
            expected->wants[n++] = letters[i].letter;
        }
    }
    if (token[YYSYMBOL_IDENT]) {
        expected->wants[n++] = token[YYSYMBOL_INT] ? 'E' : token[YYSYMBOL_IF] ? 'M' : 'N';
    }
}

static void collect_expected(const yypcontext_t *context, struct build *build,
                             struct expected *expected) {
    yysymbol_kind_t symbols[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
    for (int i = 0; i < n; i++) {
        expected->token[symbols[i]] = true;
        if (is_word(symbols[i])) {
            expected->words[expected->words_n++] = yysymbol_name(symbols[i]);
        }
    }
    expected->name = expected->token[YYSYMBOL_IDENT];
    expected->semicolon = expected->token[YYSYMBOL_SEMI];
    collect_wants(expected);
    say_beginning(expected);
    const char *clause = leave_out_continuations(expected);
    for (int i = 0; i < YYNTOKENS; i++) {
        if (expected->token[i]) {
            const char *name = yysymbol_name((yysymbol_kind_t)i);
            bool phrase = strchr(name, ' ') != NULL;
            say(expected, phrase ? name : arena_printf(build->parser->arena, "'%s'", name));
        }
    }
    if (clause) {
        say(expected, clause);
    }
}

/* "a, b or c" */
static const char *join_expected(struct build *build, const struct expected *expected) {
    const char *text = expected->said[0];
    for (unsigned i = 1; i < expected->said_n; i++) {
        const char *joint = i + 1 < expected->said_n ? ", " : " or ";
        text = arena_printf(build->parser->arena, "%s%s%s", text, joint, expected->said[i]);
    }
    return text;
}

/* The unexpected token as a message tells it. */
static const char *describe(struct build *build, const struct token *token, yysymbol_kind_t symbol,
                            const struct expected *expected) {
    size_t len = token->span.hi - token->span.lo;
    if (symbol == YYSYMBOL_YYEOF) {
        return "the end of the text";
    }
    if (symbol == YYSYMBOL_STRING || len > 40) {
        return yysymbol_name(symbol);
    }
    bool reserved = symbol >= YYSYMBOL_IF && symbol <= YYSYMBOL_FALSE;
    const struct source *source = build->source;
    const char *text = (const char *)source->text.at + (token->span.lo - source->base);
    return arena_printf(build->parser->arena, "%s'%.*s'",
                        reserved && expected->name ? "the reserved word " : "", (int)len, text);
}

/* Adds what may help: how it is written here, the word that was meant, the bracket that is open. */
static void add_hints(struct build *build, const struct tokens *tokens, yysymbol_kind_t symbol,
                      const struct expected *expected, struct diag *diag) {
    struct diags *diags = build->parser->diags;
    const struct token *token = &tokens->current;
    const char *hint = hint_find(build->source, token->span, expected->wants);
    if (hint) {
        diag_note(diags, diag, span_none(), "%s", hint);
    } else if (symbol >= YYSYMBOL_IF && symbol <= YYSYMBOL_FALSE && expected->name &&
               strchr(expected->wants, 'N')) {
        const char *word = yysymbol_name(symbol);
        diag_note(diags, diag, span_none(), "in backquotes it is a name: '`%s`'", word);
    } else if (symbol == YYSYMBOL_IDENT) {
        diag_suggest(diags, diag, token->value.TOK_IDENT, expected->words, expected->words_n);
    } else if (symbol == YYSYMBOL_YYEOF && tokens->depth > 0) {
        const struct bracket *open = &tokens->open[tokens->depth - 1];
        diag_note(diags, diag, open->span, "this bracket is still open");
    }
}

static int yyreport_syntax_error(const yypcontext_t *context, struct build *build,
                                 struct tokens *tokens) {
    if (build->stopped) {
        return 0;
    }
    yysymbol_kind_t symbol = yypcontext_token(context);
    const struct token *token = &tokens->current;
    struct expected expected = {0};
    collect_expected(context, build, &expected);
    struct diags *diags = build->parser->diags;
    bool item = strchr(expected.wants, 'I') != NULL;
    bool leftover = item && build->failed && !token->starts_line;
    bool missing = expected.semicolon && token->starts_line && symbol != YYSYMBOL_LBRACE;
    if (leftover) {
        /* the rest of an item that was reported */
    } else if (build->stray_end > tokens->before && build->stray_end <= token->span.lo) {
        /* what is wanted here may be what was no token, and was reported */
    } else if (tokens->open_end == tokens->before) {
        /* a missing quote has taken what is wanted here, and was reported */
    } else if (missing) {
        diag_report(diags, DIAG_SYNTAX, (struct span){tokens->before, tokens->before},
                    "missing ';'");
    } else {
        const char *got = describe(build, token, symbol, &expected);
        struct diag *diag = expected.said_n == 0 || expected.said_n > EXPECTED_MAX
                               ? diag_report(diags, DIAG_SYNTAX, token->span, "unexpected %s", got)
                   : diag_report(diags, DIAG_SYNTAX, token->span, "expected %s, got %s",
                                 join_expected(build, &expected), got);
        add_hints(build, tokens, symbol, &expected, diag);
    }
    build->stopped = diags->errors >= ERRORS_MAX;
    build->failed = true;
    bool replay = missing && symbol != YYSYMBOL_RBRACE && symbol != YYSYMBOL_YYEOF;
    tokens_recover(tokens, replay);
    return 0;
}

#endif
