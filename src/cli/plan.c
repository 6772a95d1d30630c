#include "config.h"

#include "cli/plan.h"

#include <inttypes.h>
#include <string.h>

#include "base/jsontext.h"
#include "sink/scalar.h"
#include "sink/tree_value.h"

#define BYTES_SHOWN 8u  /* of each side, on a line */
#define TEXT_SHOWN  40u /* columns of a text */

static const char *kind_text(enum vm_edit_kind kind) {
    static const char *const texts[] = {
        [VM_EDIT_SET] = "set",       [VM_EDIT_DELETE] = "delete",   [VM_EDIT_INSERT] = "insert",
        [VM_EDIT_APPEND] = "append", [VM_EDIT_REPLACE] = "replace", [VM_EDIT_NUMBER] = "follow",
    };
    return texts[kind];
}

/* The type that values of the edit have; PROGRAM_NONE: bytes. */
static uint32_t type_of(const struct vm_edit *edit) {
    return edit->kind == VM_EDIT_SET || edit->kind == VM_EDIT_NUMBER ? edit->place->type
                                                                     : PROGRAM_NONE;
}

/* The new value as one of the field's type. */
static struct vm_value new_value(const struct vm_edit *edit) {
    struct vm_value v = *edit->value;
    if (v.kind == VM_INT) {
        v.names = edit->program->types.at[edit->place->type].names;
    }
    return v;
}

/* lines */

static void put_bytes(struct buf *line, struct bytes bytes) {
    for (size_t i = 0; i < bytes.len && i < BYTES_SHOWN; i++) {
        buf_printf(line, "%s%02x", i ? " " : "", bytes.at[i]);
    }
    if (bytes.len > BYTES_SHOWN) {
        buf_puts(line, " …");
    }
}

static void put_arrow(const struct plan *plan, struct buf *line) {
    tree_put(line, TREE_DIM, plan->utf8 ? " → " : " -> ");
}

static void put_values(struct plan *plan, const struct collect_edit *e) {
    const struct vm_edit *edit = e->edit;
    struct vm_value old, value = new_value(edit);
    if (vm_read(edit->vm, edit->place, &old)) {
        tree_put_value(&plan->line, edit->program, edit->place->type, &old, plan->utf8, TEXT_SHOWN);
    } else {
        buf_puts(&plan->line, "?");
    }
    put_arrow(plan, &plan->line);
    tree_put_value(&plan->line, edit->program, edit->place->type, &value, plan->utf8, TEXT_SHOWN);
    buf_puts(&plan->line, "  ");
}

static void put_change(struct plan *plan, const struct collect_edit *e) {
    struct buf *line = &plan->line;
    const char *does = e->edit->kind == VM_EDIT_DELETE ? "goes" : "comes";
    struct bytes bytes = e->edit->kind == VM_EDIT_DELETE ? e->old : e->bytes;
    if (type_of(e->edit) != PROGRAM_NONE) {
        put_values(plan, e);
    } else if (e->edit->kind != VM_EDIT_REPLACE) {
        buf_printf(line, "%s, %zu byte%s: ", does, bytes.len, bytes.len == 1 ? "" : "s");
        tree_mark(line, TREE_DIM);
        put_bytes(line, bytes);
        tree_mark(line, TREE_PLAIN);
        return;
    }
    tree_mark(line, TREE_DIM);
    put_bytes(line, e->old);
    put_arrow(plan, line);
    tree_mark(line, TREE_DIM);
    put_bytes(line, e->bytes);
    tree_mark(line, TREE_PLAIN);
}

static void put_line(struct plan *plan, const struct collect_edit *e) {
    struct buf *line = &plan->line;
    buf_clear(line);
    tree_put_safe(line, bytes_text(vm_edit_path(e->edit)), plan->utf8);
    buf_puts(line, line->len ? "  " : "");
    tree_mark(line, TREE_DIM);
    buf_printf(line, "@0x%" PRIx64, e->off);
    tree_mark(line, TREE_PLAIN);
    buf_puts(line, "  ");
    if (e->same) {
        buf_puts(line, "stays as it is");
    } else {
        put_change(plan, e);
    }
    tree_print(plan->out, line, 0, plan->colour, plan->utf8);
}

/* JSON */

static void put_string(struct out *out, const char *before, const char *text) {
    out_puts(out, before);
    scalar_put_text(out, bytes_text(text), SCALAR_JSON);
}

static void put_value(struct plan *plan, const char *before, const struct vm_edit *edit,
                      const struct vm_value *value) {
    struct vm_event e = {.program = edit->program,
                         .member = PROGRAM_NONE,
                         .type = edit->place->type,
                         .index = VM_UNKNOWN,
                         .count = VM_UNKNOWN,
                         .value = value};
    out_puts(plan->out, before);
    scalar_put(plan->out, &e, SCALAR_JSON);
}

static void put_object(struct plan *plan, const struct collect_edit *e) {
    const struct vm_edit *edit = e->edit;
    struct vm_value old;
    put_string(plan->out, plan->edits > 0 ? ",\n{\"path\":" : "\n{\"path\":", vm_edit_path(edit));
    out_printf(plan->out, ",\"offset\":%" PRIu64, e->off);
    put_string(plan->out, ",\"kind\":", kind_text(edit->kind));
    if (type_of(edit) != PROGRAM_NONE) {
        struct vm_value value = new_value(edit);
        old = vm_read(edit->vm, edit->place, &old) ? old : vm_absent();
        put_value(plan, ",\"old\":", edit, &old);
        put_value(plan, ",\"new\":", edit, &value);
    }
    out_puts(plan->out, ",\"old_bytes\":");
    scalar_put_bytes(plan->out, e->old, SCALAR_JSON);
    out_puts(plan->out, ",\"new_bytes\":");
    scalar_put_bytes(plan->out, e->bytes, SCALAR_JSON);
    out_putc(plan->out, '}');
}

void plan_begin(struct plan *plan, const char *file) {
    if (plan->out && plan->json) {
        put_string(plan->out, "{\"file\":", file);
        out_puts(plan->out, ",\"edits\":[");
    }
}

void plan_edit(struct plan *plan, const struct collect_edit *edit) {
    if (plan->out && plan->json) {
        put_object(plan, edit);
    } else if (plan->out) {
        put_line(plan, edit);
    }
    plan->edits++;
    plan->same += edit->same;
}

static void put_derived_line(struct plan *plan, const struct settle_derived *d) {
    struct buf *line = &plan->line;
    buf_clear(line);
    tree_put_safe(line, bytes_text(d->path), plan->utf8);
    buf_puts(line, "  ");
    tree_mark(line, TREE_DIM);
    buf_printf(line, "@0x%" PRIx64, d->off);
    tree_mark(line, TREE_PLAIN);
    buf_puts(line, "  ");
    put_bytes(line, d->old);
    put_arrow(plan, line);
    put_bytes(line, d->bytes);
    tree_mark(line, TREE_DIM);
    buf_puts(line, d->reason ? "  follows " : "  is computed");
    /* of the root struct, its own size */
    tree_put_safe(line,
                  bytes_text(d->reason && !d->reason[0] ? "the whole"
                             : d->reason                ? d->reason
                                                        : ""),
                  plan->utf8);
    tree_mark(line, TREE_PLAIN);
    tree_print(plan->out, line, 0, plan->colour, plan->utf8);
}

static void put_derived_object(struct plan *plan, const struct settle_derived *d) {
    put_string(plan->out, plan->edits > 0 ? ",\n{\"path\":" : "\n{\"path\":", d->path);
    out_printf(plan->out, ",\"offset\":%" PRIu64 ",\"kind\":\"follow\",\"follows\":", d->off);
    if (d->reason) {
        scalar_put_text(plan->out, bytes_text(d->reason), SCALAR_JSON);
    } else {
        out_puts(plan->out, "null");
    }
    out_puts(plan->out, ",\"old_bytes\":");
    scalar_put_bytes(plan->out, d->old, SCALAR_JSON);
    out_puts(plan->out, ",\"new_bytes\":");
    scalar_put_bytes(plan->out, d->bytes, SCALAR_JSON);
    out_putc(plan->out, '}');
}

void plan_derived(struct plan *plan, const struct settle_derived *derived) {
    if (plan->out && plan->json) {
        put_derived_object(plan, derived);
    } else if (plan->out) {
        put_derived_line(plan, derived);
    }
    plan->edits++;
}

static void put_printed(struct plan *plan, const struct buf *printed) {
    const char *at = printed->at, *end = printed->len ? at + printed->len : at;
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        line = line ? line : end;
        out_puts(plan->out, at > printed->at ? "," : "");
        scalar_put_text(plan->out, bytes_of(at, (size_t)(line - at)), SCALAR_JSON);
        at = line + 1;
    }
}

void plan_end(struct plan *plan, const struct buf *printed, const char *refused, uint64_t old_size,
              uint64_t new_size) {
    if (plan->out && plan->json) {
        out_puts(plan->out, plan->edits > 0 ? "\n],\"printed\":[" : "],\"printed\":[");
        put_printed(plan, printed);
        out_puts(plan->out, "],\"refused\":");
        if (refused) {
            scalar_put_text(plan->out, bytes_text(refused), SCALAR_JSON);
        } else {
            out_puts(plan->out, "null");
        }
        out_printf(plan->out, ",\"size\":{\"old\":%" PRIu64 ",\"new\":%" PRIu64 "}}\n", old_size,
                   new_size);
    } else if (plan->out && !refused) {
        uint64_t n = plan->edits - plan->same;
        out_printf(plan->out, "%" PRIu64 " change%s", n, n == 1 ? "" : "s");
        if (old_size == new_size) {
            out_printf(plan->out, ", %" PRIu64 " bytes as before\n", old_size);
        } else {
            out_printf(plan->out, ", %" PRIu64 " bytes become %" PRIu64 "\n", old_size, new_size);
        }
    }
    buf_free(&plan->line);
}
