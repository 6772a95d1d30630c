/* Printers: a document of structs, arrays and values as Ruby's libraries lay it out.
 *
 *   JSON   JSON.pretty_generate of the gem json 2.6: "[\n\n]" and "{\n}" where there is nothing
 *   YAML   Psych's dump of a Hash without its first line "---", by libyaml, which Psych is made of, too
 *   XML    Hash#to_xml of ActiveSupport: type attributes, "-" for "_" in names, elements of arrays named in the singular
 *
 * Numbers are as Ruby writes them: 1.0e+30, -0.0. What Ruby's libraries refuse (NaN in JSON) is a string. */
#ifndef SINK_KSDUMP_PRINT_H
#define SINK_KSDUMP_PRINT_H

#include "base/buf.h"
#include "io/out.h"

enum ksdump_what { KSDUMP_STRUCT, KSDUMP_STRUCT_END, KSDUMP_ARRAY, KSDUMP_ARRAY_END, KSDUMP_VALUE };

enum ksdump_kind {
    KSDUMP_NULL,
    KSDUMP_BOOL,
    KSDUMP_INT,   /* text: its digits */
    KSDUMP_FLOAT, /* number */
    KSDUMP_TEXT,  /* text: UTF-8 */
    KSDUMP_BYTES, /* text: the bytes themselves */
};

/* A piece of a document; the first one is the root's STRUCT. */
struct ksdump_item {
    enum ksdump_what what;
    enum ksdump_kind kind; /* of a VALUE */
    bool boolean;
    double number;
    struct bytes name; /* of what stands in a struct; UTF-8 */
    struct bytes text;
};

struct ksdump_printer {
    void (*put)(struct ksdump_printer *printer, const struct ksdump_item *item);
    void (*free)(struct ksdump_printer *printer);
    struct out *out;
};

/* Each begins a document; put takes its items in order, the last one being the root's STRUCT_END. */
struct ksdump_printer *ksdump_json_new(struct out *out);
struct ksdump_printer *ksdump_yaml_new(struct out *out); /* NULL in a sonde without libyaml */
struct ksdump_printer *ksdump_xml_new(struct out *out);

/* The most bytes that ksdump_float writes. */
#define KSDUMP_FLOAT_ROOM 64

/* Writes a number as Ruby's Float#to_s does ("1.0", "1.0e-05", "NaN"); returns the end. */
char *ksdump_float(char *out, double number);

/* Writes bytes as pairs of digits, each with a space behind it (3 * bytes.len); returns the end. */
char *ksdump_hex(char *out, struct bytes bytes);

/* The same of any length, without the last space. */
void ksdump_put_hex(struct out *out, struct bytes bytes);

/* Appends a word in the singular, as ActiveSupport makes it of an English one. */
void ksdump_singular(struct buf *out, struct bytes word);

#endif
