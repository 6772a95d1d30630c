#include "config.h"

#include "ask/diff_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "sink/scalar.h"
#include "sink/tree_value.h"

/* Columns of one value, and of the fields of an element, at most. */
#define VALUE_COLUMNS   48u
#define SUMMARY_COLUMNS 72u

struct diff_text {
    struct out *out;
    struct diff_text_options options;
    struct buf line;
    bool begun; /* the files were named */
};

struct diff_text *diff_text_new(struct out *out, const struct diff_text_options *options) {
    struct diff_text *text = mem_zalloc(1, sizeof *text);
    text->out = out;
    text->options = *options;
    return text;
}

void diff_text_free(struct diff_text *text) {
    if (text) {
        buf_free(&text->line);
        mem_free(text);
    }
}

/* values */

static void put_value(struct diff_text *text, const struct sketch_node *node) {
    struct vm_value v = sketch_value(node);
    const struct program *program = text->options.program;
    tree_put_value(&text->line, program, node->type, &v, text->options.utf8, VALUE_COLUMNS);
}

static void put_bytes(struct diff_text *text, struct bytes bytes) {
    struct vm_value v = vm_absent();
    v.kind = VM_BYTES;
    v.bytes = bytes;
    tree_put_value(&text->line, text->options.program, PROGRAM_NONE, &v, text->options.utf8,
                   VALUE_COLUMNS);
}

/* The bytes of a side, in whole bytes; false where it does not lie in the file. */
static bool side_bytes(const struct diff_text *text, const struct diff_change *change,
                       unsigned side, struct bytes *out) {
    const struct diff_side *s = &change->side[side];
    if (s->start == VM_UNKNOWN) {
        return false;
    }
    *out = bytes_of(text->options.data[side] + s->start / 8, (s->end + 7) / 8 - s->start / 8);
    return true;
}

static bool is_run(const struct sketch_node *node) {
    return node->kind == SKETCH_VALUE && (node->vkind == VM_TEXT || node->vkind == VM_BYTES);
}

/* Behind two values that begin alike: from where on they differ. */
static void put_difference(struct diff_text *text, const struct diff_change *change) {
    const struct sketch_node *a = change->side[0].node, *b = change->side[1].node;
    if (!is_run(a) || !is_run(b)) {
        return;
    }
    size_t least = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len, same = 0;
    while (same < least && a->bytes.at[same] == b->bytes.at[same]) {
        same++;
    }
    if (same >= VALUE_COLUMNS / 3) {
        tree_mark(&text->line, TREE_DIM);
        buf_printf(&text->line, "  (from byte %zu on)", same);
        tree_mark(&text->line, TREE_PLAIN);
    }
}

/* Old and new; where they look the same, how they are stored. */
static void put_values(struct diff_text *text, const struct diff_change *change) {
    const struct diff_side *a = &change->side[0], *b = &change->side[1];
    struct buf *line = &text->line;
    const char *arrow = tree_signs(text->options.utf8)->arrow;
    struct bytes p, q;
    size_t from = line->len;
    put_value(text, a->node);
    size_t middle = line->len;
    put_value(text, b->node);
    struct bytes old = bytes_of(line->at + from, middle - from);
    struct bytes new = buf_bytes_from(line, middle);
    bool alike = bytes_equal(old, new);
    char *kept = mem_alloc(new.len + 1);
    memcpy(kept, new.at, new.len);
    line->len = middle;
    if (alike && !is_run(a->node) && side_bytes(text, change, 0, &p) &&
        side_bytes(text, change, 1, &q)) {
        buf_puts(line, ", stored as ");
        put_bytes(text, p);
        buf_printf(line, " %s ", arrow);
        put_bytes(text, q);
    } else {
        buf_printf(line, " %s ", arrow);
        buf_put(line, kept, new.len);
        put_difference(text, change);
    }
    mem_free(kept);
}

/* what is only in one file */

static void put_name(struct diff_text *text, const struct sketch_node *node) {
    const struct program *program = text->options.program;
    if (node->member != PROGRAM_NONE) {
        tree_put_safe(&text->line, program_text(program, program->members.at[node->member].name),
                      text->options.utf8);
    }
}

static void put_type(struct diff_text *text, const struct sketch_node *node) {
    tree_mark(&text->line, TREE_TYPE);
    tree_put_type(&text->line, text->options.program, node->type,
                  node->kind == SKETCH_ARRAY ? node->array.count : VM_UNKNOWN);
    tree_mark(&text->line, TREE_PLAIN);
}

/* Some fields of a struct, as many as a line has room for. */
static void put_fields(struct diff_text *text, const struct sketch_scope *scope, uint32_t from) {
    struct buf *line = &text->line;
    size_t start = line->len;
    bool more = scope->short_of, any = false;
    for (uint32_t i = from + 1; i < scope->nodes[from].next; i++) {
        const struct sketch_node *node = &scope->nodes[i];
        size_t before = line->len;
        if (node->kind != SKETCH_VALUE || node->vkind == VM_ABSENT) {
            continue;
        }
        buf_puts(line, any ? ", " : ": ");
        put_name(text, node);
        buf_putc(line, ' ');
        put_value(text, node);
        if (tree_columns(buf_bytes_from(line, start)) > SUMMARY_COLUMNS && any) {
            line->len = before;
            more = true;
            break;
        }
        any = true;
    }
    if (more && any) {
        buf_puts(line, ", ");
        buf_puts(line, tree_signs(text->options.utf8)->ellipsis);
    }
}

static void put_place(struct diff_text *text, const struct diff_side *side) {
    if (side->start != VM_UNKNOWN && side->end >= side->start) {
        uint64_t size = (side->end + 7) / 8 - side->start / 8;
        buf_printf(&text->line, ", %" PRIu64 " byte%s at 0x%" PRIx64, size, size == 1 ? "" : "s",
                   side->start / 8);
    }
}

static void put_one(struct diff_text *text, const struct diff_change *change, unsigned side) {
    const struct diff_side *s = &change->side[side];
    struct bytes bytes;
    if (!s->node) {
        uint64_t n = change->count;
        buf_printf(&text->line, "%" PRIu64 " element%s", n, n == 1 ? "" : "s");
        put_place(text, s);
    } else if (s->node->kind == SKETCH_VALUE) {
        put_value(text, s->node);
    } else if (s->node->kind == SKETCH_STRUCT) {
        put_type(text, s->node);
        put_place(text, s);
        if (!text->options.in_full) {
            put_fields(text, s->scope, (uint32_t)(s->node - s->scope->nodes));
        }
    } else if (s->node->kind == SKETCH_ARRAY) {
        put_type(text, s->node);
    } else if (side_bytes(text, change, side, &bytes)) {
        put_bytes(text, bytes);
    }
}

/* lines */

static void begin_line(struct diff_text *text, const struct diff_change *change) {
    static const struct {
        char sign;
        unsigned style;
    } looks[DIFF_KINDS] = {
        [DIFF_CHANGED] = {'~', TREE_NAMED}, [DIFF_ADDED] = {'+', TREE_STRING},
        [DIFF_REMOVED] = {'-', TREE_ERROR}, [DIFF_MOVED] = {'>', TREE_NAMED},
        [DIFF_BULK] = {'~', TREE_NAMED},    [DIFF_UNDESCRIBED] = {'~', TREE_NAMED},
    };
    const char *path = change->side[0].path ? change->side[0].path : change->side[1].path;
    struct buf *line = &text->line;
    if (!text->begun) {
        for (unsigned side = 0; side < 2; side++) {
            buf_clear(line);
            buf_puts(line, side == 0 ? "--- " : "+++ ");
            tree_put_safe(line, bytes_text(text->options.file[side]), text->options.utf8);
            tree_print(text->out, line, 0, text->options.colour, text->options.utf8);
        }
        text->begun = true;
    }
    buf_clear(line);
    tree_mark(line, looks[change->kind].style);
    buf_putc(line, looks[change->kind].sign);
    buf_putc(line, ' ');
    tree_put_safe(line, bytes_text(path), text->options.utf8);
    tree_mark(line, TREE_PLAIN);
    buf_puts(line, *path ? "  " : "");
}

/* Behind the values: where it is in B, if not at the same path, and why it is no surprise. */
static void end_line(struct diff_text *text, const struct diff_change *change) {
    const char *a = change->side[0].path, *b = change->side[1].path;
    bool elsewhere = a && b && strcmp(a, b) != 0 && change->kind != DIFF_MOVED;
    struct buf *line = &text->line;
    if (elsewhere || change->derived) {
        tree_mark(line, TREE_DIM);
        buf_puts(line, "  (");
        if (elsewhere) {
            tree_put_safe(line, bytes_text(b), text->options.utf8);
        }
        buf_puts(line, elsewhere && change->derived ? "; " : "");
        buf_puts(line, change->derived ? "follows from other fields)" : ")");
        tree_mark(line, TREE_PLAIN);
    }
    tree_print(text->out, line, 0, text->options.colour, text->options.utf8);
}

static void put_undescribed(struct diff_text *text, const struct diff_change *change) {
    struct buf *line = &text->line;
    buf_puts(line, "undescribed bytes");
    for (unsigned side = 0; side < 2; side++) {
        struct bytes bytes;
        if (side == 1) {
            buf_printf(line, " %s", tree_signs(text->options.utf8)->arrow);
        }
        if (!side_bytes(text, change, side, &bytes)) {
            buf_puts(line, " none");
        } else if (bytes.len == 0) {
            buf_printf(line, " none at 0x%" PRIx64, change->side[side].start / 8);
        } else {
            buf_printf(line, " at 0x%" PRIx64 ": ", change->side[side].start / 8);
            put_bytes(text, bytes);
        }
    }
}

static void put_change(struct diff_text *text, const struct diff_change *change) {
    struct buf *line = &text->line;
    switch (change->kind) {
    case DIFF_CHANGED:
        if (change->side[0].node->kind == SKETCH_VALUE) {
            put_values(text, change);
        } else {
            struct bytes p, q;
            buf_puts(line, "as stored: ");
            if (side_bytes(text, change, 0, &p) && side_bytes(text, change, 1, &q)) {
                put_bytes(text, p);
                buf_printf(line, " %s ", tree_signs(text->options.utf8)->arrow);
                put_bytes(text, q);
            }
        }
        break;
    case DIFF_ADDED:
        put_one(text, change, 1);
        break;
    case DIFF_REMOVED:
        put_one(text, change, 0);
        break;
    case DIFF_MOVED:
        buf_puts(line, "moved to ");
        tree_put_safe(line, bytes_text(change->side[1].path), text->options.utf8);
        break;
    case DIFF_BULK:
        buf_printf(line, "%" PRIu64 " elements differ, too many to be told one by one",
                   change->count);
        break;
    case DIFF_UNDESCRIBED:
        put_undescribed(text, change);
        break;
    case DIFF_KINDS:
        break;
    }
}

/* The fields of what is only in one file, each on a line of its own. */
static void put_below(struct diff_text *text, const struct diff_side *side) {
    const struct sketch_scope *scope = side->scope;
    uint32_t first = (uint32_t)(side->node - scope->nodes);
    uint32_t *ends = mem_alloc((scope->n + (size_t)1) * sizeof *ends);
    uint64_t *counts = mem_zalloc(scope->n + (size_t)1, sizeof *counts);
    uint32_t depth = 0;
    ends[0] = scope->nodes[first].next;
    for (uint32_t i = first + 1; i < scope->nodes[first].next; i++) {
        const struct sketch_node *node = &scope->nodes[i];
        while (depth > 0 && i >= ends[depth]) {
            depth--;
        }
        if (node->kind != SKETCH_MAGIC && node->kind != SKETCH_SOURCE) {
            buf_clear(&text->line);
            buf_fill(&text->line, ' ', 4 + 2 * (size_t)depth);
            if (node->member == PROGRAM_NONE) {
                buf_printf(&text->line, "[%" PRIu64 "]", counts[depth]++);
            }
            put_name(text, node);
            buf_puts(&text->line, "  ");
            if (node->kind == SKETCH_VALUE) {
                put_value(text, node);
            } else {
                put_type(text, node);
            }
            tree_print(text->out, &text->line, 0, text->options.colour, text->options.utf8);
        }
        if (node->next > i + 1) {
            ends[++depth] = node->next;
            counts[depth] = 0;
        }
    }
    mem_free(ends);
    mem_free(counts);
}

void diff_text_tell(void *of, const struct diff_change *change) {
    struct diff_text *text = of;
    begin_line(text, change);
    put_change(text, change);
    end_line(text, change);
    unsigned side = change->kind == DIFF_ADDED;
    if (text->options.in_full && (side == 1 || change->kind == DIFF_REMOVED) &&
        change->side[side].node) {
        put_below(text, &change->side[side]);
    }
}

/* "3 changed, 1 added" */
void diff_text_sum(struct diff_text *text, const struct diff_result *result) {
    static const char *const words[DIFF_KINDS] = {
        [DIFF_CHANGED] = "changed",         [DIFF_ADDED] = "added",
        [DIFF_REMOVED] = "removed",         [DIFF_MOVED] = "moved",
        [DIFF_BULK] = "elements different", [DIFF_UNDESCRIBED] = "undescribed",
    };
    bool any = false;
    buf_clear(&text->line);
    tree_mark(&text->line, TREE_DIM);
    for (unsigned kind = 0; kind < DIFF_KINDS; kind++) {
        if (result->told[kind] > 0) {
            buf_printf(&text->line, "%s%" PRIu64 " %s", any ? ", " : "", result->told[kind],
                       words[kind]);
            any = true;
        }
    }
    tree_mark(&text->line, TREE_PLAIN);
    if (any) {
        tree_print(text->out, &text->line, 0, text->options.colour, text->options.utf8);
    }
}

/* JSON */

static void put_key(struct out *out, const char *key, const char *value) {
    out_printf(out, "\"%s\":", key);
    scalar_put_text(out, bytes_text(value), SCALAR_JSON);
}

static void put_json_side(struct diff_text *text, const struct diff_change *change, unsigned side) {
    const struct diff_side *s = &change->side[side];
    struct out *out = text->out;
    if (!s->path) {
        return;
    }
    out_printf(out, ",\"%c\":{", "ab"[side]);
    put_key(out, "path", s->path);
    if (s->start != VM_UNKNOWN && (s->start % 8 || s->end % 8)) {
        out_printf(out, ",\"offset\":%" PRIu64 ",\"bit\":%u,\"bits\":%" PRIu64, s->start / 8,
                   (unsigned)(s->start % 8), s->end - s->start);
    } else if (s->start != VM_UNKNOWN) {
        out_printf(out, ",\"offset\":%" PRIu64 ",\"size\":%" PRIu64, s->start / 8,
                   (s->end - s->start) / 8);
    }
    if (s->node && s->node->kind == SKETCH_VALUE) {
        struct vm_value v = sketch_value(s->node);
        struct vm_event e = {.program = text->options.program,
                             .type = s->node->type,
                             .value = &v,
                             .member = s->node->member};
        out_puts(out, ",\"value\":");
        scalar_put(out, &e, SCALAR_JSON);
        out_puts(out, s->node->cut ? ",\"cut\":true" : "");
    }
    out_putc(out, '}');
}

void diff_json_tell(void *of, const struct diff_change *change) {
    static const char *const words[DIFF_KINDS] = {
        [DIFF_CHANGED] = "changed", [DIFF_ADDED] = "added",    [DIFF_REMOVED] = "removed",
        [DIFF_MOVED] = "moved",     [DIFF_BULK] = "different", [DIFF_UNDESCRIBED] = "undescribed",
    };
    struct diff_text *text = of;
    out_putc(text->out, '{');
    put_key(text->out, "kind", words[change->kind]);
    put_json_side(text, change, 0);
    put_json_side(text, change, 1);
    if (change->count > 1) {
        out_printf(text->out, ",\"count\":%" PRIu64, change->count);
    }
    if (change->derived) {
        out_puts(text->out, ",\"derived\":true");
    }
    out_puts(text->out, "}\n");
}
