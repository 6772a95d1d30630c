/* The inside of the library's handles: for the files of this folder that make up libsonde. */
#ifndef LIB_INTERNAL_H
#define LIB_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "code/gen.h"
#include "io/input.h"
#include "lib/compile.h"
#include "lib/sonde.h"
#include "vm/vm.h"

struct sonde_errors {
    struct arena arena; /* of the texts */
    VEC(struct sonde_error) at;
    struct buf text; /* all of them, rendered */
};

/* Nothing is done by these where errors is NULL. */
void errors_clear(struct sonde_errors *errors);

/* Adds one that has no place. */
void errors_add(struct sonde_errors *errors, enum sonde_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds "can't OPERATION 'NAME': …". */
void errors_add_system(struct sonde_errors *errors, int error, const char *operation,
                       const char *name);

/* Adds the diagnostics of a schema, of which there is an error. */
void errors_add_diags(struct sonde_errors *errors, const struct diags *diags);

struct sonde_folders {
    struct arena arena;
    struct find_folders added;
};

/* The folders and those that are always looked into; all in arena. */
struct find_folders folders_all(const struct sonde_folders *folders, struct arena *arena);

struct sonde_schema {
    atomic_uint users; /* the handle, and questions */
    pthread_mutex_t
        lock; /* of all below: questions add to it, and what is wrong with data looks up places in it */
    struct arena arena; /* of the folders */
    struct find_folders folders;
    struct compiled compiled;
};

void schema_release(struct sonde_schema *schema);

struct sonde_input {
    struct input *input;
};

struct sonde_question {
    struct sonde_schema *schema;
    struct arena arena;
    enum sonde_ask ask;
    const struct program *program;
    const struct sema_select *select; /* of SELECT */
    bool aggregates;
    const char **names; /* by number of constant: those that name members and items, NUL-ended */
    struct vm_limits limits;
};

#endif
