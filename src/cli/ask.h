/* Asking: paths, each a program of its own, over files; for the commands that show single values.
 *
 *     struct ask ask = { … };
 *     ask_option for -s, -p, -I and -e; status = ask_all(&ask, &options, …) */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "base/vec.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/pick.h"
#include "code/gen.h"
#include "io/out.h"
#include "vm/event.h"

struct ask_question {
    const char *text;
    const struct program *program;
    bool records; /* the program tells elements one by one */
};

struct ask {
    struct pick pick;
    const char *schema;      /* as it was named, or NULL */
    VEC(const char *) paths; /* of -e */
    enum gen_tell tell;
    const struct code_style *style; /* of the programs; NULL: events for every field */
    /* Makes the sink for one question to a file (named where there are several, else NULL), and takes what came to it:
     * ends and frees it; how many values there were. */
    struct vm_sink *(*begin)(struct ask *ask, const struct ask_question *question,
                             const char *file);
    uint64_t (*end)(struct ask *ask, struct vm_sink *sink);
    void *own; /* the command's */
    struct out *out;
};

/* The options that all these commands have, for the front of their tables. */
enum { ASK_SCHEMA, ASK_EACH_FILE, ASK_PARAM, ASK_DIR, ASK_OPTIONS };
#define ASK_OPTION_LIST                                                                            \
    [ASK_SCHEMA] = {'s', "schema", "SCHEMA",                                                       \
                    "decode by this schema: a file or the name of an\n"                            \
                    "installed one; default: by what is in the file"},                             \
    [ASK_EACH_FILE] = {'e', "expression", "PATH",                                                  \
                       "a path; may be repeated: all operands are files then"},                    \
    [ASK_PARAM] = GIVE_OPTION, [ASK_DIR] = FIND_OPTION

/* Takes one of these; false where it is wrong, which was told. */
bool ask_option(struct ask *ask, const struct options *options, int id);

/* Asks the files among the operands for the paths, file by file, and writes to standard output. The status of the worst
 * of them: CLI_FINDINGS where a path has no value. Frees what ask owns. */
int ask_all(struct ask *ask, const struct command *command, const struct options *options);

/* Asks one file, once pick_name has found its schema, and writes to out. Frees nothing. */
int ask_one(struct ask *ask, const char *path, struct out *out);

/* Tells where raw values of a path were left out because they have no bytes. */
struct place_sink;
void ask_tell_left_out(const struct place_sink *places, const char *path);

#endif
