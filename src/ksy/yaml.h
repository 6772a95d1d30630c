/* YAML as a tree with places: what libyaml reads of a .ksy file, each node with its span and its path.
 *
 * The subset that Kaitai's specifications are written in: block and flow maps and sequences, scalars in all styles.
 * Anchors, aliases, tags, several documents and keys that are not scalars are reported (DIAG_YAML), as are equal keys of one map. */
#ifndef KSY_YAML_H
#define KSY_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "text/diag.h"
#include "text/source.h"

/* Maps and sequences nest this deep at most, and a file has this many nodes. */
#define YAML_DEPTH_MAX 128u
#define YAML_NODES_MAX 1000000u

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    struct span span; /* of the value as written, quotes included; empty where nothing is written */
    struct bytes text; /* of a SCALAR: its value, followed by a NUL; "" where nothing is written */
    bool quoted;       /* a SCALAR that is not plain: a string whatever it looks like */
    uint32_t
        straight; /* offset in the sources of the value's first byte where it stands there byte for byte;
                                else UINT32_MAX (escapes, several lines) */
    struct yaml *first; /* of a MAP or SEQUENCE: its values in order, linked by next */
    uint32_t n;         /* how many */
    struct yaml *next;
    const struct yaml *up; /* what it lies in; NULL for the root */
    const char *key;       /* of a value in a map; else NULL */
    struct span key_span;
    const struct yaml
        *key_node;  /* of a value in a map: its key as a scalar with the same path; else NULL */
    uint32_t index; /* its number in the map or sequence */
};

/* The root of a source; NULL where it was reported. A source with nothing in it has an empty scalar. */
struct yaml *yaml_parse(struct arena *arena, struct diags *diags, const struct source *source);

/* The value under a key of a map; NULL for none, for what is no map and for NULL. */
struct yaml *yaml_get(const struct yaml *map, const char *key);

/* A plain scalar that YAML 1.1 reads as null, as a bool (true, false only: yes, no, on, off, y, n are strings to
 * Kaitai's users), as an integer (decimal, 0x, 0o, 0b, '_' between digits; up to 64 bits either way) or a float. */
bool yaml_is_null(const struct yaml *node);
bool yaml_bool(const struct yaml *node, bool *out);
bool yaml_integer(const struct yaml *node, int128 *out);
bool yaml_is_float(const struct yaml *node);

/* "/seq/0/type" appended; "/" for the root. */
void yaml_path(const struct yaml *node, struct buf *out);

/* The innermost node that a span lies in, its key counted in; the root where none is. */
const struct yaml *yaml_at(const struct yaml *root, struct span span);

/* The part from..to (bytes of text) of a scalar as a span of the source: exact where the scalar is straight, else the
 * whole scalar. */
struct span yaml_part(const struct yaml *scalar, uint32_t from, uint32_t to);

/* Reports an error or warning at a node: the message is "PATH: …". at_key: the carets stand under the node's key. */
struct diag *yaml_report(struct diags *diags, enum diag_code code, const struct yaml *node,
                         bool at_key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same with the carets under a part of the node's text. */
struct diag *yaml_report_part(struct diags *diags, enum diag_code code, const struct yaml *node,
                              struct span part, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
