/* The rows of a formatted schema: what the tree says of where lines begin and end. */
#include "config.h"

#include "syn/pretty.h"

#include "syn/pretty_internal.h"

/* A construct on its way into rows. */
struct entry {
    const struct ast *node;
    unsigned indent;
    uint32_t first, last; /* its pieces; the ';' or ',' behind it is one of them */
    bool blank;           /* an empty line stands before its first row that is still to come */
};

static const struct pretty_piece *piece_at(const struct pretty *pretty, uint32_t i) {
    return &pretty->pieces.at[i];
}

static bool is_comment(const struct pretty *pretty, uint32_t i) {
    return i < pretty->pieces.n && pretty->pieces.at[i].kind == PRETTY_COMMENT;
}

/* The next token behind a piece. */
static uint32_t next_token(const struct pretty *pretty, uint32_t i) {
    do {
        i++;
    } while (is_comment(pretty, i));
    return i;
}

/* The ':' behind an arm's labels. */
static uint32_t arm_colon(const struct pretty *pretty, const struct ast *arm) {
    const struct ast *label = arm->kid[0];
    while (label && label->next) {
        label = label->next;
    }
    return next_token(pretty, label ? pretty_piece_to(pretty, label->span.hi)
                                    : pretty_piece_from(pretty, arm->span.lo));
}

/* -- rows -------------------------------------------------------------------------------------- */

static struct pretty_row *add_row(struct pretty *pretty, enum pretty_class class, unsigned indent,
                                  bool blank) {
    struct pretty_row *row = vec_push(&pretty->rows, pretty->arena);
    *row = (struct pretty_row){.class = class, .indent = indent, .blank = blank};
    return row;
}

/* A comment on lines of its own. */
static void add_remark(struct pretty *pretty, uint32_t i, unsigned indent, bool blank) {
    pretty->pieces.at[i].placed = true;
    struct pretty_row *row = add_row(pretty, PRETTY_REMARK, indent, blank);
    *vec_push(&row->trail, pretty->arena) = i;
}

/* The comments from piece i on that are not placed yet, each on lines of its own; none of them is
 * the doc of something else. at_start: nothing stands before them in their block. */
static bool add_remarks(struct pretty *pretty, uint32_t from, uint32_t to, unsigned indent,
                        const struct ast *owner, bool at_start) {
    for (uint32_t i = from; i < to; i++) {
        const struct pretty_piece *piece = piece_at(pretty, i);
        if (piece->kind != PRETTY_COMMENT || piece->placed ||
            (piece->owner && piece->owner != owner)) {
            continue;
        }
        add_remark(pretty, i, indent, piece->blank && !at_start);
        at_start = false;
    }
    return at_start;
}

/* Adds a comment to those behind a row. The row's doc comes first: behind another one to the end of
 * the line it would get to a line of its own, and so before the next construct. */
static void add_behind(struct pretty *pretty, struct pretty_row *row, uint32_t i) {
    pretty->pieces.at[i].placed = true;
    *vec_push(&row->trail, pretty->arena) = i;
    for (uint32_t j = row->trail.n - 1; j > 0 && piece_at(pretty, i)->owner; j--) {
        row->trail.at[j] = row->trail.at[j - 1];
        row->trail.at[j - 1] = i;
    }
}

/* Adds the comments behind piece i on its line to a row, but for the docs of others. */
static void add_trail(struct pretty *pretty, struct pretty_row *row, uint32_t i,
                      const struct ast *owner) {
    uint32_t end = i + 1;
    while (is_comment(pretty, end) && !piece_at(pretty, end)->starts_line) {
        end++;
    }
    if (end < pretty->pieces.n && !is_comment(pretty, end) && !piece_at(pretty, end)->starts_line) {
        return; /* they stand before something on the same line, and belong to that */
    }
    for (uint32_t j = i + 1; j < end; j++) {
        const struct pretty_piece *piece = piece_at(pretty, j);
        if (!piece->placed && (!piece->owner || piece->owner == owner)) {
            add_behind(pretty, row, j);
        }
    }
}

/* -- what a row is made of --------------------------------------------------------------------- */

struct pieces {
    struct pretty_indexes list;
    struct pretty_indexes behind; /* comments that come behind it all, the last one first */
    struct pretty *pretty;
    bool comments; /* these are taken, too, but for docs */
    bool trial;    /* what is taken is not to be placed */
};

static void take(struct pieces *pieces, uint32_t from, uint32_t to) {
    struct pretty *pretty = pieces->pretty;
    for (uint32_t i = from; i < to; i++) {
        struct pretty_piece *piece = &pretty->pieces.at[i];
        bool last_comma = pretty_is(piece, ",") && i + 1 < pretty->pieces.n &&
                          pretty_is(piece_at(pretty, i + 1), "}");
        if (last_comma) {
            continue; /* only an enum's list may end so, and on one line it does not */
        }
        if (piece->kind == PRETTY_COMMENT) {
            if (!pieces->comments || piece->owner || piece->placed) {
                continue;
            }
            piece->placed = !pieces->trial;
        }
        *vec_push(&pieces->list, pretty->arena) = i;
    }
}

static unsigned clause_rank(const struct ast *clause) {
    static const uint8_t order[] = {
        AST_C_BITS,  AST_C_EQUALS,  AST_C_IN,      AST_C_WHEN,     AST_C_AT,       AST_C_THEN,
        AST_C_SIZED, AST_C_STRIDE,  AST_C_FROM,    AST_C_ISOLATED, AST_C_ENCODING, AST_C_UNTIL,
        AST_C_WHILE, AST_C_RECOVER, AST_C_REQUIRE, AST_C_AS,       AST_C_EACH};
    unsigned rank = 0;
    while (rank < sizeof order && order[rank] != clause->kind) {
        rank++;
    }
    return rank;
}

/* Takes the clauses that stand before piece end in the formatter's order, and what comments lie
 * between them along with the clause in front. */
static void take_clauses(struct pieces *pieces, const struct ast *clauses, uint32_t end) {
    const struct pretty *pretty = pieces->pretty;
    for (unsigned rank = 0; rank <= AST_C_EACH - AST_C_BITS + 1; rank++) {
        for (const struct ast *clause = clauses; clause; clause = clause->next) {
            if (clause_rank(clause) != rank) {
                continue;
            }
            const struct ast *inner = clause->kind == AST_C_EACH ? clause->kid[0] : NULL;
            uint32_t from = pretty_piece_from(pretty, clause->span.lo);
            uint32_t to = clause->next ? pretty_piece_from(pretty, clause->next->span.lo) : end;
            take(pieces, from, inner ? pretty_piece_from(pretty, inner->span.lo) : to);
            if (inner) {
                take_clauses(pieces, inner, to);
            }
        }
    }
}

/* The field that a node is or holds, or NULL. */
static const struct ast *field_of(const struct ast *node) {
    const struct ast *inner = node;
    if (node->kind == AST_TYPEDEF) {
        inner = node->kid[0];
    } else if (node->kind == AST_ARM) {
        inner = node->kid[1];
    }
    return inner && inner->kind == AST_FIELD ? inner : NULL;
}

/* Takes the pieces from..to (which ends the construct, or a part of it) with the clauses of the
 * field among them in order. */
static void take_part(struct pieces *pieces, const struct ast *node, uint32_t from, uint32_t to) {
    const struct pretty *pretty = pieces->pretty;
    const struct ast *field = field_of(node);
    const struct ast *clauses = field ? field->kid[2] : NULL;
    uint32_t begin = clauses ? pretty_piece_from(pretty, clauses->span.lo) : to;
    if (begin < from || begin >= to) {
        take(pieces, from, to);
        return;
    }
    const struct ast *last = clauses;
    while (last->next) {
        last = last->next;
    }
    uint32_t end = pretty_piece_to(pretty, last->span.hi) + 1;
    take(pieces, from, begin);
    take_clauses(pieces, clauses, end);
    take(pieces, end, to);
}

/* -- blocks ------------------------------------------------------------------------------------ */

/* A block of a construct: its braces, and what is in it. */
struct block {
    uint32_t open, close;
    const struct ast *list;
};

/* Whether a construct has a block, and the first one. */
static bool first_block(const struct pretty *pretty, const struct ast *node, struct block *block) {
    uint32_t close = pretty_piece_to(pretty, node->span.hi);
    const struct ast *list = NULL;
    const struct ast *field = field_of(node);
    if (node->kind == AST_FIELD) {
        field = node;
    }
    if (field && field->kid[0]->kind == AST_TYPE_STRUCT) {
        list = field->kid[0]->kid[2];
        close = pretty_piece_to(pretty, field->kid[0]->span.hi);
    } else if (field && field->kid[0]->kind == AST_TYPE_SWITCH) {
        list = field->kid[0]->kid[1];
    } else if (node->kind == AST_STRUCT) {
        list = node->kid[2];
    } else if (node->kind == AST_ENUM || node->kind == AST_FLAGS || node->kind == AST_FOR) {
        list = node->kid[1];
    } else if (node->kind == AST_TEST) {
        list = node->kid[2];
    } else if (node->kind == AST_IF) {
        uint32_t cond = pretty_piece_from(pretty, node->kid[0]->span.lo);
        uint32_t first = pretty_piece_from(pretty, node->span.lo);
        uint32_t paren = first;
        while (paren < cond && !pretty_is(piece_at(pretty, paren), "(")) {
            paren++;
        }
        uint32_t open = piece_at(pretty, paren)->match + 1;
        while (is_comment(pretty, open)) {
            open++;
        }
        *block = (struct block){open, piece_at(pretty, open)->match, node->kid[1]};
        return true;
    } else {
        return false;
    }
    *block = (struct block){piece_at(pretty, close)->match, close, list};
    return true;
}

/* Whether the pieces from..to have no comment but docs of the node, which go elsewhere, and, empty
 * blocks aside, no end of line among them. */
static bool is_one_line(const struct pretty *pretty, const struct ast *node, uint32_t from,
                        uint32_t to) {
    const struct pretty_piece *before = NULL;
    for (uint32_t i = from; i <= to; i++) {
        const struct pretty_piece *piece = piece_at(pretty, i);
        if (piece->kind == PRETTY_COMMENT) {
            if (piece->owner != node) {
                return false;
            }
            continue;
        }
        bool empty = before && pretty_is(before, "{") && pretty_is(piece, "}");
        if (before && piece->starts_line && !empty) {
            return false;
        }
        before = piece;
    }
    return true;
}

/* -- columns ----------------------------------------------------------------------------------- */

/* The place of piece i among those of a row; 0 where it is not there, or is the first. */
static uint32_t place_of(const struct pretty_row *row, uint32_t i) {
    for (uint32_t place = 0; place < row->n; place++) {
        if (row->pieces[place] == i) {
            return place;
        }
    }
    return 0;
}

static void set_heads(const struct pretty *pretty, struct pretty_row *row, enum pretty_class class,
                      uint32_t first, uint32_t second) {
    row->class = class;
    row->heads[0] = place_of(row, first);
    row->heads[1] = second > 0 && row->heads[0] > 0 ? place_of(row, second) : 0;
    for (uint32_t i = 0; i < row->heads[0]; i++) {
        if (pretty->pieces.at[row->pieces[i]].kind == PRETTY_COMMENT) {
            row->heads[0] = row->heads[1] = 0;
        }
    }
    if (row->heads[0] == 0) {
        row->class = PRETTY_FREE;
    }
}

/* The class and the columns of a construct that is on one row. */
static void set_columns(const struct pretty *pretty, struct pretty_row *row,
                        const struct entry *entry, bool in_file) {
    const struct ast *node = entry->node;
    struct block block;
    uint32_t first = row->pieces[0];
    bool has_block = first_block(pretty, node, &block);
    switch ((enum ast_kind)node->kind) {
    case AST_STRUCT:
        set_heads(pretty, row, PRETTY_RECORD, block.open, 0);
        return;
    case AST_ENUM:
    case AST_FLAGS:
        if (node->kid[0]) {
            set_heads(pretty, row, PRETTY_ENUM,
                      next_token(pretty, pretty_piece_to(pretty, node->name_span.hi)), block.open);
        } else {
            set_heads(pretty, row, PRETTY_RECORD, block.open, 0);
        }
        return;
    case AST_TYPEDEF:
        if (has_block) {
            set_heads(pretty, row, PRETTY_RECORD, block.open, 0);
        } else {
            set_heads(pretty, row, PRETTY_MEMBER, pretty_piece_from(pretty, node->name_span.lo), 0);
        }
        return;
    case AST_ARM:
        set_heads(pretty, row, PRETTY_ARM, next_token(pretty, arm_colon(pretty, node)), 0);
        return;
    case AST_ENUMERATOR:
        set_heads(pretty, row, PRETTY_ENUMERATOR, next_token(pretty, first), 0);
        return;
    case AST_FIELD:
        if (!has_block) {
            set_heads(pretty, row, PRETTY_MEMBER, pretty_piece_from(pretty, node->name_span.lo), 0);
        }
        return;
    case AST_PAD:
        set_heads(pretty, row, PRETTY_MEMBER,
                  next_token(pretty, pretty_piece_to(pretty, node->kid[0]->span.hi)), 0);
        return;
    case AST_LET:
        if (in_file) {
            uint32_t value = pretty_piece_from(pretty, node->kid[0]->span.lo) - 1;
            while (is_comment(pretty, value)) {
                value--;
            }
            set_heads(pretty, row, PRETTY_LET, value, 0);
            return;
        }
        break;
    case AST_IF:
    case AST_FOR:
    case AST_TEST:
        return;
    default:
        break;
    }
    set_heads(pretty, row, PRETTY_MEMBER, next_token(pretty, first), 0);
}

/* -- constructs -------------------------------------------------------------------------------- */

static void put_list(struct pretty *pretty, const struct ast *list, unsigned indent,
                     uint32_t first_row);

/* The comments before a construct, its docs wherever they are but behind it, and what comments there
 * are among its pieces before header_end. */
static void put_lead(struct pretty *pretty, struct entry *entry, uint32_t header_end,
                     bool at_start) {
    uint32_t from = entry->first;
    while (from > 0 && is_comment(pretty, from - 1) && !piece_at(pretty, from - 1)->placed) {
        from--;
    }
    at_start = add_remarks(pretty, from, entry->first, entry->indent, entry->node, at_start);
    bool blank = piece_at(pretty, entry->first)->blank && !at_start;
    for (uint32_t i = pretty_docs_of(pretty, entry->node); i < pretty->docs.n; i++) {
        uint32_t doc = pretty->docs.at[i];
        const struct pretty_piece *piece = piece_at(pretty, doc);
        if (piece->owner != entry->node) {
            break;
        }
        bool behind = doc > entry->last && !piece->starts_line;
        for (uint32_t j = entry->last + 1; behind && j < doc; j++) {
            behind = is_comment(pretty, j) && !piece_at(pretty, j)->starts_line;
        }
        if (!piece->placed && !behind) {
            add_remark(pretty, doc, entry->indent, blank);
            blank = false;
        }
    }
    for (uint32_t i = entry->first; i < header_end; i++) {
        if (is_comment(pretty, i) && !piece_at(pretty, i)->placed && !piece_at(pretty, i)->owner) {
            add_remark(pretty, i, entry->indent, blank);
            blank = false;
        }
    }
    entry->blank = blank;
}

/* Makes a row of pieces. */
static struct pretty_row *put_row(struct pretty *pretty, enum pretty_class class, unsigned indent,
                                  const struct pieces *pieces) {
    struct pretty_row *row = add_row(pretty, class, indent, false);
    row->pieces = pieces->list.at;
    row->n = pieces->list.n;
    for (uint32_t i = pieces->behind.n; i > 0; i--) {
        add_behind(pretty, row, pieces->behind.at[i - 1]);
    }
    return row;
}

/* The last token of a construct before the ';' or ',' behind it. */
static uint32_t last_token(const struct pretty *pretty, const struct entry *entry) {
    uint32_t last = entry->last;
    const struct pretty_piece *piece = piece_at(pretty, last);
    if (last > entry->first && (pretty_is(piece, ";") || pretty_is(piece, ","))) {
        last--;
        while (last > entry->first && is_comment(pretty, last)) {
            last--;
        }
    }
    return last;
}

/* Takes the part of a construct from a piece to its end, the ';' included. */
static void take_to_end(struct pieces *pieces, const struct entry *entry, uint32_t from) {
    uint32_t last = last_token(pieces->pretty, entry);
    take_part(pieces, entry->node, from, last + 1);
    struct pretty_indexes *list = &pieces->list;
    while (is_comment(pieces->pretty, list->at[list->n - 1])) {
        /* the clause in front of it has become the last one */
        *vec_push(&pieces->behind, pieces->pretty->arena) = list->at[--list->n];
    }
    if (last < entry->last && !pretty_is(piece_at(pieces->pretty, entry->last), ",")) {
        *vec_push(&pieces->list, pieces->pretty->arena) = entry->last;
    }
}

/* Whether a construct with a block goes on one line, the comments before the block aside. */
static bool fits_line(struct pretty *pretty, const struct entry *entry, const struct block *block) {
    uint32_t last = last_token(pretty, entry);
    uint32_t end = entry->node->kind == AST_IF ? last : block->close;
    /* each piece takes a column at least: so nothing is measured again and again, however deep */
    if (end - block->open > PRETTY_COLUMNS || !is_one_line(pretty, entry->node, block->open, end)) {
        return false;
    }
    /* a doc at the end of the line may be that of something in the block */
    const struct ast *owner = piece_at(pretty, piece_at(pretty, end)->line_last)->owner;
    if (owner && owner->span.lo > piece_at(pretty, block->open)->lo &&
        owner->span.lo < piece_at(pretty, end)->lo) {
        return false;
    }
    struct pieces rest = {.pretty = pretty, .comments = true, .trial = true};
    take_to_end(&rest, entry, end);
    for (uint32_t i = 0; i < rest.list.n; i++) {
        if (is_comment(pretty, rest.list.at[i])) {
            return false;
        }
    }
    struct pieces pieces = {.pretty = pretty};
    take_to_end(&pieces, entry, entry->first);
    const struct pretty_row row = {.pieces = pieces.list.at, .n = pieces.list.n};
    uint32_t indent = entry->indent * PRETTY_INDENT;
    uint32_t room = indent < PRETTY_COLUMNS ? PRETTY_COLUMNS - indent : 0;
    return pretty_width(pretty, &row, 0, row.n, room) <= room;
}

/* Whether each of an enum's values begins a line, or has a comment. */
static bool one_a_line(const struct pretty *pretty, const struct block *block) {
    bool each = true;
    for (const struct ast *node = block->list; node; node = node->next) {
        each = each && piece_at(pretty, pretty_piece_from(pretty, node->span.lo))->starts_line;
    }
    for (uint32_t i = block->open; i < block->close; i++) {
        each = each || is_comment(pretty, i);
    }
    return each;
}

/* The values of an enum. */
static void put_values(struct pretty *pretty, const struct block *block, unsigned indent,
                       uint32_t first_row) {
    uint32_t n = 0;
    for (const struct ast *node = block->list; node; node = node->next) {
        n++;
    }
    if (!one_a_line(pretty, block)) {
        struct pieces pieces = {.pretty = pretty};
        uint32_t end = block->close;
        take(&pieces, block->open + 1, pretty_is(piece_at(pretty, end - 1), ",") ? end - 1 : end);
        struct pretty_row row = {.class = PRETTY_FILL,
                                 .indent = indent,
                                 .suffix = ",",
                                 .pieces = pieces.list.at,
                                 .n = pieces.list.n};
        if (pretty_fill_lines(pretty, &row) < n) {
            *vec_push(&pretty->rows, pretty->arena) = row;
            return;
        }
    }
    put_list(pretty, block->list, indent, first_row);
}

/* What is in a block, and the comments before its end. first_row: the first row of the block. */
static void put_inside(struct pretty *pretty, const struct entry *entry, const struct block *block,
                       uint32_t first_row) {
    bool values = entry->node->kind == AST_ENUM || entry->node->kind == AST_FLAGS;
    if (values && block->list) {
        put_values(pretty, block, entry->indent + 1, first_row);
    } else {
        put_list(pretty, block->list, entry->indent + 1, first_row);
    }
    uint32_t from = block->close;
    while (is_comment(pretty, from - 1)) {
        from--;
    }
    add_remarks(pretty, from, block->close, entry->indent + 1, NULL, pretty->rows.n == first_row);
}

/* Adds what ends a construct to its last row: the ';', and the comments around that. */
static void put_end(struct pretty *pretty, struct pretty_row *row, const struct entry *entry) {
    for (uint32_t i = last_token(pretty, entry) + 1; i < entry->last; i++) {
        if (is_comment(pretty, i) && !piece_at(pretty, i)->placed) {
            add_behind(pretty, row, i);
        }
    }
    add_trail(pretty, row, entry->last, entry->node);
}

/* A construct on one row: a block, if it has one, stays on the line. */
static void put_line(struct pretty *pretty, const struct entry *entry, bool in_file) {
    struct pieces pieces = {.pretty = pretty, .comments = true};
    take_to_end(&pieces, entry, entry->first);
    struct pretty_row *row = put_row(pretty, PRETTY_FREE, entry->indent, &pieces);
    row->blank = entry->blank;
    row->suffix = entry->node->kind == AST_ENUMERATOR ? "," : NULL;
    struct block block;
    row->whole = first_block(pretty, entry->node, &block);
    set_columns(pretty, row, entry, in_file);
    put_end(pretty, row, entry);
}

/* The row that begins a block: the pieces up to its brace. Returns the number of the next row. */
static uint32_t put_opening(struct pretty *pretty, const struct entry *entry,
                            const struct pieces *pieces) {
    struct pretty_row *row = put_row(pretty, PRETTY_PART, entry->indent, pieces);
    row->blank = entry->blank;
    add_trail(pretty, row, pieces->list.at[pieces->list.n - 1], NULL);
    return pretty->rows.n;
}

/* A construct with one block, on several lines. */
static void put_block(struct pretty *pretty, const struct entry *entry, const struct block *block) {
    struct pieces opening = {.pretty = pretty};
    take_part(&opening, entry->node, entry->first, block->open + 1);
    uint32_t first_row = put_opening(pretty, entry, &opening);
    put_inside(pretty, entry, block, first_row);
    struct pieces closing = {.pretty = pretty, .comments = true};
    take_to_end(&closing, entry, block->close);
    struct pretty_row *row = put_row(pretty, PRETTY_PART, entry->indent, &closing);
    put_end(pretty, row, entry);
}

/* A block of an if, and the comments of what stands before it from a piece on. The pieces are those
 * of the row that it begins with. Leaves the block's last brace as the only piece. */
static void put_branch(struct pretty *pretty, struct entry *entry, struct pieces *pieces,
                       const struct block *block, uint32_t from) {
    uint32_t first_row = put_opening(pretty, entry, pieces);
    add_remarks(pretty, from, block->open, entry->indent + 1, NULL, true);
    put_inside(pretty, entry, block, first_row);
    entry->blank = false;
    *pieces = (struct pieces){.pretty = pretty};
    take(pieces, block->close, block->close + 1);
}

/* An if on several lines, with all that is behind its "else". */
static void put_if(struct pretty *pretty, const struct entry *whole) {
    struct entry entry = *whole;
    struct pieces pieces = {.pretty = pretty};
    uint32_t from = entry.first;
    for (;;) {
        struct block block;
        first_block(pretty, entry.node, &block);
        take(&pieces, entry.first, block.open + 1);
        put_branch(pretty, &entry, &pieces, &block, from);
        if (!entry.node->flag) {
            break;
        }
        from = block.close + 1;
        uint32_t word = next_token(pretty, block.close);
        uint32_t next = next_token(pretty, word);
        *vec_push(&pieces.list, pretty->arena) = word;
        if (pretty_is(piece_at(pretty, next), "{")) {
            *vec_push(&pieces.list, pretty->arena) = next;
            block = (struct block){next, piece_at(pretty, next)->match, entry.node->kid[2]};
            put_branch(pretty, &entry, &pieces, &block, from);
            break;
        }
        entry.node = entry.node->kid[2];
        entry.first = next;
        if (pretty_docs_of(pretty, entry.node) < pretty->docs.n) {
            put_row(pretty, PRETTY_PART, entry.indent, &pieces);
            add_remarks(pretty, from, word, entry.indent, NULL, true);
            put_lead(pretty, &entry, entry.first, true);
            pieces = (struct pieces){.pretty = pretty};
        }
    }
    struct pretty_row *row = put_row(pretty, PRETTY_PART, entry.indent, &pieces);
    put_end(pretty, row, whole);
}

static void put_construct(struct pretty *pretty, struct entry *entry, bool at_start, bool in_file) {
    struct block block;
    bool has_block = first_block(pretty, entry->node, &block);
    bool several = has_block && !fits_line(pretty, entry, &block);
    bool is_if = entry->node->kind == AST_IF;
    put_lead(pretty, entry, has_block ? block.open + 1 : entry->first, at_start);
    if (!several) {
        put_line(pretty, entry, in_file);
    } else if (is_if) {
        put_if(pretty, entry);
    } else {
        put_block(pretty, entry, &block);
    }
}

/* The constructs of a list; first_row is the first row of the block they are in. */
static void put_list(struct pretty *pretty, const struct ast *list, unsigned indent,
                     uint32_t first_row) {
    for (const struct ast *node = list; node; node = node->next) {
        struct entry entry = {.node = node,
                              .indent = indent,
                              .first = pretty_piece_from(pretty, node->span.lo),
                              .last = pretty_piece_to(pretty, node->span.hi)};
        uint32_t next = next_token(pretty, entry.last);
        if (next < pretty->pieces.n &&
            (pretty_is(piece_at(pretty, next), ";") || pretty_is(piece_at(pretty, next), ","))) {
            entry.last = next;
        }
        put_construct(pretty, &entry, pretty->rows.n == first_row, indent == 0);
    }
}

/* -- all of it --------------------------------------------------------------------------------- */

/* Marks what kind each ':' in a list of nodes is of. */
static void mark_colons(struct pretty *pretty, const struct ast *list) {
    for (const struct ast *node = list; node; node = node->next) {
        if (node->kind == AST_ARM) {
            pretty->pieces.at[arm_colon(pretty, node)].label = true;
        } else if (node->kind == AST_COND) {
            uint32_t then = pretty_piece_to(pretty, node->kid[1]->span.hi);
            pretty->pieces.at[next_token(pretty, then)].choice = true;
        }
        for (unsigned i = 0; i < 3; i++) {
            mark_colons(pretty, node->kid[i]);
        }
    }
}

void pretty_schema(struct arena *arena, const struct source *source, const struct ast *tree,
                   const struct parse_comments *comments, const struct parse_tokens *tokens,
                   struct buf *out) {
    struct pretty pretty = {.arena = arena};
    pretty_take_pieces(&pretty, source, comments, tokens);
    mark_colons(&pretty, tree->kid[0]);
    put_list(&pretty, tree->kid[0], 0, 0);
    uint32_t from = pretty.pieces.n;
    while (from > 0 && is_comment(&pretty, from - 1)) {
        from--;
    }
    add_remarks(&pretty, from, pretty.pieces.n, 0, NULL, pretty.rows.n == 0);
    pretty_write(&pretty, out);
}
