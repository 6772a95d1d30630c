#include "config.h"

#include "sema/internal.h"

/* Layout: how many bits things take, where the schema alone decides; and what must hold of sizes.
 *
 * A struct's fields have fixed offsets from its start up to the first one whose size the data decides. */

/* Beyond this a static layout is refused: 2^48 bytes. */
#define LAYOUT_MAX ((int64_t)1 << 51)

int64_t sema_type_bits(const struct sema_type *type) {
    switch (type->kind) {
    case SEMA_UINT:
    case SEMA_INT:
    case SEMA_FLOAT:
    case SEMA_BFLOAT:
        return type->bits;
    case SEMA_BOOL:
    case SEMA_BYTE:
    case SEMA_CHAR:
    case SEMA_STRING:
        return 8;
    case SEMA_STRUCT:
        return type->of->layout_state == 2 ? type->of->bit_size : SEMA_DYNAMIC;
    case SEMA_ZIGZAG:
    case SEMA_BCD:
        return type->limit ? type->limit * 8 : SEMA_DYNAMIC;
    case SEMA_ULEB:
    case SEMA_SLEB:
    case SEMA_VLQ:
    case SEMA_CSTRING:
    case SEMA_SWITCH:
    case SEMA_ALIAS:
    case SEMA_BAD:
        return SEMA_DYNAMIC;
    }
    return SEMA_DYNAMIC;
}

static int64_t decl_bits(struct sema *sema, struct sema_decl *decl);

static int64_t element_bits(struct sema *sema, struct sema_decl *decl) {
    if (decl->packed && !sema_element(decl)) {
        int128 n;
        return decl->bits && sema_constant_int(decl->bits, &n) && n >= 1 && n <= 128 ? (int64_t)n
                                                                                     : SEMA_DYNAMIC;
    }
    if (decl->length_kind == SEMA_LEN_EXPR) {
        int128 n;
        return sema_constant_int(decl->length, &n) && n >= 0 && n < LAYOUT_MAX / 8 ? (int64_t)n * 8
                                                                                   : SEMA_DYNAMIC;
    }
    if (decl->length_kind != SEMA_LEN_NONE) {
        return SEMA_DYNAMIC;
    }
    if (decl->type->kind == SEMA_STRUCT) {
        return sema_type_bits(decl->type); /* laid out before */
    }
    if (decl->type->kind == SEMA_ALIAS) {
        return decl->type->alias->at ? SEMA_DYNAMIC : decl_bits(sema, decl->type->alias);
    }
    return sema_type_bits(decl->type);
}

static void check_endless(struct sema *sema, const struct sema_decl *decl) {
    bool ends = decl->until || decl->while_ || decl->then;
    for (uint32_t i = 0; i < decl->dims.n; i++) {
        bool open = !decl->dims.at[i].count && !(i == 0 && ends);
        if (open && decl->bit_size == 0 && !decl->stride) {
            diag_report(
                sema->diags, DIAG_ENDLESS, decl->span,
                "'%s' would go on for ever: its elements have no size and nothing says how many there are",
                decl->name ? decl->name : "the array");
            return;
        }
    }
}

/* Whether a declaration begins where the bits before it end: what has a width does, structs that do, and what may turn
 * out to be one of these. A region begins on a byte, and so does what is isolated. */
static bool joins_bits(struct sema *sema, const struct sema_decl *decl) {
    if (decl->sized || decl->from || decl->at || decl->stride || sema_element(decl) ||
        decl->file == SEMA_FILE_OWN) {
        return false;
    }
    if (decl->packed) {
        return true;
    }
    if (decl->type->kind == SEMA_STRUCT) {
        return decl->type->of->layout_state == 2 && decl->type->of->joins;
    }
    if (decl->type->kind == SEMA_ALIAS) {
        decl_bits(sema, decl->type->alias);
        return decl->type->alias->joins;
    }
    return decl->type->kind == SEMA_SWITCH; /* its arms see to it */
}

static int64_t decl_bits(struct sema *sema, struct sema_decl *decl) {
    if (decl->layout_state == 2) {
        return decl->bit_total;
    }
    if (decl->layout_state == 1) {
        return SEMA_DYNAMIC;
    }
    decl->layout_state = 1;
    decl->bit_size = element_bits(sema, decl);
    check_endless(sema, decl);
    int128 total = decl->bit_size;
    for (uint32_t i = decl->dims.n; i-- > 0 && total != SEMA_DYNAMIC;) {
        int128 n, stride;
        const struct sema_expr *count = decl->dims.at[i].count;
        if (!count || !sema_constant_int(count, &n) || n < 0 || (i == 0 && decl->placed_each)) {
            total = SEMA_DYNAMIC;
        } else if (i == 0 && decl->stride) {
            total = sema_constant_int(decl->stride, &stride) && stride < LAYOUT_MAX / 8 &&
                            n < LAYOUT_MAX
                        ? stride * 8 * n
                        : SEMA_DYNAMIC;
        } else if (!int128_mul(total, n, &total)) {
            total = INT128_MAX;
        }
        if (total > LAYOUT_MAX) {
            diag_report(sema->diags, DIAG_TOO_BIG, decl->span,
                        "'%s' would take more than 2^48 bytes", decl->name ? decl->name : "this");
            total = SEMA_DYNAMIC;
        }
    }
    bool loose =
        decl->when || decl->from || decl->until || decl->while_ || decl->recover || decl->then;
    int128 sized;
    if (loose) {
        total = SEMA_DYNAMIC;
    } else if (decl->sized) {
        total = sema_constant_int(decl->sized, &sized) && sized >= 0 && sized < LAYOUT_MAX / 8
                    ? sized * 8
                    : SEMA_DYNAMIC;
    }
    decl->joins = joins_bits(sema, decl);
    bool gaps = !decl->joins && decl->dims.n && decl->bit_size != SEMA_DYNAMIC &&
                decl->bit_size % 8 != 0; /* each element begins on a byte */
    decl->bit_total = gaps ? SEMA_DYNAMIC : (int64_t)total;
    decl->layout_state = 2;
    return decl->bit_total;
}

/* The bits one member takes in its struct; *joins: it may start inside a byte. */
static int64_t member_bits(struct sema *sema, struct sema_member *m, bool *joins) {
    *joins = false;
    int128 n;
    switch (m->kind) {
    case SEMA_M_FIELD:
    case SEMA_M_PAD: {
        int64_t bits = decl_bits(sema, m->decl);
        *joins = m->decl->joins;
        return m->decl->at ? 0 : bits;
    }
    case SEMA_M_MAGIC:
        return m->expr->kind == E_TEXT ? (int64_t)m->expr->text.len * 8 : SEMA_DYNAMIC;
    case SEMA_M_SKIP:
        return sema_constant_int(m->expr, &n) && n >= 0 && n < LAYOUT_MAX / 8 ? (int64_t)n * 8
                                                                              : SEMA_DYNAMIC;
    case SEMA_M_ALIGN:
        *joins = true;
        return SEMA_DYNAMIC;
    case SEMA_M_IF:
        return SEMA_DYNAMIC;
    case SEMA_M_LET:
    case SEMA_M_CHECK:
    case SEMA_M_REQUIRE:
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
        *joins = true;
        return 0;
    }
    return SEMA_DYNAMIC;
}

/* What is laid out, and whether the bits that lie before the next member are fields of the struct itself: that it ends
 * inside a byte is a struct's right, but seldom meant between fields. */
struct layout {
    struct sema *sema;
    struct sema_struct *of;
    bool own_bits;
    int128 bitorder; /* that is known to hold, or 0 */
};

static void report_open_bits(struct sema *sema, const struct sema_member *m, int64_t at) {
    unsigned missing = (unsigned)(8 - at % 8);
    if (m->kind == SEMA_M_BITORDER) {
        diag_report(sema->diags, DIAG_BITS_OPEN, m->span,
                    "the bit order changes inside a byte: %u bit%s missing", missing,
                    missing == 1 ? " is" : "s are");
        return;
    }
    diag_report(sema->diags, DIAG_BITS_OPEN, m->span,
                "the bits before this end inside a byte: %u bit%s missing (write 'uint8 : %u;' or "
                "'align 1;')",
                missing, missing == 1 ? " is" : "s are", missing);
}

/* Whether a bitorder statement says another order than what holds; from here on it does. */
static bool turns_bits(struct layout *layout, const struct sema_member *m) {
    int128 before = layout->bitorder;
    if (!sema_constant_int(m->expr, &layout->bitorder)) {
        layout->bitorder = 0;
    }
    return before != 0 && layout->bitorder != 0 && layout->bitorder != before;
}

static int64_t layout_block(struct layout *layout, const struct sema_block *block, int64_t at);

static void layout_if(struct layout *layout, const struct sema_member *m, int64_t at) {
    struct layout yes = *layout, no = *layout;
    layout_block(&yes, &m->yes, at);
    layout_block(&no, &m->no, at);
}

/* Lays out a block from bit `at` (SEMA_DYNAMIC: unknown); returns where it ends. */
static int64_t layout_block(struct layout *layout, const struct sema_block *block, int64_t at) {
    struct sema_struct *s = layout->of;
    for (uint32_t i = 0; i < block->at.n; i++) {
        struct sema_member *m = block->at.at[i];
        bool joins;
        int64_t bits = member_bits(layout->sema, m, &joins);
        if (m->kind == SEMA_M_IF) {
            layout_if(layout, m, at);
            at = SEMA_DYNAMIC;
            continue;
        }
        bool placed = m->decl && m->decl->at;
        bool open = at != SEMA_DYNAMIC && at % 8 != 0 && !placed;
        bool turns = m->kind == SEMA_M_BITORDER && turns_bits(layout, m);
        if (open && (turns || (!joins && layout->own_bits))) {
            report_open_bits(layout->sema, m, at);
        }
        if (open && !joins) {
            at += 8 - at % 8;
        }
        if (m->decl && !placed) {
            layout->own_bits = m->decl->packed;
        }
        bool elsewhere = placed || (m->decl && m->decl->from);
        m->bit_off = elsewhere ? SEMA_DYNAMIC : s->is_union ? 0 : at;
        if (s->is_union) {
            continue;
        }
        if (bits == SEMA_DYNAMIC || at == SEMA_DYNAMIC || bits > LAYOUT_MAX - at) {
            at = SEMA_DYNAMIC;
        } else {
            at += bits;
        }
    }
    return at;
}

/* What a block begins with. */
enum lead {
    LEAD_NONE,  /* nothing that is laid out */
    LEAD_BITS,  /* bits up to its end */
    LEAD_LOOSE, /* bits perhaps, and what follows has no fixed distance from them */
    LEAD_WHOLE, /* something that begins on a byte, or it follows the bits at a fixed distance */
};

static enum lead lead_of(const struct sema_block *block);

static enum lead lead_of_if(const struct sema_member *m) {
    return lead_of(&m->yes) == LEAD_WHOLE || lead_of(&m->no) == LEAD_WHOLE ? LEAD_WHOLE
                                                                           : LEAD_LOOSE;
}

static enum lead lead_of(const struct sema_block *block) {
    enum lead lead = LEAD_NONE;
    for (uint32_t i = 0; i < block->at.n; i++) {
        const struct sema_member *m = block->at.at[i];
        switch (m->kind) {
        case SEMA_M_FIELD:
        case SEMA_M_PAD:
            if (m->decl->at) {
                break;
            }
            if (!m->decl->joins) {
                return LEAD_WHOLE;
            }
            if (m->decl->bit_total == SEMA_DYNAMIC) {
                return LEAD_LOOSE;
            }
            lead = LEAD_BITS;
            break;
        case SEMA_M_IF:
            return lead_of_if(m);
        case SEMA_M_ALIGN:
            return LEAD_LOOSE;
        case SEMA_M_MAGIC:
        case SEMA_M_SKIP:
            return LEAD_WHOLE;
        case SEMA_M_LET:
        case SEMA_M_CHECK:
        case SEMA_M_REQUIRE:
        case SEMA_M_ENDIAN:
        case SEMA_M_BITORDER:
        case SEMA_M_ENCODING:
            break;
        }
    }
    return lead;
}

static int64_t union_bits(struct sema *sema, const struct sema_struct *s) {
    int64_t most = 0;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        bool joins;
        int64_t bits = member_bits(sema, s->block.at.at[i], &joins);
        if (bits == SEMA_DYNAMIC) {
            return SEMA_DYNAMIC;
        }
        most = bits > most ? bits : most;
    }
    return most;
}

static void layout_struct(struct sema *sema, struct sema_struct *s) {
    struct layout layout = {.sema = sema, .of = s};
    if (!s->schema->bitorder || !sema_constant_int(s->schema->bitorder, &layout.bitorder)) {
        layout.bitorder = 0;
    }
    int64_t end = layout_block(&layout, &s->block, 0);
    if (s->is_union) {
        end = union_bits(sema, s);
    }
    enum lead lead = lead_of(&s->block);
    s->joins = !s->sized && (lead == LEAD_BITS || (lead == LEAD_LOOSE && !s->is_union));
    int128 n;
    if (s->sized) {
        end = sema_constant_int(s->sized, &n) && n >= 0 && n < LAYOUT_MAX / 8 ? (int64_t)n * 8
                                                                              : SEMA_DYNAMIC;
    }
    s->bit_size = end;
}

/* Structs within structs.
 *
 * Walked with a stack of its own, so that a chain of structs may be as long as there are structs; those that a struct
 * contains are finished before it is. */

/* The struct that a field is one of, typedefs looked through; *always: each instance has it, right there. */
static struct sema_struct *struct_within(const struct sema_member *m, bool *always) {
    const struct sema_decl *d = m->kind == SEMA_M_FIELD ? m->decl : NULL;
    *always = d && !m->branch;
    while (d) {
        *always = *always && d->dims.n == 0 && !d->when && !d->at && !d->from;
        if (d->type->kind == SEMA_STRUCT) {
            return d->type->of;
        }
        d = d->type->kind == SEMA_ALIAS ? d->type->alias : NULL;
    }
    return NULL;
}

struct struct_visit {
    struct sema_struct *of;
    uint32_t next; /* the field to look at next */
};

struct struct_walk {
    struct sema *sema;
    bool always; /* follow only fields that are always there */
    VEC(struct struct_visit) path;
};

static uint8_t *walk_state(const struct struct_walk *walk, struct sema_struct *s) {
    return walk->always ? &s->contain_state : &s->layout_state;
}

/* The path from a struct that came up again, told by the fields that lead on. */
static void report_contained(struct struct_walk *walk, const struct sema_struct *s) {
    uint32_t from = walk->path.n - 1;
    while (walk->path.at[from].of != s) {
        from--;
    }
    VEC(struct sema_link) links = {0};
    for (uint32_t i = from; i < walk->path.n; i++) {
        const struct struct_visit *at = &walk->path.at[i];
        const struct sema_member *through = at->of->flat.at[at->next - 1];
        *vec_push(&links, walk->sema->arena) =
            (struct sema_link){at->of, at->of->name ? at->of->name : through->name, through->span};
    }
    struct diag *d =
        diag_report(walk->sema->diags, DIAG_CYCLE, links.at[0].span,
                    "%s '%s' always contains itself: it would never end",
                    s->is_union ? "union" : "struct", s->name ? s->name : "(in place)");
    sema_note_cycle(walk->sema, d, "contains", links.at, links.n);
}

/* How deep the structs in a finished one nest, and how many fields they have when written out. */
static void measure_struct(struct sema_struct *s) {
    uint64_t leaves = 0;
    s->nesting = 1;
    for (uint32_t i = 0; i < s->flat.n; i++) {
        bool always;
        const struct sema_struct *inner = struct_within(s->flat.at[i], &always);
        leaves += inner && always ? inner->leaves : 1;
        if (inner && always && inner->nesting >= s->nesting) {
            s->nesting = inner->nesting + 1;
        }
    }
    s->leaves = leaves < UINT32_MAX ? (uint32_t)leaves : UINT32_MAX;
}

/* Visits a struct and all that it contains; false, and reported, when one always contains itself. */
static bool visit_structs(struct struct_walk *walk, struct sema_struct *root) {
    if (*walk_state(walk, root) != 0) {
        return true;
    }
    *walk_state(walk, root) = 1;
    *vec_push(&walk->path, walk->sema->arena) = (struct struct_visit){root, 0};
    while (walk->path.n) {
        struct struct_visit *top = &walk->path.at[walk->path.n - 1];
        struct sema_struct *s = top->of;
        if (top->next == s->flat.n) {
            if (walk->always) {
                measure_struct(s);
            } else {
                layout_struct(walk->sema, s);
            }
            *walk_state(walk, s) = 2;
            walk->path.n--;
            continue;
        }
        bool always;
        struct sema_struct *inner = struct_within(s->flat.at[top->next++], &always);
        if (!inner || (walk->always && !always)) {
            continue;
        }
        if (walk->always && *walk_state(walk, inner) == 1) {
            report_contained(walk, inner);
            return false;
        }
        if (*walk_state(walk, inner) == 0) {
            *walk_state(walk, inner) = 1;
            *vec_push(&walk->path, walk->sema->arena) = (struct struct_visit){inner, 0};
        }
    }
    return true;
}

/* So many structs a schema may have. */
#define STRUCTS_MAX 65536u

void sema_layout(struct sema *sema, const struct sema_schema *schema) {
    if (sema->structs.n > STRUCTS_MAX) {
        diag_report(sema->diags, DIAG_TOO_BIG,
                    schema->structs.n ? schema->structs.at[0]->name_span : span_none(),
                    "a schema has at most %u structs, those of its imports counted", STRUCTS_MAX);
        return;
    }
    struct struct_walk contents = {.sema = sema, .always = true};
    for (uint32_t i = schema->struct_first; i < sema->structs.n; i++) {
        if (!visit_structs(&contents, sema->structs.at[i])) {
            return;
        }
    }
    struct struct_walk layout = {.sema = sema};
    for (uint32_t i = schema->struct_first; i < sema->structs.n; i++) {
        visit_structs(&layout, sema->structs.at[i]);
    }
    for (uint32_t i = schema->decl_first; i < sema->decls.n; i++) {
        decl_bits(sema, sema->decls.at[i]);
    }
}
