#include "config.h"

#include "ask/diff_patch.h"

#include <inttypes.h>
#include <string.h>

#include "ask/diff_literal.h"
#include "base/crc.h"
#include "base/mem.h"
#include "sink/tree_line.h"
#include "text/source.h"

/* What a statement takes besides the bytes in it, and one that requires a file. */
#define BESIDE_BYTES 256u

struct diff_patch {
    struct out *out;
    struct diff_patch_options options;
    struct buf line;
    struct buf said; /* statements: they go out when it is known that they say all */
    bool spilled;    /* or when they are more than a script can be */
    bool unsaid;
};

static void put_comment(struct diff_patch *patch) {
    buf_putc(&patch->line, '\n');
    out_put(patch->out, patch->line.at, patch->line.len);
    buf_clear(&patch->line);
}

static void put_said(struct diff_patch *patch) {
    out_put(patch->out, patch->said.at, patch->said.len);
    buf_clear(&patch->said);
}

static void put_statement(struct diff_patch *patch) {
    buf_puts(&patch->line, ";\n");
    buf_put(&patch->said, patch->line.at, patch->line.len);
    buf_clear(&patch->line);
    if (patch->spilled || patch->said.len > SOURCE_MAX) {
        patch->spilled = true;
        put_said(patch);
    }
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
    put_comment(patch);
    buf_puts(&patch->line, "// by the schema ");
    put_name(&patch->line, options->schema);
    buf_puts(&patch->line, "; made by sonde diff --as-patch");
    put_comment(patch);
    return patch;
}

void diff_patch_free(struct diff_patch *patch) {
    if (patch) {
        buf_free(&patch->line);
        buf_free(&patch->said);
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
    put_comment(patch);
    patch->unsaid = true;
}

static void put_with(struct diff_patch *patch, const char *word, const char *path,
                     struct bytes bytes) {
    buf_printf(&patch->line, "%s %s with ", word, path);
    diff_put_hex(&patch->line, bytes);
    put_statement(patch);
}

static void put_delete(struct diff_patch *patch, const char *path) {
    buf_printf(&patch->line, "delete %s", path);
    put_statement(patch);
}

/* What stands there before, where it has a literal. */
static void put_require(struct diff_patch *patch, const struct diff_side *a,
                        const struct bytes *p) {
    size_t before = patch->line.len;
    buf_printf(&patch->line, "require %s == ", a->path);
    if (patch->options.requires &&
        diff_put_literal(&patch->line, patch->options.program, a->node, p, a->node, p)) {
        put_statement(patch);
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
            put_statement(patch);
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

/* Elements of bytes that were made: what these are made of is said. */
static bool is_made(const struct diff_change *change, unsigned side) {
    return change->made && change->side[side].start == VM_UNKNOWN;
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
    for (uint64_t k = 0; k < change->count && !is_made(change, 1); k++) {
        put_new(patch, change, change->at_end ? k : change->count - 1 - k);
    }
}

static void put_gone(struct diff_patch *patch, const struct diff_change *change) {
    const struct sketch_element *elements = change->side[0].elements;
    bool whole = true;
    if (is_made(change, 0)) {
        return;
    }
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

static void require_file(struct diff_patch *patch) {
    const struct crc_model *model = crc_named(CRC_32_ISO_HDLC);
    struct bytes file = bytes_of(patch->options.data[0], (size_t)patch->options.size[0]);
    struct crc_table *table = mem_zalloc(1, sizeof *table);
    crc_table_make(table, model);
    uint64_t crc = crc_end(model, crc_update(table, crc_begin(model), file));
    mem_free(table);
    buf_printf(&patch->line, "require crc32($file) == 0x%08" PRIx64, crc);
    put_statement(patch);
}

/* The second file's bytes in place of the first one's: those from `start` to `end`. */
static void put_bytes(struct diff_patch *patch, uint64_t start, uint64_t end, bool ranged) {
    struct buf path = {0};
    buf_clear(&patch->said);
    if (patch->options.requires) {
        require_file(patch);
    }
    buf_puts(&path, "$file");
    if (ranged) {
        buf_printf(&path, "[%" PRIu64 "..%" PRIu64 "]", start, end - 1);
    }
    put_with(patch, "replace", buf_text(&path),
             bytes_of(patch->options.data[1] + start, (size_t)(end - start)));
    buf_free(&path);
}

/* Where two files of one size differ. */
static void narrow(const uint8_t *const *data, uint64_t *start, uint64_t *end) {
    while (*start < *end && data[0][*start] == data[1][*start]) {
        ++*start;
    }
    while (*end > *start && data[0][*end - 1] == data[1][*end - 1]) {
        --*end;
    }
}

enum diff_patch_end diff_patch_end(struct diff_patch *patch, bool damaged, bool wrong) {
    const struct diff_patch_options *o = &patch->options;
    uint64_t start = 0, end = o->size[1];
    bool ranged = !damaged && !wrong && o->size[0] == o->size[1];
    if (damaged) {
        buf_puts(&patch->line, "// left out: what damage is in the way of");
        put_comment(patch);
        patch->unsaid = true;
    }
    if (ranged) {
        narrow(o->data, &start, &end);
    }
    bool fits = !patch->spilled &&
                patch->out->total + patch->out->len + 2 * (end - start) < SOURCE_MAX - BESIDE_BYTES;
    if (!patch->unsaid && fits && o->makes && !o->makes(o->maker, buf_bytes(&patch->said))) {
        buf_puts(&patch->line, "// left out: what can't be changed field by field, one at a time");
        put_comment(patch);
        patch->unsaid = true;
    }
    if (patch->unsaid && fits) {
        put_bytes(patch, start, end, ranged);
    } else if (patch->unsaid) {
        buf_puts(&patch->line, "require false : \"not all differences can be said: see what was "
                               "left out above\"");
        put_statement(patch);
    }
    put_said(patch);
    return !patch->unsaid ? DIFF_PATCH_FIELDS : fits ? DIFF_PATCH_BYTES : DIFF_PATCH_SHORT;
}
