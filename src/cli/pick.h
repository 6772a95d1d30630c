/* Picking: which schema a file is for, the one named or that which detection finds; each is compiled once. */
#ifndef CLI_PICK_H
#define CLI_PICK_H

#include "base/arena.h"
#include "base/vec.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/give.h"
#include "cli/terminal.h"
#include "io/input.h"
#include "lib/detect.h"

struct picked {
    const char *path;
    int status; /* CLI_FINE, or what it came to: the schema is wrong, can decode nothing, or was given wrong arguments */
    struct compiled compiled;
    void *made; /* by the command, of the schema; NULL at first */
};

struct pick {
    struct arena arena;          /* the caller's things may live in it, too */
    struct find_folders folders; /* -I, and pick_name's */
    enum terminal_when colour;   /* of diagnostics */
    const char *schema;          /* the path of the schema, or NULL: detection */
    struct given given;          /* to the root struct of each schema */
    bool quiet;                  /* nothing is told of detection */
    /* In front of what may be told of a file or schema, NULL: nothing is to be done there. */
    void (*telling)(void *context);
    void *context;
    /* private */
    struct detect detect; /* read when the first file asks for it */
    bool detect_read;
    VEC(struct picked *) schemas;
};

/* Once, behind the options: adds the folders that are always looked into, and finds the schema of that name (NULL: detection).
 * False where there is none, which was told. */
bool pick_name(struct pick *pick, const char *name);

/* The schema for a file, with its arguments given. NULL where none fits it, which was told: CLI_FINDINGS. What is wrong with
 * a schema is told the first time. */
struct picked *pick_schema(struct pick *pick, const struct input *input);

/* Tells that no schema is for a file. */
void pick_tell_none(const char *file);

/* Frees all, the arena too. */
void pick_end(struct pick *pick);

#endif
