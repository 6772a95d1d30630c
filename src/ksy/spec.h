/* A Kaitai specification as a model: classes, attributes, enums; what each key said, checked key by key.
 *
 * One ksy_program is all .ksy files that one needs. spec*.c read a file's tree into it by key.def (which keys are legal
 * where, what kind of value each wants), load.c brings in imports, resolve.c finds types and enums by name, type*.c give
 * expressions their types; lower*.c make the schema language's tree of it. */
#ifndef KSY_SPEC_H
#define KSY_SPEC_H

#include "base/map.h"
#include "base/vec.h"
#include "ksy/expr.h"
#include "ksy/ksy.h"
#include "ksy/type.h"
#include "ksy/yaml.h"

struct ksy_spec;

/* Parameters of a type; those of a struct are no more (sema.h). */
#define KSY_PARAMS_MAX 255u

/* What a type name stands for, with arguments: of an attribute, of a case. */
struct ksy_use {
    const struct yaml *yaml;   /* the scalar; NULL: none was written */
    struct ksy_type_name name; /* n 0: none (raw bytes) */
    struct ksy_expr *args;     /* linked by next */
    const struct ksy_type
        *type;   /* found by resolve.c, of one value as it is stored; STR for "str" and
                                    "strz"; NULL: raw bytes, or reported */
    bool strz;   /* the type was "strz" */
    bool broken; /* it could not be read, which was reported */
};

struct ksy_case {
    struct ksy_expr *key; /* NULL: "_" */
    struct ksy_use use;
};

enum ksy_attr_kind { KSY_SEQ, KSY_PARSE_INSTANCE, KSY_VALUE_INSTANCE, KSY_PARAM };
enum ksy_repeat { KSY_REPEAT_NONE, KSY_REPEAT_EOS, KSY_REPEAT_EXPR, KSY_REPEAT_UNTIL };
enum ksy_process {
    KSY_PROCESS_NONE,
    KSY_PROCESS_ZLIB,
    KSY_PROCESS_XOR,
    KSY_PROCESS_ROL,
    KSY_PROCESS_ROR,
    KSY_PROCESS_CUSTOM
};
enum ksy_parent { KSY_PARENT_DEFAULT, KSY_PARENT_NONE /* parent: false */, KSY_PARENT_EXPR };

struct ksy_valid {
    const struct yaml *yaml; /* NULL: no valid */
    struct ksy_expr *eq, *min, *max, *expr;
    struct ksy_expr *any_of; /* linked by next */
    bool in_enum;
};

struct ksy_attr {
    enum ksy_attr_kind kind;
    struct ksy_class *in;
    const struct yaml *yaml; /* the map */
    const char *id;          /* interned; NULL: none was written (a seq entry): it is _unnamedN */
    uint32_t index;          /* in its seq, instances or params */
    const char *doc;         /* NULL for none */
    const char *doc_ref;     /* several are joined by newlines */

    struct ksy_use use;         /* where there is no switch */
    struct ksy_expr *switch_on; /* NULL: no switch */
    VEC(struct ksy_case) cases;

    bool has_contents;
    struct bytes contents;
    struct ksy_expr *size;
    bool size_eos;
    int terminator;                   /* 0..255; -1: none was written (strz has 0 all the same) */
    bool consume, include, eos_error; /* as written, or true, false, true */
    int pad_right;                    /* 0..255; -1 */
    const char
        *encoding; /* that of the class around where none is written; NULL for none. Its usual name
                             (charset.h) where it has one, else as written */

    enum ksy_repeat repeat;
    struct ksy_expr *repeat_expr; /* of EXPR and UNTIL */
    struct ksy_expr *condition;   /* if */
    enum ksy_process process;
    const char *process_name; /* of CUSTOM */
    struct ksy_expr *process_args;
    struct ksy_valid valid;
    struct ksy_type_name enum_name; /* n 0: none */
    const struct yaml *enum_yaml;
    const struct ksy_enum *enumeration; /* found by resolve.c */
    enum ksy_parent parent_kind;
    struct ksy_expr *parent;
    struct ksy_expr *pos, *io, *value; /* of instances */

    const struct ksy_type *
        type; /* of its value as expressions see it, found by type.c; NULL: not known yet, or reported */
    bool typing;   /* being found */
    bool typed;    /* found, or reported */
    uint32_t uses; /* how many expressions name it */
};

struct ksy_member {
    const char *id;
    int128 value;
    const char *doc;
    const struct yaml *yaml;
};

struct ksy_enum {
    const char *id;
    const char *path; /* "a::b" with the classes it is in, the top one included */
    struct ksy_class *in;
    const struct yaml *yaml;
    VEC(struct ksy_member) members;
};

enum ksy_endian_kind { KSY_ENDIAN_INHERIT, KSY_ENDIAN_LE, KSY_ENDIAN_BE, KSY_ENDIAN_SWITCH };

struct ksy_endian_case {
    struct ksy_expr *key; /* NULL: "_" */
    bool big;
    const struct yaml *yaml;
};

struct ksy_class {
    const char *id;   /* the top one's is meta/id */
    const char *path; /* "a::b": the classes around it, the top one included */
    struct ksy_spec *spec;
    struct ksy_class *up; /* NULL for a top one */
    const struct yaml *yaml;
    const char *doc, *doc_ref;
    enum ksy_endian_kind endian; /* as written here */
    struct ksy_expr *endian_on;
    VEC(struct ksy_endian_case) endian_cases;
    enum ksy_order bit_order; /* LE, BE; NONE: not written here */
    const char *encoding;     /* written here, under its usual name */
    struct ksy_expr *to_string;
    VEC(struct ksy_attr *) params, seq, instances;
    VEC(struct ksy_class *) types;
    VEC(struct ksy_enum *) enums;
    struct map types_by_id, enums_by_id;

    /* found by type_parent.c: the struct that _parent stands for; NULL: unused or not one but several (then `any_parent`) */
    const struct ksy_class *parent;
    bool any_parent; /* it is used within several: its members are not known, only casts help */
    bool used;
};

struct ksy_import {
    const struct yaml *yaml;
    const char *name;      /* as written */
    struct ksy_spec *spec; /* NULL: reported */
};

struct ksy_spec {
    struct ksy_program *program;
    const char *path; /* of the file */
    const struct source *source;
    struct yaml *root;
    struct ksy_class *top;
    VEC(struct ksy_import) imports;
    const char *title;
    VEC(const char *) extensions; /* meta/file-extension */
    bool opaque_types;            /* meta/ks-opaque-types */
};

struct ksy_program {
    struct arena *arena;
    struct intern *intern;
    struct sources *sources;
    struct diags *diags;
    struct ksy_search search;
    VEC(struct ksy_spec *) specs; /* the first is the one asked for */
    struct map specs_by_path;     /* paths without links */
    struct map
        tops; /* (id, spec) -> the top class that the spec imports; (id, NULL) -> the first of all */
    struct map types; /* for ksy_type_intern */
};

/* Reads a file's tree into spec->top and so on; what is wrong is reported, and NULL left where something is not usable. */
void ksy_read_spec(struct ksy_program *program, struct ksy_spec *spec);

/* Loads a file that is at hand as a source, and what it imports. NULL where nothing could be made of it: reported. */
struct ksy_spec *ksy_load(struct ksy_program *program, const struct source *source);

/* A further spec by its name, as imports and opaque types look for it: beside the file, then in the folders. NULL: there is none. */
struct ksy_spec *ksy_find_spec(struct ksy_program *program, const struct ksy_spec *from,
                               const char *name);

/* Finds what the types and enums of attributes stand for; reports. */
void ksy_resolve_names(struct ksy_program *program);

/* The class or enum a name stands for, seen from a class: looked for in it and upwards, then among the imports of its spec,
 * then among all specs. NULL: there is none. Reports nothing. */
struct ksy_class *ksy_find_class(const struct ksy_class *from, const struct ksy_type_name *name);
struct ksy_enum *ksy_find_enum(const struct ksy_class *from, const struct ksy_type_name *name);

/* The type that a name in `.as<…>`, `sizeof<…>` or of a parameter stands for: a built-in one, or a class; ARRAY around where
 * "[]" is behind it. NULL: there is none. Reports nothing. */
const struct ksy_type *ksy_named_type(struct ksy_program *program, const struct ksy_class *from,
                                      const struct ksy_type_name *name);

/* Adds "did you mean" with the types, or the enums, that can be seen from a class. */
void ksy_suggest_type(struct ksy_program *program, struct diag *diag, const struct ksy_class *from,
                      const struct ksy_type_name *name);
void ksy_suggest_enum(struct ksy_program *program, struct diag *diag, const struct ksy_class *from,
                      const struct ksy_type_name *name);

#endif
