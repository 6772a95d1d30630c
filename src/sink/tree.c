#include "config.h"

#include "sink/tree.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/numtext.h"
#include "sink/form.h"
#include "sink/tree_cover.h"
#include "sink/tree_grid.h"
#include "sink/tree_line.h"
#include "sink/tree_value.h"

enum {
    TREE_LEAST = 24,     /* columns that indentation leaves */
    LEVELS_SHOWN = 64,   /* at most */
    VALUE_COLUMNS = 160, /* of long text where the width is unlimited */
    VALUE_LEAST = 12,
    GAPS_SHOWN = 16,
    SAME_MAX = 1 << 20, /* a gap of more bytes is not looked through */
};

/* A struct or array that has begun. */
struct level {
    bool array;
    bool let;
    bool waiting;    /* an array's own line waits for its first elements */
    uint32_t of;     /* struct */
    uint32_t member; /* as what it began */
    uint32_t type;
    uint64_t index;
    const struct vm_space *space;
    uint64_t start;
    uint64_t count; /* elements announced, or VM_UNKNOWN */
    uint64_t seen;  /* elements met, folded ones included */
    uint64_t folded;
    uint64_t fold_lo, fold_hi; /* bits */
    unsigned style;
};

/* Elements that share a line. */
struct row {
    struct buf text;
    unsigned n;
    uint64_t first; /* index */
    const struct vm_space *space;
    uint64_t start, end; /* bits */
};

/* The last line, for a finding that belongs on it. */
struct held {
    struct buf line;
    bool is;
    uint32_t member; /* PROGRAM_NONE: takes no findings */
    uint32_t type;
};

struct tree {
    struct vm_sink sink; /* first: the sink is the tree */
    struct out *out;
    const struct program *program;
    struct tree_options options;
    const struct tree_signs *signs;
    struct tree_grid grid;
    struct level *levels;
    uint32_t depth;
    uint32_t cap;
    uint64_t muted; /* structs and arrays that are open in a folded element, itself included */
    struct row row;
    struct held held;
    struct buf line; /* the one being made */
    struct buf scratch;
    struct tree_cover cover; /* of the input */
    uint64_t size;           /* of the input */
};

static struct level *top(struct tree *tree) {
    return tree->depth ? &tree->levels[tree->depth - 1] : NULL;
}

/* An element whose index is not told is the one just counted. */
static uint64_t index_of(struct tree *tree, const struct vm_event *event) {
    const struct level *outer = top(tree);
    bool untold = outer && outer->array && event->index == VM_UNKNOWN;
    return untold ? outer->seen - 1 : event->index;
}

/* Lines */

static void flush_held(struct tree *tree) {
    if (tree->held.is) {
        tree_print(tree->out, &tree->held.line, tree->options.width, tree->options.colour,
                   tree->options.utf8);
        tree->held.is = false;
    }
}

/* Starts a line: the grid and the guides of so many levels. */
static void begin_line(struct tree *tree, uint32_t depth, const struct vm_space *space,
                       uint64_t start, uint64_t end, unsigned style) {
    if (space) {
        tree_grid_widen(&tree->grid, space->size);
    }
    buf_clear(&tree->line);
    tree_grid_put(&tree->grid, &tree->line, space, start, end, style);
    uint32_t shown = LEVELS_SHOWN;
    unsigned width = tree->options.width;
    if (width) {
        unsigned room = width > tree->grid.column + TREE_LEAST
                            ? (width - tree->grid.column - TREE_LEAST) / 2
                            : 0;
        shown = room < shown ? room : shown;
    }
    tree_mark(&tree->line, TREE_DIM);
    for (uint32_t i = 0; i < depth && i < shown; i++) {
        buf_puts(&tree->line, tree->signs->guide);
    }
    tree_mark(&tree->line, TREE_PLAIN);
}

/* Ends a line: it is held back until the next one comes. */
static void end_line(struct tree *tree, uint32_t member, uint32_t type) {
    flush_held(tree);
    struct buf spare = tree->held.line;
    tree->held = (struct held){tree->line, true, member, type};
    tree->line = spare;
}

static unsigned columns_left(const struct tree *tree) {
    if (!tree->options.width) {
        return VALUE_COLUMNS;
    }
    unsigned used = tree_columns(buf_bytes(&tree->line));
    return tree->options.width > used + VALUE_LEAST ? tree->options.width - used : VALUE_LEAST;
}

/* The further bytes of a long field, by rows. */
static void put_rows(struct tree *tree, const struct vm_space *space, uint64_t start, uint64_t end,
                     unsigned style) {
    if (!tree->options.verbose || !tree->grid.hex || !tree_grid_is_long(&tree->grid, start, end) ||
        end / 8 > space->size) {
        return;
    }
    flush_held(tree);
    uint64_t step = (uint64_t)tree->grid.row * 8, next;
    for (uint64_t at = start + step; at < end; at = next) {
        uint64_t place, run;
        vm_space_place(space, at / 8, &place, &run);
        next = at + (run > 0 && run * 8 < step ? run * 8 : step);
        next = next < end ? next : end;
        begin_line(tree, tree->depth, space, at, next, style);
        tree_print(tree->out, &tree->line, tree->options.width, tree->options.colour,
                   tree->options.utf8);
    }
}

/* Names */

static uint32_t hash(uint32_t h, struct bytes text) {
    for (size_t i = 0; i < text.len; i++) { /* FNV-1a */
        h = (h ^ text.at[i]) * 16777619u;
    }
    return h;
}

/* Always the same for a field, from one run to the next; elements look like their array. */
static unsigned style_of(const struct tree *tree, uint32_t member, uint64_t index) {
    if (tree->depth && tree->levels[tree->depth - 1].array && index != VM_UNKNOWN) {
        return tree->levels[tree->depth - 1].style;
    }
    if (member == PROGRAM_NONE) {
        return TREE_FIELD;
    }
    const struct program_member *m = &tree->program->members.at[member];
    uint32_t h =
        hash(2166136261u, program_text(tree->program, tree->program->structs.at[m->owner].name));
    h = hash(h, program_text(tree->program, m->name));
    return TREE_FIELD + (h ^ h >> 16) % TREE_FIELDS;
}

static void put_member_name(struct tree *tree, uint32_t member, unsigned style) {
    struct bytes name = program_text(tree->program, tree->program->members.at[member].name);
    tree_mark(&tree->line, style);
    tree_put_safe(&tree->line, name, tree->options.utf8);
    tree_mark(&tree->line, TREE_PLAIN);
}

/* "[3]" in an array, a field's name elsewhere; nothing for the root. */
static bool put_name(struct tree *tree, bool in_array, uint32_t member, uint64_t index,
                     unsigned style) {
    if (index != VM_UNKNOWN && (in_array || member == PROGRAM_NONE)) {
        tree_mark(&tree->line, style);
        buf_printf(&tree->line, "[%" PRIu64 "]", index);
        tree_mark(&tree->line, TREE_PLAIN);
        return true;
    }
    if (member != PROGRAM_NONE) {
        put_member_name(tree, member, style);
        return true;
    }
    return false;
}

/* A field that lies in several pieces has the place of the first one's. */
static void put_pieces(struct tree *tree, const struct vm_space *space, uint64_t start,
                       uint64_t end) {
    uint32_t n = space && space->pieces ? vm_space_pieces(space, start, end) : 0;
    if (n > 1) {
        tree_mark(&tree->line, TREE_DIM);
        buf_printf(&tree->line, " (in %u pieces)", n);
        tree_mark(&tree->line, TREE_PLAIN);
    }
}

/* What made the bytes, where a field is the first to lie in them. */
static void put_origin(struct tree *tree, const struct vm_space *space,
                       const struct vm_space *outer, bool with_size) {
    if (space && space->made_by && space != outer) {
        tree_mark(&tree->line, TREE_DIM);
        buf_printf(&tree->line, " (from %s", space->made_by);
        if (with_size) {
            buf_puts(&tree->line, ", ");
            form_count(&tree->line, space->size);
            buf_puts(&tree->line, space->size == 1 ? " byte" : " bytes");
            if (space->piece_n > 1) {
                buf_printf(&tree->line, " in %u pieces", space->piece_n);
            }
        }
        buf_putc(&tree->line, ')');
        tree_mark(&tree->line, TREE_PLAIN);
    }
}

static void put_doc(struct tree *tree, bool in_array, uint32_t member) {
    if (!tree->options.docs || in_array || member == PROGRAM_NONE ||
        tree->program->members.at[member].doc == PROGRAM_NONE) {
        return;
    }
    struct bytes doc = program_text(tree->program, tree->program->members.at[member].doc);
    buf_clear(&tree->scratch);
    for (size_t i = 0; i < doc.len; i++) {
        buf_putc(&tree->scratch, doc.at[i] == '\n' ? ' ' : (char)doc.at[i]);
    }
    tree_mark(&tree->line, TREE_DIM);
    buf_puts(&tree->line, "  // ");
    tree_put_safe(&tree->line, buf_bytes(&tree->scratch), tree->options.utf8);
    tree_mark(&tree->line, TREE_PLAIN);
}

/* The line of a struct or array that lies depth levels deep. */
static void put_header(struct tree *tree, const struct level *level, uint32_t depth) {
    const struct level *outer = depth ? &tree->levels[depth - 1] : NULL;
    bool in_array = outer && outer->array;
    begin_line(tree, depth, level->let ? NULL : level->space, level->start, level->start,
               level->style);
    if (put_name(tree, in_array, level->member, level->index, level->style)) {
        buf_puts(&tree->line, level->let ? " = " : ": ");
    }
    if (!level->array) {
        struct bytes name = program_text(tree->program, tree->program->structs.at[level->of].name);
        tree_mark(&tree->line, TREE_TYPE);
        tree_put_safe(&tree->line, name.len ? name : bytes_text("struct"), tree->options.utf8);
        tree_mark(&tree->line, TREE_PLAIN);
    } else {
        tree_put_type(&tree->line, tree->program, level->type, level->count);
    }
    if (!level->let) {
        put_origin(tree, level->space, outer ? outer->space : NULL, true);
    }
    put_doc(tree, in_array, level->member);
    end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
}

/* Rows of elements */

static void put_row(struct tree *tree) {
    struct level *level = top(tree);
    struct row *row = &tree->row;
    begin_line(tree, tree->depth, level->let ? NULL : row->space, row->start, row->end,
               level->style);
    tree_mark(&tree->line, level->style);
    if (row->n == 1) {
        buf_printf(&tree->line, "[%" PRIu64 "]", row->first);
    } else {
        buf_printf(&tree->line, "[%" PRIu64 "..%" PRIu64 "]", row->first, row->first + row->n - 1);
    }
    tree_mark(&tree->line, TREE_PLAIN);
    buf_puts(&tree->line, level->let ? " = " : ": ");
    buf_put(&tree->line, row->text.at, row->text.len);
    end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
    row->n = 0;
}

/* Brings out what waits for more elements, before anything else is said. */
static void settle(struct tree *tree) {
    struct level *level = top(tree);
    if (level && level->waiting) {
        level->waiting = false;
        put_header(tree, level, tree->depth - 1);
    }
    if (tree->row.n) {
        put_row(tree);
    }
}

/* Values */

/* Bytes of the input that a value takes, or a folded one. */
static void cover(struct tree *tree, const struct vm_event *event) {
    if (event->let || !event->space || event->end == VM_UNKNOWN || event->end <= event->start) {
        return;
    }
    tree_cover_space(&tree->cover, event->space, event->start / 8,
                     event->end / 8 + (event->end % 8 != 0));
}

/* Whether a let refers to something, rather than being a value. */
static bool is_reference(const struct vm_event *event) {
    return event->refers && (event->value->kind == VM_FRAME || event->value->kind == VM_PLACE);
}

/* The path of what is referred to; the whole has none, but a name. */
static struct bytes reference_of(const struct tree *tree, const struct vm_event *event) {
    const struct program *p = tree->program;
    return event->refers[0] ? bytes_text(event->refers)
                            : program_text(p, p->structs.at[p->root].name);
}

static void put_value_line(struct tree *tree, const struct vm_event *event) {
    const struct level *outer = top(tree);
    bool in_array = outer && outer->array;
    bool refers = is_reference(event);
    uint64_t index = index_of(tree, event);
    unsigned style = style_of(tree, event->member, index);
    const struct vm_space *space = event->let ? NULL : event->space;
    tree->grid.lsb = event->lsb;
    begin_line(tree, tree->depth, space, event->start, event->end, style);
    if (put_name(tree, in_array, event->member, index, style)) {
        buf_puts(&tree->line, refers ? " " : event->let ? " = " : ": ");
    }
    if (refers) {
        tree_put(&tree->line, TREE_DIM, tree->signs->arrow);
        buf_putc(&tree->line, ' ');
        tree_put_safe(&tree->line, reference_of(tree, event), tree->options.utf8);
    } else {
        unsigned columns = event->value->kind == VM_TEXT ? columns_left(tree) : VALUE_COLUMNS;
        tree_put_value(&tree->line, tree->program, event->type, event->value, tree->options.utf8,
                       columns);
    }
    put_origin(tree, space, outer ? outer->space : NULL, false);
    put_pieces(tree, space, event->start, event->end);
    put_doc(tree, in_array, event->member);
    end_line(tree, event->member, event->type);
    if (space) {
        put_rows(tree, space, event->start, event->end, style);
    }
}

/* Whether a row has no room for the value: its bytes would not fit the grid, or its text the line.
 * */
static bool row_is_full(const struct tree *tree, const struct level *level,
                        const struct vm_event *event, unsigned columns) {
    const struct row *row = &tree->row;
    if (level->let || !tree->grid.hex) {
        if (row->n == tree->grid.row) {
            return true;
        }
    } else if (event->end / 8 + (event->end % 8 != 0) - row->start / 8 > tree->grid.row) {
        return true;
    }
    if (!level->let && (event->space != row->space || event->start != row->end)) {
        return true;
    }
    char digits[INT128_TEXT_MAX];
    size_t indent = 2 * (size_t)(tree->depth < LEVELS_SHOWN ? tree->depth : LEVELS_SHOWN);
    size_t label = 2 * int128_text((int128)level->seen, digits) + 7; /* "[…..…] = " */
    return tree->options.width &&
           tree->grid.column + indent + label + tree_columns(buf_bytes(&row->text)) + 1 + columns >
               tree->options.width;
}

static void add_to_row(struct tree *tree, struct level *level, const struct vm_event *event) {
    struct row *row = &tree->row;
    buf_clear(&tree->scratch);
    tree_put_item(&tree->scratch, tree->program, event->type, event->value, tree->options.utf8);
    if (row->n && row_is_full(tree, level, event, tree_columns(buf_bytes(&tree->scratch)))) {
        settle(tree);
    }
    if (!row->n) {
        buf_clear(&row->text);
        row->first = index_of(tree, event);
        row->space = event->space;
        row->start = event->start;
    } else {
        buf_putc(&row->text, ' ');
    }
    buf_put(&row->text, tree->scratch.at, tree->scratch.len);
    row->end = event->end;
    row->n++;
}

/* An array that fits one line: "samples[4]: 12 34 56 78". */
static void put_short_array(struct tree *tree, struct level *level) {
    struct row *row = &tree->row;
    const struct level *outer = tree->depth > 1 ? level - 1 : NULL;
    bool in_array = outer && outer->array;
    begin_line(tree, tree->depth - 1, level->let ? NULL : row->space, row->start, row->end,
               level->style);
    if (put_name(tree, in_array, level->member, level->index, level->style)) {
        if (!in_array) {
            buf_printf(&tree->line, "[%" PRIu64 "]", level->seen);
        }
        buf_puts(&tree->line, level->let ? " = " : ": ");
    }
    buf_put(&tree->line, row->text.at, row->text.len);
    if (!level->let) {
        put_origin(tree, level->space, outer ? outer->space : NULL, true);
    }
    put_doc(tree, in_array, level->member);
    end_line(tree, level->member, level->type);
    row->n = 0;
    level->waiting = false;
}

/* Folding */

/* Whether an element that comes now is folded; counts it. */
static bool folds(struct tree *tree, const struct vm_event *event) {
    struct level *level = top(tree);
    if (!level || !level->array) {
        return false;
    }
    uint64_t fold = tree->options.fold;
    level->seen++;
    if (!fold || level->seen <= fold || (level->count != VM_UNKNOWN && level->count <= fold + 1)) {
        return false;
    }
    if (level->folded++ == 0) {
        level->fold_lo = level->fold_hi = event->start;
    }
    if (event->start < level->fold_lo) {
        level->fold_lo = event->start;
    }
    uint64_t end = event->end == VM_UNKNOWN ? event->start : event->end;
    level->fold_hi = end > level->fold_hi ? end : level->fold_hi;
    return true;
}

static void put_folded(struct tree *tree) {
    struct level *level = top(tree);
    begin_line(tree, tree->depth, level->let ? NULL : level->space, level->fold_lo, level->fold_lo,
               TREE_DIM);
    tree_mark(&tree->line, TREE_DIM);
    buf_printf(&tree->line, "%s ", tree->signs->ellipsis);
    form_count(&tree->line, level->folded);
    buf_puts(&tree->line, level->folded == 1 ? " more element" : " more elements");
    if (!level->let && level->fold_hi > level->fold_lo && !(level->space && level->space->pieces)) {
        buf_printf(&tree->line, " (0x%" PRIx64 "%s0x%" PRIx64 ")", level->fold_lo / 8,
                   tree->signs->dash, (level->fold_hi - 1) / 8);
    }
    tree_mark(&tree->line, TREE_PLAIN);
    end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
}

/* What is wrong */

static void put_place(struct buf *line, const struct program *program, struct span span) {
    if (!program->sources || span_is_none(span)) {
        return;
    }
    struct source_place place = sources_place(program->sources, span);
    if (!place.source) {
        return;
    }
    const char *slash = strrchr(place.source->name, '/');
    buf_printf(line, " (%s:%u)", slash ? slash + 1 : place.source->name, place.line);
}

/* Prints the text in scratch on as many lines as it takes: what is wrong is not cut. */
static void put_wrong(struct tree *tree, const struct vm_space *space, uint64_t offset) {
    struct buf text = {0};
    tree_put_safe(&text, buf_bytes(&tree->scratch), tree->options.utf8);
    struct bytes left = buf_bytes(&text);
    for (bool first = true; left.len > 0; first = false) {
        uint64_t bit = offset > UINT64_MAX / 8 ? 0 : offset * 8;
        begin_line(tree, tree->depth, first ? space : NULL, bit, bit, TREE_ERROR);
        buf_puts(&tree->line, first ? "" : "  ");
        unsigned used = tree_columns(buf_bytes(&tree->line)), width = tree->options.width;
        unsigned room = !width                          ? UINT32_MAX
                        : width > used + TREE_LEAST / 2 ? width - used
                                                        : TREE_LEAST / 2;
        size_t n = tree_break(left, room);
        size_t shown = n;
        while (shown > 0 && left.at[shown - 1] == ' ') {
            shown--;
        }
        tree_mark(&tree->line, TREE_ERROR);
        buf_put(&tree->line, left.at, shown);
        tree_mark(&tree->line, TREE_PLAIN);
        end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
        left = bytes_from(left, n);
    }
    buf_free(&text);
}

/* The formula of the relation that a finding is about, or nothing. */
static struct bytes formula_of(const struct program *program, const struct vm_finding *finding) {
    for (uint32_t i = 0; i < program->checks.n; i++) {
        const struct program_check *c = &program->checks.at[i];
        if (c->kind == CHECK_EQUALS && c->member == finding->member &&
            c->span.lo == finding->span.lo) {
            return program_text(program, c->formula);
        }
    }
    return bytes_of("", 0);
}

/* "✗ wanted 5: sizeof(body)", with the formula or without, in scratch. */
static void write_beside(struct tree *tree, const struct vm_finding *finding, bool formula) {
    struct buf *line = &tree->scratch;
    buf_clear(line);
    tree_mark(line, TREE_ERROR);
    buf_printf(line, "  %s ", tree->signs->cross);
    if (!finding->wanted) {
        tree_put_safe(line, bytes_text(finding->message), tree->options.utf8);
        tree_mark(line, TREE_PLAIN);
        return;
    }
    uint32_t type = tree->held.type;
    struct vm_value wanted = *finding->wanted;
    if (type != PROGRAM_NONE && wanted.kind == VM_INT) {
        wanted.names = tree->program->types.at[type].names;
    }
    buf_puts(line, "wanted ");
    size_t start = line->len;
    tree_put_item(line, tree->program, type, &wanted, tree->options.utf8);
    struct bytes text = formula_of(tree->program, finding);
    if (formula && !bytes_equal(text, buf_bytes_from(line, start))) {
        tree_mark(line, TREE_ERROR);
        buf_puts(line, text.len ? ": " : "");
        tree_put_safe(line, text, tree->options.utf8);
    }
    tree_mark(line, TREE_PLAIN);
}

/* Puts a finding behind the line of its field; false when that is not the last line, or has no
 * room. */
static bool put_beside(struct tree *tree, const struct vm_finding *finding) {
    struct held *held = &tree->held;
    if (!held->is || held->member == PROGRAM_NONE || held->member != finding->member) {
        return false;
    }
    unsigned width = tree->options.width, used = tree_columns(buf_bytes(&held->line));
    for (int formula = 1; formula >= (finding->wanted ? 0 : 1); formula--) {
        write_beside(tree, finding, formula);
        if (!width || used + tree_columns(buf_bytes(&tree->scratch)) <= width) {
            buf_put(&held->line, tree->scratch.at, tree->scratch.len);
            return true;
        }
    }
    return false;
}

/* Events */

static struct tree *tree_of(struct vm_sink *sink) {
    return (struct tree *)(void *)sink;
}

static void push(struct tree *tree, const struct level *level) {
    if (tree->depth == tree->cap) {
        tree->cap = tree->cap ? tree->cap * 2 : 32;
        tree->levels = mem_realloc(tree->levels, tree->cap, sizeof *tree->levels);
    }
    tree->levels[tree->depth++] = *level;
}

static struct level level_of(struct tree *tree, const struct vm_event *event, bool array) {
    return (struct level){
        .array = array,
        .let = event->let,
        .of = PROGRAM_NONE,
        .member = event->member,
        .type = event->type,
        .index = index_of(tree, event),
        .space = event->space,
        .start = event->start,
        .count = event->count,
        .style = style_of(tree, event->member, index_of(tree, event)),
    };
}

/* Whether what begins is folded away, or lies in something that is. */
static bool mutes(struct tree *tree, const struct vm_event *event) {
    if (tree->muted || folds(tree, event)) {
        tree->muted++;
        return true;
    }
    settle(tree);
    return false;
}

/* Whether what ends was folded away. */
static bool unmutes(struct tree *tree, const struct vm_event *event) {
    if (!tree->muted) {
        return false;
    }
    struct level *level = top(tree);
    if (--tree->muted == 0 && level && event->space == level->space && event->end != VM_UNKNOWN &&
        event->end > level->fold_hi) {
        level->fold_hi = event->end;
    }
    return true;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct tree *tree = tree_of(sink);
    uint32_t of =
        event->type == PROGRAM_NONE ? tree->program->root : tree->program->types.at[event->type].of;
    if (!mutes(tree, event)) {
        struct level level = level_of(tree, event, false);
        level.of = of;
        put_header(tree, &level, tree->depth);
        push(tree, &level);
    }
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct tree *tree = tree_of(sink);
    if (mutes(tree, event)) {
        return;
    }
    struct level level = level_of(tree, event, true);
    bool typed = event->type != PROGRAM_NONE;
    level.waiting = !typed || tree_is_item(tree->program, tree->program->types.at[event->type].of);
    if (!level.waiting) {
        put_header(tree, &level, tree->depth);
    }
    push(tree, &level);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct tree *tree = tree_of(sink);
    if (unmutes(tree, event)) {
        return;
    }
    struct level *level = top(tree);
    if (level->waiting && tree->row.n && !level->folded) {
        put_short_array(tree, level);
    }
    settle(tree);
    if (!level->seen && tree->held.is) {
        tree_put(&tree->held.line, TREE_DIM, " (empty)");
    }
    if (level->folded) {
        put_folded(tree);
    }
    tree->depth--;
}

/* The rest of an array is folded at once. Between elements that are not dense there is more to remember than is kept
 * when they are many; they are looked at one by one when they are few. */
static bool on_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row) {
    bool dense = row->dense;
    struct tree *tree = tree_of(sink);
    struct level *level = top(tree);
    if (!dense && rest->count <= TREE_COVER_MAX && !tree->cover.full) {
        return false;
    }
    if (!tree->muted) {
        uint64_t fold = tree->options.fold;
        if (!fold || level->seen < fold || level->count <= fold + 1) {
            return false;
        }
        if (level->folded == 0) {
            level->fold_lo = rest->start;
        }
        level->seen += rest->count;
        level->folded += rest->count;
        level->fold_hi = rest->end;
    }
    tree->cover.full = tree->cover.full || !dense;
    cover(tree, rest);
    return true;
}

/* What no field of the file described. Only the file's own bytes are looked at, and only under a
 * whole root. */
static void put_gaps(struct tree *tree, const struct vm_space *space) {
    struct tree_stretch gap = {0, 0};
    uint64_t n = 0, more = 0;
    for (uint64_t from = 0; tree_cover_gap(&tree->cover, from, space->size, &gap); from = gap.hi) {
        uint64_t len = gap.hi - gap.lo;
        if (++n > GAPS_SHOWN) {
            more += len;
            continue;
        }
        const uint8_t *at = space->data + gap.lo;
        bool same = len > 1 && len <= SAME_MAX && memcmp(at, at + 1, len - 1) == 0;
        begin_line(tree, tree->depth, space, gap.lo * 8, gap.hi * 8, TREE_DIM);
        tree_mark(&tree->line, TREE_DIM);
        buf_puts(&tree->line, "(undescribed, ");
        form_count(&tree->line, len);
        buf_puts(&tree->line, len == 1 ? " byte" : " bytes");
        if (same) {
            buf_printf(&tree->line, " of %02x", at[0]);
        }
        buf_putc(&tree->line, ')');
        tree_mark(&tree->line, TREE_PLAIN);
        end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
        put_rows(tree, space, gap.lo * 8, gap.hi * 8, TREE_DIM);
    }
    if (n > GAPS_SHOWN) {
        begin_line(tree, tree->depth, NULL, 0, 0, TREE_DIM);
        tree_mark(&tree->line, TREE_DIM);
        buf_printf(&tree->line, "%s ", tree->signs->ellipsis);
        form_count(&tree->line, n - GAPS_SHOWN);
        buf_puts(&tree->line, " more undescribed places, ");
        form_count(&tree->line, more);
        buf_puts(&tree->line, more == 1 ? " byte" : " bytes");
        tree_mark(&tree->line, TREE_PLAIN);
        end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct tree *tree = tree_of(sink);
    if (unmutes(tree, event)) {
        return;
    }
    settle(tree);
    const struct level *level = top(tree);
    bool root = tree->depth == 1 && level->of == tree->program->root &&
                level->member == PROGRAM_NONE && level->index == VM_UNKNOWN && level->start == 0 &&
                level->space && !level->space->made_by;
    if (root && !tree->cover.full) {
        put_gaps(tree, level->space);
    }
    tree->held.member = PROGRAM_NONE;
    tree->depth--;
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct tree *tree = tree_of(sink);
    cover(tree, event);
    if (tree->muted || folds(tree, event)) {
        return;
    }
    struct level *level = top(tree);
    bool refers = is_reference(event);
    bool item = event->type == PROGRAM_NONE || tree_is_item(tree->program, event->type);
    if (level && level->array && item && !refers && tree_is_item_value(event->value)) {
        add_to_row(tree, level, event);
        return;
    }
    settle(tree);
    put_value_line(tree, event);
}

static void on_magic(struct vm_sink *sink, const struct vm_event *event) {
    struct tree *tree = tree_of(sink);
    cover(tree, event);
    if (tree->muted) {
        return;
    }
    settle(tree);
    begin_line(tree, tree->depth, event->space, event->start, event->end, TREE_FIELD);
    tree_put(&tree->line, TREE_FIELD, "magic");
    buf_puts(&tree->line, ": ");
    tree_put_value(&tree->line, tree->program, PROGRAM_NONE, event->value, tree->options.utf8,
                   columns_left(tree));
    end_line(tree, PROGRAM_NONE, PROGRAM_NONE);
}

static void on_source(struct vm_sink *sink, const struct vm_event *event) {
    cover(tree_of(sink), event);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct tree *tree = tree_of(sink);
    settle(tree);
    struct buf *text = &tree->scratch;
    buf_clear(text);
    buf_printf(text, "%s %s: %s (at 0x%" PRIx64, tree->signs->cross, fault->kind, fault->message,
               fault->offset);
    if (fault->space && fault->space->made_by) {
        buf_printf(text, " from %s", fault->space->made_by);
    }
    buf_printf(text, ")%s%s", fault->path[0] ? " " : "", fault->path);
    put_place(text, tree->program, fault->span);
    put_wrong(tree, fault->space, fault->offset);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct tree *tree = tree_of(sink);
    if (!tree->muted && !tree->row.n && put_beside(tree, finding)) {
        return;
    }
    settle(tree);
    struct buf *text = &tree->scratch;
    buf_clear(text);
    buf_printf(text, "%s %s%s%s", tree->signs->cross, finding->path, finding->path[0] ? ": " : "",
               finding->message);
    put_place(text, tree->program, finding->span);
    put_wrong(tree, finding->space, finding->offset);
}

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .magic = on_magic,
    .source = on_source,
    .fault = on_fault,
    .finding = on_finding,
    .pass = on_pass,
};

static bool makes_spaces(const struct program *program) {
    for (uint32_t pc = 0; pc < program->code.n; pc++) {
        if (program->code.at[pc].op == OP_SPACE) {
            return true;
        }
    }
    return false;
}

struct tree *tree_new(struct out *out, const struct program *program, uint64_t input_size,
                      const struct tree_options *options) {
    struct tree *tree = mem_zalloc(1, sizeof *tree);
    tree->sink.ops = &ops;
    tree->out = out;
    tree->program = program;
    tree->options = *options;
    tree->signs = tree_signs(options->utf8);
    tree->size = input_size;
    tree_grid_init(&tree->grid, options->width, options->bytes, options->utf8, input_size,
                   makes_spaces(program));
    return tree;
}

struct vm_sink *tree_sink(struct tree *tree) {
    return &tree->sink;
}

void tree_finish(struct tree *tree) {
    settle(tree);
    flush_held(tree);
}

void tree_free(struct tree *tree) {
    if (!tree) {
        return;
    }
    mem_free(tree->levels);
    buf_free(&tree->row.text);
    buf_free(&tree->held.line);
    buf_free(&tree->line);
    buf_free(&tree->scratch);
    tree_cover_free(&tree->cover);
    mem_free(tree);
}
