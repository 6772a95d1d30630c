#include "config.h"

#include "base/intern.h"
#include "base/library.h"
#include "base/map.h"
#include "base/utf8.h"
#include "ksy/yaml.h"

static struct yaml *missing(struct diags *diags, const struct source *source) {
    diag_report(diags, DIAG_YAML, (struct span){source->base, source->base},
                "this sonde has no libyaml, so it does not read .ksy files");
    return NULL;
}

#ifdef HAVE_YAML

#include <yaml.h>

#define CALLS(CALL)                                                                                \
    CALL(yaml_event_delete)                                                                        \
    CALL(yaml_parser_delete)                                                                       \
    CALL(yaml_parser_initialize)                                                                   \
    CALL(yaml_parser_parse)                                                                        \
    CALL(yaml_parser_set_encoding)                                                                 \
    CALL(yaml_parser_set_input_string)
LIBRARY_CALLS(yaml, CALLS)

/* A map or sequence whose end was not met yet. */
struct open {
    struct yaml *node;
    struct yaml *last;      /* its last value so far */
    const struct yaml *key; /* of a map: the key whose value is still to come */
};

struct reader {
    const struct yaml_calls *lib;
    struct arena *arena;
    struct diags *diags;
    const struct source *source;
    struct intern *keys;
    struct map values; /* (key, map) -> its value */
    yaml_parser_t parser;
    struct open open[YAML_DEPTH_MAX];
    unsigned depth;
    struct yaml *root;
    uint32_t nodes;
    size_t chars,
        bytes; /* the mark that was asked for last, in characters as libyaml counts, and in bytes */
    bool stopped; /* at the end, or at what was reported */
};

/* The offset of a mark in the sources. Marks come nearly in order, so the way from the last one is short. */
static uint32_t place(struct reader *reader, yaml_mark_t mark) {
    const struct bytes text = reader->source->text;
    while (reader->chars < mark.index && reader->bytes < text.len) {
        do {
            reader->bytes++;
        } while (reader->bytes < text.len && (text.at[reader->bytes] & 0xc0) == 0x80);
        reader->chars++;
    }
    while (reader->chars > mark.index && reader->bytes > 0) {
        do {
            reader->bytes--;
        } while (reader->bytes > 0 && (text.at[reader->bytes] & 0xc0) == 0x80);
        reader->chars--;
    }
    return reader->source->base + (uint32_t)reader->bytes;
}

/* Reports what ends the reading, with the path of the value that was being read. */
static struct diag *stop(struct reader *reader, struct span span, const char *what) {
    reader->stopped = true;
    const struct yaml *node = NULL;
    if (reader->depth > 0) {
        const struct open *top = &reader->open[reader->depth - 1];
        node = top->key ? top->key : top->node;
    }
    return yaml_report_part(reader->diags, DIAG_YAML, node, span, "%s", what);
}

static void stop_at_event(struct reader *reader, const yaml_event_t *event, const char *what) {
    uint32_t lo = place(reader, event->start_mark);
    uint32_t hi = place(reader, event->end_mark);
    stop(reader, (struct span){lo, hi < lo ? lo : hi}, what);
}

/* Where libyaml gave up: bad bytes are counted in bytes, all else in characters. */
static void stop_at_error(struct reader *reader) {
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "out of memory";
    uint32_t at;
    if (parser->error == YAML_READER_ERROR) {
        size_t len = reader->source->text.len;
        size_t off = parser->problem_offset;
        at = reader->source->base + (uint32_t)(off < len ? off : len);
    } else {
        at = place(reader, parser->problem_mark);
    }
    struct diag *diag = stop(reader, (struct span){at, at}, problem);
    if (parser->context && parser->error != YAML_READER_ERROR) {
        uint32_t from = place(reader, parser->context_mark);
        diag_note(reader->diags, diag, (struct span){from, from}, "%s", parser->context);
    }
}

static struct yaml *new_node(struct reader *reader, enum yaml_kind kind, struct span span) {
    if (++reader->nodes > YAML_NODES_MAX) {
        stop(reader, span, "more keys and values than a file may have (1000000)");
        return NULL;
    }
    struct yaml *node = arena_alloc(reader->arena, sizeof *node);
    node->kind = kind;
    node->span = span;
    node->straight = UINT32_MAX;
    return node;
}

/* The offset of a scalar's value where it stands in the file byte for byte. */
static uint32_t straight(const struct reader *reader, struct span span, struct bytes value,
                         bool quoted) {
    const struct source *source = reader->source;
    size_t off = span.lo - source->base + quoted;
    bool same = off <= source->text.len && value.len <= source->text.len - off &&
                off + value.len <= span.hi - source->base &&
                bytes_equal(value, bytes_of(source->text.at + off, value.len));
    return same ? source->base + (uint32_t)off : UINT32_MAX;
}

static struct yaml *new_scalar(struct reader *reader, const yaml_event_t *event) {
    struct span span;
    span.lo = place(reader, event->start_mark);
    span.hi = place(reader, event->end_mark);
    const unsigned char *from = reader->source->text.at - reader->source->base;
    /* the end of a block is where the next token begins */
    while (span.hi > span.lo && strchr(" \t\r\n", from[span.hi - 1])) {
        span.hi--;
    }
    struct yaml *node = new_node(reader, YAML_SCALAR, span);
    if (node) {
        size_t len = event->data.scalar.length;
        yaml_scalar_style_t style = event->data.scalar.style;
        node->text.at = (const unsigned char *)arena_strndup(
            reader->arena, (const char *)event->data.scalar.value, len);
        node->text.len = len;
        node->quoted = style != YAML_PLAIN_SCALAR_STYLE;
        node->straight = straight(reader, span, node->text, node->quoted);
    }
    return node;
}

/* The scalar that was met as the next key of the innermost map. */
static void take_key(struct reader *reader, struct yaml *key) {
    struct open *top = &reader->open[reader->depth - 1];
    const char *text = (const char *)key->text.at;
    if (strlen(text) != key->text.len) {
        stop(reader, key->span, "a key with a NUL character in it");
        return;
    }
    key->up = top->node;
    key->key = intern_add(reader->keys, text, key->text.len);
    key->key_span = key->span;
    key->index = top->node->n;
    top->key = key;
    const struct yaml *other = map_get(&reader->values, key->key, top->node);
    if (other) {
        struct diag *diag = stop(reader, key->span, "this key stands in the map already");
        diag_note(reader->diags, diag, other->key_span, "the first one is here");
    }
}

/* A value of the innermost map or sequence, or the root. */
static void take_value(struct reader *reader, struct yaml *value) {
    if (reader->depth == 0) {
        reader->root = value;
        return;
    }
    struct open *top = &reader->open[reader->depth - 1];
    if (top->key) {
        value->key = top->key->key;
        value->key_span = top->key->key_span;
        value->key_node = top->key;
        map_put(&reader->values, reader->arena, value->key, top->node, value);
        top->key = NULL;
    }
    value->up = top->node;
    value->index = top->node->n++;
    if (top->last) {
        top->last->next = value;
    } else {
        top->node->first = value;
    }
    top->last = value;
}

static bool is_key(const struct reader *reader) {
    if (reader->depth == 0) {
        return false;
    }
    const struct open *top = &reader->open[reader->depth - 1];
    return top->node->kind == YAML_MAP && !top->key;
}

static void take_scalar(struct reader *reader, const yaml_event_t *event) {
    struct yaml *node = new_scalar(reader, event);
    if (!node) {
        return;
    }
    if (is_key(reader)) {
        take_key(reader, node);
    } else {
        take_value(reader, node);
    }
}

static void take_start(struct reader *reader, const yaml_event_t *event, enum yaml_kind kind) {
    if (is_key(reader)) {
        stop_at_event(reader, event, "a key that is no text");
        return;
    }
    uint32_t lo = place(reader, event->start_mark);
    if (reader->depth == YAML_DEPTH_MAX) {
        stop(reader, (struct span){lo, lo + 1}, "maps and sequences nest more than 128 deep");
        return;
    }
    struct yaml *node = new_node(reader, kind, (struct span){lo, lo});
    if (node) {
        take_value(reader, node);
        reader->open[reader->depth++] = (struct open){.node = node};
    }
}

/* The end of a block is where the next token begins: it ends with its last value. */
static void take_end(struct reader *reader, const yaml_event_t *event) {
    struct yaml *node = reader->open[--reader->depth].node;
    const struct yaml *last = reader->open[reader->depth].last;
    char begin = (char)reader->source->text.at[node->span.lo - reader->source->base];
    if (begin == '{' || begin == '[' || !last) {
        node->span.hi = place(reader, event->end_mark);
    } else {
        node->span.hi = last->span.hi;
    }
    if (node->span.hi < node->span.lo) {
        node->span.hi = node->span.lo;
    }
}

static bool check_marks(struct reader *reader, const yaml_event_t *event, const void *anchor,
                        const void *tag) {
    if (anchor) {
        stop_at_event(reader, event, "an anchor; specifications are written without");
    } else if (tag) {
        stop_at_event(reader, event, "a tag; specifications are written without");
    }
    return !anchor && !tag;
}

static void take(struct reader *reader, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return;
    case YAML_STREAM_END_EVENT:
        reader->stopped = true;
        return;
    case YAML_DOCUMENT_START_EVENT:
        if (reader->root) {
            stop_at_event(reader, event, "a second document; a specification is one");
        }
        return;
    case YAML_ALIAS_EVENT:
        stop_at_event(reader, event, "an alias; specifications are written without");
        return;
    case YAML_SCALAR_EVENT:
        if (check_marks(reader, event, event->data.scalar.anchor, event->data.scalar.tag)) {
            take_scalar(reader, event);
        }
        return;
    case YAML_SEQUENCE_START_EVENT:
        if (check_marks(reader, event, event->data.sequence_start.anchor,
                        event->data.sequence_start.tag)) {
            take_start(reader, event, YAML_SEQUENCE);
        }
        return;
    case YAML_MAPPING_START_EVENT:
        if (check_marks(reader, event, event->data.mapping_start.anchor,
                        event->data.mapping_start.tag)) {
            take_start(reader, event, YAML_MAP);
        }
        return;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        take_end(reader, event);
        return;
    }
}

/* libyaml compares each %TAG directive with all before it, so a file of them would take it hours. */
static bool has_tags_declared(struct reader *reader) {
    static const char word[] = "%TAG";
    const struct bytes text = reader->source->text;
    const unsigned char *at = text.at;
    const unsigned char *end = text.at + text.len;
    while (at && (size_t)(end - at) >= sizeof word - 1) {
        if (memcmp(at, word, sizeof word - 1) == 0) {
            uint32_t lo = reader->source->base + (uint32_t)(at - text.at);
            stop(reader, (struct span){lo, lo + sizeof word - 1},
                 "a tag directive; specifications are written without");
            return true;
        }
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    return false;
}

static void read_events(struct reader *reader) {
    while (!reader->stopped) {
        yaml_event_t event;
        if (!reader->lib->yaml_parser_parse(&reader->parser, &event)) {
            stop_at_error(reader);
            return;
        }
        take(reader, &event);
        reader->lib->yaml_event_delete(&event);
    }
}

struct yaml *yaml_parse(struct arena *arena, struct diags *diags, const struct source *source) {
    struct reader reader = {.lib = yaml_calls(), .arena = arena, .diags = diags, .source = source};
    uint32_t errors = diags->errors;
    if (!reader.lib) {
        return missing(diags, source);
    }
    if (has_tags_declared(&reader)) {
        return NULL;
    }
    reader.keys = intern_new(arena);
    if (!reader.lib->yaml_parser_initialize(&reader.parser)) {
        stop_at_error(&reader);
        return NULL;
    }
    reader.lib->yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    reader.lib->yaml_parser_set_input_string(&reader.parser, source->text.at, source->text.len);
    read_events(&reader);
    reader.lib->yaml_parser_delete(&reader.parser);
    if (!reader.root && diags->errors == errors) {
        reader.root = new_node(&reader, YAML_SCALAR, (struct span){source->base, source->base});
        reader.root->text = bytes_text("");
    }
    return diags->errors == errors ? reader.root : NULL;
}

#else

struct yaml *yaml_parse(struct arena *arena, struct diags *diags, const struct source *source) {
    (void)arena;
    return missing(diags, source);
}

#endif
