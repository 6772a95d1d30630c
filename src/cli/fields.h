/* Fields: which ones places in a file are in, for commands that find places by the bytes alone. Many places are looked up by
 * one pass of the schema's program over the file. */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

#include "cli/pick.h"
#include "io/out.h"
#include "sink/owner.h"

enum fields_when { FIELDS_AUTO, FIELDS_ALWAYS, FIELDS_NEVER, FIELDS_WHEN_COUNT };
extern const char *const fields_when_texts[];

/* Files up to this size are decoded without being asked to, for FIELDS_AUTO. */
#define FIELDS_AUTO_MAX ((uint64_t)64 << 20)

/* How many places are looked up by one pass. */
#define FIELDS_AT_ONCE 65536u

struct fields {
    struct pick pick;   /* its folders and given values are the options' */
    const char *schema; /* as it was named, or NULL: by what is in the file */
    enum fields_when when;
    /* private */
    const struct program *program; /* NULL: nothing is told of fields */
    struct compiled *quiet;        /* of detection, or NULL */
};

/* Behind the options: finds and compiles the schema for the file. With FIELDS_AUTO only where the bytes of a file that is not
 * too large tell which one it is, and nothing is said where that comes to nothing. CLI_FINE, or what is wrong, which was told. */
int fields_begin(struct fields *fields, const struct input *input);
static inline bool fields_are_told(const struct fields *fields) {
    return fields->program != NULL;
}

/* Looks n offsets up, at most FIELDS_AT_ONCE; the caller frees what comes. Faults in the file are not told. */
struct owner *fields_look_up(const struct fields *fields, struct input *input, struct out *out,
                             const uint64_t *offsets, uint32_t n, bool json);

void fields_end(struct fields *fields);

#endif
