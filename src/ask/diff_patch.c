#include "config.h"

#include "ask/diff_patch.h"

#include <inttypes.h>
#include <string.h>

#include "ask/diff_literal.h"
#include "base/mem.h"
#include "sink/tree_line.h"

struct diff_patch {
    struct out *out;
    struct diff_patch_options options;
    struct buf line;
    uint64_t unsaid;
};

static void put_line(struct diff_patch *patch) {
    buf_putc(&patch->line, '\n');
    out_put(patch->out, patch->line.at, patch->line.len);
    buf_clear(&patch->line);
}

static void put_name(struct buf *line, const char *name) {
    tree_put_safe(line, bytes_text(name), true);
}

struct diff_patch *diff_patch_new(struct out *out, const struct diff_patch_options *options) {
    struct diff_patch *patch = mem_zalloc(1, sizeof *patch);
    patch->out = out;
    patch->options = *options;
    buf_puts(&patch->line, "// turns ");
    put_name(&patch->line, options->file[0]);
    buf_puts(&patch->line, " into ");
    put_name(&patch->line, options->file[1]);
    put_line(patch);
    buf_puts(&patch->line, "// by the schema ");
    put_name(&patch->line, options->schema);
    buf_puts(&patch->line, "; made by sonde diff --as-patch");
    put_line(patch);
    return patch;
}

void diff_patch_free(struct diff_patch *patch) {
    if (patch) {
        buf_free(&patch->line);
        mem_free(patch);
    }
}

/* The bytes of a side; false where they are no whole bytes of the file. */
static bool bytes_between(const struct diff_patch *patch, unsigned side, uint64_t start,
                          uint64_t end, struct bytes *out) {
    if (start == VM_UNKNOWN || start % 8 || end % 8 || end < start) {
        return false;
    }
    *out = bytes_of(patch->options.data[side] + start / 8, (end - start) / 8);
    return true;
}

static void leave_out(struct diff_patch *patch, const struct diff_change *change, const char *why) {
    const char *path = change->side[0].path ? change->side[0].path : change->side[1].path;
    buf_clear(&patch->line);
    buf_puts(&patch->line, "// left out: ");
    put_name(&patch->line, path);
    buf_printf(&patch->line, "%s%s", *path ? ": " : "", why);
    if (change->side[1].start != VM_UNKNOWN) {
        buf_printf(&patch->line, ", 0x%" PRIx64 "..0x%" PRIx64 " in the second file",
                   change->side[1].start / 8, (change->side[1].end + 7) / 8);
    }
    put_line(patch);
    patch->unsaid++;
}

static void put_with(struct diff_patch *patch, const char *word, const char *path,
                     struct bytes bytes) {
    buf_printf(&patch->line, "%s %s with ", word, path);
    diff_put_hex(&patch->line, bytes);
    buf_putc(&patch->line, ';');
    put_line(patch);
}

static void put_delete(struct diff_patch *patch, const char *path) {
    buf_printf(&patch->line, "delete %s;", path);
    put_line(patch);
}

/* What stands there before, where it has a literal. */
static void put_require(struct diff_patch *patch, const struct diff_side *a,
                        const struct bytes *p) {
    size_t before = patch->line.len;
    buf_printf(&patch->line, "require %s == ", a->path);
    if (patch->options.requires &&
        diff_put_literal(&patch->line, patch->options.program, a->node, p, a->node, p)) {
        buf_putc(&patch->line, ';');
        put_line(patch);
    } else {
        patch->line.len = before;
    }
}

/* Then it is stored otherwise, and setting it changes nothing. */
static bool is_same_value(const struct sketch_node *a, const struct sketch_node *b) {
    struct vm_value x = sketch_value(a), y = sketch_value(b);
    if (x.kind != y.kind) {
        return false;
    }
    switch ((enum vm_kind)x.kind) {
    case VM_BOOL:
        return x.boolean == y.boolean;
    case VM_INT:
    case VM_WIDE:
        return x.integer == y.integer;
    case VM_FLOAT:
        return memcmp(&x.number, &y.number, sizeof x.number) == 0;
    case VM_TEXT:
    case VM_BYTES:
        return bytes_equal(x.bytes, y.bytes);
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
    return false;
}

static void put_field(struct diff_patch *patch, const struct diff_change *change) {
    const struct diff_side *a = &change->side[0], *b = &change->side[1];
    struct bytes p, q;
    if (a->start == VM_UNKNOWN || b->start == VM_UNKNOWN) {
        return; /* what it was made of is said */
    }
    bool had = bytes_between(patch, 0, a->start, a->end, &p);
    bool whole = bytes_between(patch, 1, b->start, b->end, &q) && had;
    if (a->node->kind != SKETCH_VALUE ||
        (a->node->vkind == VM_ABSENT) != (b->node->vkind == VM_ABSENT)) {
        leave_out(patch, change, "bytes without a name of their own");
        return;
    }
    put_require(patch, a, had ? &p : NULL);
    if (!change->derived && !is_same_value(a->node, b->node)) {
        size_t before = patch->line.len;
        buf_printf(&patch->line, "set %s = ", a->path);
        if (diff_put_literal(&patch->line, patch->options.program, b->node, whole ? &q : NULL,
                             a->node, had ? &p : NULL)) {
            buf_putc(&patch->line, ';');
            put_line(patch);
            return;
        }
        patch->line.len = before;
    }
    if (whole) {
        put_with(patch, "replace", a->path, q);
    } else {
        leave_out(patch, change, "bits that have no value to be set");
    }
}

static const char elsewhere[] = "it has fields elsewhere in the file";

/* An element of another size: the new one goes in front of the old one, which is taken out. */
static void put_element(struct diff_patch *patch, const struct diff_side *a, struct bytes bytes) {
    const char *index = strrchr(a->path, '[');
    struct buf path = {0};
    put_with(patch, "insert", a->path, bytes);
    buf_put(&path, a->path, (size_t)(index - a->path));
    buf_printf(&path, "[%" PRIu64 "]", a->scope->index + 1);
    put_delete(patch, buf_text(&path));
    buf_free(&path);
}

static void put_struct(struct diff_patch *patch, const struct diff_change *change) {
    const struct diff_side *a = &change->side[0], *b = &change->side[1];
    struct bytes bytes;
    if (a->start == VM_UNKNOWN || b->start == VM_UNKNOWN) {
        return;
    }
    bool element = a->scope->parent && a->node == a->scope->nodes;
    if (!sketch_is_whole(a->scope, a->node) || !sketch_is_whole(b->scope, b->node)) {
        leave_out(patch, change, elsewhere);
    } else if (!bytes_between(patch, 1, b->start, b->end, &bytes)) {
        leave_out(patch, change, "it does not begin and end with a byte");
    } else if (element && a->end - a->start != b->end - b->start) {
        put_element(patch, a, bytes);
    } else {
        put_with(patch, "replace", a->path, bytes);
    }
}

static void put_new(struct diff_patch *patch, const struct diff_change *change, uint64_t k) {
    uint64_t start, end;
    struct bytes bytes;
    if (!diff_element(change, 1, k, &start, &end) || !bytes_between(patch, 1, start, end, &bytes)) {
        leave_out(patch, change, "elements that do not lie in the file");
        return;
    }
    if (change->side[1].elements && change->side[1].elements[k].apart) {
        leave_out(patch, change, elsewhere);
        return;
    }
    if (change->at_end) {
        put_with(patch, "append", change->array, bytes);
    } else {
        struct buf path = {0};
        buf_printf(&path, "%s[%" PRIu64 "]", change->array, change->at);
        put_with(patch, "insert", buf_text(&path), bytes);
        buf_free(&path);
    }
}

/* Each is put in front of those that follow; at the end, behind those before. */
static void put_elements(struct diff_patch *patch, const struct diff_change *change) {
    for (uint64_t k = 0; k < change->count; k++) {
        put_new(patch, change, change->at_end ? k : change->count - 1 - k);
    }
}

static void put_gone(struct diff_patch *patch, const struct diff_change *change) {
    const struct sketch_element *elements = change->side[0].elements;
    bool whole = true;
    for (uint64_t k = 0; elements && k < change->count && whole; k++) {
        whole = !elements[k].apart;
    }
    if (!whole) {
        leave_out(patch, change, elsewhere);
        return;
    }
    put_delete(patch, change->side[0].path);
}

void diff_patch_tell(void *of, const struct diff_change *change) {
    struct diff_patch *patch = of;
    switch (change->kind) {
    case DIFF_CHANGED:
        if (change->side[0].node->kind == SKETCH_STRUCT) {
            put_struct(patch, change);
        } else {
            put_field(patch, change);
        }
        break;
    case DIFF_ADDED:
        if (change->count > 0) {
            put_elements(patch, change);
        } else {
            leave_out(patch, change, "a field that is not there before");
        }
        break;
    case DIFF_REMOVED:
        if (change->count > 0) {
            put_gone(patch, change);
        } else {
            leave_out(patch, change, "a field that is not there behind");
        }
        break;
    case DIFF_UNDESCRIBED:
        leave_out(patch, change, "bytes that no field describes");
        break;
    case DIFF_BULK:
        leave_out(patch, change, "too many elements that differ");
        break;
    case DIFF_MOVED: /* of `whole` comparisons there are none */
    case DIFF_KINDS:
        break;
    }
}

uint64_t diff_patch_end(struct diff_patch *patch, bool damaged) {
    if (damaged) {
        buf_puts(&patch->line, "// left out: what damage is in the way of");
        put_line(patch);
        patch->unsaid++;
    }
    if (patch->unsaid > 0) {
        buf_puts(&patch->line, "require false : \"not all differences can be said: see what was "
                               "left out above\";");
        put_line(patch);
    }
    return patch->unsaid;
}
