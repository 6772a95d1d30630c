/* The parser of sonde.y once more, without lookahead correction: a text without mistakes it takes for the same, in less time. The
 * first mistake that it meets it reports in two words, and stops. */
#define GRAMMAR_PLAIN
#define grammar_yyparse grammar_yyparse_plain

#include "config.h"

#include "grammar/plain_parser.c"
