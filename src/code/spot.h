/* Spots: the places of a schema that decoding passes or does not, beyond its fields: the sides of an if, a field with a
 * `when`, the arms of a switch. A program made to tell which were met has an instruction MET at each.
 *
 * The list is made with the program (gen_request.spots) and lives in its arena; a program does not need it to run. */
#ifndef CODE_SPOT_H
#define CODE_SPOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/map.h"
#include "base/vec.h"
#include "text/source.h"

enum spot_kind {
    SPOT_YES,     /* the condition of an if holds */
    SPOT_NO,      /* it does not; with an else or without */
    SPOT_PRESENT, /* a field with a `when` is there */
    SPOT_ABSENT,
    SPOT_ARM,     /* an arm of a switch */
    SPOT_DEFAULT, /* its default */
    SPOT_NO_ARM,  /* none of them, where there is no default */
};

struct spot {
    enum spot_kind kind;
    uint32_t owner; /* struct; PROGRAM_NONE in a typedef */
    struct bytes
        text; /* the condition or the labels as they are written; the field's name comes first */
    struct bytes name; /* of the field, where there is one */
    struct span span;
};

/* What a program's tables do not tell of a struct. */
struct spot_struct {
    struct bytes
        name; /* one written in place is called after the struct and the field it stands in */
    struct span span;
    bool is_union;
};

struct spots {
    VEC(struct spot) at;         /* an instruction MET names one by its number */
    struct spot_struct *structs; /* by the program's numbers */
    bool *views;                 /* by member: read `from` bytes that something else may describe */
    VEC(struct span) enums;      /* by the program's numbers */
    VEC(struct span) items;      /* of its enums */
    struct map known;            /* of the generator: what a spot is of -> its number + 1 */
};

/* "if", "else", "present" … as a reader of reports knows it. */
const char *spot_kind_text(enum spot_kind kind);

#endif
