/* Maps read key by key: which keys are legal, and what each one's value becomes. Private to the files spec*.c.
 *
 * A table of rows says for each key which kinds of the map it belongs to, and how its value gets into which member of the
 * struct that the map is read into. */
#ifndef KSY_KEYS_H
#define KSY_KEYS_H

#include <stddef.h>

#include "ksy/spec.h"

/* What is being read. */
struct keys_reader {
    struct ksy_program *program;
    struct ksy_spec *spec;
    struct ksy_class *class;
};

struct keys_row {
    const char *name;
    uint32_t where; /* bits that the caller gives a meaning */
    /* Reads value into the member of object; NULL where something else reads it. Reports what it can't use. */
    void (*read)(struct keys_reader *reader, const struct yaml *value, void *object, void *member);
    size_t member; /* its offset in the object */
};

struct keys_table {
    const struct keys_row *rows;
    uint32_t n;
    const char *what; /* "a field" */
};

/* Reads the values of a map into object. Keys that no row with one of the `where` bits has are reported; those that start
 * with '-' are passed over. */
void keys_read(struct keys_reader *reader, const struct yaml *map, const struct keys_table *table,
               uint32_t where, void *object);

/* Whether a node is a map, a sequence; else it is reported. */
bool keys_want_map(struct keys_reader *reader, const struct yaml *node);
bool keys_want_sequence(struct keys_reader *reader, const struct yaml *node);

/* The text of a scalar that says something; NULL where it does not, which was reported. */
const char *keys_want_text(struct keys_reader *reader, const struct yaml *node);

/* The text of a scalar that is a name, [a-z][a-z0-9_]*, interned. what: "the name of a field". */
const char *keys_want_name(struct keys_reader *reader, const struct yaml *node, const char *what);

/* The same of a key. */
const char *keys_want_key_name(struct keys_reader *reader, const struct yaml *node,
                               const char *what);

/* An expression; NULL where there is none, which was reported. */
struct ksy_expr *keys_want_expr(struct keys_reader *reader, const struct yaml *node);

/* Readers for rows, named by what the member is: an expression, a list of them linked by next, the name of an encoding, a
 * bool, an int from 0 to 255; documentation, which may be empty; references, which may be several. */
void keys_expr(struct keys_reader *reader, const struct yaml *value, void *object, void *member);
void keys_exprs(struct keys_reader *reader, const struct yaml *value, void *object, void *member);
void keys_encoding(struct keys_reader *reader, const struct yaml *value, void *object,
                   void *member);
void keys_flag(struct keys_reader *reader, const struct yaml *value, void *object, void *member);
void keys_byte(struct keys_reader *reader, const struct yaml *value, void *object, void *member);
void keys_doc(struct keys_reader *reader, const struct yaml *value, void *object, void *member);
void keys_doc_ref(struct keys_reader *reader, const struct yaml *value, void *object, void *member);

/* Reads a field, an instance or a parameter; NULL where it is not even a map, which was reported. spec_attr.c. */
struct ksy_attr *spec_read_attr(struct keys_reader *reader, const struct yaml *node,
                                enum ksy_attr_kind kind);

/* Reads the meta of a class into it, and that of the top one into the spec. spec_meta.c. */
void spec_read_meta(struct keys_reader *reader, const struct yaml *meta);

/* Reads a map with switch-on and cases; false where it is not usable, which was reported. spec_meta.c. */
bool spec_read_switch(struct keys_reader *reader, const struct yaml *map, struct ksy_expr **on,
                      const struct yaml **cases);

/* What a case is for; NULL for "_", and where it was reported. */
struct ksy_expr *spec_read_case_key(struct keys_reader *reader, const struct yaml *value);

/* Reads the enums of a class. spec_enum.c. */
void spec_read_enums(struct keys_reader *reader, const struct yaml *value, void *object,
                     void *member);

#endif
