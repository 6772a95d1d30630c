/* Keys of comparisons: --key ARRAY:EXPR, evaluated over both files. */
#ifndef CLI_DIFF_KEY_H
#define CLI_DIFF_KEY_H

#include "ask/diff.h"
#include "ask/keys.h"
#include "cli/pick.h"
#include "io/out.h"

/* One option, over two files. */
struct diff_key {
    struct diff_keys keys; /* for diff_files: the hashes are those of `of` */
    struct keys of[2];
};

/* Compiles what the option says and runs it over both inputs; in program, which does the comparison, the array is looked
 * for. CLI_FINE; else why there is no key, which was told: CLI_USAGE, CLI_SCHEMA, CLI_ENVIRONMENT. Freed in any case. */
int diff_key_make(struct diff_key *key, struct picked *picked, const struct program *program,
                  const char *text, struct input *const inputs[2], const struct out *out);
void diff_key_free(struct diff_key *key);

#endif
