/* The grammar's entries: text in, tree built. For src/syn/parse.c. */
#ifndef GRAMMAR_GRAMMAR_H
#define GRAMMAR_GRAMMAR_H

struct build;

enum grammar_start { GRAMMAR_SCHEMA, GRAMMAR_PATH, GRAMMAR_LIST, GRAMMAR_SCRIPT };

/* Parses build->source as what start says and builds the tree at build->root (FILE or SCRIPT is
 * there already; a path or list leaves it NULL when it has a syntax error). Mistakes are reported and
 * passed over. */
void grammar_parse(struct build *build, enum grammar_start start);

/* The same for a text without mistakes, in less time. Where anything is reported, neither that nor the tree is of use. */
void grammar_try(struct build *build, enum grammar_start start);

#endif
