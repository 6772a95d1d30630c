/* Scripts that change a file: what the commands set and patch share. */
#ifndef CLI_SCRIPT_H
#define CLI_SCRIPT_H

#include "base/buf.h"
#include "cli/change.h"
#include "cli/command.h"
#include "cli/pick.h"

struct script_change {
    struct change change;
    struct pick pick;
    const char *schema;  /* as it was named, or NULL */
    struct given values; /* -D */
    bool dangling;       /* --allow-dangling */
    /* the script */
    const char *name; /* what messages call it */
    struct buf text;
    bool mend; /* computed fields get the values they must have, whatever made them wrong */
};

/* The options that both commands have, at the front of theirs. */
#define SCRIPT_FILE_IDS   CHANGE_OPTION_IDS, SCRIPT_SCHEMA, SCRIPT_PARAM, SCRIPT_DIR
#define SCRIPT_OPTION_IDS SCRIPT_FILE_IDS, SCRIPT_VALUE, SCRIPT_DANGLING

#define SCRIPT_FILE_ROWS                                                                           \
    [SCRIPT_SCHEMA] = {'s', "schema", "SCHEMA",                                                    \
                       "the file's schema: a file or the name of an\n"                             \
                       "installed one; default: by what is in the file"},                          \
    [SCRIPT_PARAM] = GIVE_OPTION, [SCRIPT_DIR] = FIND_OPTION
#define SCRIPT_OPTION_ROWS                                                                         \
    SCRIPT_FILE_ROWS,                                                                              \
        [SCRIPT_VALUE] = {'D', "define", "NAME=VALUE",                                             \
                          "a value for a name that the script uses: a number\n"                    \
                          "or other constant, or a text as it is; may be\nrepeated"},              \
        [SCRIPT_DANGLING] = {0, "allow-dangling", NULL,                                            \
                             "let places that nothing ties to what lies there\n"                   \
                             "stay as they are when it moves"}

/* Takes one of these or of changes; false where it is wrong, which was told. */
bool script_option(struct script_change *script, const struct options *options, int id);

/* Runs the script over the file and commits what it changes; the status to end with. Frees what is in script. */
int script_run(struct script_change *script, const char *file);

/* Whether a script makes those bytes of a file, which is only read. Runs as with --force, and tells nothing of it; of the
 * compiled schema, what it compiled stays. */
bool script_makes(struct compiled *compiled, const char *file, struct bytes script,
                  struct bytes wanted);

/* Frees it, where it is not run. */
void script_end(struct script_change *script);

#endif
