#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "code/gen_internal.h"

/* Types of the model as rows of the program, and what the run time may need of them. */

static int compare_items(const void *a, const void *b) {
    const struct program_enumerator *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* Most enums are written in order. */
static void sort_items(struct program_enumerator *items, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        if (items[i].value < items[i - 1].value) {
            qsort(items, n, sizeof *items, compare_items);
            return;
        }
    }
}

/* A table from value to item, when the values lie close enough together. */
static void make_dense(struct gen *g, struct program_enum *e) {
    struct program *p = g->program;
    const struct program_enumerator *items = p->items.at + e->first;
    if (e->count == 0 || e->flags) {
        return;
    }
    int128 low = items[0].value, high = items[e->count - 1].value;
    uint128 span = (uint128)high - (uint128)low;
    if (span >= (uint128)e->count * 4 + 64) {
        return;
    }
    e->dense_low = low;
    e->dense = p->dense.n;
    e->dense_count = (uint32_t)span + 1;
    for (uint32_t i = 0; i < e->dense_count; i++) {
        *vec_push(&p->dense, g->arena) = 0;
    }
    for (uint32_t i = e->count; i-- > 0;) { /* of equal values the one declared first wins */
        p->dense.at[e->dense + (uint32_t)(p->items.at[e->first + i].value - low)] = i + 1;
    }
}

uint32_t gen_enum(struct gen *g, const struct sema_enum *names) {
    uint32_t known = (uint32_t)(uintptr_t)map_get(&g->types, names, NULL);
    if (known) {
        return known - 1;
    }
    struct program *p = g->program;
    uint32_t id = p->enums.n;
    struct program_enum *e = vec_push(&p->enums, g->arena);
    map_put(&g->types, g->arena, names, NULL, (void *)(uintptr_t)(id + 1));
    e->name = gen_text(g, names->name);
    e->flags = names->flags;
    e->first = p->items.n;
    e->count = names->items.n;
    for (uint32_t i = 0; i < names->items.n; i++) {
        const struct sema_enumerator *item = &names->items.at[i];
        uint32_t name = gen_text(g, item->name);
        uint32_t doc = item->doc ? gen_text(g, item->doc) : PROGRAM_NONE;
        *vec_push(&p->items, g->arena) =
            (struct program_enumerator){.value = item->value, .name = name, .doc = doc};
    }
    e = &p->enums.at[id];
    if (!e->flags) {
        sort_items(p->items.at + e->first, e->count);
    }
    make_dense(g, e);
    gen_enum_spans(g, names, id);
    return id;
}

/* The order that a declaration's numbers have: its file's, unless something else is said. */
static uint8_t order_of(const struct sema_decl *decl, enum sema_member_kind what,
                        const struct sema_expr *file) {
    int128 v;
    return file && !gen_is_said(decl->owner, decl->span.lo, what) && sema_constant_int(file, &v)
               ? (uint8_t)v
               : ORDER_AMBIENT;
}

/* Bits follow the bytes, whatever the type's suffix says, where nothing is said of them. */
static uint8_t byte_order(const struct sema_decl *decl) {
    if (decl->type->order != SEMA_AMBIENT && !decl->packed) {
        return (uint8_t)decl->type->order;
    }
    return order_of(decl, SEMA_M_ENDIAN, decl->schema ? decl->schema->endian : NULL);
}

static uint8_t bit_order(const struct sema_decl *decl) {
    return order_of(decl, SEMA_M_BITORDER, decl->schema ? decl->schema->bitorder : NULL);
}

/* The file's encoding, where it is constant and nothing else is said. */
static uint32_t file_encoding(struct gen *g, const struct sema_decl *decl) {
    const struct sema_expr *file = decl->schema ? decl->schema->encoding : NULL;
    return file && file->kind == E_TEXT && !gen_is_said(decl->owner, decl->span.lo, SEMA_M_ENCODING)
               ? gen_data(g, file->text)
               : PROGRAM_NONE;
}

static void number_type(struct gen *g, const struct sema_decl *decl, struct program_type *t) {
    const struct sema_type *type = decl->type;
    t->order = byte_order(decl);
    t->names = type->names ? gen_enum(g, type->names) : PROGRAM_NONE;
    t->is_signed = type->kind == SEMA_INT;
    t->is_bool = type->kind == SEMA_BOOL;
    t->bits = type->kind == SEMA_BOOL ? 8 : type->bits;
    int128 n;
    if (decl->packed) {
        t->packed = true;
        t->bitorder = bit_order(decl);
        t->bits = decl->bits && sema_constant_int(decl->bits, &n) ? (uint16_t)n : 0;
    }
}

static uint8_t varint_of(enum sema_kind kind) {
    return kind == SEMA_ULEB   ? VARINT_ULEB
           : kind == SEMA_SLEB ? VARINT_SLEB
           : kind == SEMA_VLQ  ? VARINT_VLQ
                               : VARINT_ZIGZAG;
}

static void coded_type(const struct sema_decl *decl, struct program_type *t) {
    t->kind = TYPE_CODED;
    t->varint = decl->type->kind == SEMA_BCD ? CODING_BCD : CODING_ZIGZAG;
    t->bits = decl->type->limit * 8u;
    t->order = byte_order(decl);
    t->bitorder = bit_order(decl);
}

/* The words behind a terminator, as programs have them. */
static uint8_t until_of(const struct sema_decl *decl) {
    unsigned words = decl->until_words;
    return (uint8_t)((words & AST_INCLUDED ? UNTIL_INCLUDED : 0) |
                     (words & AST_LEFT ? UNTIL_LEFT : 0) |
                     (words & AST_OPTIONAL ? UNTIL_OPTIONAL : 0));
}

/* In which bytes places in what the declaration decodes count. */
static uint8_t file_of(const struct sema_decl *decl) {
    return decl->file == SEMA_FILE_OWN      ? FILE_OWN
           : decl->file == SEMA_FILE_SOURCE ? FILE_SOURCE
                                            : FILE_AROUND;
}

/* Where a value ends that goes up to a terminator. */
static void until_type(struct gen *g, const struct sema_decl *decl, struct program_type *t) {
    const struct sema_expr *end = decl->until;
    t->until = until_of(decl);
    if (decl->length_kind == SEMA_LEN_UNTIL && end && end->kind == E_TEXT) {
        t->terminator = gen_data(g, end->text);
        t->terminator_raw = end->flag;
    }
}

/* Whether the length of a run is what a stored number says that follows when it changes. */
static bool is_elastic(struct gen *g, const struct sema_decl *decl) {
    const struct sema_tie *tie = g->request->batch && decl->length && decl->bit_size < 0
                                     ? sema_tie_of(gen_ties(g), decl->length)
                                     : NULL;
    return tie && !tie->how->condition && tie->how->unknown;
}

static void leaf_type(struct gen *g, const struct sema_decl *decl, struct program_type *t) {
    t->form = decl->as ? (uint8_t)program_form(decl->as) : FORM_PLAIN;
    switch (decl->type->kind) {
    case SEMA_UINT:
    case SEMA_INT:
    case SEMA_BOOL:
        t->kind = TYPE_INT;
        number_type(g, decl, t);
        break;
    case SEMA_FLOAT:
    case SEMA_BFLOAT:
        t->kind = TYPE_FLOAT;
        number_type(g, decl, t);
        t->bfloat = decl->type->kind == SEMA_BFLOAT;
        break;
    case SEMA_ULEB:
    case SEMA_SLEB:
    case SEMA_VLQ:
    case SEMA_ZIGZAG:
    case SEMA_BCD:
        if (decl->type->kind == SEMA_BCD ||
            (decl->type->kind == SEMA_ZIGZAG && decl->type->limit)) {
            coded_type(decl, t);
            break;
        }
        t->kind = TYPE_VARINT;
        t->varint = varint_of(decl->type->kind);
        t->limit = decl->type->limit;
        t->names = decl->type->names ? gen_enum(g, decl->type->names) : PROGRAM_NONE;
        break;
    case SEMA_BYTE:
        t->kind = TYPE_BYTES;
        until_type(g, decl, t);
        break;
    case SEMA_CHAR:
    case SEMA_STRING:
    case SEMA_CSTRING:
        t->kind = TYPE_TEXT;
        t->cut = decl->type->kind == SEMA_CHAR;
        t->elastic = t->cut && is_elastic(g, decl);
        t->nul_ended = decl->type->kind == SEMA_CSTRING;
        until_type(g, decl, t);
        if (decl->encoding && decl->encoding->kind == E_TEXT) {
            t->encoding = gen_data(g, decl->encoding->text);
        } else if (!decl->encoding) {
            t->encoding = file_encoding(g, decl);
        }
        break;
    case SEMA_STRUCT:
        t->kind = TYPE_STRUCT;
        t->of = decl->type->of->id;
        t->file = file_of(decl);
        break;
    case SEMA_SWITCH:
    case SEMA_ALIAS:
    case SEMA_BAD:
        break;
    }
}

/* Bits from one element of a dimension to the next, when fixed. */
static int64_t stride_of(const struct sema_decl *decl, uint32_t level, int64_t elem_bits) {
    int128 n;
    if (level == 0 && (decl->placed_each || decl->then)) {
        return SEMA_DYNAMIC;
    }
    if (level == 0 && decl->stride) {
        return sema_constant_int(decl->stride, &n) && n >= 0 && n < (1 << 28) ? (int64_t)n * 8
                                                                              : SEMA_DYNAMIC;
    }
    return elem_bits;
}

static bool mentions_prev(const struct sema_expr *e) {
    if (!e) {
        return false;
    }
    bool yes = e->kind == E_DOLLAR_PREV;
    for (int i = 0; i < 3 && !yes; i++) {
        yes = mentions_prev(e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = mentions_prev(e->args.at[i]);
    }
    return yes;
}

/* Whether finding or choosing an element takes the one before it. */
static bool needs_before(const struct sema_decl *decl) {
    const struct sema_expr *parts[] = {decl->at,   decl->when,   decl->sized,   decl->from,
                                       decl->bits, decl->length, decl->selector};
    bool yes = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !yes; i++) {
        yes = mentions_prev(parts[i]);
    }
    for (uint32_t i = 0; i < decl->args.n && !yes; i++) {
        yes = mentions_prev(decl->args.at[i]);
    }
    for (uint32_t i = 0; i < decl->dims.n && !yes; i++) {
        yes = mentions_prev(decl->dims.at[i].count);
    }
    for (uint32_t i = 0; i < decl->arms.n && !yes; i++) {
        const struct sema_arm *arm = &decl->arms.at[i];
        yes = mentions_prev(arm->let) || (arm->decl && needs_before(arm->decl));
    }
    const struct sema_decl *element = sema_element(decl);
    return yes || (element && needs_before(element)); /* a typedef knows no element */
}

static int64_t level_bits(const struct sema_decl *decl, uint32_t level) {
    bool gaps = decl->bit_size % 8 != 0 && !decl->joins; /* each element begins on a byte */
    int128 bits = gaps && level < decl->dims.n ? SEMA_DYNAMIC : decl->bit_size, n;
    for (uint32_t i = decl->dims.n; i-- > level && bits != SEMA_DYNAMIC;) {
        const struct sema_expr *count = decl->dims.at[i].count;
        bits =
            count && sema_constant_int(count, &n) && n >= 0 &&
                    !(i == 0 && (decl->until || decl->while_ || decl->placed_each || decl->recover))
                ? bits * n
                : SEMA_DYNAMIC;
    }
    return bits > INT64_MAX ? SEMA_DYNAMIC : (int64_t)bits;
}

static void array_type(struct gen *g, struct sema_decl *decl, uint32_t level,
                       struct program_type *t) {
    t->kind = TYPE_ARRAY;
    t->file = file_of(decl);
    int64_t bits = level_bits(decl, level + 1);
    bool gaps = bits % 8 != 0 && !decl->joins;
    t->stride = stride_of(decl, level, gaps ? SEMA_DYNAMIC : bits);
    struct sema_vtype elem = sema_vtype_of(decl, level + 1);
    bool chosen = elem.kind == SEMA_V_SWITCH || elem.kind == SEMA_V_ANY;
    t->placed = level == 0 && (decl->placed_each || decl->then);
    t->chained = level == 0 && decl->then;
    t->apart = level == 0 && decl->placed_each && decl->dims.at[0].count && !decl->until &&
               !decl->while_ && !decl->recover && !needs_before(decl);
    t->of = chosen ? PROGRAM_NONE : gen_type(g, decl, level + 1);
    const struct sema_decl *with = sema_element(decl) ? sema_element(decl) : decl;
    for (uint32_t i = 0; i < with->args.n; i++) {
        t->needs_prev = t->needs_prev || mentions_prev(with->args.at[i]);
    }
    bool encoded = with->encoding && with->encoding->kind != E_TEXT;
    if (chosen || encoded || t->needs_prev || decl->until || decl->while_ || decl->recover) {
        t->stride = SEMA_DYNAMIC; /* only a walk knows what the elements are, or how many */
    }
}

/* The row for a declaration of which `level` dimensions have been indexed. Aliases are looked through; a switch has no
 * row of its own (PROGRAM_NONE): its arms have. */
uint32_t gen_type(struct gen *g, struct sema_decl *decl, uint32_t level) {
    while (level >= decl->dims.n && decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
        level = 0;
    }
    if (level >= decl->dims.n && decl->type->kind == SEMA_SWITCH) {
        return PROGRAM_NONE;
    }
    const char *key =
        (const char *)decl + level; /* an address inside the declaration: unique to the level */
    uint32_t known = (uint32_t)(uintptr_t)map_get(&g->types, key, &g->types);
    if (known) {
        return known - 1;
    }
    uint32_t id = g->program->types.n;
    (void)vec_push(&g->program->types, g->arena);
    map_put(&g->types, g->arena, key, &g->types, (void *)(uintptr_t)(id + 1));
    struct program_type t = {.bit_size = -1,
                             .stride = -1,
                             .names = PROGRAM_NONE,
                             .of = PROGRAM_NONE,
                             .encoding = PROGRAM_NONE,
                             .terminator = PROGRAM_NONE};
    t.skip_pc = t.step_pc = t.count_pc = t.args_pc = t.emit_pc = PROGRAM_NONE;
    if (level < decl->dims.n) {
        array_type(g, decl, level, &t);
        t.bit_size = level_bits(decl, level);
        if (level == 0 && decl->bit_total == SEMA_DYNAMIC) {
            t.bit_size = SEMA_DYNAMIC;
        }
    } else {
        leaf_type(g, decl, &t);
        t.bit_size = t.kind == TYPE_STRUCT ? decl->type->of->bit_size : decl->bit_size;
    }
    g->program->types.at[id] = t;
    return id;
}

/* Whatever expressions may do with a value of this declaration, the program must be able to. */
void gen_ask_type(struct gen *g, struct sema_decl *decl, uint32_t level) {
    while (level >= decl->dims.n && decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
        level = 0;
    }
    if (level >= decl->dims.n && decl->type->kind == SEMA_SWITCH) {
        if (map_get(&g->asked, decl->arms.at, g)) {
            return; /* typedefs of switches may lead here many times */
        }
        map_put(&g->asked, g->arena, decl->arms.at, g, g);
        for (uint32_t i = 0; i < decl->arms.n; i++) {
            if (decl->arms.at[i].decl) {
                gen_ask_type(g, decl->arms.at[i].decl, 0);
            }
        }
        return;
    }
    uint32_t type = gen_type(g, decl, level);
    struct gen_task task = {.decl = decl, .level = level, .type = type};
    const struct program_type *t = &g->program->types.at[type];
    if (map_get(&g->asked, (char *)decl + level, g)) {
        return;
    }
    map_put(&g->asked, g->arena, (char *)decl + level, g, g);
    if (t->kind == TYPE_ARRAY) {
        task.kind = TASK_TYPE_STEP;
        gen_ask(g, task);
        if (decl->dims.at[level].count) {
            task.kind = TASK_TYPE_COUNT;
            gen_ask(g, task);
        }
    }
    if (t->bit_size < 0) {
        task.kind = TASK_TYPE_SKIP;
        gen_ask(g, task);
    }
    if (t->kind == TYPE_STRUCT) {
        if (decl->args.n) {
            task.kind = TASK_TYPE_ARGS;
            gen_ask(g, task);
        }
        gen_ask(g, (struct gen_task){.kind = TASK_SKIP, .of = decl->type->of});
    }
    if (level < decl->dims.n) {
        gen_ask_type(g, decl, level + 1);
    }
}

/* Whether a member's place has to be looked for, being at no fixed distance from its struct's start; *end: its end, too, for who
 * finds where it starts does not know that. */
static bool is_looked_for(struct gen *g, const struct sema_member *leader, bool *end) {
    const struct program_member *row = &g->program->members.at[leader->id];
    bool chosen = false; /* by a switch */
    bool ends = true;
    *end = false;
    if (row->slot == PROGRAM_NONE) {
        return false; /* fields without a slot have fixed places, and their types fixed sizes */
    }
    for (const struct sema_member *m = leader; m; m = m->same) {
        uint32_t type = m->kind == SEMA_M_FIELD ? gen_type(g, m->decl, 0) : PROGRAM_NONE;
        chosen = chosen || type == PROGRAM_NONE;
        *end = *end || chosen || g->program->types.at[type].bit_size < 0;
        ends = ends && (m->kind != SEMA_M_FIELD || gen_ends_where_found(m->decl));
    }
    bool found = chosen || g->program->members.at[leader->id].bit_off < 0;
    *end = *end && !(found && ends);
    return found;
}

void gen_ask_member(struct gen *g, struct sema_member *member) {
    struct sema_member *leader = gen_leader(member);
    if (map_get(&g->asked, leader, g)) {
        return;
    }
    map_put(&g->asked, g->arena, leader, g, g);
    if (gen_is_free_let(leader)) {
        gen_ask(g, (struct gen_task){.kind = TASK_LET, .member = leader});
        return;
    }
    for (struct sema_member *m = leader; m; m = m->same) {
        if (m->kind == SEMA_M_FIELD) {
            gen_ask_type(g, m->decl, 0);
        }
    }
    bool end;
    if (is_looked_for(g, leader, &end)) {
        gen_ask(g, (struct gen_task){.kind = TASK_LOCATE, .member = leader});
    }
    if (end) {
        gen_ask(g, (struct gen_task){.kind = TASK_LOCATE_END, .member = leader});
    }
}
